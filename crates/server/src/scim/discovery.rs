//! What a SCIM client asks first: what is offered, and what a user is made of (RFC 7643, 5 to 7).

use super::{list, user::SCHEMA};
use serde_json::{Value, json};

pub const PAGE_MAX: i64 = 200;

pub fn service_provider_config() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": PAGE_MAX},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of the file that the setting scim_token_file names",
            "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": "/scim/v2/ServiceProviderConfig"},
    })
}

pub fn resource_types() -> Value {
    list(1, 1, vec![resource_type()])
}

pub fn resource_type() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "Customers of the mobility platform",
        "schema": SCHEMA,
        "meta": {"resourceType": "ResourceType", "location": "/scim/v2/ResourceTypes/User"},
    })
}

pub fn schemas() -> Value {
    list(1, 1, vec![schema()])
}

fn attribute(name: &str, kind: &str, required: bool, uniqueness: &str, description: &str) -> Value {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": uniqueness, "description": description,
    })
}

pub fn schema() -> Value {
    let mut kind = attribute("userType", "string", false, "none", "person, driver or employee");
    kind["canonicalValues"] = json!(["person", "driver", "employee"]);
    let mut phones = attribute("phoneNumbers", "complex", false, "none", "One mobile number is kept");
    phones["multiValued"] = json!(true);
    phones["subAttributes"] = json!([attribute("value", "string", false, "none", "The number")]);
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": SCHEMA,
        "name": "User",
        "description": "A customer",
        "attributes": [
            attribute("userName", "string", true, "server", "The account at the platform, kept in lower case"),
            attribute("displayName", "string", false, "none", "The name"),
            kind,
            attribute("active", "boolean", false, "none", "Whether the person may charge"),
            phones,
        ],
        "meta": {"resourceType": "Schema", "location": format!("/scim/v2/Schemas/{SCHEMA}")},
    })
}
