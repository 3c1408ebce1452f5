//! The parts of a running server, put together once.

use crate::devices::Devices;
use crate::http::HttpSettings;
use crate::http::metrics::Metrics;
use crate::knocks::Knocks;
use crate::live::Live;
use engine::random::Random;
use engine::secrets::Secrets;
use engine::{Engine, Parts, Rules};
use model::Result;
use model::id::PileCode;
use model::site::Pile;
use model::time::{Clock, Timestamp, Zone};
use std::sync::Arc;
use store::{Settings as StoreSettings, Store};

/// What an app is opened with.
pub struct AppSettings {
    pub store: StoreSettings,
    pub clock: Clock,
    pub rules: Rules,
    pub secrets: Secrets,
    pub http: HttpSettings,
    /// Seconds between an OCPP pile's heartbeats.
    pub heartbeat_s: u32,
}

pub struct App {
    pub engine: Engine,
    pub devices: Arc<Devices>,
    pub live: Arc<Live>,
    pub knocks: Knocks,
    pub metrics: Metrics,
    pub settings: HttpSettings,
    pub heartbeat_s: u32,
}

impl App {
    /// Opens the store and puts the parts together. Nothing listens yet.
    pub async fn open(settings: AppSettings) -> Result<Arc<App>> {
        let AppSettings { store, clock, rules, secrets, http, heartbeat_s } = settings;
        let devices = Arc::new(Devices::default());
        let live = Arc::new(Live::default());
        let (watching, telling, dispatching) =
            (Arc::clone(&devices), Arc::clone(&live), Arc::clone(&devices));
        let watcher = move |changes: &[store::Change]| {
            watching.committed(changes);
            telling.publish(changes);
        };
        let store = Arc::new(Store::open(store, clock.now(), Arc::new(watcher))?);
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
        let (knocks, metrics) = (Knocks::default(), Metrics::default());
        Ok(Arc::new(App { engine, devices, live, knocks, metrics, settings: http, heartbeat_s }))
    }

    pub fn clock(&self) -> &Clock {
        &self.engine.clock
    }

    pub fn now(&self) -> Timestamp {
        self.engine.clock.now()
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
