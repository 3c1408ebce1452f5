//! 客户分群: what each segment means, defined here and nowhere else. Pages show these texts, and the nightly job asks
//! [`marks`]; the tests count both again by SQL.

use crate::Text;
use crate::customer::CustomerMark;
use crate::money::Fen;
use crate::time::{DAY_MS, Timestamp};

/// Fewer orders say nothing about when somebody charges.
pub const NIGHT_ORDERS_MIN: i64 = 5;
/// Fewer orders have no rhythm.
pub const RHYTHM_ORDERS_MIN: i64 = 4;

/// The numbers that the definitions name, as the parameters say them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRules {
    pub new_days: i64,
    pub sleeping_days: i64,
    pub high: Fen,
    /// 最近: high where the last charge is no longer ago.
    pub recent_days: i64,
    /// 次数: high from so many orders on.
    pub orders: i64,
    /// 金额: high from so much on.
    pub money: Fen,
    /// Silent for more than so many of the customer's own intervals.
    pub churn_times: i64,
    /// And for no less than so many days.
    pub churn_days: i64,
}

impl Default for SegmentRules {
    fn default() -> SegmentRules {
        SegmentRules {
            new_days: 30,
            sleeping_days: 60,
            high: Fen(100_000),
            recent_days: 14,
            orders: 8,
            money: Fen(40_000),
            churn_times: 3,
            churn_days: 7,
        }
    }
}

/// What is known of one customer; orders are the completed ones that began within the days that are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentFacts {
    pub created_ms: i64,
    pub has_fleet: bool,
    pub order_count: i64,
    pub night_count: i64,
    pub energy_dwh: i64,
    pub total_fen: i64,
    /// When the first and the last of them began; absent without any.
    pub first_started_ms: Option<i64>,
    pub last_started_ms: Option<i64>,
    /// Ever.
    pub last_charged_ms: Option<i64>,
}

impl SegmentFacts {
    /// 充电间隔: from one beginning to the next, on average.
    pub fn interval_ms(&self) -> Option<i64> {
        let (first, last) = (self.first_started_ms?, self.last_started_ms?);
        (self.order_count >= RHYTHM_ORDERS_MIN).then(|| (last - first) / (self.order_count - 1))
    }

    fn rfm(&self, rules: &SegmentRules, now: Timestamp) -> Option<CustomerMark> {
        if self.order_count == 0 {
            return None;
        }
        let recent = self.last_charged_ms.is_some_and(|last| last >= ago(rules.recent_days, now));
        let (often, much) = (self.order_count >= rules.orders, self.total_fen >= rules.money.0);
        use CustomerMark::*;
        Some(match (recent, often, much) {
            (true, true, true) => RfmHhh,
            (true, false, true) => RfmHlh,
            (false, true, true) => RfmLhh,
            (false, false, true) => RfmLlh,
            (true, true, false) => RfmHhl,
            (true, false, false) => RfmHll,
            (false, true, false) => RfmLhl,
            (false, false, false) => RfmLll,
        })
    }
}

fn ago(days: i64, now: Timestamp) -> i64 {
    now.as_ms() - days * DAY_MS
}

/// The segments of a customer, in the order of their list.
pub fn marks(of: &SegmentFacts, rules: &SegmentRules, now: Timestamp) -> Vec<CustomerMark> {
    let asleep = of.last_charged_ms.is_some_and(|last| last < ago(rules.sleeping_days, now));
    let silent_ms = of.last_started_ms.map_or(0, |last| now.as_ms() - last);
    let beyond = of.interval_ms().is_some_and(|interval| {
        silent_ms > interval.saturating_mul(rules.churn_times) && silent_ms >= rules.churn_days * DAY_MS
    });
    let mut all: Vec<CustomerMark> = [
        (CustomerMark::New, of.created_ms >= ago(rules.new_days, now)),
        (CustomerMark::Sleeping, asleep),
        (CustomerMark::Night, of.order_count >= NIGHT_ORDERS_MIN && of.night_count * 2 >= of.order_count),
        (CustomerMark::HighValue, of.total_fen >= rules.high.0),
        (CustomerMark::Fleet, of.has_fleet),
        (CustomerMark::ChurnRisk, beyond && !asleep),
    ]
    .into_iter()
    .filter_map(|(mark, holds)| holds.then_some(mark))
    .collect();
    all.extend(of.rfm(rules, now));
    all
}

/// One definition.
#[derive(Debug)]
pub struct CustomerSegment {
    pub mark: CustomerMark,
    pub definition: Text,
    /// What can be done with them.
    pub use_for: Text,
    /// Numbers of the rules that are in it, by name.
    pub parameters: &'static [&'static str],
}

impl CustomerSegment {
    pub fn of(mark: CustomerMark) -> Option<&'static CustomerSegment> {
        SEGMENTS.iter().find(|one| one.mark == mark)
    }

    /// Everybody with an order is in exactly one of the eight.
    pub fn is_rfm(&self) -> bool {
        self.mark.as_str().starts_with("rfm_")
    }
}

const fn segment(
    mark: CustomerMark,
    parameters: &'static [&'static str],
    [definition_zh, definition_en]: [&'static str; 2],
    [use_zh, use_en]: [&'static str; 2],
) -> CustomerSegment {
    CustomerSegment {
        mark,
        definition: Text::of(definition_zh, definition_en),
        use_for: Text::of(use_zh, use_en),
        parameters,
    }
}

const RFM: &[&str] = &["member_days", "rfm_recent_days", "rfm_orders", "rfm_fen"];

/// In the order of the page.
pub const SEGMENTS: &[CustomerSegment] = &[
    segment(
        CustomerMark::New,
        &["mark_new_days"],
        ["注册不超过“新用户天数”", "Registered within the days of being new"],
        ["发新用户礼包，引导第二次充电", "A first coupon, and a second charge"],
    ),
    segment(
        CustomerMark::HighValue,
        &["member_days", "mark_high_fen"],
        [
            "评定天数内已完成订单的金额合计不少于“高价值金额”",
            "Completed orders of the judged days come to the amount of high value or more",
        ],
        ["优先受理，给予权益", "Served first, with rights of their own"],
    ),
    segment(
        CustomerMark::Night,
        &["member_days"],
        [
            "评定天数内至少 5 单，其中一半以上在 22:00 至次日 06:00 开始",
            "Five completed orders in the judged days, half of them or more begun between 22:00 and 06:00",
        ],
        ["谷时活动的对象", "Whom activities of the night are for"],
    ),
    segment(
        CustomerMark::Fleet,
        &[],
        ["属于一个车队", "Belongs to a fleet"],
        ["按车队谈价与结算", "Prices and bills are agreed with the fleet"],
    ),
    segment(
        CustomerMark::ChurnRisk,
        &["member_days", "churn_times", "churn_days", "mark_sleeping_days"],
        [
            "评定天数内至少 4 单；距最近一次开始充电已超过本人平均间隔的“流失倍数”倍，且不少于“流失最少天数”，尚未沉睡",
            "Four completed orders in the judged days; silent since the last beginning for more than so many times the own mean interval, and for the least days, but not asleep yet",
        ],
        ["在沉睡之前发一张有期限的券", "A coupon with an end, before they sleep"],
    ),
    segment(
        CustomerMark::Sleeping,
        &["mark_sleeping_days"],
        [
            "曾经充电，最近一次结束距今超过“沉睡天数”",
            "Has charged before; the last end is longer ago than the days of sleeping",
        ],
        ["唤醒活动的对象", "Whom activities to come back are for"],
    ),
    segment(
        CustomerMark::RfmHhh,
        RFM,
        ["最近 高、次数 高、金额 高", "Recent high, orders high, money high"],
        ["重点维护", "Kept well"],
    ),
    segment(
        CustomerMark::RfmHlh,
        RFM,
        ["最近 高、次数 低、金额 高", "Recent high, orders low, money high"],
        ["用多次卡、签到等提高次数", "Given reasons to come more often"],
    ),
    segment(
        CustomerMark::RfmLhh,
        RFM,
        ["最近 低、次数 高、金额 高", "Recent low, orders high, money high"],
        ["主动联系，了解原因", "Called, and asked why"],
    ),
    segment(
        CustomerMark::RfmLlh,
        RFM,
        ["最近 低、次数 低、金额 高", "Recent low, orders low, money high"],
        ["用大额券挽留", "Won back with a large coupon"],
    ),
    segment(
        CustomerMark::RfmHhl,
        RFM,
        ["最近 高、次数 高、金额 低", "Recent high, orders high, money low"],
        ["引导充更多电量", "Led to charge more at a time"],
    ),
    segment(
        CustomerMark::RfmHll,
        RFM,
        ["最近 高、次数 低、金额 低", "Recent high, orders low, money low"],
        ["引导再次充电", "Led to charge again"],
    ),
    segment(
        CustomerMark::RfmLhl,
        RFM,
        ["最近 低、次数 高、金额 低", "Recent low, orders high, money low"],
        ["提醒附近站点与谷价", "Reminded of what is near and cheap"],
    ),
    segment(
        CustomerMark::RfmLll,
        RFM,
        ["最近 低、次数 低、金额 低", "Recent low, orders low, money low"],
        ["低成本触达", "Reached at little cost"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const NOW: Timestamp = Timestamp::from_ms(1_795_406_400_000);

    fn before(days: i64, more: i64) -> i64 {
        NOW.as_ms() - days * DAY_MS - more
    }

    #[test]
    fn each_segment_is_defined_once_and_in_both_languages() {
        let all: HashSet<_> = SEGMENTS.iter().map(|one| one.mark).collect();
        assert_eq!((all.len(), SEGMENTS.len()), (CustomerMark::ALL.len(), CustomerMark::ALL.len()));
        for one in SEGMENTS {
            for text in [&one.definition, &one.use_for] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{:?}", one.mark);
            }
        }
        assert_eq!(SEGMENTS.iter().filter(|one| one.is_rfm()).count(), 8);
    }

    #[test]
    fn r6_1c_each_segment_begins_where_its_rule_says() {
        use CustomerMark::*;
        let rules = SegmentRules::default();
        let old = SegmentFacts::default();
        let of = |orders: i64, total_fen: i64, last: i64| SegmentFacts {
            order_count: orders,
            total_fen,
            last_charged_ms: Some(last),
            ..old
        };
        for (of, expected) in [
            (old, vec![]),
            (SegmentFacts { created_ms: before(30, 0), ..old }, vec![New]),
            (SegmentFacts { created_ms: before(30, 1), ..old }, vec![]),
            (SegmentFacts { last_charged_ms: Some(before(60, 0)), ..old }, vec![]),
            (SegmentFacts { last_charged_ms: Some(before(60, 1)), ..old }, vec![Sleeping]),
            (SegmentFacts { has_fleet: true, ..old }, vec![Fleet]),
            (SegmentFacts { night_count: 4, ..of(4, 0, before(1, 0)) }, vec![RfmHll]),
            (SegmentFacts { night_count: 2, ..of(5, 0, before(1, 0)) }, vec![RfmHll]),
            (SegmentFacts { night_count: 3, ..of(6, 0, before(1, 0)) }, vec![Night, RfmHll]),
            (of(1, 39_999, before(14, 0)), vec![RfmHll]),
            (of(1, 40_000, before(14, 0)), vec![RfmHlh]),
            (of(1, 99_999, before(14, 1)), vec![RfmLlh]),
            (of(1, 100_000, before(14, 1)), vec![HighValue, RfmLlh]),
            (of(7, 40_000, before(15, 0)), vec![RfmLlh]),
            (of(8, 40_000, before(15, 0)), vec![RfmLhh]),
            (of(8, 40_000, before(14, 0)), vec![RfmHhh]),
            (of(8, 39_999, before(14, 0)), vec![RfmHhl]),
            (of(8, 39_999, before(15, 0)), vec![RfmLhl]),
            (of(7, 39_999, before(15, 0)), vec![RfmLll]),
        ] {
            assert_eq!(marks(&of, &rules, NOW), expected, "{of:?}");
        }
    }

    #[test]
    fn r6_1c_who_stays_away_beyond_their_own_rhythm_is_at_risk() {
        let rules = SegmentRules::default();
        // Every third day, and then not any more.
        let of = |orders: i64, silent: i64| SegmentFacts {
            order_count: orders,
            first_started_ms: Some(NOW.as_ms() - silent - (orders - 1) * 3 * DAY_MS),
            last_started_ms: Some(NOW.as_ms() - silent),
            last_charged_ms: Some(NOW.as_ms() - silent),
            ..SegmentFacts::default()
        };
        let at_risk = |of: SegmentFacts| marks(&of, &rules, NOW).contains(&CustomerMark::ChurnRisk);
        assert!(!at_risk(of(4, 9 * DAY_MS)), "three intervals exactly");
        assert!(at_risk(of(4, 9 * DAY_MS + 1)));
        assert!(!at_risk(of(3, 20 * DAY_MS)), "three orders have no rhythm");
        assert!(at_risk(of(10, 60 * DAY_MS)));
        assert!(!at_risk(of(10, 60 * DAY_MS + 1)), "they sleep already");
        // Twice a day: three intervals are a day and a half, which is a weekend away.
        let daily = SegmentFacts { first_started_ms: Some(NOW.as_ms() - 11 * DAY_MS), ..of(11, 6 * DAY_MS) };
        assert!(!at_risk(daily), "fewer than the least days");
        let week = SegmentFacts { first_started_ms: Some(NOW.as_ms() - 12 * DAY_MS), ..of(11, 7 * DAY_MS) };
        assert!(at_risk(week));
        assert_eq!(SegmentFacts::default().interval_ms(), None);
    }
}
