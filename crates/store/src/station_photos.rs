//! Photos of a 充电站, in their order: the first is its cover.

use crate::Tx;
use crate::attachments::{self, NewPicture};
use crate::db::{Conn, DbResult, Row};
use crate::filter::count;
use model::Result;
use model::id::StationId;
use model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What the pictures are attached to: the photo to its station, the small one to the photo.
pub const PHOTOS: &str = "station_photo";
pub const THUMBNAILS: &str = "station_thumbnail";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StationPhoto {
    pub id: i64,
    /// What it shows, in words; empty when nobody has said.
    pub caption: String,
    pub width: i64,
    pub height: i64,
    /// To be given back with a change.
    pub version: i64,
}

/// One with where it stands.
#[derive(Clone, Debug)]
pub struct PlacedPhoto {
    pub station: StationId,
    pub photo: StationPhoto,
    pub thumbnail_id: i64,
    /// From 1.
    pub place: i64,
}

const COLUMNS: &str = "id, caption, width, height, version";

fn photo(row: &Row<'_>) -> DbResult<StationPhoto> {
    Ok(StationPhoto {
        id: row.int(0)?,
        caption: row.text(1)?,
        width: row.int(2)?,
        height: row.int(3)?,
        version: row.int(4)?,
    })
}

pub fn photos(conn: &mut Conn, station: i64) -> DbResult<Vec<StationPhoto>> {
    let sql = format!("SELECT {COLUMNS} FROM station_photo WHERE station_id = $1 ORDER BY place, id");
    conn.query(&sql, &[station.into()], photo)
}

pub fn find(conn: &mut Conn, id: i64) -> DbResult<Option<PlacedPhoto>> {
    let sql = format!("SELECT {COLUMNS}, station_id, thumbnail_id, place FROM station_photo WHERE id = $1");
    conn.find(&sql, &[id.into()], |row| {
        let (station, thumbnail_id, place) = (StationId(row.int(5)?), row.int(6)?, row.int(7)?);
        Ok(PlacedPhoto { station, photo: photo(row)?, thumbnail_id, place })
    })
}

/// A photo and its small picture, both ready to be kept.
pub struct NewPhoto<'a> {
    pub caption: &'a str,
    pub width: i64,
    pub height: i64,
    pub kind: &'static str,
    /// SHA-256 of the body.
    pub digest: &'a str,
    pub body: &'a [u8],
    pub thumbnail: &'a [u8],
    pub thumbnail_digest: &'a str,
}

/// Behind those that are there.
pub fn insert(tx: &mut Tx<'_>, station: StationId, new: &NewPhoto<'_>, now: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM station_photo WHERE station_id = $1";
    let there = tx.read(|conn| conn.one(sql, &[station.0.into()], count))?;
    let picture =
        NewPicture { noun: PHOTOS, noun_id: station.0, kind: new.kind, digest: new.digest, body: new.body };
    let id = attachments::insert(tx, &picture, now)?;
    let picture = NewPicture {
        noun: THUMBNAILS,
        noun_id: id,
        digest: new.thumbnail_digest,
        body: new.thumbnail,
        ..picture
    };
    let thumbnail = attachments::insert(tx, &picture, now)?;
    tx.execute(
        "INSERT INTO station_photo (id, station_id, thumbnail_id, place, caption, width, height, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
        &[
            id.into(),
            station.0.into(),
            thumbnail.into(),
            (there + 1).into(),
            new.caption.into(),
            new.width.into(),
            new.height.into(),
        ],
    )?;
    Ok(id)
}

/// Writes the caption, and puts it at this place among the others of its station.
pub fn update(tx: &mut Tx<'_>, one: &PlacedPhoto, caption: &str, place: i64) -> Result<()> {
    tx.execute(
        "UPDATE station_photo SET place = place - 1 WHERE station_id = $1 AND place > $2",
        &[one.station.0.into(), one.place.into()],
    )?;
    tx.execute(
        "UPDATE station_photo SET place = place + 1 WHERE station_id = $1 AND place >= $2 AND id <> $3",
        &[one.station.0.into(), place.into(), one.photo.id.into()],
    )?;
    tx.execute(
        "UPDATE station_photo SET caption = $1, place = $2, version = version + 1 WHERE id = $3",
        &[caption.into(), place.into(), one.photo.id.into()],
    )?;
    Ok(())
}

pub fn delete(tx: &mut Tx<'_>, one: &PlacedPhoto) -> Result<()> {
    attachments::delete(tx, PHOTOS, one.photo.id)?;
    attachments::delete(tx, THUMBNAILS, one.thumbnail_id)?;
    tx.execute("DELETE FROM station_photo WHERE id = $1", &[one.photo.id.into()])?;
    tx.execute(
        "UPDATE station_photo SET place = place - 1 WHERE station_id = $1 AND place > $2",
        &[one.station.0.into(), one.place.into()],
    )?;
    Ok(())
}
