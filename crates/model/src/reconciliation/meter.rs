//! 表码连续性: the register at the end of a session is that at the beginning of the next.

use super::{BillRecord, DifferenceKind, Evidence, Found};

/// A session as its meter has seen it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeterSession {
    /// What is known of it: of a session without a record, what its order says.
    pub record: BillRecord,
    pub order_id: Option<i64>,
    pub begin_dwh: i64,
    pub end_dwh: i64,
}

/// The sessions of one meter, one after the other, and what staff have said of it.
#[derive(Clone, Copy, Debug)]
pub struct Meters<'a> {
    /// The first may be of an earlier day: what the meter was left at.
    pub sessions: &'a [MeterSession],
    /// Id and time of the changes of the meter.
    pub changes: &'a [(i64, i64)],
    pub tolerance_dwh: i64,
    pub from_ms: i64,
    /// Exclusive.
    pub to_ms: i64,
}

/// Where the registers do not meet, of the sessions that ended within the day.
pub fn continuity(meters: &Meters<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before: Option<&MeterSession> = None;
    for session in meters.sessions {
        let within = (meters.from_ms..meters.to_ms).contains(&session.record.ended_at_ms);
        if within {
            found.extend(of_pair(meters, before, session));
        }
        before = Some(session);
    }
    found
}

fn of_pair(meters: &Meters<'_>, before: Option<&MeterSession>, session: &MeterSession) -> Option<Found> {
    let row = |kind, energy_dwh, before: Option<&MeterSession>, change: Option<i64>| {
        let evidence = Evidence {
            record: Some(session.record.clone()),
            other: before.map(|one| one.record.clone()),
            other_order_id: before.and_then(|one| one.order_id),
            meter_before_dwh: before.map(|one| one.end_dwh),
            meter_change_id: change,
            ..Evidence::default()
        };
        let mut found = Found::of(kind, evidence, energy_dwh, 0);
        found.record_id = Some(session.record.id).filter(|id| *id > 0);
        found.order_id = session.order_id;
        found
    };
    if session.end_dwh < session.begin_dwh {
        return Some(row(DifferenceKind::MeterBackwards, session.end_dwh - session.begin_dwh, before, None));
    }
    let before = before?;
    // A pile whose every session begins at nothing keeps no register.
    if session.begin_dwh == 0 && before.begin_dwh == 0 {
        return None;
    }
    let step = session.begin_dwh - before.end_dwh;
    if step.abs() <= meters.tolerance_dwh {
        return None;
    }
    let began = session.record.started_at_ms.unwrap_or(session.record.ended_at_ms);
    let changed = meters
        .changes
        .iter()
        .find(|(_, at)| (before.record.ended_at_ms..=began.max(before.record.ended_at_ms)).contains(at));
    let kind = match changed {
        Some(_) => DifferenceKind::MeterChanged,
        None if step > 0 => DifferenceKind::MeterGap,
        None if session.begin_dwh < before.begin_dwh => DifferenceKind::MeterBackwards,
        None => DifferenceKind::MeterOverlap,
    };
    Some(row(kind, step, Some(before), changed.map(|(id, _)| *id)))
}
