//! 故障自愈: what the platform does by itself about a fault. A fault is met by the playbook that fits best; its steps are
//! taken one by one, each only as long as nobody is harmed or disturbed by it; what came of them is kept, and what did
//! not help goes to people.
//!
//! All that decides is in the database and in the hot state of the pile, so that a run goes on after a restart: a
//! command that was lost with the server has ended by its deadline, and its step says so.

mod advance;
mod begin;
mod playbook;

pub use playbook::{HealingPlaybookChange, HealingPlaybookDraft};

use crate::Engine;
use crate::audit::Actor;
use model::alarm::AlarmAction;
use model::device::DeviceCommand;
use model::healing::{HealingReason, HealingState, HealingStepState};
use model::id::{CommandId, PileId};
use model::time::{DAY_MS, Timestamp};
use model::{Error, Result};
use serde_json::json;
use store::healing_runs::{self, HealingRun};
use store::{Change, Tx, alarms};

/// Of one turn of the watch: the next one is soon.
const AT_ONCE: i64 = 200;
/// Runs are kept for so long.
const KEPT_MS: i64 = 365 * DAY_MS;

/// What one look at a run, or at a fault, came to.
#[derive(Default)]
struct Turn {
    changed: bool,
    command: Option<(CommandId, DeviceCommand)>,
}

pub fn no_healing_run() -> Error {
    Error::not_found(
        "healing_run.not_found",
        "没有这条自愈记录，或不在您的数据范围内；请刷新列表",
        "There is no such run of self-healing in your scope; reload the list.",
    )
}

impl Engine {
    /// Goes on with what runs, and begins what is due; how many runs have changed.
    pub async fn healing_watch(&self, now: Timestamp) -> Result<usize> {
        let on = self.rules().healing;
        let running = self.store.read(|conn| healing_runs::running(conn, AT_ONCE)).await?;
        let mut done = 0;
        for (id, pile) in running {
            let turn = self
                .store
                .write(Some(pile), move |tx| {
                    tx.with_pile(pile, |tx, hot| advance::advance(tx, hot, id, on, now))
                })
                .await?;
            done += self.turned(pile, turn).await?;
        }
        if !on {
            return Ok(done);
        }
        for (alarm, pile) in self.store.read(move |conn| begin::candidates(conn, now)).await? {
            let turn = self
                .store
                .write(Some(pile), move |tx| tx.with_pile(pile, |tx, hot| begin::begin(tx, hot, alarm, now)))
                .await?;
            done += self.turned(pile, turn).await?;
        }
        Ok(done)
    }

    async fn turned(&self, pile: PileId, turn: Turn) -> Result<usize> {
        if let Some((id, command)) = turn.command {
            self.command_dispatch(pile, id, command).await?;
        }
        Ok(usize::from(turn.changed))
    }

    /// A person stops it: what was sent to the pile already is not taken back.
    pub async fn healing_run_stop(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let scope = actor.caller.scope.clone();
        let found = self.store.read(move |conn| healing_runs::find(conn, &scope, id)).await?;
        let pile = found.ok_or_else(no_healing_run)?.pile;
        self.store
            .write(Some(pile), move |tx| {
                let found = tx.read(|conn| healing_runs::find(conn, &actor.caller.scope, id))?;
                let mut run = found.ok_or_else(no_healing_run)?;
                if run.state != HealingState::Running {
                    return Err(Error::conflict(
                        "healing_run.ended",
                        "该自愈已经结束，请刷新后查看结果",
                        "This run has ended already; reload the page.",
                    ));
                }
                run.ended_by = Some(actor.caller.name.clone());
                stopped(tx, &mut run, HealingReason::ByHand, now)?;
                let detail = json!({"alarm_id": run.alarm, "playbook": run.playbook_name});
                actor.record(tx, now, "healing_run_stop", "healing_run", id, &detail)
            })
            .await
    }

    /// Forgets what has ended long ago.
    pub async fn healing_prune(&self) -> Result<u64> {
        let before = self.clock.now().plus_ms(-KEPT_MS);
        self.store.write(None, move |tx| healing_runs::prune(tx, before)).await
    }
}

/// The end of a run, told in the story of its alarm too.
fn ended(
    tx: &mut Tx<'_>,
    run: &mut HealingRun,
    (state, action): (HealingState, AlarmAction),
    now: Timestamp,
) -> Result<()> {
    run.state = state;
    run.ended_at = Some(now);
    healing_runs::save(tx, run)?;
    alarms::event_append(tx, run.alarm, action, run.ended_by.as_deref(), &run.playbook_name, now)?;
    tx.changed(Change::Noun("alarm"));
    Ok(())
}

fn stopped(tx: &mut Tx<'_>, run: &mut HealingRun, reason: HealingReason, now: Timestamp) -> Result<()> {
    let id = run.id;
    // What the pile has agreed to and what was not waited for has not helped as far as anybody knows.
    let last = tx.read(|conn| healing_runs::steps(conn, id))?.pop();
    if let Some(last) = last.filter(|last| last.state == HealingStepState::Accepted) {
        healing_runs::step_turn(tx, last.id, HealingStepState::NoHelp, None, now)?;
    }
    run.reason = Some(reason);
    ended(tx, run, (HealingState::Stopped, AlarmAction::HealStop), now)
}
