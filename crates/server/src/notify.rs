//! What the system's service manager is told: that the server is ready, that it still lives, that it stops.
//! systemd gives the way in `NOTIFY_SOCKET`; without it nobody is told anything.

use std::time::Duration;

pub fn ready() {
    tell("READY=1");
}

pub fn stopping() {
    tell("STOPPING=1");
}

/// Says so twice within the time after which the manager takes the server for dead (`WatchdogSec`), for as
/// long as the runtime gets round to it.
pub async fn live() {
    let Some(period) = period(std::env::var("WATCHDOG_USEC").ok().as_deref()) else { return };
    let mut beat = tokio::time::interval(period);
    loop {
        beat.tick().await;
        tell("WATCHDOG=1");
    }
}

fn period(microseconds: Option<&str>) -> Option<Duration> {
    let whole = microseconds?.parse::<u64>().ok().filter(|us| *us > 0)?;
    Some(Duration::from_micros(whole / 2).max(Duration::from_millis(1)))
}

#[cfg(target_os = "linux")]
fn tell(state: &str) {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let Ok(name) = std::env::var("NOTIFY_SOCKET") else { return };
    let address = match name.strip_prefix('@') {
        Some(hidden) => SocketAddr::from_abstract_name(hidden),
        None => SocketAddr::from_pathname(&name),
    };
    let sent = address.and_then(|at| UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &at));
    if let Err(why) = sent {
        tracing::warn!(%why, state, "the service manager could not be told");
    }
}

#[cfg(not(target_os = "linux"))]
fn tell(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beat_is_twice_as_quick_as_the_manager_is_patient() {
        for (given, wanted) in [
            (Some("60000000"), Some(Duration::from_secs(30))),
            (Some("1"), Some(Duration::from_millis(1))),
            (Some("0"), None),
            (Some("soon"), None),
            (None, None),
        ] {
            assert_eq!(period(given), wanted, "{given:?}");
        }
    }
}
