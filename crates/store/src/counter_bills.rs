//! 对方账单: bills of days as pay channels and peers give them, their lines, and reading what is to be compared.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row, Value};
use crate::ids::Noun;
use crate::postings::NewPosting;
use model::Result;
use model::id::OperatorId;
use model::ledger::{AccountId, PostingCode};
use model::money::Fen;
use model::reconciliation::{
    CounterDifferenceKind, CounterEvidence, CounterFound, CounterLine, CounterSource, CounterSums,
    DifferenceState, ReconciliationState,
};
use model::time::Timestamp;

/// Lines that are written by one statement.
const LINES_AT_ONCE: usize = 200;

/// What is kept of a day, without its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterBillRow {
    pub id: i64,
    pub source: CounterSource,
    pub source_id: i64,
    pub operator: Option<i64>,
    pub day: i64,
    pub state: ReconciliationState,
    pub sums: CounterSums,
    /// What of the fees is in the postings, and in how many steps.
    pub fee_posted_fen: i64,
    pub fee_step: i64,
    pub open_count: i64,
    pub written_off_fen: i64,
    pub digest: Option<String>,
    pub fetched_at_ms: Option<i64>,
    pub tries: i64,
    pub next_at_ms: Option<i64>,
    pub ran_at_ms: Option<i64>,
    pub version: i64,
}

const ROW: &str = "id, source, source_id, operator_id, day, state, our_count, our_fen, our_energy_dwh, our_back_count, \
    our_back_fen, their_count, their_fen, their_energy_dwh, their_back_count, their_back_fen, fee_fen, fee_posted_fen, \
    fee_step, open_count, written_off_fen, digest, fetched_at_ms, tries, next_at_ms, ran_at_ms, version";

fn row_of(row: &Row<'_>) -> DbResult<CounterBillRow> {
    Ok(CounterBillRow {
        id: row.int(0)?,
        source: row.word(1, CounterSource::parse)?,
        source_id: row.int(2)?,
        operator: row.int_opt(3)?,
        day: row.int(4)?,
        state: row.word(5, ReconciliationState::parse)?,
        sums: CounterSums {
            our_count: row.int(6)?,
            our_fen: row.int(7)?,
            our_energy_dwh: row.int(8)?,
            our_back_count: row.int(9)?,
            our_back_fen: row.int(10)?,
            their_count: row.int(11)?,
            their_fen: row.int(12)?,
            their_energy_dwh: row.int(13)?,
            their_back_count: row.int(14)?,
            their_back_fen: row.int(15)?,
            fee_fen: row.int(16)?,
        },
        fee_posted_fen: row.int(17)?,
        fee_step: row.int(18)?,
        open_count: row.int(19)?,
        written_off_fen: row.int(20)?,
        digest: row.text_opt(21)?,
        fetched_at_ms: row.int_opt(22)?,
        tries: row.int(23)?,
        next_at_ms: row.int_opt(24)?,
        ran_at_ms: row.int_opt(25)?,
        version: row.int(26)?,
    })
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<CounterBillRow>> {
    conn.find(&format!("SELECT {ROW} FROM counter_bill WHERE id = $1"), &[id.into()], row_of)
}

/// Who has made a bill.
pub type Maker = (CounterSource, i64);

pub fn of_day(conn: &mut Conn, (source, id): Maker, day: i64) -> DbResult<Option<CounterBillRow>> {
    let sql = format!("SELECT {ROW} FROM counter_bill WHERE day = $1 AND source = $2 AND source_id = $3");
    conn.find(&sql, &[day.into(), source.as_str().into(), id.into()], row_of)
}

/// Of a source since a day, whatever became of them.
pub fn since(conn: &mut Conn, (source, id): Maker, day: i64) -> DbResult<Vec<CounterBillRow>> {
    let sql = format!(
        "SELECT {ROW} FROM counter_bill WHERE source = $1 AND source_id = $2 AND day >= $3 ORDER BY day"
    );
    conn.query(&sql, &[source.as_str().into(), id.into(), day.into()], row_of)
}

/// Bills that are here and that nobody has signed off yet.
pub fn unsigned_since(conn: &mut Conn, day: i64) -> DbResult<Vec<CounterBillRow>> {
    let sql = format!(
        "SELECT {ROW} FROM counter_bill WHERE day >= $1 AND state <> 'signed' AND fetched_at_ms IS NOT NULL \
         ORDER BY source, source_id, day"
    );
    conn.query(&sql, &[day.into()], row_of)
}

/// When somebody wanted to pay at a channel for the first time.
pub fn first_payment_ms(conn: &mut Conn, pay_channel: i64) -> DbResult<Option<i64>> {
    let sql = "SELECT MIN(created_at_ms) FROM payment WHERE pay_channel_id = $1";
    conn.one(sql, &[pay_channel.into()], |row| row.int_opt(0))
}

/// The file as it came, under its name.
pub fn file(conn: &mut Conn, id: i64) -> DbResult<Option<(String, Vec<u8>)>> {
    let sql = "SELECT file_name, body FROM counter_bill WHERE id = $1 AND body IS NOT NULL";
    conn.find(sql, &[id.into()], |row| Ok((row.text(0)?, row.bytes(1)?)))
}

/// A day of a channel for which nothing is kept yet.
pub fn insert(
    tx: &mut Tx<'_>,
    ((source, source_id), operator): (Maker, Option<i64>),
    day: i64,
) -> Result<CounterBillRow> {
    let id = tx.next_id(Noun::CounterBill)?;
    tx.execute(
        "INSERT INTO counter_bill (id, source, source_id, operator_id, day, state, our_count, our_fen, our_energy_dwh, \
         our_back_count, our_back_fen, their_count, their_fen, their_energy_dwh, their_back_count, their_back_fen, \
         fee_fen, fee_posted_fen, fee_step, difference_count, open_count, written_off_fen, tries, reason, version) \
         VALUES ($1, $2, $3, $4, $5, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', 1)",
        &[id.into(), source.as_str().into(), source_id.into(), operator.into(), day.into()],
    )?;
    tx.changed(Change::Noun("counter_bill"));
    tx.read(|conn| find(conn, id))?.ok_or_else(model::Error::internal)
}

/// It was asked for and did not come.
pub fn tried(tx: &mut Tx<'_>, id: i64, message: &str, next: Option<Timestamp>) -> Result<()> {
    tx.execute(
        "UPDATE counter_bill SET tries = tries + 1, message = $1, next_at_ms = $2 WHERE id = $3",
        &[message.into(), next.map(Timestamp::as_ms).into(), id.into()],
    )?;
    tx.changed(Change::Noun("counter_bill"));
    Ok(())
}

/// A bill as it came.
#[derive(Clone, Debug)]
pub struct NewCounterBill {
    pub file_name: String,
    /// SHA-256 of the body.
    pub digest: String,
    pub body: Vec<u8>,
    pub lines: Vec<CounterLine>,
}

/// Puts a bill in the place of the one that was kept: its lines are there once.
pub fn take(tx: &mut Tx<'_>, row: &CounterBillRow, new: &NewCounterBill, now: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM counter_line WHERE counter_bill_id = $1", &[row.id.into()])?;
    for lines in new.lines.chunks(LINES_AT_ONCE) {
        lines_insert(tx, row, lines)?;
    }
    tx.execute(
        "UPDATE counter_bill SET file_name = $1, digest = $2, body = $3, fetched_at_ms = $4, tries = tries + 1, \
         message = NULL, next_at_ms = NULL, version = version + 1 WHERE id = $5",
        &[
            (&new.file_name).into(),
            (&new.digest).into(),
            new.body.as_slice().into(),
            now.as_ms().into(),
            row.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("counter_bill"));
    Ok(())
}

fn lines_insert(tx: &mut Tx<'_>, row: &CounterBillRow, lines: &[CounterLine]) -> Result<()> {
    const COLUMNS: usize = 16;
    let mut values: Vec<Value<'_>> = Vec::with_capacity(lines.len() * COLUMNS);
    for line in lines {
        values.extend([
            tx.next_id(Noun::CounterLine)?.into(),
            row.id.into(),
            row.source.as_str().into(),
            row.source_id.into(),
            row.day.into(),
            line.line_no.into(),
            line.is_refund.into(),
            (&line.own_no).into(),
            (&line.payment_no).into(),
            (&line.their_no).into(),
            line.fen.into(),
            line.energy_dwh.into(),
            line.fee_fen.into(),
            line.at_ms.into(),
            line.done.into(),
            line.order_id.into(),
        ]);
    }
    let place = |at: usize| {
        let marks: Vec<String> = (1..=COLUMNS).map(|n| format!("${}", at * COLUMNS + n)).collect();
        format!("({})", marks.join(", "))
    };
    let places: Vec<String> = (0..lines.len()).map(place).collect();
    let sql = format!(
        "INSERT INTO counter_line (id, counter_bill_id, source, source_id, day, line_no, is_refund, own_no, payment_no, \
         their_no, fen, energy_dwh, fee_fen, at_ms, done, order_id) VALUES {}",
        places.join(", ")
    );
    tx.execute(&sql, &values).map(drop)
}

/// The lines of a bill, in its order.
pub fn lines(conn: &mut Conn, id: i64) -> DbResult<Vec<CounterLine>> {
    let sql = "SELECT l.line_no, l.is_refund, l.own_no, l.payment_no, l.their_no, l.fen, l.fee_fen, l.at_ms, l.done, \
        EXISTS (SELECT 1 FROM counter_line e WHERE e.source = l.source AND e.source_id = l.source_id \
        AND e.their_no = l.their_no AND e.is_refund = l.is_refund AND e.day < l.day), \
        EXISTS (SELECT 1 FROM payment p WHERE p.no = l.payment_no AND p.pay_channel_id = l.source_id \
        AND l.source = 'pay_channel' AND p.state = 'paid'), l.energy_dwh, l.order_id FROM counter_line l WHERE l.counter_bill_id = $1 ORDER BY l.line_no";
    conn.query(sql, &[id.into()], |row| {
        Ok(CounterLine {
            line_no: row.int(0)?,
            is_refund: row.bool(1)?,
            own_no: row.text(2)?,
            payment_no: row.text(3)?,
            their_no: row.text(4)?,
            fen: row.int(5)?,
            fee_fen: row.int_opt(6)?,
            at_ms: row.int(7)?,
            done: row.bool(8)?,
            repeated: row.bool(9)?,
            payment_known: row.bool(10)?,
            energy_dwh: row.int_opt(11)?,
            order_id: row.int_opt(12)?,
        })
    })
}

/// Writes what a run has added up, and posts what the fees have changed by.
pub fn ran(tx: &mut Tx<'_>, row: &CounterBillRow, sums: &CounterSums, now: Timestamp) -> Result<()> {
    let step = sums.fee_fen - row.fee_posted_fen;
    if step != 0 {
        let (fee, withheld) = (AccountId::channel_fee(row.source_id), AccountId::withheld(row.source_id));
        let (debit, credit) = if step > 0 { (fee, withheld) } else { (withheld, fee) };
        tx.posting_append(&NewPosting {
            debit,
            credit,
            fen: Fen(step.abs()),
            code: PostingCode::ChannelFee,
            key: &format!("channel_fee/{}/{}/{}", row.source_id, row.day, row.fee_step + 1),
            order: None,
            operator: row.operator.map(OperatorId),
            at: now,
            staff: None,
            reason: "",
        })?;
    }
    tx.execute(
        "UPDATE counter_bill SET our_count = $1, our_fen = $2, our_energy_dwh = $3, our_back_count = $4, \
         our_back_fen = $5, their_count = $6, their_fen = $7, their_energy_dwh = $8, their_back_count = $9, \
         their_back_fen = $10, fee_fen = $11, fee_posted_fen = $12, fee_step = $13, ran_at_ms = $14, \
         version = version + 1 WHERE id = $15",
        &[
            sums.our_count.into(),
            sums.our_fen.into(),
            sums.our_energy_dwh.into(),
            sums.our_back_count.into(),
            sums.our_back_fen.into(),
            sums.their_count.into(),
            sums.their_fen.into(),
            sums.their_energy_dwh.into(),
            sums.their_back_count.into(),
            sums.their_back_fen.into(),
            sums.fee_fen.into(),
            sums.fee_fen.into(),
            (row.fee_step + i64::from(step != 0)).into(),
            now.as_ms().into(),
            row.id.into(),
        ],
    )?;
    tx.changed(Change::Noun("counter_bill"));
    Ok(())
}

/// A difference as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterDifferenceRow {
    pub id: i64,
    pub counter_bill: i64,
    pub key: String,
    pub kind: CounterDifferenceKind,
    pub order_id: Option<i64>,
    pub energy_dwh: i64,
    pub amount_fen: i64,
    pub state: DifferenceState,
    pub note: String,
    pub version: i64,
}

const DIFFERENCE: &str =
    "id, counter_bill_id, difference_key, kind, order_id, energy_dwh, amount_fen, state, note, version";

fn difference(row: &Row<'_>) -> DbResult<CounterDifferenceRow> {
    Ok(CounterDifferenceRow {
        id: row.int(0)?,
        counter_bill: row.int(1)?,
        key: row.text(2)?,
        kind: row.word(3, CounterDifferenceKind::parse)?,
        order_id: row.int_opt(4)?,
        energy_dwh: row.int(5)?,
        amount_fen: row.int(6)?,
        state: row.word(7, DifferenceState::parse)?,
        note: row.text(8)?,
        version: row.int(9)?,
    })
}

pub fn difference_find(conn: &mut Conn, id: i64) -> DbResult<Option<CounterDifferenceRow>> {
    conn.find(&format!("SELECT {DIFFERENCE} FROM counter_difference WHERE id = $1"), &[id.into()], difference)
}

pub fn differences_of(conn: &mut Conn, bill: i64) -> DbResult<Vec<CounterDifferenceRow>> {
    let sql = format!("SELECT {DIFFERENCE} FROM counter_difference WHERE counter_bill_id = $1 ORDER BY id");
    conn.query(&sql, &[bill.into()], difference)
}

pub fn difference_insert(
    tx: &mut Tx<'_>,
    of: &CounterBillRow,
    new: &CounterFound,
    state: DifferenceState,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Noun::CounterDifference)?;
    let of_channel = of.source == CounterSource::PayChannel;
    let ours = |channel, is_refund| {
        let one = new.evidence.ours.as_ref().filter(|one| one.is_refund == is_refund);
        one.filter(|_| of_channel == channel).map(|one| one.id)
    };
    tx.execute(
        "INSERT INTO counter_difference (id, counter_bill_id, source, source_id, operator_id, day, kind, difference_key, \
         payment_id, refund_id, order_id, energy_dwh, amount_fen, evidence, state, note, found_at_ms, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', $16, 1)",
        &[
            id.into(),
            of.id.into(),
            of.source.as_str().into(),
            of.source_id.into(),
            of.operator.into(),
            of.day.into(),
            new.kind.as_str().into(),
            (&new.key).into(),
            ours(true, false).into(),
            ours(true, true).into(),
            ours(false, false).into(),
            new.energy_dwh.into(),
            new.amount_fen.into(),
            written(&new.evidence)?.into(),
            state.as_str().into(),
            now.as_ms().into(),
        ],
    )
    .map(drop)
}

/// The same difference as a later run sees it.
pub fn difference_refresh(
    tx: &mut Tx<'_>,
    id: i64,
    new: &CounterFound,
    state: DifferenceState,
) -> Result<()> {
    tx.execute(
        "UPDATE counter_difference SET energy_dwh = $1, amount_fen = $2, evidence = $3, state = $4, \
         version = version + 1 WHERE id = $5",
        &[
            new.energy_dwh.into(),
            new.amount_fen.into(),
            written(&new.evidence)?.into(),
            state.as_str().into(),
            id.into(),
        ],
    )
    .map(drop)
}

fn written(evidence: &CounterEvidence) -> Result<String> {
    serde_json::to_string(evidence).map_err(|_| model::Error::internal())
}

pub(crate) fn evidence_read(text: &str) -> DbResult<CounterEvidence> {
    serde_json::from_str(text).map_err(|why| {
        DbError::Fault(format!("the evidence of a difference between a bill of theirs and our books: {why}"))
    })
}
