//! 用户端、司机端内容: what the apps show, to whom and when, and the messages that they send.

use crate::customer::CustomerKind;
use crate::time::Timestamp;
use crate::{Error, Result};

crate::words! {
    /// Who reads it, and in which app.
    Audience {
        /// 用户端
        Customer = "customer",
        /// 司机端
        Driver = "driver",
        /// Our own staff, on the home page of the console.
        Staff = "staff",
    }

    ContentKind {
        /// 轮播
        Banner = "banner",
        /// 弹窗
        Popup = "popup",
        /// 公告
        Notice = "notice",
        /// 活动
        Activity = "activity",
        /// 司机任务
        Task = "task",
        /// 常见问题: the title is the question, the body the answer.
        Faq = "faq",
        /// 消息模板: sent at an event, shown on no page.
        Message = "message",
    }

    /// What staff have decided; the time does the rest.
    ContentDecision {
        Draft = "draft",
        Published = "published",
        Withdrawn = "withdrawn",
    }

    ContentState {
        /// 草稿
        Draft = "draft",
        /// 待发布: decided, and its time has not come.
        Scheduled = "scheduled",
        /// 展示中
        Published = "published",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 已结束: its time is over.
        Ended = "ended",
    }

    /// 投放人群
    TargetGroup {
        All = "all",
        /// 个人
        Person = "person",
        /// 司机
        Driver = "driver",
        /// 企业员工
        Employee = "employee",
        /// One fleet.
        Fleet = "fleet",
        /// 客户分群: one segment.
        Segment = "segment",
    }

    /// 常见问题的分类
    FaqTopic {
        Charging = "charging",
        Payment = "payment",
        Invoice = "invoice",
        Account = "account",
        Device = "device",
        Other = "other",
    }

    /// What a driver's task counts.
    TaskMetric {
        /// Completed orders.
        Orders = "orders",
        /// Energy of completed orders, in 0.1 Wh.
        Energy = "energy",
    }
}

impl Audience {
    /// What there is for it.
    pub fn kinds(self) -> &'static [ContentKind] {
        use ContentKind::*;
        match self {
            Audience::Customer => &[Banner, Popup, Notice, Activity, Faq, Message],
            Audience::Driver => &[Banner, Popup, Notice, Task, Faq, Message],
            Audience::Staff => &[Notice],
        }
    }

    /// Whom it may be narrowed to.
    pub fn groups(self) -> &'static [TargetGroup] {
        use TargetGroup::*;
        match self {
            Audience::Customer => TargetGroup::ALL,
            Audience::Driver => &[All, Driver, Employee, Fleet],
            Audience::Staff => &[All],
        }
    }
}

impl ContentKind {
    /// Most pictures that one has.
    pub fn pictures_max(self) -> usize {
        match self {
            ContentKind::Banner | ContentKind::Popup => 1,
            ContentKind::Notice | ContentKind::Activity | ContentKind::Task | ContentKind::Faq => 6,
            ContentKind::Message => 0,
        }
    }

    /// Most characters of the title. A banner's stands on a picture, a message's on a locked phone.
    pub fn title_max(self) -> usize {
        match self {
            ContentKind::Banner | ContentKind::Message => 30,
            _ => 60,
        }
    }

    pub fn body_max(self) -> usize {
        match self {
            ContentKind::Banner => 0,
            ContentKind::Popup => 500,
            ContentKind::Message => 300,
            _ => 5_000,
        }
    }

    /// Whether something must be written below the title.
    pub fn needs_body(self) -> bool {
        !matches!(self, ContentKind::Banner | ContentKind::Popup)
    }
}

impl ContentDecision {
    /// Where a decision and the clock have led to. `until` is the first moment after it.
    pub fn state(self, from: Option<Timestamp>, until: Option<Timestamp>, now: Timestamp) -> ContentState {
        match self {
            ContentDecision::Draft => ContentState::Draft,
            ContentDecision::Withdrawn => ContentState::Withdrawn,
            ContentDecision::Published if until.is_some_and(|until| until <= now) => ContentState::Ended,
            ContentDecision::Published if from.is_some_and(|from| from > now) => ContentState::Scheduled,
            ContentDecision::Published => ContentState::Published,
        }
    }

    /// The decision after another one, if it may be taken now.
    pub fn then(self, next: ContentDecision) -> Result<ContentDecision> {
        match (self, next) {
            (_, ContentDecision::Draft) => Err(Error::invalid(
                "status",
                "只能发布或撤回；要修改内容请直接编辑",
                "Publish it or withdraw it; to change it, edit it.",
            )),
            (ContentDecision::Draft, ContentDecision::Withdrawn) => Err(Error::refused(
                "content.draft",
                "草稿尚未发布，不需要撤回；不再需要时请删除",
                "A draft was never published; delete it when it is not needed.",
            )),
            (before, next) if before == next => Err(Error::refused(
                "content.same_status",
                "已是这个状态，请刷新后查看",
                "It is so already; reload the page.",
            )),
            (_, next) => Ok(next),
        }
    }
}

impl TargetGroup {
    /// Whether somebody belongs to it. `fleet` is the fleet that is meant where one is.
    pub fn holds(self, fleet: Option<i64>, kind: Option<CustomerKind>, own_fleet: Option<i64>) -> bool {
        match self {
            TargetGroup::All => true,
            TargetGroup::Person => kind == Some(CustomerKind::Person),
            TargetGroup::Driver => kind == Some(CustomerKind::Driver),
            TargetGroup::Employee => kind == Some(CustomerKind::Employee),
            TargetGroup::Fleet => fleet.is_some() && fleet == own_fleet,
            // Who is in a segment is asked of the segments.
            TargetGroup::Segment => false,
        }
    }

    /// The kind of customer that it is about, where it is about one.
    pub fn customer_kind(self) -> Option<CustomerKind> {
        match self {
            TargetGroup::Person => Some(CustomerKind::Person),
            TargetGroup::Driver => Some(CustomerKind::Driver),
            TargetGroup::Employee => Some(CustomerKind::Employee),
            TargetGroup::All | TargetGroup::Fleet | TargetGroup::Segment => None,
        }
    }
}

/// A moment of publishing and its end make sense together.
pub fn times_checked(from_ms: Option<i64>, until_ms: Option<i64>) -> Result<()> {
    for (field, at) in [("from_ms", from_ms), ("until_ms", until_ms)] {
        if at.is_some_and(|at| !(0..4_102_416_000_000).contains(&at)) {
            return Err(Error::invalid(field, "时间应在 2100 年以前", "The time lies before the year 2100."));
        }
    }
    if from_ms.zip(until_ms).is_some_and(|(from, until)| until <= from) {
        return Err(Error::invalid(
            "until_ms",
            "结束时间必须晚于开始时间；长期有效请留空",
            "The end comes after the beginning; leave it empty for no end.",
        ));
    }
    Ok(())
}

/// Where a tap leads: a page of ours by https, or a page of the mini-program. Empty: nowhere.
pub fn link_checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let wrong = || {
        Error::invalid(
            field,
            "链接应以 https:// 开头，或为小程序页面路径（如 /pages/coupon/index），最长 300 个字符",
            "A link begins with https:// or is a page of the mini-program (like /pages/coupon/index), at most 300 characters.",
        )
    };
    if text.is_empty() {
        return Ok(String::new());
    }
    let plain = text.len() <= 300
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"'\\`".contains(c));
    // A host, and no name or password before it, which make an address look like another.
    let web = text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.') && !host.contains('@') && !host.starts_with('.')
    });
    let page = text.starts_with("/pages/") && !text.contains("..") && !text.contains("//");
    if plain && (web || page) { Ok(text.to_owned()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_publishes_and_ends_what_was_decided() {
        let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
        let now = Timestamp::from_ms(100);
        use ContentState::*;
        for (decision, from, until, state) in [
            (ContentDecision::Draft, Some(1), Some(2), Draft),
            (ContentDecision::Withdrawn, Some(1), None, Withdrawn),
            (ContentDecision::Published, None, None, Published),
            (ContentDecision::Published, Some(100), None, Published),
            (ContentDecision::Published, Some(101), None, Scheduled),
            (ContentDecision::Published, Some(1), Some(101), Published),
            (ContentDecision::Published, Some(1), Some(100), Ended),
        ] {
            assert_eq!(decision.state(at(from), at(until), now), state, "{decision:?} {from:?} {until:?}");
        }
    }

    #[test]
    fn a_decision_follows_another_where_that_makes_sense() {
        use ContentDecision::*;
        for (before, next, allowed) in [
            (Draft, Published, true),
            (Draft, Withdrawn, false),
            (Draft, Draft, false),
            (Published, Withdrawn, true),
            (Published, Published, false),
            (Published, Draft, false),
            (Withdrawn, Published, true),
        ] {
            assert_eq!(before.then(next).is_ok(), allowed, "{before:?} {next:?}");
        }
    }

    #[test]
    fn a_link_leads_to_the_web_or_into_the_app_and_nowhere_else() {
        for good in ["", "https://a.example/x?y=1#z", "/pages/coupon/index?id=3", " https://a.example "] {
            assert!(link_checked("link", good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://bank.example@evil.example/",
            "//evil.example",
            "/pages/../admin",
            "/admin",
            "https://a.example/<b>",
            "https://a.example/a b",
        ] {
            assert_eq!(link_checked("link", bad).unwrap_err().field.unwrap(), "link", "{bad}");
        }
    }

    #[test]
    fn a_group_holds_those_whom_it_names() {
        use CustomerKind::{Driver, Employee, Person};
        for (group, fleet, kind, own, holds) in [
            (TargetGroup::All, None, None, None, true),
            (TargetGroup::Person, None, Some(Person), None, true),
            (TargetGroup::Person, None, None, None, false),
            (TargetGroup::Driver, None, Some(Employee), Some(1), false),
            (TargetGroup::Driver, None, Some(Driver), Some(1), true),
            (TargetGroup::Fleet, Some(1), Some(Driver), Some(1), true),
            (TargetGroup::Fleet, Some(1), Some(Driver), Some(2), false),
            (TargetGroup::Fleet, None, Some(Driver), None, false),
        ] {
            assert_eq!(group.holds(fleet, kind, own), holds, "{group:?} {fleet:?} {kind:?} {own:?}");
        }
    }

    #[test]
    fn an_end_comes_after_its_beginning() {
        assert!(times_checked(Some(5), Some(6)).is_ok() && times_checked(None, Some(6)).is_ok());
        assert_eq!(times_checked(Some(5), Some(5)).unwrap_err().field.unwrap(), "until_ms");
        assert_eq!(times_checked(Some(-1), None).unwrap_err().field.unwrap(), "from_ms");
        assert_eq!(times_checked(None, Some(i64::MAX)).unwrap_err().field.unwrap(), "until_ms");
    }
}
