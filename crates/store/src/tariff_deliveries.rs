//! 计费模型下发: what was tried to bring each pile that keeps a tariff to the version that its station shows.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::pile_tariffs::TARIFF_ID;
use crate::tariff_today::{JOIN, MODEL_NO};
use model::Result;
use model::access::Scope;
use model::id::{CommandId, PileId, TariffId};
use model::tariff_plan::DeliveryState;
use model::time::Timestamp;

/// The connectors of `p` on which a car charges.
pub(crate) const CHARGES: &str = "EXISTS (SELECT 1 FROM connector k WHERE k.pile_id = p.id AND k.id > p.id * 1000 \
     AND k.id <= p.id * 1000 + 999 AND k.status IN ('charging', 'suspended_ev', 'suspended_evse'))";

/// `p` keeps a tariff of its own.
pub(crate) const KEEPS: &str = "p.protocol IN ('ykc1.5', 'ykc1.6', 'ocpp2.1') AND p.lifecycle <> 'retired'";

/// Attempts at one pile for one version.
#[derive(Clone, Debug, PartialEq)]
pub struct TariffDelivery {
    pub pile: PileId,
    /// Since when its station shows the version.
    pub from: Timestamp,
    pub tariff: TariffId,
    /// The number of its table that is wanted on that day.
    pub model_no: u16,
    pub state: DeliveryState,
    pub attempts: i64,
    pub next_try: Option<Timestamp>,
    pub command: Option<CommandId>,
    /// Why it has not come to that yet, as `{"zh":…,"en":…}`.
    pub message: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl TariffDelivery {
    pub fn new(pile: PileId, from: Timestamp, tariff: TariffId, model_no: u16) -> TariffDelivery {
        TariffDelivery {
            pile,
            from,
            tariff,
            model_no,
            state: DeliveryState::Waiting,
            attempts: 0,
            next_try: None,
            command: None,
            message: None,
            sent_at: None,
            ended_at: None,
        }
    }
}

fn delivery_where(
    conn: &mut Conn,
    condition: &str,
    values: &[crate::db::Value<'_>],
) -> DbResult<Option<TariffDelivery>> {
    // What was tried before there were kinds of days was for all days.
    let sql = format!(
        "SELECT d.pile_id, d.from_ms, d.tariff_id, d.state, d.attempts, d.next_try_ms, d.command_id, d.message, \
         d.sent_at_ms, d.ended_at_ms, COALESCE(d.model_no, t.model_no, 0) FROM tariff_delivery d \
         LEFT JOIN tariff t ON t.id = d.tariff_id WHERE {condition}"
    );
    conn.find(&sql, values, |row| {
        let time = |column| Ok(row.int_opt(column)?.map(Timestamp::from_ms));
        Ok(TariffDelivery {
            pile: PileId(row.int(0)?),
            from: Timestamp::from_ms(row.int(1)?),
            tariff: TariffId(row.int(2)?),
            model_no: u16::try_from(row.int(10)?).unwrap_or(0),
            state: row.word(3, DeliveryState::parse)?,
            attempts: row.int(4)?,
            next_try: time(5)?,
            command: row.int_opt(6)?.map(CommandId),
            message: row.text_opt(7)?,
            sent_at: time(8)?,
            ended_at: time(9)?,
        })
    })
}

pub fn get(conn: &mut Conn, pile: PileId, from: Timestamp) -> DbResult<Option<TariffDelivery>> {
    delivery_where(conn, "d.pile_id = $1 AND d.from_ms = $2", &[pile.0.into(), from.as_ms().into()])
}

/// The attempt that went out as this command.
pub fn of_command(conn: &mut Conn, pile: PileId, command: CommandId) -> DbResult<Option<TariffDelivery>> {
    delivery_where(conn, "d.pile_id = $1 AND d.command_id = $2", &[pile.0.into(), command.0.into()])
}

pub fn save(tx: &mut Tx<'_>, one: &TariffDelivery) -> Result<()> {
    tx.execute(
        "INSERT INTO tariff_delivery (pile_id, from_ms, tariff_id, state, attempts, next_try_ms, command_id, message, \
         sent_at_ms, ended_at_ms, model_no) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (pile_id, from_ms) DO UPDATE SET tariff_id = excluded.tariff_id, state = excluded.state, \
         attempts = excluded.attempts, next_try_ms = excluded.next_try_ms, command_id = excluded.command_id, \
         message = excluded.message, sent_at_ms = excluded.sent_at_ms, ended_at_ms = excluded.ended_at_ms, \
         model_no = excluded.model_no",
        &[
            one.pile.0.into(),
            one.from.as_ms().into(),
            one.tariff.0.into(),
            one.state.as_str().into(),
            one.attempts.into(),
            one.next_try.map(Timestamp::as_ms).into(),
            one.command.map(|id| id.0).into(),
            one.message.as_ref().into(),
            one.sent_at.map(Timestamp::as_ms).into(),
            one.ended_at.map(Timestamp::as_ms).into(),
            i64::from(one.model_no).into(),
        ],
    )?;
    tx.changed(Change::Noun("tariff_plan"));
    Ok(())
}

/// Most piles of one round; the next one follows in seconds.
const ROUND_MAX: i64 = 200;

/// A pile that has just logged in says by itself which tariff it has (0x05) and asks for the right one
/// (0x09): it is given this long before it is told.
const GRACE_MS: i64 = 30_000;

/// Since when the pile `p` has what it should have: its own, or what its station shows since `x`.
const FROM: &str = "(CASE WHEN p.tariff_id IS NULL THEN x.from_ms ELSE p.tariff_from_ms END)";

/// Connected and idle piles that have another version than their station shows and whose next try has
/// come, those that wait longest first.
pub fn due(conn: &mut Conn, now: Timestamp) -> DbResult<Vec<PileId>> {
    let sql = format!(
        "SELECT p.id FROM pile p JOIN station s ON s.id = p.station_id JOIN tariff t ON t.id = {TARIFF_ID} {JOIN} \
         LEFT JOIN (SELECT station_id, MAX(from_ms) AS from_ms FROM station_tariff GROUP BY station_id) x \
         ON x.station_id = s.id LEFT JOIN tariff_delivery d ON d.pile_id = p.id AND d.from_ms = {FROM} \
         WHERE p.online AND {KEEPS} AND COALESCE(p.tariff_model, -1) <> {MODEL_NO} \
         AND (d.pile_id IS NULL OR d.state = 'confirmed' OR (d.state <> 'sent' AND \
         COALESCE(d.model_no, t.model_no) <> {MODEL_NO}) OR (d.state <> 'sent' AND d.next_try_ms <= $1)) \
         AND (x.from_ms > p.tariff_told_ms OR p.tariff_from_ms > p.tariff_told_ms OR COALESCE(p.tariff_told_ms, p.connected_at_ms, 0) <= $2) \
         AND NOT {CHARGES} ORDER BY COALESCE(d.next_try_ms, 0), p.id LIMIT {ROUND_MAX}"
    );
    let values = [now.as_ms().into(), (now.as_ms() - GRACE_MS).into()];
    conn.query(&sql, &values, |row| Ok(PileId(row.int(0)?)))
}

/// Those of the piles of a plan that have not got its version although they could, in the caller's
/// sight; all of them where no codes are given.
pub fn retried(
    conn: &mut Conn,
    scope: &Scope,
    plan: i64,
    codes: Option<&[String]>,
) -> DbResult<Vec<(PileId, String)>> {
    let mut filter = Filter::new();
    filter.and_value("v.plan_id = ?", plan);
    filter.scope("p.operator_id", "p.station_id", scope);
    filter.and(KEEPS);
    filter.and("p.tariff_id IS NULL");
    filter.and(&format!("s.tariff_id = l.tariff_id AND COALESCE(p.tariff_model, -1) <> {MODEL_NO}"));
    if let Some(codes) = codes {
        let codes = filter.bind_all(codes.iter().cloned());
        filter.and(&format!("p.code IN ({codes})"));
    }
    let sql = format!(
        "SELECT p.id, p.code FROM tariff_plan_station v JOIN tariff_plan l ON l.id = v.plan_id \
         JOIN tariff t ON t.id = l.tariff_id JOIN station s ON s.id = v.station_id \
         JOIN pile p ON p.station_id = s.id {JOIN} {} ORDER BY p.id",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| Ok((PileId(row.int(0)?), row.text(1)?)))
}
