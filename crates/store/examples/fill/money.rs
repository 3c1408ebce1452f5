//! How the orders were paid: one payment of each order that has a bill, two postings, and now and then a
//! top-up at a channel. Balances are not made: lists do not read them.

use crate::bulk::Bulk;
use crate::random::Random;
use model::id::{CustomerId, OperatorId};
use model::ledger::AccountId;
use store::db::Insert;
use store::{DbResult, Value};

static PAY_CHANNEL: Insert = Insert {
    table: "pay_channel",
    columns: &[
        "id",
        "kind",
        "name",
        "operator_id",
        "enabled",
        "config",
        "secret",
        "notify_url",
        "checked_at_ms",
        "check_fault",
        "version",
        "changed_at_ms",
        "changed_by",
    ],
    on_conflict: "",
};

static ORDER_PAYMENT: Insert = Insert {
    table: "order_payment",
    columns: &[
        "order_id",
        "pile_id",
        "operator_id",
        "customer_id",
        "way",
        "state",
        "held_fen",
        "most_held_fen",
        "principal_fen",
        "gift_fen",
        "owed_fen",
        "refunded_fen",
        "written_off_fen",
        "exhausted",
        "step",
        "created_at_ms",
        "changed_at_ms",
    ],
    on_conflict: "",
};

static POSTING: Insert = Insert {
    table: "posting",
    columns: &[
        "id",
        "debit_id",
        "credit_id",
        "fen",
        "code",
        "posting_key",
        "order_id",
        "operator_id",
        "at_ms",
        "reason",
    ],
    on_conflict: "",
};

static PAYMENT: Insert = Insert {
    table: "payment",
    columns: &[
        "id",
        "no",
        "token",
        "pay_channel_id",
        "customer_id",
        "purpose",
        "amount_fen",
        "refunded_fen",
        "state",
        "request_id",
        "channel_no",
        "late",
        "excess",
        "tries",
        "created_at_ms",
        "expires_at_ms",
        "paid_at_ms",
        "version",
    ],
    on_conflict: "",
};

/// What of an order its payment needs to know.
pub struct Billed {
    pub order: i64,
    pub pile: i64,
    pub operator: i64,
    pub customer: i64,
    pub ended_ms: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
}

/// How a thousand orders were paid: most from a purse, some later; of those nearly all have paid since.
struct Way {
    way: &'static str,
    owed: bool,
    refunded: bool,
    written_off: bool,
}

fn way(random: &mut Random) -> Way {
    let dice = random.below(10_000);
    let way = if dice < 8_500 { "wallet" } else { "later" };
    Way { way, owed: dice >= 9_950, refunded: dice % 200 == 7, written_off: dice == 9_949 }
}

#[derive(Default)]
pub struct Money {
    posting: i64,
    payment: i64,
}

impl Money {
    /// The one channel: it is not in use, for nobody is there.
    pub fn begin(bulk: &mut Bulk) -> DbResult<Money> {
        let config = r#"{"url":"http://127.0.0.1:9","merchant":"bench"}"#;
        let row = [
            1.into(),
            "simulated".into(),
            "模拟支付".into(),
            Value::Null,
            false.into(),
            config.into(),
            "".into(),
            "http://127.0.0.1:9".into(),
            Value::Null,
            Value::Null,
            1.into(),
            0.into(),
            "".into(),
        ];
        bulk.add(&PAY_CHANNEL, row)?;
        Ok(Money::default())
    }

    pub fn paid(&mut self, bulk: &mut Bulk, billed: &Billed, random: &mut Random) -> DbResult<()> {
        let total = billed.electricity_fen + billed.service_fen;
        let how = way(random);
        let purse = how.way == "wallet";
        let some = |there: bool| if there { total } else { 0 };
        let row = [
            billed.order.into(),
            billed.pile.into(),
            billed.operator.into(),
            billed.customer.into(),
            how.way.into(),
            "posted".into(),
            0.into(),
            some(purse).into(),
            some(!how.owed && !how.written_off).into(),
            0.into(),
            some(how.owed || how.written_off).into(),
            (if how.refunded { total / 2 } else { 0 }).into(),
            some(how.written_off).into(),
            false.into(),
            2.into(),
            (billed.ended_ms - 1_800_000).into(),
            (billed.ended_ms + 900).into(),
        ];
        bulk.add(&ORDER_PAYMENT, row)?;
        let customer = CustomerId(billed.customer);
        let from = if purse { AccountId::principal(customer) } else { AccountId::receivable(customer) };
        self.posted(bulk, billed, "electricity", from, billed.electricity_fen)?;
        self.posted(bulk, billed, "service", from, billed.service_fen)?;
        if random.below(10) == 0 { self.topped_up(bulk, billed, random) } else { Ok(()) }
    }

    fn posted(
        &mut self,
        bulk: &mut Bulk,
        billed: &Billed,
        code: &'static str,
        from: AccountId,
        fen: i64,
    ) -> DbResult<()> {
        self.posting += 1;
        let key = format!("order/{}/{code}/{}", billed.order, from.kind().as_str());
        let row = [
            self.posting.into(),
            from.number().into(),
            AccountId::revenue(OperatorId(billed.operator)).number().into(),
            fen.into(),
            code.into(),
            key.into(),
            billed.order.into(),
            billed.operator.into(),
            (billed.ended_ms + 900).into(),
            "".into(),
        ];
        bulk.add(&POSTING, row)
    }

    fn topped_up(&mut self, bulk: &mut Bulk, billed: &Billed, random: &mut Random) -> DbResult<()> {
        self.payment += 1;
        let (id, at) = (self.payment, billed.ended_ms - 3_000_000);
        let paid = random.below(20) > 0;
        let row = [
            id.into(),
            format!("P{id:012}").into(),
            format!("{id:032x}").into(),
            1.into(),
            billed.customer.into(),
            "top_up".into(),
            (random.between(10, 100) * 500).into(),
            0.into(),
            (if paid { "paid" } else { "closed" }).into(),
            format!("r{id}").into(),
            if paid { format!("C{id:014}").into() } else { Value::Null },
            (random.below(10_000) == 0).into(),
            false.into(),
            1.into(),
            at.into(),
            (at + 900_000).into(),
            if paid { (at + 20_000).into() } else { Value::Null },
            2.into(),
        ];
        bulk.add(&PAYMENT, row)
    }
}
