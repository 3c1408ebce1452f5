//! Everything that changes the business, callable without a network.

use model::time::Clock;
use std::sync::Arc;
use store::Store;

/// The business: the only one that changes anything. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub store: Arc<Store>,
    pub clock: Clock,
}
