//! What a pile has accepted of charging profiles, monitors and what it shows is kept: only here the wire's words and the command's row
//! meet.

use crate::app::App;
use model::Result;
use model::id::CommandId;
use model::profile::ProfileChange;
use model::time::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use store::commands::CommandState;
use store::vendor_messages::NewVendorMessage;

/// After a command was answered; the link goes on meanwhile.
pub fn answered(app: &Arc<App>, command: CommandId) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(why) = keep(&app, command).await {
            tracing::warn!(%why, %command, "what a pile has accepted could not be kept");
        }
    });
}

async fn keep(app: &App, command: CommandId) -> Result<()> {
    let row = app.engine.command_get(command).await?;
    if !matches!(row.kind.as_str(), "call" | "limit_set") {
        return Ok(());
    }
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let action = body["action"].as_str().unwrap_or_default();
    let payload = body["payload"].as_str().unwrap_or_default();
    // Monitors are answered one by one: a refusal of some says nothing of the others.
    let told = protocol::monitors_answered(action, payload, row.detail.as_deref());
    let at = row.ended_at_ms.map_or(app.now(), Timestamp::from_ms);
    app.engine.monitors_keep(row.pile, told, at).await?;
    let accepted = row.state == CommandState::Accepted;
    let shown = protocol::displays_changed(action, payload, row.detail.as_deref(), accepted);
    app.engine.displays_keep(row.pile, shown, at).await?;
    if let Some((said, status, answer)) = protocol::vendor_answered(action, payload, row.detail.as_deref()) {
        let one = NewVendorMessage { up: false, said, status, answer, at };
        app.engine.vendor_message_keep(row.pile, one).await?;
    }
    if row.state != CommandState::Accepted {
        return Ok(());
    }
    app.engine.monitors_keep(row.pile, protocol::monitors_accepted(action, payload), at).await?;
    if let Some((session, cost)) = protocol::cost_shown(action, payload) {
        app.engine.cost_keep(row.pile, session, cost, at).await?;
    }
    let changes = if row.kind == "call" {
        protocol::profile_changes(action, &serde_json::from_str(payload).unwrap_or_default())
    } else {
        limit(row.connector, &body).into_iter().collect()
    };
    app.engine.profiles_keep(row.pile, changes).await
}

/// What load management has set; a whole 云快充 pile has no profiles.
fn limit(connector: Option<i64>, body: &Value) -> Option<ProfileChange> {
    let connector = u16::try_from(connector?).ok()?;
    let session = body["session"].as_str().map(|text| text.trim_start_matches('=').to_owned());
    let until = body["until_ms"].as_i64().map(Timestamp::from_ms);
    let mut profile = protocol::limit_kept(connector, body["power_w"].as_i64()?, session, until);
    if let Some(da) = body["amperes_da"].as_i64() {
        profile.unit = "A".to_owned();
        profile.periods.iter_mut().for_each(|period| period.limit_tenths = da);
    }
    Some(ProfileChange::Set(profile))
}
