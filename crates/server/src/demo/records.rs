//! What the pretended operators keep of their piles: whose they are, since when, and until when their makers
//! mend them.

use crate::app::App;
use engine::audit::Actor;
use engine::site::PileRecordChange;
use model::Result;
use model::pile_record::{SocketKind, SocketStandard};
use model::site::PileKind;
use model::time::{DAY_MS, Timestamp, Zone};
use std::sync::Arc;
use store::pile_records::{self, ConnectorRecord};

/// Every so many days another pile was installed, the first as long ago as this.
const EVERY_DAYS: i64 = 23;
const FIRST_DAYS: i64 = 1_100;
const MADE_BEFORE_DAYS: i64 = 45;
const WARRANTY_DAYS: i64 = 1_095;

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let piles = app.engine.store.read(store::piles::all).await?;
    let (zone, now) = (Zone::shanghai(), app.now());
    for (place, pile) in (0i64..).zip(piles) {
        let id = pile.id;
        let numbers = app.engine.store.read(move |conn| pile_records::connector_numbers(conn, id)).await?;
        let installed = now.plus_ms((place * EVERY_DAYS % FIRST_DAYS - FIRST_DAYS) * DAY_MS);
        let day = |at: Timestamp| Some(zone.local(at).day);
        let dc = pile.kind != PileKind::Ac;
        let connectors = numbers.into_iter().filter(|no| *no > 0).map(|no| ConnectorRecord {
            no,
            socket: Some(if dc { SocketKind::DcPlug } else { SocketKind::AcPlug }),
            standard: Some(SocketStandard::Gb2015),
            park_no: Some(format!("{}-{:02}", if dc { "A" } else { "B" }, place * 2 + no)),
        });
        let tags = if place % 3 == 0 {
            vec!["一期".to_owned(), "重点保障".to_owned()]
        } else {
            vec!["二期".to_owned()]
        };
        let change = PileRecordChange {
            version: 1,
            tags,
            owner: Some(if place % 4 == 0 { "武汉城投资产管理有限公司" } else { "自有" }.to_owned()),
            made_day: day(installed.plus_ms(-MADE_BEFORE_DAYS * DAY_MS)),
            installed_day: day(installed),
            warranty_day: day(installed.plus_ms(WARRANTY_DAYS * DAY_MS)),
            voltage_min_v: Some(if dc { 200 } else { 220 }),
            voltage_max_v: Some(if dc { 1_000 } else { 220 }),
            current_max_a: Some(if dc { 250 } else { 32 }),
            note: None,
            connectors: connectors.collect(),
        };
        app.engine.pile_record_update(actor, pile.code.as_str(), change).await?;
    }
    Ok(())
}
