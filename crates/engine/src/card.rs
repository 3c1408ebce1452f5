//! 充电卡: issuing and blocking them.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::card::{CardStatus, Token};
use model::id::CardId;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::cards::{self, NewCard};
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
    /// Whether it charges where a pile cannot ask; false when not given.
    pub offline: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardChange {
    pub status: CardStatus,
    /// Whether it charges where a pile cannot ask; as it is when not given.
    pub offline: Option<bool>,
}

impl CardDraft {
    /// The card, if it keeps all rules that need no database.
    pub(crate) fn checked(self) -> Result<NewCard> {
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
        Ok(NewCard { tag, status, group, expires_at_ms, sessions_max })
    }
}

impl Engine {
    pub async fn card_create(&self, actor: &Actor, draft: CardDraft) -> Result<CardId> {
        actor.must_be_platform()?;
        let offline = draft.offline.unwrap_or(false);
        let card = draft.checked()?;
        let (actor, now, tag) = (actor.clone(), self.clock.now(), card.tag.clone());
        let id = self
            .store
            .write(None, move |tx| {
                if tx.read(|conn| cards::find(conn, &card.tag))?.is_some() {
                    let (zh, en) = (format!("卡号 {}", card.tag), format!("The card {}", card.tag));
                    return Err(taken("tag", "card.exists", &zh, &en));
                }
                let id = cards::insert(tx, &card, now)?;
                if offline {
                    cards::offline_set(tx, id, true)?;
                }
                let after = json!({"after": {"tag": card.tag, "status": card.status, "group": card.group, "offline": offline}});
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
                let card = tx.read(|conn| cards::get(conn, id))?.ok_or_else(|| {
                    Error::not_found("card.not_found", "没有这张卡，请检查卡号", "There is no such card.")
                })?;
                let was = tx.read(|conn| cards::offline_get(conn, id))?;
                let offline = change.offline.unwrap_or(was);
                cards::status_set(tx, id, change.status)?;
                cards::offline_set(tx, id, offline)?;
                if was && !offline {
                    store::pile_desired::lists_stale(tx)?;
                }
                let detail = json!({"before": {"status": card.status, "offline": was},
                    "after": {"status": change.status, "offline": offline}});
                actor.record(tx, now, "card_update", "card", id, &detail)?;
                Ok(card.tag)
            })
            .await?;
        self.cards_changed(vec![tag]).await
    }

    /// After the commit every writer forgets these cards, so that the next token is judged anew.
    pub(crate) async fn cards_changed(&self, tags: Vec<String>) -> Result<()> {
        if tags.is_empty() {
            return Ok(());
        }
        let offline = tags.clone();
        let work = move |tx: &mut Tx<'_>| {
            if tx.read(|conn| cards::any_offline(conn, &offline))? {
                store::pile_desired::lists_stale(tx)?;
            }
            Ok(())
        };
        self.store.write(None, work).await?;
        let forget = move |tx: &mut Tx<'_>| {
            tags.iter().for_each(|tag| tx.card_changed(tag));
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }
}
