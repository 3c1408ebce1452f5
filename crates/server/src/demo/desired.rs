//! What the piles should be set to: one profile for all of a vendor, one for a station, and one that they
//! refuse, so that a refusal can be seen.

use crate::app::App;
use engine::audit::Actor;
use engine::configuration_profile::ConfigurationProfileDraft;
use model::Result;
use model::configuration::{ConfigurationEntry, Edition};
use std::sync::Arc;

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let common = [
        ("HeartbeatInterval", "240"),
        ("MeterValueSampleInterval", "30"),
        ("AuthorizeRemoteTxRequests", "false"),
    ];
    profile(
        app,
        actor,
        "OCPP 1.6 通用参数",
        Edition::Ocpp16,
        None,
        &common,
        "心跳 4 分钟；充电中每 30 秒上报一次",
    )
    .await?;
    let variables =
        [("OCPPCommCtrlr.HeartbeatInterval", "240"), ("SampledDataCtrlr.TxUpdatedInterval", "30")];
    profile(app, actor, "OCPP 2.x 通用变量", Edition::Ocpp2, None, &variables, "与 1.6 桩的通用参数一致")
        .await?;
    let offline = [
        ("LocalAuthListEnabled", "true"),
        ("LocalPreAuthorize", "false"),
        ("AllowOfflineTxForUnknownId", "false"),
        ("NumberOfConnectors", "4"),
    ];
    profile(app, actor, "1 号站离线充电", Edition::Ocpp16, Some(1), &offline, "断网时只接受离线名单内的卡")
        .await
}

async fn profile(
    app: &Arc<App>,
    actor: &Actor,
    name: &str,
    edition: Edition,
    station_id: Option<i64>,
    entries: &[(&str, &str)],
    note: &str,
) -> Result<()> {
    let entry = |(key, value): &(&str, &str)| ConfigurationEntry {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    let draft = ConfigurationProfileDraft {
        operator_id: None,
        name: name.to_owned(),
        edition,
        vendor: station_id.is_none().then(|| "PileOps".to_owned()),
        model: None,
        station_id,
        pile_code: None,
        entries: entries.iter().map(entry).collect(),
        note: Some(note.to_owned()),
        active: Some(true),
    };
    app.engine.configuration_profile_create(actor, draft).await.map(drop)
}
