//! A simulated pay channel, which runs within the demo and ends with it; what customers have paid there, and some
//! refunds that go their way as soon as the demo runs.

use crate::app::App;
use engine::Engine;
use engine::audit::Actor;
use engine::pay::channels::{PayChannelChange, PayChannelDraft, PayChannelSecret, no_pay_channel};
use engine::pay::payments::PaymentDraft;
use engine::pay::refunds::RefundDraft;
use engine::pay::{PayDoor, PaymentSaid};
use model::id::CustomerId;
use model::money::Fen;
use model::order::Order;
use model::pay::SimulatedConfig;
use model::time::{Clock, DAY_MS, HOUR_MS, MINUTE_MS, Zone};
use model::{Error, Result};
use sim::pay::{Channel, Moods, Options};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use store::pay_channels::{self, PayChannel};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const NAME: &str = "模拟支付";
const MERCHANT: &str = "PILEOPS-DEMO";
const JOURNAL: &str = "paysim.journal";
/// Where nothing listens yet.
const NOWHERE: &str = "http://127.0.0.1:9";
const PAID: i64 = 34;

fn moods() -> Moods {
    let [lost_percent, repeated_percent, refused_percent] = [15, 20, 20];
    let (refund_ms, dirt_percent) = (4_000, 30);
    Moods {
        seed: 5,
        lost_percent,
        repeated_percent,
        refused_percent,
        refund_ms,
        dirt_percent,
        ..Moods::default()
    }
}

fn channel(app: &App, data: &Path, secret: String, listen: SocketAddr) -> Result<Arc<Channel>> {
    let (file, merchant) = (data.join(JOURNAL), MERCHANT.to_owned());
    let options = Options { listen, file, merchant, secret, public: None, moods: moods() };
    sim::pay::open(options, app.clock().clone()).map_err(|why| {
        tracing::error!(why, "the pay channel of the demo cannot be opened");
        Error::internal()
    })
}

fn at(app: &App, ms_ago: i64) -> Engine {
    let mut engine = app.engine.clone();
    engine.clock = Clock::manual(app.now().plus_ms(-ms_ago));
    engine
}

fn draft(customer_id: i64, amount_fen: Option<i64>, n: i64) -> PaymentDraft {
    let request_id = format!("demo-payment-{n}");
    PaymentDraft { customer_id, amount_fen, order_no: None, pay_channel_id: None, request_id }
}

pub async fn write(app: &Arc<App>, actor: &Actor, data: &Path) -> Result<()> {
    let actor = &mut actor.clone();
    actor.caller.name = "系统管理员".to_owned();
    let secret = app.engine.random.hex::<24>()?;
    let draft_of = PayChannelDraft {
        name: NAME.to_owned(),
        operator_id: None,
        enabled: true,
        simulated: Some(SimulatedConfig { url: NOWHERE.to_owned(), merchant: MERCHANT.to_owned() }),
        wechat: None,
        notify_url: NOWHERE.to_owned(),
        secret: Some(secret.clone()),
        api_v3_key: None,
        private_key: None,
        fee_bp: Some(sim::pay::FEE_BP),
    };
    app.engine.pay_channel_create(actor, draft_of).await?;
    let book = channel(app, data, secret, SocketAddr::from(([127, 0, 0, 1], 9)))?;
    for n in 0..PAID {
        let ago = (PAID - n) * 19 * HOUR_MS + n * 7 * MINUTE_MS;
        let fen = [5_000, 10_000, 20_000, 3_000, 10_000, 5_000, 50_000][usize::try_from(n % 7).unwrap_or(0)];
        let wish = draft(n % 17 * 5 + 3, Some(fen), n);
        paid(app, actor, &book, (wish, ago, n % 11 != 10)).await?;
    }
    order(app, actor, &book).await?;
    refunds(app, actor).await?;
    bills(app, &book).await
}

/// What the channel says of the last days.
async fn bills(app: &App, book: &Channel) -> Result<()> {
    let found = app.engine.store.read(pay_channels::all).await?;
    let Some(channel) = found.into_iter().find(|one| one.name == NAME) else { return Ok(()) };
    // One that the channel has and we have not, at whatever hour the demo begins: there is something to look into.
    let yesterday = Zone::shanghai().local(app.now().plus_ms(-DAY_MS)).day;
    if let Some(midnight) = Zone::shanghai().day_start(yesterday) {
        book.paid_before("ZFDEMO00000000UNKNOWN", 8_800, "充电钱包充值", midnight.plus_ms(12 * HOUR_MS));
    }
    for ago in (1..=7).rev() {
        let day = Zone::shanghai().local(app.now().plus_ms(-ago * DAY_MS)).day;
        let said = book.bill(day);
        let bill = crate::pay::simulated_bill(MERCHANT, day, &said["rows"]).map_err(|fault| {
            tracing::error!(why = %fault.text.en, "the bill of the demo's pay channel cannot be read");
            Error::internal()
        })?;
        app.engine.counter_bill_take(&channel, day, crate::jobs::counter_bills::said(bill)).await?;
    }
    Ok(())
}

/// One that was paid, or that nobody paid in time.
async fn paid(
    app: &App,
    actor: &Actor,
    book: &Channel,
    (wish, ago, pays): (PaymentDraft, i64, bool),
) -> Result<()> {
    let (payment, channel) = at(app, ago).payment_create(actor, wish).await?;
    let payment = at(app, ago)
        .payment_opened(&payment, PayDoor::Url(format!("{NOWHERE}/cashier/{}", payment.token)))
        .await?;
    let said = if pays {
        let when = app.now().plus_ms(MINUTE_MS - ago);
        let channel_no = book.paid_before(&payment.no, payment.amount.0, "充电钱包充值", when);
        PaymentSaid::Paid { channel_no, amount: payment.amount, at: when }
    } else {
        PaymentSaid::Closed
    };
    let then = at(app, ago - if pays { MINUTE_MS } else { 30 * MINUTE_MS });
    then.payment_learn(channel.id, &payment.no, said).await.map(drop)
}

/// An order that was owed.
async fn order(app: &App, actor: &Actor, book: &Channel) -> Result<()> {
    let read = |conn: &mut store::Conn| match store::order_payments::owed_latest(conn, Fen(1_000))? {
        Some((id, _)) => store::orders::get(conn, id),
        None => Ok(None),
    };
    let Some(order) = app.engine.store.read(read).await? else { return Ok(()) };
    let Some(customer) = order.customer else { return Ok(()) };
    let day = Zone::shanghai().local(order.created_at).day;
    let mut wish = draft(customer.0, None, PAID);
    wish.order_no = Some(Order::number(order.id, day));
    paid(app, actor, book, (wish, 20 * MINUTE_MS, true)).await
}

async fn refunds(app: &App, actor: &Actor) -> Result<()> {
    for (n, reason) in
        ["不再使用，退余额", "充错账户", "换车，申请退余额", "活动结束退款"].into_iter().enumerate()
    {
        let n = i64::try_from(n).unwrap_or(0);
        let wish = RefundDraft {
            amount_fen: 1_500 + n * 500,
            reason: reason.to_owned(),
            request_id: format!("demo-source-{n}"),
        };
        at(app, n * HOUR_MS).customer_refund_create(actor, CustomerId(n * 5 + 3), wish).await?;
    }
    // One waits for a second person, whoever looks around: staff of the installation applied for it.
    let mut other = Actor::local();
    other.caller.name = "财务部".to_owned();
    let large = RefundDraft {
        amount_fen: 30_000,
        reason: "企业注销，退全部余额".to_owned(),
        request_id: "demo-source-large".to_owned(),
    };
    let customer = CustomerId(6 * 5 + 3);
    at(app, DAY_MS / 4).customer_refund_create(&other, customer, large).await.map(drop)
}

/// Opens the channel's doors, as long as the demo runs.
pub async fn live(app: &Arc<App>, data: &Path, http: SocketAddr) -> Result<JoinHandle<()>> {
    let found = app.engine.store.read(pay_channels::all).await?;
    let Some(known) = found.into_iter().find(|one| one.name == NAME) else {
        return Ok(tokio::spawn(async {}));
    };
    let PayChannelSecret::Simulated { secret } = app.engine.pay_channel_secret(&known)? else {
        return Err(no_pay_channel());
    };
    let cannot = |why: std::io::Error| {
        tracing::error!(%why, "the pay channel of the demo cannot listen");
        Error::internal()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot)?;
    let listen = listener.local_addr().map_err(cannot)?;
    let channel = channel(app, data, secret, listen)?;
    app.outbound.own_set(listen);
    let own = SocketAddr::from(([127, 0, 0, 1], http.port()));
    move_to(app, &known, (channel.url(), own)).await?;
    Ok(tokio::spawn(async move {
        if let Err(why) = sim::pay::serve(listener, channel).await {
            tracing::warn!(why, "the pay channel of the demo has ended");
        }
    }))
}

/// Where the channel is this time, and where it finds us.
async fn move_to(app: &App, known: &PayChannel, (url, own): (&str, SocketAddr)) -> Result<()> {
    // The secret goes to another door, which is ours as well: it is given anew.
    let PayChannelSecret::Simulated { secret } = app.engine.pay_channel_secret(known)? else { return Ok(()) };
    let change = PayChannelChange {
        version: known.version,
        name: known.name.clone(),
        enabled: known.enabled,
        simulated: Some(SimulatedConfig { url: url.to_owned(), merchant: MERCHANT.to_owned() }),
        wechat: None,
        notify_url: format!("http://{own}"),
        secret: Some(secret),
        api_v3_key: None,
        private_key: None,
        fee_bp: known.fee_bp,
    };
    app.engine.pay_channel_update(&Actor::local(), known.id, change).await
}
