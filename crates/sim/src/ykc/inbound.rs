//! What the platform says.

use super::slot::Order;
use super::{HEARTBEAT_MS, NEVER, Pile, REPEAT_MS, Stage};
use crate::pile::Output;
use model::time::Timestamp;
use protocol::ykc::field::{CardNo, Cp56, Gun};
use protocol::ykc::message::Message;
use protocol::ykc::message::balance::{BalanceUpdate, BalanceUpdateReply};
use protocol::ykc::message::card_start::CardStartReply;
use protocol::ykc::message::clock::ClockReply;
use protocol::ykc::message::login::LoginReply;
use protocol::ykc::message::merged_start::MergedStart;
use protocol::ykc::message::offline_cards::{
    Found, OfflineCardsAdd, OfflineCardsAddReply, OfflineCardsFind, OfflineCardsFindReply,
    OfflineCardsRemove, OfflineCardsRemoveReply, Removed,
};
use protocol::ykc::message::reboot::{Reboot, RebootReply};
use protocol::ykc::message::remote_start::RemoteStart;
use protocol::ykc::message::remote_stop::{RemoteStop, RemoteStopReply};
use protocol::ykc::message::tariff::{TariffReply, TariffRequest, TariffSet, TariffSetReply};
use protocol::ykc::message::tariff_check::TariffCheckReply;
use protocol::ykc::message::work_parameters::{WorkParameters, WorkParametersReply};

/// As many cards as the pile keeps for when it is off line.
const OFFLINE_CARDS_MAX: usize = 200;

impl Pile {
    pub(super) fn heard(&mut self, message: Message, sequence: [u8; 2], now: Timestamp) {
        match message {
            Message::LoginReply(reply) => self.login_answered(&reply, now),
            Message::TariffCheckReply(reply) => self.tariff_checked(&reply, now),
            Message::TariffReply(reply) => self.tariff_came(&reply, now),
            Message::TariffSet(set) => self.tariff_set(&set, sequence),
            Message::HeartbeatReply(_) => self.missed = 0,
            Message::RealtimeRequest(ask) => self.report(connector(ask.gun), now),
            Message::RemoteStart(start) => self.start_asked(&start, sequence, now),
            Message::MergedStart(start) => self.merged_start_asked(&start, sequence, now),
            Message::RemoteStop(stop) => self.stop_asked(&stop, sequence, now),
            Message::CardStartReply(reply) => self.card_answered(&reply, now),
            // 01, illegal bill: kept, and said again at the next login.
            Message::BillReply(reply) if reply.result == 0 => self.bill_confirmed(reply.trade_no),
            Message::ClockSet(_) => {
                let reply = ClockReply { pile: self.number, now: Cp56::of(now, &self.config.zone) };
                self.reply(&reply, sequence);
            }
            Message::Reboot(reboot) => self.reboot_asked(&reboot, sequence, now),
            Message::WorkParameters(set) => {
                self.work(&set, now);
                let reply = WorkParametersReply { pile: self.number, result: 1 };
                self.reply(&reply, sequence);
            }
            Message::FirmwareUpdate(order) => {
                let path = order.path.text().unwrap_or_default();
                let name = path.rsplit('/').next().unwrap_or_default();
                let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                self.update = Some(stem.rsplit('-').next().unwrap_or_default().to_owned());
            }
            Message::GroundLock(lock) => self.lock_asked(&lock, sequence, now),
            Message::BalanceUpdate(update) => self.balance_updated(&update, sequence, now),
            Message::OfflineCardsAdd(add) => self.cards_added(&add, sequence),
            Message::OfflineCardsRemove(remove) => self.cards_removed(&remove, sequence),
            Message::OfflineCardsFind(find) => self.cards_looked_for(&find, sequence),
            // What a platform never sends.
            _ => {}
        }
    }

    /// Holds what charges to it at once; a pile that is locked begins nothing more.
    fn work(&mut self, set: &WorkParameters, now: Timestamp) {
        self.power_percent = set.max_power_pct.clamp(30, 100);
        self.locked = set.work_allowed != 0;
        let limit = self.config.rated_power_w * i64::from(self.power_percent) / 100;
        for slot in &mut self.slots {
            slot.bay.hold(Some(limit), now);
        }
    }

    fn login_answered(&mut self, reply: &LoginReply, now: Timestamp) {
        if self.stage != Stage::LoggingIn {
            return;
        }
        if reply.result != 0 {
            self.out.push_back(Output::HangUp { again_after_ms: REPEAT_MS });
            return;
        }
        self.stage = Stage::CheckingTariff;
        self.stage_again_at = now.plus_ms(REPEAT_MS);
        self.heartbeat_at = now.plus_ms(HEARTBEAT_MS);
        self.check_tariff();
        self.renew_bills(now);
        (1..=self.slots.len()).for_each(|connector| self.report(connector, now));
        self.locks_wake(now);
    }

    fn tariff_checked(&mut self, reply: &TariffCheckReply, now: Timestamp) {
        if self.stage != Stage::CheckingTariff {
            return;
        }
        if reply.result == 0 && self.tariff.is_some() {
            self.stage = Stage::InService;
            self.stage_again_at = NEVER;
        } else {
            self.stage = Stage::AskingTariff;
            self.stage_again_at = now.plus_ms(REPEAT_MS);
            let ask = TariffRequest { pile: self.number };
            self.say(&ask);
        }
    }

    fn tariff_came(&mut self, reply: &TariffReply, _now: Timestamp) {
        // A model with a fifth rate is none: asked again, and no charging until then.
        if let Some(tariff) = reply.tariff() {
            self.tariff = Some(tariff);
            self.model_no = reply.model_no;
            self.stage = Stage::InService;
            self.stage_again_at = NEVER;
        }
    }

    /// Only while no gun charges.
    fn tariff_set(&mut self, set: &TariffSet, sequence: [u8; 2]) {
        let idle = self.slots.iter().all(|slot| slot.session.is_none());
        let tariff = set.tariff().filter(|_| idle);
        let result = u8::from(tariff.is_some());
        if let Some(tariff) = tariff {
            self.tariff = Some(tariff);
            self.model_no = set.model_no;
        }
        let reply = TariffSetReply { pile: self.number, result };
        self.reply(&reply, sequence);
    }

    fn start_asked(&mut self, start: &RemoteStart, sequence: [u8; 2], now: Timestamp) {
        let order = Order {
            trade_no: start.trade_no,
            card: start.physical_card,
            balance_fen: i64::from(start.balance),
            flag: 1,
            sequence: Some(sequence),
            merge: None,
        };
        self.remote_start(connector(start.gun), order, now);
    }

    fn merged_start_asked(&mut self, start: &MergedStart, sequence: [u8; 2], now: Timestamp) {
        let order = Order {
            trade_no: start.trade_no,
            card: start.physical_card,
            balance_fen: i64::from(start.balance),
            flag: 1,
            sequence: Some(sequence),
            merge: Some(start.merge_no),
        };
        self.remote_start(connector(start.gun), order, now);
    }

    fn stop_asked(&mut self, stop: &RemoteStop, sequence: [u8; 2], now: Timestamp) {
        let connector = connector(stop.gun);
        let starting = self.slot(connector).is_some_and(|slot| {
            let awaited = slot.awaiting_plug.take().is_some();
            slot.late.take().is_some() || awaited
        });
        let charging = self.slot(connector).is_some_and(|slot| slot.session.is_some());
        let stopped = starting || charging;
        let reply = RemoteStopReply {
            pile: self.number,
            gun: stop.gun,
            result: u8::from(stopped),
            fail_reason: if stopped { 0 } else { 2 },
        };
        self.reply(&reply, sequence);
        self.finish(connector, 0x40, now);
    }

    fn card_answered(&mut self, reply: &CardStartReply, now: Timestamp) {
        let connector = connector(reply.gun);
        let Some(card) = self.slot(connector).and_then(|slot| slot.asking.take()) else {
            return;
        };
        let plugged = self.slot(connector).is_some_and(|slot| slot.bay.car.is_some());
        if reply.auth_ok == 1 && plugged {
            let order = Order {
                trade_no: reply.trade_no,
                card,
                balance_fen: i64::from(reply.balance),
                flag: 2,
                sequence: None,
                merge: None,
            };
            self.start(connector, order, now);
        }
    }

    fn balance_updated(&mut self, update: &BalanceUpdate, sequence: [u8; 2], now: Timestamp) {
        let connector = connector(update.gun);
        let asked = update.physical_card;
        let session = self.slot(connector).and_then(|slot| slot.session.as_mut());
        let result = match session {
            Some(session) if asked == CardNo::ZERO || asked == session.card => {
                session.balance_fen = i64::from(update.balance);
                0
            }
            _ => 2,
        };
        self.reply(&BalanceUpdateReply { pile: self.number, physical_card: asked, result }, sequence);
        self.step(connector, now);
    }

    fn cards_added(&mut self, add: &OfflineCardsAdd, sequence: [u8; 2]) {
        let new: Vec<CardNo> = add.cards.iter().map(|card| card.physical_card).collect();
        let room = self.offline_cards.len() + new.len() <= OFFLINE_CARDS_MAX;
        if room {
            self.offline_cards.extend(new);
        }
        let fail_reason = if room { 0 } else { 2 };
        self.reply(
            &OfflineCardsAddReply { pile: self.number, result: u8::from(room), fail_reason },
            sequence,
        );
    }

    fn cards_removed(&mut self, remove: &OfflineCardsRemove, sequence: [u8; 2]) {
        self.offline_cards.retain(|card| !remove.cards.contains(card));
        let gone = |card: &CardNo| Removed { physical_card: *card, result: 1, reason: 0 };
        let cards = remove.cards.iter().map(gone).collect();
        self.reply(&OfflineCardsRemoveReply { pile: self.number, cards }, sequence);
    }

    fn cards_looked_for(&mut self, find: &OfflineCardsFind, sequence: [u8; 2]) {
        let look = |card: &CardNo| Found {
            physical_card: *card,
            found: u8::from(self.offline_cards.contains(card)),
        };
        let cards = find.cards.iter().map(look).collect();
        self.reply(&OfflineCardsFindReply { pile: self.number, cards }, sequence);
    }

    fn reboot_asked(&mut self, reboot: &Reboot, sequence: [u8; 2], now: Timestamp) {
        let reply = RebootReply { pile: self.number, result: 1 };
        self.reply(&reply, sequence);
        if reboot.when == 2 && self.slots.iter().any(|slot| slot.session.is_some()) {
            self.reboot_when_idle = true;
        } else {
            self.reboot(now);
        }
    }
}

fn connector(gun: Gun) -> usize {
    usize::from(gun.no())
}
