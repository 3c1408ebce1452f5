//! What the platform answers to the pile's requests: 0x02, 0x06, 0x0A, 0x32, 0x40, 0xA2.

use crate::ykc::field::{Bcd, Gun, PileNo, model_number};
use crate::ykc::frame::CrcOrder;
use crate::ykc::message::card_start::{CardStartReply, fail_reason};
use crate::ykc::message::login::LoginReply;
use crate::ykc::message::merged_start::MergedCardStartReply;
use crate::ykc::message::tariff::TariffReply;
use crate::ykc::message::tariff_check::TariffCheckReply;
use crate::ykc::message::{Message, bill::BillReply};
use model::Error;
use model::card::TokenVerdict;
use model::device::Answer;
use model::id::TradeNo;
use model::merge::MergeNo;
use model::money::Fen;
use model::time::Timestamp;

/// What must be echoed in an answer.
#[derive(Debug)]
pub struct Asked {
    pub(super) reply: Reply,
    pub(super) sequence: [u8; 2],
    pub(super) order: CrcOrder,
    pub(super) pile: PileNo,
}

/// With which frame an event is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The protocol answers nothing.
    Nothing,
    /// 0x01 → 0x02
    Login,
    /// 0x05 → 0x06
    TariffCheck,
    /// 0x09 → 0x0A
    Tariff,
    /// 0x31 → 0x32
    CardStart { gun: Gun, by_vin: bool },
    /// 0xA1 → 0xA2
    MergedStart { gun: Gun, by_vin: bool, merge: MergeNo },
    /// 0x3B → 0x40
    Bill { trade_no: TradeNo },
}

impl Asked {
    /// Without a decision (a fault of ours) nothing is said, and the pile asks again; only a person
    /// at the pile is not left standing: 0x31 is refused as "out of service". Without a tariff no
    /// 0x0A is sent: a pile without a model must not charge, and keeps asking.
    pub fn render(&self, answer: &Result<Answer, Error>, _now: Timestamp) -> Vec<u8> {
        match self.message(answer) {
            Some(message) => message.frame(self.sequence, self.order),
            None => Vec::new(),
        }
    }

    fn message(&self, answer: &Result<Answer, Error>) -> Option<Message> {
        let pile = self.pile;
        match (self.reply, answer) {
            (Reply::Login, Ok(Answer::Booted { accepted })) => {
                Some(LoginReply { pile, result: u8::from(!accepted) }.into())
            }
            (Reply::TariffCheck, Ok(Answer::TariffChecked { model_no, same })) => Some(
                TariffCheckReply { pile, model_no: model_number(*model_no), result: u8::from(!same) }.into(),
            ),
            (Reply::Tariff, Ok(Answer::Tariff(Some(model)))) => Some(TariffReply::of(pile, model).into()),
            (Reply::CardStart { gun, by_vin }, answer) => Some(self.card_start(gun, by_vin, answer).into()),
            (Reply::MergedStart { gun, by_vin, merge }, answer) => {
                let CardStartReply { trade_no, pile, gun, logic_card, balance, auth_ok, fail_reason } =
                    self.card_start(gun, by_vin, answer);
                let merge_no = Bcd(merge.0);
                Some(
                    MergedCardStartReply {
                        trade_no,
                        pile,
                        gun,
                        logic_card,
                        balance,
                        auth_ok,
                        fail_reason,
                        merge_no,
                    }
                    .into(),
                )
            }
            (Reply::Bill { trade_no }, Ok(Answer::Billed { accepted })) => {
                Some(BillReply { trade_no, result: u8::from(!accepted) }.into())
            }
            _ => None,
        }
    }

    fn card_start(&self, gun: Gun, by_vin: bool, answer: &Result<Answer, Error>) -> CardStartReply {
        let (session, verdict, balance, card) = match answer {
            Ok(Answer::StartAsked { session, verdict, balance, card }) => {
                (*session, *verdict, *balance, card.as_deref())
            }
            _ => (TradeNo::ZERO, TokenVerdict::OutOfService, Fen(0), None),
        };
        let refused = fail_reason(verdict, by_vin);
        CardStartReply {
            trade_no: session,
            pile: self.pile,
            gun,
            logic_card: card.and_then(Bcd::parse).unwrap_or(Bcd::ZERO),
            balance: balance_of(balance),
            auth_ok: u8::from(refused.is_none()),
            fail_reason: refused.unwrap_or(0),
        }
    }
}

/// yuan × 100, as much as four bytes hold.
pub(super) fn balance_of(balance: Fen) -> u32 {
    u32::try_from(balance.0.max(0)).unwrap_or(u32::MAX)
}
