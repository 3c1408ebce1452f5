//! 用户端、司机端内容: written, published, withdrawn; and read by the apps.

mod draft;
pub(crate) mod target;

pub use draft::{ContentChange, ContentDraft};

use crate::Engine;
use crate::audit::Actor;
use crate::picture;
use draft::told;
use model::content::{ContentDecision, ContentKind, ContentState};
use model::id::ContentId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::attachments::{self, NewPicture, Picture};
use store::content_shown::{self, AppContent, Onlooker};
use store::contents::{self, Content, PICTURES};
use store::{Change, Conn, Tx};
use target::{changed_meanwhile, may_change};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentStatusChange {
    pub version: i64,
    /// `published` or `withdrawn`.
    pub status: ContentDecision,
}

/// A draft as an app would show it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentCheck {
    /// Whose pictures it has, when it is kept already.
    pub id: Option<i64>,
    pub content: ContentDraft,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ContentPicture {
    pub id: i64,
}

pub(crate) fn no_content() -> Error {
    Error::not_found(
        "content.not_found",
        "没有这条内容，或不在您的数据范围内",
        "There is no such content in your scope.",
    )
}

/// What is to be changed, if this person may, and has seen it as it is.
fn found(conn: &mut Conn, actor: &Actor, id: ContentId, version: Option<i64>) -> Result<Content> {
    let one = contents::find(conn, &actor.caller.scope, id)?.ok_or_else(no_content)?;
    may_change(actor, one.operator)?;
    if version.is_some_and(|version| version != one.version) {
        return Err(changed_meanwhile());
    }
    Ok(one)
}

impl Engine {
    pub async fn content_create(&self, actor: &Actor, draft: ContentDraft) -> Result<ContentId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor, now)))??;
                let id = contents::insert(tx, &one, &actor.caller.name, now)?;
                tx.changed(Change::Noun("content"));
                actor.record(tx, now, "content_create", "content", id.0, &json!({"after": told(&one)}))?;
                Ok(id)
            })
            .await
    }

    /// What an app would show of it; nothing is kept. It says what is wrong with it, too.
    pub async fn content_check(&self, actor: &Actor, check: ContentCheck) -> Result<AppContent> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let read = move |conn: &mut Conn| {
            let one = match check.content.checked(conn, &actor, now) {
                Ok(one) => one,
                Err(wrong) => return Ok(Err(wrong)),
            };
            let kept = match check.id.map(ContentId) {
                Some(id) => contents::find(conn, &actor.caller.scope, id)?,
                None => None,
            };
            let pictures = match kept {
                Some(kept) => attachments::of(conn, PICTURES, kept.id.0)?,
                None => Vec::new(),
            };
            let coupon = match one.coupon {
                Some(coupon) => content_shown::coupon_face(conn, coupon.0)?,
                None => None,
            };
            Ok(Ok(AppContent::of(&one, coupon, pictures)))
        };
        self.store.read(read).await?
    }

    pub async fn content_update(&self, actor: &Actor, id: ContentId, change: ContentChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| update(tx, &actor, id, &change, now)).await
    }

    pub async fn content_status_set(
        &self,
        actor: &Actor,
        id: ContentId,
        change: ContentStatusChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let mut one = tx.read(|conn| Ok(found(conn, &actor, id, Some(change.version))))??;
                let before = one.state(now);
                if change.status == ContentDecision::Published && before == ContentState::Ended {
                    return Err(over());
                }
                one.decision = one.decision.then(change.status)?;
                if change.status == ContentDecision::Published {
                    publishable(tx, &one, now)?;
                    one.published_at = Some(now);
                }
                one.version += 1;
                contents::update(tx, &one)?;
                tx.changed(Change::Noun("content"));
                let detail = json!({"before": {"state": before}, "after": {"state": one.state(now), "title": one.title}});
                actor.record(tx, now, "content_status_set", "content", id.0, &detail)
            })
            .await
    }

    /// Takes away a draft. What was public once stays, so that it can be told later what was.
    pub async fn content_delete(&self, actor: &Actor, id: ContentId) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(found(conn, &actor, id, None)))??;
                if one.decision != ContentDecision::Draft {
                    return Err(published_once());
                }
                contents::delete(tx, id)?;
                tx.changed(Change::Noun("content"));
                actor.record(tx, now, "content_delete", "content", id.0, &json!({"before": told(&one)}))
            })
            .await
    }

    /// Adds a picture; one that is there already is not kept twice.
    pub async fn content_picture_create(
        &self,
        actor: &Actor,
        id: ContentId,
        body: Vec<u8>,
    ) -> Result<ContentPicture> {
        let photo = picture::checked("photo", body)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store.write(None, move |tx| picture_keep(tx, &actor, id, &photo, now)).await
    }

    pub async fn content_picture_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let of = tx.read(|conn| attachments::get(conn, PICTURES, id))?.ok_or_else(no_content)?.0;
                let mut one = tx.read(|conn| Ok(found(conn, &actor, ContentId(of), None)))??;
                if one.kind == ContentKind::Banner && one.decision == ContentDecision::Published {
                    return Err(Error::refused(
                        "content.picture_needed",
                        "展示中的轮播图必须有图片：请先撤回，再更换图片",
                        "A banner that is shown needs its picture: withdraw it first, then change the picture.",
                    ));
                }
                attachments::delete(tx, PICTURES, id)?;
                one.version += 1;
                contents::update(tx, &one)?;
                tx.changed(Change::Noun("content"));
                let detail = json!({"before": {"picture": id}});
                actor.record(tx, now, "content_picture_delete", "content", of, &detail)
            })
            .await
    }

    /// What an app shows at this moment, for anybody who asks.
    pub async fn content_shown(&self, address: &str, who: Onlooker) -> Result<Vec<AppContent>> {
        let now = self.clock.now();
        self.readers.enter(address, now)?;
        self.store.read(move |conn| content_shown::content_shown(conn, &who, now)).await
    }

    /// A picture of what the apps show at this moment.
    pub async fn content_picture_shown(&self, address: &str, id: i64) -> Result<Picture> {
        let now = self.clock.now();
        self.readers.enter(address, now)?;
        let found = self.store.read(move |conn| content_shown::picture_shown(conn, id, now)).await?;
        found.ok_or_else(no_content)
    }
}

pub(crate) fn published_once() -> Error {
    Error::refused(
        "content.not_draft",
        "发布过的内容不能删除，请改为撤回",
        "What was published once is not deleted; withdraw it.",
    )
}

pub(crate) fn over() -> Error {
    Error::invalid(
        "until_ms",
        "结束时间已过：请先编辑，延长结束时间或改为长期有效，再发布",
        "Its end has passed: edit it first, with a later end or none, then publish it.",
    )
}

/// Refuses what an app could not show.
fn publishable(tx: &mut Tx<'_>, one: &Content, now: Timestamp) -> Result<()> {
    if one.until.is_some_and(|until| until <= now) {
        return Err(over());
    }
    let pictures = tx.read(|conn| attachments::of(conn, PICTURES, one.id.0))?.len();
    if one.kind == ContentKind::Banner && pictures == 0 {
        return Err(Error::refused(
            "content.picture_missing",
            "轮播图还没有图片：请先上传图片，再发布",
            "This banner has no picture yet: upload one, then publish it.",
        ));
    }
    if one.kind == ContentKind::Popup && pictures == 0 && one.body.is_empty() {
        return Err(Error::refused(
            "content.empty",
            "弹窗没有图片也没有正文：请至少填写一项，再发布",
            "This pop-up has neither picture nor text: give it one of them, then publish it.",
        ));
    }
    Ok(())
}

fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ContentId,
    change: &ContentChange,
    now: Timestamp,
) -> Result<()> {
    let before = tx.read(|conn| Ok(found(conn, actor, id, Some(change.version))))??;
    let mut one = tx.read(|conn| Ok(change.content.clone().checked(conn, actor, now)))??;
    if (one.kind, one.audience) != (before.kind, before.audience) {
        return Err(Error::invalid(
            "kind",
            "类型与投放端不能修改，请新建一条",
            "Kind and audience stay as they are; make a new one.",
        ));
    }
    (one.id, one.decision, one.published_at) = (id, before.decision, before.published_at);
    one.version = before.version + 1;
    contents::update(tx, &one)?;
    tx.changed(Change::Noun("content"));
    let detail = json!({"before": told(&before), "after": told(&one)});
    actor.record(tx, now, "content_update", "content", id.0, &detail)
}

fn picture_keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ContentId,
    photo: &picture::Checked,
    now: Timestamp,
) -> Result<ContentPicture> {
    let mut one = tx.read(|conn| Ok(found(conn, actor, id, None)))??;
    let most = one.kind.pictures_max();
    if tx.read(|conn| attachments::of(conn, PICTURES, id.0))?.len() >= most {
        return Err(Error::invalid(
            "photo",
            format!("这类内容最多 {most} 张图片，请先删除不用的图片"),
            format!("This kind of content has at most {most} pictures; delete one first."),
        ));
    }
    if tx.read(|conn| attachments::has(conn, PICTURES, id.0, &photo.digest))? {
        return Err(Error::invalid(
            "photo",
            "这张图片已经上传过，请选择其他图片",
            "This picture is there already; choose another.",
        ));
    }
    let picture = NewPicture {
        noun: PICTURES,
        noun_id: id.0,
        kind: photo.kind,
        digest: &photo.digest,
        body: &photo.body,
    };
    let picture = attachments::insert(tx, &picture, now)?;
    one.version += 1;
    contents::update(tx, &one)?;
    tx.changed(Change::Noun("content"));
    let detail = json!({"after": {"picture": picture}});
    actor.record(tx, now, "content_picture_create", "content", id.0, &detail)?;
    Ok(ContentPicture { id: picture })
}
