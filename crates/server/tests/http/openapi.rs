//! The contract is written by this test: it compares openapi.json with the routes, rewrites the file
//! when they differ, and fails so that the change is seen and committed.

use server::http::{document, openapi_text, table};
use std::path::Path;

#[test]
fn openapi_json_is_the_table_of_routes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if committed != openapi_text() {
        std::fs::write(&path, openapi_text()).unwrap();
        assert!(
            std::env::var_os("UPDATE").is_some(),
            "openapi.json was out of date and has been rewritten: look at the difference and commit it, then run \
             `npm run types` in web/ so that the pages follow"
        );
    }
}

#[test]
fn every_route_is_documented_and_every_document_is_a_route() {
    let document = serde_json::to_value(document()).unwrap();
    let mut documented = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            documented.push((method.to_uppercase(), path.clone(), id.to_owned()));
        }
    }
    let mut routes: Vec<_> = table()
        .iter()
        .map(|route| (route.method.to_string(), route.path.to_owned(), route.operation.to_owned()))
        .collect();
    documented.sort();
    routes.sort();
    assert_eq!(documented, routes);
    let mut operations: Vec<_> = routes.iter().map(|(_, _, operation)| operation).collect();
    operations.sort();
    operations.dedup();
    assert_eq!(operations.len(), routes.len(), "an operationId is used twice");
}

#[test]
fn every_reference_has_its_schema_and_the_pages_find_the_names_they_know() {
    let document = serde_json::to_value(document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for piece in text.split("\"#/components/schemas/").skip(1) {
        let name = piece.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to but not there");
    }
    for name in [
        "Pile",
        "PileDetail",
        "ConnectorBrief",
        "ConnectorDetail",
        "Order",
        "OrderDetail",
        "Frame",
        "Command",
        "Home",
        "Station",
        "Operator",
        "City",
        "Tariff",
        "Card",
        "Staff",
        "UnknownPile",
        "AuditRecord",
        "ErrorBody",
    ] {
        assert!(schemas.contains_key(name), "no schema {name}");
    }
}
