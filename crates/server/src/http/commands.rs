//! 远程操作: what staff ask of a pile, and what came of it.

use super::Shared;
use super::error::{Answer, Failure};
use super::give::{Commanded, Given};
use super::operations::call_check;
use super::piles::pile_seen;
use super::take::{Code, Id, Input, Query, Reader, Who};
use axum::extract::State;
use engine::command::CommandRequest;
use model::error::Text;
use model::id::{CommandId, OrderId, PileId};
use model::{Error, Result};
use serde::Deserialize;
use std::time::Duration;
use store::command_list::{self, Command};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CommandDraft {
    Start {
        connector_no: u16,
    },
    /// 并充 (云快充 1.6): 2 to 4 connectors for one car, the first is the main one. All begin, or none.
    MergedStart {
        connector_nos: Vec<u16>,
    },
    Stop {
        order_id: i64,
    },
    Reset {
        hard: bool,
    },
    Unlock {
        connector_no: u16,
    },
    Availability {
        connector_no: u16,
        operative: bool,
    },
    ConfigurationGet {
        keys: Vec<String>,
    },
    ConfigurationSet {
        key: String,
        value: String,
    },
    CacheClear {},
    Trigger {
        message: String,
        connector_no: Option<u16>,
    },
    TariffSet {},
    ClockSet {},
    /// 工作参数 (云快充): the whole pile, and the highest share of its rated power.
    WorkParameters {
        operative: bool,
        /// 30 to 100.
        power_percent: u8,
    },
    /// 地锁 (云快充).
    GroundLock {
        connector_no: u16,
        raise: bool,
    },
    /// 余额更新 (云快充): what the running session of a connector may cost from now on, 1 to 1000000.
    BalanceUpdate {
        connector_no: u16,
        balance_fen: i64,
    },
    /// 离线卡 (云快充): at most 11 registered cards at once.
    OfflineCardsAdd {
        cards: Vec<String>,
    },
    /// At most 23 at once, as in a query.
    OfflineCardsRemove {
        cards: Vec<String>,
    },
    OfflineCardsFind {
        cards: Vec<String>,
    },
    /// Any operation by its wire name.
    Call {
        action: String,
        #[schema(value_type = Object)]
        payload: serde_json::Value,
    },
}

impl CommandDraft {
    fn request(self) -> CommandRequest {
        match self {
            CommandDraft::Start { connector_no } => CommandRequest::Start { connector: connector_no },
            CommandDraft::MergedStart { connector_nos } => {
                CommandRequest::MergedStart { connectors: connector_nos }
            }
            CommandDraft::Stop { order_id } => CommandRequest::Stop { order: OrderId(order_id) },
            CommandDraft::Reset { hard } => CommandRequest::Reset { hard },
            CommandDraft::Unlock { connector_no } => CommandRequest::Unlock { connector: connector_no },
            CommandDraft::Availability { connector_no, operative } => {
                CommandRequest::Availability { connector: connector_no, operative }
            }
            CommandDraft::ConfigurationGet { keys } => CommandRequest::ConfigurationGet { keys },
            CommandDraft::ConfigurationSet { key, value } => CommandRequest::ConfigurationSet { key, value },
            CommandDraft::CacheClear {} => CommandRequest::CacheClear,
            CommandDraft::Trigger { message, connector_no } => {
                CommandRequest::Trigger { message, connector: connector_no }
            }
            CommandDraft::TariffSet {} => CommandRequest::TariffSet,
            CommandDraft::ClockSet {} => CommandRequest::ClockSet,
            CommandDraft::WorkParameters { operative, power_percent } => {
                CommandRequest::WorkParameters { operative, power_percent }
            }
            CommandDraft::GroundLock { connector_no, raise } => {
                CommandRequest::GroundLock { connector: connector_no, raise }
            }
            CommandDraft::BalanceUpdate { connector_no, balance_fen } => {
                CommandRequest::BalanceUpdate { connector: connector_no, balance: balance_fen }
            }
            CommandDraft::OfflineCardsAdd { cards } => CommandRequest::OfflineCardsAdd { cards: tags(cards) },
            CommandDraft::OfflineCardsRemove { cards } => {
                CommandRequest::OfflineCardsRemove { cards: tags(cards) }
            }
            CommandDraft::OfflineCardsFind { cards } => {
                CommandRequest::OfflineCardsFind { cards: tags(cards) }
            }
            CommandDraft::Call { action, payload } => {
                CommandRequest::Call { action, payload: payload.to_string() }
            }
        }
    }
}

/// As cards are registered.
fn tags(cards: Vec<String>) -> Vec<String> {
    cards.iter().map(|tag| tag.trim().to_ascii_uppercase()).filter(|tag| !tag.is_empty()).collect()
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitQuery {
    /// Wait this long for the outcome, 0 to 60000.
    wait_ms: Option<u64>,
}

const WAIT_MAX_MS: u64 = 60_000;

pub async fn pile_command(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Asked(Code(code), Query(wait)): Asked,
    Input(draft): Input<CommandDraft>,
) -> Answer<Commanded> {
    let (pile, protocol) = pile_seen(&app, &who, code).await?;
    let mut request = draft.request();
    if let CommandRequest::Call { action, payload } = &request {
        call_check(protocol, action, payload)?;
        if protocol.is_ykc() {
            request = own(&app, pile, action, payload).await?;
        }
    }
    ask(&app, &who, &reader, pile, request, wait).await
}

/// An operation of a 云快充 pile is one of our own commands: its frames carry numbers that we give.
async fn own(app: &Shared, pile: PileId, action: &str, payload: &str) -> Result<CommandRequest> {
    let mut body: serde_json::Value = serde_json::from_str(payload).map_err(|_| Error::internal())?;
    let connector = body["connector_no"].as_i64();
    if action == "stop" {
        let read =
            move |conn: &mut store::Conn| store::orders::running_on(conn, pile, connector.unwrap_or(0));
        let order = app.engine.store.read(read).await?.ok_or_else(|| {
            Error::conflict(
                "connector.no_order",
                "这把枪没有正在进行的订单，无需停止",
                "No order runs on this connector; there is nothing to stop.",
            )
            .on_field("payload.connector_no")
        })?;
        return Ok(CommandRequest::Stop { order });
    }
    body["kind"] = action.into();
    if action == "trigger" {
        body["message"] = "StatusNotification".into();
    }
    let draft: CommandDraft = serde_json::from_value(body).map_err(|_| Error::internal())?;
    Ok(draft.request())
}

/// Which pile, and how long to wait for it.
pub struct Asked(Code, Query<WaitQuery>);

impl axum::extract::FromRequestParts<Shared> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &Shared,
    ) -> Result<Asked, Failure> {
        let code = Code::from_request_parts(parts, app).await?;
        Ok(Asked(code, Query::from_request_parts(parts, app).await?))
    }
}

impl super::describe::Describe for Asked {
    fn describe(draft: &mut super::describe::Draft) {
        Code::describe(draft);
        Query::<WaitQuery>::describe(draft);
    }
}

/// Asks the pile, and waits for the outcome if that is wanted.
pub async fn ask(
    app: &Shared,
    who: &Who,
    reader: &Reader,
    pile: PileId,
    request: CommandRequest,
    WaitQuery { wait_ms }: WaitQuery,
) -> Answer<Commanded> {
    if wait_ms.is_some_and(|wait| wait > WAIT_MAX_MS) {
        return Err(Failure(Error::invalid(
            "wait_ms",
            format!("等待时间必须在 0 到 {WAIT_MAX_MS} 毫秒之间"),
            format!("wait_ms must be between 0 and {WAIT_MAX_MS}."),
        )));
    }
    let id = app.engine.command(&who.session.caller, pile, request).await?;
    let Some(wait_ms) = wait_ms.filter(|wait| *wait > 0) else { return Ok(Commanded::Underway(id.0)) };
    let row = app.engine.command_wait(id, Duration::from_millis(wait_ms)).await?;
    if row.ended_at_ms.is_none() {
        return Ok(Commanded::Underway(id.0));
    }
    Ok(Commanded::Ended(Box::new(get(app, who, reader, id).await?)))
}

async fn get(app: &Shared, who: &Who, reader: &Reader, id: CommandId) -> Result<Command> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| command_list::command_get(conn, &scope, id);
    let mut command = app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found("command.not_found", "没有这条远程操作记录", "There is no such command.")
    })?;
    tell(&mut command, reader);
    Ok(command)
}

pub async fn command_get(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Id(id): Id,
) -> Answer<Given<Command>> {
    Ok(Given(get(&app, &who, &reader, CommandId(id)).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn command_list(
    State(app): State<Shared>,
    who: Who,
    reader: Reader,
    Code(code): Code,
    Query(query): Query<CommandQuery>,
) -> Answer<Given<Page<Command>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let (limit, before) = (paging.limit()?, paging.key::<1>()?.map(|[id]| id));
    let (pile, _) = pile_seen(&app, &who, code).await?;
    let read = move |conn: &mut store::Conn| command_list::command_list(conn, pile, before, limit);
    let mut page = app.engine.store.read(read).await?;
    page.items.iter_mut().for_each(|command| tell(command, &reader));
    Ok(Given(page))
}

/// Puts the request and the pile's reason into the reader's language.
pub fn tell(command: &mut Command, reader: &Reader) {
    conceal(command);
    command.summary = reader.tell(&summary(command));
    command.request = serde_json::from_str(&command.body).ok();
    command.message = command.message.take().map(|message| match serde_json::from_str::<Text>(&message) {
        Ok(text) => reader.tell(&text),
        Err(_) => message,
    });
}

/// A pile's password stays with whoever set it, and whom a pile was asked about with those who may see it.
fn conceal(command: &mut Command) {
    if !["AuthorizationKey", "CustomerInformation"].iter().any(|word| command.body.contains(word)) {
        return;
    }
    let Ok(mut body) = serde_json::from_str::<serde_json::Value>(&command.body) else { return };
    let payload = body.get("payload").and_then(|payload| payload.as_str()).map(str::to_owned);
    match payload.and_then(|payload| serde_json::from_str::<serde_json::Value>(&payload).ok()) {
        Some(mut payload) => {
            conceal_value(&mut payload);
            body["payload"] = payload.to_string().into();
        }
        None => conceal_value(&mut body),
    }
    command.body = body.to_string();
}

fn conceal_value(body: &mut serde_json::Value) {
    if body["key"] == "AuthorizationKey" && body.get("value").is_some() {
        body["value"] = "••••••".into();
    }
    if let Some(name) = body.get_mut("customerIdentifier") {
        *name = "••••••".into();
    }
    if let (true, Some(token)) = (body.get("report").is_some(), body.pointer_mut("/idToken/idToken")) {
        *token = "••••••".into();
    }
}

/// What load management has told a connector.
fn limit(body: &serde_json::Value, no: i64) -> Text {
    let power_w = body.get("power_w").and_then(serde_json::Value::as_i64).unwrap_or(0);
    let kw = format!("{}.{}", power_w / 1_000, power_w % 1_000 / 100);
    let standing = body.get("standing").and_then(serde_json::Value::as_bool).unwrap_or_default();
    let (zh, en) = match (no, standing) {
        (0, _) => ("整桩限功率".to_owned(), "Limit of the pile".to_owned()),
        (no, true) => (format!("{no} 号枪常设限功率"), format!("Standing limit of connector {no}")),
        (no, false) => {
            (format!("{no} 号枪本次充电限功率"), format!("Limit of connector {no} for this session"))
        }
    };
    Text::new(format!("{zh} {kw} kW"), format!("{en}: {kw} kW"))
}

/// `body` may name its fields as the API or as the engine does.
fn summary(command: &Command) -> Text {
    let body: serde_json::Value = serde_json::from_str(&command.body).unwrap_or_default();
    let word = |name: &str| body.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let yes = |name: &str| body.get(name).and_then(serde_json::Value::as_bool).unwrap_or_default();
    let no = command.connector_no.unwrap_or(0);
    let plain = |zh, en| Text::of(zh, en);
    match command.kind.as_str() {
        "start" => Text::new(format!("远程启动 {no} 号枪"), format!("Start connector {no}")),
        "stop" => plain("远程停止充电", "Stop charging"),
        "reset" if yes("hard") => plain("硬重启", "Hard reset"),
        "reset" => plain("软重启", "Soft reset"),
        "unlock" => Text::new(format!("解锁 {no} 号枪"), format!("Unlock connector {no}")),
        "availability" if no == 0 && yes("operative") => plain("整桩恢复可用", "Make the pile operative"),
        "availability" if no == 0 => plain("整桩停用", "Make the pile inoperative"),
        "availability" if yes("operative") => {
            Text::new(format!("{no} 号枪恢复可用"), format!("Make connector {no} operative"))
        }
        "availability" => Text::new(format!("{no} 号枪停用"), format!("Make connector {no} inoperative")),
        "configuration_get" => plain("读取配置", "Read the configuration"),
        "configuration_set" => {
            let (key, value) = (word("key"), word("value"));
            Text::new(format!("修改配置 {key} = {value}"), format!("Set {key} = {value}"))
        }
        "cache_clear" => plain("清除授权缓存", "Clear the authorisation cache"),
        "trigger" => {
            let message = word("message");
            Text::new(format!("请求上报 {message}"), format!("Ask for {message}"))
        }
        "tariff_set" => plain("下发计费模型", "Send the tariff"),
        "tariff_get" => plain("核对计费模型", "Compare the tariff"),
        "certificate_set" => plain("下发证书", "Send its certificate"),
        "clock_set" => plain("对时", "Set the clock"),
        "work_parameters" => {
            let power = body.get("power_percent").and_then(serde_json::Value::as_i64).unwrap_or(100);
            let (zh, en) =
                if yes("operative") { ("允许工作", "in operation") } else { ("锁定停用", "locked") };
            Text::new(
                format!("工作参数：{zh}，最大功率 {power}%"),
                format!("Working parameters: {en}, at most {power} %"),
            )
        }
        "limit_set" => limit(&body, no),
        "ground_lock" if yes("raise") => {
            Text::new(format!("升起 {no} 号枪地锁"), format!("Raise the ground lock of {no}"))
        }
        "ground_lock" => Text::new(format!("降下 {no} 号枪地锁"), format!("Lower the ground lock of {no}")),
        "offline_cards_add" => plain("下发离线卡", "Add offline cards"),
        "offline_cards_remove" => plain("清除离线卡", "Remove offline cards"),
        "offline_cards_find" => plain("查询离线卡", "Look for offline cards"),
        "transfer" => match word("what").as_str() {
            "firmware" | "signed_firmware" => {
                let version = word("version");
                Text::new(format!("升级固件到 {version}"), format!("Update the firmware to {version}"))
            }
            "security_log" => plain("上传安全日志", "Send the security log"),
            "diagnostics_log" => plain("上传诊断日志", "Send the diagnostics log"),
            _ => plain("上传诊断文件", "Send diagnostics"),
        },
        "call" => {
            let action = word("action");
            match protocol::operation_label(&action) {
                Some(label) => {
                    Text::new(format!("{} {action}", label.zh), format!("{} ({action})", label.en))
                }
                None => Text::new(format!("原始指令 {action}"), format!("Raw call {action}")),
            }
        }
        _ => ykc_summary(&command.kind, &body, no),
    }
}

fn ykc_summary(kind: &str, body: &serde_json::Value, no: i64) -> Text {
    match kind {
        "merged_start" => {
            let all = body.get("connector_nos").and_then(|nos| nos.as_array()).cloned().unwrap_or_default();
            let nos = all.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
            Text::new(format!("并充启动 {nos} 号枪"), format!("Start connectors {nos} together"))
        }
        "balance_update" => {
            let fen = body.get("balance_fen").and_then(serde_json::Value::as_i64).unwrap_or(0);
            let yuan = format!("{}.{:02}", fen / 100, fen % 100);
            Text::new(
                format!("{no} 号枪余额更新为 {yuan} 元"),
                format!("Balance of connector {no}: {yuan} yuan"),
            )
        }
        other => own_summary(other, body),
    }
}

/// What the platform asks by itself, to keep a pile in step.
fn own_summary(kind: &str, body: &serde_json::Value) -> Text {
    let word = |name: &str| body.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let plain = |zh, en| Text::of(zh, en);
    let no = body.get("connector_no").and_then(serde_json::Value::as_i64).unwrap_or(0);
    match kind {
        "reservation_create" => Text::new(format!("预约 {no} 号枪"), format!("Reserve connector {no}")),
        "reservation_cancel" => {
            Text::new(format!("取消 {no} 号枪的预约"), format!("Cancel the reservation of connector {no}"))
        }
        "desired_read" => plain("核对配置项", "Compare the configuration"),
        "desired_set" => {
            let (key, value) = (word("key"), word("value"));
            Text::new(
                format!("按配置模板设置 {key} = {value}"),
                format!("Set {key} = {value} as its profile wishes"),
            )
        }
        "list_version_get" => plain("核对离线名单", "Compare the list of offline cards"),
        "list_cards_find" => plain("核对离线卡", "Compare the offline cards"),
        "list_set" => {
            let count = body.get("cards").and_then(serde_json::Value::as_i64).unwrap_or(0);
            Text::new(
                format!("下发离线名单，共 {count} 张卡"),
                format!("Send the list of offline cards ({count})"),
            )
        }
        other => Text::new(other.to_owned(), other.to_owned()),
    }
}
