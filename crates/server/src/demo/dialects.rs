//! Piles that depart from the paper, and a dialect that the platform has made for one maker.

use super::PilePlan;
use crate::app::App;
use engine::audit::Actor;
use engine::dialect::DialectDraft;
use model::dialect::{CurrentCoding, DialectRules};
use model::id::{DialectId, PileCode};
use model::{Error, Result};
use std::sync::Arc;

/// How the pretend pile speaks that is the nth of 云快充.
pub fn rules(nth: usize) -> Option<DialectRules> {
    let yilian = DialectRules {
        fault_bit_two: true,
        current_coding: Some(CurrentCoding::Plus),
        start_tail: Some(0),
        extra_stop_codes: true,
        ..DialectRules::default()
    };
    match nth {
        1 => Some(yilian),
        2 => Some(own()),
        _ => None,
    }
}

fn own() -> DialectRules {
    DialectRules {
        crc_high_first: true,
        current_coding: Some(CurrentCoding::Minus),
        reply_delay_ms: 100,
        ..DialectRules::default()
    }
}

pub async fn write(app: &Arc<App>, actor: &Actor, plans: &[PilePlan]) -> Result<()> {
    let draft = DialectDraft {
        operator_id: None,
        name: "华中早期主控 V2.x".to_owned(),
        source: Some("2026-09 现场抓包（站内 3 台）".to_owned()),
        note: Some("校验高字节在前；BMS 电流为 4000 减；应答须间隔 100 毫秒，否则漏收".to_owned()),
        vendor: None,
        model: None,
        firmware: Some("V2.".to_owned()),
        rules: own(),
    };
    let made = app.engine.dialect_create(actor, draft).await?;
    // The first of those that come with the product.
    let said = [(1, DialectId(1)), (2, made)];
    let ykc: Vec<&PilePlan> = plans.iter().filter(|plan| plan.protocol.is_ykc()).collect();
    for (nth, dialect) in said {
        let Some(code) = ykc.get(nth).and_then(|plan| PileCode::parse(&plan.code)) else { continue };
        let found = app.engine.store.read(move |conn| store::piles::by_code(conn, &code)).await?;
        let pile = found.ok_or_else(Error::internal)?;
        app.engine.pile_dialect_set(actor, pile.id, Some(dialect.0)).await?;
    }
    Ok(())
}
