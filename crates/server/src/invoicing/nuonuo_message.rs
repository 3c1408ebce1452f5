//! What 诺诺 is told, and what its answers mean, by its published interface.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::invoice::{ChannelAnswer, ChannelFile, IssuedInvoice, RedAnswer};
use hmac::{Hmac, KeyInit, Mac};
use model::Text;
use model::invoice_line::InvoiceLine;
use model::money::divide_rounded;
use model::time::{Timestamp, Zone};
use serde_json::{Value, json};
use sha1::Sha1;
use store::invoice_work::InvoiceWork;
use store::sellers::NuonuoConfig;

pub const SUCCESS: &str = "E0000";
const NOT_FOUND: &str = "E9500";
const DUPLICATE: &str = "E9106";

/// `X-Nuonuo-Sign`: base64 of HMAC-SHA1 over the parts of the path, the common parameters and the body, byte for
/// byte as it is sent.
pub fn sign(secret: &str, path: &str, common: &Common<'_>, body: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('?').next()?.split('/').collect();
    let [_, p, l, a, ..] = parts.as_slice() else { return None };
    let Common { app_key, senid, nonce, timestamp } = common;
    let text = format!("a={a}&l={l}&p={p}&k={app_key}&i={senid}&n={nonce}&t={timestamp}&f={body}");
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

pub struct Common<'a> {
    pub app_key: &'a str,
    pub senid: &'a str,
    pub nonce: &'a str,
    pub timestamp: &'a str,
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

/// 发票种类
pub fn line_kind(work: &InvoiceWork) -> &'static str {
    if work.kind.is_special() { "bs" } else { "pc" }
}

fn detail(line: &InvoiceLine) -> Value {
    let rate = format!("0.{:04}", line.rate_e4);
    let rate = rate.trim_end_matches('0');
    let mut detail = json!({
        "goodsName": line.name,
        "goodsCode": line.code,
        "withTaxFlag": "1",
        "taxRate": if line.rate_e4 == 0 { "0" } else { rate },
        "tax": yuan(line.tax_fen),
        "taxExcludedAmount": yuan(line.net_fen),
        "taxIncludedAmount": yuan(line.total_fen),
        "invoiceLineProperty": "0",
    });
    if line.energy_dwh > 0 {
        // 10⁻⁸ yuan for a kWh: what it is multiplied by has no more than ten million of them.
        let price = divide_rounded(i128::from(line.total_fen) * 10_000_000_000, i128::from(line.energy_dwh));
        detail["unit"] = json!("千瓦时");
        detail["num"] = json!(format!("{}.{:04}", line.energy_dwh / 10_000, line.energy_dwh % 10_000));
        detail["price"] = json!(format!("{}.{:08}", price / 100_000_000, price % 100_000_000));
    }
    detail
}

fn moment(at: Timestamp) -> String {
    let local = Zone::shanghai().local(at);
    let (year, month, day) = (local.day / 10_000, local.day / 100 % 100, local.day % 100);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", local.hour, local.minute, local.second)
}

/// requestBillingNew
pub fn billing(work: &InvoiceWork, config: &NuonuoConfig, callback: Option<&str>, now: Timestamp) -> Value {
    let (buyer, seller) = (&work.parties.buyer, &work.parties.seller);
    let mut order = json!({
        "buyerName": buyer.name,
        "salerTaxNum": seller.tax_no,
        "salerTel": seller.phone,
        "salerAddress": seller.address,
        "orderNo": work.serial_no,
        "invoiceDate": moment(now),
        "clerk": work.parties.drawer,
        // The platform mails it itself, and keeps the log of it.
        "pushMode": "-1",
        "invoiceType": "1",
        "invoiceLine": line_kind(work),
        "invoiceDetail": work.lines.iter().map(detail).collect::<Vec<_>>(),
    });
    let more = [
        ("buyerTaxNum", &buyer.tax_no),
        ("buyerTel", &buyer.phone),
        ("buyerAddress", &buyer.address),
        ("buyerAccount", &buyer.bank_account),
        ("salerAccount", &seller.bank_account),
        ("checker", &work.parties.checker),
        ("payee", &work.parties.payee),
        ("remark", &work.parties.remark),
        ("extensionNumber", &config.extension_no),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            order[name] = json!(value);
        }
    }
    if let Some(url) = callback {
        order["callBackUrl"] = json!(url);
    }
    json!({ "order": order })
}

/// saveInvoiceRedConfirm: its number is ours, so that it is the same however often it is asked for.
pub fn red_confirm(work: &InvoiceWork, config: &NuonuoConfig, callback: Option<&str>) -> Value {
    let (buyer, seller) = (&work.parties.buyer, &work.parties.seller);
    let mut body = json!({
        "billId": work.red_no(),
        "blueInvoiceLine": line_kind(work),
        "applySource": "0",
        "blueElecInvoiceNumber": work.number,
        "sellerTaxNo": seller.tax_no,
        "sellerName": seller.name,
        "buyerName": buyer.name,
        "redReason": work.red_reason.map_or(2, model::invoice::RedReason::number).to_string(),
        "autoInvoice": "1",
        "orderNo": work.red_no(),
    });
    let more = [
        ("buyerTaxNo", buyer.tax_no.as_deref()),
        ("extensionNumber", config.extension_no.as_deref()),
        ("callbackUrl", callback),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    body
}

/// fastInvoiceRed
pub fn fast_red(work: &InvoiceWork, confirm_no: Option<&str>, callback: Option<&str>) -> Value {
    let mut body = json!({
        "orderNo": work.red_no(),
        "taxNum": work.parties.seller.tax_no,
        "elecInvoiceNumber": work.number,
        "invoiceLine": line_kind(work),
    });
    for (name, value) in [("billNo", confirm_no), ("callBackUrl", callback)] {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    body
}

/// A text or a number, as the one or the other comes.
pub fn text(value: &Value, name: &str) -> Option<String> {
    match &value[name] {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn first<'a>(value: &'a Value, list: &str) -> Option<&'a Value> {
    match &value[list] {
        Value::Array(all) => all.first(),
        Value::Object(_) => Some(&value[list]),
        _ => None,
    }
}

/// Whether it says that somebody has to sign in at the tax bureau, or show their face there.
pub fn wants_login(words: &str) -> bool {
    ["登录", "扫码", "实人认证", "实名认证", "人脸", "风险认证"].iter().any(|word| words.contains(word))
}

fn words(answer: &Value) -> String {
    let code = text(answer, "code").unwrap_or_default();
    format!("{} ({code})", text(answer, "describe").unwrap_or_else(|| "—".to_owned()))
}

fn strange(answer: &Value) -> Text {
    let words = words(answer);
    Text::new(
        format!("诺诺没有给出结果：{words}；将按同一单号再查询"),
        format!("诺诺 gave no result: {words}. It is asked again about the same number."),
    )
}

fn issued(one: &Value, now: Timestamp) -> ChannelAnswer {
    let number = ["allElectronicInvoiceNumber", "invoiceNo"].iter().find_map(|name| text(one, name));
    // Without its number nobody could find it; it comes with the next answer.
    let Some(number) = number else { return ChannelAnswer::Pending(text(one, "serialNo")) };
    let at = text(one, "invoiceTime").and_then(|time| time.parse().ok()).map_or(now, Timestamp::from_ms);
    let kinds = [("pdfUrl", "application/pdf"), ("xmlUrl", "application/xml"), ("ofdUrl", "application/ofd")];
    let files = kinds
        .into_iter()
        .filter_map(|(name, kind)| text(one, name).map(|url| ChannelFile::At { kind, url }))
        .collect();
    ChannelAnswer::Issued(IssuedInvoice { number, issued_at: at, files })
}

/// What queryInvoiceResult says; `None`: signing has failed, and is to be tried again (24).
pub fn result(answer: &Value, now: Timestamp) -> Option<ChannelAnswer> {
    match text(answer, "code").as_deref() {
        Some(SUCCESS) => {}
        Some(NOT_FOUND) => return Some(ChannelAnswer::Unknown),
        _ => return Some(refused_or_strange(answer)),
    }
    let Some(one) = first(answer, "result") else { return Some(ChannelAnswer::Unknown) };
    let why = ["failCause", "statusMsg"].iter().find_map(|name| text(one, name));
    let why = why.unwrap_or_else(|| "诺诺没有说明原因".to_owned());
    Some(match text(one, "status").as_deref() {
        Some("2") => issued(one, now),
        // 20 issuing, 21 issued and being signed, 31 being voided.
        Some("20" | "21" | "31") => ChannelAnswer::Pending(text(one, "serialNo")),
        Some("22") if wants_login(&why) => ChannelAnswer::LoginLost(why),
        Some("22") => ChannelAnswer::Refused(why),
        Some("24") => return None,
        Some("3") => ChannelAnswer::Refused(format!("该发票在诺诺已作废：{why}")),
        _ => ChannelAnswer::Unreachable(strange(answer)),
    })
}

fn refused_or_strange(answer: &Value) -> ChannelAnswer {
    let words = words(answer);
    if wants_login(&words) {
        ChannelAnswer::LoginLost(words)
    } else {
        ChannelAnswer::Unreachable(strange(answer))
    }
}

/// What requestBillingNew and reInvoice say; `Err`: it said no, and whether it has the number is to be asked.
pub fn taken(answer: &Value) -> Result<ChannelAnswer, String> {
    match text(answer, "code").as_deref() {
        Some(SUCCESS) => {
            let serial = answer.get("result").and_then(|result| text(result, "invoiceSerialNum"));
            Ok(ChannelAnswer::Pending(serial))
        }
        Some(DUPLICATE) => Ok(ChannelAnswer::Pending(None)),
        _ => {
            let words = words(answer);
            if wants_login(&words) { Ok(ChannelAnswer::LoginLost(words)) } else { Err(words) }
        }
    }
}

/// What queryInvoiceRedConfirm says, with the number of the confirmation at the tax bureau.
pub fn red_result(answer: &Value) -> (RedAnswer, Option<String>) {
    let code = text(answer, "code");
    if !matches!(code.as_deref(), Some(SUCCESS | "0000")) {
        let words = words(answer);
        let said = match code.as_deref() {
            Some(NOT_FOUND) => RedAnswer::Unknown,
            _ if wants_login(&words) => RedAnswer::LoginLost(words),
            _ => RedAnswer::Unreachable(strange(answer)),
        };
        return (said, None);
    }
    let Some(one) = first(answer, "list")
        .or_else(|| first(&answer["result"], "list"))
        .or_else(|| first(answer, "result"))
    else {
        return (RedAnswer::Unknown, None);
    };
    let message = text(one, "billMessage").unwrap_or_default();
    let over = |zh: &str| {
        RedAnswer::Over(if message.is_empty() { zh.to_owned() } else { format!("{zh}：{message}") })
    };
    let said = match text(one, "billStatus").as_deref() {
        Some("01" | "04") => RedAnswer::Confirmed,
        Some("02") => RedAnswer::Buyer,
        Some("03" | "15") => RedAnswer::Pending,
        Some("05") => over("红字确认单作废（购方否认）"),
        Some("06") => over("红字确认单作废（销方否认）"),
        Some("07") => over("红字确认单作废（超 72 小时未确认）"),
        Some("08" | "09") => over("红字确认单已撤销"),
        Some("16") if wants_login(&message) => RedAnswer::LoginLost(message),
        Some("16") => over("红字确认单申请失败"),
        _ => RedAnswer::Unreachable(strange(answer)),
    };
    (said, text(one, "billNo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_published_one() {
        let common = Common { app_key: "APPKEY", senid: "SENID", nonce: "12345678", timestamp: "1700000000" };
        let signed = sign("SECRET", "/open/v1/services", &common, r#"{"a":1}"#);
        assert_eq!(signed.as_deref(), Some("7iSZiR+0g+376QEJ38xLM+3vGDs="));
        assert_eq!(sign("SECRET", "/short", &common, ""), None);
    }

    #[test]
    fn every_state_of_an_invoice_has_its_meaning() {
        let now = Timestamp::from_ms(1);
        let said = |status: &str, why: &str| {
            let one = json!({"status": status, "failCause": why, "serialNo": "S", "invoiceTime": 7,
                "allElectronicInvoiceNumber": "26420000000000000001", "pdfUrl": "https://a.cn/p.pdf"});
            result(&json!({"code": "E0000", "result": [one]}), now)
        };
        let pending = Some(ChannelAnswer::Pending(Some("S".to_owned())));
        for status in ["20", "21", "31"] {
            assert_eq!(said(status, ""), pending, "{status}");
        }
        let file = ChannelFile::At { kind: "application/pdf", url: "https://a.cn/p.pdf".to_owned() };
        let made = IssuedInvoice {
            number: "26420000000000000001".to_owned(),
            issued_at: Timestamp::from_ms(7),
            files: vec![file],
        };
        assert_eq!(said("2", ""), Some(ChannelAnswer::Issued(made)));
        assert_eq!(said("22", "额度不足"), Some(ChannelAnswer::Refused("额度不足".to_owned())));
        assert!(matches!(said("22", "请登录电子税务局"), Some(ChannelAnswer::LoginLost(_))));
        assert!(matches!(said("3", ""), Some(ChannelAnswer::Refused(_))));
        assert_eq!(said("24", ""), None, "signed again under the same number");
        assert!(matches!(said("99", ""), Some(ChannelAnswer::Unreachable(_))));
        assert_eq!(result(&json!({"code": "E9500"}), now), Some(ChannelAnswer::Unknown));
        assert_eq!(result(&json!({"code": "E0000", "result": []}), now), Some(ChannelAnswer::Unknown));
        // One that is made and has no number yet is not made for us.
        let bare = json!({"code": "E0000", "result": [{"status": "2", "serialNo": "S"}]});
        assert_eq!(result(&bare, now), pending);
        assert_eq!(taken(&json!({"code": "E9106"})), Ok(ChannelAnswer::Pending(None)));
        assert!(taken(&json!({"code": "E9999", "describe": "抬头税号不符"})).is_err());
    }

    #[test]
    fn every_state_of_a_confirmation_has_its_meaning() {
        let said = |status: &str| {
            red_result(&json!({"code": "E0000", "list": [{"billStatus": status, "billNo": "B"}]})).0
        };
        for status in ["01", "04"] {
            assert_eq!(said(status), RedAnswer::Confirmed);
        }
        assert_eq!(said("02"), RedAnswer::Buyer);
        assert_eq!(said("15"), RedAnswer::Pending);
        for status in ["05", "06", "07", "08", "09", "16"] {
            assert!(matches!(said(status), RedAnswer::Over(_)), "{status}");
        }
        assert_eq!(red_result(&json!({"code": "E0000", "total": "0", "list": []})).0, RedAnswer::Unknown);
        assert!(matches!(red_result(&json!({"code": "E1"})).0, RedAnswer::Unreachable(_)));
    }
}
