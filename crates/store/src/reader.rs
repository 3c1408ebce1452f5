//! Connections for pages: a few threads, each with a connection that cannot write.

use crate::db::{Conn, DbError, DbResult, Purpose, Source};
use model::trace;
use model::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Question = Box<dyn FnOnce(&mut Option<Conn>, &Source) + Send>;

pub(crate) struct Readers {
    questions: Sender<Question>,
}

impl Readers {
    pub fn start(source: &Source, count: usize) -> Result<Readers> {
        let (questions, queue) = channel::<Question>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..count.max(1) {
            let (queue, source) = (Arc::clone(&queue), source.clone());
            let started = std::thread::Builder::new()
                .name(format!("reader-{number}"))
                .spawn(move || answer_all(&queue, &source));
            if let Err(why) = started {
                tracing::error!(%why, "no thread for a reader");
                return Err(Error::internal());
            }
        }
        Ok(Readers { questions })
    }

    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let trace = trace::current();
        let question: Question = Box::new(move |conn, source| {
            let _entered = trace::enter(trace);
            let _ = reply.send(ask(conn, source, work));
        });
        if self.questions.send(question).is_err() {
            return Err(Error::unavailable("数据库", "database"));
        }
        match answer.await {
            Ok(result) => result.map_err(Error::from),
            Err(_) => Err(Error::internal()),
        }
    }
}

fn ask<T>(
    conn: &mut Option<Conn>,
    source: &Source,
    work: impl FnOnce(&mut Conn) -> DbResult<T>,
) -> DbResult<T> {
    let open = match conn.take() {
        Some(open) if open.is_alive() => open,
        _ => Conn::open(source, Purpose::Read)?,
    };
    let open = conn.insert(open);
    let result = work(open);
    if matches!(result, Err(DbError::Unavailable(_))) {
        *conn = None;
    }
    result
}

fn answer_all(queue: &Mutex<Receiver<Question>>, source: &Source) {
    let mut conn = None;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(question) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| question(&mut conn, source))).is_err() {
            tracing::error!("a question panicked inside a reader");
            conn = None;
        }
    }
}
