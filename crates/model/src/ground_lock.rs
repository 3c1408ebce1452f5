//! 地锁: what keeps a place before a connector free.

use crate::id::ConnectorNo;

/// What the pile says of one lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroundLockReport {
    pub connector: ConnectorNo,
    pub state: GroundLockState,
    /// Whether a car stands there; `None` when the pile says something that is not in the table.
    pub occupied: Option<bool>,
    pub battery_percent: Option<i64>,
    pub alarm: Option<GroundLockAlarm>,
}

crate::words! {
    GroundLockState {
        /// 未到位
        Moving = "moving",
        /// 升锁到位
        Raised = "raised",
        /// 降锁到位
        Lowered = "lowered",
        Unknown = "unknown",
    }

    GroundLockAlarm {
        /// 待机状态摇臂破坏
        ArmDamaged = "arm_damaged",
        /// 摇臂升降异常
        ArmAbnormal = "arm_abnormal",
        Other = "other",
    }
}
