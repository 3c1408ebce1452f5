//! The orders of a closed day as a file: `orders/day=2026-11-23/orders.parquet`.

use super::{Datum, Field, Kind, Writer};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use store::order_facts::OrderFact;

const fn field(name: &'static str, kind: Kind, nullable: bool) -> Field {
    Field { name, kind, nullable }
}

/// What `docs/analytics.md` explains. Columns may be added at the end; none changes its meaning.
pub static FIELDS: &[Field] = &[
    field("order_id", Kind::Integer, false),
    field("station_id", Kind::Integer, false),
    field("station_name", Kind::Text, false),
    field("operator_id", Kind::Integer, false),
    field("city_code", Kind::Text, false),
    field("pile_id", Kind::Integer, false),
    field("pile_code", Kind::Text, true),
    field("pile_kind", Kind::Text, true),
    field("pile_model", Kind::Text, false),
    field("rated_power_w", Kind::Integer, true),
    field("connector_no", Kind::Integer, false),
    field("start_mode", Kind::Text, false),
    field("buyer", Kind::Text, false),
    field("customer_id", Kind::Integer, true),
    field("tariff_id", Kind::Integer, true),
    field("started_at", Kind::Time, false),
    field("ended_at", Kind::Time, false),
    field("ended_hour", Kind::Integer, false),
    field("charge_s", Kind::Integer, false),
    field("energy_dwh", Kind::Integer, false),
    field("sharp_dwh", Kind::Integer, false),
    field("peak_dwh", Kind::Integer, false),
    field("flat_dwh", Kind::Integer, false),
    field("valley_dwh", Kind::Integer, false),
    field("meter_start_dwh", Kind::Integer, true),
    field("meter_end_dwh", Kind::Integer, true),
    field("electricity_fen", Kind::Integer, false),
    field("service_fen", Kind::Integer, false),
    field("total_fen", Kind::Integer, false),
    field("discount_fen", Kind::Integer, false),
    field("occupancy_fen", Kind::Integer, false),
    field("received_fen", Kind::Integer, true),
    field("gift_fen", Kind::Integer, true),
    field("owed_fen", Kind::Integer, true),
    field("soc_start", Kind::Integer, true),
    field("soc_end", Kind::Integer, true),
    field("stop_class", Kind::Text, true),
];

fn row(fact: &OrderFact) -> Vec<Datum> {
    let [sharp, peak, flat, valley] = fact.periods_dwh;
    vec![
        fact.id.into(),
        fact.station.into(),
        fact.station_name.clone().into(),
        fact.operator.into(),
        fact.city_code.clone().into(),
        fact.pile.into(),
        fact.pile_code.clone().into(),
        fact.pile_kind.clone().into(),
        fact.pile_model.clone().into(),
        fact.rated_power_w.into(),
        fact.connector_no.into(),
        fact.start_mode.clone().into(),
        fact.buyer.clone().into(),
        fact.customer.into(),
        fact.tariff.into(),
        fact.started_at_ms.into(),
        fact.ended_at_ms.into(),
        fact.hour.into(),
        ((fact.ended_at_ms - fact.started_at_ms).max(0) / 1_000).into(),
        fact.energy_dwh.into(),
        sharp.into(),
        peak.into(),
        flat.into(),
        valley.into(),
        fact.meter_start_dwh.into(),
        fact.meter_end_dwh.into(),
        fact.electricity_fen.into(),
        fact.service_fen.into(),
        fact.total_fen.into(),
        fact.discount_fen.into(),
        fact.occupancy_fen.into(),
        fact.received_fen.into(),
        fact.gift_fen.into(),
        fact.owed_fen.into(),
        fact.soc_start.into(),
        fact.soc_end.into(),
        fact.stop_class.clone().into(),
    ]
}

/// Below the target, as tools find days by it.
pub fn name(day: i64) -> String {
    format!("orders/day={}-{:02}-{:02}/orders.parquet", day / 10_000, day / 100 % 100, day % 100)
}

/// The same orders are the same bytes; how many these are.
pub fn write(path: &Path, facts: &[OrderFact]) -> io::Result<u64> {
    let mut writer = Writer::new(BufWriter::new(File::create(path)?), FIELDS)?;
    facts.iter().try_for_each(|fact| writer.row(&row(fact)))?;
    let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}
