//! What staff write, and the rules that it keeps before it is kept.

use super::target::{cities_checked, fleet_checked, mark_checked, owner, rank_checked, written};
use crate::audit::Actor;
use crate::site::named;
use model::content::{
    Audience, ContentDecision, ContentKind, FaqTopic, TargetGroup, TaskMetric, link_checked, times_checked,
};
use model::coupon::CouponState;
use model::customer::CustomerMark;
use model::id::{ContentId, CouponId};
use model::message::{MessageEvent, message_sample};
use model::rich::rich_parse;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Conn;
use store::contents::Content;
use utoipa::ToSchema;

/// Which fields there are follows from the kind.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentDraft {
    pub audience: Audience,
    pub kind: ContentKind,
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub title: String,
    /// Paragraphs, `## ` headings, `- ` and `1. ` lists, `**bold**`, `[text](https://…)`; of a message plain
    /// text with `{variables}`.
    pub body: Option<String>,
    pub link: Option<String>,
    pub topic: Option<FaqTopic>,
    pub event: Option<MessageEvent>,
    pub metric: Option<TaskMetric>,
    /// Orders, or energy in 0.1 Wh.
    pub goal: Option<i64>,
    pub coupon_id: Option<i64>,
    /// Everybody when not given.
    pub group: Option<TargetGroup>,
    pub fleet_id: Option<i64>,
    /// The segment, where the group is one.
    pub mark: Option<CustomerMark>,
    /// Codes of open cities; none: all.
    pub cities: Option<Vec<String>>,
    /// 0 to 999; the highest stands in front.
    pub rank: Option<i64>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub until_ms: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentChange {
    /// The version that the page shows: what was changed meanwhile is not overwritten.
    pub version: i64,
    /// All of it anew.
    pub content: ContentDraft,
}

fn kind_checked(draft: &ContentDraft) -> Result<TargetGroup> {
    if !draft.audience.kinds().contains(&draft.kind) {
        return Err(Error::invalid(
            "kind",
            "这一端没有这类内容，请重新选择类型",
            "There is no such content for this audience; choose another kind.",
        ));
    }
    let group = draft.group.unwrap_or(TargetGroup::All);
    if draft.audience.groups().contains(&group) {
        return Ok(group);
    }
    Err(Error::invalid(
        "group",
        "这一端不能投放给这类人群，请重新选择",
        "This audience has no such group; choose another.",
    ))
}

/// A field is there exactly when the kind has it.
fn fits<T>(
    field: &'static str,
    value: Option<T>,
    wanted: bool,
    zh: &'static str,
    en: &'static str,
) -> Result<Option<T>> {
    match (value, wanted) {
        (None, true) => Err(Error::invalid(field, format!("请选择{zh}"), format!("Choose {en}."))),
        (Some(_), false) => Err(Error::invalid(
            field,
            format!("这类内容没有{zh}，请留空"),
            format!("This kind of content has no {en}; leave it empty."),
        )),
        (value, _) => Ok(value),
    }
}

fn goal_checked(metric: Option<TaskMetric>, goal: Option<i64>) -> Result<Option<i64>> {
    let range = match metric {
        None => return fits("goal", goal, false, "任务目标", "goal"),
        Some(TaskMetric::Orders) => 1..=100_000,
        Some(TaskMetric::Energy) => 10_000..=10_000_000_000,
    };
    match goal {
        Some(goal) if range.contains(&goal) => Ok(Some(goal)),
        _ => Err(Error::invalid(
            "goal",
            "任务目标应为 1 到 100000 单，或 1 到 1000000 度",
            "A goal is 1 to 100000 orders, or 1 to 1000000 kWh.",
        )),
    }
}

fn coupon_checked(
    conn: &mut Conn,
    actor: &Actor,
    kind: ContentKind,
    id: Option<i64>,
    now: Timestamp,
) -> Result<Option<CouponId>> {
    let Some(id) = id.map(CouponId) else { return Ok(None) };
    if !matches!(kind, ContentKind::Activity | ContentKind::Task | ContentKind::Popup) {
        return fits("coupon_id", Some(id), false, "优惠券", "coupon");
    }
    let found = store::coupons::find(conn, &actor.caller.scope, id)?;
    let found = found.ok_or_else(|| {
        Error::invalid(
            "coupon_id",
            "没有这张优惠券，请从列表中重新选择",
            "There is no such coupon; choose one from the list.",
        )
    })?;
    if found.state(now) == CouponState::Ended {
        return Err(Error::invalid(
            "coupon_id",
            "这张优惠券已过期，请选择其他优惠券",
            "This coupon is over; choose another.",
        ));
    }
    Ok(Some(id))
}

/// Title and body, read as the apps will read them.
fn texts(draft: &ContentDraft) -> Result<(String, String)> {
    let title = named("title", &draft.title, draft.kind.title_max())?;
    let text = draft.body.as_deref().unwrap_or_default();
    if draft.kind.body_max() == 0 && !text.trim().is_empty() {
        return Err(Error::invalid(
            "body",
            "轮播图没有正文；请写在链接的公告或活动中",
            "A banner has no text; write it in the notice or activity that it leads to.",
        ));
    }
    let body = written("body", text, draft.kind.body_max())?;
    if draft.kind.needs_body() && body.is_empty() {
        return Err(Error::invalid("body", "请填写正文", "Write the text."));
    }
    match draft.event.filter(|_| draft.kind == ContentKind::Message) {
        Some(event) => {
            message_sample("title", event, &title)?;
            message_sample("body", event, &body)?;
        }
        None => drop(rich_parse("body", &body)?),
    }
    Ok((title, body))
}

impl ContentDraft {
    /// All rules kept, as a draft that nobody has published.
    pub(super) fn checked(self, conn: &mut Conn, actor: &Actor, now: Timestamp) -> Result<Content> {
        let (kind, group) = (self.kind, kind_checked(&self)?);
        let event = fits("event", self.event, kind == ContentKind::Message, "发送时机", "event")?;
        let topic = fits("topic", self.topic, kind == ContentKind::Faq, "问题分类", "topic")?;
        let metric = fits("metric", self.metric, kind == ContentKind::Task, "任务指标", "metric")?;
        let (title, body) = texts(&self)?;
        let link = link_checked("link", self.link.as_deref().unwrap_or_default())?;
        let leads = !matches!(kind, ContentKind::Faq | ContentKind::Message | ContentKind::Task);
        if !leads && !link.is_empty() {
            fits("link", Some(()), false, "跳转链接", "link")?;
        }
        times_checked(self.from_ms, self.until_ms)?;
        let cities = self.cities.unwrap_or_default();
        if self.audience == Audience::Staff && !cities.is_empty() {
            return Err(Error::invalid(
                "cities",
                "员工公告不分城市，请留空",
                "A notice for staff names no city; leave it empty.",
            ));
        }
        Ok(Content {
            id: ContentId(0),
            kind,
            audience: self.audience,
            operator: owner(conn, actor, self.operator_id)?,
            title,
            body,
            link,
            topic,
            event,
            metric,
            goal: goal_checked(metric, self.goal)?,
            coupon: coupon_checked(conn, actor, kind, self.coupon_id, now)?,
            group,
            fleet: fleet_checked(conn, actor, group, self.fleet_id)?,
            mark: mark_checked(group, self.mark)?,
            cities: cities_checked(conn, cities)?,
            rank: rank_checked(self.rank)?,
            decision: ContentDecision::Draft,
            from: self.from_ms.map(Timestamp::from_ms),
            until: self.until_ms.map(Timestamp::from_ms),
            published_at: None,
            version: 1,
        })
    }
}

/// For the audit.
pub(super) fn told(one: &Content) -> Value {
    json!({"kind": one.kind, "audience": one.audience, "operator_id": one.operator, "title": one.title,
        "body": one.body, "link": one.link, "topic": one.topic, "event": one.event, "metric": one.metric,
        "goal": one.goal, "coupon_id": one.coupon, "group": one.group, "fleet_id": one.fleet, "mark": one.mark,
        "cities": one.cities, "rank": one.rank, "from_ms": one.from.map(Timestamp::as_ms),
        "until_ms": one.until.map(Timestamp::as_ms)})
}
