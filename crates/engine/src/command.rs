//! What staff can ask of a pile.

use crate::Engine;
use model::access::Caller;
use model::id::{CommandId, ConnectorNo, OrderId, PileId};
use model::{Error, Result};
use std::time::Duration;
use store::commands::CommandRow;

#[derive(Clone, Debug, PartialEq)]
pub enum CommandRequest {
    Start { connector: ConnectorNo },
    Stop { order: OrderId },
    Reset { hard: bool },
    Unlock { connector: ConnectorNo },
    Availability { connector: ConnectorNo, operative: bool },
    ConfigurationGet { keys: Vec<String> },
    ConfigurationSet { key: String, value: String },
    CacheClear,
    Trigger { message: String, connector: Option<ConnectorNo> },
    TariffSet,
    ClockSet,
    Call { action: String, payload: String },
}

impl Engine {
    pub async fn command(
        &self,
        _caller: &Caller,
        _pile: PileId,
        _request: CommandRequest,
    ) -> Result<CommandId> {
        Err(Error::unavailable("设备通道", "device link"))
    }

    pub async fn command_wait(&self, _id: CommandId, _wait: Duration) -> Result<CommandRow> {
        Err(Error::unavailable("设备通道", "device link"))
    }
}
