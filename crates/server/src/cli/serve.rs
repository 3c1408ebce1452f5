//! Running the platform, and what is done to an installation as a whole.

use super::{Demo, Listen, Place};
use crate::app::{ADMIN, App, AppSettings};
use crate::config::{Config, Origin, shown};
use crate::http::{HttpSettings, Iso15118Settings, MapSettings};
use crate::log::Lines;
use crate::serve::{Listeners, Serving};
use crate::tls::Tls;
use crate::{backup, demo, gateway, http, install, notify};
use engine::Rules;
use engine::random::Random;
use model::time::Clock;
use model::{Error, Result};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

pub fn log_start(config: &Config) -> Result<()> {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(config.filter("log")?)
        .with_writer(std::io::stderr)
        .event_format(Lines { format: config.log_format()?, clock: Clock::System })
        .try_init();
    Ok(())
}

/// Opens the app on the data that the settings name. Nothing listens yet.
pub async fn open(config: &Config) -> Result<Arc<App>> {
    let mut store = store::Settings::new(config.source()?);
    store.writers = usize::try_from(config.integer("database_writers")?).unwrap_or(1);
    store.readers = usize::try_from(config.integer("database_readers")?).unwrap_or(3);
    store.exclusive = true;
    let http = HttpSettings {
        secure_cookies: config.flag("secure_cookies")?,
        scim_token: config.token("scim_token_file")?,
        behind_proxy: config.flag("behind_proxy")?,
        proxies: config.networks("proxy_networks")?,
        outbound_allow: config.networks("outbound_allow")?,
        public_url: config.public_url("public_url")?,
        iso15118: Iso15118Settings {
            url: config.public_url("iso15118_url")?,
            token: config.token("iso15118_token_file")?,
        },
        listens_locally: config.address("listen")?.ip().is_loopback(),
        map: MapSettings { tile_url: config.tiles("map_tile_url")?, gcj02: config.flag("map_tile_gcj02")? },
    };
    upgrade_prepare(config).await?;
    store::slow::SLOW.set_threshold(config.slow_query()?);
    let backup = config.backup()?;
    backup::prepare(&config.data(), &store.source, backup.as_ref())?;
    let app = App::open(AppSettings {
        store,
        clock: Clock::System,
        rules: Rules::default(),
        given: config.given()?,
        secrets: install::prepare(&config.data(), &Random::System)?,
        http,
        settings: config.views(),
        files: config.data(),
    })
    .await?;
    let _ = app.config.set(config.clone());
    if let Some(settings) = backup {
        backup::open(&app, settings).await?;
    }
    if let Some(place) = config.parquet()? {
        let _ = app.parquet.set(place);
    }
    Ok(app)
}

/// Before anything of the data folder is touched: a copy of what an upgrade would change.
async fn upgrade_prepare(config: &Config) -> Result<Option<store::upgrade::Copy>> {
    let keep = usize::try_from(config.integer("upgrade_copies")?).unwrap_or(0);
    let source = config.source()?;
    tokio::task::spawn_blocking(move || store::upgrade::upgrade_prepare(&source, keep, Clock::System.now()))
        .await
        .map_err(|_| Error::internal())?
}

/// Listens on the addresses of the settings and tells them in the data folder.
pub async fn start(config: &Config, app: Arc<App>) -> Result<Serving> {
    files_allow();
    // Where it cannot listen it changes nothing: piles that are connected elsewhere stay on line.
    let http = listen(config.address("listen")?, "listen").await?;
    let ykc = listen(config.address("ykc_listen")?, "ykc_listen").await?;
    let tls = match config.tls()? {
        Some((at, settings)) => {
            let listener = listen(at, "tls_listen").await?;
            Some((listener, Tls::open(Arc::clone(&app), settings).await?))
        }
        None => None,
    };
    app.begin().await?;
    let (token, generated) = app.local_open().await?;
    if let Some(password) = generated {
        out!(
            "管理员账号 / administrator: {ADMIN}\n初始密码 / password: {password}\n（只显示这一次 / shown this once）"
        );
    }
    let router = http::router(Arc::clone(&app)).merge(gateway::router(Arc::clone(&app)));
    let serving = Serving::start(app, router, Listeners { http, ykc, tls }).await.map_err(|why| {
        tracing::error!(%why, "the server could not start");
        Error::internal()
    })?;
    install::token_write(&config.data(), &token)?;
    install::addresses_write(&config.data(), serving.http, serving.ykc)?;
    let tls = serving.tls.map(|at| at.to_string());
    tracing::info!(http = %serving.http, ykc = %serving.ykc, tls, "listening");
    Ok(serving)
}

/// Every pile is an open connection: as many as the system lets this process have.
fn files_allow() {
    #[cfg(unix)]
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(most) if most < 4_096 => {
            tracing::warn!(most, "few connections are allowed; raise the limit on open files")
        }
        Ok(_) => {}
        Err(why) => tracing::warn!(%why, "the limit on open files could not be raised"),
    }
}

async fn listen(at: SocketAddr, field: &'static str) -> Result<TcpListener> {
    TcpListener::bind(at).await.map_err(|why| {
        Error::invalid(
            field,
            format!("无法监听 {at}：{why}；请检查端口是否被占用，或用 --{} 换一个", field.replace('_', "-")),
            format!(
                "Cannot listen on {at}: {why}. See whether the port is taken, or choose another with --{}.",
                field.replace('_', "-")
            ),
        )
    })
}

/// Until somebody says stop.
pub async fn run_until_stopped(config: &Config, serving: Serving) -> ExitCode {
    notify::ready();
    let living = tokio::spawn(notify::live());
    stop_signal().await;
    tracing::info!("stopping");
    living.abort();
    notify::stopping();
    serving.stop().await;
    install::addresses_remove(&config.data());
    ExitCode::SUCCESS
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}

pub async fn serve(config: &Config) -> Result<ExitCode> {
    log_start(config)?;
    let _lock = install::lock(&config.data()).await?;
    demo::unfinished_refuse(&config.data())?;
    let app = open(config).await?;
    let serving = start(config, app).await?;
    Ok(run_until_stopped(config, serving).await)
}

pub async fn demo(place: &Place, wanted: Demo) -> Result<ExitCode> {
    let mut config = place.config(&wanted.listen)?;
    // Where nobody says otherwise the demo does not touch what `pileops serve` would use.
    config.data_by_default(demo::FOLDER);
    log_start(&config)?;
    let _lock = install::lock(&config.data()).await?;
    demo::unfinished_clear(&config.data(), &config.source()?)?;
    let app = open(&config).await?;
    let login = demo::furnish(&app, &config.data()).await?;
    let serving = start(&config, Arc::clone(&app)).await?;
    let cashier = demo::pay_live(&app, &config.data(), serving.http).await?;
    let site = demo::live(&app, &login, &serving, &wanted.pace).await?;
    out!("\n  PileOps 演示已启动 / the demo is running\n");
    out!("  控制台 / console:  http://{}", serving.http);
    out!("  账号 / account:    {}", login.account);
    out!("  密码 / password:   {}\n", login.password);
    let code = run_until_stopped(&config, serving).await;
    site.stop().await;
    cashier.abort();
    Ok(code)
}

pub fn config(place: &Place) -> Result<ExitCode> {
    let config = place.config(&Listen::default())?;
    if place.json {
        let rows: Vec<serde_json::Value> = config
            .entries()
            .map(|(setting, value, origin)| {
                serde_json::json!({
                    "name": setting.name, "value": shown(setting.name, value), "default": setting.default,
                    "origin": format!("{origin:?}"), "variable": format!("PILEOPS_{}", setting.name.to_uppercase()),
                    "meaning": setting.meaning,
                })
            })
            .collect();
        out!("{}", serde_json::Value::Array(rows));
        return Ok(ExitCode::SUCCESS);
    }
    out!("# 命令行 > 环境变量 PILEOPS_<名称> > --config 文件 (TOML) > 默认值");
    out!("# command line > environment PILEOPS_<NAME> > --config file (TOML) > default\n");
    for (setting, value, origin) in config.entries() {
        out!("# {}\n# {}", setting.meaning.zh, setting.meaning.en);
        let mark = if origin == Origin::Default { "# " } else { "" };
        out!("{mark}{} = {:?}\n", setting.name, shown(setting.name, value));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn migrate(config: &Config) -> Result<ExitCode> {
    let _lock = install::lock(&config.data()).await?;
    let copy = upgrade_prepare(config).await?;
    install::prepare(&config.data(), &Random::System)?;
    let source = config.source()?;
    let run = apart(move || {
        let mut conn = store::Conn::open(&source, store::db::Purpose::Write)?;
        store::migrate::migrate(&mut conn, Clock::System.now())
    })?;
    if let Some(copy) = copy {
        out!("升级前的副本 / copy from before: {}", copy.path.display());
    }
    match run.as_slice() {
        [] => out!("数据库已是最新版本 / the database is up to date"),
        numbers => out!("已执行迁移 / migrations run: {numbers:?}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The other way: the data from before the last upgrade, for the program from before it.
pub async fn rollback(place: &Place, copy: Option<std::path::PathBuf>) -> Result<ExitCode> {
    let config = place.config(&Listen::default())?;
    let _lock = install::lock(&config.data()).await?;
    let source = config.source()?;
    let done = apart(move || store::upgrade::upgrade_undo(&source, copy.as_deref(), Clock::System.now()))?;
    let (was, left) = (done.copy.version, done.left_version);
    if place.json {
        let told = serde_json::json!({ "copy": done.copy.path, "version": was, "left": done.left, "left_version": left });
        out!("{told}");
        return Ok(ExitCode::SUCCESS);
    }
    out!("已放回升级前的数据库（结构版本 {was}）：{}", done.copy.path.display());
    out!(
        "升级后的数据库（结构版本 {left}）保留在：{}，其中升级以后的数据不在放回的数据库里",
        done.left.display()
    );
    out!("现在请启动结构版本为 {was} 的旧程序；本程序启动时会再次升级");
    out!("\nThe database from before the upgrade (structure {was}) is back: {}", done.copy.path.display());
    out!(
        "The one from after it (structure {left}) is kept: {}. What was written since is only there",
        done.left.display()
    );
    out!("Start the older program of structure {was} now; this one would upgrade it again");
    Ok(ExitCode::SUCCESS)
}

/// On a thread of its own: a connection to PostgreSQL blocks, which is forbidden on a thread of the
/// runtime.
fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    std::thread::spawn(work).join().map_err(|_| Error::internal())?
}

pub async fn verify(place: &Place) -> Result<ExitCode> {
    let config = place.config(&Listen::default())?;
    let source = config.source()?;
    if let store::Source::Sqlite(file) = &source
        && !file.exists()
    {
        return Err(Error::invalid(
            "data",
            format!("没有数据库文件 {}；请用 --data 指定正确的数据目录", file.display()),
            format!("There is no database file {}. Give the right data folder with --data.", file.display()),
        ));
    }
    let verified = apart(move || engine::verify::verify_source(&source))?;
    if place.json {
        out!("{}", serde_json::to_string(&verified).map_err(|_| Error::internal())?);
    } else {
        out!("订单 / orders checked: {}；其中待处理 / held: {}", verified.orders, verified.held);
        out!("审计日志 / audit rows checked: {}；末尾 / head {}", verified.audit, verified.audit_head);
        for problem in &verified.problems {
            match problem.order_id {
                Some(id) => out!("订单 / order {id}: {}", problem.what),
                None if problem.about == "audit" => out!("审计 / audit: {}", problem.what),
                None => out!("汇总 / sums: {}", problem.what),
            }
        }
        out!(
            "{}",
            if verified.problems.is_empty() {
                "全部一致 / all bills agree to the fen, the audit log is whole"
            } else {
                "发现不一致 / differences found"
            }
        );
    }
    Ok(if verified.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
