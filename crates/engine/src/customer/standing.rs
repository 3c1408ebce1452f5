//! 冻结, 解冻, 注销: what we decide of a customer. A frozen one finishes what is running and starts
//! nothing new: the card is judged with the customer's standing.

use super::found;
use crate::Engine;
use crate::audit::Actor;
use model::customer::CustomerStatus;
use model::id::CustomerId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::customers::{self, Customer};
use store::{Change, Tx};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingChange {
    pub version: i64,
    /// `active`, `frozen` or `cancelled`.
    pub status: CustomerStatus,
    /// Required for a freeze and a cancellation.
    pub reason: Option<String>,
    /// When the freeze ends by itself.
    pub until_ms: Option<i64>,
}

pub(super) fn has_left() -> Error {
    Error::refused(
        "customer.cancelled",
        "该用户已注销，不能再修改；如需继续使用请新建用户",
        "This customer has been cancelled and can no longer be changed; register them anew if need be.",
    )
}

impl StandingChange {
    fn reason(&self) -> Result<Option<String>> {
        let reason = self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        match (self.status, reason) {
            (CustomerStatus::Active, reason) => Ok(reason.map(str::to_owned)),
            (_, Some(reason)) => crate::site::named("reason", reason, 200).map(Some),
            (_, None) => Err(Error::invalid(
                "reason",
                "请填写原因，便于日后核查和向用户说明",
                "Give a reason: it is what the customer will be told.",
            )),
        }
    }
}

fn decide(customer: &mut Customer, change: &StandingChange, now: Timestamp) -> Result<()> {
    customer.status_reason = change.reason()?;
    let standing = &mut customer.standing;
    if standing.decided == CustomerStatus::Cancelled {
        return Err(has_left());
    }
    if change.status == CustomerStatus::Deactivated {
        return Err(Error::invalid(
            "status",
            "“来源已停用”由来源平台决定，此处可选：正常、冻结、注销",
            "Only the source deactivates a customer; choose active, frozen or cancelled.",
        ));
    }
    let until = change.until_ms.filter(|_| change.status == CustomerStatus::Frozen);
    if until.is_some_and(|until| until <= now.as_ms()) {
        return Err(Error::invalid(
            "until_ms",
            "冻结截止时间应晚于现在；不填则一直冻结到手动解冻",
            "A freeze ends later than now; without an end it lasts until somebody ends it.",
        ));
    }
    standing.decided = change.status;
    standing.frozen_until = until.map(Timestamp::from_ms);
    Ok(())
}

/// Nobody leaves while a session runs: its bill would be nobody's.
fn refuse_running(tx: &mut Tx<'_>, id: CustomerId) -> Result<()> {
    let open = tx.read(|conn| customers::orders_open(conn, id))?;
    if open.is_empty() {
        return Ok(());
    }
    let list: Vec<String> =
        open.iter().map(|order| format!("{} ({})", order.order_no, order.pile_code)).collect();
    let list = list.join(", ");
    Err(Error::refused(
        "customer.orders_open",
        format!("该用户还有未结束的订单，结束并结算后才能注销：{list}"),
        format!("This customer has orders that have not ended; end and settle them first: {list}."),
    ))
}

impl Engine {
    pub async fn customer_status_set(
        &self,
        actor: &Actor,
        id: CustomerId,
        change: StandingChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let mut customer = found(tx, id, Some(change.version))?;
            let before = customer.standing.decided;
            decide(&mut customer, &change, now)?;
            let tags = tx.read(|conn| customers::card_tags(conn, id))?;
            if change.status == CustomerStatus::Cancelled {
                refuse_running(tx, id)?;
                // The cards can be given to somebody else.
                tags.iter().try_for_each(|tag| store::cards::customer_set(tx, tag, None))?;
            }
            customer.version += 1;
            customer.changed_at = now;
            customers::update(tx, &customer)?;
            tx.changed(Change::Noun("customer"));
            let detail = json!({"before": {"status": before}, "after": {"status": change.status,
                "reason": customer.status_reason, "until_ms": customer.standing.frozen_until}});
            actor.record(tx, now, "customer_status_set", "customer", id.0, &detail)?;
            Ok(tags)
        };
        let tags = self.store.write(None, work).await?;
        self.cards_changed(tags).await
    }
}
