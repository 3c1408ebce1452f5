//! Which coupon a session shall use: the best by itself, or the one that its customer has asked for.

use crate::Engine;
use crate::audit::Actor;
use crate::settlement::no_order;
use model::id::{OrderId, PileId};
use model::order::{Order, OrderState};
use model::time::Zone;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::vouchers::{self, Wanted};
use store::{Change, Tx, orders};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderVoucherChange {
    /// Null: the best one by itself.
    pub voucher_id: Option<i64>,
}

/// The order, and what can be used for it; nothing for one that nobody pays by themselves.
fn wanted(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Result<(Order, Option<Wanted>)> {
    let order = tx.read(|conn| orders::get(conn, id))?.ok_or_else(no_order)?;
    let station = tx.station(order.station)?;
    if !actor.sees_station(&station) {
        return Err(no_order());
    }
    let wanted = order.customer.map(|customer| Wanted {
        customer,
        operator: order.operator,
        station: order.station,
        city: station.city.clone(),
        at: order.began_at(),
        order: order.id,
    });
    Ok((order, wanted))
}

fn not_usable() -> Error {
    Error::invalid(
        "voucher_id",
        "这张券不能用于本单：不属于该用户、已使用或已过期、不在可用城市，或已选给另一笔订单；请重新选择",
        "This coupon cannot be used here: it is another customer's, used, over, for other cities, or chosen for another order. Choose again.",
    )
}

impl Engine {
    /// What the customer of an order could use for it.
    pub async fn order_voucher_list(
        &self,
        actor: &Actor,
        (id, pile): (OrderId, PileId),
    ) -> Result<Vec<model::offer::Offered>> {
        let actor = actor.clone();
        self.store
            .write(Some(pile), move |tx| {
                let (order, wanted) = wanted(tx, &actor, id)?;
                match wanted.filter(|_| order.state != OrderState::Completed) {
                    Some(wanted) => tx.read(|conn| vouchers::usable(conn, &wanted)),
                    None => Ok(Vec::new()),
                }
            })
            .await
    }

    /// The customer wants this coupon to be used, whatever others would take off.
    pub async fn order_voucher_set(
        &self,
        actor: &Actor,
        (id, pile): (OrderId, PileId),
        change: OrderVoucherChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(Some(pile), move |tx| {
                let (order, wanted) = wanted(tx, &actor, id)?;
                if matches!(order.state, OrderState::Completed | OrderState::Failed) {
                    return Err(Error::refused(
                        "order.over",
                        "订单已经结束，不能再选择优惠券",
                        "The order is over; no coupon can be chosen any more.",
                    ));
                }
                let wanted = wanted.ok_or_else(not_usable)?;
                if !vouchers::choose(tx, change.voucher_id, &wanted)? {
                    return Err(not_usable());
                }
                tx.changed(Change::Order { order: order.id, pile: order.pile, operator: order.operator });
                let day = Zone::shanghai().local(order.created_at).day;
                let detail = json!({"after": {"voucher_id": change.voucher_id}});
                actor.record(tx, now, "order_voucher_set", "order", Order::number(order.id, day), &detail)
            })
            .await
    }
}
