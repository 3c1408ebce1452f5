//! The crash test's truth: what the server has acknowledged, written down by the piles after each
//! acknowledgement, so that what the server has after a crash can be held against it.

use model::time::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{Result, Write};
use std::path::Path;
use std::sync::Mutex;

#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// `start`, `stop` or `bill`.
    pub kind: &'static str,
    pub pile: &'a str,
    /// The transaction id of OCPP, the trade number of 云快充.
    #[serde(rename = "transactionId")]
    pub transaction: &'a str,
    #[serde(rename = "meterStart")]
    pub meter_start_wh: i64,
    #[serde(rename = "meterStop", skip_serializing_if = "Option::is_none")]
    pub meter_stop_wh: Option<i64>,
    #[serde(rename = "started_at_ms")]
    pub started_at: Timestamp,
    #[serde(rename = "stopped_at_ms", skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
}

pub struct Witness {
    file: Mutex<File>,
    sync: bool,
}

impl Witness {
    /// Appends to the file, so that one witness can tell of many crashes. `sync`: each line is on
    /// the disk before the pile goes on.
    pub fn open(path: &Path, sync: bool) -> Result<Witness> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Witness { file: Mutex::new(file), sync })
    }

    /// A witness that cannot write is of no use to anyone: it says so on stderr, and the run goes on.
    pub fn tell(&self, line: &Line) {
        let Ok(mut bytes) = serde_json::to_vec(line) else {
            return;
        };
        bytes.push(b'\n');
        let Ok(mut file) = self.file.lock() else {
            return;
        };
        let written = file.write_all(&bytes).and_then(|()| if self.sync { file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            eprintln!("the witness could not write: {error}");
        }
    }
}
