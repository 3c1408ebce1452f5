//! Whether a firmware server lets somebody in: as much of RFC 959 as a log-in needs.

use model::Text;
use model::ftp::FtpConfig;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);
/// A line of a reply is never so long, nor are there so many.
const LINE_MAX: u64 = 1_024;
const LINES_MAX: usize = 50;

/// Logs in, asks for the folder where there is one, and goes.
pub async fn log_in(config: &FtpConfig, password: &str) -> Result<(), Text> {
    match tokio::time::timeout(PATIENCE, talk(config, password)).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(why)) => Err(unreached(config, &why.to_string())),
        Err(_) => Err(unreached(config, "timed out / 超时")),
    }
}

async fn talk(config: &FtpConfig, password: &str) -> io::Result<Result<(), Text>> {
    let stream = TcpStream::connect((config.host.as_str(), config.port)).await?;
    let mut link = BufReader::new(stream);
    let hello = reply(&mut link).await?;
    if hello.0 != 220 {
        return Ok(Err(said(
            "服务器没有接受连接，请检查它是否为 FTP 服务器",
            "The server did not accept the connection; is it an FTP server?",
            &hello,
        )));
    }
    let mut answer = ask(&mut link, &format!("USER {}", config.account)).await?;
    if answer.0 == 331 {
        answer = ask(&mut link, &format!("PASS {password}")).await?;
    }
    if answer.0 != 230 {
        return Ok(Err(said(
            "登录失败，请检查账号与密码",
            "The log-in failed; check account and password.",
            &answer,
        )));
    }
    if !config.folder.is_empty() {
        let answer = ask(&mut link, &format!("CWD {}", config.folder)).await?;
        if answer.0 != 250 {
            return Ok(Err(said(
                "登录成功，但没有这个目录，请检查目录",
                "The log-in went well, but there is no such folder.",
                &answer,
            )));
        }
    }
    // Whether it says goodbye is its own affair.
    let _ = ask(&mut link, "QUIT").await;
    Ok(Ok(()))
}

async fn ask(link: &mut BufReader<TcpStream>, line: &str) -> io::Result<(u16, String)> {
    link.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
    reply(link).await
}

/// The code and the words of its last line; "220-" says that more lines follow.
async fn reply(link: &mut (impl AsyncBufRead + Unpin)) -> io::Result<(u16, String)> {
    for _ in 0..LINES_MAX {
        let mut line = Vec::new();
        if (&mut *link).take(LINE_MAX).read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
        if let Some(code) = code.filter(|_| line.get(3..4).is_none_or(|mark| mark == " ")) {
            return Ok((code, line));
        }
    }
    Err(io::Error::other("a reply without an end"))
}

fn said(zh: &str, en: &str, answer: &(u16, String)) -> Text {
    Text::new(format!("{zh}（服务器答复：{}）", answer.1), format!("{en} (it said: {})", answer.1))
}

fn unreached(config: &FtpConfig, why: &str) -> Text {
    let place = format!("{}:{}", config.host, config.port);
    Text::new(
        format!("连接不上 {place}：{why}；请检查地址、端口与防火墙"),
        format!("{place} cannot be reached: {why}. Check the address, the port and the firewall."),
    )
}
