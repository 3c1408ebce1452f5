//! 账务流水 and 科目余额

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::span::time_span;
use super::take::{Query, Who};
use axum::extract::State;
use model::Result;
use model::ledger::{AccountKind, PostingCode};
use model::time::Timestamp;
use serde::Deserialize;
use store::filter::{Page, Paging};
use store::ledger_list::{self, PostingFilter, PostingView, TrialBalance};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostingQuery {
    code: Option<PostingCode>,
    /// One of its two accounts is of this kind.
    account: Option<AccountKind>,
    customer_id: Option<i64>,
    fleet_id: Option<i64>,
    order_id: Option<i64>,
    /// This month of Asia/Shanghai when neither is given and no customer, fleet or order is named.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl PostingQuery {
    pub fn filter(self, now: Timestamp) -> Result<PostingFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        let named = self.customer_id.is_some() || self.fleet_id.is_some() || self.order_id.is_some();
        let (from_ms, to_ms) = time_span(self.from_ms, self.to_ms, named, now)?;
        Ok(PostingFilter {
            code: self.code,
            account: self.account,
            customer: self.customer_id,
            fleet: self.fleet_id,
            order: self.order_id,
            from_ms,
            to_ms,
            before: paging.key::<2>()?,
            limit: paging.limit()?,
        })
    }
}

pub async fn posting_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<PostingQuery>,
) -> Answer<Given<Page<PostingView>>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now())?);
    let read = move |conn: &mut store::Conn| ledger_list::posting_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn trial_balance_get(State(app): State<Shared>, who: Who) -> Answer<Given<TrialBalance>> {
    who.actor().must_be_platform()?;
    Ok(Given(app.engine.store.read(ledger_list::trial_balance_get).await?))
}
