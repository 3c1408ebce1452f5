//! The rows about who signs in, with what, what proves that it is them, and what the very first one is led through.

use super::super::route::Access::{Entering, May, Proven, ProvenOwn, Public, SignedIn};
use super::super::route::Route;
use super::super::{first_run, identity_providers, session, staff};
use axum::http::Method;
use model::access::Permission::*;

pub(super) fn rows() -> Vec<Route> {
    routes! {
        POST "/session/proof" Entering, session::session_proof_create;
        GET "/session/second-factor" Entering, session::second_factor_get;
        POST "/session/second-factor" Entering, session::second_factor_start;
        POST "/session/second-factor/confirmation" Entering, session::second_factor_confirm;
        DELETE "/session/second-factor" ProvenOwn, session::second_factor_delete;
        POST "/session/recovery-codes" ProvenOwn, session::recovery_code_create;
        GET "/sessions" SignedIn, session::session_list;
        DELETE "/sessions" SignedIn, session::session_others_stop;
        DELETE "/sessions/{id}" SignedIn, session::session_stop;
        POST "/staff/{id}/second-factor/reset" Proven(StaffWrite), staff::second_factor_cancel;
        POST "/administrators" Proven(StaffWrite), staff::administrator_split_create;
        GET "/session/providers" Public, identity_providers::session_provider_list;
        POST "/session/providers/{id}" Public, identity_providers::session_provider_start;
        POST "/session/providers/{id}/confirmation" Public, identity_providers::session_provider_confirm;
        GET "/identity-providers" May(StaffRead), identity_providers::identity_provider_list;
        POST "/identity-providers" Proven(StaffWrite), identity_providers::identity_provider_create;
        PUT "/identity-providers/{id}" Proven(StaffWrite), identity_providers::identity_provider_update;
        DELETE "/identity-providers/{id}" Proven(StaffWrite), identity_providers::identity_provider_delete;
        GET "/first-run" May(OperatorWrite), first_run::first_run_get;
        PUT "/first-run/dismissal" May(OperatorWrite), first_run::first_run_dismiss;
        GET "/tokens" SignedIn, staff::token_list;
        POST "/tokens" ProvenOwn, staff::token_create;
        DELETE "/tokens/{id}" SignedIn, staff::token_delete;
    }
}
