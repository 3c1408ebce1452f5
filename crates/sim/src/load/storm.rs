//! A storm: after an outage all piles come back at the same moment, each with what it could not say
//! meanwhile. A pile that is refused or thrown out comes again and goes on with the message that was
//! not answered.

use super::call::{Caller, Identity, Reply, integer_after};
use super::process::usage;
use super::report::Report;
use super::session::{METERS, START, STEPS, STOP, Said, Stamp};
use super::sessions::{BACK_OFF_FIRST, connect};
use super::witness::Line;
use super::{Options, Shared, words16};
use model::time::{MINUTE_MS, Timestamp};
use std::io::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// As piles wait between two tries.
const BACK_OFF_MAX: Duration = Duration::from_secs(4);
/// What the report tells of the storm as its main figure.
const SOON: Duration = Duration::from_secs(30);
/// Said after the boot: how it is, then the session that it had while the link was down.
const QUEUED: [u8; 6] = [STEPS - 1, START, *METERS.start(), *METERS.start() + 1, STOP, STEPS - 1];
/// When the session of the outage began.
const AGO_MS: i64 = 30 * MINUTE_MS;
const METER_START_WH: i64 = 1_000_000;
const WH_PER_MESSAGE: i64 = 500;

/// What one pile still has to say.
struct Queue {
    next: usize,
    began_at: Timestamp,
    transaction: i64,
}

impl Queue {
    fn at(&self) -> Timestamp {
        self.began_at.plus_ms(i64::try_from(self.next).unwrap_or(0) * 5 * MINUTE_MS)
    }

    fn meter_wh(&self) -> i64 {
        METER_START_WH + i64::try_from(self.next.saturating_sub(1)).unwrap_or(0) * WH_PER_MESSAGE
    }

    /// Says what is queued until nothing is left.
    async fn deliver(&mut self, shared: &Shared, who: &Identity, gate: &Semaphore) -> Result<Caller> {
        let mut caller = connect(shared, who, gate).await?;
        let mut stamp = Stamp::default();
        while let Some(step) = QUEUED.get(self.next) {
            let mut body = Vec::with_capacity(600);
            let said =
                Said { step: *step, tag: &who.tag, transaction: self.transaction, meter_wh: self.meter_wh() };
            words16::write(&mut body, &said, stamp.text(self.at()));
            if caller.call(&body).await? == Reply::Error {
                return Err(Error::other(String::from_utf8_lossy(caller.answer()).into_owned()));
            }
            if *step == START {
                self.transaction = integer_after(caller.answer(), b"\"transactionId\"")
                    .ok_or_else(|| Error::other("a start without a transaction id"))?;
            }
            if *step == STOP {
                self.acknowledged(shared, who);
            }
            self.next += 1;
        }
        Ok(caller)
    }

    fn acknowledged(&self, shared: &Shared, who: &Identity) {
        shared.order();
        let Some(witness) = &shared.witness else { return };
        witness.tell(&Line {
            kind: "stop",
            pile: &who.code,
            transaction: &self.transaction.to_string(),
            meter_start_wh: METER_START_WH,
            meter_stop_wh: Some(self.meter_wh()),
            started_at: self.began_at.plus_ms(5 * MINUTE_MS),
            stopped_at: Some(self.at()),
        });
    }
}

pub async fn run(shared: &Arc<Shared>, identities: Vec<Identity>, gate: Arc<Semaphore>) -> Report {
    let before = usage(&shared.options.server_pids);
    let begin = Instant::now();
    shared.measuring.store(true, Ordering::Relaxed);
    let (ready, mut readied) = mpsc::unbounded_channel();
    let mut piles = JoinSet::new();
    for who in identities {
        let (shared, gate, ready) = (shared.clone(), gate.clone(), ready.clone());
        piles.spawn(async move {
            let began_at = shared.clock.now().plus_ms(-AGO_MS);
            let mut queue = Queue { next: 0, began_at, transaction: 0 };
            let mut back_off = BACK_OFF_FIRST;
            loop {
                match queue.deliver(&shared, &who, &gate).await {
                    Ok(mut caller) => {
                        shared.answered(begin.elapsed());
                        let _ = ready.send(());
                        let _ = caller.listen().await;
                        return;
                    }
                    Err(error) => {
                        shared.first(&format!("{}: {error}", who.code));
                        shared.reconnects.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(back_off).await;
                        back_off = (back_off * 2).min(BACK_OFF_MAX);
                    }
                }
            }
        });
    }
    drop(ready);
    let (wanted, mut served, mut soon) = (shared.options.ocpp_count(), 0, 0);
    let last = async {
        while served < wanted && readied.recv().await.is_some() {
            served += 1;
            soon += usize::from(begin.elapsed() <= SOON);
        }
    };
    let _ = tokio::time::timeout(Options::seconds(shared.options.seconds), last).await;
    let took = begin.elapsed();
    let used = usage(&shared.options.server_pids);
    piles.abort_all();
    let mut report = Report::of(shared, took, (took, before, used));
    report.served(served, took, soon);
    report
}
