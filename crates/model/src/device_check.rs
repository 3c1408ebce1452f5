//! 检验到期: what of a pile or a station has to be inspected again and again.

crate::words! {
    DeviceCheckKind {
        /// 电能表强检
        Meter = "meter",
        /// 绝缘测试
        Insulation = "insulation",
        /// 防雷检测
        Lightning = "lightning",
        /// 灭火器检查
        Extinguisher = "extinguisher",
        /// 证书
        Certificate = "certificate",
        Other = "other",
    }

    DeviceCheckState {
        /// 有效
        Valid = "valid",
        /// 即将到期: people are reminded.
        Due = "due",
        /// 已过期
        Overdue = "overdue",
    }
}

impl DeviceCheckKind {
    pub fn alarm_code(self) -> &'static str {
        match self {
            DeviceCheckKind::Meter => "inspection:meter",
            DeviceCheckKind::Insulation => "inspection:insulation",
            DeviceCheckKind::Lightning => "inspection:lightning",
            DeviceCheckKind::Extinguisher => "inspection:extinguisher",
            DeviceCheckKind::Certificate => "inspection:certificate",
            DeviceCheckKind::Other => "inspection:other",
        }
    }
}

impl DeviceCheckState {
    /// It holds on its last day too.
    pub fn of(due_day: i64, remind_day: i64, today: i64) -> DeviceCheckState {
        if today > due_day {
            DeviceCheckState::Overdue
        } else if today >= remind_day {
            DeviceCheckState::Due
        } else {
            DeviceCheckState::Valid
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceCheckState::*;

    #[test]
    fn r6_1b_boundary_a_check_holds_on_its_last_day() {
        for (today, state) in
            [(20_261_031, Valid), (20_261_101, Due), (20_261_201, Due), (20_261_202, Overdue)]
        {
            assert_eq!(DeviceCheckState::of(20_261_201, 20_261_101, today), state, "{today}");
        }
    }
}
