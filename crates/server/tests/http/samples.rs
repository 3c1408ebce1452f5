//! How every route is asked for well, and whose things it is about. A route without a line here fails
//! the proof in `authority.rs`: whoever adds a route adds its line.
//!
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

pub struct Sample {
    pub operation: &'static str,
    pub path: &'static str,
    pub body: &'static str,
    pub about: About,
}

const fn asked(operation: &'static str, about: About, path: &'static str, body: &'static str) -> Sample {
    Sample { operation, path, body, about }
}

use About::*;

pub const SAMPLES: &[Sample] = &[
    asked("session_create", Own, "/session", r#"{"account":"nobody","password":"x"}"#),
    asked("session_get", Own, "/session", ""),
    asked("session_delete", Own, "/session", ""),
    asked("session_password_set", Own, "/session/password", r#"{"current_password":"a","new_password":"b"}"#),
    asked("live_stream", Own, "/live", ""),
    asked("preference_list", Own, "/preferences", ""),
    asked("preference_get", Own, "/preferences/list.pile_list.limit", ""),
    asked("preference_set", Own, "/preferences/list.pile_list.limit", r#"{"value":50}"#),
    asked("preference_delete", Own, "/preferences/list.pile_list.limit", ""),
    asked("home_get", List, "/home", ""),
    asked("home_station_list", List, "/home/stations", ""),
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
    asked("frame_list", Thing, "/piles/{pile}/frames", ""),
    asked("pile_command", Thing, "/piles/{pile}/commands", r#"{"kind":"reset","hard":false}"#),
    asked("command_list", Thing, "/piles/{pile}/commands", ""),
    asked("command_get", Thing, "/commands/{command}", ""),
    asked("unknown_pile_list", Platform, "/unknown-piles", ""),
    asked("unknown_pile_dismiss", Platform, "/unknown-piles/KNOCK-1", ""),
    asked("order_list", List, "/orders", ""),
    asked("order_totals_get", List, "/orders/totals", ""),
    asked("order_get", Thing, "/orders/{order}", ""),
    asked("order_stop", Thing, "/orders/{order}/stop", ""),
    asked("order_frame_list", Thing, "/orders/{order}/frames", ""),
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
    asked("card_import", Platform, "/imports/cards", "tag\nF{n}\n"),
    // What a file may hold is the list that its maker sees; a file is its maker's alone.
    asked("order_export", Shared, "/exports/orders", r#"{"format":"csv"}"#),
    asked("pile_export", Shared, "/exports/piles", r#"{"format":"csv"}"#),
    asked("station_export", Shared, "/exports/stations", r#"{"format":"csv"}"#),
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
    asked("customer_list", List, "/customers", ""),
    asked("customer_source_get", Shared, "/customer-source", ""),
    asked("customer_get", Thing, "/customers/{customer}", ""),
    asked("customer_reveal", Thing, "/customers/{customer}/reveal", r#"{"field":"phone"}"#),
    asked("customer_change_list", Thing, "/customers/{customer}/changes", ""),
    // Customers and fleets belong to the platform, as cards do: its own staff changes them.
    asked(
        "customer_create",
        Platform,
        "/customers",
        r#"{"name":"新用户","phone":"+4477{n}0000","kind":"person"}"#,
    ),
    asked("customer_update", Platform, "/customers/{customer}", r#"{"version":1,"name":"改名"}"#),
    asked(
        "customer_status_set",
        Platform,
        "/customers/{customer}/status",
        r#"{"version":1,"status":"frozen","reason":"核实中"}"#,
    ),
    asked("customer_card_create", Platform, "/customers/{customer}/cards", r#"{"tag":"C1"}"#),
    asked("customer_card_delete", Platform, "/customers/{customer}/cards/C1", ""),
    asked("customer_car_create", Platform, "/customers/{customer}/cars", r#"{"plate":"鄂AD90001"}"#),
    asked("car_delete", Platform, "/cars/{car}", ""),
    asked("fleet_list", List, "/fleets", ""),
    asked("fleet_get", Thing, "/fleets/{fleet}", ""),
    asked("fleet_car_list", Thing, "/fleets/{fleet}/cars", ""),
    asked("fleet_create", Platform, "/fleets", r#"{"name":"新车队{n}"}"#),
    asked("fleet_update", Platform, "/fleets/{fleet}", r#"{"version":1,"name":"改名{n}"}"#),
    asked("fleet_car_create", Platform, "/fleets/{fleet}/cars", r#"{"plate":"鄂AD90002"}"#),
    asked("invoice_list", List, "/invoices", ""),
    asked("invoice_get", Thing, "/invoices/{invoice}", ""),
    asked("invoice_update", Thing, "/invoices/{invoice}", r#"{"version":1,"email":"new@example.com"}"#),
    asked("invoice_mail_create", Thing, "/invoices/{invoice}/mails", r#"{"version":1}"#),
    // No invoice has a file before there is a channel that makes them.
    asked("invoice_file_get", Own, "/invoice-files/1", ""),
    asked("parameter_list", Platform, "/parameters", ""),
    asked("parameter_get", Platform, "/parameters/credit_fen", ""),
    asked(
        "parameter_update",
        Platform,
        "/parameters/credit_fen",
        r#"{"version":1,"value":null,"reason":"核对"}"#,
    ),
    asked("parameter_change_list", Platform, "/parameters/credit_fen/changes", ""),
    asked("setting_list", Platform, "/settings", ""),
    asked("dictionary_list", Platform, "/dictionaries", ""),
    asked("dictionary_get", Platform, "/dictionaries/feedback_category", ""),
    asked("feedback_category_list", Shared, "/feedback-categories", ""),
    asked(
        "feedback_category_create",
        Platform,
        "/feedback-categories",
        r#"{"code":"made_{n}","name_zh":"分类{n}","name_en":"Category {n}"}"#,
    ),
    asked(
        "feedback_category_update",
        Platform,
        "/feedback-categories/other",
        r#"{"version":1,"name_zh":"其他","name_en":"Other","place":8,"enabled":true}"#,
    ),
    asked("public_feedback_category_list", Own, "/public/feedback/categories", ""),
    asked("job_list", Platform, "/jobs", ""),
    asked("job_get", Platform, "/jobs/job_prune", ""),
    asked("job_update", Platform, "/jobs/job_prune", r#"{"version":1,"paused":false,"reason":"核对"}"#),
    asked("job_start", Platform, "/jobs/job_prune/runs", ""),
    asked("job_run_list", Platform, "/jobs/job_prune/runs", ""),
    // Of the app, for its user, who is no staff.
    asked("public_feedback_create", Own, "/public/feedback", ""),
    asked("public_feedback_get", Own, "/public/feedback", ""),
    asked("public_feedback_photo_create", Own, "/public/feedback/photos", ""),
];
