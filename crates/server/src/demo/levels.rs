//! What the member levels of the demo give.

use crate::app::App;
use engine::audit::Actor;
use engine::customer::MemberLevelChange;
use model::Result;
use std::sync::Arc;

/// 银卡 5 %, 金卡 10 % off the service fee.
const OFF: [(i64, i64); 2] = [(2, 50), (3, 100)];

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    for one in app.engine.store.read(store::member_levels::all).await? {
        let Some((_, permille)) = OFF.iter().find(|(id, _)| *id == one.id) else { continue };
        let change = MemberLevelChange {
            version: one.version,
            name: one.name,
            place: one.place,
            energy_dwh: one.energy_dwh,
            order_count: one.order_count,
            total_fen: one.total_fen,
            service_off_permille: *permille,
            rights: one.rights,
        };
        app.engine.member_level_update(actor, one.id, change).await?;
    }
    Ok(())
}
