//! 优惠券: making, changing and stopping them; giving them out is in `voucher.rs`.

mod choice;
mod voucher;

pub use choice::OrderVoucherChange;
pub use voucher::{VoucherCancel, VoucherCheck, VoucherDraft, VouchersCancelled, VouchersGiven};

use crate::Engine;
use crate::audit::Actor;
use crate::content::target::{
    bearer_checked, changed_meanwhile, cities_checked, may_change, owner, stations_checked, written,
};
use crate::site::named;
use model::coupon::{CouponKind, CouponPayer, CouponValidity, CouponWorth};
use model::id::CouponId;
use model::money::Fen;
use model::offer::Bearing;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::coupons::{self, Coupon};
use store::{Change, Conn};
use utoipa::ToSchema;

const TOTAL_MAX: i64 = 10_000_000;
const PER_PERSON_MAX: i64 = 100;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponDraft {
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub name: String,
    pub kind: CouponKind,
    /// Of `amount` and `service`; of `per_kwh` for each kWh.
    pub off_fen: Option<i64>,
    /// Of `percent` and `service_percent`: 15 takes 15 % off, up to the cap.
    pub percent_off: Option<i64>,
    pub cap_fen: Option<i64>,
    pub threshold_fen: i64,
    /// As many as are given when there is no number.
    pub total: Option<i64>,
    pub per_person: i64,
    /// Either both of these,
    pub valid_from_ms: Option<i64>,
    /// (exclusive)
    pub valid_until_ms: Option<i64>,
    /// or so many days from the moment at which one is given.
    pub valid_days: Option<i64>,
    pub payer: CouponPayer,
    /// The platform's part in thousandths, 1 to 999, where it is shared.
    pub platform_permille: Option<i64>,
    /// Beside the share of a member level and an activity; else the better counts. No, when it is not said.
    #[serde(default)]
    pub combines: bool,
    /// Good again when all that was paid for its order is given back. Yes, when it is not said.
    #[serde(default = "yes")]
    pub returns: bool,
    /// Codes of open cities where it may be used; none: all.
    pub cities: Option<Vec<String>>,
    /// Stations where it may be used, beside its cities; none: all.
    pub station_ids: Option<Vec<i64>>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponChange {
    pub version: i64,
    /// All of it anew.
    pub coupon: CouponDraft,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponStatusChange {
    pub version: i64,
    /// Nothing more is given; what was given stays good.
    pub stopped: bool,
}

fn yes() -> bool {
    true
}

pub(crate) fn no_coupon() -> Error {
    Error::not_found(
        "coupon.not_found",
        "没有这张优惠券，或不在您的数据范围内",
        "There is no such coupon in your scope.",
    )
}

/// What is to be changed or given, if this person may.
fn found(conn: &mut Conn, actor: &Actor, id: CouponId, version: Option<i64>) -> Result<Coupon> {
    let one = coupons::find(conn, &actor.caller.scope, id)?.ok_or_else(no_coupon)?;
    may_change(actor, one.operator)?;
    if version.is_some_and(|version| version != one.version) {
        return Err(changed_meanwhile());
    }
    Ok(one)
}

impl CouponDraft {
    fn validity(&self) -> Result<CouponValidity> {
        let both = self.valid_from_ms.zip(self.valid_until_ms);
        let validity = match (self.valid_days, both) {
            (Some(days), None) if self.valid_from_ms.is_none() && self.valid_until_ms.is_none() => {
                CouponValidity::Days(days)
            }
            (None, Some((from, until))) => {
                CouponValidity::Fixed { from: Timestamp::from_ms(from), until: Timestamp::from_ms(until) }
            }
            (None, None) if self.valid_from_ms.is_some() => {
                return Err(Error::invalid("valid_until_ms", "请填写有效期的结束时间", "Say when it ends."));
            }
            (None, None) if self.valid_until_ms.is_some() => {
                return Err(Error::invalid("valid_from_ms", "请填写有效期的开始时间", "Say when it begins."));
            }
            _ => {
                return Err(Error::invalid(
                    "valid_days",
                    "有效期请选择一种：固定的起止时间，或领取后若干天",
                    "Choose one: a fixed time, or some days after it was given.",
                ));
            }
        };
        validity.checked()
    }

    fn counts(&self) -> Result<()> {
        if self.total.is_some_and(|total| !(1..=TOTAL_MAX).contains(&total)) {
            return Err(Error::invalid(
                "total",
                "发放总量应为 1 到 10000000 的整数；不限量请留空",
                "The total is 1 to 10000000; leave it empty for no limit.",
            ));
        }
        let most = self.total.unwrap_or(PER_PERSON_MAX).min(PER_PERSON_MAX);
        if !(1..=most).contains(&self.per_person) {
            return Err(Error::invalid(
                "per_person",
                format!("每人限领应为 1 到 {most} 的整数，且不超过发放总量"),
                format!("Each person gets 1 to {most}, and no more than there are."),
            ));
        }
        Ok(())
    }

    fn checked(self, conn: &mut Conn, actor: &Actor) -> Result<Coupon> {
        let worth = CouponWorth {
            kind: self.kind,
            off: self.off_fen.map(Fen),
            percent_off: self.percent_off,
            cap: self.cap_fen.map(Fen),
            threshold: Fen(self.threshold_fen),
        };
        let (validity, name) = (self.validity()?, named("name", &self.name, 40)?);
        self.counts()?;
        let operator = owner(conn, actor, self.operator_id)?;
        let bearing = Bearing::checked(self.payer.bearer(), self.platform_permille)?;
        bearer_checked(actor, bearing.bearer, operator.is_some())?;
        let stations = stations_checked(conn, self.station_ids.unwrap_or_default(), operator)?;
        Ok(Coupon {
            id: CouponId(0),
            operator,
            name,
            worth: worth.checked()?,
            total: self.total,
            per_person: self.per_person,
            validity,
            payer: self.payer,
            platform_permille: bearing.platform_permille,
            combines: self.combines,
            returns: self.returns,
            cities: cities_checked(conn, self.cities.unwrap_or_default())?,
            stations,
            note: written("note", self.note.as_deref().unwrap_or_default(), 500)?,
            stopped: false,
            given: 0,
            version: 1,
        })
    }
}

fn told(one: &Coupon) -> Value {
    let (from, until, days) = match one.validity {
        CouponValidity::Fixed { from, until } => (Some(from.as_ms()), Some(until.as_ms()), None),
        CouponValidity::Days(days) => (None, None, Some(days)),
    };
    json!({"name": one.name, "kind": one.worth.kind, "operator_id": one.operator, "off_fen": one.worth.off,
        "percent_off": one.worth.percent_off, "cap_fen": one.worth.cap, "threshold_fen": one.worth.threshold,
        "total": one.total, "per_person": one.per_person, "valid_from_ms": from, "valid_until_ms": until,
        "valid_days": days, "payer": one.payer, "platform_permille": one.platform_permille,
        "combines": one.combines, "returns": one.returns, "cities": one.cities,
        "stations": one.stations, "note": one.note, "stopped": one.stopped})
}

/// What was promised to those who have one is kept.
fn keeps_promises(before: &Coupon, after: &Coupon) -> Result<()> {
    if before.given == 0 {
        return Ok(());
    }
    let promised = |one: &Coupon| {
        [
            ("kind", json!(one.worth.kind)),
            ("off_fen", json!(one.worth.off)),
            ("percent_off", json!(one.worth.percent_off)),
            ("cap_fen", json!(one.worth.cap)),
            ("threshold_fen", json!(one.worth.threshold)),
            ("payer", json!(one.payer)),
            ("platform_permille", json!(one.platform_permille)),
            ("combines", json!(one.combines)),
            ("returns", json!(one.returns)),
            ("operator_id", json!(one.operator)),
            ("cities", json!(one.cities)),
            ("station_ids", json!(one.stations)),
        ]
    };
    let differs = promised(before).into_iter().zip(promised(after)).find(|(before, after)| before != after);
    let field = match differs {
        Some(((field, _), _)) => Some(field),
        None if before.validity != after.validity => Some(match after.validity {
            CouponValidity::Fixed { .. } => "valid_until_ms",
            CouponValidity::Days(_) => "valid_days",
        }),
        None => None,
    };
    if let Some(field) = field {
        return Err(Error::invalid(
            field,
            format!("已发出 {} 张，面额、门槛、有效期与使用范围不能再改；请停发后新建一种", before.given),
            format!(
                "{} were given: worth, threshold, time and place stay as they are. Stop it and make a new one.",
                before.given
            ),
        ));
    }
    if after.total.is_some_and(|total| total < before.given) {
        return Err(Error::invalid(
            "total",
            format!("已发出 {} 张，发放总量不能更少", before.given),
            format!("{} were given already; the total is not less.", before.given),
        ));
    }
    Ok(())
}

impl Engine {
    pub async fn coupon_create(&self, actor: &Actor, draft: CouponDraft) -> Result<CouponId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor)))??;
                if one.validity.is_over(now) {
                    return Err(Error::invalid(
                        "valid_until_ms",
                        "有效期已过，请选择将来的结束时间",
                        "This time is over; choose an end that is to come.",
                    ));
                }
                let id = coupons::insert(tx, &one, now)?;
                tx.changed(Change::Noun("coupon"));
                actor.record(tx, now, "coupon_create", "coupon", id.0, &json!({"after": told(&one)}))?;
                Ok(id)
            })
            .await
    }

    pub async fn coupon_update(&self, actor: &Actor, id: CouponId, change: CouponChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(found(conn, &actor, id, Some(change.version))))??;
                let mut one = tx.read(|conn| Ok(change.coupon.clone().checked(conn, &actor)))??;
                (one.id, one.stopped, one.given) = (id, before.stopped, before.given);
                one.version = before.version + 1;
                keeps_promises(&before, &one)?;
                coupons::update(tx, &one)?;
                tx.changed(Change::Noun("coupon"));
                let detail = json!({"before": told(&before), "after": told(&one)});
                actor.record(tx, now, "coupon_update", "coupon", id.0, &detail)
            })
            .await
    }

    /// Nothing more is given, or it is given again.
    pub async fn coupon_status_set(
        &self,
        actor: &Actor,
        id: CouponId,
        change: CouponStatusChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let mut one = tx.read(|conn| Ok(found(conn, &actor, id, Some(change.version))))??;
                let before = one.stopped;
                if before == change.stopped {
                    return Err(Error::refused(
                        "coupon.same_status",
                        "已是这个状态，请刷新后查看",
                        "It is so already; reload the page.",
                    ));
                }
                (one.stopped, one.version) = (change.stopped, one.version + 1);
                coupons::update(tx, &one)?;
                tx.changed(Change::Noun("coupon"));
                let detail = json!({"before": {"stopped": before}, "after": {"stopped": one.stopped, "name": one.name}});
                actor.record(tx, now, "coupon_status_set", "coupon", id.0, &detail)
            })
            .await
    }
}
