//! 发票明细: what an invoice says line by line, and how much of an order may stand in one. Tax is contained
//! in what was paid: it is taken out line by line, so that the sums are equal to the fen by construction.

use crate::ledger::Paid;
use crate::money::{Fen, divide_rounded};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 货物或应税劳务: a name, its tax code and the rate, in ten thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxItem {
    pub name: String,
    /// 税收分类编码: 19 digits.
    pub code: String,
    /// 1300 is 13 %.
    pub rate_e4: i64,
}

/// 电力产品, as the tax bureau takes electricity and service fee alike.
pub const POWER_CODE: &str = "1100101020100000000";
pub const RATE_MAX_E4: i64 = 2_000;

impl TaxItem {
    /// As delivered: the standard rate of a general taxpayer.
    pub fn power(name: &str) -> TaxItem {
        TaxItem { name: name.to_owned(), code: POWER_CODE.to_owned(), rate_e4: 1_300 }
    }

    /// Trimmed, and within the rules; `fields` are those of the name, the code and the rate.
    pub fn checked(mut self, fields: [&'static str; 3]) -> Result<TaxItem> {
        self.name = self.name.trim().to_owned();
        if !(1..=45).contains(&self.name.chars().count()) || self.name.chars().any(char::is_control) {
            return Err(Error::invalid(
                fields[0],
                "商品名称应为 1 到 45 个字符",
                "The name of the goods has 1 to 45 characters.",
            ));
        }
        self.code = self.code.trim().to_owned();
        if self.code.len() != 19 || !self.code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::invalid(
                fields[1],
                "税收分类编码应为 19 位数字，例如电力产品 1100101020100000000",
                "A tax code has 19 digits, such as 1100101020100000000 for electric power.",
            ));
        }
        if !(0..=RATE_MAX_E4).contains(&self.rate_e4) {
            return Err(Error::invalid(
                fields[2],
                "税率应为 0% 到 20%，例如 13%、3%、1%",
                "The tax rate lies between 0 % and 20 %, such as 13 %, 3 % or 1 %.",
            ));
        }
        Ok(self)
    }
}

/// How much of one order may be invoiced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoiceShare {
    pub electricity: Fen,
    pub service: Fen,
    pub energy_dwh: i64,
}

impl InvoiceShare {
    /// What was really paid and was not given back: no gift, nothing that is owed. The gift pays first, and
    /// the electricity is paid first, as it is in the books; what was given back shrinks both alike.
    pub fn of(
        electricity: Fen,
        service: Fen,
        paid: Paid,
        left_principal: Fen,
        energy_dwh: i64,
    ) -> InvoiceShare {
        let principal = paid.principal.0.min((electricity + service).0).max(0);
        let left = left_principal.0.clamp(0, principal);
        let of_electricity = principal.min((electricity.0 - paid.gift.0).max(0));
        if principal == 0 {
            return InvoiceShare { energy_dwh, ..InvoiceShare::default() };
        }
        let exact = divide_rounded(i128::from(left) * i128::from(of_electricity), i128::from(principal));
        let electricity = i64::try_from(exact).unwrap_or(0);
        InvoiceShare { electricity: Fen(electricity), service: Fen(left - electricity), energy_dwh }
    }

    pub fn total(self) -> Fen {
        self.electricity + self.service
    }
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceLine {
    pub name: String,
    pub code: String,
    pub rate_e4: i64,
    /// 0 where it is no matter of energy.
    pub energy_dwh: i64,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub total_fen: i64,
}

impl InvoiceLine {
    fn of(item: &TaxItem, total: Fen, energy_dwh: i64) -> InvoiceLine {
        let net = divide_rounded(i128::from(total.0) * 10_000, i128::from(10_000 + item.rate_e4));
        let net_fen = i64::try_from(net).unwrap_or(total.0);
        InvoiceLine {
            name: item.name.clone(),
            code: item.code.clone(),
            rate_e4: item.rate_e4,
            energy_dwh,
            net_fen,
            tax_fen: total.0 - net_fen,
            total_fen: total.0,
        }
    }

    /// As it stands in the invoice that takes this one back.
    pub fn reversed(&self) -> InvoiceLine {
        InvoiceLine {
            net_fen: -self.net_fen,
            tax_fen: -self.tax_fen,
            total_fen: -self.total_fen,
            energy_dwh: -self.energy_dwh,
            ..self.clone()
        }
    }
}

/// By tax code and rate; nothing stands there with nothing.
pub fn invoice_lines(shares: &[InvoiceShare], electricity: &TaxItem, service: &TaxItem) -> Vec<InvoiceLine> {
    let sum = |part: fn(&InvoiceShare) -> Fen| shares.iter().map(part).sum::<Fen>();
    let (of_electricity, of_service) = (sum(|one| one.electricity), sum(|one| one.service));
    let energy_dwh = shares.iter().map(|one| one.energy_dwh).sum();
    let same = (&electricity.code, electricity.rate_e4) == (&service.code, service.rate_e4);
    let lines = if same {
        vec![InvoiceLine::of(electricity, of_electricity + of_service, energy_dwh)]
    } else {
        let energy_dwh = if of_electricity.0 > 0 { energy_dwh } else { 0 };
        vec![
            InvoiceLine::of(electricity, of_electricity, energy_dwh),
            InvoiceLine::of(service, of_service, 0),
        ]
    };
    lines.into_iter().filter(|line| line.total_fen > 0).collect()
}

/// Puts orders into as few invoices as their order allows, none of more than the quota. An order stands in one
/// invoice only, so that the quota must hold the largest of them.
pub fn quota_split(totals: &[Fen], quota: Fen) -> Result<Vec<Vec<usize>>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut filled = Fen(0);
    for (place, total) in totals.iter().enumerate() {
        if *total > quota {
            return Err(Error::refused(
                "invoice.quota_short",
                format!(
                    "有订单金额超过单张发票限额 {}.{:02} 元，请先在销售方中调高限额",
                    quota.0 / 100,
                    quota.0 % 100
                ),
                format!(
                    "An order is larger than an invoice may be ({}.{:02} yuan); raise the seller's quota first.",
                    quota.0 / 100,
                    quota.0 % 100
                ),
            ));
        }
        match parts.last_mut() {
            Some(part) if filled + *total <= quota => {
                part.push(place);
                filled = filled + *total;
            }
            _ => {
                parts.push(vec![place]);
                filled = *total;
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(electricity: i64, service: i64) -> InvoiceShare {
        InvoiceShare { electricity: Fen(electricity), service: Fen(service), energy_dwh: 10_000 }
    }

    #[test]
    fn only_what_was_really_paid_may_be_invoiced() {
        let paid =
            |principal, gift, owed| Paid { principal: Fen(principal), gift: Fen(gift), owed: Fen(owed) };
        for (name, electricity, service, paid, left, wanted) in [
            ("all of it", 600, 400, paid(1_000, 0, 0), 1_000, (600, 400)),
            ("the gift pays for the electricity first", 600, 400, paid(700, 300, 0), 700, (300, 400)),
            ("a gift that is larger than the electricity", 600, 400, paid(200, 800, 0), 200, (0, 200)),
            ("what is owed is not paid", 600, 400, paid(500, 0, 500), 500, (500, 0)),
            ("half of it was given back", 600, 400, paid(1_000, 0, 0), 500, (300, 200)),
            ("all of it was given back", 600, 400, paid(1_000, 0, 0), 0, (0, 0)),
            ("nobody has paid", 600, 400, paid(0, 0, 1_000), 0, (0, 0)),
            ("one fen is left", 600, 400, paid(1_000, 0, 0), 1, (1, 0)),
        ] {
            let share = InvoiceShare::of(Fen(electricity), Fen(service), paid, Fen(left), 0);
            assert_eq!((share.electricity.0, share.service.0), wanted, "{name}");
            assert_eq!(share.total().0, left.min(paid.principal.0), "{name}");
        }
    }

    #[test]
    fn the_sums_are_equal_to_the_fen_whatever_the_rates() {
        let service = |rate_e4| TaxItem { rate_e4, ..TaxItem::power("充电服务费") };
        let electricity = TaxItem::power("电费");
        for rate in [0, 100, 300, 600, 900, 1_300] {
            for (e, s) in [(1, 0), (0, 1), (1, 1), (333, 667), (99_999_999, 1), (12_345, 67_890)] {
                let lines = invoice_lines(&[share(e, s), share(s, e)], &electricity, &service(rate));
                let sum = |part: fn(&InvoiceLine) -> i64| lines.iter().map(part).sum::<i64>();
                assert_eq!(sum(|line| line.total_fen), 2 * (e + s));
                assert_eq!(sum(|line| line.net_fen) + sum(|line| line.tax_fen), 2 * (e + s));
                assert_eq!(lines.len(), if rate == 1_300 { 1 } else { 2 }, "{rate}");
                for line in &lines {
                    let error = line.net_fen * line.rate_e4 - line.tax_fen * 10_000;
                    assert!(error.abs() <= 10_000, "the tax is that of the net amount: {line:?}");
                }
            }
        }
        let lines = invoice_lines(&[share(10_000, 0)], &electricity, &service(600));
        assert_eq!(lines.len(), 1, "a line of nothing is left out");
        assert_eq!((lines[0].net_fen, lines[0].tax_fen), (8_850, 1_150));
        assert_eq!(lines[0].reversed().tax_fen, -1_150);
    }

    #[test]
    fn a_quota_splits_whole_orders_and_refuses_one_that_is_larger() {
        let fen = |all: &[i64]| all.iter().map(|one| Fen(*one)).collect::<Vec<_>>();
        for (totals, quota, parts) in [
            (fen(&[]), 10, vec![]),
            (fen(&[10]), 10, vec![vec![0]]),
            (fen(&[5, 5]), 10, vec![vec![0, 1]]),
            (fen(&[5, 6]), 10, vec![vec![0], vec![1]]),
            (fen(&[5, 6, 4, 1]), 10, vec![vec![0], vec![1, 2], vec![3]]),
        ] {
            assert_eq!(quota_split(&totals, Fen(quota)).unwrap(), parts);
        }
        assert!(quota_split(&fen(&[11]), Fen(10)).is_err());
    }

    #[test]
    fn goods_have_a_name_a_code_and_a_rate() {
        let fields = ["name", "code", "rate_e4"];
        assert!(TaxItem::power(" 电费 ").checked(fields).is_ok());
        for (item, field) in [
            (TaxItem::power(" "), "name"),
            (TaxItem { code: "110".to_owned(), ..TaxItem::power("电费") }, "code"),
            (TaxItem { rate_e4: -1, ..TaxItem::power("电费") }, "rate_e4"),
            (TaxItem { rate_e4: 2_001, ..TaxItem::power("电费") }, "rate_e4"),
        ] {
            assert_eq!(item.checked(fields).unwrap_err().field.unwrap(), field);
        }
    }
}
