//! The public door: what people send from the mini-program, and what staff write down for them.

use super::{no_feedback, plain};
use crate::Engine;
use crate::audit::Actor;
use crate::picture;
use model::error::{Kind, Text};
use model::feedback::{FeedbackAction, FeedbackKind, FeedbackSource, feedback_no};
use model::id::{ConnectorNo, FeedbackId, OrderId};
use model::order::Order;
use model::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::attachments::{self, NewPicture};
use store::feedback::{self, Feedback, NewEvent, NewFeedback};
use store::feedback_list::{FeedbackEvent, PHOTOS, feedback_events};
use store::{Change, Tx};
use utoipa::ToSchema;

pub const PHOTOS_MAX: usize = 6;
const CONTENT_MAX: usize = 1_000;
/// From one number within a day: more is not a person who needs help.
const PER_PHONE_MAX: i64 = 10;
/// How long photos may follow.
const UPLOAD_MS: i64 = HOUR_MS;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackDraft {
    /// The sender's own name of this feedback, 8 to 64 letters, digits and `-`: when it is sent again
    /// with the same name it is not kept twice.
    pub request_id: String,
    /// `mini_program` when not given.
    pub source: Option<FeedbackSource>,
    pub kind: FeedbackKind,
    /// A code of the categories that are offered.
    pub category: String,
    pub content: String,
    /// A mainland mobile number, or any number of 5 to 15 digits.
    pub phone: String,
    pub name: Option<String>,
    pub station_id: Option<i64>,
    pub pile_code: Option<String>,
    pub connector_no: Option<ConnectorNo>,
    /// 18 digits, as the order's page shows it.
    pub order_no: Option<String>,
    /// For programs that fill in everything: people do not see this field and leave it empty.
    pub website: Option<String>,
}

/// What the person is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackReceipt {
    pub no: String,
    /// Sends photos after it, for one hour.
    pub upload_token: String,
}

/// How far we are, for the person who wrote.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackProgress {
    pub no: String,
    pub state: model::feedback::FeedbackState,
    pub created_at_ms: i64,
    /// What the person thought of how it was handled, 1 to 5.
    pub score: Option<i64>,
    pub score_text: Option<String>,
    /// It may be rated now, for the first time or otherwise.
    pub may_rate: bool,
    /// What concerns the person: that it came in, our replies, that it was closed.
    pub events: Vec<FeedbackEvent>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FeedbackPhotoReceipt {
    /// How many photos there are now.
    pub photo_count: i64,
}

/// The digits of a phone number; spaces, dashes and +86 are only dress.
pub(crate) fn phone_checked(text: &str) -> Result<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let bare = bare.strip_prefix("+86").unwrap_or(&bare);
    if (5..=15).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(bare.to_owned());
    }
    Err(Error::invalid(
        "phone",
        "手机号应为 5 到 15 位数字，例如 13800138000",
        "A phone number has 5 to 15 digits, for example 13800138000.",
    ))
}

/// The number of somebody who calls, as they are looked up by it.
pub fn caller_phone(text: &str) -> Result<String> {
    phone_checked(text)
}

/// A draft that keeps all rules that need no database.
struct Checked {
    draft: FeedbackDraft,
    order: Option<OrderId>,
}

fn checked(mut draft: FeedbackDraft) -> Result<Checked> {
    let id = draft.request_id.trim();
    if !(8..=64).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Error::invalid(
            "request_id",
            "请求号应为 8 到 64 个字母、数字或短横线，例如一个 UUID；同一条反馈重发时保持不变",
            "request_id has 8 to 64 letters, digits and dashes, for example a UUID, and stays the same when it is sent again.",
        ));
    }
    draft.request_id = id.to_owned();
    if draft.website.as_deref().is_some_and(|text| !text.is_empty()) {
        return Err(Error::invalid("website", "此栏请留空", "Leave this field empty."));
    }
    draft.content = plain("content", &draft.content, CONTENT_MAX)?;
    draft.phone = phone_checked(&draft.phone)?;
    let name = draft.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    draft.name = name.map(|name| crate::site::named("name", name, 32)).transpose()?;
    if draft.connector_no.is_some() && draft.pile_code.is_none() {
        return Err(Error::invalid(
            "pile_code",
            "填写枪号时请同时填写电桩编号",
            "Give the pile's number together with the connector's.",
        ));
    }
    let number = draft.order_no.as_deref().map(str::trim).filter(|no| !no.is_empty());
    let order = number.map(|no| Order::id_of_number(no).ok_or_else(no_order)).transpose()?;
    Ok(Checked { draft, order })
}

pub(super) fn no_order() -> Error {
    Error::invalid(
        "order_no",
        "没有这个订单号，请在订单详情中复制 18 位订单号",
        "There is no such order; copy the 18 digits from the order's page.",
    )
}

/// Where it happened, as far as it was told.
fn placed(tx: &mut Tx<'_>, draft: &FeedbackDraft, new: &mut NewFeedback) -> Result<()> {
    if let Some(code) = draft.pile_code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
        let place = tx.read(|conn| feedback::place_of_pile(conn, code))?;
        let (pile, station, operator) = place.ok_or_else(|| {
            Error::invalid(
                "pile_code",
                "没有这台充电桩，请核对桩身编号，或留空",
                "There is no such pile; check the number on it, or leave it empty.",
            )
        })?;
        (new.pile, new.station, new.operator) = (Some(pile), Some(station), Some(operator));
        new.connector_no = draft.connector_no.map(i64::from);
    } else if let Some(station) = draft.station_id {
        let operator = tx.read(|conn| feedback::operator_of_station(conn, station))?;
        let operator = operator.ok_or_else(|| {
            Error::invalid(
                "station_id",
                "没有这个充电站，请从列表中重新选择",
                "There is no such station; choose one from the list.",
            )
        })?;
        (new.station, new.operator) = (Some(station), Some(operator));
    }
    Ok(())
}

impl Engine {
    /// Takes feedback from anybody. The same request again is answered with the same number.
    pub async fn feedback_submit(&self, address: &str, draft: FeedbackDraft) -> Result<FeedbackReceipt> {
        self.visitors.enter(address, self.clock.now())?;
        self.feedback_keep(None, draft).await
    }

    /// Staff write down what somebody told them: by telephone, on site.
    pub async fn feedback_create(&self, actor: &Actor, draft: FeedbackDraft) -> Result<FeedbackReceipt> {
        self.feedback_keep(Some(actor.clone()), draft).await
    }

    async fn feedback_keep(&self, actor: Option<Actor>, draft: FeedbackDraft) -> Result<FeedbackReceipt> {
        let Checked { draft, order } = checked(draft)?;
        let (now, upload_token) = (self.clock.now(), self.random.hex::<16>()?);
        let keep = move |tx: &mut Tx<'_>| keep(tx, actor.as_ref(), &draft, order, &upload_token, now);
        self.store.write(None, keep).await
    }

    /// Adds a photo; one that is there already is not kept twice.
    pub async fn feedback_photo_add(
        &self,
        address: &str,
        no: &str,
        upload_token: &str,
        body: Vec<u8>,
    ) -> Result<FeedbackPhotoReceipt> {
        let now = self.clock.now();
        self.visitors.enter(address, now)?;
        let photo = picture::checked("photo", body)?;
        let (no, token) = (no.to_owned(), upload_token.to_owned());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| feedback::by_no(conn, &no))?;
                let one = one.filter(|one| one.upload_token == token).ok_or_else(no_feedback)?;
                if now.as_ms() - one.created_at.as_ms() > UPLOAD_MS {
                    return Err(Error::refused(
                        "feedback.upload_ended",
                        "提交超过一小时，不能再补充图片；请提交新的反馈并注明原编号",
                        "Photos can follow for one hour. Send new feedback that names the first one.",
                    ));
                }
                photo_keep(tx, one.id, &photo, now)
            })
            .await
    }

    /// How far we are; the number of the feedback and the phone number together open it.
    pub async fn feedback_progress(&self, address: &str, no: &str, phone: &str) -> Result<FeedbackProgress> {
        self.visitors.enter(address, self.clock.now())?;
        let (no, phone) = (no.trim().to_ascii_uppercase(), phone_checked(phone)?);
        let found = self.store.read(move |conn| {
            let Some(one) = feedback::by_no(conn, &no)? else { return Ok(None) };
            if one.phone.as_ref() != Some(&phone) {
                return Ok(None);
            }
            let events = feedback_events(conn, one.id)?;
            Ok(Some((one, events)))
        });
        let (one, mut events) = found.await?.ok_or_else(no_feedback)?;
        events.retain(|event| event.told);
        // Who of us answered is not theirs to know.
        events.iter_mut().for_each(|event| event.staff_name = None);
        let may_rate = super::score::may_rate(&one, self.clock.now());
        let Feedback { no, state, created_at, score, score_text, .. } = one;
        Ok(FeedbackProgress {
            no,
            state,
            created_at_ms: created_at.as_ms(),
            score,
            score_text,
            may_rate,
            events,
        })
    }
}

fn keep(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    draft: &FeedbackDraft,
    order: Option<OrderId>,
    upload_token: &str,
    now: Timestamp,
) -> Result<FeedbackReceipt> {
    if let Some(known) = tx.read(|conn| feedback::by_request(conn, &draft.request_id))? {
        if known.phone.as_ref() != Some(&draft.phone) {
            return Err(Error::conflict(
                "feedback.request_used",
                "这个请求号已用于另一条反馈，请换一个新的请求号再提交",
                "This request_id was used for other feedback; send it under a new one.",
            )
            .on_field("request_id"));
        }
        return Ok(FeedbackReceipt { no: known.no, upload_token: known.upload_token });
    }
    let since = now.plus_ms(-DAY_MS);
    if actor.is_none()
        && tx.read(|conn| feedback::of_phone_since(conn, &draft.phone, since))? >= PER_PHONE_MAX
    {
        return Err(Error::new(
            Kind::Limited,
            "feedback.phone_limited",
            Text::of(
                "该手机号 24 小时内已提交 10 条反馈，请在已有反馈中查看进度，或拨打客服电话",
                "Ten were sent from this number within a day. Look at the progress of those, or call us.",
            ),
        )
        .on_field("phone"));
    }
    let customer = tx.read(|conn| feedback::customer_of_phone(conn, &draft.phone))?;
    let mut new = NewFeedback {
        request_id: draft.request_id.clone(),
        upload_token: upload_token.to_owned(),
        source: draft.source.unwrap_or(FeedbackSource::MiniProgram),
        kind: draft.kind,
        category: super::category::offered(tx, &draft.category)?,
        content: draft.content.clone(),
        phone: Some(draft.phone.clone()),
        name: draft.name.clone(),
        customer: customer.map(|(id, _)| id),
        operator: None,
        station: None,
        pile: None,
        connector_no: None,
        order,
        limit: tx.read(|conn| feedback::limit_of(conn, draft.kind))?,
    };
    placed(tx, draft, &mut new)?;
    if actor.is_none() {
        super::block::must_not_hold(tx, (&draft.phone, new.customer), new.operator, now)?;
    }
    if let Some(order) = order {
        let scope = actor.map_or(model::access::Scope::ALL, |actor| actor.caller.scope.clone());
        if !tx.read(|conn| feedback::order_seen(conn, &scope, order))? {
            return Err(no_order());
        }
    }
    if let Some(actor) = actor {
        seen_by_its_writer(actor, &mut new)?;
    }
    let day = Zone::shanghai().local(now).day;
    let (id, no) = feedback::insert(tx, &new, now, |id| feedback_no(day, id))?;
    let staff_name = actor.map(|actor| actor.caller.name.as_str());
    let event = NewEvent { action: FeedbackAction::Create, staff_name, text: "", told: true };
    feedback::event_append(tx, id, &event, now)?;
    if let Some(actor) = actor {
        let after = json!({"after": {"no": no, "kind": new.kind, "category": new.category}});
        actor.record(tx, now, "feedback_create", "feedback", &no, &after)?;
    }
    crate::webhook::feedback_told(tx, &no, &new, draft.pile_code.as_deref().map(str::trim), now)?;
    tx.changed(Change::Noun("feedback"));
    Ok(FeedbackReceipt { no, upload_token: upload_token.to_owned() })
}

/// Staff of one operator write down only what they will find again in their own list.
fn seen_by_its_writer(actor: &Actor, new: &mut NewFeedback) -> Result<()> {
    let scope = &actor.caller.scope;
    let sees = match new.operator {
        Some(operator) => scope.sees_operator(model::id::OperatorId(operator)),
        None => scope.is_all(),
    };
    if sees {
        return Ok(());
    }
    Err(Error::invalid(
        "pile_code",
        "请填写您数据范围内的电桩编号，这条反馈才会出现在您的列表中",
        "Give the number of a pile in your scope, so that this feedback appears in your list.",
    ))
}

fn photo_keep(
    tx: &mut Tx<'_>,
    id: FeedbackId,
    photo: &picture::Checked,
    now: Timestamp,
) -> Result<FeedbackPhotoReceipt> {
    let before = tx.read(|conn| attachments::of(conn, PHOTOS, id.0))?.len();
    let count = |n: usize| FeedbackPhotoReceipt { photo_count: i64::try_from(n).unwrap_or(i64::MAX) };
    if tx.read(|conn| attachments::has(conn, PHOTOS, id.0, &photo.digest))? {
        return Ok(count(before));
    }
    if before >= PHOTOS_MAX {
        return Err(Error::invalid(
            "photo",
            format!("每条反馈最多 {PHOTOS_MAX} 张图片，这张没有保存"),
            format!("A feedback has at most {PHOTOS_MAX} photos; this one was not kept."),
        ));
    }
    let picture = NewPicture {
        noun: PHOTOS,
        noun_id: id.0,
        kind: photo.kind,
        digest: &photo.digest,
        body: &photo.body,
    };
    attachments::insert(tx, &picture, now)?;
    tx.changed(Change::Noun("feedback"));
    Ok(count(before + 1))
}
