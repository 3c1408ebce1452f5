//! How the routes of invoices, sellers and titles are asked for; the others are in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("invoice_order_list", List, "/invoice-orders?customer_id={customer}", ""),
    asked(
        "invoice_check",
        Field("order_ids"),
        "/invoices/preview",
        r#"{"request_id":"sample-{n}-0000","customer_id":{customer},"order_ids":[{order}],"special":false,"company":false,"title":"抬头"}"#,
    ),
    asked(
        "invoice_create",
        Field("order_ids"),
        "/invoices",
        r#"{"request_id":"sample-{n}-0000","customer_id":{customer},"order_ids":[{order}],"special":false,"company":false,"title":"抬头"}"#,
    ),
    asked("invoice_batch_start", Field("invoice_ids"), "/invoices/start", r#"{"invoice_ids":[{invoice}]}"#),
    asked("invoice_start", Thing, "/invoices/{invoice}/start", r#"{"version":1}"#),
    asked(
        "invoice_confirm",
        Thing,
        "/invoices/{invoice}/decision",
        r#"{"version":1,"approve":false,"reason":"抬头有误"}"#,
    ),
    asked(
        "invoice_reversal_create",
        Thing,
        "/invoices/{invoice}/reversal",
        r#"{"version":1,"reason":"mistake"}"#,
    ),
    asked("invoice_reversal_cancel", Thing, "/invoices/{invoice}/reversal/cancel", r#"{"version":1}"#),
    asked("seller_list", ListOfOperator, "/sellers", ""),
    asked("seller_get", OfOperator, "/sellers/{operator}", ""),
    asked(
        "seller_set",
        OfOperator,
        "/sellers/{operator}",
        r#"{"version":0,"name":"销售方{n}","electricity":{"name":"电费","code":"1100101020100000000","rate_e4":1300},"service":{"name":"服务费","code":"1100101020100000000","rate_e4":1300},"quota_fen":1000000,"drawer":"","review":false,"channel":"receipt"}"#,
    ),
    asked("seller_check", OfOperator, "/sellers/{operator}/check", ""),
    // Titles belong to the platform, as customers do.
    asked("invoice_title_list", Platform, "/invoice-titles?customer_id={customer}", ""),
    asked(
        "invoice_title_create",
        Platform,
        "/invoice-titles",
        r#"{"customer_id":{customer},"company":false,"name":"抬头{n}","preferred":false}"#,
    ),
    asked(
        "invoice_title_update",
        Platform,
        "/invoice-titles/{invoice_title}",
        r#"{"version":1,"company":false,"name":"抬头","preferred":false}"#,
    ),
    asked("invoice_title_delete", Platform, "/invoice-titles/{invoice_title}", ""),
    // Of the app and of channels, who are no staff.
    asked("public_invoice_check", Own, "/public/invoices/preview", "{}"),
    asked("public_invoice_create", Own, "/public/invoices", "{}"),
    asked("public_invoice_get", Own, "/public/invoices", ""),
    asked("public_invoice_callback_create", Own, "/public/invoice-callbacks", ""),
];
