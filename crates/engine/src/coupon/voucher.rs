//! 用户券: given by hand to one customer or to a group, and taken back while unused.

use super::{found, no_coupon};
use crate::Engine;
use crate::audit::Actor;
use crate::content::target::{fleet_checked, mark_checked, may_change};
use crate::site::named;
use model::content::TargetGroup;
use model::coupon::{CouponState, VoucherState};
use model::customer::CustomerMark;
use model::id::{CouponId, CustomerId, VoucherId};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::coupons::{self, Coupon};
use store::vouchers::{self, NewVoucher, Recipients};
use store::{Change, Conn, Tx};
use utoipa::ToSchema;

/// Most that one giving out reaches: it is done while somebody waits.
pub const RECIPIENTS_MAX: i64 = 20_000;
/// Written in one go, so that nobody else waits long.
const CHUNK: i64 = 500;

/// To one customer, or to a group.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherDraft {
    /// The sender's own name of this giving out, 8 to 64 letters, digits and `-`: sent again with the same
    /// name it gives nobody a second one.
    pub request_id: String,
    pub customer_id: Option<i64>,
    pub group: Option<TargetGroup>,
    pub fleet_id: Option<i64>,
    /// The segment, where the group is one.
    pub mark: Option<CustomerMark>,
    /// Why, for those who look later.
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherCheck {
    pub customer_id: Option<i64>,
    pub group: Option<TargetGroup>,
    pub fleet_id: Option<i64>,
    pub mark: Option<CustomerMark>,
}

/// How many it reaches or has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VouchersGiven {
    pub given: i64,
    /// How many there are to give after that; null: without a limit.
    pub left: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherCancel {
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VouchersCancelled {
    pub cancelled: i64,
}

fn recipients(
    conn: &mut Conn,
    actor: &Actor,
    customer: Option<i64>,
    group: Option<TargetGroup>,
    (fleet, mark): (Option<i64>, Option<CustomerMark>),
) -> Result<Recipients> {
    match (customer, group) {
        (Some(id), None) if fleet.is_none() && mark.is_none() => Ok(Recipients::One(CustomerId(id))),
        (None, Some(group)) => {
            let fleet = fleet_checked(conn, actor, group, fleet)?;
            let mark = mark_checked(group, mark)?;
            Ok(match (fleet, mark, group.customer_kind()) {
                (Some(fleet), ..) => Recipients::Fleet(fleet.0),
                (None, Some(mark), _) => Recipients::Segment(mark),
                (None, None, Some(kind)) => Recipients::Kind(kind),
                (None, None, None) => Recipients::All,
            })
        }
        _ => Err(Error::invalid(
            "customer_id",
            "请填写一位用户，或选择一类人群，二者选一",
            "Name one customer, or choose a group.",
        )),
    }
}

/// Whether there is something to give.
fn givable(coupon: &Coupon, now: Timestamp) -> Result<()> {
    let (zh, en) = match coupon.state(now) {
        CouponState::Active => return Ok(()),
        CouponState::Stopped => {
            ("这种优惠券已停发，请先恢复发放", "This coupon is stopped; let it be given again first.")
        }
        CouponState::Exhausted => {
            ("这种优惠券已发完，请先增加发放总量", "All of them were given; raise the total first.")
        }
        CouponState::Ended => ("这种优惠券的有效期已过，请新建一种", "Its time is over; make a new one."),
    };
    Err(Error::refused("coupon.not_given", zh, en))
}

fn left(coupon: &Coupon) -> Option<i64> {
    coupon.total.map(|total| (total - coupon.given).max(0))
}

/// How many would get one; refuses more than there are, and more than one giving out reaches.
fn reached(
    conn: &mut Conn,
    actor: &Actor,
    coupon: &Coupon,
    to: &Recipients,
    request_id: &str,
    now: Timestamp,
) -> Result<i64> {
    let scope = &actor.caller.scope;
    let many = vouchers::candidate_count(conn, scope, to, coupon, request_id, RECIPIENTS_MAX + 1, now)?;
    let field = if matches!(to, Recipients::One(_)) { "customer_id" } else { "group" };
    if many == 0 && field == "customer_id" {
        return Err(Error::invalid(
            field,
            format!("没有这位用户，或该用户不能领取：已冻结、已注销，或已领满 {} 张", coupon.per_person),
            format!(
                "There is no such customer, or they can have none: frozen, gone, or with {} of them already.",
                coupon.per_person
            ),
        ));
    }
    if many > RECIPIENTS_MAX {
        return Err(Error::invalid(
            field,
            format!("符合条件的用户超过 {RECIPIENTS_MAX} 人，请按用户类型、车队或分群分批发放"),
            format!(
                "More than {RECIPIENTS_MAX} would get one; give it out by kind of customer, fleet or segment."
            ),
        ));
    }
    if let Some(left) = left(coupon).filter(|left| *left < many) {
        return Err(Error::invalid(
            field,
            format!("符合条件的用户有 {many} 人，只剩 {left} 张；请增加发放总量或缩小范围"),
            format!("{many} would get one and {left} are left; raise the total or choose fewer."),
        ));
    }
    Ok(many)
}

impl Engine {
    /// How many would get one now.
    pub async fn voucher_check(
        &self,
        actor: &Actor,
        id: CouponId,
        check: VoucherCheck,
    ) -> Result<VouchersGiven> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |conn: &mut Conn| {
            let one = found(conn, &actor, id, None)?;
            givable(&one, now)?;
            let to = recipients(conn, &actor, check.customer_id, check.group, (check.fleet_id, check.mark))?;
            let given = reached(conn, &actor, &one, &to, "", now)?;
            Ok(VouchersGiven { given, left: left(&one).map(|left| left - given) })
        };
        self.store.read(move |conn| Ok(work(conn))).await?
    }

    /// Gives one to each of them. Asked again in the same name it goes on where it was interrupted.
    pub async fn voucher_create(
        &self,
        actor: &Actor,
        id: CouponId,
        draft: VoucherDraft,
    ) -> Result<VouchersGiven> {
        let request = draft.request_id.trim();
        if !(8..=64).contains(&request.len())
            || !request.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return Err(Error::invalid(
                "request_id",
                "请求号应为 8 到 64 个字母、数字或短横线，例如一个 UUID；同一次发放重试时保持不变",
                "request_id has 8 to 64 letters, digits and dashes, for example a UUID, and stays the same when it is sent again.",
            ));
        }
        let giving = Giving {
            coupon: id,
            request_id: request.to_owned(),
            reason: named("reason", &draft.reason, 100)?,
            draft,
            actor: actor.clone(),
            now: self.clock.now(),
        };
        let begun = giving.clone();
        self.store.write(None, move |tx| begun.begin(tx)).await?;
        let mut after = Some(0);
        while let Some(behind) = after {
            let part = giving.clone();
            after = self.store.write(None, move |tx| part.give(tx, behind)).await?;
        }
        let given = self.store.write(None, move |tx| giving.end(tx)).await?;
        // Who has a coupon now is asked for it at the end of the next session.
        self.cards_forget(|card| !card.has_vouchers).await?;
        Ok(given)
    }

    /// Takes back one that is unused.
    pub async fn voucher_cancel(&self, actor: &Actor, id: VoucherId, cancel: VoucherCancel) -> Result<()> {
        let reason = named("reason", &cancel.reason, 100)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let known = tx.read(|conn| vouchers::find(conn, &actor.caller.scope, id))?;
                let (coupon, state, until) = known.ok_or_else(|| {
                    Error::not_found(
                        "voucher.not_found",
                        "没有这张用户券，或不在您的数据范围内",
                        "There is no such voucher in your scope.",
                    )
                })?;
                let of = tx.read(|conn| coupons::find(conn, &actor.caller.scope, coupon))?;
                may_change(&actor, of.ok_or_else(no_coupon)?.operator)?;
                if state != VoucherState::Unused || until <= now {
                    return Err(Error::refused(
                        "voucher.not_unused",
                        "只能收回未使用且未过期的券，请刷新后查看",
                        "Only one that is unused and not over is taken back; reload the page.",
                    ));
                }
                vouchers::cancel(tx, coupon, Some(id), &reason, now)?;
                tx.changed(Change::Noun("voucher"));
                let detail = json!({"before": {"state": state}, "after": {"state": VoucherState::Cancelled, "reason": reason}});
                actor.record(tx, now, "voucher_cancel", "voucher", id.0, &detail)
            })
            .await
    }

    /// Takes back all unused ones of a coupon.
    pub async fn coupon_voucher_cancel(
        &self,
        actor: &Actor,
        id: CouponId,
        cancel: VoucherCancel,
    ) -> Result<VouchersCancelled> {
        let reason = named("reason", &cancel.reason, 100)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                tx.read(|conn| Ok(found(conn, &actor, id, None)))??;
                let cancelled = vouchers::cancel(tx, id, None, &reason, now)?;
                tx.changed(Change::Noun("voucher"));
                let detail = json!({"after": {"cancelled": cancelled, "reason": reason}});
                actor.record(tx, now, "coupon_voucher_cancel", "coupon", id.0, &detail)?;
                Ok(VouchersCancelled { cancelled })
            })
            .await
    }
}

/// One giving out, from its beginning to its end.
#[derive(Clone)]
struct Giving {
    coupon: CouponId,
    request_id: String,
    reason: String,
    draft: VoucherDraft,
    actor: Actor,
    now: Timestamp,
}

impl Giving {
    fn to(&self, conn: &mut Conn) -> Result<(Coupon, Recipients)> {
        let one = found(conn, &self.actor, self.coupon, None)?;
        let (customer, group) = (self.draft.customer_id, self.draft.group);
        let of = (self.draft.fleet_id, self.draft.mark);
        Ok((one, recipients(conn, &self.actor, customer, group, of)?))
    }

    /// Refuses all of it, or nothing.
    fn begin(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.read(|conn| {
            let work = |conn: &mut Conn| {
                let (one, to) = self.to(conn)?;
                if vouchers::given_by(conn, self.coupon, &self.request_id)? > 0 {
                    return Ok(());
                }
                givable(&one, self.now)?;
                reached(conn, &self.actor, &one, &to, &self.request_id, self.now).map(drop)
            };
            Ok(work(conn))
        })?
    }

    /// The next of them; where they ended, or nothing when all have one.
    fn give(&self, tx: &mut Tx<'_>, after: i64) -> Result<Option<i64>> {
        let (one, to) = tx.read(|conn| Ok(self.to(conn)))??;
        if givable(&one, self.now).is_err() {
            return Ok(None);
        }
        let most = left(&one).unwrap_or(CHUNK).min(CHUNK);
        let scope = &self.actor.caller.scope;
        let next = tx.read(|conn| {
            vouchers::candidate_ids(conn, scope, &to, &one, &self.request_id, after, most, self.now)
        })?;
        for customer in &next {
            let new = NewVoucher {
                customer: *customer,
                request_id: &self.request_id,
                reason: &self.reason,
                staff_name: &self.actor.caller.name,
            };
            vouchers::insert(tx, &one, &new, self.now)?;
        }
        coupons::given_add(tx, self.coupon, i64::try_from(next.len()).unwrap_or(0))?;
        Ok(next.last().copied())
    }

    fn end(&self, tx: &mut Tx<'_>) -> Result<VouchersGiven> {
        let given = tx.read(|conn| vouchers::given_by(conn, self.coupon, &self.request_id))?;
        let one = tx.read(|conn| Ok(found(conn, &self.actor, self.coupon, None)))??;
        tx.changed(Change::Noun("voucher"));
        let detail = json!({"after": {"given": given, "customer_id": self.draft.customer_id,
            "group": self.draft.group, "fleet_id": self.draft.fleet_id, "mark": self.draft.mark, "reason": self.reason,
            "request_id": self.request_id}});
        self.actor.record(tx, self.now, "voucher_create", "coupon", self.coupon.0, &detail)?;
        Ok(VouchersGiven { given, left: left(&one) })
    }
}
