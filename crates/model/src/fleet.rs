//! 车队: where and when its drivers may charge on its account.

use crate::card::TokenVerdict;
use crate::error::Text;
use crate::id::StationId;
use crate::time::Local;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// A week has few habits; more windows than this are a slip of the hand.
pub const FLEET_HOURS_MAX: usize = 14;
/// Stations of one fleet; beyond it, all are meant.
pub const FLEET_STATIONS_MAX: usize = 2_000;

/// A window of the week on the station's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetHours {
    /// 1 is Monday, 7 Sunday; the days on which it begins.
    pub weekdays: Vec<i64>,
    /// 0 to 1439.
    pub from_minute: i64,
    /// 1 to 1440, exclusive; on the next day when it is not after the begin.
    pub to_minute: i64,
}

impl FleetHours {
    pub fn checked(mut self) -> Result<FleetHours> {
        self.weekdays.sort_unstable();
        self.weekdays.dedup();
        if self.weekdays.is_empty() || self.weekdays.iter().any(|day| !(1..=7).contains(day)) {
            return Err(Error::invalid(
                "hours",
                "每个可用时段请至少选择一天（1 为周一，7 为周日）",
                "Choose at least one day for each window (1 is Monday, 7 Sunday).",
            ));
        }
        let clock = (0..1_440).contains(&self.from_minute) && (1..=1_440).contains(&self.to_minute);
        if !clock || self.from_minute == self.to_minute {
            return Err(Error::invalid(
                "hours",
                "可用时段的时刻应在 00:00 到 24:00 之间，开始与结束不能相同；全天请填 00:00 到 24:00",
                "A window lies between 00:00 and 24:00 and does not begin when it ends; 00:00 to 24:00 is all day.",
            ));
        }
        Ok(self)
    }

    /// A window over midnight belongs to the day on which it begins.
    fn holds(&self, weekday: i64, minute: i64) -> bool {
        let on = |day: i64| self.weekdays.contains(&day);
        if self.from_minute < self.to_minute {
            return on(weekday) && (self.from_minute..self.to_minute).contains(&minute);
        }
        let before = if weekday == 1 { 7 } else { weekday - 1 };
        (on(weekday) && minute >= self.from_minute) || (on(before) && minute < self.to_minute)
    }
}

/// What a fleet keeps its drivers to; there is none where it lets them charge everywhere and always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetLimits {
    /// What the fleet is called.
    pub name: String,
    /// In order; `None`: all.
    pub stations: Option<Vec<StationId>>,
    /// Empty: any hour.
    pub hours: Vec<FleetHours>,
}

impl FleetLimits {
    /// Why its drivers may not begin at this station now, if so.
    pub fn refusal(&self, station: StationId, local: &Local) -> Option<(TokenVerdict, Text)> {
        let name = &self.name;
        if self.stations.as_ref().is_some_and(|stations| stations.binary_search(&station).is_err()) {
            let text = Text::new(
                format!("该充电站不在车队“{name}”的可用充电站内"),
                format!("the fleet {name:?} does not charge at this station"),
            );
            return Some((TokenVerdict::FleetStation, text));
        }
        let (weekday, minute) = (local.weekday(), local.hour * 60 + local.minute);
        if self.hours.is_empty() || self.hours.iter().any(|window| window.holds(weekday, minute)) {
            return None;
        }
        let text = Text::new(
            format!("现在不在车队“{name}”的可用时段内"),
            format!("the fleet {name:?} does not charge at this hour"),
        );
        Some((TokenVerdict::FleetHours, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(weekdays: &[i64], from_minute: i64, to_minute: i64) -> FleetHours {
        FleetHours { weekdays: weekdays.to_vec(), from_minute, to_minute }
    }

    #[test]
    fn a_window_has_days_and_differs_in_its_ends() {
        assert_eq!(hours(&[7, 1, 7], 0, 1_440).checked().unwrap().weekdays, [1, 7]);
        for bad in [
            hours(&[], 0, 60),
            hours(&[0], 0, 60),
            hours(&[8], 0, 60),
            hours(&[1], 60, 60),
            hours(&[1], -1, 60),
            hours(&[1], 1_440, 60),
            hours(&[1], 0, 0),
            hours(&[1], 0, 1_441),
        ] {
            assert_eq!(bad.clone().checked().unwrap_err().field.unwrap(), "hours", "{bad:?}");
        }
    }

    #[test]
    fn a_station_and_an_hour_are_refused_for_their_own_reasons() {
        // 2026-07-15 is a Wednesday.
        let at = |day: i64, hour: i64, minute: i64| Local { day, hour, minute, second: 0 };
        let limits = |stations: Option<&[i64]>, hours: Vec<FleetHours>| FleetLimits {
            name: "东湖出租".to_owned(),
            stations: stations.map(|ids| ids.iter().map(|id| StationId(*id)).collect()),
            hours,
        };
        let night = || vec![hours(&[3], 1_320, 360)];
        use TokenVerdict::{FleetHours as Hours, FleetStation as Station};
        for (limits, local, refused) in [
            (limits(None, vec![]), at(20_260_715, 12, 0), None),
            (limits(Some(&[1, 3]), vec![]), at(20_260_715, 12, 0), Some(Station)),
            (limits(Some(&[2]), vec![]), at(20_260_715, 12, 0), None),
            (limits(None, night()), at(20_260_715, 21, 59), Some(Hours)),
            (limits(None, night()), at(20_260_715, 22, 0), None),
            (limits(None, night()), at(20_260_716, 5, 59), None),
            (limits(None, night()), at(20_260_716, 6, 0), Some(Hours)),
            (limits(None, night()), at(20_260_715, 5, 59), Some(Hours)),
            (limits(None, vec![hours(&[7], 1_320, 360)]), at(20_260_713, 1, 0), None),
            (limits(None, vec![hours(&[3], 0, 1_440)]), at(20_260_715, 23, 59), None),
            (limits(Some(&[1]), night()), at(20_260_715, 12, 0), Some(Station)),
        ] {
            let verdict = limits.refusal(StationId(2), &local).map(|(verdict, _)| verdict);
            assert_eq!(verdict, refused, "{limits:?} {local:?}");
        }
    }
}
