//! One row per route.

use super::describe::{Described, Draft};
use super::guard::guard;
use super::{Shared, openapi};
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use model::access::Permission;
use std::sync::Arc;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: only what is needed to sign in.
    Public,
    /// Whoever has signed in, also while something is owed before anything else goes.
    Entering,
    /// Anybody who is signed in, for their own matters.
    SignedIn,
    May(Permission),
    /// As `May`, for the dangerous acts: whoever asks has shown lately that it is them.
    Proven(Permission),
    /// The same for their own matters.
    ProvenOwn,
}

impl Access {
    pub fn permission(self) -> Option<Permission> {
        match self {
            Access::May(permission) | Access::Proven(permission) => Some(permission),
            Access::Public | Access::Entering | Access::SignedIn | Access::ProvenOwn => None,
        }
    }

    pub fn wants_proof(self) -> bool {
        matches!(self, Access::Proven(_) | Access::ProvenOwn)
    }
}

pub struct Route {
    pub method: Method,
    pub path: &'static str,
    /// `noun_verb`: the name of the handler, the operationId and the TypeScript call.
    pub operation: &'static str,
    pub access: Access,
    pub draft: Draft,
    handler: MethodRouter<Shared>,
}

impl Route {
    pub fn new<H, T, A>(
        method: Method,
        path: &'static str,
        operation: &'static str,
        access: Access,
        handler: H,
    ) -> Route
    where
        H: Handler<T, Shared> + Described<A>,
        T: 'static,
    {
        let mut draft = Draft::default();
        H::describe(&mut draft);
        let filter = match method {
            Method::POST => MethodFilter::POST,
            Method::PUT => MethodFilter::PUT,
            Method::PATCH => MethodFilter::PATCH,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        Route { method, path, operation, access, draft, handler: on(filter, handler) }
    }

    pub fn mount(self, router: Router<Shared>, app: &Shared) -> Router<Shared> {
        let state = (Arc::clone(app), self.access);
        router.route(self.path, self.handler.route_layer(from_fn_with_state(state, guard)))
    }

    /// The noun in the path, for grouping.
    pub fn tag(&self) -> &'static str {
        self.path.trim_start_matches(openapi::BASE).split('/').nth(1).unwrap_or("api")
    }
}
