//! A server on the other side, that says what a test wants it to say and keeps what it was asked.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(Clone)]
pub struct Got {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What it answers to one request.
#[derive(Clone)]
pub enum Say {
    Status(u16, String),
    /// To be found elsewhere.
    Moved(String),
    /// Longer than anybody waits.
    Nothing,
    /// So many bytes.
    Bytes(usize),
}

type Rule = Box<dyn Fn(&Got) -> Option<Say> + Send>;

#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    says: Arc<Mutex<VecDeque<Say>>>,
    /// What it answers when nothing is waiting to be said; by itself 200.
    rule: Arc<Mutex<Option<Rule>>>,
}

impl Receiver {
    pub async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = Receiver { port, got: Arc::default(), says: Arc::default(), rule: Arc::default() };
        let router = Router::new().fallback(answer).with_state(own.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        own
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub fn says(&self, say: Say) {
        self.says.lock().unwrap().push_back(say);
    }

    pub fn rules(&self, rule: impl Fn(&Got) -> Option<Say> + Send + 'static) {
        *self.rule.lock().unwrap() = Some(Box::new(rule));
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.got.lock().unwrap().clear();
    }
}

async fn answer(
    State(own): State<Receiver>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let got = Got { method, uri, headers, body: String::from_utf8_lossy(&body).into_owned() };
    own.got.lock().unwrap().push(got.clone());
    let said = own.says.lock().unwrap().pop_front();
    let said = said.or_else(|| own.rule.lock().unwrap().as_ref().and_then(|rule| rule(&got)));
    let (status, text) = match said {
        None => (200, "ok".to_owned()),
        Some(Say::Status(status, text)) => (status, text),
        Some(Say::Bytes(count)) => (200, "x".repeat(count)),
        Some(Say::Moved(to)) => {
            return Response::builder().status(302).header("location", to).body(Body::empty()).unwrap();
        }
        Some(Say::Nothing) => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            (200, String::new())
        }
    };
    Response::builder().status(StatusCode::from_u16(status).unwrap()).body(Body::from(text)).unwrap()
}
