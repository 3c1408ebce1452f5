//! 自愈预案, with what was changed of them.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::access::Scope;
use model::alarm::{AlarmSource, code_fit};
use model::healing::{HealingFollow, HealingState, HealingStep, HealingTerms};
use model::site::Pile;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HealingPlaybook {
    pub id: i64,
    pub name: String,
    pub enabled: bool,
    pub source: AlarmSource,
    /// A code, or the beginning of one with `*`; empty: all of the source.
    pub code: String,
    /// The code in the reader's language, where it is known.
    pub text: Option<String>,
    /// Piles of this vendor and model only; empty: any.
    pub vendor: String,
    pub pile_model: String,
    pub steps: Vec<HealingStep>,
    /// The fault is given so long to pass by itself.
    pub after_s: i64,
    /// Runs at one pile in a day.
    pub tries_per_day: i64,
    /// Piles of one station at once.
    pub station_most: i64,
    /// Between two runs at one pile.
    pub cool_down_s: i64,
    /// Without it hard resets are left out.
    pub hard_allowed: bool,
    pub follow: HealingFollow,
    /// Nothing is done between these minutes of the day; null: at any time.
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

impl HealingPlaybook {
    pub fn terms(&self) -> HealingTerms {
        HealingTerms {
            steps: self.steps.clone(),
            hard_allowed: self.hard_allowed,
            follow: self.follow,
            quiet_from_minute: self.quiet_from_minute,
            quiet_to_minute: self.quiet_to_minute,
        }
    }

    /// How well it fits; `None`: not at all. What names the pile's make goes before what does not.
    fn fit(&self, source: AlarmSource, code: &str, pile: &Pile) -> Option<(usize, usize)> {
        let is = |wanted: &str, own: Option<&str>| {
            wanted.is_empty() || own.is_some_and(|own| own.eq_ignore_ascii_case(wanted))
        };
        let own = is(&self.vendor, pile.vendor.as_deref()) && is(&self.pile_model, pile.model.as_deref());
        let of_code = code_fit(&self.code, code, None).filter(|_| own && self.source == source)?;
        Some((of_code, usize::from(!self.vendor.is_empty()) + usize::from(!self.pile_model.is_empty())))
    }
}

/// The playbook that fits best, if it is on: one that is off holds the others back.
pub fn fitting<'a>(
    all: &'a [HealingPlaybook],
    source: AlarmSource,
    code: &str,
    pile: &Pile,
) -> Option<&'a HealingPlaybook> {
    let fits = all.iter().filter_map(|one| Some((one.fit(source, code, pile)?, one)));
    fits.max_by_key(|(fit, one)| (*fit, -one.id)).map(|(_, one)| one).filter(|one| one.enabled)
}

const COLUMNS: &str = "id, name, enabled, source, code, vendor, pile_model, steps, after_s, tries_per_day, \
    station_most, cool_down_s, hard_allowed, follow, quiet_from_minute, quiet_to_minute, version, changed_at_ms, \
    changed_by";

fn playbook(row: &Row<'_>) -> DbResult<HealingPlaybook> {
    let steps = serde_json::from_str(&row.text(7)?)
        .map_err(|why| DbError::Fault(format!("the steps of a playbook: {why}")))?;
    Ok(HealingPlaybook {
        id: row.int(0)?,
        name: row.text(1)?,
        enabled: row.bool(2)?,
        source: row.word(3, AlarmSource::parse)?,
        code: row.text(4)?,
        text: None,
        vendor: row.text(5)?,
        pile_model: row.text(6)?,
        steps,
        after_s: row.int(8)?,
        tries_per_day: row.int(9)?,
        station_most: row.int(10)?,
        cool_down_s: row.int(11)?,
        hard_allowed: row.bool(12)?,
        follow: row.word(13, HealingFollow::parse)?,
        quiet_from_minute: row.int_opt(14)?,
        quiet_to_minute: row.int_opt(15)?,
        version: row.int(16)?,
        changed_at_ms: row.int(17)?,
        changed_by: row.text(18)?,
    })
}

/// There are few of them: they come whole.
pub fn healing_playbook_list(conn: &mut Conn) -> DbResult<Vec<HealingPlaybook>> {
    conn.query(&format!("SELECT {COLUMNS} FROM healing_playbook ORDER BY source, code, id"), &[], playbook)
}

/// Writes a new one, or the one that has its id. `before`: what it was, empty for a new one.
pub fn save(tx: &mut Tx<'_>, one: &HealingPlaybook, before: &str, after: &str) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::HealingPlaybook)? } else { one.id };
    let steps = serde_json::to_string(&one.steps).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO healing_playbook (id, name, enabled, source, code, vendor, pile_model, steps, after_s, \
         tries_per_day, station_most, cool_down_s, hard_allowed, follow, quiet_from_minute, quiet_to_minute, version, \
         changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18, $19) ON CONFLICT (id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, \
         source = excluded.source, code = excluded.code, vendor = excluded.vendor, pile_model = excluded.pile_model, \
         steps = excluded.steps, after_s = excluded.after_s, tries_per_day = excluded.tries_per_day, \
         station_most = excluded.station_most, cool_down_s = excluded.cool_down_s, \
         hard_allowed = excluded.hard_allowed, follow = excluded.follow, \
         quiet_from_minute = excluded.quiet_from_minute, quiet_to_minute = excluded.quiet_to_minute, \
         version = excluded.version, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            one.enabled.into(),
            one.source.as_str().into(),
            (&one.code).into(),
            (&one.vendor).into(),
            (&one.pile_model).into(),
            steps.into(),
            one.after_s.into(),
            one.tries_per_day.into(),
            one.station_most.into(),
            one.cool_down_s.into(),
            one.hard_allowed.into(),
            one.follow.as_str().into(),
            one.quiet_from_minute.into(),
            one.quiet_to_minute.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    change_append(tx, &HealingPlaybook { id, ..one.clone() }, before, after)?;
    Ok(id)
}

/// `gone`: with the moment and the name of whoever takes it away.
pub fn delete(tx: &mut Tx<'_>, gone: &HealingPlaybook, before: &str) -> Result<()> {
    tx.execute("DELETE FROM healing_playbook WHERE id = $1", &[gone.id.into()])?;
    change_append(tx, gone, before, "")
}

fn change_append(tx: &mut Tx<'_>, one: &HealingPlaybook, before: &str, after: &str) -> Result<()> {
    let id = tx.next_id(Noun::HealingPlaybookChange)?;
    tx.execute(
        "INSERT INTO healing_playbook_change (id, playbook_id, name, before_playbook, after_playbook, at_ms, \
         staff_name) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            one.id.into(),
            (&one.name).into(),
            before.into(),
            after.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("healing_playbook"));
    Ok(())
}

/// What was changed of a playbook, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HealingPlaybookChangeRecord {
    pub id: i64,
    pub playbook_id: i64,
    pub name: String,
    /// As JSON; null where there was none.
    pub before: Option<String>,
    /// As JSON; null: it was taken away.
    pub after: Option<String>,
    pub at_ms: i64,
    pub staff_name: String,
}

/// Newest first.
pub fn healing_playbook_change_list(
    conn: &mut Conn,
    playbook: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<HealingPlaybookChangeRecord>> {
    let mut filter = Filter::new();
    filter.and_some("playbook_id = ?", playbook);
    let sql = format!("SELECT COUNT(*) FROM healing_playbook_change {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, playbook_id, name, before_playbook, after_playbook, at_ms, staff_name \
         FROM healing_playbook_change {} ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(HealingPlaybookChangeRecord {
            id: row.int(0)?,
            playbook_id: row.int(1)?,
            name: row.text(2)?,
            before: some(row.text(3)?),
            after: some(row.text(4)?),
            at_ms: row.int(5)?,
            staff_name: row.text(6)?,
        })
    })?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}

/// What came of the runs of one playbook since a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealingTally {
    pub run_count: i64,
    pub healed_count: i64,
    pub failed_count: i64,
    pub stopped_count: i64,
    /// Of those that were not stopped; null where there is none.
    pub success_permille: Option<i64>,
}

/// By playbook, of the runs that the caller may see.
pub fn tallies(conn: &mut Conn, scope: &Scope, since: Timestamp) -> DbResult<HashMap<i64, HealingTally>> {
    let mut filter = Filter::new();
    filter.and_value("r.begun_at_ms >= ?", since.as_ms());
    filter.scope("r.operator_id", "r.station_id", scope);
    let sql = format!(
        "SELECT r.playbook_id, r.state, COUNT(*) FROM healing_run r {} GROUP BY r.playbook_id, r.state",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        Ok((row.int(0)?, row.word(1, HealingState::parse)?, row.int(2)?))
    })?;
    let mut all: HashMap<i64, HealingTally> = HashMap::new();
    for (id, state, number) in rows {
        let one = all.entry(id).or_default();
        one.run_count += number;
        match state {
            HealingState::Healed => one.healed_count = number,
            HealingState::Failed => one.failed_count = number,
            HealingState::Stopped => one.stopped_count = number,
            HealingState::Running => {}
        }
    }
    for one in all.values_mut() {
        let judged = one.healed_count + one.failed_count;
        one.success_permille = (judged > 0).then(|| one.healed_count * 1_000 / judged.max(1));
    }
    Ok(all)
}
