//! Asks the channels of invoices: gives them what waits, asks how far it is, fetches the files. One run at a time,
//! and everything that is about to be sent was written down before: after a crash the channel is asked about the
//! number first.

use crate::app::App;
use crate::invoicing::{InvoiceChannel, channel};
use crate::outbound::Ask;
use engine::invoice::{ChannelAnswer, FetchedFile, RedAnswer};
use engine::job::JobOutcome;
use hyper::Method;
use model::id::InvoiceId;
use model::invoice::{InvoiceChannelKind, InvoiceState, RedState};
use model::job::JobRunState;
use model::time::MINUTE_MS;
use model::web_address::WebAddress;
use model::{Result, Text};
use std::time::Duration;
use store::invoice_work::{self, InvoiceWork, WaitingFile};
use store::sellers;

/// Of one run: the next one is soon.
const AT_ONCE: i64 = 50;
/// How often a sign-in that is lost is looked at.
const LOGIN_MS: i64 = 5 * MINUTE_MS;
const FILE_MAX: usize = 10 * 1024 * 1024;
const FILE_PATIENCE: Duration = Duration::from_secs(30);

pub const NAME: &str = "invoice_issue";

pub async fn issue(app: &App) -> Result<JobOutcome> {
    let _alone = app.jobs.invoicing.lock().await;
    logins(app).await?;
    let (mut done, mut trouble) = (0_i64, None);
    // What is answered at once is due again at once: a second look ends it within this run.
    for _ in 0..2 {
        let now = app.now();
        let due = app.engine.store.read(move |conn| invoice_work::due(conn, now, AT_ONCE)).await?;
        if due.is_empty() {
            break;
        }
        for id in due {
            match one(app, id).await {
                Ok(()) => done += 1,
                Err(why) => {
                    // One that cannot even be asked does not hold the others.
                    app.engine.invoice_turn(id, ChannelAnswer::Unreachable(why.text.clone())).await?;
                    app.engine.invoice_red_turn(id, RedAnswer::Unreachable(why.text.clone())).await?;
                    trouble = Some(why.text);
                }
            }
        }
    }
    done += files(app, &mut trouble).await?;
    let state = if trouble.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done, message: trouble })
}

async fn one(app: &App, id: InvoiceId) -> Result<()> {
    let Some(work) = app.engine.store.read(move |conn| invoice_work::get(conn, id)).await? else {
        return Ok(());
    };
    let seller = app.engine.seller(work.operator).await?;
    let channel = channel(app, work.channel, &seller)?;
    match work.state {
        InvoiceState::Waiting => {
            let Some(work) = app.engine.invoice_begin(id).await? else { return Ok(()) };
            let answer = begun(&*channel, &work).await;
            app.engine.invoice_turn(id, answer).await
        }
        InvoiceState::Issuing => {
            let answer = match channel.query(&work).await {
                ChannelAnswer::Unknown => channel.issue(&work).await,
                answer => answer,
            };
            app.engine.invoice_turn(id, answer).await
        }
        InvoiceState::Reversing => reversing(app, &*channel, &work).await,
        _ => Ok(()),
    }
}

/// For the first time it is sent; where the number was sent before, the channel is asked about it first.
async fn begun(channel: &dyn InvoiceChannel, work: &InvoiceWork) -> ChannelAnswer {
    if work.tries <= 1 {
        return channel.issue(work).await;
    }
    match channel.query(work).await {
        ChannelAnswer::Unknown => channel.issue(work).await,
        ChannelAnswer::Refused(_) | ChannelAnswer::LoginLost(_) => channel.reissue(work).await,
        answer => answer,
    }
}

async fn reversing(app: &App, channel: &dyn InvoiceChannel, work: &InvoiceWork) -> Result<()> {
    let known = channel.red_query(work).await;
    let answer = match (work.red_state, known) {
        (Some(RedState::Withdrawing), RedAnswer::Pending | RedAnswer::Buyer | RedAnswer::Confirmed) => {
            channel.red_cancel(work).await
        }
        (Some(RedState::Withdrawing), known) => known,
        (_, RedAnswer::Unknown) => match app.engine.invoice_red_begin(work.id).await? {
            Some(work) => channel.red_apply(&work).await,
            None => return Ok(()),
        },
        (Some(RedState::Confirmed), RedAnswer::Confirmed) => channel.red_issue(work).await,
        (_, known) => known,
    };
    app.engine.invoice_red_turn(work.id, answer).await
}

/// Whether somebody has signed in where the sign-in was lost.
async fn logins(app: &App) -> Result<()> {
    let before = app.now().plus_ms(-LOGIN_MS);
    for operator in app.engine.store.read(move |conn| sellers::lost(conn, before)).await? {
        let seller = app.engine.seller(operator).await?;
        let channel = match channel(app, InvoiceChannelKind::Nuonuo, &seller) {
            Ok(channel) => channel,
            Err(_) => continue,
        };
        let login = channel.login().await;
        let (login, message) = login.unwrap_or((seller.login, seller.login_message.clone()));
        app.engine.seller_login_turn(operator, login, message).await?;
    }
    Ok(())
}

async fn files(app: &App, trouble: &mut Option<Text>) -> Result<i64> {
    let now = app.now();
    let due = app.engine.store.read(move |conn| invoice_work::files_due(conn, now, AT_ONCE)).await?;
    let mut done = 0;
    for file in due {
        let fetched = match fetched(app, &file).await {
            Ok(fetched) => {
                done += 1;
                Some(fetched)
            }
            Err(why) => {
                *trouble = Some(why);
                None
            }
        };
        app.engine.invoice_file_turn(file, fetched).await?;
    }
    Ok(done)
}

/// What a file of this kind begins with: an error page that was sent as a file is none.
const KINDS: [(&str, &[u8]); 3] =
    [("application/pdf", b"%PDF-"), ("application/ofd", b"PK"), ("application/xml", b"<")];

async fn fetched(app: &App, file: &WaitingFile) -> std::result::Result<FetchedFile, Text> {
    let to = WebAddress::parse("url", &file.url).map_err(|why| why.text)?;
    let ask = Ask {
        method: Method::GET,
        to: &to,
        headers: Vec::new(),
        body: Default::default(),
        patience: FILE_PATIENCE,
        answer_max: FILE_MAX,
    };
    let reply = app.outbound.ask(ask).await.map_err(|fault| fault.text)?;
    let kind = KINDS.iter().find(|(kind, _)| *kind == file.kind);
    let body = reply.body.trim_ascii_start();
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    match kind {
        Some((kind, begin)) if reply.status.is_success() && body.starts_with(begin) => {
            Ok(FetchedFile { kind, body: reply.body.to_vec() })
        }
        _ => {
            let (place, status) = (to.authority(), reply.status.as_u16());
            Err(Text::new(
                format!("{place} 没有给出发票文件（HTTP {status}）；稍后再取"),
                format!(
                    "{place} did not give the file of the invoice (HTTP {status}). It is fetched again later."
                ),
            ))
        }
    }
}
