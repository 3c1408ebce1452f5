//! 账务: money moves by postings only. A posting takes some fen out of one account and puts them into
//! another, is never changed, and has a business key, so that the same thing said twice moves money
//! once. What a session may cost is held in its payer's purse first, and when it ends as much as it
//! really costs is posted, and the rest is let go.

use crate::id::{CustomerId, FleetId, OperatorId};
use crate::money::Fen;
use std::cmp::min;

crate::words! {
    /// What an account is for. What is owed to somebody grows by credits, what somebody owes by debits.
    AccountKind {
        /// 本金: what a customer has paid in.
        Principal = "principal",
        /// 赠送金: what a customer was given. It can be charged with and never paid out.
        Gift = "gift",
        /// 待支付: what a customer owes for sessions.
        Receivable = "receivable",
        /// 车队账户: what a fleet has paid in; below zero, what it owes.
        Fleet = "fleet",
        /// 运营商应付: what an operator has earned and not got yet.
        Revenue = "revenue",
        /// 渠道清算: what came in or went out by a way of paying.
        Channel = "channel",
        /// 赠送成本: gifts, as long as nobody has said who bears them.
        Promotion = "promotion",
        /// 核销: what will never be paid.
        WriteOff = "write_off",
        /// 退款在途: taken out of a customer's purse or an operator's earnings, and not yet back at the customer.
        Refunding = "refunding",
        /// 优惠支出: what an operator has not asked for, of what it has earned.
        Discount = "discount",
        /// 分账应付: what a payee is owed of closed periods; below zero, what it got too much.
        PayeePayable = "payee_payable",
        /// 分账支出: what an operator has given to payees, of what it has earned.
        SharedRevenue = "shared_revenue",
        /// 分账已付: what has left an operator's bank for payees.
        PaidOut = "paid_out",
        /// 渠道手续费: what pay channels have cost.
        ChannelFee = "channel_fee",
        /// 平台优惠支出: what of coupons and activities the platform bears.
        PlatformDiscount = "platform_discount",
        /// 渠道扣留: of what a pay channel has taken in, what it keeps as its fee. The rest is to be received.
        Withheld = "withheld",
    }

    /// Why money moved.
    PostingCode {
        Electricity = "electricity",
        Service = "service",
        /// 充值: paid in.
        TopUp = "top_up",
        /// 赠送
        GiftGrant = "gift_grant",
        /// 扣款: taken out by hand.
        Deduction = "deduction",
        /// 退款: of an order, into the purse that had paid for it.
        Refund = "refund",
        /// 核销
        WriteOff = "write_off",
        /// 订单付款: what was owed for an order, paid at a channel.
        OrderPay = "order_pay",
        /// 重复支付: paid at a channel and owed by nobody.
        Excess = "excess",
        /// 退款预留
        RefundHold = "refund_hold",
        /// 退款撤销: what was reserved is back where it was.
        RefundUndo = "refund_undo",
        /// 退款完成: it left by the channel, or by hand.
        RefundDone = "refund_done",
        /// 优惠: what of a bill its payer is not asked for.
        Discount = "discount",
        /// 优惠冲回: of what the platform bears, what comes back to it because its order was given back.
        DiscountBack = "discount_back",
        /// 分账: what a payee gets of a period.
        Share = "share",
        /// 分账追回: what a payee has got too much, by later refunds and corrections.
        ShareBack = "share_back",
        /// 分账付款
        Payout = "payout",
        /// 占位费
        Occupancy = "occupancy",
        /// 渠道手续费: of a day's bill of a pay channel, and of its corrections.
        ChannelFee = "channel_fee",
    }

    /// 支付方式: how the payer of an order pays.
    PayWay {
        /// From the customer's principal and gift.
        Wallet = "wallet",
        /// From the account of the customer's fleet.
        Fleet = "fleet",
        /// 后付: the customer owes it.
        Later = "later",
    }

    /// 支付状态
    PaymentState {
        /// The order is not over: what is held stays held.
        Open = "open",
        /// The bill was posted.
        Posted = "posted",
        /// The session never began: nothing was posted and nothing is held.
        Void = "void",
    }

    /// What became of an order's money, in a list of orders.
    PaidState {
        /// The order is not over; what it may cost is held where a purse pays.
        Open = "open",
        Paid = "paid",
        /// 待支付: some of it is owed.
        Owed = "owed",
        PartRefunded = "part_refunded",
        Refunded = "refunded",
        WrittenOff = "written_off",
    }
}

impl AccountKind {
    /// Kept in [`AccountId`]: a number that was given once stays.
    fn number(self) -> i64 {
        match self {
            AccountKind::Principal => 1,
            AccountKind::Gift => 2,
            AccountKind::Receivable => 3,
            AccountKind::Fleet => 4,
            AccountKind::Revenue => 5,
            AccountKind::Channel => 6,
            AccountKind::Promotion => 7,
            AccountKind::WriteOff => 8,
            AccountKind::Refunding => 9,
            AccountKind::Discount => 10,
            AccountKind::PayeePayable => 20,
            AccountKind::SharedRevenue => 21,
            AccountKind::PaidOut => 22,
            AccountKind::ChannelFee => 24,
            AccountKind::Withheld => 25,
            AccountKind::PlatformDiscount => 26,
        }
    }

    /// Credits minus debits may not go below zero, or debits minus credits where money is owed to us.
    pub fn may_not_go_below_zero(self) -> bool {
        matches!(
            self,
            AccountKind::Principal | AccountKind::Gift | AccountKind::Receivable | AccountKind::Refunding
        )
    }

    /// Its balance grows by debits.
    pub fn grows_by_debits(self) -> bool {
        matches!(
            self,
            AccountKind::Receivable
                | AccountKind::Channel
                | AccountKind::Promotion
                | AccountKind::WriteOff
                | AccountKind::Discount
                | AccountKind::SharedRevenue
                | AccountKind::ChannelFee
                | AccountKind::PlatformDiscount
        )
    }
}

/// How many kinds of accounts an owner can have.
const KINDS: i64 = 32;

/// An account is its owner and its kind: it needs no row to be known, and is opened by what is posted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(i64);

impl AccountId {
    pub fn of(kind: AccountKind, owner: i64) -> AccountId {
        // An id that nobody has must not become somebody's by running over.
        AccountId(owner.saturating_mul(KINDS).saturating_add(kind.number()))
    }

    pub fn principal(customer: CustomerId) -> AccountId {
        AccountId::of(AccountKind::Principal, customer.0)
    }

    pub fn gift(customer: CustomerId) -> AccountId {
        AccountId::of(AccountKind::Gift, customer.0)
    }

    pub fn receivable(customer: CustomerId) -> AccountId {
        AccountId::of(AccountKind::Receivable, customer.0)
    }

    pub fn fleet(fleet: FleetId) -> AccountId {
        AccountId::of(AccountKind::Fleet, fleet.0)
    }

    pub fn revenue(operator: OperatorId) -> AccountId {
        AccountId::of(AccountKind::Revenue, operator.0)
    }

    /// What of its revenue an operator does not ask for.
    pub fn discount(operator: OperatorId) -> AccountId {
        AccountId::of(AccountKind::Discount, operator.0)
    }

    pub fn payee(payee: i64) -> AccountId {
        AccountId::of(AccountKind::PayeePayable, payee)
    }

    pub fn shared(operator: OperatorId) -> AccountId {
        AccountId::of(AccountKind::SharedRevenue, operator.0)
    }

    pub fn paid_out(operator: OperatorId) -> AccountId {
        AccountId::of(AccountKind::PaidOut, operator.0)
    }

    /// Money that staff have taken in or paid out.
    pub fn by_hand() -> AccountId {
        AccountId::of(AccountKind::Channel, 0)
    }

    /// What a pay channel has taken in and paid back.
    pub fn channel(pay_channel: i64) -> AccountId {
        AccountId::of(AccountKind::Channel, pay_channel)
    }

    /// What a pay channel has cost.
    pub fn channel_fee(pay_channel: i64) -> AccountId {
        AccountId::of(AccountKind::ChannelFee, pay_channel)
    }

    /// What a pay channel keeps of what it has taken in.
    pub fn withheld(pay_channel: i64) -> AccountId {
        AccountId::of(AccountKind::Withheld, pay_channel)
    }

    pub fn refunding(customer: CustomerId) -> AccountId {
        AccountId::of(AccountKind::Refunding, customer.0)
    }

    pub fn promotion() -> AccountId {
        AccountId::of(AccountKind::Promotion, 0)
    }

    /// What of coupons and activities the platform bears.
    pub fn platform_discount() -> AccountId {
        AccountId::of(AccountKind::PlatformDiscount, 0)
    }

    pub fn write_off() -> AccountId {
        AccountId::of(AccountKind::WriteOff, 0)
    }

    pub fn number(self) -> i64 {
        self.0
    }

    pub fn parse(number: i64) -> Option<AccountId> {
        let id = AccountId(number);
        (number > 0 && AccountKind::ALL.iter().any(|kind| kind.number() == number % KINDS)).then_some(id)
    }

    pub fn kind(self) -> AccountKind {
        let known = AccountKind::ALL.iter().find(|kind| kind.number() == self.0 % KINDS);
        known.copied().unwrap_or(AccountKind::Channel)
    }

    pub fn owner(self) -> i64 {
        self.0 / KINDS
    }
}

/// Whose purse pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payer {
    Customer(CustomerId),
    Fleet(FleetId),
}

/// What is in a purse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funds {
    /// A fleet's may be below zero, by its credit.
    pub principal: Fen,
    pub gift: Fen,
}

/// What an order was paid from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    pub principal: Fen,
    pub gift: Fen,
    /// What no purse had.
    pub owed: Fen,
}

impl Paid {
    pub fn total(self) -> Fen {
        self.principal + self.gift + self.owed
    }
}

/// Pays `total` from a purse of which at most `most` may be taken, and owes the rest.
pub fn pay(total: Fen, most: Fen, funds: Funds, gift_first: bool) -> Paid {
    let some = |fen: i64| fen.max(0);
    let from_purse = min(some(total.0), some(most.0));
    let (gift, principal) = if gift_first {
        let gift = min(from_purse, some(funds.gift.0));
        (gift, min(from_purse - gift, some(funds.principal.0)))
    } else {
        let principal = min(from_purse, some(funds.principal.0));
        (min(from_purse - principal, some(funds.gift.0)), principal)
    };
    Paid { principal: Fen(principal), gift: Fen(gift), owed: Fen(some(total.0) - gift - principal) }
}

/// One part of a bill, paid from one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    pub code: PostingCode,
    pub from: AccountId,
    pub fen: Fen,
}

/// Electricity and service fee as postings of their own: the sources are used up in their order, for
/// the electricity first. What no source has is left out.
pub fn legs(electricity: Fen, service: Fen, sources: &[(AccountId, Fen)]) -> Vec<Leg> {
    legs_of(&[(PostingCode::Electricity, electricity), (PostingCode::Service, service)], sources)
}

/// The same of any parts of a bill, in their order.
pub fn legs_of(parts: &[(PostingCode, Fen)], sources: &[(AccountId, Fen)]) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut left: Vec<(AccountId, i64)> = sources.iter().map(|(from, fen)| (*from, fen.0)).collect();
    for (code, wanted) in parts.iter().copied() {
        let mut wanted = wanted.0;
        for (from, has) in &mut left {
            let fen = min(wanted, *has);
            if fen > 0 {
                legs.push(Leg { code, from: *from, fen: Fen(fen) });
                (wanted, *has) = (wanted - fen, *has - fen);
            }
        }
    }
    legs
}

/// A refund goes back the way the money came, the last first: what is owed is owed no longer, then the
/// principal, then the gift.
pub fn give_back(refund: Fen, paid: Paid) -> Paid {
    let owed = min(refund.0, paid.owed.0);
    let principal = min(refund.0 - owed, paid.principal.0);
    let gift = min(refund.0 - owed - principal, paid.gift.0);
    Paid { principal: Fen(principal), gift: Fen(gift), owed: Fen(owed) }
}

#[cfg(test)]
mod tests;
