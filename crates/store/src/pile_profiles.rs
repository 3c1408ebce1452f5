//! 充电计划 of piles: the profiles that they keep as far as we know, and limits of others that they told us of.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult};
use model::Result;
use model::id::{ConnectorNo, PileId};
use model::profile::{ChargingProfile, ProfileChange, ProfilePeriod};
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Most of one pile: a hostile one must not fill the disk.
const PROFILES_MAX: i64 = 500;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileProfile {
    #[serde(flatten)]
    pub profile: ChargingProfile,
    pub told_at_ms: i64,
    /// It holds now, as far as its times and its session say, and none of a higher level or of the
    /// session's own stands before it.
    pub applies: bool,
}

/// A limit that somebody else has set to the pile.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileLimit {
    pub connector_no: ConnectorNo,
    pub source: String,
    pub unit: String,
    pub periods: Vec<ProfilePeriod>,
    pub told_at_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileProfiles {
    pub items: Vec<PileProfile>,
    pub limits: Vec<PileLimit>,
}

fn written(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| model::Error::internal())
}

fn read<T: for<'de> serde::Deserialize<'de>>(text: &str) -> DbResult<T> {
    serde_json::from_str(text)
        .map_err(|why| DbError::Fault(format!("a profile of ours is unreadable: {why}")))
}

fn set(tx: &mut Tx<'_>, pile: PileId, profile: &ChargingProfile, now: Timestamp) -> Result<()> {
    // One of the same purpose and level on the same connector takes the place of the other.
    tx.execute(
        "DELETE FROM pile_profile WHERE pile_id = $1 AND (profile_no = $2 \
         OR (connector_no = $3 AND purpose = $4 AND stack_level = $5))",
        &[
            pile.0.into(),
            profile.profile_no.into(),
            i64::from(profile.connector_no).into(),
            (&profile.purpose).into(),
            profile.stack_level.into(),
        ],
    )?;
    let body = written(profile)?;
    tx.execute(
        "INSERT INTO pile_profile (pile_id, profile_no, connector_no, purpose, stack_level, body, told_at_ms) \
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), $4, CAST($5 AS BIGINT), $6, \
         CAST($7 AS BIGINT) WHERE (SELECT COUNT(*) FROM pile_profile WHERE pile_id = $8) < $9",
        &[
            pile.0.into(),
            profile.profile_no.into(),
            i64::from(profile.connector_no).into(),
            (&profile.purpose).into(),
            profile.stack_level.into(),
            (&body).into(),
            now.as_ms().into(),
            pile.0.into(),
            PROFILES_MAX.into(),
        ],
    )?;
    Ok(())
}

/// What a pile has accepted or told, in this order.
pub fn apply(tx: &mut Tx<'_>, pile: &Pile, changes: &[ProfileChange], now: Timestamp) -> Result<()> {
    for change in changes {
        match change {
            ProfileChange::Set(profile) => set(tx, pile.id, profile, now)?,
            ProfileChange::Cleared { profile_no, connector_no, purpose, stack_level } => {
                tx.execute(
                    "DELETE FROM pile_profile WHERE pile_id = $1 \
                     AND (CAST($2 AS BIGINT) IS NULL OR profile_no = CAST($2 AS BIGINT)) \
                     AND (CAST($3 AS BIGINT) IS NULL OR connector_no = CAST($3 AS BIGINT)) \
                     AND (CAST($4 AS TEXT) IS NULL OR purpose = CAST($4 AS TEXT)) \
                     AND (CAST($5 AS BIGINT) IS NULL OR stack_level = CAST($5 AS BIGINT))",
                    &[
                        pile.id.0.into(),
                        (*profile_no).into(),
                        connector_no.map(i64::from).into(),
                        purpose.as_ref().into(),
                        (*stack_level).into(),
                    ],
                )?;
            }
            ProfileChange::Limited { connector_no, source, unit, periods } => {
                let periods = written(periods)?;
                tx.execute(
                    "INSERT INTO pile_limit (pile_id, connector_no, source, unit, periods, told_at_ms) \
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pile_id, connector_no, source) DO UPDATE \
                     SET unit = excluded.unit, periods = excluded.periods, told_at_ms = excluded.told_at_ms",
                    &[
                        pile.id.0.into(),
                        i64::from(*connector_no).into(),
                        source.into(),
                        unit.into(),
                        (&periods).into(),
                        now.as_ms().into(),
                    ],
                )?;
            }
            ProfileChange::Freed { connector_no, source } => {
                tx.execute(
                    "DELETE FROM pile_limit WHERE pile_id = $1 AND (connector_no = $2 OR CAST($3 AS BIGINT) = 0) AND source = $4",
                    &[
                        pile.id.0.into(),
                        i64::from(*connector_no).into(),
                        i64::from(*connector_no).into(),
                        source.into(),
                    ],
                )?;
            }
        }
    }
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}

/// The profiles of a pile as we know them. The caller has found the pile in the caller's scope.
pub fn pile_profile_list(conn: &mut Conn, pile: PileId, now: Timestamp) -> DbResult<PileProfiles> {
    let rows = conn.query(
        "SELECT body, told_at_ms FROM pile_profile WHERE pile_id = $1 \
         ORDER BY connector_no, purpose, stack_level DESC, profile_no",
        &[pile.0.into()],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )?;
    let running: Vec<(i64, Option<String>)> = conn.query(
        "SELECT connector_no, session_key FROM orders WHERE pile_id = $1 AND state IN ('charging', 'stopping') \
         AND state <> 'completed' AND state <> 'failed'",
        &[pile.0.into()],
        |row| Ok((row.int(0)?, row.text_opt(1)?)),
    )?;
    let runs = |profile: &ChargingProfile| {
        profile.purpose != "TxProfile"
            || running.iter().any(|(no, session)| {
                *no == i64::from(profile.connector_no)
                    && (profile.session.is_none() || profile.session == *session)
            })
    };
    let mut items = Vec::new();
    for (body, told_at_ms) in rows {
        let profile: ChargingProfile = read(&body)?;
        let applies = profile.may_hold(now) && runs(&profile);
        items.push(PileProfile { profile, told_at_ms, applies });
    }
    let holding: Vec<ChargingProfile> =
        items.iter().filter(|one| one.applies).map(|one| one.profile.clone()).collect();
    for one in &mut items {
        one.applies = one.applies && !holding.iter().any(|other| stands_before(other, &one.profile));
    }
    let limits = conn.query(
        "SELECT connector_no, source, unit, periods, told_at_ms FROM pile_limit WHERE pile_id = $1 \
         ORDER BY connector_no, source",
        &[pile.0.into()],
        |row| {
            Ok(PileLimit {
                connector_no: ConnectorNo::try_from(row.int(0)?).unwrap_or_default(),
                source: row.text(1)?,
                unit: row.text(2)?,
                periods: read(&row.text(3)?)?,
                told_at_ms: row.int(4)?,
            })
        },
    )?;
    Ok(PileProfiles { items, limits })
}

/// A higher level of the same purpose; and what a session has of its own, before what stands for all.
fn stands_before(other: &ChargingProfile, one: &ChargingProfile) -> bool {
    let same = other.purpose == one.purpose && other.connector_no == one.connector_no;
    (same && other.stack_level > one.stack_level)
        || (other.purpose == "TxProfile"
            && one.purpose == "TxDefaultProfile"
            && other.connector_no == one.connector_no)
}
