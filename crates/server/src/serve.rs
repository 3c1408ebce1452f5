//! Listening, and stopping in order.

use crate::app::App;
use crate::{gateway, jobs};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::{Service, ServiceExt};

/// A client that has not sent its request's head by then is cut off.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);

/// How long links get to say goodbye.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// How often what is over by rule is closed.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// A server that listens.
pub struct Serving {
    pub app: Arc<App>,
    pub http: SocketAddr,
    pub ykc: SocketAddr,
    stopping: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Serving {
    pub async fn start(
        app: Arc<App>,
        router: Router,
        http: TcpListener,
        ykc: TcpListener,
    ) -> std::io::Result<Serving> {
        let (stopping, stop) = watch::channel(false);
        let (http_at, ykc_at) = (http.local_addr()?, ykc.local_addr()?);
        let tasks = vec![
            tokio::spawn(accept(router, http, stop.clone())),
            tokio::spawn(gateway::listen(Arc::clone(&app), ykc, stop.clone())),
            tokio::spawn(sweep(Arc::clone(&app), stop.clone())),
            tokio::spawn(jobs::prune::run(Arc::clone(&app), stop)),
        ];
        Ok(Serving { app, http: http_at, ykc: ykc_at, stopping, tasks })
    }

    /// Stops listening, lets every link say goodbye, and waits until what was queued is written.
    pub async fn stop(self) {
        let _ = self.stopping.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
        self.app.devices.stop_all();
        let patience = tokio::time::Instant::now() + STOP_PATIENCE;
        while self.app.devices.online_count() > 0 && tokio::time::Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Whoever queued something before us is done when this is.
        let _ = self.app.engine.store.write_everywhere(|_| Ok(())).await;
    }
}

async fn accept(router: Router, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                tracing::warn!(%why, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = tower::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(from));
            let mut router = router.clone();
            async move { router.as_service::<hyper::body::Incoming>().ready().await?.call(request).await }
        });
        let mut stopping = stop.clone();
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .max_buf_size(16 * 1024)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                .with_upgrades();
            tokio::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => {}
                () = stopped(&mut stopping) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = tokio::time::timeout(STOP_PATIENCE, connection).await;
                }
            }
        });
    }
}

async fn sweep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = stopped(&mut stop) => return,
        }
        match app.engine.sweep().await {
            Ok(0) => {}
            Ok(closed) => tracing::info!(closed, "orders were closed by rule"),
            Err(why) => tracing::warn!(%why, "orders could not be closed by rule; tried again shortly"),
        }
    }
}

/// Waits until the server stops.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
