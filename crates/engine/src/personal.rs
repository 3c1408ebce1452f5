//! 个人信息: everything of one person as a file for them, and erasing a person who has left. An erasure is asked for by
//! one person and decided by another; the books keep the customer's number, and nothing that says who it was.

use crate::Engine;
use crate::audit::Actor;
use crate::customer::no_customer;
use model::customer::CustomerStatus;
use model::id::CustomerId;
use model::personal::ErasureState;
use model::reconciliation::note_checked as note;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::erasures::{self, Erasure};
use store::exports::{Export, ExportFormat, NewExport};
use store::personal::{self, Tie, ties};
use store::{Change, Tx, customer_list, customers};
use utoipa::ToSchema;

/// Under which an export of a person stands among those of lists.
pub const PERSON: &str = "person";

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonDraft {
    /// Why: who has asked for it, and how they were known to be the person.
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureDecision {
    pub approve: bool,
    /// Required for a rejection.
    pub reason: Option<String>,
}

/// How far the erasure of a customer is, and what is in its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErasureCheck {
    pub ties: Vec<Tie>,
    /// The last one that was asked for.
    pub erasure: Option<Erasure>,
    pub erased_at_ms: Option<i64>,
}

/// A line of the register, which a restore runs again: whoever is erased stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub customer_id: i64,
    /// When they were registered: a number that is given anew is another person.
    pub created_at_ms: i64,
    pub erased_at_ms: i64,
}

pub fn no_erasure() -> Error {
    Error::not_found(
        "erasure.not_found",
        "没有这个删除申请，请刷新列表",
        "There is no such erasure; load the list again.",
    )
}

/// What ties a person is told all at once.
fn tied(ties: &[Tie]) -> Error {
    let zh: Vec<String> = ties.iter().map(|tie| tie.text.zh.to_string()).collect();
    let en: Vec<String> = ties.iter().map(|tie| tie.text.en.to_string()).collect();
    Error::refused(
        "erasure.tied",
        format!("还不能删除该用户的个人信息：{}", zh.join("；")),
        format!("This person cannot be erased yet: {}.", en.join("; ")),
    )
}

fn already() -> Error {
    Error::conflict(
        "erasure.done",
        "该用户的个人信息已删除",
        "The personal data of this customer were erased already.",
    )
}

/// Refuses whoever is erased, or still tied.
fn free(tx: &mut Tx<'_>, id: CustomerId) -> Result<()> {
    tx.read(|conn| customers::get(conn, id))?.ok_or_else(no_customer)?;
    if tx.read(|conn| personal::erased_at(conn, id))?.is_some() {
        return Err(already());
    }
    let ties = tx.read(|conn| ties(conn, id))?;
    if ties.is_empty() { Ok(()) } else { Err(tied(&ties)) }
}

impl Engine {
    /// Asks for everything of one person as a file. That somebody has it is written down before it is made.
    pub async fn person_export_create(
        &self,
        actor: &Actor,
        id: CustomerId,
        draft: PersonDraft,
        file_name: String,
    ) -> Result<Export> {
        actor.must_be_platform()?;
        let reason = note("reason", &draft.reason)?;
        let (own, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let scope = own.caller.scope.clone();
                if !tx.read(|conn| customer_list::customer_visible(conn, &scope, id))? {
                    return Err(no_customer());
                }
                own.record(tx, now, "person_export", "customer", id.0, &json!({"reason": reason}))
            })
            .await?;
        let query = [("customer_id".to_owned(), id.0.to_string())].into();
        let (columns, format) = (Vec::new(), ExportFormat::Zip);
        self.export_create(actor, NewExport { noun: PERSON, query, columns, format, file_name }).await
    }

    pub async fn erasure_check(&self, actor: &Actor, id: CustomerId) -> Result<ErasureCheck> {
        actor.must_be_platform()?;
        let read = move |conn: &mut store::Conn| {
            if customers::get(conn, id)?.is_none() {
                return Ok(None);
            }
            let erasure = erasures::last_of(conn, id)?;
            let erased_at_ms = personal::erased_at(conn, id)?;
            let ties = if erased_at_ms.is_some() { Vec::new() } else { ties(conn, id)? };
            Ok(Some(ErasureCheck { ties, erasure, erased_at_ms }))
        };
        self.store.read(read).await?.ok_or_else(no_customer)
    }

    /// Asks for the erasure of a person who has left.
    pub async fn erasure_create(&self, actor: &Actor, id: CustomerId, draft: PersonDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let reason = note("reason", &draft.reason)?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                free(tx, id)?;
                let last = tx.read(|conn| erasures::last_of(conn, id))?;
                if last.is_some_and(|one| one.state == ErasureState::Asked) {
                    return Err(Error::conflict(
                        "erasure.asked",
                        "该用户已有待复核的删除申请，请由另一人复核",
                        "The erasure of this customer was asked for already; somebody else has to decide it.",
                    ));
                }
                let staff = (actor.caller.staff.0, actor.caller.name.as_str());
                let made = erasures::insert(tx, id, &reason, staff, now)?;
                let detail = json!({"erasure_id": made, "reason": reason});
                actor.record(tx, now, "erasure_create", "customer", id.0, &detail)?;
                Ok(made)
            })
            .await
    }

    /// Decides an erasure: by another person than who has asked for it. What is to be registered, where it was done.
    pub async fn erasure_update(
        &self,
        actor: &Actor,
        id: i64,
        decision: ErasureDecision,
    ) -> Result<Option<Registered>> {
        actor.must_be_platform()?;
        let reason = match (decision.approve, decision.reason.as_deref().map(str::trim)) {
            (false, reason) => Some(note("reason", reason.unwrap_or_default())?),
            (true, None | Some("")) => None,
            (true, Some(reason)) => Some(note("reason", reason)?),
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| erasures::find(conn, id))?.ok_or_else(no_erasure)?;
                if one.staff_id == actor.caller.staff.0 {
                    return Err(Error::refused(
                        "erasure.own",
                        "删除个人信息须由另一人复核，不能由申请人自己通过或驳回",
                        "Somebody else has to decide this erasure, not the person who asked for it.",
                    ));
                }
                if one.state != ErasureState::Asked {
                    return Err(Error::conflict(
                        "erasure.decided",
                        "这个删除申请已经复核过，请刷新页面查看结果",
                        "This erasure was decided already. Load the page again.",
                    ));
                }
                let customer = CustomerId(one.customer_id);
                let staff = (actor.caller.staff.0, actor.caller.name.as_str());
                let (state, rows, registered) = if decision.approve {
                    free(tx, customer)?;
                    let known = tx.read(|conn| customers::get(conn, customer))?.ok_or_else(no_customer)?;
                    let rows = personal::erase(tx, customer, now)?;
                    let (created_at_ms, erased_at_ms) = (known.created_at.as_ms(), now.as_ms());
                    let line = Registered { customer_id: customer.0, created_at_ms, erased_at_ms };
                    (ErasureState::Done, rows, Some(line))
                } else {
                    (ErasureState::Rejected, 0, None)
                };
                erasures::decide(tx, id, (state, reason.as_deref(), rows), staff, now)?;
                tx.changed(Change::Noun("customer"));
                let detail = json!({"erasure_id": id, "state": state, "reason": reason, "rows": rows});
                actor.record(tx, now, "erasure_update", "customer", customer.0, &detail)?;
                Ok(registered)
            })
            .await
    }

    /// Everybody who is erased in this database.
    pub async fn erasure_register(&self) -> Result<Vec<Registered>> {
        let lines = self.store.read(erasures::register).await?.into_iter();
        Ok(lines
            .map(|(id, created_at_ms, erased_at_ms)| Registered {
                customer_id: id.0,
                created_at_ms,
                erased_at_ms,
            })
            .collect())
    }

    /// Erases again whoever a restore has brought back; how many. What ties them is no reason to keep it: they were
    /// erased once, by two people.
    pub async fn erasures_reapply(&self, lines: Vec<Registered>) -> Result<usize> {
        let (actor, now) = (Actor::local(), self.clock.now());
        let mut count = 0;
        for line in lines {
            let (actor, id) = (actor.clone(), CustomerId(line.customer_id));
            let tags = self
                .store
                .write(None, move |tx| {
                    let known = tx.read(|conn| customers::get(conn, id))?;
                    let back = known.filter(|one| one.created_at.as_ms() == line.created_at_ms);
                    let Some(mut one) = back else { return Ok(None) };
                    if tx.read(|conn| personal::erased_at(conn, id))?.is_some() {
                        return Ok(None);
                    }
                    let tags = tx.read(|conn| customers::card_tags(conn, id))?;
                    tags.iter().try_for_each(|tag| store::cards::customer_set(tx, tag, None))?;
                    one.standing.decided = CustomerStatus::Cancelled;
                    customers::update(tx, &one)?;
                    let rows = personal::erase(tx, id, now)?;
                    let detail = json!({"erased_at_ms": line.erased_at_ms, "rows": rows});
                    actor.record(tx, now, "erasure_reapply", "customer", id.0, &detail)?;
                    Ok(Some(tags))
                })
                .await?;
            if let Some(tags) = tags {
                self.cards_changed(tags).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}
