//! Stations and piles: registering and changing them.

use crate::Engine;
use crate::audit::Actor;
use model::id::{PileId, StationId};
use model::site::{Lifecycle, PileKind, Protocol};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationDraft {
    pub name: String,
    pub operator_id: i64,
    pub city_code: String,
    pub address: String,
    pub tariff_id: Option<i64>,
    pub longitude_e6: Option<i64>,
    pub latitude_e6: Option<i64>,
    /// Asia/Shanghai when not given.
    pub time_zone: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileDraft {
    pub code: String,
    /// The code when not given.
    pub name: Option<String>,
    pub station_id: i64,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub rated_power_w: i64,
    pub connector_count: i64,
    /// Generated for an OCPP pile when not given.
    pub password: Option<String>,
}

/// What is only known at this moment: the password is not kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileCreated {
    pub id: PileId,
    pub password: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub name: Option<String>,
    pub station_id: Option<i64>,
    pub lifecycle: Option<Lifecycle>,
    pub rated_power_w: Option<i64>,
    pub kind: Option<PileKind>,
    pub protocol: Option<Protocol>,
}

impl Engine {
    pub async fn station_create(&self, _actor: &Actor, _draft: StationDraft) -> Result<StationId> {
        Err(Error::internal())
    }

    pub async fn pile_create(&self, _actor: &Actor, _draft: PileDraft) -> Result<PileCreated> {
        Err(Error::internal())
    }

    pub async fn pile_update(&self, _actor: &Actor, _code: &str, _change: PileChange) -> Result<()> {
        Err(Error::internal())
    }

    pub async fn pile_password_set(
        &self,
        _actor: &Actor,
        _code: &str,
        _password: Option<String>,
    ) -> Result<String> {
        Err(Error::internal())
    }

    pub async fn unknown_pile_dismiss(&self, _actor: &Actor, _code: &str) -> Result<()> {
        Err(Error::internal())
    }
}
