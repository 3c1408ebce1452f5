//! Things done to several piles at once: one that went well, one that came too early.

use super::PilePlan;
use crate::app::App;
use engine::audit::Actor;
use engine::pile_batch::PileBatchDraft;
use model::Result;
use model::pile_batch::PileBatchDeed;
use std::sync::Arc;

pub async fn write(app: &Arc<App>, actor: &Actor, piles: &[PilePlan]) -> Result<()> {
    let codes = |wanted: &dyn Fn(&PilePlan) -> bool, most: usize| {
        piles.iter().filter(|pile| wanted(pile)).take(most).map(|pile| pile.code.clone()).collect::<Vec<_>>()
    };
    let all = codes(&|_| true, 6);
    let keeping = codes(&|pile| pile.protocol.is_ykc(), 5);
    for (deed, pile_codes) in [(PileBatchDeed::Enable, all), (PileBatchDeed::ClockSet, keeping)] {
        let draft = PileBatchDraft {
            deed,
            pile_codes,
            station_id: None,
            tariff_id: None,
            firmware_id: None,
            reached_by: None,
        };
        let id = app.engine.pile_batch_create(actor, draft).await?;
        app.engine.pile_batch_run(actor, id).await?;
    }
    Ok(())
}
