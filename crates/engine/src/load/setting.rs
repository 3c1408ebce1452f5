//! How a station shares its power, as staff decide it.

use crate::Engine;
use crate::audit::Actor;
use model::field::field_text;
use model::id::{ConnectorNo, PileCode, StationId};
use model::load::{Cap, CapPeriod, LoadStrategy};
use model::{Error, Result, Text};
use serde::Deserialize;
use serde_json::json;
use store::loads::{self, LoadSetting, LoadUnitSetting};
use store::{Tx, piles, stations};
use utoipa::ToSchema;

/// The whole setting as it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadChange {
    /// As it was read; 0 when there was none.
    pub version: i64,
    pub enabled: bool,
    /// 功率上限 of the transformer for all piles and what else hangs on it.
    pub cap_w: i64,
    /// 基础负荷: what else hangs on it.
    pub reserve_w: i64,
    /// At most eight.
    #[serde(default)]
    pub periods: Vec<CapPeriod>,
    pub strategy: LoadStrategy,
    /// 离线安全功率: what a connector keeps by itself while it cannot be reached.
    pub safe_w: i64,
    /// Drivers of fleets go before all ranks, by priority.
    #[serde(default)]
    pub fleets_first: bool,
    /// Connectors that are not as all others; 0 for a whole 云快充 pile.
    #[serde(default)]
    pub units: Vec<LoadUnitChange>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadUnitChange {
    pub pile_code: String,
    pub connector_no: ConnectorNo,
    /// 1 is first, 9 last.
    pub rank: i64,
    /// Whether it has its limit still after it was without power.
    pub keeps: bool,
}

const CAP_W: (i64, i64) = (1_000, 100_000_000);
const PERIODS_MAX: usize = 8;
const SAFE_MAX_W: i64 = 1_000_000;
const RANK_LAST: i64 = 9;

fn within(field: &'static str, value: i64, (least, most): (i64, i64)) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let Text { zh, en } = field_text(field);
    Err(Error::invalid(
        field,
        format!("{zh}应在 {} 到 {} kW 之间", least / 1_000, most / 1_000),
        format!("{en} is between {} and {} kW.", least / 1_000, most / 1_000),
    ))
}

fn period_checked(period: &CapPeriod, most: i64) -> Result<()> {
    let of_day = |minute: i64| (0..1_440).contains(&minute);
    if !of_day(period.from_minute) || !of_day(period.to_minute) || period.from_minute == period.to_minute {
        return Err(Error::invalid(
            "periods",
            "时段的开始与结束应为 00:00 到 23:59 且不相同；结束早于开始表示跨越零点",
            "A period begins and ends between 00:00 and 23:59, not at the same minute. An end before the beginning means over midnight.",
        ));
    }
    if !(0..=most).contains(&period.cap_w) {
        return Err(Error::invalid(
            "periods",
            format!("时段的功率上限应在 0 到 {} kW（全天的上限）之间", most / 1_000),
            format!("The cap of a period is between 0 and {} kW, the one of the whole day.", most / 1_000),
        ));
    }
    Ok(())
}

impl LoadChange {
    fn checked(&self) -> Result<Cap> {
        within("cap_w", self.cap_w, CAP_W)?;
        within("reserve_w", self.reserve_w, (0, self.cap_w))?;
        within("safe_w", self.safe_w, (0, SAFE_MAX_W))?;
        if self.periods.len() > PERIODS_MAX {
            return Err(Error::invalid(
                "periods",
                format!("时段最多 {PERIODS_MAX} 个，请合并或删去几个"),
                format!("At most {PERIODS_MAX} periods; put some together."),
            ));
        }
        self.periods.iter().try_for_each(|period| period_checked(period, self.cap_w))?;
        if let Some(unit) = self.units.iter().find(|unit| !(1..=RANK_LAST).contains(&unit.rank)) {
            return Err(Error::invalid(
                "units",
                format!("{} 的优先级应在 1（最先）到 {RANK_LAST} 之间", unit.pile_code),
                format!("The rank of {} is between 1 (first) and {RANK_LAST}.", unit.pile_code),
            ));
        }
        Ok(Cap { cap_w: self.cap_w, reserve_w: self.reserve_w, periods: self.periods.clone() })
    }

    /// The piles of this station that it speaks of.
    fn units(&self, tx: &mut Tx<'_>, station: StationId) -> Result<Vec<LoadUnitSetting>> {
        let mut units: Vec<LoadUnitSetting> = Vec::new();
        for unit in &self.units {
            let code = PileCode::parse(&unit.pile_code);
            let pile =
                code.map(|code| tx.read(move |conn| piles::by_code(conn, &code))).transpose()?.flatten();
            let pile = pile.filter(|pile| pile.station == station).ok_or_else(|| {
                Error::invalid(
                    "units",
                    format!("本站没有充电桩 {}，请刷新后重试", unit.pile_code),
                    format!("This station has no pile {}; load the page again.", unit.pile_code),
                )
            })?;
            let one = LoadUnitSetting {
                pile: pile.id,
                connector: unit.connector_no,
                rank: unit.rank,
                keeps: unit.keeps,
            };
            if !units.iter().any(|known| (known.pile, known.connector) == (one.pile, one.connector)) {
                units.push(one);
            }
        }
        Ok(units)
    }
}

impl Engine {
    pub async fn load_set(&self, actor: &Actor, station: StationId, change: LoadChange) -> Result<()> {
        let (actor, now, cap) = (actor.clone(), self.clock.now(), change.checked()?);
        self.store
            .write(None, move |tx| {
                let facts = tx.read(|conn| stations::find(conn, station))?;
                facts.filter(|facts| actor.sees_station(facts)).ok_or_else(no_station)?;
                let recorded = tx.read(|conn| stations::fields(conn, station))?.and_then(|fields| fields.power_cap_w);
                if let Some(most) = recorded.filter(|most| change.cap_w > *most) {
                    return Err(Error::invalid(
                        "cap_w",
                        format!("不能高于充电站资料中的功率上限 {} kW；请先核对并修改资料", most / 1_000),
                        format!(
                            "The station's record says at most {} kW; correct the record first if that is wrong.",
                            most / 1_000
                        ),
                    ));
                }
                let before = tx.read(|conn| loads::setting(conn, station))?;
                let setting = LoadSetting {
                    enabled: change.enabled,
                    cap: cap.clone(),
                    strategy: change.strategy,
                    safe_w: change.safe_w,
                    fleets_first: change.fleets_first,
                    units: change.units(tx, station)?,
                    version: change.version.saturating_add(1),
                    short_since_ms: None,
                };
                if !loads::set(tx, station, &setting, change.version)? {
                    return Err(Error::conflict(
                        "load.changed",
                        "这座充电站的负荷管理刚刚被别人修改过，请刷新后在最新内容上重新修改",
                        "Somebody else has just changed this station's load management. Load it again and repeat your change.",
                    ));
                }
                let detail = json!({"before": before, "after": setting});
                actor.record(tx, now, "load_set", "station", station, &detail)
            })
            .await?;
        self.stations_changed(vec![station]).await
    }
}

pub(crate) fn no_station() -> Error {
    Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.")
}
