//! A station in virtual time, to prove that its cap is kept: links that go, commands and answers that come
//! late or never, piles that lose what they were told, clocks that are wrong, a server that is stopped, a
//! cap that changes, and cars that know nothing of all this. Every second what flows is compared with the
//! cap, and with what the platform believes to be the worst.

mod pile;
mod play;
mod report;

pub use play::{Manners, Yard};
pub use report::{Options, Report, run};

use model::load::{LoadSite, Step, share, steps};
use model::time::Timestamp;

/// What decides; the product's own, or a broken one in a test.
pub type Decide = fn(&LoadSite, Timestamp) -> Vec<Step>;

pub fn decide(site: &LoadSite, now: Timestamp) -> Vec<Step> {
    steps(site, &share(site, now), now)
}
