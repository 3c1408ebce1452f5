//! `pileops ready`: whether the server on this data folder answers and its database can be written to, for
//! health checks where there is neither a shell nor a browser.

use super::{Listen, Place};
use crate::install;
use model::{Error, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Below the patience of those who ask.
const PATIENCE: Duration = Duration::from_secs(4);

pub async fn run(place: &Place) -> Result<ExitCode> {
    let data = place.config(&Listen::default())?.data();
    let told = install::address_http(&data).and_then(|at| at.parse::<SocketAddr>().ok());
    let at = told.map(near).ok_or_else(|| {
        not_ready(
            &format!("数据目录 {} 上没有正在运行的服务", data.display()),
            &format!("no server runs on the data folder {}", data.display()),
        )
    })?;
    match tokio::time::timeout(PATIENCE, ask(at)).await {
        Ok(Ok(200)) => {
            out!("就绪 / ready: http://{at}");
            Ok(ExitCode::SUCCESS)
        }
        Ok(Ok(status)) => Err(not_ready(
            &format!("服务 http://{at} 回答 {status}，数据库可能无法写入"),
            &format!("the server at http://{at} answers {status}; perhaps its database cannot be written to"),
        )),
        Ok(Err(why)) => Err(not_ready(
            &format!("无法连接 http://{at}：{why}"),
            &format!("http://{at} cannot be reached: {why}"),
        )),
        Err(_) => Err(not_ready(
            &format!("服务 http://{at} 没有及时回答"),
            &format!("the server at http://{at} does not answer in time"),
        )),
    }
}

/// What listens everywhere is asked on this machine.
fn near(at: SocketAddr) -> SocketAddr {
    let ip = match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, at.port())
}

/// The status that `/readyz` is answered with.
async fn ask(at: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let status =
        std::str::from_utf8(&head).ok().and_then(|head| head.strip_prefix("HTTP/1.1 ")?.parse().ok());
    status.ok_or_else(|| std::io::Error::other("this is no HTTP"))
}

fn not_ready(zh: &str, en: &str) -> Error {
    Error::refused(
        "server.not_ready",
        format!("{zh}；请查看服务的日志"),
        format!("{en}. Look at the server's log."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_asked_here() {
        for (listens, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("10.0.0.5:8080", "10.0.0.5:8080"),
            ("127.0.0.1:1", "127.0.0.1:1"),
        ] {
            assert_eq!(near(listens.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
