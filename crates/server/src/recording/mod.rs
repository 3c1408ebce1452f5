//! 报文录制: what was said about an order, or by a pile in a time, as a file that can be replayed.

mod disguise;
pub mod proof;
mod world;

use crate::app::App;
use disguise::Disguise;
use engine::audit::Actor;
use model::card::TokenVerdict;
use model::error::Kind;
use model::order::{Abnormality, Order, StartMode};
use model::time::Timestamp;
use model::{Error, Result, Text};
use sim::replay::{
    Direction, FORMAT, Header, OrderFacts, RecordedCard, RecordedField, RecordedFrame, RecordedLink,
    RecordedPile, RecordedTariff, Recording, VERSION, hex,
};
use std::collections::BTreeMap;
use store::frames::Frame;
use store::recordings::{FRAMES_MAX, RecordedOrder, RecordingRows, Wanted, recording_read};

/// How a file is wanted.
pub struct Options {
    /// Cards and vehicles by their own names.
    pub plain: bool,
    pub english: bool,
}

/// Reads, and makes the file. Who gets it is written down.
pub async fn make(app: &App, actor: &Actor, wanted: Wanted, options: &Options) -> Result<Recording> {
    let (scope, asked) = (actor.caller.scope.clone(), wanted.clone());
    let rows = app.engine.store.read(move |conn| recording_read(conn, &scope, &asked)).await?;
    let rows = rows.ok_or_else(|| match wanted {
        Wanted::Order(_) => engine::settlement::no_order(),
        Wanted::Span { .. } => crate::http::no_pile(),
    })?;
    check(&rows, &wanted)?;
    let parameters = app.engine.parameter_list().await?;
    let parameters = parameters.into_iter().map(|one| (one.name.to_owned(), one.value)).collect();
    let recording = recording(rows, parameters, app.now(), options)?;
    let key = match &wanted {
        Wanted::Order(id) => ("order", id.0.to_string()),
        Wanted::Span { code, .. } => ("pile", code.clone()),
    };
    app.engine.recording_kept(actor, key, options.plain, recording.frames.len()).await?;
    Ok(recording)
}

fn check(rows: &RecordingRows, wanted: &Wanted) -> Result<()> {
    if rows.frames.len() > FRAMES_MAX {
        let (zh, en) = (
            format!("报文超过 {FRAMES_MAX} 条，请缩短时间范围"),
            format!("There are more than {FRAMES_MAX} frames; choose a shorter time."),
        );
        return Err(match wanted {
            Wanted::Order(_) => Error::refused("recording.too_long", zh, en),
            Wanted::Span { .. } => Error::invalid("to_ms", zh, en),
        });
    }
    let Wanted::Order(_) = wanted else { return Ok(()) };
    if rows.frames.is_empty() {
        return Err(Error::refused(
            "recording.no_frames",
            "该订单已没有报文：报文已按保留天数清理，或订单由文件导入，无法导出",
            "There are no frames of this order any more: they were pruned, or the order was brought in from a file.",
        ));
    }
    if rows.orders.is_empty() {
        return Err(Error::refused(
            "recording.order_open",
            "订单尚未结束，结束后才能导出录制文件；现在可在报文页查看",
            "The order has not ended; it can be recorded once it has. Its frames can be looked at now.",
        ));
    }
    Ok(())
}

fn recording(
    rows: RecordingRows,
    parameters: BTreeMap<String, i64>,
    now: Timestamp,
    options: &Options,
) -> Result<Recording> {
    let RecordingRows { pile, zone, frames, orders, links, tariffs } = rows;
    let mut disguise = Disguise::new(options.plain, pile.protocol);
    let mut recorded = Vec::new();
    for frame in frames {
        recorded.push(line(frame, &mut disguise, options)?);
    }
    let skew_ms = orders.first().and_then(|one| one.order.skew_ms);
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        made_at_ms: now.as_ms(),
        masked: !options.plain,
        protocol: pile.protocol,
        pile: RecordedPile {
            code: pile.code.as_str().to_owned(),
            kind: pile.kind,
            connector_count: 2
                .max(orders.iter().map(|one| i64::from(one.order.connector)).max().unwrap_or(0)),
            rated_power_w: pile.rated_power_w,
            skew_ms,
        },
        time_zone: zone.name().to_owned(),
        parameters,
        tariffs: shown(&orders, &tariffs),
        cards: cards(&orders, &mut disguise),
        links: links.into_iter().map(|(from_ms, to_ms)| RecordedLink { from_ms, to_ms }).collect(),
        orders: orders.iter().map(|one| facts(one, &mut disguise)).collect(),
    };
    Ok(Recording { header, frames: recorded })
}

fn line(frame: Frame, disguise: &mut Disguise, options: &Options) -> Result<RecordedFrame> {
    let is_ykc = disguise.protocol.is_ykc();
    let mut shown = |bytes: &[u8]| {
        let bytes = match protocol::secrets_hidden(&frame.kind, bytes) {
            Some(hidden) => disguise.frame(&hidden),
            None => disguise.frame(bytes),
        };
        if is_ykc { hex(&bytes) } else { String::from_utf8_lossy(&bytes).into_owned() }
    };
    let raw = shown(&frame.body);
    let answer = frame.answer.as_deref().filter(|answer| !answer.is_empty()).map(&mut shown);
    let bytes = sim::replay::bytes_of(disguise.protocol, &raw).ok_or_else(Error::internal)?;
    let tell = |text: &Text| if options.english { text.en.to_string() } else { text.zh.to_string() };
    let decoded = protocol::explain(disguise.protocol, &bytes).into_iter().map(|field| RecordedField {
        name: field.name,
        label: tell(&field.label),
        value: tell(&field.value),
    });
    Ok(RecordedFrame {
        at_ms: frame.at_ms,
        direction: if frame.up { Direction::Up } else { Direction::Down },
        kind: frame.kind,
        connector_no: frame.connector,
        order_id: frame.order,
        verdict: frame.verdict.as_str().to_owned(),
        note: frame.note,
        raw,
        answer,
        decoded: decoded.collect(),
    })
}

/// Which version the station showed when: each from the first order that was billed by it.
fn shown(orders: &[RecordedOrder], versions: &BTreeMap<i64, store::TariffVersion>) -> Vec<RecordedTariff> {
    let mut begun: Vec<(i64, i64)> = orders
        .iter()
        .filter_map(|RecordedOrder { order, .. }| {
            let from_ms = order.began_at().as_ms().min(order.created_at.as_ms());
            order.tariff.map(|tariff| (from_ms, tariff.0))
        })
        .collect();
    begun.sort_unstable();
    begun.dedup_by_key(|(_, tariff)| *tariff);
    let version = |(from_ms, id): (i64, i64)| {
        let version = versions.get(&id)?;
        Some(RecordedTariff {
            name: version.name.clone(),
            version_no: version.version_no,
            model_no: version.model_no,
            from_ms,
            table: version.calendar.clone(),
        })
    };
    begun.into_iter().filter_map(version).collect()
}

/// What began the orders, and what was said of it. One that nobody knew stays unknown.
fn cards(orders: &[RecordedOrder], disguise: &mut Disguise) -> Vec<RecordedCard> {
    let mut known = BTreeMap::new();
    for RecordedOrder { order, .. } in orders {
        let one_time = matches!(order.start_mode, StartMode::Console | StartMode::App);
        let (Some(token), false) = (&order.token, one_time) else { continue };
        if let Some(verdict) = verdict_of(order) {
            known.entry(disguise.token(token)).or_insert(verdict);
        }
    }
    known.into_iter().map(|(tag, verdict)| RecordedCard { tag, verdict }).collect()
}

fn verdict_of(order: &Order) -> Option<TokenVerdict> {
    match order.start_verdict {
        Some(TokenVerdict::Unknown) => None,
        Some(TokenVerdict::ConnectorBusy | TokenVerdict::NoTariff) => Some(TokenVerdict::Accepted),
        Some(verdict) => Some(verdict),
        None if order.abnormal.has(Abnormality::TokenRefused) => order.card.map(|_| TokenVerdict::Blocked),
        None => order.card.map(|_| TokenVerdict::Accepted),
    }
}

/// The order as it is compared.
fn facts(one: &RecordedOrder, disguise: &mut Disguise) -> OrderFacts {
    let segments = one.detail.as_ref().and_then(|detail| serde_json::from_str(&detail.segments).ok());
    let points = one.detail.as_ref().map_or(0, |detail| detail.curve.points().len());
    let mut facts = OrderFacts::of(&one.order, segments.unwrap_or_default(), points, one.by_hand);
    facts.token = facts.token.and(one.order.token.as_ref()).map(|token| disguise.token(token));
    facts.vin = facts.vin.map(|vin| disguise.vin(&vin));
    facts
}

/// Only for whoever may see personal data in full.
pub fn plain_allowed(actor: &Actor, plain: bool) -> Result<bool> {
    if !plain || actor.caller.may(model::access::Permission::CustomerReveal) {
        return Ok(plain);
    }
    Err(Error::new(
        Kind::Denied,
        "permission.denied",
        Text::of(
            "导出未脱敏的卡号与车辆识别代码需要“查看完整个人信息”权限；可改为导出脱敏文件，同样可以回放",
            "Cards and vehicles in full are for those who may see personal data in full. The masked file replays just as well.",
        ),
    ))
}
