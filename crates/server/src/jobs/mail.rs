//! Sends the mails that wait in the outbox.

use super::{alarm_mails, report_mails};
use crate::app::App;
use crate::invoicing::channel;
use crate::mailer::{self, Mail, MailFile};
use engine::channel::{FaultOf, SendFault, send_record};
use engine::job::JobOutcome;
use model::access::Scope;
use model::channel::ChannelPurpose;
use model::invoice::{InvoiceChannelKind, InvoiceKind};
use model::job::JobRunState;
use model::time::{Timestamp, Zone};
use model::{Result, Text};
use std::sync::Arc;
use store::channels::{self, Channel, ChannelSend, WaitingMail};
use store::invoice_list::{FILES, InvoiceDetail, invoice_get};
use store::invoice_work::InvoiceWork;

/// Of one run: the next one is soon.
const AT_ONCE: i64 = 50;

pub async fn send(app: &Arc<App>) -> Result<JobOutcome> {
    let now = app.now();
    let read =
        move |conn: &mut store::Conn| Ok((channels::mails_due(conn, now, AT_ONCE)?, channels::all(conn)?));
    let (due, all) = app.engine.store.read(read).await?;
    let mails = |one: &Channel| one.enabled && one.config.smtp().is_some();
    let usable: Vec<Channel> = all.into_iter().filter(mails).collect();
    if usable.is_empty() {
        return redeliver(app, due).await;
    }
    let mut run = Run { usable, sent: 0, trouble: None };
    // Whoever is to mend something waits least.
    alarm_mails::send(app, &mut run).await?;
    // What alarms met is told before what reports met.
    let of_alarms = run.trouble.take();
    report_mails::send(app, &mut run).await?;
    run.trouble = of_alarms.or(run.trouble);
    for mail in due {
        let Some(channel) = run.channel() else { break };
        let fault = one(app, channel, &mail).await?;
        run.tried(fault);
    }
    let state = if run.trouble.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done: run.sent, message: run.trouble })
}

/// One run over all outboxes.
pub(super) struct Run {
    /// Channels of mail that are on; one that does not work is taken out.
    usable: Vec<Channel>,
    sent: i64,
    trouble: Option<Text>,
}

impl Run {
    /// By which the next mail goes; none works any more where there is none.
    pub(super) fn channel(&self) -> Option<&Channel> {
        self.usable.first()
    }

    /// What came of a mail that went by it.
    pub(super) fn tried(&mut self, fault: Option<SendFault>) {
        let Some(fault) = fault else {
            self.sent += 1;
            return;
        };
        let Some(channel) = self.usable.first() else { return };
        self.trouble = Some(named(channel, &fault.text));
        if fault.of == FaultOf::Channel {
            self.usable.remove(0);
        }
    }
}

/// What is kept of a try that began then.
pub(super) fn kept(
    channel: &Channel,
    (purpose, address): (ChannelPurpose, &str),
    (began, now): (tokio::time::Instant, Timestamp),
    fault: Option<&SendFault>,
) -> ChannelSend {
    let mut record = send_record(channel.id, purpose, address, now.as_ms());
    record.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    record.success = fault.is_none();
    record.message = fault.map(|fault| fault.text.clone());
    record
}

/// Without a mail channel of ours, 诺诺 sends what it has made; the others wait, and the page of invoices says so.
async fn redeliver(app: &App, due: Vec<WaitingMail>) -> Result<JobOutcome> {
    let mut sent = 0;
    for mail in due {
        let id = mail.invoice;
        let work = app.engine.store.read(move |conn| store::invoice_work::get(conn, id)).await?;
        let made =
            |work: &InvoiceWork| work.channel == InvoiceChannelKind::Nuonuo && work.channel_no.is_some();
        let Some(work) = work.filter(made) else { continue };
        let seller = app.engine.seller(work.operator).await?;
        let fault = match channel(app, work.channel, &seller) {
            Ok(channel) => channel.redeliver(&work, &mail.address).await.err(),
            Err(why) => Some(why.text),
        };
        sent += usize::from(fault.is_none());
        app.engine.mail_redelivered(mail, fault).await?;
    }
    Ok(JobOutcome::done(sent))
}

fn named(channel: &Channel, text: &Text) -> Text {
    Text::new(format!("{}：{}", channel.name, text.zh), format!("{}: {}", channel.name, text.en))
}

/// Sends one through this channel and keeps what came of it.
async fn one(app: &App, channel: &Channel, mail: &WaitingMail) -> Result<Option<SendFault>> {
    let invoice = mail.invoice;
    let read = move |conn: &mut store::Conn| {
        let Some(detail) = invoice_get(conn, &Scope::ALL, invoice)? else { return Ok(None) };
        let mut files = Vec::new();
        for file in &detail.files {
            files.extend(store::attachments::get(conn, FILES, file.id)?.map(|(_, picture)| picture));
        }
        Ok(Some((detail, files)))
    };
    let found = app.engine.store.read(read).await?;
    let began = tokio::time::Instant::now();
    let fault = match (found, app.engine.channel_password(channel), channel.config.smtp()) {
        (Some((detail, files)), Ok(password), Some(smtp)) => {
            let files = files.into_iter().enumerate().map(|(n, file)| MailFile {
                name: format!(
                    "{}-{}.{}",
                    detail.invoice.serial_no,
                    n + 1,
                    file.kind.rsplit('/').next().unwrap_or("bin")
                ),
                kind: file.kind,
                body: file.body,
            });
            let letter = letter(&detail, mail, files.collect());
            mailer::send(smtp, password, letter).await.err()
        }
        (_, Err(why), _) => Some(SendFault { of: FaultOf::Channel, text: why.text }),
        (_, Ok(_), _) => Some(SendFault {
            of: FaultOf::Mail,
            text: Text::of("发票已不存在", "The invoice is gone."),
        }),
    };
    let of = (ChannelPurpose::Invoice, mail.address.as_str());
    let record = kept(channel, of, (began, app.now()), fault.as_ref());
    app.engine.mail_turn(mail.clone(), record, fault.clone()).await?;
    Ok(fault)
}

/// Chinese first, and the same in English.
fn letter(detail: &InvoiceDetail, mail: &WaitingMail, files: Vec<MailFile>) -> Mail {
    let invoice = &detail.invoice;
    let yuan =
        |fen: i64| format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100);
    let number = invoice.number.as_deref().unwrap_or("—");
    let issued = invoice.issued_at_ms.map_or("—".to_owned(), |at| {
        let day = Zone::shanghai().local(Timestamp::from_ms(at)).day;
        format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
    });
    let kind = model::dictionary::Dictionary::find("invoice_kind")
        .and_then(|all| all.entries().find(|(code, _)| *code == invoice.kind.as_str()))
        .map_or(Text::of("", ""), |(_, name)| name);
    let receipt = invoice.kind == InvoiceKind::Receipt;
    let (zh, en) = match (receipt, invoice.red) {
        (false, false) => ("电子发票", "e-invoice"),
        (false, true) => ("红字电子发票", "red e-invoice"),
        (true, false) => ("收据", "receipt"),
        (true, true) => ("红字收据", "red receipt"),
    };
    let (title, seller, total) = (&invoice.title, &invoice.seller_name, yuan(invoice.total_fen));
    let serial = &invoice.serial_no;
    let (attached, attached_en) =
        if files.is_empty() { ("", "") } else { ("\n文件见附件。\n", "\nThe file is attached.\n") };
    let (note, note_en) = match receipt {
        true => {
            ("\n本收据不是税务发票，不能用于抵扣或作为税务凭证。\n", "\nThis receipt is not a tax invoice.\n")
        }
        false => ("", ""),
    };
    Mail {
        to: mail.address.clone(),
        subject: format!("{zh} {number}（{title}，{total} 元）"),
        text: format!(
            "您好：\n\n您的充电{zh}已开具。\n\n类型：{}\n号码：{number}\n开票序号：{serial}\n开票日期：{issued}\n\
             抬头：{title}\n销售方：{seller}\n价税合计：{total} 元\n{attached}{note}\n本邮件由系统自动发出，请勿回复。\n\n\
             ----------------------------------------\n\nYour {en} for charging was issued.\n\nKind: {}\nNumber: {number}\n\
             Reference: {serial}\nDate: {issued}\nTitle: {title}\nSeller: {seller}\nTotal: CNY {total}\n{attached_en}{note_en}\n\
             This mail was sent automatically; please do not reply.\n",
            kind.zh, kind.en,
        ),
        id: format!("mail-{}", mail.id),
        files,
    }
}
