//! Firmware to a pile and logs from it, through the real server and its sockets: a pretend pile fetches,
//! installs, starts anew and shows it.

use super::door::{Door, PASSWORD, door, until};
use engine::audit::Actor;
use engine::transfer::TransferDraft;
use model::Result;
use model::id::{CommandId, FirmwareId, TransferId};
use model::site::Protocol;
use model::time::Clock;
use model::transfer::{TransferKind, TransferState};
use serde_json::json;
use sim::ocpp16::FIRMWARE_HEAD;
use sim::pile::PileConfig;
use sim::runner::PileHandle;
use std::time::Duration;
use store::transfers::{TransferFilter, TransferView, transfer_list};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn pile(door: &Door) -> PileHandle {
    pile_of(door, Protocol::Ocpp16).await
}

async fn pile_of(door: &Door, protocol: Protocol) -> PileHandle {
    let mut config = PileConfig::new("A-1", protocol, &format!("ws://{}/ocpp", door.http));
    config.password = PASSWORD.to_owned();
    let pile = PileHandle::start(config, Clock::System);
    assert!(pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await);
    door.becomes_online("A-1", true).await;
    pile
}

async fn firmware(door: &Door, version: &str, body: &str) -> i64 {
    firmware_of(door, version, "fw.bin", body).await
}

pub async fn firmware_named(door: &Door, version: &str, file: &str) -> i64 {
    firmware_of(door, version, file, "firmware").await
}

async fn firmware_of(door: &Door, version: &str, name: &str, body: &str) -> i64 {
    let draft = json!({"name": "试验固件", "version": version, "signature": "c2ln",
        "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"});
    let engine = &door.app.engine;
    let FirmwareId(id) =
        engine.firmware_create(&Actor::local(), serde_json::from_value(draft).unwrap()).await.unwrap();
    let request = axum::http::Request::new(axum::body::Body::from(body.to_owned()));
    let path = door.app.files.firmware(id);
    let file = door.app.files.take(request, &path, name, 1_000_000).await.unwrap();
    engine.firmware_file_set(&Actor::local(), FirmwareId(id), file).await.unwrap();
    id
}

async fn begin(door: &Door, draft: serde_json::Value) -> Result<(TransferId, CommandId)> {
    let draft: TransferDraft = serde_json::from_value(draft).unwrap();
    let url = format!("http://{}", door.http);
    door.app.engine.transfer_create(&Actor::local().caller, door.id("A-1").await, draft, &url).await
}

async fn look(door: &Door, TransferId(id): TransferId) -> TransferView {
    let wanted = TransferFilter { id: Some(id), limit: 1, ..TransferFilter::default() };
    let scope = model::access::Scope::ALL;
    let read = door.app.engine.store.read(move |conn| transfer_list(conn, &scope, &wanted));
    read.await.unwrap().items.pop().unwrap()
}

pub async fn comes_to(door: &Door, id: TransferId, state: TransferState) -> TransferView {
    until(state.as_str(), async || look(door, id).await.state == state).await;
    look(door, id).await
}

fn words(one: &TransferView) -> Vec<&str> {
    one.steps.iter().map(|step| step.word.as_str()).collect()
}

/// Status and body of an answer at an address that a pile was given.
async fn knock(door: &Door, method: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(door.http).await.unwrap();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Another address for the last file of the pile, since nothing that is kept tells the one that it was given.
async fn another_path(door: &Door, kind: &'static str) -> String {
    let pile = door.id("A-1").await;
    let filter = store::frames::FrameFilter { pile, order: None, from: None, before: None, limit: 200 };
    let read = door.app.engine.store.read(move |conn| store::frames::list(conn, &filter));
    let frames = read.await.unwrap();
    let frame = frames.iter().find(|frame| frame.kind == kind && !frame.up).unwrap();
    let body = String::from_utf8_lossy(&frame.body).into_owned();
    assert!(body.contains("/******") && !body.contains("/files/"), "{body}");
    let is_firmware = kind == "UpdateFirmware";
    let write = door.app.engine.store.write(None, move |tx| {
        let newest = tx.read(|conn| store::transfers::newest(conn, pile, is_firmware, None))?.unwrap();
        let token = engine::picture::digest(b"another");
        store::transfers::save(tx, &store::transfers::Transfer { token, ..newest })
    });
    write.await.unwrap();
    if is_firmware { "/files/another/fw.bin".to_owned() } else { "/files/another".to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_pile_fetches_installs_and_shows_its_firmware() {
    let mut door = door().await;
    let pile = pile(&door).await;
    let id = firmware(&door, "2.0.0", &format!("{FIRMWARE_HEAD}2.0.0\nbytes")).await;
    let (transfer, _) = begin(&door, json!({"kind": "firmware", "firmware_id": id})).await.unwrap();
    let one = comes_to(&door, transfer, TransferState::Confirmed).await;
    assert_eq!(words(&one), ["accepted", "Downloading", "Downloaded", "Installing", "Installed", "2.0.0"]);
    assert_eq!(door.find("A-1").await.unwrap().firmware.as_deref(), Some("2.0.0"));
    // Its address opens nothing any more.
    let path = another_path(&door, "UpdateFirmware").await;
    assert!(knock(&door, "GET", &path).await.contains("404"));

    let id = firmware(&door, "3.0.0", &format!("{FIRMWARE_HEAD}3.0.0\n")).await;
    let signed = json!({"kind": "firmware", "firmware_id": id, "signed": true, "retries": 2});
    let (transfer, _) = begin(&door, signed).await.unwrap();
    let one = comes_to(&door, transfer, TransferState::Confirmed).await;
    assert!(words(&one).contains(&"SignatureVerified"), "{:?}", words(&one));
    let pile_id = door.id("A-1").await;
    until("the pile's own report of it", async || {
        let read = door
            .app
            .engine
            .store
            .read(move |conn| store::transfers::security_event_list(conn, pile_id, None, 9));
        read.await.unwrap().items.len() == 2
    })
    .await;
    pile.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_pile_sends_its_logs() {
    let mut door = door().await;
    let pile = pile(&door).await;
    for (log, kind, end) in [
        ("diagnostics", TransferKind::Diagnostics, "Uploaded"),
        ("diagnostics_log", TransferKind::DiagnosticsLog, "Uploaded"),
        ("security_log", TransferKind::SecurityLog, "Uploaded"),
    ] {
        let (transfer, _) = begin(&door, json!({"kind": "log", "log": log})).await.unwrap();
        let one = comes_to(&door, transfer, TransferState::Uploaded).await;
        assert_eq!(one.kind, kind);
        let body = std::fs::read_to_string(door.app.files.log(one.id)).unwrap();
        assert!(body.contains("A-1"), "{body}");
        assert_eq!(one.size_bytes, Some(i64::try_from(body.len()).unwrap()));
        until(end, async || words(&look(&door, transfer).await).contains(&end)).await;
    }
    // Used once: nobody brings another file to the same address, and nobody fetches from it.
    let path = another_path(&door, "GetLog").await;
    for method in ["PUT", "POST", "GET"] {
        assert!(knock(&door, method, &path).await.contains("404"), "{method}");
    }
    pile.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_guess_what_goes_wrong_at_the_pile_is_told() {
    let mut door = door().await;
    let pile = pile(&door).await;
    // Not a firmware at all: the pile refuses to install it.
    let id = firmware(&door, "2.0.0", "something else").await;
    let (transfer, _) = begin(&door, json!({"kind": "firmware", "firmware_id": id})).await.unwrap();
    let one = comes_to(&door, transfer, TransferState::Failed).await;
    assert!(one.message.unwrap().contains("InstallationFailed"));
    // Installed, but something else than was meant.
    let id = firmware(&door, "5.0.0", &format!("{FIRMWARE_HEAD}4.0.0\n")).await;
    let (transfer, _) = begin(&door, json!({"kind": "firmware", "firmware_id": id})).await.unwrap();
    let one = comes_to(&door, transfer, TransferState::Failed).await;
    assert!(one.message.unwrap().contains("4.0.0"));
    // The file is gone from our own disk: the download fails, after the retries.
    let id = firmware(&door, "6.0.0", &format!("{FIRMWARE_HEAD}6.0.0\n")).await;
    std::fs::remove_file(door.app.files.firmware(id)).unwrap();
    pile.wait_for(Duration::from_secs(20), |seen| seen.in_service).await;
    let (transfer, _) =
        begin(&door, json!({"kind": "firmware", "firmware_id": id, "retries": 1})).await.unwrap();
    let one = comes_to(&door, transfer, TransferState::Failed).await;
    assert_eq!(words(&one), ["accepted", "Downloading", "Downloading", "DownloadFailed"]);
    pile.stop().await;
    door.becomes_online("A-1", false).await;
    let refused = begin(&door, json!({"kind": "log", "log": "diagnostics"})).await.unwrap_err();
    assert_eq!(refused.code, "pile.offline");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_batch_brings_several_piles_to_a_firmware() {
    use engine::pile_batch::PileBatchDraft;
    use model::pile_batch::{PileBatchDeed, PileBatchRowState};
    let mut door = door().await;
    let pile = pile(&door).await;
    let engine = &door.app.engine;
    let draft = |firmware_id| PileBatchDraft {
        tariff_id: None,
        deed: PileBatchDeed::FirmwareUpdate,
        pile_codes: vec!["A-1".to_owned(), "A-2".to_owned()],
        station_id: None,
        firmware_id,
        reached_by: Some(format!("http://{}", door.http)),
    };
    let none = engine.pile_batch_create(&Actor::local(), draft(None)).await.unwrap_err();
    assert_eq!(none.field.as_deref(), Some("firmware_id"));
    let id = firmware(&door, "2.0.0", &format!("{FIRMWARE_HEAD}2.0.0\n")).await;
    let batch = engine.pile_batch_create(&Actor::local(), draft(Some(id))).await.unwrap();
    engine.pile_batch_run(&Actor::local(), batch).await.unwrap();
    let scope = model::access::Scope::ALL;
    let read =
        engine.store.read(move |conn| store::pile_batches::pile_batch_row_list(conn, &scope, batch, None));
    let rows = read.await.unwrap().items;
    let state = |code: &str| rows.iter().find(|row| row.pile_code == code).unwrap().state;
    assert_eq!(state("A-1"), PileBatchRowState::Done);
    assert_eq!(state("A-2"), PileBatchRowState::Failed, "it is off line");
    let wanted = TransferFilter { firmware_id: Some(id), limit: 9, ..TransferFilter::default() };
    let scope = model::access::Scope::ALL;
    let read = engine.store.read(move |conn| transfer_list(conn, &scope, &wanted));
    let all = read.await.unwrap().items;
    assert_eq!(all.len(), 1, "what was not sent is not kept");
    comes_to(&door, TransferId(all[0].id), TransferState::Confirmed).await;
    pile.stop().await;
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_pile_of_ocpp_2_does_the_same() {
    let mut door = door().await;
    let pile = pile_of(&door, Protocol::Ocpp201).await;
    for (version, signed) in [("2.0.0", false), ("3.0.0", true)] {
        let id = firmware(&door, version, &format!("{FIRMWARE_HEAD}{version}\n")).await;
        let draft = json!({"kind": "firmware", "firmware_id": id, "signed": signed, "retries": 1});
        let (transfer, _) = begin(&door, draft).await.unwrap();
        let one = comes_to(&door, transfer, TransferState::Confirmed).await;
        assert_eq!(words(&one)[..2], ["accepted", "Downloading"], "{:?}", words(&one));
    }
    assert_eq!(door.find("A-1").await.unwrap().firmware.as_deref(), Some("3.0.0"));
    for log in ["diagnostics", "security_log"] {
        let (transfer, _) = begin(&door, json!({"kind": "log", "log": log})).await.unwrap();
        comes_to(&door, transfer, TransferState::Uploaded).await;
    }
    let pile_id = door.id("A-1").await;
    until("the pile's own report of it", async || {
        let store = &door.app.engine.store;
        let read = store.read(move |conn| store::transfers::security_event_list(conn, pile_id, None, 9));
        read.await.unwrap().items.len() == 2
    })
    .await;
    pile.stop().await;
    door.stop().await;
}
