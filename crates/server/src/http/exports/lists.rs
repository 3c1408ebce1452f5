//! The lists that can be given out: one line of facts and one arm of rows each. A file has the filters
//! and the scope of its page.

use super::ExportDraft;
use crate::exchange::column::{Column, Words};
use crate::exchange::columns;
use crate::exchange::listing::{ExportColumn, Listing, offered};
use crate::http::take::{Reader, Who, query};
use crate::http::{
    Shared, alarms, audit, cards, cities, coupons, customers, day_bills, feedback, fleets, invoices,
    operators, orders, piles, reports, sharing_periods, staff, stations, work_orders,
};
use model::access::Permission;
use model::error::Text;
use model::id::FleetId;
use model::time::Zone;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::alarm_list::AlarmFilter;
use store::audit::AuditFilter;
use store::card_list::CardFilter;
use store::customer_filter::CustomerFilter;
use store::day_bills::DayBillFilter;
use store::feedback_list::FeedbackFilter;
use store::filter::{Page, Paging};
use store::fleet_list::FleetFilter;
use store::invoice_list::InvoiceFilter;
use store::order_filter::OrderFilter;
use store::pile_list::PileFilter;
use store::sharing_list::{SharingLineFilter, SharingStatementFilter};
use store::sort::Sort;
use store::staff_list::StaffFilter;
use store::vouchers::VoucherFilter;
use store::work_order_list::WorkOrderFilter;
use store::{Conn, DbError, DbResult};
use utoipa::ToSchema;

/// Rows that are read at once: of the big list more, because each page of it is dear to begin.
const ORDERS_AT_ONCE: i64 = 5_000;
const ROWS_AT_ONCE: i64 = 1_000;

macro_rules! nouns {
    ($($noun:ident $word:tt $zh:literal $en:literal $permission:ident $columns:ident;)*) => {
        /// The lists that can be given out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        pub enum ExportNoun {
            $(#[serde(rename = $word)] $noun,)*
        }

        impl ExportNoun {
            pub fn as_str(self) -> &'static str {
                match self { $(ExportNoun::$noun => $word,)* }
            }

            pub fn parse(text: &str) -> Option<ExportNoun> {
                [$(ExportNoun::$noun),*].into_iter().find(|noun| noun.as_str() == text)
            }

            pub fn title(self) -> Text {
                match self { $(ExportNoun::$noun => Text::of($zh, $en),)* }
            }

            /// The right to make the file is the right to fetch it: it may have been taken away meanwhile.
            pub fn permission(self) -> Permission {
                match self { $(ExportNoun::$noun => Permission::$permission,)* }
            }

            pub fn columns(self) -> Vec<ExportColumn> {
                match self { $(ExportNoun::$noun => offered(columns::$columns),)* }
            }
        }
    };
}

nouns! {
    Order "order" "充电订单" "orders" OrderExport ORDER;
    Pile "pile" "充电桩" "piles" PileRead PILE;
    Station "station" "充电站" "stations" StationRead STATION;
    Operator "operator" "运营商" "operators" StationRead OPERATOR;
    City "city" "开通城市" "cities" StationRead CITY;
    Card "card" "充电卡" "cards" CardRead CARD;
    Customer "customer" "用户" "customers" CustomerRead CUSTOMER;
    Fleet "fleet" "车队" "fleets" FleetRead FLEET;
    FleetCar "fleet_car" "车队车辆" "fleet cars" FleetRead FLEET_CAR;
    Voucher "voucher" "用户券" "vouchers" ContentRead VOUCHER;
    Alarm "alarm" "告警" "alarms" AlarmRead ALARM;
    WorkOrder "work_order" "工单" "work orders" WorkOrderRead WORK_ORDER;
    Feedback "feedback" "投诉建议" "feedback" FeedbackRead FEEDBACK;
    Invoice "invoice" "电子发票" "invoices" InvoiceRead INVOICE;
    DayBill "day_bill" "站日账单" "bills of days" ReconciliationRead DAY_BILL;
    SharingStatement "sharing_statement" "分账单" "sharing statements" SharingRead SHARING_STATEMENT;
    SharingLine "sharing_line" "分账明细" "sharing lines" SharingRead SHARING_LINE;
    Report "report" "综合报表" "report" ReportRead REPORT;
    Staff "staff" "账号" "staff" StaffRead STAFF;
    Audit "audit" "审计日志" "audit" AuditRead AUDIT;
}

/// Who asks for what, in which language.
struct Asking<'a> {
    app: &'a Shared,
    who: &'a Who,
    reader: &'a Reader,
    draft: &'a mut ExportDraft,
}

impl Asking<'_> {
    /// What the list itself would read from its query string; its page has no say in a file.
    fn query<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        let pairs = self
            .draft
            .query
            .iter()
            .filter(|(key, value)| !value.is_empty() && !matches!(key.as_str(), "limit" | "cursor"));
        let text = serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).map_err(|_| Error::internal())?;
        query(&text)
    }

    fn rows<R: 'static>(
        &self,
        columns: &'static [Column<R>],
        page: impl Fn(&mut Conn, Option<String>) -> DbResult<Page<R>> + Send + Sync + 'static,
    ) -> Result<Listing> {
        Listing::of(columns, &self.draft.columns, Words { english: self.reader.english }, page)
    }

    /// Of a list that goes on from where its sort stood.
    fn sorted<R: 'static>(
        &self,
        columns: &'static [Column<R>],
        sort: Sort,
        page: impl Fn(&mut Conn, Sort) -> DbResult<Page<R>> + Send + Sync + 'static,
    ) -> Result<Listing> {
        self.rows(columns, move |conn, cursor| page(conn, turned(&sort, cursor)?))
    }
}

/// A cursor is one that the portion before has given.
fn turned(sort: &Sort, cursor: Option<String>) -> DbResult<Sort> {
    sort.turned_to(cursor.as_deref()).map_err(|why| DbError::Fault(format!("the next portion: {why}")))
}

fn key<const N: usize>(cursor: Option<String>) -> Option<[i64; N]> {
    Paging { cursor, limit: None }.key::<N>().ok().flatten()
}

pub fn listing(
    app: &Shared,
    who: &Who,
    reader: &Reader,
    noun: ExportNoun,
    draft: &mut ExportDraft,
) -> Result<Listing> {
    let asking = Asking { app, who, reader, draft };
    match noun {
        ExportNoun::Order => order_rows(asking),
        ExportNoun::Pile => pile_rows(&asking),
        ExportNoun::Station => station_rows(&asking),
        ExportNoun::Operator => operator_rows(&asking),
        ExportNoun::City => city_rows(&asking),
        ExportNoun::Card => card_rows(&asking),
        ExportNoun::Customer => customer_rows(&asking),
        ExportNoun::Fleet => fleet_rows(&asking),
        ExportNoun::FleetCar => fleet_car_rows(&asking),
        ExportNoun::Voucher => voucher_rows(&asking),
        ExportNoun::Alarm => alarm_rows(&asking),
        ExportNoun::WorkOrder => work_order_rows(&asking),
        ExportNoun::Feedback => feedback_rows(&asking),
        ExportNoun::Invoice => invoice_rows(&asking),
        ExportNoun::DayBill => day_bill_rows(&asking),
        ExportNoun::SharingStatement => sharing_statement_rows(&asking),
        ExportNoun::SharingLine => sharing_line_rows(&asking),
        ExportNoun::Report => report_rows(&asking),
        ExportNoun::Staff => staff_rows(&asking),
        ExportNoun::Audit => audit_rows(&asking),
    }
}

fn order_rows(asking: Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<orders::OrderQuery>()?.filter(asking.app.now())?;
    // "This month" is the month in which it was asked for, also when it is asked again later.
    if wanted.id.is_none() && wanted.session_key.is_none() && wanted.merge_of.is_none() {
        asking.draft.query.insert("from_ms".to_owned(), wanted.from_ms.to_string());
        asking.draft.query.insert("to_ms".to_owned(), wanted.to_ms.to_string());
    }
    let (scope, reader) = (asking.who.scope(), asking.reader.clone());
    asking.rows(columns::ORDER, move |conn, cursor| {
        let total = match &cursor {
            None => Some(store::order_totals::order_totals_get(conn, &scope, &wanted)?.order_count),
            Some(_) => None,
        };
        // In the order of time, whatever the page was sorted by: a file is long.
        let (after, limit) = (key(cursor), ORDERS_AT_ONCE);
        let wanted = OrderFilter { after, limit, sort: None, ..wanted.clone() };
        let mut page = store::order_list::order_page(conn, &scope, &wanted, total)?;
        page.items.iter_mut().for_each(|order| orders::tell(order, &reader));
        Ok(page)
    })
}

fn pile_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<piles::PileQuery>()?.filter(asking.app.now())?;
    let (scope, today) = (asking.who.scope(), Zone::shanghai().local(asking.app.now()).day);
    asking.sorted(columns::PILE, wanted.sort.clone(), move |conn, sort| {
        let wanted = PileFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::pile_list::pile_list(conn, &scope, &wanted, today)
    })
}

fn station_rows(asking: &Asking<'_>) -> Result<Listing> {
    let (scope, wanted) =
        (asking.who.scope(), asking.query::<stations::StationQuery>()?.filter(asking.app.now()));
    asking.rows(columns::STATION, move |conn, _| store::station_list::station_list(conn, &scope, &wanted))
}

fn operator_rows(asking: &Asking<'_>) -> Result<Listing> {
    let (scope, wanted) = (asking.who.scope(), asking.query::<operators::OperatorQuery>()?.filter());
    asking.rows(columns::OPERATOR, move |conn, _| store::operator_list::operator_list(conn, &scope, &wanted))
}

fn city_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<cities::CityQuery>()?.filter(asking.app.now());
    let scope = asking.who.scope();
    asking.rows(columns::CITY, move |conn, _| store::city_list::city_list(conn, &scope, &wanted))
}

fn card_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<cards::CardQuery>()?.filter()?;
    asking.sorted(columns::CARD, wanted.sort.clone(), move |conn, sort| {
        store::card_list::card_list(conn, &CardFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() })
    })
}

fn customer_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<customers::CustomerQuery>()?.filter()?;
    let (scope, now) = (asking.who.scope(), asking.app.now());
    asking.rows(columns::CUSTOMER, move |conn, cursor| {
        let wanted = CustomerFilter { after: key(cursor), limit: ROWS_AT_ONCE, ..wanted.clone() };
        let list = store::customer_list::customer_list(conn, &scope, &wanted, now)?;
        Ok(Page { items: list.items, next_cursor: list.next_cursor, total: list.total })
    })
}

fn fleet_rows(asking: &Asking<'_>) -> Result<Listing> {
    let (scope, wanted) = (asking.who.scope(), asking.query::<fleets::FleetQuery>()?.filter()?);
    asking.sorted(columns::FLEET, wanted.sort.clone(), move |conn, sort| {
        let wanted = FleetFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::fleet_list::fleet_list(conn, &scope, &wanted)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FleetCarsQuery {
    fleet_id: Option<i64>,
}

fn fleet_car_rows(asking: &Asking<'_>) -> Result<Listing> {
    let fleet = asking.query::<FleetCarsQuery>()?.fleet_id.map(FleetId).ok_or_else(|| {
        Error::invalid(
            "fleet_id",
            "请指定车队后再导出，例如在车队详情页中导出",
            "Name the fleet whose cars are wanted, for instance from the fleet's page.",
        )
    })?;
    let scope = asking.who.scope();
    asking.rows(columns::FLEET_CAR, move |conn, cursor| {
        match store::fleet_list::fleet_get(conn, &scope, fleet)? {
            Some(_) => {
                let before = key(cursor).map(|[id]| id);
                store::fleet_list::fleet_car_list(conn, fleet, before, ROWS_AT_ONCE)
            }
            // Who may not see the fleet gets no more than for one that is not there.
            None => Ok(Page::whole(Vec::new())),
        }
    })
}

fn voucher_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<coupons::VoucherQuery>()?.filter()?;
    let (scope, now) = (asking.who.scope(), asking.app.now());
    asking.rows(columns::VOUCHER, move |conn, cursor| {
        let before = key(cursor).map(|[id]| id);
        let wanted = VoucherFilter { before, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::vouchers::voucher_list(conn, &scope, &wanted, now)
    })
}

fn alarm_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<alarms::AlarmQuery>()?.filter()?;
    let (scope, reader) = (asking.who.scope(), asking.reader.clone());
    asking.sorted(columns::ALARM, wanted.sort.clone(), move |conn, sort| {
        let wanted = AlarmFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        let mut page = store::alarm_list::alarm_list(conn, &scope, &wanted)?;
        page.items.iter_mut().for_each(|one| alarms::tell(one, &reader));
        Ok(page)
    })
}

fn work_order_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<work_orders::WorkOrderQuery>()?.filter(asking.who)?;
    let (scope, now) = (asking.who.scope(), asking.app.now());
    asking.sorted(columns::WORK_ORDER, wanted.sort.clone(), move |conn, sort| {
        let wanted = WorkOrderFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::work_order_list::work_order_list(conn, &scope, &wanted, now)
    })
}

fn feedback_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<feedback::FeedbackQuery>()?.filter()?;
    let (scope, now, english) = (asking.who.scope(), asking.app.now(), asking.reader.english);
    asking.sorted(columns::FEEDBACK, wanted.sort.clone(), move |conn, sort| {
        let names: HashMap<String, String> = store::feedback_categories::feedback_category_list(conn)?
            .into_iter()
            .map(|one| (one.code, if english { one.name_en } else { one.name_zh }))
            .collect();
        let wanted = FeedbackFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        let mut page = store::feedback_list::feedback_list(conn, &scope, &wanted, now)?;
        for row in &mut page.items {
            if let Some(name) = names.get(&row.category) {
                row.category.clone_from(name);
            }
        }
        Ok(page)
    })
}

fn invoice_rows(asking: &Asking<'_>) -> Result<Listing> {
    let (scope, wanted) = (asking.who.scope(), asking.query::<invoices::InvoiceQuery>()?.filter()?);
    asking.sorted(columns::INVOICE, wanted.sort.clone(), move |conn, sort| {
        let wanted = InvoiceFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        let list = store::invoice_list::invoice_list(conn, &scope, &wanted)?;
        Ok(Page { items: list.items, next_cursor: list.next_cursor, total: list.total })
    })
}

fn staff_rows(asking: &Asking<'_>) -> Result<Listing> {
    let (scope, wanted) = (asking.who.scope(), asking.query::<staff::StaffQuery>()?.filter()?);
    asking.sorted(columns::STAFF, wanted.sort.clone(), move |conn, sort| {
        let wanted = StaffFilter { sort, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::staff_list::staff_list(conn, &wanted, &scope)
    })
}

fn day_bill_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<day_bills::DayBillQuery>()?.filter()?;
    let scope = asking.who.scope();
    asking.rows(columns::DAY_BILL, move |conn, cursor| {
        let wanted = DayBillFilter { before: key(cursor), limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::day_bills::day_bill_list(conn, &scope, &wanted)
    })
}

fn sharing_statement_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<sharing_periods::SharingStatementQuery>()?.filter()?;
    let scope = asking.who.scope();
    asking.rows(columns::SHARING_STATEMENT, move |conn, cursor| {
        let before = key(cursor).map(|[id]| id);
        let wanted = SharingStatementFilter { before, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::sharing_list::sharing_statement_list(conn, &scope, &wanted)
    })
}

fn sharing_line_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<sharing_periods::SharingLineQuery>()?.filter()?;
    let scope = asking.who.scope();
    asking.rows(columns::SHARING_LINE, move |conn, cursor| {
        let before = key(cursor).map(|[id]| id);
        let wanted = SharingLineFilter { before, limit: ROWS_AT_ONCE, ..wanted.clone() };
        store::sharing_list::sharing_line_list(conn, &scope, &wanted)
    })
}

/// Its columns are the figures that its query names.
fn report_rows(asking: &Asking<'_>) -> Result<Listing> {
    let wanted = asking.query::<reports::ReportQuery>()?.wanted(asking.app)?;
    let words = Words { english: asking.reader.english };
    Ok(crate::exchange::report::listing(asking.who.scope(), wanted, words))
}

fn audit_rows(asking: &Asking<'_>) -> Result<Listing> {
    audit::platform_only(asking.who)?;
    let wanted = asking.query::<audit::AuditQuery>()?.filter()?;
    asking.rows(columns::AUDIT, move |conn, cursor| {
        let before = key(cursor).map(|[id]| id);
        store::audit::audit_list(conn, &AuditFilter { before, limit: ROWS_AT_ONCE, ..wanted.clone() })
    })
}
