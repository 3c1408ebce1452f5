//! 互联方, and the lists of orders that they give of a day: a file that is checked as a whole first and taken when a
//! person has seen what it says.

use super::counter::{CounterBillSaid, bill_put, day_over, signed};
use crate::Engine;
use crate::audit::Actor;
use crate::order_import::row::{civil, decimal};
use crate::sheet::{SheetColumn, column};
use crate::site::{RowError, named, taken};
use model::id::{FleetId, OrderId};
use model::order::Order;
use model::reconciliation::{CounterLine, CounterSource, ReconciliationState};
use model::time::Zone;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::peers::{self, Peer};
use store::{Conn, DbResult, Tx, counter_bills};
use utoipa::ToSchema;

pub const PEER_ROWS_MAX: i64 = 50_000;
const COUNT_MAX: usize = 100;
const NAME_MAX: usize = 64;
const NOTE_MAX: usize = 200;
/// A peer's OperatorID is the nine of its organisation's code; some give their whole credit code.
const CODE_LENGTH: std::ops::RangeInclusive<usize> = 9..=18;
const NUMBER_MAX: usize = 64;

pub const PEER_COLUMNS: [SheetColumn; 5] = [
    column("their_no", "对方订单号", true, "395815801202607151030000001"),
    column("order_no", "我方订单号", false, "202607150000000042"),
    column("ended_at", "结束时间", true, "2026-07-15 11:00:00"),
    column("energy_kwh", "电量", true, "12.75"),
    column("amount_yuan", "金额", true, "17.85"),
];

/// The cells of a row in the order of [`PEER_COLUMNS`].
pub type PeerCells = [String; 5];

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeerDraft {
    pub name: String,
    /// Its OperatorID of T/CEC 102.
    pub code: String,
    /// The fleet under which its orders are kept here; null: they are known by its own lists alone.
    pub fleet_id: Option<i64>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeerChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub code: String,
    pub fleet_id: Option<i64>,
    pub note: Option<String>,
}

/// What a file says, and whether it was taken.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PeerBillReport {
    /// The bill that it has become; null: nothing was taken.
    pub counter_bill_id: Option<i64>,
    /// Rows that can be taken.
    pub good: i64,
    /// Of them, those whose order is known here by its number.
    pub known: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// One for each row that is wrong; nothing is taken when there is any.
    pub errors: Vec<RowError>,
}

/// A file as it was brought.
pub struct PeerFile {
    pub name: String,
    pub body: Vec<u8>,
    pub rows: Vec<(i64, PeerCells)>,
}

pub fn no_peer() -> Error {
    Error::not_found(
        "peer.not_found",
        "没有这个互联方，请刷新列表",
        "There is no such peer; load the list again.",
    )
}

fn code_checked(text: &str) -> Result<String> {
    let code = text.trim().to_ascii_uppercase();
    if CODE_LENGTH.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(code);
    }
    Err(Error::invalid(
        "code",
        "运营商代码应为 9 到 18 位数字或字母（组织机构代码或统一社会信用代码），请向对方核对",
        "The code has 9 to 18 digits or letters, those of its organisation's code; ask the peer.",
    ))
}

fn note_read(text: Option<&str>) -> Result<String> {
    let note = text.unwrap_or_default().trim();
    if note.chars().count() <= NOTE_MAX && !note.chars().any(char::is_control) {
        return Ok(note.to_owned());
    }
    Err(Error::invalid(
        "note",
        format!("备注最多 {NOTE_MAX} 个字，不含换行"),
        format!("A note has at most {NOTE_MAX} characters on one line."),
    ))
}

fn free(tx: &mut Tx<'_>, one: &Peer) -> Result<()> {
    for other in tx.read(peers::peer_list)?.into_iter().filter(|other| other.id != one.id) {
        if other.name == one.name {
            return Err(taken("name", "peer.exists", "互联方名称", "peer's name"));
        }
        if other.code == one.code {
            return Err(taken("code", "peer.exists", "运营商代码", "peer's code"));
        }
    }
    Ok(())
}

fn fleet_known(tx: &mut Tx<'_>, fleet: Option<i64>) -> Result<()> {
    let Some(id) = fleet else { return Ok(()) };
    if tx.read(|conn| store::fleets::get(conn, FleetId(id)))?.is_some() {
        return Ok(());
    }
    Err(Error::invalid(
        "fleet_id",
        "没有这个车队，请从列表中重新选择",
        "There is no such fleet; choose one from the list.",
    ))
}

fn told(one: &Peer) -> serde_json::Value {
    json!({"name": one.name, "code": one.code, "fleet_id": one.fleet_id, "note": one.note})
}

fn number_checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.len() <= NUMBER_MAX && text.chars().all(|c| c.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        format!("订单号最多 {NUMBER_MAX} 个字母、数字或符号，不含空格"),
        format!("A number has at most {NUMBER_MAX} letters, digits or signs, without spaces."),
    ))
}

/// What one row says.
fn line(line_no: i64, cells: &PeerCells, (day, zone): (i64, &Zone)) -> Result<CounterLine> {
    let [their_no, own_no, ended_at, energy, amount] = cells;
    let their_no = number_checked("their_no", their_no)?;
    if their_no.is_empty() {
        return Err(Error::invalid("their_no", "请填写对方订单号", "Give the peer's number of the order."));
    }
    let own_no = number_checked("order_no", own_no)?;
    let at = civil(ended_at.trim()).and_then(|(year, month, date, ms)| zone.moment(year, month, date, ms));
    let at = at.filter(|at| zone.local(*at).day == day).ok_or_else(|| {
        Error::invalid(
            "ended_at",
            "结束时间应为对账日期当天的时间，如 2026-07-15 11:00:00",
            "The end is a time on the day of the list, like 2026-07-15 11:00:00.",
        )
    })?;
    let energy_dwh = decimal(energy.trim()).ok_or_else(|| {
        Error::invalid(
            "energy_kwh",
            "电量应为不小于 0 的数（kWh），最多四位小数",
            "The energy is a number of kWh with at most four decimals.",
        )
    })?;
    let fen = decimal(amount.trim()).filter(|e4| e4 % 100 == 0).map(|e4| e4 / 100).ok_or_else(|| {
        Error::invalid(
            "amount_yuan",
            "金额应为不小于 0 的数（元），最多两位小数",
            "The amount is a number of yuan with at most two decimals.",
        )
    })?;
    Ok(CounterLine {
        line_no,
        payment_no: own_no.clone(),
        own_no,
        their_no,
        fen,
        energy_dwh: Some(energy_dwh),
        at_ms: at.as_ms(),
        done: true,
        ..CounterLine::default()
    })
}

/// Finds the orders that the lines name by our numbers.
fn orders_found(conn: &mut Conn, lines: &mut [CounterLine]) -> DbResult<()> {
    for line in lines {
        let Some(id) = Order::id_of_number(&line.own_no) else { continue };
        if let Some(order) = store::orders::get(conn, id)? {
            let day = Zone::shanghai().local(order.created_at).day;
            if Order::number(OrderId(order.id.0), day) == line.own_no {
                line.order_id = Some(order.id.0);
            }
        }
    }
    Ok(())
}

/// Reads all rows; what is wrong with some of them.
fn read(rows: &[(i64, PeerCells)], day: i64) -> (Vec<CounterLine>, Vec<RowError>) {
    let (zone, mut lines, mut errors) = (Zone::shanghai(), Vec::new(), Vec::new());
    let mut orders: HashMap<String, i64> = HashMap::new();
    for (line_no, cells) in rows {
        let read = line(*line_no, cells, (day, &zone)).and_then(|line| {
            let before = orders.insert(line.own_no.clone(), *line_no).filter(|_| !line.own_no.is_empty());
            match before {
                None => Ok(line),
                Some(before) => Err(Error::invalid(
                    "order_no",
                    format!("我方订单号与第 {before} 行重复，一个订单只能对应一行"),
                    format!("Line {before} has the same number of ours; an order is in one line."),
                )),
            }
        });
        match read {
            Ok(line) => lines.push(line),
            Err(error) => errors.push(RowError {
                line: *line_no,
                field: error.field.as_ref().map(ToString::to_string),
                message: error.text,
            }),
        }
    }
    (lines, errors)
}

impl Engine {
    pub async fn peer_create(&self, actor: &Actor, draft: PeerDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let now = self.clock.now();
        let one = Peer {
            id: 0,
            name: named("name", &draft.name, NAME_MAX)?,
            code: code_checked(&draft.code)?,
            fleet_id: draft.fleet_id,
            fleet_name: None,
            note: note_read(draft.note.as_deref())?,
            version: 1,
            changed_at_ms: now.as_ms(),
            changed_by: actor.caller.name.clone(),
        };
        let actor = actor.clone();
        self.store
            .write(None, move |tx| {
                if tx.read(peers::peer_list)?.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "peer.too_many",
                        "互联方最多 100 个，请修改已有的",
                        "There are a hundred peers, the most there can be; change one of them.",
                    ));
                }
                free(tx, &one)?;
                fleet_known(tx, one.fleet_id)?;
                let id = peers::save(tx, &one)?;
                actor.record(tx, now, "peer_create", "peer", id, &json!({"after": told(&one)}))?;
                Ok(id)
            })
            .await
    }

    pub async fn peer_update(&self, actor: &Actor, id: i64, change: PeerChange) -> Result<()> {
        actor.must_be_platform()?;
        let (name, code) = (named("name", &change.name, NAME_MAX)?, code_checked(&change.code)?);
        let note = note_read(change.note.as_deref())?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| peers::find(conn, id))?.ok_or_else(no_peer)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "peer.version_differs",
                        "该互联方刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this peer. Look at it as it is now, then try again.",
                    ));
                }
                let after = Peer {
                    name: name.clone(),
                    code: code.clone(),
                    fleet_id: change.fleet_id,
                    note: note.clone(),
                    version: before.version + 1,
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                    ..before.clone()
                };
                free(tx, &after)?;
                fleet_known(tx, after.fleet_id)?;
                peers::save(tx, &after)?;
                let detail = json!({"before": told(&before), "after": told(&after)});
                actor.record(tx, now, "peer_update", "peer", id, &detail)
            })
            .await
    }

    /// Takes a peer's list of a day, all of it or nothing; `check`: only says what it would be.
    pub async fn peer_bill_import(
        &self,
        actor: &Actor,
        (peer, day): (i64, i64),
        file: PeerFile,
        check: bool,
    ) -> Result<PeerBillReport> {
        actor.must_be_platform()?;
        let now = self.clock.now();
        self.store.read(move |conn| peers::find(conn, peer)).await?.ok_or_else(no_peer)?;
        day_over(day, now)?;
        let (mut lines, errors) = read(&file.rows, day);
        let maker = (CounterSource::Peer, peer);
        let (known, mut lines) = self
            .store
            .read(move |conn| {
                orders_found(conn, &mut lines)?;
                Ok((counter_bills::of_day(conn, maker, day)?, lines))
            })
            .await?;
        if known.is_some_and(|row| row.state == ReconciliationState::Signed) {
            return Err(signed());
        }
        let orders: HashSet<i64> = lines.iter().filter_map(|line| line.order_id).collect();
        let mut report = PeerBillReport {
            counter_bill_id: None,
            good: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            known: i64::try_from(orders.len()).unwrap_or(i64::MAX),
            energy_dwh: lines.iter().filter_map(|line| line.energy_dwh).sum(),
            total_fen: lines.iter().map(|line| line.fen).sum(),
            errors,
        };
        if check || !report.errors.is_empty() {
            return Ok(report);
        }
        // The place in the file is that of the line; the bill's own order is kept.
        lines.sort_by_key(|line| line.line_no);
        let new = CounterBillSaid { file_name: file.name, body: file.body, lines }.kept();
        let (actor, detail) = (
            actor.clone(),
            json!({"peer_id": peer, "day": day, "file": new.file_name, "rows": report.good,
                "total_fen": report.total_fen}),
        );
        let id = self
            .store
            .write(None, move |tx| {
                let id = bill_put(tx, (maker, None), day, (&new, now))?;
                actor.record(tx, now, "peer_bill_import", "counter_bill", id, &detail)?;
                Ok(id)
            })
            .await?;
        self.counter_bill_judge(id).await?;
        report.counter_bill_id = Some(id);
        Ok(report)
    }
}
