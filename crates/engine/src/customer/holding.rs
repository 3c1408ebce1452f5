//! Which cards a customer holds.

use super::{found, standing};
use crate::Engine;
use crate::audit::Actor;
use model::card::Token;
use model::customer::CustomerStatus;
use model::id::CustomerId;
use model::{Error, Result};
use serde_json::json;
use store::{Change, Tx, cards};

impl Engine {
    /// Gives a card that nobody holds to the customer.
    pub async fn customer_card_create(&self, actor: &Actor, id: CustomerId, tag: &str) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now, tag) = (actor.clone(), self.clock.now(), Token::card(tag).key());
        let changed = tag.clone();
        let work = move |tx: &mut Tx<'_>| {
            let customer = found(tx, id, None)?;
            if customer.standing.decided == CustomerStatus::Cancelled {
                return Err(standing::has_left());
            }
            let card = tx.read(|conn| cards::find(conn, &tag))?.ok_or_else(|| {
                Error::invalid(
                    "tag",
                    "没有这张卡，请检查卡号，或先在“充电卡”页面登记",
                    "There is no such card; check its number, or register it first.",
                )
            })?;
            match card.customer {
                Some(holder) if holder == id => return Ok(()),
                Some(holder) => {
                    let holder = holder.0;
                    return Err(Error::conflict(
                        "card.held",
                        format!("这张卡已绑定用户 {holder}，请先在该用户处解绑"),
                        format!("The customer {holder} holds this card; take it from them first."),
                    )
                    .on_field("tag"));
                }
                None => {}
            }
            cards::customer_set(tx, &tag, Some(id))?;
            tx.changed(Change::Noun("customer"));
            tx.changed(Change::Noun("card"));
            let detail = json!({"after": {"card": tag}});
            actor.record(tx, now, "customer_card_create", "customer", id.0, &detail)
        };
        self.store.write(None, work).await?;
        self.cards_changed(vec![changed]).await
    }

    /// Takes a card back from the customer.
    pub async fn customer_card_delete(&self, actor: &Actor, id: CustomerId, tag: &str) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now, tag) = (actor.clone(), self.clock.now(), Token::card(tag).key());
        let changed = tag.clone();
        let work = move |tx: &mut Tx<'_>| {
            found(tx, id, None)?;
            let card = tx.read(|conn| cards::find(conn, &tag))?.filter(|card| card.customer == Some(id));
            if card.is_none() {
                return Err(Error::not_found(
                    "card.not_held",
                    "该用户没有这张卡，可能已解绑；请刷新页面",
                    "This customer does not hold that card; look at the page again.",
                ));
            }
            cards::customer_set(tx, &tag, None)?;
            tx.changed(Change::Noun("customer"));
            tx.changed(Change::Noun("card"));
            let detail = json!({"before": {"card": tag}});
            actor.record(tx, now, "customer_card_delete", "customer", id.0, &detail)
        };
        self.store.write(None, work).await?;
        self.cards_changed(vec![changed]).await
    }
}
