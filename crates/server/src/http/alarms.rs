//! 告警中心

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::alarm::{
    AlarmChange, AlarmNoticeChange, AlarmNoticeDraft, AlarmRuleChange, AlarmRuleDraft, no_alarm,
};
use model::Result;
use model::alarm::{AlarmLevel, AlarmSource, AlarmState, alarm_text};
use model::error::Text;
use serde::Deserialize;
use store::alarm_list::{self, AlarmDetail, AlarmFilter, AlarmView, SORTS};
use store::alarm_rules::{self, AlarmNotice, AlarmRule, AlarmRuleChangeRecord};
use store::filter::{Page, Paging};
use store::sort::Sort;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmQuery {
    level: Option<AlarmLevel>,
    source: Option<AlarmSource>,
    state: Option<AlarmState>,
    /// Not closed.
    live: Option<bool>,
    code: Option<String>,
    station_id: Option<i64>,
    station_name: Option<String>,
    /// In the code or the name of a pile, also of one of a storm.
    pile: Option<String>,
    order_id: Option<i64>,
    /// Whether it is a fault that came back within seven days.
    repeated: Option<bool>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    /// last_at_ms, first_at_ms, times, level; `-` before it for the greatest first. The newest first when it is
    /// left out.
    sort: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl AlarmQuery {
    pub fn filter(self) -> Result<AlarmFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        super::feedback::ordered(self.from_ms, self.to_ms)?;
        Ok(AlarmFilter {
            level: self.level,
            source: self.source,
            state: self.state,
            live: self.live,
            code: self.code,
            station_id: self.station_id,
            station_name: self.station_name,
            pile: self.pile,
            order_id: self.order_id,
            repeated: self.repeated,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            sort: Sort::or_newest(self.sort.as_deref(), SORTS, &paging)?,
            limit: paging.limit()?,
        })
    }
}

/// The words of a code, where anybody knows them.
pub fn code_text(source: AlarmSource, code: &str) -> Option<Text> {
    let known = match source {
        AlarmSource::Fault => protocol::fault_text(code),
        AlarmSource::Stop => protocol::stop_text(code),
        _ => protocol::event_text(code),
    };
    known.or_else(|| alarm_text(code)).or_else(|| class_text(code))
}

fn class_text(code: &str) -> Option<Text> {
    Some(match code {
        "class:emergency" => Text::of("急停类停止", "stopped by an emergency stop"),
        "class:safety" => Text::of("安全类停止（绝缘、温度、漏电等）", "stopped for safety"),
        "class:fault" => Text::of("故障类停止", "stopped by a fault"),
        "class:start_failed" => Text::of("启动失败", "did not start"),
        "class:danger" => Text::of("严重度 0 至 3", "severity 0 to 3"),
        "class:error" => Text::of("严重度 4、5", "severity 4 and 5"),
        "class:warning" => Text::of("严重度 6", "severity 6"),
        _ => return None,
    })
}

/// Puts the words of its code into the reader's language.
pub fn tell(one: &mut AlarmView, reader: &Reader) {
    one.text = code_text(one.source, &one.code).map(|text| reader.tell(&text));
}

pub async fn alarm_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Query(query): Query<AlarmQuery>,
) -> Answer<Given<Page<AlarmView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| alarm_list::alarm_list(conn, &scope, &wanted);
    let mut page = app.engine.store.read(read).await?;
    page.items.iter_mut().for_each(|one| tell(one, &reader));
    Ok(Given(page))
}

pub async fn alarm_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<AlarmDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| alarm_list::alarm_get(conn, &scope, id);
    let mut detail = app.engine.store.read(read).await?.ok_or_else(no_alarm)?;
    detail.way_out = reader.tell(&detail.alarm.source.way_out());
    tell(&mut detail.alarm, &reader);
    detail.members.iter_mut().for_each(|one| tell(one, &reader));
    Ok(Given(detail))
}

pub async fn alarm_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<AlarmChange>,
) -> Answer<Done> {
    app.engine.alarm_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn alarm_rule_list(State(app): State<Shared>, reader: Reader) -> Answer<Given<Page<AlarmRule>>> {
    let mut rules = app.engine.store.read(alarm_rules::alarm_rule_list).await?;
    for rule in &mut rules {
        rule.text = code_text(rule.source, &rule.code).map(|text| reader.tell(&text));
    }
    Ok(Given(Page::whole(rules)))
}

pub async fn alarm_rule_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<AlarmRuleDraft>,
) -> Answer<Created<AlarmRule>> {
    Ok(Created(app.engine.alarm_rule_create(&who.actor(), draft).await?))
}

pub async fn alarm_rule_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<AlarmRuleChange>,
) -> Answer<Done> {
    app.engine.alarm_rule_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn alarm_rule_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.alarm_rule_delete(&who.actor(), id).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmRuleChangeQuery {
    /// Of this rule only.
    rule_id: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn alarm_rule_change_list(
    State(app): State<Shared>,
    Query(query): Query<AlarmRuleChangeQuery>,
) -> Answer<Given<Page<AlarmRuleChangeRecord>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let read =
        move |conn: &mut store::Conn| alarm_rules::alarm_rule_change_list(conn, query.rule_id, before, limit);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Whose addresses they are concerns those only who look after the platform.
pub async fn alarm_notice_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<AlarmNotice>>> {
    who.actor().must_be_platform()?;
    Ok(Given(Page::whole(app.engine.store.read(alarm_rules::alarm_notice_list).await?)))
}

pub async fn alarm_notice_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<AlarmNoticeDraft>,
) -> Answer<Created<AlarmNotice>> {
    Ok(Created(app.engine.alarm_notice_create(&who.actor(), draft).await?))
}

pub async fn alarm_notice_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<AlarmNoticeChange>,
) -> Answer<Done> {
    app.engine.alarm_notice_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn alarm_notice_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.alarm_notice_delete(&who.actor(), id).await?;
    Ok(Done)
}
