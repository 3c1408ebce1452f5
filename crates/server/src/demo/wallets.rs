//! How the pretended customers pay: most from a wallet, drivers from the account of their fleet, some later.

use super::{CARDS, SEED};
use crate::app::App;
use engine::audit::Actor;
use engine::proposal::ProposalDecision;
use engine::wallet::{FleetAccountChange, PayWayChange, RefundDraft, WalletChangeDraft};
use model::Result;
use model::id::{CustomerId, FleetId};
use model::ledger::{PayWay, Payer};
use model::money::Fen;
use model::proposal::ProposalState;
use model::wallet::WalletChangeKind;
use sim::random::Random;
use std::sync::Arc;

/// Every so many customers one has a wallet, this many of them.
const EVERY: i64 = 7;
const WALLETS: i64 = 15;
/// Of an order of which a part is given back.
const OWED: Fen = Fen(500);

fn draft(kind: WalletChangeKind, amount_fen: i64, reason: &str, request: String) -> WalletChangeDraft {
    WalletChangeDraft { kind, amount_fen, reason: reason.to_owned(), request_id: request }
}

/// Of ten customers so many have a wallet; one of ten has let it run dry.
const WITH_WALLET: usize = 8;
const FLEETS: i64 = 4;

/// Before anybody charges: who pays how, and what is there to pay from.
pub async fn open(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let engine = &app.engine;
    let mut random = Random::named(SEED, "wallets");
    for number in (1..=CARDS).filter(|number| number % 10 < WITH_WALLET) {
        let id = CustomerId(i64::try_from(number).unwrap_or(1));
        let way = PayWayChange { pay_way: Some(PayWay::Wallet) };
        engine.customer_pay_way_set(actor, id, way).await?;
        let yuan = if number % 10 == 1 { random.between(3, 12) * 100 } else { random.between(45, 90) * 100 };
        top_up(app, actor, Payer::Customer(id), yuan * 100, "线上充值").await?;
    }
    for id in 1..=FLEETS {
        let fleet = FleetId(id);
        let known = engine.store.read(move |conn| store::fleets::account(conn, fleet)).await?;
        let Some(known) = known else { continue };
        let account = FleetAccountChange { version: known.version, pays: true, credit_fen: 2_000_000 };
        engine.fleet_account_set(actor, fleet, account).await?;
        top_up(app, actor, Payer::Fleet(fleet), 9_000_000, "对公转账").await?;
    }
    Ok(())
}

/// One has put it in, and a second one has agreed where the limit asks for it.
async fn top_up(app: &Arc<App>, actor: &Actor, payer: Payer, fen: i64, reason: &str) -> Result<()> {
    let request = match payer {
        Payer::Customer(id) => format!("demo-open-customer-{}", id.0),
        Payer::Fleet(id) => format!("demo-open-fleet-{}", id.0),
    };
    let wanted = draft(WalletChangeKind::TopUp, fen, reason, request);
    let id = app.engine.wallet_change_create(&Actor::local(), payer, wanted).await?;
    let known = app.engine.store.read(move |conn| store::wallet_changes::get(conn, id)).await?;
    if known.is_some_and(|one| one.state == ProposalState::Proposed) {
        let agreed = ProposalDecision { approve: true, reason: None };
        app.engine.wallet_change_update(actor, id, agreed).await?;
    }
    Ok(())
}

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let engine = &app.engine;
    for n in 1..=WALLETS {
        let id = CustomerId(n * EVERY);
        let payer = Payer::Customer(id);
        let top_up = draft(WalletChangeKind::TopUp, 8_000 + n * 800, "现场充值", format!("demo-top-up-{n}"));
        engine.wallet_change_create(actor, payer, top_up).await?;
        if n % 3 == 0 {
            let gift = draft(WalletChangeKind::GiftGrant, 2_000, "开业活动赠送", format!("demo-gift-{n}"));
            engine.wallet_change_create(actor, payer, gift).await?;
        }
    }
    // One waits for a second person, whoever looks around: staff of the installation proposed it.
    let large = draft(WalletChangeKind::TopUp, 50_000, "企业代充", "demo-large-1".to_owned());
    engine.wallet_change_create(&Actor::local(), Payer::Customer(CustomerId(EVERY)), large).await?;
    refund(app, actor).await
}

/// The latest order that somebody owes, in part.
async fn refund(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let latest = app.engine.store.read(|conn| store::order_payments::owed_latest(conn, OWED));
    let Some(place) = latest.await? else { return Ok(()) };
    let draft = RefundDraft {
        amount_fen: OWED.0,
        reason: "枪头故障，补偿服务费".to_owned(),
        request_id: "demo-refund-1".to_owned(),
    };
    app.engine.order_refund_create(actor, place, draft).await
}
