//! How the routes of payments, refunds and pay channels are asked for, and one of each of an operator's own.

use super::house::House;
use super::samples::About::*;
use super::samples::{Sample, asked};
use engine::audit::Actor;
use model::id::{CustomerId, OperatorId, OrderId, PileId, StaffId};
use model::money::Fen;
use model::pay::{PayState, PaymentPurpose, RefundKind, RefundRoute, RefundState};
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

/// Such a channel, a payment of this order at it, and its refund.
pub async fn paid(
    house: &House,
    side: i64,
    (order, pile): (i64, PileId),
    customer: &str,
) -> [(&'static str, String); 3] {
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
        let refund = Refund {
            id: 0,
            no: String::new(),
            payment: payment.id,
            pay_channel: channel,
            operator: payment.operator,
            customer,
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
            created_at: now,
            decided_by_name: None,
            decided_at: None,
            submitted_at: None,
            ended_at: None,
            proof: None,
            version: 1,
        };
        let refund = refunds::insert(tx, refund, |id| format!("TK{id}"))?;
        Ok((payment.id, refund.id))
    });
    let (payment, refund) = write.await.unwrap();
    [("{pay_channel}", channel), ("{payment}", payment), ("{refund}", refund)]
        .map(|(name, id)| (name, id.to_string()))
}
