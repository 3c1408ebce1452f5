//! 指标口径: every figure of every report, defined here and nowhere else. Pages show these texts, and the figures are computed from
//! these sums.

use super::figures::KPIS;
use super::{Family, Part, Parts, ReportGroup};
use crate::Text;
use crate::money::divide_rounded;

crate::words! {
    /// What a figure's integer counts.
    KpiUnit {
        Count = "count",
        /// 0.1 Wh
        Energy = "energy",
        /// 0.01 yuan
        Money = "money",
        /// 0.01 %
        Percent = "percent",
        /// 0.0001 yuan a kWh
        Price = "price",
        /// 0.1 minute
        Minutes = "minutes",
        /// 0.01 hour
        Hours = "hours",
        /// 0.01 of a number
        Number = "number",
    }
}

impl KpiUnit {
    /// How many of its digits stand behind the point, as people read it (energy in kWh, money in yuan).
    pub fn places(self) -> u8 {
        match self {
            KpiUnit::Count => 0,
            KpiUnit::Minutes => 1,
            KpiUnit::Money | KpiUnit::Percent | KpiUnit::Hours | KpiUnit::Number => 2,
            KpiUnit::Energy | KpiUnit::Price => 4,
        }
    }

    /// What stands behind the number.
    pub fn label(self) -> Text {
        match self {
            KpiUnit::Count | KpiUnit::Number => Text::of("", ""),
            KpiUnit::Energy => Text::of("kWh", "kWh"),
            KpiUnit::Money => Text::of("元", "yuan"),
            KpiUnit::Percent => Text::of("%", "%"),
            KpiUnit::Price => Text::of("元/kWh", "yuan/kWh"),
            KpiUnit::Minutes => Text::of("分钟", "min"),
            KpiUnit::Hours => Text::of("小时", "h"),
        }
    }
}

/// A sum of parts, or its share in another sum: over × times / (under × per). No part under: under is 1.
#[derive(Debug)]
pub struct KpiFormula {
    pub over: &'static [(i64, Part)],
    pub under: &'static [(i64, Part)],
    pub times: i64,
    pub per: i64,
}

impl KpiFormula {
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        self.over.iter().chain(self.under).map(|(_, part)| *part)
    }

    /// `None`: there is nothing to divide by.
    pub fn value(&self, parts: &Parts) -> Option<i64> {
        let sum = |terms: &[(i64, Part)]| -> i128 {
            terms.iter().map(|(sign, part)| i128::from(*sign) * i128::from(parts.of(*part))).sum()
        };
        let under = if self.under.is_empty() { 1 } else { sum(self.under) } * i128::from(self.per);
        if under <= 0 {
            return None;
        }
        i64::try_from(divide_rounded(sum(self.over) * i128::from(self.times), under)).ok()
    }
}

/// One figure.
#[derive(Debug)]
pub struct Kpi {
    pub code: &'static str,
    pub name: Text,
    pub unit: KpiUnit,
    /// In words.
    pub definition: Text,
    /// Where its parts come from.
    pub source: Text,
    /// Numbers of the rules that are in it, by name.
    pub parameters: &'static [&'static str],
    pub formula: KpiFormula,
}

impl Kpi {
    pub fn find(code: &str) -> Option<&'static Kpi> {
        KPIS.iter().find(|one| one.code == code)
    }

    pub fn needs(&self, family: Family) -> bool {
        self.formula.parts().any(|part| part.family() == family)
    }

    /// Whether all that it is made of can be told apart so.
    pub fn knows(&self, group: ReportGroup) -> bool {
        self.formula.parts().all(|part| {
            let of_period = group != ReportGroup::Period || super::OF_PERIOD.contains(&part);
            of_period && part.family().knows(group)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_figure_is_defined_once_and_in_both_languages() {
        let codes: HashSet<_> = KPIS.iter().map(|one| one.code).collect();
        let names: HashSet<_> = KPIS.iter().map(|one| one.name.zh.as_ref()).collect();
        assert_eq!((codes.len(), names.len()), (KPIS.len(), KPIS.len()));
        for one in KPIS {
            for text in [&one.name, &one.definition, &one.source] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", one.code);
            }
        }
    }

    #[test]
    fn figures_are_computed_as_their_words_say() {
        let mut parts = Parts::default();
        for (part, value) in [
            (Part::Orders, 40),
            (Part::Success, 36),
            (Part::Failed, 8),
            (Part::Held, 2),
            (Part::HeldSuccess, 1),
            (Part::ChargeS, 40 * 3_600),
            // 800 kWh
            (Part::Energy, 8_000_000),
            (Part::Electricity, 48_000),
            (Part::Service, 32_000),
            (Part::Total, 80_000),
            (Part::Occupancy, 1_000),
            (Part::Discount, 2_000),
            (Part::Gift, 3_000),
            (Part::Received, 70_000),
            (Part::PaidLater, 500),
            (Part::Refunded, 400),
            (Part::ChannelFee, 100),
            (Part::Share, 10_000),
            // Two piles of one connector and 100 kW each for a day
            (Part::ServiceS, 2 * 86_400),
            (Part::OnlineS, 86_400),
            (Part::AvailableS, 43_200),
            (Part::FaultS, 43_200),
            (Part::ConnectorS, 2 * 86_400),
            (Part::RatedWs, 2 * 86_400 * 100_000),
            (Part::Customers, 3),
            (Part::CustomersAgain, 1),
            (Part::RepairMs, 5_400_000),
            (Part::RepairCount, 2),
            (Part::FaultCount, 8),
            (Part::RepeatCount, 3),
        ] {
            parts.add(part, value);
        }
        for (code, expected) in [
            ("order_count", 40),
            ("try_count", 50),
            ("success_rate", 7_400),
            ("charge_hours", 4_000),
            ("receivable", 81_000),
            ("discount", 5_000),
            ("received", 70_500),
            ("net", 60_000),
            ("service_price", 4_000),
            ("energy_price", 10_000),
            ("money_per_order", 1_900),
            ("energy_per_order", 200_000),
            ("again_rate", 3_333),
            ("online_rate", 5_000),
            ("offline_rate", 5_000),
            ("available_rate", 2_500),
            ("fault_rate", 2_500),
            ("time_use", 8_333),
            ("power_use", 1_667),
            ("turnover", 2_000),
            ("connector_energy", 4_000_000),
            ("connector_money", 38_000),
            ("repair_time", 450),
            ("fault_count", 8),
            ("repeat_fault_count", 3),
            ("repeat_fault_rate", 3_750),
        ] {
            assert_eq!(Kpi::find(code).unwrap().formula.value(&parts), Some(expected), "{code}");
        }
        for code in ["response_time", "in_time_rate"] {
            let expected = if code == "response_time" { None } else { Some(0) };
            assert_eq!(Kpi::find(code).unwrap().formula.value(&parts), expected, "{code}");
        }
        assert_eq!(Kpi::find("success_rate").unwrap().formula.value(&Parts::default()), None);
    }

    #[test]
    fn a_figure_is_grouped_only_by_what_all_its_parts_know() {
        use ReportGroup::*;
        for (code, group, knows) in [
            ("energy", Period, true),
            ("service_price", Period, true),
            ("order_count", Period, false),
            ("success_rate", Buyer, true),
            ("success_rate", Period, false),
            ("time_use", Model, true),
            ("time_use", Hour, false),
            ("time_use", StartMode, false),
            ("net", Station, false),
            ("net", Operator, true),
            ("net", Month, true),
            ("repair_time", Station, true),
            ("repair_time", Model, false),
            ("repeat_fault_rate", Model, true),
            ("repeat_fault_rate", Buyer, false),
        ] {
            assert_eq!(Kpi::find(code).unwrap().knows(group), knows, "{code} by {group:?}");
        }
    }
}
