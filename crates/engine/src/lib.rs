//! Everything that changes the business, callable without a network.

pub mod audit;
pub mod card;
pub mod command;
pub mod pricing;
pub mod random;
pub mod secrets;
pub mod site;
pub mod staff;

use model::time::Clock;
use random::Random;
use secrets::Secrets;
use std::sync::Arc;
use store::Store;

/// The business: the only one that changes anything. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub store: Arc<Store>,
    pub clock: Clock,
    pub secrets: Arc<Secrets>,
    pub random: Random,
    pub doors: Arc<staff::Doors>,
}

impl Engine {
    pub fn new(store: Arc<Store>, clock: Clock, secrets: Secrets, random: Random) -> Engine {
        Engine { store, clock, secrets: Arc::new(secrets), random, doors: Arc::default() }
    }
}
