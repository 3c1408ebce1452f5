//! The piles that are connected now. (A stand-in until the gateway is here: none is.)

use model::curve::Point;
use model::id::{OrderId, PileId};
use model::money::Amount;
use model::time::Timestamp;

#[derive(Clone, Debug)]
pub struct LinkInfo {
    pub connected_at: Timestamp,
    pub last_seen: Timestamp,
    pub remote_address: String,
}

#[derive(Default)]
pub struct Devices {}

impl Devices {
    pub fn online(&self, _pile: PileId) -> Option<LinkInfo> {
        None
    }

    pub fn online_count(&self) -> usize {
        0
    }

    pub fn code(&self, _pile: PileId) -> Option<String> {
        None
    }

    pub fn live_values(&self, _pile: PileId, _connector: u16) -> Option<Point> {
        None
    }

    pub fn running_amount(&self, _order: OrderId) -> Option<Amount> {
        None
    }
}
