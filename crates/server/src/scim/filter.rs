//! The filter of RFC 7644, section 3.4.2.2, as far as it is offered: `eq`, `sw`, `co`, joined by `and`.

use store::source_users::{Attribute, Comparison, Condition};

/// The conditions; nothing where the text is none that we know.
pub fn parse(text: &str) -> Option<Vec<Condition>> {
    let mut words = words(text)?.into_iter();
    let mut all = Vec::new();
    loop {
        let (attribute, comparison, value) = (words.next()?, words.next()?, words.next()?);
        all.push(Condition {
            attribute: attribute_of(&attribute)?,
            comparison: match comparison.to_ascii_lowercase().as_str() {
                "eq" => Comparison::Equals,
                "sw" => Comparison::Begins,
                "co" => Comparison::Contains,
                _ => return None,
            },
            value: value_of(&value)?,
        });
        match words.next() {
            None => return Some(all),
            Some(and) if and.eq_ignore_ascii_case("and") => {}
            Some(_) => return None,
        }
    }
}

fn attribute_of(name: &str) -> Option<Attribute> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("urn:ietf:params:scim:schemas:core:2.0:user:").unwrap_or(&name);
    Some(match name {
        "id" => Attribute::Id,
        "externalid" => Attribute::ExternalId,
        "username" => Attribute::Account,
        "displayname" | "name.formatted" => Attribute::Name,
        "phonenumbers" | "phonenumbers.value" => Attribute::Phone,
        "active" => Attribute::Active,
        _ => return None,
    })
}

fn value_of(word: &str) -> Option<String> {
    match serde_json::from_str(word).ok()? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Words apart by blanks, a quoted text being one of them.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        if c.is_whitespace() && !quoted {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        word.push(c);
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_understood_and_what_is_not() {
        let found = parse(r#"userName eq "a \"b\" c" and active EQ true"#).unwrap();
        assert_eq!((found[0].value.as_str(), found[1].attribute), (r#"a "b" c"#, Attribute::Active));
        let found = parse(r#"phoneNumbers.value sw "138""#).unwrap();
        assert_eq!((found[0].attribute, found[0].comparison), (Attribute::Phone, Comparison::Begins));
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName eq x",
            r#"userName gt "a""#,
            r#"shoeSize eq "4""#,
            r#"userName eq "a" or userName eq "b""#,
            r#"userName eq "a" and"#,
            r#"userName eq "a"#,
            r#"userName eq """#,
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
