//! 计费模型: publishing a version.

use crate::Engine;
use crate::audit::Actor;
use model::id::TariffId;
use model::tariff::Period;
use model::{Error, Result};
use serde::Deserialize;
use store::tariff_list::TariffRate;
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TariffDraft {
    pub name: String,
    /// One for each of the four periods.
    #[schema(min_items = 4, max_items = 4)]
    pub rates: Vec<TariffRate>,
    /// One per half hour from 00:00 of the station's day.
    #[schema(min_items = 48, max_items = 48)]
    pub periods: Vec<Period>,
}

impl Engine {
    pub async fn tariff_create(&self, _actor: &Actor, _draft: TariffDraft) -> Result<TariffId> {
        Err(Error::internal())
    }
}
