//! The frames of 云快充 1.5/1.6, both directions. One file per frame or request/reply pair; each
//! frame is one field table ([`frame_body!`]) from which decoding, encoding and the explanation for
//! people follow. Which type is handled how: [`types`].

pub mod balance;
pub mod bill;
pub mod bms;
pub mod card_start;
pub mod clock;
pub mod firmware;
pub mod ground_lock;
pub mod heartbeat;
pub mod login;
pub mod merged_start;
pub mod offline_cards;
pub mod plug_vin;
pub mod qr_prefix;
pub mod realtime;
pub mod reboot;
pub mod remote_start;
pub mod remote_stop;
pub mod show;
mod tail;
pub mod tariff;
pub mod tariff_check;
pub mod types;
pub mod work_parameters;

use super::field::same;
use super::frame::{CrcOrder, Packet};
use model::Text;
use types::Length;

/// The body of one frame type.
pub trait Body: Sized {
    const TYPE: u8;
    /// The length of the body in V1.6. A longer one is read and its tail ignored (dialects append
    /// fields), a shorter one is refused.
    const LEN: usize;
    const LENGTH: Length = Length::Fixed(Self::LEN);
    fn decode(body: &[u8]) -> Option<Self>;
    fn encode(&self) -> Vec<u8>;
    fn fields(&self) -> Vec<ExplainedField>;

    /// The whole frame.
    fn frame(&self, sequence: [u8; 2], order: CrcOrder) -> Vec<u8> {
        Packet { sequence, encryption: 0, kind: Self::TYPE, body: self.encode() }.to_bytes(order)
    }
}

/// One field of a frame, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ExplainedField {
    pub name: &'static str,
    pub label: Text,
    pub value: Text,
}

/// `struct NAME = TYPE { field: type = 中文, English, how to show it; }`
macro_rules! frame_body {
    ($(#[$doc:meta])* $name:ident = $kind:literal {
        $($field:ident: $type:ty = $zh:literal, $en:literal, $show:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(#[doc = concat!($zh, " ", $en)] pub $field: $type,)*
        }

        impl $crate::ykc::message::Body for $name {
            const TYPE: u8 = $kind;
            const LEN: usize = 0 $(+ <$type as $crate::ykc::field::Field>::LEN)*;

            fn decode(body: &[u8]) -> Option<Self> {
                let mut cursor = $crate::ykc::field::Cursor(body);
                Some($name { $($field: cursor.take()?,)* })
            }

            fn encode(&self) -> Vec<u8> {
                let mut out = Vec::with_capacity(Self::LEN);
                $($crate::ykc::field::Field::put(&self.$field, &mut out);)*
                out
            }

            fn fields(&self) -> Vec<$crate::ykc::message::ExplainedField> {
                vec![$({
                    let show: fn(&$type) -> model::Text = $show;
                    $crate::ykc::message::ExplainedField {
                        name: stringify!($field),
                        label: model::Text::of($zh, $en),
                        value: show(&self.$field),
                    }
                },)*]
            }
        }
    };
}
pub(crate) use frame_body;

macro_rules! messages {
    ($($variant:ident($body:ty),)*) => {
        /// Every frame whose fields are known.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Message {
            $($variant($body),)*
        }

        impl Message {
            /// Reads a body.
            pub fn decode(kind: u8, body: &[u8]) -> Result<Message, Problem> {
                match kind {
                    $(<$body as Body>::TYPE => match <$body>::decode(body) {
                        Some(found) => Ok(Message::$variant(found)),
                        None => Err(Problem::TooShort { needed: <$body>::LEN, got: body.len() }),
                    },)*
                    _ => Err(Problem::NotTyped),
                }
            }

            pub fn kind(&self) -> u8 {
                match self { $(Message::$variant(_) => <$body as Body>::TYPE,)* }
            }

            pub fn encode(&self) -> Vec<u8> {
                match self { $(Message::$variant(body) => body.encode(),)* }
            }

            pub fn fields(&self) -> Vec<ExplainedField> {
                match self { $(Message::$variant(body) => body.fields(),)* }
            }

            /// The types that [`Message::decode`] knows, with the length of their bodies.
            pub const TYPED: &[(u8, Length)] = &[$((<$body as Body>::TYPE, <$body as Body>::LENGTH),)*];
        }

        $(impl From<$body> for Message {
            fn from(body: $body) -> Message {
                Message::$variant(body)
            }
        })*
    };
}

messages! {
    Login(login::Login),
    LoginReply(login::LoginReply),
    Heartbeat(heartbeat::Heartbeat),
    HeartbeatReply(heartbeat::HeartbeatReply),
    TariffCheck(tariff_check::TariffCheck),
    TariffCheckReply(tariff_check::TariffCheckReply),
    TariffRequest(tariff::TariffRequest),
    TariffReply(tariff::TariffReply),
    TariffSetReply(tariff::TariffSetReply),
    TariffSet(tariff::TariffSet),
    RealtimeRequest(realtime::RealtimeRequest),
    Realtime(realtime::Realtime),
    BmsHandshake(bms::BmsHandshake),
    BmsParameters(bms::BmsParameters),
    BmsEnd(bms::BmsEnd),
    BmsError(bms::BmsError),
    BmsStop(bms::BmsStop),
    ChargerStop(bms::ChargerStop),
    BmsDemand(bms::BmsDemand),
    BmsStatus(bms::BmsStatus),
    CardStart(card_start::CardStart),
    CardStartReply(card_start::CardStartReply),
    RemoteStartReply(remote_start::RemoteStartReply),
    RemoteStart(remote_start::RemoteStart),
    RemoteStopReply(remote_stop::RemoteStopReply),
    RemoteStop(remote_stop::RemoteStop),
    Bill(bill::Bill),
    BillReply(bill::BillReply),
    ClockReply(clock::ClockReply),
    ClockSet(clock::ClockSet),
    RebootReply(reboot::RebootReply),
    Reboot(reboot::Reboot),
    WorkParametersReply(work_parameters::WorkParametersReply),
    WorkParameters(work_parameters::WorkParameters),
    GroundLock(ground_lock::GroundLock),
    GroundLockReply(ground_lock::GroundLockReply),
    OfflineCardsAddReply(offline_cards::OfflineCardsAddReply),
    OfflineCardsAdd(offline_cards::OfflineCardsAdd),
    OfflineCardsRemoveReply(offline_cards::OfflineCardsRemoveReply),
    OfflineCardsRemove(offline_cards::OfflineCardsRemove),
    OfflineCardsFindReply(offline_cards::OfflineCardsFindReply),
    OfflineCardsFind(offline_cards::OfflineCardsFind),
    GroundLockReport(ground_lock::GroundLockReport),
    BalanceUpdateReply(balance::BalanceUpdateReply),
    BalanceUpdate(balance::BalanceUpdate),
    QrPrefixReply(qr_prefix::QrPrefixReply),
    QrPrefix(qr_prefix::QrPrefix),
    MergedCardStart(merged_start::MergedCardStart),
    MergedCardStartReply(merged_start::MergedCardStartReply),
    MergedStartReply(merged_start::MergedStartReply),
    MergedStart(merged_start::MergedStart),
    FirmwareUpdateReply(firmware::FirmwareUpdateReply),
    FirmwareUpdate(firmware::FirmwareUpdate),
    PlugVin(plug_vin::PlugVin),
    PlugVinReply(plug_vin::PlugVinReply),
}

impl Message {
    /// The whole frame.
    pub fn frame(&self, sequence: [u8; 2], order: CrcOrder) -> Vec<u8> {
        Packet { sequence, encryption: 0, kind: self.kind(), body: self.encode() }.to_bytes(order)
    }
}

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not one of the types of [`Message`]; [`types::find`] tells whether it has a name.
    NotTyped,
    TooShort {
        needed: usize,
        got: usize,
    },
}

impl Problem {
    pub fn text(&self) -> Text {
        match self {
            Problem::NotTyped => Text::of("帧类型未定义字段", "the fields of this frame type are not known"),
            Problem::TooShort { needed, got } => Text::new(
                format!("消息体长度不足：应为 {needed} 字节，实际 {got} 字节"),
                format!("body too short: {needed} bytes needed, {got} received"),
            ),
        }
    }
}

/// A whole frame in words, for the console's frame viewer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Explained {
    /// `0x3B`
    pub kind: &'static str,
    /// 交易记录 / transaction record; a frame type without a name is said to be unknown.
    pub title: Text,
    /// The two sequence bytes as on the wire.
    pub sequence: String,
    pub fields: Vec<ExplainedField>,
    /// Why there are no fields, or what is odd about the frame.
    pub problem: Option<Text>,
}

/// Explains one whole frame; `None` when the bytes are not one frame with a right CRC.
pub fn explain(frame: &[u8]) -> Option<Explained> {
    let (packet, _) = Packet::parse(frame)?;
    let title = types::find(packet.kind).map_or_else(
        || Text::of("未知帧类型", "unknown frame type"),
        |found| Text::of(found.name_zh, found.name_en),
    );
    let mut explained = Explained {
        kind: types::code(packet.kind),
        title,
        sequence: format!("{:02X}{:02X}", packet.sequence[0], packet.sequence[1]),
        fields: Vec::new(),
        problem: None,
    };
    if packet.encryption != 0 {
        explained.problem = Some(encrypted(packet.encryption));
        return Some(explained);
    }
    match Message::decode(packet.kind, &packet.body) {
        Ok(message) => {
            explained.fields = message.fields();
            let known = message.encode().len();
            let tail = packet.body.get(known..).filter(|tail| !tail.is_empty());
            if let Some(fields) = tail.and_then(|tail| tail::explained(packet.kind, tail)) {
                explained.fields.extend(fields);
            } else if let Some(tail) = tail {
                let hex: String = tail.iter().map(|byte| format!("{byte:02X}")).collect();
                let label = Text::of("附加字节（未解析）", "appended bytes (not read)");
                explained.fields.push(ExplainedField { name: "tail", label, value: same(hex) });
            }
        }
        Err(problem) => explained.problem = Some(problem.text()),
    }
    Some(explained)
}

/// The text for a frame whose encryption flag is set (section 2.6: no key scheme is documented).
pub fn encrypted(flag: u8) -> Text {
    Text::new(
        format!("加密标志为 {flag:02X}：未约定密钥，无法解密，请在桩上关闭加密"),
        format!(
            "encryption flag {flag:02X}: no key is agreed, cannot be read; turn encryption off at the pile"
        ),
    )
}
