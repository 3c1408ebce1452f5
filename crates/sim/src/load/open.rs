//! Open loop: call number k is due at k / rate seconds, on pile k mod N, whatever became of the
//! calls before it. Latency counts from the due moment: a server that stalls for a second answers
//! for all that was due in that second.

use super::call::{Caller, Identity, Reply};
use super::session::{Cycle, Stamp};
use super::sessions::{connect, settle};
use super::{Report, Shared, measure};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

pub async fn run(shared: &Arc<Shared>, identities: Vec<Identity>, gate: Arc<Semaphore>) -> Report {
    let begin = Instant::now();
    let callers = connect_all(shared, identities, gate).await;
    let mut piles = JoinSet::new();
    let mut due = Vec::with_capacity(callers.len());
    for (place, (who, caller)) in callers.into_iter().enumerate() {
        let (send, receive) = unbounded_channel();
        due.push(send);
        piles.spawn(pile(shared.clone(), who, caller, receive, place));
    }
    let pacer = {
        let shared = shared.clone();
        std::thread::spawn(move || pace(&shared, &due))
    };
    let measured = measure(shared).await;
    let _ = tokio::task::spawn_blocking(move || pacer.join()).await;
    let drained =
        tokio::time::timeout(Duration::from_secs(30), async { while piles.join_next().await.is_some() {} })
            .await;
    if drained.is_err() {
        shared.error(&"some piles had no answer 30 s after the end");
    }
    Report::of(shared, begin.elapsed(), measured)
}

async fn connect_all(
    shared: &Arc<Shared>,
    identities: Vec<Identity>,
    gate: Arc<Semaphore>,
) -> Vec<(Identity, Caller)> {
    let mut connecting = JoinSet::new();
    for who in identities {
        let (shared, gate) = (shared.clone(), gate.clone());
        connecting.spawn(async move {
            match connect(&shared, &who, &gate).await {
                Ok(caller) => Some((who, caller)),
                Err(error) => {
                    shared.error(&format!("{}: {error}", who.code));
                    None
                }
            }
        });
    }
    let mut callers = Vec::new();
    while let Some(joined) = connecting.join_next().await {
        callers.extend(joined.ok().flatten());
    }
    callers
}

/// A thread of its own, because tokio's timers are no finer than a millisecond.
fn pace(shared: &Shared, due: &[UnboundedSender<Instant>]) {
    let begin = Instant::now();
    let gap = 1.0 / shared.options.rate.max(0.001);
    for (number, pile) in due.iter().cycle().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 calls")]
        let at = begin + Duration::from_secs_f64(gap * number as f64);
        let wait = at.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        if shared.ending() {
            return;
        }
        if pile.send(at).is_err() {
            shared.error(&"a call was due on a pile that has lost its link");
        }
    }
}

async fn pile(
    shared: Arc<Shared>,
    who: Identity,
    mut caller: Caller,
    mut due: UnboundedReceiver<Instant>,
    place: usize,
) {
    let mut cycle = Cycle::new(who.target.speech, &who.tag);
    cycle.stagger(place);
    let mut stamp = Stamp::default();
    while let Some(at) = due.recv().await {
        let body = cycle.write(shared.clock.now(), &mut stamp);
        match caller.call(body).await {
            Ok(reply) => {
                shared.answered(at.elapsed());
                settle(&shared, &who, &mut cycle, reply, caller.answer());
            }
            Err(error) => {
                shared.error(&format!("{}: {error}", who.code));
                return;
            }
        }
    }
    // A session is not left open for the next run on the same data.
    while !cycle.between_sessions() {
        let body = cycle.write(shared.clock.now(), &mut stamp);
        match caller.call(body).await {
            Ok(Reply::Result) => settle(&shared, &who, &mut cycle, Reply::Result, caller.answer()),
            Ok(Reply::Error) => cycle.failed(),
            Err(_) => return,
        }
    }
}
