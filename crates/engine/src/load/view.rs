//! A station's load as staff see it: the cap, what is held to what, and what cannot be reached.

use super::setting::no_station;
use super::site::Place;
use crate::Engine;
use model::Result;
use model::id::{ConnectorNo, StationId};
use model::load::{Cap, CapPeriod, LoadControl, LoadStrategy, Unit};
use model::time::Timestamp;
use serde::Serialize;
use std::collections::HashSet;
use store::loads::{LoadSetting, SHORT_MS};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadView {
    /// Null: nobody has set it up.
    pub setting: Option<LoadSettingView>,
    /// Of the station's record; the cap is not above it.
    pub power_cap_w: Option<i64>,
    pub picture: LoadPicture,
    pub units: Vec<LoadUnit>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LoadSetting)]
pub struct LoadSettingView {
    pub version: i64,
    pub enabled: bool,
    pub cap_w: i64,
    pub reserve_w: i64,
    pub periods: Vec<CapPeriod>,
    pub strategy: LoadStrategy,
    pub safe_w: i64,
    pub fleets_first: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadPicture {
    pub at_ms: i64,
    /// For the piles, now: the cap of this hour without the reserve.
    pub cap_w: i64,
    /// What they may draw if everything goes wrong.
    pub worst_w: i64,
    /// The limits that they have confirmed; the rated power of those that have none.
    pub limit_w: i64,
    /// What they draw, as far as it was measured just now.
    pub power_w: i64,
    /// By how much the worst case is above what there is.
    pub over_w: i64,
    /// From when on nothing new begins for that reason.
    pub refuses_from_ms: Option<i64>,
    pub offline_count: i64,
}

/// A connector, or a whole 云快充 pile (0).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadUnit {
    pub pile_code: String,
    pub pile_name: String,
    pub connector_no: ConnectorNo,
    pub control: LoadControl,
    pub online: bool,
    pub rated_w: i64,
    pub rank: i64,
    pub keeps: bool,
    pub order_id: Option<i64>,
    pub departs_at_ms: Option<i64>,
    pub power_w: Option<i64>,
    /// Confirmed, and holding without us.
    pub standing_w: Option<i64>,
    /// What it is held to now; null: not known for certain.
    pub limit_w: Option<i64>,
    /// When that ends by itself.
    pub limit_until_ms: Option<i64>,
    /// What it should have.
    pub wish_w: Option<i64>,
    /// With how much it is counted.
    pub worst_w: i64,
    /// A command waits for its answer.
    pub pending: bool,
    /// There is not enough for its car now.
    pub waits: bool,
    /// Why it did not take its last limit, in the reader's language.
    pub problem: Option<String>,
}

impl LoadSettingView {
    fn of(setting: &LoadSetting) -> LoadSettingView {
        LoadSettingView {
            version: setting.version,
            enabled: setting.enabled,
            cap_w: setting.cap.cap_w,
            reserve_w: setting.cap.reserve_w,
            periods: setting.cap.periods.clone(),
            strategy: setting.strategy,
            safe_w: setting.safe_w,
            fleets_first: setting.fleets_first,
        }
    }
}

impl Engine {
    /// The caller has found the station in the caller's scope.
    pub async fn load_get(&self, station: StationId) -> Result<LoadView> {
        let now = self.clock.now();
        let fields = self.store.read(move |conn| store::stations::fields(conn, station)).await?;
        let recorded = fields.and_then(|fields| fields.power_cap_w);
        let mut snapshot = self.load_snapshot(station).await?.ok_or_else(no_station)?;
        let setting = snapshot.setting.clone();
        let zone = snapshot.facts.zone.clone();
        // Also a station that does not share yet is shown with all that stands there.
        snapshot.setting.get_or_insert_with(nothing_set).enabled = true;
        let managed = snapshot.manage(&HashSet::new(), now);
        let units: Vec<LoadUnit> = managed
            .places
            .iter()
            .zip(&managed.site.units)
            .map(|(place, unit)| shown(place, unit, now))
            .collect();
        let enabled = setting.as_ref().filter(|setting| setting.enabled);
        let cap_w = setting.as_ref().map_or(0, |setting| setting.cap.at(&zone, now));
        let picture = LoadPicture {
            at_ms: now.as_ms(),
            cap_w,
            worst_w: managed.site.worst_w(now),
            limit_w: managed.site.together_w(|unit| unit.limit_w(now).unwrap_or(unit.rated_w)),
            power_w: units.iter().filter_map(|unit| unit.power_w).sum(),
            over_w: enabled.map_or(0, |_| managed.site.over_w(now)),
            refuses_from_ms: enabled.and_then(|s| s.short_since_ms).map(|since| since + SHORT_MS),
            offline_count: units.iter().filter(|unit| !unit.online).count() as i64,
        };
        let setting = setting.as_ref().map(LoadSettingView::of);
        Ok(LoadView { setting, power_cap_w: recorded, picture, units })
    }
}

fn nothing_set() -> LoadSetting {
    LoadSetting {
        enabled: false,
        cap: Cap::default(),
        strategy: LoadStrategy::Equal,
        safe_w: 0,
        fleets_first: false,
        units: Vec::new(),
        version: 0,
        short_since_ms: None,
    }
}

fn shown(place: &Place, unit: &Unit, now: Timestamp) -> LoadUnit {
    let above = unit.session.and_then(|_| unit.above.sure(now));
    LoadUnit {
        pile_code: place.code.clone(),
        pile_name: place.name.clone(),
        connector_no: place.connector,
        control: unit.control,
        online: unit.online,
        rated_w: unit.rated_w,
        rank: unit.rank,
        keeps: unit.keeps,
        order_id: place.order.as_ref().map(|order| order.id.0),
        departs_at_ms: unit.session.and_then(|session| session.departs).map(Timestamp::as_ms),
        power_w: place.power_w,
        standing_w: unit.standing.sure(now).map(|limit| limit.power_w),
        limit_w: unit.limit_w(now),
        limit_until_ms: above.and_then(|limit| limit.until).map(Timestamp::as_ms),
        wish_w: place.state.wish_w,
        worst_w: unit.worst_w(now),
        pending: unit.sent.is_some(),
        waits: place.state.waits,
        problem: place.state.problem.clone(),
    }
}
