//! 客服反馈: what people complain of, suggest and ask, and how far we are with it.

use crate::{Error, Result};

crate::words! {
    /// 反馈来源
    FeedbackSource {
        MiniProgram = "mini_program",
        App = "app",
        Phone = "phone",
        Site = "site",
        /// Another platform whose users charge here.
        Peer = "peer",
        /// 12345 and the like
        Hotline = "hotline",
    }

    /// 反馈类型
    FeedbackKind {
        Complaint = "complaint",
        Suggestion = "suggestion",
        Question = "question",
        Fault = "fault",
    }

    FeedbackState {
        /// 待处理
        Waiting = "waiting",
        /// 处理中
        Working = "working",
        /// 待用户确认
        Answered = "answered",
        /// 已关闭
        Closed = "closed",
        /// 已合并: goes on in another one.
        Merged = "merged",
    }

    /// What was done with it.
    FeedbackAction {
        Create = "create",
        Accept = "accept",
        Assign = "assign",
        Reply = "reply",
        Note = "note",
        LinkOrder = "link_order",
        Merge = "merge",
        Close = "close",
        Reopen = "reopen",
        /// 升级: a chief is to look at it.
        Escalate = "escalate",
        /// 评价: by the person who wrote.
        Rate = "rate",
    }
}

impl FeedbackState {
    pub fn is_open(self) -> bool {
        !matches!(self, FeedbackState::Closed | FeedbackState::Merged)
    }

    /// The state after an action, if it may be done now.
    pub fn after(self, action: FeedbackAction) -> Result<FeedbackState> {
        use FeedbackAction::*;
        use FeedbackState::*;
        match (self, action) {
            (Merged, _) => Err(Error::refused(
                "feedback.merged",
                "该反馈已合并，请到合并后的反馈中处理",
                "This feedback was merged; go on in the one that it was merged into.",
            )),
            (Waiting, Accept) => Ok(Working),
            (Working | Answered | Closed, Accept) => Err(Error::refused(
                "feedback.accepted",
                "该反馈已有人受理，请刷新后查看",
                "Somebody has accepted this feedback already; reload the page.",
            )),
            (Closed, Reopen) => Ok(Working),
            (_, Reopen) => Err(Error::refused(
                "feedback.open",
                "该反馈尚未关闭，不需要重开",
                "This feedback is not closed.",
            )),
            (Answered | Closed, Rate) => Ok(self),
            (_, Rate) => Err(Error::refused(
                "feedback.not_answered",
                "客服还没有答复，收到答复后即可评价",
                "Nobody has answered yet; it can be rated as soon as there is an answer.",
            )),
            (Closed, Assign | Reply | Merge | Close | Escalate) => Err(Error::refused(
                "feedback.closed",
                "该反馈已关闭；如需继续处理请先重开",
                "This feedback is closed; reopen it first.",
            )),
            (_, Assign) => Ok(Working),
            (_, Reply) => Ok(Answered),
            (_, Merge) => Ok(FeedbackState::Merged),
            (_, Close) => Ok(Closed),
            (same, Create | Note | LinkOrder | Escalate) => Ok(same),
        }
    }
}

impl FeedbackKind {
    /// How soon somebody answers, and how soon it is closed, as long as nobody has set it otherwise.
    pub fn limits_default(self) -> FeedbackLimit {
        let (answer_minutes, close_minutes) = match self {
            FeedbackKind::Fault => (30, 24 * 60),
            FeedbackKind::Complaint => (60, 48 * 60),
            FeedbackKind::Question => (120, 48 * 60),
            FeedbackKind::Suggestion => (24 * 60, 7 * 24 * 60),
        };
        FeedbackLimit { answer_minutes, close_minutes }
    }
}

/// What we promise: minutes until the first answer and until the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackLimit {
    pub answer_minutes: i64,
    pub close_minutes: i64,
}

/// 反馈编号: the day and the id.
pub fn feedback_no(day: i64, id: i64) -> String {
    format!("F{day}{id:06}")
}

/// 138****1234: enough to recognise a number one knows.
pub fn phone_masked(phone: &str) -> String {
    let count = phone.chars().count();
    if count < 8 {
        return "*".repeat(count);
    }
    let head: String = phone.chars().take(3).collect();
    let tail: String = phone.chars().skip(count - 4).collect();
    format!("{head}****{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_allows_what_makes_sense_and_refuses_the_rest() {
        use FeedbackAction::*;
        use FeedbackState::*;
        for (state, action, then) in [
            (Waiting, Accept, Some(Working)),
            (Waiting, Reply, Some(Answered)),
            (Waiting, Close, Some(Closed)),
            (Working, Accept, None),
            (Working, Reopen, None),
            (Answered, Reply, Some(Answered)),
            (Answered, Assign, Some(Working)),
            (Closed, Reply, None),
            (Closed, Note, Some(Closed)),
            (Closed, Reopen, Some(Working)),
            (Working, Merge, Some(Merged)),
            (Closed, Merge, None),
            (Merged, Reopen, None),
            (Merged, Note, None),
            (Waiting, Escalate, Some(Waiting)),
            (Closed, Escalate, None),
            (Working, Rate, None),
            (Answered, Rate, Some(Answered)),
            (Closed, Rate, Some(Closed)),
            (Merged, Rate, None),
        ] {
            assert_eq!(state.after(action).ok(), then, "{state:?} {action:?}");
        }
        assert!(Answered.is_open() && !Merged.is_open());
    }

    #[test]
    fn words_read_back() {
        for source in FeedbackSource::ALL {
            assert_eq!(FeedbackSource::parse(source.as_str()), Some(*source));
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
        }
        assert_eq!(feedback_no(20_261_123, 12), "F20261123000012");
        assert_eq!(phone_masked("13812345678"), "138****5678");
        assert_eq!(phone_masked("12345"), "*****");
    }
}
