//! Server-sent events: what has changed, for the pages to fetch again, so that permissions and scope
//! are applied once, by the lists themselves. The values of a running session are the exception:
//! they are sent along to a page that shows that pile or order.

use super::Shared;
use super::error::{Answer, Failure};
use super::take::{Query, Who, no_pile};
use crate::live::{Heard, Subscription};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use engine::settlement::no_order;
use model::access::{Area, Scope};
use model::error::{Kind, Text};
use model::id::{OperatorId, OrderId, PileId, StationId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::convert::Infallible;
use std::time::Duration;
use store::Change;
use store::pile_list::LiveValues;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

/// Changes of one thing are told together, at most this often.
const GATHER: Duration = Duration::from_millis(250);
/// The home page is made of sums: it is fetched again less often.
const GATHER_HOME: Duration = Duration::from_secs(2);
/// Proxies close what is silent.
const PING: Duration = Duration::from_secs(15);
/// How soon a session that was ended is noticed.
const CHECK: Duration = Duration::from_secs(30);
/// More things than this at once are told as "anything".
const GATHERED_MAX: usize = 500;
/// Events that wait for a slow browser; beyond it the stream waits, and falls behind as a whole.
const QUEUE: usize = 64;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveQuery {
    /// Also the values of these piles' sessions: codes with commas between them.
    pile: Option<String>,
    /// Also the values of these orders' sessions: ids with commas between them.
    order: Option<String>,
}

pub async fn live_stream(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<LiveQuery>,
) -> Answer<Response> {
    let (mut piles, mut orders) = (BTreeMap::new(), BTreeSet::new());
    for code in several(query.pile.as_deref())? {
        piles.insert(pile_of(&app, who.scope(), code.to_owned()).await?, code.to_owned());
    }
    for id in several(query.order.as_deref())? {
        let id = id.parse().map_err(|_| no_order())?;
        orders.insert(order_of(&app, who.scope(), OrderId(id)).await?);
    }
    let subscription = app.live.subscribe(who.session.caller.staff).ok_or_else(|| {
        Failure(Error::new(
            Kind::Limited,
            "live.limited",
            Text::of("打开的页面过多，请关闭一些页面后重试", "Too many pages are open; close some of them."),
        ))
    })?;
    let (events, taken) = mpsc::channel(QUEUE);
    let stations = stations_of(&app, &who.scope()).await?;
    let stream = Stream { app, who, stations, piles, orders, events, gathered: BTreeSet::new(), home: false };
    tokio::spawn(stream.run(subscription));
    let body = futures_util::stream::unfold(taken, |mut taken| async move {
        Some((Ok::<Bytes, Infallible>(taken.recv().await?), taken))
    });
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream"), (HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The open pages of one browser share a stream; nobody looks at more than these at once.
const SHOWN_MAX: usize = 20;

fn several(text: Option<&str>) -> Result<Vec<&str>> {
    let shown: Vec<&str> = text.unwrap_or_default().split(',').filter(|one| !one.is_empty()).collect();
    if shown.len() <= SHOWN_MAX {
        return Ok(shown);
    }
    Err(Error::invalid(
        "pile",
        format!("同时显示的桩或订单最多 {SHOWN_MAX} 个，请关闭一些页面"),
        format!("At most {SHOWN_MAX} piles or orders are shown at once; close some pages."),
    ))
}

async fn pile_of(app: &Shared, scope: Scope, code: String) -> Result<PileId> {
    let read = move |conn: &mut store::Conn| store::pile_list::pile_find(conn, &scope, &code);
    let (pile, _, _) = app.engine.store.read(read).await?.ok_or_else(no_pile)?;
    Ok(PileId(pile))
}

async fn order_of(app: &Shared, scope: Scope, id: OrderId) -> Result<OrderId> {
    let read = move |conn: &mut store::Conn| store::order_place::order_place(conn, &scope, id);
    app.engine.store.read(read).await?.ok_or_else(no_order)?;
    Ok(id)
}

/// The stations that a person looks after; `None` for one who looks after all that is theirs.
async fn stations_of(app: &Shared, scope: &Scope) -> Result<Option<HashSet<StationId>>> {
    if scope.area == Area::Everywhere {
        return Ok(None);
    }
    let scope = scope.clone();
    app.engine.store.read(move |conn| store::stations::in_scope(conn, &scope)).await.map(Some)
}

struct Stream {
    app: Shared,
    who: Who,
    stations: Option<HashSet<StationId>>,
    /// Those that an open page shows, by the code that it knows.
    piles: BTreeMap<PileId, String>,
    orders: BTreeSet<OrderId>,
    events: mpsc::Sender<Bytes>,
    /// Noun and id of what has changed since the last telling.
    gathered: BTreeSet<(&'static str, String)>,
    home: bool,
}

/// The browser has gone.
struct Gone;

impl Stream {
    async fn run(mut self, mut subscription: Subscription) {
        let _ = self.serve(&mut subscription).await;
    }

    async fn serve(&mut self, subscription: &mut Subscription) -> Result<(), Gone> {
        let hello = json!({"now_ms": self.app.now().as_ms()});
        self.tell("hello", &hello).await?;
        let now = Instant::now();
        let (mut flush_at, mut home_at) = (now + GATHER, now);
        let (mut ping_at, mut check_at) = (now + PING, now + CHECK);
        loop {
            tokio::select! {
                biased;
                () = sleep_until(check_at) => {
                    check_at = Instant::now() + CHECK;
                    // A database that does not answer is no reason to sign anybody out.
                    if let Ok(false) = self.app.engine.session_is_valid(&self.who.session).await {
                        return Err(Gone);
                    }
                    // A station may have been opened in their city meanwhile.
                    if let Ok(stations) = stations_of(&self.app, &self.who.scope()).await {
                        self.stations = stations;
                    }
                }
                () = sleep_until(ping_at) => {
                    ping_at = Instant::now() + PING;
                    self.send(Bytes::from_static(b": ping\n\n")).await?;
                }
                () = sleep_until(flush_at), if !self.gathered.is_empty() => self.flush().await?,
                () = sleep_until(home_at), if self.home => {
                    self.home = false;
                    home_at = Instant::now() + GATHER_HOME;
                    self.changed("home", "").await?;
                }
                heard = subscription.hear() => {
                    if self.gathered.is_empty() {
                        flush_at = Instant::now() + GATHER;
                    }
                    match heard {
                        Heard::Changes(changes) => self.gather(&changes).await?,
                        Heard::Anything => self.anything(),
                        Heard::End => return Ok(()),
                    }
                }
            }
        }
    }

    fn anything(&mut self) {
        self.gathered.clear();
        self.gathered.insert(("all", String::new()));
        self.home = true;
    }

    async fn gather(&mut self, changes: &[Change]) -> Result<(), Gone> {
        for change in changes {
            match change {
                Change::Pile { pile, operator } if self.sees(*operator, *pile) => self.pile(*pile),
                Change::Order { order, pile, operator } if self.sees(*operator, *pile) => {
                    self.gathered.insert(("order", order.to_string()));
                    self.pile(*pile);
                }
                Change::Command { command, pile, operator } if self.sees(*operator, *pile) => {
                    self.gathered.insert(("command", command.to_string()));
                }
                Change::Sample { order, pile, connector, operator, point } => {
                    let code = self.piles.get(pile);
                    let shown = code.is_some() || self.orders.contains(order);
                    if shown && self.sees(*operator, *pile) {
                        let mut data =
                            json!({"order_id": order, "connector_no": connector, "pile_code": code});
                        let values = serde_json::to_value(LiveValues::from(*point)).unwrap_or_default();
                        if let (Some(data), serde_json::Value::Object(values)) =
                            (data.as_object_mut(), values)
                        {
                            data.extend(values);
                        }
                        self.tell("sample", &data).await?;
                    }
                }
                Change::Noun(noun) => {
                    self.gathered.insert((noun, String::new()));
                }
                _ => {}
            }
        }
        if self.gathered.len() > GATHERED_MAX {
            self.anything();
        }
        Ok(())
    }

    fn pile(&mut self, pile: PileId) {
        self.home = true;
        if let Some(code) = self.app.devices.code(pile) {
            self.gathered.insert(("pile", code.as_str().to_owned()));
        }
    }

    fn sees(&self, operator: OperatorId, pile: PileId) -> bool {
        let here = self.stations.as_ref().is_none_or(|stations| {
            self.app.devices.station(pile).is_some_and(|station| stations.contains(&station))
        });
        here && self.who.session.caller.scope.sees_operator(operator)
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        for (noun, id) in std::mem::take(&mut self.gathered) {
            self.changed(noun, &id).await?;
        }
        Ok(())
    }

    async fn changed(&self, noun: &str, id: &str) -> Result<(), Gone> {
        self.tell("changed", &json!({"noun": noun, "id": id})).await
    }

    async fn tell(&self, event: &str, data: &serde_json::Value) -> Result<(), Gone> {
        self.send(Bytes::from(format!("event: {event}\ndata: {data}\n\n"))).await
    }

    async fn send(&self, bytes: Bytes) -> Result<(), Gone> {
        self.events.send(bytes).await.map_err(|_| Gone)
    }
}
