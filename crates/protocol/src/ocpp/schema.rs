//! Which rule did a message break? A checker for exactly the words of JSON Schema that the official
//! OCPP schemas use, so that each rule maps to the error code of OCPP-J 1.6 section 4.2.3, table 7.
//!
//! | rule | code |
//! |---|---|
//! | not an object, field not in the schema, field given twice | `FormationViolation` |
//! | required field missing, list too short or too long | `OccurenceConstraintViolation` |
//! | wrong type, `null` (but for a payload without required fields) | `TypeConstraintViolation` |
//! | text too long, word not in the list, not a time, number out of range | `PropertyConstraintViolation` |
//!
//! Ranges of integers are not in the schemas; these are asked for besides: `connectorId` 0 to 65535,
//! `meterStart` and `meterStop` 64 bits (a meter may pass 2³¹ Wh), all others 32 bits (OCPP 1.6
//! section 7: integers are 32 bits). The codes are those of OCPP 1.6; OCPP 2 spells two of them otherwise.

use super::error::Code;
use super::json::Node;
use super::text::{date_time, has_form_of_time};
use model::Text;
use model::id::SessionName;

#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub code: Code,
    /// Path of the field, `meterValue[0].timestamp`; empty: the payload itself.
    pub field: String,
    pub rule: Text,
}

impl Violation {
    fn new(code: Code, path: &Path<'_>, zh: impl Into<String>, en: impl Into<String>) -> Violation {
        Violation { code, field: path.render(), rule: Text::new(zh.into(), en.into()) }
    }

    /// A payload that is not JSON, or nested too deep, or holds a number that no computer holds.
    pub fn unreadable(error: &serde_json::Error) -> Violation {
        let en = format!("is not readable JSON: {error}");
        let zh = format!("不是可读的 JSON（第 {} 列）", error.column());
        Violation::new(Code::FormationViolation, &Path::Root, zh, en)
    }

    /// One sentence that names field and rule.
    pub fn text(&self) -> Text {
        match self.field.as_str() {
            "" => Text::new(format!("消息体{}", self.rule.zh), format!("the payload {}", self.rule.en)),
            field => {
                Text::new(format!("字段 {field} {}", self.rule.zh), format!("{field}: {}", self.rule.en))
            }
        }
    }
}

/// Where we are in the payload: a list linked through the call stack.
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn render(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Field(parent, name) => {
                let mut path = parent.render();
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(name.chars().take(60));
                path
            }
            Path::Item(parent, index) => format!("{}[{index}]", parent.render()),
        }
    }

    fn name(&self) -> &str {
        match self {
            Path::Field(_, name) => name,
            _ => "",
        }
    }
}

/// Checks a payload. `loose_times`: times need only have the form of one (see [`super::text::LooseTime`]).
pub fn check(schema: &Node, value: &Node, loose_times: bool) -> Result<(), Violation> {
    let checker = Checker { root: schema, loose_times };
    checker.check(schema, value, &Path::Root)
}

struct Checker<'a> {
    root: &'a Node,
    loose_times: bool,
}

impl Checker<'_> {
    fn check(&self, schema: &Node, value: &Node, path: &Path<'_>) -> Result<(), Violation> {
        if let Some(name) = schema.get("$ref").and_then(Node::text) {
            let name = name.trim_start_matches("#/definitions/");
            return match self.root.get("definitions").and_then(|all| all.get(name)) {
                Some(schema) => self.check(schema, value, path),
                None => Ok(()),
            };
        }
        let wanted = schema.get("type").and_then(Node::text).unwrap_or_default();
        match (wanted, value) {
            ("object", Node::Object(fields)) => self.object(schema, fields, path),
            ("array", Node::List(items)) => self.list(schema, items, path),
            ("string", Node::Text(text)) => self.string(schema, text, path),
            ("integer", Node::Integer(value)) => {
                integer(*value, path)?;
                within(schema, *value as f64, path)
            }
            ("number", Node::Integer(value)) => within(schema, *value as f64, path),
            ("boolean", Node::Bool(_)) | ("", _) => Ok(()),
            ("number", Node::Float(value)) => {
                multiple(schema, *value, path)?;
                within(schema, *value, path)
            }
            // "null or {}" where there is no payload (OCPP-J 1.6 section 4.2.1).
            ("object", Node::Null) if matches!(path, Path::Root) && !needs_fields(schema) => Ok(()),
            ("object", _) if matches!(path, Path::Root) => Err(Violation::new(
                Code::FormationViolation,
                path,
                "必须是 JSON 对象",
                "must be a JSON object",
            )),
            _ => Err(Violation::new(
                Code::TypeConstraintViolation,
                path,
                format!("类型错误，应为 {wanted}"),
                format!("must be of type {wanted}"),
            )),
        }
    }

    fn object(&self, schema: &Node, fields: &[(String, Node)], path: &Path<'_>) -> Result<(), Violation> {
        let known = schema.get("properties").map_or(&[][..], Node::fields);
        let open = !matches!(schema.get("additionalProperties"), Some(Node::Bool(false)));
        let mut seen = 0u64;
        for (name, _) in fields {
            let field = Path::Field(path, name);
            let Some(index) = known.iter().position(|(known, _)| known == name) else {
                if open {
                    continue;
                }
                let (zh, en) = ("不是该消息的字段", "is not a field of this message");
                return Err(Violation::new(Code::FormationViolation, &field, zh, en));
            };
            let bit = 1u64.checked_shl(index as u32).unwrap_or(0);
            if seen & bit != 0 {
                return Err(Violation::new(Code::FormationViolation, &field, "重复出现", "is given twice"));
            }
            seen |= bit;
        }
        for name in schema.get("required").map_or(&[][..], Node::list).iter().filter_map(Node::text) {
            if !fields.iter().any(|(field, _)| field == name) {
                let field = Path::Field(path, name);
                let (zh, en) = ("为必填，但缺失", "is required but missing");
                return Err(Violation::new(Code::OccurenceConstraintViolation, &field, zh, en));
            }
        }
        for (name, value) in fields {
            if let Some((_, schema)) = known.iter().find(|(known, _)| known == name) {
                self.check(schema, value, &Path::Field(path, name))?;
            }
        }
        Ok(())
    }

    fn list(&self, schema: &Node, items: &[Node], path: &Path<'_>) -> Result<(), Violation> {
        if let Some(Node::Integer(least)) = schema.get("minItems")
            && (items.len() as i128) < *least
        {
            return Err(Violation::new(
                Code::OccurenceConstraintViolation,
                path,
                format!("至少需要 {least} 项"),
                format!("needs at least {least} items"),
            ));
        }
        if let Some(Node::Integer(most)) = schema.get("maxItems")
            && (items.len() as i128) > *most
        {
            return Err(Violation::new(
                Code::OccurenceConstraintViolation,
                path,
                format!("至多 {most} 项"),
                format!("takes at most {most} items"),
            ));
        }
        let Some(schema) = schema.get("items") else { return Ok(()) };
        items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| self.check(schema, item, &Path::Item(path, index)))
    }

    fn string(&self, schema: &Node, text: &str, path: &Path<'_>) -> Result<(), Violation> {
        let broken =
            |zh: String, en: String| Err(Violation::new(Code::PropertyConstraintViolation, path, zh, en));
        if let Some(Node::Integer(most)) = schema.get("maxLength")
            && text.chars().count() as i128 > *most
        {
            return broken(format!("超过 {most} 个字符"), format!("is longer than {most} characters"));
        }
        if let Some(words) = schema.get("enum")
            && !words.list().iter().any(|word| word.text() == Some(text))
        {
            let words: Vec<&str> = words.list().iter().filter_map(Node::text).collect();
            let words = words.join(", ");
            return broken(format!("取值必须是以下之一：{words}"), format!("must be one of {words}"));
        }
        // The name of a session (OCPP 2): its type, identifierString, is ASCII.
        if path.name() == "transactionId" && SessionName::parse(text).is_none() {
            return broken(
                "必须是 1 到 36 个可打印的 ASCII 字符".to_owned(),
                "must be 1 to 36 printable ASCII characters".to_owned(),
            );
        }
        if schema.get("format").and_then(Node::text) == Some("date-time")
            && date_time(text).is_none()
            && !(self.loose_times && has_form_of_time(text))
        {
            return broken(
                "不是合法时间（RFC 3339，例如 2026-07-15T02:30:05Z）".to_owned(),
                "is not a time (RFC 3339, e.g. 2026-07-15T02:30:05Z)".to_owned(),
            );
        }
        Ok(())
    }
}

fn needs_fields(schema: &Node) -> bool {
    schema.get("required").is_some_and(|names| !names.list().is_empty())
}

fn integer(value: i128, path: &Path<'_>) -> Result<(), Violation> {
    let (least, most) = match path.name() {
        "connectorId" => (0, i128::from(u16::MAX)),
        "meterStart" | "meterStop" => (i128::from(i64::MIN), i128::from(i64::MAX)),
        _ => (i128::from(i32::MIN), i128::from(i32::MAX)),
    };
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Violation::new(
        Code::PropertyConstraintViolation,
        path,
        format!("超出范围 {least} 到 {most}"),
        format!("is out of range {least} to {most}"),
    ))
}

fn within(schema: &Node, value: f64, path: &Path<'_>) -> Result<(), Violation> {
    let limit = |name: &str| match schema.get(name) {
        Some(Node::Integer(limit)) => Some(*limit as f64),
        Some(Node::Float(limit)) => Some(*limit),
        _ => None,
    };
    let (least, most) = (limit("minimum"), limit("maximum"));
    if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) {
        return Ok(());
    }
    let shown = |limit: Option<f64>| limit.map_or_else(|| "∞".to_owned(), |limit| limit.to_string());
    Err(Violation::new(
        Code::PropertyConstraintViolation,
        path,
        format!("超出范围 {} 到 {}", shown(least), shown(most)),
        format!("is out of range {} to {}", shown(least), shown(most)),
    ))
}

fn multiple(schema: &Node, value: f64, path: &Path<'_>) -> Result<(), Violation> {
    let Some(Node::Float(unit)) = schema.get("multipleOf") else { return Ok(()) };
    let times = value / unit;
    if (times - times.round()).abs() < 1e-6 {
        return Ok(());
    }
    Err(Violation::new(
        Code::PropertyConstraintViolation,
        path,
        format!("必须是 {unit} 的整数倍"),
        format!("must be a multiple of {unit}"),
    ))
}
