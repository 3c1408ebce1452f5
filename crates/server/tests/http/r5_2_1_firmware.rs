//! R-5.2.1 固件与日志: the library of firmware, and what may be asked of a pile with it.

use super::house::{Answer, House, house_given, houses};
use engine::parameter::ParameterOrigin;
use serde_json::json;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----";

async fn bring(house: &House, path: &str, cookie: &str, bytes: &[u8]) -> Answer {
    let headers =
        [("cookie", cookie), ("x-requested-with", "pileops"), ("content-type", "application/octet-stream")];
    house.send_bytes("PUT", path, bytes, &headers).await
}

#[tokio::test]
async fn r5_2_1_class_a_firmware_is_made_its_file_measured_and_told() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let draft = format!(
            r#"{{"name":"120kW 直流","vendor":"甲厂","model":"DC120","version":"2.1.0","note":"修复","signature":"c2ln","certificate":"{CERTIFICATE}"}}"#
        );
        let id = house.post("/firmware", &cookie, &draft).await.ok().json["id"].clone();
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let path = format!("/firmware/{id}/file?name=dc120.bin&digest={}", digest.to_uppercase());
        assert_eq!(bring(&house, &path, &cookie, b"abc").await.status, 204);
        let one = house.get(&format!("/firmware/{id}"), &cookie).await;
        assert_eq!(one.ok().json["digest"], digest);
        assert_eq!((&one.json["size_bytes"], &one.json["file_name"]), (&json!(3), &json!("dc120.bin")));
        for (query, found) in
            [("name=直流", 1), ("vendor=甲", 1), ("model=dc1", 1), ("version=2.1", 1), ("version=3", 0)]
        {
            let list = house.get(&format!("/firmware?{query}"), &cookie).await;
            assert_eq!(list.ok().json["items"].as_array().unwrap().len(), found, "{query}");
        }
        // Never replaced; deleted with its file.
        bring(&house, &path, &cookie, b"abd").await.refused(409, "firmware.has_file");
        assert!(house.app.files.firmware(id.as_i64().unwrap()).exists());
        let path = format!("/firmware/{id}");
        let gone = house.send("DELETE", &path, &cookie, None, &[]);
        assert_eq!(gone.await.status, 204);
        assert!(!house.app.files.firmware(id.as_i64().unwrap()).exists());
        house.get(&format!("/firmware/{id}"), &cookie).await.refused(404, "firmware.not_found");
    }
}

#[tokio::test]
async fn r5_2_1_boundary_a_file_as_large_as_allowed_and_one_byte_larger() {
    let house = house_given("file_mb", 1, ParameterOrigin::File).await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for (size, status) in [(0, 400), (1024 * 1024 + 1, 413), (1024 * 1024, 204)] {
        let made = house
            .post("/firmware", &cookie, &json!({"name": "大", "version": format!("{size}")}).to_string())
            .await;
        let id = made.ok().json["id"].clone();
        let told = bring(&house, &format!("/firmware/{id}/file?name=f"), &cookie, &vec![7; size]).await;
        assert_eq!(told.status, status, "{size}: {}", told.text);
        let path = house.app.files.firmware(id.as_i64().unwrap());
        assert_eq!((path.exists(), path.with_extension("part").exists()), (status == 204, false));
    }
}

#[tokio::test]
async fn r5_2_1_guess_what_does_not_fit_is_refused_at_its_field() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        for (draft, field) in [
            (json!({"name": "", "version": "1"}), "name"),
            (json!({"name": "甲", "version": " "}), "version"),
            (json!({"name": "甲", "version": "1", "signature": "c2ln"}), "certificate"),
            (
                json!({"name": "甲", "version": "1", "signature": "?", "certificate": "-----BEGIN CERTIFICATE-----"}),
                "signature",
            ),
            (json!({"name": "甲", "version": "1", "signature": "c2ln", "certificate": "x"}), "certificate"),
            (json!({"name": "甲", "version": "1", "operator_id": 99}), "operator_id"),
        ] {
            let told = house.post("/firmware", &cookie, &draft.to_string()).await;
            assert_eq!((told.status.as_u16(), &told.json["field"]), (400, &json!(field)), "{draft}");
        }
        let made = house.post("/firmware", &cookie, r#"{"name":"甲","version":"1","model":"DC120"}"#).await;
        let id = made.ok().json["id"].as_i64().unwrap();
        let wrong = bring(&house, &format!("/firmware/{id}/file?name=f&digest=00"), &cookie, b"abc").await;
        assert_eq!(wrong.json["field"], "digest");
        assert!(!house.app.files.firmware(id).exists(), "what is wrong is not kept");
        let log = r#"{"kind":"log","log":"diagnostics"}"#;
        house.post("/piles/A-1/transfers", &cookie, log).await.refused(422, "pile.offline");
        // Piles do not come to this machine's own name: that is said before any is troubled.
        let request = axum::http::Request::builder()
            .method("POST")
            .uri("/api/v1/piles/A-1/transfers")
            .header("host", "127.0.0.1:8080")
            .header("x-requested-with", "pileops")
            .header("content-type", "application/json")
            .header("cookie", &cookie);
        let told = house.raw(request.body(axum::body::Body::from(log)).unwrap()).await;
        assert_eq!(told.status(), 422);
        let text = axum::body::to_bytes(told.into_body(), 10_000).await.unwrap();
        assert!(String::from_utf8_lossy(&text).contains("public_url"));
        // An address that nobody was given.
        let request = axum::http::Request::builder().uri("/files/0123456789abcdef");
        let told = house.raw(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(told.status(), 404);
    }
}
