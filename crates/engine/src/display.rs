//! 屏显消息, 客户信息 and 厂商消息 of piles: what their answers have changed, and what they are asked of customers.

use crate::Engine;
use crate::audit::Actor;
use crate::command::CommandRequest;
use crate::site::named;
use model::display::{DisplayChange, VendorWord};
use model::id::{CommandId, PileId};
use model::site::Protocol;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::customer_inquiries::{self, NewCustomerInquiry};
use store::displays;
use store::ids::Noun;
use store::pile_state::masked;
use store::vendor_messages::{self, NewVendorMessage};
use utoipa::ToSchema;

/// Whom a pile is asked about, and what for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerInquiryDraft {
    /// The number of a card, as the pile has met it.
    pub card_tag: Option<String>,
    /// Another name that the pile's vendor has for the customer.
    pub customer_name: Option<String>,
    /// It shall tell what it knows.
    pub reports: bool,
    /// It shall forget what it knows.
    pub clears: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorWordDraft {
    pub vendor: String,
    /// Not given: all of this vendor's messages.
    pub message: Option<String>,
    pub note: Option<String>,
}

fn no_inquiry() -> Error {
    Error::not_found(
        "customer_inquiry.not_found",
        "没有这条客户信息查询，或桩还没有上报内容，请刷新后重试",
        "There is no such question, or the pile has told nothing yet; load the page again.",
    )
}

impl CustomerInquiryDraft {
    /// The wire's payload without its number, and whom it is about, masked.
    fn checked(&self) -> Result<(serde_json::Value, String)> {
        if !self.reports && !self.clears {
            return Err(Error::invalid(
                "reports",
                "请至少选择“上报”或“清除”中的一项",
                "Choose at least one of telling and forgetting.",
            ));
        }
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let mut payload = json!({ "report": self.reports, "clear": self.clears });
        let about = match (given(&self.card_tag), given(&self.customer_name)) {
            (Some(tag), None) => {
                let tag = named("card_tag", &tag, 36)?;
                payload["idToken"] = json!({ "idToken": tag, "type": "ISO14443" });
                tag
            }
            (None, Some(name)) => {
                let name = named("customer_name", &name, 64)?;
                payload["customerIdentifier"] = json!(name);
                name
            }
            (None, None) => {
                return Err(Error::invalid(
                    "card_tag",
                    "请填写卡号或客户标识",
                    "Write the number of a card, or the customer's name at the pile.",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Error::invalid(
                    "customer_name",
                    "卡号与客户标识只能填写一项",
                    "Write either the number of a card or the customer's name, not both.",
                ));
            }
        };
        Ok((payload, masked(&about)))
    }
}

impl Engine {
    /// What the pile's answer has changed of its messages. `at`: when that came.
    pub async fn displays_keep(
        &self,
        pile: PileId,
        changes: Vec<DisplayChange>,
        at: Timestamp,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let write = self.store.write(Some(pile), move |tx| {
            tx.with_pile(pile, |tx, hot| displays::apply(tx, &hot.pile, &changes, at))
        });
        write.await
    }

    /// The pile has taken what this session costs, to show it.
    pub async fn cost_keep(&self, pile: PileId, session: String, cost: String, at: Timestamp) -> Result<()> {
        let write = self.store.write(Some(pile), move |tx| {
            tx.with_pile(pile, |tx, hot| displays::cost_shown(tx, &hot.pile, &session, &cost, at))
        });
        write.await
    }

    /// What was said to a pile in its vendor's words, and answered.
    pub async fn vendor_message_keep(&self, pile: PileId, one: NewVendorMessage) -> Result<()> {
        let write = self.store.write(Some(pile), move |tx| {
            tx.with_pile(pile, |tx, hot| vendor_messages::insert(tx, &hot.pile, &one))
        });
        write.await
    }

    /// Asks a pile what it knows of a customer, or to forget it.
    pub async fn customer_inquiry_create(
        &self,
        actor: &Actor,
        code: &str,
        draft: CustomerInquiryDraft,
    ) -> Result<CommandId> {
        let pile = self.pile_seen(actor, code).await?;
        let (mut payload, about) = draft.checked()?;
        if !matches!(pile.protocol, Protocol::Ocpp201 | Protocol::Ocpp21) {
            return Err(Error::refused(
                "pile.no_customers",
                format!("充电桩 {} 的协议没有客户信息查询，只有 OCPP 2.0.1 和 2.1 的桩支持", pile.code),
                format!(
                    "Pile {} cannot be asked of customers; only OCPP 2.0.1 and 2.1 have that.",
                    pile.code
                ),
            ));
        }
        if !pile.online {
            return Err(Error::refused(
                "pile.offline",
                format!("充电桩 {} 当前离线，请待设备上线后重试", pile.code),
                format!("Pile {} is off line. Try again once it is back.", pile.code),
            ));
        }
        let (actor_in, now, id) = (actor.clone(), self.clock.now(), pile.id);
        let code = pile.code.clone();
        let request_no = self
            .store
            .write(Some(id), move |tx| {
                let request_no = tx.next_id(Noun::CustomerInquiry)?;
                let one = NewCustomerInquiry {
                    pile: id,
                    request_no,
                    about: Some(about.clone()),
                    reports: draft.reports,
                    clears: draft.clears,
                    staff_name: Some(actor_in.caller.name.clone()),
                    at: now,
                };
                customer_inquiries::insert(tx, &one)?;
                let detail = json!({"request_no": request_no, "about": about, "reports": draft.reports, "clears": draft.clears});
                actor_in.record(tx, now, "customer_inquiry_create", "pile", &code, &detail)?;
                Ok(request_no)
            })
            .await?;
        payload["requestId"] = json!(request_no);
        let request =
            CommandRequest::Call { action: "CustomerInformation".to_owned(), payload: payload.to_string() };
        let command = self.command(&actor.caller, id, request).await?;
        let write = self.store.write(Some(id), move |tx| {
            tx.with_pile(id, |tx, hot| customer_inquiries::sent(tx, &hot.pile, request_no, command))
        });
        write.await?;
        Ok(command)
    }

    /// What a pile has told of a customer, all pieces together; that it was looked at is logged.
    pub async fn customer_inquiry_reveal(
        &self,
        actor: &Actor,
        code: &str,
        request_no: i64,
    ) -> Result<String> {
        let pile = self.pile_seen(actor, code).await?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(Some(pile.id), move |tx| {
                let told = tx.read(|conn| customer_inquiries::told(conn, pile.id, request_no))?;
                let told = told.ok_or_else(no_inquiry)?;
                let detail = json!({"request_no": request_no});
                actor.record(tx, now, "customer_inquiry_reveal", "pile", &pile.code, &detail)?;
                Ok(told)
            })
            .await
    }

    /// From now on the platform takes these words, and answers Accepted.
    pub async fn vendor_word_create(&self, actor: &Actor, draft: VendorWordDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let vendor = named("vendor", &draft.vendor, 255)?;
        let message = draft.message.filter(|text| !text.trim().is_empty());
        let message = message.map(|text| named("message", &text, 50)).transpose()?;
        let note = crate::content::target::written("note", draft.note.as_deref().unwrap_or_default(), 200)?;
        let (actor, now, word) = (actor.clone(), self.clock.now(), VendorWord { vendor, message });
        let id = self
            .store
            .write(None, move |tx| {
                let id = vendor_messages::vendor_word_save(tx, &word, &note)?.ok_or_else(|| {
                    Error::conflict(
                        "vendor_word.known",
                        "这个厂商标识与消息已经登记过，无需重复登记",
                        "This vendor's message is known already.",
                    )
                    .on_field("message")
                })?;
                let detail = json!({"before": null, "after": {"vendor": word.vendor, "message": word.message, "note": note}});
                actor.record(tx, now, "vendor_word_create", "vendor_word", id, &detail)?;
                Ok(id)
            })
            .await?;
        self.vendor_words_load().await?;
        Ok(id)
    }

    /// From now on it answers UnknownVendorId or UnknownMessageId again.
    pub async fn vendor_word_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let known = vendor_messages::vendor_word_delete(tx, id)?.ok_or_else(|| {
                    Error::not_found(
                        "vendor_word.not_found",
                        "没有这个厂商标识，可能已被他人删除，请刷新",
                        "There is no such vendor's word; somebody may have deleted it.",
                    )
                })?;
                let detail = json!({"before": {"vendor": known.vendor, "message": known.message, "note": known.note}, "after": null});
                actor.record(tx, now, "vendor_word_delete", "vendor_word", id, &detail)
            })
            .await?;
        self.vendor_words_load().await
    }
}
