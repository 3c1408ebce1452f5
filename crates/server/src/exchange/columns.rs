//! The columns of each list's file. A figure stands in the file as it stands on the page, masked where
//! it is masked there.

use super::column::{Cell, Column, Words};
use super::words;
pub use super::work_columns::{ALARM, WORK_ORDER};
use model::access::Area;
use model::merge::MergeRole;
use store::audit::AuditRecord;
use store::car_list::CarView;
use store::card_list::CardView;
use store::city_list::{City, CityStatus};
use store::customer_list::CustomerView;
use store::day_bills::DayBillView;
use store::feedback_list::FeedbackView;
use store::fleet_list::FleetView;
use store::invoice_list::InvoiceView;
use store::operator_list::{Operator, OperatorStatus};
use store::order_list::OrderView;
use store::pile_list::PileView;
use store::staff_list::StaffView;
use store::station_list::Station;
use store::vouchers::VoucherView;

pub use super::sharing::{SHARING_LINE, SHARING_STATEMENT};

pub static ORDER: &[Column<OrderView>] = &[
    Column::new("order_no", "订单号", "Order no.", |o, _| Cell::Text(o.order_no.clone())),
    Column::new("session_key", "交易流水号", "Session key", |o, _| Cell::text(o.session_key.clone())),
    Column::new("operator_name", "运营商", "Operator", |o, _| Cell::Text(o.operator_name.clone())),
    Column::new("station_name", "充电站", "Station", |o, _| Cell::Text(o.station_name.clone())),
    Column::new("pile", "电桩编号", "Pile code", |o, _| Cell::Text(o.pile_code.clone())),
    Column::new("connector_no", "枪号", "Connector", |o, _| Cell::count(o.connector_no)),
    Column::new("merge_no", "并充序号", "Merge no.", |o, _| {
        Cell::text(o.merge.as_ref().map(|merge| merge.merge_no.clone()))
    }),
    Column::new("merge_role", "并充枪", "Merge role", |o, w| match &o.merge {
        Some(merge) if merge.role == MergeRole::Main => w.choose("主枪", "main"),
        Some(_) => w.choose("辅枪", "auxiliary"),
        None => Cell::Empty,
    }),
    Column::new("state", "状态", "State", |o, w| words::told("order_state", o.state.as_str(), w)),
    Column::new("abnormality", "异常类型", "Abnormality", |o, w| {
        words::all("abnormality", o.abnormalities.iter().map(|one| one.as_str()), w)
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
    Column::summed("discount", "优惠（元）", "Discount (yuan)", |o, _| Cell::fen(o.discount_fen)),
    Column::summed("occupancy", "占位费（元）", "Occupation fee (yuan)", |o, _| {
        Cell::fen(o.occupancy_fen)
    }),
    Column::summed("payable", "应付（元）", "Payable (yuan)", |o, _| {
        Cell::fen(o.total_fen - o.discount_fen + o.occupancy_fen)
    }),
    Column::new("pay_way", "支付方式", "Pays by", |o, w| {
        o.pay_way.map_or(Cell::Empty, |way| words::told("pay_way", way.as_str(), w))
    }),
    Column::new("paid_state", "支付状态", "Payment", |o, w| {
        o.paid_state.map_or(Cell::Empty, |state| words::told("paid_state", state.as_str(), w))
    }),
    Column::extra("pile_amount", "桩端金额（元）", "Pile's amount (yuan)", |o, _| {
        Cell::e4(o.pile_amount_e4)
    }),
    Column::new("start_mode", "启动方式", "Started by", |o, w| {
        words::told("start_mode", o.start_mode.as_str(), w)
    }),
    Column::extra("token", "卡号", "Card no.", |o, _| Cell::text(o.token.clone())),
    Column::extra("customer_name", "用户", "Customer", |o, _| Cell::text(o.customer_name.clone())),
    Column::extra("customer_phone", "手机号", "Phone", |o, _| Cell::text(o.customer_phone.clone())),
    Column::extra("fleet_name", "车队", "Fleet", |o, _| Cell::text(o.fleet_name.clone())),
    Column::extra("vin", "VIN", "VIN", |o, _| Cell::text(o.vin.clone())),
    Column::extra("plate", "车牌", "Plate", |o, _| Cell::text(o.plate.clone())),
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
        (None, Some(class)) => words::told("stop_class", class.as_str(), w),
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
    Column::new("kind", "充电类型", "Type", |p, w| words::told("pile_kind", p.facts.kind.as_str(), w)),
    Column::new("lifecycle", "启停状态", "Lifecycle", |p, w| {
        words::told("lifecycle", p.facts.lifecycle.as_str(), w)
    }),
    Column::new("state", "运营状态", "State", |p, w| {
        if !p.facts.online {
            return w.choose("离线", "Offline");
        }
        let all: Vec<String> =
            p.connectors.iter().map(|k| format!("{}:{}", k.no, words::connector(k.status, w))).collect();
        Cell::text(Some(all.join(" ")))
    }),
    Column::new("protocol", "通信协议", "Protocol", |p, w| {
        words::told("protocol", p.facts.protocol.as_str(), w)
    }),
    Column::new("rated_power", "额定功率（kW）", "Rated power (kW)", |p, _| {
        Cell::Number(p.facts.rated_power_w, 3)
    }),
    Column::new("tariff_name", "计费模型", "Tariff", |p, _| Cell::text(p.facts.tariff_name.clone())),
    Column::new("own_tariff", "自有计费模型", "Own tariff", |p, w| {
        if p.facts.own_tariff_from_ms.is_some() { w.choose("是", "Yes") } else { w.choose("否", "No") }
    }),
    Column::summed("connectors", "枪数", "Connectors", |p, _| Cell::count(p.connectors.len() as i64)),
    Column::summed("today", "今日电量（kWh）", "Energy today (kWh)", |p, _| {
        Cell::e4(Some(p.facts.today_energy_dwh))
    }),
    Column::new("last_seen", "最近通信", "Last seen", |p, _| Cell::time(p.facts.last_seen_ms)),
    Column::new("enabled_at", "启用时间", "In service since", |p, _| Cell::time(p.facts.enabled_at_ms)),
    Column::extra("vendor", "厂商", "Vendor", |p, _| Cell::text(p.facts.vendor.clone())),
    Column::extra("model", "型号", "Model", |p, _| Cell::text(p.facts.model.clone())),
    Column::extra("firmware", "程序版本", "Firmware", |p, _| Cell::text(p.facts.firmware.clone())),
    Column::extra("iccid", "ICCID", "ICCID", |p, _| Cell::text(p.facts.iccid.clone())),
    Column::extra("tags", "标签", "Tags", |p, w| tags(&p.facts.tags, w)),
    Column::extra("warranty", "质保到期", "Warranty until", |p, _| date(p.facts.warranty_day)),
];

fn tags(tags: &[String], w: &Words) -> Cell {
    Cell::text(Some(tags.join(if w.english { ", " } else { "、" })).filter(|text| !text.is_empty()))
}

pub static STATION: &[Column<Station>] = &[
    Column::new("code", "站点编号", "Station no.", |s, _| Cell::Text(s.code.clone())),
    Column::new("name", "站点名称", "Name", |s, _| Cell::Text(s.name.clone())),
    Column::new("operator_name", "运营商", "Operator", |s, _| Cell::Text(s.operator_name.clone())),
    Column::new("city_name", "城市", "City", |s, _| Cell::Text(s.city_name.clone())),
    Column::new("address", "地址", "Address", |s, _| Cell::text(Some(s.address.clone()))),
    Column::extra("kind", "站点类型", "Kind", |s, w| words::told("station_kind", s.kind.as_str(), w)),
    Column::extra("place_kind", "建设场所", "Site", |s, w| {
        Cell::text(s.place_kind.map(|kind| words::word("place_kind", kind.as_str(), w)))
    }),
    Column::new("tags", "标签", "Tags", |s, w| tags(&s.tags, w)),
    Column::extra("close_notice", "暂停营业", "Closed because", |s, _| {
        Cell::text(s.close_notice.clone())
    }),
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
    Column::new("status", "状态", "Status", |c, w| words::told("card_status", c.status.as_str(), w)),
    Column::new("group", "卡组", "Group", |c, _| Cell::text(c.group.clone())),
    Column::new("customer_name", "用户", "Customer", |c, _| Cell::text(c.customer_name.clone())),
    Column::new("expires", "到期时间", "Expires", |c, _| Cell::time(c.expires_at_ms)),
    Column::new("sessions", "同时充电数", "Sessions at once", |c, _| Cell::count(c.sessions_max)),
    Column::new("created", "登记时间", "Registered", |c, _| Cell::time(Some(c.created_at_ms))),
];

pub static OPERATOR: &[Column<Operator>] = &[
    Column::new("name", "运营商", "Operator", |o, _| Cell::Text(o.name.clone())),
    Column::new("status", "状态", "State", |o, w| match o.status {
        OperatorStatus::Enabled => w.choose("启用", "Enabled"),
        OperatorStatus::Disabled => w.choose("停用", "Disabled"),
    }),
    Column::new("credit_code", "统一社会信用代码", "Credit code", |o, _| {
        Cell::text(o.credit_code.clone())
    }),
    Column::new("contact", "联系人", "Contact", |o, _| Cell::text(o.contact.clone())),
    Column::new("phone", "联系电话", "Telephone", |o, _| Cell::text(o.phone.clone())),
    Column::new("contract_from", "合同开始", "Contract from", |o, _| date(o.contract_from_day)),
    Column::new("contract_to", "合同结束", "Contract until", |o, _| date(o.contract_to_day)),
    Column::summed("stations", "站数", "Stations", |o, _| Cell::count(o.station_count)),
    Column::summed("piles", "桩数", "Piles", |o, _| Cell::count(o.pile_count)),
    Column::summed("connectors", "枪数", "Connectors", |o, _| Cell::count(o.connector_count)),
    Column::extra("disable_reason", "停用原因", "Disabled because", |o, _| {
        Cell::text(o.disable_reason.clone())
    }),
];

pub static CITY: &[Column<City>] = &[
    Column::new("province", "省份", "Province", |c, _| Cell::Text(c.province.clone())),
    Column::new("name", "城市名称", "City", |c, _| Cell::Text(c.name.clone())),
    Column::new("code", "行政区划代码", "Code (GB/T 2260)", |c, _| Cell::Text(c.code.clone())),
    Column::new("status", "开通状态", "State", |c, w| match c.status {
        CityStatus::Open => w.choose("已开通", "Open"),
        CityStatus::Pausing => w.choose("待暂停", "To be paused"),
        CityStatus::Paused => w.choose("已暂停", "Paused"),
        CityStatus::Closed => w.choose("未开通", "Not opened"),
    }),
    Column::new("opened", "开通时间", "Opened", |c, _| Cell::time(c.opened_at_ms)),
    Column::new("hotline", "客服电话", "Hotline", |c, _| Cell::text(c.hotline.clone())),
    Column::summed("stations", "站数", "Stations", |c, _| Cell::count(c.station_count)),
    Column::summed("piles", "桩数", "Piles", |c, _| Cell::count(c.pile_count)),
    Column::summed("connectors", "枪数", "Connectors", |c, _| Cell::count(c.connector_count)),
    Column::summed("month_energy", "本月电量（kWh）", "Energy this month (kWh)", |c, _| {
        Cell::e4(Some(c.month_energy_dwh))
    }),
    Column::extra("operators", "运营商数", "Operators", |c, _| Cell::count(c.operator_count)),
    Column::extra("pause_reason", "暂停原因", "Paused because", |c, _| {
        Cell::text(c.pause_reason.clone())
    }),
];

pub static CUSTOMER: &[Column<CustomerView>] = &[
    Column::new("id", "用户ID", "Customer id", |c, _| Cell::Text(c.id.to_string())),
    Column::new("name", "姓名/昵称", "Name", |c, _| Cell::text(Some(c.name.clone()))),
    Column::new("phone", "手机号", "Phone", |c, _| Cell::text(c.phone.clone())),
    Column::new("source", "来源平台", "Source", |c, w| {
        words::told("customer_source", c.source.as_str(), w)
    }),
    Column::new("kind", "用户类型", "Kind", |c, w| words::told("customer_kind", c.kind.as_str(), w)),
    Column::new("fleet", "所属车队", "Fleet", |c, _| Cell::text(c.fleet_name.clone())),
    Column::new("status", "状态", "State", |c, w| words::told("customer_status", c.status.as_str(), w)),
    Column::extra("status_reason", "状态原因", "State because", |c, _| {
        Cell::text(c.status_reason.clone())
    }),
    Column::extra("tags", "标签", "Tags", |c, _| Cell::text(Some(c.tags.join(" ")))),
    Column::extra("level", "会员等级", "Level", |c, _| Cell::text(c.level_name.clone())),
    Column::extra("marks", "规则标签", "Marks", |c, w| {
        words::all("customer_mark", c.marks.iter().map(|mark| mark.as_str()), w)
    }),
    Column::new("cards", "卡数", "Cards", |c, _| Cell::count(c.card_count)),
    Column::new("cars", "车辆数", "Cars", |c, _| Cell::count(c.car_count)),
    Column::summed("orders", "累计订单", "Orders", |c, _| Cell::count(c.order_count)),
    Column::summed("energy", "累计电量（kWh）", "Energy (kWh)", |c, _| Cell::e4(Some(c.energy_dwh))),
    Column::summed("total", "累计金额（元）", "Total (yuan)", |c, _| Cell::fen(c.total_fen)),
    Column::new("last_charged", "最近充电", "Last charged", |c, _| Cell::time(c.last_charged_ms)),
    Column::new("created", "注册时间", "Registered", |c, _| Cell::time(Some(c.created_at_ms))),
    Column::extra("synced", "同步时间", "Synchronised", |c, _| Cell::time(c.synced_at_ms)),
];

pub static FLEET: &[Column<FleetView>] = &[
    Column::new("name", "车队名称", "Fleet", |f, _| Cell::Text(f.name.clone())),
    Column::new("contact", "联系人", "Contact", |f, _| Cell::text(Some(f.contact_name.clone()))),
    Column::new("phone", "联系电话", "Telephone", |f, _| Cell::text(f.contact_phone.clone())),
    Column::summed("drivers", "司机数", "Drivers", |f, _| Cell::count(f.driver_count)),
    Column::summed("cars", "车辆数", "Cars", |f, _| Cell::count(f.car_count)),
    Column::summed("orders", "累计订单", "Orders", |f, _| Cell::count(f.order_count)),
    Column::summed("energy", "累计电量（kWh）", "Energy (kWh)", |f, _| Cell::e4(Some(f.energy_dwh))),
    Column::summed("total", "累计金额（元）", "Total (yuan)", |f, _| Cell::fen(f.total_fen)),
    Column::new("created", "建立时间", "Created", |f, _| Cell::time(Some(f.created_at_ms))),
    Column::extra("note", "备注", "Note", |f, _| Cell::text(Some(f.note.clone()))),
];

pub static VOUCHER: &[Column<VoucherView>] = &[
    Column::new("id", "券号", "Voucher", |v, _| Cell::Text(v.id.to_string())),
    Column::new("coupon", "优惠券", "Coupon", |v, _| Cell::Text(v.coupon_name.clone())),
    Column::new("kind", "优惠券类型", "Kind", |v, w| {
        words::told("coupon_kind", v.coupon_kind.as_str(), w)
    }),
    Column::new("customer", "用户", "Customer", |v, _| Cell::Text(v.customer_name.clone())),
    Column::new("phone", "手机号", "Phone", |v, _| Cell::text(v.phone.clone())),
    Column::new("state", "状态", "State", |v, w| words::told("voucher_state", v.state.as_str(), w)),
    Column::new("from", "生效时间", "Valid from", |v, _| Cell::Time(v.valid_from_ms)),
    Column::new("until", "失效时间", "Valid until", |v, _| Cell::Time(v.valid_until_ms)),
    Column::new("given", "发放时间", "Given", |v, _| Cell::Time(v.given_at_ms)),
    Column::new("staff", "发放人", "Given by", |v, _| Cell::Text(v.staff_name.clone())),
    Column::new("reason", "发放原因", "Reason", |v, _| Cell::text(Some(v.reason.clone()))),
    Column::extra("ended", "使用/收回时间", "Ended", |v, _| Cell::time(v.ended_at_ms)),
    Column::extra("end_reason", "收回原因", "Ended because", |v, _| Cell::text(v.end_reason.clone())),
];

pub static FEEDBACK: &[Column<FeedbackView>] = &[
    Column::new("no", "反馈编号", "No.", |f, _| Cell::Text(f.no.clone())),
    Column::new("source", "反馈来源", "Source", |f, w| {
        words::told("feedback_source", f.source.as_str(), w)
    }),
    Column::new("kind", "反馈类型", "Kind", |f, w| words::told("feedback_kind", f.kind.as_str(), w)),
    Column::new("category", "问题分类", "Category", |f, _| Cell::Text(f.category.clone())),
    Column::new("content", "内容", "Content", |f, _| Cell::text(Some(f.content.clone()))),
    Column::new("name", "姓名", "Name", |f, _| Cell::text(f.name.clone())),
    Column::new("phone", "手机号", "Phone", |f, _| Cell::text(f.phone.clone())),
    Column::extra("customer_id", "用户ID", "Customer id", |f, _| {
        Cell::text(f.customer_id.map(|id| id.to_string()))
    }),
    Column::new("station", "充电站", "Station", |f, _| Cell::text(f.station_name.clone())),
    Column::new("pile", "电桩编号", "Pile code", |f, _| Cell::text(f.pile_code.clone())),
    Column::extra("connector", "枪号", "Connector", |f, _| f.connector_no.map_or(Cell::Empty, Cell::count)),
    Column::new("order_no", "关联订单", "Order no.", |f, _| Cell::text(f.order_no.clone())),
    Column::new("state", "状态", "State", |f, w| words::told("feedback_state", f.state.as_str(), w)),
    Column::new("handler", "处理人", "Handler", |f, _| Cell::text(f.handler_name.clone())),
    Column::new("created", "反馈时间", "Received", |f, _| Cell::Time(f.created_at_ms)),
    Column::new("answered", "首次答复", "First answer", |f, _| Cell::time(f.answered_at_ms)),
    Column::new("closed", "关闭时间", "Closed", |f, _| Cell::time(f.closed_at_ms)),
    Column::extra("overdue", "是否超时", "Overdue", |f, w| {
        if f.overdue { w.choose("是", "yes") } else { w.choose("否", "no") }
    }),
    Column::extra("photos", "图片数", "Photos", |f, _| Cell::count(f.photo_count)),
    Column::extra("score", "满意度", "Score", |f, _| f.score.map_or(Cell::Empty, Cell::count)),
    Column::extra("score_text", "用户评价", "Rating's words", |f, _| Cell::text(f.score_text.clone())),
    Column::extra("escalated", "升级时间", "Escalated", |f, _| Cell::time(f.escalated_at_ms)),
];

pub static INVOICE: &[Column<InvoiceView>] = &[
    Column::new("serial_no", "开票序号", "Serial no.", |i, _| Cell::Text(i.serial_no.clone())),
    Column::new("kind", "发票类型", "Kind", |i, w| words::told("invoice_kind", i.kind.as_str(), w)),
    Column::new("red", "蓝/红", "Blue or red", |i, w| {
        if i.red { w.choose("红字", "Red") } else { w.choose("蓝字", "Blue") }
    }),
    Column::new("state", "状态", "State", |i, w| words::told("invoice_state", i.state.as_str(), w)),
    Column::new("phone", "用户手机号", "Phone", |i, _| Cell::text(i.phone.clone())),
    Column::new("customer_kind", "用户类型", "Buyer", |i, w| {
        words::told("invoice_customer", i.customer_kind.as_str(), w)
    }),
    Column::new("title", "抬头", "Title", |i, _| Cell::Text(i.title.clone())),
    Column::new("tax_no", "税号", "Tax no.", |i, _| Cell::text(i.tax_no.clone())),
    Column::new("seller", "销售方", "Seller", |i, _| Cell::Text(i.seller_name.clone())),
    Column::summed("net", "金额（元）", "Net (yuan)", |i, _| Cell::fen(i.net_fen)),
    Column::summed("tax", "税额（元）", "Tax (yuan)", |i, _| Cell::fen(i.tax_fen)),
    Column::summed("total", "价税合计（元）", "Total (yuan)", |i, _| Cell::fen(i.total_fen)),
    Column::extra("electricity", "电费（元）", "Electricity (yuan)", |i, _| {
        Cell::fen(i.electricity_fen)
    }),
    Column::extra("service", "服务费（元）", "Service fee (yuan)", |i, _| Cell::fen(i.service_fen)),
    Column::new("orders", "订单数", "Orders", |i, _| Cell::count(i.order_count)),
    Column::new("number", "发票号码", "Invoice no.", |i, _| Cell::text(i.number.clone())),
    Column::new("applied", "申请时间", "Applied", |i, _| Cell::Time(i.applied_at_ms)),
    Column::new("issued", "开票时间", "Issued", |i, _| Cell::time(i.issued_at_ms)),
    Column::extra("email", "邮箱", "E-mail", |i, _| Cell::text(i.email.clone())),
    Column::extra("mails", "发送次数", "Mails", |i, _| Cell::count(i.mail_count)),
    Column::extra("failure", "失败原因", "Failure", |i, _| Cell::text(i.failure.clone())),
];

pub static STAFF: &[Column<StaffView>] = &[
    Column::new("account", "账号", "Account", |s, _| Cell::Text(s.account.clone())),
    Column::new("name", "姓名", "Name", |s, _| Cell::Text(s.name.clone())),
    Column::new("role", "角色", "Role", |s, w| match &s.role_name {
        Some(name) => Cell::Text(name.clone()),
        None => words::told("role", &s.role, w),
    }),
    Column::new("operator", "所属运营商", "Operator", |s, w| {
        s.operator_name.clone().map_or_else(|| w.choose("平台", "Platform"), Cell::Text)
    }),
    Column::new("area", "数据范围", "Sees", |s, w| match &s.area {
        Area::Everywhere => w.choose("全部", "Everything"),
        Area::Cities { .. } | Area::Stations { .. } => Cell::text(Some(s.area_names.join(" "))),
    }),
    Column::new("disabled", "状态", "State", |s, w| {
        if s.disabled { w.choose("停用", "Disabled") } else { w.choose("启用", "Enabled") }
    }),
    Column::new("created", "建立时间", "Created", |s, _| Cell::Time(s.created_at_ms)),
    Column::extra("handover", "交接说明", "Handover", |s, _| Cell::text(Some(s.handover.clone()))),
];

/// yyyymmdd as people write it.
fn date(day: Option<i64>) -> Cell {
    Cell::text(day.map(|day| format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)))
}

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

pub static FLEET_CAR: &[Column<CarView>] = &[
    Column::new("plate", "车牌号", "Plate", |c, _| Cell::Text(c.plate.clone())),
    Column::new("vin", "车架号", "VIN", |c, _| Cell::text(c.vin.clone())),
    Column::new("note", "备注", "Note", |c, _| Cell::text(Some(c.note.clone()))),
    Column::new("created", "登记时间", "Registered", |c, _| Cell::time(Some(c.created_at_ms))),
];

pub static DAY_BILL: &[Column<DayBillView>] = &[
    Column::new("day", "日期", "Day", |b, _| {
        Cell::Text(format!("{}-{:02}-{:02}", b.day / 10_000, b.day / 100 % 100, b.day % 100))
    }),
    Column::new("station", "充电站", "Station", |b, _| Cell::Text(b.station_name.clone())),
    Column::new("operator", "运营商", "Operator", |b, _| Cell::Text(b.operator_name.clone())),
    Column::summed("orders", "订单数", "Orders", |b, _| Cell::count(b.sums.order_count)),
    Column::summed("energy", "电量（kWh）", "Energy (kWh)", |b, _| Cell::e4(Some(b.sums.energy_dwh))),
    Column::summed("sharp", "尖（kWh）", "Sharp (kWh)", |b, _| Cell::e4(Some(b.sums.sharp_dwh))),
    Column::summed("peak", "峰（kWh）", "Peak (kWh)", |b, _| Cell::e4(Some(b.sums.peak_dwh))),
    Column::summed("flat", "平（kWh）", "Flat (kWh)", |b, _| Cell::e4(Some(b.sums.flat_dwh))),
    Column::summed("valley", "谷（kWh）", "Valley (kWh)", |b, _| Cell::e4(Some(b.sums.valley_dwh))),
    Column::summed("other", "人工结算（kWh）", "Settled by hand (kWh)", |b, _| {
        Cell::e4(Some(b.sums.other_dwh))
    }),
    Column::summed("electricity", "电费（元）", "Electricity (yuan)", |b, _| {
        Cell::fen(b.sums.electricity_fen)
    }),
    Column::summed("service", "服务费（元）", "Service fee (yuan)", |b, _| {
        Cell::fen(b.sums.service_fen)
    }),
    Column::summed("total", "合计（元）", "Total (yuan)", |b, _| Cell::fen(b.sums.total_fen)),
    Column::summed("discount", "优惠（元）", "Taken off (yuan)", |b, _| Cell::fen(b.sums.discount_fen)),
    Column::summed("occupancy", "占位费（元）", "Occupation fees (yuan)", |b, _| {
        Cell::fen(b.sums.occupancy_fen)
    }),
    Column::summed("principal", "本金（元）", "Principal (yuan)", |b, _| {
        Cell::fen(b.sums.principal_fen)
    }),
    Column::summed("gift", "赠送金优惠（元）", "Gift (yuan)", |b, _| Cell::fen(b.sums.gift_fen)),
    Column::summed("fleet", "车队账户（元）", "Fleet accounts (yuan)", |b, _| {
        Cell::fen(b.sums.fleet_fen)
    }),
    Column::summed("owed", "待支付（元）", "Owed (yuan)", |b, _| Cell::fen(b.sums.owed_fen)),
    Column::summed("unpaid", "无付款人（元）", "Nobody pays (yuan)", |b, _| {
        Cell::fen(b.sums.unpaid_fen)
    }),
    Column::summed("refund_count", "退款笔数", "Refunds", |b, _| Cell::count(b.sums.refund_count)),
    Column::summed("refunded", "当日退款（元）", "Refunded (yuan)", |b, _| {
        Cell::fen(b.sums.refunded_fen)
    }),
    Column::extra("made", "生成时间", "Made", |b, _| Cell::time(Some(b.made_at_ms))),
];

/// A report has the columns that its query asks for.
pub static REPORT: &[Column<store::reports::ReportRow>] = &[];
