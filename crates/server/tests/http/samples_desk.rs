//! How the routes of the desk of customer service are asked for well; as in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("caller_get", List, "/callers?phone=13812345678", ""),
    asked("feedback_caller_get", Thing, "/feedback/{feedback}/caller", ""),
    asked("feedback_template_list", Shared, "/feedback-templates", ""),
    asked("feedback_template_create", Platform, "/feedback-templates", r#"{"name":"模板{n}","text":"您好"}"#),
    asked(
        "feedback_template_update",
        Platform,
        "/feedback-templates/1",
        r#"{"version":1,"name":"安排检修","text":"您好，已安排检修"}"#,
    ),
    asked("feedback_template_delete", Platform, "/feedback-templates/2", ""),
    asked("member_level_list", Shared, "/member-levels", ""),
    asked(
        "member_level_create",
        Platform,
        "/member-levels",
        r#"{"name":"等级{n}","place":50,"energy_dwh":0,"order_count":0,"total_fen":0,"rights":["优先"]}"#,
    ),
    asked(
        "member_level_update",
        Platform,
        "/member-levels/1",
        r#"{"version":1,"name":"普通会员","place":1,"energy_dwh":0,"order_count":0,"total_fen":0,"rights":[]}"#,
    ),
    asked("member_level_delete", Platform, "/member-levels/3", ""),
    asked("map_heat_get", List, "/map/heat?measure=orders&days=30", ""),
    asked("order_bill_fetch", Thing, "/orders/{order}/bill", ""),
    asked("public_bill_get", Own, "/public/bills?order_no=1&code=1", ""),
    asked("public_feedback_score_set", Own, "/public/feedback/score", ""),
];
