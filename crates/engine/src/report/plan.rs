//! 报表订阅: who gets which report, how often; and putting what is due into the outbox, once for each period.

use crate::Engine;
use crate::audit::Actor;
use crate::channel::{SendFault, mail_fate};
use model::access::{Caller, Permission, Scope};
use model::id::StaffId;
use model::report::ReportEvery;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::channels::{self, ChannelSend};
use store::report_plans::{self, ReportMail, ReportPlan};
use store::staff::{self, Account};
use store::{Conn, DbResult, Tx};
use utoipa::ToSchema;

const NAME_MAX: usize = 40;
const RECIPIENTS_MAX: usize = 50;
const PLANS_MAX: usize = 200;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPlanDraft {
    pub name: String,
    /// Of the report as its page has it; its days are those of each period.
    pub query: BTreeMap<String, String>,
    pub every: ReportEvery,
    /// Of the day in China, 0 to 1439.
    pub at_minute: i64,
    /// Ids of staff who may see reports.
    pub recipients: Vec<i64>,
    #[serde(default)]
    pub english: bool,
    pub enabled: bool,
    /// The version that the page shows; 0 for a new one.
    #[serde(default)]
    pub version: i64,
}

pub fn no_report_plan() -> Error {
    Error::not_found(
        "report_plan.not_found",
        "没有这条报表订阅，可能已被删除，请刷新列表",
        "There is no such report by mail, or it was deleted; reload the list.",
    )
}

/// Somebody to whom a report can be sent.
fn may_receive(account: &Account) -> bool {
    !account.disabled && account.permissions.has(Permission::ReportRead)
}

fn checked(draft: ReportPlanDraft) -> Result<ReportPlanDraft> {
    let name = draft.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "name",
            format!("请填写名称，最多 {NAME_MAX} 个字"),
            format!("Give it a name of at most {NAME_MAX} characters."),
        ));
    }
    if !(0..1_440).contains(&draft.at_minute) {
        return Err(Error::invalid(
            "at_minute",
            "时间应在 00:00 到 23:59 之间（以分钟计，0 到 1439）",
            "The time is a minute of the day, 0 to 1439.",
        ));
    }
    let recipients: Vec<i64> =
        draft.recipients.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if recipients.is_empty() || recipients.len() > RECIPIENTS_MAX {
        return Err(Error::invalid(
            "recipients",
            format!("请选择收件人，最多 {RECIPIENTS_MAX} 人"),
            format!("Choose who gets it, at most {RECIPIENTS_MAX} people."),
        ));
    }
    let mut query = draft.query;
    query.retain(|key, value| !matches!(key.as_str(), "from_day" | "to_day") && !value.trim().is_empty());
    Ok(ReportPlanDraft { name, recipients, query, ..draft })
}

fn told(one: &ReportPlan) -> serde_json::Value {
    json!({"name": one.name, "query": one.query, "every": one.every, "at_minute": one.at_minute,
        "recipients": one.recipients, "enabled": one.enabled})
}

/// Everybody who may be chosen, with the address that they have left.
pub fn recipients(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<(Account, Option<String>)>> {
    let mut addresses: HashMap<StaffId, String> = store::alarm_mails::addresses(conn)?.into_iter().collect();
    let all = staff::working(conn, scope)?.into_iter().filter(may_receive);
    Ok(all
        .map(|account| {
            let address = addresses.remove(&account.id).filter(|address| !address.trim().is_empty());
            (account, address)
        })
        .collect())
}

fn recipients_known(tx: &mut Tx<'_>, scope: &Scope, chosen: &[i64]) -> Result<()> {
    let known = tx.read(|conn| recipients(conn, scope))?;
    let missing = chosen.iter().find(|id| !known.iter().any(|(account, _)| account.id.0 == **id));
    missing.map_or(Ok(()), |id| {
        Err(Error::invalid(
            "recipients",
            format!("收件人 {id} 不存在、已停用或没有查看报表的权限，请重新选择"),
            format!("Account {id} is not there, cannot sign in or may not see reports; choose again."),
        ))
    })
}

impl Engine {
    pub async fn report_plan_create(&self, actor: &Actor, draft: ReportPlanDraft) -> Result<ReportPlan> {
        self.report_plan_save(actor, 0, draft).await
    }

    /// Who saves it is whose scope it has from now on: nobody widens what they see by somebody else's plan.
    pub async fn report_plan_update(&self, actor: &Actor, id: i64, draft: ReportPlanDraft) -> Result<()> {
        self.report_plan_save(actor, id, draft).await.map(drop)
    }

    async fn report_plan_save(&self, actor: &Actor, id: i64, draft: ReportPlanDraft) -> Result<ReportPlan> {
        let draft = checked(draft)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let save = move |tx: &mut Tx<'_>| {
            let scope = &actor.caller.scope;
            let before = match id {
                0 => None,
                id => Some(tx.read(|conn| report_plans::find(conn, scope, id))?.ok_or_else(no_report_plan)?),
            };
            if before.as_ref().map_or(0, |one| one.version) != draft.version {
                return Err(Error::conflict(
                    "report_plan.version_differs",
                    "该订阅刚被他人修改，已读取最新内容，请核对后再保存",
                    "Somebody has just changed this report by mail. Look at it as it is now, then try again.",
                ));
            }
            if before.is_none()
                && tx.read(|conn| report_plans::report_plan_list(conn, scope))?.len() >= PLANS_MAX
            {
                return Err(Error::refused(
                    "report_plan.too_many",
                    "报表订阅最多 200 条，请先删除不用的",
                    "There are two hundred reports by mail, the most there can be; delete one first.",
                ));
            }
            recipients_known(tx, scope, &draft.recipients)?;
            // What fell due while it was off, or before it was so, is not made up for.
            let as_before = |one: &ReportPlan| {
                one.enabled && (one.every, one.at_minute) == (draft.every, draft.at_minute)
            };
            let from_ms = before.as_ref().filter(|one| as_before(one)).map_or(now.as_ms(), |one| one.from_ms);
            let mut one = ReportPlan {
                id,
                name: draft.name.clone(),
                staff_id: actor.caller.staff.0,
                staff_name: actor.caller.name.clone(),
                operator_id: before.as_ref().map_or(scope.operator.map(|one| one.0), |one| one.operator_id),
                query: draft.query.clone(),
                every: draft.every,
                at_minute: draft.at_minute,
                recipients: draft.recipients.clone(),
                english: draft.english,
                enabled: draft.enabled,
                from_ms,
                version: draft.version.saturating_add(1),
                created_at_ms: before.as_ref().map_or(now.as_ms(), |one| one.created_at_ms),
            };
            one.id = report_plans::save(tx, &one)?;
            let (op, detail) = match &before {
                None => ("report_plan_create", json!({"after": told(&one)})),
                Some(before) => ("report_plan_update", json!({"before": told(before), "after": told(&one)})),
            };
            actor.record(tx, now, op, "report_plan", one.id, &detail)?;
            Ok(one)
        };
        self.store.write(None, save).await
    }

    pub async fn report_plan_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let delete = move |tx: &mut Tx<'_>| {
            let scope = &actor.caller.scope;
            let before = tx.read(|conn| report_plans::find(conn, scope, id))?.ok_or_else(no_report_plan)?;
            report_plans::delete(tx, id)?;
            actor.record(tx, now, "report_plan_delete", "report_plan", id, &json!({"before": told(&before)}))
        };
        self.store.write(None, delete).await
    }

    /// Puts the mails of every period that has fallen due into the outbox. How many periods.
    pub async fn report_plans_run(&self, now: Timestamp) -> Result<usize> {
        let plans = self.store.read(|conn| report_plans::report_plan_list(conn, &Scope::ALL)).await?;
        let mut count = 0;
        for plan in plans.into_iter().filter(|plan| plan.enabled) {
            let Some(period) = plan.every.due(plan.at_minute, now) else { continue };
            if period.due.as_ms() < plan.from_ms {
                continue;
            }
            let send = move |tx: &mut Tx<'_>| {
                let id = plan.id;
                if tx.read(|conn| report_plans::is_sent(conn, id, period.range.from_day))? {
                    return Ok(0);
                }
                let known = tx.read(|conn| recipients(conn, &Scope::ALL))?;
                let (mut addresses, mut left) = (BTreeSet::new(), Vec::new());
                for id in &plan.recipients {
                    match known.iter().find(|(account, _)| account.id.0 == *id) {
                        Some((_, Some(address))) => {
                            addresses.insert(address.clone());
                        }
                        Some((account, None)) => left.push(format!("{}：未填邮箱", account.name)),
                        None => left.push(format!("#{id}：已停用或没有权限")),
                    }
                }
                let addresses: Vec<String> = addresses.into_iter().collect();
                report_plans::sending_insert(tx, plan.id, &period, &addresses, &left.join("；"), now)?;
                Ok(1)
            };
            count += self.store.write(None, send).await?;
        }
        Ok(count)
    }

    /// With whose eyes the report is made, as they are now; none: they may not see reports any more.
    pub async fn report_plan_caller(&self, plan: &ReportPlan) -> Result<Option<Caller>> {
        let id = StaffId(plan.staff_id);
        let account = self.store.read(move |conn| staff::get(conn, id)).await?;
        Ok(account.filter(may_receive).map(|account| Caller {
            staff: account.id,
            name: account.name,
            permissions: account.permissions,
            scope: Scope { operator: account.operator, area: account.area },
        }))
    }

    /// Keeps what came of a mail with a report.
    pub async fn report_mail_turn(
        &self,
        mail: ReportMail,
        send: ChannelSend,
        fault: Option<SendFault>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                channels::send_append(tx, &send)?;
                let fate = mail_fate(mail.tries, fault.as_ref(), now);
                let text = fault.as_ref().map(|fault| &*fault.text.zh);
                report_plans::mail_turn(tx, mail.id, fate, text, now)
            })
            .await
    }
}
