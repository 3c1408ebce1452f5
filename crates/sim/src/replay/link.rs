//! One link of the replaying pile: whole messages in, whole messages out.

use crate::pile::PileConfig;
use crate::runner::Link;
use model::site::Protocol;
use protocol::ykc::frame::Reader;
use std::collections::VecDeque;
use std::io::Result;
use std::time::Duration;
use tokio::time::Instant;

pub struct Wire {
    link: Link,
    protocol: Protocol,
    reader: Reader,
    heard: VecDeque<Vec<u8>>,
}

impl Wire {
    pub async fn open(config: &PileConfig) -> Result<Wire> {
        let link = Link::open(config).await?;
        Ok(Wire { link, protocol: config.protocol, reader: Reader::default(), heard: VecDeque::new() })
    }

    pub async fn say(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.link.send(bytes).await
    }

    /// The next message; `Ok(None)` when none came in time.
    pub async fn hear(&mut self, until: Instant) -> Result<Option<Vec<u8>>> {
        let mut buffer = [0; 2_048];
        loop {
            if let Some(message) = self.heard.pop_front() {
                return Ok(Some(message));
            }
            let Ok(received) = tokio::time::timeout_at(until, self.link.receive(&mut buffer)).await else {
                return Ok(None);
            };
            let bytes = received?;
            if self.protocol.is_ykc() {
                let heard = &mut self.heard;
                self.reader.receive(&bytes, |frame| heard.push_back(frame.to_vec()));
            } else {
                self.heard.push_back(bytes);
            }
        }
    }

    /// Says goodbye and waits until the other side has closed, too.
    pub async fn close(mut self) {
        self.link.goodbye().await;
        let until = Instant::now() + Duration::from_secs(2);
        while let Ok(Some(_)) = self.hear(until).await {}
    }
}
