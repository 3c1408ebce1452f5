//! 来电用户: what is known of whoever has a telephone number.

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Id, Query, Who};
use axum::extract::State;
use engine::feedback::caller_phone;
use model::Error;
use model::access::Permission;
use model::id::FeedbackId;
use serde::Deserialize;
use store::callers::{self, Caller, CallerSight};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerQuery {
    /// The whole number; spaces, dashes and +86 are only dress.
    phone: String,
}

fn sight(who: &Who) -> CallerSight {
    let may = |permission| who.session.caller.may(permission);
    CallerSight {
        customers: may(Permission::CustomerRead),
        orders: may(Permission::OrderRead),
        vouchers: may(Permission::ContentRead),
        invoices: may(Permission::InvoiceRead),
    }
}

pub async fn caller_get(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CallerQuery>,
) -> Answer<Given<Caller>> {
    let (scope, now, sight, phone) = (who.scope(), app.now(), sight(&who), caller_phone(&query.phone)?);
    let read = move |conn: &mut store::Conn| callers::caller_get(conn, &scope, &phone, sight, now);
    Ok(Given(app.engine.store.read(read).await?))
}

/// Of whoever wrote this feedback: the number itself stays with us.
pub async fn feedback_caller_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<Caller>> {
    let (scope, now, sight) = (who.scope(), app.now(), sight(&who));
    let read = move |conn: &mut store::Conn| {
        let Some(one) = store::feedback::find(conn, &scope, FeedbackId(id))? else { return Ok(None) };
        let Some(phone) = one.phone else { return Ok(Some(Caller::default())) };
        let mut caller = callers::caller_get(conn, &scope, &phone, sight, now)?;
        caller.feedback.retain(|other| other.id != id);
        Ok(Some(caller))
    };
    let caller = app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found(
            "feedback.not_found",
            "没有这条反馈，或不在您的数据范围内",
            "There is no such feedback in your scope.",
        )
    })?;
    Ok(Given(caller))
}
