//! 安全规则、安全事件、试算与电池安全报告

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use super::wire::battery_text;
use axum::extract::State;
use engine::safety::{
    SafetyActChange, SafetyRuleChange, SafetyRuleDraft, SafetyRuleRemoval, SafetyTrialDraft, no_act, no_trial,
};
use model::Result;
use model::safety::{SafetyActState, SafetyAction, SafetyLevel, SafetyMeasure};
use serde::Deserialize;
use store::battery_safety::{self, BatterySafety, BatterySafetyFilter};
use store::filter::{Page, Paging};
use store::safety_act_list::{self, SafetyActDetail, SafetyActFilter, SafetyActView};
use store::safety_rules::{self, SafetyRuleChangeRecord, SafetyRuleView};
use store::safety_trials::{self, SafetyTrial, SafetyTrialDetail};
use utoipa::ToSchema;

/// Those that hold for all, and those of the caller's own operator.
pub async fn safety_rule_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<SafetyRuleView>>> {
    let mut rules = app.engine.store.read(safety_rules::safety_rule_list).await?;
    let scope = who.scope();
    if !scope.is_all() {
        let own = scope.operator.map(|operator| operator.0);
        rules.retain(|rule| match (rule.scope.operator_id, rule.scope.station_id) {
            (None, None) => true,
            (of, _) => of.is_some() && of == own,
        });
    }
    Ok(Given(Page::whole(rules)))
}

pub async fn safety_rule_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<SafetyRuleDraft>,
) -> Answer<Created<SafetyRuleView>> {
    Ok(Created(app.engine.safety_rule_create(&who.actor(), draft).await?))
}

pub async fn safety_rule_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<SafetyRuleChange>,
) -> Answer<Done> {
    app.engine.safety_rule_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn safety_rule_delete(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Query(change): Query<SafetyRuleRemoval>,
) -> Answer<Done> {
    app.engine.safety_rule_delete(&who.actor(), id, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyRuleChangeQuery {
    /// Of this rule only.
    rule_id: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn safety_rule_change_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SafetyRuleChangeQuery>,
) -> Answer<Given<Page<SafetyRuleChangeRecord>>> {
    who.actor().must_be_platform()?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let read = move |conn: &mut store::Conn| {
        safety_rules::safety_rule_change_list(conn, query.rule_id, before, limit)
    };
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn safety_trial_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<SafetyTrial>>> {
    who.actor().must_be_platform()?;
    Ok(Given(app.engine.store.read(safety_trials::safety_trial_list).await?))
}

pub async fn safety_trial_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<SafetyTrialDraft>,
) -> Answer<Created<SafetyTrial>> {
    Ok(Created(app.engine.safety_trial_create(&who.actor(), draft).await?))
}

pub async fn safety_trial_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<SafetyTrialDetail>> {
    who.actor().must_be_platform()?;
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| safety_trials::safety_trial_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_trial)?))
}

pub async fn safety_trial_cancel(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.safety_trial_cancel(&who.actor(), id).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyActQuery {
    level: Option<SafetyLevel>,
    state: Option<SafetyActState>,
    action: Option<SafetyAction>,
    measure: Option<SafetyMeasure>,
    of_vehicle: Option<bool>,
    station_name: Option<String>,
    /// In the code or the name of a pile.
    pile: Option<String>,
    order_id: Option<i64>,
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl SafetyActQuery {
    fn filter(self) -> Result<SafetyActFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        super::feedback::ordered(self.from_ms, self.to_ms)?;
        Ok(SafetyActFilter {
            level: self.level,
            state: self.state,
            action: self.action,
            measure: self.measure,
            of_vehicle: self.of_vehicle,
            station_name: self.station_name,
            pile: self.pile,
            order_id: self.order_id,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

/// Newest first.
pub async fn safety_act_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<SafetyActQuery>,
) -> Answer<Given<Page<SafetyActView>>> {
    let (scope, wanted) = (who.scope(), query.filter()?);
    let read = move |conn: &mut store::Conn| safety_act_list::safety_act_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn safety_act_get(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<SafetyActDetail>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| safety_act_list::safety_act_get(conn, &scope, id);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_act)?))
}

pub async fn safety_act_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<SafetyActChange>,
) -> Answer<Done> {
    app.engine.safety_act_update(&who.actor(), id, change).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatterySafetyQuery {
    level: Option<SafetyLevel>,
    /// With any finding.
    found: Option<bool>,
    order_id: Option<i64>,
    station_name: Option<String>,
    /// In the code or the name of a pile.
    pile: Option<String>,
    /// When it ended.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The order that was begun last first.
pub async fn battery_safety_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Query(query): Query<BatterySafetyQuery>,
) -> Answer<Given<Page<BatterySafety>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    super::feedback::ordered(query.from_ms, query.to_ms)?;
    let wanted = BatterySafetyFilter {
        level: query.level,
        found: query.found,
        order_id: query.order_id,
        station_name: query.station_name,
        pile: query.pile,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| battery_safety::battery_safety_list(conn, &scope, &wanted);
    let mut page = app.engine.store.read(read).await?;
    for word in page.items.iter_mut().flat_map(|one| &mut one.causes) {
        word.text = battery_text(&word.code).map(|text| reader.tell(&text));
    }
    for finding in page.items.iter_mut().flat_map(|one| &mut one.findings) {
        if let Some(text) = finding.word.as_deref().and_then(battery_text) {
            finding.text = text;
        }
    }
    Ok(Given(page))
}
