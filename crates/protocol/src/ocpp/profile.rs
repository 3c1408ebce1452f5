//! Charging profiles of all versions in the words of charging (1.6 section 7.8, 2.x ChargingProfileType).

use crate::ocpp::json::Node;
use model::id::ConnectorNo;
use model::profile::{ChargingProfile, ProfileChange, ProfilePeriod};
use model::time::Timestamp;
use serde_json::Value;

/// A pile may tell of so many periods in one profile; more are left away.
const PERIODS_MAX: usize = 1_024;

/// What an operation that the pile has accepted has changed.
pub fn changes(action: &str, payload: &Value) -> Vec<ProfileChange> {
    let set = |connector: &Value, profile: &Value| {
        profile_of(connector_of(connector), profile).map(ProfileChange::Set).into_iter().collect()
    };
    match action {
        "SetChargingProfile" if payload.get("csChargingProfiles").is_some() => {
            set(&payload["connectorId"], &payload["csChargingProfiles"])
        }
        "SetChargingProfile" => set(&payload["evseId"], &payload["chargingProfile"]),
        "ClearChargingProfile" => vec![cleared(payload)],
        // A profile that comes with a start is for the session that begins.
        _ => Vec::new(),
    }
}

fn cleared(payload: &Value) -> ProfileChange {
    let criteria = payload.get("chargingProfileCriteria").unwrap_or(payload);
    let connector = criteria.get("connectorId").or(criteria.get("evseId"));
    ProfileChange::Cleared {
        profile_no: payload.get("id").or(payload.get("chargingProfileId")).and_then(Value::as_i64),
        connector_no: connector.filter(|no| no.is_i64() || no.is_u64()).map(connector_of),
        purpose: criteria.get("chargingProfilePurpose").and_then(Value::as_str).map(str::to_owned),
        stack_level: criteria.get("stackLevel").and_then(Value::as_i64),
    }
}

/// What ReportChargingProfiles, NotifyChargingLimit and ClearedChargingLimit of 2.x say.
pub fn reported(action: &str, payload: &Node) -> Vec<ProfileChange> {
    told(action, &payload.value())
}

fn told(action: &str, payload: &Value) -> Vec<ProfileChange> {
    let connector = connector_of(&payload["evseId"]);
    let list = |name: &str| payload[name].as_array().cloned().unwrap_or_default();
    match action {
        "ReportChargingProfiles" => {
            let profiles = list("chargingProfile");
            profiles.iter().filter_map(|one| profile_of(connector, one)).map(ProfileChange::Set).collect()
        }
        "NotifyChargingLimit" => {
            let schedule = list("chargingSchedule").into_iter().next().unwrap_or(Value::Null);
            vec![ProfileChange::Limited {
                connector_no: connector,
                source: text(&payload["chargingLimit"]["chargingLimitSource"]),
                unit: text(&schedule["chargingRateUnit"]),
                periods: periods(&schedule),
            }]
        }
        _ => {
            vec![ProfileChange::Freed {
                connector_no: connector,
                source: text(&payload["chargingLimitSource"]),
            }]
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('\0', "\u{fffd}")
}

fn connector_of(value: &Value) -> ConnectorNo {
    value.as_u64().and_then(|no| ConnectorNo::try_from(no).ok()).unwrap_or(0)
}

fn periods(schedule: &Value) -> Vec<ProfilePeriod> {
    let all = schedule["chargingSchedulePeriod"].as_array().into_iter().flatten();
    let period = |one: &Value| {
        // One decimal is all that the standard allows; what is finer does not matter to who reads it.
        #[expect(clippy::cast_possible_truncation, reason = "a limit of a pile")]
        let limit_tenths = (one["limit"].as_f64()? * 10.0).round() as i64;
        Some(ProfilePeriod { start_s: one["startPeriod"].as_i64()?, limit_tenths })
    };
    all.filter_map(period).take(PERIODS_MAX).collect()
}

fn profile_of(connector_no: ConnectorNo, profile: &Value) -> Option<ChargingProfile> {
    let schedule = match &profile["chargingSchedule"] {
        Value::Array(all) => all.first()?.clone(),
        one => one.clone(),
    };
    let time = |value: &Value| value.as_str().and_then(Timestamp::parse);
    let kind = text(&profile["chargingProfileKind"]);
    let start = time(&schedule["startSchedule"]).filter(|_| kind == "Absolute");
    let duration = schedule["duration"].as_i64();
    let ends = start.zip(duration).map(|(start, seconds)| start.plus_ms(seconds.saturating_mul(1_000)));
    let (from, until) = (time(&profile["validFrom"]), time(&profile["validTo"]));
    let session = match &profile["transactionId"] {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Some(ChargingProfile {
        connector_no,
        profile_no: profile.get("chargingProfileId").or(profile.get("id"))?.as_i64()?,
        purpose: text(&profile["chargingProfilePurpose"]),
        kind,
        stack_level: profile["stackLevel"].as_i64().unwrap_or(0),
        session,
        from: from.max(start),
        until: match (until, ends) {
            (Some(until), Some(ends)) => Some(until.min(ends)),
            (one, other) => one.or(other),
        },
        unit: text(&schedule["chargingRateUnit"]),
        periods: periods(&schedule),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_profile_is_read_from_both_versions() {
        let start = "2026-07-15T04:00:00Z";
        let at = Timestamp::parse(start).unwrap();
        let schedule = json!({
            "duration": 600, "startSchedule": start, "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{ "startPeriod": 0, "limit": 16.5 }, { "startPeriod": 60, "limit": 6 }],
        });
        let old = json!({ "connectorId": 1, "csChargingProfiles": {
            "chargingProfileId": 7, "stackLevel": 2, "chargingProfilePurpose": "TxProfile", "transactionId": 9,
            "chargingProfileKind": "Absolute", "validTo": "2026-07-15T05:00:00Z", "chargingSchedule": schedule,
        } });
        let recent = json!({ "evseId": 1, "chargingProfile": {
            "id": 7, "stackLevel": 2, "chargingProfilePurpose": "TxProfile", "transactionId": "9",
            "chargingProfileKind": "Absolute", "validTo": "2026-07-15T05:00:00Z", "chargingSchedule": [schedule],
        } });
        let read = |payload: &Value| changes("SetChargingProfile", payload);
        assert_eq!(read(&old), read(&recent));
        let ProfileChange::Set(profile) = &read(&old)[0] else { panic!() };
        assert_eq!((profile.from, profile.until), (Some(at), Some(at.plus_ms(600_000))));
        assert_eq!(profile.periods[0], ProfilePeriod { start_s: 0, limit_tenths: 165 });
        assert!(profile.may_hold(at) && !profile.may_hold(at.plus_ms(600_000)));
        assert_eq!(changes("SetChargingProfile", &json!({})), []);
        let all = changes("ClearChargingProfile", &json!({}));
        let nothing =
            ProfileChange::Cleared { profile_no: None, connector_no: None, purpose: None, stack_level: None };
        assert_eq!(all, [nothing]);
        let limit = json!({ "evseId": 2, "chargingLimit": { "chargingLimitSource": "EMS" } });
        assert!(matches!(&told("NotifyChargingLimit", &limit)[0],
            ProfileChange::Limited { connector_no: 2, source, .. } if source == "EMS"));
    }
}
