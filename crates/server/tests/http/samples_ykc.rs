//! How the routes of what only 云快充 piles have are asked for; the others are in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("dialect_list", ListOfOperator, "/dialects", ""),
    asked(
        "dialect_create",
        Field("operator_id"),
        "/dialects",
        r#"{"operator_id":{operator},"name":"方言{n}","rules":{"crc_high_first":true}}"#,
    ),
    asked("dialect_get", OfOperator, "/dialects/{dialect}", ""),
    asked("dialect_change_list", OfOperator, "/dialects/{dialect}/changes", ""),
    asked(
        "dialect_update",
        OfOperator,
        "/dialects/{dialect}",
        r#"{"version":1,"dialect":{"name":"方言{n}","rules":{}}}"#,
    ),
    asked("dialect_delete", OfOperator, "/dialects/{dialect}", ""),
    asked("pile_dialect_get", Thing, "/piles/{pile}/dialect", ""),
    asked("pile_dialect_set", Thing, "/piles/{pile}/dialect", r#"{"dialect_id":null}"#),
    asked("pile_event_list", Thing, "/piles/{pile}/events", ""),
];
