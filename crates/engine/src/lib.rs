//! Everything that changes the business, callable without a network.
//!
//! What a pile says comes in as a [`device::Inbound`] and leaves as an answer that is already
//! durable; what a person wants comes in as a function named `noun_verb`. Nothing here knows a wire
//! protocol, and nothing here asks the system for the time.

pub mod command;
pub mod device;
pub mod sweep;
pub mod verify;

use model::id::{CommandId, OrderId, PileId};
use model::money::Fen;
use model::time::Clock;
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
    /// Pile clocks that differ by less than this are taken as right.
    pub skew_tolerance_ms: i64,
    /// The pile's amount may differ from ours by this much (0.0001 yuan).
    pub amount_tolerance_e4: i64,
    /// What a session may cost before the pile stops it, as long as nobody keeps balances.
    pub credit: Fen,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            start_timeout_ms: 90_000,
            record_timeout_ms: 10 * 60_000,
            silence_timeout_ms: 12 * 3_600_000,
            busy_ms: 5 * 60_000,
            skew_tolerance_ms: 60_000,
            amount_tolerance_e4: 500,
            credit: Fen(100_000),
        }
    }
}

/// Secrets of this installation, kept apart from the database.
#[derive(Clone)]
pub struct Secrets {
    /// Keys the hashes of pile passwords.
    pub pile_key: [u8; 32],
    /// Makes transaction ids that cannot be guessed from one another.
    pub transaction_key: u64,
}

/// The business: the only one that changes anything. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub store: Arc<Store>,
    pub clock: Clock,
    pub rules: Arc<Rules>,
    pub secrets: Arc<Secrets>,
    dispatch: Dispatch,
    ended: broadcast::Sender<CommandId>,
}

impl Engine {
    pub fn new(
        store: Arc<Store>,
        clock: Clock,
        rules: Rules,
        secrets: Secrets,
        dispatch: Dispatch,
    ) -> Engine {
        let (ended, _) = broadcast::channel(1_024);
        Engine { store, clock, rules: Arc::new(rules), secrets: Arc::new(secrets), dispatch, ended }
    }
}

impl Secrets {
    /// The OCPP transaction id of an order: a permutation of the order's number within 1..2³¹, so
    /// that ids are distinct, never used again, and say nothing about each other.
    pub fn transaction_id(&self, order: OrderId) -> i32 {
        let mut value = (order.0 as u64 & 0x7fff_ffff) as u32;
        loop {
            value = self.permute(value);
            // Walk on until the value lies in the range; a permutation of 2³² does so by itself.
            if let Ok(id @ 1..) = i32::try_from(value) {
                return id;
            }
        }
    }

    /// A four-round Feistel network over 32 bits.
    fn permute(&self, value: u32) -> u32 {
        let (mut left, mut right) = ((value >> 16) as u16, value as u16);
        for round in 0..4u32 {
            let key = (self.transaction_key >> (round * 16)) as u16;
            let mixed = (u32::from(right) ^ u32::from(key)).wrapping_mul(0x9e37_79b1).rotate_left(15 + round);
            (left, right) = (right, left ^ (mixed ^ (mixed >> 16)) as u16);
        }
        (u32::from(left) << 16) | u32::from(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_ids_are_distinct_positive_and_not_in_order() {
        let secrets = Secrets { pile_key: [0; 32], transaction_key: 0x0123_4567_89ab_cdef };
        let ids: Vec<i32> = (1..50_000).map(|n| secrets.transaction_id(OrderId(n))).collect();
        let distinct: std::collections::HashSet<i32> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| *id > 0));
        let ascending = ids.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((20_000..30_000).contains(&ascending), "{ascending} of 49998 steps go up");
    }
}
