//! 回放验证: an empty platform with the tariff of a recording, the recording played to it, and its orders
//! laid beside those of the recording.

use super::world::World;
use model::Result;
use serde::Serialize;
use sim::replay::{Difference, OrderFacts, Played, Player, Recording, Target};
use std::time::Duration;

/// How long the platform may take to ask what it asked the first time.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a replay came to.
#[derive(Debug, Serialize)]
pub struct Proof {
    pub pile_code: String,
    pub protocol: &'static str,
    /// Messages of the pile that were said, and requests of the platform that were answered.
    pub said: usize,
    pub answered: usize,
    pub orders: Vec<Compared>,
    /// Orders that the replay made and the recording does not have.
    pub more: Vec<OrderFacts>,
    /// What did not go as in the recording.
    pub notes: Vec<String>,
}

/// One order of the recording beside that of the replay.
#[derive(Debug, Serialize)]
pub struct Compared {
    pub recorded: OrderFacts,
    /// `None`: the replay has no such order.
    pub replayed: Option<OrderFacts>,
    pub differences: Vec<Difference>,
}

impl Proof {
    /// Every order is there, the same in every field, and there are no others.
    pub fn is_same(&self) -> bool {
        let same = |one: &Compared| one.replayed.is_some() && one.differences.is_empty();
        self.more.is_empty() && self.orders.iter().all(same)
    }
}

/// Plays the recording to a platform of its own, which is gone afterwards.
pub async fn replay(recording: &Recording) -> Result<Proof> {
    let mut world = World::open(recording).await?;
    let target =
        Target { address: world.address(), password: world.password().to_owned(), patience: PATIENCE };
    let played = Player::new(recording, target).play(&mut world).await;
    let played = played.map_err(|why| {
        tracing::warn!(%why, "a replay could not connect to its own platform");
        model::Error::internal()
    })?;
    world.settle(recording).await?;
    let replayed = world.facts().await?;
    let notes = world.close().await;
    Ok(compare(recording, replayed, played, notes))
}

/// Orders belong together by their sessions' names; those without one by their turn.
fn compare(
    recording: &Recording,
    mut replayed: Vec<OrderFacts>,
    played: Played,
    mut notes: Vec<String>,
) -> Proof {
    let header = &recording.header;
    let mut orders = Vec::new();
    for recorded in &header.orders {
        let session = recorded.session_key.as_deref().map(|key| played.names.session(key));
        let place = replayed.iter().position(|one| one.session_key == session && session.is_some());
        let by_turn = || {
            replayed.iter().position(|one| {
                one.connector_no == recorded.connector_no && one.start_mode == recorded.start_mode
            })
        };
        let found = place.or_else(by_turn).map(|place| replayed.remove(place));
        let differences = found.as_ref().map(|found| recorded.differences(found)).unwrap_or_default();
        orders.push(Compared { recorded: recorded.clone(), replayed: found, differences });
    }
    notes.extend(played.notes);
    Proof {
        pile_code: header.pile.code.clone(),
        protocol: header.protocol.as_str(),
        said: played.said,
        answered: played.answered,
        orders,
        more: replayed,
        notes,
    }
}
