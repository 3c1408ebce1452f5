//! How much feedback came in, about what, and whether we kept what we promised.

use crate::db::{Conn, DbResult, Row};
use crate::feedback;
use crate::filter::Filter;
use model::access::Scope;
use model::feedback::FeedbackKind;
use serde::Serialize;
use utoipa::ToSchema;

/// Merged ones count with what they were merged into.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackStatistics {
    pub all: FeedbackFigures,
    pub kinds: Vec<FeedbackFigures>,
    pub categories: Vec<FeedbackFigures>,
    /// At most twenty, those with the most first.
    pub stations: Vec<FeedbackFigures>,
    /// What is promised for each kind from now on.
    pub limits: Vec<FeedbackLimitView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedbackFigures {
    /// A word of the kind or category, or a station's name; empty for all, and for no station.
    pub key: String,
    pub count: i64,
    pub closed_count: i64,
    pub answered_count: i64,
    /// From coming in to the first answer, on average of those answered.
    pub answer_ms: Option<i64>,
    /// Of 1000 answered, how many in time.
    pub answer_in_time_permille: Option<i64>,
    pub close_ms: Option<i64>,
    pub close_in_time_permille: Option<i64>,
    /// How many were rated, and of those the mean of 1 to 5, times a hundred.
    pub scored_count: i64,
    pub score_e2: Option<i64>,
    pub escalated_count: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FeedbackLimit)]
pub struct FeedbackLimitView {
    pub kind: FeedbackKind,
    pub answer_minutes: i64,
    pub close_minutes: i64,
}

const SUMS: &str = "COUNT(*), COUNT(f.closed_at_ms), COUNT(f.answered_at_ms), \
    CAST(COALESCE(SUM(f.answered_at_ms - f.created_at_ms), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN f.answered_at_ms <= f.answer_due_ms THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(f.closed_at_ms - f.created_at_ms), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN f.closed_at_ms <= f.close_due_ms THEN 1 ELSE 0 END), 0) AS BIGINT), \
    COUNT(f.score), CAST(COALESCE(SUM(f.score), 0) AS BIGINT), COUNT(f.escalated_at_ms)";

fn figures(row: &Row<'_>) -> DbResult<FeedbackFigures> {
    let (closed_count, answered_count, scored_count) = (row.int(2)?, row.int(3)?, row.int(8)?);
    let part = |sum: i64, of: i64| (of > 0).then(|| sum / of);
    Ok(FeedbackFigures {
        key: row.text(0)?,
        count: row.int(1)?,
        closed_count,
        answered_count,
        answer_ms: part(row.int(4)?, answered_count),
        answer_in_time_permille: part(row.int(5)? * 1_000, answered_count),
        close_ms: part(row.int(6)?, closed_count),
        close_in_time_permille: part(row.int(7)? * 1_000, closed_count),
        scored_count,
        score_e2: part(row.int(9)? * 100, scored_count),
        escalated_count: row.int(10)?,
    })
}

pub fn feedback_statistics_get(
    conn: &mut Conn,
    scope: &Scope,
    from_ms: i64,
    to_ms: i64,
) -> DbResult<FeedbackStatistics> {
    let mut filter = Filter::new();
    filter.and_value("f.created_at_ms >= ?", from_ms);
    filter.and_value("f.created_at_ms < ?", to_ms);
    filter.and("f.state <> 'merged'");
    filter.scope("f.operator_id", "f.station_id", scope);
    let mut by = |key: &str, most: i64| {
        let group = if key == "''" { String::new() } else { format!("GROUP BY {key}") };
        let sql = format!(
            "SELECT {key}, {SUMS} FROM feedback f LEFT JOIN station s ON s.id = f.station_id {} {group} \
             ORDER BY 2 DESC, 1 LIMIT {most}",
            filter.sql()
        );
        conn.query(&sql, &filter.values, figures)
    };
    let all = by("''", 1)?.pop().unwrap_or_default();
    let (kinds, categories) = (by("f.kind", 20)?, by("f.category", 20)?);
    let stations = by("COALESCE(s.name, '')", 20)?;
    Ok(FeedbackStatistics { all, kinds, categories, stations, limits: limits(conn)? })
}

fn limits(conn: &mut Conn) -> DbResult<Vec<FeedbackLimitView>> {
    let one = |kind: &FeedbackKind| {
        let limit = feedback::limit_of(conn, *kind)?;
        let (answer_minutes, close_minutes) = (limit.answer_minutes, limit.close_minutes);
        Ok(FeedbackLimitView { kind: *kind, answer_minutes, close_minutes })
    };
    FeedbackKind::ALL.iter().map(one).collect()
}
