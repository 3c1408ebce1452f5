//! The HTTP API: one table of routes, each with its permission; one guard before all of them; one
//! file that turns errors into answers; one file per noun.

mod abnormal_orders;
mod advices;
mod alarms;
mod audit;
mod backups;
mod bills;
mod brands;
mod callers;
mod cards;
mod channels;
mod charging_advice;
mod cities;
mod commands;
mod configuration_profiles;
mod console;
mod content;
mod counter_bills;
mod coupons;
mod customer_segments;
mod customer_source;
mod customers;
mod day_bills;
pub mod describe;
mod desired;
mod device_checks;
mod dialects;
mod dictionaries;
mod displays;
mod driver_prices;
mod emergencies;
mod erasures;
mod error;
mod explain;
mod exports;
mod feedback;
mod feedback_blocks;
mod feedback_templates;
mod firmware;
mod first_run;
mod fleets;
mod forecasts;
mod frames;
mod free_connectors;
mod give;
mod guard;
mod healing;
mod holidays;
mod home;
mod identity_providers;
mod imports;
mod invoice_life;
mod invoices;
mod jobs;
mod links;
mod loads;
mod map;
mod member_levels;
pub mod metrics;
mod occupancies;
mod openapi;
mod operations;
mod operators;
mod order_imports;
mod orders;
mod orders_ahead;
mod outside;
mod overviews;
mod parameters;
mod patience;
mod pay_channels;
mod payees;
mod payments;
mod peers;
mod picture;
mod pile_batches;
mod pile_events;
mod pile_healths;
mod pile_labels;
mod pile_monitors;
mod pile_profiles;
mod pile_variables;
mod piles;
mod postings;
mod preferences;
mod public_invoices;
mod reconciliations;
mod recordings;
mod refunds;
mod report_plans;
mod reports;
mod reservations;
mod roles;
mod route;
mod safety;
mod safety_pauses;
mod security;
mod sellers;
mod session;
mod settlements;
mod sharing_periods;
mod sharing_rules;
mod span;
mod staff;
mod stations;
mod stream;
mod support;
mod table;
mod take;
mod tariff_plans;
mod tariffs;
mod traced;
mod transfers;
mod upload;
mod wallets;
mod wire;
mod work_orders;

pub use alarms::code_text as alarm_code_text;
pub use error::{ErrorBody, status};
pub(crate) use give::pieces;
pub use openapi::{document, text as openapi_text};
pub use report_plans::report_of;
pub use route::{Access, Route};
pub use table::table;
pub(crate) use take::no_pile;
pub(crate) use traced::traced;

use crate::app::App;
use crate::outbound::guard::Network;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
pub(crate) use guard::forwarded_for;
use std::sync::Arc;

pub type Shared = Arc<App>;

/// What the operator of the installation decides.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// The console is only reached by https, so its cookie must not travel otherwise.
    pub secure_cookies: bool,
    /// A reverse proxy stands in front, whose `X-Forwarded-For` and `X-Forwarded-Proto` are true.
    pub behind_proxy: bool,
    /// Where that proxy is; empty: whoever connects is taken for it.
    pub proxies: Vec<Network>,
    /// What a mobility platform shows that pushes its customers; without it nobody may.
    pub scim_token: Option<String>,
    /// Networks apart from the public one to which the server itself may connect.
    pub outbound_allow: Vec<Network>,
    pub map: MapSettings,
    pub iso15118: Iso15118Settings,
    /// At which address piles reach us by HTTP; none: as it is told from the request of whoever asks.
    pub public_url: Option<String>,
    /// Only this machine reaches us at all.
    pub listens_locally: bool,
}

/// Who answers what cars ask for by ISO 15118.
#[derive(Clone, Debug, Default)]
pub struct Iso15118Settings {
    pub url: Option<String>,
    /// What is shown to it.
    pub token: Option<String>,
}

/// What the map is drawn on.
#[derive(Clone, Debug, Default)]
pub struct MapSettings {
    /// Where tiles come from; none: the outlines that come with the product.
    pub tile_url: Option<String>,
    /// Chinese providers draw in GCJ-02.
    pub gcj02: bool,
}

impl MapSettings {
    fn datum(&self) -> model::geo::Datum {
        if self.gcj02 { model::geo::Datum::Gcj02 } else { model::geo::Datum::Wgs84 }
    }

    /// The origin that a browser may fetch pictures from.
    fn tile_origin(&self) -> Option<&str> {
        let url = self.tile_url.as_deref()?;
        let scheme = url.find("://")? + 3;
        let end = url[scheme..].find('/').map_or(url.len(), |end| scheme + end);
        Some(&url[..end])
    }
}

/// Everything that is asked over HTTP, except the piles' own WebSockets.
pub fn router(app: Shared) -> Router {
    let api = table()
        .into_iter()
        .fold(Router::new(), |router, route| route.mount(router, &app))
        .route("/api/openapi.json", get(openapi::serve))
        .route("/api", get(error::no_such_path))
        .route("/api/{*path}", axum::routing::any(error::no_such_path))
        .method_not_allowed_fallback(error::no_such_method)
        .layer(from_fn_with_state(Arc::clone(&app), error::finish));
    let outside = Router::new()
        .route("/healthz", get(outside::alive))
        .route("/readyz", get(outside::ready))
        .route("/metrics", get(metrics::show))
        .fallback(console::console)
        .layer(from_fn(error::plain));
    let all = api
        .merge(crate::scim::router(&app))
        .merge(transfers::router(&app))
        .merge(pay_channels::router(&app))
        .merge(outside)
        .layer(from_fn_with_state(Arc::clone(&app), outside::secure));
    let all = if app.settings.secure_cookies { all.layer(from_fn(https_only)) } else { all };
    all.layer(from_fn_with_state(Arc::clone(&app), traced)).with_state(app)
}

/// A browser that came by https once comes by nothing else any more, for half a year.
async fn https_only(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let half_a_year = HeaderValue::from_static("max-age=15552000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, half_a_year);
    response
}

#[cfg(test)]
mod tests {
    use super::MapSettings;

    #[test]
    fn the_host_of_the_tiles_is_the_only_one() {
        let origin = |url: &str| {
            let settings = MapSettings { tile_url: Some(url.to_owned()), gcj02: false };
            settings.tile_origin().map(str::to_owned)
        };
        assert_eq!(
            origin("https://tile.example:8443/a/{z}/{x}/{y}.png").unwrap(),
            "https://tile.example:8443"
        );
        assert_eq!(MapSettings::default().tile_origin(), None);
    }
}
