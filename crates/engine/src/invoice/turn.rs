//! What a channel answered, and what becomes of the invoice. A repeated answer, or one that comes before our own
//! write, changes nothing that was not asked for.

use crate::Engine;
use crate::random::hex;
use model::id::{InvoiceId, OperatorId};
use model::invoice::{ChannelLogin, InvoiceCustomerKind, InvoiceState, RedState};
use model::time::{MINUTE_MS, SECOND_MS, Timestamp};
use model::{Error, Result, Text};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::attachments::{self, NewPicture};
use store::audit::Entry;
use store::invoice_list::FILES;
use store::invoice_orders::InvoiceOrderChoice;
use store::invoice_work::{self, Applied, InvoiceWork, Turn, WaitingFile};
use store::invoices::{self, NewInvoice};
use store::{Change, Tx, invoice_orders, sellers};

/// A file of an invoice as the channel gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelFile {
    /// It has it, at this address.
    At { kind: &'static str, url: String },
    /// Here it is.
    Here { kind: &'static str, body: Vec<u8> },
}

/// An invoice that the channel has made.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuedInvoice {
    pub number: String,
    pub issued_at: Timestamp,
    pub files: Vec<ChannelFile>,
}

/// What a channel says of an invoice that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelAnswer {
    Issued(IssuedInvoice),
    /// Taken, and not made yet; the channel's own number of it.
    Pending(Option<String>),
    /// It knows no such number: it was never asked for.
    Unknown,
    /// It will not make it, in its own words.
    Refused(String),
    /// 登录已失效: somebody has to sign in there first.
    LoginLost(String),
    /// Nobody knows what it did: it is asked before anything is sent again.
    Unreachable(Text),
}

/// What a channel says of a reversal that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum RedAnswer {
    Done(IssuedInvoice),
    Pending,
    /// 待购方确认
    Buyer,
    Confirmed,
    Unknown,
    /// It will not be: refused, withdrawn, out of time; in the channel's words.
    Over(String),
    LoginLost(String),
    Unreachable(Text),
}

/// A file that was fetched.
pub struct FetchedFile {
    pub kind: &'static str,
    pub body: Vec<u8>,
}

/// The longer it takes, the less often it is asked.
fn later(now: Timestamp, tries: i64) -> Timestamp {
    let steps = [5, 10, 20, 30, 60, 120, 300];
    let place = usize::try_from(tries.clamp(0, 6)).unwrap_or(6);
    now.plus_ms(steps[place] * SECOND_MS)
}

/// How long a file that did not come waits.
const FILE_MS: i64 = 2 * MINUTE_MS;

fn noted(tx: &mut Tx<'_>, work: &InvoiceWork, action: &str, text: &str, now: Timestamp) -> Result<()> {
    invoices::event_append(tx, work.id, action, "", text, now)?;
    tx.changed(Change::Noun("invoice"));
    Ok(())
}

/// What the platform did by itself stands in the audit log, too.
fn recorded(
    tx: &mut Tx<'_>,
    work: &InvoiceWork,
    action: &'static str,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Result<()> {
    let entry = Entry {
        at_ms: now.as_ms(),
        staff_id: None,
        staff_name: work.channel.as_str().to_owned(),
        action,
        noun: "invoice",
        key: work.serial_no.clone(),
        success: true,
        detail: detail.to_string(),
        remote_address: "channel".to_owned(),
    };
    store::audit::append(tx, &entry)
}

fn file_keep(tx: &mut Tx<'_>, id: InvoiceId, kind: &'static str, body: &[u8], now: Timestamp) -> Result<()> {
    let digest = hex(&Sha256::digest(body));
    if tx.read(|conn| attachments::has(conn, FILES, id.0, &digest))? {
        return Ok(());
    }
    let file = NewPicture { noun: FILES, noun_id: id.0, kind, digest: &digest, body };
    attachments::insert(tx, &file, now).map(drop)
}

/// Keeps what came with it; mails it once everything is here, unless it was mailed before.
fn files_taken(tx: &mut Tx<'_>, id: InvoiceId, files: &[ChannelFile], now: Timestamp) -> Result<()> {
    for file in files {
        match file {
            ChannelFile::At { kind, url } => invoice_work::file_wait(tx, id, kind, url, now)?,
            ChannelFile::Here { kind, body } => file_keep(tx, id, kind, body, now)?,
        }
    }
    mailed(tx, id, now)
}

fn mailed(tx: &mut Tx<'_>, id: InvoiceId, now: Timestamp) -> Result<()> {
    if tx.read(|conn| invoice_work::files_waiting(conn, id))? > 0 {
        return Ok(());
    }
    let Some(work) = tx.read(|conn| invoice_work::get(conn, id))? else { return Ok(()) };
    let ever = Timestamp::from_ms(0);
    let Some(email) = work.email.filter(|_| work.state == InvoiceState::Issued) else { return Ok(()) };
    if tx.read(|conn| invoices::mails_since(conn, id, ever))? == 0 {
        invoices::mail_append(tx, id, &email, now)?;
        invoices::event_append(tx, id, "mail", "", &email, now)?;
    }
    Ok(())
}

/// Whether the money of its orders is still what stands in it.
fn still_true(tx: &mut Tx<'_>, work: &InvoiceWork) -> Result<bool> {
    let parts = tx.read(|conn| invoice_orders::parts(conn, work.id))?;
    let ids: Vec<i64> = parts.iter().map(|part| part.order.0).collect();
    for part in &parts {
        invoice_orders::lock(tx, part.order)?;
    }
    let now = tx.read(|conn| invoice_orders::chosen(conn, &model::access::Scope::ALL, &ids))?;
    let sum = |all: &[InvoiceOrderChoice]| all.iter().map(|one| one.invoiceable_fen).sum::<i64>();
    Ok(sum(&now) == work.total_fen)
}

/// The reversal is over without a red invoice: the invoice is what it was.
pub(super) fn red_over(tx: &mut Tx<'_>, id: InvoiceId, why: Option<&str>, now: Timestamp) -> Result<()> {
    let sent = tx.read(|conn| invoice_work::was_sent(conn, id))?;
    let state = if sent { InvoiceState::Sent } else { InvoiceState::Issued };
    let turn = Turn { state, due: None, tries: 0, failure: why, red_state: None };
    invoice_work::turn(tx, id, &turn)?;
    invoices::event_append(tx, id, "reverse_over", "", why.unwrap_or_default(), now)
}

/// Writes the red invoice, and lets the orders of the blue one go.
fn reversed(tx: &mut Tx<'_>, blue: &InvoiceWork, red: &IssuedInvoice, now: Timestamp) -> Result<()> {
    let facts = tx.read(|conn| invoices::facts(conn, blue.id))?.ok_or_else(Error::internal)?;
    let serial_no = blue.red_no();
    let lines: Vec<_> = blue.lines.iter().map(model::invoice_line::InvoiceLine::reversed).collect();
    let new = NewInvoice {
        serial_no: serial_no.clone(),
        kind: blue.kind,
        red: true,
        state: InvoiceState::Issued,
        customer: facts.customer,
        customer_kind: facts.customer_kind.unwrap_or(InvoiceCustomerKind::Person),
        phone: blue.phone.clone(),
        title: blue.parties.buyer.name.clone(),
        tax_no: blue.parties.buyer.tax_no.clone(),
        operator: blue.operator,
        station: facts.station,
        net_fen: -blue.net_fen,
        tax_fen: -blue.tax_fen,
        electricity_fen: -facts.electricity_fen,
        service_fen: -facts.service_fen,
        number: Some(red.number.clone()),
        email: blue.email.clone(),
        failure: None,
        applied_at: now,
        issued_at: Some(red.issued_at),
        orders: tx.read(|conn| invoice_orders::parts(conn, blue.id))?.iter().map(|part| part.order).collect(),
    };
    let id = invoices::insert(tx, &new)?;
    let applied = Applied {
        serial_no: &serial_no,
        fleet: facts.fleet,
        channel: blue.channel,
        parties: &blue.parties,
        due: None,
    };
    invoice_work::applied_set(tx, id, &applied)?;
    invoice_work::lines_insert(tx, id, &lines)?;
    invoice_work::blue_set(tx, id, blue.id)?;
    invoices::event_append(tx, id, "issued", "", &red.number, now)?;
    files_taken(tx, id, &red.files, now)?;
    invoice_orders::live_set(tx, blue.id, false)?;
    let turn =
        Turn { state: InvoiceState::Reversed, due: None, tries: blue.tries, failure: None, red_state: None };
    invoice_work::turn(tx, blue.id, &turn)?;
    recorded(tx, blue, "invoice_reverse", &json!({"red_no": serial_no, "number": red.number}), now)?;
    noted(tx, blue, "reversed", &red.number, now)
}

fn issued(tx: &mut Tx<'_>, work: &InvoiceWork, made: &IssuedInvoice, now: Timestamp) -> Result<()> {
    invoice_work::number_set(tx, work.id, &made.number, made.issued_at)?;
    let turn =
        Turn { state: InvoiceState::Issued, due: None, tries: work.tries, failure: None, red_state: None };
    invoice_work::turn(tx, work.id, &turn)?;
    recorded(tx, work, "invoice_issue", &json!({"number": made.number, "total_fen": work.total_fen}), now)?;
    noted(tx, work, "issued", &made.number, now)?;
    files_taken(tx, work.id, &made.files, now)
}

fn failed(tx: &mut Tx<'_>, work: &InvoiceWork, why: &str, now: Timestamp) -> Result<()> {
    invoice_orders::live_set(tx, work.id, false)?;
    let turn = Turn {
        state: InvoiceState::Failed,
        due: None,
        tries: work.tries,
        failure: Some(why),
        red_state: None,
    };
    invoice_work::turn(tx, work.id, &turn)?;
    recorded(tx, work, "invoice_fail", &json!({"reason": why}), now)?;
    noted(tx, work, "failed", why, now)
}

fn login_lost(tx: &mut Tx<'_>, operator: OperatorId, why: &str, now: Timestamp) -> Result<()> {
    sellers::login_set(tx, operator, ChannelLogin::Lost, Some(why), now).map(drop)
}

/// What is known of it, if it is still in this state: whoever was faster has the last word.
fn in_state(tx: &mut Tx<'_>, id: InvoiceId, state: InvoiceState) -> Result<Option<InvoiceWork>> {
    Ok(tx.read(|conn| invoice_work::get(conn, id))?.filter(|work| work.state == state))
}

impl Engine {
    /// Marks an invoice as given to its channel, before it is: whatever happens then, the channel is asked about
    /// its number before anything is sent again. None: it is not to be sent.
    pub async fn invoice_begin(&self, id: InvoiceId) -> Result<Option<InvoiceWork>> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let Some(work) = in_state(tx, id, InvoiceState::Waiting)? else { return Ok(None) };
                if !still_true(tx, &work)? {
                    let why =
                        "申请后有订单退款，金额已变化，请重新申请 / An order was refunded since; apply again";
                    failed(tx, &work, why, now)?;
                    return Ok(None);
                }
                let tries = work.tries + 1;
                let turn = Turn {
                    state: InvoiceState::Issuing,
                    due: Some(later(now, tries)),
                    tries,
                    failure: None,
                    red_state: None,
                };
                invoice_work::turn(tx, id, &turn)?;
                noted(tx, &work, "ask", work.channel.as_str(), now)?;
                Ok(Some(InvoiceWork { state: InvoiceState::Issuing, tries, ..work }))
            })
            .await
    }

    /// What the channel says of an invoice that was given to it.
    pub async fn invoice_turn(&self, id: InvoiceId, answer: ChannelAnswer) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let Some(work) = in_state(tx, id, InvoiceState::Issuing)? else { return Ok(()) };
                let tries = work.tries + 1;
                match &answer {
                    ChannelAnswer::Issued(made) => issued(tx, &work, made, now),
                    ChannelAnswer::Pending(number) => {
                        if let Some(number) = number {
                            invoice_work::channel_no_set(tx, id, number)?;
                        }
                        invoice_work::due_set(tx, id, later(now, tries), tries)
                    }
                    ChannelAnswer::Unknown => invoice_work::due_set(tx, id, now, tries),
                    ChannelAnswer::Refused(why) => failed(tx, &work, why, now),
                    ChannelAnswer::LoginLost(why) => {
                        // It queues as what waits does; its number is asked about before it is sent again.
                        login_lost(tx, work.operator, why, now)?;
                        let (state, tries) = (InvoiceState::Waiting, work.tries.max(1));
                        let turn = Turn { state, due: Some(now), tries, failure: Some(why), red_state: None };
                        invoice_work::turn(tx, id, &turn)?;
                        noted(tx, &work, "login_lost", why, now)
                    }
                    ChannelAnswer::Unreachable(why) => {
                        let turn = Turn {
                            state: InvoiceState::Issuing,
                            due: Some(later(now, tries)),
                            tries,
                            failure: Some(&why.zh),
                            red_state: None,
                        };
                        invoice_work::turn(tx, id, &turn)
                    }
                }
            })
            .await
    }

    /// Marks a reversal as asked for, before it is.
    pub async fn invoice_red_begin(&self, id: InvoiceId) -> Result<Option<InvoiceWork>> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let Some(work) = in_state(tx, id, InvoiceState::Reversing)? else { return Ok(None) };
                if work.red_state != Some(RedState::Waiting) {
                    return Ok(Some(work));
                }
                let tries = work.tries + 1;
                invoice_work::due_set(tx, id, later(now, tries), tries)?;
                Ok(Some(InvoiceWork { tries, ..work }))
            })
            .await
    }

    /// What the channel says of a reversal.
    pub async fn invoice_red_turn(&self, id: InvoiceId, answer: RedAnswer) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let Some(work) = in_state(tx, id, InvoiceState::Reversing)? else { return Ok(()) };
                let tries = work.tries + 1;
                let withdrawing = work.red_state == Some(RedState::Withdrawing);
                let mut go_on = |red_state: RedState, failure: Option<&str>| {
                    // A withdrawal is not forgotten because the channel has not heard of it yet.
                    let red_state = if withdrawing { RedState::Withdrawing } else { red_state };
                    if work.red_state == Some(red_state) && failure.is_none() {
                        return invoice_work::due_set(tx, id, later(now, tries), tries);
                    }
                    let (state, due) = (InvoiceState::Reversing, Some(later(now, tries)));
                    let turn = Turn { state, due, tries, failure, red_state: Some(red_state) };
                    invoice_work::turn(tx, id, &turn)?;
                    invoices::event_append(tx, id, "reverse_state", "", red_state.as_str(), now)
                };
                match &answer {
                    RedAnswer::Done(red) => reversed(tx, &work, red, now),
                    RedAnswer::Pending => go_on(RedState::Asked, None),
                    RedAnswer::Buyer => go_on(RedState::Buyer, None),
                    RedAnswer::Confirmed => go_on(RedState::Confirmed, None),
                    RedAnswer::Unknown if withdrawing => red_over(tx, id, None, now),
                    RedAnswer::Unknown => invoice_work::due_set(tx, id, now, tries),
                    RedAnswer::Over(_) if withdrawing => red_over(tx, id, None, now),
                    RedAnswer::Over(why) => red_over(tx, id, Some(why), now),
                    RedAnswer::LoginLost(why) => {
                        login_lost(tx, work.operator, why, now)?;
                        invoice_work::due_set(tx, id, now, work.tries)
                    }
                    RedAnswer::Unreachable(why) => {
                        go_on(work.red_state.unwrap_or(RedState::Waiting), Some(&why.zh))
                    }
                }
            })
            .await
    }

    /// The channel says that it has news of this number. Anybody can say so: it is only asked a little earlier.
    pub async fn invoice_nudge(&self, number: &str) -> Result<bool> {
        let (number, now) = (number.to_owned(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let Some(id) = tx.read(|conn| invoice_work::by_channel_number(conn, &number))? else {
                    return Ok(false);
                };
                let Some(work) = tx.read(|conn| invoice_work::get(conn, id))? else { return Ok(false) };
                let asked = matches!(work.state, InvoiceState::Issuing | InvoiceState::Reversing);
                if asked {
                    invoice_work::due_set(tx, id, now, work.tries)?;
                }
                Ok(asked)
            })
            .await
    }

    /// A file of an invoice was fetched, or was not to be had: then it is tried again.
    pub async fn invoice_file_turn(&self, file: WaitingFile, fetched: Option<FetchedFile>) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| {
                let Some(fetched) = &fetched else {
                    let wait = FILE_MS * (file.tries + 1).min(30);
                    return invoice_work::file_later(tx, &file, now.plus_ms(wait));
                };
                file_keep(tx, file.invoice, fetched.kind, &fetched.body, now)?;
                invoice_work::file_done(tx, &file)?;
                tx.changed(Change::Noun("invoice"));
                mailed(tx, file.invoice, now)
            })
            .await
    }

    /// What the channel of a seller says of its sign-in at the tax bureau.
    pub async fn seller_login_turn(
        &self,
        operator: OperatorId,
        login: ChannelLogin,
        message: Option<String>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(None, move |tx| sellers::login_set(tx, operator, login, message.as_deref(), now).map(drop))
            .await
    }
}
