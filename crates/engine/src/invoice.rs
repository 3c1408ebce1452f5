//! 电子发票: applied for, issued through a channel, taken back, and where they are sent.

mod apply;
mod life;
pub mod seller;
mod title;
mod turn;

pub use apply::{InvoiceDraft, InvoicePlan, InvoicePlanPart, InvoiceReceipt, InvoiceReceiptRow};
pub use life::{
    InvoiceBatchDraft, InvoiceBatchReport, InvoiceDecision, InvoiceReversalDraft, InvoiceVersion,
};
pub use title::{InvoiceTitleChange, InvoiceTitleDraft};
pub use turn::{ChannelAnswer, ChannelFile, FetchedFile, IssuedInvoice, RedAnswer};

use crate::Engine;
use crate::audit::Actor;
use model::error::{Kind, Text};
use model::id::InvoiceId;
use model::invoice::email_checked;
use model::time::{Timestamp, Zone};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::invoices::{self, Invoice, NewInvoice};
use store::{Change, Tx};
use utoipa::ToSchema;

/// Mails of one invoice within a day.
const MAILS_A_DAY: i64 = 5;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceChange {
    /// The version that the page shows.
    pub version: i64,
    pub email: String,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceMailDraft {
    /// The version that the page shows: a double click sends once.
    pub version: i64,
}

fn shown(tx: &mut Tx<'_>, actor: &Actor, id: InvoiceId, version: i64) -> Result<Invoice> {
    let found = tx.read(|conn| invoices::find(conn, &actor.caller.scope, id))?;
    let one = found.ok_or_else(|| {
        Error::not_found(
            "invoice.not_found",
            "没有这张发票，或不在您的数据范围内",
            "There is no such invoice in your scope.",
        )
    })?;
    if one.version == version {
        return Ok(one);
    }
    Err(Error::conflict(
        "invoice.version_differs",
        "该发票刚被修改或发送过，已读取最新内容，请核对后再操作",
        "This invoice was changed or sent meanwhile. Look at it as it is now, then try again.",
    ))
}

impl Engine {
    /// Another address. It affects only where the invoice is sent, never the invoice itself.
    pub async fn invoice_update(&self, actor: &Actor, id: InvoiceId, change: InvoiceChange) -> Result<()> {
        let email = email_checked("email", &change.email)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = shown(tx, &actor, id, change.version)?;
                one.state.email_may_change()?;
                if one.email.as_ref() == Some(&email) {
                    return Ok(());
                }
                invoices::email_set(tx, id, &email)?;
                let text = format!("{} → {email}", one.email.as_deref().unwrap_or("—"));
                invoices::event_append(tx, id, "email", &actor.caller.name, &text, now)?;
                let detail = json!({"before": {"email": one.email}, "after": {"email": email}});
                actor.record(tx, now, "invoice_update", "invoice", &one.serial_no, &detail)?;
                tx.changed(Change::Noun("invoice"));
                Ok(())
            })
            .await
    }

    /// Puts a mail with the invoice into the outbox.
    pub async fn invoice_mail_create(
        &self,
        actor: &Actor,
        id: InvoiceId,
        draft: InvoiceMailDraft,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| mail(tx, &actor, id, draft.version, now)).await
    }

    /// Writes down invoices that were issued before they came here.
    pub async fn invoices_record(&self, all: Vec<NewInvoice>) -> Result<()> {
        self.store
            .write(None, move |tx| {
                all.iter().try_for_each(|invoice| invoices::insert(tx, invoice).map(drop))?;
                tx.changed(Change::Noun("invoice"));
                Ok(())
            })
            .await
    }
}

fn mail(tx: &mut Tx<'_>, actor: &Actor, id: InvoiceId, version: i64, now: Timestamp) -> Result<()> {
    let one = shown(tx, actor, id, version)?;
    one.state.may_send()?;
    let email = one.email.clone().ok_or_else(|| {
        Error::invalid(
            "email",
            "这张发票没有邮箱，请先修改邮箱再发送",
            "This invoice has no address; set one first.",
        )
    })?;
    let zone = Zone::shanghai();
    let today = zone.day_start(zone.local(now).day).unwrap_or(now);
    if tx.read(|conn| invoices::mails_since(conn, id, today))? >= MAILS_A_DAY {
        return Err(Error::new(
            Kind::Limited,
            "invoice.mail_limited",
            Text::of(
                "这张发票今天已发送 5 次，达到上限；请核对邮箱，明天再发送",
                "This invoice was sent five times today, which is the limit. Check the address and try again tomorrow.",
            ),
        ));
    }
    invoices::mail_append(tx, id, &email, now)?;
    invoices::version_raise(tx, id)?;
    invoices::event_append(tx, id, "mail", &actor.caller.name, &email, now)?;
    actor.record(tx, now, "invoice_mail_create", "invoice", &one.serial_no, &json!({"email": email}))?;
    tx.changed(Change::Noun("invoice"));
    Ok(())
}
