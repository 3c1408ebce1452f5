//! From plug to bill at a gun.

use super::slot::Order;
use super::{NEVER, PLUG_GRACE_MS, Pile, Stage, card_number};
use crate::car::Car;
use model::id::TradeNo;
use model::time::Timestamp;
use protocol::ykc::field::{Ascii, CardNo};
use protocol::ykc::message::card_start::CardStart;
use protocol::ykc::message::merged_start::MergedStartReply;
use protocol::ykc::message::remote_start::RemoteStartReply;

impl Pile {
    pub(super) fn plug(&mut self, connector: usize, car: Car, now: Timestamp) {
        let Some(slot) = self.slot(connector) else {
            return;
        };
        if slot.bay.car.is_some() {
            return;
        }
        slot.bay.car = Some(car);
        slot.leave_at = NEVER;
        slot.driver_at = NEVER;
        slot.lock_change(now);
        let awaited = slot.awaiting_plug.take().filter(|(_, until)| now < *until);
        self.report(connector, now);
        if let Some((order, _)) = awaited {
            self.start(connector, order, now);
        }
    }

    pub(super) fn unplug(&mut self, connector: usize, now: Timestamp) {
        self.finish(connector, 0x6B, now);
        let Some(slot) = self.slot(connector) else {
            return;
        };
        slot.leave_at = NEVER;
        slot.late = None;
        slot.asking = None;
        if slot.bay.car.take().is_some() {
            slot.lock_change(now);
            self.report(connector, now);
        }
    }

    pub(super) fn swipe(&mut self, connector: usize, tag: &str, now: Timestamp) {
        let (pile, online) = (self.number, self.logged_in());
        let Some(card) = card_number(tag) else {
            return;
        };
        let offline_trade = self.offline_trade(connector, card, now);
        let can_start = self.tariff.is_some() && !self.locked;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        if slot.session.as_ref().is_some_and(|s| s.card == card) {
            self.finish(connector, 0x45, now);
            return;
        }
        let ready = slot.session.is_none() && slot.bay.car.is_some() && !slot.bay.faulted;
        if !ready || !can_start || slot.asking.is_some() {
            return;
        }
        if online {
            slot.asking = Some(card);
            let ask = CardStart {
                pile,
                gun: Pile::gun(connector),
                start_mode: 1,
                need_password: 0,
                card_or_account: card,
                password_md5: Ascii::EMPTY,
                vin: Ascii::EMPTY,
            };
            self.say(&ask);
        } else if let Some(trade_no) = offline_trade {
            self.start(
                connector,
                Order { trade_no, card, balance_fen: 0, flag: 4, sequence: None, merge: None },
                now,
            );
        }
    }

    /// The number that the pile makes itself for a session without the platform: for a card that it was
    /// given for that, or for any if it is one that takes all.
    fn offline_trade(&mut self, connector: usize, card: CardNo, now: Timestamp) -> Option<TradeNo> {
        let taken = self.config.behaviours.offline_start || self.offline_cards.contains(&card);
        if !taken || self.stage != Stage::Offline {
            return None;
        }
        self.trades += 1;
        let connector = u16::try_from(connector).ok()?;
        TradeNo::build(&self.number.to_string(), connector, self.config.zone.local(now), self.trades)
    }

    /// 0x34 with everything that can be in its way.
    pub(super) fn remote_start(&mut self, connector: usize, order: Order, now: Timestamp) {
        let tariff = self.tariff.is_some() && !self.locked;
        let brings_car = self.config.behaviours.plug_on_remote_start;
        let late_ms = self.config.behaviours.late_start_ms;
        let walk_ms = self.random.between(1_500, 4_000);
        let Some(slot) = self.slot(connector) else {
            self.answer_start(connector, &order, 3);
            return;
        };
        if let Some(session) = &slot.session {
            // The same 0x34 again is the same start.
            let same = session.trade_no == order.trade_no;
            self.answer_start(connector, &order, if same { 0 } else { 2 });
        } else if slot.bay.faulted || !tariff {
            self.answer_start(connector, &order, 3);
        } else if slot.bay.car.is_none() {
            slot.awaiting_plug = Some((order.clone(), now.plus_ms(PLUG_GRACE_MS)));
            if brings_car {
                // The driver stands there with the plug in hand: the answer waits for it.
                slot.driver_at = now.plus_ms(walk_ms);
            } else {
                self.answer_start(connector, &order, 5);
            }
        } else if late_ms > 0 {
            slot.late = Some((order, now.plus_ms(late_ms)));
        } else {
            self.start(connector, order, now);
        }
    }

    fn answer_start(&mut self, connector: usize, order: &Order, fail_reason: u8) {
        let reply = RemoteStartReply {
            trade_no: order.trade_no,
            pile: self.number,
            gun: Pile::gun(connector),
            result: u8::from(fail_reason == 0),
            fail_reason,
        };
        let sequence = order.sequence.unwrap_or_default();
        let Some(merge_no) = order.merge else { return self.reply(&reply, sequence) };
        let RemoteStartReply { trade_no, pile, gun, result, fail_reason } = reply;
        // The pile takes its first gun for the main one.
        let role = u8::from(connector > 1);
        let reply = MergedStartReply { trade_no, pile, gun, result, fail_reason, role, merge_no };
        self.reply(&reply, sequence);
    }

    pub(super) fn start(&mut self, connector: usize, order: Order, now: Timestamp) {
        let report_ms = self.config.meter_interval_ms;
        let Some(tariff) = self.tariff.clone() else {
            return;
        };
        let remote = order.flag == 1;
        let answered = order.clone();
        let Some(slot) = self.slot(connector).filter(|slot| slot.session.is_none()) else {
            return;
        };
        slot.begin(order, tariff, now, report_ms);
        if remote {
            self.answer_start(connector, &answered, 0);
        }
        self.battery_introduced(connector, answered.trade_no, now);
        self.report(connector, now);
    }

    /// Ends the session, if there is one: last real-time data, then the bill.
    pub(super) fn finish(&mut self, connector: usize, reason: u8, now: Timestamp) {
        let (zone, stay_ms) = (self.config.zone.clone(), self.config.behaviours.stay_ms);
        let Some(slot) = self.slot(connector) else {
            return;
        };
        slot.advance(&zone, now);
        let Some(session) = slot.session.take() else {
            return;
        };
        slot.bay.open(now);
        slot.leave_at = slot.bay.car.as_ref().map_or(NEVER, |car| now.plus_ms(car.dwell_ms + stay_ms));
        self.battery_ended(connector, session.trade_no, reason);
        self.store_bill(connector, &session, reason, now);
        self.report(connector, now);
    }

    pub(super) fn fault(&mut self, connector: usize, reason: u8, bits: u16, now: Timestamp) {
        if let Some(slot) = self.slot(connector) {
            slot.bay.faulted = true;
            slot.fault_bits |= bits;
            slot.awaiting_plug = None;
            slot.late = None;
        }
        let charging = self.slot(connector).is_some_and(|slot| slot.session.is_some());
        if charging {
            self.finish(connector, reason, now);
        } else {
            self.report(connector, now);
        }
    }

    pub(super) fn fault_over(&mut self, connector: usize, now: Timestamp) {
        if let Some(slot) = self.slot(connector) {
            slot.mend();
        }
        self.report(connector, now);
    }

    /// Time has passed at a gun.
    pub(super) fn step(&mut self, connector: usize, now: Timestamp) {
        let zone = self.config.zone.clone();
        let speed = self.config.behaviours.speed;
        let Some(slot) = self.slot(connector) else {
            return;
        };
        slot.stepped_at = now;
        slot.advance(&zone, now);
        let end = match &slot.session {
            Some(_) if slot.bay.is_full() => Some(0x41),
            Some(_) if slot.is_spent() => Some(0x6E),
            _ => None,
        };
        let report_at = slot.session.as_ref().map_or(slot.idle_report_at, |s| s.report_at);
        let late = slot.late.take_if(|(_, at)| *at <= now);
        slot.awaiting_plug.take_if(|(_, until)| *until <= now);
        let (driver, leaves) = (slot.driver_at <= now, slot.leave_at <= now);
        if report_at <= now {
            self.report(connector, now);
        }
        if let Some(reason) = end {
            self.finish(connector, reason, now);
        }
        if let Some((order, _)) = late {
            self.start(connector, order, now);
        }
        if driver {
            let car = Car::random(&mut self.random).hurried(speed);
            self.plug(connector, car, now);
        }
        if leaves {
            self.unplug(connector, now);
        }
    }
}
