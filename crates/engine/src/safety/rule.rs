//! 安全规则: what staff make of them. Each change is kept with who made it, when, why, and what was before it.

use crate::audit::Actor;
use crate::site::{named, taken, within};
use crate::{Engine, Rules};
use model::id::{OperatorId, StationId};
use model::safety::{SafetyAction, SafetyLevel, SafetyMeasure, SafetyScope};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::Tx;
use store::safety_rules::{self, SafetyRuleChangeRecord, SafetyRuleView, safety_rule_list};
use utoipa::ToSchema;

const NAME_MAX: usize = 40;
const REASON_MAX: usize = 200;
const WORD_MAX: usize = 64;
const COUNT_MAX: usize = 100;
const HOLD_S: std::ops::RangeInclusive<i64> = 0..=7_200;
const SAMPLES: std::ops::RangeInclusive<i64> = 1..=60;
const HYSTERESIS: std::ops::RangeInclusive<i64> = 0..=100_000;
const LIMIT_PERCENT: std::ops::RangeInclusive<i64> = 30..=95;
const REPEAT_S: std::ops::RangeInclusive<i64> = 5..=300;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyRuleDraft {
    pub name: String,
    pub enabled: bool,
    pub measure: SafetyMeasure,
    /// In the unit of the measure.
    pub threshold: i64,
    /// 0 to 7200.
    pub hold_s: i64,
    /// 1 to 60.
    pub samples: i64,
    pub hysteresis: i64,
    pub scope: SafetyScope,
    pub level: SafetyLevel,
    pub action: SafetyAction,
    /// 30 to 95.
    pub limit_percent: i64,
    /// 5 to 300.
    pub repeat_s: i64,
    pub of_vehicle: bool,
    /// Where the value comes from.
    pub basis: Option<String>,
    /// Why it is made or changed.
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyRuleChange {
    /// The version that the page shows.
    pub version: i64,
    pub rule: SafetyRuleDraft,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyRuleRemoval {
    pub version: i64,
    pub reason: String,
}

fn word(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    text.map(|text| named(field, &text, WORD_MAX)).transpose()
}

/// Within the rules, and without what it does not use.
pub(super) fn checked(draft: SafetyRuleDraft) -> Result<SafetyRuleDraft> {
    let name = named("name", &draft.name, NAME_MAX)?;
    let reason = named("reason", &draft.reason, REASON_MAX)?;
    within("threshold", draft.threshold, &draft.measure.thresholds(), draft.measure.unit())?;
    within("hold_s", draft.hold_s, &HOLD_S, "")?;
    within("samples", draft.samples, &SAMPLES, "")?;
    within("hysteresis", draft.hysteresis, &HYSTERESIS, draft.measure.unit())?;
    within("limit_percent", draft.limit_percent, &LIMIT_PERCENT, "%")?;
    within("repeat_s", draft.repeat_s, &REPEAT_S, "")?;
    if draft.measure == SafetyMeasure::CurrentAfterStop && draft.action == SafetyAction::Limit {
        return Err(Error::invalid(
            "action",
            "停止后仍有电流时限功率没有意义，请选择停止、锁桩或通知",
            "A session that was stopped is not limited; stop it, lock the pile, or tell people.",
        ));
    }
    let basis = draft.basis.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let basis = basis.map(|text| named("basis", &text, REASON_MAX)).transpose()?;
    let SafetyScope { operator_id, station_id, vendor, model, kind } = draft.scope;
    let (vendor, model) = (word("scope.vendor", vendor)?, word("scope.model", model)?);
    let scope = SafetyScope { operator_id, station_id, vendor, model, kind };
    Ok(SafetyRuleDraft { name, reason, basis, scope, ..draft })
}

fn told(one: &SafetyRuleView) -> serde_json::Value {
    json!({"name": one.name, "enabled": one.enabled, "measure": one.measure, "threshold": one.threshold,
        "hold_s": one.hold_s, "samples": one.samples, "hysteresis": one.hysteresis, "scope": one.scope,
        "level": one.level, "action": one.action, "limit_percent": one.limit_percent, "repeat_s": one.repeat_s,
        "of_vehicle": one.of_vehicle, "basis": one.basis})
}

fn no_rule() -> Error {
    Error::not_found(
        "safety_rule.not_found",
        "没有这条安全规则，可能已被删除，请刷新列表",
        "There is no such safety rule, or it was deleted; reload the list.",
    )
}

fn stale() -> Error {
    Error::conflict(
        "safety_rule.version_differs",
        "该规则刚被他人修改，已读取最新内容，请核对后再保存",
        "Somebody has just changed this rule. Look at it as it is now, then try again.",
    )
}

/// What the scope names is there.
fn places_known(tx: &mut Tx<'_>, scope: &SafetyScope) -> Result<()> {
    if let Some(id) = scope.operator_id
        && tx.read(|conn| store::operators::fields(conn, OperatorId(id)))?.is_none()
    {
        return Err(Error::invalid(
            "scope.operator_id",
            "没有这个运营商，请从列表中重新选择",
            "There is no such operator; choose one from the list.",
        ));
    }
    if let Some(id) = scope.station_id
        && tx.read(|conn| store::stations::find(conn, StationId(id)))?.is_none()
    {
        return Err(Error::invalid(
            "scope.station_id",
            "没有这个充电站，请从列表中重新选择",
            "There is no such station; choose one from the list.",
        ));
    }
    Ok(())
}

fn made(draft: SafetyRuleDraft, id: i64, version: i64, actor: &Actor, now: Timestamp) -> SafetyRuleView {
    SafetyRuleView {
        id,
        name: draft.name,
        enabled: draft.enabled,
        measure: draft.measure,
        unit: draft.measure.unit().to_owned(),
        threshold: draft.threshold,
        hold_s: draft.hold_s,
        samples: draft.samples,
        hysteresis: draft.hysteresis,
        scope: draft.scope,
        operator_name: None,
        station_name: None,
        level: draft.level,
        action: draft.action,
        limit_percent: draft.limit_percent,
        repeat_s: draft.repeat_s,
        of_vehicle: draft.of_vehicle,
        basis: draft.basis.unwrap_or_default(),
        version,
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    }
}

/// One change, as it is kept.
fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (before, after): (Option<&SafetyRuleView>, Option<&SafetyRuleView>),
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let Some(one) = after.or(before) else { return Ok(()) };
    let new = SafetyRuleChangeRecord {
        id: 0,
        rule_id: one.id,
        name: one.name.clone(),
        before: before.map(|one| told(one).to_string()),
        after: after.map(|one| told(one).to_string()),
        reason: reason.to_owned(),
        at_ms: now.as_ms(),
        staff_name: actor.caller.name.clone(),
    };
    safety_rules::change_append(tx, &new)?;
    let action = match (before, after) {
        (None, _) => "safety_rule_create",
        (_, None) => "safety_rule_delete",
        _ => "safety_rule_update",
    };
    let detail = json!({"before": before.map(told), "after": after.map(told), "reason": reason});
    actor.record(tx, now, action, "safety_rule", one.id, &detail)
}

impl Engine {
    /// Puts in force which safety rules are on.
    pub(crate) async fn safety_rules_load(&self) -> Result<()> {
        let _alone = self.parameters.setting.lock().await;
        let all = self.store.read(store::safety_rules::safety_rule_list).await?;
        let safety = all.iter().filter(|rule| rule.enabled).map(|rule| rule.rule()).collect();
        self.rules.store(Arc::new(Rules { safety, ..Rules::clone(&self.rules()) }));
        Ok(())
    }

    /// It holds from the commit on, for whatever is measured then.
    pub async fn safety_rule_create(&self, actor: &Actor, draft: SafetyRuleDraft) -> Result<SafetyRuleView> {
        actor.must_be_platform()?;
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let made = self
            .store
            .write(None, move |tx| {
                let all = tx.read(safety_rule_list)?;
                if all.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "safety_rule.too_many",
                        "安全规则最多 100 条，请先删除不用的",
                        "There are a hundred safety rules, the most there can be; delete one first.",
                    ));
                }
                if all.iter().any(|other| other.name == draft.name) {
                    return Err(taken("name", "safety_rule.exists", "规则名称", "rule's name"));
                }
                places_known(tx, &draft.scope)?;
                let reason = draft.reason.clone();
                let mut one = made(draft.clone(), 0, 1, &actor, now);
                one.id = safety_rules::save(tx, &one)?;
                record(tx, &actor, (None, Some(&one)), &reason, now)?;
                Ok(one)
            })
            .await?;
        self.safety_rules_load().await?;
        Ok(made)
    }

    pub async fn safety_rule_update(&self, actor: &Actor, id: i64, change: SafetyRuleChange) -> Result<()> {
        actor.must_be_platform()?;
        let (version, draft) = (change.version, checked(change.rule)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(safety_rule_list)?;
                if all.iter().any(|other| other.id != id && other.name == draft.name) {
                    return Err(taken("name", "safety_rule.exists", "规则名称", "rule's name"));
                }
                let before = all.into_iter().find(|one| one.id == id).ok_or_else(no_rule)?;
                if before.version != version {
                    return Err(stale());
                }
                places_known(tx, &draft.scope)?;
                let after = made(draft.clone(), id, version.saturating_add(1), &actor, now);
                if told(&before) == told(&after) {
                    return Ok(());
                }
                safety_rules::save(tx, &after)?;
                record(tx, &actor, (Some(&before), Some(&after)), &draft.reason, now)
            })
            .await?;
        self.safety_rules_load().await
    }

    pub async fn safety_rule_delete(&self, actor: &Actor, id: i64, change: SafetyRuleRemoval) -> Result<()> {
        actor.must_be_platform()?;
        let reason = named("reason", &change.reason, REASON_MAX)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(safety_rule_list)?;
                let before = all.into_iter().find(|one| one.id == id).ok_or_else(no_rule)?;
                if before.version != change.version {
                    return Err(stale());
                }
                safety_rules::delete(tx, id)?;
                record(tx, &actor, (Some(&before), None), &reason, now)
            })
            .await?;
        self.safety_rules_load().await
    }
}
