//! openapi.json: written from the table of routes, read by the web pages.

use super::describe::{Schemas, all_present, collect_schema};
use super::error::ErrorBody;
use super::route::{Access, Route};
use super::table::table;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use std::sync::LazyLock;
use utoipa::openapi::path::{HttpMethod, PathsBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem};

pub const BASE: &str = "/api/v1";

/// The contract of every route in the table.
pub fn document() -> OpenApi {
    let routes = table();
    let mut given = Schemas::new();
    let mut taken = Schemas::new();
    collect_schema::<ErrorBody>(&mut given);
    let mut paths = PathsBuilder::new();
    for route in &routes {
        given.extend(route.draft.given.clone());
        taken.extend(route.draft.taken.clone());
        paths = paths.path(route.path, PathItem::new(method(&route.method), operation(route)));
    }
    given.values_mut().for_each(all_present);
    let mut components = ComponentsBuilder::new();
    for (name, schema) in taken.into_iter().chain(given) {
        components = components.schema(name, schema);
    }
    let cookie = ApiKey::Cookie(ApiKeyValue::new(super::guard::COOKIE_NAME));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components = components
        .security_scheme("session", SecurityScheme::ApiKey(cookie))
        .security_scheme("token", SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("PileOps")
        .version("1")
        .description(Some(
            "Times are UTC milliseconds (_ms), money integer fen (_fen) or 0.0001 yuan (_e4), prices 0.00001 yuan \
             per kWh (_price_e5), energy 0.1 Wh (_dwh). Every call but GET made with the session cookie needs the \
             header X-Requested-With: pileops.",
        ))
        .build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

fn operation(route: &Route) -> utoipa::openapi::path::Operation {
    let mut operation = route.draft.operation(route.operation, route.tag());
    if route.access != Access::Public {
        for scheme in ["session", "token"] {
            operation = operation.security(SecurityRequirement::new(scheme, Vec::<String>::new()));
        }
    }
    if let Some(permission) = route.access.permission()
        && let Ok(serde_json::Value::String(name)) = serde_json::to_value(permission)
    {
        operation = operation.summary(Some(format!("Permission: {name}")));
    }
    operation.build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

static TEXT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string_pretty(&document()).unwrap_or_default() + "\n");

/// As it is committed.
pub fn text() -> &'static str {
    &TEXT
}

pub async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
