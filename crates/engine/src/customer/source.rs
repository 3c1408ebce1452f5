//! What a customer source tells us: its word holds for its fields, ours for standing, fleet, tags and
//! note. Somebody whom it deletes is kept, because orders name them, and may not charge any more.

use super::{differences, no_customer, told};
use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::customer::{CustomerKind, CustomerSource, phone_parse};
use model::id::CustomerId;
use model::time::Timestamp;
use model::{Error, Result};
use serde_json::json;
use store::customers::{self, Customer};
use store::{Change, Tx, source_users};

/// A person as their source has them.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceUser {
    pub external_id: Option<String>,
    pub account: String,
    pub name: String,
    pub phone: Option<String>,
    pub kind: CustomerKind,
    pub active: bool,
}

impl SourceUser {
    pub(super) fn checked(self) -> Result<SourceUser> {
        let phone = self.phone.as_deref().map(|phone| phone_parse("phoneNumbers", phone)).transpose()?;
        let external_id = self.external_id.as_deref().map(|id| named("externalId", id, 128)).transpose()?;
        Ok(SourceUser {
            account: named("userName", &self.account, 128)?.to_lowercase(),
            name: named("displayName", &self.name, 64)?,
            phone,
            external_id,
            ..self
        })
    }

    /// Whether this is what we have of them already.
    pub(super) fn is_of(&self, customer: &Customer) -> bool {
        customer.external_id == self.external_id
            && customer.account.as_ref() == Some(&self.account)
            && customer.name == self.name
            && customer.phone == self.phone
            && customer.kind == self.kind
            && customer.standing.active_at_source == self.active
    }

    pub(super) fn write_to(self, customer: &mut Customer, now: Timestamp) {
        customer.external_id = self.external_id;
        customer.account = Some(self.account);
        customer.name = self.name;
        customer.phone = self.phone;
        customer.kind = self.kind;
        customer.standing.active_at_source = self.active;
        customer.synced_at = Some(now);
        customer.changed_at = now;
    }
}

/// Neither account nor key of the source belongs to two people of it.
pub(super) fn unique(
    tx: &mut Tx<'_>,
    source: CustomerSource,
    user: &SourceUser,
    own: Option<CustomerId>,
) -> Result<()> {
    let by_account = tx.read(|conn| customers::by_account(conn, source, &user.account))?;
    let by_key = match &user.external_id {
        Some(key) => tx.read(|conn| customers::by_external(conn, source, key))?,
        None => None,
    };
    for (field, holder) in [("userName", by_account), ("externalId", by_key)] {
        if holder.is_some_and(|holder| Some(holder.id) != own) {
            return Err(Error::conflict(
                "customer.exists",
                format!("{field} 已属于另一个用户"),
                format!("This {field} belongs to another user already."),
            )
            .on_field(field));
        }
    }
    Ok(())
}

impl Engine {
    pub async fn source_user_create(
        &self,
        actor: &Actor,
        source: CustomerSource,
        user: SourceUser,
    ) -> Result<Customer> {
        let (actor, user, now) = (actor.clone(), user.checked()?, self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            unique(tx, source, &user, None)?;
            let mut customer = Customer::fresh(source, user.name.clone(), now);
            user.clone().write_to(&mut customer, now);
            customer.id = customers::insert(tx, &customer)?;
            source_users::synced_set(tx, now)?;
            tx.changed(Change::Noun("customer"));
            let detail = json!({"after": told(&customer)});
            actor.record(tx, now, "customer_sync", "customer", customer.id.0, &detail)?;
            Ok(customer)
        };
        self.store.write(None, work).await
    }

    /// `version`: of the customer whom the source believes to change; any, when it does not say.
    pub async fn source_user_update(
        &self,
        actor: &Actor,
        source: CustomerSource,
        id: CustomerId,
        version: Option<i64>,
        user: SourceUser,
    ) -> Result<Customer> {
        let (actor, user, now) = (actor.clone(), user.checked()?, self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let mut customer = known(tx, source, id, version)?;
            unique(tx, source, &user, Some(id))?;
            let before = (told(&customer), customer.standing.active_at_source);
            user.clone().write_to(&mut customer, now);
            let tags = save(tx, &mut customer, now)?;
            let mut detail = differences(&before.0, &told(&customer));
            if before.1 != customer.standing.active_at_source {
                detail["after"]["active"] = json!(customer.standing.active_at_source);
            }
            actor.record(tx, now, "customer_sync", "customer", id.0, &detail)?;
            Ok((customer, tags))
        };
        let (customer, tags) = self.store.write(None, work).await?;
        self.cards_changed(tags).await?;
        Ok(customer)
    }

    /// The source has deleted the person: its key and account are free for another.
    pub async fn source_user_delete(
        &self,
        actor: &Actor,
        source: CustomerSource,
        id: CustomerId,
        version: Option<i64>,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let mut customer = known(tx, source, id, version)?;
            (customer.account, customer.external_id) = (None, None);
            customer.standing.active_at_source = false;
            (customer.synced_at, customer.changed_at) = (Some(now), now);
            let tags = save(tx, &mut customer, now)?;
            let detail = json!({"after": {"active": false, "deleted": true}});
            actor.record(tx, now, "customer_sync", "customer", id.0, &detail)?;
            Ok(tags)
        };
        let tags = self.store.write(None, work).await?;
        self.cards_changed(tags).await
    }
}

fn known(tx: &mut Tx<'_>, source: CustomerSource, id: CustomerId, version: Option<i64>) -> Result<Customer> {
    let customer = tx.read(|conn| customers::get(conn, id))?;
    let customer = customer.filter(|c| c.source == source && c.account.is_some()).ok_or_else(no_customer)?;
    match version {
        Some(version) if version != customer.version => Err(Error::conflict(
            "customer.version",
            "版本已变化，请重新读取后再提交",
            "The resource has changed; read it again.",
        )),
        _ => Ok(customer),
    }
}

/// Writes the customer; the tags of their cards, which must be judged anew.
fn save(tx: &mut Tx<'_>, customer: &mut Customer, now: Timestamp) -> Result<Vec<String>> {
    customer.version += 1;
    customers::update(tx, customer)?;
    source_users::synced_set(tx, now)?;
    tx.changed(Change::Noun("customer"));
    tx.read(|conn| customers::card_tags(conn, customer.id))
}
