//! 充电站

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given, NewId};
use super::picture::{OwnPicture, Photo};
use super::take::{Id, Input, Query, Who};
use axum::extract::State;
use engine::site::{StationChange, StationDraft, StationPhotoChange, StationStatusChange};
use model::Error;
use model::id::StationId;
use model::station::{PlaceKind, StationKind};
use model::time::{DAY_MS, Timestamp, Zone};
use serde::Deserialize;
use store::filter::Page;
use store::station_detail::{self, StationDetail};
use store::station_list::{self, Station, StationFilter};
use store::station_photos;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationQuery {
    name: Option<String>,
    operator_id: Option<i64>,
    city_code: Option<String>,
    operator_name: Option<String>,
    city_name: Option<String>,
    code: Option<String>,
    /// False: those whose place on the map is not known.
    located: Option<bool>,
    /// A part of a tag.
    tag: Option<String>,
    kind: Option<StationKind>,
    place_kind: Option<PlaceKind>,
    /// Whether it is closed for the time being.
    closed: Option<bool>,
}

impl StationQuery {
    pub fn filter(self, now: Timestamp) -> StationFilter {
        StationFilter {
            name: self.name,
            operator_id: self.operator_id,
            city_code: self.city_code,
            operator_name: self.operator_name,
            city_name: self.city_name,
            code: self.code,
            located: self.located,
            id: None,
            tag: self.tag,
            kind: self.kind,
            place_kind: self.place_kind,
            closed: self.closed.map(|closed| (closed, now.as_ms())),
        }
    }
}

pub async fn station_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<StationQuery>,
) -> Answer<Given<Page<Station>>> {
    let (scope, wanted) = (who.scope(), query.filter(app.now()));
    let read = move |conn: &mut store::Conn| station_list::station_list(conn, &scope, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

pub async fn station_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<StationDraft>,
) -> Answer<Created<NewId>> {
    let id = app.engine.station_create(&who.actor(), draft).await?;
    Ok(Created(NewId { id: id.0 }))
}

pub async fn station_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<StationDetail>> {
    let (scope, now) = (who.scope(), app.now());
    let days = [now, now.plus_ms(-DAY_MS)].map(|at| Zone::shanghai().local(at).day);
    let read = move |conn: &mut store::Conn| station_detail::station_get(conn, &scope, id, days);
    let found = app.engine.store.read(read).await?;
    Ok(Given(found.ok_or_else(no_station)?))
}

fn no_station() -> Error {
    Error::not_found("station.not_found", "没有这座充电站，请检查地址", "There is no such station.")
}

pub async fn station_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StationChange>,
) -> Answer<Done> {
    app.engine.station_update(&who.actor(), StationId(id), change).await?;
    Ok(Done)
}

pub async fn station_status_set(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StationStatusChange>,
) -> Answer<Done> {
    app.engine.station_status_set(&who.actor(), StationId(id), change).await?;
    Ok(Done)
}

pub async fn station_photo_create(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Photo(body): Photo,
) -> Answer<Created<NewId>> {
    let id = app.engine.station_photo_create(&who.actor(), StationId(id), body).await?;
    Ok(Created(NewId { id }))
}

pub async fn station_photo_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<StationPhotoChange>,
) -> Answer<Done> {
    app.engine.station_photo_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn station_photo_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.station_photo_delete(&who.actor(), id).await?;
    Ok(Done)
}

pub async fn station_photo_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<OwnPicture> {
    photo(&app, &who, id, false).await
}

/// The small one, for lists and maps.
pub async fn station_thumbnail_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<OwnPicture> {
    photo(&app, &who, id, true).await
}

/// A photo, if its station is in the caller's scope.
async fn photo(app: &Shared, who: &Who, id: i64, small: bool) -> Answer<OwnPicture> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some(one) = station_photos::find(conn, id)? else { return Ok(None) };
        let wanted = StationFilter { id: Some(one.station.0), ..StationFilter::default() };
        if !station_list::is_seen(conn, &scope, &wanted)? {
            return Ok(None);
        }
        let (noun, key) = match small {
            true => (station_photos::THUMBNAILS, one.thumbnail_id),
            false => (station_photos::PHOTOS, id),
        };
        Ok(store::attachments::get(conn, noun, key)?.map(|(_, picture)| OwnPicture { id: key, picture }))
    };
    let no_photo =
        || Error::not_found("station_photo.not_found", "没有这张照片，请刷新页面", "There is no such photo.");
    Ok(app.engine.store.read(read).await?.ok_or_else(no_photo)?)
}
