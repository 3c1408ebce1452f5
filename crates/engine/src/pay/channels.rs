//! 支付渠道: what staff make of them. The channels of messages are in `channel.rs`.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::id::OperatorId;
use model::pay::{PayChannelConfig, PayChannelKind, SimulatedConfig, WechatConfig};
use model::web_address::WebAddress;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use store::pay_channels::{self, PayChannel};
use utoipa::ToSchema;

const NAME_MAX: usize = 32;
const COUNT_MAX: usize = 20;
const SECRET: std::ops::RangeInclusive<usize> = 16..=128;
const PRIVATE_KEY_MAX: usize = 8_192;

/// What a channel is trusted by: kept sealed, and shown to nobody.
#[derive(Clone, Serialize, Deserialize)]
pub enum PayChannelSecret {
    Simulated { secret: String },
    Wechat { api_v3_key: String, private_key: String },
}

/// A pay channel as the pages show it: never its secrets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PayChannel)]
pub struct PayChannelView {
    pub id: i64,
    pub kind: PayChannelKind,
    pub name: String,
    /// Null: the platform's.
    pub operator_id: Option<i64>,
    pub operator_name: Option<String>,
    pub enabled: bool,
    /// One of these, as the kind says.
    pub simulated: Option<SimulatedConfig>,
    pub wechat: Option<WechatConfig>,
    /// Under which address the channel reaches us.
    pub notify_url: String,
    pub checked_at_ms: Option<i64>,
    /// What was wrong at the last test; null: nothing.
    pub check_fault: Option<Text>,
    /// What was agreed that it keeps of each payment, in 0.01 %; null: nobody has said.
    pub fee_bp: Option<i64>,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayChannelDraft {
    pub name: String,
    /// Null: the platform's. It does not change later.
    pub operator_id: Option<i64>,
    pub enabled: bool,
    /// One of these; it says what kind of channel it is.
    pub simulated: Option<SimulatedConfig>,
    pub wechat: Option<WechatConfig>,
    pub notify_url: String,
    /// Of a simulated channel.
    pub secret: Option<String>,
    /// Of WeChat Pay: 32 characters.
    pub api_v3_key: Option<String>,
    /// Of WeChat Pay: apiclient_key.pem.
    pub private_key: Option<String>,
    /// What was agreed that it keeps of each payment, in 0.01 %; null: its fees are taken as they come.
    pub fee_bp: Option<i64>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayChannelChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub enabled: bool,
    pub simulated: Option<SimulatedConfig>,
    pub wechat: Option<WechatConfig>,
    pub notify_url: String,
    /// Null: the ones that are kept.
    pub secret: Option<String>,
    pub api_v3_key: Option<String>,
    pub private_key: Option<String>,
    /// What was agreed that it keeps of each payment, in 0.01 %; null: its fees are taken as they come.
    pub fee_bp: Option<i64>,
}

pub fn no_pay_channel() -> Error {
    Error::not_found(
        "pay_channel.not_found",
        "没有这个支付渠道，请刷新列表",
        "There is no such pay channel; reload the list.",
    )
}

fn config_of(simulated: Option<SimulatedConfig>, wechat: Option<WechatConfig>) -> Result<PayChannelConfig> {
    match (simulated, wechat) {
        (Some(config), None) => Ok(PayChannelConfig::Simulated(config.checked()?)),
        (None, Some(config)) => Ok(PayChannelConfig::Wechat(config.checked()?)),
        _ => Err(Error::invalid(
            "kind",
            "请填写 simulated（模拟渠道）或 wechat（微信支付）中的一个，渠道类型由此决定，之后不能修改",
            "Give one of simulated and wechat: it says what kind of channel it is, which does not change later.",
        )),
    }
}

fn notify_checked(text: &str) -> Result<String> {
    Ok(WebAddress::parse("notify_url", text)?.text().trim_end_matches('/').to_owned())
}

/// No channel keeps more than a tenth.
fn fee_checked(fee_bp: Option<i64>) -> Result<Option<i64>> {
    if fee_bp.is_none_or(|fee| (0..=1_000).contains(&fee)) {
        return Ok(fee_bp);
    }
    Err(Error::invalid(
        "fee_bp",
        "手续费率应为 0 到 1000（单位 0.01%，如 0.60% 填 60），请核对与渠道签订的费率",
        "A fee lies between 0 and 1 000, in 0.01 %: 0.60 % is 60. Look it up in the contract with the channel.",
    ))
}

fn wanted(field: &'static str, zh: &'static str, en: &'static str) -> Error {
    Error::invalid(field, zh, en)
}

/// The secrets that were given; none: those that are kept.
fn secret_of(
    config: &PayChannelConfig,
    secret: Option<&str>,
    api_v3_key: Option<&str>,
    private_key: Option<&str>,
) -> Result<Option<PayChannelSecret>> {
    match config {
        PayChannelConfig::Simulated(_) => {
            let Some(secret) = secret else { return Ok(None) };
            if !SECRET.contains(&secret.len()) || !secret.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(wanted(
                    "secret",
                    "签名密钥应为 16 到 128 个英文字母、数字或符号，不含空格，与模拟渠道启动时所给的相同",
                    "A secret has 16 to 128 printable ASCII characters: the same that the simulated channel was started with.",
                ));
            }
            Ok(Some(PayChannelSecret::Simulated { secret: secret.to_owned() }))
        }
        PayChannelConfig::Wechat(_) => {
            if api_v3_key.is_none() && private_key.is_none() {
                return Ok(None);
            }
            let key = api_v3_key.unwrap_or_default();
            if key.len() != 32 || !key.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(wanted(
                    "api_v3_key",
                    "APIv3 密钥为 32 个字母或数字，在微信支付商户平台「API 安全」中设置；修改时与私钥一起填写",
                    "The APIv3 key has 32 letters or digits, as set at the merchant platform. Give it together with the private key.",
                ));
            }
            let private = private_key.unwrap_or_default().trim();
            if private.len() > PRIVATE_KEY_MAX || !private.starts_with("-----BEGIN PRIVATE KEY-----") {
                return Err(wanted(
                    "private_key",
                    "请粘贴商户私钥 apiclient_key.pem 的全文，以 -----BEGIN PRIVATE KEY----- 开头；修改时与 APIv3 密钥一起填写",
                    "Paste the whole of apiclient_key.pem, which begins with -----BEGIN PRIVATE KEY-----, together with the APIv3 key.",
                ));
            }
            Ok(Some(PayChannelSecret::Wechat { api_v3_key: key.to_owned(), private_key: private.to_owned() }))
        }
    }
}

fn missing(config: &PayChannelConfig) -> Error {
    match config {
        PayChannelConfig::Simulated(_) => {
            wanted("secret", "请填写签名密钥", "Give the secret of the simulated channel.")
        }
        PayChannelConfig::Wechat(_) => {
            wanted("api_v3_key", "请填写 APIv3 密钥与商户私钥", "Give the APIv3 key and the private key.")
        }
    }
}

fn told(one: &PayChannel) -> serde_json::Value {
    let config = match &one.config {
        PayChannelConfig::Simulated(config) => json!(config),
        PayChannelConfig::Wechat(config) => json!(config),
    };
    json!({"name": one.name, "operator_id": one.operator_id, "enabled": one.enabled, "config": config,
        "notify_url": one.notify_url, "fee_bp": one.fee_bp, "secret": "***"})
}

fn free(all: &[PayChannel], one: &PayChannel) -> Result<()> {
    if all.iter().any(|other| other.id != one.id && other.name == one.name) {
        return Err(taken("name", "pay_channel.exists", "支付渠道名称", "pay channel's name"));
    }
    Ok(())
}

fn operator_known(tx: &mut Tx<'_>, operator: Option<i64>) -> Result<()> {
    let Some(id) = operator else { return Ok(()) };
    if tx.read(|conn| store::operators::exists(conn, OperatorId(id)))? {
        return Ok(());
    }
    Err(wanted(
        "operator_id",
        "没有这个运营商，请从列表中重新选择",
        "There is no such operator; choose one from the list.",
    ))
}

impl Engine {
    pub async fn pay_channel_list(&self) -> Result<Vec<PayChannelView>> {
        let read = self.store.read(|conn| {
            let all = pay_channels::all(conn)?;
            let mut named = Vec::with_capacity(all.len());
            for one in all {
                let fields = match one.operator_id {
                    Some(id) => store::operators::fields(conn, OperatorId(id))?,
                    None => None,
                };
                named.push((one, fields.map(|fields| fields.name)));
            }
            Ok(named)
        });
        let view = |(one, operator_name): (PayChannel, Option<String>)| {
            let kind = one.config.kind();
            let (simulated, wechat) = match one.config {
                PayChannelConfig::Simulated(config) => (Some(config), None),
                PayChannelConfig::Wechat(config) => (None, Some(config)),
            };
            PayChannelView {
                id: one.id,
                kind,
                name: one.name,
                operator_id: one.operator_id,
                operator_name,
                enabled: one.enabled,
                simulated,
                wechat,
                notify_url: one.notify_url,
                checked_at_ms: one.checked_at_ms,
                check_fault: one.check_fault,
                fee_bp: one.fee_bp,
                version: one.version,
                changed_at_ms: one.changed_at_ms,
                changed_by: one.changed_by,
            }
        };
        Ok(read.await?.into_iter().map(view).collect())
    }

    fn pay_secret_sealed(&self, secret: &PayChannelSecret) -> Result<String> {
        let text = serde_json::to_string(secret).map_err(|_| Error::internal())?;
        self.secrets.seal(&self.random, &text)
    }

    /// The channel's secrets in the clear, for whoever talks with it now.
    pub fn pay_channel_secret(&self, one: &PayChannel) -> Result<PayChannelSecret> {
        let text = self.secrets.unseal(&one.secret);
        text.and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(|| {
            Error::refused(
                "pay_channel.sealed",
                "支付渠道的密钥无法解密（数据目录的密钥文件已更换）；请在支付渠道中重新填写密钥",
                "The pay channel's secrets cannot be read: the key file of the data folder is another one. Give them anew.",
            )
        })
    }

    pub async fn pay_channel_create(&self, actor: &Actor, draft: PayChannelDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let now = self.clock.now();
        let name = named("name", &draft.name, NAME_MAX)?;
        let config = config_of(draft.simulated, draft.wechat)?;
        let notify_url = notify_checked(&draft.notify_url)?;
        let (secret, key) = (draft.secret.as_deref(), draft.api_v3_key.as_deref());
        let secret = secret_of(&config, secret, key, draft.private_key.as_deref())?;
        let secret = self.pay_secret_sealed(&secret.ok_or_else(|| missing(&config))?)?;
        let one = PayChannel {
            id: 0,
            name,
            operator_id: draft.operator_id,
            enabled: draft.enabled,
            config,
            secret,
            notify_url,
            checked_at_ms: None,
            check_fault: None,
            fee_bp: fee_checked(draft.fee_bp)?,
            version: 1,
            changed_at_ms: now.as_ms(),
            changed_by: actor.caller.name.clone(),
        };
        let actor = actor.clone();
        self.store
            .write(None, move |tx| {
                let all = tx.read(pay_channels::all)?;
                if all.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "pay_channel.too_many",
                        "支付渠道最多 20 个，请修改已有的渠道",
                        "There are twenty pay channels, the most there can be; change one of them.",
                    ));
                }
                free(&all, &one)?;
                operator_known(tx, one.operator_id)?;
                let id = pay_channels::save(tx, &one)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "pay_channel_create", "pay_channel", id, &detail)?;
                Ok(id)
            })
            .await
    }

    pub async fn pay_channel_update(&self, actor: &Actor, id: i64, change: PayChannelChange) -> Result<()> {
        actor.must_be_platform()?;
        let name = named("name", &change.name, NAME_MAX)?;
        let config = config_of(change.simulated, change.wechat)?;
        let notify_url = notify_checked(&change.notify_url)?;
        let (secret, key) = (change.secret.as_deref(), change.api_v3_key.as_deref());
        let fee_bp = fee_checked(change.fee_bp)?;
        let given = secret_of(&config, secret, key, change.private_key.as_deref())?;
        let given = given.map(|secret| self.pay_secret_sealed(&secret)).transpose()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(pay_channels::all)?;
                let before = all.iter().find(|one| one.id == id).ok_or_else(no_pay_channel)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "pay_channel.version_differs",
                        "该支付渠道刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this pay channel. Look at it as it is now, then try again.",
                    ));
                }
                if before.config.kind() != config.kind() {
                    return Err(wanted(
                        "kind",
                        "支付渠道的类型不能修改；请停用它，另建一个",
                        "A pay channel's kind does not change; switch it off and make another one.",
                    ));
                }
                // Or whoever may change the address could have signed words sent to a server of their own.
                if given.is_none() && !before.config.same_door(&config) {
                    return Err(missing(&config));
                }
                let after = PayChannel {
                    name: name.clone(),
                    enabled: change.enabled,
                    config: config.clone(),
                    secret: given.clone().unwrap_or_else(|| before.secret.clone()),
                    notify_url: notify_url.clone(),
                    fee_bp,
                    version: before.version + 1,
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                    ..before.clone()
                };
                free(&all, &after)?;
                pay_channels::save(tx, &after)?;
                let mut detail = json!({"before": told(before), "after": told(&after)});
                if given.is_some() {
                    detail["after"]["secret"] = json!("*** (new)");
                }
                actor.record(tx, now, "pay_channel_update", "pay_channel", id, &detail)
            })
            .await
    }

    /// Keeps what came of a test.
    pub async fn pay_channel_checked(&self, actor: &Actor, id: i64, fault: Option<Text>) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                pay_channels::checked(tx, id, now.as_ms(), fault.as_ref())?;
                let detail = json!({"success": fault.is_none()});
                actor.record(tx, now, "pay_channel_check", "pay_channel", id, &detail)
            })
            .await
    }
}
