//! What a committed transaction has changed: told to the live pages after the commit.

use model::curve::Point;
use model::id::{CommandId, ConnectorNo, OperatorId, OrderId, PileId};

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The pile's own row or one of its connectors.
    Pile {
        pile: PileId,
        operator: OperatorId,
    },
    Order {
        order: OrderId,
        pile: PileId,
        operator: OperatorId,
    },
    Command {
        command: CommandId,
        pile: PileId,
        operator: OperatorId,
    },
    /// A running session delivered; the values themselves, because open pages show them at once.
    Sample {
        order: OrderId,
        pile: PileId,
        connector: ConnectorNo,
        operator: OperatorId,
        point: Point,
    },
    /// Something else of which lists exist: `station`, `tariff`, `card`, `staff`, `unknown_pile`.
    Noun(&'static str),
}
