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
    asked("feedback_block_list", ListOfOperator, "/feedback-blocks", ""),
    asked(
        "feedback_block_create",
        Field("feedback_id"),
        "/feedback-blocks",
        r#"{"feedback_id":{feedback},"reason":"多次提交广告","until_ms":1796000000000}"#,
    ),
    asked(
        "feedback_block_cancel",
        OfOperator,
        "/feedback-blocks/{feedback_block}/cancellation",
        r#"{"reason":"已说明情况"}"#,
    ),
];
