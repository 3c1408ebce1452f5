//! The routes of 负荷管理 and 充电计划, as in `samples.rs`.

use super::samples::About::Thing;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("pile_profile_list", Thing, "/piles/{pile}/profiles", ""),
    asked("load_get", Thing, "/stations/{station}/load", ""),
    asked(
        "load_set",
        Thing,
        "/stations/{station}/load",
        r#"{"version":0,"enabled":true,"cap_w":100000,"reserve_w":0,"strategy":"equal","safe_w":5000}"#,
    ),
    asked("load_point_list", Thing, "/stations/{station}/load/points", ""),
];
