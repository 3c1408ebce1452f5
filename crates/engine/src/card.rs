//! 充电卡: issuing and blocking them.

use crate::Engine;
use crate::audit::Actor;
use model::card::CardStatus;
use model::id::CardId;
use model::{Error, Result};
use serde::Deserialize;
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

impl Engine {
    pub async fn card_create(&self, _actor: &Actor, _draft: CardDraft) -> Result<CardId> {
        Err(Error::internal())
    }

    pub async fn card_update(&self, _actor: &Actor, _id: CardId, _change: CardChange) -> Result<()> {
        Err(Error::internal())
    }
}
