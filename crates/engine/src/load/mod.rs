//! 负荷管理: the piles of a station share what its transformer gives. How it is shared, and what may be sent
//! when, is `model::load`; here it meets the piles: what they were told and have confirmed is kept before a
//! command leaves, so that neither a crash nor a lost link makes the platform believe that there is more.

mod advance;
mod setting;
mod site;
mod view;

pub(crate) use advance::LIMIT_SET;
pub(crate) use setting::no_station;
pub use setting::{LoadChange, LoadUnitChange};
pub use view::{LoadPicture, LoadSettingView, LoadUnit, LoadView};

use model::id::{PileId, StationId};
use model::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use store::{HotPile, Tx, loads};

/// What is known between two runs.
#[derive(Default)]
pub(crate) struct Loads {
    /// One run at a time: what one has sent the next must see.
    alone: tokio::sync::Mutex<()>,
    /// Piles that have booted since the last run.
    booted: Mutex<HashSet<PileId>>,
    /// The minute of each station that was kept last.
    minutes: Mutex<HashMap<StationId, i64>>,
}

impl Loads {
    pub(crate) fn booted(&self, pile: PileId) {
        self.booted.lock().unwrap_or_else(PoisonError::into_inner).insert(pile);
    }

    fn booted_take(&self) -> HashSet<PileId> {
        std::mem::take(&mut *self.booted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Not the first one that is seen: the piles are coming back just then.
    fn minute_is_new(&self, station: StationId, minute: i64) -> bool {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        minutes.insert(station, minute).is_some_and(|known| known != minute)
    }
}

/// Where the platform shares the power, nobody sets a limit by hand: it would be counted wrongly.
pub(crate) fn not_managed(tx: &mut Tx<'_>, hot: &HotPile) -> Result<()> {
    let station = hot.pile.station;
    if !tx.read(|conn| loads::is_managed(conn, station))? {
        return Ok(());
    }
    Err(Error::conflict(
        "load.managed",
        "该站已启用负荷管理，功率由平台统一分配；如需手动设置，请先在充电站的“负荷管理”中停用",
        "The platform shares the power of this station. Turn its load management off on the station's page before you set a limit by hand.",
    ))
}
