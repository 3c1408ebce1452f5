//! Everything that changes the business, callable without a network.
//!
//! What a pile says comes in as a [`device::Inbound`] and leaves as an answer that is already
//! durable; what a person wants comes in as a function named `noun_verb`. Nothing here knows a wire
//! protocol, and nothing here asks the system for the time.

pub mod advice;
pub mod alarm;
pub mod audit;
pub mod authority;
pub mod backup;
pub mod brand;
pub mod card;
pub mod certificate;
pub mod channel;
pub mod command;
pub mod configuration_profile;
pub mod content;
pub mod coupon;
pub mod customer;
pub mod day_bill;
mod desired;
pub mod device;
pub mod dialect;
mod discount;
pub mod display;
pub mod driver_price;
pub mod evidence;
pub mod export;
pub mod feedback;
pub mod firmware;
mod firmware_server;
mod first_run;
pub mod fleet;
pub mod forecast;
pub mod healing;
pub mod health;
pub mod holiday;
pub mod invoice;
pub mod job;
pub mod load;
pub mod occupancy;
pub mod order_import;
pub mod order_note;
pub mod parameter;
pub mod pay;
mod payment;
pub mod personal;
pub mod picture;
pub mod pile_batch;
pub mod preference;
pub mod pricing;
pub mod profile;
pub mod proposal;
pub mod prune;
pub mod random;
pub mod reconciliation;
mod recording;
pub mod report;
pub mod reservation;
pub mod role;
mod rules;
pub mod safety;
pub mod secrets;
pub mod settlement;
pub mod sharing;
pub mod sheet;
pub mod site;
pub mod staff;
mod support;
pub mod sweep;
pub mod tariff_plan;
pub mod transfer;
pub mod verify;
pub mod visitors;
pub mod wallet;
pub mod webhook;
pub mod work_order;

pub use rules::Rules;

use arc_swap::ArcSwap;
use model::id::{CommandId, PileId};
use model::time::Clock;
use parameter::Given;
use random::Random;
use secrets::Secrets;
use std::sync::Arc;
use store::Store;
use tokio::sync::broadcast;

/// Gives a committed command to the link of its pile; false when the pile has none.
pub type Dispatch = Arc<dyn Fn(PileId, CommandId, model::device::DeviceCommand) -> bool + Send + Sync>;

/// What an engine is made of.
pub struct Parts {
    pub store: Arc<Store>,
    pub clock: Clock,
    /// What holds as long as nobody has set anything else.
    pub rules: Rules,
    /// What was given by the environment, which no page can change.
    pub given: Given,
    pub secrets: Secrets,
    pub random: Random,
    pub dispatch: Dispatch,
}

/// The business: the only one that changes anything. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub store: Arc<Store>,
    pub clock: Clock,
    /// Replaced as a whole when a parameter is set: whoever works goes on with those that it began with.
    rules: Arc<ArcSwap<Rules>>,
    parameters: Arc<parameter::Parameters>,
    pub secrets: Arc<Secrets>,
    pub random: Random,
    /// Limits on wrong sign-ins and on hashing.
    pub doors: Arc<staff::Doors>,
    /// Limits on strangers at the public doors.
    pub visitors: Arc<visitors::Visitors>,
    /// The same for those who only read what the apps show.
    pub readers: Arc<visitors::Visitors>,
    /// Limits on whoever uses any public door.
    pub strangers: Arc<visitors::Visitors>,
    authority: Arc<tokio::sync::OnceCell<Arc<authority::Authority>>>,
    pub(crate) loads: Arc<load::Loads>,
    pub(crate) alarms: Arc<alarm::Alarms>,
    pub(crate) looks: Arc<audit::Looks>,
    dispatch: Dispatch,
    ended: broadcast::Sender<CommandId>,
}

impl Engine {
    pub fn new(parts: Parts) -> Engine {
        let Parts { store, clock, rules, given, secrets, random, dispatch } = parts;
        let (ended, _) = broadcast::channel(1_024);
        let parameters = Arc::new(parameter::Parameters::new(rules.clone(), given));
        let rules = Arc::new(ArcSwap::from_pointee(rules));
        let (secrets, doors) = (Arc::new(secrets), Arc::default());
        let visitors = Arc::new(visitors::Visitors::writers());
        let readers = Arc::new(visitors::Visitors::readers());
        let authority = Arc::default();
        Engine {
            store,
            clock,
            rules,
            parameters,
            secrets,
            random,
            doors,
            visitors,
            readers,
            strangers: Arc::new(visitors::Visitors::strangers()),
            authority,
            loads: Arc::default(),
            alarms: Arc::default(),
            looks: Arc::default(),
            dispatch,
            ended,
        }
    }

    /// The rules as they are now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }
}
