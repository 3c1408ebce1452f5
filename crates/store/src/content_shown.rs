//! What an app shows: the same for the app itself and for the preview in the console.

use crate::content_list::{in_city, in_state, pictures_of};
use crate::contents::{COLUMNS, Content, PICTURES, WIDTH, content};
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use model::content::{Audience, ContentKind, ContentState, FaqTopic, TaskMetric};
use model::coupon::CouponKind;
use model::customer::{CustomerKind, CustomerMark};
use model::message::message_sample;
use model::rich::{RichBlock, RichKind, RichSpan, rich_parse};
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One piece as an app draws it. It holds text and no HTML: nothing in it is to be executed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppContent {
    pub id: i64,
    pub kind: ContentKind,
    pub title: String,
    pub blocks: Vec<RichBlock>,
    /// https:// or a page of the mini-program; empty: a tap opens the text.
    pub link: String,
    /// Each at `/api/v1/public/content-pictures/{id}`.
    pub pictures: Vec<i64>,
    pub topic: Option<FaqTopic>,
    pub metric: Option<TaskMetric>,
    /// Orders, or energy in 0.1 Wh.
    pub goal: Option<i64>,
    pub coupon: Option<CouponFace>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub until_ms: Option<i64>,
}

/// What stands on a coupon.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CouponFace {
    pub id: i64,
    pub name: String,
    pub kind: CouponKind,
    pub off_fen: Option<i64>,
    pub percent_off: Option<i64>,
    pub cap_fen: Option<i64>,
    pub threshold_fen: i64,
}

/// A text as blocks. What was kept before a rule changed is shown as it was typed.
pub(crate) fn blocks(text: &str) -> Vec<RichBlock> {
    rich_parse("body", text).unwrap_or_else(|_| paragraph(text))
}

fn paragraph(text: &str) -> Vec<RichBlock> {
    let span = RichSpan { text: text.to_owned(), ..RichSpan::default() };
    vec![RichBlock { kind: RichKind::Paragraph, spans: vec![span] }]
}

impl AppContent {
    pub fn of(one: &Content, coupon: Option<CouponFace>, pictures: Vec<i64>) -> AppContent {
        let sample = |text: &str| match one.event {
            Some(event) => message_sample("body", event, text).unwrap_or_else(|_| text.to_owned()),
            None => text.to_owned(),
        };
        // A message is plain text on every channel.
        let blocks = match one.kind {
            ContentKind::Message => paragraph(&sample(&one.body)),
            _ => blocks(&one.body),
        };
        AppContent {
            id: one.id.0,
            kind: one.kind,
            title: sample(&one.title),
            blocks,
            link: one.link.clone(),
            pictures,
            topic: one.topic,
            metric: one.metric,
            goal: one.goal,
            coupon,
            from_ms: one.from.map(Timestamp::as_ms),
            until_ms: one.until.map(Timestamp::as_ms),
        }
    }
}

/// Who looks, and where.
#[derive(Clone, Debug)]
pub struct Onlooker {
    pub audience: Audience,
    /// Without one: what is for all cities.
    pub city_code: Option<String>,
    pub kind: Option<CustomerKind>,
    pub fleet_id: Option<i64>,
    /// The segments of the customer, as the program behind the app was told them.
    pub marks: Vec<CustomerMark>,
    /// An operator's own app shows its own and the platform's; without one: everybody's.
    pub operator_id: Option<i64>,
}

/// Most that an app is given at once.
const SHOWN_MAX: i64 = 200;

fn face(row: &Row<'_>, at: usize) -> DbResult<Option<CouponFace>> {
    let Some(id) = row.int_opt(at)? else { return Ok(None) };
    Ok(Some(CouponFace {
        id,
        name: row.text(at + 1)?,
        kind: row.word(at + 2, CouponKind::parse)?,
        off_fen: row.int_opt(at + 3)?,
        percent_off: row.int_opt(at + 4)?,
        cap_fen: row.int_opt(at + 5)?,
        threshold_fen: row.int(at + 6)?,
    }))
}

const FACE: &str = "q.id, q.name, q.kind, q.off_fen, q.percent_off, q.cap_fen, q.threshold_fen";

pub fn coupon_face(conn: &mut Conn, id: i64) -> DbResult<Option<CouponFace>> {
    let sql = format!("SELECT {FACE} FROM coupon q WHERE q.id = $1");
    Ok(conn.find(&sql, &[id.into()], |row| face(row, 0))?.flatten())
}

/// What they see at this moment: by kind, those in front first. Messages are sent, and never shown.
pub fn content_shown(conn: &mut Conn, who: &Onlooker, at: Timestamp) -> DbResult<Vec<AppContent>> {
    let mut filter = Filter::new();
    filter.and_value("c.audience = ?", who.audience.as_str());
    in_state(&mut filter, "c", ContentState::Published, at);
    filter.and("c.kind <> 'message'");
    // No city has this code: who tells none sees what is for all.
    in_city(&mut filter, "c.cities", who.city_code.as_deref().unwrap_or("-"));
    let kind = filter.bind(who.kind.map_or("all", CustomerKind::as_str));
    let fleet = filter.bind(who.fleet_id.unwrap_or(0));
    let marks = filter.bind_all(who.marks.iter().map(|mark| mark.as_str()).chain(["-"]));
    filter.and(&format!(
        "(c.target_group = 'all' OR c.target_group = {kind} OR (c.target_group = 'fleet' AND c.fleet_id = {fleet}) \
         OR (c.target_group = 'segment' AND c.mark IN ({marks})))"
    ));
    if let Some(operator) = who.operator_id {
        filter.and_value("(c.operator_id IS NULL OR c.operator_id = ?)", operator);
    }
    let limit = filter.bind(SHOWN_MAX);
    let sql = format!(
        "SELECT {COLUMNS}, {FACE} FROM content c LEFT JOIN coupon q ON q.id = c.coupon_id {} \
         ORDER BY c.kind, c.rank DESC, c.id DESC LIMIT {limit}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| Ok((content(row)?, face(row, WIDTH)?)))?;
    let mut pictures = pictures_of(conn, rows.iter().map(|(one, _)| one.id.0))?;
    let rows = rows.into_iter().map(|(one, coupon)| {
        let own = pictures.remove(&one.id.0).unwrap_or_default();
        AppContent::of(&one, coupon, own)
    });
    Ok(rows.collect())
}

/// A picture of what is shown to somebody at this moment.
pub fn picture_shown(
    conn: &mut Conn,
    id: i64,
    at: Timestamp,
) -> DbResult<Option<crate::attachments::Picture>> {
    let Some((of, picture)) = crate::attachments::get(conn, PICTURES, id)? else { return Ok(None) };
    let mut filter = Filter::new();
    filter.and_value("c.id = ?", of);
    filter.and("c.audience <> 'staff'");
    in_state(&mut filter, "c", ContentState::Published, at);
    let shown =
        conn.find(&format!("SELECT 1 FROM content c {}", filter.sql()), &filter.values, |_| Ok(()))?;
    Ok(shown.map(|()| picture))
}
