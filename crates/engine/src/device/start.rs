//! How a session begins: at the pile (OCPP), by asking first (云快充 0x31), or as we commanded.

use super::alive::busy;
use super::merge::Ask;
use super::place::{closed, tariff_shown};
use super::reserved::{kept_for_another, used};
use super::status::{CONNECTORS_MAX, observe_clock};
use super::token::{Judged, judge};
use super::{Context, Handled};
use crate::device::settle;
use crate::payment;
use model::Result;
use model::card::{Token, TokenKind, TokenVerdict};
use model::curve::Curve;
use model::device::{Answer, Refusal, TokenAnswer};
use model::energy::Energy;
use model::id::{ConnectorNo, OrderId, SessionKey, StaffId, TradeNo};
use model::money::Fen;
use model::order::{Abnormalities, Abnormality, OpenOrder, Order, OrderState, StartMode};
use model::time::Timestamp;
use store::frames::Verdict;
use store::ids::Noun;
use store::{HotPile, Tx};

/// Refused because no car is plugged in: a second word follows when it is (云快充 6.2). Also the reason
/// 05 of a refused stop is something else.
pub(crate) const NOT_PLUGGED: &str = "ykc:33:05";

/// The tag under which an OCPP pile begins what we commanded, so that its start is known as ours.
pub(crate) fn one_time_tag(order: OrderId) -> String {
    format!("PO{:X}", order.0)
}

/// What a pile says of a session that it has begun.
pub(super) struct Begun<'a> {
    pub connector: ConnectorNo,
    pub token: &'a Token,
    pub meter_start: Option<Energy>,
    pub at: Timestamp,
    /// The name that the pile has given it; `None`: it wants a number from us.
    pub session: Option<SessionKey>,
}

impl Begun<'_> {
    /// The number that is told, and the key that is kept.
    fn named(&self, context: &Context<'_>, order: OrderId) -> (i32, SessionKey) {
        let transaction = context.secrets.transaction_id(order);
        (transaction, self.session.unwrap_or(SessionKey::Transaction(transaction)))
    }
}

/// OCPP StartTransaction.
pub fn started(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    begun: &Begun<'_>,
) -> Result<Handled> {
    if let Some(known) = repeated(tx, hot, begun)? {
        return repeat_answer(context, tx, begun, &known);
    }
    observe_clock(context, tx, hot, begun.at);
    begin(context, tx, hot, begun)
}

/// A session that was not told before.
pub(super) fn begin(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    begun: &Begun<'_>,
) -> Result<Handled> {
    hot.latest_start = hot.latest_start.max(Some(begun.at));
    if let Some(id) = commanded(hot, begun.token) {
        return begin_commanded(context, tx, hot, id, begun);
    }
    if let Some(order) = given_up(tx, hot, begun)? {
        return Ok(begin_too_late(context, tx, hot, order, begun));
    }
    let mut judged = judge(context, tx, begun.token)?;
    let fresh = Fresh {
        connector: begun.connector,
        mode: StartMode::Card,
        token: Some(begun.token.clone()),
        begun_at: Some(begun.at),
    };
    let mut order = new_order(context, tx, hot, fresh)?;
    let (transaction, session) = begun.named(context, order.id);
    order.session = Some(session);
    order.started_at = begun.at;
    order.meter_start = begun.meter_start;
    let past = hot.open_on(begun.connector).is_some_and(|place| {
        let running = &hot.open[place].order;
        running.state != OrderState::Starting
            && begun.at < running.started_at
            && context.now.since(begun.at) > context.rules.busy_ms
    });
    let held = if past { Held::Nothing } else { Held::Connector };
    let closed = closed(context, tx, hot, Some(begun.at), &mut judged)?;
    admit(context, tx, hot, &mut order, &mut judged, held)?;
    order.start_verdict = Some(judged.verdict);
    let handled = Handled::new(Answer::Started { transaction, token: judged.answer() })
        .on(begun.connector)
        .about(order.id);
    if judged.verdict == TokenVerdict::Accepted && past {
        // It was over before the running session began and waited in the pile's queue: its record
        // follows, and what goes on now is left alone.
        order.state = OrderState::Unsettled;
        order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
        tx.order_save(&order);
        hot.open.push(OpenOrder { order, curve: Curve::default() });
        return Ok(handled);
    }
    if judged.verdict == TokenVerdict::Accepted {
        supersede(context, tx, hot, begun.connector)?;
        order.state = OrderState::Charging;
        tx.order_save(&order);
        hot.open.push(OpenOrder { order, curve: Curve::default() });
        return Ok(handled);
    }
    // The pile has begun all the same and will stop; whatever it delivers is held, never billed.
    order.state = OrderState::Failed;
    order.ended_at = Some(begun.at);
    order.abnormal.add(match judged.verdict {
        TokenVerdict::ConnectorBusy => Abnormality::ConnectorTaken,
        TokenVerdict::NoTariff => Abnormality::NoTariff,
        _ => Abnormality::TokenRefused,
    });
    tx.order_save(&order);
    Ok(handled.judged(Verdict::Applied, closed.unwrap_or(format!("refused: {:?}", judged.verdict))))
}

/// The same start, said again: after a lost answer, a restart of the pile, or of ours.
fn repeated(tx: &mut Tx<'_>, hot: &HotPile, begun: &Begun<'_>) -> Result<Option<Order>> {
    let same = |order: &Order| {
        order.started_at == begun.at
            && order.connector == begun.connector
            && order.meter_start == begun.meter_start
            && matches!(order.session, Some(SessionKey::Transaction(_)))
            // A commanded session carries its one-time tag; another card at the same instant is not it.
            && order.began_with(begun.token)
    };
    if let Some(open) = hot.open.iter().find(|o| same(&o.order)) {
        return Ok(Some(open.order.clone()));
    }
    if hot.latest_start.is_none_or(|latest| begun.at > latest) {
        return Ok(None);
    }
    let pile = hot.pile.id;
    let known = tx.read(|conn| store::orders::by_start(conn, pile, begun.at))?;
    Ok(known.into_iter().find(same))
}

fn repeat_answer(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    begun: &Begun<'_>,
    known: &Order,
) -> Result<Handled> {
    let mut judged = judge(context, tx, begun.token)?;
    judged.verdict = known.start_verdict.unwrap_or(TokenVerdict::Accepted);
    let token = judged.answer();
    let transaction = match known.session {
        Some(SessionKey::Transaction(id)) => id,
        _ => context.secrets.transaction_id(known.id),
    };
    Ok(Handled::new(Answer::Started { transaction, token })
        .on(begun.connector)
        .about(known.id)
        .judged(Verdict::Duplicate, "a repeated start: the first answer again"))
}

/// The order that this start carries out: ours, still waiting, on the one-time tag it was given.
pub(super) fn commanded(hot: &HotPile, token: &Token) -> Option<OrderId> {
    let open = hot.open.iter().find(|o| {
        matches!(o.order.state, OrderState::Starting | OrderState::Stopping)
            && o.order.session.is_none()
            && o.order.began_with(token)
    });
    open.map(|open| open.order.id)
}

fn begin_commanded(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    id: OrderId,
    begun: &Begun<'_>,
) -> Result<Handled> {
    if hot.open_on(begun.connector).is_some_and(|place| hot.open[place].order.id != id) {
        // The pile has begun on another connector than the one that was asked for.
        supersede(context, tx, hot, begun.connector)?;
    }
    let skew_ms = hot.pile.skew_ms;
    let open = hot.open.iter_mut().find(|open| open.order.id == id).ok_or_else(model::Error::internal)?;
    let order = &mut open.order;
    let (transaction, session) = begun.named(context, order.id);
    order.session = Some(session);
    order.connector = begun.connector;
    order.started_at = begun.at;
    order.meter_start = begun.meter_start;
    order.skew_ms = skew_ms;
    order.deadline = None;
    order.start_verdict = Some(TokenVerdict::Accepted);
    if order.state == OrderState::Starting {
        order.state = OrderState::Charging;
    }
    tx.order_save(order);
    let answer = Answer::Started { transaction, token: TokenAnswer::of(TokenVerdict::Accepted) };
    Ok(Handled::new(answer).on(begun.connector).about(id))
}

/// The order of a start that we commanded and gave up when no answer came.
fn given_up(tx: &mut Tx<'_>, hot: &HotPile, begun: &Begun<'_>) -> Result<Option<Order>> {
    let key = begun.token.key();
    let Some(id) = key.strip_prefix("PO").and_then(|hex| i64::from_str_radix(hex, 16).ok()) else {
        return Ok(None);
    };
    let order = tx.read(|conn| store::orders::get(conn, OrderId(id)))?;
    Ok(order.filter(|order| {
        order.pile == hot.pile.id
            && order.state == OrderState::Failed
            && order.session.is_none()
            && order.began_with(begun.token)
    }))
}

/// The person was told that it failed, so the pile is told to stop; what it delivers until then is
/// held with the order that it belongs to.
fn begin_too_late(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    mut order: Order,
    begun: &Begun<'_>,
) -> Handled {
    let (transaction, session) = begun.named(context, order.id);
    order.session = Some(session);
    order.connector = begun.connector;
    (order.started_at, order.ended_at) = (begun.at, Some(begun.at));
    order.meter_start = begun.meter_start;
    order.skew_ms = hot.pile.skew_ms;
    order.start_verdict = Some(TokenVerdict::Unknown);
    order.abnormal.add(Abnormality::TokenRefused);
    tx.order_save(&order);
    Handled::new(Answer::Started { transaction, token: TokenAnswer::of(TokenVerdict::Unknown) })
        .on(begun.connector)
        .about(order.id)
        .judged(Verdict::Applied, "refused: the start was given up before the pile began")
}

/// 云快充 0x31: the pile asks, we name the session.
pub fn asked(context: &Context<'_>, tx: &mut Tx<'_>, hot: &mut HotPile, ask: &Ask<'_>) -> Result<Handled> {
    let Ask { connector, token, mode, password, beside } = *ask;
    let answer = |session: TradeNo, verdict: TokenVerdict, balance: Fen| {
        let card = (token.kind == TokenKind::Card).then(|| token.value.clone());
        Answer::StartAsked { session, verdict, balance, card }
    };
    // Asked again, because our answer was lost: the same session.
    let again = hot.open.iter().find(|o| {
        o.order.connector == connector && o.order.state == OrderState::Starting && o.order.began_with(token)
    });
    if let Some(OpenOrder { order: Order { id, session: Some(SessionKey::Trade(trade)), .. }, .. }) = again {
        let balance = payment::told(context, tx, *id)?;
        return Ok(Handled::new(answer(*trade, TokenVerdict::Accepted, balance))
            .on(connector)
            .about(*id)
            .judged(Verdict::Duplicate, "asked again: the first answer again"));
    }
    let mut judged = judge(context, tx, token)?;
    if password.is_some() && judged.verdict == TokenVerdict::Accepted {
        // No card of ours has a password, so none can be right.
        judged.verdict = TokenVerdict::WrongPassword;
    }
    let fresh = Fresh { connector, mode, token: Some(token.clone()), begun_at: None };
    let mut order = new_order(context, tx, hot, fresh)?;
    let trade = trade_no(tx, hot, connector, context.now, order.id)?;
    order.session = Some(SessionKey::Trade(trade));
    let closed = closed(context, tx, hot, None, &mut judged)?;
    let held = beside.map_or(Held::Connector, Held::Beside);
    admit(context, tx, hot, &mut order, &mut judged, held)?;
    if judged.verdict != TokenVerdict::Accepted {
        let balance = payment::told_refused(context, tx, (judged.verdict, judged.card.as_deref()))?;
        let handled = Handled::new(answer(trade, judged.verdict, balance)).on(connector);
        let why = closed.unwrap_or(format!("refused: {:?}", judged.verdict));
        return Ok(handled.judged(Verdict::Applied, why));
    }
    supersede(context, tx, hot, connector)?;
    order.deadline = Some(context.now.plus_ms(context.rules.start_timeout_ms));
    tx.order_save(&order);
    let id = order.id;
    hot.open.push(OpenOrder { order, curve: Curve::default() });
    let balance = payment::told(context, tx, id)?;
    Ok(Handled::new(answer(trade, judged.verdict, balance)).on(connector).about(id))
}

/// 云快充 0x33: what became of the start that we commanded.
pub fn confirmed(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    session: SessionKey,
    connector: ConnectorNo,
    refusal: Option<&Refusal>,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted).on(connector);
    let Some(place) = hot.open_session(session) else {
        return Ok(handled.judged(Verdict::Quarantined, "no order waits for this session"));
    };
    let order = &mut hot.open[place].order;
    let handled = handled.about(order.id);
    match refusal {
        Some(_) if !matches!(order.state, OrderState::Starting | OrderState::Stopping) => {
            // An older message than the one that it contradicts; energy may have flowed.
            Ok(handled.judged(Verdict::Quarantined, "refused, but the session runs already"))
        }
        None => {
            if order.state == OrderState::Starting {
                order.state = OrderState::Charging;
                order.started_at = context.now;
                order.deadline = None;
                tx.order_save(order);
            }
            Ok(handled)
        }
        // Not plugged in: the driver has a minute, then a second message says so (云快充 6.2).
        Some(refusal) if refusal.code == NOT_PLUGGED => {
            order.deadline = Some(order.created_at.plus_ms(context.rules.start_timeout_ms));
            tx.order_save(order);
            Ok(handled.judged(Verdict::Applied, "not plugged in yet"))
        }
        Some(refusal) => {
            order.stop_code = Some(refusal.code.clone());
            settle::fail(context, tx, hot, place);
            Ok(handled.judged(Verdict::Applied, refusal.text.en.clone()))
        }
    }
}

/// A session that is to become an order.
pub(crate) struct Fresh {
    pub connector: ConnectorNo,
    pub mode: StartMode,
    pub token: Option<Token>,
    /// When it began by the pile's clock; `None`: it begins now.
    pub begun_at: Option<Timestamp>,
}

/// A new order, not yet admitted and not yet saved.
pub(crate) fn new_order(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    Fresh { connector, mode, token, begun_at }: Fresh,
) -> Result<Order> {
    let (tariff, mut abnormal) = (tariff_shown(context, tx, hot, begun_at)?, Abnormalities::default());
    if connector == 0 || (connector > CONNECTORS_MAX && hot.connector(connector).is_none()) {
        abnormal.add(Abnormality::ConnectorUnknown);
    }
    Ok(Order {
        id: OrderId(tx.next_id(Noun::Order)?),
        pile: hot.pile.id,
        station: hot.pile.station,
        operator: hot.pile.operator,
        connector,
        session: None,
        start_mode: mode,
        token,
        card: None,
        customer: None,
        staff: None::<StaffId>,
        tariff,
        created_at: context.now,
        sample_from: tx.peek_id(Noun::Sample)?,
        frame_from: tx.peek_id(Noun::Frame)?,
        state: OrderState::Starting,
        abnormal,
        deadline: None,
        started_at: context.now,
        ended_at: None,
        end_received: None,
        skew_ms: hot.pile.skew_ms,
        meter_start: None,
        meter_end: None,
        energy: Energy::ZERO,
        electricity: Fen(0),
        service: Fen(0),
        total: Fen(0),
        pile_amount: None,
        soc_start: None,
        soc_end: None,
        vin: None,
        stop_code: None,
        stop_class: None,
        start_verdict: None,
        stop_verdict: None,
        member_level: None,
        service_off_permille: 0,
        discount: Fen(0),
        occupancy: Fen(0),
    })
}

/// What a session holds while it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Its connector, and a place on its card.
    Connector,
    /// Its connector; its place on the card is that of another order, whose car it charges.
    Beside(OrderId),
    /// Nothing: it is over already.
    Nothing,
}

/// Admits the order, or worsens the verdict: pile out of service, no tariff, connector busy, card in
/// use. On success the card's place is taken.
pub(super) fn admit(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    order: &mut Order,
    judged: &mut Judged,
    held: Held,
) -> Result<()> {
    crate::discount::remember(order, judged.card.as_deref());
    if judged.verdict != TokenVerdict::Accepted {
        return Ok(());
    }
    // A silent session on this connector gives way, and its place on the card with it.
    let instead_of = match held {
        Held::Beside(other) => Some(other),
        _ => hot.open_on(order.connector).map(|place| hot.open[place].order.id),
    };
    judged.verdict = if !hot.pile.lifecycle.in_service() {
        TokenVerdict::OutOfService
    } else if order.tariff.is_none() {
        TokenVerdict::NoTariff
    } else if held == Held::Nothing {
        TokenVerdict::Accepted
    } else if busy(context, hot, order.connector)
        || kept_for_another(context, hot, order, judged.card.as_deref())
    {
        TokenVerdict::ConnectorBusy
    } else if judged.card.as_ref().is_some_and(|card| !tx.card_take(card, order.id, instead_of)) {
        TokenVerdict::Concurrent
    } else {
        used(context, tx, hot, order)?;
        TokenVerdict::Accepted
    };
    if let (TokenVerdict::Accepted, Some(card), true) = (judged.verdict, &judged.card, held != Held::Nothing)
        && let Some(refused) = payment::admit(context, tx, order, card)?
    {
        judged.verdict = refused;
        tx.card_free(card.id, order.id);
    }
    Ok(())
}

/// The connector has begun anew: a pending start on it has failed, a running one now awaits its record.
fn supersede(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    connector: ConnectorNo,
) -> Result<()> {
    while let Some(place) = hot.open_on(connector) {
        if hot.open[place].order.state == OrderState::Starting {
            hot.open[place].order.abnormal.add(Abnormality::ConnectorTaken);
            settle::fail(context, tx, hot, place);
        } else {
            let order = &mut hot.open[place].order;
            order.state = OrderState::Unsettled;
            order.deadline = Some(context.now.plus_ms(context.rules.record_timeout_ms));
            if let Some(card) = order.card {
                tx.card_free(card, order.id);
            }
            tx.order_save(order);
        }
    }
    Ok(())
}

/// The 32 digits under which a 云快充 pile will know the session.
pub(crate) fn trade_no(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    connector: ConnectorNo,
    now: Timestamp,
    order: OrderId,
) -> Result<TradeNo> {
    let zone = &tx.station(hot.pile.station)?.zone;
    let counter = u32::try_from(order.0.rem_euclid(10_000)).unwrap_or(0);
    TradeNo::build(hot.pile.code.as_str(), connector, zone.local(now), counter).ok_or_else(|| {
        model::Error::refused(
            "pile.code_not_ykc",
            "云快充电桩的编号必须是14位数字，请修改电桩编号后重新登记",
            "A 云快充 pile needs a number of 14 digits; register it again under such a number.",
        )
    })
}
