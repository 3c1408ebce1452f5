//! A socket of either kind, as the gateway's loop sees it.

use crate::tls::Socket;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use model::Text;
use model::device::CloseReason;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes as WsBytes, Message};

/// Larger messages are refused with 1009: no OCPP message comes near it.
pub const MESSAGE_MAX: usize = 256 * 1024;

/// A peer that does not take what we say for this long is gone.
const SEND_PATIENCE: Duration = Duration::from_secs(10);

pub enum Transport {
    WebSocket(Box<WebSocketStream<Socket>>),
    Tcp { stream: TcpStream, buffer: Vec<u8> },
}

pub enum Heard {
    Bytes(Bytes),
    Pong,
    Nothing,
    /// It cannot go on: why it is closed, and what was wrong.
    Broken(CloseReason, Text),
    End,
}

/// Buffers small enough for tens of thousands of idle piles.
pub fn web_socket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(2 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * MESSAGE_MAX)
        .max_message_size(Some(MESSAGE_MAX))
        .max_frame_size(Some(MESSAGE_MAX))
}

impl Transport {
    pub fn tcp(stream: TcpStream) -> Transport {
        Transport::Tcp { stream, buffer: vec![0; 1024] }
    }

    /// Whether the other side can be asked if it lives.
    pub fn pings(&self) -> bool {
        matches!(self, Transport::WebSocket(_))
    }

    pub async fn hear(&mut self) -> Heard {
        match self {
            Transport::WebSocket(socket) => match socket.next().await {
                Some(Ok(Message::Text(text))) => Heard::Bytes(text.into()),
                Some(Ok(Message::Binary(bytes))) => Heard::Bytes(bytes),
                Some(Ok(Message::Pong(_))) => Heard::Pong,
                // The library has answered it; it goes out with the next flush.
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => Heard::Nothing,
                Some(Err(why)) => broken(&why),
                Some(Ok(Message::Close(_))) | None => Heard::End,
            },
            Transport::Tcp { stream, buffer } => match stream.read(buffer).await {
                Ok(0) | Err(_) => Heard::End,
                Ok(length) => Heard::Bytes(Bytes::copy_from_slice(&buffer[..length])),
            },
        }
    }

    /// False when the other side does not take it.
    pub async fn say(&mut self, bytes: Vec<u8>) -> bool {
        let sent = async {
            match self {
                Transport::WebSocket(socket) => match String::from_utf8(bytes) {
                    Ok(text) => socket.feed(Message::text(text)).await.is_ok(),
                    Err(_) => false,
                },
                Transport::Tcp { stream, .. } => stream.write_all(&bytes).await.is_ok(),
            }
        };
        tokio::time::timeout(SEND_PATIENCE, sent).await.unwrap_or(false)
    }

    pub async fn flush(&mut self) {
        if let Transport::WebSocket(socket) = self {
            let _ = tokio::time::timeout(SEND_PATIENCE, socket.flush()).await;
        }
    }

    pub async fn ping(&mut self) {
        if let Transport::WebSocket(socket) = self {
            let ping = socket.send(Message::Ping(WsBytes::new()));
            let _ = tokio::time::timeout(SEND_PATIENCE, ping).await;
        }
    }

    /// Says why we go, where the transport has a word for it.
    pub async fn say_goodbye(&mut self, reason: CloseReason) {
        if let Transport::WebSocket(socket) = self {
            let (code, reason) = match reason {
                CloseReason::ProtocolError => (CloseCode::Protocol, "protocol error"),
                CloseReason::TooLarge => (CloseCode::Size, "message too large"),
                CloseReason::BadText => (CloseCode::Invalid, "text is not UTF-8"),
                CloseReason::Silent => (CloseCode::Policy, "silent for too long"),
                CloseReason::NotRegistered => (CloseCode::Policy, "not registered"),
                CloseReason::Replaced => (CloseCode::Policy, "connected elsewhere"),
                CloseReason::Unavailable => (CloseCode::Again, "try again later"),
                CloseReason::Stopping => (CloseCode::Away, "server is stopping"),
            };
            let goodbye = socket.as_mut().close(Some(CloseFrame { code, reason: reason.into() }));
            let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
        }
    }

    pub async fn close(&mut self) {
        if let Transport::Tcp { stream, .. } = self {
            let _ = stream.shutdown().await;
        }
    }
}

/// RFC 6455 section 7.4.1 has a word for each; a socket that merely ended needs none.
fn broken(why: &WsError) -> Heard {
    match why {
        WsError::Utf8(_) => Heard::Broken(
            CloseReason::BadText,
            Text::of(
                "文本消息不是 UTF-8（常见于以 GBK 编码的厂商名称），无法读取，连接已关闭；请在桩上改为 UTF-8",
                "a text message is not UTF-8 (a vendor's name in GBK, perhaps) and cannot be read; the link was closed",
            ),
        ),
        WsError::Capacity(_) => Heard::Broken(
            CloseReason::TooLarge,
            Text::new(
                format!("消息超过 {} KiB，连接已关闭", MESSAGE_MAX / 1024),
                format!("a message is larger than {} KiB; the link was closed", MESSAGE_MAX / 1024),
            ),
        ),
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Heard::End,
        WsError::Protocol(why) => Heard::Broken(
            CloseReason::ProtocolError,
            Text::new(
                format!("WebSocket 帧不符合 RFC 6455，连接已关闭：{why}"),
                format!("a WebSocket frame breaks RFC 6455; the link was closed: {why}"),
            ),
        ),
        _ => Heard::End,
    }
}
