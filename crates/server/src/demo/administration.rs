//! What the platform's own staff have set up: through the engine, some weeks ago.

use crate::app::App;
use engine::Engine;
use engine::audit::Actor;
use engine::channel::ChannelDraft;
use engine::parameter::ParameterChange;
use model::Result;
use model::channel::{SmtpConfig, SmtpSecurity};
use model::ftp::FtpConfig;
use model::time::{Clock, DAY_MS};
use std::sync::Arc;

/// Parameter, days ago, value (none: the default), why.
const CHANGES: [(&str, i64, Option<i64>, &str); 5] = [
    ("settle_alone_fen", 62, Some(50_000), "财务复核后提高单人结算限额"),
    ("credit_fen", 51, Some(80_000), "国庆假期控制单次金额"),
    ("credit_fen", 43, None, "假期结束，恢复默认"),
    ("record_timeout_s", 20, Some(900), "部分站点网络较慢，账单晚到"),
    ("export_days", 9, Some(14), "财务对账需要更长时间"),
];

/// As the engine was then.
fn at(app: &App, days: i64) -> Engine {
    let mut engine = app.engine.clone();
    engine.clock = Clock::manual(app.now().plus_ms(-days * DAY_MS));
    engine
}

pub async fn write(app: &Arc<App>) -> Result<()> {
    let mut actor = Actor::local();
    actor.caller.name = "系统管理员".to_owned();
    let mut set: Vec<&str> = Vec::new();
    for (name, days, value, reason) in CHANGES {
        let before = set.iter().filter(|one| **one == name).count();
        let version = 1 + i64::try_from(before).unwrap_or(0);
        let change = ParameterChange { version, value, reason: reason.to_owned() };
        at(app, days).parameter_update(&actor, name, change).await?;
        set.push(name);
    }
    // Switched off: a demo sends nothing to anybody.
    let draft = ChannelDraft {
        name: "公司邮箱（示例）".to_owned(),
        enabled: false,
        smtp: Some(SmtpConfig {
            host: "smtp.example.com".to_owned(),
            port: 465,
            security: SmtpSecurity::Tls,
            account: Some("invoice@example.com".to_owned()),
            from_name: "楚天充电".to_owned(),
            from_address: "invoice@example.com".to_owned(),
            timeout_s: 30,
        }),
        webhook: None,
        ftp: None,
        secret: None,
        password: Some("demo-only".to_owned()),
    };
    at(app, 30).channel_create(&actor, draft).await?;
    // The pretend piles fetch nothing; they do as if.
    let draft = ChannelDraft {
        name: "固件服务器（示例）".to_owned(),
        enabled: true,
        smtp: None,
        webhook: None,
        ftp: Some(FtpConfig {
            host: "ftp.example.com".to_owned(),
            port: 21,
            account: "firmware".to_owned(),
            folder: "fw".to_owned(),
            timeout_min: 60,
        }),
        secret: None,
        password: Some("demo-only".to_owned()),
    };
    at(app, 20).channel_create(&actor, draft).await.map(drop)
}
