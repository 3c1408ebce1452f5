//! The cards that a pile takes while it is off line (section 4.3): 0x44 add 离线卡数据同步, 0x46 delete 清除,
//! 0x48 query 查询, and their replies 0x43, 0x45, 0x47. Bodies of variable length: a list behind a head.

use super::show::{choice, plain, success};
use super::types::Length;
use super::{Body, ExplainedField, frame_body};
use crate::ykc::field::{Bcd, CardNo, Cursor, Field, PileNo};
use model::Text;

/// As many as fit into a frame: the length byte says at most 200 (section 2.2).
pub const ADDED_MAX: usize = 11;
/// The document says 24 and 26, which is more than a frame holds.
pub const NAMED_MAX: usize = 23;

frame_body! {
    /// 0x43, pile to platform.
    OfflineCardsAddReply = 0x43 {
        pile: PileNo = "桩编号", "pile number", plain;
        result: u8 = "保存结果", "result", success;
        fail_reason: u8 = "失败原因", "reason", |v| choice(
            *v, &[(0, "无", "none"), (1, "卡号格式错误", "card number format"), (2, "储存空间不足", "no space")]);
    }
}

/// One piece of a list, for people.
trait Shown {
    fn show(&self) -> Text;
}

/// 卡: the number printed on a card and the one inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineCard {
    pub logic_card: Bcd<8>,
    pub physical_card: CardNo,
}

/// 清除结果 of one card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    pub physical_card: CardNo,
    pub result: u8,
    /// 01: format error. Of a card that was cleared 00 or 02: the document contradicts itself.
    pub reason: u8,
}

/// 查询结果 of one card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub physical_card: CardNo,
    pub found: u8,
}

fn number(card: &CardNo) -> String {
    card.text().unwrap_or_else(|| "0".to_owned())
}

fn labelled(card: &CardNo, code: u8, words: &[(u8, &'static str, &'static str)]) -> Text {
    let (card, told) = (number(card), choice(code, words));
    Text::new(format!("{card} {}", told.zh), format!("{card} {}", told.en))
}

/// Fields one behind the other.
macro_rules! piece {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        impl Field for $name {
            const LEN: usize = 0 $(+ <$type as Field>::LEN)*;
            fn read(bytes: &[u8]) -> Option<Self> {
                let mut cursor = Cursor(bytes);
                Some($name { $($field: cursor.take()?),* })
            }
            fn put(&self, out: &mut Vec<u8>) {
                $(Field::put(&self.$field, out);)*
            }
        }
    };
}

piece!(OfflineCard { logic_card: Bcd<8>, physical_card: CardNo });
piece!(Removed { physical_card: CardNo, result: u8, reason: u8 });
piece!(Found { physical_card: CardNo, found: u8 });

impl Shown for OfflineCard {
    fn show(&self) -> Text {
        self.physical_card.show()
    }
}

impl Shown for CardNo {
    fn show(&self) -> Text {
        plain(&number(self))
    }
}

impl Shown for Removed {
    fn show(&self) -> Text {
        labelled(&self.physical_card, self.result, &[(0, "清除失败", "failed"), (1, "已清除", "removed")])
    }
}

impl Shown for Found {
    fn show(&self) -> Text {
        labelled(&self.physical_card, self.found, &[(0, "不存在", "not there"), (1, "存在", "there")])
    }
}

/// A body that is the pile's number and a list: with a count before it from the platform, without one
/// from the pile.
macro_rules! list_body {
    ($(#[$doc:meta])* $name:ident = $kind:literal, $piece:ty, counted: $counted:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            pub pile: PileNo,
            pub cards: Vec<$piece>,
        }

        impl Body for $name {
            const TYPE: u8 = $kind;
            const LEN: usize = 7 + $counted as usize;
            const LENGTH: Length = Length::Repeated(Self::LEN, <$piece as Field>::LEN);

            fn decode(body: &[u8]) -> Option<Self> {
                let mut cursor = Cursor(body);
                let pile = cursor.take()?;
                let held = cursor.0.len().saturating_sub($counted as usize) / <$piece as Field>::LEN;
                let count = if $counted { usize::from(cursor.take::<u8>()?) } else { held };
                let cards = (0..count).map(|_| cursor.take::<$piece>()).collect::<Option<_>>()?;
                Some($name { pile, cards })
            }

            fn encode(&self) -> Vec<u8> {
                let mut out = Vec::with_capacity(Self::LEN + self.cards.len() * <$piece as Field>::LEN);
                Field::put(&self.pile, &mut out);
                if $counted {
                    out.push(u8::try_from(self.cards.len()).unwrap_or(u8::MAX));
                }
                self.cards.iter().for_each(|card| Field::put(card, &mut out));
                out
            }

            fn fields(&self) -> Vec<ExplainedField> {
                let field = |name, zh, en, value| ExplainedField { name, label: Text::of(zh, en), value };
                let mut all = vec![field("pile", "桩编号", "pile number", plain(&self.pile))];
                all.extend(self.cards.iter().map(|card| field("card", "卡", "card", card.show())));
                all
            }
        }
    };
}

list_body! {
    /// 0x44, platform to pile.
    OfflineCardsAdd = 0x44, OfflineCard, counted: true
}
list_body! {
    /// 0x45, pile to platform.
    OfflineCardsRemoveReply = 0x45, Removed, counted: false
}
list_body! {
    /// 0x46, platform to pile.
    OfflineCardsRemove = 0x46, CardNo, counted: true
}
list_body! {
    /// 0x47, pile to platform.
    OfflineCardsFindReply = 0x47, Found, counted: false
}
list_body! {
    /// 0x48, platform to pile.
    OfflineCardsFind = 0x48, CardNo, counted: true
}
