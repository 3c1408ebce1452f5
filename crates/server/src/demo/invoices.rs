//! Invoices of the last weeks, over orders of the demo's customers.

use super::SEED;
use crate::app::App;
use model::Result;
use model::invoice::{InvoiceCustomerKind, InvoiceKind, InvoiceState};
use model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Zone};
use sim::random::Random;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::invoices::{Invoiceable, NewInvoice, invoiceable};

const DAYS: i64 = 40;
const COMPANIES: [(&str, &str); 4] = [
    ("武汉江岸物流有限公司", "91420102MA4KXYZ12A"),
    ("楚天出行科技有限公司", "91420100MA4L0ABC3B"),
    ("深圳湾网约车服务有限公司", "91440300MA5G1DEF4C"),
    ("宜昌同城配送有限公司", "91420500MA498GHJ5D"),
];
/// 13 %, in 100 + 13 parts.
const TAX: i64 = 13;

pub async fn write(app: &Arc<App>) -> Result<()> {
    let since = app.now().plus_ms(-DAYS * DAY_MS);
    let orders = app.engine.store.read(move |conn| invoiceable(conn, since, 600)).await?;
    // One seller and one buyer an invoice.
    let mut groups: BTreeMap<(i64, i64), Vec<Invoiceable>> = BTreeMap::new();
    for order in orders {
        groups.entry((order.operator.0, order.customer)).or_default().push(order);
    }
    let mut random = Random::named(SEED, "invoices");
    let mut all: Vec<NewInvoice> = groups.into_values().map(|group| one(app, &mut random, &group)).collect();
    all.sort_by_key(|invoice| invoice.applied_at);
    app.engine.invoices_record(all).await
}

fn one(app: &App, random: &mut Random, group: &[Invoiceable]) -> NewInvoice {
    let customer = group[0].customer;
    let latest = group.iter().map(|order| order.ended_at).max().unwrap_or(group[0].ended_at);
    let applied_at = latest.plus_ms(random.between(2, 30) * HOUR_MS).min(app.now().plus_ms(-5 * MINUTE_MS));
    let company = random.chance(35).then(|| random.pick(&COMPANIES).copied().unwrap_or(COMPANIES[0]));
    let state = match random.between(0, 99) {
        0..=4 => InvoiceState::Failed,
        5..=8 => InvoiceState::Reversed,
        _ => InvoiceState::Issued,
    };
    let issued = matches!(state, InvoiceState::Issued | InvoiceState::Reversed);
    let electricity_fen: i64 = group.iter().map(|order| order.electricity_fen).sum();
    let service_fen: i64 = group.iter().map(|order| order.service_fen).sum();
    let total = electricity_fen + service_fen;
    let tax_fen = (total * TAX * 2 + 100 + TAX) / (2 * (100 + TAX));
    let same = group.iter().all(|order| order.station == group[0].station);
    let customer_kind = match company {
        Some(_) => InvoiceCustomerKind::Company,
        None if random.chance(40) => InvoiceCustomerKind::Driver,
        None => InvoiceCustomerKind::Person,
    };
    let day = Zone::shanghai().local(applied_at).day;
    NewInvoice {
        serial_no: format!("KP{day}{:06}", customer * 10 + group[0].operator.0),
        kind: if company.is_some() { InvoiceKind::DigitalSpecial } else { InvoiceKind::DigitalGeneral },
        red: false,
        state,
        customer: Some(customer),
        customer_kind,
        phone: group[0].phone.clone(),
        title: company.map_or_else(|| group[0].name.clone(), |(title, _)| title.to_owned()),
        tax_no: company.map(|(_, tax_no)| tax_no.to_owned()),
        operator: group[0].operator,
        station: same.then_some(group[0].station),
        net_fen: total - tax_fen,
        tax_fen,
        electricity_fen,
        service_fen,
        number: issued.then(|| format!("2642{:016}", random.between(1, 9_999_999_999_999))),
        email: (!random.chance(10)).then(|| format!("user{customer}@example.com")),
        failure: (state == InvoiceState::Failed).then(|| "抬头与税号不符，请核对后重新申请".to_owned()),
        applied_at,
        issued_at: issued.then(|| applied_at.plus_ms(2 * MINUTE_MS)),
        orders: group.iter().map(|order| order.order).collect(),
    }
}
