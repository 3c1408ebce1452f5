//! 充电卡: issuing and blocking them.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::card::{CardStatus, Token};
use model::id::CardId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::ids::Noun;
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardDraft {
    pub tag: String,
    pub status: CardStatus,
    pub group: Option<String>,
    pub expires_at_ms: Option<i64>,
    /// How many sessions may run on it at once; 1 when not given.
    pub sessions_max: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardChange {
    pub status: CardStatus,
}

/// A draft that keeps all rules that need no database.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub tag: String,
    pub status: CardStatus,
    pub group: Option<String>,
    pub expires_at_ms: Option<i64>,
    pub sessions_max: i64,
}

impl CardDraft {
    pub(crate) fn checked(self) -> Result<Checked> {
        let tag = Token::card(self.tag).key();
        if !(1..=36).contains(&tag.len()) || !tag.bytes().all(|b| (0x21..0x7f).contains(&b)) {
            return Err(Error::invalid(
                "tag",
                "卡号应为 1 到 36 个可见的英文字符，不含空格",
                "A card's number has 1 to 36 printable ASCII characters without spaces.",
            ));
        }
        let group = self.group.as_deref().map(str::trim).filter(|group| !group.is_empty());
        let group = group.map(|group| named("group", group, 20)).transpose()?;
        let sessions_max = self.sessions_max.unwrap_or(1);
        if !(1..=1_000).contains(&sessions_max) {
            return Err(Error::invalid(
                "sessions_max",
                "同时充电数应在 1 到 1000 之间",
                "sessions_max is between 1 and 1000.",
            ));
        }
        let Self { status, expires_at_ms, .. } = self;
        Ok(Checked { tag, status, group, expires_at_ms, sessions_max })
    }
}

pub(crate) fn insert(tx: &mut Tx<'_>, card: &Checked, now: Timestamp) -> Result<CardId> {
    let id = tx.next_id(Noun::Card)?;
    tx.execute(
        "INSERT INTO card (id, tag, status, card_group, expires_at_ms, sessions_max, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            (&card.tag).into(),
            card.status.as_str().into(),
            card.group.as_ref().into(),
            card.expires_at_ms.into(),
            card.sessions_max.into(),
            now.as_ms().into(),
        ],
    )?;
    Ok(CardId(id))
}

impl Engine {
    pub async fn card_create(&self, actor: &Actor, draft: CardDraft) -> Result<CardId> {
        actor.must_be_platform()?;
        let card = draft.checked()?;
        let (actor, now, tag) = (actor.clone(), self.clock.now(), card.tag.clone());
        let id = self
            .store
            .write(None, move |tx| {
                let same = tx.find("SELECT 1 FROM card WHERE tag = $1", &[(&card.tag).into()], |_| Ok(()))?;
                if same.is_some() {
                    let (zh, en) = (format!("卡号 {}", card.tag), format!("The card {}", card.tag));
                    return Err(taken("tag", "card.exists", &zh, &en));
                }
                let id = insert(tx, &card, now)?;
                let after = json!({"after": {"tag": card.tag, "status": card.status, "group": card.group}});
                actor.record(tx, now, "card_create", "card", id, &after)?;
                Ok(id)
            })
            .await?;
        self.cards_changed(vec![tag]).await?;
        Ok(id)
    }

    pub async fn card_update(&self, actor: &Actor, id: CardId, change: CardChange) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let tag = self
            .store
            .write(None, move |tx| {
                let card = tx.read(|conn| store::cards::get(conn, id))?.ok_or_else(|| {
                    Error::not_found("card.not_found", "没有这张卡，请检查卡号", "There is no such card.")
                })?;
                tx.execute(
                    "UPDATE card SET status = $1 WHERE id = $2",
                    &[change.status.as_str().into(), id.0.into()],
                )?;
                let detail = json!({"before": {"status": card.status}, "after": {"status": change.status}});
                actor.record(tx, now, "card_update", "card", id, &detail)?;
                Ok(card.tag)
            })
            .await?;
        self.cards_changed(vec![tag]).await
    }

    /// After the commit every writer forgets these cards, so that the next token is judged anew.
    pub(crate) async fn cards_changed(&self, tags: Vec<String>) -> Result<()> {
        let forget = move |tx: &mut Tx<'_>| {
            tags.iter().for_each(|tag| tx.card_changed(tag));
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }
}
