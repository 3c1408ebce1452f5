//! What piles say, made durable and answered.
//!
//! One event is one job of the writer: it judges by the hot state, puts down what shall be written,
//! renders its answer, and puts the frame with that answer into the log. All of it is one
//! transaction; the answer leaves only after the commit.

mod alive;
mod battery;
mod end;
mod foreign;
mod history;
mod merge;
mod meter;
mod needs;
mod noticed;
mod place;
mod reported;
mod reserved;
mod session;
mod settle;
mod shown;
mod start;
mod status;
pub(crate) mod tariff;
mod token;
mod transfer;

pub(crate) use alive::{back, busy, doubt_silent};
pub use history::{PastBattery, PastSession};
pub use settle::{PileBillPeriodRecord, PileBillRecord, recompute};
pub(crate) use settle::{cost_so_far, counted};
pub(crate) use settle::{count, fail as fail_at, give_up as give_up_at};
pub(crate) use start::{Fresh, NOT_PLUGGED, new_order, one_time_tag, trade_no};

use crate::authority::request_read;
use crate::secrets::Secrets;
use crate::{Engine, Rules};
use model::device::{Answer, DeviceEvent, Iso15118Ask};
use model::id::{ConnectorNo, OrderId, PileId};
use model::money::Fen;
use model::order::OpenOrder;
use model::tariff::Bill;
use model::time::Timestamp;
use model::{Error, Result};
use std::sync::Arc;
use store::battery_reports::BatteryView;
use store::frames::{FrameRow, Verdict};
use store::{HotPile, Tx};

/// Turns an answer into the bytes of its protocol. Pure; called inside the transaction.
pub type Render = Box<dyn Fn(&Result<Answer>, Timestamp) -> Vec<u8> + Send>;

/// Something a pile has said.
pub struct Inbound {
    pub pile: PileId,
    pub received_at: Timestamp,
    pub event: DeviceEvent,
    /// The wire's name of the message and its bytes.
    pub kind: &'static str,
    pub bytes: Vec<u8>,
    pub render: Render,
}

/// What is told to the pile.
pub struct Told {
    pub answer: Result<Answer>,
    pub bytes: Vec<u8>,
}

/// A session as it is at this moment.
pub struct Running {
    pub open: OpenOrder,
    /// Empty where the values so far cannot be believed.
    pub bill: Bill,
    pub battery: Option<BatteryView>,
}

/// What handling an event came to.
pub(crate) struct Handled {
    pub answer: Answer,
    pub connector: Option<ConnectorNo>,
    pub order: Option<OrderId>,
    pub verdict: Verdict,
    pub note: Option<String>,
    /// What a session that has just ended costs, once it is billed.
    pub total: Option<Fen>,
}

impl Handled {
    pub fn new(answer: Answer) -> Handled {
        Handled { answer, connector: None, order: None, verdict: Verdict::Applied, note: None, total: None }
    }

    pub fn on(mut self, connector: ConnectorNo) -> Handled {
        self.connector = Some(connector);
        self
    }

    pub fn about(mut self, order: OrderId) -> Handled {
        self.order = Some(order);
        self
    }

    pub fn judged(mut self, verdict: Verdict, note: impl Into<String>) -> Handled {
        self.verdict = verdict;
        self.note = Some(note.into());
        self
    }
}

/// What every handler is given besides the transaction and the pile.
pub(crate) struct Context<'a> {
    pub rules: &'a Rules,
    pub secrets: &'a Secrets,
    pub now: Timestamp,
}

impl Engine {
    /// Makes an event durable and gives the answer to it. After an error of ours the answer is the
    /// protocol's word for it, or nothing where it has none.
    pub async fn device(&self, inbound: Inbound) -> Told {
        let Inbound { pile, received_at, event, kind, bytes, render } = inbound;
        let (rules, secrets) = (self.rules(), Arc::clone(&self.secrets));
        let render = Arc::new(std::sync::Mutex::new(render));
        let inside = Arc::clone(&render);
        let kept = bytes.clone();
        let booted = matches!(event, DeviceEvent::Booted(_));
        let done = self
            .store
            .write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now: received_at };
                let frame = frame_of(pile, received_at, kind);
                tx.with_pile(pile, |tx, hot| {
                    let handled = handle(&context, tx, hot, &event)?;
                    let going = crate::safety::follow(&context, tx, hot, &event, handled.order)?;
                    let answer = Ok(handled.answer);
                    let render = inside.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let told = (*render)(&answer, received_at);
                    drop(render);
                    tx.frame_append(FrameRow {
                        connector: handled.connector.map(i64::from),
                        order: handled.order.map(|id| id.0),
                        verdict: handled.verdict,
                        note: handled.note,
                        body: bytes.clone(),
                        answer: (!told.is_empty()).then(|| told.clone()),
                        ..frame
                    })?;
                    Ok((answer, told, going))
                })
            })
            .await;
        match done {
            Ok((answer, bytes, going)) => {
                for (id, command) in going {
                    if let Err(why) = self.command_dispatch(pile, id, command).await {
                        tracing::error!(%why, %id, "a command of a safety rule could not be given to its link");
                    }
                }
                if booted {
                    self.loads.booted(pile);
                }
                Told { answer, bytes }
            }
            Err(error) => {
                if error.kind != model::error::Kind::Unavailable {
                    // What we could not handle is kept all the same, with the reason.
                    self.frame_keep(FrameRow {
                        verdict: Verdict::Rejected,
                        note: Some(error.to_string()),
                        body: kept,
                        ..frame_of(pile, received_at, kind)
                    });
                }
                let answer: Result<Answer, Error> = Err(error);
                let render = render.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let bytes = (*render)(&answer, received_at);
                Told { answer, bytes }
            }
        }
    }

    /// A running order with its curve and what it costs so far; `None` once it has ended.
    pub async fn order_running(&self, pile: PileId, order: OrderId) -> Result<Option<Running>> {
        let now = self.clock.now();
        self.store
            .write(Some(pile), move |tx| {
                tx.with_pile(pile, |tx, hot| {
                    let Some(open) = hot.open.iter().find(|o| o.order.id == order) else { return Ok(None) };
                    let bill = match open.order.tariff {
                        Some(id) => settle::so_far(
                            open,
                            now,
                            &tx.tariff(id)?.calendar,
                            &tx.station(open.order.station)?.zone,
                        ),
                        None => Bill::default(),
                    };
                    let battery = tx.battery_running(order);
                    Ok(Some(Running { open: open.clone(), bill, battery }))
                })
            })
            .await
    }

    /// Keeps a frame that is not an event: what we sent, or what was refused at the door. Nobody
    /// waits for it.
    pub fn frame_keep(&self, frame: FrameRow) {
        self.store.post(Some(frame.pile), move |tx| tx.frame_append(frame.clone()).map(drop));
    }
}

fn frame_of(pile: PileId, received_at: Timestamp, kind: &'static str) -> FrameRow {
    FrameRow { pile, at_ms: received_at.as_ms(), up: true, kind, ..FrameRow::default() }
}

fn handle(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    pile: &mut HotPile,
    event: &DeviceEvent,
) -> Result<Handled> {
    match event {
        DeviceEvent::Booted(introduction) => {
            let handled = status::booted(context, tx, pile, introduction)?;
            transfer::booted(context, tx, pile, introduction)?;
            Ok(handled)
        }
        DeviceEvent::Status(report) => status::reported(context, tx, pile, report),
        DeviceEvent::ClockReported { at } => status::clock(context, tx, pile, *at),
        DeviceEvent::Authorize { token } => token::authorize(context, tx, pile, token),
        DeviceEvent::StartAsked { connector, token, mode, password } => {
            let ask = merge::Ask {
                connector: *connector,
                token,
                mode: *mode,
                password: password.as_deref(),
                beside: None,
            };
            start::asked(context, tx, pile, &ask)
        }
        DeviceEvent::MergedStartAsked(ask) => merge::merged(context, tx, pile, ask),
        DeviceEvent::Started { connector, token, meter_start, at } => start::started(
            context,
            tx,
            pile,
            &start::Begun {
                connector: *connector,
                token,
                meter_start: Some(*meter_start),
                at: *at,
                session: None,
            },
        ),
        DeviceEvent::StartConfirmed { session, connector, result } => {
            start::confirmed(context, tx, pile, *session, *connector, result.as_ref().err())
        }
        DeviceEvent::Metered { session, connector, samples } => {
            meter::metered(context, tx, pile, *session, *connector, samples)
        }
        DeviceEvent::Observed(observation) => meter::observed(context, tx, pile, observation),
        DeviceEvent::Stopped(record) => end::stopped(context, tx, pile, record),
        DeviceEvent::Session(report) => session::told(context, tx, pile, report),
        DeviceEvent::Socket(report) => status::socket(context, tx, pile, *report),
        DeviceEvent::Billed(bill) => end::billed(context, tx, pile, bill),
        DeviceEvent::TariffChecked { model_no } => tariff::checked(context, tx, pile, *model_no),
        DeviceEvent::TariffAsked => tariff::asked(context, tx, pile),
        DeviceEvent::Iso15118Asked(ask) => Ok(iso15118_asked(ask)),
        DeviceEvent::CertificateAsked { csr } => Ok(certificate_asked(pile, csr)),
        DeviceEvent::Variables(told) => noticed::variables(context, tx, pile, told),
        DeviceEvent::Noticed { variables, events } => noticed::told(context, tx, pile, variables, events),
        DeviceEvent::Monitors(changes) => noticed::monitors(context, tx, pile, changes),
        DeviceEvent::NeedsAsked { connector, departs_at, energy_wh } => {
            needs::asked(context, tx, pile, *connector, (*departs_at, *energy_wh))
        }
        DeviceEvent::Profiles(changes) => {
            store::pile_profiles::apply(tx, &pile.pile, changes, context.now)?;
            Ok(Handled::new(Answer::Noted))
        }
        DeviceEvent::Data(_) | DeviceEvent::Displays(_) | DeviceEvent::CustomerTold(_) => {
            shown::told(context, tx, pile, event, &context.rules.vendor_words)
        }
        DeviceEvent::Battery(news) => battery::told(context, tx, pile, news),
        DeviceEvent::GroundLock(report) => battery::ground_lock(context, tx, pile, report),
        DeviceEvent::Transfer(report) => transfer::reported(context, tx, pile, report),
        DeviceEvent::Security { kind, at, info } => {
            transfer::security(context, tx, pile, (kind, *at, info.as_deref()))
        }
        DeviceEvent::Reservation(ended) => reserved::ended(context, tx, pile, *ended),
        DeviceEvent::Noted { .. } => Ok(Handled::new(Answer::Noted)),
    }
}

/// The gateway has asked the service; what that said is kept with the frame.
fn iso15118_asked(ask: &Iso15118Ask) -> Handled {
    match &ask.answer {
        Ok(payload) => Handled::new(Answer::Iso15118(Some(payload.clone()))),
        Err(why) => Handled::new(Answer::Iso15118(None)).judged(Verdict::Applied, why.en.clone()),
    }
}

/// Only judged here: the gateway has it signed once the answer is on its way.
fn certificate_asked(pile: &HotPile, csr: &str) -> Handled {
    match request_read(csr, pile.pile.code.as_str()) {
        Ok(_) => Handled::new(Answer::CertificateAsked { accepted: true }),
        Err(why) => Handled::new(Answer::CertificateAsked { accepted: false })
            .judged(Verdict::Rejected, format!("the certificate was not signed: {}", why.text())),
    }
}
