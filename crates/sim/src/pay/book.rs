//! The channel's own book: in memory, and a line of a journal for each change.

use super::bill::{BillRow, fee_fen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidState {
    Waiting,
    Paid,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundedState {
    Processing,
    Done,
    Failed,
}

impl PaidState {
    pub fn word(self) -> &'static str {
        match self {
            PaidState::Waiting => "waiting",
            PaidState::Paid => "paid",
            PaidState::Closed => "closed",
        }
    }
}

impl RefundedState {
    pub fn word(self) -> &'static str {
        match self {
            RefundedState::Processing => "processing",
            RefundedState::Done => "done",
            RefundedState::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub no: String,
    /// Of the cashier's page.
    pub token: String,
    pub amount_fen: i64,
    pub subject: String,
    pub notify_url: String,
    pub expires_at_ms: i64,
    pub state: PaidState,
    pub channel_no: String,
    pub paid_at_ms: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub no: String,
    pub payment_no: String,
    pub payment_channel_no: String,
    pub amount_fen: i64,
    pub notify_url: String,
    pub state: RefundedState,
    pub channel_no: String,
    pub done_at_ms: i64,
    pub stuck: bool,
    /// The merchant was called.
    pub told: bool,
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Payment(Payment),
    /// Money that was taken once more for a payment.
    Twin(Payment),
    Refund(Refund),
}

pub struct Book {
    journal: File,
    payments: BTreeMap<String, Payment>,
    twins: Vec<Payment>,
    refunds: BTreeMap<String, Refund>,
    numbers: u64,
}

impl Book {
    pub fn open(path: &Path) -> std::io::Result<Book> {
        let journal = OpenOptions::new().create(true).append(true).read(true).open(path)?;
        let (payments, refunds) = (BTreeMap::new(), BTreeMap::new());
        let mut book = Book { journal, payments, twins: Vec::new(), refunds, numbers: 0 };
        for line in BufReader::new(File::open(path)?).lines() {
            // The last line may be half of one.
            if let Ok(line) = serde_json::from_str(&line?) {
                book.keep(line);
                book.numbers += 1;
            }
        }
        Ok(book)
    }

    fn keep(&mut self, line: Line) {
        match line {
            Line::Payment(one) => drop(self.payments.insert(one.no.clone(), one)),
            Line::Twin(one) => self.twins.push(one),
            Line::Refund(one) => drop(self.refunds.insert(one.no.clone(), one)),
        }
    }

    fn put(&mut self, line: Line) {
        let text = serde_json::to_string(&line).unwrap_or_default();
        if let Err(why) = writeln!(self.journal, "{text}") {
            eprintln!("journal: {why}");
        }
        self.keep(line);
    }

    pub fn payment_put(&mut self, one: Payment) {
        self.put(Line::Payment(one));
    }

    pub fn twin_put(&mut self, one: Payment) {
        self.put(Line::Twin(one));
    }

    pub fn refund_put(&mut self, one: Refund) {
        self.put(Line::Refund(one));
    }

    pub fn payment(&self, no: &str) -> Option<&Payment> {
        self.payments.get(no)
    }

    pub fn by_token(&self, token: &str) -> Option<&Payment> {
        self.payments.values().find(|one| one.token == token)
    }

    pub fn refund(&self, no: &str) -> Option<&Refund> {
        self.refunds.get(no)
    }

    pub fn stuck(&self) -> Vec<String> {
        let stuck = |one: &&Refund| one.stuck && one.state == RefundedState::Processing;
        self.refunds.values().filter(stuck).map(|one| one.no.clone()).collect()
    }

    /// A payment by the channel's number, or by the merchant's where none is given.
    pub fn paid(&self, no: &str, channel_no: &str) -> Option<&Payment> {
        let paid = |one: &&Payment| one.state == PaidState::Paid;
        if channel_no.is_empty() {
            return self.payments.get(no).filter(paid);
        }
        self.payments.values().chain(&self.twins).filter(paid).find(|one| one.channel_no == channel_no)
    }

    /// What of a payment has gone back, or is on its way.
    pub fn refunded_fen(&self, payment_channel_no: &str) -> i64 {
        let of = |one: &&Refund| {
            one.payment_channel_no == payment_channel_no && one.state != RefundedState::Failed
        };
        self.refunds.values().filter(of).map(|one| one.amount_fen).sum()
    }

    /// A number of the channel's own, as long as those of real ones.
    pub fn channel_no(&mut self, begin: &str, now_ms: i64) -> String {
        self.numbers += 1;
        format!("{begin}{now_ms:014}{:012}", self.numbers)
    }

    /// What was paid and given back at these moments.
    pub fn rows(&self, of_day: impl Fn(&str, i64) -> bool) -> Vec<BillRow> {
        let paid = self.payments.values().chain(&self.twins);
        let paid = paid.filter(|one| one.state == PaidState::Paid && of_day(&one.channel_no, one.paid_at_ms));
        let payments = paid.map(|one| BillRow {
            kind: "payment",
            no: one.no.clone(),
            payment_no: one.no.clone(),
            channel_no: one.channel_no.clone(),
            amount_fen: one.amount_fen,
            fee_fen: fee_fen(one.amount_fen),
            at_ms: one.paid_at_ms,
            state: "paid",
        });
        let back = self.refunds.values();
        let back =
            back.filter(|one| one.state != RefundedState::Failed && of_day(&one.channel_no, one.done_at_ms));
        let refunds = back.map(|one| BillRow {
            kind: "refund",
            no: one.no.clone(),
            payment_no: one.payment_no.clone(),
            channel_no: one.channel_no.clone(),
            amount_fen: one.amount_fen,
            fee_fen: -fee_fen(one.amount_fen),
            at_ms: one.done_at_ms,
            state: one.state.word(),
        });
        payments.chain(refunds).collect()
    }
}
