//! 销售方: what staff make of it.

use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use crate::site::optional;
use model::access::Scope;
use model::id::OperatorId;
use model::invoice::{ChannelLogin, InvoiceChannelKind, InvoiceParty};
use model::invoice_line::TaxItem;
use model::money::Fen;
use model::tax_no::tax_no_checked;
use model::web_address::WebAddress;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::sellers::{self, NuonuoConfig, Seller};
use utoipa::ToSchema;

/// 诺诺's own address for invoices that count.
pub const NUONUO_URL: &str = "https://sdk.nuonuo.com/open/v1/services";
const SECRET_MAX: usize = 256;
/// 1 yuan to 100 million yuan.
const QUOTA_FEN: std::ops::RangeInclusive<i64> = 100..=10_000_000_000;

/// A seller as the pages show it: never its secrets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Seller)]
pub struct SellerView {
    pub operator_id: i64,
    pub operator_name: String,
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    pub electricity: TaxItem,
    pub service: TaxItem,
    pub quota_fen: i64,
    pub drawer: String,
    pub checker: Option<String>,
    pub payee: Option<String>,
    pub review: bool,
    pub channel: InvoiceChannelKind,
    pub nuonuo: Option<NuonuoConfig>,
    /// The channel's secrets are kept.
    pub has_secret: bool,
    pub login: ChannelLogin,
    pub login_message: Option<String>,
    pub login_at_ms: Option<i64>,
    /// 0: nobody has set anything; the platform makes receipts under the operator's own name.
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
}

impl SellerView {
    pub fn of(one: Seller, operator_name: String) -> SellerView {
        SellerView {
            operator_id: one.operator.0,
            operator_name,
            name: one.party.name,
            tax_no: one.party.tax_no,
            address: one.party.address,
            phone: one.party.phone,
            bank_account: one.party.bank_account,
            electricity: one.electricity,
            service: one.service,
            quota_fen: one.quota.0,
            drawer: one.drawer,
            checker: one.checker,
            payee: one.payee,
            review: one.review,
            channel: one.channel,
            nuonuo: one.nuonuo,
            has_secret: one.secret.is_some(),
            login: one.login,
            login_message: one.login_message,
            login_at_ms: one.login_at_ms,
            version: one.version,
            changed_at_ms: one.changed_at_ms,
            changed_by: one.changed_by,
        }
    }
}

/// What the channel proves itself with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NuonuoSecret {
    pub app_secret: String,
    pub access_token: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SellerDraft {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bank_account: Option<String>,
    pub electricity: TaxItem,
    pub service: TaxItem,
    /// Of one invoice, tax included; what is larger is split.
    pub quota_fen: i64,
    /// 开票人
    pub drawer: String,
    pub checker: Option<String>,
    pub payee: Option<String>,
    pub review: bool,
    pub channel: InvoiceChannelKind,
    pub nuonuo: Option<NuonuoConfig>,
    /// Null: those that are kept.
    pub app_secret: Option<String>,
    pub access_token: Option<String>,
}

pub fn no_seller() -> Error {
    Error::not_found(
        "seller.not_found",
        "没有这个销售方，或不在您的数据范围内",
        "There is no such seller in your scope.",
    )
}

fn config_checked(config: NuonuoConfig) -> Result<NuonuoConfig> {
    let url = WebAddress::parse("nuonuo.url", config.url.trim())?;
    // The signature names three parts of the path.
    if url.path.split('/').filter(|part| !part.is_empty()).count() < 3 {
        return Err(Error::invalid(
            "nuonuo.url",
            format!("地址应含三级路径，例如 {NUONUO_URL}"),
            format!("The address has a path of three parts, such as {NUONUO_URL}."),
        ));
    }
    if !(1..=120).contains(&config.timeout_s) {
        return Err(Error::invalid(
            "nuonuo.timeout_s",
            "超时应为 1 到 120 秒",
            "The timeout is 1 to 120 seconds.",
        ));
    }
    let extension = optional("nuonuo.extension_no", config.extension_no.as_deref(), 5)?;
    if extension.as_ref().is_some_and(|no| !no.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Error::invalid(
            "nuonuo.extension_no",
            "分机号为 1 到 5 位数字",
            "An extension has 1 to 5 digits.",
        ));
    }
    Ok(NuonuoConfig {
        url: url.text(),
        app_key: named("nuonuo.app_key", &config.app_key, 64)?,
        extension_no: extension,
        account: optional("nuonuo.account", config.account.as_deref(), 64)?,
        timeout_s: config.timeout_s,
    })
}

fn checked(mut draft: SellerDraft) -> Result<SellerDraft> {
    draft.name = named("name", &draft.name, 100)?;
    let tax_no = draft.tax_no.take().filter(|text| !text.trim().is_empty());
    draft.tax_no = tax_no.map(|text| tax_no_checked("tax_no", &text)).transpose()?;
    draft.address = optional("address", draft.address.as_deref(), 80)?;
    draft.phone = optional("phone", draft.phone.as_deref(), 20)?;
    draft.bank_account = optional("bank_account", draft.bank_account.as_deref(), 100)?;
    draft.electricity =
        draft.electricity.checked(["electricity.name", "electricity.code", "electricity.rate_e4"])?;
    draft.service = draft.service.checked(["service.name", "service.code", "service.rate_e4"])?;
    if !QUOTA_FEN.contains(&draft.quota_fen) {
        return Err(Error::invalid(
            "quota_fen",
            "单张限额应为 1 元到 1 亿元，请核对单位",
            "The quota of an invoice lies between 1 and 100 000 000 yuan; check the unit.",
        ));
    }
    draft.drawer = draft.drawer.trim().to_owned();
    if draft.drawer.chars().count() > 20 || draft.drawer.chars().any(char::is_control) {
        return Err(Error::invalid("drawer", "开票人最多 20 个字符", "A drawer has at most 20 characters."));
    }
    draft.checker = optional("checker", draft.checker.as_deref(), 20)?;
    draft.payee = optional("payee", draft.payee.as_deref(), 20)?;
    draft.nuonuo = draft.nuonuo.take().map(config_checked).transpose()?;
    if draft.channel == InvoiceChannelKind::Nuonuo {
        tax_ready(&draft)?;
    }
    Ok(draft)
}

/// What a channel for tax invoices needs of its seller.
fn tax_ready(draft: &SellerDraft) -> Result<()> {
    let missing = |field: &'static str, zh: &str, en: &str| {
        Err(Error::invalid(field, format!("税务开票必须填写{zh}"), format!("Tax invoices need {en}.")))
    };
    if draft.tax_no.is_none() {
        return missing("tax_no", "税号", "the tax number");
    }
    if draft.address.is_none() {
        return missing("address", "地址", "the address");
    }
    if draft.phone.is_none() {
        return missing("phone", "电话", "the phone");
    }
    if draft.drawer.is_empty() {
        return missing(
            "drawer",
            "开票人（与电子税务局登录人一致）",
            "the drawer, who is signed in at the tax bureau",
        );
    }
    if draft.nuonuo.is_none() {
        return missing("nuonuo.app_key", "诺诺应用的 appKey", "the appKey of the 诺诺 application");
    }
    Ok(())
}

fn told(one: &Seller) -> serde_json::Value {
    json!({
        "name": one.party.name, "tax_no": one.party.tax_no, "address": one.party.address, "phone": one.party.phone,
        "bank_account": one.party.bank_account, "electricity": one.electricity, "service": one.service,
        "quota_fen": one.quota.0, "drawer": one.drawer, "checker": one.checker, "payee": one.payee,
        "review": one.review, "channel": one.channel, "nuonuo": one.nuonuo,
    })
}

impl Engine {
    /// Says who stands in an operator's invoices as the seller, and by whom they are made.
    pub async fn seller_set(&self, actor: &Actor, operator: OperatorId, draft: SellerDraft) -> Result<()> {
        let draft = checked(draft)?;
        let (actor, now, engine) = (actor.clone(), self.clock.now(), self.clone());
        self.store
            .write(None, move |tx| {
                let found = tx.read(|conn| sellers::get(conn, &actor.caller.scope, operator))?;
                let before = found.ok_or_else(no_seller)?;
                let secret = engine.seller_secret_sealed(&before, &draft)?;
                let after = Seller {
                    operator,
                    party: InvoiceParty {
                        name: draft.name.clone(),
                        tax_no: draft.tax_no.clone(),
                        address: draft.address.clone(),
                        phone: draft.phone.clone(),
                        bank_account: draft.bank_account.clone(),
                    },
                    electricity: draft.electricity.clone(),
                    service: draft.service.clone(),
                    quota: Fen(draft.quota_fen),
                    drawer: draft.drawer.clone(),
                    checker: draft.checker.clone(),
                    payee: draft.payee.clone(),
                    review: draft.review,
                    channel: draft.channel,
                    nuonuo: draft.nuonuo.clone(),
                    secret,
                    login: before.login,
                    login_message: before.login_message.clone(),
                    login_at_ms: before.login_at_ms,
                    version: draft.version.saturating_add(1),
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                };
                if before.version != draft.version || !sellers::save(tx, &after)? {
                    return Err(Error::conflict(
                        "seller.version_differs",
                        "该销售方刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this seller. Look at it as it is now, then try again.",
                    ));
                }
                let detail = json!({"before": told(&before), "after": told(&after),
                    "secret": if draft.app_secret.is_some() || draft.access_token.is_some() { "*** (new)" } else { "***" }});
                actor.record(tx, now, "seller_set", "seller", operator.0, &detail)
            })
            .await
    }

    /// The secrets of a seller's channel as they are kept: new ones, or those that were there. Where the address or
    /// the application changes they are wanted anew, or they could be sent to somebody else's server.
    fn seller_secret_sealed(&self, before: &Seller, draft: &SellerDraft) -> Result<Option<String>> {
        let Some(config) = &draft.nuonuo else { return Ok(None) };
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (secret, token) = (given(&draft.app_secret), given(&draft.access_token));
        let kept = self.seller_secret(before)?;
        let same = before
            .nuonuo
            .as_ref()
            .is_some_and(|old| (&old.url, &old.app_key) == (&config.url, &config.app_key));
        let kept = kept.filter(|_| same);
        let wanted = |field: &'static str, name: &str, given: Option<String>, kept: Option<String>| {
            let value = given.map(|text| text.trim().to_owned()).or(kept);
            value.filter(|text| text.chars().count() <= SECRET_MAX && !text.chars().any(char::is_control)).ok_or_else(
                || {
                    Error::invalid(
                        field,
                        format!("请填写 {name}（最多 {SECRET_MAX} 个字符）；修改地址或 appKey 时须重新填写"),
                        format!(
                            "Give the {name}, of at most {SECRET_MAX} characters; when the address or the appKey changes it is given anew."
                        ),
                    )
                },
            )
        };
        let all = NuonuoSecret {
            app_secret: wanted(
                "app_secret",
                "appSecret",
                secret,
                kept.as_ref().map(|one| one.app_secret.clone()),
            )?,
            access_token: wanted("access_token", "accessToken", token, kept.map(|one| one.access_token))?,
        };
        let text = serde_json::to_string(&all).map_err(|_| Error::internal())?;
        self.secrets.seal(&self.random, &text).map(Some)
    }

    /// The secrets of a seller's channel in the clear, for whoever asks it now.
    pub fn seller_secret(&self, one: &Seller) -> Result<Option<NuonuoSecret>> {
        let Some(secret) = &one.secret else { return Ok(None) };
        let plain = self.secrets.unseal(secret).and_then(|text| serde_json::from_str(&text).ok());
        plain.map(Some).ok_or_else(|| {
            Error::refused(
                "seller.sealed",
                "渠道密钥无法解密（数据目录的密钥文件已更换），请在销售方中重新填写",
                "The channel's secrets cannot be read: the key file of the data folder is another one. Give them anew.",
            )
        })
    }

    /// The seller of an operator, whoever asks.
    pub async fn seller(&self, operator: OperatorId) -> Result<Seller> {
        let read = move |conn: &mut store::Conn| sellers::get(conn, &Scope::ALL, operator);
        self.store.read(read).await?.ok_or_else(no_seller)
    }
}
