//! 审计日志

use super::Shared;
use super::error::{Answer, Failure};
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::Error;
use serde::Deserialize;
use store::audit::{self, AuditFilter, AuditRecord};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    staff_name: Option<String>,
    key: Option<String>,
    address: Option<String>,
    action: Option<String>,
    noun: Option<String>,
    success: Option<bool>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Newest first.
pub async fn audit_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<AuditQuery>,
) -> Answer<Given<Page<AuditRecord>>> {
    if !who.scope().is_all() {
        return Err(Failure(Error::new(
            model::error::Kind::Denied,
            "scope.denied",
            model::Text::of(
                "审计日志涉及所有运营商，仅平台账号可以查看",
                "The audit log concerns all operators; only the platform's own staff may read it.",
            ),
        )));
    }
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let wanted = AuditFilter {
        staff_name: query.staff_name,
        key: query.key,
        address: query.address,
        action: query.action,
        noun: query.noun,
        success: query.success,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let read = move |conn: &mut store::Conn| audit::audit_list(conn, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}
