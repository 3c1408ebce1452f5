//! 申请开票: whose orders, to whom it is made out, what will stand in it.

use super::title::owner;
use crate::Engine;
use crate::audit::Actor;
use crate::site::named;
use crate::site::optional;
use model::access::Scope;
use model::id::{FleetId, InvoiceId, OperatorId, OrderId, StationId};
use model::invoice::{
    InvoiceChannelKind, InvoiceCustomerKind, InvoiceKind, InvoiceParties, InvoiceParty, InvoiceState,
    email_checked,
};
use model::invoice_line::{InvoiceLine, InvoiceShare, invoice_lines, quota_split};
use model::ledger::Payer;
use model::money::Fen;
use model::tax_no::tax_no_checked;
use model::time::{Timestamp, Zone};
use model::wallet::request_id_checked;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::invoice_orders::{self, InvoiceHindrance, InvoiceOrderChoice};
use store::invoice_work::{self, Applied};
use store::invoices::{self, NewInvoice};
use store::sellers::{self, Seller};
use store::{Change, Conn, DbResult, Tx, customers, fleets};
use utoipa::ToSchema;

/// Orders of one application: more is a statement, not an invoice.
pub const ORDERS_MAX: usize = 500;
const NAME_MAX: usize = 100;
const ADDRESS_MAX: usize = 80;
const ACCOUNT_MAX: usize = 100;
const REMARK_MAX: usize = 200;

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceDraft {
    /// Made by the page when it opens the form: sent again, it is the same application.
    pub request_id: String,
    /// Whose orders: one of these.
    pub customer_id: Option<i64>,
    pub fleet_id: Option<i64>,
    /// Of one seller.
    pub order_ids: Vec<i64>,
    /// 专票
    pub special: bool,
    /// Made out to a company; to a person otherwise.
    pub company: bool,
    pub title: String,
    /// A company's must be there.
    pub tax_no: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    /// 开户行及账号
    pub bank_account: Option<String>,
    pub email: Option<String>,
    pub remark: Option<String>,
}

/// One of the invoices that an application makes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoicePlanPart {
    pub order_ids: Vec<i64>,
    pub lines: Vec<InvoiceLine>,
    pub net_fen: i64,
    pub tax_fen: i64,
    pub total_fen: i64,
    pub electricity_fen: i64,
    pub service_fen: i64,
}

/// What an application would make.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoicePlan {
    pub seller_name: String,
    pub channel: InvoiceChannelKind,
    pub kind: InvoiceKind,
    /// Somebody looks at it before it is issued.
    pub review: bool,
    /// More than one where the seller's quota splits it.
    pub invoices: Vec<InvoicePlanPart>,
    pub total_fen: i64,
    /// What the orders cost and no invoice has: paid from gifts, owed, given back.
    pub excluded_fen: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceReceipt {
    pub invoices: Vec<InvoiceReceiptRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceReceiptRow {
    pub id: i64,
    pub serial_no: String,
    pub total_fen: i64,
    pub state: InvoiceState,
}

/// Everything that decides, read at once.
struct Material {
    orders: Vec<InvoiceOrderChoice>,
    seller: Option<Seller>,
    /// Phone of the customer, and whether a fleet's driver.
    phone: Option<String>,
    driver: bool,
    owed: Fen,
}

fn material(conn: &mut Conn, scope: &Scope, draft: &InvoiceDraft, payer: Payer) -> DbResult<Material> {
    let orders = invoice_orders::chosen(conn, scope, &draft.order_ids)?;
    let seller = match orders.first() {
        Some(order) => sellers::get(conn, &Scope::ALL, OperatorId(order.operator_id))?,
        None => None,
    };
    let (mut phone, mut driver, mut owed) = (None, false, Fen(0));
    match payer {
        Payer::Customer(id) => {
            if let Some(customer) = customers::get(conn, id)? {
                (phone, driver) = (customer.phone, customer.fleet.is_some());
            }
        }
        Payer::Fleet(id) => {
            phone = fleets::get(conn, id)?.and_then(|fleet| fleet.contact_phone);
            let balance = store::postings::balance(conn, model::ledger::AccountId::fleet(id))?;
            owed = Fen((-balance.0).max(0));
        }
    }
    Ok(Material { orders, seller, phone, driver, owed })
}

/// Trimmed, and within the rules that need no database.
fn checked(mut draft: InvoiceDraft) -> Result<InvoiceDraft> {
    draft.request_id = request_id_checked(draft.request_id.trim())?;
    owner(draft.customer_id, draft.fleet_id)?;
    draft.order_ids.sort_unstable();
    draft.order_ids.dedup();
    if !(1..=ORDERS_MAX).contains(&draft.order_ids.len()) {
        return Err(Error::invalid(
            "order_ids",
            format!("请选择 1 到 {ORDERS_MAX} 个订单"),
            format!("Choose 1 to {ORDERS_MAX} orders."),
        ));
    }
    draft.title = named("title", &draft.title, NAME_MAX)?;
    let tax_no = draft.tax_no.take().filter(|text| !text.trim().is_empty());
    draft.tax_no = tax_no.map(|text| tax_no_checked("tax_no", &text)).transpose()?;
    draft.address = optional("address", draft.address.as_deref(), ADDRESS_MAX)?;
    draft.phone = optional("phone", draft.phone.as_deref(), 20)?;
    draft.bank_account = optional("bank_account", draft.bank_account.as_deref(), ACCOUNT_MAX)?;
    draft.remark = optional("remark", draft.remark.as_deref(), REMARK_MAX)?;
    let email = draft.email.take().filter(|text| !text.trim().is_empty());
    draft.email = email.map(|text| email_checked("email", &text)).transpose()?;
    titled(&draft)?;
    Ok(draft)
}

/// Who the invoice is made out to says what must be there.
fn titled(draft: &InvoiceDraft) -> Result<()> {
    if draft.company && draft.tax_no.is_none() {
        return Err(Error::invalid(
            "tax_no",
            "企业抬头必须填写税号",
            "A company's invoice needs its tax number.",
        ));
    }
    if !draft.company && draft.tax_no.as_ref().is_some_and(|tax_no| tax_no.starts_with('9')) {
        return Err(Error::invalid(
            "tax_no",
            "抬头类型是个人，而税号是企业的统一社会信用代码；请改选企业，或清空税号",
            "The title is a person's and the tax number a company's. Choose company, or leave the tax number empty.",
        ));
    }
    if draft.special && !draft.company {
        return Err(Error::invalid(
            "special",
            "专票只能开给企业，请选择企业抬头或改开普票",
            "A special invoice is for companies only; choose a company's title or a general invoice.",
        ));
    }
    Ok(())
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Why an order cannot stand in a new invoice, and what to do.
fn hindered(order: &InvoiceOrderChoice, why: InvoiceHindrance) -> Result<()> {
    let no = &order.order_no;
    let (zh, en) = match why {
        // Judged by who applies.
        InvoiceHindrance::FleetPaid => return Ok(()),
        InvoiceHindrance::Invoiced => {
            let invoice = order.invoice_no.as_deref().unwrap_or_default();
            (
                format!("订单 {no} 已在发票 {invoice} 中，请先红冲或驳回该发票，或去掉此订单"),
                format!(
                    "Order {no} stands in invoice {invoice}. Reverse or reject that one first, or leave the order out."
                ),
            )
        }
        InvoiceHindrance::Running => (
            format!("订单 {no} 尚未结算完成，完成后再开票"),
            format!("Order {no} is not settled yet; invoice it when it is."),
        ),
        InvoiceHindrance::Unpaid => (
            format!("订单 {no} 没有可开票的金额（赠送金、优惠券、待支付和已退款不开票），请去掉此订单"),
            format!(
                "Nothing of order {no} can be invoiced: gifts, coupons, debts and refunds are not. Leave it out."
            ),
        ),
    };
    Err(unfit(zh, en))
}

/// Orders that are there and cannot be invoiced like this.
fn unfit(zh: String, en: String) -> Error {
    Error::refused("invoice.order_unfit", zh, en).on_field("order_ids")
}

/// Whether these orders may stand in one application, and whose they are.
fn orders_checked(draft: &InvoiceDraft, payer: Payer, found: &Material) -> Result<()> {
    if found.orders.len() != draft.order_ids.len() {
        return Err(Error::invalid(
            "order_ids",
            "有订单不存在，或不在您的数据范围内，请刷新后重新选择",
            "Some of the orders do not exist in your scope; reload and choose again.",
        ));
    }
    for order in &found.orders {
        let no = &order.order_no;
        let own = match payer {
            Payer::Customer(id) => order.customer == Some(id),
            Payer::Fleet(id) => order.fleet == Some(id),
        };
        if !own && order.fleet.is_none() {
            return Err(unfit(
                format!("订单 {no} 不是该用户（车队）的订单，请去掉后再提交"),
                format!("Order {no} is not one of this customer's or fleet's; leave it out."),
            ));
        }
        if order.payer() != Some(payer) {
            return Err(unfit(
                format!("订单 {no} 由企业车队付款，只能由该企业开票，请去掉后再提交"),
                format!("Order {no} was paid by a company, which alone gets its invoice; leave it out."),
            ));
        }
        if let Some(why) = order.hindrance {
            hindered(order, why)?;
        }
    }
    if let Some(other) = found.orders.iter().find(|one| one.operator_id != found.orders[0].operator_id) {
        let (one, other) = (&found.orders[0].seller_name, &other.seller_name);
        return Err(unfit(
            format!("一张发票只能有一个销售方，所选订单属于“{one}”和“{other}”，请分开申请"),
            format!("An invoice has one seller. These orders belong to {one} and {other}; apply for each."),
        ));
    }
    if found.owed.0 > 0 {
        return Err(Error::refused(
            "invoice.fleet_owes",
            format!("该车队账户欠款 {} 元，只有实际付款的部分可以开票，请先收款", yuan(found.owed.0)),
            format!(
                "This fleet owes {} yuan. Only what was paid is invoiced; take its payment first.",
                yuan(found.owed.0)
            ),
        ));
    }
    Ok(())
}

fn kind(draft: &InvoiceDraft, seller: &Seller) -> Result<InvoiceKind> {
    match (seller.channel, draft.special) {
        (InvoiceChannelKind::Receipt, false) => Ok(InvoiceKind::Receipt),
        (InvoiceChannelKind::Receipt, true) => Err(Error::invalid(
            "special",
            "该销售方尚未接入税务开票渠道，只能出具收据；请改选普票，或先在销售方中配置渠道",
            "This seller has no channel for tax invoices yet, only receipts. Choose a general one, or set the channel up first.",
        )),
        (InvoiceChannelKind::Nuonuo, false) => Ok(InvoiceKind::DigitalGeneral),
        (InvoiceChannelKind::Nuonuo, true) => Ok(InvoiceKind::DigitalSpecial),
    }
}

/// What of a plan goes on to be written.
struct Planned {
    plan: InvoicePlan,
    seller: Seller,
    parts: Vec<Vec<InvoiceOrderChoice>>,
    phone: Option<String>,
    driver: bool,
}

fn planned(draft: &InvoiceDraft, payer: Payer, found: Material) -> Result<Planned> {
    orders_checked(draft, payer, &found)?;
    let seller = found.seller.clone().ok_or_else(Error::internal)?;
    let kind = kind(draft, &seller)?;
    let totals: Vec<Fen> = found.orders.iter().map(|order| Fen(order.invoiceable_fen)).collect();
    let groups = quota_split(&totals, seller.quota)?;
    let (mut invoices, mut parts) = (Vec::new(), Vec::new());
    for group in groups {
        let orders: Vec<InvoiceOrderChoice> =
            group.into_iter().map(|place| found.orders[place].clone()).collect();
        let shares: Vec<InvoiceShare> = orders.iter().map(InvoiceOrderChoice::share).collect();
        let lines = invoice_lines(&shares, &seller.electricity, &seller.service);
        let sum = |part: fn(&InvoiceLine) -> i64| lines.iter().map(part).sum::<i64>();
        invoices.push(InvoicePlanPart {
            order_ids: orders.iter().map(|order| order.id).collect(),
            net_fen: sum(|line| line.net_fen),
            tax_fen: sum(|line| line.tax_fen),
            total_fen: sum(|line| line.total_fen),
            electricity_fen: orders.iter().map(|order| order.electricity_fen).sum(),
            service_fen: orders.iter().map(|order| order.service_fen).sum(),
            lines,
        });
        parts.push(orders);
    }
    let total_fen = invoices.iter().map(|one| one.total_fen).sum();
    let cost: i64 = found.orders.iter().map(|order| order.total_fen).sum();
    let plan = InvoicePlan {
        seller_name: seller.party.name.clone(),
        channel: seller.channel,
        kind,
        review: seller.review,
        invoices,
        total_fen,
        excluded_fen: cost - total_fen,
    };
    Ok(Planned { plan, seller, parts, phone: found.phone, driver: found.driver })
}

fn parties(draft: &InvoiceDraft, seller: &Seller) -> InvoiceParties {
    InvoiceParties {
        seller: seller.party.clone(),
        buyer: InvoiceParty {
            name: draft.title.clone(),
            tax_no: draft.tax_no.clone(),
            address: draft.address.clone(),
            phone: draft.phone.clone(),
            bank_account: draft.bank_account.clone(),
        },
        drawer: seller.drawer.clone(),
        checker: seller.checker.clone(),
        payee: seller.payee.clone(),
        remark: draft.remark.clone(),
    }
}

/// At most 20 characters, also with what a reversal puts behind it.
fn serial_no(id: InvoiceId, now: Timestamp) -> String {
    format!("KP{}{:07}", Zone::shanghai().local(now).day, id.0)
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &InvoiceDraft,
    planned: &Planned,
    now: Timestamp,
) -> Result<Vec<i64>> {
    let parties = parties(draft, &planned.seller);
    let customer_kind = match (draft.fleet_id, planned.driver, draft.company) {
        (Some(_), ..) => InvoiceCustomerKind::Company,
        (None, true, _) => InvoiceCustomerKind::Driver,
        (None, false, true) => InvoiceCustomerKind::Company,
        (None, false, false) => InvoiceCustomerKind::Person,
    };
    let state = if planned.plan.review { InvoiceState::Review } else { InvoiceState::Waiting };
    let mut made = Vec::new();
    for (place, (part, orders)) in planned.plan.invoices.iter().zip(&planned.parts).enumerate() {
        let station = orders[0].station_id;
        let same = orders.iter().all(|order| order.station_id == station);
        let new = NewInvoice {
            serial_no: format!("{}/{place}", draft.request_id),
            kind: planned.plan.kind,
            red: false,
            state,
            customer: draft.customer_id,
            customer_kind,
            phone: planned.phone.clone(),
            title: draft.title.clone(),
            tax_no: draft.tax_no.clone(),
            operator: planned.seller.operator,
            station: same.then_some(StationId(station)),
            net_fen: part.net_fen,
            tax_fen: part.tax_fen,
            electricity_fen: part.electricity_fen,
            service_fen: part.service_fen,
            number: None,
            email: draft.email.clone(),
            failure: None,
            applied_at: now,
            issued_at: None,
            orders: orders.iter().map(|order| OrderId(order.id)).collect(),
        };
        let id = invoices::insert(tx, &new)?;
        let serial_no = serial_no(id, now);
        let applied = Applied {
            serial_no: &serial_no,
            fleet: draft.fleet_id.map(FleetId),
            channel: planned.seller.channel,
            parties: &parties,
            due: (state == InvoiceState::Waiting).then_some(now),
        };
        invoice_work::applied_set(tx, id, &applied)?;
        for order in orders {
            invoice_work::share_set(tx, id, OrderId(order.id), order.share())?;
        }
        invoice_work::lines_insert(tx, id, &part.lines)?;
        let text = format!("{} · {}", draft.title, yuan(part.total_fen));
        invoices::event_append(tx, id, "apply", &actor.caller.name, &text, now)?;
        let detail = json!({"after": {"title": draft.title, "total_fen": part.total_fen, "order_ids": part.order_ids}});
        actor.record(tx, now, "invoice_create", "invoice", &serial_no, &detail)?;
        made.push(id.0);
    }
    tx.changed(Change::Noun("invoice"));
    Ok(made)
}

fn receipt(conn: &mut Conn, ids: &[i64]) -> DbResult<InvoiceReceipt> {
    let mut invoices = Vec::new();
    for id in ids {
        if let Some(one) = invoice_work::get(conn, InvoiceId(*id))? {
            invoices.push(InvoiceReceiptRow {
                id: *id,
                serial_no: one.serial_no,
                total_fen: one.total_fen,
                state: one.state,
            });
        }
    }
    Ok(InvoiceReceipt { invoices })
}

impl Engine {
    /// What an application would make; nothing is written.
    pub async fn invoice_check(&self, actor: &Actor, draft: InvoiceDraft) -> Result<InvoicePlan> {
        let (draft, scope) = (checked(draft)?, actor.caller.scope.clone());
        let payer = owner(draft.customer_id, draft.fleet_id)?;
        let asked = draft.clone();
        let found = self.store.read(move |conn| material(conn, &scope, &asked, payer)).await?;
        Ok(planned(&draft, payer, found)?.plan)
    }

    /// Applies for an invoice; several are made where the seller's quota splits it.
    pub async fn invoice_create(&self, actor: &Actor, draft: InvoiceDraft) -> Result<InvoiceReceipt> {
        let draft = checked(draft)?;
        let payer = owner(draft.customer_id, draft.fleet_id)?;
        let body = serde_json::to_string(&draft).map_err(|_| Error::internal())?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if let Some((known, ids)) =
                    tx.read(|conn| invoice_work::request(conn, &draft.request_id))?
                {
                    if known != body {
                        return Err(Error::conflict(
                            "request.differs",
                            "同一请求编号已用于另一份申请，请刷新页面后重新填写",
                            "This request id was used for another application. Load the page again and fill in the form anew.",
                        )
                        .on_field("request_id"));
                    }
                    return tx.read(|conn| receipt(conn, &ids));
                }
                for order in &draft.order_ids {
                    invoice_orders::lock(tx, OrderId(*order))?;
                }
                let found = tx.read(|conn| material(conn, &actor.caller.scope, &draft, payer))?;
                let planned = planned(&draft, payer, found)?;
                let made = write(tx, &actor, &draft, &planned, now)?;
                invoice_work::request_insert(tx, &draft.request_id, &body, &made, now)?;
                tx.read(|conn| receipt(conn, &made))
            })
            .await
    }
}
