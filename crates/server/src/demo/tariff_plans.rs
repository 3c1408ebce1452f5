//! Changes of prices: one to come, one that has just taken effect, one that was taken back.

use super::catalogue::{STATIONS, tariff_night, tariff_winter};
use crate::app::App;
use engine::audit::Actor;
use engine::pricing::TariffDraft;
use engine::site::PileTariffDraft;
use engine::tariff_plan::{TariffPlanDraft, TariffPlanWithdrawal};
use model::Result;
use model::id::{PileCode, TariffId};
use model::time::DAY_MS;
use std::sync::Arc;

const HOUR_MS: i64 = 3_600_000;

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let engine = &app.engine;
    let winter = engine.tariff_create(actor, kept(tariff_winter())).await?;
    let night = engine.tariff_create(actor, kept(tariff_night())).await?;
    let stations = app.engine.store.read(store::stations::names).await?;
    let of = |busy: bool| -> Vec<i64> {
        let chosen = STATIONS.iter().filter(|plan| plan.busy == busy);
        chosen.filter_map(|plan| stations.get(plan.name)).map(|id| id.0).collect()
    };
    // Midnights on the wall of the stations.
    let today = (app.now().as_ms() + 8 * HOUR_MS) / DAY_MS;
    let midnight = |days: i64| Some((today + days) * DAY_MS - 8 * HOUR_MS);
    let plan = |TariffId(tariff_id), station_ids, effective_ms, reason: &str| {
        let draft = TariffPlanDraft { tariff_id, station_ids, effective_ms, reason: reason.to_owned() };
        engine.tariff_plan_create(actor, draft)
    };
    let busy = of(true);
    let mistaken = plan(winter, busy.clone(), midnight(1), "迎峰度冬分时电价调整").await?;
    let withdrawal = TariffPlanWithdrawal {
        reason: "物价部门的执行日期推迟，按新日期重新安排".to_owned()
    };
    engine.tariff_plan_cancel(actor, mistaken, withdrawal).await?;
    plan(winter, busy, midnight(3), "迎峰度冬分时电价调整，按省发改委通知执行").await?;
    plan(night, of(false).into_iter().take(2).collect(), None, "郊区站夜间充电优惠").await?;
    // One pile of an inner city station is for taxis at night.
    let code = "32010601019001";
    let found = app.engine.store.read(|conn| {
        let code = PileCode::parse(code);
        code.map_or(Ok(None), |code| store::piles::by_code(conn, &code))
    });
    if let Some(pile) = found.await? {
        let draft = PileTariffDraft { version: pile.version, tariff_id: Some(night.0) };
        engine.pile_tariff_set(actor, code, draft).await?;
    }
    Ok(())
}

/// Published for a plan, in use nowhere yet.
fn kept(draft: TariffDraft) -> TariffDraft {
    TariffDraft { at_once: Some(false), ..draft }
}
