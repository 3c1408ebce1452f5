//! Sellers, titles and applications, over orders that some of the pretended customers have really paid.

use super::catalogue::OPERATORS;
use crate::app::App;
use engine::audit::Actor;
use engine::invoice::seller::SellerDraft;
use engine::invoice::{ChannelAnswer, InvoiceDraft, InvoiceTitleDraft};
use engine::wallet::{PayWayChange, WalletChangeDraft};
use model::Result;
use model::access::Scope;
use model::id::{CustomerId, InvoiceId, OperatorId};
use model::invoice::InvoiceChannelKind;
use model::invoice_line::TaxItem;
use model::ledger::{PayWay, Payer};
use model::wallet::WalletChangeKind;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::invoice_orders::{InvoiceOrderFilter, invoice_order_list};

/// They pay from a wallet from the first of their orders on.
const PAYERS: [i64; 6] = [110, 120, 130, 140, 150, 160];
const COMPANY: (&str, &str) = ("武汉江岸物流有限公司", "91350100M000100Y43");

/// Before the past is written: what they charged is paid from what they have.
pub async fn payers(app: &Arc<App>, actor: &Actor) -> Result<()> {
    for id in PAYERS {
        let customer = CustomerId(id);
        app.engine
            .customer_pay_way_set(actor, customer, PayWayChange { pay_way: Some(PayWay::Wallet) })
            .await?;
        for turn in 1..=3 {
            let draft = WalletChangeDraft {
                kind: WalletChangeKind::TopUp,
                amount_fen: 18_000,
                reason: "现场充值".to_owned(),
                request_id: format!("demo-payer-{id}-{turn}"),
            };
            app.engine.wallet_change_create(actor, Payer::Customer(customer), draft).await?;
        }
    }
    Ok(())
}

/// The first operator sells under its own name; the second has what it sells looked at first.
fn seller(place: usize) -> Option<SellerDraft> {
    let (name, credit_code, contact, phone, _) = *OPERATORS.get(place)?;
    Some(SellerDraft {
        version: 0,
        name: name.to_owned(),
        tax_no: Some(credit_code.to_owned()),
        address: Some("湖北省武汉市江岸区沿江大道 188 号".to_owned()),
        phone: Some(phone.to_owned()),
        bank_account: Some("中国银行武汉江岸支行 4200 1234 5678 9012".to_owned()),
        electricity: TaxItem::power("充电电费"),
        service: TaxItem {
            rate_e4: 600,
            code: "3040802000000000000".to_owned(),
            ..TaxItem::power("充电服务费")
        },
        quota_fen: 1_000_000,
        drawer: contact.to_owned(),
        checker: None,
        payee: None,
        review: place == 1,
        channel: InvoiceChannelKind::Receipt,
        nuonuo: None,
        app_secret: None,
        access_token: None,
    })
}

fn title(customer: i64, company: bool, name: &str) -> InvoiceTitleDraft {
    InvoiceTitleDraft {
        customer_id: Some(customer),
        fleet_id: None,
        company,
        name: name.to_owned(),
        tax_no: company.then(|| COMPANY.1.to_owned()),
        address: company.then(|| "武汉市江岸区解放大道 1 号".to_owned()),
        phone: company.then(|| "027-82345678".to_owned()),
        bank_account: None,
        email: Some(format!("user{customer}@example.com")),
        preferred: !company,
    }
}

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    for place in 0..2 {
        let Some(draft) = seller(place) else { continue };
        let operator = OperatorId(i64::try_from(place).unwrap_or(0) + 1);
        app.engine.seller_set(actor, operator, draft).await?;
    }
    for (turn, id) in PAYERS.into_iter().enumerate() {
        let customer = CustomerId(id);
        let known = app.engine.store.read(move |conn| store::customers::get(conn, customer)).await?;
        let Some(known) = known else { continue };
        app.engine.invoice_title_create(actor, title(id, false, &known.name)).await?;
        if turn % 2 == 0 {
            app.engine.invoice_title_create(actor, title(id, true, COMPANY.0)).await?;
        }
        // The last of them has not applied for anything yet.
        if turn + 1 < PAYERS.len() {
            applied(app, actor, (turn, id), &known.name).await?;
        }
    }
    Ok(())
}

/// Two orders of one seller: issued, waiting to be reviewed, or refused by the channel.
async fn applied(app: &Arc<App>, actor: &Actor, (turn, id): (usize, i64), name: &str) -> Result<()> {
    let wanted = InvoiceOrderFilter {
        payer: Payer::Customer(CustomerId(id)),
        invoiceable: true,
        operator: None,
        from_ms: None,
        to_ms: None,
        before: None,
        limit: 50,
    };
    let found = app.engine.store.read(move |conn| invoice_order_list(conn, &Scope::ALL, &wanted)).await?;
    let mut sellers: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for order in found.items.iter().filter(|order| order.hindrance.is_none()) {
        sellers.entry(order.operator_id).or_default().push(order.id);
    }
    for (operator, orders) in sellers {
        let company = turn % 2 == 0;
        let draft = InvoiceDraft {
            request_id: format!("demo-apply-{id}-{operator}"),
            customer_id: Some(id),
            fleet_id: None,
            order_ids: orders.into_iter().take(2).collect(),
            special: false,
            company,
            title: if company { COMPANY.0.to_owned() } else { name.to_owned() },
            tax_no: company.then(|| COMPANY.1.to_owned()),
            address: None,
            phone: None,
            bank_account: None,
            email: Some(format!("user{id}@example.com")),
            remark: None,
        };
        let made = app.engine.invoice_create(actor, draft).await?;
        let Some(one) = made.invoices.first() else { continue };
        if turn == 3 && app.engine.invoice_begin(InvoiceId(one.id)).await?.is_some() {
            let why = "购方税号与名称不一致，请核对后重试".to_owned();
            app.engine.invoice_turn(InvoiceId(one.id), ChannelAnswer::Refused(why)).await?;
        }
    }
    Ok(())
}
