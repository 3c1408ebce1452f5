//! 自愈预案: what staff make of them. Each change is kept with what was before it.

use crate::Engine;
use crate::alarm::quiet_checked;
use crate::audit::Actor;
use crate::site::{named, taken, within};
use model::alarm::AlarmSource;
use model::healing::{HealingFollow, HealingStep, HealingStepKind, healable};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::healing_playbooks::{self, HealingPlaybook, healing_playbook_list};
use utoipa::ToSchema;

const NAME_MAX: usize = 30;
const CODE_MAX: usize = 64;
const COUNT_MAX: usize = 100;
const STEPS_MAX: usize = 6;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealingPlaybookDraft {
    pub name: String,
    pub enabled: bool,
    /// `fault`, `ground_lock`, `variable` or `flapping`.
    pub source: AlarmSource,
    /// A code, or the beginning of one with `*`; empty: all of the source.
    pub code: String,
    /// Piles of this vendor and model only; empty: any.
    pub vendor: String,
    pub pile_model: String,
    /// 1 to 6.
    pub steps: Vec<HealingStep>,
    /// 0 to 86400.
    pub after_s: i64,
    /// 1 to 10.
    pub tries_per_day: i64,
    /// 1 to 100.
    pub station_most: i64,
    /// 60 to 86400.
    pub cool_down_s: i64,
    pub hard_allowed: bool,
    pub follow: HealingFollow,
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealingPlaybookChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub enabled: bool,
    pub source: AlarmSource,
    pub code: String,
    pub vendor: String,
    pub pile_model: String,
    pub steps: Vec<HealingStep>,
    pub after_s: i64,
    pub tries_per_day: i64,
    pub station_most: i64,
    pub cool_down_s: i64,
    pub hard_allowed: bool,
    pub follow: HealingFollow,
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
}

impl HealingPlaybookChange {
    fn draft(self) -> (i64, HealingPlaybookDraft) {
        let draft = HealingPlaybookDraft {
            name: self.name,
            enabled: self.enabled,
            source: self.source,
            code: self.code,
            vendor: self.vendor,
            pile_model: self.pile_model,
            steps: self.steps,
            after_s: self.after_s,
            tries_per_day: self.tries_per_day,
            station_most: self.station_most,
            cool_down_s: self.cool_down_s,
            hard_allowed: self.hard_allowed,
            follow: self.follow,
            quiet_from_minute: self.quiet_from_minute,
            quiet_to_minute: self.quiet_to_minute,
        };
        (self.version, draft)
    }
}

fn word_checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() <= CODE_MAX && !text.chars().any(char::is_control) && text != "*" {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        format!("最多 {CODE_MAX} 个字符；留空表示不限"),
        format!("{field} has at most {CODE_MAX} characters; left empty it is any."),
    ))
}

fn steps_checked(steps: &[HealingStep], hard_allowed: bool) -> Result<()> {
    if !(1..=STEPS_MAX).contains(&steps.len()) {
        return Err(Error::invalid(
            "steps",
            format!("步骤应有 1 到 {STEPS_MAX} 步"),
            format!("There are 1 to {STEPS_MAX} steps."),
        ));
    }
    for step in steps {
        if !(10..=3_600).contains(&step.wait_s) {
            return Err(Error::invalid(
                "steps",
                "每步的等待时间应为 10 到 3600 秒",
                "Each step waits 10 to 3600 seconds.",
            ));
        }
    }
    if !hard_allowed && steps.iter().all(|step| step.kind == HealingStepKind::HardReset) {
        return Err(Error::invalid(
            "hard_allowed",
            "只有硬重启步骤的预案须允许硬重启，否则什么也不会执行；请允许，或增加其他步骤",
            "With hard resets only, and those not allowed, nothing would be done: allow them, or add another step.",
        ));
    }
    Ok(())
}

fn checked(draft: HealingPlaybookDraft) -> Result<HealingPlaybookDraft> {
    let name = named("name", &draft.name, NAME_MAX)?;
    if !healable(draft.source) {
        return Err(Error::invalid(
            "source",
            "这类告警不能自愈：离线的桩收不到指令，只有发生没有恢复的事件看不出是否见效；请选择设备故障、地锁告警、变量事件或频繁上下线",
            "Alarms of this kind are not healed: a pile that is away hears nothing, and of an event without an end nobody sees that it is over. Choose fault, ground_lock, variable or flapping.",
        ));
    }
    let code = word_checked("code", &draft.code)?;
    let (vendor, pile_model) =
        (word_checked("vendor", &draft.vendor)?, word_checked("pile_model", &draft.pile_model)?);
    steps_checked(&draft.steps, draft.hard_allowed)?;
    within("after_s", draft.after_s, &(0..=86_400), "")?;
    within("tries_per_day", draft.tries_per_day, &(1..=10), "")?;
    within("station_most", draft.station_most, &(1..=100), "")?;
    within("cool_down_s", draft.cool_down_s, &(60..=86_400), "")?;
    quiet_checked(draft.quiet_from_minute, draft.quiet_to_minute)?;
    Ok(HealingPlaybookDraft { name, code, vendor, pile_model, ..draft })
}

fn told(one: &HealingPlaybook) -> serde_json::Value {
    json!({"name": one.name, "enabled": one.enabled, "source": one.source, "code": one.code, "vendor": one.vendor,
        "pile_model": one.pile_model, "steps": one.steps, "after_s": one.after_s, "tries_per_day": one.tries_per_day,
        "station_most": one.station_most, "cool_down_s": one.cool_down_s, "hard_allowed": one.hard_allowed,
        "follow": one.follow, "quiet_from_minute": one.quiet_from_minute, "quiet_to_minute": one.quiet_to_minute})
}

fn no_playbook() -> Error {
    Error::not_found(
        "healing_playbook.not_found",
        "没有这个自愈预案，可能已被删除，请刷新列表",
        "There is no such playbook, or it was deleted; reload the list.",
    )
}

fn find(tx: &mut Tx<'_>, id: i64) -> Result<HealingPlaybook> {
    tx.read(healing_playbook_list)?.into_iter().find(|one| one.id == id).ok_or_else(no_playbook)
}

/// Writes a new one (`before` none) or the next version of one.
fn kept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&HealingPlaybook>,
    draft: HealingPlaybookDraft,
    now: Timestamp,
) -> Result<HealingPlaybook> {
    let (id, version) = before.map_or((0, 0), |one| (one.id, one.version));
    let all = tx.read(healing_playbook_list)?;
    if all.iter().any(|other| other.id != id && other.name == draft.name) {
        return Err(taken("name", "healing_playbook.exists", "预案名称", "playbook's name"));
    }
    let mut one = HealingPlaybook {
        id,
        name: draft.name,
        enabled: draft.enabled,
        source: draft.source,
        code: draft.code,
        text: None,
        vendor: draft.vendor,
        pile_model: draft.pile_model,
        steps: draft.steps,
        after_s: draft.after_s,
        tries_per_day: draft.tries_per_day,
        station_most: draft.station_most,
        cool_down_s: draft.cool_down_s,
        hard_allowed: draft.hard_allowed,
        follow: draft.follow,
        quiet_from_minute: draft.quiet_from_minute,
        quiet_to_minute: draft.quiet_to_minute,
        version: version.saturating_add(1),
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    };
    let was = before.map(|one| told(one).to_string()).unwrap_or_default();
    let is = told(&one).to_string();
    if was != is {
        one.id = healing_playbooks::save(tx, &one, &was, &is)?;
    }
    Ok(one)
}

impl Engine {
    pub async fn healing_playbook_create(
        &self,
        actor: &Actor,
        draft: HealingPlaybookDraft,
    ) -> Result<HealingPlaybook> {
        actor.must_be_platform()?;
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if tx.read(healing_playbook_list)?.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "healing_playbook.too_many",
                        "自愈预案最多 100 个，请先删除不用的",
                        "There are a hundred playbooks, the most there can be; delete one first.",
                    ));
                }
                let one = kept(tx, &actor, None, draft.clone(), now)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "healing_playbook_create", "healing_playbook", one.id, &detail)?;
                Ok(one)
            })
            .await
    }

    /// What runs already goes on as it was begun, unless the playbook is switched off.
    pub async fn healing_playbook_update(
        &self,
        actor: &Actor,
        id: i64,
        change: HealingPlaybookChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (version, draft) = change.draft();
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = find(tx, id)?;
                if before.version != version {
                    return Err(Error::conflict(
                        "healing_playbook.version_differs",
                        "该预案刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this playbook. Look at it as it is now, then try again.",
                    ));
                }
                let one = kept(tx, &actor, Some(&before), draft.clone(), now)?;
                let detail = json!({"before": told(&before), "after": told(&one)});
                actor.record(tx, now, "healing_playbook_update", "healing_playbook", id, &detail)
            })
            .await
    }

    pub async fn healing_playbook_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = find(tx, id)?;
                let gone = HealingPlaybook {
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                    ..before.clone()
                };
                healing_playbooks::delete(tx, &gone, &told(&before).to_string())?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "healing_playbook_delete", "healing_playbook", id, &detail)
            })
            .await
    }
}
