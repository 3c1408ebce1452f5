//! 回放: what was said on a pile's links, as a file, and saying it again to a server.
//!
//! The file is JSON lines: a [`Header`], then one [`RecordedFrame`] a line. [`docs/protocols/recording.md`]
//! describes it for whoever writes or reads one without us.
//!
//! [`docs/protocols/recording.md`]: https://github.com/pileops/pileops/blob/main/docs/protocols/recording.md

mod adapt;
mod facts;
mod link;
mod player;
mod recording;

pub use adapt::Names;
pub use facts::{Difference, OrderFacts};
pub use player::{Played, Player, Stage, Target, Wish};
pub use recording::{
    Direction, FORMAT, Header, RecordedCard, RecordedField, RecordedFrame, RecordedLink, RecordedPile,
    RecordedTariff, Recording, VERSION, bytes_of, hex,
};

use model::time::Clock;
use std::time::Duration;

/// The stage of the real world: times pass as they did, so many times faster, and nobody clicks.
pub struct RealTime {
    /// What the file says, and when that was here.
    begun: Option<(i64, i64)>,
    speed: i64,
    clock: Clock,
}

impl RealTime {
    /// `speed` 0: as fast as the server answers.
    pub fn new(speed: i64, clock: Clock) -> RealTime {
        RealTime { begun: None, speed: speed.max(0), clock }
    }
}

impl Stage for RealTime {
    async fn until(&mut self, at_ms: i64) {
        let now_ms = self.clock.now().as_ms();
        let (file_ms, here_ms) = *self.begun.get_or_insert((at_ms, now_ms));
        if self.speed == 0 {
            return;
        }
        let due_ms = here_ms.saturating_add(at_ms.saturating_sub(file_ms).max(0) / self.speed);
        if let Ok(wait_ms) = u64::try_from(due_ms.saturating_sub(now_ms)) {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
    }

    async fn provoke(&mut self, _: &Wish) {}

    async fn cut(&mut self) {}
}
