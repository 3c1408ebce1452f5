//! How every route is asked for well, and whose things it is about. A route without a line here fails
//! the proof in `authority.rs`: whoever adds a route adds its line.
//! `{pile}`, `{order}`, … in the path or the body become ids of one operator's own things
//! (`Things::of` in `authority.rs`); a new noun is added there.

/// What a request is about, which says what another operator's staff is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Something at a station, named in the path: 404, also for whoever looks after other stations.
    Thing,
    /// Something of an operator's at no station, named in the path: 404.
    OfOperator,
    /// Something of another's named in the body: refused, at this field.
    Field(&'static str),
    /// A file that names something of another's: nothing of it is written.
    File,
    /// A list of things at stations: nothing of another's is in it.
    List,
    /// A list of what operators have at no station: nothing of another's is in it.
    ListOfOperator,
    /// The platform's own, looked after by its own staff only: 403.
    Platform,
    /// The same for all who may use the route.
    Shared,
    /// About whoever asks: no id of anybody is in it.
    Own,
}

/// Stands for the bytes of a picture, which no text can be.
pub const PICTURE: &str = "{picture}";

pub struct Sample {
    pub operation: &'static str,
    pub path: &'static str,
    pub body: &'static str,
    pub about: About,
}

pub const fn asked(operation: &'static str, about: About, path: &'static str, body: &'static str) -> Sample {
    Sample { operation, path, body, about }
}

use super::{
    samples_backup, samples_desk, samples_invoice, samples_ledger, samples_load, samples_office, samples_pay,
    samples_people, samples_reconciliation, samples_sharing, samples_state, samples_ykc,
};
use About::*;

/// All of them; some areas have a file of their own.
pub fn samples() -> impl Iterator<Item = &'static Sample> {
    let others = [
        samples_desk::SAMPLES,
        samples_invoice::SAMPLES,
        samples_ledger::SAMPLES,
        samples_backup::SAMPLES,
        samples_load::SAMPLES,
        samples_office::SAMPLES,
        samples_pay::SAMPLES,
        samples_people::SAMPLES,
        samples_reconciliation::SAMPLES,
        samples_sharing::SAMPLES,
        samples_state::SAMPLES,
        samples_ykc::SAMPLES,
    ];
    SAMPLES.iter().chain(others.into_iter().flatten())
}

const SAMPLES: &[Sample] = &[
    asked("session_create", Own, "/session", r#"{"account":"nobody","password":"x"}"#),
    asked("session_get", Own, "/session", ""),
    asked("session_delete", Own, "/session", ""),
    asked("session_password_set", Own, "/session/password", r#"{"current_password":"a","new_password":"b"}"#),
    asked("session_brand_get", Own, "/session/brand", ""),
    asked("public_brand_get", Own, "/public/brand", ""),
    asked("brand_colour_check", Shared, "/brands/colours", r##"{"accent":"#0b8577"}"##),
    asked("brand_logo_check", Shared, "/brands/logos", PICTURE),
    asked("brand_get", OfOperator, "/brands/{operator}", ""),
    asked(
        "brand_set",
        OfOperator,
        "/brands/{operator}",
        r#"{"version":0,"name":"新品牌","short_name":"新"}"#,
    ),
    asked("brand_delete", OfOperator, "/brands/{operator}", ""),
    asked("live_stream", Own, "/live", ""),
    asked("preference_list", Own, "/preferences", ""),
    asked("preference_get", Own, "/preferences/list.pile_list.limit", ""),
    asked("preference_set", Own, "/preferences/list.pile_list.limit", r#"{"value":50}"#),
    asked("preference_delete", Own, "/preferences/list.pile_list.limit", ""),
    asked("home_get", List, "/home", ""),
    asked("home_station_list", List, "/home/stations", ""),
    asked("home_notice_list", ListOfOperator, "/home/notices", ""),
    asked("operator_list", ListOfOperator, "/operators", ""),
    asked("city_list", Shared, "/cities", ""),
    asked("station_list", List, "/stations", ""),
    asked(
        "station_create",
        Field("operator_id"),
        "/stations",
        r#"{"name":"新站{n}","operator_id":{operator},"city_code":"420100","address":""}"#,
    ),
    asked("pile_list", List, "/piles", ""),
    asked(
        "pile_create",
        Field("station_id"),
        "/piles",
        r#"{"code":"NEW{n}","name":null,"station_id":{station},"kind":"dc","protocol":"ocpp1.6","rated_power_w":60000,"connector_count":1,"password":null}"#,
    ),
    asked("pile_get", Thing, "/piles/{pile}", ""),
    asked("pile_update", Thing, "/piles/{pile}", r#"{"version":1,"name":"改名"}"#),
    asked("pile_password_set", Thing, "/piles/{pile}/password", r#"{"password":null}"#),
    asked("pile_record_get", Thing, "/piles/{pile}/record", ""),
    asked("pile_record_update", Thing, "/piles/{pile}/record", r#"{"version":1,"tags":[],"connectors":[]}"#),
    asked("pile_tariff_set", Thing, "/piles/{pile}/tariff", r#"{"version":1,"tariff_id":1}"#),
    asked("frame_list", Thing, "/piles/{pile}/frames", ""),
    asked("pile_variable_list", Thing, "/piles/{pile}/variables", ""),
    asked("pile_command", Thing, "/piles/{pile}/commands", r#"{"kind":"reset","hard":false}"#),
    asked("command_list", Thing, "/piles/{pile}/commands", ""),
    asked("link_list", Thing, "/piles/{pile}/links", ""),
    asked("link_figures_get", Thing, "/piles/{pile}/links/figures", ""),
    asked("pile_security_get", Thing, "/piles/{pile}/security", ""),
    asked("certificate_delete", Thing, "/certificates/{certificate}", ""),
    asked("authority_get", Shared, "/authority", ""),
    asked("firmware_list", ListOfOperator, "/firmware", ""),
    asked(
        "firmware_create",
        Field("operator_id"),
        "/firmware",
        r#"{"operator_id":{operator},"name":"固件{n}","version":"2.0.{n}"}"#,
    ),
    asked("firmware_get", OfOperator, "/firmware/{firmware}", ""),
    asked("firmware_file_set", OfOperator, "/firmware/{firmware}/file?name=f.bin", "the bytes"),
    asked("firmware_delete", OfOperator, "/firmware/{firmware}", ""),
    asked("transfer_create", Thing, "/piles/{pile}/transfers", r#"{"kind":"log","log":"diagnostics"}"#),
    asked("transfer_list", List, "/transfers", ""),
    asked("transfer_get", Thing, "/transfers/{transfer}", ""),
    asked("transfer_file_fetch", Thing, "/transfers/{transfer}/file", ""),
    asked("security_event_list", Thing, "/piles/{pile}/security-events", ""),
    asked("operation_list", Shared, "/operations?protocol=ocpp1.6", ""),
    asked("command_get", Thing, "/commands/{command}", ""),
    asked("pile_label_list", Field("pile_codes"), "/piles/labels", r#"{"pile_codes":["{pile}"]}"#),
    asked("pile_batch_list", List, "/pile-batches", ""),
    asked(
        "pile_batch_create",
        Field("pile_codes"),
        "/pile-batches",
        r#"{"deed":"enable","pile_codes":["{pile}"],"station_id":null}"#,
    ),
    asked(
        "pile_batch_command",
        Field("pile_codes"),
        "/pile-batches/commands",
        r#"{"deed":"clock_set","pile_codes":["{pile}"],"station_id":null}"#,
    ),
    asked("pile_batch_get", Thing, "/pile-batches/{pile_batch}", ""),
    asked("pile_batch_row_list", Thing, "/pile-batches/{pile_batch}/rows", ""),
    asked("pile_batch_start", Thing, "/pile-batches/{pile_batch}/start", ""),
    asked("pile_batch_stop", Thing, "/pile-batches/{pile_batch}/stop", ""),
    asked("unknown_pile_list", Platform, "/unknown-piles", ""),
    asked("unknown_pile_dismiss", Platform, "/unknown-piles/KNOCK-1", ""),
    asked("order_list", List, "/orders", ""),
    asked("order_totals_get", List, "/orders/totals", ""),
    asked("order_get", Thing, "/orders/{order}", ""),
    asked("order_stop", Thing, "/orders/{order}/stop", ""),
    asked("order_frame_list", Thing, "/orders/{order}/frames", ""),
    asked("order_recording_fetch", Thing, "/orders/{order}/recording", ""),
    asked("pile_recording_fetch", Thing, "/piles/{pile}/recording?from_ms=0&to_ms=1", ""),
    asked("order_note_create", Thing, "/orders/{order}/notes", r#"{"text":"已电话联系车主"}"#),
    asked("settlement_check", Thing, "/orders/{order}/settlements/preview", r#"{"basis":"free"}"#),
    asked(
        "settlement_create",
        Thing,
        "/orders/{order}/settlements",
        r#"{"bill":{"basis":"free"},"reason":"表坏了","total_fen":0}"#,
    ),
    asked("settlement_update", Thing, "/settlements/{settlement}/decision", r#"{"approve":true}"#),
    asked("tariff_list", Shared, "/tariffs", ""),
    asked(
        "tariff_create",
        Platform,
        "/tariffs",
        r#"{"name":"计费{n}","rates":[{"period":"flat","electricity_price_e5":1,"service_price_e5":1}],"periods":[]}"#,
    ),
    // Its path names what all share; what it lists is at stations.
    asked("tariff_station_list", List, "/tariffs/1/stations", ""),
    asked("tariff_pile_list", List, "/tariffs/1/piles", ""),
    asked("tariff_year_get", List, "/tariffs/1/days?year=2026", ""),
    asked("tariff_check", Shared, "/tariffs/preview", r#"{"year":2026,"kinds":[]}"#),
    asked("holiday_list", Shared, "/holidays", ""),
    asked("tariff_plan_list", List, "/tariff-plans", ""),
    asked(
        "tariff_plan_create",
        Field("station_ids"),
        "/tariff-plans",
        r#"{"tariff_id":1,"station_ids":[{station}],"effective_ms":null,"reason":"调价"}"#,
    ),
    asked("tariff_plan_get", Thing, "/tariff-plans/{tariff_plan}", ""),
    asked("tariff_plan_pile_list", Thing, "/tariff-plans/{tariff_plan}/piles", ""),
    asked("tariff_plan_cancel", Thing, "/tariff-plans/{tariff_plan}/withdrawal", r#"{"reason":"改期"}"#),
    asked("tariff_delivery_start", Thing, "/tariff-plans/{tariff_plan}/deliveries", r#"{"pile_codes":null}"#),
    asked("station_tariff_list", Thing, "/stations/{station}/tariffs", ""),
    asked("card_list", Shared, "/cards", ""),
    asked(
        "card_create",
        Platform,
        "/cards",
        r#"{"tag":"T{n}","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":1}"#,
    ),
    asked("card_update", Platform, "/cards/{card}", r#"{"status":"blocked"}"#),
    asked("staff_list", ListOfOperator, "/staff", ""),
    asked(
        "staff_create",
        Field("operator_id"),
        "/staff",
        r#"{"account":"made{n}","name":"新人","role":"viewer","operator_id":{operator}}"#,
    ),
    asked(
        "staff_update",
        OfOperator,
        "/staff/{staff}",
        r#"{"version":1,"name":"改名","role":"viewer","operator_id":{operator},"area":{"kind":"everywhere"},"disabled":false,"handover":""}"#,
    ),
    asked("staff_lock_delete", OfOperator, "/staff/{staff}/lock", ""),
    asked("staff_password_set", OfOperator, "/staff/{staff}/password", ""),
    asked("role_list", ListOfOperator, "/roles", ""),
    asked(
        "role_create",
        Field("operator_id"),
        "/roles",
        r#"{"name":"角色{n}","permissions":["pile.read"],"operator_id":{operator}}"#,
    ),
    asked(
        "role_update",
        OfOperator,
        "/roles/{role}",
        r#"{"version":1,"name":"改名","permissions":["pile.read"]}"#,
    ),
    asked("role_delete", OfOperator, "/roles/{role}", ""),
    asked("permission_list", Shared, "/permissions", ""),
    asked("token_list", ListOfOperator, "/tokens", ""),
    asked("token_create", Own, "/tokens", r#"{"name":"脚本"}"#),
    asked("token_delete", OfOperator, "/tokens/{token}", ""),
    asked("audit_list", Platform, "/audit", ""),
    asked(
        "pile_import",
        File,
        "/imports/piles",
        "code,protocol,station,kind,rated_power_w,connector_count\nF{n},ocpp1.6,{station_name},dc,60000,1\n",
    ),
    asked("pile_import_template_fetch", Shared, "/imports/piles/template?format=csv", ""),
    asked("card_import", Platform, "/imports/cards", "tag\nF{n}\n"),
    // What a file may hold is the list that its maker sees; a file is its maker's alone.
    asked("order_export", Shared, "/exports/orders", r#"{"format":"csv"}"#),
    asked("pile_export", Shared, "/exports/piles", r#"{"format":"csv"}"#),
    asked("station_export", Shared, "/exports/stations", r#"{"format":"csv"}"#),
    asked("operator_export", Shared, "/exports/operators", r#"{"format":"csv"}"#),
    asked("city_export", Shared, "/exports/cities", r#"{"format":"csv"}"#),
    asked("customer_export", Shared, "/exports/customers", r#"{"format":"csv"}"#),
    asked("fleet_export", Shared, "/exports/fleets", r#"{"format":"csv"}"#),
    asked("feedback_export", Shared, "/exports/feedback", r#"{"format":"csv"}"#),
    asked("invoice_export", Shared, "/exports/invoices", r#"{"format":"csv"}"#),
    asked("voucher_export", Shared, "/exports/vouchers", r#"{"format":"csv"}"#),
    asked("staff_export", Shared, "/exports/staff", r#"{"format":"csv"}"#),
    asked("card_export", Shared, "/exports/cards", r#"{"format":"csv"}"#),
    asked("audit_export", Platform, "/exports/audit", r#"{"format":"csv"}"#),
    // What is brought is looked up in the scope of whoever brings it, and is theirs.
    asked("order_import_list", ListOfOperator, "/order-imports", ""),
    asked("order_import_create", Shared, "/order-imports?name=f{n}.csv", "a,b\n1,2\n"),
    asked("order_import_template_fetch", Shared, "/order-imports/template?format=csv", ""),
    asked("order_import_get", OfOperator, "/order-imports/{order_import}", ""),
    asked("order_import_faults_fetch", OfOperator, "/order-imports/{order_import}/faults", ""),
    asked("order_import_confirm", OfOperator, "/order-imports/{order_import}/confirm", ""),
    asked("order_import_undo", OfOperator, "/order-imports/{order_import}/undo", ""),
    asked("export_column_list", Own, "/exports/columns", ""),
    asked("export_list", Own, "/exports", ""),
    asked("export_get", Own, "/exports/1", ""),
    asked("export_cancel", Own, "/exports/1", ""),
    asked("export_fetch", Own, "/exports/1/file", ""),
    asked("operator_create", Platform, "/operators", r#"{"name":"新运营{n}"}"#),
    asked("operator_update", Platform, "/operators/{operator}", r#"{"version":1,"name":"改名{n}"}"#),
    asked(
        "operator_status_set",
        Platform,
        "/operators/{operator}/status",
        r#"{"version":1,"status":"enabled","reason":"核实完毕"}"#,
    ),
    asked("city_create", Platform, "/cities", r#"{"codes":["110000"]}"#),
    asked("city_update", Platform, "/cities/420100", r#"{"version":1,"hotline":"027-12345"}"#),
    asked("city_status_set", Platform, "/cities/420100/status", r#"{"version":1,"paused":false}"#),
    asked("station_get", Thing, "/stations/{station}", ""),
    asked(
        "station_update",
        Thing,
        "/stations/{station}",
        r#"{"version":1,"name":"改名{n}","city_code":"420100","address":"二路2号","facilities":[]}"#,
    ),
    asked(
        "station_status_set",
        Thing,
        "/stations/{station}/status",
        r#"{"version":1,"closed":true,"notice":"变压器检修"}"#,
    ),
    asked("station_photo_create", Thing, "/stations/{station}/photos", PICTURE),
    asked("station_photo_get", Thing, "/station-photos/{station_photo}", ""),
    asked("station_thumbnail_get", Thing, "/station-photos/{station_photo}/thumbnail", ""),
    asked(
        "station_photo_update",
        Thing,
        "/station-photos/{station_photo}",
        r#"{"version":1,"caption":"入口","place":1}"#,
    ),
    asked("station_photo_delete", Thing, "/station-photos/{station_photo}", ""),
    asked("map_get", List, "/map?level=station", ""),
    asked("map_ground_get", Shared, "/map/ground", ""),
    asked("feedback_list", List, "/feedback", ""),
    asked(
        "feedback_create",
        Field("pile_code"),
        "/feedback",
        r#"{"request_id":"sample-{n}-0000","source":"phone","kind":"complaint","category":"slow","content":"充电慢","phone":"13812345678","pile_code":"{pile}"}"#,
    ),
    asked("feedback_get", Thing, "/feedback/{feedback}", ""),
    asked("feedback_update", Thing, "/feedback/{feedback}", r#"{"version":1,"action":"accept"}"#),
    asked("feedback_phone_get", Thing, "/feedback/{feedback}/phone", ""),
    asked("feedback_photo_get", Thing, "/feedback-photos/{photo}", ""),
    asked("feedback_statistics_get", List, "/feedback-statistics", ""),
    asked("feedback_handler_list", ListOfOperator, "/feedback-handlers", ""),
    asked(
        "feedback_limit_set",
        Platform,
        "/feedback-limits",
        r#"{"kind":"complaint","answer_minutes":60,"close_minutes":600}"#,
    ),
];
