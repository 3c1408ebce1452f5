//! The columns of the files of alarms and work orders.

use super::column::{Cell, Column};
use super::words;
use store::alarm_list::AlarmView;
use store::work_order_list::WorkOrderView;

pub static ALARM: &[Column<AlarmView>] = &[
    Column::new("id", "告警编号", "Alarm", |a, _| Cell::Text(a.id.to_string())),
    Column::new("level", "级别", "Level", |a, w| words::told("alarm_level", a.level.as_str(), w)),
    Column::new("state", "状态", "State", |a, w| words::told("alarm_state", a.state.as_str(), w)),
    Column::new("source", "来源", "Source", |a, w| words::told("alarm_source", a.source.as_str(), w)),
    Column::new("text", "内容", "What", |a, _| Cell::text(a.text.clone().or_else(|| Some(a.code.clone())))),
    Column::new("code", "代码", "Code", |a, _| Cell::Text(a.code.clone())),
    Column::extra("info", "桩的说明", "Pile says", |a, _| Cell::text(a.info.clone())),
    Column::new("station", "充电站", "Station", |a, _| Cell::Text(a.station_name.clone())),
    Column::extra("operator", "运营商", "Operator", |a, _| Cell::Text(a.operator_name.clone())),
    Column::new("pile", "电桩编号", "Pile code", |a, _| Cell::text(a.pile_code.clone())),
    Column::new("connector", "枪号", "Connector", |a, _| a.connector_no.map_or(Cell::Empty, Cell::count)),
    Column::new("member", "合并设备数", "Members", |a, _| {
        if a.storm { Cell::count(a.member_count) } else { Cell::Empty }
    }),
    Column::new("order", "订单", "Order", |a, _| Cell::text(a.order_no.clone())),
    Column::new("times", "次数", "Times", |a, _| Cell::count(a.times)),
    Column::new("first", "首次发生", "First", |a, _| Cell::Time(a.first_at_ms)),
    Column::new("last", "最近发生", "Last", |a, _| Cell::Time(a.last_at_ms)),
    Column::new("recovered", "恢复时间", "Recovered", |a, _| Cell::time(a.recovered_at_ms)),
    Column::new("acknowledged", "确认时间", "Acknowledged", |a, _| Cell::time(a.acknowledged_at_ms)),
    Column::new("acknowledged_by", "确认人", "Acknowledged by", |a, _| {
        Cell::text(a.acknowledged_by.clone())
    }),
    Column::new("closed", "关闭时间", "Closed", |a, _| Cell::time(a.closed_at_ms)),
];

pub static WORK_ORDER: &[Column<WorkOrderView>] = &[
    Column::new("no", "工单编号", "No.", |o, _| Cell::Text(o.no.clone())),
    Column::new("level", "级别", "Level", |o, w| words::told("alarm_level", o.level.as_str(), w)),
    Column::new("state", "状态", "State", |o, w| words::told("work_order_state", o.state.as_str(), w)),
    Column::new("kind", "来源", "From", |o, w| words::told("work_order_kind", o.kind.as_str(), w)),
    Column::new("title", "工作内容", "What", |o, _| Cell::Text(o.title.clone())),
    Column::extra("content", "说明", "More", |o, _| Cell::text(Some(o.content.clone()))),
    Column::new("station", "充电站", "Station", |o, _| Cell::Text(o.station_name.clone())),
    Column::new("pile", "电桩编号", "Pile code", |o, _| Cell::text(o.pile_code.clone())),
    Column::new("connector", "枪号", "Connector", |o, _| o.connector_no.map_or(Cell::Empty, Cell::count)),
    Column::new("handler", "处理人", "Handler", |o, _| Cell::text(o.handler_name.clone())),
    Column::new("created", "创建时间", "Created", |o, _| Cell::Time(o.created_at_ms)),
    Column::new("created_by", "创建人", "Created by", |o, _| Cell::text(Some(o.created_by.clone()))),
    Column::new("accepted", "接单时间", "Taken", |o, _| Cell::time(o.accepted_at_ms)),
    Column::new("arrived", "到场时间", "On site", |o, _| Cell::time(o.arrived_at_ms)),
    Column::new("done", "完工时间", "Done", |o, _| Cell::time(o.done_at_ms)),
    Column::new("result", "处理结果", "What was done", |o, _| Cell::text(o.result.clone())),
    Column::new("parts", "更换配件", "Parts", |o, _| Cell::text(o.parts.clone())),
    Column::summed("cost", "费用（元）", "Cost (yuan)", |o, _| {
        o.cost_fen.map_or(Cell::Empty, Cell::fen)
    }),
    Column::new("closed", "结束时间", "Ended", |o, _| Cell::time(o.closed_at_ms)),
    Column::new("closed_by", "验收人", "Accepted by", |o, _| Cell::text(o.closed_by.clone())),
    Column::extra("overdue", "是否超时", "Overdue", |o, w| {
        if o.overdue { w.choose("是", "yes") } else { w.choose("否", "no") }
    }),
    Column::extra("photos", "照片数", "Photos", |o, _| Cell::count(o.photo_count)),
];
