//! Who does something, and the record of it.

use model::access::{Caller, Permissions, Place, Scope};
use model::id::StaffId;
use model::order::Order;
use model::site::StationFacts;
use model::time::{MINUTE_MS, Timestamp, Zone};
use model::{Error, Result};
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::Tx;
use store::audit::Entry;

/// The same look again within this time is one look: a page fetches anew by itself.
const LOOK_MS: i64 = 10 * MINUTE_MS;

/// What whoever reads the log has last asked it.
#[derive(Debug, Default)]
pub(crate) struct Looks(Mutex<HashMap<StaffId, (String, Timestamp)>>);

impl Looks {
    fn is_new(&self, staff: StaffId, asked: &str, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, at)| now.since(*at) < LOOK_MS);
        let known = all.get(&staff).is_some_and(|(before, _)| before == asked);
        if !known {
            all.insert(staff, (asked.to_owned(), now));
        }
        !known
    }
}

impl crate::Engine {
    /// The log is read by people, and that is in the log: whom they asked it about.
    pub async fn audit_looked(&self, actor: &Actor, asked: &Value) -> Result<()> {
        let now = self.clock.now();
        if !self.looks.is_new(actor.caller.staff, &asked.to_string(), now) {
            return Ok(());
        }
        let (actor, detail) = (actor.clone(), json!({"asked": asked}));
        self.store.write(None, move |tx| actor.record(tx, now, "audit_list", "audit", "", &detail)).await
    }
}

/// Who asks for a change, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    pub caller: Caller,
    /// The address of the other side, or `local` for the command line.
    pub address: String,
}

impl Actor {
    /// Whoever sits at the machine itself: the command line, the demo.
    pub fn local() -> Actor {
        let caller = Caller {
            staff: StaffId(0),
            // What is written down beside a change is read by people.
            name: "服务器本机".to_owned(),
            permissions: Permissions::all(),
            scope: Scope::ALL,
        };
        Actor { caller, address: "local".to_owned() }
    }

    /// Writes the record of a change in the transaction of the change.
    pub(crate) fn record(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        action: &'static str,
        noun: &'static str,
        key: impl ToString,
        detail: &Value,
    ) -> Result<()> {
        let entry = Entry {
            at_ms: now.as_ms(),
            staff_id: Some(self.caller.staff.0).filter(|id| *id > 0),
            staff_name: self.caller.name.clone(),
            action,
            noun,
            key: key.to_string(),
            success: true,
            detail: detail.to_string(),
            remote_address: self.address.clone(),
        };
        store::audit::append(tx, &entry)
    }

    /// As [`Actor::record`], of an order: its number is the key.
    pub(crate) fn record_order(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        action: &'static str,
        order: &Order,
        detail: &Value,
    ) -> Result<()> {
        let day = Zone::shanghai().local(order.created_at).day;
        self.record(tx, now, action, "order", Order::number(order.id, day), detail)
    }

    /// Whether what stands at a station is there for this person.
    pub(crate) fn sees_station(&self, station: &StationFacts) -> bool {
        let place = Place { operator: station.operator, station: station.id, city: &station.city };
        self.caller.scope.sees(place)
    }

    /// Changes of what all operators share are for those who see the whole platform.
    pub fn must_be_platform(&self) -> Result<()> {
        if self.caller.scope.is_all() {
            return Ok(());
        }
        Err(Error::new(
            model::error::Kind::Denied,
            "scope.denied",
            model::Text::of(
                "这项内容由平台统一管理，您的数据范围内不能操作，请联系平台管理员",
                "This belongs to the platform as a whole, which your scope is only a part of. Ask the platform's administrator.",
            ),
        ))
    }
}
