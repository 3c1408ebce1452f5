//! A concentrator (集中器): one TCP link over which the frames of several 云快充 piles come and go. Each pile
//! lives by itself; only the wire is shared, and with it its loss.

use protocol::ykc::frame::Reader;
use std::fmt;
use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, broadcast, mpsc};

/// Frames that a slow pile may be behind.
const BEHIND_MAX: usize = 1_024;

pub struct Trunk {
    address: String,
    wire: Mutex<Option<Joined>>,
}

/// A pile's end of the wire.
pub(crate) struct Joined {
    say: mpsc::UnboundedSender<Vec<u8>>,
    heard: broadcast::Receiver<Vec<u8>>,
}

impl fmt::Debug for Trunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trunk").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Trunk {
    pub fn new(address: &str) -> Trunk {
        Trunk { address: address.to_owned(), wire: Mutex::new(None) }
    }

    /// Onto the wire that is there, or onto a new one.
    pub(crate) async fn join(&self) -> Result<Joined> {
        let mut wire = self.wire.lock().await;
        if let Some(known) = wire.as_ref().filter(|known| !known.say.is_closed()) {
            return Ok(known.another());
        }
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let (say, said) = mpsc::unbounded_channel();
        let (tell, heard) = broadcast::channel(BEHIND_MAX);
        tokio::spawn(carry(stream, said, tell));
        let joined = Joined { say, heard };
        let another = joined.another();
        *wire = Some(joined);
        Ok(another)
    }

    /// The wire is cut for all of its piles; they come back by themselves.
    pub async fn cut(&self) {
        if let Some(wire) = self.wire.lock().await.take() {
            // An empty word ends the wire.
            let _ = wire.say.send(Vec::new());
        }
    }
}

impl Joined {
    fn another(&self) -> Joined {
        Joined { say: self.say.clone(), heard: self.heard.resubscribe() }
    }

    /// The next frame of any pile on the wire.
    pub(crate) async fn receive(&mut self) -> Result<Vec<u8>> {
        self.heard.recv().await.map_err(|_| ErrorKind::UnexpectedEof.into())
    }

    pub(crate) fn send(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.say.send(bytes).map_err(|_| Error::from(ErrorKind::BrokenPipe))
    }
}

/// Until the other side hangs up, or nobody holds an end of the wire any more.
async fn carry(
    mut stream: TcpStream,
    mut said: mpsc::UnboundedReceiver<Vec<u8>>,
    tell: broadcast::Sender<Vec<u8>>,
) {
    let mut reader = Reader::default();
    let mut buffer = vec![0; 2_048];
    loop {
        tokio::select! {
            said = said.recv() => match said.filter(|bytes| !bytes.is_empty()) {
                Some(bytes) => if stream.write_all(&bytes).await.is_err() { return },
                None => return,
            },
            read = stream.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(read) => reader.receive(buffer.get(..read).unwrap_or_default(), |frame| {
                    // A wire whose piles are all gone for the moment stays.
                    let _ = tell.send(frame.to_vec());
                }),
            },
        }
    }
}
