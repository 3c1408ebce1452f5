//! 品牌: how the console of an operator looks.

use crate::Tx;
use crate::db::{Conn, DbResult};
use model::Result;

/// Whose brand is the platform's own.
pub const PLATFORM: i64 = 0;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    pub name: String,
    pub short_name: String,
    /// `#rrggbb`; `None`: the product's own.
    pub accent: Option<String>,
    /// A PNG as base64.
    pub logo: Option<String>,
    pub logo_dark: Option<String>,
    /// `model::label`
    pub qr_link: Option<String>,
    pub version: i64,
}

pub fn find(conn: &mut Conn, owner: i64) -> DbResult<Option<Brand>> {
    let sql =
        "SELECT name, short_name, accent, logo, logo_dark, qr_link, version FROM brand WHERE owner_id = $1";
    conn.find(sql, &[owner.into()], |row| {
        Ok(Brand {
            name: row.text(0)?,
            short_name: row.text(1)?,
            accent: row.text_opt(2)?,
            logo: row.text_opt(3)?,
            logo_dark: row.text_opt(4)?,
            qr_link: row.text_opt(5)?,
            version: row.int(6)?,
        })
    })
}

pub fn set(tx: &mut Tx<'_>, owner: i64, brand: &Brand) -> Result<()> {
    tx.execute(
        "INSERT INTO brand (owner_id, name, short_name, accent, logo, logo_dark, qr_link, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (owner_id) DO UPDATE SET name = excluded.name, \
         short_name = excluded.short_name, accent = excluded.accent, logo = excluded.logo, \
         logo_dark = excluded.logo_dark, \
         qr_link = excluded.qr_link, version = excluded.version",
        &[
            owner.into(),
            (&brand.name).into(),
            (&brand.short_name).into(),
            brand.accent.as_ref().into(),
            brand.logo.as_ref().into(),
            brand.logo_dark.as_ref().into(),
            brand.qr_link.as_ref().into(),
            brand.version.into(),
        ],
    )
    .map(drop)
}

pub fn delete(tx: &mut Tx<'_>, owner: i64) -> Result<()> {
    tx.execute("DELETE FROM brand WHERE owner_id = $1", &[owner.into()]).map(drop)
}
