//! Commands to the pile and their ends: 0x34, 0x36, 0x92, 0x12, 0x58, 0x56, 0x52, 0x62, 0x42,
//! 0x44, 0x46, 0x48, 0x94.
//!
//! A reply is paired with a command on (reply type, gun, trade number where present). Among several
//! the one whose sequence is repeated is taken, else the newest: not every pile repeats it.

use super::Session;
use super::asked::balance_of;
use crate::Frame;
use crate::ykc::field::{Bcd, CardNo, Cp56, Gun, PileNo, Raw};
use crate::ykc::message::balance::{BalanceUpdate, BalanceUpdateReply};
use crate::ykc::message::clock::{ClockReply, ClockSet};
use crate::ykc::message::firmware::FirmwareUpdate;
use crate::ykc::message::ground_lock::{GroundLock, GroundLockReply};
use crate::ykc::message::offline_cards::{
    ADDED_MAX, NAMED_MAX, OfflineCard, OfflineCardsAdd, OfflineCardsAddReply, OfflineCardsFind,
    OfflineCardsFindReply, OfflineCardsRemove, OfflineCardsRemoveReply,
};
use crate::ykc::message::realtime::{Realtime, RealtimeRequest};
use crate::ykc::message::reboot::{Reboot, RebootReply};
use crate::ykc::message::remote_start::{RemoteStart, RemoteStartReply};
use crate::ykc::message::remote_stop::{RemoteStop, RemoteStopReply};
use crate::ykc::message::tariff::{TariffSet, TariffSetReply};
use crate::ykc::message::work_parameters::{WorkParameters, WorkParametersReply};
use crate::ykc::message::{Body, Message};
use model::Text;
use model::device::{DeviceCommand, Outcome, Refusal};
use model::id::{CommandId, ConnectorNo, TradeNo};
use model::time::{Timestamp, Zone};

/// More commands than these at once are refused: nobody clicks so fast.
const OUTSTANDING_MAX: usize = 64;

/// The pile answers nothing at once: the command has ended when it was sent.
const NO_REPLY: u8 = 0;

/// A command that was sent.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) command: CommandId,
    pub(super) expires_at: Timestamp,
    reply: u8,
    /// `None`: any gun.
    gun: Option<Gun>,
    trade_no: Option<TradeNo>,
    sequence: [u8; 2],
    /// Of a merge: all of its guns, and whether each has agreed.
    merged: Vec<(Gun, bool)>,
}

impl Pending {
    pub(super) fn awaits(&self, reply: u8, gun: Gun) -> bool {
        self.reply == reply && self.merged.iter().any(|(known, _)| known.no() == gun.no())
    }

    /// Whether that was the last one.
    pub(super) fn agreed(&mut self, gun: Gun) -> bool {
        for (known, agreed) in &mut self.merged {
            *agreed |= known.no() == gun.no();
        }
        self.merged.iter().all(|(_, agreed)| *agreed)
    }

    pub(super) fn others(self, gun: Gun) -> Vec<Gun> {
        self.merged.into_iter().map(|(known, _)| known).filter(|known| known.no() != gun.no()).collect()
    }
}

/// A command that waits for the log-in.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) command: CommandId,
    pub(super) expires_at: Timestamp,
    what: DeviceCommand,
}

/// What a command is on the wire, and what ends it.
pub(super) struct Request {
    messages: Vec<Message>,
    reply: u8,
    gun: Option<Gun>,
    trade_no: Option<TradeNo>,
    merged: Vec<(Gun, bool)>,
}

impl Request {
    fn new(message: Message, reply: u8) -> Request {
        Request { messages: vec![message], reply, gun: None, trade_no: None, merged: Vec::new() }
    }

    pub(super) fn of_all(messages: Vec<Message>, reply: u8, guns: Vec<Gun>) -> Request {
        let merged = guns.into_iter().map(|gun| (gun, false)).collect();
        Request { messages, reply, gun: None, trade_no: None, merged }
    }
}

impl Session {
    pub(super) fn wait(&mut self, command: CommandId, what: &DeviceCommand, expires_at: Timestamp) {
        if self.outstanding().count() >= OUTSTANDING_MAX {
            return self.done(command, too_many(), None);
        }
        self.waiting.push(Waiting { command, expires_at, what: what.clone() });
    }

    pub(super) fn issue_waiting(&mut self, pile: PileNo, _now: Timestamp) {
        for Waiting { command, expires_at, what } in std::mem::take(&mut self.waiting) {
            self.issue(pile, command, &what, expires_at);
        }
    }

    pub(super) fn issue(&mut self, pile: PileNo, id: CommandId, what: &DeviceCommand, expires_at: Timestamp) {
        if self.outstanding().count() >= OUTSTANDING_MAX {
            return self.done(id, too_many(), None);
        }
        let request = match request(pile, what, self.gun_count, &self.settings.zone) {
            Ok(request) => request,
            Err(outcome) => return self.done(id, outcome, None),
        };
        let mut sequence = [0, 0];
        for message in &request.messages {
            sequence = self.send(message);
        }
        let Request { reply, gun, trade_no, merged, .. } = request;
        if reply == NO_REPLY {
            return self.done(id, Outcome::Accepted { detail: None }, None);
        }
        self.pending.push(Pending { command: id, expires_at, reply, gun, trade_no, sequence, merged });
    }

    pub(super) fn expire_commands(&mut self, now: Timestamp) {
        let mut late = Vec::new();
        self.pending.retain(|p| {
            p.expires_at > now || {
                late.push(p.command);
                false
            }
        });
        self.waiting.retain(|w| {
            w.expires_at > now || {
                late.push(w.command);
                false
            }
        });
        for command in late {
            self.done(command, Outcome::TimedOut, None);
        }
    }

    /// Ends the command that this reply belongs to. `frame`: unless an event carries it already.
    pub(super) fn finish(&mut self, reply: &ReplyTo, outcome: Outcome, frame: Option<Frame>) -> bool {
        let fits = |p: &Pending| {
            p.reply == reply.kind
                && (p.gun.is_none() || p.gun.map(Gun::no) == reply.gun.map(Gun::no))
                && (p.trade_no.is_none() || p.trade_no == reply.trade_no)
        };
        let echoed = self.pending.iter().rposition(|p| fits(p) && p.sequence == reply.sequence);
        let Some(index) = echoed.or_else(|| self.pending.iter().rposition(fits)) else { return false };
        let command = self.pending.remove(index).command;
        if self.pending.is_empty() {
            self.pending = Vec::new();
        }
        self.done(command, outcome, frame);
        true
    }
}

/// By what a reply is paired with its command.
pub(super) struct ReplyTo {
    pub(super) kind: u8,
    pub(super) gun: Option<Gun>,
    pub(super) trade_no: Option<TradeNo>,
    pub(super) sequence: [u8; 2],
}

fn request(pile: PileNo, what: &DeviceCommand, gun_count: u8, zone: &Zone) -> Result<Request, Outcome> {
    Ok(match what {
        DeviceCommand::Start { connector, token, session, balance } => {
            let gun = gun_of(*connector)?;
            let Some(trade_no) = *session else { return Err(no_trade_no()) };
            let message = RemoteStart {
                trade_no,
                pile,
                gun,
                logic_card: Bcd::ZERO,
                // A one-time tag that is no card number leaves the field empty: nobody can stop with it.
                physical_card: CardNo::parse(token).unwrap_or(CardNo::ZERO),
                balance: balance_of(*balance),
            };
            let request = Request::new(message.into(), RemoteStartReply::TYPE);
            Request { gun: Some(gun), trade_no: Some(trade_no), ..request }
        }
        DeviceCommand::Stop { connector, .. } => {
            let gun = gun_of(*connector)?;
            let request = Request::new(RemoteStop { pile, gun }.into(), RemoteStopReply::TYPE);
            Request { gun: Some(gun), ..request }
        }
        DeviceCommand::Reset { hard } => {
            let when = if *hard { 1 } else { 2 };
            Request::new(Reboot { pile, when }.into(), RebootReply::TYPE)
        }
        DeviceCommand::Trigger { connector, .. } => trigger(pile, *connector, gun_count)?,
        DeviceCommand::TariffSet(model) => {
            Request::new(TariffSet::of(pile, model).into(), TariffSetReply::TYPE)
        }
        DeviceCommand::ClockSet { at } => {
            Request::new(ClockSet { pile, now: Cp56::of(*at, zone) }.into(), ClockReply::TYPE)
        }
        DeviceCommand::WorkParameters { operative, power_percent } => {
            let message = WorkParameters {
                pile,
                work_allowed: u8::from(!operative),
                max_power_pct: (*power_percent).clamp(30, 100),
            };
            Request::new(message.into(), WorkParametersReply::TYPE)
        }
        DeviceCommand::GroundLock { connector, raise } => {
            let (gun, action) = (gun_of(*connector)?, if *raise { 0x55 } else { 0xFF });
            // The gun is a plain number in this chapter.
            let no = u8::try_from(*connector).unwrap_or(u8::MAX);
            let message = GroundLock { pile, gun: no, action, reserved: Raw([0; 4]) };
            Request { gun: Some(gun), ..Request::new(message.into(), GroundLockReply::TYPE) }
        }
        DeviceCommand::MergedStart { merge, parts, balance } => {
            super::merged::request(pile, *merge, parts, *balance)?
        }
        DeviceCommand::BalanceUpdate { connector, balance } => {
            // Without a card the pile does not check whose session it is: it is the one on this gun.
            let (gun, physical_card) = (gun_of(*connector)?, CardNo::ZERO);
            let message = BalanceUpdate { pile, gun, physical_card, balance: balance_of(*balance) };
            Request::new(message.into(), BalanceUpdateReply::TYPE)
        }
        DeviceCommand::FirmwareUpdate(order) => match &order.ftp {
            Some(place) => Request::new(FirmwareUpdate::of(pile, place).into(), NO_REPLY),
            None => return Err(not_here(what)),
        },
        DeviceCommand::OfflineCardsAdd { .. }
        | DeviceCommand::OfflineCardsRemove { .. }
        | DeviceCommand::OfflineCardsFind { .. } => offline_cards(pile, what)?,
        other => return Err(not_here(other)),
    })
}

/// What the protocol has no frame for.
fn not_here(what: &DeviceCommand) -> Outcome {
    match what {
        DeviceCommand::FirmwareUpdate(_) | DeviceCommand::LogFetch(_) => {
            unsupported("上传日志，或不经 FTP 升级固件", "logs, and firmware other than by FTP")
        }
        DeviceCommand::Availability { .. } => unsupported(
            "单独停用/启用枪；整桩停用请用“工作参数”",
            "changing the availability of a connector; for the whole pile use the working parameters",
        ),
        DeviceCommand::Unlock { .. } => unsupported("解锁枪", "unlocking a connector"),
        DeviceCommand::ConfigurationGet { .. } | DeviceCommand::ConfigurationSet { .. } => {
            unsupported("读写配置项", "reading or changing configuration keys")
        }
        DeviceCommand::CacheClear => unsupported("清除授权缓存", "clearing the authorization cache"),
        DeviceCommand::Reserve(_) | DeviceCommand::ReservationCancel { .. } => {
            unsupported("预约", "reservations")
        }
        DeviceCommand::LocalListSet(_) | DeviceCommand::LocalListGet => unsupported(
            "离线名单的版本；离线卡请用添加与清除",
            "a list with a version; add and remove offline cards instead",
        ),
        DeviceCommand::TariffGet => {
            unsupported("读取计费模型（桩自己上报）", "reading its tariff: it says it by itself")
        }
        DeviceCommand::LimitSet(_) => unsupported("按枪限功率", "limiting one connector"),
        DeviceCommand::CertificateSet { .. } => unsupported("证书", "certificates"),
        _ => unsupported("自定义操作", "operations by their wire name"),
    }
}

fn offline_cards(pile: PileNo, what: &DeviceCommand) -> Result<Request, Outcome> {
    match what {
        DeviceCommand::OfflineCardsAdd { cards } => {
            // We know a card by one number, the one inside of it.
            let card = |physical_card| OfflineCard { logic_card: Bcd::ZERO, physical_card };
            let cards = card_numbers(cards, ADDED_MAX)?.into_iter().map(card).collect();
            Ok(Request::new(OfflineCardsAdd { pile, cards }.into(), OfflineCardsAddReply::TYPE))
        }
        DeviceCommand::OfflineCardsRemove { cards } => {
            let cards = card_numbers(cards, NAMED_MAX)?;
            Ok(Request::new(OfflineCardsRemove { pile, cards }.into(), OfflineCardsRemoveReply::TYPE))
        }
        DeviceCommand::OfflineCardsFind { cards } => {
            let cards = card_numbers(cards, NAMED_MAX)?;
            Ok(Request::new(OfflineCardsFind { pile, cards }.into(), OfflineCardsFindReply::TYPE))
        }
        _ => Err(unsupported("这项操作", "this operation")),
    }
}

/// 0x12 for one gun, or for each gun that the pile announced; the first 0x13 ends it.
fn trigger(pile: PileNo, connector: Option<ConnectorNo>, gun_count: u8) -> Result<Request, Outcome> {
    let ask = |gun| RealtimeRequest { pile, gun }.into();
    match connector.filter(|no| *no != 0) {
        Some(no) => {
            let gun = gun_of(no)?;
            Ok(Request { gun: Some(gun), ..Request::new(ask(gun), Realtime::TYPE) })
        }
        None => {
            let guns = 1..=u16::from(gun_count.clamp(1, 32));
            let messages = guns.filter_map(Gun::of).map(ask).collect();
            Ok(Request::of_all(messages, Realtime::TYPE, Vec::new()))
        }
    }
}

pub(super) fn gun_of(connector: ConnectorNo) -> Result<Gun, Outcome> {
    Gun::of(connector)
        .ok_or_else(|| refused("ykc:gun", "枪号必须为 1 至 99", "the connector must be 1 to 99"))
}

fn card_numbers(cards: &[String], most: usize) -> Result<Vec<CardNo>, Outcome> {
    let read = cards.iter().map(|card| CardNo::parse(card).filter(|card| *card != CardNo::ZERO));
    let all = read.collect::<Option<Vec<CardNo>>>().filter(|all| !all.is_empty() && all.len() <= most);
    all.ok_or_else(|| {
        let zh = format!("卡号必须为不超过 16 位的十六进制数字，每次 1 至 {most} 张");
        let en = format!("card numbers are hexadecimal of at most 16 digits, 1 to {most} at once");
        Outcome::Refused(Refusal { code: "ykc:cards".to_owned(), text: Text::new(zh, en), detail: None })
    })
}

fn no_trade_no() -> Outcome {
    refused("ykc:trade_no", "缺少交易流水号，无法启动", "cannot start without a trade number")
}

fn too_many() -> Outcome {
    refused(
        "ykc:busy",
        "未应答的命令过多，请稍后重试",
        "too many commands without an answer; try again later",
    )
}

fn refused(code: &str, zh: &'static str, en: &'static str) -> Outcome {
    Outcome::Refused(Refusal { code: code.to_owned(), text: Text::of(zh, en), detail: None })
}

fn unsupported(zh: &str, en: &str) -> Outcome {
    Outcome::Unsupported(Text::new(
        format!("云快充 1.5/1.6 协议不支持：{zh}"),
        format!("not part of the YKC 1.5/1.6 protocol: {en}"),
    ))
}
