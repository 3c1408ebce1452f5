//! 用户: registering, changing, freezing and leaving; looking at their data in full.

mod car;
mod holding;
mod level;
mod mark;
mod pull;
mod segment;
mod source;
mod standing;

pub(crate) use car::car_is_new;
pub use car::{CarDraft, RevealField, RevealRequest};
pub use level::{MemberLevelChange, MemberLevelDraft};
pub use pull::{CustomerPullChange, CustomerPullStart, CustomerPullView, PullEnd, PullTaken, no_source};
pub use source::SourceUser;
pub use standing::StandingChange;

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use model::customer::{CustomerKind, CustomerSource, CustomerStatus, phone_masked, phone_parse};
use model::id::{CustomerId, FleetId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::customers::{self, Customer};
use store::{Change, Tx};
use utoipa::ToSchema;

const NAME_MAX: usize = 64;
const NOTE_MAX: usize = 500;
const TAGS_MAX: usize = 10;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerDraft {
    pub name: String,
    pub phone: String,
    pub kind: CustomerKind,
    pub fleet_id: Option<i64>,
    pub tags: Option<Vec<String>>,
    pub note: Option<String>,
}

/// What is not given stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// Of the customer as the person who changes it has seen it.
    pub version: i64,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub kind: Option<CustomerKind>,
    /// 0 takes the customer out of their fleet.
    pub fleet_id: Option<i64>,
    pub tags: Option<Vec<String>>,
    pub note: Option<String>,
}

pub(crate) fn no_customer() -> Error {
    Error::not_found(
        "customer.not_found",
        "没有这个用户，请检查用户ID",
        "There is no such customer; check the id.",
    )
}

/// The customer for a change, which must be of the version that the person has seen.
fn found(tx: &mut Tx<'_>, id: CustomerId, version: Option<i64>) -> Result<Customer> {
    let customer = tx.read(|conn| customers::get(conn, id))?.ok_or_else(no_customer)?;
    match version {
        Some(version) if version != customer.version => Err(Error::conflict(
            "customer.changed",
            "用户资料已被他人修改，请刷新后重新操作",
            "Somebody has changed this customer meanwhile; look at it again and repeat your change.",
        )),
        _ => Ok(customer),
    }
}

fn noted(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > NOTE_MAX || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Error::invalid(
            "note",
            format!("备注最多 {NOTE_MAX} 个字符，且不含控制字符"),
            format!("A note has at most {NOTE_MAX} characters and no control characters."),
        ));
    }
    Ok(text.to_owned())
}

fn tagged(tags: Vec<String>) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags.iter().filter(|tag| !tag.trim().is_empty()) {
        let tag = named("tags", tag, 12)?;
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    if kept.len() > TAGS_MAX {
        return Err(Error::invalid(
            "tags",
            format!("最多 {TAGS_MAX} 个标签，请先去掉不用的"),
            format!("A customer has at most {TAGS_MAX} tags; remove one first."),
        ));
    }
    Ok(kept)
}

/// Within our own customers a number is one person's. Another source may know the same person: both
/// stay, and the pages say so.
fn phone_free(tx: &mut Tx<'_>, phone: &str, own: Option<CustomerId>) -> Result<()> {
    let holders = tx.read(|conn| customers::by_phone(conn, phone))?;
    let holder = holders.iter().find(|c| c.source == CustomerSource::Own && Some(c.id) != own);
    let Some(holder) = holder else { return Ok(()) };
    let id = holder.id.0;
    Err(Error::conflict(
        "customer.phone_taken",
        format!("该手机号已属于用户 {id}，请核对号码，或直接使用该用户"),
        format!(
            "This phone number belongs to the customer {id} already; check it, or work with that customer."
        ),
    )
    .on_field("phone"))
}

fn fleet_known(tx: &mut Tx<'_>, fleet: i64) -> Result<Option<FleetId>> {
    if fleet == 0 {
        return Ok(None);
    }
    match tx.read(|conn| store::fleets::get(conn, FleetId(fleet)))? {
        Some(_) => Ok(Some(FleetId(fleet))),
        None => Err(Error::invalid(
            "fleet_id",
            "没有这个车队，请从列表中重新选择",
            "There is no such fleet; choose one from the list.",
        )),
    }
}

/// As the record of a change shows a customer: what is personal is masked there too.
fn told(c: &Customer) -> Value {
    json!({"name": c.name, "phone": c.phone.as_deref().map(phone_masked), "kind": c.kind,
        "fleet_id": c.fleet, "tags": c.tags, "note": c.note})
}

/// Only what differs, before and after.
fn differences(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return json!({}) };
    let changed = |(key, value): &(&String, &Value)| before.get(*key) != Some(*value);
    let (mut old, mut new) = (serde_json::Map::new(), serde_json::Map::new());
    for (key, value) in after.iter().filter(changed) {
        old.insert(key.clone(), before.get(key).cloned().unwrap_or_default());
        new.insert(key.clone(), value.clone());
    }
    json!({"before": old, "after": new})
}

impl Engine {
    pub async fn customer_create(&self, actor: &Actor, draft: CustomerDraft) -> Result<CustomerId> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let mut new = Customer::fresh(CustomerSource::Own, named("name", &draft.name, NAME_MAX)?, now);
        new.phone = Some(phone_parse("phone", &draft.phone)?);
        new.kind = draft.kind;
        new.tags = tagged(draft.tags.unwrap_or_default())?;
        new.note = noted(draft.note.as_deref().unwrap_or_default())?;
        self.store
            .write(None, move |tx| {
                phone_free(tx, new.phone.as_deref().unwrap_or_default(), None)?;
                new.fleet = fleet_known(tx, draft.fleet_id.unwrap_or(0))?;
                let id = customers::insert(tx, &new)?;
                tx.changed(Change::Noun("customer"));
                actor.record(tx, now, "customer_create", "customer", id.0, &json!({"after": told(&new)}))?;
                Ok(id)
            })
            .await
    }

    pub async fn customer_update(&self, actor: &Actor, id: CustomerId, change: CustomerChange) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let tags = self
            .store
            .write(None, move |tx| {
                let mut customer = found(tx, id, Some(change.version))?;
                if customer.standing.decided == CustomerStatus::Cancelled {
                    return Err(standing::has_left());
                }
                let (before, fleet) = (told(&customer), customer.fleet);
                source_fields(tx, &mut customer, &change)?;
                if let Some(fleet) = change.fleet_id {
                    customer.fleet = fleet_known(tx, fleet)?;
                }
                if let Some(tags) = &change.tags {
                    customer.tags = tagged(tags.clone())?;
                }
                if let Some(note) = &change.note {
                    customer.note = noted(note)?;
                }
                customer.version += 1;
                customer.changed_at = now;
                customers::update(tx, &customer)?;
                tx.changed(Change::Noun("customer"));
                let detail = differences(&before, &told(&customer));
                actor.record(tx, now, "customer_update", "customer", id.0, &detail)?;
                // Another fleet has other limits.
                if customer.fleet == fleet {
                    return Ok(Vec::new());
                }
                tx.read(|conn| customers::card_tags(conn, id))
            })
            .await?;
        self.cards_changed(tags).await
    }
}

/// What the source looks after is changed there, and comes here by itself.
fn source_fields(tx: &mut Tx<'_>, customer: &mut Customer, change: &CustomerChange) -> Result<()> {
    let given =
        [("name", change.name.is_some()), ("phone", change.phone.is_some()), ("kind", change.kind.is_some())];
    let touched = given.iter().find(|(_, given)| *given).map(|(field, _)| *field);
    if let Some(field) = touched.filter(|_| customer.source != CustomerSource::Own) {
        return Err(Error::refused(
            "customer.read_only",
            "该用户的姓名、手机号和类型由来源平台维护，此处只读；请在来源平台修改，同步后自动更新",
            "Name, phone and kind of this customer are looked after by their source; change them there, and they come here with the next synchronisation.",
        )
        .on_field(field));
    }
    if let Some(name) = &change.name {
        customer.name = named("name", name, NAME_MAX)?;
    }
    if let Some(phone) = &change.phone {
        let phone = phone_parse("phone", phone)?;
        phone_free(tx, &phone, Some(customer.id))?;
        customer.phone = Some(phone);
    }
    if let Some(kind) = change.kind {
        customer.kind = kind;
    }
    Ok(())
}
