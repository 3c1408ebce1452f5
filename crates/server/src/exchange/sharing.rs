//! The columns of statements of sharing and of their lines.

use super::column::{Cell, Column, Words};
use crate::statement::{basis_text, deduction_text, number, rate_text, state_text};
use model::sharing::SharingBasis;
use store::sharing_list::{SharingLineView, SharingStatementView};

fn day(day: i64) -> Cell {
    Cell::Text(format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100))
}

fn words(text: &model::Text, words: &Words) -> Cell {
    Cell::Text(words.tell(text))
}

pub static SHARING_STATEMENT: &[Column<SharingStatementView>] = &[
    Column::new("no", "分账单号", "Statement no.", |b, _| Cell::Text(number(b))),
    Column::new("operator", "运营商", "Operator", |b, _| Cell::Text(b.operator_name.clone())),
    Column::new("payee", "分账方", "Payee", |b, _| Cell::Text(b.payee_name.clone())),
    Column::new("from", "账期开始", "From", |b, _| day(b.from_day)),
    Column::new("to", "账期结束", "To", |b, _| day(b.to_day)),
    Column::new("state", "状态", "State", |b, w| words(&state_text(b.state), w)),
    Column::summed("shared", "本期分账（元）", "Shared (yuan)", |b, _| Cell::fen(b.shared_fen)),
    Column::summed("adjusted", "往期调整（元）", "Adjusted (yuan)", |b, _| Cell::fen(b.adjusted_fen)),
    Column::new("carried", "上期结转（元）", "Carried (yuan)", |b, _| Cell::fen(b.carried_fen)),
    Column::new("payable", "应付（元）", "Payable (yuan)", |b, _| Cell::fen(b.payable_fen)),
    Column::new("account_name", "收款户名", "Account holder", |b, _| {
        Cell::text(Some(b.account_name.clone()))
    }),
    Column::new("account", "收款账号", "Account", |b, _| Cell::text(Some(b.account_masked.clone()))),
    Column::new("paid", "付款时间", "Paid", |b, _| Cell::time(b.paid_at_ms)),
    Column::new("reference", "付款凭证号", "Reference", |b, _| Cell::text(b.reference.clone())),
    Column::extra("bank", "开户行", "Bank", |b, _| Cell::text(Some(b.bank_name.clone()))),
    Column::extra("paid_by", "登记人", "Noted by", |b, _| Cell::text(b.paid_by_name.clone())),
];

pub static SHARING_LINE: &[Column<SharingLineView>] = &[
    Column::new("payee", "分账方", "Payee", |l, _| Cell::Text(l.payee_name.clone())),
    Column::new("station", "充电站", "Station", |l, _| Cell::Text(l.station_name.clone())),
    Column::new("basis", "基数", "Basis", |l, w| words(&basis_text(l.basis), w)),
    Column::new("rate", "比例", "Rate", |l, w| Cell::Text(rate_text(l.basis, l.rate, w.english))),
    Column::new("deduction", "扣除", "Deduction", |l, w| words(&deduction_text(l.deduction), w)),
    Column::new("fee_rate", "渠道费率（%）", "Fee (%)", |l, _| Cell::Number(l.fee_rate, 2)),
    Column::new("cost", "成本电价（元/kWh）", "Cost (yuan/kWh)", |l, _| {
        Cell::Number(l.cost_price_e5, 5)
    }),
    Column::new("from", "规则开始", "From", |l, _| day(l.from_day)),
    Column::new("to", "规则结束", "To", |l, _| day(l.to_day)),
    Column::new("energy", "电量（kWh）", "Energy (kWh)", |l, _| Cell::e4(Some(l.energy_dwh))),
    Column::new("basis_amount", "基数金额（元）", "Basis (yuan)", |l, _| {
        let shared = matches!(l.basis, SharingBasis::Energy | SharingBasis::Fixed);
        if shared { Cell::Empty } else { Cell::fen(l.basis_fen) }
    }),
    Column::summed("share", "分账金额（元）", "Share (yuan)", |l, _| Cell::fen(l.share_fen)),
    Column::new("about", "原账期", "Of period", |l, _| match (l.about_from_day, l.about_to_day) {
        (Some(from), Some(to)) => Cell::Text(format!("{from}-{to}")),
        _ => Cell::Empty,
    }),
];
