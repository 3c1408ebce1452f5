//! 分账单: what a payee gets of a period, as a page that can be printed and sent.

use crate::bill::{decimal, moment};
use crate::paper::{HEIGHT, Ink, Paper, WIDTH};
use model::Result;
use model::error::Text;
use model::sharing::{SharingBasis, SharingDeduction, SharingStatementState};
use model::time::{Timestamp, Zone};
use store::sharing_list::{SharingLineView, SharingStatementView};

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
const BOTTOM: f32 = 72.0;
/// Right ends of the columns of numbers.
const ENDS: [f32; 4] = [296.0, 356.0, 428.0, RIGHT - LEFT - 4.0];

/// By which both sides call it.
pub fn number(one: &SharingStatementView) -> String {
    format!("FZ{}-{:06}", one.to_day, one.id)
}

fn day(day: i64) -> String {
    format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100)
}

pub fn basis_text(basis: SharingBasis) -> Text {
    match basis {
        SharingBasis::Service => Text::of("服务费", "Service fee"),
        SharingBasis::Margin => Text::of("电费差额", "Electricity margin"),
        SharingBasis::Total => Text::of("电费与服务费", "Total"),
        SharingBasis::Energy => Text::of("按电量", "Per kWh"),
        SharingBasis::Fixed => Text::of("每期固定", "Fixed"),
    }
}

pub fn deduction_text(deduction: SharingDeduction) -> Text {
    match deduction {
        SharingDeduction::None => Text::of("不扣除", "none"),
        SharingDeduction::Fee => Text::of("扣渠道费", "less channel fee"),
        SharingDeduction::Cost => Text::of("扣电费成本", "less electricity cost"),
        SharingDeduction::FeeThenCost => {
            Text::of("先扣渠道费再扣电费成本", "less channel fee, then electricity cost")
        }
        SharingDeduction::CostThenFee => {
            Text::of("先扣电费成本再扣渠道费", "less electricity cost, then channel fee")
        }
    }
}

pub fn state_text(state: SharingStatementState) -> Text {
    match state {
        SharingStatementState::Trial => Text::of("试算，尚未结算", "Trial, not closed"),
        SharingStatementState::Due => Text::of("待付款", "Due"),
        SharingStatementState::Carried => Text::of("无应付，结转下期", "Nothing due, carried on"),
        SharingStatementState::Proposed => Text::of("付款待复核", "Payment awaits a second person"),
        SharingStatementState::Paid => Text::of("已付款", "Paid"),
    }
}

/// 30.00 % of a basis, 0.0350 yuan a kWh, 500.00 yuan a period.
pub fn rate_text(basis: SharingBasis, rate: i64, english: bool) -> String {
    match basis {
        SharingBasis::Energy => {
            format!("{} {}", decimal(rate, 4, 4), if english { "yuan/kWh" } else { "元/kWh" })
        }
        SharingBasis::Fixed => {
            format!("{} {}", decimal(rate, 2, 2), if english { "yuan" } else { "元/期" })
        }
        _ => format!("{}%", decimal(rate, 2, 2)),
    }
}

struct Page {
    paper: Paper,
    y: f32,
    english: bool,
}

impl Page {
    fn tell(&self, text: &Text) -> String {
        if self.english { text.en.to_string() } else { text.zh.to_string() }
    }

    fn say(&self, zh: &'static str, en: &'static str) -> String {
        self.tell(&Text::of(zh, en))
    }

    /// Goes down; on to another page where this one is full.
    fn down(&mut self, by: f32) {
        self.y = self.paper.below(self.y - by, BOTTOM);
    }

    fn head(&mut self, one: &SharingStatementView) {
        let title = self.say("分账单", "Revenue sharing statement");
        let operator = self.paper.fitted(11.0, &one.operator_name, 340.0);
        self.paper.text((LEFT, HEIGHT - 66.0), 20.0, Ink::Accent, true, &title);
        self.paper.text((LEFT, HEIGHT - 86.0), 11.0, Ink::Black, false, &operator);
        self.paper.text_right((RIGHT, HEIGHT - 66.0), 10.0, Ink::Grey, false, &number(one));
        let state = self.tell(&state_text(one.state));
        self.paper.text_right((RIGHT, HEIGHT - 86.0), 10.0, Ink::Black, true, &state);
        self.y = HEIGHT - 102.0;
        self.paper.line((LEFT, self.y), (RIGHT, self.y), 1.0);
        self.down(20.0);
    }

    fn facts(&mut self, one: &SharingStatementView) {
        let dash = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
        let paid = one.paid_at_ms.map_or_else(|| "—".to_owned(), |at| moment(&Zone::shanghai(), at));
        let rows = [
            ("分账方", "Payee", one.payee_name.clone()),
            ("账期", "Period", format!("{} – {}", day(one.from_day), day(one.to_day))),
            ("收款户名", "Account holder", dash(&one.account_name)),
            ("开户行", "Bank", dash(&one.bank_name)),
            ("收款账号", "Account", dash(&one.account_masked)),
            ("付款时间", "Paid", paid),
            ("付款凭证号", "Reference", dash(one.reference.as_deref().unwrap_or_default())),
        ];
        for pair in rows.chunks(2) {
            for (column, (zh, en, value)) in pair.iter().enumerate() {
                let x = LEFT + column as f32 * 256.0;
                let label = self.say(zh, en);
                self.paper.text((x, self.y), 9.0, Ink::Grey, false, &label);
                let value = self.paper.fitted(9.0, value, 158.0);
                self.paper.text((x + 88.0, self.y), 9.0, Ink::Black, false, &value);
            }
            self.down(16.0);
        }
    }

    fn row(&mut self, head: bool, cells: &[String; 6]) {
        if head {
            self.paper.fill((LEFT, self.y - 5.0), (RIGHT - LEFT, 17.0), 0.95);
        }
        let ink = if head { Ink::Grey } else { Ink::Black };
        for (column, cell) in cells.iter().enumerate() {
            match column {
                0 => {
                    let name = self.paper.fitted(9.0, cell, 124.0);
                    self.paper.text((LEFT + 4.0, self.y), 9.0, ink, false, &name);
                }
                1 => {
                    let name = self.paper.fitted(9.0, cell, 88.0);
                    self.paper.text((LEFT + 134.0, self.y), 9.0, ink, false, &name);
                }
                _ => self.paper.text_right((LEFT + ENDS[column - 2], self.y), 9.0, ink, false, cell),
            }
        }
        self.down(17.0);
    }

    fn table(&mut self, title: &str, lines: &[&SharingLineView]) {
        self.down(12.0);
        self.paper.text((LEFT, self.y), 11.0, Ink::Black, true, title);
        self.down(18.0);
        let heads = [
            self.say("充电站", "Station"),
            self.say("基数", "Basis"),
            self.say("比例", "Rate"),
            self.say("电量 kWh", "Energy kWh"),
            self.say("基数金额", "Basis ¥"),
            self.say("分账金额", "Share ¥"),
        ];
        self.row(true, &heads);
        for one in lines {
            let amount = if one.basis.is_share() { decimal(one.basis_fen, 2, 2) } else { "—".to_owned() };
            let cells = [
                one.station_name.clone(),
                self.tell(&basis_text(one.basis)),
                rate_text(one.basis, one.rate, self.english),
                decimal(one.energy_dwh, 4, 2),
                amount,
                decimal(one.share_fen, 2, 2),
            ];
            self.row(false, &cells);
            self.under(one);
        }
    }

    /// What is taken off before the part is made, the days of the rule, and of an adjustment the period that it is of.
    fn under(&mut self, one: &SharingLineView) {
        let mut told = vec![format!("{} – {}", day(one.from_day), day(one.to_day))];
        if let (Some(from), Some(to)) = (one.about_from_day, one.about_to_day) {
            told.push(format!("{} {} – {}", self.say("原账期", "of the period"), day(from), day(to)));
        }
        if one.deduction != SharingDeduction::None {
            told.push(self.tell(&deduction_text(one.deduction)));
        }
        if one.fee_rate > 0 {
            told.push(format!("{} {}%", self.say("渠道费率", "fee"), decimal(one.fee_rate, 2, 2)));
        }
        if one.cost_price_e5 > 0 {
            let price = decimal(one.cost_price_e5, 5, 4);
            told.push(format!("{} {price}", self.say("成本电价", "cost per kWh")));
        }
        let told = self.paper.fitted(8.0, &told.join("  "), RIGHT - LEFT - 8.0);
        self.paper.text((LEFT + 4.0, self.y + 5.0), 8.0, Ink::Grey, false, &told);
        self.down(12.0);
    }

    fn sums(&mut self, one: &SharingStatementView) {
        self.paper.line((LEFT, self.y + 9.0), (RIGHT, self.y + 9.0), 0.6);
        self.down(6.0);
        let rows = [
            ("本期分账", "Of this period", one.shared_fen, false),
            ("往期调整", "Adjustments", one.adjusted_fen, false),
            ("上期结转", "Carried over", one.carried_fen, false),
            ("应付金额", "Payable", one.payable_fen, true),
        ];
        for (zh, en, fen, strong) in rows.into_iter().filter(|(_, _, fen, strong)| *strong || *fen != 0) {
            let (size, ink) = if strong { (13.0, Ink::Accent) } else { (10.0, Ink::Black) };
            let label = self.say(zh, en);
            self.paper.text((RIGHT - 280.0, self.y), size, Ink::Black, strong, &label);
            let amount = format!("¥ {}", decimal(fen, 2, 2));
            self.paper.text_right((RIGHT - 4.0, self.y), size, ink, strong, &amount);
            self.down(if strong { 24.0 } else { 17.0 });
        }
    }

    fn note(&mut self, text: &str) {
        for line in self.paper.lines(8.5, text, RIGHT - LEFT) {
            self.paper.text((LEFT, self.y), 8.5, Ink::Grey, false, line.trim_end());
            self.down(13.0);
        }
    }

    fn notes(&mut self, now: Timestamp) {
        let rule = self.say(
            "金额以扣除运营商承担的优惠与退款后的已入账订单为准。同一基数按比例分到分，余下的分归舍去最多的一方，相同时归运营商。结算之后的退款与更正作为调整计入以后的账期。本单不是发票。",
            "Amounts are those of posted orders, after refunds and what the operator bears of discounts. A basis is divided to the fen; what is left goes to whoever was cut most, where that is equal to the operator. What is refunded or corrected after the closing becomes an adjustment of a later period. This is no invoice.",
        );
        self.note(&rule);
        let made = format!("{} {}", self.say("生成时间", "Made"), moment(&Zone::shanghai(), now.as_ms()));
        self.note(&made);
        let missing: Vec<String> =
            self.paper.missing().iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        if !missing.is_empty() {
            let told = self.say(
                "字库没有以下字，以 □ 代替：",
                "The font has not these characters; a box stands for each:",
            );
            self.note(&format!("{told} {}", missing.join(" ")));
        }
    }
}

pub fn statement(
    one: &SharingStatementView,
    lines: &[SharingLineView],
    english: bool,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let mut page = Page { paper: Paper::new()?, y: HEIGHT, english };
    page.head(one);
    page.facts(one);
    let (adjusted, own): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.about_period_id.is_some());
    let title = page.say("本期明细", "Of this period");
    page.table(&title, &own);
    if !adjusted.is_empty() {
        let title = page.say("往期调整", "Adjustments of closed periods");
        page.table(&title, &adjusted);
    }
    page.sums(one);
    page.notes(now);
    page.paper.finish(&format!("{} {}", if english { "Sharing statement" } else { "分账单" }, number(one)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::sharing::SharingCycle;

    fn one() -> SharingStatementView {
        SharingStatementView {
            id: 7,
            period_id: 3,
            operator_id: 1,
            operator_name: "青禾充电".to_owned(),
            cycle: SharingCycle::Month,
            from_day: 20_261_101,
            to_day: 20_261_130,
            payee_id: 2,
            payee_name: "东湖物业有限公司".to_owned(),
            account_name: "东湖物业有限公司".to_owned(),
            bank_name: "中国工商银行武汉东湖支行".to_owned(),
            account_masked: "**** 2345".to_owned(),
            state: SharingStatementState::Due,
            shared_fen: 123_456,
            adjusted_fen: -789,
            carried_fen: -1,
            payable_fen: 122_666,
            before_fen: None,
            paid_by_name: None,
            paid_at_ms: None,
            reference: None,
            version: 1,
        }
    }

    fn line(about: Option<i64>) -> SharingLineView {
        SharingLineView {
            id: 1,
            period_id: 3,
            payee_id: 2,
            payee_name: "东湖物业有限公司".to_owned(),
            station_id: 1,
            station_name: "东湖充电站".to_owned(),
            rule_id: 1,
            basis: SharingBasis::Margin,
            rate: 3_000,
            deduction: SharingDeduction::FeeThenCost,
            fee_rate: 60,
            cost_price_e5: 56_000,
            from_day: 20_261_101,
            to_day: 20_261_130,
            energy_dwh: 123_450_000,
            basis_fen: 411_520,
            share_fen: 123_456,
            before_fen: None,
            about_period_id: about,
            about_from_day: about.map(|_| 20_261_001),
            about_to_day: about.map(|_| 20_261_031),
        }
    }

    /// All words of a statement are in the font that comes with the product, in both languages, over several pages.
    #[test]
    fn a_statement_is_a_page_without_boxes() {
        let all: Vec<_> = (0..60).map(|n| line((n > 50).then_some(2))).collect();
        for english in [false, true] {
            let pdf = statement(&one(), &all, english, Timestamp::from_ms(1_795_406_400_000)).unwrap();
            assert!(pdf.starts_with(b"%PDF-1."), "{english}");
            let text = String::from_utf8_lossy(&pdf);
            assert!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page ").count() <= 6);
        }
        let paper = Paper::new().unwrap();
        let words: Vec<Text> = SharingBasis::ALL
            .iter()
            .map(|one| basis_text(*one))
            .chain(SharingDeduction::ALL.iter().map(|one| deduction_text(*one)))
            .chain(SharingStatementState::ALL.iter().map(|one| state_text(*one)))
            .collect();
        let told = words.iter().map(|text| text.zh.as_ref()).collect::<String>();
        let own = "分账单收款户名开户行账号付款时间凭证号原账期本往调整结转应付金额渠道费率成本电价舍去余归";
        let lacking: String = told.chars().chain(own.chars()).filter(|c| paper.lacks(*c)).collect();
        assert_eq!(lacking, "");
        assert_eq!(rate_text(SharingBasis::Service, 3_050, false), "30.50%");
        assert_eq!(rate_text(SharingBasis::Energy, 350, false), "0.0350 元/kWh");
        assert_eq!(number(&one()), "FZ20261130-000007");
    }
}
