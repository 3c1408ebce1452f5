//! The routes of 分析 and 综合报表, as in `samples.rs`.

use super::house::House;
use super::samples::About::*;
use super::samples::{Sample, asked};
use model::access::Role;
use store::report_plans::ReportPlan;

pub const SAMPLES: &[Sample] = &[
    asked("report_get", List, "/reports?groups=station", ""),
    asked("report_heat_get", List, "/reports/heat", ""),
    asked("kpi_list", Shared, "/kpis", ""),
    asked("load_duration_get", Thing, "/stations/{station}/load-duration", ""),
    asked("report_export", Shared, "/exports/reports", r#"{"format":"csv"}"#),
    asked("pile_health_list", List, "/pile-healths", ""),
    asked("meter_oddity_list", List, "/meter-oddities", ""),
    asked("report_plan_list", ListOfOperator, "/report-plans", ""),
    asked(
        "report_plan_create",
        Field("recipients"),
        "/report-plans",
        r#"{"name":"日报{n}","every":"day","at_minute":480,"recipients":[{recipient}],"enabled":false,"query":{}}"#,
    ),
    asked(
        "report_plan_update",
        OfOperator,
        "/report-plans/{report_plan}",
        r#"{"name":"日报","every":"day","at_minute":480,"recipients":[{recipient}],"enabled":false,"query":{},"version":1}"#,
    ),
    asked("report_plan_delete", OfOperator, "/report-plans/{report_plan}", ""),
    asked("report_sending_list", OfOperator, "/report-plans/{report_plan}/sendings", ""),
    asked("report_recipient_list", ListOfOperator, "/report-recipients", ""),
];

/// A plan that staff of this operator have saved, and one of them who may be sent reports.
pub async fn planned(house: &House, side: i64, name: &str) -> [String; 2] {
    let account = format!("reader.{}", side + 1);
    house.staff(&account, Role::Admin, Some(side + 1)).await;
    let read = move |conn: &mut store::Conn| store::staff::by_account(conn, &account);
    let recipient = house.app.engine.store.read(read).await.unwrap().unwrap().id;
    let plan = ReportPlan {
        id: 0,
        name: format!("{name}日报"),
        staff_id: 1,
        staff_name: format!("{name}运营"),
        operator_id: Some(side + 1),
        query: Default::default(),
        every: model::report::ReportEvery::Day,
        at_minute: 480,
        recipients: Vec::new(),
        english: false,
        enabled: false,
        from_ms: 0,
        version: 1,
        created_at_ms: 0,
    };
    let save = house.app.engine.store.write(None, move |tx| store::report_plans::save(tx, &plan));
    [save.await.unwrap().to_string(), recipient.0.to_string()]
}
