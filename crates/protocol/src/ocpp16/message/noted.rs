//! Rare reports of the pile: DiagnosticsStatusNotification (OCPP 1.6
//! section 4.4), FirmwareStatusNotification (4.5), and of the security extension
//! LogStatusNotification, SecurityEventNotification and SignedFirmwareStatusNotification. The schema
//! itself reads them; `transfer.rs` says what they mean. The answer is `{}`.

use crate::ocpp::json::Node;
use crate::ocpp::operation::Operation;
use crate::ocpp::schema::check;
use serde::de::{Deserialize, Deserializer, Error};

pub fn read<'de, D: Deserializer<'de>>(operation: &'static Operation, from: D) -> Result<Node, D::Error> {
    let payload = Node::deserialize(from)?;
    check(operation.request.tree(), &payload, false).map_err(|_| D::Error::custom("breaks the schema"))?;
    Ok(payload)
}
