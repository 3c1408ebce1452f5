//! 安全规则, and what was changed of them.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult, Row};
use crate::filter::{Filter, Page, count};
use crate::ids::Noun;
use model::Result;
use model::safety::{SafetyAction, SafetyLevel, SafetyMeasure, SafetyRule, SafetyScope};
use model::site::PileKind;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SafetyRule)]
pub struct SafetyRuleView {
    pub id: i64,
    pub name: String,
    pub enabled: bool,
    pub measure: SafetyMeasure,
    /// In which unit thresholds and values of its measure are.
    pub unit: String,
    pub threshold: i64,
    /// For at least so long.
    pub hold_s: i64,
    /// By so many values in a row.
    pub samples: i64,
    /// Over again only once it is below the threshold by more than this.
    pub hysteresis: i64,
    pub scope: SafetyScope,
    pub operator_name: Option<String>,
    pub station_name: Option<String>,
    pub level: SafetyLevel,
    pub action: SafetyAction,
    /// Of the rated power, where it limits.
    pub limit_percent: i64,
    /// A stop that is not obeyed by then is repeated, then the pile is locked, then people are called.
    pub repeat_s: i64,
    /// What shows is the car's; the pile is not blamed.
    pub of_vehicle: bool,
    /// Where the value comes from.
    pub basis: String,
    pub version: i64,
    /// 0: as it came with the product.
    pub changed_at_ms: i64,
    pub changed_by: String,
}

impl SafetyRuleView {
    /// As judging needs it.
    pub fn rule(&self) -> SafetyRule {
        SafetyRule {
            id: self.id,
            name: self.name.clone(),
            measure: self.measure,
            threshold: self.threshold,
            hold_s: self.hold_s,
            samples: self.samples,
            hysteresis: self.hysteresis,
            scope: self.scope.clone(),
            level: self.level,
            action: self.action,
            limit_percent: self.limit_percent,
            repeat_s: self.repeat_s,
            of_vehicle: self.of_vehicle,
        }
    }
}

fn view(row: &Row<'_>) -> DbResult<SafetyRuleView> {
    let measure = row.word(3, SafetyMeasure::parse)?;
    Ok(SafetyRuleView {
        id: row.int(0)?,
        name: row.text(1)?,
        enabled: row.bool(2)?,
        measure,
        unit: measure.unit().to_owned(),
        threshold: row.int(4)?,
        hold_s: row.int(5)?,
        samples: row.int(6)?,
        hysteresis: row.int(7)?,
        scope: SafetyScope {
            operator_id: row.int_opt(8)?,
            station_id: row.int_opt(9)?,
            vendor: row.text_opt(10)?,
            model: row.text_opt(11)?,
            kind: row.word_opt(12, PileKind::parse)?,
        },
        level: row.word(13, SafetyLevel::parse)?,
        action: row.word(14, SafetyAction::parse)?,
        limit_percent: row.int(15)?,
        repeat_s: row.int(16)?,
        of_vehicle: row.bool(17)?,
        basis: row.text(18)?,
        version: row.int(19)?,
        changed_at_ms: row.int(20)?,
        changed_by: row.text(21)?,
        operator_name: row.text_opt(22)?,
        station_name: row.text_opt(23)?,
    })
}

/// There are few of them: they come whole.
pub fn safety_rule_list(conn: &mut Conn) -> DbResult<Vec<SafetyRuleView>> {
    let sql = "SELECT r.id, r.name, r.enabled, r.measure, r.threshold, r.hold_s, r.samples, r.hysteresis, \
        r.operator_id, r.station_id, r.vendor, r.model, r.kind, r.level, r.action, r.limit_percent, r.repeat_s, \
        r.of_vehicle, r.basis, r.version, r.changed_at_ms, r.changed_by, o.name, s.name FROM safety_rule r \
        LEFT JOIN operator o ON o.id = r.operator_id LEFT JOIN station s ON s.id = r.station_id ORDER BY r.id";
    conn.query(sql, &[], view)
}

/// Writes a new one, or the one that has its id.
pub fn save(tx: &mut Tx<'_>, one: &SafetyRuleView) -> Result<i64> {
    let id = if one.id == 0 { tx.next_id(Noun::SafetyRule)? } else { one.id };
    tx.execute(
        "INSERT INTO safety_rule (id, name, enabled, measure, threshold, hold_s, samples, hysteresis, operator_id, \
         station_id, vendor, model, kind, level, action, limit_percent, repeat_s, of_vehicle, basis, version, \
         changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18, $19, $20, $21, $22) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         enabled = excluded.enabled, measure = excluded.measure, threshold = excluded.threshold, \
         hold_s = excluded.hold_s, samples = excluded.samples, hysteresis = excluded.hysteresis, \
         operator_id = excluded.operator_id, station_id = excluded.station_id, vendor = excluded.vendor, \
         model = excluded.model, kind = excluded.kind, level = excluded.level, action = excluded.action, \
         limit_percent = excluded.limit_percent, repeat_s = excluded.repeat_s, of_vehicle = excluded.of_vehicle, \
         basis = excluded.basis, version = excluded.version, changed_at_ms = excluded.changed_at_ms, \
         changed_by = excluded.changed_by",
        &[
            id.into(),
            (&one.name).into(),
            one.enabled.into(),
            one.measure.as_str().into(),
            one.threshold.into(),
            one.hold_s.into(),
            one.samples.into(),
            one.hysteresis.into(),
            one.scope.operator_id.into(),
            one.scope.station_id.into(),
            one.scope.vendor.as_ref().into(),
            one.scope.model.as_ref().into(),
            one.scope.kind.map(PileKind::as_str).into(),
            one.level.as_str().into(),
            one.action.as_str().into(),
            one.limit_percent.into(),
            one.repeat_s.into(),
            one.of_vehicle.into(),
            (&one.basis).into(),
            one.version.into(),
            one.changed_at_ms.into(),
            (&one.changed_by).into(),
        ],
    )?;
    tx.changed(Change::Noun("safety_rule"));
    Ok(id)
}

pub fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM safety_rule WHERE id = $1", &[id.into()])?;
    tx.changed(Change::Noun("safety_rule"));
    Ok(())
}

/// What was changed of a rule, by whom and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SafetyRuleChangeRecord)]
pub struct SafetyRuleChangeRecord {
    pub id: i64,
    pub rule_id: i64,
    pub name: String,
    /// As JSON; null where there was none.
    pub before: Option<String>,
    /// As JSON; null: it was taken away.
    pub after: Option<String>,
    pub reason: String,
    pub at_ms: i64,
    pub staff_name: String,
}

/// `id` is given here.
pub fn change_append(tx: &mut Tx<'_>, one: &SafetyRuleChangeRecord) -> Result<()> {
    let id = tx.next_id(Noun::SafetyRuleChange)?;
    tx.execute(
        "INSERT INTO safety_rule_change (id, rule_id, name, before_rule, after_rule, reason, at_ms, staff_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            one.rule_id.into(),
            (&one.name).into(),
            one.before.as_deref().unwrap_or_default().into(),
            one.after.as_deref().unwrap_or_default().into(),
            (&one.reason).into(),
            one.at_ms.into(),
            (&one.staff_name).into(),
        ],
    )?;
    Ok(())
}

/// Newest first.
pub fn safety_rule_change_list(
    conn: &mut Conn,
    rule: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Page<SafetyRuleChangeRecord>> {
    let mut filter = Filter::new();
    filter.and_some("rule_id = ?", rule);
    let sql = format!("SELECT COUNT(*) FROM safety_rule_change {}", filter.sql());
    let total = conn.one(&sql, &filter.values, count)?;
    filter.and_some("id < ?", before);
    let most = filter.bind(limit + 1);
    let sql = format!(
        "SELECT id, rule_id, name, before_rule, after_rule, reason, at_ms, staff_name FROM safety_rule_change {} \
         ORDER BY id DESC LIMIT {most}",
        filter.sql()
    );
    let rows = conn.query(&sql, &filter.values, |row| {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(SafetyRuleChangeRecord {
            id: row.int(0)?,
            rule_id: row.int(1)?,
            name: row.text(2)?,
            before: some(row.text(3)?),
            after: some(row.text(4)?),
            reason: row.text(5)?,
            at_ms: row.int(6)?,
            staff_name: row.text(7)?,
        })
    })?;
    Ok(Page::of(rows, limit, Some(total), |one| one.id.to_string()))
}
