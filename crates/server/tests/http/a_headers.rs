//! A38, A42, T-61: what every answer of every route tells a browser, and that no other site can act for somebody.

use super::house::{house, house_secure};
use server::http::table;

fn real(path: &str) -> String {
    path.replace("{code}", "A-1").replace("{id}", "1")
}

#[tokio::test]
async fn a38_every_answer_forbids_foreign_scripts_frames_and_guesses_of_its_type() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("viewer").await;
    let mut paths: Vec<(String, String)> = table()
        .iter()
        // The stream of changes has no end to wait for.
        .filter(|route| route.operation != "live_stream")
        .map(|route| (route.method.to_string(), real(route.path)))
        .collect();
    let outside = ["/", "/api/v1/nowhere", "/api/openapi.json", "/scim/v2/Users"];
    paths.extend(outside.iter().map(|path| ("GET".to_owned(), (*path).to_owned())));
    for (method, path) in paths {
        for cookie in ["", cookie.as_str()] {
            let answer = house.send(&method, &path, cookie, Some("{}"), &[]).await;
            let header = |name: &str| {
                let value = answer.headers.get(name).unwrap_or_else(|| panic!("{method} {path}: no {name}"));
                value.to_str().unwrap().to_owned()
            };
            let policy = header("content-security-policy");
            for part in [
                "default-src 'self'",
                "script-src 'self';",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "object-src 'none'",
                "form-action 'self'",
            ] {
                assert!(policy.contains(part), "{method} {path}: {policy}");
            }
            let script = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
            assert!(!script.contains("unsafe") && !script.contains('*') && !script.contains("http"));
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("x-frame-options"), "DENY");
            assert_eq!(header("referrer-policy"), "same-origin");
            let readers = if path.starts_with("/api/v1/public/") { "cross-origin" } else { "same-origin" };
            assert_eq!(header("cross-origin-resource-policy"), readers, "{path}");
            assert!(header("permissions-policy").contains("geolocation=()"));
            for foreign in
                ["access-control-allow-origin", "access-control-allow-credentials", "server", "x-powered-by"]
            {
                assert!(answer.headers.get(foreign).is_none(), "{method} {path}: {foreign}");
            }
            if path.starts_with("/api/v1") && !answer.headers.contains_key("etag") {
                assert_eq!(header("cache-control"), "no-store", "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a42_another_site_gets_no_answer_to_read_and_no_act_done() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let foreign = [("origin", "https://evil.example")];
    for route in table() {
        let path = real(route.path);
        if route.operation == "live_stream" {
            continue;
        }
        if route.method == axum::http::Method::GET {
            // Read it may, but the browser does not show the answer to the page that asked.
            let answer = house.send("GET", &path, &cookie, None, &foreign).await;
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{path}");
            continue;
        }
        // As a form of another site sends it: no header of ours, another origin, the text type.
        let form =
            [("x-requested-with", ""), ("origin", "https://evil.example"), ("content-type", "text/plain")];
        let answer = house.send(route.method.as_str(), &path, &cookie, Some("{}"), &form).await;
        answer.refused(403, "csrf.header_missing");
        let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
        let asked = house.send("OPTIONS", &path, "", None, &preflight).await;
        assert!(!asked.status.is_success(), "{path}: a preflight was allowed");
    }
    // The cookie is not sent by a browser that comes from elsewhere, nor read by scripts.
    let body = format!("{{\"account\":\"admin\",\"password\":\"{}\"}}", super::house::PASSWORD);
    let given = house.post("/session", "", &body).await.cookie.clone().unwrap();
    for part in ["SameSite=Strict", "HttpOnly", "Path=/"] {
        assert!(given.contains(part), "{given}");
    }
    let secure = house_secure().await;
    secure.furnish().await;
    let given = secure.post("/session", "", &body).await.cookie.clone().unwrap();
    assert!(given.contains("; Secure"), "{given}");
    let page = secure.get("/", "").await;
    assert_eq!(page.headers["cross-origin-opener-policy"], "same-origin");
}
