//! 品牌: an operator's name, logo and colour in the console.

use crate::Engine;
use crate::audit::Actor;
use crate::picture::{self, digest};
use crate::site::named;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::access::{Area, Scope};
use model::brand::{BrandColours, brand_colours};
use model::id::OperatorId;
use model::label::qr_link;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::brands::{self, Brand, PLATFORM};
use store::{Change, Conn, Tx, operators};
use utoipa::ToSchema;

/// Most bytes of a logo as it is kept: two of them fit into one answer.
const LOGO_MAX: usize = 18 * 1024;
/// Longest edges that are tried until it fits.
const LOGO_EDGES: [u32; 5] = [192, 144, 112, 80, 56];
const LOGO_EDGE_MIN: i64 = 32;
const PNG: &str = "data:image/png;base64,";

/// The whole brand as it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandDraft {
    /// As it was read; 0 when there was none.
    pub version: i64,
    /// 1 to 24 characters.
    pub name: String,
    /// 1 to 12 characters, for the head of the menu.
    pub short_name: String,
    /// `#rrggbb`; the product's own colour when not given.
    pub accent: Option<String>,
    /// As `brand_logo_check` gives it.
    pub logo: Option<String>,
    /// For dark pages; the same when not given.
    pub logo_dark: Option<String>,
    /// What the codes on connectors say, with `{pile}`, `{connector}`, `{connector3}`, `{operator}`; the
    /// platform's, or the common `hlht://`, when not given.
    pub qr_link: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandColourDraft {
    pub accent: String,
}

/// A logo that was drawn by us, as pages and `brand_set` take it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BrandLogo {
    /// `data:image/png;base64,…`
    pub logo: String,
    pub width: i64,
    pub height: i64,
}

/// A brand as pages use it; without a name it is the product's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Brand)]
pub struct BrandView {
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub colours: Option<BrandColours>,
    pub logo: Option<String>,
    pub logo_dark: Option<String>,
    pub qr_link: Option<String>,
    /// To be given back with a change; 0: nothing was set.
    pub version: i64,
}

impl BrandView {
    fn of(brand: Option<Brand>) -> BrandView {
        let Some(brand) = brand else {
            let (name, short_name, colours, logo, logo_dark, qr_link) = (None, None, None, None, None, None);
            return BrandView { name, short_name, colours, logo, logo_dark, qr_link, version: 0 };
        };
        let shown = |logo: String| format!("{PNG}{logo}");
        BrandView {
            name: Some(brand.name),
            short_name: Some(brand.short_name),
            // What was kept was judged when it was set.
            colours: brand.accent.and_then(|accent| brand_colours("accent", &accent).ok()),
            logo: brand.logo.map(shown),
            logo_dark: brand.logo_dark.map(shown),
            qr_link: brand.qr_link,
            version: brand.version,
        }
    }
}

fn no_brand() -> Error {
    Error::not_found(
        "brand.not_found",
        "没有这个运营商，或不在您的数据范围内",
        "There is no such operator in your scope.",
    )
}

/// Whose brand it is, if this person looks after it.
fn owned(conn: &mut Conn, scope: &Scope, owner: i64) -> Result<()> {
    let seen = match owner {
        PLATFORM => scope.operator.is_none(),
        owner => scope.sees_operator(OperatorId(owner)) && operators::exists(conn, OperatorId(owner))?,
    };
    if seen { Ok(()) } else { Err(no_brand()) }
}

/// A brand is of the whole operator: whoever looks after a part of it does not change it.
fn may_set(tx: &mut Tx<'_>, actor: &Actor, owner: i64) -> Result<()> {
    let scope = &actor.caller.scope;
    tx.read(|conn| Ok(owned(conn, scope, owner)))??;
    if scope.area == Area::Everywhere {
        return Ok(());
    }
    Err(Error::new(
        model::error::Kind::Denied,
        "scope.denied",
        model::Text::of(
            "品牌属于整个运营商，您只管理其中一部分，请联系管理员",
            "A brand is the whole operator's, of which you look after a part. Ask an administrator.",
        ),
    ))
}

fn logo_drawn(field: &'static str, body: Vec<u8>) -> Result<picture::Drawn> {
    if picture::is_svg(&body) {
        return Err(Error::invalid(
            field,
            "不接受 SVG：其中可以带脚本。请导出为 PNG、WebP 或 JPEG（透明背景用 PNG）再上传",
            "SVG is not taken: it can carry scripts. Export it as PNG, WebP or JPEG (PNG for a transparent ground).",
        ));
    }
    let drawing = picture::redrawn(field, &picture::checked(field, body)?.body)?;
    let mut small = drawing.png(LOGO_EDGES[0])?;
    if small.width < LOGO_EDGE_MIN || small.height < LOGO_EDGE_MIN {
        return Err(Error::invalid(
            field,
            format!(
                "标志太小或太扁：缩小到 192 像素以内后，宽和高都应不少于 {LOGO_EDGE_MIN} 像素，建议用正方形"
            ),
            format!(
                "The logo is too small or too flat: within 192 pixels both edges have at least {LOGO_EDGE_MIN}; a square is best."
            ),
        ));
    }
    for edge in &LOGO_EDGES[1..] {
        if small.body.len() <= LOGO_MAX {
            break;
        }
        small = drawing.png(*edge)?;
    }
    Ok(small)
}

/// What a draft brings back is judged as what was uploaded: it may come from elsewhere.
fn logo_kept(field: &'static str, logo: Option<&str>) -> Result<Option<String>> {
    let Some(logo) = logo.filter(|logo| !logo.is_empty()) else { return Ok(None) };
    let body = logo.strip_prefix(PNG).and_then(|text| STANDARD.decode(text).ok()).ok_or_else(|| {
        Error::invalid(
            field,
            "标志应先上传检查，再保存；请重新选择图片",
            "A logo is uploaded and looked at before it is saved; choose the picture again.",
        )
    })?;
    Ok(Some(STANDARD.encode(logo_drawn(field, body)?.body)))
}

fn told(brand: &Brand) -> Value {
    let logo = |logo: &Option<String>| logo.as_ref().map(|logo| digest(logo.as_bytes())[..12].to_owned());
    json!({"name": brand.name, "short_name": brand.short_name, "accent": brand.accent,
        "logo": logo(&brand.logo), "logo_dark": logo(&brand.logo_dark), "qr_link": brand.qr_link})
}

impl BrandDraft {
    fn checked(&self) -> Result<Brand> {
        let accent = self.accent.as_deref().filter(|accent| !accent.trim().is_empty());
        let accent = accent.map(|accent| brand_colours("accent", accent)).transpose()?;
        let link = self.qr_link.as_deref().filter(|link| !link.trim().is_empty());
        Ok(Brand {
            name: named("name", &self.name, 24)?,
            short_name: named("short_name", &self.short_name, 12)?,
            accent: accent.map(|colours| colours.chosen),
            logo: logo_kept("logo", self.logo.as_deref())?,
            logo_dark: logo_kept("logo_dark", self.logo_dark.as_deref())?,
            qr_link: link.map(qr_link).transpose()?,
            version: self.version.saturating_add(1),
        })
    }
}

fn changed() -> Error {
    Error::conflict(
        "brand.changed",
        "品牌刚刚被别人修改过，请刷新后在最新内容上重新修改",
        "Somebody else has just changed this brand. Load it again and repeat your change.",
    )
}

impl Engine {
    /// The brand of an operator, or the platform's own (0), for whoever looks after it.
    pub async fn brand_get(&self, scope: Scope, owner: i64) -> Result<BrandView> {
        let read = move |conn: &mut Conn| match owned(conn, &scope, owner) {
            Ok(()) => Ok(Ok(BrandView::of(brands::find(conn, owner)?))),
            Err(why) => Ok(Err(why)),
        };
        self.store.read(read).await?
    }

    /// What this person's console looks like: as their operator has set it, else as the platform has.
    pub async fn brand_shown(&self, operator: Option<OperatorId>) -> Result<BrandView> {
        let read = move |conn: &mut Conn| {
            if let Some(operator) = operator
                && let Some(own) = brands::find(conn, operator.0)?
            {
                return Ok(Some(own));
            }
            brands::find(conn, PLATFORM)
        };
        Ok(BrandView::of(self.store.read(read).await?))
    }

    /// The platform's own, for whoever is not signed in yet.
    pub async fn brand_public(&self, address: &str) -> Result<BrandView> {
        self.readers.enter(address, self.clock.now())?;
        self.brand_shown(None).await
    }

    pub async fn brand_logo_check(&self, body: Vec<u8>) -> Result<BrandLogo> {
        let made = tokio::task::spawn_blocking(move || logo_drawn("photo", body)).await;
        let drawn = made.map_err(|_| Error::internal())??;
        let logo = format!("{PNG}{}", STANDARD.encode(&drawn.body));
        Ok(BrandLogo { logo, width: drawn.width, height: drawn.height })
    }

    pub async fn brand_set(&self, actor: &Actor, owner: i64, draft: BrandDraft) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let version = draft.version;
        let made = tokio::task::spawn_blocking(move || draft.checked()).await;
        let brand = made.map_err(|_| Error::internal())?;
        self.store
            .write(None, move |tx| {
                may_set(tx, &actor, owner)?;
                let brand = brand.clone()?;
                let before = tx.read(|conn| brands::find(conn, owner))?;
                if before.as_ref().map_or(0, |before| before.version) != version {
                    return Err(changed());
                }
                brands::set(tx, owner, &brand)?;
                tx.changed(Change::Noun("brand"));
                let detail = json!({"before": before.as_ref().map(told), "after": told(&brand)});
                actor.record(tx, now, "brand_set", "brand", owner, &detail)
            })
            .await
    }

    /// Back to what it would be if nobody had set it.
    pub async fn brand_delete(&self, actor: &Actor, owner: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                may_set(tx, &actor, owner)?;
                let Some(before) = tx.read(|conn| brands::find(conn, owner))? else { return Ok(()) };
                brands::delete(tx, owner)?;
                tx.changed(Change::Noun("brand"));
                actor.record(tx, now, "brand_delete", "brand", owner, &json!({"before": told(&before)}))
            })
            .await
    }
}
