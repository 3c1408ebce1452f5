//! The parts of a running server, put together once.

use crate::ahead::OrdersAhead;
use crate::backup::Backup;
use crate::backup::place::Place;
use crate::config::{Config, SettingView};
use crate::devices::Devices;
use crate::figures::Figures;
use crate::files::Files;
use crate::http::HttpSettings;
use crate::jobs::exports::Exports;
use crate::jobs::imports::Imports;
use crate::jobs::{self, Jobs};
use crate::knocks::Knocks;
use crate::live::Live;
use crate::outbound::Outbound;
use crate::outbound::guard::Guard;
use crate::serve::Doors;
use crate::sources::Sources;
use engine::audit::Actor;
use engine::parameter::Given;
use engine::random::Random;
use engine::secrets::Secrets;
use engine::staff::Session;
use engine::{Engine, Parts, Rules};
use model::Result;
use model::id::PileCode;
use model::site::Pile;
use model::time::{Clock, Timestamp};
use model::trace::Traces;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use store::{Settings as StoreSettings, Store};

/// What an app is opened with.
pub struct AppSettings {
    pub store: StoreSettings,
    pub clock: Clock,
    pub rules: Rules,
    /// What was given by the environment, which no page can change.
    pub given: Given,
    pub secrets: Secrets,
    pub http: HttpSettings,
    /// What the server was started with, for the page that shows it.
    pub settings: Vec<SettingView>,
    /// The folder for files that are made and taken in.
    pub files: PathBuf,
}

pub struct App {
    pub engine: Engine,
    pub devices: Arc<Devices>,
    pub live: Arc<Live>,
    pub knocks: Knocks,
    pub sources: Sources,
    pub figures: Figures,
    /// Gives every frame and every request its id.
    pub traces: Traces,
    pub started_at: Timestamp,
    pub settings: HttpSettings,
    pub started_with: Vec<SettingView>,
    /// Where it really listens, once it does.
    pub doors: OnceLock<Doors>,
    /// All of its settings, where it was started with some.
    pub config: OnceLock<Config>,
    pub exports: Exports,
    pub imports: Imports,
    /// What piles fetch and send.
    pub files: Files,
    pub jobs: Jobs,
    pub outbound: Outbound,
    /// What providers of identities have said of themselves.
    pub providers: crate::oidc::Providers,
    pub backup: Backup,
    /// Where closed days are written for analysis; nothing where they are not.
    pub parquet: OnceLock<Place>,
    /// What running orders will take.
    pub ahead: OrdersAhead,
    local: OnceLock<Local>,
}

/// The door for whoever has the data folder: the command line beside a running server, and inside
/// its own process otherwise.
struct Local {
    token: String,
    session: Session,
}

/// The account that a fresh installation has.
pub const ADMIN: &str = "admin";

impl App {
    /// Opens the store and puts the parts together. Nothing listens yet.
    pub async fn open(settings: AppSettings) -> Result<Arc<App>> {
        let AppSettings { store, clock, rules, given, secrets, http, settings: started_with, files } =
            settings;
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
            given,
            secrets,
            random: Random::System,
            dispatch: Arc::new(move |pile, id, command| dispatching.send(pile, id, command)),
        });
        engine.parameters_load().await?;
        for pile in store.read(store::piles::all).await? {
            devices.name(pile.id, pile.code, pile.station);
        }
        let (knocks, figures) = (Knocks::default(), Figures::default());
        let traces = Traces::new(engine.random.bytes()?);
        let started_at = engine.clock.now();
        Ok(Arc::new(App {
            engine,
            devices,
            live,
            knocks,
            sources: Sources::default(),
            figures,
            traces,
            started_at,
            outbound: Outbound::new(Guard { allow: http.outbound_allow.clone() }),
            providers: crate::oidc::Providers::default(),
            settings: http,
            started_with,
            doors: OnceLock::new(),
            config: OnceLock::new(),
            exports: Exports::new(&files),
            imports: Imports::new(&files),
            files: Files::new(&files),
            jobs: Jobs::default(),
            backup: Backup::default(),
            parquet: OnceLock::new(),
            ahead: OrdersAhead::default(),
            local: OnceLock::new(),
        }))
    }

    /// Before listening: no pile is connected, whatever the last run has written.
    pub async fn begin(&self) -> Result<()> {
        self.engine.exports_interrupted().await?;
        self.engine.order_imports_interrupted().await?;
        self.engine.pile_batches_interrupted().await?;
        jobs::begin(self).await?;
        let now = self.now();
        let offline = move |tx: &mut store::Tx<'_>| {
            store::links::cut(tx, now)?;
            store::piles::all_offline(tx)
        };
        self.engine.store.write(None, offline).await.map(drop)
    }

    /// Makes sure of the administrator and opens the local door. The token, and the administrator's
    /// password when it was generated just now.
    pub async fn local_open(&self) -> Result<(String, Option<String>)> {
        let generated = self.engine.staff_ensure_admin(ADMIN, None).await?;
        let admin = self.engine.store.read(|conn| store::staff::by_account(conn, ADMIN)).await?;
        let mut caller = Actor::local().caller;
        if let Some(admin) = admin {
            caller.staff = admin.id;
        }
        let session = Session::local(caller, ADMIN);
        let token = format!("pol_{}", self.engine.random.hex::<32>()?);
        let local = self.local.get_or_init(|| Local { token, session });
        Ok((local.token.clone(), generated))
    }

    /// What opens the local door, once it is there.
    pub fn local_token(&self) -> Option<&str> {
        self.local.get().map(|local| local.token.as_str())
    }

    /// The session of whoever shows the local token.
    pub fn local_session(&self, secret: &str) -> Option<Session> {
        let local = self.local.get()?;
        let (known, shown) = (local.token.as_bytes(), secret.as_bytes());
        // Compared without stopping at the first difference.
        let differs =
            known.iter().zip(shown).fold(known.len() ^ shown.len(), |d, (a, b)| d | usize::from(a ^ b));
        (differs == 0).then(|| local.session.clone())
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
    ) -> Result<Option<Pile>> {
        let wanted = code.clone();
        let found = self.engine.store.device_read(move |conn| store::piles::by_code(conn, &wanted)).await;
        let found = found.inspect_err(|why| tracing::warn!(%why, %code, "a pile could not be looked up"))?;
        if found.is_none() && self.knocks.may_note(self.now()) {
            tracing::info!(%code, from, protocol, "a pile that is not registered knocked");
            self.engine.pile_knocked(code, protocol.unwrap_or("?"), from, None, None);
        }
        Ok(found)
    }
}
