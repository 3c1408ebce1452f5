//! 用户

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Created, Done, Given, NewId};
use super::take::{Id, Input, Query, Who};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use engine::customer::{CarDraft, CustomerChange, CustomerDraft, RevealRequest, StandingChange};
use model::customer::{CustomerKind, CustomerMark, CustomerSource, CustomerStatus};
use model::id::{CarId, CustomerId};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::audit::AuditRecord;
use store::customer_filter::CustomerFilter;
use store::customer_list::{self, CustomerDetail, CustomerList};
use store::filter::{Page, Paging};
use utoipa::openapi::path::ParameterIn;
use utoipa::{PartialSchema, ToSchema};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerQuery {
    /// The first digits of the id.
    id: Option<String>,
    /// A part of the name.
    name: Option<String>,
    /// The first or the last digits of the phone number, three at least.
    phone: Option<String>,
    source: Option<CustomerSource>,
    kind: Option<CustomerKind>,
    fleet_id: Option<i64>,
    fleet_name: Option<String>,
    status: Option<CustomerStatus>,
    level_id: Option<i64>,
    /// What the nightly job says of them.
    mark: Option<CustomerMark>,
    /// A whole tag that somebody has given.
    tag: Option<String>,
    /// Registered from then on.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    /// Last charged from then on.
    charged_from_ms: Option<i64>,
    /// Exclusive.
    charged_to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Fewer digits are those of almost everybody.
const PHONE_DIGITS_MIN: usize = 3;

impl CustomerQuery {
    pub fn filter(self) -> Result<CustomerFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        if let Some(phone) = &self.phone {
            let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ');
            let digits = phone.bytes().filter(u8::is_ascii_digit).count();
            if !phone.trim().is_empty() && (digits < PHONE_DIGITS_MIN || !phone.chars().all(known)) {
                return Err(Error::invalid(
                    "phone",
                    "请输入手机号的开头或末尾至少 3 位数字，例如 138 或后四位",
                    "Give at least 3 of the first or last digits of the phone number.",
                ));
            }
        }
        for (field, from, to) in
            [("to_ms", self.from_ms, self.to_ms), ("charged_to_ms", self.charged_from_ms, self.charged_to_ms)]
        {
            if let (Some(from), Some(to)) = (from, to)
                && from > to
            {
                return Err(Error::invalid(
                    field,
                    "结束时间早于开始时间，请重新选择时间范围",
                    "The end of the time range is before its start.",
                ));
            }
        }
        Ok(CustomerFilter {
            id: self.id,
            name: self.name,
            phone: self.phone,
            source: self.source,
            kind: self.kind,
            fleet_id: self.fleet_id,
            fleet_name: self.fleet_name,
            status: self.status,
            level_id: self.level_id,
            mark: self.mark,
            tag: self.tag,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            charged_from_ms: self.charged_from_ms,
            charged_to_ms: self.charged_to_ms,
            after: paging.key::<2>()?,
            limit: paging.limit()?,
        })
    }
}

pub(super) fn no_customer() -> Error {
    Error::not_found(
        "customer.not_found",
        "没有这个用户，请检查用户ID",
        "There is no such customer; check the id.",
    )
}

pub async fn customer_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CustomerQuery>,
) -> Answer<Given<CustomerList>> {
    let (scope, wanted, now) = (who.scope(), query.filter()?, app.now());
    let read = move |conn: &mut store::Conn| customer_list::customer_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn customer_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<CustomerDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| customer_list::customer_get(conn, &scope, CustomerId(id), now);
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_customer)?))
}

pub async fn customer_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CustomerDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.customer_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn customer_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<CustomerChange>,
) -> Answer<Done> {
    app.engine.customer_update(&who.actor(), CustomerId(id), change).await?;
    Ok(Done)
}

pub async fn customer_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StandingChange>,
) -> Answer<Done> {
    app.engine.customer_status_set(&who.actor(), CustomerId(id), change).await?;
    Ok(Done)
}

/// A personal datum in full; null where there is none.
#[derive(Serialize, ToSchema)]
pub struct Revealed {
    pub(super) value: Option<String>,
}

pub async fn customer_reveal(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(wanted): Input<RevealRequest>,
) -> Answer<Given<Revealed>> {
    let value = app.engine.customer_reveal(&who.actor(), CustomerId(id), wanted).await?;
    Ok(Given(Revealed { value }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerCardDraft {
    tag: String,
}

pub async fn customer_card_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<CustomerCardDraft>,
) -> Answer<Done> {
    app.engine.customer_card_create(&who.actor(), CustomerId(id), &draft.tag).await?;
    Ok(Done)
}

/// `{id}` and `{code}` of the path: a customer and the number of a card.
pub struct HeldCard(i64, String);

impl<S: Send + Sync> FromRequestParts<S> for HeldCard {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<HeldCard, Failure> {
        match Path::<(i64, String)>::from_request_parts(parts, state).await {
            Ok(Path((id, tag))) => Ok(HeldCard(id, tag)),
            Err(_) => Err(Failure(no_customer())),
        }
    }
}

impl Describe for HeldCard {
    fn describe(draft: &mut Draft) {
        draft.parameter("id", ParameterIn::Path, true, i64::schema());
        draft.parameter("code", ParameterIn::Path, true, String::schema());
    }
}

pub async fn customer_card_delete(
    State(app): State<Shared>,
    who: Who,
    HeldCard(id, tag): HeldCard,
) -> Answer<Done> {
    app.engine.customer_card_delete(&who.actor(), CustomerId(id), &tag).await?;
    Ok(Done)
}

pub async fn customer_car_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<CarDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.customer_car_create(&who.actor(), CustomerId(id), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn car_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.car_delete(&who.actor(), CarId(id)).await?;
    Ok(Done)
}

const CHANGES_MAX: i64 = 200;

pub async fn customer_change_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<AuditRecord>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        if !customer_list::customer_visible(conn, &scope, CustomerId(id))? {
            return Ok(None);
        }
        store::audit::audit_of(conn, "customer", &id.to_string(), CHANGES_MAX).map(Some)
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_customer)?))
}
