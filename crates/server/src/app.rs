//! The parts of a running server, put together once.

use crate::devices::Devices;
use crate::knocks::Knocks;
use engine::random::Random;
use engine::secrets::Secrets;
use engine::{Engine, Parts, Rules};
use model::Result;
use model::id::PileCode;
use model::site::Pile;
use model::time::{Clock, Zone};
use std::sync::Arc;
use store::{Settings as StoreSettings, Store};

/// What the outside of the server can be told.
#[derive(Clone, Debug)]
pub struct AppSettings {
    /// Seconds between a pile's heartbeats.
    pub heartbeat_s: u32,
}

impl Default for AppSettings {
    fn default() -> AppSettings {
        AppSettings { heartbeat_s: 300 }
    }
}

pub struct App {
    pub engine: Engine,
    pub devices: Arc<Devices>,
    pub knocks: Knocks,
    pub settings: AppSettings,
}

impl App {
    /// Opens the store and puts the parts together. Nothing listens yet.
    pub async fn open(
        store: StoreSettings,
        clock: Clock,
        rules: Rules,
        secrets: Secrets,
        settings: AppSettings,
    ) -> Result<Arc<App>> {
        let devices = Arc::new(Devices::default());
        let (watching, dispatching) = (Arc::clone(&devices), Arc::clone(&devices));
        let store = Store::open(store, clock.now(), Arc::new(move |changes| watching.committed(changes)))?;
        let store = Arc::new(store);
        let engine = Engine::new(Parts {
            store: Arc::clone(&store),
            clock,
            rules,
            secrets,
            random: Random::System,
            dispatch: Arc::new(move |pile, id, command| dispatching.send(pile, id, command)),
        });
        store
            .write(None, |tx| {
                tx.execute("UPDATE pile SET online = false WHERE online", &[])?;
                Ok(())
            })
            .await?;
        for pile in store.read(store::piles::all).await? {
            devices.name(pile.id, pile.code, pile.operator);
        }
        Ok(Arc::new(App { engine, devices, knocks: Knocks::default(), settings }))
    }

    pub fn clock(&self) -> &Clock {
        &self.engine.clock
    }

    /// The pile that wants to come in. One that is not registered is noted for one-click
    /// registration; `protocol` is what it speaks, as far as it is known.
    pub async fn pile_for_link(
        &self,
        code: &PileCode,
        from: &str,
        protocol: Option<&'static str>,
    ) -> Option<Pile> {
        let wanted = code.clone();
        match self.engine.store.read(move |conn| store::piles::by_code(conn, &wanted)).await {
            Ok(Some(pile)) => Some(pile),
            Ok(None) => {
                tracing::info!(%code, from, protocol, "a pile that is not registered knocked");
                None
            }
            Err(why) => {
                tracing::warn!(%why, %code, "a pile could not be looked up");
                None
            }
        }
    }

    /// The time zone of the pile's station.
    pub async fn zone_of(&self, pile: &Pile) -> Result<Zone> {
        let station = pile.station;
        Ok(self.engine.store.read(move |conn| store::stations::facts(conn, station)).await?.zone)
    }
}
