//! 试算: what a rule would have found in orders of the past, before it goes live. Nothing is sent anywhere and nothing is
//! told to anybody. A few orders at a time, so that neither a page nor a pile waits for it.

use super::rule::{SafetyRuleDraft, checked};
use crate::Engine;
use crate::audit::Actor;
use model::battery::{BatteryNow, BatteryReport};
use model::curve::Point;
use model::safety::{
    SafetyFact, SafetyLimits, SafetyRule, SafetySituation, SafetyValues, SafetyWatch, battery_facts,
    sample_facts,
};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::safety_trials::{self, NewHit, SafetyTrial, SafetyTrialRule, SafetyTrialState, TrialOrder};
use store::{Conn, DbResult, battery_reports, orders};
use utoipa::ToSchema;

/// Orders of one step.
const AT_ONCE: i64 = 100;
/// Steps of one run of the job.
const STEPS: usize = 5;
const DAYS_MAX: i64 = 92;
/// Of an order: more of the same says no more.
const FIRED_MAX: usize = 50;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyTrialDraft {
    /// The rule as it would be; it need not be kept.
    pub rule: SafetyRuleDraft,
    /// Orders that began from then on, at most 92 days.
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
}

pub fn no_trial() -> Error {
    Error::not_found(
        "safety_trial.not_found",
        "没有这次试算，请刷新列表",
        "There is no such trial; reload the list.",
    )
}

impl Engine {
    /// Begins one; the job goes on with it.
    pub async fn safety_trial_create(&self, actor: &Actor, draft: SafetyTrialDraft) -> Result<SafetyTrial> {
        actor.must_be_platform()?;
        let rule = checked(draft.rule)?;
        if !rule.measure.is_kept() {
            return Err(Error::refused(
                "safety_trial.not_kept",
                "该测量量没有随订单保存，无法试算；请先以“提示”启用，观察一段时间再提高处置",
                "Nothing is kept of this measure with past orders. Switch the rule on as a notice first and watch it for a while.",
            )
            .on_field("rule.measure"));
        }
        let (from, to) = (draft.from_ms, draft.to_ms);
        if from < 0 || to <= from || to - from > DAYS_MAX * DAY_MS {
            return Err(Error::invalid(
                "to_ms",
                format!("结束时间应在开始时间之后，且不超过 {DAYS_MAX} 天"),
                format!("The end is after the beginning, by at most {DAYS_MAX} days."),
            ));
        }
        let (actor, now) = (actor.clone(), self.clock.now());
        let rule = SafetyTrialRule {
            unit: rule.measure.unit().to_owned(),
            name: rule.name,
            measure: rule.measure,
            threshold: rule.threshold,
            hold_s: rule.hold_s,
            samples: rule.samples,
            hysteresis: rule.hysteresis,
            scope: rule.scope,
            level: rule.level,
            action: rule.action,
        };
        let one = SafetyTrial {
            id: 0,
            rule,
            from_ms: from,
            to_ms: to,
            state: SafetyTrialState::Running,
            total: 0,
            done: 0,
            bare: 0,
            hits: 0,
            created_at_ms: now.as_ms(),
            created_by: actor.caller.name.clone(),
            ended_at_ms: None,
            after_id: 0,
        };
        self.store
            .write(None, move |tx| {
                if tx.read(safety_trials::running)?.is_some() {
                    return Err(Error::conflict(
                        "safety_trial.running",
                        "已有一次试算正在进行，请等它完成或先取消它",
                        "A trial is under way. Wait for its end, or cancel it.",
                    ));
                }
                let one = safety_trials::insert(tx, &one)?;
                let detail = json!({"rule": one.rule, "from_ms": from, "to_ms": to, "total": one.total});
                actor.record(tx, now, "safety_trial_create", "safety_trial", one.id, &detail)?;
                Ok(one)
            })
            .await
    }

    pub async fn safety_trial_cancel(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| safety_trials::find(conn, id))?.ok_or_else(no_trial)?;
                if one.state != SafetyTrialState::Running {
                    return Err(Error::refused(
                        "safety_trial.over",
                        "这次试算已结束，无需取消",
                        "This trial is over already.",
                    ));
                }
                let before = one.after_id;
                let one = SafetyTrial { state: SafetyTrialState::Cancelled, ..one };
                safety_trials::advance(tx, &one, before, &[], now)?;
                actor.record(tx, now, "safety_trial_cancel", "safety_trial", id, &json!({"done": one.done}))
            })
            .await
    }

    /// Goes on with the trial that is under way; how many orders were looked at.
    pub async fn safety_trials_advance(&self, now: Timestamp) -> Result<usize> {
        let mut done = 0;
        for _ in 0..STEPS {
            let Some(one) = self.store.read(safety_trials::running).await? else { break };
            let trial = one.clone();
            let looked = self.store.read(move |conn| look(conn, &trial)).await?;
            done += looked.len();
            let (before, mut one) = (one.after_id, one);
            let mut hits = Vec::new();
            for (order, found) in looked {
                one.after_id = order.order.0;
                one.done += 1;
                match found {
                    None => one.bare += 1,
                    Some(found) => hits.extend(found),
                }
            }
            one.hits += i64::try_from(hits.len()).unwrap_or(0);
            let over = before == one.after_id;
            if over {
                one.state = SafetyTrialState::Done;
            }
            self.store.write(None, move |tx| safety_trials::advance(tx, &one, before, &hits, now)).await?;
            if over {
                break;
            }
        }
        Ok(done)
    }
}

/// What was found in the next orders; inside: `None` where nothing was kept that the rule looks at.
type Looked = Vec<(TrialOrder, Option<Option<NewHit>>)>;

fn look(conn: &mut Conn, trial: &SafetyTrial) -> DbResult<Looked> {
    let rule = rule_of(&trial.rule);
    let mut looked = Vec::new();
    for order in safety_trials::next_orders(conn, trial, AT_ONCE)? {
        let detail = orders::detail(conn, order.order)?;
        let points = detail.map(|detail| detail.curve.points().to_vec()).unwrap_or_default();
        let battery = battery_reports::find(conn, order.order)?;
        let (report, course) =
            battery.map(|(report, course)| (report, course.points().to_vec())).unwrap_or_default();
        let facts = facts(&points, &report, &course, order.rated_w);
        let kept = facts
            .iter()
            .any(|fact| fact.measure == rule.measure || fact.measure.rise() == Some(rule.measure));
        looked.push((order, kept.then(|| fires(&rule, &facts, order))));
    }
    Ok(looked)
}

fn rule_of(rule: &SafetyTrialRule) -> SafetyRule {
    SafetyRule {
        id: 1,
        name: rule.name.clone(),
        measure: rule.measure,
        threshold: rule.threshold,
        hold_s: rule.hold_s,
        samples: rule.samples,
        hysteresis: rule.hysteresis,
        scope: rule.scope.clone(),
        level: rule.level,
        action: rule.action,
        limit_percent: 100,
        repeat_s: 20,
        of_vehicle: false,
    }
}

/// What the messages of the session would have shown, in their order, as far as it was kept: of the battery one moment
/// a minute, and its extremes at the end.
fn facts(points: &[Point], report: &BatteryReport, course: &[BatteryNow], rated_w: i64) -> Vec<SafetyFact> {
    let allowed = SafetyLimits::from(report);
    let mut facts = Vec::new();
    for point in points {
        let told = course.iter().rev().find(|now| now.at_ms <= point.at.as_ms());
        let limits = SafetyLimits {
            demand_current_da: told.and_then(|now| now.demand_current_da),
            charge_allowed: None,
            told_at_ms: told.map_or(0, |now| now.at_ms),
            ..allowed
        };
        let values = SafetyValues {
            power_w: point.power_w,
            voltage_dv: point.voltage_dv,
            current_da: point.current_da,
            soc_percent: point.soc_percent,
            plug_temperature_c: point.temperature_c,
            pile_temperature_c: None,
        };
        let rated = Some(rated_w).filter(|rated| *rated > 0);
        facts.extend(sample_facts(point.at, &values, &limits, rated, SafetySituation::Charging));
    }
    for now in course {
        let told = BatteryReport {
            temperature_max_c: now.temperature_max_c,
            cell_voltage_max_mv: now.cell_voltage_mv,
            ..BatteryReport::default()
        };
        facts.extend(battery_facts(Timestamp::from_ms(now.at_ms), &told, &allowed));
    }
    let last = facts.iter().map(|fact| fact.at).max();
    if let Some(end) = last {
        let told = BatteryReport {
            temperature_max_c: report.temperature_max_c,
            cell_voltage_max_mv: report.cell_voltage_max_mv,
            cell_voltage_min_mv: report.cell_voltage_min_mv,
            ..BatteryReport::default()
        };
        facts.extend(battery_facts(end.plus_ms(1_000), &told, &allowed));
    }
    facts.sort_by_key(|fact| fact.at);
    facts
}

fn fires(rule: &SafetyRule, facts: &[SafetyFact], order: TrialOrder) -> Option<NewHit> {
    let mut watch = SafetyWatch::default();
    let mut hit: Option<NewHit> = None;
    for fact in facts {
        for fired in watch.take(std::slice::from_ref(fact), std::iter::once(rule)) {
            match &mut hit {
                Some(hit) => hit.times += 1,
                None => {
                    let (at_ms, value) = (fired.at.as_ms(), fired.value);
                    hit =
                        Some(NewHit { order: order.order, at_ms, value, times: 1, evidence: fired.evidence });
                }
            }
        }
        if hit.as_ref().is_some_and(|hit| hit.times as usize >= FIRED_MAX) {
            break;
        }
    }
    hit
}
