//! Wallets of some of the pretended customers, and the account of a fleet. Everybody else pays later.

use crate::app::App;
use engine::audit::Actor;
use engine::wallet::{FleetAccountChange, PayWayChange, RefundDraft, WalletChangeDraft};
use model::Result;
use model::id::{CustomerId, FleetId};
use model::ledger::{PayWay, Payer};
use model::money::Fen;
use model::wallet::WalletChangeKind;
use std::sync::Arc;

/// Every so many customers one has a wallet, this many of them.
const EVERY: i64 = 7;
const WALLETS: i64 = 15;
/// Of an order of which a part is given back.
const OWED: Fen = Fen(500);

fn draft(kind: WalletChangeKind, amount_fen: i64, reason: &str, request: String) -> WalletChangeDraft {
    WalletChangeDraft { kind, amount_fen, reason: reason.to_owned(), request_id: request }
}

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let engine = &app.engine;
    for n in 1..=WALLETS {
        let id = CustomerId(n * EVERY);
        let payer = Payer::Customer(id);
        engine.customer_pay_way_set(actor, id, PayWayChange { pay_way: Some(PayWay::Wallet) }).await?;
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
    let fleet = FleetId(1);
    let version = engine.store.read(move |conn| store::fleets::account(conn, fleet)).await?;
    if let Some(known) = version {
        let account = FleetAccountChange { version: known.version, pays: true, credit_fen: 500_000 };
        engine.fleet_account_set(actor, fleet, account).await?;
        let paid = draft(WalletChangeKind::TopUp, 20_000, "对公转账", "demo-fleet-1".to_owned());
        engine.wallet_change_create(actor, Payer::Fleet(fleet), paid).await?;
    }
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
