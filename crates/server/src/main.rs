//! `pileops`
use server::app::{App, AppSettings};
use server::{config::Config, install, serve::Serving};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::new("info")).init();
    let args: Vec<String> = std::env::args().collect();
    let mut cl = Vec::new();
    for pair in args[1..].chunks(2) {
        let name: &'static str = match pair[0].as_str() { "--data" => "data", "--listen" => "listen", "--ykc-listen" => "ykc_listen", "--database-url" => "database_url", "--writers" => "database_writers", _ => return ExitCode::FAILURE };
        cl.push((name, pair[1].clone()));
    }
    let run = async {
        let config = Config::load(None, std::env::vars(), &cl)?;
        let secrets = install::prepare(&config.data(), &engine::random::Random::System)?;
        let mut store = store::Settings::new(config.source()?);
        store.writers = config.integer("database_writers", 1, 16)? as usize;
        let app = App::open(store, model::time::Clock::System, engine::Rules::default(), secrets, AppSettings::default()).await?;
        let http = tokio::net::TcpListener::bind(config.address("listen")?).await.map_err(|_| model::Error::internal())?;
        let ykc = tokio::net::TcpListener::bind(config.address("ykc_listen")?).await.map_err(|_| model::Error::internal())?;
        let router = axum::Router::new().route("/ocpp/{pile}", axum::routing::get(server::gateway::upgrade)).with_state(app.clone());
        let serving = Serving::start(app, router, http, ykc).await.map_err(|_| model::Error::internal())?;
        install::addresses_write(&config.data(), serving.http, serving.ykc)?;
        tokio::signal::ctrl_c().await.ok();
        serving.stop().await;
        Ok::<(), model::Error>(())
    };
    match run.await { Ok(()) => ExitCode::SUCCESS, Err(e) => { eprintln!("{e}"); ExitCode::FAILURE } }
}
