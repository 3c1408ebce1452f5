//! A JSON tree that forgets nothing that a schema asks about: repeated keys stay repeated, integers
//! stay integers. Used on the failure path only.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// As the library has it, for what is read rarely and in depth.
    pub fn value(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Node::Null => Value::Null,
            Node::Bool(value) => (*value).into(),
            Node::Integer(value) => i64::try_from(*value).map_or(Value::Null, Value::from),
            Node::Float(value) => (*value).into(),
            Node::Text(text) => text.as_str().into(),
            Node::List(items) => items.iter().map(Node::value).collect(),
            Node::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value.value())).collect(),
        }
    }

    /// Depth is bounded by serde_json (128).
    pub fn parse(text: &str) -> Result<Node, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a field, as the platform keeps it: NUL, which PostgreSQL cannot store, becomes U+FFFD;
    /// piles say "nothing" by an empty one.
    pub fn keep(&self, key: &str) -> Option<String> {
        let text = self.get(key)?.text()?;
        (!text.trim().is_empty()).then(|| text.replace('\0', "\u{fffd}"))
    }

    /// A whole number, as large as a message may hold.
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Node::Integer(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    pub fn list(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            _ => &[],
        }
    }

    pub fn fields(&self) -> &[(String, Node)] {
        match self {
            Node::Object(fields) => fields,
            _ => &[],
        }
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Integer(value.into()))
    }

    /// Integers beyond 64 bits come here, too, and rounded; they are out of every range, not of the
    /// wrong type.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(if value >= 9.2e18 {
            Node::Integer(i128::MAX)
        } else if value <= -9.2e18 {
            Node::Integer(i128::MIN)
        } else {
            Node::Float(value)
        })
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Node::Object(fields))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Node, D::Error> {
        from.deserialize_any(NodeVisitor)
    }
}
