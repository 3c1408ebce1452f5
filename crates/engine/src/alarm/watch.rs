//! What the platform sees by itself: piles that are away, storms, what is over. Run every few seconds; doing it
//! twice changes nothing, since all that decides is in the database.

use super::notice::{Telling, tell};
use super::raise::{Fact, raise, recover_one};
use super::{TRIES, close};
use crate::Engine;
use model::Result;
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource, AlarmState, FLAPPING, OFFLINE};
use model::id::StationId;
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use std::collections::BTreeMap;
use store::Tx;
use store::alarm_rules::{AlarmRule, alarm_rule_list, fitting};
use store::alarms::{self, Alarm, WatchedPile};
use store::links;

/// Of one run: the next one is soon.
const AT_ONCE: i64 = 500;
/// What begins within this time at one station is one storm.
const STORM_MS: i64 = MINUTE_MS;
/// A storm is waited for before anybody is told, unless it is critical.
const SETTLE_MS: i64 = 15 * SECOND_MS;
/// Closed alarms are kept for so long.
const KEPT_MS: i64 = 365 * DAY_MS;

impl Engine {
    /// How many alarms have changed.
    pub async fn alarms_watch(&self, now: Timestamp) -> Result<usize> {
        let since = *self.alarms.watching_since.get_or_init(|| now);
        let mut done = self.store.write(None, move |tx| over(tx, now)).await?;
        done += self.store.write(None, move |tx| gone(tx, since, now)).await?;
        done += self.store.write(None, move |tx| flapping(tx, now)).await?;
        done += self.store.write(None, move |tx| due(tx, now)).await?;
        done += self.store.write(None, move |tx| storms(tx, now)).await?;
        done += self.store.write(None, move |tx| ended(tx, now)).await?;
        done += self.store.write(None, move |tx| tell_open(tx, now)).await?;
        Ok(done)
    }

    /// Forgets what was closed long ago.
    pub async fn alarms_prune(&self) -> Result<u64> {
        let before = self.clock.now().plus_ms(-KEPT_MS);
        self.store.write(None, move |tx| alarms::prune(tx, before)).await
    }
}

/// Of piles that are back, or gone for good.
fn over(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let found = tx.read(|conn| alarms::over(conn, AT_ONCE))?;
    let mut done = 0;
    for mut one in found {
        done += usize::from(recover_one(tx, &mut one, "", now)?);
    }
    Ok(done)
}

fn fact<'a>(source: AlarmSource, code: &'a str, of: &WatchedPile, since: Timestamp) -> Fact<'a> {
    Fact {
        source,
        code,
        class: None,
        station: of.station,
        operator: of.operator,
        pile: of.pile,
        connector: None,
        order: None,
        frame: None,
        info: None,
        since,
    }
}

/// Piles that are away for longer than the rule allows. What was before we looked counts from then on: while the
/// server stood still nobody could come back.
fn gone(tx: &mut Tx<'_>, watching_since: Timestamp, now: Timestamp) -> Result<usize> {
    let rules = tx.read(alarm_rule_list)?;
    let rule = fitting(&rules, AlarmSource::Offline, OFFLINE, None).filter(|rule| rule.enabled);
    let Some(rule) = rule else { return Ok(0) };
    let before = now.plus_ms(-rule.delay_s * SECOND_MS);
    if watching_since > before {
        return Ok(0);
    }
    let found = tx.read(|conn| alarms::piles_gone(conn, before, now, AT_ONCE))?;
    for one in &found {
        raise(tx, &fact(AlarmSource::Offline, OFFLINE, one, Timestamp::from_ms(one.value)), now)?;
    }
    Ok(found.len())
}

fn flapping(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let since = now.plus_ms(-HOUR_MS);
    let found = tx.read(|conn| alarms::piles_flapping(conn, since, links::FLAPPING, AT_ONCE))?;
    let mut done = 0;
    for one in &found {
        let key = fact(AlarmSource::Flapping, FLAPPING, one, now).key();
        let known = tx.read(|conn| alarms::live(conn, &key))?;
        if known.is_none_or(|known| !known.state.holds()) {
            let info = Some(one.value.to_string());
            raise(tx, &Fact { info, ..fact(AlarmSource::Flapping, FLAPPING, one, now) }, now)?;
            done += 1;
        }
    }
    let holding = [AlarmState::Open, AlarmState::Acknowledged, AlarmState::Silenced];
    for mut one in tx.read(|conn| alarms::live_in(conn, &holding, 10 * AT_ONCE))? {
        let still = found.iter().any(|known| Some(known.pile) == one.pile);
        if one.source == AlarmSource::Flapping && !one.storm && !still {
            done += usize::from(recover_one(tx, &mut one, "", now)?);
        }
    }
    Ok(done)
}

/// Whose delay is over, and whose silence.
fn due(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let mut done = 0;
    for mut one in
        tx.read(|conn| alarms::live_in(conn, &[AlarmState::Pending, AlarmState::Silenced], 10 * AT_ONCE))?
    {
        let (is_due, action) = match one.state {
            AlarmState::Pending => (one.told_from <= now, AlarmAction::Raise),
            _ => (one.silenced_until.is_none_or(|until| until <= now), AlarmAction::Unsilence),
        };
        if is_due {
            one.state = AlarmState::Open;
            one.silenced_until = None;
            if alarms::save(tx, &one)? {
                alarms::event_append(tx, one.id, action, None, "", now)?;
                done += 1;
            }
        }
    }
    Ok(done)
}

type Place = (StationId, &'static str, String);

fn storm_key((station, source, code): &Place) -> String {
    format!("storm:{source}:{}:{code}", station.0)
}

/// Makes one of many of the same kind that began at one station within a minute, and adds those that follow.
fn storms(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let open = tx.read(|conn| alarms::live_in(conn, &[AlarmState::Open], 10 * AT_ONCE))?;
    let mut places: BTreeMap<Place, Vec<Alarm>> = BTreeMap::new();
    for one in open.into_iter().filter(|one| one.parent.is_none() && !one.storm && one.pile.is_some()) {
        places.entry((one.station, one.source.as_str(), one.code.clone())).or_default().push(one);
    }
    if places.is_empty() {
        return Ok(0);
    }
    let rules = tx.read(alarm_rule_list)?;
    let mut done = 0;
    for (place, of) in places {
        let key = storm_key(&place);
        let known = tx.read(|conn| alarms::live(conn, &key))?;
        // What nobody works on yet and has just begun.
        let fresh: Vec<Alarm> =
            of.into_iter().filter(|one| now.since(one.told_from) <= STORM_MS + SETTLE_MS).collect();
        let known = known.filter(|known| known.state.holds());
        let Some(first) = fresh.first() else { continue };
        let rule = fitting(&rules, first.source, &first.code, None);
        let least = usize::try_from(rule.map_or(i64::MAX, |rule| rule.storm_count)).unwrap_or(usize::MAX);
        let storm = match known {
            Some(known) => known,
            None if largest(&fresh) >= least.max(2) => begin(tx, key, &fresh, rule, now)?,
            None => continue,
        };
        for mut one in fresh {
            one.parent = Some(storm.id);
            if alarms::save(tx, &one)? {
                alarms::event_append(tx, one.id, AlarmAction::Join, None, "", now)?;
                done += 1;
            }
        }
    }
    Ok(done)
}

/// How many piles of them began within one such time.
fn largest(of: &[Alarm]) -> usize {
    let within = |from: &Alarm| {
        let mut piles: Vec<_> = of
            .iter()
            .filter(|one| (0..=STORM_MS).contains(&one.first_at.since(from.first_at)))
            .filter_map(|one| one.pile)
            .collect();
        piles.sort_unstable_by_key(|pile| pile.0);
        piles.dedup();
        piles.len()
    };
    of.iter().map(within).max().unwrap_or(0)
}

/// The storm itself, as grave as the gravest of them. One that is over but not closed yet goes on.
fn begin(
    tx: &mut Tx<'_>,
    key: String,
    of: &[Alarm],
    rule: Option<&AlarmRule>,
    now: Timestamp,
) -> Result<Alarm> {
    for _ in 0..TRIES {
        if let Some(mut known) = tx.read(|conn| alarms::live(conn, &key))? {
            known.times += 1;
            (known.state, known.recovered_at, known.last_at) = (AlarmState::Open, None, now);
            if alarms::save(tx, &known)? {
                alarms::event_append(tx, known.id, AlarmAction::Reopen, None, "", now)?;
                known.version += 1;
                return Ok(known);
            }
            continue;
        }
        let Some(first) = of.iter().min_by_key(|one| one.first_at) else { break };
        let level = of.iter().map(|one| one.level).min_by_key(|level| level.rank()).unwrap_or(first.level);
        let mut storm = Alarm {
            id: 0,
            live_key: Some(key),
            storm: true,
            level,
            state: AlarmState::Open,
            pile: None,
            connector: None,
            order: None,
            parent: None,
            times: 1,
            told_from: now,
            close_after_s: rule.map_or(first.close_after_s, |rule| rule.close_after_s),
            version: 1,
            ..first.clone()
        };
        storm.id = alarms::insert(tx, &storm)?;
        let text = of.len().to_string();
        alarms::event_append(tx, storm.id, AlarmAction::Raise, None, &text, storm.first_at)?;
        return Ok(storm);
    }
    Err(model::Error::internal())
}

/// Storms of which nothing holds any more, and what closes by itself.
fn ended(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let mut done = 0;
    let holding = [AlarmState::Open, AlarmState::Acknowledged, AlarmState::Silenced];
    for mut one in tx.read(|conn| alarms::live_in(conn, &holding, 10 * AT_ONCE))? {
        if one.storm && one.source.has_opposite() {
            if !member_holds(tx, one.id)? {
                done += usize::from(recover_one(tx, &mut one, "", now)?);
            }
        } else if !one.source.has_opposite()
            && one.state == AlarmState::Acknowledged
            && now.since(one.last_at) >= one.close_after_s * SECOND_MS
        {
            done += usize::from(closed(tx, &mut one, now)?);
        }
    }
    for mut one in tx.read(|conn| alarms::live_in(conn, &[AlarmState::Recovered], 10 * AT_ONCE))? {
        if one.storm && member_holds(tx, one.id)? {
            (one.state, one.recovered_at, one.times) = (AlarmState::Open, None, one.times + 1);
            if alarms::save(tx, &one)? {
                alarms::event_append(tx, one.id, AlarmAction::Reopen, None, "", now)?;
                done += 1;
            }
            continue;
        }
        let waited = one.recovered_at.is_none_or(|at| now.since(at) >= one.close_after_s * SECOND_MS);
        // A silence goes on for what comes next, and a storm closes its own.
        let silent = one.silenced_until.is_some_and(|until| until > now);
        if waited && !silent && one.parent.is_none() {
            done += usize::from(closed(tx, &mut one, now)?);
        }
    }
    Ok(done)
}

fn member_holds(tx: &mut Tx<'_>, storm: i64) -> Result<bool> {
    let members = tx.read(|conn| alarms::members(conn, storm))?;
    Ok(members.iter().any(|member| member.state.holds()))
}

fn closed(tx: &mut Tx<'_>, one: &mut Alarm, now: Timestamp) -> Result<bool> {
    close(tx, one, now)?;
    if !alarms::save(tx, one)? {
        return Ok(false);
    }
    alarms::event_append(tx, one.id, AlarmAction::Close, None, "", now)?;
    crate::webhook::alarm_told(tx, one, now)?;
    Ok(true)
}

/// Tells of what is open and was not told of, once.
fn tell_open(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize> {
    let open = tx.read(|conn| alarms::live_in(conn, &[AlarmState::Open], 10 * AT_ONCE))?;
    let waits = |one: &Alarm| {
        let settled = one.storm || one.level == AlarmLevel::Critical || now.since(one.told_from) >= SETTLE_MS;
        one.parent.is_none() && one.notified_at.is_none() && settled
    };
    let waiting: Vec<Alarm> = open.into_iter().filter(waits).collect();
    if waiting.is_empty() {
        return Ok(0);
    }
    let telling = Telling::read(tx, now)?;
    let mut done = 0;
    for mut one in waiting {
        done += usize::from(tell(tx, &telling, &mut one)?);
    }
    Ok(done)
}
