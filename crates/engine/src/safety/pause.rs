//! 屏蔽: staff keep a rule from acting at a place where it is known to be wrong, for a time and with a reason.

use super::place::placed;
use crate::audit::Actor;
use crate::site::named;
use crate::{Engine, Rules};
use model::id::{OperatorId, PileId, StationId};
use model::safety::{SafetyLevel, SafetyPause};
use model::time::{MINUTE_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::Tx;
use store::safety_pauses::{self, NewSafetyPause};
use store::safety_rules::{SafetyRuleView, safety_rule_list};
use utoipa::ToSchema;

const REASON_MAX: usize = 200;
/// Shorter than this nobody is quick enough.
const LEAST_MS: i64 = 5 * MINUTE_MS;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyPauseDraft {
    pub rule_id: i64,
    /// At this station, or at one pile.
    pub station_id: Option<i64>,
    pub pile_code: Option<String>,
    /// It ends by itself then: within 30 days, of a rule that guards people within 24 hours.
    pub until_ms: i64,
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyPauseEnd {
    pub reason: String,
}

fn no_pause() -> Error {
    Error::not_found(
        "safety_pause.not_found",
        "没有这条屏蔽，或不在您的数据范围内；请刷新列表",
        "There is no such pause in your scope; reload the list.",
    )
}

fn until_checked(until_ms: i64, level: SafetyLevel, now: Timestamp) -> Result<Timestamp> {
    let (least, most) = (now.plus_ms(LEAST_MS), now.plus_ms(SafetyPause::longest_ms(level)));
    let until = Timestamp::from_ms(until_ms);
    if (least..=most).contains(&until) {
        return Ok(until);
    }
    let (zh, en) = match level {
        SafetyLevel::Person => (
            "该规则涉及人身安全，结束时间应在 5 分钟以后、24 小时以内；仍需屏蔽时请修复设备，或由平台修改规则",
            "This rule guards people: it may be paused for 5 minutes to 24 hours. Have the device repaired, or the rule changed by the platform.",
        ),
        _ => (
            "结束时间应在 5 分钟以后、30 天以内；到期自动恢复",
            "It ends in 5 minutes to 30 days, by itself.",
        ),
    };
    Err(Error::invalid("until_ms", zh, en))
}

/// Where it is to hold.
fn held(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &SafetyPauseDraft,
) -> Result<(OperatorId, StationId, Option<PileId>)> {
    let (operator, station, pile) = placed(tx, actor, (draft.station_id, draft.pile_code.as_deref()))?;
    // A slip of the pen must not keep a rule from acting somewhere else.
    if draft.station_id.is_some_and(|id| id != station.0) {
        return Err(Error::invalid(
            "pile_code",
            "这台桩不在所选的充电站，请核对桩编号，或重新选择充电站",
            "This pile is not at the chosen station; look at its code, or choose another station.",
        ));
    }
    Ok((operator, station, pile))
}

/// A rule that may act at this station. Those of other operators are as if there were none.
fn rule_known(tx: &mut Tx<'_>, id: i64, operator: OperatorId, station: StationId) -> Result<SafetyRuleView> {
    let is_here = |rule: &SafetyRuleView| {
        rule.scope.operator_id.is_none_or(|own| own == operator.0)
            && rule.scope.station_id.is_none_or(|own| own == station.0)
    };
    let found = tx.read(safety_rule_list)?.into_iter().find(|rule| rule.id == id && is_here(rule));
    found.ok_or_else(|| {
        Error::invalid(
            "rule_id",
            "没有适用于此处的这条安全规则，可能已被删除；请从列表中重新选择",
            "There is no such safety rule for this place, or it was deleted; choose one from the list.",
        )
    })
}

/// Twice the same would seem to be over when one of them is ended.
fn once(tx: &mut Tx<'_>, new: &NewSafetyPause) -> Result<()> {
    let all = tx.read(|conn| safety_pauses::in_force(conn, new.from))?;
    let same = |one: &SafetyPause| (one.rule, one.station, one.pile) == (new.rule, new.station, new.pile);
    if all.iter().any(same) {
        return Err(Error::conflict(
            "safety_pause.exists",
            "这条规则在此处已经屏蔽；需要更改结束时间时，请先在「屏蔽」页结束它",
            "This rule is paused here already. To change until when, end that pause first.",
        ));
    }
    Ok(())
}

impl Engine {
    /// Puts in force which pauses hold.
    pub(crate) async fn safety_pauses_load(&self) -> Result<()> {
        let _alone = self.parameters.setting.lock().await;
        let now = self.clock.now();
        let all = self.store.read(move |conn| safety_pauses::in_force(conn, now)).await?;
        self.rules.store(Arc::new(Rules { safety_pauses: all.into(), ..Rules::clone(&self.rules()) }));
        Ok(())
    }

    pub async fn safety_pause_create(&self, actor: &Actor, draft: SafetyPauseDraft) -> Result<i64> {
        let reason = named("reason", &draft.reason, REASON_MAX)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let id = self
            .store
            .write(None, move |tx| {
                let (operator, station, pile) = held(tx, &actor, &draft)?;
                let rule = rule_known(tx, draft.rule_id, operator, station)?;
                let until = until_checked(draft.until_ms, rule.level, now)?;
                let new = NewSafetyPause {
                    rule: rule.id,
                    rule_name: rule.name.clone(),
                    operator,
                    station,
                    pile,
                    reason: reason.clone(),
                    from: now,
                    until,
                    staff_name: actor.caller.name.clone(),
                };
                once(tx, &new)?;
                let id = safety_pauses::insert(tx, &new)?;
                let detail = json!({"after": {"rule": rule.name, "station_id": station, "pile": draft.pile_code,
                    "until_ms": draft.until_ms, "reason": reason}});
                actor.record(tx, now, "safety_pause_create", "safety_pause", id, &detail)?;
                Ok(id)
            })
            .await?;
        self.safety_pauses_load().await?;
        Ok(id)
    }

    /// The rule acts again from now on.
    pub async fn safety_pause_cancel(&self, actor: &Actor, id: i64, change: SafetyPauseEnd) -> Result<()> {
        let reason = named("reason", &change.reason, REASON_MAX)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let known = tx.read(|conn| safety_pauses::find(conn, &actor.caller.scope, id))?;
                let (_, rule_name) = known.ok_or_else(no_pause)?;
                if !safety_pauses::end(tx, id, &actor.caller.name, now)? {
                    return Err(Error::conflict(
                        "safety_pause.over",
                        "这条屏蔽已经结束；请刷新列表",
                        "This pause is over; reload the list.",
                    ));
                }
                let detail = json!({"rule": rule_name, "reason": reason});
                actor.record(tx, now, "safety_pause_cancel", "safety_pause", id, &detail)
            })
            .await?;
        self.safety_pauses_load().await
    }
}
