//! A customer as a SCIM user (RFC 7643, section 4.1), and back.

use super::ScimError;
use super::patch::field;
use engine::customer::SourceUser;
use model::customer::CustomerKind;
use serde_json::{Map, Value, json};
use store::customers::Customer;

pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub fn etag(customer: &Customer) -> String {
    format!("W/\"{}\"", customer.version)
}

pub fn location(customer: &Customer) -> String {
    format!("/scim/v2/Users/{}", customer.id.0)
}

pub fn show(customer: &Customer) -> Map<String, Value> {
    let mut user = json!({
        "schemas": [SCHEMA],
        "id": customer.id.0.to_string(),
        "userName": customer.account,
        "displayName": customer.name,
        "userType": customer.kind,
        "active": customer.standing.active_at_source,
        "meta": {
            "resourceType": "User",
            "created": customer.created_at.rfc3339(),
            "lastModified": customer.changed_at.rfc3339(),
            "location": location(customer),
            "version": etag(customer),
        },
    });
    if let Some(id) = &customer.external_id {
        user["externalId"] = json!(id);
    }
    if let Some(phone) = &customer.phone {
        user["phoneNumbers"] = json!([{"value": phone, "type": "mobile", "primary": true}]);
    }
    match user {
        Value::Object(user) => user,
        _ => Map::new(),
    }
}

fn wrong(detail: &str) -> ScimError {
    ScimError::new(400, Some("invalidValue"), detail)
}

fn text(body: &Value, name: &str) -> Result<Option<String>, ScimError> {
    match field(body, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(&format!("{name} must be a text."))),
    }
}

/// The name by which to call the person: what the source shows, or what it is made of.
fn name(body: &Value, account: &str) -> Result<String, ScimError> {
    if let Some(name) = text(body, "displayName")? {
        return Ok(name);
    }
    let Some(parts) = field(body, "name") else { return Ok(account.to_owned()) };
    if let Some(name) = text(parts, "formatted")? {
        return Ok(name);
    }
    let (family, given) = (text(parts, "familyName")?, text(parts, "givenName")?);
    let whole = format!("{}{}", family.unwrap_or_default(), given.unwrap_or_default());
    Ok(if whole.is_empty() { account.to_owned() } else { whole })
}

/// One number is kept: the one that is the primary, else a mobile one, else the first.
fn phone(body: &Value) -> Result<Option<String>, ScimError> {
    let all = match field(body, "phoneNumbers") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(all)) => all,
        Some(_) => return Err(wrong("phoneNumbers must be a list.")),
    };
    let primary = all.iter().find(|one| field(one, "primary") == Some(&json!(true)));
    let mobile = all.iter().find(|one| field(one, "type") == Some(&json!("mobile")));
    match primary.or(mobile).or(all.first()) {
        Some(one) => text(one, "value"),
        None => Ok(None),
    }
}

pub fn read(body: &Value) -> Result<SourceUser, ScimError> {
    if !body.is_object() {
        return Err(ScimError::new(400, Some("invalidSyntax"), "The body must be a JSON object."));
    }
    let account = text(body, "userName")?.ok_or_else(|| wrong("userName is required."))?;
    let kind = match text(body, "userType")? {
        None => CustomerKind::Person,
        Some(word) => CustomerKind::parse(&word.to_ascii_lowercase())
            .ok_or_else(|| wrong("userType must be person, driver or employee."))?,
    };
    let active = match field(body, "active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        // A well-known provider writes it as a text.
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => true,
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => false,
        Some(_) => return Err(wrong("active must be true or false.")),
    };
    Ok(SourceUser {
        external_id: text(body, "externalId")?,
        name: name(body, &account)?,
        phone: phone(body)?,
        account,
        kind,
        active,
    })
}
