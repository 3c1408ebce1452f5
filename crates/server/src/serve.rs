//! Listening, and stopping in order.

use crate::app::App;
use crate::tls::{LOOK_EVERY, Secured, Socket, Tls};
use crate::{backup, gateway, jobs};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tower::{Service, ServiceExt};

/// A client that has not sent its request's head by then is cut off.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);

/// How long links get to say goodbye.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// Connections of HTTP that are open at once; a pile's is not counted any more when it has become a
/// WebSocket. Whoever opens more waits until others have gone.
const CONNECTIONS: std::ops::RangeInclusive<u64> = 64..=4_096;

/// A part of the files that this process may open: the others are for piles and the database.
fn connections_max(files: u64) -> usize {
    let wanted = (files / 4).clamp(*CONNECTIONS.start(), *CONNECTIONS.end());
    usize::try_from(wanted).unwrap_or(64)
}

fn files_max() -> u64 {
    #[cfg(unix)]
    if let Ok((most, _)) = rlimit::Resource::NOFILE.get() {
        return most;
    }
    *CONNECTIONS.end()
}

/// Where the server listens.
pub struct Listeners {
    pub http: TcpListener,
    pub ykc: TcpListener,
    pub tls: Option<(TcpListener, Arc<Tls>)>,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    pub http: SocketAddr,
    pub ykc: SocketAddr,
    pub tls: Option<SocketAddr>,
}

/// A server that listens.
pub struct Serving {
    pub app: Arc<App>,
    pub http: SocketAddr,
    pub ykc: SocketAddr,
    pub tls: Option<SocketAddr>,
    stopping: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Serving {
    pub async fn start(app: Arc<App>, router: Router, listeners: Listeners) -> std::io::Result<Serving> {
        let Listeners { http, ykc, tls } = listeners;
        let (stopping, stop) = watch::channel(false);
        let (http_at, ykc_at) = (http.local_addr()?, ykc.local_addr()?);
        let mut tasks = vec![
            tokio::spawn(accept(router.clone(), http, None, connections_max(files_max()), stop.clone())),
            tokio::spawn(gateway::listen(Arc::clone(&app), ykc, stop.clone())),
        ];
        let mut tls_at = None;
        if let Some((listener, tls)) = tls {
            tls_at = Some(listener.local_addr()?);
            let most = connections_max(files_max());
            tasks.push(tokio::spawn(renew(Arc::clone(&tls), stop.clone())));
            tasks.push(tokio::spawn(accept(router, listener, Some(tls), most, stop.clone())));
        }
        let _ = app.doors.set(Doors { http: http_at, ykc: ykc_at, tls: tls_at });
        tasks.push(tokio::spawn(backup::keep::keep(Arc::clone(&app), stop.clone())));
        let (watched, until) = (Arc::clone(&app), stop.clone());
        tasks.push(tokio::spawn(async move { watched.figures.lag_watch(until).await }));
        tasks.extend(jobs::spawn(&app));
        Ok(Serving { app, http: http_at, ykc: ykc_at, tls: tls_at, stopping, tasks })
    }

    /// Stops listening, lets every link say goodbye, and waits until what was queued is written.
    pub async fn stop(self) {
        let _ = self.stopping.send(true);
        self.app.jobs.stop();
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
        // A place that does not answer must not keep the server from stopping: what waits, waits.
        let _ = tokio::time::timeout(STOP_PATIENCE, backup::keep::last(&self.app)).await;
    }
}

async fn renew(tls: Arc<Tls>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => tls.look().await,
            () = stopped(&mut stop) => return,
        }
    }
}

/// The socket as it is to be read, and what TLS has shown.
async fn secured(stream: TcpStream, tls: Option<&Tls>) -> std::io::Result<(Socket, Option<Secured>)> {
    let Some(tls) = tls else { return Ok((Socket::Plain(stream), None)) };
    let (socket, secured) = tls.accept(stream).await?;
    Ok((socket, Some(secured)))
}

async fn accept(
    router: Router,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    most: usize,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(most));
    loop {
        let come = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            come = come => come,
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
        let (router, tls) = (router.clone(), tls.clone());
        let mut stopping = stop.clone();
        tokio::spawn(async move {
            let _place = place;
            let Ok((stream, shown)) = secured(stream, tls.as_deref()).await else { return };
            let service = tower::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(ConnectInfo(from));
                if let Some(shown) = &shown {
                    request.extensions_mut().insert(shown.clone());
                }
                let mut router = router.clone();
                async move { router.as_service::<hyper::body::Incoming>().ready().await?.call(request).await }
            });
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

/// Waits until the server stops.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn most_files_are_left_for_piles() {
        for (files, connections) in [(0, 64), (1_024, 256), (10_000, 2_500), (u64::MAX, 4_096)] {
            assert_eq!(connections_max(files), connections);
        }
    }

    #[tokio::test]
    async fn whoever_is_one_too_many_waits_for_a_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stopping, stop) = watch::channel(false);
        let serving = tokio::spawn(accept(Router::new(), listener, None, 2, stop));
        let ask = async |stream: &mut TcpStream| {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"HTTP/1.1 404");
        };
        let (mut one, mut two) =
            (TcpStream::connect(at).await.unwrap(), TcpStream::connect(at).await.unwrap());
        ask(&mut one).await;
        ask(&mut two).await;
        let mut three = TcpStream::connect(at).await.unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(300), ask(&mut three)).await;
        assert!(waiting.is_err(), "there are two places");
        drop(one);
        let mut answer = [0; 12];
        let read = tokio::time::timeout(Duration::from_secs(9), three.read_exact(&mut answer)).await;
        read.unwrap().unwrap();
        stopping.send(true).unwrap();
        drop((two, three));
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_says_nothing_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (_stopping, stop) = watch::channel(false);
        tokio::spawn(accept(Router::new(), listener, None, 2, stop));
        let mut silent = TcpStream::connect(at).await.unwrap();
        let end = tokio::time::timeout(2 * HEAD_PATIENCE, silent.read_u8()).await;
        assert!(end.unwrap().is_err(), "closed without a word");
    }
}
