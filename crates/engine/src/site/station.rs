//! 充电站: changing what is on record.

use super::operator::{optional, phone};
use super::{named, no_such, place_checked, taken};
use crate::Engine;
use crate::audit::Actor;
use model::field::field_text;
use model::geo::{Datum, Place};
use model::id::{StationId, TariffId};
use model::site::{Facility, StationFacts};
use model::station::{CarKind, ParkingFee, PlaceKind, StationKind};
use model::{Error, Result, Text};
use serde::Deserialize;
use serde_json::json;
use store::stations::{self, StationFields};
use store::{Tx, cities, tariffs};
use utoipa::ToSchema;

/// The whole record as it shall be; what is left out is empty afterwards.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub name: String,
    /// 站点编号; S and the row's number when not given.
    pub code: Option<String>,
    pub city_code: String,
    pub address: String,
    pub tariff_id: Option<i64>,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    /// What the coordinates are given in, WGS-84 when not given; they are kept in WGS-84.
    pub datum: Option<Datum>,
    pub phone: Option<String>,
    /// Minutes of the day; over midnight when it ends before it begins. Both or none (always open).
    pub opening_from_minute: Option<i64>,
    pub opening_to_minute: Option<i64>,
    pub parking: Option<String>,
    pub facilities: Vec<Facility>,
    pub transformer_kva: Option<i64>,
    pub power_cap_w: Option<i64>,
    /// `public` when not given.
    pub kind: Option<StationKind>,
    pub place_kind: Option<PlaceKind>,
    pub parking_fee: Option<ParkingFee>,
    /// At most eight, of 1 to 12 characters each.
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub car_kinds: Vec<CarKind>,
    /// 户号 of its meter: digits, letters and -.
    pub utility_no: Option<String>,
}

const TAGS_MAX: usize = 8;
const TAG_LONG: usize = 12;

pub(super) fn tags(all: &[String]) -> Result<Vec<String>> {
    let mut tags = Vec::new();
    for tag in all.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        let tag = named("tags", tag, TAG_LONG)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid(
            "tags",
            format!("标签最多 {TAGS_MAX} 个，请删去几个"),
            format!("At most {TAGS_MAX} tags; take some away."),
        ));
    }
    Ok(tags)
}

/// Each once, in the order in which they were given.
fn distinct<T: Copy + PartialEq>(all: &[T]) -> Vec<T> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(one) {
            distinct.push(*one);
        }
    }
    distinct
}

fn utility_no(text: Option<&str>) -> Result<Option<String>> {
    let text = optional("utility_no", text, 32)?;
    if text.as_ref().is_none_or(|text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')) {
        return Ok(text);
    }
    Err(Error::invalid(
        "utility_no",
        "户号应为 1 到 32 个数字、字母或 -，请对照电费单填写",
        "The meter's account has 1 to 32 digits, letters or -; copy it from the electricity bill.",
    ))
}

fn bounded(
    field: &'static str,
    value: Option<i64>,
    (least, most): (i64, i64),
    unit: &str,
) -> Result<Option<i64>> {
    if value.is_none_or(|value| (least..=most).contains(&value)) {
        return Ok(value);
    }
    let Text { zh, en } = field_text(field);
    Err(Error::invalid(
        field,
        format!("{zh}应在 {least} 到 {most} {unit}之间，或留空"),
        format!("{en} is between {least} and {most} {unit}, or empty."),
    ))
}

/// Where it is in the datum that we keep.
fn place(change: &StationChange) -> Result<Option<Place>> {
    let place = place_checked(change.longitude_e6, change.latitude_e6)?;
    Ok(place.map(|place| place.kept(change.datum.unwrap_or_default())))
}

fn opening(change: &StationChange) -> Result<()> {
    let (from, to) = (change.opening_from_minute, change.opening_to_minute);
    bounded("opening_from_minute", from, (0, 1_439), "分钟")?;
    bounded("opening_to_minute", to, (0, 1_440), "分钟")?;
    if from.is_some() != to.is_some() || (from.is_some() && from == to) {
        let field = if from.is_none() { "opening_from_minute" } else { "opening_to_minute" };
        return Err(Error::invalid(
            field,
            "营业时间的开始与结束要都填写且不相同；全天营业请都留空。结束早于开始表示跨越零点",
            "Give both ends of the opening hours, not the same, or neither when it is always open. An end before the beginning means over midnight.",
        ));
    }
    Ok(())
}

impl StationChange {
    fn checked(&self) -> Result<StationFields> {
        let code = optional("code", self.code.as_deref(), 32)?;
        let plain =
            |code: &String| code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if code.as_ref().is_some_and(|code| !plain(code)) {
            return Err(Error::invalid(
                "code",
                "站点编号应为 1 到 32 个字母、数字、- 或 _",
                "A station's number has 1 to 32 letters, digits, - or _.",
            ));
        }
        opening(self)?;
        let place = place(self)?;
        Ok(StationFields {
            name: named("name", &self.name, 64)?,
            code,
            city_code: self.city_code.clone(),
            address: optional("address", Some(&self.address), 200)?.unwrap_or_default(),
            tariff_id: self.tariff_id,
            longitude_e6: place.map(|place| place.longitude_e6),
            latitude_e6: place.map(|place| place.latitude_e6),
            phone: phone("phone", self.phone.as_deref())?,
            opening_from_minute: self.opening_from_minute,
            opening_to_minute: self.opening_to_minute,
            parking: optional("parking", self.parking.as_deref(), 200)?,
            facilities: distinct(&self.facilities),
            transformer_kva: bounded("transformer_kva", self.transformer_kva, (1, 100_000), "kVA ")?,
            power_cap_w: bounded("power_cap_w", self.power_cap_w, (1_000, 100_000_000), "W ")?,
            kind: self.kind.unwrap_or(StationKind::Public),
            place_kind: self.place_kind,
            parking_fee: self.parking_fee,
            tags: tags(&self.tags)?,
            car_kinds: distinct(&self.car_kinds),
            utility_no: utility_no(self.utility_no.as_deref())?,
        })
    }
}

pub(super) fn not_found() -> Error {
    Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.")
}

pub(super) fn changed() -> Error {
    Error::conflict(
        "station.changed",
        "这座充电站刚刚被别人修改过，请刷新后在最新内容上重新修改",
        "Somebody else has just changed this station. Load it again and repeat your change.",
    )
}

/// The station, if this person sees it.
pub(super) fn seen(tx: &mut Tx<'_>, actor: &Actor, id: StationId) -> Result<StationFacts> {
    let facts = tx.read(|conn| stations::find(conn, id))?;
    facts.filter(|facts| actor.sees_station(facts)).ok_or_else(not_found)
}

/// What it refers to is there, and its name and number are its own.
fn fits(tx: &mut Tx<'_>, id: StationId, fields: &StationFields) -> Result<()> {
    let city = tx.read(|conn| cities::find(conn, &fields.city_code))?;
    city.ok_or_else(|| no_such("city_code", "城市", "city"))?;
    if let Some(tariff) = fields.tariff_id.map(TariffId)
        && !tx.read(|conn| tariffs::exists(conn, tariff))?
    {
        return Err(no_such("tariff_id", "计费模型", "tariff"));
    }
    if tx.read(|conn| stations::by_name(conn, &fields.name))?.is_some_and(|other| other != id) {
        let (zh, en) = (format!("充电站“{}”", fields.name), format!("A station called {:?}", fields.name));
        return Err(taken("name", "station.exists", &zh, &en));
    }
    if let Some(code) = &fields.code
        && tx.read(|conn| stations::by_code(conn, code))?.is_some_and(|other| other != id)
    {
        let (zh, en) = (format!("站点编号 {code}"), format!("The station number {code}"));
        return Err(taken("code", "station.exists", &zh, &en));
    }
    Ok(())
}

impl Engine {
    pub async fn station_update(&self, actor: &Actor, id: StationId, change: StationChange) -> Result<()> {
        let (fields, actor, now) = (change.checked()?, actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let mut facts = seen(tx, &actor, id)?;
                // Nobody moves a station to where they would not see it any more.
                facts.city.clone_from(&fields.city_code);
                if !actor.sees_station(&facts) {
                    return Err(no_such("city_code", "城市", "city"));
                }
                let before = tx.read(|conn| stations::fields(conn, id))?;
                fits(tx, id, &fields)?;
                if !stations::update(tx, id, &fields, change.version, now)? {
                    return Err(changed());
                }
                let detail = json!({"before": before, "after": fields});
                actor.record(tx, now, "station_update", "station", id, &detail)
            })
            .await?;
        self.stations_changed(vec![id]).await
    }
}
