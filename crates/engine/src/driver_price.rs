//! 司机价 and other activities: kept, published and withdrawn. What is published counts on the bills of sessions.

use crate::Engine;
use crate::audit::Actor;
use crate::content::ContentStatusChange;
use crate::content::target::{
    bearer_checked, changed_meanwhile, fleet_checked, may_change, owner, rank_checked, written,
};
use crate::site::named;
use model::access::Area;
use model::content::{ContentDecision, TargetGroup, times_checked};
use model::coupon::OFF_MAX;
use model::discount::DiscountBearer;
use model::driver_price::{PriceCut, PriceFee, PriceHours, PriceOff};
use model::id::DriverPriceId;
use model::money::Fen;
use model::offer::Bearing;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::driver_prices::{self, DriverPrice};
use store::{Change, Conn};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriverPriceDraft {
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub name: String,
    pub fee: PriceFee,
    pub cut: PriceCut,
    /// Of `percent`: 20 takes 20 % off.
    pub percent_off: Option<i64>,
    /// Of `amount`.
    pub off_price_e5: Option<i64>,
    /// For whom: drivers and fleets, or everybody as an activity.
    pub group: TargetGroup,
    pub fleet_id: Option<i64>,
    pub area: Area,
    /// 1 is Monday, 7 Sunday.
    pub weekdays: Vec<i64>,
    /// Minutes of the station's day; over midnight when it ends before it begins. Neither: all day.
    pub from_minute: Option<i64>,
    pub to_minute: Option<i64>,
    /// 0 to 999: where several hold at once, the highest does.
    pub rank: Option<i64>,
    /// Who bears what it takes off; the platform its own and an operator its own, when it is not said.
    pub payer: Option<DiscountBearer>,
    /// The platform's part in thousandths, 1 to 999, where it is shared.
    pub platform_permille: Option<i64>,
    /// Beside the share of a member level; else the better counts. No, when it is not said.
    #[serde(default)]
    pub combines: bool,
    /// The most that it takes off one order, and off all of them; none: as much as it says.
    pub cap_fen: Option<i64>,
    pub budget_fen: Option<i64>,
    pub note: Option<String>,
    pub from_ms: Option<i64>,
    /// Exclusive.
    pub until_ms: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriverPriceChange {
    pub version: i64,
    /// All of it anew.
    pub driver_price: DriverPriceDraft,
}

fn found(conn: &mut Conn, actor: &Actor, id: DriverPriceId, version: Option<i64>) -> Result<DriverPrice> {
    let one = driver_prices::find(conn, &actor.caller.scope, id)?.ok_or_else(|| {
        Error::not_found(
            "driver_price.not_found",
            "没有这条司机价，或不在您的数据范围内",
            "There is no such driver price in your scope.",
        )
    })?;
    may_change(actor, one.operator)?;
    if version.is_some_and(|version| version != one.version) {
        return Err(changed_meanwhile());
    }
    Ok(one)
}

fn area_checked(conn: &mut Conn, actor: &Actor, area: &Area, operator: Option<i64>) -> Result<()> {
    let empty = match area {
        Area::Everywhere => false,
        Area::Cities { cities } => cities.is_empty(),
        Area::Stations { stations } => stations.is_empty(),
    };
    let operator = operator.map(model::id::OperatorId).or(actor.caller.scope.operator);
    if !empty && store::staff::area_exists(conn, area, operator)? {
        return Ok(());
    }
    Err(Error::invalid(
        "area",
        "请至少选择一个已开通的城市或充电站；属于运营商的司机价只能选择该运营商的充电站",
        "Choose at least one open city or station; where it is an operator's, one of its own stations.",
    ))
}

const BUDGET_MAX_FEN: i64 = 100_000_000_000;

/// Null, or more than nothing.
fn most_checked(field: &'static str, fen: Option<i64>, most: i64) -> Result<Option<Fen>> {
    if fen.is_none_or(|fen| (1..=most).contains(&fen)) {
        return Ok(fen.map(Fen));
    }
    let yuan = most / 100;
    Err(Error::invalid(
        field,
        format!("金额应在 0.01 到 {yuan} 元之间；不限请留空"),
        format!("It lies between 0.01 and {yuan} yuan; leave it empty for none."),
    ))
}

impl DriverPriceDraft {
    fn checked(self, conn: &mut Conn, actor: &Actor) -> Result<DriverPrice> {
        let off = PriceOff { cut: self.cut, percent_off: self.percent_off, off_price_e5: self.off_price_e5 };
        let hours =
            PriceHours { weekdays: self.weekdays, from_minute: self.from_minute, to_minute: self.to_minute };
        let name = named("name", &self.name, 40)?;
        let (off, hours) = (off.checked()?, hours.checked()?);
        // A price holds at the moment of a session, a segment as of the last night: a bill would not be explained by it.
        if self.group == TargetGroup::Segment {
            return Err(Error::invalid(
                "group",
                "价格不能按客户分群设置，请选择用户类型或车队；对分群请发优惠券",
                "A price is not for a segment; choose a kind of customer or a fleet, and give segments coupons.",
            ));
        }
        times_checked(self.from_ms, self.until_ms)?;
        let operator = owner(conn, actor, self.operator_id)?;
        area_checked(conn, actor, &self.area, self.operator_id)?;
        let own = if operator.is_none() { DiscountBearer::Platform } else { DiscountBearer::Operator };
        let bearing = Bearing::checked(self.payer.unwrap_or(own), self.platform_permille)?;
        bearer_checked(actor, bearing.bearer, operator.is_some())?;
        Ok(DriverPrice {
            id: DriverPriceId(0),
            operator,
            name,
            fee: self.fee,
            off,
            group: self.group,
            fleet: fleet_checked(conn, actor, self.group, self.fleet_id)?,
            area: self.area,
            hours,
            rank: rank_checked(self.rank)?,
            bearing,
            combines: self.combines,
            cap: most_checked("cap_fen", self.cap_fen, OFF_MAX.0)?,
            budget: most_checked("budget_fen", self.budget_fen, BUDGET_MAX_FEN)?,
            note: written("note", self.note.as_deref().unwrap_or_default(), 500)?,
            decision: ContentDecision::Draft,
            from: self.from_ms.map(Timestamp::from_ms),
            until: self.until_ms.map(Timestamp::from_ms),
            version: 1,
        })
    }
}

fn told(one: &DriverPrice) -> Value {
    json!({"name": one.name, "operator_id": one.operator, "fee": one.fee, "cut": one.off.cut,
        "percent_off": one.off.percent_off, "off_price_e5": one.off.off_price_e5, "group": one.group,
        "fleet_id": one.fleet, "area": one.area, "weekdays": one.hours.weekdays,
        "from_minute": one.hours.from_minute, "to_minute": one.hours.to_minute, "rank": one.rank,
        "payer": one.bearing.bearer, "platform_permille": one.bearing.platform_permille, "combines": one.combines,
        "cap_fen": one.cap, "budget_fen": one.budget, "note": one.note, "from_ms": one.from.map(Timestamp::as_ms), "until_ms": one.until.map(Timestamp::as_ms)})
}

impl Engine {
    pub async fn driver_price_create(&self, actor: &Actor, draft: DriverPriceDraft) -> Result<DriverPriceId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor)))??;
                let id = driver_prices::insert(tx, &one, now)?;
                tx.changed(Change::Noun("driver_price"));
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "driver_price_create", "driver_price", id.0, &detail)?;
                Ok(id)
            })
            .await
    }

    /// A published one may be changed: it says from now on what it says then.
    pub async fn driver_price_update(
        &self,
        actor: &Actor,
        id: DriverPriceId,
        change: DriverPriceChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(found(conn, &actor, id, Some(change.version))))??;
                let mut one = tx.read(|conn| Ok(change.driver_price.clone().checked(conn, &actor)))??;
                (one.id, one.decision, one.version) = (id, before.decision, before.version + 1);
                driver_prices::update(tx, &one)?;
                tx.changed(Change::Noun("driver_price"));
                let detail = json!({"before": told(&before), "after": told(&one)});
                actor.record(tx, now, "driver_price_update", "driver_price", id.0, &detail)
            })
            .await?;
        self.store
            .write_everywhere(|tx| {
                tx.stations_changed();
                Ok(())
            })
            .await
            .map(drop)
    }

    pub async fn driver_price_status_set(
        &self,
        actor: &Actor,
        id: DriverPriceId,
        change: ContentStatusChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let mut one = tx.read(|conn| Ok(found(conn, &actor, id, Some(change.version))))??;
                let before = one.decision.state(one.from, one.until, now);
                if change.status == ContentDecision::Published && one.until.is_some_and(|until| until <= now)
                {
                    return Err(crate::content::over());
                }
                one.decision = one.decision.then(change.status)?;
                one.version += 1;
                driver_prices::update(tx, &one)?;
                tx.changed(Change::Noun("driver_price"));
                let after = one.decision.state(one.from, one.until, now);
                let detail =
                    json!({"before": {"state": before}, "after": {"state": after, "name": one.name}});
                actor.record(tx, now, "driver_price_status_set", "driver_price", id.0, &detail)
            })
            .await?;
        self.store
            .write_everywhere(|tx| {
                tx.stations_changed();
                Ok(())
            })
            .await
            .map(drop)
    }

    /// Takes away a draft.
    pub async fn driver_price_delete(&self, actor: &Actor, id: DriverPriceId) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(found(conn, &actor, id, None)))??;
                if one.decision != ContentDecision::Draft {
                    return Err(crate::content::published_once());
                }
                driver_prices::delete(tx, id)?;
                tx.changed(Change::Noun("driver_price"));
                let detail = json!({"before": told(&one)});
                actor.record(tx, now, "driver_price_delete", "driver_price", id.0, &detail)
            })
            .await
    }
}
