//! 支持包: what somebody who helps from afar asks for first, as one file: version, settings, the doctor's
//! findings, metrics, the last lines of the log, the state of the database and of the jobs. Nothing in it names
//! a person or opens a door; free texts that people have typed are left out.

use crate::app::App;
use crate::cli::doctor_ask;
use crate::config::{Config, SettingView};
use crate::doctor::{self, Asked, Wanted};
use crate::http::metrics;
use crate::log::{self, scrub};
use engine::audit::Actor;
use engine::job::JobView;
use model::time::{Clock, Timestamp};
use model::{Error, Result};
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::sync::Arc;
use store::Source;
use store::outboxes;
use store::slow::SLOW;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Settings whose value is an address, behind whose question mark providers put their keys.
const ADDRESSES: [&str; 5] = ["map_tile_url", "backup_place", "parquet_place", "iso15118_url", "public_url"];

const NOTE: &str = "\u{feff}PileOps 支持包 / support bundle\r\n\r\n\
    本包不含个人信息、密码与密钥：姓名、电话、车牌、卡号、订单内容均不在其中，日志中形似电话、车牌、证件号、邮箱与密钥的内容已替换为 ***。\r\n\
    This bundle holds no personal data, password or key: no name, phone, plate, card or order is in it, and what\r\n\
    looks like one in the log was replaced by ***.\r\n\r\n\
    version.json        版本与运行环境 / version and machine\r\n\
    configuration.json  配置与参数 / settings and parameters\r\n\
    doctor.json         交付检查 / findings of pileops doctor\r\n\
    metrics.txt         运行指标 / metrics\r\n\
    log.jsonl           最近的日志 / last lines of the log\r\n\
    errors.jsonl        最近的警告与错误 / last warnings and errors\r\n\
    database.json       数据库版本、迁移与表的大小 / schema, migrations and sizes of tables\r\n\
    jobs.json           后台任务与发件箱 / jobs and outboxes\r\n\
    slow.json           慢查询 / slow statements\r\n";

/// What a file is called that is made at this moment.
pub fn file_name(now: Timestamp) -> String {
    let stamp: String = now.rfc3339().chars().take(19).filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    format!("pileops-support-{stamp}Z.zip")
}

/// Makes the bundle. Who has taken it along is written down before it is given.
pub async fn make(app: &Arc<App>, actor: &Actor) -> Result<Vec<u8>> {
    actor.must_be_platform()?;
    let lines = log::last();
    let is_trouble =
        |line: &&String| line.contains("\"level\":\"error\"") || line.contains("\"level\":\"warn\"");
    let errors: Vec<String> = lines.iter().filter(is_trouble).cloned().collect();
    let files = vec![
        ("version.json", pretty(version(app))?),
        ("configuration.json", pretty(configuration(app).await?)?),
        ("doctor.json", pretty(findings(app).await)?),
        ("metrics.txt", metrics::text(app).await),
        ("log.jsonl", lines.join("\n")),
        ("errors.jsonl", errors.join("\n")),
        ("database.json", pretty(database(app).await)?),
        ("jobs.json", pretty(jobs(app).await?)?),
        ("slow.json", pretty(json!(SLOW.list()))?),
    ];
    let bytes = packed(&files)?;
    app.engine.support_fetched(actor, bytes.len()).await?;
    Ok(bytes)
}

/// What can be told where the platform itself cannot be opened, which is when help is wanted most.
pub async fn make_without(config: &Config, why: &Error, clock: &Clock) -> Result<Vec<u8>> {
    let asked = Asked::default();
    let report = doctor::look(config, asked, Wanted::default(), clock).await;
    packed(&[
        ("version.json", pretty(json!({"version": env!("CARGO_PKG_VERSION"), "at_ms": clock.now()}))?),
        ("configuration.json", pretty(json!({"settings": settings(&config.views())}))?),
        ("doctor.json", pretty(json!(report))?),
        ("errors.jsonl", pretty(json!({"code": why.code, "message": &why.text.en}))?),
    ])
}

fn packed(files: &[(&str, String)]) -> Result<Vec<u8>> {
    let failed = |why: &dyn std::fmt::Display| {
        tracing::error!(%why, "a support bundle could not be made");
        Error::internal()
    };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in [("README.txt", NOTE)].into_iter().chain(files.iter().map(|(n, t)| (*n, t.as_str())))
    {
        archive.start_file(name, options).map_err(|why| failed(&why))?;
        archive.write_all(text.as_bytes()).map_err(|why| failed(&why))?;
    }
    Ok(archive.finish().map_err(|why| failed(&why))?.into_inner())
}

/// With every text in it looked through once more.
fn pretty(value: Value) -> Result<String> {
    serde_json::to_string_pretty(&scrubbed(value)).map_err(|_| Error::internal())
}

fn scrubbed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(scrub(&text).into_owned()),
        Value::Array(all) => Value::Array(all.into_iter().map(scrubbed).collect()),
        Value::Object(all) => {
            Value::Object(all.into_iter().map(|(name, one)| (name, scrubbed(one))).collect())
        }
        other => other,
    }
}

fn version(app: &App) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "at_ms": app.now(),
        "started_at_ms": app.started_at,
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "memory_resident_bytes": crate::figures::process::resident_bytes(),
        "database": match app.engine.store.source {
            Source::Sqlite(_) => "sqlite",
            Source::Postgres(_) => "postgresql",
        },
    })
}

/// Without passwords, and without what stands behind a question mark.
fn settings(all: &[SettingView]) -> Vec<Value> {
    let shown = |one: &SettingView| {
        let value =
            if ADDRESSES.contains(&one.name) { without_secrets(&one.value) } else { one.value.clone() };
        json!({"name": one.name, "value": value, "origin": one.origin})
    };
    all.iter().map(shown).collect()
}

fn without_secrets(address: &str) -> String {
    let (address, question) = address.split_once('?').map_or((address, false), |(before, _)| (before, true));
    let address = match address.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let host = host.rsplit_once('@').map_or(host.to_owned(), |(_, host)| format!("***@{host}"));
            format!("{scheme}://{host}{path}")
        }
        None => address.to_owned(),
    };
    if question { format!("{address}?***") } else { address }
}

async fn configuration(app: &App) -> Result<Value> {
    let parameters = app.engine.parameter_list().await?;
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|one| json!({"name": one.name, "value": one.value, "origin": one.origin}))
        .collect();
    Ok(json!({"settings": settings(&app.started_with), "parameters": parameters}))
}

/// What the doctor would say now; null where nobody knows the settings.
async fn findings(app: &Arc<App>) -> Value {
    let Some(config) = app.config.get() else { return Value::Null };
    let asked = doctor_ask(app).await;
    let report = doctor::look(config, asked, Wanted::default(), app.clock()).await;
    json!(report)
}

async fn database(app: &App) -> Value {
    let read = |conn: &mut store::Conn| {
        let (had, ours) = store::migrate::versions(conn)?;
        let migrations: Vec<Value> = outboxes::migrations(conn)?
            .into_iter()
            .map(|(number, at_ms)| json!({"number": number, "at_ms": at_ms}))
            .collect();
        Ok(json!({
            "bytes": conn.size()?,
            "schema": had,
            "schema_of_version": ours,
            "migrations": migrations,
            "tables": outboxes::table_sizes(conn)?,
        }))
    };
    match app.engine.store.read(read).await {
        Ok(value) => value,
        Err(why) => json!({"fault": why.code}),
    }
}

/// Who did something, and the words that people have typed, are left out.
async fn jobs(app: &App) -> Result<Value> {
    let now = app.now();
    let outboxes = app.engine.store.read(move |conn| outboxes::outboxes(conn, now)).await?;
    let job = |one: &JobView| {
        let last = one.last.as_ref().map(|run| {
            json!({
                "state": run.state, "started_by": run.started_by, "started_at_ms": run.started_at_ms,
                "ended_at_ms": run.ended_at_ms, "done_count": run.done_count,
                "message": run.message.as_ref().map(|text| text.en.to_string()),
            })
        });
        json!({"name": one.name, "paused": one.paused, "next_at_ms": one.next_at_ms, "last": last})
    };
    let all = app.engine.job_list().await?;
    Ok(json!({"jobs": all.iter().map(job).collect::<Vec<_>>(), "outboxes": outboxes}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_keys() {
        for (address, wanted) in [
            ("", ""),
            ("/mnt/backup", "/mnt/backup"),
            (
                "https://tiles.example/{z}/{x}/{y}.png?tk=SECRET&a=1",
                "https://tiles.example/{z}/{x}/{y}.png?***",
            ),
            ("https://user:SECRET@host:8443/a@b", "https://***@host:8443/a@b"),
            ("https://host", "https://host"),
        ] {
            assert_eq!(without_secrets(address), wanted);
        }
    }

    #[test]
    fn a_file_is_named_after_its_moment() {
        let name = file_name(Timestamp::from_ms(1_784_088_005_123));
        assert_eq!(name, "pileops-support-20260715T040005Z.zip");
    }

    #[test]
    fn texts_are_looked_through_and_numbers_stay() {
        let value = json!({"a": ["call 13800138000"], "b": 13_800_138_000_i64});
        assert_eq!(scrubbed(value), json!({"a": ["call ***"], "b": 13_800_138_000_i64}));
    }
}
