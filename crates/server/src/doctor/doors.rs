//! What the settings say, the ports, and the certificate of the TLS door.

use super::Notes;
use crate::config::Config;
use crate::tls::{CERTIFICATE_SOON_MS, CertificateDays};
use model::error::Text;
use model::time::{DAY_MS, Timestamp};
use model::web_address::WebAddress;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// What works and is no good in earnest.
pub fn settings(notes: &mut Notes<'_>, config: &Config) {
    let locally = config.address("listen").is_ok_and(|at| at.ip().is_loopback());
    let tls = !config.text("tls_listen").is_empty();
    let proxy = config.flag("behind_proxy").unwrap_or(false);
    let subject = Text::of("加密访问", "Encrypted access");
    match (tls || proxy, locally) {
        (true, _) => notes.good(
            subject,
            Text::of("已启用 TLS 或置于反向代理之后", "TLS is on, or a proxy stands in front"),
        ),
        (false, true) => notes.doubt(
            subject,
            Text::of("仅本机可访问，未启用 TLS", "reachable from this machine only, without TLS"),
            Text::of(
                "对外提供服务前请设置 tls_listen，或使用反向代理并设置 behind_proxy",
                "before others come, set tls_listen, or put a proxy in front and set behind_proxy",
            ),
        ),
        (false, false) => notes.bad(
            subject,
            Text::of(
                "网络上以明文访问：密码与个人信息可被窃听",
                "in clear on the network: passwords and personal data can be read",
            ),
            Text::of(
                "请设置 tls_listen，或使用反向代理并设置 behind_proxy",
                "set tls_listen, or put a proxy in front and set behind_proxy",
            ),
        ),
    }
    if proxy && !config.flag("secure_cookies").unwrap_or(false) {
        notes.doubt(
            Text::of("登录 Cookie", "Sign-in cookie"),
            Text::of("在反向代理之后仍可经明文发送", "may go in clear although a proxy stands in front"),
            Text::of("请设置 secure_cookies = true", "set secure_cookies = true"),
        );
    }
    if config.text("public_url").is_empty() {
        notes.doubt(
            Text::of("平台地址", "Public address"),
            Text::of("public_url 未设置", "public_url is not set"),
            Text::of("固件下载与支付回调需要它：请设为充电桩与支付渠道可访问的地址", "firmware and payment notices need it: set it to the address by which piles and pay channels come"),
        );
    } else {
        let url = config.text("public_url").to_owned();
        notes.good(Text::of("平台地址", "Public address"), Text::new(url.clone(), url));
    }
}

/// `runs`: a server works on this installation, and so its ports are taken by it.
pub async fn ports(notes: &mut Notes<'_>, config: &Config, runs: bool) {
    let doors = [
        ("listen", "控制台、接口与 OCPP", "Console, API and OCPP"),
        ("ykc_listen", "云快充", "云快充"),
        ("tls_listen", "TLS", "TLS"),
    ];
    for (name, zh, en) in doors {
        let Ok(at) = config.text(name).parse::<SocketAddr>() else { continue };
        let subject = Text::new(format!("{zh} {at}"), format!("{en} {at}"));
        if runs {
            match TcpStream::connect(at).await {
                Ok(_) => notes.good(subject, Text::of("可以连接", "can be connected to")),
                Err(why) => notes.bad(
                    subject,
                    Text::new(format!("无法连接：{why}"), format!("cannot be connected to: {why}")),
                    Text::of(
                        "服务正在运行，但此端口未监听：请比较启动参数与配置",
                        "the server runs and this port is not open: compare its options with these settings",
                    ),
                ),
            }
        } else {
            match TcpListener::bind(at).await {
                Ok(_) => notes.good(subject, Text::of("端口空闲", "the port is free")),
                Err(why) => notes.bad(
                    subject,
                    Text::new(format!("端口不可用：{why}"), format!("the port cannot be used: {why}")),
                    Text::of("请停止占用它的程序，或更换端口", "stop what takes it, or choose another"),
                ),
            }
        }
    }
}

pub fn certificate(notes: &mut Notes<'_>, config: &Config, now: Timestamp) {
    let path = config.text("tls_certificate_file");
    if path.is_empty() || config.text("tls_listen").is_empty() {
        return;
    }
    let subject = Text::new(format!("TLS 证书 {path}"), format!("TLS certificate {path}"));
    let days = match days(path) {
        Ok(days) => days,
        Err(why) => {
            return notes.bad(
                subject,
                Text::new(format!("无法读取：{why}"), format!("cannot be read: {why}")),
                Text::of("请提供 PEM 格式的证书链", "give the chain as PEM"),
            );
        }
    };
    if days.begins_at > now {
        let day = days.begins_at.rfc3339();
        return notes.bad(
            subject,
            Text::new(format!("尚未生效，自 {day} 起有效"), format!("not valid yet, but from {day} on")),
            Text::of(
                "请核对本机时钟，或换用已生效的证书：在此之前充电桩与浏览器将拒绝连接",
                "check the clock of this machine, or show one that is valid: until then piles and browsers refuse it",
            ),
        );
    }
    let (day, left) = (days.ends_at.rfc3339(), days.ends_at.since(now));
    let way = || {
        Text::of(
            "请更新证书文件（几秒内自动生效，无需重启）：过期后充电桩与浏览器将拒绝连接",
            "replace the files, which takes effect within seconds and without a restart: piles and browsers refuse an expired one",
        )
    };
    if left <= 0 {
        let told = Text::new(format!("已于 {day} 过期"), format!("has expired on {day}"));
        return notes.bad(subject, told, way());
    }
    let more = left.div_euclid(DAY_MS);
    let told = Text::new(format!("有效至 {day}，还有 {more} 天"), format!("until {day}, {more} more days"));
    if left < CERTIFICATE_SOON_MS {
        return notes.doubt(subject, told, way());
    }
    // Behind a proxy the public name is the proxy's matter.
    let public = WebAddress::parse("public_url", config.text("public_url")).ok();
    let proxy = config.flag("behind_proxy").unwrap_or(false);
    match public.filter(|to| to.secure && !proxy && !days.is_for(&to.host)) {
        Some(WebAddress { host, .. }) => {
            let names = days.names.join("、");
            notes.doubt(
                subject,
                Text::new(
                    format!("不是签发给 {host}（public_url）的，其中的名称为：{names}"),
                    format!("not made out to {host} (public_url), but to: {names}"),
                ),
                Text::of(
                    "请换用包含该名称的证书，或修改 public_url：否则浏览器与核对名称的充电桩将拒绝连接",
                    "show one with that name, or change public_url: browsers and piles that look at the name refuse it",
                ),
            );
        }
        None => notes.good(subject, told),
    }
}

fn days(path: &str) -> Result<CertificateDays, String> {
    let first = CertificateDer::pem_file_iter(path)
        .map_err(|why| why.to_string())?
        .next()
        .ok_or("no certificate is in it")?
        .map_err(|why| why.to_string())?;
    CertificateDays::of(&first)
}
