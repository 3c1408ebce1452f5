//! 告警规则: what staff make of them. Each change is kept with what was before it.

use super::notice::quiet_checked;
use crate::Engine;
use crate::audit::Actor;
use crate::site::{taken, within};
use model::alarm::{AlarmLevel, AlarmSource};
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::alarm_rules::{self, AlarmRule, alarm_rule_list};
use utoipa::ToSchema;

const CODE_MAX: usize = 64;
const COUNT_MAX: usize = 200;
const DELAY_S: std::ops::RangeInclusive<i64> = 0..=86_400;
const CLOSE_AFTER_S: std::ops::RangeInclusive<i64> = 60..=30 * 86_400;
const STORM_COUNT: std::ops::RangeInclusive<i64> = 2..=10_000;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmRuleDraft {
    pub source: AlarmSource,
    /// A code, the beginning of one with `*`, or a class such as `class:safety`. It never changes.
    pub code: String,
    pub level: AlarmLevel,
    pub enabled: bool,
    /// 0 to 86400.
    pub delay_s: i64,
    /// 60 to 2592000.
    pub close_after_s: i64,
    /// 2 to 10000.
    pub storm_count: i64,
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmRuleChange {
    /// The version that the page shows.
    pub version: i64,
    pub level: AlarmLevel,
    pub enabled: bool,
    pub delay_s: i64,
    pub close_after_s: i64,
    pub storm_count: i64,
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
}

fn checked(one: AlarmRule) -> Result<AlarmRule> {
    within("delay_s", one.delay_s, &DELAY_S, "")?;
    within("close_after_s", one.close_after_s, &CLOSE_AFTER_S, "")?;
    within("storm_count", one.storm_count, &STORM_COUNT, "")?;
    quiet_checked(one.quiet_from_minute, one.quiet_to_minute)?;
    Ok(one)
}

fn code_checked(code: &str) -> Result<String> {
    let code = code.trim();
    let plain = code.chars().all(|c| !c.is_control() && !c.is_whitespace());
    if (1..=CODE_MAX).contains(&code.chars().count()) && plain && code != "*" {
        return Ok(code.to_owned());
    }
    Err(Error::invalid(
        "code",
        format!(
            "代码应为 1 到 {CODE_MAX} 个字符、不含空格，例如 GroundFailure、ykc:hw_fault:0001、ocpp:* 或 class:safety"
        ),
        format!(
            "A code has 1 to {CODE_MAX} characters without blanks, such as GroundFailure, ykc:hw_fault:0001, ocpp:* or class:safety."
        ),
    ))
}

fn told(one: &AlarmRule) -> serde_json::Value {
    json!({"source": one.source, "code": one.code, "level": one.level, "enabled": one.enabled, "delay_s": one.delay_s,
        "close_after_s": one.close_after_s, "storm_count": one.storm_count,
        "quiet_from_minute": one.quiet_from_minute, "quiet_to_minute": one.quiet_to_minute})
}

fn no_rule() -> Error {
    Error::not_found(
        "alarm_rule.not_found",
        "没有这条告警规则，可能已被删除，请刷新列表",
        "There is no such rule, or it was deleted; reload the list.",
    )
}

fn find(tx: &mut Tx<'_>, id: i64) -> Result<AlarmRule> {
    tx.read(alarm_rule_list)?.into_iter().find(|one| one.id == id).ok_or_else(no_rule)
}

fn signed(one: AlarmRule, actor: &Actor, now: Timestamp) -> AlarmRule {
    AlarmRule { changed_at_ms: now.as_ms(), changed_by: actor.caller.name.clone(), ..one }
}

impl Engine {
    pub async fn alarm_rule_create(&self, actor: &Actor, draft: AlarmRuleDraft) -> Result<AlarmRule> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let one = checked(AlarmRule {
            id: 0,
            source: draft.source,
            code: code_checked(&draft.code)?,
            text: None,
            level: draft.level,
            enabled: draft.enabled,
            delay_s: draft.delay_s,
            close_after_s: draft.close_after_s,
            storm_count: draft.storm_count,
            quiet_from_minute: draft.quiet_from_minute,
            quiet_to_minute: draft.quiet_to_minute,
            version: 1,
            changed_at_ms: 0,
            changed_by: String::new(),
        })?;
        self.store
            .write(None, move |tx| {
                let all = tx.read(alarm_rule_list)?;
                if all.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "alarm_rule.too_many",
                        "告警规则最多 200 条，请先删除不用的",
                        "There are two hundred rules, the most there can be; delete one first.",
                    ));
                }
                if all.iter().any(|other| (other.source, &other.code) == (one.source, &one.code)) {
                    return Err(taken(
                        "code",
                        "alarm_rule.exists",
                        "该来源下此代码的规则",
                        "rule for this code",
                    ));
                }
                let mut one = signed(one.clone(), &actor, now);
                one.id = alarm_rules::save(tx, &one, "", &told(&one).to_string())?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "alarm_rule_create", "alarm_rule", one.id, &detail)?;
                Ok(one)
            })
            .await
    }

    pub async fn alarm_rule_update(&self, actor: &Actor, id: i64, change: AlarmRuleChange) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = find(tx, id)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "alarm_rule.version_differs",
                        "该规则刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this rule. Look at it as it is now, then try again.",
                    ));
                }
                let after = checked(AlarmRule {
                    level: change.level,
                    enabled: change.enabled,
                    delay_s: change.delay_s,
                    close_after_s: change.close_after_s,
                    storm_count: change.storm_count,
                    quiet_from_minute: change.quiet_from_minute,
                    quiet_to_minute: change.quiet_to_minute,
                    ..before.clone()
                })?;
                if after == before {
                    return Ok(());
                }
                let after = signed(AlarmRule { version: before.version + 1, ..after }, &actor, now);
                alarm_rules::save(tx, &after, &told(&before).to_string(), &told(&after).to_string())?;
                let detail = json!({"before": told(&before), "after": told(&after)});
                actor.record(tx, now, "alarm_rule_update", "alarm_rule", id, &detail)
            })
            .await
    }

    /// The rule of a whole source stays: without it nothing would be raised.
    pub async fn alarm_rule_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = find(tx, id)?;
                if before.code.is_empty() {
                    return Err(Error::refused(
                        "alarm_rule.whole_source",
                        "来源的默认规则不能删除；不需要这类告警时请停用它",
                        "The rule of a whole source is not deleted; switch it off if nobody wants these alarms.",
                    ));
                }
                alarm_rules::delete(tx, &signed(before.clone(), &actor, now), &told(&before).to_string())?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "alarm_rule_delete", "alarm_rule", id, &detail)
            })
            .await
    }
}
