//! 充电账单: the bill of an order as a page that can be printed, sent and verified.

use crate::paper::{HEIGHT, Ink, Paper, WIDTH};
use model::Result;
use model::discount::DiscountKind;
use model::error::Text;
use model::occupancy::OccupancyEnd;
use model::order::OrderState;
use model::proposal::ProposalState;
use model::tariff::{Period, Segment};
use model::time::{MINUTE_MS, Timestamp, Zone};
use store::order_discounts::OrderDiscountView;
use store::order_list::OrderDetail;

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
const BOTTOM: f32 = 96.0;
const QR: f32 = 78.0;

/// What a bill needs beside its order.
pub struct Wanted<'a> {
    pub english: bool,
    /// What proves that we have made it.
    pub code: &'a str,
    /// What the QR code holds: an address that verifies it.
    pub link: &'a str,
    pub stop: Option<&'a str>,
    pub now: Timestamp,
}

/// Digits behind the point, of an integer of the smallest unit; `least` of them stay.
pub(crate) fn decimal(value: i64, digits: u32, least: u32) -> String {
    let unit = 10_i64.pow(digits);
    let (whole, part) =
        (value.unsigned_abs() / unit.unsigned_abs(), value.unsigned_abs() % unit.unsigned_abs());
    let mut part = format!("{part:0width$}", width = usize::try_from(digits).unwrap_or(0));
    while part.len() > usize::try_from(least).unwrap_or(0) && part.ends_with('0') {
        part.pop();
    }
    format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
}

pub(crate) fn moment(zone: &Zone, at_ms: i64) -> String {
    let local = zone.local(Timestamp::from_ms(at_ms));
    let (year, month, day) = (local.day / 10_000, local.day / 100 % 100, local.day % 100);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", local.hour, local.minute, local.second)
}

fn length(seconds: i64, english: bool) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if english {
        format!("{hours} h {minutes} min {rest} s")
    } else {
        format!("{hours} 小时 {minutes} 分 {rest} 秒")
    }
}

fn period(of: Period) -> Text {
    match of {
        Period::Sharp => Text::of("尖", "Sharp"),
        Period::Peak => Text::of("峰", "Peak"),
        Period::Flat => Text::of("平", "Flat"),
        Period::Valley => Text::of("谷", "Valley"),
    }
}

struct Page<'a> {
    paper: Paper,
    y: f32,
    wanted: &'a Wanted<'a>,
    zone: Zone,
}

impl Page<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.wanted.english { en } else { zh }
    }

    /// Goes down; on to another page where this one is full.
    fn down(&mut self, by: f32) {
        self.y = self.paper.below(self.y - by, BOTTOM);
    }

    fn head(&mut self, order: &OrderDetail) {
        let title = self.say("充电账单", "Charging bill").to_owned();
        let operator = self.paper.fitted(11.0, &order.order.operator_name, 340.0);
        self.paper.text((LEFT, HEIGHT - 66.0), 20.0, Ink::Accent, true, &title);
        self.paper.text((LEFT, HEIGHT - 86.0), 11.0, Ink::Black, false, &operator);
        let number = format!("{} {}", self.say("订单号", "Order no."), order.order.order_no);
        self.paper.text((LEFT, HEIGHT - 104.0), 10.0, Ink::Grey, false, &number);
        let code = format!("{} {}", self.say("验证码", "Verification code"), self.wanted.code);
        self.paper.text((LEFT, HEIGHT - 119.0), 10.0, Ink::Grey, false, &code);
        self.paper.qr((RIGHT - QR, HEIGHT - 122.0), QR, self.wanted.link);
        self.y = HEIGHT - 138.0;
        self.paper.line((LEFT, self.y), (RIGHT, self.y), 1.0);
    }

    fn facts(&mut self, detail: &OrderDetail) {
        let (order, zone) = (&detail.order, self.zone.clone());
        let time = |at: Option<i64>| at.map_or_else(|| "—".to_owned(), |at| moment(&zone, at));
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
        let meter = |dwh: Option<i64>| dwh.map_or_else(|| "—".to_owned(), |dwh| decimal(dwh, 4, 2));
        let who = [&order.customer_name, &order.customer_phone, &order.plate]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join("  ");
        let lasted = order.duration_s.map_or_else(|| "—".to_owned(), |s| length(s, self.wanted.english));
        let tariff = detail
            .tariff
            .as_ref()
            .map_or_else(|| "—".to_owned(), |tariff| format!("{} v{}", tariff.name, tariff.version_no));
        let connector = format!("{} · {}", order.pile_code, order.connector_no);
        let rows = [
            ("充电站", "Station", order.station_name.clone()),
            ("桩 · 枪", "Pile · connector", connector),
            ("开始", "Started", time(order.started_at_ms)),
            ("结束", "Ended", time(order.ended_at_ms)),
            ("时长", "Duration", lasted),
            ("用户", "Customer", if who.is_empty() { "—".to_owned() } else { who }),
            ("起始表数 (kWh)", "Meter start (kWh)", meter(order.meter_start_dwh)),
            ("结束表数 (kWh)", "Meter end (kWh)", meter(order.meter_end_dwh)),
            ("计费模型", "Tariff", tariff),
            ("停止原因", "Stopped because", self.wanted.stop.unwrap_or("—").to_owned()),
            ("交易流水号", "Session", or_dash(&order.session_key)),
            ("时区", "Time zone", detail.time_zone.clone()),
        ];
        self.down(20.0);
        for pair in rows.chunks(2) {
            for (column, (zh, en, value)) in pair.iter().enumerate() {
                let x = LEFT + column as f32 * 256.0;
                let label = self.say(zh, en).to_owned();
                self.paper.text((x, self.y), 9.0, Ink::Grey, false, &label);
                let value = self.paper.fitted(9.0, value, 158.0);
                self.paper.text((x + 88.0, self.y), 9.0, Ink::Black, false, &value);
            }
            self.down(16.0);
        }
    }

    fn segments(&mut self, detail: &OrderDetail) {
        self.down(12.0);
        let title = self.say("分时明细", "By period").to_owned();
        self.paper.text((LEFT, self.y), 11.0, Ink::Black, true, &title);
        self.down(18.0);
        if detail.segments.is_empty() {
            let none = self
                .say("本单由人工结算，没有分时明细。", "Settled by hand: there are no periods.")
                .to_owned();
            self.paper.text((LEFT, self.y), 9.0, Ink::Grey, false, &none);
            self.down(16.0);
            return;
        }
        self.row(
            true,
            &[
                self.say("时段", "Period").to_owned(),
                self.say("起止", "From – to").to_owned(),
                self.say("电量 kWh", "Energy kWh").to_owned(),
                self.say("电价", "Electricity").to_owned(),
                self.say("服务费价", "Service").to_owned(),
                self.say("电费", "Electricity ¥").to_owned(),
                self.say("服务费", "Service ¥").to_owned(),
            ],
        );
        for segment in &detail.segments {
            let cells = self.cells(segment);
            self.row(false, &cells);
        }
    }

    fn cells(&self, segment: &Segment) -> [String; 7] {
        let name = period(segment.period);
        let clock = |at: Timestamp| moment(&self.zone, at.as_ms()).get(5..16).unwrap_or_default().to_owned();
        let clocked = format!("{} – {}", clock(segment.started_at), clock(segment.ended_at));
        [
            if self.wanted.english { name.en.into_owned() } else { name.zh.into_owned() },
            clocked,
            decimal(segment.energy.dwh(), 4, 4),
            decimal(segment.electricity_price.0, 5, 4),
            decimal(segment.service_price.0, 5, 4),
            decimal(segment.electricity.0, 4, 4),
            decimal(segment.service.0, 4, 4),
        ]
    }

    /// Two columns from the left, the numbers to the right.
    fn row(&mut self, head: bool, cells: &[String; 7]) {
        const ENDS: [f32; 7] = [0.0, 0.0, 258.0, 318.0, 378.0, 440.0, RIGHT - LEFT - 4.0];
        if head {
            self.paper.fill((LEFT, self.y - 5.0), (RIGHT - LEFT, 17.0), 0.95);
        }
        let ink = if head { Ink::Grey } else { Ink::Black };
        for (column, cell) in cells.iter().enumerate() {
            match column {
                0 => self.paper.text((LEFT + 4.0, self.y), 9.0, ink, false, cell),
                1 => self.paper.text((LEFT + 42.0, self.y), 9.0, ink, false, cell),
                _ => self.paper.text_right((LEFT + ENDS[column], self.y), 9.0, ink, false, cell),
            }
        }
        self.down(17.0);
    }

    fn sums(&mut self, detail: &OrderDetail) {
        let order = &detail.order;
        self.paper.line((LEFT, self.y + 9.0), (RIGHT, self.y + 9.0), 0.6);
        self.down(6.0);
        let rows = [
            ("电量", "Energy", format!("{} kWh", decimal(order.energy_dwh, 4, 4)), false),
            ("电费", "Electricity", format!("¥ {}", decimal(order.electricity_fen, 2, 2)), false),
            ("服务费", "Service fee", format!("¥ {}", decimal(order.service_fen, 2, 2)), false),
            ("合计", "Total", format!("¥ {}", decimal(order.total_fen, 2, 2)), true),
        ];
        let taken_off = detail.discounts.iter().map(|line| {
            let (zh, en) = discount_name(line);
            (zh, en, format!("-¥ {}", decimal(line.amount_fen, 2, 2)), false)
        });
        let due = order.total_fen - order.discount_fen + order.occupancy_fen;
        let payable = ("应付".to_owned(), "To pay".to_owned(), format!("¥ {}", decimal(due, 2, 2)), true);
        let stays = self.occupied(detail);
        let has = !detail.discounts.is_empty() || stays.is_some();
        let all = rows
            .into_iter()
            .map(|(zh, en, value, strong)| (zh.to_owned(), en.to_owned(), value, strong && !has))
            .chain(taken_off)
            .chain(stays)
            .chain(has.then_some(payable));
        for (zh, en, value, strong) in all {
            let (size, ink) = if strong { (13.0, Ink::Accent) } else { (10.0, Ink::Black) };
            let label = self.say(&zh, &en).to_owned();
            self.paper.text((RIGHT - 280.0, self.y), size, Ink::Black, strong, &label);
            self.paper.text_right((RIGHT - 4.0, self.y), size, ink, strong, &value);
            self.down(if strong { 24.0 } else { 17.0 });
        }
    }

    /// 占位费, with the minutes that it is for.
    fn occupied(&self, detail: &OrderDetail) -> Option<(String, String, String, bool)> {
        let fen = Some(detail.order.occupancy_fen).filter(|fen| *fen > 0)?;
        let minutes = detail.occupancy.as_ref().map_or(0, |one| one.counted_ms / MINUTE_MS);
        let zh = format!("占位费（{minutes} 分钟）");
        Some((zh, format!("Occupation, {minutes} min"), format!("¥ {}", decimal(fen, 2, 2)), false))
    }

    /// What of the occupation was not counted, and up to when it was.
    fn occupied_note(&mut self, detail: &OrderDetail) {
        let Some(one) = detail.occupancy.as_ref().filter(|_| detail.order.occupancy_fen > 0) else { return };
        let rule = if self.wanted.english {
            format!(
                "Occupation: {} free minutes after the charge, then ¥ {} a minute, at most ¥ {}.",
                one.free_minutes,
                decimal(one.fen_per_minute, 2, 2),
                decimal(one.cap_fen, 2, 2)
            )
        } else {
            format!(
                "占位费：充电结束后免费 {} 分钟，之后每分钟 ¥ {}，每单最多 ¥ {}。",
                one.free_minutes,
                decimal(one.fen_per_minute, 2, 2),
                decimal(one.cap_fen, 2, 2)
            )
        };
        self.note(&rule);
        if one.gap_ms > 0 || one.ended_by == Some(OccupancyEnd::LinkLost) {
            let text = self.say(
                "占位期间设备与平台的连接曾中断：中断的时间无法证实，没有计费，只计到最后可证实的时刻。",
                "The link to the pile was lost meanwhile. Time that cannot be proved was not counted: only up to the last proved moment.",
            );
            self.note(text);
        }
    }

    fn note(&mut self, text: &str) {
        for line in self.paper.lines(8.5, text, RIGHT - LEFT) {
            self.paper.text((LEFT, self.y), 8.5, Ink::Grey, false, line.trim_end());
            self.down(13.0);
        }
    }

    fn notes(&mut self, detail: &OrderDetail) {
        if detail.settlements.iter().any(|s| s.state == ProposalState::Approved) {
            let text = self.say(
                "本单曾转为异常，由工作人员核对后结算。",
                "This order was held and settled by staff after a check.",
            );
            self.note(text);
        }
        self.occupied_note(detail);
        let rule = self.say(
            "分时金额按 0.0001 元计算，合计四舍五入到分。本账单由平台生成，不是发票。",
            "Amounts of periods are computed to 0.0001 yuan, their sum is rounded to 0.01. This bill is made by the platform and is no invoice.",
        );
        self.note(rule);
        let verify = self.say(
            "扫描右上角二维码，或凭订单号与验证码在平台核验；金额或电量被改动的账单不能通过核验。",
            "Scan the QR code, or give the order number and the code, to verify this bill; one whose amount or energy was changed is not verified.",
        );
        self.note(verify);
        let made =
            format!("{} {}", self.say("生成时间", "Made"), moment(&self.zone, self.wanted.now.as_ms()));
        self.note(&made);
        let missing: Vec<String> =
            self.paper.missing().iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        if !missing.is_empty() {
            let told = format!(
                "{} {}",
                self.say(
                    "字库没有以下字，账单中以 □ 代替：",
                    "The font has not these characters; a box stands for each:",
                ),
                missing.join(" ")
            );
            self.note(&told);
        }
    }
}

/// Only an order that is priced for good has one.
pub fn is_billed(state: OrderState) -> bool {
    state == OrderState::Completed
}

/// The reason for a line that is taken off, in both languages.
fn discount_name(line: &OrderDiscountView) -> (String, String) {
    let name = line.name.as_deref().unwrap_or_default();
    match line.kind {
        DiscountKind::Member => {}
        DiscountKind::Activity => return (format!("活动优惠 {name}"), format!("Activity {name}")),
        DiscountKind::Coupon => return (format!("优惠券 {name}"), format!("Coupon {name}")),
    }
    let share = line.permille.map(|permille| decimal(permille, 1, 0)).unwrap_or_default();
    let share = share.trim_end_matches('.');
    let level = line.level_name.as_deref().unwrap_or_default();
    (format!("会员优惠 {level} 服务费减 {share}%"), format!("Member {level}, {share}% off the service fee"))
}

/// What the code of a bill proves. One from which nothing was taken off, and that has no occupation fee, has the code that it
/// always had.
pub fn proved(detail: &OrderDetail) -> String {
    let order = &detail.order;
    let bill = format!(
        "{}|{}|{}|{}|{}",
        order.order_no, order.energy_dwh, order.electricity_fen, order.service_fen, order.total_fen
    );
    let bill = if order.discount_fen == 0 { bill } else { format!("{bill}|{}", order.discount_fen) };
    if order.occupancy_fen == 0 { bill } else { format!("{bill}|+{}", order.occupancy_fen) }
}

pub fn bill(detail: &OrderDetail, wanted: &Wanted<'_>) -> Result<Vec<u8>> {
    let zone = Zone::parse(&detail.time_zone).unwrap_or_else(Zone::shanghai);
    let mut page = Page { paper: Paper::new()?, y: HEIGHT, wanted, zone };
    page.head(detail);
    page.facts(detail);
    page.segments(detail);
    page.sums(detail);
    page.notes(detail);
    page.paper.finish(&format!("{} {}", page_title(wanted.english), detail.order.order_no))
}

fn page_title(english: bool) -> &'static str {
    if english { "Charging bill" } else { "充电账单" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_as_people_write_them() {
        for (value, digits, least, text) in [
            (0, 2, 2, "0.00"),
            (5, 2, 2, "0.05"),
            (1_234, 2, 2, "12.34"),
            (-7, 2, 2, "-0.07"),
            (86_000, 5, 4, "0.8600"),
            (86_001, 5, 4, "0.86001"),
            (221_234, 4, 4, "22.1234"),
        ] {
            assert_eq!(decimal(value, digits, least), text);
        }
        assert_eq!(length(3_725, false), "1 小时 2 分 5 秒");
    }
}
