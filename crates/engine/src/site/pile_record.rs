//! 资产档案 of a pile: what staff keep of it beyond what it says of itself.

use super::operator::{day, optional};
use super::station::tags;
use super::{no_such, pile::changed};
use crate::Engine;
use crate::audit::Actor;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::pile_records::{self, ConnectorRecord, PileRecord};
use utoipa::ToSchema;

const NOTE_LONG: usize = 200;
const PARK_NO_LONG: usize = 16;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileRecordChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    /// At most eight, of 1 to 12 characters each.
    pub tags: Vec<String>,
    pub owner: Option<String>,
    /// 20261123
    pub made_day: Option<i64>,
    pub installed_day: Option<i64>,
    pub warranty_day: Option<i64>,
    pub voltage_min_v: Option<i64>,
    pub voltage_max_v: Option<i64>,
    pub current_max_a: Option<i64>,
    pub note: Option<String>,
    /// Those of which something is known.
    pub connectors: Vec<ConnectorRecord>,
}

fn size(field: &'static str, value: Option<i64>, unit: &str) -> Result<Option<i64>> {
    if value.is_none_or(|value| (1..=2_000).contains(&value)) {
        return Ok(value);
    }
    Err(Error::invalid(
        field,
        format!("应为 1 到 2000 {unit} 的整数"),
        format!("A whole number from 1 to 2000 {unit}."),
    ))
}

/// `late` is not before `early`.
fn ordered(
    early: Option<i64>,
    field: &'static str,
    late: Option<i64>,
    zh: &'static str,
    en: &'static str,
) -> Result<()> {
    match (early, late) {
        (Some(early), Some(late)) if late < early => Err(Error::invalid(field, zh, en)),
        _ => Ok(()),
    }
}

fn connectors(all: &[ConnectorRecord], known: &[i64]) -> Result<Vec<ConnectorRecord>> {
    let mut kept: Vec<ConnectorRecord> = Vec::new();
    for one in all {
        if !known.contains(&one.no) {
            return Err(no_such("connectors", "枪", "connector"));
        }
        if kept.iter().any(|other| other.no == one.no) {
            return Err(Error::invalid(
                "connectors",
                format!("{} 号枪写了两次，请只保留一次", one.no),
                format!("Connector {} is there twice; keep one.", one.no),
            ));
        }
        let park_no = optional("connectors", one.park_no.as_deref(), PARK_NO_LONG)?;
        kept.push(ConnectorRecord { park_no, ..one.clone() });
    }
    kept.retain(|one| one.socket.is_some() || one.standard.is_some() || one.park_no.is_some());
    kept.sort_by_key(|one| one.no);
    Ok(kept)
}

impl PileRecordChange {
    fn checked(&self, known: &[i64]) -> Result<PileRecord> {
        let record = PileRecord {
            tags: tags(&self.tags)?,
            owner: optional("owner", self.owner.as_deref(), 64)?,
            made_day: day("made_day", self.made_day)?,
            installed_day: day("installed_day", self.installed_day)?,
            warranty_day: day("warranty_day", self.warranty_day)?,
            voltage_min_v: size("voltage_min_v", self.voltage_min_v, "V")?,
            voltage_max_v: size("voltage_max_v", self.voltage_max_v, "V")?,
            current_max_a: size("current_max_a", self.current_max_a, "A")?,
            note: optional("note", self.note.as_deref(), NOTE_LONG)?,
            connectors: connectors(&self.connectors, known)?,
            version: self.version,
        };
        let PileRecord { made_day, installed_day, warranty_day, .. } = record;
        ordered(
            made_day,
            "installed_day",
            installed_day,
            "安装日期不能早于出厂日期",
            "A pile is not installed before it is made.",
        )?;
        ordered(
            made_day.max(installed_day),
            "warranty_day",
            warranty_day,
            "质保到期日不能早于出厂日期和安装日期",
            "The warranty does not end before the pile is made and installed.",
        )?;
        ordered(
            record.voltage_min_v,
            "voltage_max_v",
            record.voltage_max_v,
            "最高电压不能低于最低电压",
            "The highest voltage is not below the lowest.",
        )?;
        Ok(record)
    }
}

impl Engine {
    pub async fn pile_record_update(
        &self,
        actor: &Actor,
        code: &str,
        change: PileRecordChange,
    ) -> Result<()> {
        let pile = self.pile_seen(actor, code).await?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut store::Tx<'_>| {
            let known = tx.read(|conn| pile_records::connector_numbers(conn, pile.id))?;
            let after = change.checked(&known)?;
            let before = tx.read(|conn| pile_records::get(conn, pile.id))?;
            if !pile_records::save(tx, pile.id, &after, change.version)? {
                return Err(changed());
            }
            let detail = json!({"before": told(&before), "after": told(&after)});
            actor.record(tx, now, "pile_record_update", "pile", &pile.code, &detail)
        };
        self.store.write(None, work).await
    }
}

fn told(record: &PileRecord) -> serde_json::Value {
    json!({"tags": record.tags, "owner": record.owner, "made_day": record.made_day,
        "installed_day": record.installed_day, "warranty_day": record.warranty_day,
        "voltage_min_v": record.voltage_min_v, "voltage_max_v": record.voltage_max_v,
        "current_max_a": record.current_max_a, "note": record.note, "connectors": record.connectors})
}
