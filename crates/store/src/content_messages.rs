//! 消息模板 as they are sent: which text an event's message has for somebody, now.

use crate::content_list::{in_city, in_state};
use crate::db::{Conn, DbResult};
use crate::filter::Filter;
use model::content::{Audience, ContentState};
use model::id::OperatorId;
use model::message::MessageEvent;
use model::time::Timestamp;

/// Title and text with their variables; an operator's own go before the platform's. None: nobody has published one.
pub fn message_published(
    conn: &mut Conn,
    (event, audience): (MessageEvent, Audience),
    (operator, city): (OperatorId, &str),
    at: Timestamp,
) -> DbResult<Option<(String, String)>> {
    let mut filter = Filter::new();
    filter.and("c.kind = 'message' AND c.target_group = 'all'");
    filter.and_value("c.event = ?", event.as_str());
    filter.and_value("c.audience = ?", audience.as_str());
    filter.and_value("(c.operator_id IS NULL OR c.operator_id = ?)", operator.0);
    in_state(&mut filter, "c", ContentState::Published, at);
    in_city(&mut filter, "c.cities", city);
    let sql = format!(
        "SELECT c.title, c.body FROM content c {} ORDER BY CASE WHEN c.operator_id IS NULL THEN 1 ELSE 0 END, \
         c.rank DESC, c.id DESC LIMIT 1",
        filter.sql()
    );
    conn.find(&sql, &filter.values, |row| Ok((row.text(0)?, row.text(1)?)))
}
