//! A database that hangs answers nothing, not even an error. Whoever asks hears after a while that it is the
//! database, instead of looking at a page that never comes.

use model::{Error, Result};
use std::time::Duration;

/// For who it is that asks: one row by its key, so what takes longer is no load but a fault.
pub const ASKER: Duration = Duration::from_secs(10);
/// For signing in, where a crowd waits its turn before its passwords are looked at.
pub const SIGN_IN: Duration = Duration::from_secs(20);
/// For a figure of the metrics; the others are told without it.
pub const FIGURE: Duration = Duration::from_secs(2);

pub async fn answered_within<T>(patience: Duration, asked: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(patience, asked).await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!(seconds = patience.as_secs(), "the database says nothing");
            Err(Error::unavailable("数据库", "database"))
        }
    }
}
