//! Firmware that was brought to some piles, and logs that were asked of others: what went well, what did not.

use super::PilePlan;
use crate::app::App;
use axum::body::Body;
use axum::http::Request;
use engine::audit::Actor;
use engine::firmware::FirmwareDraft;
use engine::picture::digest;
use model::id::{FirmwareId, PileCode, PileId, TransferId};
use model::time::{DAY_MS, MINUTE_MS, Timestamp};
use model::transfer::{TransferKind, TransferState};
use model::{Error, Result, Text};
use sim::ocpp16::FIRMWARE_HEAD;
use std::sync::Arc;
use store::ids::Noun;
use store::transfers::{self, Transfer, TransferStep};

const ALL_WELL: &[&str] = &["accepted", "Downloading", "Downloaded", "Installing", "Installed", "2.0.0"];

pub async fn write(app: &Arc<App>, actor: &Actor, piles: &[PilePlan]) -> Result<()> {
    let note = "修复低温下充电功率偏低；优化断网后账单补传";
    let (old, _) = firmware(app, actor, "通用充电桩主控", "2.0.0", note).await?;
    firmware(app, actor, "通用充电桩主控", "2.1.0", "支持充电曲线；修复个别车型握手失败").await?;
    let ocpp: Vec<&PilePlan> = piles.iter().filter(|pile| !pile.protocol.is_ykc()).collect();
    for (n, pile) in ocpp.iter().take(6).enumerate() {
        let Some(pile) = PileCode::parse(&pile.code) else { continue };
        let found = app.engine.store.read(move |conn| store::piles::by_code(conn, &pile)).await?;
        let Some(pile) = found else { continue };
        let ago = app.now().plus_ms(-3 * DAY_MS + i64::try_from(n).unwrap_or(0) * 7 * MINUTE_MS);
        let failed = n == 3;
        let (state, steps) = if failed {
            (TransferState::Failed, &["accepted", "Downloading", "DownloadFailed"][..])
        } else {
            (TransferState::Confirmed, ALL_WELL)
        };
        let why = Text::of(
            "桩报告失败：固件下载失败（DownloadFailed）",
            "The pile reports: the download failed (DownloadFailed)",
        );
        let mut one = past(pile.id, TransferKind::Firmware, state, steps, ago);
        one.firmware = Some(old);
        one.version = Some("2.0.0".to_owned());
        one.message = failed.then(|| serde_json::to_string(&why).unwrap_or_default());
        keep(app, one).await?;
        if n < 2 {
            log(app, pile.id, pile.code.as_str(), ago.plus_ms(DAY_MS)).await?;
        }
    }
    Ok(())
}

/// Small, but such as the pretend piles install.
async fn firmware(
    app: &Arc<App>,
    actor: &Actor,
    name: &str,
    version: &str,
    note: &str,
) -> Result<(FirmwareId, String)> {
    let draft = FirmwareDraft {
        operator_id: None,
        name: name.to_owned(),
        vendor: Some("PileOps".to_owned()),
        model: None,
        version: version.to_owned(),
        note: Some(note.to_owned()),
        signature: None,
        certificate: None,
    };
    let id = app.engine.firmware_create(actor, draft).await?;
    let body = format!("{FIRMWARE_HEAD}{version}\n{}", "#".repeat(180_000));
    let request = Request::new(Body::from(body));
    let name = format!("controller-{version}.bin");
    let file = app.files.take(request, &app.files.firmware(id.0), &name, u64::MAX).await?;
    let digest = file.digest.clone();
    app.engine.firmware_file_set(actor, id, file).await?;
    Ok((id, digest))
}

async fn log(app: &Arc<App>, pile: PileId, code: &str, at: Timestamp) -> Result<()> {
    let steps = &["accepted", "Uploading", "received", "Uploaded"];
    let mut one = past(pile, TransferKind::Diagnostics, TransferState::Uploaded, steps, at);
    let id = app.engine.store.write(None, |tx| tx.next_id(Noun::Transfer)).await?;
    one.id = TransferId(id);
    let request = Request::new(Body::from(format!("{} {code} self-test passed\n", at.rfc3339())));
    let file = app.files.take(request, &app.files.log(id), "diagnostics.log", 1_000).await?;
    one.file_name = Some(file.name);
    one.size_bytes = Some(file.size_bytes);
    one.digest = Some(file.digest);
    keep(app, one).await?;
    app.engine
        .store
        .write(None, move |tx| {
            let seen = at.plus_ms(-MINUTE_MS);
            transfers::security_event_insert(tx, pile, "StartupOfTheDevice", None, seen, seen)?;
            let info = Some("firmware 2.0.0");
            transfers::security_event_insert(tx, pile, "FirmwareUpdated", info, seen, seen)
        })
        .await
}

fn past(pile: PileId, kind: TransferKind, state: TransferState, steps: &[&str], at: Timestamp) -> Transfer {
    let step = |(n, word): (usize, &&str)| TransferStep {
        at_ms: at.as_ms() + i64::try_from(n).unwrap_or(0) * 20_000,
        word: (*word).to_owned(),
    };
    Transfer {
        id: TransferId(0),
        pile,
        kind,
        firmware: None,
        version: None,
        state,
        message: None,
        steps: steps.iter().enumerate().map(step).collect(),
        token: String::new(),
        expires_at: at.plus_ms(DAY_MS),
        command: None,
        staff: None,
        file_name: None,
        size_bytes: None,
        digest: None,
        created_at: at,
        ended_at: Some(at.plus_ms(2 * MINUTE_MS)),
    }
}

async fn keep(app: &Arc<App>, one: Transfer) -> Result<()> {
    let secret = app.engine.random.hex::<24>().map_err(|_| Error::internal())?;
    app.engine
        .store
        .write(None, move |tx| {
            let id = if one.id.0 > 0 { one.id } else { TransferId(tx.next_id(Noun::Transfer)?) };
            transfers::save(tx, &Transfer { id, token: digest(secret.as_bytes()), ..one.clone() })
        })
        .await
}
