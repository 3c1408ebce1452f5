//! 首次使用引导

use super::Shared;
use super::error::Answer;
use super::give::{Done, Given};
use super::take::Who;
use axum::extract::State;
use serde::Serialize;
use store::first_run::{self, FirstRun};
use store::unknown_piles::{self, UnknownPile};
use utoipa::ToSchema;

/// What a technician enters in a pile, as far as the server knows it: under which name piles reach it is
/// known to `public_url`, or to whoever opened the console.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunDoors {
    pub public_url: Option<String>,
    pub http_port: Option<i64>,
    pub tls_port: Option<i64>,
    pub ykc_port: Option<i64>,
    /// The door of OCPP, or of 云快充, opens to this machine only: no pile can come.
    pub http_is_local: bool,
    pub ykc_is_local: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FirstRunView {
    pub run: FirstRun,
    pub doors: FirstRunDoors,
    /// Who knocked last without being registered: often the expected pile with another number.
    pub knocked: Option<UnknownPile>,
}

/// How far a new installation has come; for the platform's own staff.
pub async fn first_run_get(State(app): State<Shared>, who: Who) -> Answer<Given<FirstRunView>> {
    who.actor().must_be_platform()?;
    let read = |conn: &mut store::Conn| {
        Ok((first_run::first_run_get(conn)?, unknown_piles::unknown_pile_last(conn)?))
    };
    let (run, knocked) = app.engine.store.read(read).await?;
    let (settings, at) = (&app.settings, app.doors.get());
    let doors = FirstRunDoors {
        public_url: settings.public_url.clone(),
        http_port: at.map(|at| i64::from(at.http.port())),
        tls_port: at.and_then(|at| at.tls).map(|tls| i64::from(tls.port())),
        ykc_port: at.map(|at| i64::from(at.ykc.port())),
        // Whoever stands in front lets others in, and so does the door of TLS.
        http_is_local: at
            .is_some_and(|at| at.http.ip().is_loopback() && at.tls.is_none_or(|tls| tls.ip().is_loopback()))
            && !settings.behind_proxy,
        ykc_is_local: at.is_some_and(|at| at.ykc.ip().is_loopback()),
    };
    Ok(Given(FirstRunView { run, doors, knocked }))
}

/// Not to be shown again, to nobody.
pub async fn first_run_dismiss(State(app): State<Shared>, who: Who) -> Answer<Done> {
    app.engine.first_run_dismiss(&who.actor()).await?;
    Ok(Done)
}
