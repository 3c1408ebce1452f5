//! What staff may set about 客户分群.

use super::{Parameter, ParameterGroup, ParameterUnit};
use model::Text;
use model::money::Fen;

parameters! {
    "mark_new_days" Service Day 1 ..= 365, 30, "新用户天数", "Days of being new",
        "注册不超过这些天的用户带“新用户”标签", "customers who registered within these days are marked as new",
        |rules, value| rules.segments.new_days = value;
    "mark_sleeping_days" Service Day 7 ..= 730, 60, "沉睡天数", "Days of sleeping",
        "曾经充电但超过这些天没有充电的用户带“沉睡”标签", "customers who have charged before and not for these days are marked as sleeping",
        |rules, value| rules.segments.sleeping_days = value;
    "mark_high_fen" Service Fen 100 ..= 100_000_000, 100_000, "高价值金额", "Amount of high value",
        "评定天数内累计金额达到此值的用户带“高价值”标签", "customers whose orders of those days come to this much are marked as of high value",
        |rules, value| rules.segments.high = Fen(value);
    "rfm_recent_days" Service Day 1 ..= 365, 14, "RFM 最近天数", "RFM: days of recent",
        "最近一次充电不超过这些天的用户，RFM 分群的“最近”为高", "customers whose last charge is no longer ago count as recent in their RFM segment",
        |rules, value| rules.segments.recent_days = value;
    "rfm_orders" Service Count 1 ..= 1_000, 8, "RFM 次数", "RFM: orders",
        "会员评定天数内的订单数达到此值的用户，RFM 分群的“次数”为高", "customers with so many orders in the judged days count as frequent in their RFM segment",
        |rules, value| rules.segments.orders = value;
    "rfm_fen" Service Fen 100 ..= 100_000_000, 40_000, "RFM 金额", "RFM: money",
        "会员评定天数内的订单金额达到此值的用户，RFM 分群的“金额”为高", "customers whose orders of the judged days come to this much count as high in their RFM segment",
        |rules, value| rules.segments.money = Fen(value);
    "churn_times" Service Count 2 ..= 20, 3, "流失倍数", "Churn: intervals",
        "距最近一次充电超过本人平均充电间隔的这么多倍时，列为“流失风险”", "customers who are silent for more than so many of their own intervals are at risk",
        |rules, value| rules.segments.churn_times = value;
    "churn_days" Service Day 1 ..= 90, 7, "流失最少天数", "Churn: least days",
        "距最近一次充电不足这些天的用户不列为“流失风险”", "customers who are silent for fewer days are not at risk",
        |rules, value| rules.segments.churn_days = value;
}
