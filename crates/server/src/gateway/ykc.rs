//! 云快充 over TCP: the pile says on the wire who it is.

use super::{Gate, Source, most, serve};
use crate::app::App;
use crate::gateway::transport::Transport;
use model::site::Pile;
use protocol::Session;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Accepts piles until the server stops.
pub async fn listen(app: Arc<App>, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = crate::serve::stopped(&mut stopping) => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::warn!(%why, "a 云快充 connection could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        if !app.knocks.may_try(from.ip(), app.clock().now(), app.engine.rules().source_failures) {
            continue;
        }
        // A socket that is closed at once tells a pile to come back later, and costs us nothing.
        let Some(place) = app.sources.enter(from.ip(), true, most(&app)) else { continue };
        let _ = stream.set_nodelay(true);
        let app = Arc::clone(&app);
        let source = Source { place: Some(place), ..Source::of(from) };
        tokio::spawn(async move {
            let settings = protocol::ykc::Settings::default();
            let session = protocol::ykc::Session::new(app.clock().now(), settings);
            let session = protocol::Session::Ykc(Box::new(session));
            serve(app, session, Transport::tcp(stream), source, None).await;
        });
    }
}

impl Gate {
    /// In which zone the pile's clock is, and by which dialect it speaks.
    pub(super) async fn read_as(&mut self, pile: &Pile) {
        let Session::Ykc(session) = &mut self.session else { return };
        let known = pile.clone();
        let read = move |conn: &mut store::Conn| {
            let zone = store::stations::facts(conn, known.station)?.zone;
            Ok((zone, store::dialects::of_pile(conn, &known)?))
        };
        let Ok((zone, dialect)) = self.app.engine.store.device_read(read).await else { return };
        session.set_zone(zone);
        if let Some((dialect, _)) = dialect {
            session.read_as(&dialect.rules);
            self.delay = Duration::from_millis(dialect.rules.reply_delay_ms.clamp(0, 3_000).unsigned_abs());
        }
    }
}
