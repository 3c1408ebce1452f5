//! How the routes of payments, refunds and pay channels are asked for, and one of each of an operator's own.

use super::house::House;
use super::samples::About::*;
use super::samples::{Sample, asked};
use engine::audit::Actor;
use engine::reconciliation::counter::CounterBillSaid;
use model::id::{CustomerId, OperatorId, OrderId, PileId, StaffId};
use model::money::Fen;
use model::pay::{PayScene, PayState, PaymentPurpose, RefundKind, RefundRoute, RefundState};
use model::reconciliation::CounterLine;
use serde_json::json;
use store::payments::{self, Payment};
use store::refunds::{self, Refund};

pub const SAMPLES: &[Sample] = &[
    asked("payment_list", List, "/payments", ""),
    asked("payment_totals_get", List, "/payments/totals", ""),
    asked("payment_get", Thing, "/payments/{payment}", ""),
    asked(
        "payment_create",
        Platform,
        "/payments",
        r#"{"customer_id":{customer},"amount_fen":1000,"request_id":"request-{n}0000"}"#,
    ),
    asked("payment_check", Thing, "/payments/{payment}/check", ""),
    asked("payment_cancel", Thing, "/payments/{payment}/cancellation", ""),
    asked(
        "refund_create",
        Thing,
        "/payments/{payment}/refunds",
        r#"{"amount_fen":1,"reason":"设备故障","request_id":"request-{n}0000"}"#,
    ),
    asked(
        "customer_refund_create",
        Platform,
        "/customers/{customer}/refunds",
        r#"{"amount_fen":1,"reason":"用户申请","request_id":"request-{n}0000"}"#,
    ),
    asked("refund_list", List, "/refunds", ""),
    asked("refund_totals_get", List, "/refunds/totals", ""),
    asked("refund_get", Thing, "/refunds/{refund}", ""),
    asked("refund_update", Thing, "/refunds/{refund}/decision", r#"{"approve":true}"#),
    asked("refund_start", Thing, "/refunds/{refund}/submission", ""),
    asked("refund_check", Thing, "/refunds/{refund}/check", ""),
    asked("refund_cancel", Thing, "/refunds/{refund}/cancellation", r#"{"reason":"不退了"}"#),
    asked("refund_confirm", Thing, "/refunds/{refund}/proof", r#"{"proof":"工行转账 88"}"#),
    asked("pay_channel_list", Platform, "/pay-channels", ""),
    asked(
        "pay_channel_create",
        Platform,
        "/pay-channels",
        r#"{"name":"渠道{n}","enabled":false,"simulated":{"url":"https://pay.example.com","merchant":"M1"},"notify_url":"https://own.example.com","secret":"0123456789abcdef"}"#,
    ),
    asked(
        "pay_channel_update",
        Platform,
        "/pay-channels/{pay_channel}",
        r#"{"version":1,"name":"改名{n}","enabled":true,"simulated":{"url":"https://pay.example.com","merchant":"M1"},"notify_url":"https://own.example.com"}"#,
    ),
    asked("counter_bill_list", Platform, "/counter-bills", ""),
    asked(
        "counter_bill_start",
        Platform,
        "/counter-bills",
        r#"{"pay_channel_id":{pay_channel},"day":20261122}"#,
    ),
    asked("counter_bill_get", Platform, "/counter-bills/{counter_bill}", ""),
    asked("counter_bill_fetch", Platform, "/counter-bills/{counter_bill}/file", ""),
    asked("counter_bill_confirm", Platform, "/counter-bills/{counter_bill}/confirmation", r#"{"version":1}"#),
    asked(
        "counter_bill_undo",
        Platform,
        "/counter-bills/{counter_bill}/reopening",
        r#"{"version":1,"reason":"补账单"}"#,
    ),
    asked("peer_list", Platform, "/peers", ""),
    asked("peer_create", Platform, "/peers", r#"{"name":"互联方{n}","code":"39581580{n}"}"#),
    asked(
        "peer_update",
        Platform,
        "/peers/{peer}",
        r#"{"version":1,"name":"改名{n}","code":"4958158{n}00"}"#,
    ),
    asked(
        "peer_bill_import",
        Platform,
        "/peers/{peer}/bills?name=a.csv&day=20261122&check=true",
        "对方订单号,结束时间,电量,金额\nX1,2026-11-22 10:00:00,1,2\n",
    ),
    asked("peer_bill_template_fetch", Shared, "/imports/peer-bills/template?format=csv", ""),
    asked("counter_difference_list", Platform, "/counter-differences", ""),
    asked(
        "counter_difference_update",
        Platform,
        "/counter-differences/{counter_difference}",
        r#"{"version":1,"state":"accepted","note":"已核对"}"#,
    ),
    asked("pay_channel_check", Platform, "/pay-channels/{pay_channel}/check", ""),
    asked(
        "public_payment_create",
        Own,
        "/public/payments",
        r#"{"phone":"13800138000","amount_fen":1000,"request_id":"request-{n}0000"}"#,
    ),
    asked("public_payment_get", Own, "/public/payments?no=ZF0&token=x", ""),
];

/// A channel that leads nowhere.
async fn channel(house: &House, side: i64) -> i64 {
    let draft = json!({"name": format!("渠道{side}"), "enabled": true, "notify_url": "https://own.example.com",
        "simulated": {"url": "https://pay.example.com", "merchant": "M1"}, "secret": "0123456789abcdef"});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.pay_channel_create(&Actor::local(), draft).await.unwrap()
}

fn refund_of(payment: &Payment, side: i64) -> Refund {
    Refund {
        id: 0,
        no: String::new(),
        payment: payment.id,
        pay_channel: payment.pay_channel,
        operator: payment.operator,
        customer: payment.customer,
        order: payment.order,
        pile: payment.pile,
        kind: RefundKind::Order,
        amount: Fen(100),
        reason: "设备故障".to_owned(),
        request_id: format!("thing-{side}"),
        route: RefundRoute::Source,
        state: RefundState::Applied,
        channel_no: None,
        message: None,
        tries: 0,
        next_at: None,
        staff: StaffId(0),
        staff_name: "local".to_owned(),
        created_at: payment.created_at,
        decided_by_name: None,
        decided_at: None,
        submitted_at: None,
        ended_at: None,
        proof: None,
        version: 1,
    }
}

/// Such a channel, a payment of this order at it, and its refund.
pub async fn paid(
    house: &House,
    side: i64,
    (order, pile): (i64, PileId),
    customer: &str,
) -> [(&'static str, String); 6] {
    let (engine, channel) = (&house.app.engine, channel(house, side).await);
    let (now, customer) = (house.clock.now(), CustomerId(customer.parse().unwrap()));
    let payment = Payment {
        id: 0,
        no: String::new(),
        token: "token".to_owned(),
        pay_channel: channel,
        operator: Some(OperatorId(side + 1)),
        customer,
        purpose: PaymentPurpose::Order,
        order: Some(OrderId(order)),
        pile: Some(pile),
        amount: Fen(1_000),
        refunded: Fen(0),
        state: PayState::Paying,
        request_id: format!("thing-{side}"),
        channel_no: None,
        pay_url: None,
        scene: PayScene::Scan,
        payer_openid: None,
        wechat_call: None,
        late: false,
        excess: false,
        message: None,
        tries: 0,
        next_at: None,
        created_at: now,
        expires_at: now,
        paid_at: None,
        version: 1,
    };
    let write = engine.store.write(Some(pile), move |tx| {
        let payment = payments::insert(tx, payment.clone(), |id| format!("ZF{id}"))?;
        let refund = refund_of(&payment, side);
        let refund = refunds::insert(tx, refund, |id| format!("TK{id}"))?;
        Ok((payment.id, refund.id))
    });
    let (payment, refund) = write.await.unwrap();
    let (bill, difference) = billed(house, channel).await;
    [
        ("{pay_channel}", channel),
        ("{payment}", payment),
        ("{refund}", refund),
        ("{counter_bill}", bill),
        ("{counter_difference}", difference),
        ("{peer}", peer(house, side).await),
    ]
    .map(|(name, id)| (name, id.to_string()))
}

/// A bill of this channel with a line that nobody knows, and the difference that it is.
async fn billed(house: &House, channel: i64) -> (i64, i64) {
    let engine = &house.app.engine;
    let known =
        engine.store.read(move |conn| store::pay_channels::get(conn, channel)).await.unwrap().unwrap();
    let line = CounterLine {
        line_no: 1,
        own_no: "ZF-X".to_owned(),
        payment_no: "ZF-X".to_owned(),
        their_no: "42".to_owned(),
        fen: 100,
        done: true,
        ..CounterLine::default()
    };
    let said = CounterBillSaid { file_name: "M1.json".to_owned(), body: b"[]".to_vec(), lines: vec![line] };
    let bill = engine.counter_bill_take(&known, 20_261_122, said).await.unwrap();
    let rows = engine.store.read(move |conn| store::counter_bills::differences_of(conn, bill)).await.unwrap();
    (bill, rows[0].id)
}

/// A platform whose customers charge here.
async fn peer(house: &House, side: i64) -> i64 {
    let draft = json!({"name": format!("互联方{side}"), "code": format!("59581580{side}")});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.peer_create(&Actor::local(), draft).await.unwrap()
}
