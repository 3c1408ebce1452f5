//! 用户端、司机端内容 as staff see it.

use crate::content_shown::{AppContent, coupon_face};
use crate::contents::{COLUMNS, Content, PICTURES, WIDTH, content, find, reach};
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use model::access::Scope;
use model::content::{Audience, ContentKind, ContentState, FaqTopic, TargetGroup, TaskMetric};
use model::customer::CustomerMark;
use model::id::ContentId;
use model::message::MessageEvent;
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Content)]
pub struct ContentView {
    pub id: i64,
    pub kind: ContentKind,
    pub audience: Audience,
    /// Null: the whole platform's.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub title: String,
    /// As it was written.
    pub body: String,
    pub link: String,
    pub topic: Option<FaqTopic>,
    pub event: Option<MessageEvent>,
    pub metric: Option<TaskMetric>,
    /// Orders, or energy in 0.1 Wh.
    pub goal: Option<i64>,
    pub coupon_id: Option<i64>,
    pub coupon_name: Option<String>,
    pub group: TargetGroup,
    pub fleet_id: Option<i64>,
    pub fleet_name: Option<String>,
    /// The segment, where the group is one.
    pub mark: Option<CustomerMark>,
    /// Codes of GB/T 2260; none: all cities.
    pub cities: Vec<String>,
    pub city_names: Vec<String>,
    pub rank: i64,
    pub state: ContentState,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub until_ms: Option<i64>,
    /// Ids of its pictures, in the order in which they came.
    pub pictures: Vec<i64>,
    pub created_by: String,
    pub created_at_ms: i64,
    pub published_at_ms: Option<i64>,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContentDetail {
    #[serde(flatten)]
    pub content: ContentView,
    /// As an app shows it, or a message reads.
    pub piece: AppContent,
}

#[derive(Clone, Debug, Default)]
pub struct ContentFilter {
    pub id: Option<ContentId>,
    pub audience: Option<Audience>,
    /// None of them: all.
    pub kinds: Vec<ContentKind>,
    pub state: Option<ContentState>,
    pub title: Option<String>,
    pub group: Option<TargetGroup>,
    /// What is shown in this city, be it named or not.
    pub city_code: Option<String>,
    pub operator_name: Option<String>,
    pub topic: Option<FaqTopic>,
    pub event: Option<MessageEvent>,
    /// The id of the last row of the page before.
    pub before: Option<i64>,
    pub limit: i64,
}

const FROM: &str = "FROM content c LEFT JOIN operator o ON o.id = c.operator_id \
    LEFT JOIN fleet f ON f.id = c.fleet_id LEFT JOIN coupon q ON q.id = c.coupon_id";

/// The names of administrative codes.
pub(crate) fn city_names(codes: &[String]) -> Vec<String> {
    let name =
        |code: &String| model::division::find(code).map_or(code.clone(), |found| found.city.to_owned());
    codes.iter().map(name).collect()
}

fn view(row: &Row<'_>, now: Timestamp) -> DbResult<ContentView> {
    let one: Content = content(row)?;
    Ok(ContentView {
        id: one.id.0,
        kind: one.kind,
        audience: one.audience,
        operator_id: one.operator.map(|operator| operator.0),
        operator_name: row.text_opt(WIDTH)?,
        state: one.state(now),
        title: one.title,
        body: one.body,
        link: one.link,
        topic: one.topic,
        event: one.event,
        metric: one.metric,
        goal: one.goal,
        coupon_id: one.coupon.map(|coupon| coupon.0),
        coupon_name: row.text_opt(WIDTH + 2)?,
        group: one.group,
        fleet_id: one.fleet.map(|fleet| fleet.0),
        fleet_name: row.text_opt(WIDTH + 1)?,
        mark: one.mark,
        city_names: city_names(&one.cities),
        cities: one.cities,
        rank: one.rank,
        from_ms: one.from.map(Timestamp::as_ms),
        until_ms: one.until.map(Timestamp::as_ms),
        pictures: Vec::new(),
        created_by: row.text(WIDTH + 3)?,
        created_at_ms: row.int(WIDTH + 4)?,
        published_at_ms: one.published_at.map(Timestamp::as_ms),
        version: one.version,
    })
}

/// What has led to a state, as a condition; the clock decides between three of them.
pub(crate) fn in_state(filter: &mut Filter, alias: &str, state: ContentState, now: Timestamp) {
    let (from, until) = (format!("{alias}.from_ms"), format!("{alias}.until_ms"));
    match state {
        ContentState::Draft => filter.and(&format!("{alias}.decision = 'draft'")),
        ContentState::Withdrawn => filter.and(&format!("{alias}.decision = 'withdrawn'")),
        ContentState::Ended => {
            filter.and(&format!("{alias}.decision = 'published'"));
            filter.and_value(&format!("{until} <= ?"), now.as_ms());
        }
        ContentState::Scheduled => {
            filter.and(&format!("{alias}.decision = 'published'"));
            filter.and_value(&format!("{from} > ?"), now.as_ms());
        }
        ContentState::Published => {
            filter.and(&format!("{alias}.decision = 'published'"));
            filter.and_value(&format!("({from} IS NULL OR {from} <= ?)"), now.as_ms());
            filter.and_value(&format!("({until} IS NULL OR {until} > ?)"), now.as_ms());
        }
    }
}

/// Rows that are for a city: those that name it, and those that name none.
pub(crate) fn in_city(filter: &mut Filter, column: &str, code: &str) {
    let own = format!("%,{},%", code.replace(['%', '_', ','], ""));
    filter.and_value(&format!("({column} = '' OR {column} LIKE ?)"), own);
}

fn filter(scope: &Scope, wanted: &ContentFilter, now: Timestamp) -> Filter {
    let mut filter = Filter::new();
    reach(&mut filter, "c.operator_id", scope);
    filter.and_some("c.id = ?", wanted.id.map(|id| id.0));
    filter.and_some("c.audience = ?", wanted.audience.map(Audience::as_str));
    if !wanted.kinds.is_empty() {
        let kinds = filter.bind_all(wanted.kinds.iter().map(|kind| kind.as_str()));
        filter.and(&format!("c.kind IN ({kinds})"));
    }
    if let Some(state) = wanted.state {
        in_state(&mut filter, "c", state, now);
    }
    filter.and_contains("LOWER(c.title) LIKE ?", wanted.title.as_deref());
    filter.and_some("c.target_group = ?", wanted.group.map(TargetGroup::as_str));
    if let Some(code) = &wanted.city_code {
        in_city(&mut filter, "c.cities", code);
    }
    filter.and_contains("LOWER(o.name) LIKE ?", wanted.operator_name.as_deref());
    filter.and_some("c.topic = ?", wanted.topic.map(FaqTopic::as_str));
    filter.and_some("c.event = ?", wanted.event.map(MessageEvent::as_str));
    filter
}

/// Newest first.
pub fn content_list(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &ContentFilter,
    now: Timestamp,
) -> DbResult<Page<ContentView>> {
    let mut filter = filter(scope, wanted, now);
    let total = conn.one(&format!("SELECT COUNT(*) {FROM} {}", filter.sql()), &filter.values, count)?;
    filter.and_some("c.id < ?", wanted.before);
    let limit = filter.bind(wanted.limit + 1);
    let sql = format!(
        "SELECT {COLUMNS}, o.name, f.name, q.name, c.created_by, c.created_at_ms {FROM} {} \
         ORDER BY c.id DESC LIMIT {limit}",
        filter.sql()
    );
    let mut rows = conn.query(&sql, &filter.values, |row| view(row, now))?;
    let mut pictures = pictures_of(conn, rows.iter().map(|row| row.id))?;
    for row in &mut rows {
        row.pictures = pictures.remove(&row.id).unwrap_or_default();
    }
    Ok(Page::of(rows, wanted.limit, Some(total), |one| one.id.to_string()))
}

/// The ids of the pictures of each.
pub(crate) fn pictures_of(
    conn: &mut Conn,
    ids: impl Iterator<Item = i64>,
) -> DbResult<HashMap<i64, Vec<i64>>> {
    let mut filter = Filter::new();
    filter.and_value("noun = ?", PICTURES);
    let ids = filter.bind_all(ids);
    filter.and(&format!("noun_id IN ({ids})"));
    let sql = format!("SELECT noun_id, id FROM attachment {} ORDER BY id", filter.sql());
    let mut all: HashMap<i64, Vec<i64>> = HashMap::new();
    for (of, id) in conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?)))? {
        all.entry(of).or_default().push(id);
    }
    Ok(all)
}

pub fn content_get(
    conn: &mut Conn,
    scope: &Scope,
    id: ContentId,
    now: Timestamp,
) -> DbResult<Option<ContentDetail>> {
    let Some(one) = find(conn, scope, id)? else { return Ok(None) };
    let wanted = ContentFilter { id: Some(id), limit: 1, ..ContentFilter::default() };
    let Some(content) = content_list(conn, scope, &wanted, now)?.items.pop() else { return Ok(None) };
    let coupon = match one.coupon {
        Some(coupon) => coupon_face(conn, coupon.0)?,
        None => None,
    };
    let piece = AppContent::of(&one, coupon, content.pictures.clone());
    Ok(Some(ContentDetail { content, piece }))
}

/// What staff are told on their home page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeNotice {
    pub id: i64,
    pub title: String,
    pub blocks: Vec<model::rich::RichBlock>,
    pub link: String,
    pub at_ms: i64,
}

/// Notices for the staff of this operator and for everybody, those in front first.
pub fn home_notice_list(conn: &mut Conn, scope: &Scope, now: Timestamp) -> DbResult<Vec<HomeNotice>> {
    let mut filter = Filter::new();
    match scope.operator {
        Some(_) => reach(&mut filter, "c.operator_id", scope),
        // What an operator tells its own people is no business of the platform's.
        None => filter.and("c.operator_id IS NULL"),
    }
    filter.and("c.audience = 'staff'");
    in_state(&mut filter, "c", ContentState::Published, now);
    let sql = format!(
        "SELECT c.id, c.title, c.body, c.link, COALESCE(c.from_ms, c.published_at_ms, c.created_at_ms) \
         FROM content c {} ORDER BY c.rank DESC, 5 DESC, c.id DESC LIMIT 20",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        Ok(HomeNotice {
            id: row.int(0)?,
            title: row.text(1)?,
            blocks: crate::content_shown::blocks(&row.text(2)?),
            link: row.text(3)?,
            at_ms: row.int(4)?,
        })
    })
}
