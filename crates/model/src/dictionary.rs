//! 字典: the code lists of the product with their names. They are fixed: a program stands behind each code.
//! What staff may change themselves (the categories of feedback) is data.

use crate::Text;

/// One code list.
#[derive(Clone, Copy, Debug)]
pub struct Dictionary {
    pub code: &'static str,
    title: (&'static str, &'static str),
    entries: &'static [(&'static str, &'static str, &'static str)],
}

impl Dictionary {
    pub fn find(code: &str) -> Option<&'static Dictionary> {
        DICTIONARIES.iter().find(|one| one.code == code)
    }

    pub fn title(&self) -> Text {
        Text::of(self.title.0, self.title.1)
    }

    pub fn entries(&self) -> impl Iterator<Item = (&'static str, Text)> {
        self.entries.iter().map(|(code, zh, en)| (*code, Text::of(zh, en)))
    }
}

macro_rules! dictionaries {
    ($($code:literal $title_zh:literal $title_en:literal [$($entry:literal $zh:literal $en:literal,)*])*) => {
        pub const DICTIONARIES: &[Dictionary] = &[$(Dictionary {
            code: $code,
            title: ($title_zh, $title_en),
            entries: &[$(($entry, $zh, $en)),*],
        }),*];
    };
}

dictionaries! {
    "order_state" "订单状态" "Order states" [
        "starting" "启动中" "Starting",
        "charging" "充电中" "Charging",
        "stopping" "停止中" "Stopping",
        "unsettled" "待结算" "Unsettled",
        "completed" "已完成" "Completed",
        "failed" "启动失败" "Failed to start",
        "abnormal" "异常待处理" "Held for review",
    ]
    "start_mode" "启动方式" "Start modes" [
        "console" "后台启动" "Console",
        "app" "扫码" "App",
        "card" "刷卡" "Card",
        "offline_card" "离线卡" "Offline card",
        "vin" "即插即充" "Plug & charge",
        "pile" "桩端启动" "At the pile",
        "import" "导入补录" "Imported",
    ]
    "abnormality" "异常类型" "Abnormalities" [
        "no_record" "缺失账单" "No final record",
        "amount_differs" "金额不符" "Amounts differ",
        "zero_baseline" "起始读数为零" "Zero first reading",
        "meter_backwards" "表数倒退" "Meter went backwards",
        "power_exceeded" "超额定功率" "Above rated power",
        "time_implausible" "时间异常" "Implausible time",
        "meter_mismatch" "电表不符" "Meter mismatch",
        "unannounced" "补录" "Unannounced session",
        "token_refused" "未授权卡" "Card not authorised",
        "no_tariff" "无计费模型" "No tariff",
        "connector_taken" "枪被占用" "Connector taken",
        "period_mismatch" "时段电量不符" "Periods do not add up",
        "connector_unknown" "枪号不明" "No such connector",
        "reading_missing" "缺起止读数" "Reading missing",
        "record_repeated" "重复流水" "Second record differs",
        "period_foreign" "时段不符计费模型" "Period not in tariff",
        "no_energy" "启动未充电" "Nothing delivered",
        "after_failure" "失败后有账单" "Record after failure",
    ]
    "stop_class" "停止原因" "Stop reasons" [
        "normal" "充电完成" "Completed",
        "start_failed" "启动失败" "Failed to start",
        "balance" "余额不足" "Balance used up",
        "fault" "异常中止" "Fault",
        "emergency" "急停" "Emergency stop",
        "safety" "安全保护" "Safety",
        "unknown" "未知" "Unknown",
    ]
    "pay_way" "支付方式" "Ways of paying" [
        "wallet" "钱包" "Wallet",
        "fleet" "车队" "Fleet",
        "later" "后付" "Later",
    ]
    "paid_state" "支付状态" "States of payment" [
        "open" "未结算" "Not settled",
        "paid" "已支付" "Paid",
        "owed" "待支付" "Owed",
        "part_refunded" "部分退款" "Refunded in part",
        "refunded" "已退款" "Refunded",
        "written_off" "已核销" "Written off",
    ]
    "settlement_basis" "异常结算依据" "Settlement bases" [
        "record" "按桩账单" "Pile’s record",
        "curve" "按充电曲线" "Charge curve",
        "energies" "手工填电量" "Energies by hand",
        "amounts" "手工填金额" "Fees by hand",
        "free" "不收费" "No charge",
        "pile_amount" "按桩账单金额" "Pile’s amount",
        "void" "作废" "Void",
    ]
    "settlement_state" "异常结算状态" "Settlement states" [
        "proposed" "待复核" "Awaits second person",
        "approved" "已结算" "Settled",
        "rejected" "已驳回" "Rejected",
    ]
    "period" "时段" "Periods of a tariff" [
        "sharp" "尖" "Sharp",
        "peak" "峰" "Peak",
        "flat" "平" "Flat",
        "valley" "谷" "Valley",
    ]
    "buyer" "客户类型" "Who charged" [
        "fleet" "车队" "Fleet",
        "own" "注册用户" "Customer",
        "card" "无主卡" "Card of nobody",
        "staff" "员工启动" "Staff",
        "guest" "未识别" "Not known",
    ]
    "pile_kind" "充电类型" "Pile kinds" [
        "dc" "直流" "DC",
        "ac" "交流" "AC",
        "ac_dc" "交直流" "AC + DC",
    ]
    "protocol" "通信协议" "Protocols" [
        "ocpp1.6" "OCPP 1.6J" "OCPP 1.6J",
        "ocpp2.0.1" "OCPP 2.0.1" "OCPP 2.0.1",
        "ocpp2.1" "OCPP 2.1" "OCPP 2.1",
        "ykc1.5" "云快充 1.5" "YKC 1.5",
        "ykc1.6" "云快充 1.6" "YKC 1.6",
    ]
    "socket_kind" "接口类型" "Sockets" [
        "household" "家用插座" "Household socket",
        "ac_outlet" "交流插座" "AC outlet",
        "ac_plug" "交流枪" "AC plug",
        "dc_plug" "直流枪" "DC plug",
        "wireless" "无线充电" "Wireless",
        "other" "其他" "Other",
    ]
    "socket_standard" "接口国标" "Standards of sockets" [
        "gb2011" "国标 2011" "GB/T 20234-2011",
        "gb2015" "国标 2015" "GB/T 20234-2015",
        "gb2023" "国标 2023" "GB/T 20234-2023",
    ]
    "lifecycle" "启停状态" "Lifecycles of piles" [
        "inactive" "未激活" "Not yet seen",
        "enabled" "启用" "Enabled",
        "disabled" "停用" "Disabled",
        "retired" "报废" "Retired",
    ]
    "connector_status" "枪状态" "Connector states" [
        "available" "空闲" "Available",
        "preparing" "已插枪" "Plugged in",
        "charging" "充电中" "Charging",
        "suspended_ev" "车辆暂停" "Suspended by car",
        "suspended_evse" "桩暂停" "Suspended by pile",
        "finishing" "充电结束" "Finishing",
        "reserved" "预约" "Reserved",
        "unavailable" "停用" "Out of service",
        "faulted" "故障" "Faulted",
        "unknown" "未知" "Unknown",
    ]
    "facility" "配套设施" "Facilities" [
        "restroom" "卫生间" "Restroom",
        "shop" "便利店" "Shop",
        "restaurant" "餐厅" "Restaurant",
        "lounge" "休息室" "Lounge",
        "canopy" "雨棚" "Canopy",
        "barrier" "道闸" "Barrier",
        "ground_lock" "地锁" "Ground lock",
        "guard" "有人值守" "Guarded",
        "printer" "小票机" "Receipt printer",
        "public_parking" "公共停车场" "Public car park",
    ]
    "station_kind" "站点类型" "Kinds of stations" [
        "public" "公共" "Public",
        "bus" "公交专用" "Buses only",
        "taxi" "出租车专用" "Taxis only",
        "logistics" "物流专用" "Logistics only",
        "sanitation" "环卫专用" "Sanitation only",
        "staff" "单位专用" "Own staff only",
        "private" "个人" "Private",
        "other" "其他" "Other",
    ]
    "place_kind" "建设场所" "Sites of stations" [
        "residential" "居民区" "Residential area",
        "public_institution" "公共机构" "Public institution",
        "enterprise" "企事业单位" "Company premises",
        "office" "写字楼" "Office building",
        "industrial_park" "工业园区" "Industrial park",
        "transport_hub" "交通枢纽" "Transport hub",
        "sports_culture" "文体设施" "Sports and culture",
        "green_space" "城市绿地" "Park",
        "building_parking" "配建停车场" "Car park of a building",
        "roadside" "路边停车位" "Roadside",
        "motorway_service" "高速服务区" "Motorway services",
        "other" "其他" "Other",
    ]
    "parking_fee" "停车收费类型" "Parking fees" [
        "paid" "收费" "Paid",
        "free" "免费" "Free",
        "free_first" "限时免费" "Free at first",
        "free_charging" "充电限免" "Free while charging",
    ]
    "car_kind" "服务车型" "Kinds of cars" [
        "passenger" "小客车" "Passenger car",
        "taxi" "出租车" "Taxi",
        "bus" "公交客车" "Bus",
        "van" "物流车" "Van",
        "truck" "重型货车" "Heavy truck",
        "sanitation" "环卫车" "Sanitation vehicle",
    ]
    "card_status" "充电卡状态" "Card states" [
        "accepted" "正常" "Accepted",
        "blocked" "已挂失" "Blocked",
        "expired" "已过期" "Expired",
    ]
    "customer_kind" "用户类型" "Customer kinds" [
        "person" "个人" "Person",
        "driver" "司机" "Driver",
        "employee" "企业员工" "Employee",
    ]
    "customer_source" "来源平台" "Customer sources" [
        "own" "自有用户" "Our own",
        "scim" "出行平台（推送）" "Mobility platform (pushes)",
        "pull" "出行平台（拉取）" "Mobility platform (asked)",
    ]
    "customer_status" "用户状态" "Customer states" [
        "active" "正常" "Active",
        "frozen" "已冻结" "Frozen",
        "deactivated" "来源已停用" "Deactivated at source",
        "cancelled" "已注销" "Cancelled",
    ]
    "customer_mark" "客户分群" "Customer segments" [
        "new" "新用户" "New",
        "sleeping" "沉睡" "Sleeping",
        "night" "夜间" "Night",
        "high_value" "高价值" "High value",
        "fleet" "车队" "Fleet",
        "churn_risk" "流失风险" "Churn risk",
        "rfm_hhh" "重要价值" "Important, to keep as they are",
        "rfm_hlh" "重要发展" "Important, to charge more often",
        "rfm_lhh" "重要保持" "Important, to come back",
        "rfm_llh" "重要挽留" "Important, to win back",
        "rfm_hhl" "一般价值" "Regular, of little money",
        "rfm_hll" "一般发展" "Recent, seldom, of little money",
        "rfm_lhl" "一般保持" "Often before, of little money",
        "rfm_lll" "一般挽留" "Seldom, long ago, of little money",
    ]
    "alarm_level" "告警级别" "Alarm levels" [
        "critical" "紧急" "Critical",
        "major" "重要" "Major",
        "minor" "一般" "Minor",
        "notice" "提示" "Notice",
    ]
    "alarm_source" "告警来源" "Alarm sources" [
        "fault" "设备故障" "Fault",
        "stop" "异常停止" "Bad stop",
        "battery" "电池告警" "Battery",
        "ground_lock" "地锁告警" "Ground lock",
        "variable" "变量事件" "Variable",
        "session" "无订单充电" "Charging without an order",
        "offline" "离线" "Off line",
        "flapping" "频繁上下线" "Flapping",
        "safety" "安全规则" "Safety rule",
        "inspection" "检验到期" "Inspection due",
    ]
    "alarm_state" "告警状态" "Alarm states" [
        "pending" "待计时" "Pending",
        "open" "未确认" "Open",
        "acknowledged" "已确认" "Acknowledged",
        "silenced" "已屏蔽" "Silenced",
        "recovered" "已恢复" "Recovered",
        "closed" "已关闭" "Closed",
    ]
    "alarm_action" "告警处理动作" "Alarm steps" [
        "raise" "产生" "Raised",
        "reopen" "再次发生" "Again",
        "recover" "恢复" "Recovered",
        "acknowledge" "确认" "Acknowledge",
        "note" "备注" "Note",
        "silence" "屏蔽" "Silence",
        "unsilence" "解除屏蔽" "End of silence",
        "close" "关闭" "Close",
        "join" "并入合并告警" "Joined a storm",
        "notify" "通知" "Told",
        "heal_begin" "开始自愈" "Healing begun",
        "healed" "自愈成功" "Healed",
        "heal_fail" "自愈未见效" "Healing did not help",
        "heal_stop" "自愈中止" "Healing stopped",
    ]
    "work_order_kind" "工单来源" "Work order kinds" [
        "alarm" "告警" "Alarm",
        "feedback" "反馈" "Feedback",
        "manual" "人工" "By hand",
        "inspection" "巡检" "Inspection",
        "danger" "隐患" "Hidden danger",
    ]
    "work_order_state" "工单状态" "Work order states" [
        "waiting" "待接单" "Waiting",
        "accepted" "已接单" "Taken",
        "on_site" "已到场" "On site",
        "done" "待验收" "To accept",
        "closed" "已完成" "Closed",
        "cancelled" "已取消" "Cancelled",
    ]
    "work_order_action" "工单处理动作" "Work order steps" [
        "create" "创建" "Created",
        "assign" "派单" "Assign",
        "accept" "接单" "Take",
        "arrive" "到场" "On site",
        "finish" "完工" "Done",
        "confirm" "验收通过" "Accept",
        "reject" "验收驳回" "Reject",
        "cancel" "取消工单" "Cancel",
        "note" "备注" "Note",
        "photo" "上传照片" "Photo",
        "escalate" "超时升级" "Escalated",
    ]
    "feedback_source" "反馈来源" "Feedback sources" [
        "mini_program" "小程序" "Mini-program",
        "app" "APP" "App",
        "phone" "电话" "Telephone",
        "site" "现场" "On site",
        "peer" "互联平台" "Partner platform",
        "hotline" "12345 热线" "Hotline 12345",
    ]
    "feedback_kind" "反馈类型" "Feedback kinds" [
        "complaint" "投诉" "Complaint",
        "suggestion" "建议" "Suggestion",
        "question" "咨询" "Question",
        "fault" "故障" "Fault",
    ]
    "feedback_state" "反馈状态" "Feedback states" [
        "waiting" "待处理" "Waiting",
        "working" "处理中" "In progress",
        "answered" "待用户确认" "Awaiting customer",
        "closed" "已关闭" "Closed",
        "merged" "已合并" "Merged",
    ]
    "feedback_action" "反馈处理动作" "Feedback steps" [
        "create" "提交反馈" "Submitted",
        "accept" "受理" "Accept",
        "assign" "转派" "Assign",
        "reply" "回复用户" "Reply to customer",
        "note" "内部备注" "Internal note",
        "link_order" "关联订单" "Link order",
        "merge" "合并" "Merge",
        "close" "关闭" "Close",
        "reopen" "重开" "Reopen",
        "escalate" "升级" "Escalate",
        "rate" "用户评价" "Rated",
    ]
    "invoice_kind" "发票类型" "Invoice kinds" [
        "digital_general" "数电普票" "Digital, general",
        "digital_special" "数电专票" "Digital, special VAT",
        "electronic_general" "电子普票" "Electronic, general",
        "electronic_special" "电子专票" "Electronic, special VAT",
        "receipt" "收据（非税务发票）" "Receipt (no tax invoice)",
    ]
    "invoice_state" "发票状态" "Invoice states" [
        "review" "待审核" "To review",
        "waiting" "待开票" "To issue",
        "issuing" "开票中" "Issuing",
        "issued" "已开票" "Issued",
        "sent" "已发送" "Sent",
        "failed" "开票失败" "Failed",
        "reversing" "红冲中" "Reversing",
        "reversed" "已红冲" "Reversed",
        "rejected" "已驳回" "Rejected",
    ]
    "invoice_customer" "开票用户类型" "Buyers of invoices" [
        "person" "个人" "Person",
        "company" "企业" "Company",
        "driver" "司机" "Driver",
    ]
    "coupon_kind" "优惠券类型" "Coupon kinds" [
        "amount" "立减券" "Amount off",
        "percent" "折扣券" "Per cent off",
        "service" "服务费券" "Service fee off",
        "service_percent" "服务费折扣券" "Per cent off the service fee",
        "per_kwh" "每度减券" "Off each kWh",
    ]
    "voucher_state" "用户券状态" "Voucher states" [
        "unused" "未使用" "Unused",
        "used" "已使用" "Used",
        "cancelled" "已收回" "Taken back",
        "expired" "已过期" "Expired",
    ]
    "role" "角色（产品自带）" "Roles of the product" [
        "admin" "平台管理员" "Administrator",
        "operations" "运营" "Operations",
        "finance" "财务" "Finance",
        "service" "客服" "Customer service",
        "technician" "运维" "Technician",
        "viewer" "只读" "Viewer",
        "system_admin" "系统管理员" "System administrator",
        "security_admin" "安全管理员" "Security administrator",
        "audit_admin" "审计管理员" "Auditor",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;
    use crate::alarm::{AlarmAction, AlarmLevel, AlarmSource, AlarmState};
    use crate::card::CardStatus;
    use crate::connector::ConnectorStatus;
    use crate::coupon::{CouponKind, VoucherState};
    use crate::customer::{CustomerKind, CustomerMark, CustomerSource, CustomerStatus};
    use crate::feedback::{FeedbackAction, FeedbackKind, FeedbackSource, FeedbackState};
    use crate::invoice::{InvoiceCustomerKind, InvoiceKind, InvoiceState};
    use crate::ledger::{PaidState, PayWay};
    use crate::order::{Abnormality, OrderState, StartMode, StopClass};
    use crate::pile_record::{SocketKind, SocketStandard};
    use crate::proposal::ProposalState;
    use crate::report::BuyerKind;
    use crate::settlement::SettlementBasis;
    use crate::site::{Lifecycle, PileKind, Protocol};
    use crate::station::{CarKind, ParkingFee, PlaceKind, StationKind};
    use crate::tariff::Period;
    use crate::work_order::{WorkOrderAction, WorkOrderKind, WorkOrderState};

    #[test]
    fn every_code_of_every_list_is_there_and_no_other() {
        fn told<T: serde::Serialize>(all: impl IntoIterator<Item = T>) -> Vec<String> {
            let word = |one: T| serde_json::to_value(one).unwrap().as_str().unwrap().to_owned();
            let mut all: Vec<String> = all.into_iter().map(word).collect();
            all.sort();
            all
        }
        for (code, expected) in [
            ("order_state", told(OrderState::ALL)),
            ("start_mode", told(StartMode::ALL)),
            ("abnormality", told(Abnormality::ALL)),
            ("stop_class", told(StopClass::ALL)),
            ("pay_way", told(PayWay::ALL)),
            ("paid_state", told(PaidState::ALL)),
            ("settlement_basis", told(SettlementBasis::ALL)),
            ("settlement_state", told(ProposalState::ALL)),
            ("period", told(Period::ALL)),
            ("buyer", told(BuyerKind::ALL)),
            ("pile_kind", told(PileKind::ALL)),
            ("protocol", told(Protocol::ALL)),
            ("socket_kind", told(SocketKind::ALL.to_vec())),
            ("socket_standard", told(SocketStandard::ALL.to_vec())),
            ("lifecycle", told(Lifecycle::ALL)),
            ("connector_status", told(ConnectorStatus::ALL)),
            ("card_status", told(CardStatus::ALL)),
            ("customer_kind", told(CustomerKind::ALL)),
            ("customer_source", told(CustomerSource::ALL)),
            ("customer_status", told(CustomerStatus::ALL)),
            ("customer_mark", told(CustomerMark::ALL)),
            ("alarm_level", told(AlarmLevel::ALL)),
            ("alarm_source", told(AlarmSource::ALL)),
            ("alarm_state", told(AlarmState::ALL)),
            ("alarm_action", told(AlarmAction::ALL)),
            ("work_order_kind", told(WorkOrderKind::ALL)),
            ("work_order_state", told(WorkOrderState::ALL)),
            ("work_order_action", told(WorkOrderAction::ALL)),
            ("feedback_source", told(FeedbackSource::ALL)),
            ("feedback_kind", told(FeedbackKind::ALL)),
            ("feedback_state", told(FeedbackState::ALL)),
            ("feedback_action", told(FeedbackAction::ALL)),
            ("invoice_kind", told(InvoiceKind::ALL)),
            ("invoice_state", told(InvoiceState::ALL)),
            ("invoice_customer", told(InvoiceCustomerKind::ALL)),
            ("coupon_kind", told(CouponKind::ALL)),
            ("voucher_state", told(VoucherState::ALL)),
            ("station_kind", told(StationKind::ALL.to_vec())),
            ("place_kind", told(PlaceKind::ALL.to_vec())),
            ("parking_fee", told(ParkingFee::ALL.to_vec())),
            ("car_kind", told(CarKind::ALL.to_vec())),
            ("role", told(Role::ALL)),
        ] {
            let mut known: Vec<String> =
                Dictionary::find(code).unwrap().entries().map(|(code, _)| code.to_owned()).collect();
            known.sort();
            assert_eq!(known, expected, "{code}");
        }
    }
}
