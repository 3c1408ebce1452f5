//! The explained order: how its bill came about and why it is in this state, in sentences that a
//! driver at the telephone understands.

use super::wire::battery_text;
use model::card::TokenVerdict;
use model::error::Text;
use model::order::{Abnormality, OrderState};
use model::proposal::ProposalState;
use model::settlement::SettlementBasis;
use model::tariff::{Period, Segment};
use model::time::{Timestamp, Zone};
use store::order_list::OrderDetail;
use store::settlements::Settlement;

/// Amounts that differ by less than this (0.0001 yuan) are the same to a person.
const SAME_E4: i64 = 50;

/// Pile clocks that are this far off are worth a sentence.
const SKEW_MS: i64 = 60_000;

/// `stop`: the sentence for the stop code.
pub fn order(detail: &OrderDetail, stop: Option<&Text>) -> Vec<Text> {
    let mut told = vec![state(detail)];
    told.extend(refused(detail));
    told.extend(stop.map(|stop| ended_because(detail, stop)));
    told.extend(battery_said(detail));
    told.extend(origin(detail));
    bill(detail, &mut told);
    told.extend(pile_amount(detail));
    told.extend(clock(detail));
    told.extend(detail.settlements.iter().filter_map(settled));
    told.extend(detail.order.abnormalities.iter().map(|abnormality| why_held(*abnormality)));
    told
}

/// Why the pile was told that this session may not begin.
fn refused(detail: &OrderDetail) -> Option<Text> {
    let (zh, en) = match detail.start_verdict? {
        TokenVerdict::Accepted => return None,
        TokenVerdict::Blocked => ("该卡已挂失", "its card is blocked"),
        TokenVerdict::Expired => ("该卡已过期", "its card has expired"),
        TokenVerdict::Unknown => {
            ("没有登记过这张卡，或启动已超时作废", "its card is not known, or the start had been given up")
        }
        TokenVerdict::Concurrent => ("该卡正在别处充电", "its card charges elsewhere already"),
        TokenVerdict::OutOfService => (
            "充电桩或充电站停用、暂停营业，或新价格尚未送达",
            "the pile or its station was out of service, paused, or without its new prices",
        ),
        TokenVerdict::ConnectorBusy => ("该枪正在使用", "the connector was taken"),
        TokenVerdict::NoBalance => ("余额不足", "the balance did not suffice"),
        TokenVerdict::WrongPassword => ("密码错误", "the password was wrong"),
        TokenVerdict::CustomerFrozen => (
            "用户已冻结、注销或被来源平台停用",
            "the customer is frozen, has left, or was deactivated by their source",
        ),
        TokenVerdict::NoTariff => ("充电站没有计费模型", "the station had no tariff"),
        TokenVerdict::FleetStation => {
            ("该充电站不在用户所属车队的可用充电站内", "the customer's fleet does not charge at this station")
        }
        TokenVerdict::FleetLimit => (
            "用户所属车队给该司机的用量上限（每日或每月）已用完",
            "the fleet lets its driver charge no more today or this month",
        ),
        TokenVerdict::FleetHours => {
            ("当时不在用户所属车队的可用时段内", "the customer's fleet does not charge at that hour")
        }
    };
    Some(Text::new(format!("平台没有允许启动：{zh}。"), format!("The platform did not let it begin: {en}.")))
}

fn state(detail: &OrderDetail) -> Text {
    let order = &detail.order;
    match order.state {
        OrderState::Starting => Text::of(
            "启动指令已发出，正在等待充电桩确认；90 秒内没有开始充电，订单会自动关闭，不产生费用。",
            "The start was sent and the pile has not confirmed it. If it does not begin within 90 seconds the order closes by itself, at no cost.",
        ),
        OrderState::Charging => Text::of(
            "正在充电，以下电量与金额为截至目前的估算，以充电结束后的账单为准。",
            "Charging. Energy and amount below are an estimate up to now; the bill is made when the session ends.",
        ),
        OrderState::Stopping => Text::of(
            "停止指令已发出，正在等待充电桩确认；以下金额为截至目前的估算。",
            "The stop was sent and the pile has not confirmed it. The amount below is an estimate up to now.",
        ),
        OrderState::Unsettled => Text::of(
            "充电已经结束，正在等待充电桩上传最终账单；收到后自动结算，超时会转为异常订单，待人工核对。",
            "The session has ended and the pile's final record is awaited. The order is settled when it comes; if it does not, a person looks into it.",
        ),
        OrderState::Completed => {
            let (energy, due) =
                (kwh(order.energy_dwh), yuan(order.total_fen - order.discount_fen + order.occupancy_fen));
            Text::new(
                format!("充电已完成并结算：共 {energy} kWh，应付 {due} 元。"),
                format!("The session is finished and billed: {energy} kWh, {due} yuan."),
            )
        }
        OrderState::Failed => Text::of(
            "启动失败，订单已关闭，没有产生费用。",
            "The session did not begin; the order is closed, at no cost.",
        ),
        OrderState::Abnormal => Text::of(
            "这笔订单的数据有疑点，系统没有计费，需要人工核对；原始报文均已保留。",
            "Something about this order is in doubt. Nothing was billed; a person has to check it. All messages are kept.",
        ),
    }
}

fn origin(detail: &OrderDetail) -> Option<Text> {
    let from = detail.brought_by.as_ref()?;
    let (id, note) = (from.order_import_id, &from.note);
    Some(Text::new(
        format!("这笔订单不是桩实时上报的，由导入批次 {id} 补录，来源说明：{note}。"),
        format!(
            "The pile did not report this order itself: import {id} has brought it, with the note: {note}."
        ),
    ))
}

fn ended_because(detail: &OrderDetail, stop: &Text) -> Text {
    let code = detail.order.stop_code.as_deref().unwrap_or_default();
    Text::new(
        format!("结束原因：{}（充电桩上报 {code}）。", stop.zh.trim_end_matches('。')),
        format!("It ended because: {} (reported by the pile as {code}).", stop.en.trim_end_matches('.')),
    )
}

/// What the battery and its charger have said of the end, which often says more than the pile's code.
fn battery_said(detail: &OrderDetail) -> Option<Text> {
    let causes = &detail.battery.as_ref()?.facts.causes;
    let words: Vec<Text> = causes.iter().filter_map(|cause| battery_text(&cause.code)).collect();
    let listed = |of: fn(&Text) -> &str, apart| words.iter().map(of).collect::<Vec<_>>().join(apart);
    (!words.is_empty()).then(|| {
        Text::new(
            format!("车辆电池管理系统（BMS）与充电机给出的结束原因：{}。", listed(|text| &text.zh, "、")),
            format!(
                "What the car's battery management and the charger said of the end: {}.",
                listed(|text| &text.en, "; ")
            ),
        )
    })
}

fn bill(detail: &OrderDetail, told: &mut Vec<Text>) {
    let day = detail.tariff.as_ref().and_then(|tariff| tariff.day_name.as_ref());
    let day_zh =
        day.map_or_else(String::new, |day| format!("的「{day}」时段表（由启动当天的日期决定，跨零点不变）"));
    let day_en = day.map_or_else(String::new, |day| {
        format!(", table {day:?} of the day on which it began (midnight changes nothing)")
    });
    match &detail.tariff {
        Some(tariff) => told.push(Text::new(
            format!(
                "本单按启动时公示的计费模型「{}」第 {} 版{day_zh}计费，之后的调价不影响本单；时段按充电站当地时间（{}）划分。",
                tariff.name, tariff.version_no, detail.time_zone
            ),
            format!(
                "It is billed by version {} of the tariff {:?}{day_en}, the one shown at the start; later price changes do not touch it. Periods follow the station's clock ({}).",
                tariff.version_no, tariff.name, detail.time_zone
            ),
        )),
        None if detail.order.state != OrderState::Failed => told.push(Text::of(
            "启动时该站没有计费模型，因此没有计费。",
            "The station had no tariff at the start, so nothing was billed.",
        )),
        None => {}
    }
    let zone = Zone::parse(&detail.time_zone).unwrap_or_else(Zone::shanghai);
    told.extend(detail.segments.iter().map(|segment| line(segment, &zone)));
    if detail.segments.is_empty() {
        return;
    }
    let order = &detail.order;
    let exact: i64 = detail.segments.iter().map(|s| s.electricity.0.saturating_add(s.service.0)).sum();
    let (electricity, service) = (yuan(order.electricity_fen), yuan(order.service_fen));
    let (exact, total) = (yuan_e4(exact), yuan(order.total_fen));
    told.push(Text::new(
        format!(
            "各时段相加为 {exact} 元，四舍五入到分为 {total} 元，其中电费 {electricity} 元、服务费 {service} 元。"
        ),
        format!(
            "The periods add up to {exact} yuan, rounded to {total} yuan: electricity {electricity}, service {service}."
        ),
    ));
}

fn line(segment: &Segment, zone: &Zone) -> Text {
    let (period_zh, period_en) = period(segment.period);
    let (from, to) = (clock_time(zone, segment.started_at), clock_time(zone, segment.ended_at));
    let energy = kwh(segment.energy.dwh());
    let electricity = price(segment.electricity_price.0);
    let service = price(segment.service_price.0);
    let amount = yuan_e4(segment.electricity.0.saturating_add(segment.service.0));
    Text::new(
        format!(
            "{from}–{to} {period_zh}：{energy} kWh ×（电价 {electricity} + 服务费 {service}）元/kWh = {amount} 元"
        ),
        format!(
            "{from}–{to} {period_en}: {energy} kWh × (electricity {electricity} + service {service}) yuan/kWh = {amount} yuan"
        ),
    )
}

fn pile_amount(detail: &OrderDetail) -> Option<Text> {
    let own = detail.order.pile_amount_e4?;
    let pile = yuan_e4(own);
    if detail.order.state != OrderState::Completed && detail.order.state != OrderState::Abnormal {
        return None;
    }
    let difference = own - detail.order.total_fen * 100;
    if difference.abs() <= SAME_E4 {
        return Some(Text::new(
            format!("充电桩自己计算的金额为 {pile} 元，与平台一致。"),
            format!("The pile itself computed {pile} yuan, the same as we did."),
        ));
    }
    let (more_zh, more_en) = if difference > 0 { ("多", "more") } else { ("少", "less") };
    let by = yuan_e4(difference.abs());
    Some(Text::new(
        format!(
            "充电桩自己计算的金额为 {pile} 元，比平台{more_zh} {by} 元；以平台账单为准，请检查桩内的计费模型是否为最新版本。"
        ),
        format!(
            "The pile itself computed {pile} yuan, {by} yuan {more_en} than we did. Our bill counts; check whether the pile has the latest tariff."
        ),
    ))
}

fn clock(detail: &OrderDetail) -> Option<Text> {
    let skew_ms = detail.skew_ms.filter(|skew| skew.abs() >= SKEW_MS)?;
    let seconds = skew_ms.abs() / 1_000;
    let (zh, en) = if skew_ms > 0 { ("快", "ahead of") } else { ("慢", "behind") };
    Some(Text::new(
        format!("启动时充电桩的时钟比平台{zh} {seconds} 秒，开始与结束时间以充电桩上报为准；建议下发对时。"),
        format!(
            "At the start the pile's clock was {seconds} s {en} ours. Times are as the pile reported them; set its clock."
        ),
    ))
}

/// What a person has made of it.
fn settled(settlement: &Settlement) -> Option<Text> {
    let (zh, en) = match settlement.basis {
        SettlementBasis::Record => ("充电桩的账单电量", "the energies of the pile's record"),
        SettlementBasis::Curve => ("充电曲线", "the readings of the session"),
        SettlementBasis::Energies => ("手工填写的电量", "energies entered by hand"),
        SettlementBasis::Amounts => ("手工填写的金额", "fees entered by hand"),
        SettlementBasis::Free => ("不收费", "nothing to be charged"),
        SettlementBasis::PileAmount => ("充电桩自己的金额", "the amount that the pile has asked for"),
        SettlementBasis::Void => ("作废", "no such session"),
    };
    let (who, why, total) = (&settlement.staff_name, &settlement.reason, yuan(settlement.total_fen));
    match settlement.state {
        ProposalState::Approved => {
            let (and_zh, and_en) = match &settlement.decided_by_name {
                Some(second) => (format!("，{second} 复核通过"), format!(", agreed to by {second}")),
                None => Default::default(),
            };
            Some(Text::new(
                format!("人工结算：{who} 按{zh}结算为 {total} 元{and_zh}。原因：{why}"),
                format!(
                    "Settled by hand: {who}, on the basis of {en}, at {total} yuan{and_en}. Reason: {why}"
                ),
            ))
        }
        ProposalState::Proposed => Some(Text::new(
            format!("{who} 提交了人工结算（{zh}，{total} 元），超过单人限额，等待另一人复核。原因：{why}"),
            format!(
                "{who} has proposed a settlement ({en}, {total} yuan). It is above what one person may decide and waits for a second. Reason: {why}"
            ),
        )),
        ProposalState::Rejected => None,
    }
}

fn why_held(abnormality: Abnormality) -> Text {
    match abnormality {
        Abnormality::NoRecord => Text::of(
            "异常：充电桩一直没有上传最终账单。设备恢复后补传的账单会自动结算本单；在此之前不产生费用。",
            "Held: the pile never sent its final record. When it does, this order is settled by it; until then it costs nothing.",
        ),
        Abnormality::AmountDiffers => Text::of(
            "异常：充电桩计算的金额与平台相差超过允许范围。请核对桩内计费模型后重新下发。",
            "Held: the pile's amount differs from ours by more than is allowed. Compare the tariff in the pile and send it again.",
        ),
        Abnormality::ZeroBaseline => Text::of(
            "异常：起始电表读数为 0，像是占位值，电量不可信。请对照电表或曲线核定电量。",
            "Held: the meter read 0 at the start, which looks like a placeholder. Determine the energy from the meter or the curve.",
        ),
        Abnormality::MeterBackwards => Text::of(
            "异常：电表读数出现倒退，电量不可信。请检查电表与接线。",
            "Held: the meter went backwards. Check the meter and its wiring.",
        ),
        Abnormality::PowerExceeded => Text::of(
            "异常：电量超过额定功率在此时长内可能输出的上限。请核对额定功率设置与电表读数。",
            "Held: more energy than the rated power allows in this time. Check the rated power and the readings.",
        ),
        Abnormality::TimeImplausible => Text::of(
            "异常：开始或结束时间不合理，充电桩时钟可能有误。请先对时，再核对本单。",
            "Held: start or end are not believable; the pile's clock may be wrong. Set its clock, then check this order.",
        ),
        Abnormality::MeterMismatch => Text::of(
            "异常：止码减起码与账单电量不一致。请以电表读数核定电量。",
            "Held: the meter's difference is not the energy of the record. Determine the energy by the meter.",
        ),
        Abnormality::TokenRefused => Text::of(
            "异常：所用的卡未获授权，但充电桩仍然放行（例如离线时）。请联系持卡人并检查桩的离线授权设置。",
            "Held: the card was not authorised, yet the pile let it charge (off line, perhaps). Contact its holder and check the pile's offline setting.",
        ),
        Abnormality::NoTariff => Text::of(
            "异常：开始充电时该站没有计费模型，无法计费。请为充电站设置计费模型。",
            "Held: the station had no tariff when the session began. Set one for the station.",
        ),
        Abnormality::PeriodMismatch => Text::of(
            "异常：账单中尖峰平谷电量之和与总电量不一致。请以总电量与电表读数核对。",
            "Held: the energies of the periods do not add up to the total of the record. Check them against the meter.",
        ),
        Abnormality::ReadingMissing => Text::of(
            "异常：充电桩没有上报开始或结束时的电表读数（例如开始报文丢失），电量不完整。请对照电表或曲线核定电量。",
            "Held: the pile did not tell the meter reading of the beginning or of the end (the first message may have been lost). Determine the energy from the meter or the curve.",
        ),
        Abnormality::PeriodForeign => Text::of(
            "异常：充电桩把电量计入了本次充电没有经过的时段，桩内计费模型或时钟可能有误。请对照曲线核定各时段电量。",
            "Held: the pile counted energy in a period that the session never touched; its tariff or its clock may be wrong. Work out the energies from the curve.",
        ),
        Abnormality::ConnectorUnknown => Text::of(
            "异常：充电桩没有上报枪号，或上报的枪号不存在。请核对桩内的枪号设置与平台登记的枪数。",
            "Held: the pile named no connector, or one that does not exist. Compare its settings with the connectors registered here.",
        ),
        Abnormality::Unannounced
        | Abnormality::ConnectorTaken
        | Abnormality::RecordRepeated
        | Abnormality::NoEnergy
        | Abnormality::AfterFailure => why_marked(abnormality),
    }
}

/// What is told of an order that is billed all the same.
fn why_marked(abnormality: Abnormality) -> Text {
    match abnormality {
        Abnormality::ConnectorTaken => Text::of(
            "说明：开始时该枪上还有另一笔未结束的订单，可能是上一次充电的结束报文丢失。",
            "Note: another order still held the connector at the start; the end of that session may have been lost.",
        ),
        Abnormality::RecordRepeated => Text::of(
            "提示：充电桩又用同一流水号上传了一份内容不同的账单；本单以第一份为准，第二份报文已保留，请核对。",
            "Note: the pile has sent a second record under the same number that says something else. The first one counts; the second is kept among the messages.",
        ),
        Abnormality::NoEnergy => Text::of(
            "提示：启动成功但没有充入电量，没有产生费用；反复出现请检查枪线与车辆通信。",
            "Note: the start succeeded and nothing was delivered, at no cost. When it happens again, check the cable and the talk with the car.",
        ),
        Abnormality::AfterFailure => Text::of(
            "提示：启动曾被判为失败并已解冻金额，之后充电桩上传了账单，按账单结算；请确认用户知情。",
            "Note: the start had been taken as failed and what was held was let go; then the pile sent a record, by which it is settled. Make sure that the customer knows.",
        ),
        _ => Text::of(
            "说明：平台事先不知道这次充电（可能是离线启动），订单由充电桩补传的账单生成。",
            "Note: we did not know of this session (perhaps it began off line); the order was made from the record that the pile sent later.",
        ),
    }
}

fn period(period: Period) -> (&'static str, &'static str) {
    match period {
        Period::Sharp => ("尖", "sharp"),
        Period::Peak => ("峰", "peak"),
        Period::Flat => ("平", "flat"),
        Period::Valley => ("谷", "valley"),
    }
}

fn clock_time(zone: &Zone, at: Timestamp) -> String {
    let local = zone.local(at);
    format!("{:02}:{:02}", local.hour, local.minute)
}

fn decimal(value: i64, digits: u32) -> String {
    let scale = 10i64.pow(digits);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) =
        (value.unsigned_abs() / scale.unsigned_abs(), value.unsigned_abs() % scale.unsigned_abs());
    format!("{sign}{whole}.{rest:0width$}", width = digits as usize)
}

fn kwh(dwh: i64) -> String {
    decimal(dwh, 4)
}

fn price(e5: i64) -> String {
    decimal(e5, 5)
}

fn yuan_e4(e4: i64) -> String {
    decimal(e4, 4)
}

fn yuan(fen: i64) -> String {
    decimal(fen, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_bills_write_them() {
        assert_eq!(kwh(221_234), "22.1234");
        assert_eq!(price(140_000), "1.40000");
        assert_eq!(yuan(-5), "-0.05");
        assert_eq!(yuan(i64::MIN), "-92233720368547758.08");
    }

    #[test]
    fn a_segment_is_a_sum_that_can_be_checked_by_hand() {
        let tariff =
            model::tariff::Tariff::uniform(model::money::Price(100_000), model::money::Price(40_000));
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let energy = model::energy::Energy::from_dwh(221_234);
        let zero = model::energy::Energy::ZERO;
        let bill = tariff.bill_periods(
            at("2026-07-15T02:30:00Z"),
            at("2026-07-15T03:00:00Z"),
            [zero, energy, zero, zero],
        );
        let told = line(&bill.segments[0], &Zone::shanghai());
        assert_eq!(
            told.zh,
            "10:30–11:00 峰：22.1234 kWh ×（电价 1.00000 + 服务费 0.40000）元/kWh = 30.9728 元"
        );
        assert!(told.en.starts_with("10:30–11:00 peak: 22.1234 kWh × (electricity 1.00000"));
    }
}
