//! 换表: staff say that a connector's meter was changed, so that the jump of its register is explained.

use crate::Engine;
use crate::audit::Actor;
use model::id::PileCode;
use model::reconciliation::note_checked;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::meter_changes::{self, MeterChange};
use store::{pile_records, piles};
use utoipa::ToSchema;

/// 100 GWh, in 0.1 Wh: no meter of a pile counts further.
const REGISTER_MAX_DWH: i64 = 1_000_000_000_000;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeterChangeDraft {
    pub pile_code: String,
    pub connector_no: i64,
    /// When it was changed.
    pub at_ms: i64,
    /// What the old meter showed at last.
    pub end_dwh: i64,
    /// What the new one began with.
    pub begin_dwh: i64,
    pub reason: String,
}

pub fn no_meter_change() -> Error {
    Error::not_found(
        "meter_change.not_found",
        "没有这条换表记录，或不在您的数据范围内，请刷新列表",
        "There is no such change of a meter in your scope; load the list again.",
    )
}

fn no_pile() -> Error {
    Error::invalid(
        "pile_code",
        "没有这台充电桩，或不在您的数据范围内，请检查电桩编号",
        "There is no such pile in your scope; check its number.",
    )
}

fn register_checked(field: &'static str, dwh: i64) -> Result<i64> {
    if (0..=REGISTER_MAX_DWH).contains(&dwh) {
        return Ok(dwh);
    }
    Err(Error::invalid(
        field,
        "表码应为 0 到 100000000 kWh，请核对单位",
        "A register lies between 0 and 100 000 000 kWh; check the unit.",
    ))
}

impl Engine {
    pub async fn meter_change_create(&self, actor: &Actor, draft: MeterChangeDraft) -> Result<i64> {
        let reason = note_checked("reason", &draft.reason)?;
        let (end_dwh, begin_dwh) =
            (register_checked("end_dwh", draft.end_dwh)?, register_checked("begin_dwh", draft.begin_dwh)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        if draft.at_ms > now.as_ms() || draft.at_ms <= 0 {
            return Err(Error::invalid(
                "at_ms",
                "换表时间不能晚于现在，请填写实际换表的时间",
                "A meter cannot have been changed in the future; say when it was.",
            ));
        }
        let code = PileCode::parse(draft.pile_code.trim()).ok_or_else(no_pile)?;
        self.store
            .write(None, move |tx| {
                let pile = tx.read(|conn| piles::by_code(conn, &code))?.ok_or_else(no_pile)?;
                if !actor.sees_station(&*tx.station(pile.station)?) {
                    return Err(no_pile());
                }
                let connectors = tx.read(|conn| pile_records::connector_numbers(conn, pile.id))?;
                if !connectors.contains(&draft.connector_no) {
                    return Err(Error::invalid(
                        "connector_no",
                        "这台桩没有这个枪号，请从 1 开始填写实际的枪号",
                        "The pile has no such connector.",
                    ));
                }
                let mut one = MeterChange {
                    id: 0,
                    pile_id: pile.id.0,
                    station_id: pile.station.0,
                    operator_id: pile.operator.0,
                    pile_code: code.as_str().to_owned(),
                    station_name: String::new(),
                    connector_no: draft.connector_no,
                    at_ms: draft.at_ms,
                    end_dwh,
                    begin_dwh,
                    reason: reason.clone(),
                    staff_name: actor.caller.name.clone(),
                    created_at_ms: now.as_ms(),
                };
                one.id = meter_changes::insert(tx, &one)?;
                let detail = json!({"pile": one.pile_code, "connector_no": one.connector_no, "at_ms": one.at_ms,
                    "end_dwh": end_dwh, "begin_dwh": begin_dwh, "reason": reason});
                actor.record(tx, now, "meter_change_create", "meter_change", one.id, &detail)?;
                Ok(one.id)
            })
            .await
    }

    pub async fn meter_change_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| meter_changes::find(conn, id))?.ok_or_else(no_meter_change)?;
                let station = tx.station(model::id::StationId(one.station_id))?;
                if !actor.sees_station(&station) {
                    return Err(no_meter_change());
                }
                meter_changes::delete(tx, id)?;
                let detail = json!({"before": one});
                actor.record(tx, now, "meter_change_delete", "meter_change", id, &detail)
            })
            .await
    }
}
