//! The columns of each list's file. A figure stands in the file as it stands on the page, masked where
//! it is masked there.

use super::column::{Cell, Column};
use super::words;
use store::audit::AuditRecord;
use store::card_list::CardView;
use store::order_list::OrderView;
use store::pile_list::PileView;
use store::station_list::Station;

pub static ORDER: &[Column<OrderView>] = &[
    Column::new("order_no", "订单号", "Order no.", |o, _| Cell::Text(o.order_no.clone())),
    Column::new("session_key", "交易流水号", "Session key", |o, _| Cell::text(o.session_key.clone())),
    Column::new("operator_name", "运营商", "Operator", |o, _| Cell::Text(o.operator_name.clone())),
    Column::new("station_name", "充电站", "Station", |o, _| Cell::Text(o.station_name.clone())),
    Column::new("pile", "电桩编号", "Pile code", |o, _| Cell::Text(o.pile_code.clone())),
    Column::new("connector_no", "枪号", "Connector", |o, _| Cell::count(o.connector_no)),
    Column::new("state", "状态", "State", |o, w| words::order_state(o.state, w)),
    Column::new("abnormality", "异常类型", "Abnormality", |o, w| {
        words::abnormalities(&o.abnormalities, w)
    }),
    Column::new("started", "开始时间", "Started", |o, _| Cell::time(o.started_at_ms)),
    Column::new("ended", "结束时间", "Ended", |o, _| Cell::time(o.ended_at_ms)),
    Column::new("duration", "时长（分钟）", "Duration (min)", |o, _| {
        o.duration_s.map_or(Cell::Empty, |seconds| Cell::Number(seconds * 10 / 60, 1))
    }),
    Column::summed("energy", "电量（kWh）", "Energy (kWh)", |o, _| Cell::e4(Some(o.energy_dwh))),
    Column::summed("electricity", "电费（元）", "Electricity (yuan)", |o, _| {
        Cell::fen(o.electricity_fen)
    }),
    Column::summed("service", "服务费（元）", "Service fee (yuan)", |o, _| Cell::fen(o.service_fen)),
    Column::summed("total", "总金额（元）", "Total (yuan)", |o, _| Cell::fen(o.total_fen)),
    Column::extra("pile_amount", "桩端金额（元）", "Pile's amount (yuan)", |o, _| {
        Cell::e4(o.pile_amount_e4)
    }),
    Column::new("start_mode", "启动方式", "Started by", |o, w| words::start_mode(o.start_mode, w)),
    Column::extra("token", "卡号", "Card no.", |o, _| Cell::text(o.token.clone())),
    Column::extra("customer_name", "用户", "Customer", |o, _| Cell::text(o.customer_name.clone())),
    Column::extra("customer_phone", "手机号", "Phone", |o, _| Cell::text(o.customer_phone.clone())),
    Column::extra("fleet_name", "车队", "Fleet", |o, _| Cell::text(o.fleet_name.clone())),
    Column::extra("vin", "VIN", "VIN", |o, _| Cell::text(o.vin.clone())),
    Column::extra("meter_start", "电表起值（kWh）", "Meter start (kWh)", |o, _| {
        Cell::e4(o.meter_start_dwh)
    }),
    Column::extra("meter_end", "电表止值（kWh）", "Meter end (kWh)", |o, _| Cell::e4(o.meter_end_dwh)),
    Column::extra("soc_start", "开始 SOC（%）", "SOC start (%)", |o, _| {
        o.soc_start.map_or(Cell::Empty, Cell::count)
    }),
    Column::extra("soc_end", "结束 SOC（%）", "SOC end (%)", |o, _| {
        o.soc_end.map_or(Cell::Empty, Cell::count)
    }),
    Column::new("stop", "停止原因", "Stopped because", |o, w| match (&o.stop_text, o.stop_class) {
        (Some(text), _) => Cell::Text(text.clone()),
        (None, Some(class)) => words::stop_class(class, w),
        (None, None) => Cell::Empty,
    }),
];

pub static PILE: &[Column<PileView>] = &[
    Column::new("code", "电桩编号", "Pile code", |p, _| Cell::Text(p.facts.code.clone())),
    Column::new("name", "站内名称", "Name", |p, _| Cell::Text(p.facts.name.clone())),
    Column::new("operator_name", "所属运营商", "Operator", |p, _| {
        Cell::Text(p.facts.operator_name.clone())
    }),
    Column::new("city_name", "城市", "City", |p, _| Cell::Text(p.facts.city_name.clone())),
    Column::new("station_name", "所属充电站", "Station", |p, _| {
        Cell::Text(p.facts.station_name.clone())
    }),
    Column::new("kind", "充电类型", "Type", |p, w| words::pile_kind(p.facts.kind, w)),
    Column::new("lifecycle", "启停状态", "Lifecycle", |p, w| words::lifecycle(p.facts.lifecycle, w)),
    Column::new("state", "运营状态", "State", |p, w| {
        if !p.facts.online {
            return w.choose("离线", "Offline");
        }
        let all: Vec<String> = p
            .connectors
            .iter()
            .map(|k| format!("{}:{}", k.no, words::connector(k.status, w.english)))
            .collect();
        Cell::text(Some(all.join(" ")))
    }),
    Column::new("protocol", "通信协议", "Protocol", |p, w| words::protocol(p.facts.protocol, w)),
    Column::new("rated_power", "额定功率（kW）", "Rated power (kW)", |p, _| {
        Cell::Number(p.facts.rated_power_w, 3)
    }),
    Column::summed("connectors", "枪数", "Connectors", |p, _| Cell::count(p.connectors.len() as i64)),
    Column::summed("today", "今日电量（kWh）", "Energy today (kWh)", |p, _| {
        Cell::e4(Some(p.facts.today_energy_dwh))
    }),
    Column::new("last_seen", "最近通信", "Last seen", |p, _| Cell::time(p.facts.last_seen_ms)),
    Column::extra("vendor", "厂商", "Vendor", |p, _| Cell::text(p.facts.vendor.clone())),
    Column::extra("model", "型号", "Model", |p, _| Cell::text(p.facts.model.clone())),
    Column::extra("firmware", "程序版本", "Firmware", |p, _| Cell::text(p.facts.firmware.clone())),
];

pub static STATION: &[Column<Station>] = &[
    Column::new("code", "站点编号", "Station no.", |s, _| Cell::Text(s.code.clone())),
    Column::new("name", "站点名称", "Name", |s, _| Cell::Text(s.name.clone())),
    Column::new("operator_name", "运营商", "Operator", |s, _| Cell::Text(s.operator_name.clone())),
    Column::new("city_name", "城市", "City", |s, _| Cell::Text(s.city_name.clone())),
    Column::new("address", "地址", "Address", |s, _| Cell::text(Some(s.address.clone()))),
    Column::extra("longitude", "经度", "Longitude", |s, _| degrees(s.longitude_e6)),
    Column::extra("latitude", "纬度", "Latitude", |s, _| degrees(s.latitude_e6)),
    Column::summed("piles", "桩数", "Piles", |s, _| Cell::count(s.pile_count)),
    Column::summed("connectors", "枪数", "Connectors", |s, _| Cell::count(s.connector_count)),
    Column::new("tariff_name", "计费模型", "Tariff", |s, _| Cell::text(s.tariff_name.clone())),
];

fn degrees(value_e6: Option<i64>) -> Cell {
    value_e6.map_or(Cell::Empty, |value| Cell::Number(value, 6))
}

pub static CARD: &[Column<CardView>] = &[
    Column::new("tag", "卡号", "Card no.", |c, _| Cell::Text(c.tag.clone())),
    Column::new("status", "状态", "Status", |c, w| words::card(c.status, w)),
    Column::new("group", "卡组", "Group", |c, _| Cell::text(c.group.clone())),
    Column::new("customer_name", "用户", "Customer", |c, _| Cell::text(c.customer_name.clone())),
    Column::new("expires", "到期时间", "Expires", |c, _| Cell::time(c.expires_at_ms)),
    Column::new("sessions", "同时充电数", "Sessions at once", |c, _| Cell::count(c.sessions_max)),
    Column::new("created", "登记时间", "Registered", |c, _| Cell::time(Some(c.created_at_ms))),
];

pub static AUDIT: &[Column<AuditRecord>] = &[
    Column::new("at", "时间", "Time", |a, _| Cell::Time(a.at_ms)),
    Column::new("staff_name", "操作人", "Who", |a, _| Cell::Text(a.staff_name.clone())),
    Column::new("action", "操作", "Action", |a, _| Cell::Text(a.action.clone())),
    Column::new("noun", "对象", "Of what", |a, _| Cell::Text(a.noun.clone())),
    Column::new("key", "编号", "Which", |a, _| Cell::text(Some(a.key.clone()))),
    Column::new("success", "结果", "Outcome", |a, w| {
        if a.success { w.choose("成功", "Done") } else { w.choose("被拒绝", "Refused") }
    }),
    Column::new("detail", "内容", "Detail", |a, _| {
        Cell::text(Some(a.detail.clone()).filter(|text| text != "{}"))
    }),
    Column::new("address", "来源地址", "Address", |a, _| Cell::text(Some(a.address.clone()))),
];
