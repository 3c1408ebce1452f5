//! The negative table, generated from the official schemas: every field of a message, wrong in every
//! way, with the code of the table in `schema.rs`. Each version tries all of its messages.

use super::error::Code;
use serde_json::Value;

pub const TYPE: Option<Code> = Some(Code::TypeConstraintViolation);
pub const PROPERTY: Option<Code> = Some(Code::PropertyConstraintViolation);
pub const FORMATION: Option<Code> = Some(Code::FormationViolation);
pub const OCCURENCE: Option<Code> = Some(Code::OccurenceConstraintViolation);

/// A JSON text, and the code with which it must be refused (`None`: taken).
pub type Case = (String, Option<Code>);

pub struct Table<'a> {
    pub root: &'a Value,
    pub loose_times: bool,
    /// Also what costs much time, and each item of a list in two places.
    pub thorough: bool,
}

impl Table<'_> {
    fn resolve<'b>(&'b self, schema: &'b Value) -> &'b Value {
        match schema["$ref"].as_str() {
            Some(name) => self.root.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// A valid text with every field.
    pub fn valid(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        match schema["type"].as_str().unwrap_or("") {
            "object" => self.object(schema, &|_, _| None),
            "array" => format!("[{}]", self.valid(&schema["items"])),
            "integer" | "number" => {
                let (least, most) = limits(schema);
                1f64.clamp(least, most).to_string()
            }
            "" => "1".to_owned(),
            "boolean" => "true".to_owned(),
            "string" if schema["enum"].is_array() => schema["enum"][0].to_string(),
            "string" if schema["format"] == "date-time" => r#""2026-07-15T02:30:05Z""#.to_owned(),
            "string" => r#""1""#.to_owned(),
            other => panic!("{other}"),
        }
    }

    /// An object with every field valid, except what `change` says: an empty text leaves it away.
    fn object(&self, schema: &Value, change: &dyn Fn(&str, &Value) -> Option<String>) -> String {
        let fields = schema["properties"].as_object().unwrap().iter().filter_map(|(name, field)| {
            let value = change(name, field).unwrap_or_else(|| self.valid(field));
            (!value.is_empty()).then(|| format!("{name:?}:{value}"))
        });
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }

    pub fn cases(&self, name: &str, schema: &Value, top: bool) -> Vec<Case> {
        let schema = self.resolve(schema);
        let Some(kind) = schema["type"].as_str() else {
            return ["null", "1.5", "[]", "{}", r#""x""#].map(|json| (json.to_owned(), None)).into();
        };
        let mut cases = match kind {
            "object" => self.object_cases(schema),
            "array" => self.array_cases(name, schema),
            "integer" => integer_cases(name, schema),
            "number" => number_cases(schema),
            "boolean" => vec![("true".to_owned(), None), ("false".to_owned(), None)],
            "string" if name == "transactionId" => name_cases(),
            "string" => self.string_cases(schema),
            other => panic!("{other}"),
        };
        let wrong = if top { FORMATION } else { TYPE };
        let needs_nothing = top && schema["required"].as_array().is_none_or(Vec::is_empty);
        for (of, json) in [
            ("null", "null"),
            ("string", r#""1""#),
            ("integer", "1"),
            ("boolean", "true"),
            ("array", "[]"),
            ("object", "{}"),
        ] {
            if of == "null" && needs_nothing {
                cases.push((json.to_owned(), None));
            } else if of != kind && !(of == "integer" && kind == "number") {
                cases.push((json.to_owned(), wrong));
            }
        }
        if !self.thorough && !top {
            return cases;
        }
        cases.push(("[".repeat(10_000) + &"]".repeat(10_000), FORMATION));
        cases.push((r#"{"a":"#.repeat(10_000) + "1" + &"}".repeat(10_000), FORMATION));
        cases.push(("1e400".to_owned(), FORMATION));
        cases.push((r#""\ud800""#.to_owned(), FORMATION));
        cases
    }

    fn object_cases(&self, schema: &Value) -> Vec<Case> {
        let mut cases = vec![(self.object(schema, &|_, _| None), None)];
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let full = self.object(schema, &|_, _| None);
        let extra = if schema["additionalProperties"] == false { FORMATION } else { None };
        let open = full.trim_end_matches('}');
        let comma = if open == "{" { "" } else { "," };
        cases.push((format!(r#"{open}{comma}"extra":1}}"#), extra));
        cases.push((format!(r#"{open}{comma}"extra\u0000\"}}{{":[[1]]}}"#), extra));
        // In order of the declaration, an object could be written as an array of its values.
        let values: Vec<String> =
            schema["properties"].as_object().unwrap().values().map(|field| self.valid(field)).collect();
        if !values.is_empty() {
            cases.push((format!("[{}]", values.join(",")), TYPE));
        }
        for (name, field) in schema["properties"].as_object().unwrap() {
            let code = if required.contains(&name.as_str()) { OCCURENCE } else { None };
            let absent = self.object(schema, &|other, _| (other == name).then(String::new));
            cases.push((absent, code));
            cases.push((format!("{open},{name:?}:{}}}", self.valid(field)), FORMATION));
            for (json, code) in self.cases(name, field, false) {
                cases.push((self.object(schema, &|other, _| (other == name).then(|| json.clone())), code));
            }
        }
        cases
    }

    fn array_cases(&self, name: &str, schema: &Value) -> Vec<Case> {
        let valid = self.valid(&schema["items"]);
        let empty = if schema["minItems"].as_i64() == Some(1) { OCCURENCE } else { None };
        let most = schema["maxItems"].as_u64().map(|most| usize::try_from(most).unwrap());
        let two = if most.is_none_or(|most| most >= 2) { None } else { OCCURENCE };
        let mut cases = vec![("[]".to_owned(), empty), (format!("[{valid},{valid}]"), two)];
        if let Some(most) = most {
            cases.push((format!("[{}]", vec![valid.as_str(); most + 1].join(",")), OCCURENCE));
        }
        for (json, code) in self.cases(name, &schema["items"], false) {
            cases.push((format!("[{json}]"), code));
            if self.thorough {
                cases.push((format!("[{valid},{json}]"), code));
            }
        }
        cases
    }

    fn string_cases(&self, schema: &Value) -> Vec<Case> {
        if let Some(words) = schema["enum"].as_array() {
            let mut cases: Vec<Case> = words.iter().map(|word| (word.to_string(), None)).collect();
            for bad in [r#""""#, r#""bad""#, r#""accepted""#, r#""\u0000""#] {
                cases.push((bad.to_owned(), PROPERTY));
            }
            cases.push((format!("{{{}:null}}", words[0]), TYPE));
            cases.push((format!("{:?}", "x".repeat(10_000)), PROPERTY));
            return cases;
        }
        if schema["format"] == "date-time" {
            let bad = if self.loose_times { None } else { PROPERTY };
            let good = [
                "2026-07-15T02:30:05Z",
                "2026-02-28T02:30:05.123+14:00",
                "2026-07-15T02:30:05",
                "0001-01-01T00:00:00Z",
                "9999-12-30T00:00:00Z",
                "2038-01-19T03:14:08Z",
                "2024-02-29T00:00:00Z",
            ];
            let never = ["", "yesterday", "1", "noon"];
            let poor = [
                "222222017-01-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-07-15T25:00:00Z",
            ];
            let table = [(&good[..], None), (&poor[..], bad), (&never[..], PROPERTY)];
            let cases = table
                .into_iter()
                .flat_map(|(times, code)| times.iter().map(move |time| (format!("{time:?}"), code)));
            return cases.collect();
        }
        let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
        let odd = [(0, r#""""#), (1, r#""\u0000""#), (4, r#""\"}]\n""#), (1, r#""桩""#)];
        let code = |length: u64| if length > most { PROPERTY } else { None };
        let mut cases: Vec<Case> = odd.map(|(length, json)| (json.to_owned(), code(length))).into();
        if let Some(most) = schema["maxLength"].as_u64() {
            let most = usize::try_from(most).unwrap();
            for (letter, escaped) in [("x", "x"), ("桩", "桩"), ("🔌", "🔌"), ("é", "\\u00e9")] {
                assert_eq!(letter.chars().count(), 1);
                cases.push((format!("\"{}\"", escaped.repeat(most)), None));
                cases.push((format!("\"{}\"", escaped.repeat(most + 1)), PROPERTY));
            }
            if self.thorough {
                cases.push((format!("\"{}\"", "x".repeat(1_000_000)), PROPERTY));
            }
        }
        cases
    }
}

/// The name of a session.
fn name_cases() -> Vec<Case> {
    let cases = [
        ("a", None),
        ("-1", None),
        ("9b2c1f6e-8a53-4f0e-9d0e-2f6c7d5b8a11", None),
        ("", PROPERTY),
        ("桩", PROPERTY),
        ("a\\u0000", PROPERTY),
        ("9b2c1f6e-8a53-4f0e-9d0e-2f6c7d5b8a111", PROPERTY),
    ];
    cases.map(|(name, code)| (format!("\"{name}\""), code)).into()
}

fn limits(schema: &Value) -> (f64, f64) {
    let limit = |name: &str, or: f64| schema[name].as_f64().unwrap_or(or);
    (limit("minimum", f64::NEG_INFINITY), limit("maximum", f64::INFINITY))
}

fn number_cases(schema: &Value) -> Vec<Case> {
    let (least, most) = limits(schema);
    let cases = [0.0, 1.0, 1.5, -3.25, 1e300].map(|value| {
        let code = if (least..=most).contains(&value) { None } else { PROPERTY };
        (value.to_string(), code)
    });
    cases.into_iter().chain([("\"1\"".to_owned(), TYPE), ("NaN".to_owned(), FORMATION)]).collect()
}

fn integer_cases(name: &str, schema: &Value) -> Vec<Case> {
    let mut cases = vec![];
    for json in ["1.0", "1.5", "1e2", r#""""#] {
        cases.push((json.to_owned(), TYPE));
    }
    for json in ["18446744073709551616", "-9223372036854775809", "1e300"] {
        cases.push((json.to_owned(), PROPERTY));
    }
    for json in ["NaN", "Infinity", "01", "0x1", "+1", "1."] {
        cases.push((json.to_owned(), FORMATION));
    }
    let (least, most) = match name {
        "connectorId" => (0, 65_535),
        "meterStart" | "meterStop" => (i64::MIN.into(), i64::MAX.into()),
        _ => (i128::from(i32::MIN), i128::from(i32::MAX)),
    };
    for (value, code) in [(least, None), (0, None), (most, None), (9_223_372_036_854_775_808, PROPERTY)] {
        cases.push((value.to_string(), code));
    }
    if most < i64::MAX.into() {
        cases.push(((least - 1).to_string(), PROPERTY));
        cases.push(((most + 1).to_string(), PROPERTY));
    }
    let (least, most) = limits(schema);
    for (json, code) in &mut cases {
        let outside = |value: f64| !(least..=most).contains(&value);
        if code.is_none() && json.parse().is_ok_and(outside) {
            *code = PROPERTY;
        }
    }
    cases
}
