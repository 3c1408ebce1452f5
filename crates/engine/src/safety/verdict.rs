//! What a person makes of an act: whether it was right, and whether its pile may work again.

use crate::Engine;
use crate::audit::Actor;
use crate::command::serve_now;
use crate::feedback::plain;
use model::access::Permission;
use model::safety::{SafetyStep, SafetyVerdict};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::safety_acts::{self, Held, NewStep};
use utoipa::ToSchema;

const TEXT_MAX: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SafetyActStep {
    /// 核实: it was right, or a false alarm.
    Judge,
    /// 恢复使用: the pile that was locked works again.
    Release,
}

/// One step. Which fields it needs follows from the action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyActChange {
    /// The version that the page shows: what was changed meanwhile is not overwritten.
    pub version: i64,
    pub action: SafetyActStep,
    /// `judge`: what was found.
    pub verdict: Option<SafetyVerdict>,
    /// Why.
    pub text: String,
}

pub fn no_act() -> Error {
    Error::not_found(
        "safety_act.not_found",
        "没有这条安全事件，或不在您的数据范围内；请刷新列表",
        "There is no such act in your scope; reload the list.",
    )
}

fn stale() -> Error {
    Error::conflict(
        "safety_act.version_differs",
        "该安全事件刚有变化或被他人处理过，已读取最新内容，请核对后再操作；您填写的内容仍在",
        "This act has changed meanwhile. Look at it as it is now, then try again.",
    )
}

impl Engine {
    pub async fn safety_act_update(&self, actor: &Actor, id: i64, change: SafetyActChange) -> Result<()> {
        let text = plain("text", &change.text, TEXT_MAX)?;
        let scope = actor.caller.scope.clone();
        let one = self.store.device_read(move |conn| safety_acts::find(conn, &scope, id)).await?;
        let one = one.ok_or_else(no_act)?;
        if one.version != change.version {
            return Err(stale());
        }
        match change.action {
            SafetyActStep::Judge => self.safety_act_judge(actor, one, change.verdict, text).await,
            SafetyActStep::Release => self.safety_act_release(actor, one, text).await,
        }
    }

    async fn safety_act_judge(
        &self,
        actor: &Actor,
        mut one: safety_acts::SafetyAct,
        verdict: Option<SafetyVerdict>,
        text: String,
    ) -> Result<()> {
        let verdict = verdict.ok_or_else(|| {
            Error::invalid("verdict", "请选择属实或误报", "Say whether it was right or a false alarm.")
        })?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let before = one.verdict;
        (one.verdict, one.verdict_text) = (Some(verdict), Some(text.clone()));
        (one.verdict_by, one.verdict_at) = (Some(actor.caller.name.clone()), Some(now));
        self.store
            .write(None, move |tx| {
                if !safety_acts::save(tx, &one)? {
                    return Err(stale());
                }
                let detail = json!({"rule": one.rule_name, "before": {"verdict": before},
                    "after": {"verdict": verdict}, "text": text});
                actor.record(tx, now, "safety_act_judge", "safety_act", one.id, &detail)
            })
            .await
    }

    async fn safety_act_release(
        &self,
        actor: &Actor,
        mut one: safety_acts::SafetyAct,
        text: String,
    ) -> Result<()> {
        if !actor.caller.may(Permission::PileCommand) {
            return Err(Error::new(
                model::error::Kind::Denied,
                "pile.command_denied",
                model::Text::of(
                    "您没有远程操作充电桩的权限，请联系系统管理员",
                    "You may not operate piles from afar; ask the system administrator.",
                ),
            ));
        }
        if one.held != Some(Held::Lock) {
            return Err(Error::refused(
                "safety_act.not_locked",
                "该事件没有锁定充电桩，或已恢复使用，请刷新后查看",
                "This act has locked no pile, or it is in service again; reload the page.",
            ));
        }
        let (actor, now, pile) = (actor.clone(), self.clock.now(), one.pile);
        one.held = None;
        let out = self
            .store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    if !hot.pile.online {
                        return Err(Error::refused(
                            "pile.offline",
                            "充电桩当前离线，无法恢复使用；请待设备上线后重试",
                            "The pile is off line; put it back into service once it is back.",
                        ));
                    }
                    let out = serve_now(tx, hot, true, now)?;
                    if !safety_acts::save(tx, &one)? {
                        return Err(stale());
                    }
                    let (command, name) = (Some(out.0.0), Some(actor.caller.name.as_str()));
                    let step = SafetyStep::Release;
                    let new = NewStep { act: one.id, step, command, staff_name: name, text: &text };
                    safety_acts::step_append(tx, &new, now)?;
                    let detail = json!({"rule": one.rule_name, "pile": hot.pile.code, "text": text});
                    actor.record(tx, now, "safety_act_release", "safety_act", one.id, &detail)?;
                    Ok(out)
                })
            })
            .await?;
        self.command_dispatch(pile, out.0, out.1).await
    }
}
