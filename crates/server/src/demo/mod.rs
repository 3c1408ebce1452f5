//! `pileops demo`: a believable operator on a fresh data folder, and simulated piles that charge live
//! through the real listeners. Everything goes through the engine, as if people and piles had done it.

mod administration;
mod batches;
mod batteries;
mod brand;
mod catalogue;
mod content;
mod coupons;
mod customer_source;
mod customers;
mod desired;
mod dialects;
mod feedback;
mod firmware;
mod habits;
mod history;
mod invoices;
mod invoicing;
mod levels;
mod loads;
mod merges;
mod payments;
mod people;
mod places;
mod reconciliations;
mod records;
mod reservations;
mod sharing;
mod tariff_plans;
mod wallets;
mod webhooks;
mod work_orders;

use crate::app::{ADMIN, App};
use crate::serve::Serving;
use catalogue::{CITIES, OPERATORS, STATIONS, StationPlan, tariff_busy, tariff_calm};
use engine::audit::Actor;
use engine::card::CardDraft;
use engine::site::{CityChange, CityDraft, CityStatusChange, OperatorDraft, PileDraft, StationDraft};
use model::card::CardStatus;
use model::id::OperatorId;
use model::site::{PileKind, Protocol};
use model::time::Zone;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use sim::pile::PileConfig;
use sim::random::Random;
use sim::site::{Site, SiteConfig, SiteHandle};
use sim::trunk::Trunk;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Source;

const SEED: u64 = 20_261_123;
const CARDS: usize = 240;
const LOGIN: &str = "demo.json";
/// Piles that misbehave in one way each, so that the desk for abnormal orders has something to do.
const MISBEHAVING_PERCENT: i64 = 15;
/// The codes of the 云快充 piles whose station has a concentrator begin so: those of the second.
const CONCENTRATED: &str = "32010602";

/// The demo's data folder where nobody names another.
pub const FOLDER: &str = "demo-data";

/// How lively the simulated site is.
#[derive(clap::Args, Clone, Debug)]
pub struct Pace {
    /// Cars that come to one connector a day; 0: piles wait for whoever starts them from the console
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(i64).range(0..=10_000))]
    arrivals_per_day: i64,
    /// Faults and lost links an hour over the whole site; 0 for none, and no pile misbehaves then
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(i64).range(0..=3_600))]
    misfortunes_per_hour: i64,
    /// The same seed brings the same cars [default: the time of the start]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// What a person needs to look around, and the piles' passwords, kept for the next run of the demo.
/// Only a demo keeps such things in the clear.
#[derive(Default, Serialize, Deserialize)]
pub struct Login {
    /// False while the folder is being filled: what is in it then is of no use to anybody.
    complete: bool,
    pub account: String,
    pub password: String,
    piles: Vec<PilePlan>,
}

#[derive(Clone, Serialize, Deserialize)]
struct PilePlan {
    code: String,
    protocol: Protocol,
    kind: PileKind,
    rated_power_w: i64,
    connectors: usize,
    password: String,
}

fn login(data: &Path) -> Result<Option<Login>> {
    match std::fs::read_to_string(data.join(LOGIN)) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| foreign(data)),
        Err(_) => Ok(None),
    }
}

fn is_unfinished(data: &Path) -> bool {
    matches!(login(data), Ok(Some(login)) if !login.complete)
}

/// A demo that was interrupted while it was made is taken away, to be made anew.
pub fn unfinished_clear(data: &Path, source: &Source) -> Result<()> {
    if !is_unfinished(data) {
        return Ok(());
    }
    let Source::Sqlite(file) = source else {
        return Err(Error::refused(
            "demo.unfinished",
            "上次生成演示数据时被中断；请清空该 PostgreSQL 数据库并删除数据目录中的 demo.json，然后重试",
            "Making the demo's data was interrupted. Empty the PostgreSQL database, remove demo.json from the data folder, and try again.",
        ));
    };
    // The mark goes last: an interruption here leaves it unfinished still.
    let database = ["", "-wal", "-shm"].map(|end| format!("{}{end}", file.display()).into());
    for path in database.into_iter().chain([data.join("secret.key"), data.join(LOGIN)]) {
        remove(&path)?;
    }
    Ok(())
}

fn remove(path: &PathBuf) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(crate::install::cannot(path, &why)),
        _ => Ok(()),
    }
}

/// Nobody works on what the next run of the demo takes away.
pub fn unfinished_refuse(data: &Path) -> Result<()> {
    if !is_unfinished(data) {
        return Ok(());
    }
    Err(Error::refused(
        "demo.unfinished",
        format!(
            "数据目录 {} 中的演示数据尚未生成完；请再次运行 pileops demo，或用 --data 换一个目录",
            data.display()
        ),
        format!(
            "The demo's data in the folder {} was not finished. Run `pileops demo` again, or choose another folder with --data.",
            data.display()
        ),
    ))
}

/// The whole file or, after an interruption, the old one.
fn login_write(data: &Path, login: &Login) -> Result<()> {
    let (path, new) = (data.join(LOGIN), data.join("demo.json.new"));
    let text = serde_json::to_string_pretty(login).map_err(|_| Error::internal())?;
    remove(&new)?;
    let written = crate::install::write_private(&new, &text).and_then(|()| std::fs::rename(&new, &path));
    written.map_err(|why| crate::install::cannot(&path, &why))
}

/// Fills a fresh folder; one that was filled is used as it is, one of somebody else is left alone.
pub async fn furnish(app: &Arc<App>, data: &Path) -> Result<Login> {
    if let Some(login) = login(data)? {
        return if login.complete { Ok(login) } else { Err(foreign(data)) };
    }
    let staff = app.engine.store.read(|conn| store::staff::by_account(conn, ADMIN)).await?;
    if staff.is_some() {
        return Err(foreign(data));
    }
    login_write(data, &Login::default())?;
    eprintln!(
        "==> 正在生成演示数据：运营商、充电站、充电桩与三个月的订单 / making the demo's data: operators, stations, piles and three months of orders"
    );
    let password = format!("Demo-{}", app.engine.random.hex::<4>()?);
    app.engine.staff_ensure_admin(ADMIN, Some(password.clone())).await?;
    let piles = business(app).await?;
    people::write(app).await?;
    administration::write(app).await?;
    let actor = administrator(app).await?;
    invoicing::payers(app, &actor).await?;
    wallets::open(app, &actor).await?;
    levels::write(app, &actor).await?;
    let orders = history::write(app, &piles).await?;
    records::write(app, &actor).await?;
    reservations::write(app, &piles).await?;
    tariff_plans::write(app, &actor).await?;
    batches::write(app, &actor, &piles).await?;
    firmware::write(app, &actor, &piles).await?;
    dialects::write(app, &actor, &piles).await?;
    desired::write(app, &actor).await?;
    feedback::write(app, &piles).await?;
    work_orders::write(app, &actor, &piles).await?;
    invoices::write(app).await?;
    webhooks::write(app, &actor).await?;
    customer_source::write(app, &actor).await?;
    content::write(app).await?;
    wallets::write(app, &actor).await?;
    invoicing::write(app, &actor).await?;
    reconciliations::write(app, &actor, &piles).await?;
    payments::write(app, &actor, data).await?;
    sharing::write(app, &actor).await?;
    // As if a night had passed over the history.
    app.engine.customers_mark(app.clock().now()).await?;
    eprintln!("==> {} 台充电桩，{orders} 张订单 / {} piles, {orders} orders", piles.len(), piles.len());
    let login = Login { complete: true, account: ADMIN.to_owned(), password, piles };
    login_write(data, &login)?;
    Ok(login)
}

/// Whoever looks around, as if they had done it.
async fn administrator(app: &Arc<App>) -> Result<Actor> {
    let mut actor = Actor::local();
    if let Some(admin) = app.engine.store.read(|conn| store::staff::by_account(conn, ADMIN)).await? {
        actor.caller.staff = admin.id;
    }
    Ok(actor)
}

fn foreign(data: &Path) -> Error {
    Error::refused(
        "demo.folder_used",
        format!("数据目录 {} 已有正式数据，演示不会改动它；请用 --data 指定一个新目录", data.display()),
        format!(
            "The data folder {} holds data that is not the demo's, which is left alone. Give another one with --data.",
            data.display()
        ),
    )
}

/// The tag of the n-th card: hexadecimal, so that 云快充 readers can read it.
fn tag(number: usize) -> String {
    format!("CA{number:06}")
}

/// The cities and the operators.
async fn companies(app: &Arc<App>, actor: &Actor) -> Result<Vec<OperatorId>> {
    let engine = &app.engine;
    let codes = CITIES.iter().map(|(code, _)| (*code).to_owned()).collect();
    engine.city_create(actor, CityDraft { codes }).await?;
    for (code, hotline) in CITIES {
        let change = CityChange { version: 1, hotline: Some(hotline.to_owned()) };
        engine.city_update(actor, code, change).await?;
    }
    let paused = CityStatusChange {
        version: 2,
        paused: true,
        reason: Some("场站建设中，尚未验收".to_owned()),
        from_ms: None,
    };
    engine.city_status_set(actor, CITIES[4].0, paused).await?;
    let mut operators = Vec::new();
    for (name, credit_code, contact, phone, contract_to_day) in OPERATORS {
        let draft = OperatorDraft {
            name: name.to_owned(),
            credit_code: Some(credit_code.to_owned()),
            contact: Some(contact.to_owned()),
            phone: Some(phone.to_owned()),
            contract_from_day: Some(20_240_101),
            contract_to_day: Some(contract_to_day),
        };
        operators.push(engine.operator_create(actor, draft).await?);
    }
    brand::furnish(app, actor, operators[1]).await?;
    Ok(operators)
}

async fn business(app: &Arc<App>) -> Result<Vec<PilePlan>> {
    let (engine, actor) = (&app.engine, Actor::local());
    let operators = companies(app, &actor).await?;
    let busy = engine.tariff_create(&actor, tariff_busy()).await?;
    let calm = engine.tariff_create(&actor, tariff_calm()).await?;
    let mut piles = Vec::new();
    for (place, plan) in STATIONS.iter().enumerate() {
        let station = StationDraft {
            name: plan.name.to_owned(),
            operator_id: Some(operators[plan.operator].0),
            city_code: Some(plan.city.to_owned()),
            address: plan.address.to_owned(),
            tariff_id: Some(if plan.busy { busy.0 } else { calm.0 }),
            longitude_e6: Some(plan.longitude_e6),
            latitude_e6: Some(plan.latitude_e6),
            time_zone: None,
        };
        let tariff_id = station.tariff_id;
        let station = engine.station_create(&actor, station).await?;
        engine.station_update(&actor, station, catalogue::record(place, plan, tariff_id)).await?;
        places::furnish(app, &actor, station, place).await?;
        for pile in plans(place, plan) {
            let draft = PileDraft {
                code: pile.code.clone(),
                name: Some(format!("{}号桩", piles.len() + 1)),
                station_id: Some(station.0),
                kind: pile.kind,
                protocol: pile.protocol,
                rated_power_w: pile.rated_power_w,
                connector_count: i64::try_from(pile.connectors).unwrap_or(1),
                password: None,
            };
            let made = engine.pile_create(&actor, draft).await?;
            piles.push(PilePlan { password: made.password.unwrap_or_default(), ..pile });
        }
        if place == loads::SHARES {
            loads::write(app, &actor, station, &plans(place, plan)[0].code).await?;
        }
    }
    for number in 1..=CARDS {
        let draft = CardDraft {
            tag: tag(number),
            status: if number % 60 == 0 { CardStatus::Blocked } else { CardStatus::Accepted },
            group: (number % 8 == 0).then(|| format!("车队{}", number % 3 + 1)),
            expires_at_ms: None,
            sessions_max: None,
            offline: Some(number % 4 == 0 && number % 60 != 0),
        };
        engine.card_create(&actor, draft).await?;
    }
    customers::write(app).await?;
    Ok(piles)
}

/// The piles of a station: fast chargers of both protocols, and slow ones.
fn plans(place: usize, plan: &StationPlan) -> Vec<PilePlan> {
    let mut piles = Vec::new();
    let mut add = |protocol: Protocol, kind, count: usize, rated_power_w, connectors| {
        for number in 1..=count {
            let code = if protocol.is_ykc() {
                format!("320106{:02}{:06}", place + 1, 19_000 + number)
            } else {
                let letter = if kind == PileKind::Ac { "AC" } else { "DC" };
                format!("{letter}{:02}-{number:02}", place + 1)
            };
            // Every second OCPP pile is of the newer kind.
            let protocol = match protocol {
                Protocol::Ocpp16 if number % 2 == 0 => Protocol::Ocpp201,
                protocol => protocol,
            };
            let password = String::new();
            piles.push(PilePlan { code, protocol, kind, rated_power_w, connectors, password });
        }
    };
    add(Protocol::Ocpp16, PileKind::Dc, plan.ocpp_dc, 120_000, 2);
    add(Protocol::Ykc16, PileKind::Dc, plan.ykc_dc, 160_000, 2);
    add(Protocol::Ocpp16, PileKind::Ac, plan.ocpp_ac, 7_000, 1);
    piles
}

pub use payments::live as pay_live;

/// Piles with cars that come and go, on the real listeners.
pub async fn live(app: &Arc<App>, login: &Login, at: &Serving, pace: &Pace) -> Result<SiteHandle> {
    let (http, ykc) = (at.http, at.ykc);
    let mut random = Random::seeded(SEED);
    let mut ykc_count = 0;
    // The 云快充 piles of one station come over a concentrator.
    let trunk = Arc::new(Trunk::new(&ykc.to_string()));
    let configs = login.piles.iter().map(|plan| {
        let address = if plan.protocol.is_ykc() { ykc.to_string() } else { format!("ws://{http}/ocpp") };
        let mut config = PileConfig::new(&plan.code, plan.protocol, &address);
        config.password.clone_from(&plan.password);
        (config.connectors, config.rated_power_w, config.kind) =
            (plan.connectors, plan.rated_power_w, plan.kind);
        config.seed = random.bits();
        config.meter_interval_ms = 5_000;
        config.idle_interval_ms = 60_000;
        config.behaviours.bms_frames = plan.protocol.is_ykc();
        config.behaviours.ground_locks = plan.protocol.is_ykc() && plan.kind == PileKind::Dc;
        config.behaviours.speed = 4;
        if plan.protocol.is_ykc() {
            config.behaviours.dialect = dialects::rules(ykc_count).unwrap_or_default();
            ykc_count += 1;
            config.trunk = plan.code.starts_with(CONCENTRATED).then(|| Arc::clone(&trunk));
        }
        config
    });
    let mut site = SiteConfig::new(configs.collect(), (1..=CARDS).map(tag).collect());
    site.seed = pace.seed.unwrap_or_else(|| app.clock().now().as_ms().unsigned_abs());
    site.zone = Zone::shanghai();
    site.arrivals_per_day = pace.arrivals_per_day;
    site.occupied_percent = 40;
    site.speed = 4;
    site.misfortunes_per_hour = pace.misfortunes_per_hour;
    site.misbehaving_percent = if pace.misfortunes_per_hour > 0 { MISBEHAVING_PERCENT } else { 0 };
    tokio::spawn(first_night(Arc::clone(app)));
    Ok(Site::start(site, app.clock().clone()))
}

/// As the first night would, where none has passed: nobody waits for it.
async fn first_night(app: Arc<App>) {
    let known = app.engine.store.read(store::forecasts::is_any).await;
    if !matches!(known, Ok(false)) {
        return;
    }
    for name in ["turnover_learn", "pile_health_make", "advice_make", crate::jobs::FORECAST_MAKE] {
        if let Err(why) = crate::jobs::begin_now(&app, name).await {
            tracing::warn!(%why, name, "the demo has not what a night would have made");
        }
    }
}
