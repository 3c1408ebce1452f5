//! 更正 and 占位费: more is charged for an order whose bill was posted before.

use crate::Tx;
use crate::order_payments::OrderPayment;
use crate::platform_discounts::Because;
use crate::postings::NewPosting;
use crate::purses::{Spent, Witness};
use model::Result;
use model::id::StaffId;
use model::ledger::{AccountId, Paid, Payer, PostingCode, legs_of, pay};
use model::money::Fen;
use model::time::Timestamp;

/// By how much a posted bill grows, and why.
pub struct Raise<'a> {
    pub parts: &'a [(PostingCode, Fen)],
    pub gift_first: bool,
    /// Names the correction, so that it is posted once.
    pub key: &'a str,
    pub reason: &'a str,
    pub staff: Option<(StaffId, &'a str)>,
}

impl Tx<'_> {
    /// What a payer would pay a further amount from.
    pub fn payment_split(
        &mut self,
        payment: &OrderPayment,
        (total, held): (Fen, Fen),
        gift_first: bool,
    ) -> Result<Paid> {
        Ok(match payment.payer() {
            None => Paid { owed: total, ..Paid::default() },
            Some(Payer::Fleet(_)) => Paid { principal: total, ..Paid::default() },
            Some(payer) => {
                let purse = self.purse(payer)?;
                pay(total, purse.available() + held, purse.funds(), gift_first)
            }
        })
    }

    /// Posts the difference from the payer's purse; what it does not have is owed, as with the bill itself.
    pub fn payment_raise(
        &mut self,
        mut payment: OrderPayment,
        raise: &Raise<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let total: Fen = raise.parts.iter().map(|(_, fen)| *fen).sum();
        let witness = Witness::Step(payment.order, payment.next_step());
        let more = match payment.payer() {
            None => Paid { owed: total, ..Paid::default() },
            Some(payer) => {
                self.purse(payer)?;
                let fleet = matches!(payer, Payer::Fleet(_));
                let paid = self.hot.spend(payer, witness, |purse| {
                    let paid = match fleet {
                        true => Paid { principal: total, ..Paid::default() },
                        false => pay(total, purse.available(), purse.funds(), raise.gift_first),
                    };
                    let (principal, gift) = (-paid.principal.0, -paid.gift.0);
                    (paid, Some(Spent { principal, gift, ..Spent::default() }))
                });
                paid.unwrap_or(Paid { owed: total, ..Paid::default() })
            }
        };
        for leg in legs_of(raise.parts, &payment.sources(more)) {
            let key = format!("{}/{}/{}", raise.key, leg.code.as_str(), leg.from.kind().as_str());
            self.posting_append(&NewPosting {
                debit: leg.from,
                credit: AccountId::revenue(payment.operator),
                fen: leg.fen,
                code: leg.code,
                key: &key,
                order: Some(payment.order),
                operator: Some(payment.operator),
                at: now,
                staff: raise.staff,
                reason: raise.reason,
            })?;
        }
        payment.paid.principal = payment.paid.principal + more.principal;
        payment.paid.gift = payment.paid.gift + more.gift;
        payment.paid.owed = payment.paid.owed + more.owed;
        let fees = raise.parts.iter().filter(|(code, _)| *code == PostingCode::Occupancy);
        payment.occupancy = payment.occupancy + fees.map(|(_, fen)| *fen).sum();
        let because = Because { key: raise.key, reason: raise.reason, staff: raise.staff };
        self.platform_follow(&mut payment, because, now)?;
        payment.changed_at = now;
        self.payment_note(payment);
        Ok(())
    }
}
