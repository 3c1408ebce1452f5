//! The routes of 负荷管理, 占位费 and 充电计划, as in `samples.rs`.

use super::samples::About::{List, Own, Thing};
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
    asked("occupancy_plan_get", Thing, "/stations/{station}/occupancy-plan", ""),
    asked(
        "occupancy_plan_set",
        Thing,
        "/stations/{station}/occupancy-plan",
        r#"{"version":0,"enabled":true,"free_minutes":15,"fen_per_minute":50,"cap_fen":5000,"from_minute":0,"to_minute":1440}"#,
    ),
    asked("load_point_list", Thing, "/stations/{station}/load/points", ""),
    asked("station_forecast_get", Thing, "/stations/{station}/forecast", ""),
    asked("free_connector_list", List, "/free-connectors", ""),
    asked("station_free_connector_get", Thing, "/stations/{station}/free-connectors", ""),
    asked("order_forecast_get", Thing, "/orders/{order}/forecast", ""),
    asked("public_free_connector_get", Own, "/public/stations/1/free-connectors", ""),
];
