//! 分账方: who they are, and where they are paid to.

use super::operator_seen;
use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, optional, taken};
use model::id::OperatorId;
use model::sharing::{PayeeKind, account_checked, account_masked};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::payees::{self, Payee};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayeeDraft {
    pub operator_id: i64,
    pub name: String,
    pub kind: PayeeKind,
    /// 户名
    pub account_name: Option<String>,
    /// 开户行
    pub bank_name: Option<String>,
    pub account_no: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayeeChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub kind: PayeeKind,
    pub account_name: Option<String>,
    pub bank_name: Option<String>,
    /// Null: as it is kept.
    pub account_no: Option<String>,
    pub note: Option<String>,
    pub active: bool,
}

pub fn no_payee() -> Error {
    Error::not_found(
        "payee.not_found",
        "没有这个分账方，或不在您的数据范围内，请刷新列表",
        "There is no such payee in your scope; load the list again.",
    )
}

fn account(text: Option<&str>) -> Result<Option<String>> {
    let given = text.map(str::trim).filter(|text| !text.is_empty());
    given.map(account_checked).transpose()
}

fn text(field: &'static str, text: Option<&str>, most: usize) -> Result<String> {
    Ok(optional(field, text, most)?.unwrap_or_default())
}

fn name_free(tx: &mut store::Tx<'_>, one: &Payee) -> Result<()> {
    let (operator, name, id) = (one.operator, one.name.clone(), one.id);
    if tx.read(|conn| payees::is_taken(conn, operator, &name, id))? {
        return Err(taken("name", "payee.exists", "该运营商下同名的分账方", "A payee of this name"));
    }
    Ok(())
}

/// Never the number of the account itself.
fn told(one: &Payee) -> serde_json::Value {
    json!({"name": one.name, "kind": one.kind, "account_name": one.account_name, "bank_name": one.bank_name,
        "account_no": account_masked(&one.account_no), "note": one.note, "active": one.active})
}

impl Engine {
    pub async fn payee_create(&self, actor: &Actor, draft: PayeeDraft) -> Result<i64> {
        let one = Payee {
            id: 0,
            operator: OperatorId(draft.operator_id),
            name: named("name", &draft.name, 64)?,
            kind: draft.kind,
            account_name: text("account_name", draft.account_name.as_deref(), 100)?,
            bank_name: text("bank_name", draft.bank_name.as_deref(), 100)?,
            account_no: account(draft.account_no.as_deref())?.unwrap_or_default(),
            note: text("note", draft.note.as_deref(), 200)?,
            active: true,
            created_at_ms: self.clock.now().as_ms(),
            version: 1,
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                operator_seen(tx, &actor, one.operator)?;
                name_free(tx, &one)?;
                let id = payees::insert(tx, &one)?;
                actor.record(tx, now, "payee_create", "payee", id, &json!({"after": told(&one)}))?;
                Ok(id)
            })
            .await
    }

    pub async fn payee_update(&self, actor: &Actor, id: i64, change: PayeeChange) -> Result<()> {
        let name = named("name", &change.name, 64)?;
        let account_name = text("account_name", change.account_name.as_deref(), 100)?;
        let bank_name = text("bank_name", change.bank_name.as_deref(), 100)?;
        let (account_no, note) =
            (account(change.account_no.as_deref())?, text("note", change.note.as_deref(), 200)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let scope = actor.caller.scope.clone();
                let before = tx.read(|conn| payees::find(conn, &scope, id))?.ok_or_else(no_payee)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "payee.version_differs",
                        "这个分账方刚被他人修改过，已读取最新内容，请确认后再保存",
                        "Somebody has just changed this payee. Look at it as it is now, then save again.",
                    ));
                }
                let after = Payee {
                    name: name.clone(),
                    kind: change.kind,
                    account_name: account_name.clone(),
                    bank_name: bank_name.clone(),
                    account_no: account_no.clone().unwrap_or_else(|| before.account_no.clone()),
                    note: note.clone(),
                    active: change.active,
                    ..before.clone()
                };
                name_free(tx, &after)?;
                payees::update(tx, &after)?;
                let detail = json!({"before": told(&before), "after": told(&after),
                    "account_changed": before.account_no != after.account_no});
                actor.record(tx, now, "payee_update", "payee", id, &detail)
            })
            .await
    }

    /// The whole number of the account, which is written down as seen.
    pub async fn payee_reveal(&self, actor: &Actor, id: i64) -> Result<String> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let scope = actor.caller.scope.clone();
                let one = tx.read(|conn| payees::find(conn, &scope, id))?.ok_or_else(no_payee)?;
                actor.record(tx, now, "payee_reveal", "payee", id, &json!({"field": "account_no"}))?;
                Ok(one.account_no)
            })
            .await
    }
}
