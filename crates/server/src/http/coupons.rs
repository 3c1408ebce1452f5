//! 优惠券 and those that were given.

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::settlements::place;
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::coupon::{
    CouponChange, CouponDraft, CouponStatusChange, OrderVoucherChange, VoucherCancel, VoucherCheck,
    VoucherDraft, VouchersCancelled, VouchersGiven,
};
use model::coupon::{CouponKind, CouponPayer, CouponState, VoucherState};
use model::id::{CouponId, VoucherId};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::coupons::{self, CouponFilter, CouponView};
use store::filter::{Page, Paging};
use store::vouchers::{self, VoucherFilter, VoucherView};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponQuery {
    /// A part of the name.
    name: Option<String>,
    kind: Option<CouponKind>,
    payer: Option<CouponPayer>,
    state: Option<CouponState>,
    operator_name: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl CouponQuery {
    pub fn filter(self) -> Result<CouponFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(CouponFilter {
            id: None,
            name: self.name,
            kind: self.kind,
            payer: self.payer,
            state: self.state,
            operator_name: self.operator_name,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

pub async fn coupon_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<CouponQuery>,
) -> Answer<Given<Page<CouponView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter()?);
    let read = move |conn: &mut store::Conn| coupons::coupon_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn coupon_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<CouponView>> {
    let (scope, now) = (who.scope(), app.now());
    let read = move |conn: &mut store::Conn| coupons::coupon_get(conn, &scope, CouponId(id), now);
    let found = app.engine.store.read(read).await?;
    Ok(Given(found.ok_or_else(|| {
        Error::not_found(
            "coupon.not_found",
            "没有这张优惠券，或不在您的数据范围内",
            "There is no such coupon in your scope.",
        )
    })?))
}

pub async fn coupon_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<CouponDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.coupon_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn coupon_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<CouponChange>,
) -> Answer<Done> {
    app.engine.coupon_update(&who.actor(), CouponId(id), change).await?;
    Ok(Done)
}

pub async fn coupon_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<CouponStatusChange>,
) -> Answer<Done> {
    app.engine.coupon_status_set(&who.actor(), CouponId(id), change).await?;
    Ok(Done)
}

pub async fn voucher_check(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(check): Input<VoucherCheck>,
) -> Answer<Given<VouchersGiven>> {
    Ok(Given(app.engine.voucher_check(&who.actor(), CouponId(id), check).await?))
}

pub async fn voucher_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(draft): Input<VoucherDraft>,
) -> Answer<Created<VouchersGiven>> {
    Ok(Created(app.engine.voucher_create(&who.actor(), CouponId(id), draft).await?))
}

pub async fn coupon_voucher_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(cancel): Input<VoucherCancel>,
) -> Answer<Given<VouchersCancelled>> {
    Ok(Given(app.engine.coupon_voucher_cancel(&who.actor(), CouponId(id), cancel).await?))
}

pub async fn voucher_cancel(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(cancel): Input<VoucherCancel>,
) -> Answer<Done> {
    app.engine.voucher_cancel(&who.actor(), VoucherId(id), cancel).await?;
    Ok(Done)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherQuery {
    coupon_id: Option<i64>,
    coupon_name: Option<String>,
    customer_id: Option<i64>,
    customer_name: Option<String>,
    /// Any digits of it.
    phone: Option<String>,
    state: Option<VoucherState>,
    /// When it was given.
    from_ms: Option<i64>,
    /// Exclusive.
    to_ms: Option<i64>,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl VoucherQuery {
    pub fn filter(self) -> Result<VoucherFilter> {
        let paging = Paging { cursor: self.cursor, limit: self.limit };
        Ok(VoucherFilter {
            coupon_id: self.coupon_id,
            coupon_name: self.coupon_name,
            customer_id: self.customer_id,
            customer_name: self.customer_name,
            phone: self.phone,
            state: self.state,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            before: paging.key::<1>()?.map(|[id]| id),
            limit: paging.limit()?,
        })
    }
}

pub async fn voucher_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<VoucherQuery>,
) -> Answer<Given<Page<VoucherView>>> {
    let (scope, now, wanted) = (who.scope(), app.now(), query.filter()?);
    let read = move |conn: &mut store::Conn| vouchers::voucher_list(conn, &scope, &wanted, now);
    Ok(Given(app.engine.store.read(read).await?))
}

/// A coupon that could be used for an order.
#[derive(Serialize, ToSchema)]
pub struct OrderVoucher {
    pub voucher_id: i64,
    pub coupon_name: String,
    pub kind: CouponKind,
    /// Exclusive.
    pub valid_until_ms: i64,
    /// The customer has asked for this one.
    pub chosen: bool,
}

pub async fn order_voucher_list(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
) -> Answer<Given<Page<OrderVoucher>>> {
    let place = place(&app, &who, id).await?;
    let all = app.engine.order_voucher_list(&who.actor(), place).await?;
    let items: Vec<_> = all
        .into_iter()
        .map(|one| OrderVoucher {
            voucher_id: one.voucher,
            coupon_name: one.name,
            kind: one.worth.kind,
            valid_until_ms: one.until.as_ms(),
            chosen: one.chosen,
        })
        .collect();
    let total = Some(items.len() as i64);
    Ok(Given(Page { items, next_cursor: None, total }))
}

pub async fn order_voucher_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<OrderVoucherChange>,
) -> Answer<Done> {
    let place = place(&app, &who, id).await?;
    app.engine.order_voucher_set(&who.actor(), place, change).await?;
    Ok(Done)
}
