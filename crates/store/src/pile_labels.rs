//! 桩贴: what is printed on the label of a connector.

use crate::brands::PLATFORM;
use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use model::access::Scope;
use model::label::{DEFAULT_LINK, LabelPlace, fill, operator_no};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileLabel {
    pub pile_code: String,
    pub pile_name: String,
    pub station_name: String,
    pub operator_name: String,
    pub connector_no: i64,
    /// What the code says. Null when the link names the operator's number and the operator has no credit
    /// code.
    pub text: Option<String>,
}

/// The labels of all connectors of a pile, if the caller sees it.
pub fn of_pile(conn: &mut Conn, scope: &Scope, code: &str) -> DbResult<Vec<PileLabel>> {
    let mut filter = Filter::new();
    let platform = filter.bind(PLATFORM);
    filter.and_value("pile.code = ?", code.to_owned());
    filter.scope("pile.operator_id", "pile.station_id", scope);
    let sql = format!(
        "SELECT pile.code, pile.name, station.name, operator.name, operator.credit_code, connector.no, \
         COALESCE(own.qr_link, common.qr_link) FROM pile \
         JOIN connector ON connector.pile_id = pile.id JOIN station ON station.id = pile.station_id \
         JOIN operator ON operator.id = pile.operator_id LEFT JOIN brand own ON own.owner_id = operator.id \
         LEFT JOIN brand common ON common.owner_id = {platform} {} ORDER BY connector.no",
        filter.sql()
    );
    conn.query(&sql, &filter.values, |row| {
        let (pile_code, credit_code, connector_no) = (row.text(0)?, row.text_opt(4)?, row.int(5)?);
        let link = row.text_opt(6)?;
        let place = LabelPlace {
            pile: &pile_code,
            connector: u32::try_from(connector_no).unwrap_or_default(),
            operator: credit_code.as_deref().and_then(operator_no),
        };
        Ok(PileLabel {
            text: fill(link.as_deref().unwrap_or(DEFAULT_LINK), &place),
            pile_name: row.text(1)?,
            station_name: row.text(2)?,
            operator_name: row.text(3)?,
            connector_no,
            pile_code,
        })
    })
}
