//! One run over the stations that share their power: what has been answered is taken in, what may be sent now
//! is kept and then sent.

use super::site::{Managed, Place};
use crate::Engine;
use crate::audit::Actor;
use crate::command::{CommandRequest, DEADLINE_MS};
use model::Result;
use model::device::DeviceCommand;
use model::id::{CommandId, PileId, StationId};
use model::load::{LimitOrder, LoadControl, Part, Step, share, steps};
use model::time::{MINUTE_MS, Timestamp};
use serde_json::json;
use std::collections::HashSet;
use store::commands::{CommandRow, CommandState};
use store::ids::Noun;
use store::load_view::{LoadPoint, point_save};
use store::loads::{self, LimitRow};

pub const LIMIT_SET: &str = "limit_set";

/// A command that is kept and goes out.
struct Outgoing {
    step: Step,
    pile: PileId,
    command: DeviceCommand,
    row: CommandRow,
}

impl Engine {
    /// How many commands were sent. Run every few seconds; doing it twice changes nothing.
    pub async fn loads_advance(&self) -> Result<usize> {
        let _alone = self.loads.alone.lock().await;
        let booted = self.loads.booted_take();
        let done = self.loads_run(&booted).await;
        if done.is_err() {
            booted.iter().for_each(|pile| self.loads.booted(*pile));
        }
        done
    }

    async fn loads_run(&self, booted: &HashSet<PileId>) -> Result<usize> {
        let mut sent = 0;
        for station in self.store.device_read(loads::stations).await? {
            sent += self.load_advance(station, booted).await?;
        }
        Ok(sent)
    }

    async fn load_advance(&self, station: StationId, booted: &HashSet<PileId>) -> Result<usize> {
        let now = self.clock.now();
        let Some(snapshot) = self.load_snapshot(station).await? else { return Ok(0) };
        let cap_w = snapshot.setting.as_ref().map_or(0, |setting| setting.cap.at(&snapshot.facts.zone, now));
        let short_since = snapshot.setting.as_ref().and_then(|setting| setting.short_since_ms);
        let mut managed = snapshot.manage(booted, now);
        let shares = share(&managed.site, now);
        let steps = steps(&managed.site, &shares, now);
        for (place, target) in managed.places.iter_mut().zip(&shares.targets) {
            (place.state.wish_w, place.state.waits) = (Some(target.limit_w), target.waits);
        }
        let mut going = self.load_keep(station, &mut managed, &steps, now).await?;
        let over = managed.site.over_w(now) > 0;
        if managed.enabled && over != short_since.is_some() {
            let since = over.then_some(now);
            self.store.write(None, move |tx| loads::short_set(tx, station, since)).await?;
            self.stations_changed(vec![station]).await?;
        }
        if managed.enabled && self.loads.minute_is_new(station, now.as_ms() / MINUTE_MS) {
            let point = point(&managed, cap_w, now);
            self.store.write(None, move |tx| point_save(tx, station, &point)).await?;
        }
        let sent = going.len();
        for out in going.drain(..) {
            self.load_send(out).await?;
        }
        for (place, target) in managed.places.iter().zip(&shares.targets) {
            if let Some(order) = place.order.as_ref().filter(|order| target.stops && !order.stopping) {
                // Refused: it has ended meanwhile, or its pile cannot be reached and counts as it does.
                let request = CommandRequest::Stop { order: order.id };
                let _ = self.command(&Actor::local().caller, place.pile, request).await;
            }
        }
        Ok(sent)
    }

    /// Before anything leaves, what it may come to is on record.
    async fn load_keep(
        &self,
        station: StationId,
        managed: &mut Managed,
        steps: &[Step],
        now: Timestamp,
    ) -> Result<Vec<Outgoing>> {
        let mut going = Vec::new();
        for step in steps {
            let place = &managed.places[step.unit];
            let unit = &managed.site.units[step.unit];
            let Some((command, connector)) = command(place, unit.control, unit.rated_w, step, now) else {
                continue;
            };
            let session = place.order.as_ref().and_then(|order| order.session.as_deref());
            let row = limit_command(place, connector, session, step, now);
            going.push(Outgoing { step: *step, pile: place.pile, command, row });
        }
        for out in &going {
            managed.site.units[out.step.unit].send(out.step.part, out.step.limit, now);
        }
        let (mut kept, mut dropped) = (Vec::new(), managed.gone.clone());
        for (at, place) in managed.places.iter_mut().enumerate() {
            let unit = &managed.site.units[at];
            place.keep(unit);
            if !managed.enabled && let_go(place, unit.rated_w, now) {
                dropped.push((place.pile, place.connector));
                continue;
            }
            let sends = going.iter().any(|out| out.step.unit == at);
            let command = place.row.as_ref().and_then(|row| row.command);
            let command = command.filter(|_| place.state.sent.is_some() && !sends);
            let (pile, connector) = (place.pile, place.connector);
            let row = LimitRow { pile, connector, command, state: place.state.clone(), answer: None };
            let same = place.row.as_ref().is_some_and(|was| was.state == row.state && was.command == command);
            if sends || !same {
                kept.push((at, row));
            }
        }
        if kept.is_empty() && dropped.is_empty() {
            return Ok(going);
        }
        let targets: Vec<usize> = going.iter().map(|out| out.step.unit).collect();
        let ids = self.store.write(None, move |tx| {
            let mut ids = Vec::new();
            for _ in &targets {
                ids.push(CommandId(tx.next_id(Noun::Command)?));
            }
            for (at, row) in &kept {
                let place = targets.iter().position(|target| target == at);
                let command = place.map(|place| ids[place]).or(row.command);
                loads::limit_save(tx, station, &LimitRow { command, ..row.clone() })?;
            }
            for (pile, connector) in &dropped {
                loads::limit_delete(tx, *pile, *connector)?;
            }
            Ok(ids)
        });
        for (out, id) in going.iter_mut().zip(ids.await?) {
            out.row.id = id.0;
        }
        Ok(going)
    }

    async fn load_send(&self, out: Outgoing) -> Result<()> {
        let Outgoing { pile, command, row, .. } = out;
        let id = CommandId(row.id);
        self.store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    tx.command_save(&hot.pile, row.clone());
                    Ok(())
                })
            })
            .await?;
        self.command_dispatch(pile, id, command).await
    }
}

/// Nothing of ours holds it back any more.
fn let_go(place: &Place, rated_w: i64, now: Timestamp) -> bool {
    let state = &place.state;
    let told = state.standing.sure(now).is_some_and(|limit| limit.power_w >= rated_w / 100 * 100);
    let never = state.standing.confirmed.is_none() && state.standing.doubt.is_none();
    state.sent.is_none() && (told || never)
}

fn point(managed: &Managed, cap_w: i64, now: Timestamp) -> LoadPoint {
    LoadPoint {
        at_ms: now.as_ms() / MINUTE_MS * MINUTE_MS,
        cap_w,
        worst_w: managed.site.worst_w(now),
        limit_w: managed.site.together_w(|unit| unit.limit_w(now).unwrap_or(unit.rated_w)),
        power_w: managed.places.iter().filter_map(|place| place.power_w).sum(),
    }
}

/// In the words of the pile's kind; `None`: there is no session to hold.
fn command(
    place: &Place,
    control: LoadControl,
    rated_w: i64,
    step: &Step,
    now: Timestamp,
) -> Option<(DeviceCommand, i64)> {
    let power_w = step.limit.power_w;
    if control == LoadControl::Percent {
        let percent = (power_w * 100 + rated_w - 1) / rated_w.max(1);
        let power_percent = u8::try_from(percent.clamp(30, 100)).unwrap_or(100);
        return Some((DeviceCommand::WorkParameters { operative: power_w > 0, power_percent }, 0));
    }
    let session = match step.part {
        Part::Standing => None,
        Part::Above => Some((place.key()?, now, step.limit.until?)),
    };
    let order = LimitOrder { connector: place.connector, power_w, rate: place.rate, session };
    Some((DeviceCommand::LimitSet(order), i64::from(place.connector)))
}

fn limit_command(
    place: &Place,
    connector: i64,
    session: Option<&str>,
    step: &Step,
    now: Timestamp,
) -> CommandRow {
    let standing = step.part == Part::Standing;
    let until_ms = step.limit.until.map(Timestamp::as_ms);
    let session = session.filter(|_| !standing);
    let body = json!({
        "kind": LIMIT_SET, "power_w": step.limit.power_w, "standing": standing, "until_ms": until_ms,
        "session": session, "amperes_da": place.rate.amperes_da(step.limit.power_w).filter(|_| connector > 0),
    });
    CommandRow {
        id: 0,
        pile: place.pile,
        connector: (connector > 0).then_some(connector),
        order: None,
        kind: LIMIT_SET.to_owned(),
        body: body.to_string(),
        staff: None,
        state: CommandState::Queued,
        message: None,
        detail: None,
        created_at_ms: now.as_ms(),
        deadline_ms: now.as_ms() + DEADLINE_MS,
        ended_at_ms: None,
    }
}
