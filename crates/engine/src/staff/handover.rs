//! 离职交接: what somebody who leaves has in hand goes to another, and their account is stopped, in one step.

use super::beyond;
use super::grant::Grant;
use super::update::{admin_left, changed, described, handover, not_oneself};
use crate::Engine;
use crate::audit::Actor;
use model::access::{Permissions, Scope};
use model::feedback::FeedbackAction;
use model::handover::{HandoverKind, covers};
use model::id::{FeedbackId, StaffId};
use model::time::Timestamp;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::feedback::{NewEvent, event_append};
use store::handovers::{self, HandoverGroup};
use store::staff::{self, Account};
use store::{Change, Tx};
use utoipa::ToSchema;

/// What somebody has in hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffHandover {
    pub groups: Vec<HandoverGroup>,
    /// Sessions and tokens that end with the account.
    pub credential_count: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffHandoverDraft {
    /// Of the account that is stopped, as it was read.
    pub version: i64,
    /// Who takes it over; may be left out where nothing is open.
    pub to_staff_id: Option<i64>,
    /// What else whoever takes over should know.
    pub note: String,
}

/// How much was handed over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffHandedOver {
    pub count: i64,
}

fn wrong(code: &'static str, zh: String, en: String) -> Error {
    Error::refused(code, zh, en).on_field("to_staff_id")
}

fn scope_of(account: &Account) -> Scope {
    Scope { operator: account.operator, area: account.area.clone() }
}

/// Whoever takes over can go on with everything, and sees all of it.
fn able(tx: &mut Tx<'_>, from: &Account, to: &Account, groups: &[HandoverGroup]) -> Result<()> {
    if to.id == from.id || to.disabled {
        return Err(wrong(
            "handover.receiver",
            "接收人不能是本人，也不能是已停用的账号，请另选一位".to_owned(),
            "Choose somebody else: neither the same person nor an account that is stopped.".to_owned(),
        ));
    }
    let rights: Permissions = to.permissions;
    let lacking: Vec<Text> = groups
        .iter()
        .filter_map(|group| group.kind.permission())
        .filter(|right| !rights.has(*right))
        .map(|right| right.label())
        .collect();
    if !lacking.is_empty() {
        let zh = lacking.iter().map(|text| format!("“{}”", text.zh)).collect::<Vec<_>>().join("、");
        let en = lacking.iter().map(|text| text.en.to_string()).collect::<Vec<_>>().join("; ");
        return Err(wrong(
            "handover.right",
            format!("{} 缺少接手所需的权限：{zh}。请另选接收人，或先调整其角色", to.name),
            format!(
                "{} lacks the rights to go on with it: {en}. Choose somebody else, or change the role first.",
                to.name
            ),
        ));
    }
    let area = from.area.clone();
    let cities = tx.read(|conn| handovers::cities_of(conn, &area))?;
    if !groups.is_empty() && !covers(&scope_of(to), &scope_of(from), &cities) {
        return Err(wrong(
            "handover.scope",
            format!(
                "{} 的数据范围没有覆盖 {} 的范围，接手后会看不到部分事项。请另选接收人，或先扩大其数据范围",
                to.name, from.name
            ),
            format!(
                "{} does not see all that {} sees, and so not all of this. Choose somebody else, or give a larger area first.",
                to.name, from.name
            ),
        ));
    }
    Ok(())
}

/// Each thing under the new name; what was moved, for the audit.
fn moved(
    tx: &mut Tx<'_>,
    (from, to): (&Account, &Account),
    groups: &[HandoverGroup],
    actor: &Actor,
    now: Timestamp,
) -> Result<serde_json::Value> {
    let mut all = serde_json::Map::new();
    for group in groups {
        let (kind, staff) = (group.kind, from.id);
        let ids = tx.read(|conn| handovers::ids(conn, kind, staff))?;
        for id in &ids {
            handovers::give(tx, kind, *id, (to.id, &to.name))?;
            if kind == HandoverKind::Feedback {
                let text = format!("{} → {}", from.name, to.name);
                let event = NewEvent {
                    action: FeedbackAction::Assign,
                    staff_name: Some(&actor.caller.name),
                    text: &text,
                    told: false,
                };
                event_append(tx, FeedbackId(*id), &event, now)?;
            }
        }
        tx.changed(Change::Noun(kind.as_str()));
        all.insert(kind.as_str().to_owned(), json!(ids));
    }
    Ok(all.into())
}

impl Engine {
    /// What somebody has in hand.
    pub async fn staff_handover_get(&self, actor: &Actor, id: StaffId) -> Result<StaffHandover> {
        self.staff_seen(actor, id).await?;
        let read = move |conn: &mut store::Conn| {
            let (groups, credential_count) = (handovers::open(conn, id)?, handovers::credentials(conn, id)?);
            Ok(StaffHandover { groups, credential_count })
        };
        self.store.read(read).await
    }

    /// Gives all of it to another, and stops the account.
    pub async fn staff_handover_create(
        &self,
        actor: &Actor,
        id: StaffId,
        draft: StaffHandoverDraft,
    ) -> Result<StaffHandedOver> {
        let account = self.staff_seen(actor, id).await?;
        if account.version != draft.version || account.disabled {
            return Err(changed());
        }
        let to = match draft.to_staff_id {
            Some(to) => {
                Some(self.staff_seen(actor, StaffId(to)).await.map_err(|why| why.on_field("to_staff_id"))?)
            }
            None => None,
        };
        let note = handover(&draft.note)?;
        let stopped = Account { disabled: true, ..account.clone() };
        let theirs = || beyond(Text::of("您不能修改它", "it is not yours to change"));
        Grant::of(&account).scope_allowed(actor).map_err(|_| theirs())?;
        not_oneself(actor, &account, &stopped)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                Grant::of(&account).role_allowed(tx, &actor).map_err(|_| theirs())?;
                let groups = tx.read(|conn| handovers::open(conn, id))?;
                let count = groups.iter().map(|group| group.count).sum();
                let items = match &to {
                    Some(to) => {
                        able(tx, &account, to, &groups)?;
                        moved(tx, (&account, to), &groups, &actor, now)?
                    }
                    None if groups.is_empty() => json!({}),
                    None => {
                        return Err(Error::invalid(
                            "to_staff_id",
                            format!("还有 {count} 件未办结的事项，请选择由谁接手"),
                            format!("{count} things are still open; choose who takes them over."),
                        ));
                    }
                };
                let name = to.as_ref().map_or("", |to| to.name.as_str());
                let said = [name, &note].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>();
                let stopped = Account { handover: handover(&said.join("："))?, ..stopped.clone() };
                let was_admin = tx.read(staff::admins)? > 0;
                if !staff::update(tx, &stopped)? {
                    return Err(changed());
                }
                if was_admin {
                    admin_left(tx, &account, &stopped)?;
                }
                staff::credentials_remove(tx, id, "")?;
                tx.changed(Change::Noun("staff"));
                let detail = json!({"before": described(&account), "after": described(&stopped),
                    "to": to.as_ref().map(|to| to.id.0), "items": items});
                actor.record(tx, now, "staff_handover_create", "staff", id, &detail)?;
                Ok(StaffHandedOver { count })
            })
            .await
    }
}
