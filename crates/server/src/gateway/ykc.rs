//! 云快充 over TCP: the pile says on the wire who it is.

use super::{Source, most, serve};
use crate::app::App;
use crate::gateway::transport::Transport;
use std::sync::Arc;
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
