//! 客户分群: the numbers of the rules that their definitions name.

use crate::Engine;

impl Engine {
    /// The value that holds of a parameter of the segments; none of any other.
    pub fn segment_number(&self, parameter: &str) -> Option<i64> {
        let rules = self.rules();
        let of = &rules.segments;
        Some(match parameter {
            "member_days" => rules.member_days,
            "mark_new_days" => of.new_days,
            "mark_sleeping_days" => of.sleeping_days,
            "mark_high_fen" => of.high.0,
            "rfm_recent_days" => of.recent_days,
            "rfm_orders" => of.orders,
            "rfm_fen" => of.money.0,
            "churn_times" => of.churn_times,
            "churn_days" => of.churn_days,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::parameter::Parameter;
    use model::segment::{SEGMENTS, SegmentRules};

    #[test]
    fn every_number_of_a_definition_is_a_parameter_with_the_same_default() {
        let of = SegmentRules::default();
        for (name, value) in [
            ("mark_new_days", of.new_days),
            ("mark_sleeping_days", of.sleeping_days),
            ("mark_high_fen", of.high.0),
            ("rfm_recent_days", of.recent_days),
            ("rfm_orders", of.orders),
            ("rfm_fen", of.money.0),
            ("churn_times", of.churn_times),
            ("churn_days", of.churn_days),
        ] {
            assert_eq!(Parameter::find(name).unwrap().default, value, "{name}");
        }
        for name in SEGMENTS.iter().flat_map(|one| one.parameters) {
            assert!(Parameter::find(name).is_some(), "{name}");
        }
    }
}
