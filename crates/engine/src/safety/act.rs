//! What is done when a rule has found its case, and kept of it.

use super::awaited;
use super::told::acted_told;
use crate::alarm;
use crate::command::{Limited, Outgoing, limit_now, serve_now, stop_now};
use crate::device::Context;
use model::Result;
use model::id::{ConnectorNo, OrderId};
use model::safety::{SafetyActState, SafetyAction, SafetyFired, SafetyPause, SafetyRule, SafetyStep};
use model::time::Zone;
use store::ids::Noun;
use store::safety_acts::{self, Held, NewStep, SafetyAct};
use store::{HotPile, Tx, safety_pauses};

/// How often it is tried again when a person was faster.
const TRIES: usize = 4;

/// Carries out a rule: one record with the values, an alarm, and what is to be sent to the pile.
pub(super) fn begin(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    rule: &SafetyRule,
    fired: &SafetyFired,
    (connector, order): (ConnectorNo, Option<OrderId>),
) -> Result<Vec<Outgoing>> {
    let key = key(hot, rule, fired, connector, order);
    if let Some(known) = tx.read(|conn| safety_acts::by_key(conn, &key))? {
        return again(context, tx, hot, known, rule, fired);
    }
    let mut one = fresh(tx, hot, rule, fired, (connector, order), key)?;
    let done = carry_out(context, tx, hot, rule, &mut one)?;
    one.id = safety_acts::insert(tx, &one)?;
    keep_steps(context, tx, &one, &done)?;
    tell(context, tx, hot, rule, &one)?;
    Ok(done.into_iter().filter_map(|(_, out)| out).collect())
}

/// A rule has found its case where somebody has paused it: it is kept with its values and shown, nothing is done, and
/// nobody is called. Once the pause is over, the same case acts.
pub(super) fn passed_over(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    (rule, pause): (&SafetyRule, &SafetyPause),
    fired: &SafetyFired,
    (connector, order): (ConnectorNo, Option<OrderId>),
) -> Result<()> {
    safety_pauses::held(tx, pause.id, fired.at)?;
    let key = key(hot, rule, fired, connector, order);
    let id = match tx.read(|conn| safety_acts::by_key(conn, &key))? {
        Some(mut known) => {
            (known.value, known.last_at, known.times) = (fired.value, fired.at, known.times + 1);
            known.evidence.clone_from(&fired.evidence);
            safety_acts::save(tx, &known)?;
            known.id
        }
        None => {
            let mut one = fresh(tx, hot, rule, fired, (connector, order), key)?;
            one.step = SafetyStep::Paused;
            safety_acts::insert(tx, &one)?
        }
    };
    let text = format!("{} {} · {}", fired.value, rule.measure.unit(), pause.reason);
    let step = SafetyStep::Paused;
    let new = NewStep { act: id, step, command: None, staff_name: None, text: &text };
    safety_acts::step_append(tx, &new, context.now)
}

/// The same rule in the same session is one act; without a session, on one day.
fn key(
    hot: &HotPile,
    rule: &SafetyRule,
    fired: &SafetyFired,
    connector: ConnectorNo,
    order: Option<OrderId>,
) -> String {
    match order {
        Some(order) => format!("{}:{}", rule.id, order.0),
        None => {
            let day = Zone::shanghai().local(fired.at).day;
            format!("{}:pile-{}-{connector}:{day}", rule.id, hot.pile.id.0)
        }
    }
}

fn fresh(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    rule: &SafetyRule,
    fired: &SafetyFired,
    (connector, order): (ConnectorNo, Option<OrderId>),
    key: String,
) -> Result<SafetyAct> {
    Ok(SafetyAct {
        id: 0,
        key,
        rule: rule.id,
        rule_name: rule.name.clone(),
        measure: rule.measure,
        threshold: rule.threshold,
        value: fired.value,
        level: rule.level,
        action: rule.action,
        of_vehicle: rule.of_vehicle,
        state: SafetyActState::Done,
        step: SafetyStep::Notice,
        repeat_s: rule.repeat_s,
        operator: hot.pile.operator,
        station: hot.pile.station,
        pile: hot.pile.id,
        connector,
        order,
        // The frame that is being handled is kept next: its id is the one at hand.
        frame: Some(tx.peek_id(Noun::Frame)?),
        evidence: fired.evidence.clone(),
        since: fired.since,
        at: fired.at,
        last_at: fired.at,
        times: 1,
        next: None,
        held: None,
        verdict: None,
        verdict_text: None,
        verdict_by: None,
        verdict_at: None,
        version: 1,
    })
}

type Done = Vec<(SafetyStep, Option<Outgoing>)>;

/// Does what the rule says, and puts into the act what is awaited now.
fn carry_out(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    rule: &SafetyRule,
    one: &mut SafetyAct,
) -> Result<Done> {
    let now = context.now;
    let mut done: Done = Vec::new();
    match (rule.action, one.order) {
        (SafetyAction::Limit, Some(order)) => {
            match limit_now(tx, hot, (one.connector, order), rule.limit_percent, now)? {
                Limited::Session(out) => done.push((SafetyStep::Limit, Some(out))),
                Limited::Pile(out) => {
                    one.held = Some(Held::Limit);
                    done.push((SafetyStep::Limit, Some(out)));
                }
                Limited::Managed => done.push((SafetyStep::LimitSkipped, None)),
            }
        }
        (SafetyAction::Stop | SafetyAction::Lock, order) => {
            if let Some(order) = order
                && let Some(out) = stop_now(tx, hot, order, now)?
            {
                done.push((SafetyStep::Stop, Some(out)));
            }
            if rule.action == SafetyAction::Lock {
                done.push((SafetyStep::Lock, Some(serve_now(tx, hot, false, now)?)));
                one.held = Some(Held::Lock);
            }
            if !done.is_empty() {
                (one.state, one.next) = (SafetyActState::Acting, Some(awaited(rule.repeat_s, now)));
            }
        }
        (SafetyAction::Call, _) => done.push((SafetyStep::Call, None)),
        (SafetyAction::Notice | SafetyAction::Limit, _) => {}
    }
    if done.is_empty() {
        done.push((SafetyStep::Notice, None));
    }
    one.step = done.last().map_or(SafetyStep::Notice, |(step, _)| *step);
    Ok(done)
}

fn keep_steps(context: &Context<'_>, tx: &mut Tx<'_>, one: &SafetyAct, done: &Done) -> Result<()> {
    for (step, out) in done {
        let text = format!("{} {}", one.value, one.measure.unit());
        let command = out.as_ref().map(|(id, _)| id.0);
        let new = NewStep { act: one.id, step: *step, command, staff_name: None, text: &text };
        safety_acts::step_append(tx, &new, context.now)?;
    }
    Ok(())
}

fn tell(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    rule: &SafetyRule,
    one: &SafetyAct,
) -> Result<()> {
    let phone = super::told::phone_of(tx, one.station)?;
    let calls = rule.action == SafetyAction::Call;
    let call = phone.as_ref().filter(|_| calls).map(|phone| format!("；请立即致电现场 {phone}"));
    let info = format!(
        "{}：{} {}（阈值 {}）{}",
        rule.name,
        one.value,
        rule.measure.unit(),
        rule.threshold,
        call.unwrap_or_default()
    );
    let (code, class) = (rule.measure.alarm_code(), rule.level.alarm_class());
    alarm::safety_told(tx, &hot.pile, (&code, class), (one.connector, one.order), info, context.now)?;
    acted_told(tx, one, &hot.pile.code, phone.filter(|_| calls), context.now)
}

/// The rule finds its case once more in the same session: counted, and done again unless that is still awaited.
/// A verdict that is written at this very moment stays.
fn again(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    mut one: SafetyAct,
    rule: &SafetyRule,
    fired: &SafetyFired,
) -> Result<Vec<Outgoing>> {
    (one.value, one.last_at, one.times) = (fired.value, fired.at, one.times + 1);
    one.evidence.clone_from(&fired.evidence);
    let done = match one.next {
        Some(_) => Vec::new(),
        None => carry_out(context, tx, hot, rule, &mut one)?,
    };
    for _ in 0..TRIES {
        if safety_acts::save(tx, &one)? {
            break;
        }
        let Some(now) = tx.read(|conn| safety_acts::by_key(conn, &one.key))? else { break };
        (one.verdict, one.verdict_text, one.verdict_by) = (now.verdict, now.verdict_text, now.verdict_by);
        (one.verdict_at, one.version) = (now.verdict_at, now.version);
    }
    keep_steps(context, tx, &one, &done)?;
    tell(context, tx, hot, rule, &one)?;
    Ok(done.into_iter().filter_map(|(_, out)| out).collect())
}
