//! A webhook that has told the accounts of some orders and piles, and that is switched off now: a demo
//! sends nothing to anybody.

use crate::app::App;
use engine::Engine;
use engine::audit::Actor;
use engine::channel::{ChannelChange, ChannelDraft, FaultOf, SendFault, send_record};
use engine::webhook::{order_told, pile_told};
use model::channel::{ChannelPurpose, WebhookConfig, WebhookEvent};
use model::time::{Clock, DAY_MS, HOUR_MS};
use model::{Result, Text};
use std::sync::Arc;
use store::Tx;
use store::deliveries::{DeliveryFilter, delivery_list};
use store::invoices::invoiceable;
use store::{orders, piles};

const NAME: &str = "财务系统回调（示例）";
const ORDERS: i64 = 14;
const PILES: usize = 4;

fn config() -> WebhookConfig {
    WebhookConfig {
        url: "https://finance.example.com/pileops/events".to_owned(),
        events: vec![WebhookEvent::OrderCompleted, WebhookEvent::OrderAbnormal, WebhookEvent::PileOffline],
        operator_id: None,
        timeout_s: 10,
    }
}

fn at(app: &App, ms_ago: i64) -> Engine {
    let mut engine = app.engine.clone();
    engine.clock = Clock::manual(app.now().plus_ms(-ms_ago));
    engine
}

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let actor = &mut actor.clone();
    actor.caller.name = "系统管理员".to_owned();
    let draft = ChannelDraft {
        name: NAME.to_owned(),
        enabled: true,
        smtp: None,
        webhook: Some(config()),
        ftp: None,
        password: None,
        secret: Some(app.engine.random.hex::<24>()?),
    };
    let id = at(app, 3 * DAY_MS).channel_create(actor, draft).await?;
    happen(app).await?;
    let wanted = DeliveryFilter { limit: 100, ..DeliveryFilter::default() };
    let told = app.engine.store.read(move |conn| delivery_list(conn, id, &wanted)).await?;
    for (turn, delivery) in told.items.into_iter().rev().enumerate() {
        // The last of them wait for a receiver that has stopped answering.
        let fault = match turn {
            3 => Some((
                FaultOf::Moment,
                400,
                "对方不接受这条内容（400 unknown station）",
                "It does not take this one (400 unknown station).",
            )),
            turn if turn == usize::try_from(ORDERS).unwrap_or(0) => {
                Some((FaultOf::Channel, 503, "对方暂时不可用（503）", "It does not work at present (503)."))
            }
            turn if turn > usize::try_from(ORDERS).unwrap_or(0) => break,
            _ => None,
        };
        let mut record =
            send_record(id, ChannelPurpose::Event, &delivery.subject, delivery.created_at_ms + 2_000);
        record.delivery_id = Some(delivery.id);
        record.status = Some(fault.map_or(200, |(_, status, ..)| status));
        record.took_ms = 60 + i64::try_from(turn * 37 % 90).unwrap_or(0);
        record.success = fault.is_none();
        record.message = Some(Text::of("对方应答：{\"ok\":true}", "It answered: {\"ok\":true}"));
        let fault = fault.map(|(of, _, zh, en)| SendFault { of, text: Text::of(zh, en) });
        if let Some(fault) = &fault {
            record.message = Some(fault.text.clone());
        }
        at(app, HOUR_MS).delivery_turn(delivery, record, fault).await?;
    }
    let change = ChannelChange {
        version: 1,
        name: NAME.to_owned(),
        enabled: false,
        smtp: None,
        webhook: Some(config()),
        ftp: None,
        password: None,
        secret: None,
    };
    at(app, HOUR_MS).channel_update(actor, id, change).await
}

/// What was worth telling in the last days.
async fn happen(app: &Arc<App>) -> Result<()> {
    let (since, now) = (app.now().plus_ms(-2 * DAY_MS), app.now());
    let write = app.engine.store.write(None, move |tx: &mut Tx<'_>| {
        for ended in tx.read(|conn| invoiceable(conn, since, ORDERS))? {
            if let Some(order) = tx.read(|conn| orders::get(conn, ended.order))? {
                order_told(tx, &order, None, ended.ended_at)?;
            }
        }
        for pile in tx.read(piles::all)?.iter().take(PILES) {
            let gone = model::site::Pile { online: false, ..pile.clone() };
            pile_told(tx, &gone, now.plus_ms(-HOUR_MS))?;
        }
        Ok(())
    });
    write.await
}
