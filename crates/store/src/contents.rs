//! 用户端、司机端内容: writing it, and reading what decides.

use crate::Tx;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use model::Result;
use model::access::Scope;
use model::content::{
    Audience, ContentDecision, ContentKind, ContentState, FaqTopic, TargetGroup, TaskMetric,
};
use model::customer::CustomerMark;
use model::id::{ContentId, CouponId, FleetId, OperatorId, StationId};
use model::message::MessageEvent;
use model::time::Timestamp;

/// The noun under which its pictures are kept.
pub const PICTURES: &str = "content";

#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    pub id: ContentId,
    pub kind: ContentKind,
    pub audience: Audience,
    /// `None`: the whole platform's.
    pub operator: Option<OperatorId>,
    pub title: String,
    pub body: String,
    pub link: String,
    pub topic: Option<FaqTopic>,
    pub event: Option<MessageEvent>,
    pub metric: Option<TaskMetric>,
    pub goal: Option<i64>,
    pub coupon: Option<CouponId>,
    pub group: TargetGroup,
    pub fleet: Option<FleetId>,
    /// The segment, where the group is one.
    pub mark: Option<CustomerMark>,
    /// None: all.
    pub cities: Vec<String>,
    /// The higher, the further in front.
    pub rank: i64,
    pub decision: ContentDecision,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub version: i64,
}

impl Content {
    pub fn state(&self, now: Timestamp) -> ContentState {
        self.decision.state(self.from, self.until, now)
    }
}

pub(crate) const COLUMNS: &str = "c.id, c.kind, c.audience, c.operator_id, c.title, c.body, c.link, c.topic, c.event, \
    c.metric, c.goal, c.coupon_id, c.target_group, c.fleet_id, c.cities, c.rank, c.decision, c.from_ms, c.until_ms, \
    c.published_at_ms, c.version, c.mark";
/// How many columns these are.
pub(crate) const WIDTH: usize = 22;

/// Codes as they are kept: each between commas.
pub(crate) fn cities_text(codes: &[String]) -> String {
    if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) }
}

pub(crate) fn cities_read(text: &str) -> Vec<String> {
    text.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// Stations likewise.
pub(crate) fn stations_text(stations: &[StationId]) -> String {
    cities_text(&stations.iter().map(|id| id.0.to_string()).collect::<Vec<_>>())
}

pub(crate) fn stations_read(text: &str) -> Vec<StationId> {
    text.split(',').filter_map(|id| id.parse().ok().map(StationId)).collect()
}

pub(crate) fn content(row: &Row<'_>) -> DbResult<Content> {
    Ok(Content {
        id: ContentId(row.int(0)?),
        kind: row.word(1, ContentKind::parse)?,
        audience: row.word(2, Audience::parse)?,
        operator: row.int_opt(3)?.map(OperatorId),
        title: row.text(4)?,
        body: row.text(5)?,
        link: row.text(6)?,
        topic: row.text_opt(7)?.as_deref().and_then(FaqTopic::parse),
        event: row.text_opt(8)?.as_deref().and_then(MessageEvent::parse),
        metric: row.text_opt(9)?.as_deref().and_then(TaskMetric::parse),
        goal: row.int_opt(10)?,
        coupon: row.int_opt(11)?.map(CouponId),
        group: row.word(12, TargetGroup::parse)?,
        fleet: row.int_opt(13)?.map(FleetId),
        cities: cities_read(&row.text(14)?),
        rank: row.int(15)?,
        decision: row.word(16, ContentDecision::parse)?,
        from: row.int_opt(17)?.map(Timestamp::from_ms),
        until: row.int_opt(18)?.map(Timestamp::from_ms),
        published_at: row.int_opt(19)?.map(Timestamp::from_ms),
        version: row.int(20)?,
        mark: row.word_opt(21, CustomerMark::parse)?,
    })
}

/// Staff of an operator see its own and what is the whole platform's.
pub(crate) fn reach(filter: &mut Filter, column: &str, scope: &Scope) {
    if let Some(operator) = scope.operator {
        filter.and_value(&format!("({column} IS NULL OR {column} = ?)"), operator.0);
    }
}

pub fn find(conn: &mut Conn, scope: &Scope, id: ContentId) -> DbResult<Option<Content>> {
    let mut filter = Filter::new();
    filter.and_value("c.id = ?", id.0);
    reach(&mut filter, "c.operator_id", scope);
    conn.find(&format!("SELECT {COLUMNS} FROM content c {}", filter.sql()), &filter.values, content)
}

pub fn insert(tx: &mut Tx<'_>, one: &Content, staff_name: &str, now: Timestamp) -> Result<ContentId> {
    let id = tx.next_id(Noun::Content)?;
    tx.execute(
        "INSERT INTO content (id, kind, audience, operator_id, title, body, link, topic, event, metric, goal, coupon_id, \
         target_group, fleet_id, cities, rank, decision, from_ms, until_ms, created_by, created_at_ms, version, \
         mark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23)",
        &[
            id.into(),
            one.kind.as_str().into(),
            one.audience.as_str().into(),
            one.operator.map(|operator| operator.0).into(),
            (&one.title).into(),
            (&one.body).into(),
            (&one.link).into(),
            one.topic.map(FaqTopic::as_str).into(),
            one.event.map(MessageEvent::as_str).into(),
            one.metric.map(TaskMetric::as_str).into(),
            one.goal.into(),
            one.coupon.map(|coupon| coupon.0).into(),
            one.group.as_str().into(),
            one.fleet.map(|fleet| fleet.0).into(),
            cities_text(&one.cities).into(),
            one.rank.into(),
            one.decision.as_str().into(),
            one.from.map(Timestamp::as_ms).into(),
            one.until.map(Timestamp::as_ms).into(),
            staff_name.into(),
            now.as_ms().into(),
            one.version.into(),
            one.mark.map(CustomerMark::as_str).into(),
        ],
    )?;
    Ok(ContentId(id))
}

/// All that may have changed; kind and audience never do.
pub fn update(tx: &mut Tx<'_>, one: &Content) -> Result<()> {
    tx.execute(
        "UPDATE content SET operator_id = $1, title = $2, body = $3, link = $4, topic = $5, event = $6, metric = $7, \
         goal = $8, coupon_id = $9, target_group = $10, fleet_id = $11, cities = $12, rank = $13, decision = $14, \
         from_ms = $15, until_ms = $16, published_at_ms = $17, version = $18, mark = $19 WHERE id = $20",
        &[
            one.operator.map(|operator| operator.0).into(),
            (&one.title).into(),
            (&one.body).into(),
            (&one.link).into(),
            one.topic.map(FaqTopic::as_str).into(),
            one.event.map(MessageEvent::as_str).into(),
            one.metric.map(TaskMetric::as_str).into(),
            one.goal.into(),
            one.coupon.map(|coupon| coupon.0).into(),
            one.group.as_str().into(),
            one.fleet.map(|fleet| fleet.0).into(),
            cities_text(&one.cities).into(),
            one.rank.into(),
            one.decision.as_str().into(),
            one.from.map(Timestamp::as_ms).into(),
            one.until.map(Timestamp::as_ms).into(),
            one.published_at.map(Timestamp::as_ms).into(),
            one.version.into(),
            one.mark.map(CustomerMark::as_str).into(),
            one.id.0.into(),
        ],
    )
    .map(drop)
}

pub fn delete(tx: &mut Tx<'_>, id: ContentId) -> Result<()> {
    crate::attachments::delete_of(tx, PICTURES, id.0)?;
    tx.execute("DELETE FROM content WHERE id = $1", &[id.0.into()]).map(drop)
}
