//! Photos of a station: kept small and clean, in the order that staff give them.

use super::operator::optional;
use super::station::seen;
use crate::Engine;
use crate::audit::Actor;
use crate::picture::{self, PHOTO_EDGE, THUMBNAIL_EDGE};
use model::id::StationId;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::station_photos::{self, NewPhoto, PHOTOS, PlacedPhoto};
use store::{Change, Tx, attachments};
use utoipa::ToSchema;

/// More would not be looked at.
pub const PHOTOS_MAX: usize = 12;
const CAPTION_MAX: usize = 60;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationPhotoChange {
    pub version: i64,
    /// At most 60 characters; empty takes it away.
    pub caption: String,
    /// The place in the order, from 1: the first is the cover.
    pub place: i64,
}

fn no_photo() -> Error {
    Error::not_found(
        "station_photo.not_found",
        "没有这张照片，或不在您的数据范围内；可能刚刚被删除，请刷新",
        "There is no such photo in your scope; it may just have been deleted. Load the page again.",
    )
}

/// The photo, if this person sees its station.
fn found(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<PlacedPhoto> {
    let one = tx.read(|conn| station_photos::find(conn, id))?.ok_or_else(no_photo)?;
    seen(tx, actor, one.station).map_err(|_| no_photo())?;
    Ok(one)
}

fn told(id: i64, caption: &str, place: i64) -> Value {
    json!({"photo": id, "caption": caption, "place": place})
}

impl Engine {
    /// Adds a photo behind those that are there.
    pub async fn station_photo_create(&self, actor: &Actor, id: StationId, body: Vec<u8>) -> Result<i64> {
        let taken = picture::checked("photo", body)?;
        // Pixels take a while: not where other requests wait.
        let made = tokio::task::spawn_blocking(move || picture::redrawn("photo", &taken.body));
        let drawing = made.await.map_err(|_| Error::internal())??;
        let (photo, small) = (drawing.jpeg(PHOTO_EDGE)?, drawing.jpeg(THUMBNAIL_EDGE)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                seen(tx, &actor, id)?;
                let there = tx.read(|conn| station_photos::photos(conn, id.0))?.len();
                if there >= PHOTOS_MAX {
                    return Err(Error::invalid(
                        "photo",
                        format!("每座充电站最多 {PHOTOS_MAX} 张照片，请先删除不用的照片"),
                        format!("A station has at most {PHOTOS_MAX} photos; delete one first."),
                    ));
                }
                if tx.read(|conn| attachments::has(conn, PHOTOS, id.0, &photo.digest))? {
                    return Err(Error::invalid(
                        "photo",
                        "这张照片已经上传过，请选择其他照片",
                        "This photo is there already; choose another.",
                    ));
                }
                let new = NewPhoto {
                    caption: "",
                    width: photo.width,
                    height: photo.height,
                    kind: photo.kind,
                    digest: &photo.digest,
                    body: &photo.body,
                    thumbnail: &small.body,
                    thumbnail_digest: &small.digest,
                };
                let photo = station_photos::insert(tx, id, &new, now)?;
                tx.changed(Change::Noun("station"));
                let place = i64::try_from(there).unwrap_or(0) + 1;
                let detail = json!({"after": told(photo, "", place)});
                actor.record(tx, now, "station_photo_create", "station", id, &detail)?;
                Ok(photo)
            })
            .await
    }

    /// Gives it a caption and its place in the order.
    pub async fn station_photo_update(
        &self,
        actor: &Actor,
        id: i64,
        change: StationPhotoChange,
    ) -> Result<()> {
        let caption = optional("caption", Some(&change.caption), CAPTION_MAX)?.unwrap_or_default();
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = found(tx, &actor, id)?;
                if one.photo.version != change.version {
                    return Err(Error::conflict(
                        "station_photo.changed",
                        "这张照片刚刚被别人修改过，请刷新后在最新内容上重新修改",
                        "Somebody else has just changed this photo. Load the page again and repeat your change.",
                    ));
                }
                let there = tx.read(|conn| station_photos::photos(conn, one.station.0))?.len();
                if !(1..=i64::try_from(there).unwrap_or(0)).contains(&change.place) {
                    return Err(Error::invalid(
                        "place",
                        format!("顺序应为 1 到 {there}"),
                        format!("The place is between 1 and {there}."),
                    ));
                }
                station_photos::update(tx, &one, &caption, change.place)?;
                tx.changed(Change::Noun("station"));
                let before = told(id, &one.photo.caption, one.place);
                let detail = json!({"before": before, "after": told(id, &caption, change.place)});
                actor.record(tx, now, "station_photo_update", "station", one.station, &detail)
            })
            .await
    }

    pub async fn station_photo_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = found(tx, &actor, id)?;
                station_photos::delete(tx, &one)?;
                tx.changed(Change::Noun("station"));
                let detail = json!({"before": told(id, &one.photo.caption, one.place)});
                actor.record(tx, now, "station_photo_delete", "station", one.station, &detail)
            })
            .await
    }
}
