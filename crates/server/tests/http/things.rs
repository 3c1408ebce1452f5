//! Things of two operators, one of each noun, for whoever tries all doors with them.

use super::house::{House, NOON, PASSWORD, house};
use engine::audit::Actor;
use engine::role::RoleDraft;
use engine::staff::StaffDraft;
use model::access::{Area, Permission};
use model::id::{OrderId, PileId, StationId};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use store::commands::{CommandRow, CommandState};
use store::imports::{self, ImportState};

/// Ids of one operator's things, by the names that samples use.
pub struct Things(Vec<(&'static str, String)>);

/// An order with a command and a frame.
async fn charged(house: &House, pile: model::site::Pile, order: i64, command: i64) {
    let row = command_row(command, pile.id, order);
    let mut charged = super::orders::order(pile.id.0);
    (charged.id, charged.station, charged.operator) = (OrderId(order), pile.station, pile.operator);
    let write = house.app.engine.store.write(None, move |tx| {
        tx.order_save(&charged);
        tx.command_save(&pile, row.clone());
        let frame =
            store::frames::FrameRow { pile: pile.id, order: Some(order), up: true, ..Default::default() };
        tx.frame_append(frame)?;
        Ok(())
    });
    write.await.unwrap();
}

impl Things {
    /// `side`: 0 is 甲, 1 is 乙. Every thing of 乙 has 乙 or B- in its name.
    #[expect(clippy::too_many_lines, reason = "a table: one line for each kind of thing")]
    async fn of(house: &House, side: i64) -> Things {
        let (letter, name) = [("A", "甲"), ("B", "乙")][usize::try_from(side).unwrap()];
        let code = format!("{letter}-1");
        let (engine, operator) = (&house.app.engine, side + 1);
        let wanted = model::id::PileCode::parse(&code).unwrap();
        let pile =
            engine.store.read(move |conn| store::piles::by_code(conn, &wanted)).await.unwrap().unwrap();
        let (pile_id, pile_of_run) = (pile.id, pile.clone());
        let alarm = super::samples_alarm::alarmed(house, &pile).await;
        let [work_order, work_photo] = super::samples_work_order::ordered(house, &code, name).await;
        let guarded = super::samples_safety::made(house, &pile, name).await;
        let reconciled = super::samples_reconciliation::made(house, &pile).await;
        let shared = super::samples_sharing::made(house, side, name).await;
        let (order, command) = (100 + side, 500 + side);
        charged(house, pile, order, command).await;
        let (staff, role, token) = people(house, letter, operator, name).await;
        let (feedback, photo) = complaint(house, &code, name).await;
        let invoice = invoice(house, operator, name).await;
        let settlement = settlement(house, order).await;
        let [customer, fleet, car] = customer(house, side, name).await;
        let paid = super::samples_pay::paid(house, side, (order, pile_id), &customer).await;
        let brought = brought(house, staff, operator, name).await;
        let [content, content_picture, coupon, voucher, driver_price] =
            shown(house, operator, &customer, name).await;
        let [report_plan, recipient] = super::samples_report::planned(house, side, name).await;
        let own = vec![
            ("{report_plan}", report_plan),
            ("{recipient}", recipient),
            ("{firmware}", firmware(house, operator, name).await),
            ("{dialect}", dialect(house, operator, name).await),
            ("{configuration_profile}", profile(house, operator, name).await),
            ("{reservation}", reserved(house, pile_id, side).await),
            ("{vendor_word}", shown_by(house, pile_id, side).await),
            ("{transfer}", transfer(house, pile_id, side).await),
            ("{wallet_change}", wallet_change(house, &customer, side).await),
            ("{occupancy_waiver}", super::r5_x_occupancy::waiver(house, order).await.to_string()),
            ("{invoice_title}", invoice_title(house, &customer, name).await),
            ("{erasure}", super::samples_people::erasure(house, &customer).await),
            ("{customer}", customer),
            ("{pile_batch}", batch(house, &code).await),
            ("{tariff_plan}", planned(house, side, name).await),
            ("{fleet}", fleet),
            ("{car}", car),
            ("{order_import}", brought),
            ("{content}", content),
            ("{content_picture}", content_picture),
            ("{coupon}", coupon),
            ("{voucher}", voucher),
            ("{driver_price}", driver_price),
            ("{feedback_block}", blocked(house, operator, name).await),
            ("{advice}", super::samples_healing::advised(house, &pile_of_run).await),
            ("{healing_run}", super::samples_healing::begun(house, &pile_of_run, &alarm).await),
            ("{alarm}", alarm),
            ("{work_order}", work_order),
            ("{work_order_photo}", work_photo),
            ("{feedback}", feedback),
            ("{photo}", photo),
            ("{station_photo}", station_photo(house, side + 1).await),
            ("{invoice}", invoice),
            ("{settlement}", settlement),
            ("{pile}", code.clone()),
            ("{station}", (side + 1).to_string()),
            ("{station_name}", format!("{name}站")),
            ("{operator}", operator.to_string()),
            ("{order}", order.to_string()),
            ("{command}", command.to_string()),
            ("{certificate}", certificate(house, &code).await),
            ("{staff}", staff.to_string()),
            ("{role}", role),
            ("{token}", token),
            ("{card}", "1".to_owned()),
            ("{channel}", "1".to_owned()),
            ("{identity_provider}", identity_provider(house).await),
            ("{delivery}", super::r5_s_webhook::delivery_id(house).await),
        ];
        Things([own, guarded.into(), reconciled.into(), shared.into(), paid.into()].concat())
    }

    pub fn in_text(&self, text: &str) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
        let named = |text: String, (name, id): &(&str, String)| text.replace(name, id);
        self.0.iter().fold(text.replace("{n}", &n), named)
    }
}

/// One for all: providers are the platform's.
async fn identity_provider(house: &House) -> String {
    let engine = &house.app.engine;
    if let Some(known) = engine.identity_provider_list().await.unwrap().first() {
        return known.id.to_string();
    }
    let draft = serde_json::json!({"name": "认证", "issuer": "https://id.example", "client_id": "x", "claim": "sub", "enabled": false});
    let draft = serde_json::from_value(draft).unwrap();
    engine.identity_provider_save(&Actor::local(), 0, draft).await.unwrap().to_string()
}

/// An account, a role, and a token of somebody else: whose password is reset loses the token.
async fn people(house: &House, letter: &str, operator: i64, name: &str) -> (i64, String, String) {
    let (engine, local) = (&house.app.engine, Actor::local());
    let mut made = Vec::new();
    let holder = format!("holder.{}", letter.to_lowercase());
    for account in [format!("thing.{}", letter.to_lowercase()), holder.clone()] {
        let draft = StaffDraft {
            account,
            name: format!("{name}的人"),
            role: "viewer".to_owned(),
            operator_id: Some(operator),
            area: Area::Everywhere,
            password: Some(PASSWORD.to_owned()),
        };
        made.push(engine.staff_create(&local, draft).await.unwrap().id);
    }
    let draft = RoleDraft {
        name: format!("{name}的角色"),
        permissions: vec![Permission::PileRead],
        operator_id: Some(operator),
    };
    let role = engine.role_create(&local, draft).await.unwrap().code;
    let cookie = house.sign_in(&holder).await;
    house.post("/tokens", &cookie, &format!("{{\"name\":\"{name}的令牌\"}}")).await.ok();
    let token = house.get("/tokens", &cookie).await.json["items"][0]["id"].as_str().unwrap().to_owned();
    (made[0].0, role, token)
}

async fn station_photo(house: &House, station: i64) -> String {
    let body = include_bytes!("../../src/demo/photos/place.jpg").to_vec();
    let made = house.app.engine.station_photo_create(&Actor::local(), StationId(station), body).await;
    made.unwrap().to_string()
}

/// What a customer complains of at this pile, with a photo.
async fn complaint(house: &House, code: &str, name: &str) -> (String, String) {
    let draft = json!({"request_id": format!("thing-{code}-0000"), "kind": "complaint", "category": "slow",
        "content": format!("{name}站充电慢"), "phone": "13812345678", "name": format!("{name}的用户"), "pile_code": code});
    let receipt = house.post("/public/feedback", "", &draft.to_string()).await;
    let (no, token) =
        (receipt.ok().json["no"].as_str().unwrap(), receipt.json["upload_token"].as_str().unwrap());
    let path = format!("/public/feedback/photos?no={no}&upload_token={token}");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    house.send_bytes("POST", &path, png, &[("content-type", "image/png")]).await.ok();
    let cookie = house.sign_in("admin").await;
    let list = house.get(&format!("/feedback?no={no}"), &cookie).await;
    let id = list.ok().json["items"][0]["id"].to_string();
    let one = house.get(&format!("/feedback/{id}"), &cookie).await;
    let photo = one.ok().json["photos"][0].to_string();
    (id, photo)
}

/// From whom nothing is taken any more that concerns this operator.
async fn blocked(house: &House, operator: i64, name: &str) -> String {
    let mut actor = Actor::local();
    actor.caller.scope.operator = Some(model::id::OperatorId(operator));
    let draft = engine::feedback::FeedbackBlockDraft {
        phone: Some(format!("1391111000{operator}")),
        feedback_id: None,
        reason: format!("{name}的广告"),
        until_ms: NOON + 86_400_000,
    };
    house.app.engine.feedback_block_create(&actor, draft).await.unwrap().to_string()
}

/// A driver of a fleet, with a car, who has charged at this operator's station alone.
async fn customer(house: &House, side: i64, name: &str) -> [String; 3] {
    let cookie = house.sign_in("admin").await;
    let fleet = json!({"name": format!("{name}车队"), "contact_name": name});
    let fleet = house.post("/fleets", &cookie, &fleet.to_string()).await.ok().json["id"].clone();
    let person = json!({"name": format!("{name}的司机"), "phone": format!("1380000000{side}"), "kind": "driver",
        "fleet_id": fleet});
    let id = house.post("/customers", &cookie, &person.to_string()).await.ok().json["id"].clone();
    let car = json!({"plate": format!("鄂AD1000{side}")}).to_string();
    let car = house.post(&format!("/customers/{id}/cars"), &cookie, &car).await.ok().json["id"].clone();
    super::r5_4::visit(house, id.as_i64().unwrap(), &[(side + 1, 2, 700)]).await;
    [id, fleet, car].map(|id| id.to_string())
}

/// Money for a customer that waits for a second person.
async fn wallet_change(house: &House, customer: &str, side: i64) -> String {
    let draft = json!({"kind": "top_up", "amount_fen": 50_000, "reason": "转账", "request_id": format!("thing-000{side}")});
    let draft = serde_json::from_value(draft).unwrap();
    let payer = model::ledger::Payer::Customer(model::id::CustomerId(customer.parse().unwrap()));
    house.app.engine.wallet_change_create(&Actor::local(), payer, draft).await.unwrap().to_string()
}

/// To whom this customer's invoices are made out.
async fn invoice_title(house: &House, customer: &str, name: &str) -> String {
    let draft = json!({"customer_id": customer.parse::<i64>().unwrap(), "company": false, "name": format!("{name}的抬头"), "preferred": true});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.invoice_title_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// A dialect of this operator's own.
async fn dialect(house: &House, operator: i64, name: &str) -> String {
    let draft = json!({"operator_id": operator, "name": format!("{name}方言"), "rules": {}});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.dialect_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// A firmware of this operator, whose file has not come.
async fn firmware(house: &House, operator: i64, name: &str) -> String {
    let draft = json!({"operator_id": operator, "name": format!("{name}的固件"), "version": "2.0"});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.firmware_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// A connector of this operator's pile that is kept.
async fn reserved(house: &House, pile: PileId, side: i64) -> String {
    let one = store::reservations::Reservation {
        id: 900 + side,
        pile,
        connector: 1,
        tag: "CARD1".to_owned(),
        group: None,
        customer: None,
        state: model::reservation::ReservationState::Accepted,
        until: model::time::Timestamp::from_ms(NOON + 3_600_000),
        note: String::new(),
        message: None,
        order: None,
        command: None,
        staff: None,
        created_at: model::time::Timestamp::from_ms(NOON),
        ended_at: None,
    };
    house.app.engine.store.write(None, move |tx| store::reservations::save(tx, &one)).await.unwrap();
    (900 + side).to_string()
}

/// What a pile has told of a customer; and a vendor whose words are taken.
async fn shown_by(house: &House, pile: PileId, side: i64) -> String {
    let part =
        model::display::CustomerPart {
            request_no: 1, seq_no: 0, is_last: true, content: "张三".to_owned()
        };
    let kept = house.app.engine.store.write(Some(pile), move |tx| {
        let now = model::time::Timestamp::from_ms(NOON);
        tx.with_pile(pile, |tx, hot| store::customer_inquiries::part_save(tx, &hot.pile, &part, now))
    });
    kept.await.unwrap();
    let draft =
        engine::display::VendorWordDraft { vendor: format!("com.thing{side}"), message: None, note: None };
    house.app.engine.vendor_word_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// What this operator's piles should be set to.
async fn profile(house: &House, operator: i64, name: &str) -> String {
    let draft = json!({"operator_id": operator, "name": format!("{name}的模板"), "edition": "ocpp1.6",
        "entries": [{"key": "HeartbeatInterval", "value": "60"}]});
    let draft = serde_json::from_value(draft).unwrap();
    house.app.engine.configuration_profile_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// A log that this operator's pile has sent.
async fn transfer(house: &House, pile: PileId, side: i64) -> String {
    use model::transfer::{TransferKind, TransferState};
    let one = store::transfers::Transfer {
        id: model::id::TransferId(700 + side),
        pile,
        kind: TransferKind::Diagnostics,
        firmware: None,
        version: None,
        state: TransferState::Uploaded,
        message: None,
        steps: Vec::new(),
        token: format!("token-{side}"),
        expires_at: model::time::Timestamp::from_ms(NOON),
        command: None,
        staff: None,
        file_name: Some("log.txt".to_owned()),
        size_bytes: Some(3),
        digest: Some("00".to_owned()),
        created_at: model::time::Timestamp::from_ms(NOON),
        ended_at: Some(model::time::Timestamp::from_ms(NOON)),
    };
    let path = house.app.files.log(700 + side);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "log").unwrap();
    house.app.engine.store.write(None, move |tx| store::transfers::save(tx, &one)).await.unwrap();
    (700 + side).to_string()
}

/// Something to be done to this operator's pile.
async fn batch(house: &House, code: &str) -> String {
    let draft = engine::pile_batch::PileBatchDraft {
        deed: model::pile_batch::PileBatchDeed::Enable,
        pile_codes: vec![code.to_owned()],
        station_id: None,
        tariff_id: None,
        firmware_id: None,
        reached_by: None,
    };
    house.app.engine.pile_batch_create(&Actor::local(), draft).await.unwrap().to_string()
}

/// A change of prices at this operator's station, tomorrow.
async fn planned(house: &House, side: i64, name: &str) -> String {
    let (engine, local) = (&house.app.engine, Actor::local());
    let draft = engine::pricing::TariffDraft { at_once: Some(false), ..super::house::tariff("明日") };
    let tariff_id = engine.tariff_create(&local, draft).await.unwrap().0;
    let draft = engine::tariff_plan::TariffPlanDraft {
        tariff_id,
        station_ids: vec![side + 1],
        effective_ms: Some(NOON + 86_400_000),
        reason: format!("{name}站调价"),
    };
    engine.tariff_plan_create(&local, draft).await.unwrap().to_string()
}

async fn invoice(house: &House, operator: i64, name: &str) -> String {
    let mut new = super::r5_5::invoice(&format!("KP2026112300000{operator}"), operator);
    new.title = format!("{name}的抬头");
    house.app.engine.invoices_record(vec![new]).await.unwrap();
    let cookie = house.sign_in("admin").await;
    let list = house.get(&format!("/invoices?serial_no=KP2026112300000{operator}"), &cookie).await;
    list.ok().json["items"][0]["id"].to_string()
}

/// What somebody has proposed for this order.
async fn settlement(house: &House, order: i64) -> String {
    let new = store::settlements::Settlement {
        id: 0,
        order_id: order,
        basis: model::settlement::SettlementBasis::Free,
        energies: None,
        energy_dwh: 0,
        electricity_fen: 0,
        service_fen: 0,
        total_fen: 0,
        reason: "表坏了".to_owned(),
        linked_order_id: None,
        difference_fen: None,
        state: model::proposal::ProposalState::Proposed,
        staff_id: 999,
        staff_name: "张三".to_owned(),
        created_at_ms: 1,
        decided_by: None,
        decided_by_name: None,
        decided_at_ms: None,
        decision_reason: None,
    };
    let write = house.app.engine.store.write(None, move |tx| store::settlements::insert(tx, &new));
    write.await.unwrap().0.to_string()
}

/// A notice with a picture, a coupon that somebody has, and a price for drivers.
async fn shown(house: &House, operator: i64, customer: &str, name: &str) -> [String; 5] {
    let cookie = house.sign_in("admin").await;
    let notice = json!({"audience": "customer", "kind": "notice", "operator_id": operator, "title": format!("{name}的公告"),
        "body": "正文"});
    let content = house.post("/contents", &cookie, &notice.to_string()).await.ok().json["id"].to_string();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let headers = [("content-type", "image/png"), ("cookie", cookie.as_str())];
    let picture = house.send_bytes("POST", &format!("/contents/{content}/pictures"), png, &headers).await;
    let picture = picture.ok().json["id"].to_string();
    let draft = json!({"operator_id": operator, "name": format!("{name}的券"), "kind": "amount", "off_fen": 500,
        "threshold_fen": 0, "per_person": 9, "valid_days": 7, "payer": "operator"});
    let coupon = house.post("/coupons", &cookie, &draft.to_string()).await.ok().json["id"].to_string();
    let given = json!({"request_id": format!("thing-{operator}-0000"), "customer_id": customer.parse::<i64>().unwrap(),
        "reason": format!("{name}的补偿")});
    house.post(&format!("/coupons/{coupon}/vouchers"), &cookie, &given.to_string()).await.ok();
    let vouchers = house.get(&format!("/vouchers?coupon_id={coupon}"), &cookie).await;
    let voucher = vouchers.ok().json["items"][0]["id"].to_string();
    let price = json!({"operator_id": operator, "name": format!("{name}的司机价"), "fee": "service", "cut": "percent",
        "percent_off": 20, "group": "driver", "area": {"kind": "everywhere"}, "weekdays": [1]});
    let price = house.post("/driver-prices", &cookie, &price.to_string()).await.ok().json["id"].to_string();
    [content, picture, coupon, voucher, price]
}

/// A file of lost orders that was checked.
async fn brought(house: &House, staff: i64, operator: i64, name: &str) -> String {
    let file = format!("{name}.csv");
    let now = model::time::Timestamp::from_ms(NOON);
    let id = house
        .app
        .engine
        .store
        .write(None, move |tx| {
            let id = imports::insert(tx, staff, Some(operator), &file, now)?;
            imports::turn(tx, id, ImportState::Checking, ImportState::Checked, None, now)?;
            Ok(id)
        })
        .await
        .unwrap();
    house.app.imports.keep(id, b"").await.unwrap();
    std::fs::write(house.app.imports.faults(id), name).unwrap();
    id.to_string()
}

fn command_row(id: i64, pile: PileId, order: i64) -> CommandRow {
    CommandRow {
        id,
        pile,
        connector: Some(1),
        order: Some(order),
        kind: "reset".to_owned(),
        body: "{}".to_owned(),
        staff: None,
        state: CommandState::Accepted,
        message: None,
        detail: None,
        created_at_ms: 1,
        deadline_ms: 2,
        ended_at_ms: Some(2),
    }
}

/// The furnished house with things of both operators.
pub async fn furnished() -> (House, Things, Things) {
    let house = house().await;
    house.furnish().await;
    let card = r#"{"tag":"C1","status":"accepted","group":null,"expires_at_ms":null,"sessions_max":1}"#;
    let cookie = house.sign_in("admin").await;
    house.post("/cards", &cookie, card).await.ok();
    let knock = model::id::PileCode::parse("KNOCK-1").unwrap();
    house.app.engine.pile_knocked(&knock, "ocpp1.6", "10.0.0.9", None, None);
    let channel = json!({"name": "渠道", "enabled": false, "smtp": {"host": "localhost", "port": 1, "security": "none",
        "account": null, "from_name": "", "from_address": "a@example.com", "timeout_s": 1}});
    house.post("/channels", &cookie, &channel.to_string()).await.ok();
    super::r5_s_webhook::delivery(&house, &cookie).await;
    super::samples_alarm::noticed(&house).await;
    super::samples_work_order::planned(&house).await;
    super::samples_safety::tried(&house).await;
    let source = json!({"version": 0, "url": "https://people.invalid/scim/v2", "enabled": true, "page_size": 100, "token": "t"});
    house.send("PUT", "/customer-source/pull", &cookie, Some(&source.to_string()), &[]).await.ok();
    let (ours, theirs) = (Things::of(&house, 0).await, Things::of(&house, 1).await);
    (house, ours, theirs)
}

/// One that the pile has asked for.
async fn certificate(house: &House, code: &str) -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, code);
    let csr = params.serialize_request(&key).unwrap().pem().unwrap();
    let wanted = model::id::PileCode::parse(code).unwrap();
    let store = &house.app.engine.store;
    let pile = store.read(move |conn| store::piles::by_code(conn, &wanted)).await.unwrap().unwrap();
    house.app.engine.certificate_send(pile.id, &csr).await.unwrap();
    let id = pile.id;
    let kept = store.read(move |conn| store::certificates::certificate_list(conn, id)).await.unwrap();
    kept[0].id.to_string()
}
