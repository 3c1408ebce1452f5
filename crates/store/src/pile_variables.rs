//! 设备变量: what a pile of OCPP 2 has told of itself.

use crate::Tx;
use crate::change::Change;
use crate::db::{Conn, DbResult};
use crate::filter::{Filter, Page};
use model::Result;
use model::device::VariableReport;
use model::id::PileId;
use model::site::Pile;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Most variables of one pile: a hostile one must not fill the disk.
pub const PILE_VARIABLES_MAX: i64 = 5_000;

/// Most that are given at once; who looks for one of more searches.
const SHOWN_MAX: i64 = 1_000;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PileVariable {
    /// `Component.Variable`, as it is asked for and set.
    pub name: String,
    /// `None`: the pile does not say it.
    pub value: Option<String>,
    /// `ReadOnly`, `WriteOnly`, `ReadWrite`
    pub mutability: Option<String>,
    /// `string`, `decimal`, `integer`, `dateTime`, `boolean`, `OptionList`, …
    pub data_type: Option<String>,
    pub unit: Option<String>,
    pub told_at_ms: i64,
}

/// Those of one pile whose name or value contains the text. The caller has found the pile in the
/// caller's scope.
pub fn pile_variable_list(conn: &mut Conn, pile: PileId, text: Option<&str>) -> DbResult<Page<PileVariable>> {
    let mut filter = Filter::new();
    filter.and_value("v.pile_id = ?", pile.0);
    filter.and_contains("LOWER(v.name || ' ' || COALESCE(v.value, '')) LIKE ?", text);
    let count = format!("SELECT COUNT(*) FROM pile_variable v {}", filter.sql());
    let total = conn.one(&count, &filter.values, crate::filter::count)?;
    let most = filter.bind(SHOWN_MAX);
    let sql = format!(
        "SELECT v.name, v.value, v.mutability, v.data_type, v.unit, v.told_at_ms FROM pile_variable v {} \
         ORDER BY v.name LIMIT {most}",
        filter.sql()
    );
    let items = conn.query(&sql, &filter.values, |row| {
        Ok(PileVariable {
            name: row.text(0)?,
            value: row.text_opt(1)?,
            mutability: row.text_opt(2)?,
            data_type: row.text_opt(3)?,
            unit: row.text_opt(4)?,
            told_at_ms: row.int(5)?,
        })
    })?;
    Ok(Page { items, next_cursor: None, total: Some(total) })
}

/// What a pile has told. A report that says only the value leaves the rest as it is known.
pub fn save(tx: &mut Tx<'_>, pile: &Pile, told: &[VariableReport], now: Timestamp) -> Result<()> {
    for one in told {
        let known = tx.execute(
            "UPDATE pile_variable SET value = $1, mutability = COALESCE($2, mutability), \
             data_type = COALESCE($3, data_type), unit = COALESCE($4, unit), told_at_ms = $5 \
             WHERE pile_id = $6 AND name = $7",
            &[
                one.value.as_ref().into(),
                one.mutability.as_ref().into(),
                one.data_type.as_ref().into(),
                one.unit.as_ref().into(),
                now.as_ms().into(),
                pile.id.0.into(),
                (&one.name).into(),
            ],
        )?;
        if known == 0 {
            tx.execute(
                "INSERT INTO pile_variable (pile_id, name, value, mutability, data_type, unit, told_at_ms) \
                 SELECT CAST($1 AS BIGINT), $2, $3, $4, $5, $6, CAST($7 AS BIGINT) \
                 WHERE (SELECT COUNT(*) FROM pile_variable WHERE pile_id = $8) < $9 \
                 ON CONFLICT (pile_id, name) DO NOTHING",
                &[
                    pile.id.0.into(),
                    (&one.name).into(),
                    one.value.as_ref().into(),
                    one.mutability.as_ref().into(),
                    one.data_type.as_ref().into(),
                    one.unit.as_ref().into(),
                    now.as_ms().into(),
                    pile.id.0.into(),
                    PILE_VARIABLES_MAX.into(),
                ],
            )?;
        }
    }
    tx.changed(Change::Pile { pile: pile.id, operator: pile.operator });
    Ok(())
}
