//! 分账规则: made, ended, and taken away as long as nothing was divided by them.

use super::{day_text, operator_seen};
use crate::Engine;
use crate::audit::Actor;
use crate::site::{no_such, optional};
use model::id::{OperatorId, StationId};
use model::sharing::{Rule, SharingBasis, SharingDeduction, Terms, day_after, overfull, span_checked};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::sharing_rules::{self, SharingRule};
use store::{Tx, payees, sharing_periods, stations};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRuleDraft {
    pub operator_id: i64,
    /// Null: wherever a station has no rule of its own.
    pub station_id: Option<i64>,
    pub payee_id: i64,
    pub basis: SharingBasis,
    /// Of a share: ten-thousandths. For energy: 0.0001 yuan for a kWh. Fixed: fen for a whole period.
    pub rate: i64,
    pub deduction: SharingDeduction,
    /// Ten-thousandths; wanted where the fee is taken off.
    pub fee_rate: Option<i64>,
    /// 0.00001 yuan for a kWh; wanted where the cost is taken off.
    pub cost_price_e5: Option<i64>,
    /// 20261101
    pub from_day: i64,
    /// Inclusive.
    pub to_day: Option<i64>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRuleChange {
    /// The version that the page shows.
    pub version: i64,
    /// Inclusive; null: until somebody ends it.
    pub to_day: Option<i64>,
    pub note: Option<String>,
}

pub fn no_sharing_rule() -> Error {
    Error::not_found(
        "sharing_rule.not_found",
        "没有这条分账规则，或不在您的数据范围内，请刷新列表",
        "There is no such rule in your scope; load the list again.",
    )
}

/// Up to which day an operator is closed, or about to be.
fn closed_to(tx: &mut Tx<'_>, operator: OperatorId) -> Result<Option<i64>> {
    let last = tx.read(|conn| sharing_periods::last_closed(conn, operator, true))?;
    Ok(last.map(|period| period.to_day))
}

fn is_closed(field: &'static str, closed: i64) -> Error {
    let (to, next) = (day_text(closed), day_text(day_after(closed).unwrap_or(closed)));
    Error::invalid(
        field,
        format!("分账已结算（或正在复核）到 {to}，已结算的日期不再改动；规则的变化请从 {next} 起"),
        format!(
            "Sharing is closed, or about to be, up to {to}, which does not change any more. Let the rule change from {next} on."
        ),
    )
}

fn fits(tx: &mut Tx<'_>, operator: OperatorId, new: &Rule) -> Result<()> {
    let mut others = tx.read(|conn| sharing_rules::of_operator(conn, operator))?;
    others.retain(|one| one.id != new.id);
    let Some((day, left)) = overfull(new, &others) else { return Ok(()) };
    let percent = format!("{}.{:02}%", left.max(0) / 100, left.max(0) % 100);
    let day = day_text(day);
    Err(Error::invalid(
        "rate",
        format!(
            "{day} 起同一基数的分账比例之和超过 100%，最多还可分 {percent}；请降低比例，或先结束其他规则"
        ),
        format!(
            "From {day} on the shares of this basis come to more than 100 %. At most {percent} is left; lower the share or end another rule first."
        ),
    ))
}

/// A payee and a station of the operator.
fn parties(tx: &mut Tx<'_>, actor: &Actor, draft: &SharingRuleDraft) -> Result<()> {
    let (scope, operator) = (actor.caller.scope.clone(), OperatorId(draft.operator_id));
    let payee = tx.read(|conn| payees::find(conn, &scope, draft.payee_id))?;
    let payee = payee.filter(|one| one.operator == operator);
    let payee = payee.ok_or_else(|| no_such("payee_id", "分账方", "payee of this operator"))?;
    if !payee.active {
        return Err(Error::invalid(
            "payee_id",
            "这个分账方已停用，请先启用或另选",
            "This payee is not active; activate it first or choose another.",
        ));
    }
    if let Some(station) = draft.station_id {
        let facts = tx.read(|conn| stations::find(conn, StationId(station)))?;
        if facts.is_none_or(|facts| facts.operator != operator) {
            return Err(no_such("station_id", "充电站", "station of this operator"));
        }
    } else if draft.basis == SharingBasis::Fixed {
        return Err(Error::invalid(
            "station_id",
            "每期固定金额须指定充电站，运营商默认规则会用于每个站",
            "A fixed amount is for a station; a rule of the whole operator would hold at each of them.",
        ));
    }
    Ok(())
}

fn told(rule: &Rule) -> serde_json::Value {
    json!({"station_id": rule.station, "payee_id": rule.payee, "basis": rule.terms.basis, "rate": rule.terms.rate,
        "deduction": rule.terms.deduction, "fee_rate": rule.terms.fee_rate, "cost_price_e5": rule.terms.cost_price,
        "from_day": rule.from_day, "to_day": rule.to_day})
}

fn found(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<SharingRule> {
    let scope = actor.caller.scope.clone();
    tx.read(|conn| sharing_rules::find(conn, &scope, id))?.ok_or_else(no_sharing_rule)
}

impl Engine {
    pub async fn sharing_rule_create(&self, actor: &Actor, draft: SharingRuleDraft) -> Result<i64> {
        let terms = Terms {
            basis: draft.basis,
            rate: draft.rate,
            deduction: draft.deduction,
            fee_rate: draft.fee_rate.unwrap_or(0),
            cost_price: draft.cost_price_e5.unwrap_or(0),
        };
        let terms = terms.checked().map_err(|error| match error.field.as_deref() {
            Some("cost_price") => error.on_field("cost_price_e5"),
            _ => error,
        })?;
        span_checked(draft.from_day, draft.to_day)?;
        let note = optional("note", draft.note.as_deref(), 200)?.unwrap_or_default();
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let operator = OperatorId(draft.operator_id);
                operator_seen(tx, &actor, operator)?;
                parties(tx, &actor, &draft)?;
                if let Some(closed) = closed_to(tx, operator)?.filter(|closed| draft.from_day <= *closed) {
                    return Err(is_closed("from_day", closed));
                }
                let rule = Rule {
                    id: 0,
                    station: draft.station_id,
                    payee: draft.payee_id,
                    terms,
                    from_day: draft.from_day,
                    to_day: draft.to_day,
                };
                fits(tx, operator, &rule)?;
                let one = SharingRule {
                    operator,
                    rule,
                    note: note.clone(),
                    staff_name: actor.caller.name.clone(),
                    created_at_ms: now.as_ms(),
                    version: 1,
                };
                let id = sharing_rules::insert(tx, &one)?;
                let detail = json!({"operator_id": operator.0, "after": told(&rule)});
                actor.record(tx, now, "sharing_rule_create", "sharing_rule", id, &detail)?;
                Ok(id)
            })
            .await
    }

    /// Ends a rule, or lets it go on; what is closed stays as it was.
    pub async fn sharing_rule_update(&self, actor: &Actor, id: i64, change: SharingRuleChange) -> Result<()> {
        let note = optional("note", change.note.as_deref(), 200)?.unwrap_or_default();
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = found(tx, &actor, id)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "sharing_rule.version_differs",
                        "这条规则刚被他人修改过，已读取最新内容，请确认后再保存",
                        "Somebody has just changed this rule. Look at it as it is now, then save again.",
                    ));
                }
                span_checked(before.rule.from_day, change.to_day)?;
                let end = |to: Option<i64>, closed: i64| to.unwrap_or(i64::MAX).min(closed);
                if let Some(closed) = closed_to(tx, before.operator)?
                    && before.rule.from_day <= closed
                    && end(before.rule.to_day, closed) != end(change.to_day, closed)
                {
                    return Err(is_closed("to_day", closed));
                }
                let after = Rule { to_day: change.to_day, ..before.rule };
                fits(tx, before.operator, &after).map_err(|error| error.on_field("to_day"))?;
                sharing_rules::end_set(tx, id, change.to_day, &note)?;
                let detail = json!({"before": told(&before.rule), "after": told(&after), "note": note});
                actor.record(tx, now, "sharing_rule_update", "sharing_rule", id, &detail)
            })
            .await
    }

    pub async fn sharing_rule_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = found(tx, &actor, id)?;
                if closed_to(tx, before.operator)?.is_some_and(|closed| before.rule.from_day <= closed) {
                    return Err(Error::refused(
                        "sharing_rule.used",
                        "已有结算用过这条规则，不能删除；请改为填写结束日期",
                        "Something closed was divided by this rule, so that it stays. End it instead.",
                    ));
                }
                sharing_rules::delete(tx, id)?;
                let detail = json!({"before": told(&before.rule)});
                actor.record(tx, now, "sharing_rule_delete", "sharing_rule", id, &detail)
            })
            .await
    }
}
