//! Charging profiles as a pile keeps them (OCPP 1.6 section 3.13): of each purpose the highest stack level
//! that has something to say now; a session's own before the standing one; never above that of the whole pile.

use model::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};

/// One phase of a Chinese AC pile, for limits in amperes.
const VOLTS: i64 = 220;
const PROFILES_MAX: usize = 40;

#[derive(Clone, Debug)]
struct Profile {
    id: i64,
    connector: i64,
    stack: i64,
    purpose: String,
    transaction: Option<i64>,
    relative: bool,
    daily: bool,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    start: Timestamp,
    duration_ms: Option<i64>,
    /// Seconds from the start, and watts from then on.
    periods: Vec<(i64, i64)>,
}

#[derive(Clone, Debug, Default)]
pub struct Profiles(Vec<Profile>);

/// A session as its profiles see it.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    pub transaction: Option<i64>,
    pub began: Timestamp,
}

impl Profiles {
    /// Takes a profile; false when it is none that this pile could keep.
    pub fn set(&mut self, connector: i64, profile: &Value, running: Option<Running>, now: Timestamp) -> bool {
        let Some(read) = Profile::read(connector, profile, now) else { return false };
        let own = read.purpose == "TxProfile";
        let fits = running.is_some_and(|r| read.transaction.is_none_or(|t| Some(t) == r.transaction));
        if (own && (connector == 0 || !fits)) || (read.purpose == "ChargePointMaxProfile" && connector != 0) {
            return false;
        }
        let same = |known: &Profile| {
            known.id == read.id
                || (known.connector, known.stack, &known.purpose)
                    == (read.connector, read.stack, &read.purpose)
        };
        self.0.retain(|known| !same(known));
        if self.0.len() >= PROFILES_MAX {
            return false;
        }
        let transaction = if own { running.and_then(|r| r.transaction) } else { None };
        self.0.push(Profile { transaction, ..read });
        true
    }

    /// Whether anything was there to be cleared.
    pub fn clear(&mut self, asked: &Value) -> bool {
        let before = self.0.len();
        let wants = |name: &str, value: i64| asked[name].as_i64().is_none_or(|wanted| wanted == value);
        self.0.retain(|known| {
            let purpose = asked["chargingProfilePurpose"].as_str().is_none_or(|p| p == known.purpose);
            !(wants("id", known.id)
                && wants("connectorId", known.connector)
                && wants("stackLevel", known.stack)
                && purpose)
        });
        self.0.len() < before
    }

    /// The session on this connector is over, and with it what was meant for it.
    pub fn session_ended(&mut self, connector: i64) {
        self.0.retain(|known| known.purpose != "TxProfile" || known.connector != connector);
    }

    /// What the connector may give now; `active`: among how many what the pile may give is shared.
    pub fn limit_w(&self, connector: i64, running: Running, active: i64, now: Timestamp) -> Option<i64> {
        let best = |purpose: &str, of: &dyn Fn(&Profile) -> bool| {
            let fitting = self.0.iter().filter(|p| p.purpose == purpose && of(p));
            let now_said =
                fitting.filter_map(|p| p.power_w(running.began, now).map(|power| (p.stack, power)));
            now_said.max_by_key(|(stack, _)| *stack).map(|(_, power)| power)
        };
        let own = best("TxProfile", &|p| p.connector == connector && p.transaction == running.transaction);
        let standing = own.or_else(|| best("TxDefaultProfile", &|p| p.connector == connector));
        let standing = standing.or_else(|| best("TxDefaultProfile", &|p| p.connector == 0));
        let whole = best("ChargePointMaxProfile", &|_| true).map(|power| power / active.max(1));
        match (standing, whole) {
            (Some(standing), Some(whole)) => Some(standing.min(whole)),
            (one, other) => one.or(other),
        }
    }

    /// GetCompositeSchedule: what will hold, minute by minute, as long as it changes.
    pub fn composite(
        &self,
        connector: i64,
        running: Running,
        rated_w: i64,
        seconds: i64,
        now: Timestamp,
    ) -> Value {
        let seconds = seconds.clamp(0, DAY_MS / 1_000);
        let mut periods: Vec<(i64, i64)> = Vec::new();
        for at in (0..=seconds.max(1) - 1).step_by(60) {
            let limit = self.limit_w(connector, running, 1, now.plus_ms(at * 1_000)).unwrap_or(rated_w);
            if periods.last().is_none_or(|(_, known)| *known != limit) {
                periods.push((at, limit));
            }
        }
        let periods: Vec<Value> =
            periods.iter().map(|(at, limit)| json!({ "startPeriod": at, "limit": limit })).collect();
        json!({
            "status": "Accepted",
            "connectorId": connector,
            "scheduleStart": now.rfc3339(),
            "chargingSchedule": {
                "duration": seconds,
                "startSchedule": now.rfc3339(),
                "chargingRateUnit": "W",
                "chargingSchedulePeriod": periods,
            },
        })
    }
}

impl Profile {
    fn read(connector: i64, profile: &Value, now: Timestamp) -> Option<Profile> {
        let time = |value: &Value| value.as_str().and_then(Timestamp::parse);
        let schedule = &profile["chargingSchedule"];
        let factor = if schedule["chargingRateUnit"] == "A" { VOLTS } else { 1 };
        let periods = schedule["chargingSchedulePeriod"].as_array()?.iter().filter_map(|period| {
            #[expect(clippy::cast_possible_truncation, reason = "watts of a pile")]
            let limit = period["limit"].as_f64()? as i64;
            let phases = if factor > 1 { period["numberPhases"].as_i64().unwrap_or(1) } else { 1 };
            Some((period["startPeriod"].as_i64()?, limit * factor * phases))
        });
        let kind = profile["chargingProfileKind"].as_str()?;
        Some(Profile {
            id: profile["chargingProfileId"].as_i64()?,
            connector,
            stack: profile["stackLevel"].as_i64()?,
            purpose: profile["chargingProfilePurpose"].as_str()?.to_owned(),
            transaction: profile["transactionId"].as_i64(),
            relative: kind == "Relative",
            daily: kind == "Recurring",
            from: time(&profile["validFrom"]),
            to: time(&profile["validTo"]),
            start: time(&schedule["startSchedule"]).unwrap_or(now),
            duration_ms: schedule["duration"].as_i64().map(|seconds| seconds * 1_000),
            periods: periods.collect(),
        })
    }

    fn power_w(&self, began: Timestamp, now: Timestamp) -> Option<i64> {
        let valid = self.from.is_none_or(|from| from <= now) && self.to.is_none_or(|to| now < to);
        let mut since = now.since(if self.relative { began } else { self.start });
        if self.daily {
            since = since.rem_euclid(DAY_MS);
        }
        let runs = since >= 0 && self.duration_ms.is_none_or(|duration| since < duration);
        let period = self.periods.iter().rev().find(|(start, _)| start * 1_000 <= since);
        period.filter(|_| valid && runs).map(|(_, power)| *power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_784_100_000_000);

    fn profile(id: i64, purpose: &str, stack: i64, limit: i64, seconds: Option<i64>) -> Value {
        let mut schedule = json!({
            "chargingRateUnit": "W", "startSchedule": NOW.rfc3339(),
            "chargingSchedulePeriod": [{ "startPeriod": 0, "limit": limit }],
        });
        if let Some(seconds) = seconds {
            schedule["duration"] = json!(seconds);
        }
        json!({
            "chargingProfileId": id, "stackLevel": stack, "chargingProfilePurpose": purpose,
            "chargingProfileKind": "Absolute", "chargingSchedule": schedule,
        })
    }

    #[test]
    fn purposes_levels_and_ends() {
        let running = Running { transaction: Some(7), began: NOW };
        let mut profiles = Profiles::default();
        let limit =
            |profiles: &Profiles, seconds: i64| profiles.limit_w(1, running, 2, NOW.plus_ms(seconds * 1_000));
        assert_eq!(limit(&profiles, 0), None);
        assert!(profiles.set(0, &profile(1, "TxDefaultProfile", 0, 9_000, None), None, NOW));
        assert!(profiles.set(1, &profile(2, "TxDefaultProfile", 1, 5_000, Some(100)), None, NOW));
        assert_eq!((limit(&profiles, 99), limit(&profiles, 100)), (Some(5_000), Some(9_000)));
        assert!(!profiles.set(1, &profile(3, "TxProfile", 0, 20_000, Some(600)), None, NOW), "no session");
        assert!(profiles.set(1, &profile(3, "TxProfile", 0, 20_000, Some(600)), Some(running), NOW));
        assert_eq!((limit(&profiles, 599), limit(&profiles, 600)), (Some(20_000), Some(9_000)));
        assert!(profiles.set(0, &profile(4, "ChargePointMaxProfile", 0, 24_000, None), None, NOW));
        assert_eq!(limit(&profiles, 1), Some(12_000), "the half of what two share");
        let schedule = profiles.composite(1, running, 60_000, 1_200, NOW);
        let periods = &schedule["chargingSchedule"]["chargingSchedulePeriod"];
        assert_eq!(
            periods,
            &json!([{ "startPeriod": 0, "limit": 20_000 }, { "startPeriod": 600, "limit": 9_000 }])
        );
        profiles.session_ended(1);
        assert_eq!(limit(&profiles, 1), Some(5_000));
        assert!(profiles.clear(&json!({ "chargingProfilePurpose": "TxDefaultProfile" })));
        assert!(!profiles.clear(&json!({ "id": 99 })));
    }
}
