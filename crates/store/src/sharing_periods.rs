//! 分账期, with its statements and lines: written whole by every trial, and never again once it is closed.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::Filter;
use crate::ids::Noun;
use crate::payees::sharing_scope;
use crate::sharing_rules;
use model::Result;
use model::access::Scope;
use model::id::OperatorId;
use model::sharing::{Earned, Part, SharingCycle, SharingPeriodState, SharingStatementState};
use model::time::Timestamp;

/// What a period is known by, and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingPeriod {
    pub id: i64,
    pub operator: OperatorId,
    pub cycle: SharingCycle,
    pub from_day: i64,
    pub to_day: i64,
    pub state: SharingPeriodState,
    pub earned: Earned,
    pub shared_fen: i64,
    pub rest_fen: i64,
    pub adjusted_fen: i64,
    pub adjusted_count: i64,
    pub made_at_ms: i64,
    pub made_count: i64,
    pub version: i64,
}

/// What a rule comes to at a station, of the orders of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingLine {
    /// Whose orders; 0: those of the period itself.
    pub about_period: i64,
    pub station: i64,
    pub part: Part,
    /// What it was in the trial before.
    pub before_fen: Option<i64>,
}

impl SharingLine {
    /// The same in every trial.
    pub fn key(&self) -> (i64, i64, i64) {
        (self.about_period, self.station, self.part.rule)
    }
}

/// What a payee gets of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharingStatement {
    pub id: i64,
    pub period: i64,
    pub operator: OperatorId,
    pub payee: i64,
    pub state: SharingStatementState,
    pub shared_fen: i64,
    pub adjusted_fen: i64,
    pub carried_fen: i64,
    pub payable_fen: i64,
    pub before_fen: Option<i64>,
    pub reference: Option<String>,
    pub version: i64,
}

const PERIOD: &str = "t.id, t.operator_id, t.cycle, t.from_day, t.to_day, t.state, t.order_count, t.energy_dwh, \
    t.electricity_fen, t.service_fen, t.shared_fen, t.rest_fen, t.adjusted_fen, t.adjusted_count, t.made_at_ms, \
    t.made_count, t.version";

fn period(row: &Row<'_>) -> DbResult<SharingPeriod> {
    Ok(SharingPeriod {
        id: row.int(0)?,
        operator: OperatorId(row.int(1)?),
        cycle: row.word(2, SharingCycle::parse)?,
        from_day: row.int(3)?,
        to_day: row.int(4)?,
        state: row.word(5, SharingPeriodState::parse)?,
        earned: Earned {
            order_count: row.int(6)?,
            energy_dwh: row.int(7)?,
            electricity_fen: row.int(8)?,
            service_fen: row.int(9)?,
        },
        shared_fen: row.int(10)?,
        rest_fen: row.int(11)?,
        adjusted_fen: row.int(12)?,
        adjusted_count: row.int(13)?,
        made_at_ms: row.int(14)?,
        made_count: row.int(15)?,
        version: row.int(16)?,
    })
}

pub fn find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SharingPeriod>> {
    let mut filter = Filter::new();
    filter.and_value("t.id = ?", id);
    sharing_scope(&mut filter, "t.operator_id", scope);
    conn.find(&format!("SELECT {PERIOD} FROM sharing_period t {}", filter.sql()), &filter.values, period)
}

pub fn of_days(
    conn: &mut Conn,
    operator: OperatorId,
    (from_day, to_day): (i64, i64),
) -> DbResult<Option<SharingPeriod>> {
    let sql = format!(
        "SELECT {PERIOD} FROM sharing_period t WHERE t.operator_id = $1 AND t.from_day = $2 AND t.to_day = $3"
    );
    conn.find(&sql, &[operator.0.into(), from_day.into(), to_day.into()], period)
}

/// The closed ones of an operator whose last day is not before this one, the earliest first.
pub fn closed(conn: &mut Conn, operator: OperatorId, since_day: i64) -> DbResult<Vec<SharingPeriod>> {
    let sql = format!(
        "SELECT {PERIOD} FROM sharing_period t WHERE t.operator_id = $1 AND t.to_day >= $2 AND t.state = 'closed' \
         ORDER BY t.from_day"
    );
    conn.query(&sql, &[operator.0.into(), since_day.into()], period)
}

/// The last that was closed, or is about to be.
pub fn last_closed(
    conn: &mut Conn,
    operator: OperatorId,
    or_proposed: bool,
) -> DbResult<Option<SharingPeriod>> {
    let states = if or_proposed { "('closed', 'proposed')" } else { "('closed')" };
    let sql = format!(
        "SELECT {PERIOD} FROM sharing_period t WHERE t.operator_id = $1 AND t.state IN {states} \
         ORDER BY t.to_day DESC LIMIT 1"
    );
    conn.find(&sql, &[operator.0.into()], period)
}

/// Closed ones of everybody, after this id, for being proved.
pub fn closed_after(conn: &mut Conn, after: i64, limit: i64) -> DbResult<Vec<SharingPeriod>> {
    let sql = format!(
        "SELECT {PERIOD} FROM sharing_period t WHERE t.id > $1 AND t.state = 'closed' ORDER BY t.id LIMIT $2"
    );
    conn.query(&sql, &[after.into(), limit.into()], period)
}

const LINE: &str = "l.about_period_id, l.station_id, l.rule_id, l.payee_id, l.basis, l.rate, l.deduction, l.fee_rate, \
    l.cost_price, l.from_day, l.to_day, l.energy_dwh, l.basis_fen, l.share_fen, l.before_fen";

fn line(row: &Row<'_>, own: i64) -> DbResult<SharingLine> {
    let about = row.int(0)?;
    Ok(SharingLine {
        about_period: if about == own { 0 } else { about },
        station: row.int(1)?,
        part: Part {
            rule: row.int(2)?,
            payee: row.int(3)?,
            terms: sharing_rules::terms(row, 4)?,
            from_day: row.int(9)?,
            to_day: row.int(10)?,
            energy_dwh: row.int(11)?,
            basis_fen: row.int(12)?,
            share_fen: row.int(13)?,
        },
        before_fen: row.int_opt(14)?,
    })
}

pub fn lines(conn: &mut Conn, period: i64) -> DbResult<Vec<SharingLine>> {
    let sql = format!(
        "SELECT {LINE} FROM sharing_line l WHERE l.period_id = $1 ORDER BY l.about_period_id, l.station_id, l.rule_id"
    );
    conn.query(&sql, &[period.into()], |row| line(row, period))
}

/// What payees were given of the orders of a closed period at a station, by everything that is closed, rule by rule.
pub fn given(conn: &mut Conn, about: i64, station: i64) -> DbResult<Vec<Part>> {
    let sql = format!(
        "SELECT {LINE} FROM sharing_line l JOIN sharing_period t ON t.id = l.period_id WHERE l.about_period_id = $1 \
         AND l.station_id = $2 AND t.state = 'closed' ORDER BY l.period_id, l.rule_id"
    );
    let mut parts: Vec<Part> = Vec::new();
    for one in conn.query(&sql, &[about.into(), station.into()], |row| Ok(line(row, 0)?.part))? {
        match parts.iter_mut().find(|known| known.rule == one.rule) {
            Some(known) => {
                known.energy_dwh += one.energy_dwh;
                known.basis_fen += one.basis_fen;
                known.share_fen += one.share_fen;
            }
            None => parts.push(one),
        }
    }
    Ok(parts)
}

const STATEMENT: &str = "b.id, b.period_id, b.operator_id, b.payee_id, b.state, b.shared_fen, b.adjusted_fen, \
    b.carried_fen, b.payable_fen, b.before_fen, b.reference, b.version";

fn statement(row: &Row<'_>) -> DbResult<SharingStatement> {
    Ok(SharingStatement {
        id: row.int(0)?,
        period: row.int(1)?,
        operator: OperatorId(row.int(2)?),
        payee: row.int(3)?,
        state: row.word(4, SharingStatementState::parse)?,
        shared_fen: row.int(5)?,
        adjusted_fen: row.int(6)?,
        carried_fen: row.int(7)?,
        payable_fen: row.int(8)?,
        before_fen: row.int_opt(9)?,
        reference: row.text_opt(10)?,
        version: row.int(11)?,
    })
}

pub fn statements(conn: &mut Conn, period: i64) -> DbResult<Vec<SharingStatement>> {
    let sql =
        format!("SELECT {STATEMENT} FROM sharing_statement b WHERE b.period_id = $1 ORDER BY b.payee_id");
    conn.query(&sql, &[period.into()], statement)
}

pub fn statement_find(conn: &mut Conn, scope: &Scope, id: i64) -> DbResult<Option<SharingStatement>> {
    let mut filter = Filter::new();
    filter.and_value("b.id = ?", id);
    sharing_scope(&mut filter, "b.operator_id", scope);
    let sql = format!("SELECT {STATEMENT} FROM sharing_statement b {}", filter.sql());
    conn.find(&sql, &filter.values, statement)
}

/// What payees of an operator had got too much when the last of their periods was closed, below zero.
pub fn carried(conn: &mut Conn, operator: OperatorId) -> DbResult<Vec<(i64, i64)>> {
    let sql = "SELECT b.payee_id, b.payable_fen FROM sharing_statement b JOIN sharing_period t ON t.id = b.period_id \
               WHERE b.operator_id = $1 AND t.state = 'closed' AND b.payable_fen < 0 AND NOT EXISTS \
               (SELECT 1 FROM sharing_statement n JOIN sharing_period u ON u.id = n.period_id \
               WHERE n.payee_id = b.payee_id AND u.state = 'closed' AND u.to_day > t.to_day) ORDER BY b.payee_id";
    conn.query(sql, &[operator.0.into()], |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Writes a trial whole, in the place of the one before.
pub fn save(
    tx: &mut Tx<'_>,
    one: &SharingPeriod,
    lines: &[SharingLine],
    statements: &[SharingStatement],
    now: Timestamp,
) -> Result<i64> {
    let id = if one.id > 0 { one.id } else { tx.next_id(Noun::SharingPeriod)? };
    tx.execute(
        "INSERT INTO sharing_period (id, operator_id, cycle, from_day, to_day, state, order_count, energy_dwh, \
         electricity_fen, service_fen, shared_fen, rest_fen, adjusted_fen, adjusted_count, made_at_ms, made_count, \
         version) VALUES ($1, $2, $3, $4, $5, 'trial', $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, 1) \
         ON CONFLICT (id) DO UPDATE SET cycle = excluded.cycle, order_count = excluded.order_count, \
         energy_dwh = excluded.energy_dwh, electricity_fen = excluded.electricity_fen, \
         service_fen = excluded.service_fen, shared_fen = excluded.shared_fen, rest_fen = excluded.rest_fen, \
         adjusted_fen = excluded.adjusted_fen, adjusted_count = excluded.adjusted_count, \
         made_at_ms = excluded.made_at_ms, made_count = sharing_period.made_count + 1, \
         version = sharing_period.version + 1",
        &[
            id.into(),
            one.operator.0.into(),
            one.cycle.as_str().into(),
            one.from_day.into(),
            one.to_day.into(),
            one.earned.order_count.into(),
            one.earned.energy_dwh.into(),
            one.earned.electricity_fen.into(),
            one.earned.service_fen.into(),
            one.shared_fen.into(),
            one.rest_fen.into(),
            one.adjusted_fen.into(),
            one.adjusted_count.into(),
            now.as_ms().into(),
        ],
    )?;
    tx.execute("DELETE FROM sharing_line WHERE period_id = $1", &[id.into()])?;
    tx.execute("DELETE FROM sharing_statement WHERE period_id = $1", &[id.into()])?;
    for line in lines {
        line_insert(tx, id, one.operator, line)?;
    }
    for statement in statements {
        statement_insert(tx, id, statement)?;
    }
    tx.changed(Change::Noun("sharing_period"));
    Ok(id)
}

fn line_insert(tx: &mut Tx<'_>, period: i64, operator: OperatorId, one: &SharingLine) -> Result<()> {
    let id = tx.next_id(Noun::SharingLine)?;
    let (part, terms) = (&one.part, one.part.terms);
    let about = if one.about_period == 0 { period } else { one.about_period };
    tx.execute(
        "INSERT INTO sharing_line (id, period_id, about_period_id, operator_id, payee_id, station_id, rule_id, basis, \
         rate, deduction, fee_rate, cost_price, from_day, to_day, energy_dwh, basis_fen, share_fen, before_fen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        &[
            id.into(),
            period.into(),
            about.into(),
            operator.0.into(),
            part.payee.into(),
            one.station.into(),
            part.rule.into(),
            terms.basis.as_str().into(),
            terms.rate.into(),
            terms.deduction.as_str().into(),
            terms.fee_rate.into(),
            terms.cost_price.into(),
            part.from_day.into(),
            part.to_day.into(),
            part.energy_dwh.into(),
            part.basis_fen.into(),
            part.share_fen.into(),
            one.before_fen.into(),
        ],
    )
    .map(drop)
}

fn statement_insert(tx: &mut Tx<'_>, period: i64, one: &SharingStatement) -> Result<()> {
    let id = if one.id > 0 { one.id } else { tx.next_id(Noun::SharingStatement)? };
    tx.execute(
        "INSERT INTO sharing_statement (id, period_id, operator_id, payee_id, state, shared_fen, adjusted_fen, \
         carried_fen, payable_fen, before_fen, version) VALUES ($1, $2, $3, $4, 'trial', $5, $6, $7, $8, $9, $10)",
        &[
            id.into(),
            period.into(),
            one.operator.0.into(),
            one.payee.into(),
            one.shared_fen.into(),
            one.adjusted_fen.into(),
            one.carried_fen.into(),
            one.payable_fen.into(),
            one.before_fen.into(),
            (one.version + 1).into(),
        ],
    )
    .map(drop)
}

/// Whether it was so before: nothing is turned twice.
pub fn turn(tx: &mut Tx<'_>, id: i64, from: SharingPeriodState, to: SharingPeriodState) -> Result<bool> {
    let sql = "UPDATE sharing_period SET state = $1, version = version + 1 WHERE id = $2 AND state = $3";
    let turned = tx.execute(sql, &[to.as_str().into(), id.into(), from.as_str().into()])?;
    tx.changed(Change::Noun("sharing_period"));
    Ok(turned > 0)
}

/// Notes who has closed it, and takes away the trials of days that are closed with it.
pub fn close(tx: &mut Tx<'_>, one: &SharingPeriod, staff_name: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE sharing_period SET closed_by_name = $1, closed_at_ms = $2 WHERE id = $3",
        &[staff_name.into(), now.as_ms().into(), one.id.into()],
    )?;
    let stale =
        "(SELECT id FROM sharing_period WHERE operator_id = $1 AND state = 'trial' AND from_day <= $2)";
    for table in ["sharing_line", "sharing_statement"] {
        let sql = format!("DELETE FROM {table} WHERE period_id IN {stale}");
        tx.execute(&sql, &[one.operator.0.into(), one.to_day.into()])?;
    }
    let sql = "DELETE FROM sharing_period WHERE operator_id = $1 AND state = 'trial' AND from_day <= $2";
    tx.execute(sql, &[one.operator.0.into(), one.to_day.into()]).map(drop)
}

/// Whether it was so before.
pub fn statement_turn(
    tx: &mut Tx<'_>,
    id: i64,
    from: SharingStatementState,
    to: SharingStatementState,
) -> Result<bool> {
    let sql = "UPDATE sharing_statement SET state = $1, version = version + 1 WHERE id = $2 AND state = $3";
    let turned = tx.execute(sql, &[to.as_str().into(), id.into(), from.as_str().into()])?;
    tx.changed(Change::Noun("sharing_period"));
    Ok(turned > 0)
}

/// Notes how a statement was paid.
pub fn statement_paid(
    tx: &mut Tx<'_>,
    id: i64,
    (reference, staff_name): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE sharing_statement SET reference = $1, paid_by_name = $2, paid_at_ms = $3 WHERE id = $4";
    tx.execute(sql, &[reference.into(), staff_name.into(), now.as_ms().into(), id.into()]).map(drop)
}
