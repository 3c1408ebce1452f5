//! PATCH of RFC 7644, section 3.5.2: the operations change the resource as it is shown, and what
//! comes out is read like one that was put.

use super::ScimError;
use serde_json::{Map, Value, json};

/// Attributes that may be named, as the schema spells them.
const NAMES: [&str; 7] =
    ["userName", "externalId", "displayName", "name", "active", "userType", "phoneNumbers"];
const PREFIX: &str = "urn:ietf:params:scim:schemas:core:2.0:User:";

fn wrong(kind: &'static str, detail: &str) -> ScimError {
    ScimError::new(400, Some(kind), detail)
}

pub fn apply(user: &mut Map<String, Value>, body: &Value) -> Result<(), ScimError> {
    let operations = field(body, "Operations").and_then(Value::as_array);
    let operations = operations.filter(|all| !all.is_empty());
    let operations =
        operations.ok_or_else(|| wrong("invalidSyntax", "Operations must be a list that is not empty."))?;
    for operation in operations {
        let kind = field(operation, "op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let (path, value) = (field(operation, "path").and_then(Value::as_str), field(operation, "value"));
        match (kind.as_str(), path, value) {
            ("add" | "replace", None, Some(Value::Object(all))) => {
                all.iter().try_for_each(|(name, value)| set(user, name, value))?;
            }
            ("add" | "replace", Some(path), Some(value)) => set(user, path, value)?,
            ("remove", Some(path), _) => remove(user, path)?,
            ("remove", None, _) => return Err(wrong("noTarget", "A removal needs a path.")),
            ("add" | "replace", _, _) => return Err(wrong("invalidValue", "This operation needs a value.")),
            _ => return Err(wrong("invalidSyntax", "op must be add, replace or remove.")),
        }
    }
    Ok(())
}

/// A member of an object, however its name is written.
pub fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The attribute that a path names, and what of it.
fn target(path: &str) -> Result<(&'static str, Option<&str>), ScimError> {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let name = NAMES.into_iter().find(|name| name.eq_ignore_ascii_case(&path[..end]));
    let name = name.ok_or_else(|| wrong("invalidPath", "There is no such attribute."))?;
    let part = path.rsplit_once('.').map(|(_, part)| part).filter(|_| !path.ends_with(']'));
    Ok((name, part))
}

fn set(user: &mut Map<String, Value>, path: &str, value: &Value) -> Result<(), ScimError> {
    // What a client sends back because it had read it.
    if ["schemas", "id", "meta"].iter().any(|name| path.eq_ignore_ascii_case(name)) {
        return if user.get(path).is_none_or(|known| known == value || path != "id") {
            Ok(())
        } else {
            Err(wrong("mutability", "The id cannot be changed."))
        };
    }
    let (name, part) = target(path)?;
    let value = match (name, part) {
        // One number is kept: it is the one that is set, whichever the path names.
        ("phoneNumbers", Some(part)) if part.eq_ignore_ascii_case("value") => json!([{"value": value}]),
        ("phoneNumbers", Some(_)) => return Ok(()),
        ("phoneNumbers", None) if value.is_object() => json!([value]),
        ("name", Some(part)) => {
            let mut whole = user.get("name").cloned().unwrap_or_else(|| json!({}));
            whole[part] = value.clone();
            whole
        }
        (_, None) => value.clone(),
        _ => return Err(wrong("invalidPath", "This attribute has no parts.")),
    };
    // The name is shown under two attributes; the one that was set is meant.
    if name == "name" {
        user.remove("displayName");
    }
    user.insert(name.to_owned(), value);
    Ok(())
}

fn remove(user: &mut Map<String, Value>, path: &str) -> Result<(), ScimError> {
    let (name, _) = target(path)?;
    if name == "userName" {
        return Err(wrong("mutability", "userName is required."));
    }
    user.remove(name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_change_what_they_name() {
        let start = json!({"userName": "a", "displayName": "A", "phoneNumbers": [{"value": "1"}]});
        let patched = |operation: Value| {
            let mut user = start.as_object().unwrap().clone();
            apply(&mut user, &json!({"Operations": [operation]})).map(|()| Value::Object(user))
        };
        let set = patched(json!({"op": "Replace", "path": "active", "value": false})).unwrap();
        assert_eq!(set["active"], false);
        let set = patched(json!({"op": "add", "value": {"displayname": "B"}})).unwrap();
        assert_eq!(set["displayName"], "B");
        let path = "phoneNumbers[type eq \"mobile\"].value";
        let set = patched(json!({"op": "replace", "path": path, "value": "2"})).unwrap();
        assert_eq!(set["phoneNumbers"], json!([{"value": "2"}]));
        assert!(
            patched(json!({"op": "remove", "path": "phoneNumbers"})).unwrap().get("phoneNumbers").is_none()
        );
        for (bad, kind) in [
            (json!({"op": "remove"}), "noTarget"),
            (json!({"op": "remove", "path": "userName"}), "mutability"),
            (json!({"op": "replace", "path": "shoeSize", "value": 4}), "invalidPath"),
            (json!({"op": "swap", "path": "active", "value": true}), "invalidSyntax"),
            (json!({"op": "add", "path": "active"}), "invalidValue"),
        ] {
            assert_eq!(patched(bad.clone()).unwrap_err().kind, Some(kind), "{bad}");
        }
    }
}
