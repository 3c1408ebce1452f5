//! Closed loop: each pile says the next message when the last one was answered.

use super::call::{Caller, Identity, Reply};
use super::session::{Cycle, Progress, Stamp};
use super::{Mode, Options, Report, Shared, Speech, measure, words2, words16, ykc};
use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub const BACK_OFF_FIRST: Duration = Duration::from_millis(20);
pub const BACK_OFF_MAX: Duration = Duration::from_millis(500);
/// A pile that is still in a session so long after the end hangs on a lost answer.
const GRACE: Duration = Duration::from_secs(30);

pub async fn run(shared: &Arc<Shared>, identities: Vec<Identity>, gate: Arc<Semaphore>) -> Report {
    let begin = Instant::now();
    let mut piles = JoinSet::new();
    for who in identities {
        let (shared, gate) = (shared.clone(), gate.clone());
        piles.spawn(async move {
            let worked = if shared.options.mode == Mode::Crash {
                stubborn(&shared, &who, &gate).await
            } else {
                plain(&shared, &who, &gate).await
            };
            if let Err(error) = worked {
                shared.error(&format!("{}: {error}", who.code));
            }
        });
    }
    let numbers = (0..shared.options.ykc_count()).filter_map(|place| ykc::identity(&shared.options, place));
    for (number, card) in numbers {
        piles.spawn(ykc::Pile::new(shared.clone(), number, card).run());
    }
    let measured = measure(shared).await;
    let drained = tokio::time::timeout(GRACE, async { while piles.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        shared.error(&"some piles had no answer 30 s after the end");
    }
    Report::of(shared, begin.elapsed(), measured)
}

/// Connects, a bounded number at a time, and boots.
pub async fn connect(shared: &Shared, who: &Identity, gate: &Semaphore) -> Result<Caller> {
    let _turn = gate.acquire().await.map_err(Error::other)?;
    let mut caller = Caller::connect(who, 1).await?;
    if !shared.options.no_boot || shared.options.mode == Mode::Idle {
        boot(&mut caller, who.target.speech).await?;
    }
    Ok(caller)
}

async fn boot(caller: &mut Caller, speech: Speech) -> Result<()> {
    let words = if speech == Speech::Ocpp201 { words2::BOOT } else { words16::BOOT };
    let reply = caller.call(words).await?;
    if reply == Reply::Result && caller.answer().windows(10).any(|w| w == b"\"Accepted\"") {
        return Ok(());
    }
    let text = String::from_utf8_lossy(caller.answer()).into_owned();
    Err(Error::new(ErrorKind::PermissionDenied, format!("boot was not accepted: {text}")))
}

/// Ends with its link.
async fn plain(shared: &Shared, who: &Identity, gate: &Semaphore) -> Result<()> {
    let mut caller = connect(shared, who, gate).await?;
    let mut cycle = Cycle::new(who.target.speech, &who.tag);
    let mut stamp = Stamp::default();
    while !(shared.ending() && cycle.between_sessions()) {
        let body = cycle.write(shared.clock.now(), &mut stamp);
        let sent = Instant::now();
        let reply = caller.call(body).await?;
        shared.answered(sent.elapsed());
        settle(shared, who, &mut cycle, reply, caller.answer());
    }
    Ok(())
}

/// What an answer means for session and tally.
pub fn settle(shared: &Shared, who: &Identity, cycle: &mut Cycle, reply: Reply, answer: &[u8]) {
    if reply == Reply::Error {
        shared.error(&String::from_utf8_lossy(answer));
        cycle.failed();
        return;
    }
    match cycle.answered(answer, &who.code, shared.witness.as_ref()) {
        Progress::Stopped => shared.order(),
        Progress::Refused => shared.refused(answer),
        Progress::Went | Progress::Started => {}
    }
}

/// A link that is opened when it is needed.
#[derive(Default)]
struct Line {
    caller: Option<Caller>,
    /// Ids go on over reconnects.
    next_id: u64,
    /// A pile boots once; after that it has only lost its link.
    booted: bool,
}

impl Line {
    async fn call(
        &mut self,
        shared: &Shared,
        who: &Identity,
        gate: &Semaphore,
        body: &[u8],
    ) -> Result<Reply> {
        if self.caller.is_none() {
            let _turn = gate.acquire().await.map_err(Error::other)?;
            let mut fresh = Caller::connect(who, self.next_id).await?;
            if !self.booted && !shared.options.no_boot {
                boot(&mut fresh, who.target.speech).await?;
            }
            self.booted = true;
            self.caller = Some(fresh);
        }
        match &mut self.caller {
            Some(caller) => caller.call(body).await,
            None => Err(ErrorKind::NotConnected.into()),
        }
    }

    fn lose(&mut self) {
        // One more than was used, should the call have been cut off between id and answer.
        self.next_id = self.caller.take().map_or(self.next_id, |caller| caller.next_id()) + 1;
    }
}

/// Outlives its server: after a loss it connects again and sends the unanswered message again,
/// word for word under a new id, until it is answered. A session goes on where it was.
async fn stubborn(shared: &Shared, who: &Identity, gate: &Semaphore) -> Result<()> {
    let mut cycle = Cycle::new(who.target.speech, &who.tag);
    let mut stamp = Stamp::default();
    let mut line = Line { next_id: 1, ..Line::default() };
    let mut back_off = BACK_OFF_FIRST;
    let patience = Options::seconds(shared.options.patience);
    cycle.write(shared.clock.now(), &mut stamp);
    while !(shared.ending() && cycle.between_sessions()) {
        let sent = Instant::now();
        let tried = tokio::time::timeout(patience, line.call(shared, who, gate, cycle.body()))
            .await
            .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        match (tried, &line.caller) {
            (Ok(Reply::Result), Some(link)) => {
                back_off = BACK_OFF_FIRST;
                shared.answered(sent.elapsed());
                settle(shared, who, &mut cycle, Reply::Result, link.answer());
                cycle.write(shared.clock.now(), &mut stamp);
                continue;
            }
            // The server cannot just now: the same message again, as the specification says.
            (Ok(Reply::Error), Some(link)) => shared.error(&String::from_utf8_lossy(link.answer())),
            _ => {
                line.lose();
                shared.reconnects.fetch_add(1, Ordering::Relaxed);
            }
        }
        tokio::time::sleep(back_off).await;
        back_off = (back_off * 2).min(BACK_OFF_MAX);
    }
    Ok(())
}
