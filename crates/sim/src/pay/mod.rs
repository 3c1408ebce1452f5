//! 模拟渠道: a pay channel to itself, with its own book, its own moods and a cashier. It tells what happened late, twice,
//! too early or not at all, and refuses some of what it is asked: whoever works with it has to cope, as with a real one.

mod bill;
mod book;
mod cashier;
mod door;
mod notice;

use crate::random::Random;
use book::{Book, PaidState, Payment, Refund, RefundedState};
use door::{Answer, Request};
use hmac::{Hmac, KeyInit, Mac};
use model::time::{Clock, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

pub use bill::{Dirt, FEE_BP};

#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    #[arg(long, default_value = "127.0.0.1:8790")]
    pub listen: SocketAddr,
    /// What happened is appended here, and read again at the next start
    #[arg(long, default_value = "paysim.journal")]
    pub file: PathBuf,
    /// Who may have payments made
    #[arg(long, default_value = "PILEOPS-DEMO")]
    pub merchant: String,
    /// What calls, answers and notices are signed with
    #[arg(long, default_value = "paysim-demo-secret")]
    pub secret: String,
    /// Under which address the cashier is reached by phones [default: http://LISTEN]
    #[arg(long)]
    pub public: Option<String>,
    #[command(flatten)]
    pub moods: Moods,
}

/// How the channel misbehaves: each out of 100 payments or refunds, drawn by the seed and the number.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Moods {
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Notices that never arrive
    #[arg(long, default_value_t = 0)]
    pub lost_percent: i64,
    /// Notices that arrive three times
    #[arg(long, default_value_t = 0)]
    pub repeated_percent: i64,
    /// Payments that are paid, and told so, before their creation is answered
    #[arg(long, default_value_t = 0)]
    pub early_percent: i64,
    /// Payments for which money is taken twice, under one number of the merchant's
    #[arg(long, default_value_t = 0)]
    pub twice_percent: i64,
    /// Refunds that fail at first, and work when they are sent again
    #[arg(long, default_value_t = 0)]
    pub refused_percent: i64,
    /// Refunds that stay with the bank until somebody looks
    #[arg(long, default_value_t = 0)]
    pub stuck_percent: i64,
    /// Lines of the day's bill with dirt in them: left out, there twice, of another amount, day or fee, of nobody
    #[arg(long, default_value_t = 0)]
    pub dirt_percent: i64,
    /// Minutes after midnight at which the day's bill is there
    #[arg(long, default_value_t = 0)]
    pub bill_late_minutes: i64,
    /// Milliseconds until an answer
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
    /// Milliseconds until a refund is done
    #[arg(long, default_value_t = 1_500)]
    pub refund_ms: i64,
}

impl Moods {
    /// Whether this number has drawn this mood.
    fn drawn(&self, what: &str, no: &str, percent: i64) -> bool {
        percent > 0 && Random::named(self.seed, &format!("{what}/{no}")).between(1, 100) <= percent
    }
}

pub struct Channel {
    options: Options,
    clock: Clock,
    base: String,
    book: Mutex<Book>,
}

/// Serves until the process ends.
pub async fn run(options: Options, clock: Clock) -> Result<(), String> {
    let listener =
        TcpListener::bind(options.listen).await.map_err(|e| format!("--listen {}: {e}", options.listen))?;
    let channel = open(options, clock)?;
    println!("pay channel listening on {}, merchant {}", channel.base, channel.options.merchant);
    serve(listener, channel).await
}

/// The channel behind its door, with what its journal knows.
pub fn open(options: Options, clock: Clock) -> Result<Arc<Channel>, String> {
    let base = options.public.clone().unwrap_or_else(|| format!("http://{}", options.listen));
    let base = base.trim_end_matches('/').to_owned();
    let book = Book::open(&options.file).map_err(|e| format!("--file {}: {e}", options.file.display()))?;
    Ok(Arc::new(Channel { options, clock, base, book: Mutex::new(book) }))
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, channel: Arc<Channel>) -> Result<(), String> {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let channel = Arc::clone(&channel);
                tokio::spawn(async move { door::talk(stream, |request| channel.answer(request)).await });
            }
            Err(error) => {
                eprintln!("accept: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Hexadecimal digits over the time, the path and the bytes.
fn signature(secret: &str, time: &str, path: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    for part in [time.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

impl Channel {
    pub fn url(&self) -> &str {
        &self.base
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn answer(self: Arc<Self>, request: Request) -> Answer {
        if let Some(token) = request.path.strip_prefix("/cashier/") {
            return self.cashier(&request.method, token);
        }
        if self.options.moods.latency_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.options.moods.latency_ms)).await;
        }
        let time = request.header("paysim-time").to_owned();
        let expected = signature(&self.options.secret, &time, &request.path, &request.body);
        let known = request.header("paysim-merchant") == self.options.merchant;
        let mut answer = if !known || request.header("paysim-signature") != expected {
            refused(401, "unknown merchant or wrong signature")
        } else {
            match serde_json::from_slice::<Value>(&request.body) {
                Ok(body) => self.api(&request.path, &body),
                Err(_) => refused(400, "no JSON"),
            }
        };
        let now = self.now().as_ms().to_string();
        let signed = signature(&self.options.secret, &now, &request.path, &answer.body);
        answer.headers = vec![("paysim-time", now), ("paysim-signature", signed)];
        answer
    }

    fn api(self: &Arc<Self>, path: &str, body: &Value) -> Answer {
        match path {
            "/v1/payments" => self.create(body),
            "/v1/payments/query" => Answer::json(200, &self.payment_told(&text(body, "no"))),
            "/v1/payments/close" => self.close(&text(body, "no")),
            "/v1/refunds" => self.refund(body),
            "/v1/refunds/query" => Answer::json(200, &self.refund_told(&text(body, "no"))),
            "/v1/bills" => Answer::json(200, &self.bill(number(body, "day"))),
            _ => refused(404, "no such path"),
        }
    }

    fn create(self: &Arc<Self>, body: &Value) -> Answer {
        let (no, amount_fen) = (text(body, "no"), number(body, "amount_fen"));
        if no.is_empty() || no.len() > 32 || amount_fen <= 0 {
            return refused(400, "a number of 1 to 32 characters and an amount above zero");
        }
        let known = self.book().payment(&no).cloned();
        let payment = match known {
            Some(known) if known.amount_fen != amount_fen => {
                return refused(409, "this number has another amount");
            }
            Some(known) => known,
            None => {
                let new = Payment {
                    token: format!("{:016x}", Random::named(self.options.moods.seed, &no).bits()),
                    no: no.clone(),
                    amount_fen,
                    subject: text(body, "subject"),
                    notify_url: text(body, "notify_url"),
                    expires_at_ms: number(body, "expires_at_ms"),
                    state: PaidState::Waiting,
                    channel_no: String::new(),
                    paid_at_ms: 0,
                };
                self.book().payment_put(new.clone());
                new
            }
        };
        let url = format!("{}/cashier/{}", self.base, payment.token);
        if self.options.moods.drawn("early", &no, self.options.moods.early_percent) {
            self.pay(&no);
        }
        Answer::json(200, &json!({"pay_url": url}))
    }

    fn payment_told(&self, no: &str) -> Value {
        match self.book().payment(no) {
            None => json!({"state": "absent"}),
            Some(one) => json!({"state": one.state.word(), "channel_no": one.channel_no,
                "amount_fen": one.amount_fen, "paid_at_ms": one.paid_at_ms}),
        }
    }

    fn close(&self, no: &str) -> Answer {
        let known = self.book().payment(no).cloned();
        match known {
            None => refused(404, "no such payment"),
            Some(one) if one.state == PaidState::Paid => refused(409, "it is paid"),
            Some(mut one) => {
                one.state = PaidState::Closed;
                self.book().payment_put(one);
                Answer::json(200, &json!({}))
            }
        }
    }

    /// Somebody pays: at the cashier, or by a mood. Whether they could.
    pub fn pay(self: &Arc<Self>, no: &str) -> bool {
        let now = self.now().as_ms();
        let known = self.book().payment(no).cloned();
        let Some(mut one) = known.filter(|one| one.state == PaidState::Waiting && now < one.expires_at_ms)
        else {
            return false;
        };
        one.state = PaidState::Paid;
        one.paid_at_ms = now;
        let mut book = self.book();
        one.channel_no = book.channel_no("42", now);
        book.payment_put(one.clone());
        drop(book);
        self.payment_notify(&one);
        let moods = &self.options.moods;
        if moods.drawn("twice", no, moods.twice_percent) {
            let mut book = self.book();
            one.channel_no = book.channel_no("42", now);
            book.twin_put(one.clone());
            drop(book);
            self.payment_notify(&one);
        }
        true
    }

    /// Notes what was paid before anybody could ask, as the history of a demo; the channel's number.
    pub fn paid_before(&self, no: &str, amount_fen: i64, subject: &str, at: Timestamp) -> String {
        let mut book = self.book();
        let channel_no = book.channel_no("42", at.as_ms());
        book.payment_put(Payment {
            token: format!("{:016x}", Random::named(self.options.moods.seed, no).bits()),
            no: no.to_owned(),
            amount_fen,
            subject: subject.to_owned(),
            notify_url: String::new(),
            expires_at_ms: at.as_ms(),
            state: PaidState::Paid,
            channel_no: channel_no.clone(),
            paid_at_ms: at.as_ms(),
        });
        channel_no
    }

    fn payment_notify(self: &Arc<Self>, one: &Payment) {
        let body = json!({"merchant": self.options.merchant, "kind": "payment", "no": one.no,
            "state": one.state.word(), "channel_no": one.channel_no, "amount_fen": one.amount_fen,
            "paid_at_ms": one.paid_at_ms});
        self.notify(&one.channel_no, &one.notify_url, &body);
    }

    fn refund(self: &Arc<Self>, body: &Value) -> Answer {
        let (no, fen) = (text(body, "no"), number(body, "amount_fen"));
        let known = self.book().refund(&no).cloned();
        if let Some(known) = &known
            && (known.amount_fen != fen || known.state != RefundedState::Failed)
        {
            return if known.amount_fen == fen {
                Answer::json(200, &self.refund_told(&no))
            } else {
                refused(409, "this number has another amount")
            };
        }
        let channel_no = text(body, "channel_no");
        let mut book = self.book();
        let Some(payment) = book.paid(&text(body, "payment_no"), &channel_no).cloned() else {
            return refused(404, "no such payment, or it is not paid");
        };
        if no.is_empty() || fen <= 0 || book.refunded_fen(&payment.channel_no) + fen > payment.amount_fen {
            return refused(422, "more than was paid");
        }
        let (now, moods) = (self.now().as_ms(), &self.options.moods);
        let again = known.is_some();
        let fails = !again && moods.drawn("refused", &no, moods.refused_percent);
        let one = Refund {
            payment_no: payment.no.clone(),
            payment_channel_no: payment.channel_no.clone(),
            amount_fen: fen,
            notify_url: text(body, "notify_url"),
            state: if fails { RefundedState::Failed } else { RefundedState::Processing },
            channel_no: book.channel_no("50", now),
            done_at_ms: now + moods.refund_ms,
            stuck: moods.drawn("stuck", &no, moods.stuck_percent),
            told: false,
            no: no.clone(),
        };
        book.refund_put(one.clone());
        drop(book);
        if !fails && !one.stuck {
            let (own, wait) = (Arc::clone(self), moods.refund_ms);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
                own.refund_end(&one.no);
            });
        }
        Answer::json(200, &self.refund_told(&no))
    }

    /// The bank has it: told once.
    fn refund_end(self: &Arc<Self>, no: &str) {
        let mut book = self.book();
        let Some(mut one) = book.refund(no).cloned().filter(|one| !one.told) else { return };
        (one.state, one.told) = (RefundedState::Done, true);
        if one.stuck {
            one.done_at_ms = self.now().as_ms();
        }
        book.refund_put(one.clone());
        drop(book);
        let body = json!({"merchant": self.options.merchant, "kind": "refund", "no": one.no, "state": "done",
            "channel_no": one.channel_no, "amount_fen": one.amount_fen, "ended_at_ms": one.done_at_ms});
        self.notify(&one.channel_no, &one.notify_url, &body);
    }

    /// Lets go of the refunds that are stuck; how many.
    pub fn unstick(self: &Arc<Self>) -> usize {
        let stuck = self.book().stuck();
        for no in &stuck {
            self.refund_end(no);
        }
        stuck.len()
    }

    fn refund_told(&self, no: &str) -> Value {
        let now = self.now().as_ms();
        let mut book = self.book();
        let Some(mut one) = book.refund(no).cloned() else { return json!({"state": "absent"}) };
        // The process may have been stopped while the bank worked.
        if one.state == RefundedState::Processing && !one.stuck && now >= one.done_at_ms {
            one.state = RefundedState::Done;
            book.refund_put(one.clone());
        }
        json!({"state": one.state.word(), "channel_no": one.channel_no, "amount_fen": one.amount_fen,
            "ended_at_ms": one.done_at_ms, "message": "银行账户异常，退款失败（模拟）"})
    }
}
