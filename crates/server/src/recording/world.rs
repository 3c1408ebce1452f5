//! A platform of its own for one recording: a database in a folder that goes away, a clock that is set,
//! and doors that only this machine reaches.

use crate::app::{App, AppSettings};
use crate::http::HttpSettings;
use crate::serve::{Listeners, Serving};
use engine::Rules;
use engine::audit::Actor;
use engine::card::CardDraft;
use engine::command::CommandRequest;
use engine::parameter::{Given, Parameter, ParameterOrigin};
use engine::secrets::Secrets;
use engine::site::{PileDraft, StationDraft};
use model::card::{CardStatus, TokenVerdict};
use model::id::{OperatorId, OrderId, PileId, StationId, TariffId};
use model::order::StartMode;
use model::time::{Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use model::{Error, Result, Text};
use sim::replay::{Header, OrderFacts, RecordedTariff, Recording, Stage, Wish};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::Source;
use tokio::net::TcpListener;

const PASSWORD: &str = "replay-replay";
/// How often orders whose time has run out are looked for, as in the real thing.
const SWEEP_MS: i64 = 5 * SECOND_MS;
/// Sweeps of one gap at most; longer ones are swept at longer steps.
const SWEEPS_MAX: i64 = 2_000;
/// How long after the last frame an order may still be closed by rule.
const AFTER_MS: i64 = 26 * HOUR_MS;

pub struct World {
    app: Arc<App>,
    serving: Serving,
    clock: Clock,
    pile: PileId,
    station: StationId,
    is_ykc: bool,
    /// Versions that the station shows later, the last one first.
    tariffs: Vec<(i64, TariffId)>,
    /// Connectors on which somebody clicked in the recording, and an order of it began.
    starts: Vec<i64>,
    notes: Vec<String>,
    folder: Folder,
}

/// Goes away with all that is in it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder() -> Result<Folder> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("pileops-replay-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).map_err(|why| {
        Error::new(
            model::error::Kind::Unavailable,
            "replay.no_folder",
            Text::new(
                format!("无法建立临时目录 {}：{why}；请检查磁盘空间与权限", folder.display()),
                format!(
                    "The folder {} cannot be made: {why}. Check the disk and its permissions.",
                    folder.display()
                ),
            ),
        )
    })?;
    Ok(Folder(folder))
}

impl World {
    pub async fn open(recording: &Recording) -> Result<World> {
        let header = &recording.header;
        let first_ms = recording.frames.first().map_or(header.made_at_ms, |frame| frame.at_ms);
        let earliest_ms =
            header.tariffs.iter().map(|one| one.from_ms).chain([first_ms]).min().unwrap_or(first_ms);
        let clock = Clock::manual(Timestamp::from_ms(earliest_ms - DAY_MS));
        let folder = folder()?;
        let app = App::open(AppSettings {
            store: store::Settings::new(Source::Sqlite(folder.0.join("replay.db"))),
            clock: clock.clone(),
            rules: Rules::default(),
            given: given(header),
            secrets: Secrets::of(&[7; 32]),
            http: HttpSettings::default(),
            settings: Vec::new(),
            files: folder.0.clone(),
        })
        .await?;
        let mut tariffs = tariffs(&app, &header.tariffs).await?;
        let first = tariffs.pop().map(|(_, tariff)| tariff);
        let (station, pile) = site(&app, header, first).await?;
        cards(&app, header).await?;
        app.begin().await?;
        let router = crate::gateway::router(Arc::clone(&app));
        let (http, ykc) = (listener().await?, listener().await?);
        let serving = Serving::start(Arc::clone(&app), router, Listeners { http, ykc, tls: None }).await;
        let serving = serving.map_err(|why| not_listening(&why))?;
        let (notes, is_ykc) = (Vec::new(), header.protocol.is_ykc());
        let clicked = |order: &&OrderFacts| matches!(order.start_mode, StartMode::Console | StartMode::App);
        let starts = header.orders.iter().filter(clicked).map(|order| order.connector_no).collect();
        Ok(World { app, serving, clock, pile, station, is_ykc, tariffs, starts, notes, folder })
    }

    pub fn address(&self) -> String {
        let at: SocketAddr = if self.is_ykc { self.serving.ykc } else { self.serving.http };
        if self.is_ykc { at.to_string() } else { format!("ws://{at}/ocpp") }
    }

    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Time goes on until every order is closed that was closed the first time.
    pub async fn settle(&mut self, recording: &Recording) -> Result<()> {
        let until = self.clock.now().plus_ms(AFTER_MS);
        let closed = |order: &OrderFacts| !order.state.awaits_record();
        if !recording.header.orders.iter().all(closed) {
            return Ok(());
        }
        while self.clock.now() < until && self.facts().await?.iter().any(|order| !closed(order)) {
            self.pass(MINUTE_MS).await;
        }
        Ok(())
    }

    /// What the replay has made, the oldest first.
    pub async fn facts(&self) -> Result<Vec<OrderFacts>> {
        let pile = self.pile;
        let read = move |conn: &mut store::Conn| {
            let mut orders = store::orders::latest_of_pile(conn, pile, 10_000)?;
            orders.sort_by_key(|order| order.id.0);
            orders
                .into_iter()
                .map(|order| {
                    let detail = store::orders::detail(conn, order.id)?;
                    let segments =
                        detail.as_ref().and_then(|detail| serde_json::from_str(&detail.segments).ok());
                    let points = detail.map_or(0, |detail| detail.curve.points().len());
                    Ok(OrderFacts::of(&order, segments.unwrap_or_default(), points, false))
                })
                .collect()
        };
        self.app.engine.store.read(read).await
    }

    /// Stops everything, and gives out what was worth a note.
    pub async fn close(self) -> Vec<String> {
        let World { serving, app, notes, folder, .. } = self;
        serving.stop().await;
        drop((app, folder));
        notes
    }

    async fn pass(&mut self, ms: i64) {
        self.clock.advance(Duration::from_millis(ms.max(0).unsigned_abs()));
        if let Err(why) = self.app.engine.sweep().await {
            self.notes.push(why.to_string());
        }
    }

    async fn command(&mut self, request: CommandRequest) {
        let caller = Actor::local().caller;
        if let Err(why) = self.app.engine.command(&caller, self.pile, request).await {
            self.notes.push(why.to_string());
        }
    }

    /// The running order that is to be stopped.
    async fn running(&self, connector_no: Option<u16>, session: Option<&str>) -> Option<OrderId> {
        let pile = self.pile;
        let open =
            self.app.engine.store.read(move |conn| store::orders::open_of_pile(conn, pile)).await.ok()?;
        let running = open.iter().filter(|open| open.order.state.is_open()).find(|open| {
            let named = open.order.session.map(|session| session.to_string());
            session.is_none_or(|session| {
                named.as_deref().is_some_and(|named| named.trim_start_matches('=') == session)
            }) && connector_no.is_none_or(|no| no == open.order.connector)
        });
        running.map(|open| open.order.id)
    }
}

impl Stage for World {
    async fn until(&mut self, at_ms: i64) {
        let step_ms = ((at_ms - self.clock.now().as_ms()) / SWEEPS_MAX).max(SWEEP_MS);
        loop {
            let left_ms = at_ms - self.clock.now().as_ms();
            if let Some((from_ms, tariff)) = self.tariffs.pop_if(|(from_ms, _)| *from_ms <= at_ms) {
                let (station, from) = (self.station, Timestamp::from_ms(from_ms));
                let set = move |tx: &mut store::Tx<'_>| {
                    store::recordings::station_tariff_set(tx, station, tariff, from)
                };
                if let Err(why) = self.app.engine.store.write(None, set).await {
                    self.notes.push(why.to_string());
                }
                continue;
            }
            if left_ms <= 0 {
                return;
            }
            if left_ms <= SWEEP_MS {
                // Nothing runs out between two frames that follow at once.
                if left_ms < SECOND_MS {
                    self.clock.advance(Duration::from_millis(left_ms.unsigned_abs()));
                } else {
                    self.pass(left_ms).await;
                }
                return;
            }
            self.pass(left_ms.min(step_ms)).await;
        }
    }

    async fn provoke(&mut self, wish: &Wish) {
        match wish {
            Wish::Start { connector_no } => {
                let is_it = |no: &i64| connector_no.is_none_or(|wanted| i64::from(wanted) == *no);
                // A start of another order, which is not in the recording, would be one too many.
                let Some(place) = self.starts.iter().position(is_it) else { return };
                let connector = u16::try_from(self.starts.remove(place)).unwrap_or(1);
                self.command(CommandRequest::Start { connector }).await;
            }
            Wish::Stop { connector_no, session } => {
                match self.running(*connector_no, session.as_deref()).await {
                    Some(order) => self.command(CommandRequest::Stop { order }).await,
                    None => self.notes.push("there was no running order to stop".to_owned()),
                }
            }
            // The platform does it by itself, or nothing of an order depends on it.
            Wish::Other { .. } => {}
        }
    }

    /// That the pile has gone is known before time goes on.
    async fn cut(&mut self) {
        let patience = tokio::time::Instant::now() + Duration::from_secs(5);
        while self.app.devices.online(self.pile).is_some() && tokio::time::Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Its end is one of the writes before this one.
        let _ = self.app.engine.store.write(Some(self.pile), |_| Ok(())).await;
    }
}

/// The platform's parameters as they stood; what this version does not have is left out.
fn given(header: &Header) -> Given {
    let known = |(name, value): (&String, &i64)| {
        let parameter = Parameter::all().find(|one| one.name == name)?;
        Some((parameter.name, (*value, ParameterOrigin::CommandLine)))
    };
    let mut given: Given = header.parameters.iter().filter_map(known).collect();
    // A replay is as fast as it can be, and slowing it down proves nothing.
    for name in ["pile_frames_s", "pile_logins_minute"] {
        if let Some(limit) = Parameter::all().find(|one| one.name == name) {
            given.insert(limit.name, (limit.most, ParameterOrigin::CommandLine));
        }
    }
    given
}

/// Written down as they were; the last one first.
async fn tariffs(app: &App, recorded: &[RecordedTariff]) -> Result<Vec<(i64, TariffId)>> {
    let (recorded, now) = (recorded.to_vec(), app.now());
    let write = move |tx: &mut store::Tx<'_>| {
        let mut made = Vec::new();
        for (place, one) in recorded.iter().enumerate() {
            let body = serde_json::to_string(&one.table).map_err(|_| Error::internal())?;
            let last = one.table.kinds.iter().map(|kind| i64::from(kind.model_no)).max();
            let tariff = store::tariffs::NewTariff {
                // A name may have come back with the number that it had.
                name: &format!("{} {}", one.name, place + 1),
                version_no: one.version_no,
                model_no: i64::from(one.model_no),
                last_model_no: last,
                body: &body,
            };
            made.push((one.from_ms, store::tariffs::insert(tx, &tariff, now)?));
        }
        Ok(made)
    };
    let mut made = app.engine.store.write(None, write).await?;
    made.sort_by_key(|(from_ms, _)| std::cmp::Reverse(*from_ms));
    Ok(made)
}

async fn site(app: &App, header: &Header, tariff: Option<TariffId>) -> Result<(StationId, PileId)> {
    let (engine, local) = (&app.engine, Actor::local());
    engine.city_ensure(&local, "420100", "湖北", "武汉").await?;
    let OperatorId(operator_id) = engine.operator_ensure(&local, "回放").await?;
    let station = StationDraft {
        name: "回放".to_owned(),
        operator_id: Some(operator_id),
        city_code: Some("420100".to_owned()),
        address: "回放".to_owned(),
        tariff_id: tariff.map(|tariff| tariff.0),
        longitude_e6: None,
        latitude_e6: None,
        time_zone: Some(header.time_zone.clone()),
    };
    let station = engine.station_create(&local, station).await?;
    let pile = PileDraft {
        code: header.pile.code.clone(),
        name: None,
        station_id: Some(station.0),
        kind: header.pile.kind,
        protocol: header.protocol,
        rated_power_w: header.pile.rated_power_w,
        connector_count: header.pile.connector_count,
        password: (!header.protocol.is_ykc()).then(|| PASSWORD.to_owned()),
    };
    engine.pile_create(&local, pile).await?;
    let code = model::id::PileCode::parse(&header.pile.code).ok_or_else(Error::internal)?;
    let found = engine.store.read(move |conn| store::piles::by_code(conn, &code)).await?;
    let pile = found.ok_or_else(Error::internal)?.id;
    let skew_ms = header.pile.skew_ms;
    let clock = move |tx: &mut store::Tx<'_>| {
        tx.with_pile(pile, |tx, hot| {
            hot.pile.skew_ms = skew_ms;
            tx.pile_save(&hot.pile);
            Ok(())
        })
    };
    engine.store.write(Some(pile), clock).await?;
    Ok((station, pile))
}

async fn cards(app: &App, header: &Header) -> Result<()> {
    for card in &header.cards {
        let (status, expires_at_ms) = match card.verdict {
            TokenVerdict::Accepted => (CardStatus::Accepted, None),
            TokenVerdict::Expired => (CardStatus::Accepted, Some(app.now().as_ms())),
            _ => (CardStatus::Blocked, None),
        };
        let draft = CardDraft {
            tag: card.tag.clone(),
            status,
            group: None,
            expires_at_ms,
            sessions_max: None,
            offline: None,
        };
        app.engine.card_create(&Actor::local(), draft).await?;
    }
    Ok(())
}

async fn listener() -> Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").await.map_err(|why| not_listening(&why))
}

fn not_listening(why: &std::io::Error) -> Error {
    tracing::error!(%why, "a replay's platform cannot listen");
    Error::internal()
}
