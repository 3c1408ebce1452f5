//! How the routes of handover and the like are asked for well; as in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("staff_handover_get", OfOperator, "/staff/{staff}/handover", ""),
    asked(
        "staff_handover_create",
        OfOperator,
        "/staff/{staff}/handover",
        r#"{"version":1,"to_staff_id":null,"note":"钥匙在前台"}"#,
    ),
];
