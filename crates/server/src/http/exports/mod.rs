//! 导出: asking for a list as a file, and fetching it. What can be asked for is in [`lists`].

mod lists;

pub use lists::ExportNoun;

use super::Shared;
use super::error::Answer;
use super::give::{Attachment, Created, Done, Given};
use super::take::{Id, Input, Query, Reader, Who};
use crate::exchange::column::{Words, day, wall};
use crate::exchange::listing::ExportColumn;
use crate::exchange::sheet::{Frame, SHEET_ROWS};
use crate::jobs::exports::start;
use axum::extract::State;
use engine::export::no_export;
use engine::personal::PERSON;
use model::access::Permission;
use model::error::{Kind, Text};
use model::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::exports::{self, Export, ExportFilter, ExportFormat, ExportState, NewExport};
use store::filter::{Page, Paging};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportDraft {
    format: ExportFormat,
    /// Keys of columns in the order of the file; the usual ones when empty.
    #[serde(default)]
    columns: Vec<String>,
    /// Filters as the list itself takes them.
    #[serde(default)]
    query: BTreeMap<String, String>,
}

/// What the file is called: the list, the days that were asked for, and when.
fn file_name(title: &str, query: &BTreeMap<String, String>, now_ms: i64, format: ExportFormat) -> String {
    let at = |key| query.get(key).and_then(|text| text.parse::<i64>().ok());
    const FAR_MS: i64 = 253_402_214_400_000;
    let range = match (at("from_ms"), at("to_ms")) {
        (None, None) => String::new(),
        (from, to) => {
            let from = from.filter(|from| *from > 0).map(day);
            let to = to.filter(|to| *to < FAR_MS).map(|to| day(to - 1));
            match (from, to) {
                (Some(from), Some(to)) => format!("_{from}-{to}"),
                (Some(from), None) => format!("_{from}-"),
                (None, Some(to)) => format!("_-{to}"),
                (None, None) => String::new(),
            }
        }
    };
    let stamp: String = wall(now_ms).chars().filter(char::is_ascii_digit).collect();
    format!("{title}{range}_{}-{}.{}", &stamp[..8], &stamp[8..], format.as_str())
}

async fn create(
    app: Shared,
    who: Who,
    reader: Reader,
    noun: ExportNoun,
    mut draft: ExportDraft,
) -> Answer<Created<Export>> {
    let listing = lists::listing(&app, &who, &reader, noun, &mut draft)?;
    let words = Words { english: reader.english };
    let (title, now_ms) = (words.tell(&noun.title()), app.now().as_ms());
    let (name, account) = (&who.session.caller.name, &who.session.account);
    let mark = if reader.english {
        format!("Exported by {name} ({account}) at {}", wall(now_ms))
    } else {
        format!("导出人：{name}（{account}）　导出时间：{}", wall(now_ms))
    };
    let frame = Frame {
        title: title.clone(),
        heads: listing.heads.clone(),
        total: words.tell(&Text::of("合计", "Total")),
        mark,
        sheet_rows: SHEET_ROWS,
    };
    let new = NewExport {
        noun: noun.as_str(),
        file_name: file_name(&title, &draft.query, now_ms, draft.format),
        query: draft.query,
        columns: listing.keys.clone(),
        format: draft.format,
    };
    let export = app.engine.export_create(&who.actor(), new).await?;
    start(&app, export.clone(), listing, frame);
    Ok(Created(export))
}

macro_rules! exporting {
    ($($operation:ident $noun:ident;)*) => {$(
        pub async fn $operation(
            State(app): State<Shared>,
            who: Who,
            reader: Reader,
            Input(draft): Input<ExportDraft>,
        ) -> Answer<Created<Export>> {
            create(app, who, reader, ExportNoun::$noun, draft).await
        }
    )*};
}

exporting! {
    order_export Order;
    pile_export Pile;
    station_export Station;
    card_export Card;
    audit_export Audit;
    operator_export Operator;
    city_export City;
    customer_export Customer;
    fleet_export Fleet;
    fleet_car_export FleetCar;
    alarm_export Alarm;
    work_order_export WorkOrder;
    feedback_export Feedback;
    invoice_export Invoice;
    day_bill_export DayBill;
    voucher_export Voucher;
    sharing_statement_export SharingStatement;
    sharing_line_export SharingLine;
    report_export Report;
    staff_export Staff;
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportColumnQuery {
    noun: ExportNoun,
}

pub async fn export_column_list(Query(asked): Query<ExportColumnQuery>) -> Answer<Given<Page<ExportColumn>>> {
    let columns = asked.noun.columns();
    Ok(Given(Page::whole(columns)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    noun: Option<ExportNoun>,
    state: Option<ExportState>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The caller's own, newest first.
pub async fn export_list(
    State(app): State<Shared>,
    who: Who,
    Query(asked): Query<ExportQuery>,
) -> Answer<Given<Page<Export>>> {
    let paging = Paging { cursor: asked.cursor, limit: asked.limit };
    let wanted = ExportFilter {
        noun: asked.noun.map(|noun| noun.as_str().to_owned()),
        state: asked.state,
        before: paging.key::<1>()?.map(|[id]| id),
        limit: paging.limit()?,
    };
    let staff = who.session.caller.staff.0;
    let read = move |conn: &mut store::Conn| exports::export_list(conn, staff, &wanted);
    Ok(Given(app.engine.store.read(read).await?))
}

async fn own(app: &Shared, who: &Who, id: i64) -> Result<Export> {
    let staff = who.session.caller.staff.0;
    app.engine.store.read(move |conn| exports::get(conn, staff, id)).await?.ok_or_else(no_export)
}

pub async fn export_get(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Given<Export>> {
    Ok(Given(own(&app, &who, id).await?))
}

pub async fn export_cancel(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.export_cancel(&who.actor(), id).await?;
    Ok(Done)
}

pub async fn export_fetch(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Attachment> {
    let export = own(&app, &who, id).await?;
    let permission = match export.noun.as_str() {
        PERSON => Some(Permission::CustomerExport),
        noun => ExportNoun::parse(noun).map(ExportNoun::permission),
    };
    if !permission.is_some_and(|permission| who.session.caller.permissions.has(permission)) {
        return Err(Error::new(
            Kind::Denied,
            "permission.denied",
            Text::of(
                "您已没有导出这类数据的权限，不能下载；请联系系统管理员",
                "Your account may not export these data any more. Ask the administrator.",
            ),
        )
        .into());
    }
    let (name, format) = app.engine.export_fetch(&who.actor(), id).await?;
    let path = Arc::clone(&app).exports.file(id, format);
    Ok(Attachment::open(&path, name, format).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_after_its_days() {
        let at = |text: &str| model::time::Timestamp::parse(text).unwrap().as_ms();
        let now = at("2026-11-23T04:05:06Z");
        let range = |from: &str, to: &str| {
            BTreeMap::from([
                ("from_ms".to_owned(), at(from).to_string()),
                ("to_ms".to_owned(), at(to).to_string()),
            ])
        };
        let month = range("2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z");
        let name = file_name("充电订单", &month, now, ExportFormat::Xlsx);
        assert_eq!(name, "充电订单_20261101-20261130_20261123-120506.xlsx");
        assert_eq!(file_name("piles", &BTreeMap::new(), now, ExportFormat::Csv), "piles_20261123-120506.csv");
        let all = BTreeMap::from([
            ("from_ms".to_owned(), "0".to_owned()),
            ("to_ms".to_owned(), i64::MAX.to_string()),
        ]);
        assert_eq!(file_name("orders", &all, now, ExportFormat::Csv), "orders_20261123-120506.csv");
    }
}
