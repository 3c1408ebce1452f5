//! An operation of the standard with its official schemas.

use super::json::Node;
use std::sync::OnceLock;

/// Who may send the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    FromPile,
    ToPile,
    Both,
}

#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub direction: Direction,
    pub request: Schema,
    pub response: Schema,
}

/// A schema as text; read when it is first needed, which is when a message has broken a rule.
#[derive(Debug)]
pub struct Schema {
    pub text: &'static str,
    tree: OnceLock<Node>,
}

impl Schema {
    pub const fn new(text: &'static str) -> Schema {
        Schema { text, tree: OnceLock::new() }
    }

    /// A test reads every schema, so `Null` (which allows everything) never comes out.
    pub fn tree(&self) -> &Node {
        self.tree.get_or_init(|| Node::parse(self.text).unwrap_or(Node::Null))
    }
}

/// An entry of a table of operations; `$folder` is where its two schemas are.
macro_rules! operation {
    ($folder:literal, $name:literal, $direction:expr, $request:literal, $response:literal) => {
        $crate::ocpp::operation::Operation {
            name: $name,
            direction: $direction,
            request: $crate::ocpp::operation::Schema::new(include_str!(concat!(
                $folder, "/", $name, $request, ".json"
            ))),
            response: $crate::ocpp::operation::Schema::new(include_str!(concat!(
                $folder, "/", $name, $response, ".json"
            ))),
        }
    };
}
pub(crate) use operation;
