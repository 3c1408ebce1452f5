//! What follows because time has passed: whether stops were obeyed, limits that are over, and all else that safety waits
//! for. Run every few seconds; doing it twice changes nothing, since all that decides is in the database.

use super::awaited;
use super::told::{acted_told, phone_of};
use crate::Engine;
use crate::alarm;
use crate::command::{Outgoing, serve_now, stop_now};
use model::Result;
use model::order::OpenOrder;
use model::safety::{SafetyActState, SafetyMeasure, SafetyStep};
use model::time::Timestamp;
use store::safety_acts::{self, Held, NewStep, SafetyAct};
use store::{HotPile, Tx};

/// Of one run: the next one is soon.
const AT_ONCE: i64 = 200;
/// A session that goes on although the platform wants it to end, as an alarm.
const NOT_OBEYED: &str = "safety:not_obeyed";

impl Engine {
    /// How many things have moved on.
    pub async fn safety_watch(&self, now: Timestamp) -> Result<usize> {
        let due = self.store.device_read(move |conn| safety_acts::due(conn, now, AT_ONCE)).await?;
        let mut done = due.len();
        for one in due {
            self.safety_act_advance(one, now).await?;
        }
        let over = self.store.device_read(|conn| safety_acts::limits_over(conn, AT_ONCE)).await?;
        for one in over {
            done += usize::from(self.safety_limit_end(one, now).await?);
        }
        done += self.emergencies_advance(now).await?;
        done += self.device_checks_remind(now).await?;
        Ok(done)
    }

    async fn safety_act_advance(&self, one: SafetyAct, now: Timestamp) -> Result<()> {
        let pile = one.pile;
        let going = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    let key = one.key.clone();
                    let known = tx.read(|conn| safety_acts::by_key(conn, &key))?;
                    // Somebody was faster; the next run sees what is due then.
                    let Some(one) = known.filter(|known| known.next == one.next) else {
                        return Ok(Vec::new());
                    };
                    advance(tx, hot, one, now)
                })
            })
            .await?;
        for (id, command) in going {
            self.command_dispatch(pile, id, command).await?;
        }
        Ok(())
    }

    /// Takes back the limit of a whole pile; whether it could.
    async fn safety_limit_end(&self, mut one: SafetyAct, now: Timestamp) -> Result<bool> {
        let pile = one.pile;
        one.held = None;
        let out = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    if !hot.pile.online || !safety_acts::save(tx, &one)? {
                        return Ok(None);
                    }
                    let out = serve_now(tx, hot, true, now)?;
                    let command = Some(out.0.0);
                    let step = SafetyStep::Restore;
                    let new = NewStep { act: one.id, step, command, staff_name: None, text: "" };
                    safety_acts::step_append(tx, &new, now)?;
                    Ok(Some(out))
                })
            })
            .await?;
        let Some((id, command)) = out else { return Ok(false) };
        self.command_dispatch(pile, id, command).await?;
        Ok(true)
    }
}

/// Whether what was to end has ended.
fn obeyed(hot: &HotPile, one: &SafetyAct) -> bool {
    let open = |open: &OpenOrder| Some(open.order.id) == one.order && open.order.state.is_open();
    if hot.open.iter().any(open) {
        return false;
    }
    if one.measure != SafetyMeasure::CurrentAfterStop {
        return true;
    }
    let watched = hot.watched.iter().find(|watched| watched.connector == one.connector);
    watched.is_none_or(|watched| !watched.watch.holds(one.rule))
}

/// The next step of an act that awaits something.
fn advance(tx: &mut Tx<'_>, hot: &mut HotPile, mut one: SafetyAct, now: Timestamp) -> Result<Vec<Outgoing>> {
    let mut going = Vec::new();
    let step = if obeyed(hot, &one) {
        (one.state, one.next) = (SafetyActState::Done, None);
        SafetyStep::Obeyed
    } else if !hot.pile.online || one.step == SafetyStep::Lock {
        // Nothing more can be done from afar.
        (one.state, one.next) = (SafetyActState::Failed, None);
        SafetyStep::Call
    } else {
        let repeat = one.step == SafetyStep::Stop;
        if let Some(order) = one.order {
            going.extend(stop_now(tx, hot, order, now)?);
        }
        if !repeat {
            going.push(serve_now(tx, hot, false, now)?);
            one.held = Some(Held::Lock);
        }
        one.next = Some(awaited(one.repeat_s, now));
        if repeat { SafetyStep::Repeat } else { SafetyStep::Lock }
    };
    one.step = step;
    if !safety_acts::save(tx, &one)? {
        return Ok(Vec::new());
    }
    let phone = if step == SafetyStep::Call { phone_of(tx, one.station)? } else { None };
    let text = phone.clone().unwrap_or_default();
    let command = going.last().map(|(id, _)| id.0);
    let new = NewStep { act: one.id, step, command, staff_name: None, text: &text };
    safety_acts::step_append(tx, &new, now)?;
    if step == SafetyStep::Call {
        let info = match &phone {
            Some(phone) => format!("{}：停止指令未被执行，请立即致电现场 {phone} 并切断电源", one.rule_name),
            None => format!("{}：停止指令未被执行，请立即到场切断电源", one.rule_name),
        };
        let of = (NOT_OBEYED, "class:person");
        alarm::safety_told(tx, &hot.pile, of, (one.connector, one.order), info, now)?;
    }
    acted_told(tx, &one, &hot.pile.code, phone, now)?;
    Ok(going)
}
