//! 告警通知: who is told, by role and hour. Mails and webhooks wait in their outboxes, in the transaction in which it
//! is decided; who sends them is the server.

use super::TEXT_MAX;
use crate::Engine;
use crate::audit::Actor;
use crate::channel::{SendFault, mail_fate};
use crate::site::{named, taken};
use crate::webhook::alarm_told;
use model::access::{Place, Role, Scope};
use model::alarm::{AlarmAction, AlarmLevel, AlarmSource, minute_within};
use model::id::StaffId;
use model::invoice::{MailState, email_checked};
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use store::alarm_mails::{self, AlarmMail};
use store::alarm_rules::{self, AlarmNotice, AlarmRule, alarm_notice_list, alarm_rule_list, fitting};
use store::alarms::{self, Alarm};
use store::channels::{self, ChannelSend};
use store::staff::Account;
use store::{Change, Tx};
use utoipa::ToSchema;

const NAME_MAX: usize = 30;
const ADDRESSES_MAX: usize = 20;
const COUNT_MAX: usize = 50;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmNoticeDraft {
    pub name: String,
    pub enabled: bool,
    /// Staff with this role who have left a mail address for alarms and see the station.
    pub role: Option<String>,
    /// Mail addresses besides, at most 20.
    pub addresses: Vec<String>,
    /// At least so grave.
    pub level: AlarmLevel,
    /// Empty: all of them.
    pub sources: Vec<AlarmSource>,
    /// Between these minutes of the day in China, over midnight too; the same twice: at any time.
    pub from_minute: i64,
    pub to_minute: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmNoticeChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub enabled: bool,
    pub role: Option<String>,
    pub addresses: Vec<String>,
    pub level: AlarmLevel,
    pub sources: Vec<AlarmSource>,
    pub from_minute: i64,
    pub to_minute: i64,
}

impl AlarmNoticeChange {
    fn draft(self) -> (i64, AlarmNoticeDraft) {
        let AlarmNoticeChange {
            version,
            name,
            enabled,
            role,
            addresses,
            level,
            sources,
            from_minute,
            to_minute,
        } = self;
        let draft =
            AlarmNoticeDraft { name, enabled, role, addresses, level, sources, from_minute, to_minute };
        (version, draft)
    }
}

/// Who could be told of something now.
pub(super) struct Telling {
    now: Timestamp,
    minute: i64,
    rules: Vec<AlarmRule>,
    notices: Vec<AlarmNotice>,
    staff: Vec<Account>,
    addresses: HashMap<StaffId, String>,
}

impl Telling {
    pub fn read(tx: &mut Tx<'_>, now: Timestamp) -> Result<Telling> {
        let local = Zone::shanghai().local(now);
        let rules = tx.read(alarm_rule_list)?;
        let notices = tx.read(alarm_notice_list)?;
        let notices: Vec<AlarmNotice> = notices.into_iter().filter(|one| one.enabled).collect();
        let by_role = notices.iter().any(|one| one.role.is_some());
        let (mut staff, mut addresses) = (Vec::new(), HashMap::new());
        if by_role {
            staff = tx.read(|conn| store::staff::working(conn, &Scope::ALL))?;
            let left = tx.read(alarm_mails::addresses)?;
            let good = |(id, address): (StaffId, String)| Some((id, email_checked("email", &address).ok()?));
            addresses = left.into_iter().filter_map(good).collect();
        }
        let minute = local.hour * 60 + local.minute;
        Ok(Telling { now, minute, rules, notices, staff, addresses })
    }

    /// Whether it waits for the end of the quiet hours.
    fn is_quiet(&self, one: &Alarm) -> bool {
        let rule = fitting(&self.rules, one.source, &one.code, None);
        let quiet = rule.and_then(|rule| rule.terms().quiet);
        one.level != AlarmLevel::Critical && quiet.is_some_and(|span| minute_within(self.minute, span))
    }

    /// The addresses that are to hear of it, each once.
    fn readers(&self, tx: &mut Tx<'_>, one: &Alarm) -> Result<BTreeSet<String>> {
        let mut told = BTreeSet::new();
        let wants = |notice: &&AlarmNotice| {
            one.level.rank() <= notice.level.rank()
                && (notice.sources.is_empty() || notice.sources.contains(&one.source))
                && minute_within(self.minute, (notice.from_minute, notice.to_minute))
        };
        let station = tx.station(one.station)?;
        let place = Place { operator: one.operator, station: one.station, city: &station.city };
        for notice in self.notices.iter().filter(wants) {
            told.extend(notice.addresses.iter().cloned());
            let Some(role) = &notice.role else { continue };
            let of_role = self.staff.iter().filter(|staff| staff.role == *role && !staff.disabled);
            let seeing = of_role.filter(|staff| sees(staff, place));
            told.extend(seeing.filter_map(|staff| self.addresses.get(&staff.id)).cloned());
        }
        Ok(told)
    }
}

fn sees(staff: &Account, place: Place<'_>) -> bool {
    Scope { operator: staff.operator, area: staff.area.clone() }.sees(place)
}

/// Puts what is to be told of it into the outboxes; whether it was told, also to nobody.
pub(super) fn tell(tx: &mut Tx<'_>, telling: &Telling, one: &mut Alarm) -> Result<bool> {
    if telling.is_quiet(one) {
        return Ok(false);
    }
    let readers = telling.readers(tx, one)?;
    one.notified_at = Some(telling.now);
    alarms::notified(tx, one.id, telling.now)?;
    for address in &readers {
        alarm_mails::insert(tx, one.id, address, telling.now)?;
    }
    if !readers.is_empty() {
        let text = readers.iter().map(|address| model::channel::email_masked(address)).collect::<Vec<_>>();
        alarms::event_append(tx, one.id, AlarmAction::Notify, None, &text.join("、"), telling.now)?;
    }
    alarm_told(tx, one, telling.now)?;
    Ok(true)
}

fn checked(draft: AlarmNoticeDraft) -> Result<AlarmNoticeDraft> {
    let name = named("name", &draft.name, NAME_MAX)?;
    let addresses: Result<BTreeSet<String>> =
        draft.addresses.iter().map(|address| email_checked("addresses", address)).collect();
    let addresses: Vec<String> = addresses?.into_iter().collect();
    if addresses.len() > ADDRESSES_MAX {
        return Err(Error::invalid(
            "addresses",
            format!("邮箱最多 {ADDRESSES_MAX} 个；人多时请按角色通知"),
            format!("There are at most {ADDRESSES_MAX} addresses; tell a role where there are more people."),
        ));
    }
    let role = draft.role.map(|role| role.trim().to_owned()).filter(|role| !role.is_empty());
    if role.is_none() && addresses.is_empty() {
        return Err(Error::invalid(
            "role",
            "请选择通知的角色，或填写至少一个邮箱",
            "Choose a role to be told, or give one mail address at least.",
        ));
    }
    for (field, minute) in [("from_minute", draft.from_minute), ("to_minute", draft.to_minute)] {
        minute_checked(field, minute)?;
    }
    Ok(AlarmNoticeDraft { name, role, addresses, ..draft })
}

fn minute_checked(field: &'static str, minute: i64) -> Result<()> {
    if (0..1_440).contains(&minute) {
        return Ok(());
    }
    Err(Error::invalid(
        field,
        "时间应在 00:00 到 23:59 之间（以分钟计，0 到 1439）",
        "The time is a minute of the day, 0 to 1439.",
    ))
}

/// Quiet hours have both ends, or there are none.
pub(crate) fn quiet_checked(from: Option<i64>, to: Option<i64>) -> Result<()> {
    match (from, to) {
        (None, None) => Ok(()),
        (Some(from), Some(to)) => {
            minute_checked("quiet_from_minute", from)?;
            minute_checked("quiet_to_minute", to)
        }
        _ => Err(Error::invalid(
            "quiet_to_minute",
            "免打扰时段的开始与结束要么都填，要么都留空",
            "Give both ends of the quiet hours, or neither.",
        )),
    }
}

fn told(one: &AlarmNotice) -> serde_json::Value {
    json!({"name": one.name, "enabled": one.enabled, "role": one.role, "addresses": one.addresses.len(),
        "level": one.level, "sources": one.sources, "from_minute": one.from_minute, "to_minute": one.to_minute})
}

fn no_notice() -> Error {
    Error::not_found(
        "alarm_notice.not_found",
        "没有这条告警通知，可能已被删除，请刷新列表",
        "There is no such notice, or it was deleted; reload the list.",
    )
}

/// A role of the product, or one that somebody has made.
fn role_known(tx: &mut Tx<'_>, role: Option<&str>) -> Result<()> {
    let Some(role) = role else { return Ok(()) };
    let known = Role::parse(role).is_some() || tx.read(|conn| store::roles::get(conn, role))?.is_some();
    if known {
        return Ok(());
    }
    Err(Error::invalid(
        "role",
        "没有这个角色，请从列表中重新选择",
        "There is no such role; choose one from the list.",
    ))
}

impl Engine {
    pub async fn alarm_notice_create(&self, actor: &Actor, draft: AlarmNoticeDraft) -> Result<AlarmNotice> {
        actor.must_be_platform()?;
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(alarm_notice_list)?;
                if all.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "alarm_notice.too_many",
                        "告警通知最多 50 条，请先删除不用的",
                        "There are fifty notices, the most there can be; delete one first.",
                    ));
                }
                let one = kept(tx, &actor, (0, 0), &all, draft.clone(), now)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "alarm_notice_create", "alarm_notice", one.id, &detail)?;
                Ok(one)
            })
            .await
    }

    pub async fn alarm_notice_update(&self, actor: &Actor, id: i64, change: AlarmNoticeChange) -> Result<()> {
        actor.must_be_platform()?;
        let (version, draft) = change.draft();
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(alarm_notice_list)?;
                let before = all.iter().find(|one| one.id == id).ok_or_else(no_notice)?.clone();
                if before.version != version {
                    return Err(Error::conflict(
                        "alarm_notice.version_differs",
                        "该通知刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this notice. Look at it as it is now, then try again.",
                    ));
                }
                let one = kept(tx, &actor, (id, version), &all, draft.clone(), now)?;
                let detail = json!({"before": told(&before), "after": told(&one)});
                actor.record(tx, now, "alarm_notice_update", "alarm_notice", id, &detail)
            })
            .await
    }

    pub async fn alarm_notice_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(alarm_notice_list)?;
                let before = all.iter().find(|one| one.id == id).ok_or_else(no_notice)?;
                alarm_rules::notice_delete(tx, id)?;
                let detail = json!({"before": told(before)});
                actor.record(tx, now, "alarm_notice_delete", "alarm_notice", id, &detail)
            })
            .await
    }

    /// Keeps what came of a mail that tells of an alarm.
    pub async fn alarm_mail_turn(
        &self,
        mail: AlarmMail,
        send: ChannelSend,
        fault: Option<SendFault>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                channels::send_append(tx, &send)?;
                let (state, tries, next) = mail_fate(mail.tries, fault.as_ref(), now);
                let mail = AlarmMail { tries, ..mail.clone() };
                let text = fault.as_ref().map(|fault| &*fault.text.zh);
                if state == MailState::Failed {
                    let told: String = format!("{}：{}", mail.address, text.unwrap_or_default())
                        .chars()
                        .take(TEXT_MAX)
                        .collect();
                    alarms::event_append(tx, mail.alarm, AlarmAction::Notify, None, &told, now)?;
                }
                alarm_mails::turn(tx, &mail, state, next, text, now)
            })
            .await
    }
}

/// Writes a new one (`id` 0) or the next version of one.
fn kept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (i64, i64),
    all: &[AlarmNotice],
    draft: AlarmNoticeDraft,
    now: Timestamp,
) -> Result<AlarmNotice> {
    if all.iter().any(|other| other.id != id && other.name == draft.name) {
        return Err(taken("name", "alarm_notice.exists", "通知名称", "notice's name"));
    }
    role_known(tx, draft.role.as_deref())?;
    let mut one = AlarmNotice {
        id,
        name: draft.name,
        enabled: draft.enabled,
        role: draft.role,
        addresses: draft.addresses,
        level: draft.level,
        sources: draft.sources,
        from_minute: draft.from_minute,
        to_minute: draft.to_minute,
        version: version.saturating_add(1),
        changed_at_ms: now.as_ms(),
        changed_by: actor.caller.name.clone(),
    };
    one.id = alarm_rules::notice_save(tx, &one)?;
    tx.changed(Change::Noun("alarm_notice"));
    Ok(one)
}
