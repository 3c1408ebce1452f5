//! Sessions that are over already, told as a whole: they go the same way as those that piles report
//! live, plausibility and bill included.

use super::Context;
use super::end::fill;
use super::settle::{record_of, settle};
use super::start::{Fresh, new_order};
use crate::Engine;
use model::Result;
use model::battery::{BatteryCourse, BatteryReport};
use model::card::Token;
use model::curve::{Curve, Point};
use model::device::{PileBill, StopReason};
use model::energy::Energy;
use model::id::{ConnectorNo, OrderId, PileId, SessionKey};
use model::order::{OpenOrder, OrderState, StartMode};
use model::time::Timestamp;
use std::sync::Arc;
use store::Tx;
use store::battery_reports::BatteryRow;
use store::pile_events::{self, NewPileEvent, PileEventKind};

#[derive(Clone, Debug)]
pub struct PastSession {
    pub pile: PileId,
    pub connector: ConnectorNo,
    pub mode: StartMode,
    pub token: Option<Token>,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub meter_start: Energy,
    pub meter_end: Energy,
    pub points: Vec<Point>,
    pub reason: StopReason,
    /// The pile's own bill, where it made one (云快充).
    pub bill: Option<PileBill>,
    pub battery: Option<PastBattery>,
}

/// What the car's battery has told along such a session.
#[derive(Clone, Debug)]
pub struct PastBattery {
    pub facts: BatteryReport,
    pub course: BatteryCourse,
}

impl Engine {
    /// Makes orders of sessions of one pile, oldest first, in one transaction; how many.
    pub async fn sessions_record(&self, sessions: Vec<PastSession>) -> Result<usize> {
        let now = self.clock.now();
        let (rules, secrets) = (self.rules(), Arc::clone(&self.secrets));
        let Some(pile) = sessions.first().map(|session| session.pile) else { return Ok(0) };
        self.store
            .write(Some(pile), move |tx| {
                let context = Context { rules: &rules, secrets: &secrets, now };
                for session in &sessions {
                    record(&context, tx, session)?;
                }
                Ok(sessions.len())
            })
            .await
    }
}

fn record(context: &Context<'_>, tx: &mut Tx<'_>, session: &PastSession) -> Result<()> {
    tx.with_pile(session.pile, |tx, hot| {
        let fresh = Fresh {
            connector: session.connector,
            mode: session.mode,
            token: session.token.clone(),
            begun_at: Some(session.started_at),
        };
        let mut order = new_order(context, tx, hot, fresh)?;
        if let Some(token) = &session.token
            && let Some(card) = tx.card(&token.key())?
        {
            crate::discount::remember(&mut order, Some(&*card));
        }
        order.created_at = session.started_at;
        order.started_at = session.started_at;
        order.skew_ms = None;
        order.state = OrderState::Charging;
        order.session = Some(match &session.bill {
            Some(bill) => SessionKey::Trade(bill.session),
            None => SessionKey::Transaction(context.secrets.transaction_id(order.id)),
        });
        order.ended_at = Some(session.ended_at);
        order.meter_start = Some(session.meter_start);
        order.meter_end = Some(session.meter_end);
        order.energy = session.meter_end - session.meter_start;
        order.stop_code = Some(session.reason.code.clone());
        order.stop_class = Some(session.reason.class);
        order.soc_start = session.points.iter().find_map(|p| p.soc_percent);
        order.soc_end = session.points.iter().rev().find_map(|p| p.soc_percent);
        let record = session.bill.as_ref().map(record_of);
        if let (Some(bill), Some(record)) = (&session.bill, &record) {
            fill(context, &mut order, bill, record);
        }
        order.end_received = Some(session.ended_at);
        hot.latest_start = hot.latest_start.max(Some(session.started_at));
        let mut curve = Curve::default();
        session.points.iter().for_each(|point| curve.push(*point));
        if let Some(PastBattery { facts, course }) = &session.battery {
            tx.battery_save(&BatteryRow {
                order: order.id,
                pile: session.pile,
                report: facts.clone(),
                course: course.clone(),
                updated_at: session.ended_at,
            });
            past_alarms(tx, session, order.id, facts)?;
        }
        settle(context, tx, hot, OpenOrder { order, curve }, record)?;
        Ok(())
    })
}

fn past_alarms(tx: &mut Tx<'_>, session: &PastSession, order: OrderId, facts: &BatteryReport) -> Result<()> {
    for alarm in &facts.alarms {
        let one = NewPileEvent {
            pile: session.pile,
            connector: Some(session.connector),
            order: Some(order),
            kind: PileEventKind::Battery,
            code: alarm.code.clone(),
            at: Timestamp::from_ms(alarm.at_ms),
            noticed: None,
        };
        pile_events::insert(tx, &one)?;
    }
    Ok(())
}
