//! How the routes of the books are asked for; the others are in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("abnormal_summary_get", List, "/abnormal-orders/summary", ""),
    asked("order_evidence_get", Thing, "/orders/{order}/evidence", ""),
    asked("order_payment_get", Thing, "/orders/{order}/payment", ""),
    asked(
        "order_refund_create",
        Thing,
        "/orders/{order}/refunds",
        r#"{"amount_fen":1,"reason":"设备故障","request_id":"request-{n}0000"}"#,
    ),
    asked("order_write_off_create", Thing, "/orders/{order}/write-offs", r#"{"reason":"无法收回"}"#),
    asked("order_voucher_list", Thing, "/orders/{order}/vouchers", ""),
    asked("order_voucher_set", Thing, "/orders/{order}/voucher", r#"{"voucher_id":null}"#),
    asked("occupancy_waiver_create", Thing, "/orders/{order}/occupancy-waivers", r#"{"reason":"无法拔枪"}"#),
    asked(
        "occupancy_waiver_update",
        Thing,
        "/occupancy-waivers/{occupancy_waiver}/decision",
        r#"{"approve":true}"#,
    ),
    // Purses belong to the platform, as customers do.
    asked("wallet_get", Platform, "/customers/{customer}/wallet", ""),
    asked(
        "wallet_change_create",
        Platform,
        "/customers/{customer}/wallet-changes",
        r#"{"kind":"top_up","amount_fen":1,"reason":"现金充值","request_id":"request-{n}0000"}"#,
    ),
    asked("customer_pay_way_set", Platform, "/customers/{customer}/pay-way", r#"{"pay_way":"wallet"}"#),
    asked("fleet_account_get", Platform, "/fleets/{fleet}/account", ""),
    asked("fleet_driver_limit_list", Platform, "/fleets/{fleet}/driver-limits", ""),
    asked(
        "fleet_driver_limit_set",
        Platform,
        "/fleets/{fleet}/driver-limits",
        r#"{"version":0,"customer_id":null,"limits":{"day_fen":5000}}"#,
    ),
    asked(
        "fleet_account_set",
        Platform,
        "/fleets/{fleet}/account",
        r#"{"version":1,"pays":true,"credit_fen":0}"#,
    ),
    asked(
        "fleet_wallet_change_create",
        Platform,
        "/fleets/{fleet}/wallet-changes",
        r#"{"kind":"top_up","amount_fen":1,"reason":"转账","request_id":"request-{n}0000"}"#,
    ),
    asked(
        "wallet_change_update",
        Platform,
        "/wallet-changes/{wallet_change}/decision",
        r#"{"approve":true}"#,
    ),
    asked("posting_list", List, "/postings", ""),
    asked("trial_balance_get", Platform, "/trial-balance", ""),
];
