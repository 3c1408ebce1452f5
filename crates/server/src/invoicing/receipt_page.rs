//! 收据 as a page: who sold what to whom, for how much, and that it is no tax invoice.

use crate::paper::{HEIGHT, Ink, Paper, WIDTH};
use model::Result;
use model::invoice::InvoiceParty;
use model::invoice_line::InvoiceLine;
use model::time::{Timestamp, Zone};
use std::collections::BTreeSet;
use store::invoice_work::InvoiceWork;

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;

/// An integer of the smallest unit with this many digits behind the point.
fn decimal(value: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let (whole, part) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let width = usize::try_from(digits).unwrap_or(0);
    format!("{}{whole}.{part:0width$}", if value < 0 { "-" } else { "" })
}

/// 13%, 0.5%
fn percent(rate_e4: i64) -> String {
    let text = decimal(rate_e4, 2);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

fn digit(value: u64) -> &'static str {
    DIGITS[usize::try_from(value % 10).unwrap_or(0)]
}

/// Four digits, without noughts before and behind them.
fn group(value: u64) -> String {
    let (mut text, mut gap) = (String::new(), false);
    for (unit, name) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let value = value / unit % 10;
        if value == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
        }
        gap = false;
        text.push_str(digit(value));
        text.push_str(name);
    }
    text
}

/// 人民币大写
pub fn capitals(fen: i64) -> String {
    let (yuan, jiao, rest) =
        (fen.unsigned_abs() / 100, fen.unsigned_abs() / 10 % 10, fen.unsigned_abs() % 10);
    let (mut text, mut gap) = (String::new(), false);
    for (unit, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let value = if unit == 100_000_000 { yuan / unit } else { yuan / unit % 10_000 };
        if value == 0 {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() && (gap || value < 1_000) {
            text.push('零');
        }
        gap = false;
        text.push_str(&group(value));
        text.push_str(name);
    }
    let sign = if fen < 0 { "负" } else { "" };
    match (text.is_empty(), jiao, rest) {
        (true, 0, 0) => return "零元整".to_owned(),
        (false, 0, 0) => return format!("{sign}{text}元整"),
        (false, ..) => text.push('元'),
        (true, ..) => {}
    }
    if jiao > 0 {
        text.push_str(digit(jiao));
        text.push('角');
    } else if !text.is_empty() {
        text.push('零');
    }
    if rest > 0 {
        text.push_str(digit(rest));
        text.push('分');
    }
    format!("{sign}{text}")
}

struct Page {
    paper: Paper,
    y: f32,
    missing: BTreeSet<char>,
}

impl Page {
    /// A character that the font has not is named by its number instead of being a box, so that nothing is lost.
    fn spelled(&mut self, text: &str) -> String {
        let mut spelled = String::new();
        for c in text.chars() {
            if self.paper.lacks(c) {
                self.missing.insert(c);
                spelled.push_str(&format!("(U+{:04X})", u32::from(c)));
            } else {
                spelled.push(c);
            }
        }
        spelled
    }

    fn down(&mut self, by: f32) {
        self.y = self.paper.below(self.y - by, 90.0);
    }

    fn head(&mut self, number: &str, red: bool) {
        let title = if red { "收据（红字冲销）" } else { "收　据" };
        let width = self.paper.width(24.0, title);
        self.paper.text(((WIDTH - width) / 2.0, HEIGHT - 74.0), 24.0, Ink::Black, true, title);
        let note = "非税务发票，不得用于抵扣或作为税务凭证 · RECEIPT, NOT A TAX INVOICE";
        let width = self.paper.width(9.5, note);
        self.paper.text(((WIDTH - width) / 2.0, HEIGHT - 94.0), 9.5, Ink::Accent, true, note);
        self.paper.text((LEFT, HEIGHT - 122.0), 10.0, Ink::Grey, false, &format!("收据号码 No. {number}"));
        self.y = HEIGHT - 122.0;
    }

    fn party(&mut self, title: &str, party: &InvoiceParty, x: f32) -> usize {
        let mut rows = vec![format!("名称：{}", party.name)];
        let mut more = |label: &str, text: &Option<String>| {
            if let Some(text) = text {
                rows.push(format!("{label}：{text}"));
            }
        };
        more("税号", &party.tax_no);
        more("地址", &party.address);
        more("电话", &party.phone);
        more("开户行及账号", &party.bank_account);
        self.paper.text((x, self.y), 10.0, Ink::Accent, true, title);
        let mut at = 0;
        for row in rows {
            let row = self.spelled(&row);
            for line in self.paper.lines(9.5, &row, 232.0) {
                at += 1;
                let y = self.y - 16.0 * at as f32;
                self.paper.text((x, y), 9.5, Ink::Black, false, line.trim_end());
            }
        }
        at
    }

    fn row(&mut self, head: bool, cells: [&str; 6]) {
        const ENDS: [f32; 6] = [0.0, 262.0, 330.0, 374.0, 436.0, RIGHT - LEFT - 6.0];
        if head {
            self.paper.fill((LEFT, self.y - 6.0), (RIGHT - LEFT, 19.0), 0.94);
        }
        let ink = if head { Ink::Grey } else { Ink::Black };
        for (place, cell) in cells.into_iter().enumerate() {
            let cell = self.spelled(cell);
            if place == 0 {
                let cell = self.paper.fitted(9.5, &cell, 190.0);
                self.paper.text((LEFT + 6.0, self.y), 9.5, ink, false, &cell);
            } else {
                self.paper.text_right((LEFT + ENDS[place], self.y), 9.5, ink, false, &cell);
            }
        }
        self.down(20.0);
    }

    fn lines(&mut self, lines: &[InvoiceLine]) {
        self.row(true, ["项目 Item", "电量 kWh", "不含税 Net", "税率", "税额 Tax", "金额 Amount"]);
        for line in lines {
            let energy = if line.energy_dwh == 0 { "—".to_owned() } else { decimal(line.energy_dwh, 4) };
            let (net, tax, total) =
                (decimal(line.net_fen, 2), decimal(line.tax_fen, 2), decimal(line.total_fen, 2));
            self.row(false, [&line.name, &energy, &net, &percent(line.rate_e4), &tax, &total]);
        }
        self.paper.line((LEFT, self.y + 12.0), (RIGHT, self.y + 12.0), 0.6);
    }

    fn sums(&mut self, total_fen: i64) {
        self.down(8.0);
        let words = format!("合计（大写）：{}", capitals(total_fen));
        self.paper.text((LEFT + 6.0, self.y), 10.5, Ink::Black, false, &words);
        let figure = format!("¥ {}", decimal(total_fen, 2));
        self.paper.text_right((RIGHT - 6.0, self.y), 14.0, Ink::Accent, true, &figure);
        self.down(14.0);
        self.paper.line((LEFT, self.y), (RIGHT, self.y), 0.6);
        self.down(20.0);
    }

    fn note(&mut self, text: &str) {
        for line in self.paper.lines(9.0, text, RIGHT - LEFT - 12.0) {
            self.paper.text((LEFT + 6.0, self.y), 9.0, Ink::Grey, false, line.trim_end());
            self.down(14.0);
        }
    }
}

fn day(at: Timestamp) -> String {
    let local = Zone::shanghai().local(at);
    format!("{:04}-{:02}-{:02}", local.day / 10_000, local.day / 100 % 100, local.day % 100)
}

/// `red`: of what takes the receipt back.
pub fn receipt_page(work: &InvoiceWork, number: &str, red: bool, now: Timestamp) -> Result<Vec<u8>> {
    let mut page = Page { paper: Paper::new()?, y: HEIGHT, missing: BTreeSet::new() };
    page.head(number, red);
    let date = format!("开具日期 Date {}", day(now));
    page.paper.text_right((RIGHT, page.y), 10.0, Ink::Grey, false, &date);
    page.down(12.0);
    page.paper.line((LEFT, page.y), (RIGHT, page.y), 1.0);
    page.down(20.0);
    let parties = &work.parties;
    let rows = page.party("付款方 Payer", &parties.buyer, LEFT + 6.0);
    let rows = rows.max(page.party("收款方 Payee", &parties.seller, LEFT + 262.0));
    page.down(16.0 * rows as f32 + 26.0);
    let lines: Vec<InvoiceLine> =
        if red { work.lines.iter().map(InvoiceLine::reversed).collect() } else { work.lines.clone() };
    page.lines(&lines);
    page.sums(lines.iter().map(|line| line.total_fen).sum());
    let count = format!("包含 {} 个充电订单；开票序号 {}", work.order_count, work.serial_no);
    page.note(&count);
    if red {
        let blue = work.number.clone().unwrap_or_else(|| work.serial_no.clone());
        page.note(&format!("本收据冲销收据 {blue}，原收据作废。"));
    }
    if let Some(remark) = &parties.remark {
        let remark = page.spelled(&format!("备注：{remark}"));
        page.note(&remark);
    }
    let who = [
        ("开票人", Some(&parties.drawer)),
        ("复核", parties.checker.as_ref()),
        ("收款", parties.payee.as_ref()),
    ];
    let who: Vec<String> = who
        .into_iter()
        .filter_map(|(label, name)| {
            name.filter(|name| !name.is_empty()).map(|name| format!("{label}：{name}"))
        })
        .collect();
    if !who.is_empty() {
        let who = page.spelled(&who.join("　"));
        page.note(&who);
    }
    page.note("本收据由充电运营平台出具，只证明已收款项，不是税务机关监制的发票。金额只含实际支付的部分，不含赠送金、优惠券与已退款。");
    if !page.missing.is_empty() {
        let codes: Vec<String> = page.missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        page.note(&format!("生僻字以统一码编号写出（字库暂缺）：{}", codes.join(" ")));
    }
    page.paper.finish(&format!("收据 {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::{InvoiceId, OperatorId};
    use model::invoice::{InvoiceChannelKind, InvoiceKind, InvoiceParties, InvoiceState};
    use model::invoice_line::{InvoiceShare, TaxItem, invoice_lines};
    use model::money::Fen;

    #[test]
    fn amounts_are_written_out_as_banks_want_them() {
        for (fen, text) in [
            (0, "零元整"),
            (1, "壹分"),
            (10, "壹角"),
            (100, "壹元整"),
            (105, "壹元零伍分"),
            (1_000, "壹拾元整"),
            (10_050, "壹佰元伍角"),
            (100_501, "壹仟零伍元零壹分"),
            (1_000_000, "壹万元整"),
            (1_000_500, "壹万零伍元整"),
            (10_010_000, "壹拾万零壹佰元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            (-1_250, "负壹拾贰元伍角"),
        ] {
            assert_eq!(capitals(fen), text, "{fen}");
        }
        assert_eq!(
            (percent(1_300).as_str(), percent(150).as_str(), percent(0).as_str()),
            ("13%", "1.5%", "0%")
        );
    }

    #[test]
    fn a_receipt_is_a_page_and_names_what_its_font_has_not() {
        let share = InvoiceShare { electricity: Fen(1_234), service: Fen(567), energy_dwh: 12_345 };
        let mut parties = InvoiceParties { remark: Some("备注".to_owned()), ..InvoiceParties::default() };
        (parties.buyer.name, parties.seller.name) = ("王𠮷".to_owned(), "楚天充电运营有限公司".to_owned());
        let work = InvoiceWork {
            id: InvoiceId(1),
            serial_no: "KP202611230000001".to_owned(),
            operator: OperatorId(1),
            kind: InvoiceKind::Receipt,
            red: false,
            state: InvoiceState::Issuing,
            channel: InvoiceChannelKind::Receipt,
            parties,
            lines: invoice_lines(&[share], &TaxItem::power("电费"), &TaxItem::power("服务费")),
            net_fen: 1_594,
            tax_fen: 207,
            total_fen: 1_801,
            number: None,
            channel_no: None,
            email: None,
            phone: None,
            issued_at_ms: None,
            tries: 1,
            red_reason: None,
            red_state: None,
            red_count: 1,
            order_count: 1,
        };
        for red in [false, true] {
            let body = receipt_page(&work, "SJ1", red, Timestamp::from_ms(1_795_406_400_000)).unwrap();
            assert!(body.starts_with(b"%PDF-1.") && body.len() < 90_000, "{}", body.len());
        }
        let mut page = Page { paper: Paper::new().unwrap(), y: 0.0, missing: BTreeSet::new() };
        assert_eq!(page.spelled("王𠮷"), "王(U+20BB7)");
    }
}
