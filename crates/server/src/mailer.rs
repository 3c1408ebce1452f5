//! Sends a mail through somebody's mail server, and says in plain words why it did not go.

use crate::outbound::trust::certificate_fault;
use engine::channel::{FaultOf, SendFault};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use model::Text;
use model::channel::{SmtpConfig, SmtpSecurity};
use std::error::Error as _;
use std::time::Duration;

pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The same name whenever it is sent again: a receiver can tell that it is the same.
    pub id: String,
    pub files: Vec<MailFile>,
}

pub struct MailFile {
    pub name: String,
    pub kind: String,
    pub body: Vec<u8>,
}

fn fault(of: FaultOf, zh: String, en: String) -> SendFault {
    SendFault { of, text: Text::new(zh, en) }
}

fn unmade(why: &dyn std::fmt::Display) -> SendFault {
    fault(FaultOf::Mail, format!("邮件无法生成：{why}"), format!("The mail cannot be made: {why}"))
}

fn message(config: &SmtpConfig, mail: Mail) -> Result<Message, SendFault> {
    let address = |text: &str| text.parse::<Address>().map_err(|why| unmade(&why));
    let name = Some(config.from_name.clone()).filter(|name| !name.is_empty());
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.text));
    for file in mail.files {
        let kind = ContentType::parse(&file.kind).map_err(|why| unmade(&why))?;
        parts = parts.singlepart(Attachment::new(file.name).body(file.body, kind));
    }
    let domain = config.from_address.rsplit('@').next().unwrap_or_default();
    Message::builder()
        .from(Mailbox::new(name, address(&config.from_address)?))
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(mail.subject)
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .multipart(parts)
        .map_err(|why| unmade(&why))
}

pub async fn send(config: &SmtpConfig, password: Option<String>, mail: Mail) -> Result<(), SendFault> {
    let message = message(config, mail)?;
    let tls = || TlsParameters::new(config.host.clone()).map_err(|why| explained(config, &why));
    let security = match config.security {
        SmtpSecurity::Tls => Tls::Wrapper(tls()?),
        SmtpSecurity::Starttls => Tls::Required(tls()?),
        SmtpSecurity::None => Tls::None,
    };
    let patience = Duration::from_secs(u64::try_from(config.timeout_s).unwrap_or(30));
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
        .port(config.port)
        .tls(security)
        .timeout(Some(patience));
    if let Some(account) = &config.account {
        transport = transport.credentials(Credentials::new(account.clone(), password.unwrap_or_default()));
    }
    // The patience of each step is not that of all of them.
    match tokio::time::timeout(patience, transport.build().send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(why)) => Err(explained(config, &why)),
        Err(_) => Err(late(config)),
    }
}

fn late(config: &SmtpConfig) -> SendFault {
    let (host, port, seconds) = (&config.host, config.port, config.timeout_s);
    fault(
        FaultOf::Channel,
        format!("{host}:{port} 在 {seconds} 秒内没有应答；请检查服务器、端口、加密方式与防火墙"),
        format!(
            "{host}:{port} did not answer within {seconds} s. Check the server, port, security and firewall."
        ),
    )
}

/// What the other side said, or what kept us from asking it.
fn explained(config: &SmtpConfig, why: &SmtpError) -> SendFault {
    let (host, port) = (&config.host, config.port);
    let mut said = Vec::new();
    let mut source = why.source();
    while let Some(cause) = source {
        said.push(cause.to_string());
        source = cause.source();
    }
    let said = said.last().cloned().unwrap_or_else(|| why.to_string());
    if let Some(text) = certificate_fault(&format!("{host}:{port}"), why) {
        return SendFault { of: FaultOf::Channel, text };
    }
    if why.is_timeout() {
        return late(config);
    }
    if let Some(code) = why.status() {
        let code: u16 = code.into();
        let words = format!("{code} {said}");
        return match code {
            530 | 534 | 535 | 538 | 454 => fault(
                FaultOf::Channel,
                format!("邮件服务器拒绝登录：{words}；请检查账号与密码（部分邮箱须使用授权码）"),
                format!(
                    "The mail server refused the sign-in: {words}. Check account and password (some want an app password)."
                ),
            ),
            500..=599 => fault(
                FaultOf::Mail,
                format!("邮件服务器拒收：{words}"),
                format!("The mail server refused the mail: {words}"),
            ),
            _ => fault(
                FaultOf::Moment,
                format!("邮件服务器暂时拒收：{words}；将自动重试"),
                format!("The mail server refused the mail for now: {words}. It is tried again."),
            ),
        };
    }
    let (zh, en) = if said.contains("certificate") || said.contains("Certificate") {
        (
            format!("{host} 的证书不可信：{said}；请安装签发机构的根证书，或核对服务器名称"),
            format!(
                "The certificate of {host} is not trusted: {said}. Install its authority's certificate, or check the name."
            ),
        )
    } else if said.contains("refused") {
        (
            format!("{host}:{port} 拒绝连接；请检查服务器地址、端口与防火墙"),
            format!("{host}:{port} refused the connection. Check the address, the port and the firewall."),
        )
    } else if said.contains("lookup") || said.contains("resolve") || said.contains("not known") {
        (
            format!("找不到服务器 {host}：{said}；请检查名称与 DNS"),
            format!("The server {host} cannot be found: {said}. Check its name and DNS."),
        )
    } else if why.is_tls() || config.security != SmtpSecurity::None {
        (
            format!(
                "与 {host}:{port} 建立加密连接失败：{said}；请核对加密方式与端口（TLS 常用 465，STARTTLS 常用 587）"
            ),
            format!(
                "No secure connection to {host}:{port}: {said}. Check security and port (TLS: usually 465, STARTTLS: 587)."
            ),
        )
    } else {
        (format!("与 {host}:{port} 通信失败：{said}"), format!("Talking to {host}:{port} failed: {said}"))
    };
    fault(FaultOf::Channel, zh, en)
}
