//! 补录: orders that the platform has lost, from a file. It is checked as a whole first and written when a
//! person has seen what would come of it; a file that comes twice adds nothing, and a batch can be
//! taken back.

pub mod row;

use crate::audit::Actor;
use crate::device::{PileBillPeriodRecord, PileBillRecord, counted};
use crate::{Engine, Rules};
use model::access::Scope;
use model::error::Text;
use model::id::{CustomerId, PileId, StationId, TariffId};
use model::order::Order;
use model::site::StationFacts;
use model::tariff::Bill;
use model::time::Timestamp;
use model::{Error, Result};
use row::{Against, Bay, Cells, LostOrder};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use store::imports::{self, ImportCounts, ImportFault, ImportPile, ImportState, OrderImport, Progress};
use store::{Conn, DbResult, TariffVersion, pile_tariffs};

/// Rows of a file: beyond it, it is to be split.
pub const ROWS_MAX: i64 = 200_000;
/// Faults that are shown on the page; the file of faults has all.
pub const FAULTS_SHOWN: usize = 100;
/// Orders that are taken back in one transaction.
const UNDO_STEP: i64 = 200;

/// A row that can be imported.
#[derive(Clone, Debug)]
pub struct Ready {
    order: Order,
    bill: Bill,
    record: String,
    note: String,
}

/// What is known of a file while it is read from its begin to its end.
pub struct Check {
    scope: Scope,
    now: Timestamp,
    tolerance_e4: i64,
    piles: HashMap<String, Option<Arc<ImportPile>>>,
    stations: HashMap<StationId, Arc<StationFacts>>,
    tariffs: HashMap<TariffId, Arc<TariffVersion>>,
    /// By phone number; how many there are where it is not one.
    customers: HashMap<String, std::result::Result<CustomerId, usize>>,
    sessions: HashSet<(PileId, String)>,
    spans: HashMap<Bay, BTreeMap<i64, i64>>,
    pub counts: ImportCounts,
    pub faults: Vec<ImportFault>,
}

/// What some rows have turned out to be.
#[derive(Default)]
pub struct Judged {
    pub ready: Vec<Ready>,
    pub faults: Vec<ImportFault>,
}

enum Verdict {
    Ready(Box<Ready>),
    Existing,
}

impl Check {
    /// On a connection, some rows at a time.
    pub fn rows(&mut self, conn: &mut Conn, rows: &[(i64, Cells)]) -> DbResult<Judged> {
        let mut judged = Judged::default();
        for (line, cells) in rows {
            self.counts.rows += 1;
            match self.row(conn, cells)? {
                Ok(Verdict::Ready(ready)) => {
                    self.counts.good += 1;
                    self.counts.energy_dwh += ready.order.energy.dwh();
                    self.counts.total_fen += ready.order.total.0;
                    judged.ready.push(*ready);
                }
                Ok(Verdict::Existing) => self.counts.existing += 1,
                Err(error) => self.fault(*line, &error, &mut judged),
            }
        }
        Ok(judged)
    }

    fn fault(&mut self, line: i64, error: &Error, judged: &mut Judged) {
        self.counts.bad += 1;
        let field = error.field.as_ref().map(ToString::to_string);
        let fault = ImportFault { line, field, message: error.text.clone() };
        if self.faults.len() < FAULTS_SHOWN {
            self.faults.push(fault.clone());
        }
        judged.faults.push(fault);
    }

    fn row(&mut self, conn: &mut Conn, cells: &Cells) -> DbResult<Result<Verdict>> {
        let lost = match LostOrder::read(cells) {
            Ok(lost) => lost,
            Err(error) => return Ok(Err(error)),
        };
        let Some(pile) = self.pile(conn, &lost.pile_code)? else {
            return Ok(Err(Error::invalid(
                "pile_code",
                format!("没有电桩编号为 {} 的桩，或不在您的数据范围内", lost.pile_code),
                format!("There is no pile {} in your scope.", lost.pile_code),
            )));
        };
        let session = lost.session.to_string();
        if store::orders::by_session(conn, pile.id, lost.session)?.is_some() {
            return Ok(Ok(Verdict::Existing));
        }
        if !self.sessions.insert((pile.id, session)) {
            return Ok(Err(twice(
                "session_key",
                "交易流水号在文件中重复，请保留一行",
                "The session key is twice in the file.",
            )));
        }
        let station = self.station(conn, pile.station)?;
        let (from, to) = match lost.span(&station.zone) {
            Ok(span) => span,
            Err(error) => return Ok(Err(error)),
        };
        let own = pile_tariffs::own_at(conn, pile.id, from)?;
        let Some(tariff_id) = own.or_else(|| station.tariff_at(from)) else {
            return Ok(Err(twice(
                "started_at",
                "当时充电站没有计费模型，无法计费",
                "The station had no tariff at that time.",
            )));
        };
        let tariff = self.tariff(conn, tariff_id)?;
        let (now, tolerance_e4) = (self.now, self.tolerance_e4);
        let table = tariff.calendar.table_at(&station.zone, from);
        let against = Against { pile: &pile, station: &station, tariff_id, tariff: table, now, tolerance_e4 };
        let bill = match lost.bill(&against) {
            Ok(bill) => bill,
            Err(error) => return Ok(Err(error)),
        };
        if let Some((_, other)) = imports::overlaps(conn, pile.id, i64::from(lost.connector), from, to, now)?
        {
            return Ok(Err(Error::invalid(
                "started_at",
                format!("这段时间内该枪已有订单 {other}，请检查时间"),
                format!("The connector has the order {other} in this time already; check the times."),
            )));
        }
        if !self.free((pile.id, lost.connector), from, to) {
            return Ok(Err(twice(
                "started_at",
                "与文件中另一行在同一枪上时间重叠，请检查时间",
                "It overlaps with another row on the same connector.",
            )));
        }
        let customer = match self.customer(conn, lost.phone.as_deref())? {
            Ok(customer) => customer,
            Err(error) => return Ok(Err(error)),
        };
        Ok(ready(&lost, &against, customer, bill).map(|ready| Verdict::Ready(Box::new(ready))))
    }

    /// Whose phone number that is, if the row has one.
    fn customer(&mut self, conn: &mut Conn, phone: Option<&str>) -> DbResult<Result<Option<CustomerId>>> {
        let Some(phone) = phone else { return Ok(Ok(None)) };
        let found = match self.customers.get(phone) {
            Some(known) => *known,
            None => {
                let found = match store::customers::by_phone(conn, phone)?.as_slice() {
                    [one] => Ok(one.id),
                    all => Err(all.len()),
                };
                self.customers.insert(phone.to_owned(), found);
                found
            }
        };
        Ok(found.map(Some).map_err(|many| match many {
            0 => twice(
                "customer_phone",
                "没有使用这个手机号的用户，请检查；不知道用户时可留空",
                "No customer has this phone number; leave it empty where the customer is not known.",
            ),
            _ => twice(
                "customer_phone",
                "有多位用户使用这个手机号，无法确定是谁；请留空，导入后再处理",
                "Several customers have this phone number; leave it empty.",
            ),
        }))
    }

    /// Takes the time of the connector, if no other row of the file has it.
    fn free(&mut self, bay: Bay, from: Timestamp, to: Timestamp) -> bool {
        let taken = self.spans.entry(bay).or_default();
        let before = taken.range(..to.as_ms()).next_back();
        if before.is_some_and(|(_, end)| *end > from.as_ms()) {
            return false;
        }
        taken.insert(from.as_ms(), to.as_ms());
        true
    }

    fn pile(&mut self, conn: &mut Conn, code: &str) -> DbResult<Option<Arc<ImportPile>>> {
        if let Some(known) = self.piles.get(code) {
            return Ok(known.clone());
        }
        let found = imports::pile(conn, &self.scope, code)?.map(Arc::new);
        self.piles.insert(code.to_owned(), found.clone());
        Ok(found)
    }

    fn station(&mut self, conn: &mut Conn, id: StationId) -> DbResult<Arc<StationFacts>> {
        if let Some(known) = self.stations.get(&id) {
            return Ok(Arc::clone(known));
        }
        let facts = Arc::new(store::stations::facts(conn, id)?);
        self.stations.insert(id, Arc::clone(&facts));
        Ok(facts)
    }

    fn tariff(&mut self, conn: &mut Conn, id: TariffId) -> DbResult<Arc<TariffVersion>> {
        if let Some(known) = self.tariffs.get(&id) {
            return Ok(Arc::clone(known));
        }
        let version = Arc::new(store::tariffs::version(conn, id)?);
        self.tariffs.insert(id, Arc::clone(&version));
        Ok(version)
    }

    pub fn progress(&self, message: Option<Text>) -> Progress {
        Progress { counts: self.counts, faults: self.faults.clone(), message }
    }
}

fn twice(field: &'static str, zh: &'static str, en: &'static str) -> Error {
    Error::invalid(field, zh, en)
}

fn ready(lost: &LostOrder, against: &Against<'_>, customer: Option<CustomerId>, bill: Bill) -> Result<Ready> {
    let order = lost.order(against, customer, &bill)?;
    let period = |(period, energy): (_, model::energy::Energy)| {
        let rate = against.tariff.rate(period);
        let price = rate.electricity + rate.service;
        PileBillPeriodRecord {
            period,
            price_e5: price.0,
            energy_dwh: energy.dwh(),
            amount_e4: price.of(energy).0,
        }
    };
    let record = PileBillRecord {
        started_at_ms: Some(order.started_at.as_ms()),
        ended_at_ms: order.ended_at.map(Timestamp::as_ms),
        periods: lost.periods().map(period).collect(),
        energy_dwh: order.energy.dwh(),
        amount_e4: lost.amount.unwrap_or(bill.exact).0,
        meter_start_dwh: order.meter_start.map_or(0, |energy| energy.dwh()),
        meter_end_dwh: order.meter_end.map_or(0, |energy| energy.dwh()),
    };
    let record = serde_json::to_string(&record).map_err(|_| Error::internal())?;
    Ok(Ready { order, bill, record, note: lost.note.clone() })
}

impl Engine {
    /// A check of a file as this person sees the piles.
    pub fn order_import_check(&self, scope: Scope) -> Check {
        Check {
            scope,
            now: self.clock.now(),
            tolerance_e4: self.rules().amount_tolerance_e4,
            piles: HashMap::new(),
            stations: HashMap::new(),
            tariffs: HashMap::new(),
            customers: HashMap::new(),
            sessions: HashSet::new(),
            spans: HashMap::new(),
            counts: ImportCounts::default(),
            faults: Vec::new(),
        }
    }

    pub async fn order_import_create(&self, actor: &Actor, file_name: String) -> Result<i64> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let operator = actor.caller.scope.operator.map(|operator| operator.0);
                let id = imports::insert(tx, actor.caller.staff.0, operator, &file_name, now)?;
                actor.record(
                    tx,
                    now,
                    "order_import_create",
                    "order_import",
                    id,
                    &json!({"file": file_name}),
                )?;
                Ok(id)
            })
            .await
    }

    /// A step of the machine itself.
    pub async fn order_import_turn(
        &self,
        id: i64,
        from: ImportState,
        to: ImportState,
        progress: Option<Progress>,
    ) -> Result<bool> {
        let now = self.clock.now();
        self.store.write(None, move |tx| imports::turn(tx, id, from, to, progress.as_ref(), now)).await
    }

    /// A step that a person takes: confirming, taking back.
    pub async fn order_import_ask(&self, actor: &Actor, id: i64, undo: bool) -> Result<OrderImport> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let (from, to, action) = if undo {
            (ImportState::Imported, ImportState::Undoing, "order_import_undo")
        } else {
            (ImportState::Checked, ImportState::Importing, "order_import_confirm")
        };
        self.store
            .write(None, move |tx| {
                let (scope, staff) = (actor.caller.scope.clone(), actor.caller.staff.0);
                let import = tx.read(|conn| imports::get(conn, &scope, staff, id))?.ok_or_else(no_import)?;
                if undo {
                    may_undo(tx, &scope, id)?;
                } else if import.state == ImportState::Checked && import.counts.good == 0 {
                    return Err(nothing_new());
                }
                if !imports::turn(tx, id, from, to, None, now)? {
                    return Err(Error::conflict(
                        "order_import.state",
                        "这个批次已不在可以这样操作的状态，请刷新页面查看",
                        "This import is not in the state for that any more; refresh the page.",
                    ));
                }
                let detail = json!({"rows": import.counts.good, "total_fen": import.counts.total_fen});
                actor.record(tx, now, action, "order_import", id, &detail)?;
                Ok(import)
            })
            .await
    }

    /// Writes orders that were found good; how many were new: another may have come meanwhile.
    pub async fn order_import_write(&self, id: i64, staff: i64, ready: Vec<Ready>) -> Result<i64> {
        let rules = self.rules();
        // They have ended: no writer holds anything of them in memory, so that one may write for all.
        self.store
            .write(None, move |tx| {
                // All is read before anything is noted: whoever reads has what is pending written first, and
                // row by row that would be dear.
                let mut new = Vec::with_capacity(ready.len());
                for row in &ready {
                    if let Some(order) = order_new(tx, staff, row)? {
                        new.push((row, order));
                    }
                }
                for (row, order) in &new {
                    note_one(&rules, tx, row, order)?;
                }
                for (row, order) in &new {
                    imports::order_brought(tx, id, order.id, &row.note)?;
                }
                Ok(i64::try_from(new.len()).unwrap_or(i64::MAX))
            })
            .await
    }

    /// What an import has brought and has not taken back.
    pub async fn order_import_brought(&self, id: i64) -> Result<imports::Brought> {
        self.store.read(move |conn| imports::brought_sums(conn, &Scope::ALL, id)).await
    }

    /// Takes some orders of an import back; 0 when none is left that may be.
    pub async fn order_import_undo(&self, id: i64) -> Result<i64> {
        let rules = self.rules();
        self.store
            .write(None, move |tx| {
                let orders = tx.read(|conn| imports::brought(conn, id, UNDO_STEP))?;
                for order in &orders {
                    let station = tx.station(order.station)?;
                    if let Some(ended) = counted(&rules, order, &station.zone) {
                        tx.order_uncount(ended);
                    }
                    imports::order_remove(tx, order.id)?;
                    let (order, pile, operator) = (order.id, order.pile, order.operator);
                    tx.changed(store::Change::Order { order, pile, operator });
                }
                Ok(i64::try_from(orders.len()).unwrap_or(0))
            })
            .await
    }

    pub async fn order_imports_interrupted(&self) -> Result<u64> {
        let text = Text::of(
            "服务重新启动，处理中断：已写入的订单仍在，可撤销本批次，或重新上传同一文件补齐",
            "The server was restarted in the middle: what was written is there. Undo this import, or upload the same file again for the rest.",
        );
        self.store.write(None, move |tx| imports::interrupted(tx, &text)).await
    }
}

/// The order that the row becomes, unless the pile or another file has brought it meanwhile.
fn order_new(tx: &mut store::Tx<'_>, staff: i64, row: &Ready) -> Result<Option<Order>> {
    let mut order = row.order.clone();
    let (pile, session) = (order.pile, order.session);
    if let Some(session) = session
        && tx.read(|conn| store::orders::by_session(conn, pile, session))?.is_some()
    {
        return Ok(None);
    }
    order.id = model::id::OrderId(tx.next_id(store::ids::Noun::Order)?);
    order.sample_from = tx.peek_id(store::ids::Noun::Sample)?;
    order.frame_from = tx.peek_id(store::ids::Noun::Frame)?;
    order.staff = Some(model::id::StaffId(staff)).filter(|staff| staff.0 > 0);
    Ok(Some(order))
}

fn note_one(rules: &Rules, tx: &mut store::Tx<'_>, row: &Ready, order: &Order) -> Result<()> {
    let segments = serde_json::to_string(&row.bill.segments).map_err(|_| Error::internal())?;
    let station = tx.station(order.station)?;
    if let Some(ended) = counted(rules, order, &station.zone) {
        tx.order_count(ended);
    }
    tx.order_detail_save(imports::detail(order.id, segments, row.record.clone()));
    tx.order_save(order);
    Ok(())
}

fn nothing_new() -> Error {
    Error::conflict(
        "order_import.nothing",
        "这个批次没有可导入的新订单，请改正有误的行后重新上传",
        "There is no new order in this import; mend the rows that are wrong and upload the file again.",
    )
}

/// Whoever takes an import back must see all that it has brought, and nobody may have an invoice of it.
fn may_undo(tx: &mut store::Tx<'_>, scope: &Scope, id: i64) -> Result<()> {
    let (all, seen) = tx.read(|conn| {
        Ok((imports::brought_sums(conn, &Scope::ALL, id)?, imports::brought_sums(conn, scope, id)?))
    })?;
    if all != seen {
        return Err(Error::conflict(
            "order_import.beyond",
            "批次中有订单不在您的数据范围内，请由导入人或数据范围更大的同事撤销",
            "Some of its orders are beyond your scope; ask whoever imported them, or a colleague who sees all of them.",
        ));
    }
    match tx.read(|conn| imports::settled(conn, id))? {
        None => Ok(()),
        Some(order) => Err(Error::conflict(
            "order_import.settled",
            format!("订单 {order} 已开具发票，本批次不能再撤销；金额有误请在“电子发票”中红冲"),
            format!(
                "Order {order} stands in an invoice, so that this import cannot be undone any more; where its amount is wrong, reverse the invoice."
            ),
        )),
    }
}

pub fn no_import() -> Error {
    Error::not_found(
        "order_import.not_found",
        "没有这个导入批次，或不在您的数据范围内",
        "There is no such import in your scope.",
    )
}
