//! 云快充 firmware: told by 0x94 where it lies, and what came of it by 0x93. And a dialect that is said of a
//! pile while it is on line.

use super::door::{DIGITS, Door, YKC, door, until};
use super::files::{comes_to, firmware_named};
use super::ykc::{Pile, login_as};
use engine::audit::Actor;
use engine::channel::ChannelDraft;
use engine::dialect::DialectDraft;
use engine::transfer::TransferDraft;
use model::Result;
use model::dialect::DialectRules;
use model::ftp::FtpConfig;
use model::id::TransferId;
use model::transfer::TransferState;
use protocol::ykc::field::PileNo;
use protocol::ykc::frame::CrcOrder;
use protocol::ykc::message::firmware::FirmwareUpdateReply;
use protocol::ykc::message::{Body, Message};
use serde_json::json;

async fn server(door: &Door) {
    let ftp = FtpConfig {
        host: "10.0.0.9".to_owned(),
        port: 2121,
        account: "fw".to_owned(),
        folder: "dc".to_owned(),
        timeout_min: 45,
    };
    let (name, password) = ("固件服务器".to_owned(), Some("s3cret".to_owned()));
    let draft = ChannelDraft {
        name,
        enabled: true,
        smtp: None,
        webhook: None,
        ftp: Some(ftp),
        password,
        secret: None,
    };
    door.app.engine.channel_create(&Actor::local(), draft).await.unwrap();
}

async fn begin(door: &Door, code: &str, draft: serde_json::Value) -> Result<TransferId> {
    let draft: TransferDraft = serde_json::from_value(draft).unwrap();
    let pile = door.id(code).await;
    door.app.engine.transfer_create(&Actor::local().caller, pile, draft, "").await.map(|(id, _)| id)
}

fn result(status: u8) -> Vec<u8> {
    FirmwareUpdateReply { pile: PileNo::parse(YKC).unwrap(), status }.frame([7, 0], CrcOrder::LowFirst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_ykc_pile_is_told_where_its_firmware_lies_and_tells_what_came_of_it() {
    let mut door = door().await;
    let firmware = firmware_named(&door, "V2.0", "v2.bin").await;
    let mut pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    let draft = json!({"kind": "firmware", "firmware_id": firmware});
    let refused = begin(&door, YKC, draft.clone()).await.unwrap_err();
    assert_eq!(refused.code, "firmware_server.missing");
    server(&door).await;
    let id = begin(&door, YKC, draft.clone()).await.unwrap();
    let Message::FirmwareUpdate(told) = pile.hear(0x94).await else { panic!() };
    assert_eq!((told.server.text().as_deref(), told.port), (Some("10.0.0.9"), 2121));
    assert_eq!((told.user.text().as_deref(), told.password.text().as_deref()), (Some("fw"), Some("s3cret")));
    assert_eq!((told.path.text().as_deref(), told.when, told.timeout_min), (Some("dc/v2.bin"), 2, 45));
    assert_eq!((told.model, told.power), (1, 60));
    comes_to(&door, id, TransferState::Accepted).await;
    // Nobody who reads frames reads the password.
    until("the frame is kept", async || {
        let id = door.id(YKC).await;
        let filter =
            store::frames::FrameFilter { pile: id, order: None, from: None, before: None, limit: 500 };
        let frames =
            door.app.engine.store.read(move |conn| store::frames::list(conn, &filter)).await.unwrap();
        let kept = frames.into_iter().find(|frame| frame.kind == "0x94");
        kept.is_some_and(|frame| !format!("{frame:?}").contains("733363726574") && frame.body.len() == 102)
    })
    .await;
    pile.say(&result(0)).await;
    comes_to(&door, id, TransferState::Installed).await;
    pile.say(&login_as(YKC, "V2.0")).await;
    let shown = comes_to(&door, id, TransferState::Confirmed).await;
    assert_eq!(shown.version.as_deref(), Some("V2.0"));
    // One that fails says why.
    let id = begin(&door, YKC, draft).await.unwrap();
    pile.hear(0x94).await;
    pile.say(&result(3)).await;
    let failed = comes_to(&door, id, TransferState::Failed).await;
    assert!(failed.message.unwrap().contains("下载超时"));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_guess_what_the_frame_cannot_say_is_refused_at_its_field() {
    let mut door = door().await;
    server(&door).await;
    let long = firmware_named(&door, "V2.0", "a-name-that-the-frame-has-no-room-for.bin").await;
    let short = firmware_named(&door, "V2.0", "v2.bin").await;
    let _pile = Pile::enter(&door).await;
    door.becomes_online(YKC, true).await;
    let later = door.app.now().plus_ms(3_600_000).as_ms();
    for (draft, field) in [
        (json!({"kind": "firmware", "firmware_id": long}), "firmware_id"),
        (json!({"kind": "firmware", "firmware_id": short, "at_ms": later}), "at_ms"),
        (json!({"kind": "firmware", "firmware_id": short, "signed": true}), "signed"),
    ] {
        let refused = begin(&door, YKC, draft).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{refused:?}");
    }
    assert_eq!(
        begin(&door, DIGITS, json!({"kind": "firmware", "firmware_id": short})).await.unwrap_err().code,
        "pile.offline"
    );
    door.stop().await;
}

/// The pile does not log in again: the next frame goes as its dialect has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_2_1_class_a_dialect_counts_at_once() {
    let mut door = door().await;
    let mut pile = Pile::enter(&door).await;
    pile.hear(0x56).await;
    let (engine, id) = (&door.app.engine, door.id(YKC).await);
    let rules =
        DialectRules { qr_prefix: Some("https://a.example/?n=".to_owned()), ..DialectRules::default() };
    let draft = |rules| DialectDraft {
        operator_id: None,
        name: "试验".to_owned(),
        source: None,
        note: None,
        vendor: None,
        model: None,
        firmware: None,
        rules,
    };
    let dialect = engine.dialect_create(&Actor::local(), draft(rules)).await.unwrap();
    engine.pile_dialect_set(&Actor::local(), id, Some(dialect.0)).await.unwrap();
    let Message::QrPrefix(told) = pile.hear(0xF0).await else { panic!() };
    assert_eq!(told.prefix, b"https://a.example/?n=");
    let rules = DialectRules { qr_prefix: Some("https://b.example/".to_owned()), ..DialectRules::default() };
    let change = engine::dialect::DialectChange { version: 1, dialect: draft(rules) };
    engine.dialect_update(&Actor::local(), dialect, change).await.unwrap();
    let Message::QrPrefix(told) = pile.hear(0xF0).await else { panic!() };
    assert_eq!(told.prefix, b"https://b.example/");
    assert!(door.is_online(YKC, true).await, "on the same link");
    door.stop().await;
}
