//! 告警规则 and 告警通知: as what alarms are raised, and who is told.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbError, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::alarm::{AlarmLevel, AlarmSource, AlarmTerms, code_fit};
use model::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlarmRule {
    pub id: i64,
    pub source: AlarmSource,
    /// Empty: all of the source. A code, the beginning of one with `*`, or a class such as `class:safety`.
    pub code: String,
    /// In the reader's language, where it is known.
    pub text: Option<String>,
    pub level: AlarmLevel,
    /// False: nothing is raised.
    pub enabled: bool,
    /// It counts, and is told, only after it has held for so long.
    pub delay_s: i64,
    /// It closes by itself so long after it is over.
    pub close_after_s: i64,
    /// So many piles of one station within a minute are one alarm.
    pub storm_count: i64,
    /// Nobody is told between these minutes of the day, unless it is critical; null: at any time.
    pub quiet_from_minute: Option<i64>,
    pub quiet_to_minute: Option<i64>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

impl AlarmRule {
    pub fn terms(&self) -> AlarmTerms {
        AlarmTerms {
            level: self.level,
            delay_s: self.delay_s,
            close_after_s: self.close_after_s,
            storm_count: self.storm_count,
            quiet: self.quiet_from_minute.zip(self.quiet_to_minute),
        }
    }
}

/// The rule that fits best.
pub fn fitting<'a>(
    rules: &'a [AlarmRule],
    source: AlarmSource,
    code: &str,
    class: Option<&str>,
) -> Option<&'a AlarmRule> {
    let of = rules.iter().filter(|rule| rule.source == source);
    of.filter_map(|rule| Some((code_fit(&rule.code, code, class)?, rule)))
        .max_by_key(|(fit, _)| *fit)
        .map(|(_, rule)| rule)
}

const RULE: &str = "id, source, code, level, enabled, delay_s, close_after_s, storm_count, quiet_from_minute, \
    quiet_to_minute, version, changed_at_ms, changed_by";

fn rule(row: &Row<'_>) -> DbResult<AlarmRule> {
    Ok(AlarmRule {
        id: row.int(0)?,
        source: row.word(1, AlarmSource::parse)?,
        code: row.text(2)?,
        text: None,
        level: row.word(3, AlarmLevel::parse)?,
        enabled: row.bool(4)?,
        delay_s: row.int(5)?,
        close_after_s: row.int(6)?,
        storm_count: row.int(7)?,
        quiet_from_minute: row.int_opt(8)?,
        quiet_to_minute: row.int_opt(9)?,
        version: row.int(10)?,
        changed_at_ms: row.int(11)?,
        changed_by: row.text(12)?,
    })
}

/// There are few of them: they come whole.
pub fn alarm_rule_list(conn: &mut Conn) -> DbResult<Vec<AlarmRule>> {
    conn.query(&format!("SELECT {RULE} FROM alarm_rule ORDER BY source, code"), &[], rule)
}

/// Writes a new one, or the one that has its id. `before`: what it was, empty for a new one.
pub fn save(tx: &mut Tx<'_>, one: &AlarmRule, before: &str, after: &str) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::AlarmRule)? } else { one.id };
    tx.execute(
        "INSERT INTO alarm_rule (id, source, code, level, enabled, delay_s, close_after_s, storm_count, \
         quiet_from_minute, quiet_to_minute, version, changed_at_ms, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO UPDATE SET \
         level = excluded.level, enabled = excluded.enabled, delay_s = excluded.delay_s, \
         close_after_s = excluded.close_after_s, storm_count = excluded.storm_count, \
         quiet_from_minute = excluded.quiet_from_minute, quiet_to_minute = excluded.quiet_to_minute, \
         version = excluded.version, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            one.source.as_str().into(),
            (&one.code).into(),
            one.level.as_str().into(),
            one.enabled.into(),
            one.delay_s.into(),
            one.close_after_s.into(),
            one.storm_count.into(),
            one.quiet_from_minute.into(),
            one.quiet_to_minute.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    change_append(tx, &AlarmRule { id, ..one.clone() }, before, after)?;
    Ok(id)
}

/// `gone`: with the moment and the name of whoever takes it away.
pub fn delete(tx: &mut Tx<'_>, gone: &AlarmRule, before: &str) -> Result<()> {
    tx.execute("DELETE FROM alarm_rule WHERE id = $1", &[gone.id.into()])?;
    change_append(tx, gone, before, "")
}

fn change_append(tx: &mut Tx<'_>, one: &AlarmRule, before: &str, after: &str) -> Result<()> {
    let id = tx.next_id(Noun::AlarmRuleChange)?;
    tx.execute(
        "INSERT INTO alarm_rule_change (id, rule_id, source, code, before_rule, after_rule, at_ms, staff_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            one.id.into(),
            one.source.as_str().into(),
            (&one.code).into(),
            before.into(),
            after.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("alarm_rule"));
    Ok(())
}

/// What was changed of a rule, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlarmRuleChangeRecord {
    pub id: i64,
    pub rule_id: i64,
    pub source: AlarmSource,
    pub code: String,
    /// As JSON; null where there was none.
    pub before: Option<String>,
    /// As JSON; null: it was taken away.
    pub after: Option<String>,
    pub at_ms: i64,
    pub staff_name: String,
}

/// Newest first.
pub fn alarm_rule_change_list(
    conn: &mut Conn,
    rule: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<AlarmRuleChangeRecord>> {
    let mut filter = Filter::new();
    filter.and_some("rule_id = ?", rule);
    let sql = format!("SELECT COUNT(*) FROM alarm_rule_change {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, rule_id, source, code, before_rule, after_rule, at_ms, staff_name FROM alarm_rule_change {} \
         ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(AlarmRuleChangeRecord {
            id: row.int(0)?,
            rule_id: row.int(1)?,
            source: row.word(2, AlarmSource::parse)?,
            code: row.text(3)?,
            before: some(row.text(4)?),
            after: some(row.text(5)?),
            at_ms: row.int(6)?,
            staff_name: row.text(7)?,
        })
    })?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}

/// Who is told of alarms, and when.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlarmNotice {
    pub id: i64,
    pub name: String,
    pub enabled: bool,
    /// Staff with this role who have left a mail address for alarms and see the station; null: nobody by role.
    pub role: Option<String>,
    /// Mail addresses besides.
    pub addresses: Vec<String>,
    /// At least so grave.
    pub level: AlarmLevel,
    /// Empty: all of them.
    pub sources: Vec<AlarmSource>,
    /// Between these minutes of the day; the same twice: at any time.
    pub from_minute: i64,
    pub to_minute: i64,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

const NOTICE: &str = "id, name, enabled, role, addresses, level, sources, from_minute, to_minute, version, \
    changed_at_ms, changed_by";

fn notice(row: &Row<'_>) -> DbResult<AlarmNotice> {
    let list = |text: String, what: &str| -> DbResult<Vec<String>> {
        serde_json::from_str(&text).map_err(|why| DbError::Fault(format!("{what} of a notice: {why}")))
    };
    let sources = list(row.text(6)?, "the sources")?;
    Ok(AlarmNotice {
        id: row.int(0)?,
        name: row.text(1)?,
        enabled: row.bool(2)?,
        role: row.text_opt(3)?,
        addresses: list(row.text(4)?, "the addresses")?,
        level: row.word(5, AlarmLevel::parse)?,
        sources: sources.iter().filter_map(|word| AlarmSource::parse(word)).collect(),
        from_minute: row.int(7)?,
        to_minute: row.int(8)?,
        version: row.int(9)?,
        changed_at_ms: row.int(10)?,
        changed_by: row.text(11)?,
    })
}

pub fn alarm_notice_list(conn: &mut Conn) -> DbResult<Vec<AlarmNotice>> {
    conn.query(&format!("SELECT {NOTICE} FROM alarm_notice ORDER BY id"), &[], notice)
}

pub fn notice_save(tx: &mut Tx<'_>, one: &AlarmNotice) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::AlarmNotice)? } else { one.id };
    let addresses = serde_json::to_string(&one.addresses).map_err(|_| Error::internal())?;
    let sources = serde_json::to_string(&one.sources).map_err(|_| Error::internal())?;
    tx.execute(
        "INSERT INTO alarm_notice (id, name, enabled, role, addresses, level, sources, from_minute, to_minute, version, \
         changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, role = excluded.role, \
         addresses = excluded.addresses, level = excluded.level, sources = excluded.sources, \
         from_minute = excluded.from_minute, to_minute = excluded.to_minute, version = excluded.version, \
         changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            one.enabled.into(),
            one.role.as_ref().into(),
            addresses.into(),
            one.level.as_str().into(),
            sources.into(),
            one.from_minute.into(),
            one.to_minute.into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("alarm_notice"));
    Ok(id)
}

pub fn notice_delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM alarm_notice WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("alarm_notice"));
    Ok(())
}
