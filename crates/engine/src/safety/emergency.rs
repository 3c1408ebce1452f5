//! 紧急停机: every session of a station is stopped and every pile taken out of service, because of a danger. What was
//! wanted of which pile is on record before anything is sent; what did not work is sent again until it does or a person
//! ends it. A drill is the same record, and nothing is sent.

use super::told::emergency_told;
use crate::Engine;
use crate::audit::Actor;
use crate::command::{Outgoing, serve_now, stop_now};
use crate::feedback::plain;
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::time::{DAY_MS, SECOND_MS, Timestamp};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::commands::CommandState;
use store::emergencies::{
    self, EmergencyDetail, EmergencyStep, EmergencyStepState, EmergencyWish, NewEmergency, NewEmergencyStep,
};
use store::{HotPile, Tx};
use utoipa::ToSchema;

const REASON_MAX: usize = 200;
const EVACUATION_MAX: usize = 1_000;
/// Between two tries at one pile, unless a person wants it at once.
const RETRY_MS: i64 = 10 * SECOND_MS;
/// A pile that says no so often is left to people.
const TRIES_MAX: i64 = 30;
/// So long piles that were off line are put back into service once they are back.
const RELEASE_MS: i64 = 7 * DAY_MS;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyDraft {
    pub station_id: i64,
    /// Typed by hand: exactly the name of the station.
    pub station_name: String,
    pub reason: String,
    /// Piles are taken out of service as well.
    pub locks: bool,
    /// 演练: recorded, and nothing is sent.
    pub drill: bool,
    /// What people on site are told; the usual words where it is left out.
    pub evacuation: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyEnd {
    /// The version that the page shows.
    pub version: i64,
    /// Why it is safe again, or what the drill has shown.
    pub text: String,
}

pub fn no_emergency() -> Error {
    Error::not_found(
        "emergency.not_found",
        "没有这条紧急停机记录，或不在您的数据范围内；请刷新列表",
        "There is no such emergency in your scope; reload the list.",
    )
}

/// The words for people on site, where nobody has written others.
pub fn evacuation_default() -> &'static str {
    "各位车主请注意：本站因安全原因紧急停机，请立即停止操作，不要触碰充电枪和车辆，带好随身物品，\
     沿疏散标志有序撤离到站外安全区域；如有烟雾请低姿前行，不要乘坐电梯，不要返回取车，等待工作人员通知。"
}

pub fn no_station() -> Error {
    Error::not_found(
        "station.not_found",
        "没有这个充电站，或不在您的数据范围内；请刷新列表",
        "There is no such station in your scope; reload the list.",
    )
}

impl Engine {
    /// Keeps what is wanted, then sends it; the record as it is a moment later.
    pub async fn emergency_create(&self, actor: &Actor, draft: EmergencyDraft) -> Result<EmergencyDetail> {
        let reason = plain("reason", &draft.reason, REASON_MAX)?;
        let evacuation = draft.evacuation.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let evacuation = plain("evacuation", evacuation.unwrap_or(evacuation_default()), EVACUATION_MAX)?;
        let (by, now, station) = (actor.clone(), self.clock.now(), StationId(draft.station_id));
        let drill = draft.drill;
        let id = self.store.write(None, move |tx| begin(tx, &by, &draft, &reason, &evacuation, now)).await?;
        if !drill {
            self.stations_changed(vec![station]).await?;
            self.emergency_advance(id, now, true).await?;
        }
        self.emergency_detail(id).await
    }

    /// Sends again what did not work, at once.
    pub async fn emergency_start(&self, actor: &Actor, id: i64) -> Result<EmergencyDetail> {
        let (one, now) = (self.emergency_seen(actor, id).await?, self.clock.now());
        if one.emergency.drill {
            return Err(Error::refused(
                "emergency.drill",
                "演练不向充电桩下发指令，无需重试",
                "A drill sends nothing to piles; there is nothing to try again.",
            ));
        }
        let by = actor.clone();
        self.store
            .write(None, move |tx| by.record(tx, now, "emergency_start", "emergency", id, &json!({})))
            .await?;
        self.emergency_advance(id, now, true).await?;
        self.emergency_detail(id).await
    }

    /// It is safe again: sessions may begin, and the piles that were taken out of service come back.
    pub async fn emergency_cancel(
        &self,
        actor: &Actor,
        id: i64,
        change: EmergencyEnd,
    ) -> Result<EmergencyDetail> {
        let text = plain("text", &change.text, REASON_MAX)?;
        let (one, now) = (self.emergency_seen(actor, id).await?, self.clock.now());
        let (by, version) = (actor.clone(), change.version);
        let (station, operator) =
            (StationId(one.emergency.station_id), OperatorId(one.emergency.operator_id));
        let drill = one.emergency.drill;
        self.store
            .write(None, move |tx| {
                if !emergencies::end(tx, id, version, &by.caller.name, &text, now)? {
                    return Err(Error::conflict(
                        "emergency.version_differs",
                        "该紧急停机刚被他人解除或有变化，已读取最新内容，请核对",
                        "Somebody has just ended this emergency, or it has changed. Look at it as it is now.",
                    ));
                }
                for step in one.steps.iter().filter(|step| step.kind == EmergencyWish::Lock) {
                    let told = matches!(step.state, EmergencyStepState::Sent | EmergencyStepState::Done);
                    if told || step.tries > 0 {
                        let state = EmergencyStepState::Waiting;
                        let kind = EmergencyWish::Release;
                        let new = NewEmergencyStep { kind, pile: step.pile, order: None, state };
                        emergencies::step_append(tx, id, &new, now)?;
                    }
                }
                emergency_told(tx, (station, operator), (id, drill, true), &text, now)?;
                let name = one.emergency.station_name.as_str();
                let detail = json!({"station": name, "drill": drill, "text": text});
                by.record(tx, now, "emergency_cancel", "emergency", id, &detail)
            })
            .await?;
        if !drill {
            self.stations_changed(vec![station]).await?;
            self.emergency_advance(id, now, true).await?;
        }
        self.emergency_detail(id).await
    }

    async fn emergency_seen(&self, actor: &Actor, id: i64) -> Result<EmergencyDetail> {
        let scope = actor.caller.scope.clone();
        let read = self.store.device_read(move |conn| emergencies::emergency_get(conn, &scope, id));
        read.await?.ok_or_else(no_emergency)
    }

    async fn emergency_detail(&self, id: i64) -> Result<EmergencyDetail> {
        self.emergency_seen(&Actor::local(), id).await
    }

    /// How many steps of emergencies have moved on.
    pub(super) async fn emergencies_advance(&self, now: Timestamp) -> Result<usize> {
        let since = now.plus_ms(-RELEASE_MS);
        let read = self.store.device_read(move |conn| {
            let mut all = emergencies::live(conn)?;
            all.extend(emergencies::ended_since(conn, since)?);
            Ok(all)
        });
        let mut done = 0;
        for id in read.await? {
            done += self.emergency_advance(id, now, false).await?;
        }
        Ok(done)
    }

    /// Takes in what has become of each step, and sends what is to be sent. `at_once`: whatever was tried just now.
    async fn emergency_advance(&self, id: i64, now: Timestamp, at_once: bool) -> Result<usize> {
        let one = self.emergency_detail(id).await?;
        let over = one.emergency.ended_at_ms.is_some();
        let mut done = 0;
        for step in one.steps {
            if let Some(step) = self.emergency_step(&step, (over, at_once), now).await? {
                self.store.write(None, move |tx| emergencies::step_save(tx, &step)).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    /// The step as it is now, where that is another state than before.
    async fn emergency_step(
        &self,
        step: &EmergencyStep,
        (over, at_once): (bool, bool),
        now: Timestamp,
    ) -> Result<Option<EmergencyStep>> {
        use EmergencyStepState::{Done, Drill, Failed, Offline, Sent};
        if matches!(step.state, Done | Drill) {
            return Ok(None);
        }
        if achieved(step) {
            return Ok(Some(EmergencyStep { state: Done, text: None, ..step.clone() }));
        }
        let state = match step.command_state {
            Some(CommandState::Queued) => Sent,
            Some(CommandState::Accepted) if step.kind == EmergencyWish::Stop => Sent,
            Some(CommandState::LinkLost) if !step.online => Offline,
            Some(_) => Failed,
            None => step.state,
        };
        let text = (state == Failed).then(|| step.command_text.clone().or(step.text.clone())).flatten();
        let known = EmergencyStep { state, text, ..step.clone() };
        // Once it is over nothing is stopped any more, and during it nothing is put back.
        let wanted = over == (step.kind == EmergencyWish::Release);
        let waited = step.tries == 0 || now.as_ms() - step.at_ms >= RETRY_MS || (at_once && state != Sent);
        if !wanted || !waited || (step.tries >= TRIES_MAX && !at_once) {
            return Ok((known != *step).then_some(known));
        }
        let sent = self.emergency_send(step.kind, step.pile, step.order_id.map(OrderId), now).await?;
        let next = match sent {
            Some(command) => EmergencyStep {
                state: Sent,
                text: None,
                command_id: Some(command),
                tries: step.tries + 1,
                at_ms: now.as_ms(),
                ..known
            },
            None => EmergencyStep { state: if step.online { Failed } else { Offline }, ..known },
        };
        Ok((next != *step).then_some(next))
    }

    /// The command that was sent; `None` where the pile has no link, or there is no session to stop.
    async fn emergency_send(
        &self,
        kind: EmergencyWish,
        pile: PileId,
        order: Option<OrderId>,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let out = self
            .store
            .write(Some(pile), move |tx| tx.with_pile(pile, |tx, hot| send(tx, hot, (kind, order), now)))
            .await?;
        let Some((id, command)) = out else { return Ok(None) };
        self.command_dispatch(pile, id, command).await?;
        Ok(Some(id.0))
    }
}

fn send(
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    (kind, order): (EmergencyWish, Option<OrderId>),
    now: Timestamp,
) -> Result<Option<Outgoing>> {
    if !hot.pile.online {
        return Ok(None);
    }
    match (kind, order) {
        (EmergencyWish::Stop, Some(order)) => stop_now(tx, hot, order, now),
        (EmergencyWish::Stop, None) => Ok(None),
        (EmergencyWish::Lock, _) => serve_now(tx, hot, false, now).map(Some),
        (EmergencyWish::Release, _) => serve_now(tx, hot, true, now).map(Some),
    }
}

fn achieved(step: &EmergencyStep) -> bool {
    match step.kind {
        EmergencyWish::Stop => step.order_over,
        EmergencyWish::Lock | EmergencyWish::Release => step.command_state == Some(CommandState::Accepted),
    }
}

fn begin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &EmergencyDraft,
    reason: &str,
    evacuation: &str,
    now: Timestamp,
) -> Result<i64> {
    let scope = actor.caller.scope.clone();
    let plan = tx.read(|conn| emergencies::emergency_plan_get(conn, &scope, draft.station_id))?;
    let plan = plan.ok_or_else(|| {
        Error::invalid(
            "station_id",
            "没有这个充电站，或不在您的数据范围内；请从列表中重新选择",
            "There is no such station in your scope; choose one from the list.",
        )
    })?;
    if draft.station_name.trim() != plan.station_name {
        return Err(Error::invalid(
            "station_name",
            "输入的站名与该充电站不一致，请逐字输入站名以确认",
            "That is not the name of this station. Type it exactly, to confirm.",
        ));
    }
    if let Some(live) = plan.live_id.filter(|_| !draft.drill) {
        return Err(Error::conflict(
            "emergency.live",
            format!("该站已处于紧急停机（记录 {live}），请在该记录中查看结果或重试"),
            format!(
                "The station is stopped already (record {live}); look at its results, or try again there."
            ),
        ));
    }
    let station = StationId(draft.station_id);
    let facts = tx.read(|conn| store::stations::find(conn, station))?.ok_or_else(no_station)?;
    let new = NewEmergency {
        station,
        operator: facts.operator,
        drill: draft.drill,
        locks: draft.locks,
        reason: reason.to_owned(),
        evacuation: evacuation.to_owned(),
        contacts: plan.contacts,
        by: actor.caller.name.clone(),
    };
    let id = emergencies::insert(tx, &new, now)?;
    let state = if draft.drill { EmergencyStepState::Drill } else { EmergencyStepState::Waiting };
    let targets = tx.read(|conn| emergencies::targets(conn, station))?;
    for (order, pile) in &targets.orders {
        let kind = EmergencyWish::Stop;
        let new = NewEmergencyStep { kind, pile: *pile, order: Some(*order), state };
        emergencies::step_append(tx, id, &new, now)?;
    }
    for pile in targets.piles.iter().filter(|_| draft.locks) {
        let new = NewEmergencyStep { kind: EmergencyWish::Lock, pile: *pile, order: None, state };
        emergencies::step_append(tx, id, &new, now)?;
    }
    emergency_told(tx, (station, facts.operator), (id, draft.drill, false), reason, now)?;
    let detail = json!({"station": plan.station_name, "drill": draft.drill, "locks": draft.locks,
        "reason": reason, "orders": targets.orders.len(), "piles": targets.piles.len()});
    actor.record(tx, now, "emergency_create", "emergency", id, &detail)?;
    Ok(id)
}
