//! 钱包: money that is put into a purse or taken out of it other than by an order's bill.

use crate::Tx;
use crate::order_payments::OrderPayment;
use crate::platform_discounts::Because;
use crate::postings::NewPosting;
use crate::purses::{Spent, Witness};
use model::Result;
use model::id::{FleetId, StaffId};
use model::ledger::{AccountId, Payer, PostingCode, give_back};
use model::money::Fen;
use model::time::Timestamp;

/// What moves, and why.
#[derive(Clone, Copy, Debug)]
pub struct WalletMove<'a> {
    pub payer: Payer,
    /// Paid in, given, or taken out.
    pub code: PostingCode,
    /// The gift is meant, not the principal.
    pub gift: bool,
    pub fen: Fen,
    pub key: &'a str,
    pub at: Timestamp,
    pub staff: Option<(StaffId, &'a str)>,
    pub reason: &'a str,
}

impl WalletMove<'_> {
    /// The purse's account, and where the money comes from or goes to.
    fn accounts(&self) -> (AccountId, AccountId) {
        match (self.payer, self.gift) {
            (Payer::Customer(id), false) => (AccountId::principal(id), AccountId::by_hand()),
            (Payer::Customer(id), true) => (AccountId::gift(id), AccountId::promotion()),
            (Payer::Fleet(id), _) => (AccountId::fleet(id), AccountId::by_hand()),
        }
    }
}

impl Tx<'_> {
    /// Moves money into a purse or out of it; its posting. Nothing moves where what is to be taken out is
    /// not there, or is held for sessions.
    pub fn wallet_move(&mut self, wanted: &WalletMove<'_>) -> Result<Option<i64>> {
        self.purse(wanted.payer)?;
        let (own, other) = wanted.accounts();
        let out = wanted.code == PostingCode::Deduction;
        let signed = if out { -wanted.fen.0 } else { wanted.fen.0 };
        let witness = Witness::Posting(self.peek_id(crate::ids::Noun::Posting)?);
        let moved = self.hot.spend(wanted.payer, witness, |purse| {
            let of_it =
                if wanted.gift { purse.funds().gift } else { purse.funds().principal + purse.credit() };
            if out && purse.available().min(of_it) < wanted.fen {
                return (false, None);
            }
            let spent = match wanted.gift {
                true => Spent { gift: signed, ..Spent::default() },
                false => Spent { principal: signed, ..Spent::default() },
            };
            (true, Some(spent))
        });
        if moved != Some(true) {
            return Ok(None);
        }
        let (debit, credit) = if out { (own, other) } else { (other, own) };
        let WalletMove { fen, code, key, at, staff, reason, .. } = *wanted;
        let new =
            NewPosting { debit, credit, fen, code, key, order: None, operator: None, at, staff, reason };
        self.posting_append(&new).map(Some)
    }

    /// Gives a part of what an order has cost back into the purse that has paid it.
    pub fn payment_refund(
        &mut self,
        mut payment: OrderPayment,
        fen: Fen,
        (key, reason): (&str, &str),
        staff: (StaffId, &str),
        now: Timestamp,
    ) -> Result<()> {
        let back = give_back(fen, payment.left());
        for (to, fen) in payment.sources(back).into_iter().filter(|(_, fen)| fen.0 > 0) {
            let key = format!("{key}/{}", to.kind().as_str());
            self.posting_append(&NewPosting {
                debit: AccountId::revenue(payment.operator),
                credit: to,
                fen,
                code: PostingCode::Refund,
                key: &key,
                order: Some(payment.order),
                operator: Some(payment.operator),
                at: now,
                staff: Some(staff),
                reason,
            })?;
        }
        if let Some(payer) = payment.payer() {
            self.purse(payer)?;
            let spent = Spent { principal: back.principal.0, gift: back.gift.0, ..Spent::default() };
            let witness = Witness::Step(payment.order, payment.next_step());
            self.hot.spend(payer, witness, |_| ((), Some(spent)));
        }
        payment.refunded = payment.refunded + fen;
        self.platform_follow(&mut payment, Because { key, reason, staff: Some(staff) }, now)?;
        payment.changed_at = now;
        self.payment_note(payment);
        Ok(())
    }

    /// Gives 占位费 back that a person has waived.
    pub fn payment_waive(
        &mut self,
        mut payment: OrderPayment,
        fee: Fen,
        names: (&str, &str),
        staff: (StaffId, &str),
        now: Timestamp,
    ) -> Result<()> {
        payment.occupancy_back = payment.occupancy_back + fee;
        self.payment_refund(payment, fee, names, staff, now)
    }

    /// A fleet's credit was set: `before` and `now`, and the version of its row that says so.
    pub fn fleet_credit_changed(
        &mut self,
        fleet: FleetId,
        (before, now): (Fen, Fen),
        version: i64,
    ) -> Result<()> {
        let payer = Payer::Fleet(fleet);
        self.purse(payer)?;
        let spent = Spent { credit: (now - before).0, ..Spent::default() };
        self.hot.spend(payer, Witness::Fleet(fleet.0, version), |_| ((), Some(spent)));
        Ok(())
    }

    /// What is owed for an order, and will never be paid, is owed no longer; how much that was.
    pub fn payment_write_off(
        &mut self,
        mut payment: OrderPayment,
        (key, reason): (&str, &str),
        staff: (StaffId, &str),
        now: Timestamp,
    ) -> Result<Fen> {
        let owed = payment.left().owed;
        if owed.0 <= 0 {
            return Ok(Fen(0));
        }
        self.posting_append(&NewPosting {
            debit: AccountId::write_off(),
            credit: AccountId::receivable(payment.customer),
            fen: owed,
            code: PostingCode::WriteOff,
            key,
            order: Some(payment.order),
            operator: Some(payment.operator),
            at: now,
            staff: Some(staff),
            reason,
        })?;
        payment.written_off = payment.written_off + owed;
        payment.changed_at = now;
        self.payment_note(payment);
        Ok(owed)
    }
}
