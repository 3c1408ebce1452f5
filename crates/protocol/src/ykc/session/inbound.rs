//! What comes from the pile. Every frame ends as an event, an answer or a rejection with its reason;
//! none closes the link.

use super::asked::Reply;
use super::observed::observation;
use super::outbound::ReplyTo;
use super::{Link, Session};
use crate::ykc::field::{Ascii, CardNo, Gun, PileNo};
use crate::ykc::frame::Packet;
use crate::ykc::message::bill::Bill;
use crate::ykc::message::card_start::{CardStart, CardStartReply};
use crate::ykc::message::clock::ClockReply;
use crate::ykc::message::heartbeat::{Heartbeat, HeartbeatReply};
use crate::ykc::message::login::{Login, LoginReply};
use crate::ykc::message::offline_cards::{
    Found, OfflineCardsAddReply, OfflineCardsFindReply, OfflineCardsRemoveReply,
};
use crate::ykc::message::plug_vin::PlugVinReply;
use crate::ykc::message::realtime::Realtime;
use crate::ykc::message::remote_start::RemoteStartReply;
use crate::ykc::message::types::{Direction, FrameType, code, find};
use crate::ykc::message::{Body, Message, Problem, encrypted};
use crate::{Frame, Output};
use model::Text;
use model::card::{Token, TokenKind};
use model::desired::Learned;
use model::device::{CloseReason, DeviceEvent, Introduction, Outcome, Refusal};
use model::id::{SessionKey, TradeNo};
use model::order::StartMode;
use model::site::PileKind;
use model::time::Timestamp;

impl Session {
    /// One whole frame, as [`crate::ykc::Line`] finds it.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) {
        if self.link == Link::Closed {
            return;
        }
        let Some((packet, _)) = Packet::parse(bytes) else { return };
        // Before the log-in only the log-in itself keeps the link open.
        if matches!(self.link, Link::LoggedIn(_)) || packet.kind == Login::TYPE {
            self.heard_at = now;
        }
        let result = self.admit(&packet).and_then(|known| self.handle(known, &packet, bytes, now));
        if let Err(why) = result {
            self.reject(&packet, bytes, why);
        }
    }

    pub(super) fn reject(&mut self, packet: &Packet, bytes: &[u8], why: Text) {
        let frame = Frame { kind: code(packet.kind), bytes: bytes.to_vec() };
        self.outputs.push_back(Output::Rejected { frame, why });
    }

    /// The rules that hold for every frame.
    fn admit(&self, packet: &Packet) -> Result<&'static FrameType, Text> {
        if packet.encryption != 0 {
            return Err(encrypted(packet.encryption));
        }
        let known =
            find(packet.kind).ok_or_else(|| Text::of("未知帧类型，已忽略", "unknown frame type, ignored"))?;
        if known.direction == Direction::Down {
            return Err(Text::of("该帧类型应由平台下发", "only the platform sends this frame type"));
        }
        if !known.fits(packet.body.len()) {
            let (crate::ykc::message::types::Length::Fixed(needed)
            | crate::ykc::message::types::Length::Repeated(needed, _)) = known.length;
            return Err(Problem::TooShort { needed, got: packet.body.len() }.text());
        }
        let said = packet.pile();
        match self.link {
            _ if packet.kind == Login::TYPE => {}
            Link::LoggedIn(pile) if said == Some(pile) => {}
            Link::LoggedIn(pile) => return Err(other_pile(pile, said)),
            _ => {
                return Err(Text::of(
                    "尚未登录成功，仅接受登录帧 0x01",
                    "not logged in: only 0x01 is accepted",
                ));
            }
        }
        Ok(known)
    }

    fn handle(
        &mut self,
        known: &FrameType,
        packet: &Packet,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), Text> {
        let message = match Message::decode(packet.kind, &packet.body) {
            Ok(message) => message,
            Err(Problem::NotTyped) => {
                self.noted(known, packet, bytes);
                return Ok(());
            }
            Err(problem) => return Err(problem.text()),
        };
        match message {
            Message::Login(login) => return self.login(&login, packet, bytes),
            Message::Heartbeat(beat) => self.heartbeat(&beat, packet, bytes),
            Message::TariffCheck(check) => {
                // A number that is none means the same as "I have no model".
                let model_no = check.model_no.number().and_then(|no| u16::try_from(no).ok()).unwrap_or(0);
                self.event(Reply::TariffCheck, packet, bytes, DeviceEvent::TariffChecked { model_no });
            }
            Message::TariffRequest(_) => self.event(Reply::Tariff, packet, bytes, DeviceEvent::TariffAsked),
            Message::Realtime(data) => self.realtime(&data, packet, bytes, now),
            Message::CardStart(ask) => return self.card_start(&ask, packet, bytes),
            Message::MergedCardStart(ask) => self.merged_card_start(&ask, packet, bytes),
            Message::MergedStartReply(reply) => self.merged_reply(&reply, packet, bytes),
            Message::RemoteStartReply(reply) => self.start_reply(&reply, packet, bytes),
            Message::RemoteStopReply(reply) => {
                let to = ReplyTo { gun: Some(reply.gun), ..reply_to(packet) };
                self.replied(&to, reply.outcome(), packet, bytes);
            }
            Message::RebootReply(reply) => {
                self.replied(&reply_to(packet), result("ykc:91", reply.result), packet, bytes);
            }
            Message::BalanceUpdateReply(reply) => {
                self.replied(&reply_to(packet), reply.outcome(), packet, bytes);
            }
            Message::WorkParametersReply(reply) => {
                self.replied(&reply_to(packet), result("ykc:51", reply.result), packet, bytes);
            }
            Message::GroundLockReply(reply) => {
                let to = ReplyTo { gun: Gun::of(u16::from(reply.gun)), ..reply_to(packet) };
                self.replied(&to, result("ykc:63", reply.result), packet, bytes);
            }
            Message::OfflineCardsAddReply(reply) => {
                self.replied(&reply_to(packet), cards_added(&reply), packet, bytes);
            }
            Message::OfflineCardsRemoveReply(reply) => {
                self.listed(&reply_to(packet), cards_removed(&reply), packet, bytes);
            }
            Message::OfflineCardsFindReply(reply) => {
                self.listed(&reply_to(packet), cards_found(&reply), packet, bytes);
                self.learned(cards_known(&reply));
            }
            Message::TariffSetReply(reply) => {
                self.replied(&reply_to(packet), result("ykc:57", reply.result), packet, bytes);
            }
            Message::ClockReply(reply) => return self.clock_reply(&reply, packet, bytes),
            Message::Bill(bill) => self.bill(&bill, packet, bytes),
            other => self.seldom(&other, known, packet, bytes),
        }
        Ok(())
    }

    /// What is no part of a session's way from start to bill.
    fn seldom(&mut self, message: &Message, known: &FrameType, packet: &Packet, bytes: &[u8]) {
        if let Message::GroundLockReport(told) = message {
            return self.event(Reply::Nothing, packet, bytes, DeviceEvent::GroundLock(told.report()));
        }
        if let Message::FirmwareUpdateReply(told) = message {
            return self.event(Reply::Nothing, packet, bytes, DeviceEvent::Transfer(told.report()));
        }
        if let Message::PlugVin(told) = message {
            // Unanswered it is said four times. It belongs to no session yet.
            self.reply_at_once(&PlugVinReply { pile: told.pile, gun: told.gun }, packet, true);
            return self.noted(known, packet, bytes);
        }
        match self.battery(message) {
            Some(news) => self.event(Reply::Nothing, packet, bytes, DeviceEvent::Battery(Box::new(news))),
            None => self.noted(known, packet, bytes),
        }
    }

    fn noted(&mut self, known: &FrameType, packet: &Packet, bytes: &[u8]) {
        let event = DeviceEvent::Noted { what: code(known.kind) };
        self.event(Reply::Nothing, packet, bytes, event);
    }

    /// 0x01
    fn login(&mut self, login: &Login, packet: &Packet, bytes: &[u8]) -> Result<(), Text> {
        if let Link::LoggingIn(pile) | Link::LoggedIn(pile) = self.link
            && pile != login.pile
        {
            return Err(other_pile(pile, Some(login.pile)));
        }
        let Some(pile_code) = login.pile.code() else {
            let why = Text::of(
                "桩编号必须为 14 位数字，拒绝登录",
                "the pile number must be 14 digits; log-in refused",
            );
            self.reject(packet, bytes, why);
            self.reply_at_once(&LoginReply { pile: login.pile, result: 1 }, packet, true);
            self.close(CloseReason::NotRegistered);
            return Ok(());
        };
        if self.link == Link::New {
            self.link = Link::LoggingIn(login.pile);
            self.outputs.push_back(Output::Identified(pile_code));
        }
        self.gun_count = login.gun_count;
        let introduction = Introduction {
            firmware: login.firmware.text(),
            iccid: login.sim_iccid.text().map(|_| login.sim_iccid.to_string()),
            kind: match login.pile_type {
                0 => Some(PileKind::Dc),
                1 => Some(PileKind::Ac),
                _ => None,
            },
            connectors: Some(u16::from(login.gun_count)),
            ..Introduction::default()
        };
        self.event(Reply::Login, packet, bytes, DeviceEvent::Booted(Box::new(introduction)));
        Ok(())
    }

    /// 0x03: answered at once. Only a change of the fault flag is worth an event.
    fn heartbeat(&mut self, beat: &Heartbeat, packet: &Packet, bytes: &[u8]) {
        self.reply_at_once(&HeartbeatReply { pile: beat.pile, gun: beat.gun, ack: 0 }, packet, false);
        self.outputs.push_back(Output::Alive);
        if let Some(report) = self.fault_flag(beat.gun, beat.gun_state != 0) {
            self.event(Reply::Nothing, packet, bytes, DeviceEvent::Status(report));
        }
    }

    /// 0x13, unasked or as the answer to 0x12.
    fn realtime(&mut self, data: &Realtime, packet: &Packet, bytes: &[u8], now: Timestamp) {
        let observed = self.observed_as(observation(data, self.settings.fault_base, now));
        self.remember(data.gun, &observed);
        self.event(Reply::Nothing, packet, bytes, DeviceEvent::Observed(Box::new(observed)));
        let to = ReplyTo { gun: Some(data.gun), ..reply_to(packet) };
        self.finish(&to, Outcome::Accepted { detail: None }, None);
    }

    /// 0x31. The VIN comes reversed here.
    fn card_start(&mut self, ask: &CardStart, packet: &Packet, bytes: &[u8]) -> Result<(), Text> {
        let Some((token, mode)) = token_of(ask.start_mode, ask.card_or_account, &ask.vin) else {
            self.reject(packet, bytes, nobody());
            let fail_reason = if ask.start_mode == 3 { 0x09 } else { 0x01 };
            self.reply_at_once(&start_refused(ask, fail_reason), packet, true);
            return Ok(());
        };
        let password = (ask.need_password == 1).then(|| ask.password_md5.text().unwrap_or_default());
        let reply = Reply::CardStart { gun: ask.gun, by_vin: token.kind == TokenKind::Vin };
        let event = DeviceEvent::StartAsked { connector: ask.gun.no(), token, mode, password };
        self.event(reply, packet, bytes, event);
        Ok(())
    }

    /// 0x33: the event comes first and carries the frame, then the end of the command, if it still
    /// waits: the second 0x33 of a late plug finds none.
    fn start_reply(&mut self, reply: &RemoteStartReply, packet: &Packet, bytes: &[u8]) {
        let result = reply.outcome();
        let event = DeviceEvent::StartConfirmed {
            session: SessionKey::Trade(reply.trade_no),
            connector: reply.gun.no(),
            result: result.clone(),
        };
        self.event(Reply::Nothing, packet, bytes, event);
        let to = ReplyTo { gun: Some(reply.gun), trade_no: Some(reply.trade_no), ..reply_to(packet) };
        self.finish(&to, outcome_of(result), None);
    }

    /// 0x55: the event first, then the end of a commanded 0x56.
    fn clock_reply(&mut self, reply: &ClockReply, packet: &Packet, bytes: &[u8]) -> Result<(), Text> {
        let at = reply.now.at(&self.settings.zone);
        if let Some(at) = at {
            self.event(Reply::Nothing, packet, bytes, DeviceEvent::ClockReported { at });
        }
        self.finish(&reply_to(packet), Outcome::Accepted { detail: None }, None);
        match at {
            Some(_) => Ok(()),
            None => Err(Text::new(
                format!("桩上报的时间无法识别：{}", reply.now),
                format!("the pile's time is no time: {}", reply.now),
            )),
        }
    }

    /// 0x3B, also for sessions that nobody knows (offline cards).
    fn bill(&mut self, bill: &Bill, packet: &Packet, bytes: &[u8]) {
        let event = DeviceEvent::Billed(Box::new(self.billed_as(bill)));
        self.event(Reply::Bill { trade_no: bill.trade_no }, packet, bytes, event);
    }

    /// A reply that only ends a command: with the command, or alone when it came too late.
    fn replied(&mut self, to: &ReplyTo, result: Result<(), Refusal>, packet: &Packet, bytes: &[u8]) {
        self.listed(to, outcome_of(result), packet, bytes);
    }

    /// The same, where the reply says more than yes or no.
    fn listed(&mut self, to: &ReplyTo, outcome: Outcome, packet: &Packet, bytes: &[u8]) {
        let frame = Frame { kind: code(packet.kind), bytes: bytes.to_vec() };
        if !self.finish(to, outcome, Some(frame)) {
            self.event(Reply::Nothing, packet, bytes, DeviceEvent::Noted { what: code(packet.kind) });
        }
    }

    /// Goes before the end of the command that it is known from.
    fn learned(&mut self, learned: Learned) {
        if let Some(Output::Done { command, .. }) = self.outputs.back() {
            let (command, before) = (*command, self.outputs.len() - 1);
            self.outputs.insert(before, Output::Learned { command, learned });
        }
    }

    /// An answer that needs no decision of the engine.
    pub(super) fn reply_at_once<B: Body>(&mut self, reply: &B, packet: &Packet, log: bool) {
        let bytes = reply.frame(packet.sequence, self.crc_order());
        let frame = log.then(|| Frame { kind: code(B::TYPE), bytes: bytes.clone() });
        self.outputs.push_back(Output::Send { bytes, frame });
    }
}

/// Who wants to start, and how; `None` where the frame names nobody. The VIN comes reversed.
pub(super) fn token_of(start_mode: u8, card: CardNo, vin: &Ascii<17>) -> Option<(Token, StartMode)> {
    let card = || card.text().unwrap_or_else(|| "0".to_owned());
    let (kind, mode, value) = match start_mode {
        1 => (TokenKind::Card, StartMode::Card, card()),
        2 => (TokenKind::Account, StartMode::Pile, card()),
        3 => (TokenKind::Vin, StartMode::Vin, vin.reversed().text()?),
        _ => return None,
    };
    Some((Token { kind, value }, mode))
}

pub(super) fn nobody() -> Text {
    Text::of("启动方式未知或VIN为空，已拒绝启动", "unknown start mode or empty VIN; start refused")
}

fn reply_to(packet: &Packet) -> ReplyTo {
    ReplyTo { kind: packet.kind, gun: None, trade_no: None, sequence: packet.sequence }
}

fn outcome_of(result: Result<(), Refusal>) -> Outcome {
    match result {
        Ok(()) => Outcome::Accepted { detail: None },
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// 00 failed, 01 ok.
fn result(code: &str, result: u8) -> Result<(), Refusal> {
    if result == 1 {
        return Ok(());
    }
    let text = Text::of("桩应答：执行失败", "the pile answered: failed");
    Err(Refusal { code: format!("{code}:{result:02X}"), text, detail: None })
}

fn cards_added(reply: &OfflineCardsAddReply) -> Result<(), Refusal> {
    result("ykc:43", reply.result).map_err(|refusal| match reply.fail_reason {
        1 => Refusal {
            text: Text::of("桩应答：卡号格式错误", "the pile answered: card number format"),
            ..refusal
        },
        2 => Refusal {
            text: Text::of("桩应答：储存空间不足", "the pile answered: no space left"),
            ..refusal
        },
        _ => refusal,
    })
}

/// What the pile said of each card, as JSON; refused where one of them is still there.
fn cards_removed(reply: &OfflineCardsRemoveReply) -> Outcome {
    let detail = card_answers(reply.cards.iter().map(|one| (one.physical_card, one.result == 1)));
    if reply.cards.iter().all(|one| one.result == 1) {
        return Outcome::Accepted { detail };
    }
    let text = Text::of(
        "桩应答：有卡未能清除，见结果",
        "the pile answered: not every card was removed, see the result",
    );
    Outcome::Refused(Refusal { code: "ykc:45:00".to_owned(), text, detail })
}

fn cards_found(reply: &OfflineCardsFindReply) -> Outcome {
    Outcome::Accepted {
        detail: card_answers(reply.cards.iter().map(|one| (one.physical_card, one.found == 1))),
    }
}

fn cards_known(reply: &OfflineCardsFindReply) -> Learned {
    let (here, gone): (Vec<_>, Vec<_>) = reply.cards.iter().partition(|one| one.found == 1);
    let names = |cards: Vec<&Found>| cards.iter().filter_map(|one| one.physical_card.text()).collect();
    Learned::Cards { here: names(here), gone: names(gone) }
}

fn card_answers(cards: impl Iterator<Item = (CardNo, bool)>) -> Option<String> {
    let of = |(card, yes): (CardNo, bool)| (card.text().unwrap_or_default(), serde_json::Value::Bool(yes));
    serde_json::to_string(&cards.map(of).collect::<serde_json::Map<_, _>>()).ok()
}

fn start_refused(ask: &CardStart, fail_reason: u8) -> CardStartReply {
    CardStartReply {
        trade_no: TradeNo::ZERO,
        pile: ask.pile,
        gun: ask.gun,
        logic_card: crate::ykc::field::Bcd::ZERO,
        balance: 0,
        auth_ok: 0,
        fail_reason,
    }
}

fn other_pile(pile: PileNo, said: Option<PileNo>) -> Text {
    let said = said.map(|said| said.to_string()).unwrap_or_default();
    Text::new(
        format!("帧内桩编号 {said} 未在本连接上登录（本记录属于桩 {pile}），已忽略"),
        format!("the frame names pile {said}, which has not logged in on this link of {pile}; ignored"),
    )
}
