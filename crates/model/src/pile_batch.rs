//! 批量操作: one thing done to several piles.

use crate::access::Permission;

crate::words! {
    PileBatchDeed {
        /// 启用
        Enable = "enable",
        /// 停用
        Disable = "disable",
        /// 转到其他充电站
        Move = "move",
        /// 设置自有计费模型, or take it away
        TariffAssign = "tariff_assign",
        /// 软重启
        Reset = "reset_soft",
        /// 校时
        ClockSet = "clock_set",
        /// 下发计费
        TariffSet = "tariff_set",
        /// 升级固件
        FirmwareUpdate = "firmware_update",
    }

    PileBatchState {
        Running = "running",
        Done = "done",
        /// A person has stopped what had not begun.
        Halted = "halted",
    }

    PileBatchRowState {
        Waiting = "waiting",
        Running = "running",
        Done = "done",
        Failed = "failed",
        /// It was stopped before anybody knew what became of it.
        Cut = "cut",
    }
}

impl PileBatchDeed {
    /// The right to do it.
    pub fn permission(self) -> Permission {
        match self {
            PileBatchDeed::Enable
            | PileBatchDeed::Disable
            | PileBatchDeed::Move
            | PileBatchDeed::TariffAssign => Permission::PileWrite,
            _ => Permission::PileCommand,
        }
    }
}
