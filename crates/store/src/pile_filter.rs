//! What staff look for among the piles.

use crate::filter::Filter;
use crate::links::FLAPPING;
use crate::pile_drift;
use crate::pile_state::PileState;
use crate::sort::Sort;
use model::access::Scope;
use model::site::{Lifecycle, PileKind, Protocol};
use model::tariff_plan::TariffMatch;
use model::time::Timestamp;

#[derive(Clone, Debug, Default)]
pub struct PileFilter {
    pub operator_name: Option<String>,
    pub city_name: Option<String>,
    pub station_name: Option<String>,
    pub station_id: Option<i64>,
    pub code: Option<String>,
    pub lifecycle: Option<Lifecycle>,
    /// Whether the pile has been taken out of service for good.
    pub retired: Option<bool>,
    pub state: Option<PileState>,
    pub online: Option<bool>,
    /// Those whose links ended again and again since then.
    pub flapping_since: Option<Timestamp>,
    pub kind: Option<PileKind>,
    pub protocol: Option<Protocol>,
    pub tariff_match: Option<TariffMatch>,
    pub tariff_name: Option<String>,
    /// Whether it has a tariff of its own.
    pub own_tariff: Option<bool>,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub tag: Option<String>,
    /// Those whose warranty ends on that day or has ended.
    pub warranty_until: Option<i64>,
    /// Whether something that it should have is not so.
    pub drift: Option<bool>,
    /// Those on which no order has begun since then.
    pub unused_since: Option<Timestamp>,
    pub sort: Sort,
    pub limit: i64,
}

pub(crate) fn filter(scope: &Scope, wanted: &PileFilter) -> Filter {
    let mut filter = Filter::new();
    filter.scope("p.operator_id", "p.station_id", scope);
    filter.and_contains(
        "p.operator_id IN (SELECT id FROM operator WHERE LOWER(name) LIKE ?)",
        wanted.operator_name.as_deref(),
    );
    filter.and_contains(
        "p.station_id IN (SELECT s.id FROM station s JOIN city c ON c.code = s.city_code WHERE LOWER(c.name) LIKE ?)",
        wanted.city_name.as_deref(),
    );
    filter.and_contains(
        "p.station_id IN (SELECT id FROM station WHERE LOWER(name) LIKE ?)",
        wanted.station_name.as_deref(),
    );
    filter.and_some("p.station_id = ?", wanted.station_id);
    filter.and_contains("LOWER(p.code) LIKE ?", wanted.code.as_deref());
    filter.and_some("p.lifecycle = ?", wanted.lifecycle.map(Lifecycle::as_str));
    if let Some(retired) = wanted.retired {
        filter.and(if retired { "p.lifecycle = 'retired'" } else { "p.lifecycle <> 'retired'" });
    }
    filter.and_some("p.online = ?", wanted.online);
    if let Some(since) = wanted.flapping_since {
        let often = format!(
            "p.id IN (SELECT pile_id FROM link WHERE to_ms >= ? GROUP BY pile_id HAVING COUNT(*) >= {FLAPPING})"
        );
        filter.and_value(&often, since.as_ms());
    }
    filter.and_some("p.kind = ?", wanted.kind.map(PileKind::as_str));
    filter.and_some("p.protocol = ?", wanted.protocol.map(Protocol::as_str));
    if let Some(wanted) = wanted.tariff_match {
        // The rows of the list are counted without their stations.
        let station = "JOIN station s ON s.id = p.station_id LEFT JOIN tariff t ON t.id = COALESCE(p.tariff_id, s.tariff_id) \
             LEFT JOIN tariff_today y ON y.tariff_id = t.id AND y.time_zone = s.time_zone";
        let piles = format!("p.id IN (SELECT p.id FROM pile p {station} WHERE {TARIFF_MATCH} = ?)");
        filter.and_value(&piles, wanted.as_str());
    }
    let mut named = Filter::new();
    named.and_contains("LOWER(t.name) LIKE ?", wanted.tariff_name.as_deref());
    filter.and_within(
        "p.id IN (SELECT p.id FROM pile p JOIN station s ON s.id = p.station_id JOIN tariff t \
         ON t.id = COALESCE(p.tariff_id, s.tariff_id) WHERE ?)",
        &named,
    );
    if let Some(own) = wanted.own_tariff {
        filter.and(if own { "p.tariff_id IS NOT NULL" } else { "p.tariff_id IS NULL" });
    }
    filter.and_contains("LOWER(p.vendor) LIKE ?", wanted.vendor.as_deref());
    filter.and_contains("LOWER(p.model) LIKE ?", wanted.model.as_deref());
    filter.and_contains("LOWER(p.firmware) LIKE ?", wanted.firmware.as_deref());
    filter.and_contains(
        "p.id IN (SELECT pile_id FROM pile_record WHERE LOWER(tags) LIKE ?)",
        wanted.tag.as_deref(),
    );
    filter
        .and_some("p.id IN (SELECT pile_id FROM pile_record WHERE warranty_day <= ?)", wanted.warranty_until);
    if let Some(since) = wanted.unused_since {
        // One look into the index of a pile's orders for each pile: its newest order is all that matters.
        let unused = "NOT EXISTS (SELECT 1 FROM orders o WHERE o.pile_id = p.id AND o.started_at_ms >= ?)";
        filter.and_value(unused, since.as_ms());
    }
    pile_drift::narrow(&mut filter, wanted.drift);
    const HAS: &str = "p.online AND EXISTS (SELECT 1 FROM connector k WHERE k.pile_id = p.id AND k.no > 0 \
         AND k.id > p.id * 1000 AND k.id <= p.id * 1000 + 999 AND k.status ";
    match wanted.state {
        None => {}
        Some(PileState::Offline) => filter.and("NOT p.online"),
        Some(PileState::Suspended) => filter.and(&format!("{HAS} IN ('suspended_ev', 'suspended_evse'))")),
        Some(PileState::Connector(status)) => filter.and_value(&format!("{HAS} = ?)"), status.as_str()),
    }
    filter
}

/// Whether `p` has the version that its station shows.
pub(crate) const TARIFF_MATCH: &str = "(CASE WHEN p.protocol NOT IN ('ykc1.5', 'ykc1.6', 'ocpp2.1') OR p.lifecycle = 'retired' \
    OR t.id IS NULL THEN 'not_needed' WHEN p.tariff_model IS NULL THEN 'unknown' \
    WHEN p.tariff_model = COALESCE(y.model_no, t.model_no) THEN 'same' ELSE 'different' END)";
