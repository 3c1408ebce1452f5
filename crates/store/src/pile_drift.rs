//! 期望状态 as staff see it: every item of a pile under one roof, and how many of a list's piles are out of
//! step.

use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use crate::pile_desired::of_pile;
use crate::pile_list::{PileFacts, masked};
use crate::pile_lists;
use model::desired::{DesiredKind, DesiredState};
use model::id::PileId;
use model::tariff_plan::{DeliveryState, TariffMatch};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileDesired {
    pub kind: DesiredKind,
    /// The configuration key; empty otherwise.
    pub item: String,
    /// Of a key its value, of a tariff its name, of a list how many cards, of a clock the seconds allowed.
    pub wished: Option<String>,
    /// What the pile has said of it; of a clock the seconds by which it differs.
    pub reported: Option<String>,
    pub reported_at_ms: Option<i64>,
    pub state: DesiredState,
    pub since_ms: Option<i64>,
    pub attempts: i64,
    pub last_try_ms: Option<i64>,
    pub next_try_ms: Option<i64>,
    /// Why it has not come to that, in the reader's language.
    pub message: Option<String>,
    /// The profile that wishes it.
    pub profile_id: Option<i64>,
    pub profile_name: Option<String>,
}

/// All of one pile: its tariff and clock, which have ways of their own, and what is kept here. The caller
/// has found the pile in the caller's scope. `tolerance_ms`: by how much its clock may differ.
pub fn pile_desired_list(
    conn: &mut Conn,
    pile: &PileFacts,
    skew_ms: Option<i64>,
    tolerance_ms: i64,
) -> DbResult<Vec<PileDesired>> {
    let mut all: Vec<PileDesired> = tariff(conn, pile)?.into_iter().collect();
    all.push(clock(pile, skew_ms, tolerance_ms));
    let names: HashMap<i64, String> = conn
        .query(
            "SELECT DISTINCT w.id, w.name FROM configuration_profile w JOIN pile_desired d ON d.profile_id = w.id \
             WHERE d.pile_id = $1",
            &[pile.id.into()],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )?
        .into_iter()
        .collect();
    let kept = of_pile(conn, PileId(pile.id))?;
    all.extend(kept.into_iter().map(|one| PileDesired {
        kind: one.kind,
        item: one.item,
        wished: Some(one.wished),
        reported: one.reported,
        reported_at_ms: one.reported_at.map(model::time::Timestamp::as_ms),
        state: one.state,
        since_ms: Some(one.since.as_ms()),
        attempts: one.attempts,
        last_try_ms: one.last_try.map(model::time::Timestamp::as_ms),
        next_try_ms: one.next_try.map(model::time::Timestamp::as_ms),
        message: one.message,
        profile_name: one.profile.and_then(|id| names.get(&id).cloned()),
        profile_id: one.profile,
    }));
    all.sort_by_key(|one| match one.kind {
        DesiredKind::Tariff => 0,
        DesiredKind::Clock => 1,
        DesiredKind::LocalList => 2,
        DesiredKind::Configuration => 3,
    });
    Ok(all)
}

/// Of a pile that keeps one.
fn tariff(conn: &mut Conn, pile: &PileFacts) -> DbResult<Option<PileDesired>> {
    let state = match pile.tariff_match {
        TariffMatch::NotNeeded => return Ok(None),
        TariffMatch::Same => DesiredState::Same,
        TariffMatch::Different => DesiredState::Different,
        TariffMatch::Unknown => DesiredState::Unknown,
    };
    let sql = "SELECT state, attempts, next_try_ms, message, sent_at_ms, ended_at_ms, from_ms FROM tariff_delivery \
         WHERE pile_id = $1 ORDER BY from_ms DESC LIMIT 1";
    let tried = conn.find(sql, &[pile.id.into()], |row| {
        Ok((
            row.word(0, DeliveryState::parse)?,
            row.int(1)?,
            row.int_opt(2)?,
            row.text_opt(3)?,
            row.int_opt(4)?,
            row.int(6)?,
        ))
    })?;
    let mut one = PileDesired {
        kind: DesiredKind::Tariff,
        item: String::new(),
        wished: pile.tariff_name.clone(),
        reported: pile.has_model_no.map(|no| no.to_string()),
        reported_at_ms: pile.told_model_ms,
        state,
        since_ms: None,
        attempts: 0,
        last_try_ms: None,
        next_try_ms: None,
        message: None,
        profile_id: None,
        profile_name: None,
    };
    if let Some((delivery, attempts, next_try_ms, message, sent_at_ms, from_ms)) = tried {
        (one.attempts, one.last_try_ms, one.since_ms) = (attempts, sent_at_ms, Some(from_ms));
        if state == DesiredState::Different {
            (one.next_try_ms, one.message) = (next_try_ms, message);
            match delivery {
                DeliveryState::Sent => one.state = DesiredState::Sent,
                DeliveryState::Refused => one.state = DesiredState::Refused,
                _ => {}
            }
        }
    }
    Ok(Some(one))
}

fn clock(pile: &PileFacts, skew_ms: Option<i64>, tolerance_ms: i64) -> PileDesired {
    let state = match skew_ms {
        Some(skew) if skew.abs() > tolerance_ms => DesiredState::Different,
        _ if pile.last_seen_ms.is_none() => DesiredState::Unknown,
        _ => DesiredState::Same,
    };
    PileDesired {
        kind: DesiredKind::Clock,
        item: String::new(),
        wished: Some((tolerance_ms / 1_000).to_string()),
        reported: pile.last_seen_ms.map(|_| (skew_ms.unwrap_or(0) / 1_000).to_string()),
        reported_at_ms: pile.last_seen_ms,
        state,
        since_ms: None,
        attempts: 0,
        last_try_ms: None,
        next_try_ms: None,
        message: None,
        profile_id: None,
        profile_name: None,
    }
}

/// Narrows a list of piles `p` to those that are out of step, or in step.
pub(crate) fn narrow(filter: &mut Filter, drift: Option<bool>) {
    const OUT: &str = "p.id IN (SELECT pile_id FROM pile_desired WHERE state <> 'same')";
    match drift {
        Some(true) => filter.and(OUT),
        Some(false) => filter.and(&format!("NOT {OUT}")),
        None => {}
    }
}

/// How many items of each pile of a page are out of step.
pub(crate) fn count<'a>(conn: &mut Conn, piles: impl Iterator<Item = &'a mut PileFacts>) -> DbResult<()> {
    let mut piles: Vec<&mut PileFacts> = piles.collect();
    if piles.is_empty() {
        return Ok(());
    }
    let mut filter = Filter::new();
    let ids = filter.bind_all(piles.iter().map(|pile| pile.id));
    let sql = format!(
        "SELECT pile_id, COUNT(*), SUM(CASE WHEN state <> 'same' THEN 1 ELSE 0 END) FROM pile_desired \
         WHERE pile_id IN ({ids}) GROUP BY pile_id"
    );
    let counts = conn.query(&sql, &filter.values, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?;
    for (id, all, out) in counts {
        if let Some(pile) = piles.iter_mut().find(|pile| pile.id == id) {
            (pile.desired_count, pile.drift_count) = (all, out);
        }
    }
    Ok(())
}

/// 离线名单 of one pile.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LocalListView {
    pub version: i64,
    /// When the pile last took a change of it.
    pub taken_at_ms: Option<i64>,
    pub cards: Vec<LocalListCard>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LocalListCard {
    /// Its last four characters.
    pub tag: String,
    pub group: Option<String>,
    pub expires_at_ms: Option<i64>,
}

pub fn pile_local_list_get(conn: &mut Conn, pile: PileId) -> DbResult<LocalListView> {
    let list = pile_lists::get(conn, pile)?.unwrap_or_default();
    let cards = list.cards.iter().map(|card| LocalListCard {
        tag: masked(&card.tag),
        group: card.group.clone(),
        expires_at_ms: card.expires_at_ms,
    });
    let taken_at_ms = list.taken_at.map(model::time::Timestamp::as_ms);
    Ok(LocalListView { version: list.version, taken_at_ms, cards: cards.collect() })
}
