//! 安全管理: values that are too much become acts, in the transaction of the message that shows them.
//!
//! Nothing is asked of the database and nothing is written as long as all is well: the rules stand in memory, what they
//! remember of a connector stands beside its pile in the hot state. After a restart they begin to count anew.

mod act;
mod battery;
mod check;
mod emergency;
mod pause;
mod place;
mod rule;
mod told;
mod trial;
mod verdict;
mod watch;

pub use check::{DeviceCheckChange, DeviceCheckDraft};
pub use emergency::{EmergencyDraft, EmergencyEnd, evacuation_default, no_emergency, no_station};
pub use pause::{SafetyPauseDraft, SafetyPauseEnd};
pub use rule::{SafetyRuleChange, SafetyRuleDraft, SafetyRuleRemoval};
pub use trial::{SafetyTrialDraft, no_trial};
pub use verdict::{SafetyActChange, SafetyActStep, no_act};

use crate::command::Outgoing;
use crate::device::Context;
use model::Result;
use model::connector::ConnectorStatus;
use model::device::{DeviceEvent, Sample};
use model::id::{ConnectorNo, OrderId};
use model::order::{Order, OrderState, shift_ms};
use model::safety::{
    SafetyFact, SafetyLimits, SafetyPlace, SafetySituation, SafetyValues, SafetyWatch, battery_facts,
    sample_facts,
};
use model::time::{MINUTE_MS, SECOND_MS, Timestamp};
use store::{HotPile, Tx, Watched};

/// Values of a moment longer ago waited in the pile: nothing is stopped because of them.
const STALE_MS: i64 = 2 * MINUTE_MS;

/// Judges what a message has shown, after it was handled; the commands that are to go out because of it. `order`: which
/// one it was found to be about.
pub(crate) fn follow(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    event: &DeviceEvent,
    order: Option<OrderId>,
) -> Result<Vec<Outgoing>> {
    if context.rules.safety.is_empty() {
        return Ok(Vec::new());
    }
    let Some((connector, facts)) = facts(context, tx, hot, event, order) else { return Ok(Vec::new()) };
    let place = hot.watched.iter().position(|watched| watched.connector == connector);
    let mut watched = match place {
        Some(place) => hot.watched.swap_remove(place),
        None => Watched { connector, order, watch: SafetyWatch::default() },
    };
    if watched.order != order && order.is_some() {
        watched = Watched { connector, order, watch: SafetyWatch::default() };
    }
    let (station, pile, now) = (hot.pile.station, hot.pile.id, context.now);
    let pause_of =
        |rule: i64| context.rules.safety_pauses.iter().find(|one| one.holds(rule, station, pile, now));
    watched.watch.resume(|rule| pause_of(rule).is_some());
    let fired = {
        let place = SafetyPlace::of(&hot.pile);
        let rules: Vec<_> = context.rules.safety.iter().filter(|rule| rule.scope.holds(&place)).collect();
        watched.watch.take(&facts, rules.iter().copied())
    };
    fired
        .iter()
        .filter(|one| pause_of(one.rule).is_some())
        .for_each(|one| watched.watch.passed_over(one.rule));
    hot.watched.push(watched);
    let mut going = Vec::new();
    for one in &fired {
        if let Some(rule) = context.rules.safety.iter().find(|rule| rule.id == one.rule) {
            let of = (connector, order);
            match pause_of(rule.id) {
                Some(pause) => act::passed_over(context, tx, hot, (rule, pause), one, of)?,
                None => going.extend(act::begin(context, tx, hot, rule, one, of)?),
            }
        }
    }
    Ok(going)
}

fn facts(
    context: &Context<'_>,
    tx: &Tx<'_>,
    hot: &HotPile,
    event: &DeviceEvent,
    order: Option<OrderId>,
) -> Option<(ConnectorNo, Vec<SafetyFact>)> {
    let known = order.and_then(|order| tx.battery_known(order));
    let limits = known.map(SafetyLimits::from).unwrap_or_default();
    let (connector, samples): (ConnectorNo, &[Sample]) = match event {
        DeviceEvent::Battery(news) => {
            let facts = battery_facts(context.now, &news.told, &limits);
            return (!facts.is_empty() && order.is_some()).then_some((news.connector, facts));
        }
        DeviceEvent::Observed(seen) => (seen.status.connector, std::slice::from_ref(&seen.sample)),
        DeviceEvent::Metered { connector, samples, .. } => (*connector, samples),
        DeviceEvent::Session(report) => {
            let place = hot.open_session(report.session);
            let connector = report.connector.or(place.map(|place| hot.open[place].order.connector))?;
            (connector, &report.samples)
        }
        _ => return None,
    };
    let one = order.and_then(|order| hot.open.iter().find(|open| open.order.id == order));
    let one = one.map(|open| &open.order);
    let situation = situation(hot, event, connector, one)?;
    let skew = one.map_or_else(|| shift_ms(hot.pile.skew_ms), Order::shift_ms);
    let rated_w = Some(hot.pile.rated_power_w).filter(|rated| *rated > 0);
    let mut facts = Vec::new();
    for sample in samples {
        let at = sample.at.plus_ms(skew).min(context.now);
        if context.now.since(at) <= STALE_MS {
            facts.extend(sample_facts(at, &values(sample), &limits, rated_w, situation));
        }
    }
    (!facts.is_empty()).then_some((connector, facts))
}

/// `None`: the values say nothing, because nobody knows what goes on there.
fn situation(
    hot: &HotPile,
    event: &DeviceEvent,
    connector: ConnectorNo,
    order: Option<&Order>,
) -> Option<SafetySituation> {
    match order.map(|order| order.state) {
        Some(OrderState::Charging) => return Some(SafetySituation::Charging),
        Some(OrderState::Stopping) => return Some(SafetySituation::Stopped),
        // One that was given up may well charge on: its pile was away, and nobody has told it to stop.
        Some(_) => return None,
        None => {}
    }
    // What charges without an order of ours is another matter, and is told as that.
    let named = match event {
        DeviceEvent::Observed(seen) => seen.charging || seen.session.is_some(),
        DeviceEvent::Metered { session, .. } => session.is_some(),
        _ => true,
    };
    let busy = hot.open_on(connector).is_some();
    let status = hot.connector(connector).map(|one| one.status);
    let charging = status.is_none_or(|status| status.is_charging() || status == ConnectorStatus::Unknown);
    (!named && !busy && !charging).then_some(SafetySituation::Stopped)
}

fn values(sample: &Sample) -> SafetyValues {
    SafetyValues {
        power_w: sample.power_w,
        voltage_dv: sample.voltage_dv,
        current_da: sample.current_da,
        soc_percent: sample.soc_percent,
        plug_temperature_c: sample.plug_temperature_c,
        pile_temperature_c: sample.body_temperature_c,
    }
}

/// The moment by which a pile is to have obeyed.
fn awaited(repeat_s: i64, now: Timestamp) -> Timestamp {
    now.plus_ms(repeat_s * SECOND_MS)
}
