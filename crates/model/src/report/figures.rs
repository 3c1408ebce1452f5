//! The figures themselves.

use super::KpiUnit::{Count, Energy, Hours, Minutes, Money, Number, Percent, Price};
use super::{Kpi, KpiFormula, KpiUnit, Part};
use crate::Text;

const fn kpi(
    code: &'static str,
    unit: KpiUnit,
    [name_zh, name_en]: [&'static str; 2],
    [definition_zh, definition_en]: [&'static str; 2],
    source: Text,
    formula: KpiFormula,
) -> Kpi {
    ruled(&[], code, unit, [name_zh, name_en], [definition_zh, definition_en], source, formula)
}

/// One with numbers of the rules in it.
const fn ruled(
    parameters: &'static [&'static str],
    code: &'static str,
    unit: KpiUnit,
    [name_zh, name_en]: [&'static str; 2],
    [definition_zh, definition_en]: [&'static str; 2],
    source: Text,
    formula: KpiFormula,
) -> Kpi {
    let definition = Text::of(definition_zh, definition_en);
    Kpi { code, name: Text::of(name_zh, name_en), unit, definition, source, parameters, formula }
}

const fn sum(over: &'static [(i64, Part)]) -> KpiFormula {
    KpiFormula { over, under: &[], times: 1, per: 1 }
}

const fn share(over: &'static [(i64, Part)], under: &'static [(i64, Part)], times: i64) -> KpiFormula {
    KpiFormula { over, under, times, per: 1 }
}

const ORDERS: Text = Text::of(
    "已完成订单，按充电站当地的结束时间归入",
    "Completed orders, by the local time at the station of their end",
);
const TRIES: Text = Text::of(
    "已完成订单按结束时间，启动失败与异常待处理的订单按发起时间",
    "Completed orders by their end; those that failed or are held by their beginning",
);
const PILES: Text = Text::of(
    "启用中的充电桩每天的在册、在线与故障时长：连接记录与故障类告警，当天为截至最近一次汇总",
    "What piles in service were on each day: records of links, and alarms of faults; of today, up to the last run",
);
const BOTH: Text = Text::of(
    "已完成订单（按结束时间）与启用中充电桩的在册时长",
    "Completed orders by their end, and the time in service of piles",
);
const BOOKS: Text = Text::of(
    "订单支付与账务流水：结束时扣款按订单结束日，补缴与退款按入账日",
    "Payments of orders and postings: what was paid at the end by the day of the end, later payments and refunds by their posting",
);
const WORK: Text = Text::of(
    "工单（告警、反馈、巡检、手工），按完成时间；首次响应按接单时间",
    "Work orders of every kind by when they were done; the first response by when they were accepted",
);
const SHARES: Text = Text::of(
    "已结算账期的分账明细，按账期最后一天",
    "Lines of closed periods of sharing, by the last day of the period",
);
const FEES: Text =
    Text::of("支付渠道账单中的手续费，按账单日", "Fees in the bills of pay channels, by the day of the bill");

const FAULTS: Text = Text::of(
    "设备故障类告警（同一故障恢复后尚未关闭又出现的，算同一条），按首次发生时间",
    "Alarms of faults by when they began; one that is there again before its alarm was closed is the same",
);

/// Of what was asked for: the bill and the occupation fee, less what was taken off and what gifts paid.
const ASKED: &[(i64, Part)] =
    &[(1, Part::Total), (1, Part::Occupancy), (-1, Part::Discount), (-1, Part::Gift)];
const TRIED: &[(i64, Part)] = &[(1, Part::Orders), (1, Part::Failed), (1, Part::Held)];
const DAY_S: i64 = 86_400;
const PERMYRIAD: i64 = 10_000;

/// In the order of the page.
pub const KPIS: &[Kpi] = &[
    kpi(
        "order_count",
        Count,
        ["订单数", "Orders"],
        ["已完成的订单数", "Orders that are completed"],
        ORDERS,
        sum(&[(1, Part::Orders)]),
    ),
    kpi(
        "energy",
        Energy,
        ["充电量", "Energy"],
        ["已完成订单的电量之和", "Energy of completed orders"],
        ORDERS,
        sum(&[(1, Part::Energy)]),
    ),
    kpi(
        "charge_hours",
        Hours,
        ["充电时长", "Time of charging"],
        ["已完成订单从开始到结束的时长之和", "From beginning to end, of completed orders"],
        ORDERS,
        KpiFormula { over: &[(1, Part::ChargeS)], under: &[], times: 100, per: 3_600 },
    ),
    kpi(
        "try_count",
        Count,
        ["启动次数", "Tries"],
        ["已完成 + 启动失败 + 异常待处理的订单数", "Completed, failed and held orders"],
        TRIES,
        sum(TRIED),
    ),
    ruled(
        &["success_dwh", "success_s"],
        "success_rate",
        Percent,
        ["一次充电成功率", "Success of charging"],
        [
            "成功的订单数 ÷ 启动次数；电量超过“成功电量”或时长超过“成功时长”即为成功",
            "Successful orders over tries; an order is successful with more energy, or more time, than the parameters say",
        ],
        TRIES,
        share(&[(1, Part::Success), (1, Part::HeldSuccess)], TRIED, PERMYRIAD),
    ),
    kpi(
        "electricity",
        Money,
        ["电费", "Electricity fee"],
        ["已完成订单的电费之和", "Electricity fees of completed orders"],
        ORDERS,
        sum(&[(1, Part::Electricity)]),
    ),
    kpi(
        "service",
        Money,
        ["服务费", "Service fee"],
        ["已完成订单的服务费之和", "Service fees of completed orders"],
        ORDERS,
        sum(&[(1, Part::Service)]),
    ),
    kpi(
        "receivable",
        Money,
        ["应收", "Receivable"],
        [
            "电费 + 服务费 + 占位费，未减优惠",
            "Electricity, service and occupation fees, before anything is taken off",
        ],
        ORDERS,
        sum(&[(1, Part::Total), (1, Part::Occupancy)]),
    ),
    kpi(
        "discount",
        Money,
        ["优惠", "Taken off"],
        ["会员等优惠 + 赠送金支付的部分", "Discounts, and what gifts have paid"],
        BOOKS,
        sum(&[(1, Part::Discount), (1, Part::Gift)]),
    ),
    kpi(
        "received",
        Money,
        ["实收", "Received"],
        [
            "结束时从本金与车队账户扣款 + 之后补缴",
            "Paid from principals and fleet accounts at the end, and paid later",
        ],
        BOOKS,
        sum(&[(1, Part::Received), (1, Part::PaidLater)]),
    ),
    kpi(
        "owed",
        Money,
        ["结束时未付", "Unpaid at the end"],
        [
            "结束时未扣到的金额（之后补缴的计入当日实收）+ 无付款人的金额",
            "Not paid when the order ended (what comes later is received then), and what nobody pays",
        ],
        BOOKS,
        sum(&[(1, Part::Owed), (1, Part::Unpaid)]),
    ),
    kpi(
        "refund_count",
        Count,
        ["退款订单数", "Refunds"],
        ["当期有退款入账的订单数（同一订单一天计一次）", "Orders with a refund posted, once a day"],
        BOOKS,
        sum(&[(1, Part::RefundCount)]),
    ),
    kpi(
        "refunded",
        Money,
        ["退款", "Refunded"],
        ["当期入账的订单退款，含冲减未付的部分", "Refunds of orders posted, also where they lessen a debt"],
        BOOKS,
        sum(&[(1, Part::Refunded)]),
    ),
    kpi(
        "channel_fee",
        Money,
        ["通道费", "Channel fees"],
        [
            "支付渠道扣留的手续费；只能按时间或运营商统计",
            "Fees kept by pay channels; by time or operator only",
        ],
        FEES,
        sum(&[(1, Part::ChannelFee)]),
    ),
    kpi(
        "share",
        Money,
        ["分成", "Shares"],
        ["分给各分账方的金额，含往期调整", "What payees get, with adjustments of earlier periods"],
        SHARES,
        sum(&[(1, Part::Share)]),
    ),
    kpi(
        "net",
        Money,
        ["净收", "Net"],
        [
            "实收 − 退款 − 通道费 − 分成；通道费不能分到站，因此只能按时间或运营商统计",
            "Received less refunds, channel fees and shares; by time or operator only, as channel fees are",
        ],
        BOOKS,
        sum(&[
            (1, Part::Received),
            (1, Part::PaidLater),
            (-1, Part::Refunded),
            (-1, Part::ChannelFee),
            (-1, Part::Share),
        ]),
    ),
    kpi(
        "service_price",
        Price,
        ["度电服务费", "Service fee a kWh"],
        ["服务费 ÷ 充电量", "Service fee over energy"],
        ORDERS,
        share(&[(1, Part::Service)], &[(1, Part::Energy)], 1_000_000),
    ),
    kpi(
        "energy_price",
        Price,
        ["度电均价", "Price a kWh"],
        ["（电费 + 服务费）÷ 充电量", "Electricity and service fee over energy"],
        ORDERS,
        share(&[(1, Part::Total)], &[(1, Part::Energy)], 1_000_000),
    ),
    kpi(
        "money_per_order",
        Money,
        ["客单价", "Money an order"],
        ["（应收 − 优惠）÷ 订单数", "Receivable less what was taken off, over orders"],
        BOOKS,
        share(ASKED, &[(1, Part::Orders)], 1),
    ),
    kpi(
        "energy_per_order",
        Energy,
        ["单均电量", "Energy an order"],
        ["充电量 ÷ 订单数", "Energy over orders"],
        ORDERS,
        share(&[(1, Part::Energy)], &[(1, Part::Orders)], 1),
    ),
    kpi(
        "customer_count",
        Count,
        ["充电用户数", "Customers"],
        ["期间有已完成订单的注册用户数（去重）", "Customers with a completed order, each once"],
        ORDERS,
        sum(&[(1, Part::Customers)]),
    ),
    kpi(
        "again_rate",
        Percent,
        ["复购率", "Customers who came again"],
        ["期间有两单及以上的用户数 ÷ 充电用户数", "Customers with two orders or more over customers"],
        ORDERS,
        share(&[(1, Part::CustomersAgain)], &[(1, Part::Customers)], PERMYRIAD),
    ),
    kpi(
        "online_rate",
        Percent,
        ["在线率", "On line"],
        ["在线时长 ÷ 在册时长（启用中的桩）", "Time on line over time in service"],
        PILES,
        share(&[(1, Part::OnlineS)], &[(1, Part::ServiceS)], PERMYRIAD),
    ),
    kpi(
        "offline_rate",
        Percent,
        ["离线率", "Off line"],
        ["（在册时长 − 在线时长）÷ 在册时长", "Time in service and not on line, over time in service"],
        PILES,
        share(&[(1, Part::ServiceS), (-1, Part::OnlineS)], &[(1, Part::ServiceS)], PERMYRIAD),
    ),
    kpi(
        "available_rate",
        Percent,
        ["可用率", "Available"],
        ["在线且无故障的时长 ÷ 在册时长", "Time on line without a fault over time in service"],
        PILES,
        share(&[(1, Part::AvailableS)], &[(1, Part::ServiceS)], PERMYRIAD),
    ),
    kpi(
        "fault_rate",
        Percent,
        ["故障率", "Faulted"],
        [
            "有未恢复故障告警的时长 ÷ 在册时长；多枪同时故障只算一次",
            "Time with an alarm of a fault over time in service; several connectors at once count once",
        ],
        PILES,
        share(&[(1, Part::FaultS)], &[(1, Part::ServiceS)], PERMYRIAD),
    ),
    kpi(
        "offline_count",
        Count,
        ["掉线次数", "Links lost"],
        ["当期结束的连接数", "Links that ended"],
        PILES,
        sum(&[(1, Part::OfflineCount)]),
    ),
    kpi(
        "time_use",
        Percent,
        ["时间利用率", "Use of time"],
        [
            "充电时长 ÷ 在册枪时长（桩在册时长 × 枪数）",
            "Time of charging over time in service times connectors",
        ],
        BOTH,
        share(&[(1, Part::ChargeS)], &[(1, Part::ConnectorS)], PERMYRIAD),
    ),
    kpi(
        "power_use",
        Percent,
        ["功率利用率", "Use of power"],
        ["充电量 ÷（额定功率 × 在册时长）", "Energy over rated power times time in service"],
        BOTH,
        share(&[(360, Part::Energy)], &[(1, Part::RatedWs)], PERMYRIAD),
    ),
    kpi(
        "turnover",
        Number,
        ["翻台率", "Sessions a connector and day"],
        ["订单数 ÷ 在册枪天数", "Orders over connector days in service"],
        BOTH,
        share(&[(DAY_S, Part::Orders)], &[(1, Part::ConnectorS)], 100),
    ),
    kpi(
        "connector_energy",
        Energy,
        ["单枪日均电量", "Energy a connector and day"],
        ["充电量 ÷ 在册枪天数", "Energy over connector days in service"],
        BOTH,
        share(&[(DAY_S, Part::Energy)], &[(1, Part::ConnectorS)], 1),
    ),
    kpi(
        "connector_money",
        Money,
        ["单枪日均收入", "Income a connector and day"],
        ["（应收 − 优惠）÷ 在册枪天数", "Receivable less what was taken off, over connector days in service"],
        BOTH,
        share(ASKED, &[(1, Part::ConnectorS)], DAY_S),
    ),
    kpi(
        "repair_time",
        Minutes,
        ["平均修复时间", "Time to repair"],
        [
            "已完成工单从创建到完成的平均时间（MTTR）",
            "From the making of a work order to its being done, on average (MTTR)",
        ],
        WORK,
        KpiFormula { over: &[(1, Part::RepairMs)], under: &[(1, Part::RepairCount)], times: 1, per: 6_000 },
    ),
    kpi(
        "response_time",
        Minutes,
        ["首次响应时间", "First response"],
        ["工单从创建到接单的平均时间", "From the making of a work order to its being accepted, on average"],
        WORK,
        KpiFormula { over: &[(1, Part::AcceptMs)], under: &[(1, Part::AcceptCount)], times: 1, per: 6_000 },
    ),
    kpi(
        "in_time_rate",
        Percent,
        ["工单及时率", "Work done in time"],
        ["在完工时限内完成的工单 ÷ 完成的工单", "Work orders done before they were due over those done"],
        WORK,
        share(&[(1, Part::InTimeCount)], &[(1, Part::RepairCount)], PERMYRIAD),
    ),
    kpi(
        "fault_count",
        Count,
        ["设备故障数", "Faults"],
        ["设备故障类告警的条数", "Alarms of faults"],
        FAULTS,
        sum(&[(1, Part::FaultCount)]),
    ),
    kpi(
        "repeat_fault_count",
        Count,
        ["重复故障数", "Repeated faults"],
        [
            "同一充电桩的同一故障，在上一条告警关闭后 7 天内再次发生的条数",
            "Faults that came back at the same pile within seven days after their alarm was closed",
        ],
        FAULTS,
        sum(&[(1, Part::RepeatCount)]),
    ),
    kpi(
        "repeat_fault_rate",
        Percent,
        ["重复故障率", "Repeated faults, share"],
        ["重复故障数 ÷ 设备故障数", "Repeated faults over faults"],
        FAULTS,
        share(&[(1, Part::RepeatCount)], &[(1, Part::FaultCount)], PERMYRIAD),
    ),
];
