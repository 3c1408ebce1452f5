//! From a wish to the channel and back: written down by the engine before and after each word with the channel.

use super::{Adapter, Notice, PayFault};
use crate::app::App;
use axum::http::HeaderMap;
use engine::audit::Actor;
use engine::pay::channels::no_pay_channel;
use engine::pay::{Learned, PaymentSaid, RefundSaid, no_payment};
use model::pay::{PayState, PaymentPurpose, RefundState};
use model::{Error, Result};
use store::pay_channels::{self, PayChannel};
use store::payments::{self, Payment};
use store::refunds::{self, Refund};

async fn channel(app: &App, id: i64) -> Result<PayChannel> {
    app.engine.store.read(move |conn| pay_channels::get(conn, id)).await?.ok_or_else(no_pay_channel)
}

pub fn adapter<'a>(app: &'a App, channel: &'a PayChannel) -> Result<Adapter<'a>> {
    let secret = app.engine.pay_channel_secret(channel)?;
    Ok(Adapter { outbound: &app.outbound, channel, secret, now: app.now() })
}

fn subject(payment: &Payment) -> &'static str {
    match payment.purpose {
        PaymentPurpose::TopUp => "充电钱包充值",
        PaymentPurpose::Order => "充电订单支付",
    }
}

/// Makes a fresh payment known to its channel. One that is known there already is told as it is.
pub async fn open(app: &App, (payment, channel): (Payment, PayChannel)) -> Result<Payment> {
    if payment.state != PayState::Created {
        return Ok(payment);
    }
    let adapter = adapter(app, &channel)?;
    match adapter.open(&payment, subject(&payment)).await {
        Ok(door) => app.engine.payment_opened(&payment, door).await,
        Err(PayFault { refused, text }) => {
            app.engine.payment_not_opened(&payment, text.zh.to_string(), refused).await
        }
    }
}

/// Asks the channel how far a payment is; what it says is taken over. Whose time is over is closed there first.
pub async fn ask(app: &App, payment: &Payment) -> Result<Option<PayFault>> {
    let channel = channel(app, payment.pay_channel).await?;
    let adapter = match adapter(app, &channel) {
        Ok(adapter) => adapter,
        // Others have channels that work.
        Err(why) => {
            app.engine.payment_unanswered(payment, why.text.zh.to_string()).await?;
            return Ok(Some(PayFault::unknown(why.text)));
        }
    };
    let over = app.now() >= payment.expires_at;
    let said = match adapter.ask(payment).await {
        Ok(PaymentSaid::Waiting) if over && payment.state.is_open() => closed(&adapter, payment).await,
        other => other,
    };
    match said {
        Ok(said) => {
            app.engine.payment_learn(channel.id, &payment.no, said).await?;
            Ok(None)
        }
        Err(fault) => {
            app.engine.payment_unanswered(payment, fault.text.zh.to_string()).await?;
            Ok(Some(fault))
        }
    }
}

/// Closes it at the channel; somebody may have paid a moment before.
async fn closed(adapter: &Adapter<'_>, payment: &Payment) -> super::Told<PaymentSaid> {
    if let Err(fault) = adapter.close(payment).await {
        tracing::info!(no = payment.no, why = %fault.text.en, "a payment could not be closed");
    }
    adapter.ask(payment).await
}

/// Because somebody wants it closed.
pub async fn close(app: &App, actor: &Actor, payment: &Payment) -> Result<()> {
    if !payment.state.is_open() {
        return Err(ended());
    }
    app.engine.payment_touched(actor, payment, "close_asked").await?;
    let channel = channel(app, payment.pay_channel).await?;
    let adapter = adapter(app, &channel)?;
    let said = match adapter.ask(payment).await {
        Ok(PaymentSaid::Waiting) => closed(&adapter, payment).await,
        // The channel has never heard of it, so that nobody can pay it.
        Ok(PaymentSaid::Absent) => Ok(PaymentSaid::Closed),
        other => other,
    };
    let said = said.map_err(|fault| unreachable(&fault))?;
    let paid = matches!(said, PaymentSaid::Paid { .. });
    app.engine.payment_learn(channel.id, &payment.no, said).await?;
    if paid { Err(ended()) } else { Ok(()) }
}

fn ended() -> Error {
    Error::conflict(
        "payment.ended",
        "这笔支付已支付或已结束，不能关闭；请刷新页面查看，已支付的可以退款",
        "This payment is paid or over, and cannot be closed. Load the page again; what is paid can be refunded.",
    )
}

fn unreachable(fault: &PayFault) -> Error {
    Error::refused(
        "pay_channel.unreachable",
        format!("支付渠道没有给出结果：{}；请稍后再试", fault.text.zh),
        format!("The pay channel gave no result: {} Try again later.", fault.text.en),
    )
}

/// Because somebody asks; a channel that does not answer is told.
pub async fn check(app: &App, actor: &Actor, payment: &Payment) -> Result<()> {
    app.engine.payment_touched(actor, payment, "asked").await?;
    match ask(app, payment).await? {
        Some(fault) => Err(unreachable(&fault)),
        None => Ok(()),
    }
}

/// Sends a refund, or asks what became of it: one that may be there is asked for first.
pub async fn refund(app: &App, refund: &Refund) -> Result<Option<PayFault>> {
    let channel = channel(app, refund.pay_channel).await?;
    let adapter = match adapter(app, &channel) {
        Ok(adapter) => adapter,
        Err(why) => return Ok(Some(PayFault::unknown(why.text))),
    };
    if refund.state.is_under_way() {
        let said = adapter.refund_ask(refund).await;
        let absent = matches!(said, Ok(RefundSaid::Absent));
        let fault = said.as_ref().err().cloned();
        let said = said.unwrap_or_else(|fault| RefundSaid::Unknown(fault.text.zh.to_string()));
        app.engine.refund_learn(channel.id, &refund.no, said).await?;
        if !absent {
            return Ok(fault);
        }
    }
    let id = refund.id;
    let Some(refund) = app.engine.store.read(move |conn| refunds::get(conn, id)).await? else {
        return Ok(None);
    };
    if !matches!(refund.state, RefundState::Approved | RefundState::Submitted) {
        return Ok(None);
    }
    let Some(refund) = app.engine.refund_submitting(&refund).await? else { return Ok(None) };
    let id = refund.payment;
    let payment = app.engine.store.read(move |conn| payments::get(conn, id)).await?.ok_or_else(no_payment)?;
    let (said, fault) = match adapter.refund(&refund, &payment).await {
        Ok(said) => (said, None),
        Err(fault) if fault.refused => (RefundSaid::Failed(fault.text.zh.to_string()), Some(fault)),
        Err(fault) => (RefundSaid::Unknown(fault.text.zh.to_string()), Some(fault)),
    };
    app.engine.refund_learn(channel.id, &refund.no, said).await?;
    Ok(fault)
}

/// Because somebody asks what became of it.
pub async fn refund_check(app: &App, actor: &Actor, one: &Refund) -> Result<()> {
    if !one.state.is_under_way() {
        return Ok(());
    }
    app.engine.refund_asked(actor, one).await?;
    match refund(app, one).await? {
        Some(fault) if !fault.refused => Err(unreachable(&fault)),
        _ => Ok(()),
    }
}

/// Why a call of a channel was not taken.
pub enum NoticeFault {
    /// It was not the channel, or it is about nothing of ours.
    Refused(String),
    /// A fault of ours: it is to be called again.
    Again,
}

/// What a channel has called out.
pub async fn notice(
    app: &App,
    id: i64,
    headers: &HeaderMap,
    body: &[u8],
) -> std::result::Result<(), NoticeFault> {
    let again = |why: Error| {
        tracing::warn!(%why, channel = id, "a call of a pay channel could not be taken");
        NoticeFault::Again
    };
    let found = app.engine.store.read(move |conn| pay_channels::get(conn, id)).await.map_err(again)?;
    let channel = found.ok_or_else(|| NoticeFault::Refused("no such channel".to_owned()))?;
    let adapter = adapter(app, &channel).map_err(again)?;
    let notice = adapter.notice(headers, body).map_err(|fault| {
        tracing::warn!(channel = id, why = %fault.text.en, "a call of a pay channel was refused");
        NoticeFault::Refused(fault.text.en.to_string())
    })?;
    let taken = match notice {
        Notice::Payment { no, said } => app.engine.payment_learn(id, &no, said).await,
        Notice::Refund { no, said } => app.engine.refund_learn(id, &no, said).await.map(|()| Learned::Taken),
    };
    match taken {
        Ok(Learned::Taken) => Ok(()),
        Ok(Learned::Differs) => Err(NoticeFault::Refused("another amount".to_owned())),
        Err(why) if why.kind == model::error::Kind::NotFound => {
            Err(NoticeFault::Refused(why.text.en.to_string()))
        }
        Err(why) => Err(again(why)),
    }
}
