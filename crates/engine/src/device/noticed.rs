//! What a pile of OCPP 2 has noticed of its variables: their values, and an event each.

use super::{Context, Handled};
use model::Result;
use model::device::{Answer, VariableReport};
use model::id::{SessionKey, SessionName};
use model::monitor::{EventReport, MonitorChange};
use store::pile_events::{NewPileEvent, PileEventKind, insert};
use store::{HotPile, Tx};

pub fn told(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    variables: &[VariableReport],
    events: &[EventReport],
) -> Result<Handled> {
    store::pile_variables::save(tx, &hot.pile, variables, context.now)?;
    let pile = hot.pile.id;
    for event in events {
        let mut noticed = event.clone();
        if let (None, Some(no)) = (event.severity, event.monitor_no) {
            noticed.severity = tx.read(|conn| store::pile_monitors::severity_of(conn, pile, no))?;
        }
        let session = event.session.as_deref().and_then(SessionName::parse).map(SessionKey::Name);
        let order =
            session.and_then(|session| hot.open_session(session)).map(|place| hot.open[place].order.id);
        crate::alarm::variable_told(tx, &hot.pile, &noticed, order, context.now)?;
        let one = NewPileEvent {
            pile,
            connector: event.connector,
            order,
            kind: PileEventKind::Variable,
            code: format!("ocpp:{}", event.trigger),
            at: context.now,
            noticed: Some(noticed),
        };
        insert(tx, &one)?;
    }
    Ok(Handled::new(Answer::Noted))
}

/// What its variables are, as it was asked to say.
pub fn variables(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    told: &[VariableReport],
) -> Result<Handled> {
    store::pile_variables::save(tx, &hot.pile, told, context.now)?;
    Ok(Handled::new(Answer::Noted))
}

/// What the pile watches of itself.
pub fn monitors(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    changes: &[MonitorChange],
) -> Result<Handled> {
    store::pile_monitors::apply(tx, &hot.pile, changes, context.now)?;
    Ok(Handled::new(Answer::Noted))
}
