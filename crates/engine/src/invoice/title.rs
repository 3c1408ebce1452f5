//! 抬头簿: what staff keep of the titles of customers and fleets. They belong to the platform, as customers do.

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use crate::site::optional;
use model::id::{CustomerId, FleetId};
use model::invoice::email_checked;
use model::ledger::Payer;
use model::tax_no::tax_no_checked;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::invoice_titles::{self, InvoiceTitle};
use store::{Tx, customers, fleets};
use utoipa::ToSchema;

const TITLES_MAX: usize = 20;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceTitleDraft {
    /// One of these.
    pub customer_id: Option<i64>,
    pub fleet_id: Option<i64>,
    pub company: bool,
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    pub email: Option<String>,
    /// 默认抬头: the one before is it no longer.
    pub preferred: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceTitleChange {
    /// The version that the page shows.
    pub version: i64,
    pub company: bool,
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    pub email: Option<String>,
    pub preferred: bool,
}

fn no_title() -> Error {
    Error::not_found(
        "invoice_title.not_found",
        "没有这个抬头，请刷新列表",
        "There is no such title; reload the list.",
    )
}

fn checked(mut one: InvoiceTitle) -> Result<InvoiceTitle> {
    one.name = named("name", &one.name, 100)?;
    let tax_no = one.tax_no.take().filter(|text| !text.trim().is_empty());
    one.tax_no = tax_no.map(|text| tax_no_checked("tax_no", &text)).transpose()?;
    if one.company && one.tax_no.is_none() {
        return Err(Error::invalid(
            "tax_no",
            "企业抬头必须填写税号",
            "A company's title needs its tax number.",
        ));
    }
    one.address = optional("address", one.address.as_deref(), 80)?;
    one.phone = optional("phone", one.phone.as_deref(), 20)?;
    one.bank_account = optional("bank_account", one.bank_account.as_deref(), 100)?;
    let email = one.email.take().filter(|text| !text.trim().is_empty());
    one.email = email.map(|text| email_checked("email", &text)).transpose()?;
    Ok(one)
}

/// Whose an invoice or a title is: a customer's or a fleet's.
pub(super) fn owner(customer: Option<i64>, fleet: Option<i64>) -> Result<Payer> {
    match (customer, fleet) {
        (Some(id), None) => Ok(Payer::Customer(CustomerId(id))),
        (None, Some(id)) => Ok(Payer::Fleet(FleetId(id))),
        _ => Err(Error::invalid(
            "customer_id",
            "请选择一位用户或一个车队，只能选一个",
            "Choose one customer or one fleet, and only one of them.",
        )),
    }
}

fn owner_exists(tx: &mut Tx<'_>, payer: Payer) -> Result<()> {
    match payer {
        Payer::Customer(id) => {
            tx.read(|conn| customers::get(conn, id))?.map(drop).ok_or_else(crate::customer::no_customer)
        }
        Payer::Fleet(id) => {
            tx.read(|conn| fleets::get(conn, id))?.map(drop).ok_or_else(crate::fleet::no_fleet)
        }
    }
}

fn known(tx: &mut Tx<'_>, id: i64, version: i64) -> Result<InvoiceTitle> {
    let one = tx.read(|conn| invoice_titles::get(conn, id))?.ok_or_else(no_title)?;
    if one.version == version {
        return Ok(one);
    }
    Err(Error::conflict(
        "invoice_title.version_differs",
        "该抬头刚被他人修改，已读取最新内容，请核对后再保存",
        "Somebody has just changed this title. Look at it as it is now, then try again.",
    ))
}

impl Engine {
    pub async fn invoice_title_create(&self, actor: &Actor, draft: InvoiceTitleDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let payer = owner(draft.customer_id, draft.fleet_id)?;
        let one = checked(InvoiceTitle {
            id: 0,
            customer_id: draft.customer_id,
            fleet_id: draft.fleet_id,
            company: draft.company,
            name: draft.name,
            tax_no: draft.tax_no,
            address: draft.address,
            phone: draft.phone,
            bank_account: draft.bank_account,
            email: draft.email,
            preferred: draft.preferred,
            version: 1,
            changed_at_ms: 0,
        })?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                owner_exists(tx, payer)?;
                let all = tx.read(|conn| invoice_titles::invoice_title_list(conn, payer))?;
                if all.len() >= TITLES_MAX {
                    return Err(Error::refused(
                        "invoice_title.too_many",
                        "抬头最多 20 个，请先删除不用的",
                        "There are twenty titles, the most there can be; delete one first.",
                    ));
                }
                // The first one is the preferred one.
                let one = InvoiceTitle { preferred: one.preferred || all.is_empty(), ..one.clone() };
                let id = invoice_titles::save(tx, &one, now)?;
                actor.record(
                    tx,
                    now,
                    "invoice_title_create",
                    "invoice_title",
                    id,
                    &json!({ "after": one }),
                )?;
                Ok(id)
            })
            .await
    }

    pub async fn invoice_title_update(
        &self,
        actor: &Actor,
        id: i64,
        change: InvoiceTitleChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = known(tx, id, change.version)?;
                let change = change.clone();
                let after = checked(InvoiceTitle {
                    company: change.company,
                    name: change.name,
                    tax_no: change.tax_no,
                    address: change.address,
                    phone: change.phone,
                    bank_account: change.bank_account,
                    email: change.email,
                    preferred: change.preferred,
                    version: before.version + 1,
                    ..before.clone()
                })?;
                invoice_titles::save(tx, &after, now)?;
                let detail = json!({"before": before, "after": after});
                actor.record(tx, now, "invoice_title_update", "invoice_title", id, &detail)
            })
            .await
    }

    pub async fn invoice_title_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| invoice_titles::get(conn, id))?.ok_or_else(no_title)?;
                invoice_titles::delete(tx, id)?;
                actor.record(
                    tx,
                    now,
                    "invoice_title_delete",
                    "invoice_title",
                    id,
                    &json!({ "before": before }),
                )
            })
            .await
    }
}
