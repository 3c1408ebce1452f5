//! 离职交接: what somebody who leaves still has in hand, and what whoever takes it over must be allowed to do.

use crate::access::{Area, Permission, Scope};

crate::words! {
    HandoverKind {
        /// 反馈: they look after it.
        Feedback = "feedback",
        /// 异常结算: proposed, and a second person has not decided yet.
        Settlement = "settlement",
        /// 余额调整: likewise.
        WalletChange = "wallet_change",
        /// 分账: a closing or a payout, likewise.
        SharingProposal = "sharing_proposal",
        /// 调价计划: it has not taken effect.
        TariffPlan = "tariff_plan",
        /// 批量操作: still running.
        PileBatch = "pile_batch",
        /// 订单补录: checked, not confirmed.
        OrderImport = "order_import",
        /// 导出: running, or its file is still there.
        Export = "export",
    }
}

impl HandoverKind {
    /// The right without which nobody can go on with it; what stands alone needs none.
    pub fn permission(self) -> Option<Permission> {
        match self {
            HandoverKind::Feedback => Some(Permission::FeedbackWrite),
            HandoverKind::Settlement => Some(Permission::OrderSettle),
            HandoverKind::WalletChange => Some(Permission::WalletWrite),
            HandoverKind::SharingProposal => Some(Permission::SharingWrite),
            HandoverKind::TariffPlan => Some(Permission::TariffWrite),
            HandoverKind::PileBatch => Some(Permission::PileCommand),
            HandoverKind::OrderImport => Some(Permission::OrderImport),
            HandoverKind::Export => Some(Permission::OrderExport),
        }
    }
}

/// Whether somebody with the first scope sees all that somebody with the second one sees. `city_of` gives
/// the city of each station of the second, in their order.
pub fn covers(own: &Scope, other: &Scope, city_of: &[String]) -> bool {
    if own.operator.is_some() && own.operator != other.operator {
        return false;
    }
    match (&own.area, &other.area) {
        (Area::Everywhere, _) => true,
        (Area::Cities { cities }, Area::Cities { cities: wanted }) => {
            wanted.iter().all(|city| cities.contains(city))
        }
        (Area::Cities { cities }, Area::Stations { stations }) => {
            city_of.len() == stations.len() && city_of.iter().all(|city| cities.contains(city))
        }
        (Area::Stations { stations }, Area::Stations { stations: wanted }) => {
            wanted.iter().all(|station| stations.contains(station))
        }
        (_, Area::Everywhere) | (Area::Stations { .. }, Area::Cities { .. }) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{OperatorId, StationId};

    #[test]
    fn whoever_takes_over_sees_at_least_as_much() {
        let cities = |all: &[&str]| Area::Cities { cities: all.iter().map(|c| (*c).to_owned()).collect() };
        let stations =
            |all: &[i64]| Area::Stations { stations: all.iter().map(|id| StationId(*id)).collect() };
        let scope = |operator: Option<i64>, area: &Area| Scope {
            operator: operator.map(OperatorId),
            area: area.clone(),
        };
        let all = Area::Everywhere;
        for (own, other, expected) in [
            (scope(None, &all), scope(Some(1), &all), true),
            (scope(Some(1), &all), scope(Some(1), &stations(&[1])), true),
            (scope(Some(1), &all), scope(Some(2), &all), false),
            (scope(Some(1), &all), scope(None, &all), false),
            (scope(None, &cities(&["1", "2"])), scope(None, &cities(&["2"])), true),
            (scope(None, &cities(&["1"])), scope(None, &cities(&["1", "2"])), false),
            (scope(None, &cities(&["9"])), scope(None, &stations(&[7])), true),
            (scope(None, &cities(&["8"])), scope(None, &stations(&[7])), false),
            (scope(None, &stations(&[7, 8])), scope(None, &stations(&[7])), true),
            (scope(None, &stations(&[8])), scope(None, &stations(&[7])), false),
            (scope(None, &stations(&[8])), scope(None, &cities(&["9"])), false),
            (scope(None, &cities(&["9"])), scope(None, &all), false),
        ] {
            assert_eq!(covers(&own, &other, &["9".to_owned()]), expected, "{own:?} {other:?}");
        }
    }
}
