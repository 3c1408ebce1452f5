//! 工单: something that somebody is to do on site, from the word that it is wanted to its acceptance by another person.

use crate::{Error, Result};

crate::words! {
    /// 工单来源
    WorkOrderKind {
        Alarm = "alarm",
        Feedback = "feedback",
        /// 人工: somebody wants it.
        Manual = "manual",
        /// 巡检: its plan wants it.
        Inspection = "inspection",
        /// 隐患: something that could become dangerous, found and to be put right.
        Danger = "danger",
    }

    /// 工单状态
    WorkOrderState {
        /// 待接单
        Waiting = "waiting",
        /// 已接单
        Accepted = "accepted",
        /// 已到场
        OnSite = "on_site",
        /// 待验收
        Done = "done",
        /// 已完成
        Closed = "closed",
        /// 已取消
        Cancelled = "cancelled",
    }

    /// What was done with it.
    WorkOrderAction {
        Create = "create",
        /// 派单
        Assign = "assign",
        /// 接单
        Accept = "accept",
        /// 到场
        Arrive = "arrive",
        /// 完工
        Finish = "finish",
        /// 验收通过, by another person.
        Confirm = "confirm",
        /// 验收驳回
        Reject = "reject",
        Cancel = "cancel",
        Note = "note",
        /// 上传照片
        Photo = "photo",
        /// 超时升级
        Escalate = "escalate",
    }
}

impl WorkOrderState {
    pub fn is_open(self) -> bool {
        !matches!(self, WorkOrderState::Closed | WorkOrderState::Cancelled)
    }

    /// The state after an action, if it may be done now.
    pub fn after(self, action: WorkOrderAction) -> Result<WorkOrderState> {
        use WorkOrderAction::*;
        use WorkOrderState::*;
        let refused =
            |code: &'static str, zh: &'static str, en: &'static str| Err(Error::refused(code, zh, en));
        match (self, action) {
            (_, Note) => Ok(self),
            (Closed | Cancelled, _) => refused(
                "work_order.over",
                "该工单已结束；如需继续处理请新建工单",
                "This work order is over; make another one if there is more to do.",
            ),
            (_, Photo) => Ok(self),
            (Waiting | Accepted | OnSite, Assign) => Ok(Waiting),
            (Done, Assign) => refused(
                "work_order.done",
                "该工单已完工，正在等待验收；需要返工请先驳回",
                "It is done and awaits its acceptance; reject it first if there is more to do.",
            ),
            (Waiting, Accept) => Ok(Accepted),
            (_, Accept) => refused(
                "work_order.accepted",
                "该工单已有人接单，请刷新后查看",
                "Somebody has taken it already; reload the page.",
            ),
            (Waiting | Accepted, Arrive) => Ok(OnSite),
            (OnSite | Done, Arrive) => refused(
                "work_order.arrived",
                "已登记到场，请刷新后查看",
                "That somebody is on site is known already; reload the page.",
            ),
            (Accepted | OnSite, Finish) => Ok(Done),
            (Waiting, Finish) => refused(
                "work_order.not_accepted",
                "请先接单，再登记完工",
                "Take it first, then say that it is done.",
            ),
            (Done, Finish) => refused(
                "work_order.done",
                "已登记完工，正在等待验收，请刷新后查看",
                "It is done already and awaits its acceptance; reload the page.",
            ),
            (Done, Confirm) => Ok(Closed),
            (Done, Reject) => Ok(Accepted),
            (_, Confirm | Reject) => refused(
                "work_order.not_done",
                "工单完工后才能验收",
                "It can be accepted or rejected only when it is done.",
            ),
            (_, Cancel) => Ok(Cancelled),
            (_, Create | Escalate) => Err(Error::invalid(
                "action",
                "该动作由系统产生，不能手动执行",
                "That is done by the system, not by people.",
            )),
        }
    }
}

/// 工单编号: the day and the id.
pub fn work_order_no(day: i64, id: i64) -> String {
    format!("W{day}{id:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_1a_a_work_order_goes_its_way_and_no_other() {
        use WorkOrderAction::*;
        use WorkOrderState::*;
        for (state, action, then) in [
            (Waiting, Accept, Some(Accepted)),
            (Waiting, Arrive, Some(OnSite)),
            (Waiting, Finish, None),
            (Accepted, Arrive, Some(OnSite)),
            (Accepted, Finish, Some(Done)),
            (OnSite, Finish, Some(Done)),
            (Done, Finish, None),
            (Done, Confirm, Some(Closed)),
            (Done, Reject, Some(Accepted)),
            (OnSite, Confirm, None),
            (OnSite, Assign, Some(Waiting)),
            (Done, Assign, None),
            (Closed, Note, Some(Closed)),
            (Closed, Assign, None),
            (Cancelled, Accept, None),
            (Done, Cancel, Some(Cancelled)),
            (Waiting, Escalate, None),
        ] {
            assert_eq!(state.after(action).ok(), then, "{state:?} {action:?}");
        }
        assert_eq!(work_order_no(20_261_123, 12), "W20261123000012");
    }
}
