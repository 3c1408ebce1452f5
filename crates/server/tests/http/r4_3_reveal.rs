//! Personal data in full, and as files: whoever asks has shown lately that it is them.

use super::house::{House, PASSWORD, houses};
use super::things::furnished;
use serde_json::json;
use std::time::Duration;

/// As long as a proof holds.
const PROOF: Duration = Duration::from_secs(15 * 60);

async fn prove(house: &House, cookie: &str) {
    house.post("/session/proof", cookie, &json!({"secret": PASSWORD}).to_string()).await.ok();
}

#[tokio::test]
async fn r4_3_class_personal_data_in_full_wants_a_fresh_proof() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    let asked = [
        ("POST", "/customers/{customer}/reveal", r#"{"field":"phone"}"#),
        ("GET", "/feedback/{feedback}/phone", ""),
        ("GET", "/orders/{order}/recording?plain=true", ""),
        ("GET", "/piles/{pile}/recording?from_ms=0&to_ms=1&plain=true", ""),
    ];
    let ask = async |(method, path, body): (&str, &str, &str)| {
        let body = (!body.is_empty()).then_some(body);
        house.send(method, &ours.in_text(path), &cookie, body, &[]).await
    };
    for one in asked {
        ask(one).await.ok();
    }
    house.clock.advance(PROOF);
    for one in asked {
        let told = ask(one).await;
        told.refused(403, "session.proof_needed");
        assert!(!told.text.contains("13800000000") && !told.text.contains("13812345678"), "{}", told.text);
    }
    // What is masked is shown as before, and so is a recording without names.
    for path in ["/customers/{customer}", "/feedback/{feedback}", "/orders/{order}/recording"] {
        ask(("GET", path, "")).await.ok();
    }
    prove(&house, &cookie).await;
    for one in asked {
        ask(one).await.ok();
    }
}

#[tokio::test]
async fn r4_3_boundary_files_with_personal_data_want_a_proof_of_the_last_fifteen_minutes() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let files = ["orders", "cards", "customers", "fleets", "feedback", "invoices", "vouchers", "staff"];
        let export =
            async |list: &str| house.post(&format!("/exports/{list}"), &cookie, r#"{"format":"csv"}"#).await;
        house.clock.advance(PROOF - Duration::from_secs(1));
        for list in files {
            let made = export(list).await;
            made.ok();
            house.export_ended(&cookie, &made).await;
        }
        house.clock.advance(Duration::from_secs(1));
        for list in files {
            export(list).await.refused(403, "session.proof_needed");
        }
        // Where nobody stands in the rows nobody is asked.
        for list in ["piles", "stations", "cities", "alarms"] {
            export(list).await.ok();
        }
        prove(&house, &cookie).await;
        export("customers").await.ok();
    }
}

#[tokio::test]
async fn r4_3_guess_a_session_that_was_taken_reads_no_data_in_full_and_wrong_proofs_lock_it() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    house.clock.advance(PROOF);
    let reveal = ours.in_text("/customers/{customer}/reveal");
    for n in 0..5 {
        let body = json!({"secret": format!("guess-{n}")}).to_string();
        house.post("/session/proof", &cookie, &body).await.refused(400, "field.invalid");
        house.post(&reveal, &cookie, r#"{"field":"phone"}"#).await.refused(403, "session.proof_needed");
    }
    // Even the right one waits now: whoever guesses learns nothing from the moment at which it fits.
    let right = json!({"secret": PASSWORD}).to_string();
    house.post("/session/proof", &cookie, &right).await.refused(429, "session.locked");
    house.post(&reveal, &cookie, r#"{"field":"phone"}"#).await.refused(403, "session.proof_needed");
}
