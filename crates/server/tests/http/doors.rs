//! Every door is tried, as the table of routes names them: without a session, without the
//! permission, without the header that another site cannot send.

use super::house::house;
use model::access::{Permission, Role};
use server::http::{Access, table};

/// What anybody may call, and what needs no permission but a session. Written out, so that a new
/// route cannot slip in here unseen.
const PUBLIC: &[&str] = &[
    "session_create",
    "session_provider_list",
    "session_provider_start",
    "session_provider_confirm",
    "public_brand_get",
    "public_charging_advice_list",
    "public_free_connector_get",
    "public_content_list",
    "public_content_picture_get",
    "public_feedback_create",
    "public_feedback_category_list",
    "public_feedback_get",
    "public_feedback_photo_create",
    "public_feedback_score_set",
    "public_bill_get",
    "public_invoice_check",
    "public_invoice_create",
    "public_invoice_get",
    "public_invoice_callback_create",
    "public_payment_create",
    "public_payment_get",
];
const OWN: &[&str] = &[
    "session_list",
    "session_others_stop",
    "session_stop",
    "token_list",
    "token_delete",
    "preference_list",
    "preference_get",
    "preference_set",
    "preference_delete",
    "live_stream",
    "export_column_list",
    "export_list",
    "export_get",
    "export_cancel",
    "export_fetch",
];

/// What goes also while a new password or two-step verification is owed, which nothing else does.
const ENTERING: &[&str] = &[
    "session_get",
    "session_delete",
    "session_password_set",
    "session_proof_create",
    "session_brand_get",
    "second_factor_get",
    "second_factor_start",
    "second_factor_confirm",
];
const PROVEN_OWN: &[&str] = &["second_factor_delete", "recovery_code_create", "token_create"];

/// The dangerous acts: what another could do at a screen that was left alone, and nobody could take back.
const PROVEN: &[&str] = &[
    "settlement_update",
    "order_refund_create",
    "wallet_change_create",
    "fleet_wallet_change_create",
    "wallet_change_update",
    "refund_create",
    "customer_refund_create",
    "refund_update",
    "refund_confirm",
    "pay_channel_create",
    "pay_channel_update",
    "sharing_period_confirm",
    "sharing_payout_create",
    "sharing_proposal_update",
    "person_export_create",
    "erasure_update",
    // Personal data in full, and as files that leave the house.
    "customer_reveal",
    "customer_inquiry_reveal",
    "payee_reveal",
    "feedback_phone_get",
    "order_export",
    "card_export",
    "customer_export",
    "fleet_export",
    "fleet_car_export",
    "feedback_export",
    "invoice_export",
    "voucher_export",
    "staff_export",
    "staff_create",
    "staff_update",
    "staff_handover_create",
    "staff_password_set",
    "second_factor_cancel",
    "administrator_split_create",
    "identity_provider_create",
    "identity_provider_update",
    "identity_provider_delete",
    "role_create",
    "role_update",
    "role_delete",
    "parameter_update",
    "support_fetch",
];

/// Rights whose pages are being built.
const NEXT: &[Permission] = &[];

fn real(path: &str) -> String {
    path.replace("{code}", "A-1").replace("{id}", "1")
}

#[tokio::test]
async fn every_route_wants_a_session() {
    let house = house().await;
    for route in table() {
        let listed = PUBLIC.contains(&route.operation);
        assert_eq!(route.access == Access::Public, listed, "{}", route.operation);
        assert_eq!(route.access == Access::SignedIn, OWN.contains(&route.operation), "{}", route.operation);
        assert_eq!(
            route.access == Access::Entering,
            ENTERING.contains(&route.operation),
            "{}",
            route.operation
        );
        let proven = PROVEN.contains(&route.operation) || PROVEN_OWN.contains(&route.operation);
        assert_eq!(route.access.wants_proof(), proven, "{}", route.operation);
        if listed {
            continue;
        }
        for cookie in ["", "pileops_session=0000", "other=1"] {
            let answer = house.send(route.method.as_str(), &real(route.path), cookie, Some("{}"), &[]).await;
            answer.refused(401, "session.missing");
        }
        let bearer = [("authorization", "Bearer pop_wrong")];
        let answer = house.send(route.method.as_str(), &real(route.path), "", Some("{}"), &bearer).await;
        answer.refused(401, "session.missing");
    }
}

#[tokio::test]
async fn every_route_refuses_a_role_without_its_permission() {
    let house = house().await;
    house.furnish().await;
    let mut tried = Vec::new();
    for role in Role::ALL {
        let cookie = house.sign_in(role.as_str()).await;
        for route in table() {
            let Some(permission) = route.access.permission() else { continue };
            if role.allows(permission) {
                continue;
            }
            let answer = house.send(route.method.as_str(), &real(route.path), &cookie, Some("{}"), &[]).await;
            answer.refused(403, "permission.denied");
            tried.push(permission);
        }
    }
    // Every right guards a route, and one that not everybody has was refused to somebody.
    let guarding: Vec<_> = table().into_iter().filter_map(|route| route.access.permission()).collect();
    // One of them widens what another may give, and guards nothing of its own.
    for permission in Permission::ALL.iter().filter(|one| **one != Permission::StaffGrant) {
        assert!(
            guarding.contains(permission) != NEXT.contains(permission),
            "{permission:?} guards nothing, or is still listed as coming"
        );
        if NEXT.contains(permission) {
            continue;
        }
        let held_by_all = Role::ALL.iter().all(|role| role.allows(*permission));
        assert!(held_by_all || tried.contains(permission), "{permission:?} was never refused");
    }
}

#[tokio::test]
async fn another_site_cannot_use_the_cookie() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for route in table().iter().filter(|route| route.method != axum::http::Method::GET) {
        let path = real(route.path);
        let without = [("x-requested-with", "")];
        let answer = house.send(route.method.as_str(), &path, &cookie, Some("{}"), &without).await;
        answer.refused(403, "csrf.header_missing");
        let foreign = [("origin", "https://evil.example")];
        let answer = house.send(route.method.as_str(), &path, &cookie, Some("{}"), &foreign).await;
        answer.refused(403, "csrf.origin_differs");
        let null = [("origin", "null")];
        let answer = house.send(route.method.as_str(), &path, &cookie, Some("{}"), &null).await;
        answer.refused(403, "csrf.origin_differs");
    }
    let own = [("origin", "https://pile.example")];
    house.send("POST", "/tokens", &cookie, Some("{\"name\":\"x\"}"), &own).await.ok();
}

#[tokio::test]
async fn an_operator_sees_nothing_of_another_over_http() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("a.admin").await;
    for path in ["/piles/B-1", "/piles/B-1/frames", "/piles/B-1/commands", "/live?pile=B-1"] {
        house.get(path, &cookie).await.refused(404, "pile.not_found");
    }
    let patch = house.send("PATCH", "/piles/B-1", &cookie, Some("{\"version\":1,\"name\":\"x\"}"), &[]).await;
    patch.refused(404, "pile.not_found");
    let put = house.send("PUT", "/piles/B-1/password", &cookie, Some("{\"password\":null}"), &[]).await;
    put.refused(404, "pile.not_found");
    let command = house.post("/piles/B-1/commands", &cookie, "{\"kind\":\"reset\",\"hard\":false}").await;
    command.refused(404, "pile.not_found");
    house.send("DELETE", "/staff/1/lock", &cookie, None, &[]).await.refused(404, "staff.not_found");
    house.send("PUT", "/staff/1/password", &cookie, None, &[]).await.refused(404, "staff.not_found");
    let piles = house.get("/piles", &cookie).await;
    assert_eq!(piles.ok().json["total"], 2);
    assert_eq!(house.get("/operators", &cookie).await.json["total"], 1);
    assert_eq!(house.get("/stations", &cookie).await.json["total"], 1);
    assert_eq!(house.get("/staff", &cookie).await.json["total"], 2);
    house.get("/audit", &cookie).await.refused(403, "scope.denied");
    // Nor can it make what belongs to all, or somebody who sees more.
    let card =
        "{\"tag\":\"C1\",\"status\":\"accepted\",\"group\":null,\"expires_at_ms\":null,\"sessions_max\":1}";
    house.post("/cards", &cookie, card).await.refused(403, "scope.denied");
    for operator in ["null", "2"] {
        let body = format!(
            "{{\"account\":\"new.one\",\"name\":\"新\",\"role\":\"admin\",\"operator_id\":{operator}}}"
        );
        let answer = house.post("/staff", &cookie, &body).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "operator_id");
    }
    let station = "{\"name\":\"新站\",\"operator_id\":2,\"city_code\":\"420100\",\"address\":\"\"}";
    assert_eq!(
        house.post("/stations", &cookie, station).await.refused(400, "field.invalid").json["field"],
        "operator_id"
    );
}
