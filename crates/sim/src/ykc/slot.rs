//! One gun of a 云快充 pile.

use super::{NEVER, STEP_MS};
use crate::bay::Bay;
use model::id::TradeNo;
use model::site::PileKind;
use model::tariff::Tariff;
use model::time::{Timestamp, Zone};
use protocol::ykc::field::{Bcd, CardNo};

/// A start that the platform has allowed.
#[derive(Clone, Debug)]
pub struct Order {
    pub trade_no: TradeNo,
    pub card: CardNo,
    pub balance_fen: i64,
    /// 01 app, 02 card, 04 offline card.
    pub flag: u8,
    /// For a remote start: the number of the 0x34, for the 0x33.
    pub sequence: Option<[u8; 2]>,
    /// For a merged start: its number, for the 0xA3.
    pub merge: Option<Bcd<6>>,
}

#[derive(Debug)]
pub struct Session {
    pub trade_no: TradeNo,
    pub card: CardNo,
    pub balance_fen: i64,
    pub flag: u8,
    pub started_at: Timestamp,
    pub register_start_dwh: i64,
    /// Sharp, peak, flat, valley, 0.1 Wh.
    pub energies_dwh: [i64; 4],
    counted_to: Timestamp,
    /// The tariff at the start is the one of the whole session.
    pub tariff: Tariff,
    pub report_at: Timestamp,
}

#[derive(Debug)]
pub struct Slot {
    pub bay: Bay,
    pub session: Option<Session>,
    /// The card of a 0x31 that is not answered yet.
    pub asking: Option<CardNo>,
    /// A remote start without a plug, or one that is answered late: when it is due or gives up.
    pub awaiting_plug: Option<(Order, Timestamp)>,
    pub late: Option<(Order, Timestamp)>,
    pub driver_at: Timestamp,
    pub leave_at: Timestamp,
    pub idle_report_at: Timestamp,
    pub stepped_at: Timestamp,
    pub fault_bits: u16,
    pub lock_raised: bool,
    pub lock_report_at: Timestamp,
}

impl Slot {
    pub fn mend(&mut self) {
        self.bay.faulted = false;
        self.fault_bits = 0;
    }

    pub fn new(kind: PileKind, rated_w: i64, register_dwh: i64) -> Slot {
        Slot {
            bay: Bay::new(kind, rated_w, register_dwh),
            session: None,
            asking: None,
            awaiting_plug: None,
            late: None,
            driver_at: NEVER,
            leave_at: NEVER,
            idle_report_at: NEVER,
            stepped_at: Timestamp::from_ms(0),
            fault_bits: 0,
            lock_raised: true,
            lock_report_at: NEVER,
        }
    }

    pub fn begin(&mut self, order: Order, tariff: Tariff, now: Timestamp, report_ms: i64) {
        self.bay.close(now);
        self.stepped_at = now;
        self.session = Some(Session {
            trade_no: order.trade_no,
            card: order.card,
            balance_fen: order.balance_fen,
            flag: order.flag,
            started_at: now,
            register_start_dwh: self.bay.register_dwh(),
            energies_dwh: [0; 4],
            counted_to: now,
            tariff,
            report_at: now.plus_ms(report_ms),
        });
    }

    /// Lets energy flow and counts it into the period of the local half hour in which it flowed.
    pub fn advance(&mut self, zone: &Zone, now: Timestamp) {
        let Some(session) = &mut self.session else {
            return;
        };
        while session.counted_to < now {
            let until = zone.next_half_hour(session.counted_to).min(now);
            let before = self.bay.register_dwh();
            self.bay.advance(until);
            let period = session.tariff.period_at(zone, session.counted_to).number();
            session.energies_dwh[period] += self.bay.register_dwh() - before;
            session.counted_to = until;
        }
    }

    /// A car has come or gone: the lock says so, where there is one.
    pub fn lock_change(&mut self, now: Timestamp) {
        if self.lock_report_at != NEVER {
            self.lock_report_at = now;
        }
    }

    pub fn deadline(&self) -> Timestamp {
        let step = if self.bay.is_flowing() { self.stepped_at.plus_ms(STEP_MS) } else { NEVER };
        let report = self.session.as_ref().map_or(self.idle_report_at, |s| s.report_at);
        let plug = self.awaiting_plug.as_ref().map_or(NEVER, |(_, until)| *until);
        let late = self.late.as_ref().map_or(NEVER, |(_, at)| *at);
        step.min(report).min(self.lock_report_at).min(plug).min(late).min(self.driver_at).min(self.leave_at)
    }
}
