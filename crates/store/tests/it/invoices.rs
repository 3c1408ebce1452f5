//! Invoices on both databases: what may stand in one, that an order stands in one live one only, and who waits.

use crate::databases::databases;
use crate::seed::{NOON, seed};
use model::Result;
use model::access::Scope;
use model::id::{CustomerId, InvoiceId, OperatorId, OrderId};
use model::invoice::{
    ChannelLogin, InvoiceChannelKind, InvoiceCustomerKind, InvoiceKind, InvoiceParties, InvoiceState,
};
use model::ledger::Payer;
use model::money::Fen;
use model::time::Timestamp;
use store::invoice_orders::{
    self, InvoiceHindrance, InvoiceOrderFilter, invoice_blocks_refund, invoice_order_list,
};
use store::invoice_work::{self, Applied};
use store::invoices::{self, NewInvoice};
use store::sellers;
use store::{Store, Tx};

const CUSTOMER: CustomerId = CustomerId(9);

async fn tell<T: Send + 'static>(
    store: &Store,
    work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    store.write(None, work).await
}

/// Completed orders of a customer, of which this was paid: principal, gift, owed, given back.
async fn paid(store: &Store, order: i64, [principal, gift, owed, refunded]: [i64; 4]) {
    tell(store, move |tx| {
        tx.execute(
            "UPDATE orders SET customer_id = $1, state = 'completed', electricity_fen = 600, service_fen = 400, \
             total_fen = 1000 WHERE id = $2",
            &[CUSTOMER.0.into(), order.into()],
        )?;
        tx.execute(
            "INSERT INTO order_payment (order_id, pile_id, operator_id, customer_id, way, state, held_fen, most_held_fen, \
             principal_fen, gift_fen, owed_fen, refunded_fen, written_off_fen, exhausted, step, created_at_ms, \
             changed_at_ms) VALUES ($1, 101, 1, $2, 'wallet', 'posted', 0, 0, $3, $4, $5, $6, 0, $7, 1, 0, 0)",
            &[
                order.into(),
                CUSTOMER.0.into(),
                principal.into(),
                gift.into(),
                owed.into(),
                refunded.into(),
                false.into(),
            ],
        )
    })
    .await
    .unwrap();
}

fn new(serial: &str, orders: &[i64], state: InvoiceState) -> NewInvoice {
    NewInvoice {
        serial_no: serial.to_owned(),
        kind: InvoiceKind::Receipt,
        red: false,
        state,
        customer: Some(CUSTOMER.0),
        customer_kind: InvoiceCustomerKind::Person,
        phone: Some("13800131234".to_owned()),
        title: "王伟".to_owned(),
        tax_no: None,
        operator: OperatorId(1),
        station: None,
        net_fen: 885,
        tax_fen: 115,
        electricity_fen: 600,
        service_fen: 400,
        number: None,
        email: None,
        failure: None,
        applied_at: Timestamp::from_ms(NOON),
        issued_at: None,
        orders: orders.iter().map(|id| OrderId(*id)).collect(),
    }
}

fn wanted(invoiceable: bool) -> InvoiceOrderFilter {
    InvoiceOrderFilter {
        payer: Payer::Customer(CUSTOMER),
        invoiceable,
        operator: None,
        from_ms: None,
        to_ms: None,
        before: None,
        limit: 50,
    }
}

#[tokio::test]
async fn only_money_that_was_paid_is_invoiced() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        for (order, money) in [
            (1_000, [1_000, 0, 0, 0]),
            (1_001, [700, 300, 0, 0]),
            (1_002, [0, 0, 1_000, 0]),
            (1_003, [1_000, 0, 0, 400]),
            (1_004, [1_000, 0, 0, 1_000]),
            (1_006, [400, 0, 600, 600]),
        ] {
            paid(&store, order, money).await;
        }
        let list = |all: bool| {
            tell(&store, move |tx| tx.read(|conn| invoice_order_list(conn, &Scope::ALL, &wanted(!all))))
        };
        let all = list(true).await.unwrap().items;
        let told: Vec<_> = all.iter().map(|one| (one.id, one.invoiceable_fen, one.hindrance)).collect();
        let unpaid = Some(InvoiceHindrance::Unpaid);
        assert_eq!(
            told,
            [
                (1_006, 400, None),
                (1_004, 0, unpaid),
                (1_003, 600, None),
                (1_002, 0, unpaid),
                (1_001, 700, None),
                (1_000, 1_000, None)
            ],
            "{}",
            database.name
        );
        assert!(all.iter().all(|one| one.electricity_fen + one.service_fen == one.invoiceable_fen));
        let ids: Vec<i64> = list(false).await.unwrap().items.iter().map(|one| one.id).collect();
        assert_eq!(ids, [1_006, 1_004, 1_003, 1_001, 1_000], "what is given back is told by its row");
    }
}

#[tokio::test]
async fn an_order_stands_in_one_live_invoice_and_its_money_stays() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        paid(&store, 1_000, [1_000, 0, 0, 0]).await;
        let insert = |serial: &'static str, state| {
            tell(&store, move |tx| invoices::insert(tx, &new(serial, &[1_000], state)))
        };
        let blocks = || tell(&store, |tx| invoice_blocks_refund(tx, OrderId(1_000)));
        assert_eq!(blocks().await.unwrap(), None);
        let first = insert("A", InvoiceState::Waiting).await.unwrap();
        assert!(insert("B", InvoiceState::Waiting).await.is_err(), "{}", database.name);
        assert_eq!(blocks().await.unwrap().as_deref(), Some("A"));
        tell(&store, move |tx| invoice_orders::live_set(tx, first, false)).await.unwrap();
        assert_eq!(blocks().await.unwrap(), None, "a failed one lets it go");
        insert("C", InvoiceState::Waiting).await.unwrap();
        let taken = tell(&store, move |tx| tx.read(|conn| invoice_orders::taken(conn, first)));
        assert_eq!(taken.await.unwrap().as_deref(), Some("C"));
        assert!(tell(&store, move |tx| invoice_orders::live_set(tx, first, true)).await.is_err());
    }
}

#[tokio::test]
async fn an_operator_sells_under_its_own_name_until_somebody_says_otherwise_and_waits_without_a_sign_in() {
    for database in databases() {
        let store = database.open();
        seed(&store).await;
        let seller = || tell(&store, |tx| tx.read(|conn| sellers::get(conn, &Scope::ALL, OperatorId(1))));
        let own = seller().await.unwrap().unwrap();
        assert_eq!((own.version, own.channel), (0, InvoiceChannelKind::Receipt));
        assert_eq!(own.party.name, crate::seed::NAMES[0]);
        let set = sellers::Seller { version: 1, review: true, quota: Fen(5), ..own.clone() };
        let save = |one: sellers::Seller| tell(&store, move |tx| sellers::save(tx, &one));
        assert!(save(set.clone()).await.unwrap());
        assert!(!save(set.clone()).await.unwrap(), "somebody was faster");
        assert!(save(sellers::Seller { version: 2, ..set.clone() }).await.unwrap());
        let now = Timestamp::from_ms(NOON);
        for (serial, channel) in [("N", InvoiceChannelKind::Nuonuo), ("R", InvoiceChannelKind::Receipt)] {
            tell(&store, move |tx| {
                let id = invoices::insert(tx, &new(serial, &[], InvoiceState::Waiting))?;
                let parties = InvoiceParties::default();
                let applied =
                    Applied { serial_no: serial, fleet: None, channel, parties: &parties, due: Some(now) };
                invoice_work::applied_set(tx, id, &applied)
            })
            .await
            .unwrap();
        }
        let due = || tell(&store, move |tx| tx.read(|conn| invoice_work::due(conn, now, 9)));
        assert_eq!(due().await.unwrap(), [InvoiceId(1), InvoiceId(2)]);
        let login = |login, why: Option<&'static str>| {
            tell(&store, move |tx| sellers::login_set(tx, OperatorId(1), login, why, now))
        };
        assert!(login(ChannelLogin::Lost, Some("face")).await.unwrap());
        assert!(!login(ChannelLogin::Lost, Some("face")).await.unwrap(), "no news");
        assert_eq!(due().await.unwrap(), [InvoiceId(2)], "a receipt needs nobody's sign-in");
        assert_eq!(seller().await.unwrap().unwrap().login_message.as_deref(), Some("face"));
        let lost = |at| tell(&store, move |tx| tx.read(|conn| sellers::lost(conn, Timestamp::from_ms(at))));
        assert_eq!((lost(NOON).await.unwrap(), lost(NOON - 1).await.unwrap()), (vec![OperatorId(1)], vec![]));
        login(ChannelLogin::Working, None).await.unwrap();
        assert_eq!(due().await.unwrap().len(), 2);
    }
}
