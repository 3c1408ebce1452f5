//! The rows for whoever looks after the machine that it runs on.

use super::super::route::Access::Proven;
use super::super::route::Route;
use super::super::support;
use axum::http::Method;
use model::access::Permission::*;

pub(super) fn rows() -> Vec<Route> {
    routes! {
        POST "/support" Proven(ParameterWrite), support::support_fetch;
    }
}
