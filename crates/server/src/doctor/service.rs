//! What the running installation says of itself, through its own API.

use super::Notes;
use crate::config::Config;
use model::error::Text;
use model::time::{DAY_MS, Timestamp};
use serde_json::Value;
use store::db::Purpose;
use store::migrate::versions;
use store::{Conn, Source};

/// The answers of the API, or why there are none.
#[derive(Debug, Default)]
pub struct Asked {
    /// A server works on this installation now. Without one there is nobody to ask.
    pub runs: bool,
    /// Why it did not answer.
    pub fault: Option<Text>,
    pub jobs: Vec<Value>,
    pub channels: Vec<Value>,
    pub pay_channels: Vec<Value>,
    pub stations: Vec<Value>,
    pub backup: Value,
    pub drills: Vec<Value>,
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text in both languages, as the API gives it to a machine; in one where it has decided.
fn both(value: Option<&Value>) -> Text {
    match value {
        Some(Value::String(one)) => Text::new(one.clone(), one.clone()),
        Some(value) => Text::new(text(value, "zh"), text(value, "en")),
        None => Text::of("原因未知", "no reason is known"),
    }
}

/// Reads only: an older database is told and not brought to this version.
pub async fn database(notes: &mut Notes<'_>, config: &Config) {
    let subject = Text::of("数据库", "Database");
    let Ok(source) = config.source() else { return };
    let (kind, missing) = match &source {
        Source::Sqlite(path) => ("SQLite", !path.exists()),
        Source::Postgres(_) => ("PostgreSQL", false),
    };
    if missing {
        return notes.doubt(
            subject,
            Text::of("尚未建立", "there is none yet"),
            Text::of("首次启动 pileops serve 时建立", "the first start of `pileops serve` makes it"),
        );
    }
    let read = move || Conn::open(&source, Purpose::Read).and_then(|mut conn| versions(&mut conn));
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok((had, ours))) if had == ours => {
            notes.good(
                subject,
                Text::new(
                    format!("{kind}，结构版本 {had}，与程序相符"),
                    format!("{kind}, structure {had}, as this program has it"),
                ),
            );
        }
        Ok(Ok((had, ours))) if had < ours => notes.doubt(
            subject,
            Text::new(
                format!("{kind}，结构版本 {had}，程序为 {ours}"),
                format!("{kind}, structure {had}; this program has {ours}"),
            ),
            Text::of(
                "请先备份，再以新程序启动或执行 pileops migrate",
                "make a backup, then start the new program or run `pileops migrate`",
            ),
        ),
        Ok(Ok((had, ours))) => notes.bad(
            subject,
            Text::new(
                format!("{kind}，结构版本 {had} 比程序的 {ours} 新"),
                format!("{kind}, structure {had} is newer than this program's {ours}"),
            ),
            Text::of("请使用不早于它的程序版本", "use a program that is not older than it"),
        ),
        Ok(Err(why)) => notes.bad(
            subject,
            Text::new(format!("{kind} 无法读取：{why}"), format!("{kind} cannot be read: {why}")),
            Text::of("请检查地址、账号、网络与文件权限", "check address, account, network and permissions"),
        ),
        Err(_) => {}
    }
}

pub fn service(notes: &mut Notes<'_>, asked: &Asked, now: Timestamp) {
    let subject = Text::of("服务", "Server");
    if !asked.runs {
        return notes.doubt(
            subject,
            Text::of(
                "未运行，任务、渠道与备份未检查",
                "does not run: jobs, channels and backup were not looked at",
            ),
            Text::of("请以 pileops serve 启动后再次检查", "start it with `pileops serve` and look again"),
        );
    }
    if let Some(fault) = &asked.fault {
        let way = Text::of("请先处理此问题，再次检查", "mend this first, then look again");
        return notes.bad(subject, fault.clone(), way);
    }
    notes.good(subject, Text::of("正在运行", "is running"));
    jobs(notes, asked);
    mail(notes, asked, now);
    for channel in &asked.pay_channels {
        let name = text(channel, "name");
        let subject = Text::new(format!("支付渠道 {name}"), format!("Pay channel {name}"));
        if channel.get("simulated").and_then(Value::as_bool) == Some(true)
            && channel.get("enabled").and_then(Value::as_bool) == Some(true)
        {
            notes.doubt(
                subject,
                Text::of("模拟渠道，收到的不是真钱", "a simulated one: no real money comes"),
                Text::of(
                    "正式运营前请停用并配置真实渠道",
                    "before earnest, switch it off and set up a real one",
                ),
            );
        } else if let Some(fault) = channel.get("check_fault").filter(|fault| !fault.is_null()) {
            notes.bad(
                subject,
                both(Some(fault)),
                Text::of("请在“支付渠道”页更正并测试", "mend it under 支付渠道 and test it"),
            );
        } else {
            notes.good(subject, Text::of("已配置", "is set up"));
        }
    }
    let stations = asked.stations.len();
    let told = Text::new(format!("{stations} 座"), format!("{stations}"));
    let subject = Text::of("充电站", "Stations");
    if stations == 0 {
        notes.doubt(
            subject,
            told,
            Text::of("请登记城市、运营商、充电站与充电桩", "enter cities, operators, stations and piles"),
        );
    } else {
        notes.good(subject, told);
    }
}

fn jobs(notes: &mut Notes<'_>, asked: &Asked) {
    let of = |wanted: &dyn Fn(&Value) -> bool| {
        asked.jobs.iter().filter(|job| wanted(job)).map(|job| both(job.get("title"))).collect::<Vec<_>>()
    };
    let failed = of(&|job| job.pointer("/last/state").and_then(Value::as_str) == Some("failed"));
    let paused = of(&|job| job.get("paused").and_then(Value::as_bool) == Some(true));
    let named = |list: &[Text]| {
        let zh: Vec<&str> = list.iter().map(|one| one.zh.as_ref()).collect();
        let en: Vec<&str> = list.iter().map(|one| one.en.as_ref()).collect();
        (zh.join("、"), en.join(", "))
    };
    let subject = Text::of("后台任务", "Jobs");
    if !failed.is_empty() {
        let (zh, en) = named(&failed);
        notes.bad(
            subject,
            Text::new(format!("上次失败：{zh}"), format!("failed last time: {en}")),
            Text::of("原因见“任务”页", "the reasons are on the page 任务"),
        );
    } else if !paused.is_empty() {
        let (zh, en) = named(&paused);
        notes.doubt(
            subject,
            Text::new(format!("已暂停：{zh}"), format!("paused: {en}")),
            Text::of("不再需要暂停时请在“任务”页恢复", "resume them on the page 任务"),
        );
    } else {
        let count = asked.jobs.len();
        notes.good(subject, Text::new(format!("{count} 个，均正常"), format!("{count}, all well")));
    }
}

fn mail(notes: &mut Notes<'_>, asked: &Asked, now: Timestamp) {
    let subject = Text::of("邮件", "Mail");
    let enabled = asked.channels.iter().find(|channel| {
        text(channel, "kind") == "smtp" && channel.get("enabled").and_then(Value::as_bool) == Some(true)
    });
    let Some(channel) = enabled else {
        return notes.doubt(
            subject,
            Text::of("没有启用的邮件渠道", "no mail channel is on"),
            Text::of(
                "电子发票与告警通知需要它：请在“渠道”页配置并测试",
                "invoices and alarms need one: set it up under 渠道 and test it",
            ),
        );
    };
    let last = channel.get("last").filter(|last| !last.is_null());
    match last {
        Some(last) if last.get("success").and_then(Value::as_bool) == Some(true) => {
            let at = last.get("at_ms").and_then(Value::as_i64).unwrap_or(0);
            let days = (now.as_ms() - at).div_euclid(DAY_MS);
            notes.good(subject, Text::new(format!("{days} 天前发送成功"), format!("sent {days} days ago")));
        }
        Some(last) => notes.bad(
            subject,
            both(last.get("message")),
            Text::of("请在“渠道”页更正并测试", "mend it under 渠道 and test it"),
        ),
        None => notes.doubt(
            subject,
            Text::of("从未发送过", "never sent anything"),
            Text::of("请在“渠道”页发送测试邮件", "send a test under 渠道"),
        ),
    }
}

pub fn backup(notes: &mut Notes<'_>, asked: &Asked) {
    if !asked.runs || asked.fault.is_some() {
        return;
    }
    let embedded = asked.backup.get("embedded").and_then(Value::as_bool) == Some(true);
    let place = asked.backup.get("place").and_then(Value::as_str).unwrap_or_default();
    let subject = Text::of("备份", "Backup");
    if embedded && place.is_empty() {
        notes.bad(
            subject,
            Text::of("未设置备份地", "no place is set"),
            Text::of(
                "请设置 backup_place：另一块盘、另一台机器或对象存储",
                "set backup_place: another disk, another machine, or a bucket",
            ),
        );
    } else if !embedded {
        notes.doubt(
            subject,
            Text::of("由 PostgreSQL 自己的工具负责", "PostgreSQL's own tools do it"),
            Text::of(
                "请按运维文档配置基础备份与 WAL 归档，并做恢复演练",
                "set up base backups and the archive as the operations page says, and drill a restore",
            ),
        );
    } else {
        let alarms = asked.backup.get("alarms").and_then(Value::as_array).cloned().unwrap_or_default();
        match alarms.first() {
            Some(first) => {
                notes.bad(subject, both(Some(first)), Text::of("见“备份与恢复”页", "see the page 备份与恢复"))
            }
            None => notes
                .good(subject, Text::new(format!("连续备份到 {place}"), format!("continuously to {place}"))),
        }
    }
    let subject = Text::of("恢复演练", "Restore drill");
    match asked.drills.first() {
        Some(drill) if drill.get("passed").and_then(Value::as_bool) == Some(true) => {
            let s = |name: &str| {
                drill
                    .get(name)
                    .and_then(Value::as_i64)
                    .map_or_else(|| "—".to_owned(), |ms| format!("{}.{} s", ms / 1_000, ms % 1_000 / 100))
            };
            let (rpo, rto) = (s("rpo_ms"), s("rto_ms"));
            notes.good(
                subject,
                Text::new(
                    format!("最近一次通过，RPO {rpo}，RTO {rto}"),
                    format!("the last one passed, RPO {rpo}, RTO {rto}"),
                ),
            );
        }
        Some(drill) => notes.bad(
            subject,
            both(drill.get("message")),
            Text::of("请查明原因并再次演练", "find out why and drill again"),
        ),
        None => notes.doubt(
            subject,
            Text::of("从未演练", "never done"),
            Text::of(
                "请在“备份与恢复”页演练一次：没有恢复过的备份不算备份",
                "do one on the page 备份与恢复: a backup that was never restored is none",
            ),
        ),
    }
}
