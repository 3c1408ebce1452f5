//! Everything that changes the business, callable without a network.
//!
//! What a pile says comes in as a [`device::Inbound`] and leaves as an answer that is already
//! durable; what a person wants comes in as a function named `noun_verb`. Nothing here knows a wire
//! protocol, and nothing here asks the system for the time.

pub mod audit;
pub mod card;
pub mod command;
pub mod content;
pub mod coupon;
pub mod customer;
pub mod device;
pub mod driver_price;
pub mod export;
pub mod feedback;
pub mod fleet;
pub mod invoice;
pub mod order_import;
pub mod order_note;
pub mod picture;
pub mod pile_batch;
pub mod preference;
pub mod pricing;
pub mod prune;
pub mod random;
pub mod role;
pub mod secrets;
pub mod settlement;
pub mod sheet;
pub mod site;
pub mod staff;
pub mod sweep;
pub mod tariff_plan;
pub mod verify;
pub mod visitors;

use model::id::{CommandId, PileId};
use model::money::Fen;
use model::time::Clock;
use random::Random;
use secrets::Secrets;
use std::sync::Arc;
use store::Store;
use tokio::sync::broadcast;

/// Gives a committed command to the link of its pile; false when the pile has none.
pub type Dispatch = Arc<dyn Fn(PileId, CommandId, model::device::DeviceCommand) -> bool + Send + Sync>;

/// The rules with numbers in them.
#[derive(Clone, Debug)]
pub struct Rules {
    /// A start that the pile has not carried out by then has failed (云快充 13.3: 90 s).
    pub start_timeout_ms: i64,
    /// How long the pile's record is awaited after its session is seen to have ended.
    pub record_timeout_ms: i64,
    /// How long an order of a pile that has gone silent stays open.
    pub silence_timeout_ms: i64,
    /// A running session that showed life within this time refuses a second start on its connector.
    pub busy_ms: i64,
    /// The same where the connector says that it charges: values may come every quarter of an hour.
    pub quiet_ms: i64,
    /// Pile clocks that differ by less than this are taken as right.
    pub skew_tolerance_ms: i64,
    /// The pile's amount may differ from ours by this much (0.0001 yuan).
    pub amount_tolerance_e4: i64,
    /// Whether nothing may begin at a 云快充 pile that has another tariff than its station shows.
    pub tariff_block: bool,
    /// A held order is settled by one person up to this amount; above it a second one agrees.
    pub settle_alone: Fen,
    /// What a session may cost before the pile stops it, as long as nobody keeps balances.
    pub credit: Fen,
    /// How long frames are kept.
    pub frames_kept_ms: i64,
    /// How long the samples of orders that have ended are kept; their curves stay.
    pub samples_kept_ms: i64,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            start_timeout_ms: 90_000,
            record_timeout_ms: 10 * 60_000,
            silence_timeout_ms: 12 * 3_600_000,
            busy_ms: 5 * 60_000,
            quiet_ms: 3_600_000,
            skew_tolerance_ms: 60_000,
            amount_tolerance_e4: 100,
            tariff_block: false,
            settle_alone: Fen(20_000),
            credit: Fen(100_000),
            frames_kept_ms: 190 * model::time::DAY_MS,
            samples_kept_ms: 3 * model::time::DAY_MS,
        }
    }
}

/// What an engine is made of.
pub struct Parts {
    pub store: Arc<Store>,
    pub clock: Clock,
    pub rules: Rules,
    pub secrets: Secrets,
    pub random: Random,
    pub dispatch: Dispatch,
}

/// The business: the only one that changes anything. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub store: Arc<Store>,
    pub clock: Clock,
    pub rules: Arc<Rules>,
    pub secrets: Arc<Secrets>,
    pub random: Random,
    /// Limits on wrong sign-ins and on hashing.
    pub doors: Arc<staff::Doors>,
    /// Limits on strangers at the public doors.
    pub visitors: Arc<visitors::Visitors>,
    /// The same for those who only read what the apps show.
    pub readers: Arc<visitors::Visitors>,
    dispatch: Dispatch,
    ended: broadcast::Sender<CommandId>,
}

impl Engine {
    pub fn new(parts: Parts) -> Engine {
        let Parts { store, clock, rules, secrets, random, dispatch } = parts;
        let (ended, _) = broadcast::channel(1_024);
        let (rules, secrets, doors) = (Arc::new(rules), Arc::new(secrets), Arc::default());
        let visitors = Arc::new(visitors::Visitors::writers());
        let readers = Arc::new(visitors::Visitors::readers());
        Engine { store, clock, rules, secrets, random, doors, visitors, readers, dispatch, ended }
    }
}
