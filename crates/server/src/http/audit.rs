//! 审计日志

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Query, Who};
use axum::extract::State;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::{self, AuditFilter, AuditRecord};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Clone, Deserialize, Serialize, ToSchema)]
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

impl AuditQuery {
    /// What is asked for, without what is not.
    fn asked(&self) -> Value {
        let mut asked = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(fields) = &mut asked {
            fields.retain(|name, value| !value.is_null() && name != "limit");
        }
        asked
    }

    pub fn filter(self) -> Result<AuditFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(AuditFilter {
            staff_name: self.staff_name,
            key: self.key,
            address: self.address,
            action: self.action,
            noun: self.noun,
            success: self.success,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

pub fn platform_only(who: &Who) -> Result<()> {
    if who.scope().is_all() {
        return Ok(());
    }
    Err(Error::new(
        model::error::Kind::Denied,
        "scope.denied",
        model::Text::of(
            "审计日志涉及所有运营商，仅平台账号可以查看",
            "The audit log concerns all operators; only the platform's own staff may read it.",
        ),
    ))
}

/// Newest first.
pub async fn audit_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<AuditQuery>,
) -> Answer<Given<Page<AuditRecord>>> {
    platform_only(&who)?;
    let (asked, further) = (query.asked(), query.cursor.is_some());
    let wanted = query.filter()?;
    let read = move |conn: &mut store::Conn| audit::audit_list(conn, &wanted);
    let page = app.engine.store.read(read).await?;
    // Its further pages are the same look.
    if !further {
        app.engine.audit_looked(&who.actor(), &asked).await?;
    }
    Ok(Given(page))
}
