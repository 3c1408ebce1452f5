//! Many piles that connect, boot, say that they are free, and then are quiet: what a link costs.

use super::call::{Caller, Identity, Reply};
use super::process::{Usage, usage};
use super::report::Report;
use super::session::Stamp;
use super::sessions::connect;
use super::{Options, Shared, Speech, words2, words16};
use std::io::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

pub async fn run(shared: &Arc<Shared>, identities: Vec<Identity>, gate: Arc<Semaphore>) -> Report {
    let before = usage(&shared.options.server_pids);
    let begin = Instant::now();
    let (ready, mut readied) = mpsc::unbounded_channel();
    let mut piles = JoinSet::new();
    let wanted = identities.len();
    for who in identities {
        let (shared, gate, ready) = (shared.clone(), gate.clone(), ready.clone());
        piles.spawn(async move {
            let begin = Instant::now();
            match settle_in(&shared, &who, &gate).await {
                Ok(mut caller) => {
                    shared.answered(begin.elapsed());
                    let _ = ready.send(true);
                    if let Err(error) = caller.listen().await {
                        shared.error(&format!("{}: lost while idle: {error}", who.code));
                    }
                }
                Err(error) => {
                    shared.error(&format!("{}: {error}", who.code));
                    let _ = ready.send(false);
                }
            }
        });
    }
    let mut up = 0;
    for _ in 0..wanted {
        up += usize::from(readied.recv().await == Some(true));
    }
    let ready_in = begin.elapsed();
    let used = usage(&shared.options.server_pids);
    tokio::time::sleep(Options::seconds(shared.options.hold)).await;
    let held = usage(&shared.options.server_pids);
    piles.abort_all();
    let mut report = Report::of(shared, ready_in, (ready_in, before, used));
    report.idle(
        up,
        ready_in,
        per_pile(before, held, up),
        Duration::from_secs_f64(shared.options.hold.max(0.0)),
    );
    report
}

/// Boot and one StatusNotification per connector.
async fn settle_in(shared: &Shared, who: &Identity, gate: &Semaphore) -> Result<Caller> {
    let mut caller = connect(shared, who, gate).await?;
    let mut stamp = Stamp::default();
    for connector in 1..=shared.options.connectors {
        let (mut body, time) = (Vec::new(), stamp.text(shared.clock.now()));
        match who.target.speech {
            Speech::Ocpp201 => words2::status(&mut body, connector, "Available", time),
            _ => words16::status(&mut body, connector, "Available", time),
        }
        if caller.call(&body).await? == Reply::Error {
            return Err(Error::other(String::from_utf8_lossy(caller.answer()).into_owned()));
        }
    }
    Ok(caller)
}

fn per_pile(before: Usage, held: Usage, piles: usize) -> (u64, u64, f64) {
    let grown = held.rss_kib.saturating_sub(before.rss_kib);
    #[expect(clippy::cast_precision_loss, reason = "a report")]
    let each = if piles == 0 { 0.0 } else { grown as f64 / piles as f64 };
    (before.rss_kib, held.rss_kib, each)
}
