//! Whatever is wrong with a request is told in one shape, in two languages, naming the field.

use super::house::{house, house_secure};
use axum::body::Body;
use axum::http::Request;

#[tokio::test]
async fn a_wrong_request_names_the_field_and_the_rule() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let cases = [
        ("GET", "/piles?colour=red", "", "field.invalid", "colour"),
        ("GET", "/piles?online=maybe", "", "field.invalid", "online"),
        ("GET", "/piles?kind=steam", "", "field.invalid", "kind"),
        ("GET", "/piles?limit=0", "", "field.invalid", "limit"),
        ("GET", "/piles?limit=201", "", "field.invalid", "limit"),
        ("GET", "/piles?limit=ten", "", "field.invalid", "limit"),
        ("GET", "/piles?state=happy", "", "field.invalid", "state"),
        ("GET", "/orders?cursor=x", "", "field.invalid", "cursor"),
        ("GET", "/orders?order_no=abc", "", "field.invalid", "order_no"),
        ("GET", "/orders?from_ms=5&to_ms=4", "", "field.invalid", "to_ms"),
        ("POST", "/cards", "{\"tag\":\"A\",\"status\":\"broken\"}", "field.invalid", "status"),
        ("POST", "/cards", "{\"status\":\"accepted\"}", "field.invalid", "tag"),
        ("POST", "/cards", "{\"tag\":\"A\",\"status\":\"accepted\",\"x\":1}", "field.invalid", "x"),
        ("POST", "/cards", "{\"tag\":7,\"status\":\"accepted\"}", "field.invalid", "tag"),
        ("POST", "/cards", "{\"tag\":\"A B\",\"status\":\"accepted\"}", "field.invalid", "tag"),
        ("GET", "/piles?kind=dc&kind=ac", "", "field.invalid", "kind"),
        ("GET", "/orders?cursor=x=", "", "field.invalid", "cursor"),
        (
            "POST",
            "/piles/A-1/commands",
            "{\"kind\":\"start\",\"connector_no\":\"1\"}",
            "field.invalid",
            "connector_no",
        ),
        (
            "POST",
            "/piles/A-1/commands",
            "{\"connector_no\":70000,\"kind\":\"unlock\"}",
            "field.invalid",
            "connector_no",
        ),
        (
            "POST",
            "/piles/A-1/commands",
            "{\"connector_no\":1,\"kind\":\"availability\",\"operative\":\"yes\"}",
            "field.invalid",
            "operative",
        ),
        ("POST", "/piles/A-1/commands", "{\"kind\":\"explode\"}", "field.invalid", "kind"),
        ("POST", "/piles/A-1/commands", "{\"kind\":7,\"hard\":true}", "field.invalid", "kind"),
        ("POST", "/piles/A-1/commands", "{\"hard\":true}", "field.invalid", "kind"),
        (
            "POST",
            "/piles/A-1/commands?wait_ms=60001",
            "{\"kind\":\"reset\",\"hard\":true}",
            "field.invalid",
            "wait_ms",
        ),
    ];
    for (method, path, body, code, field) in cases {
        let body = (!body.is_empty()).then_some(body);
        let zh = house.send(method, path, &cookie, body, &[]).await;
        assert_eq!(zh.refused(400, code).json["field"], field, "{path} {}", zh.text);
        let en = house.send(method, path, &cookie, body, &[("accept-language", "en-GB,en;q=0.9")]).await;
        en.refused(400, code);
        assert_ne!(zh.json["message"], en.json["message"], "{path}");
        assert!(en.json["message"].as_str().unwrap().is_ascii(), "{}", en.text);
        assert!(!zh.json["message"].as_str().unwrap().is_ascii(), "{}", zh.text);
    }
}

#[tokio::test]
async fn a_number_beyond_its_range_is_told_the_range_and_no_name_of_ours_gets_out() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    let far = "{\"kind\":\"unlock\",\"connector_no\":70000}";
    let answer = house.post("/piles/A-1/commands", &cookie, far).await;
    assert!(answer.json["message"].as_str().unwrap().contains("0 到 65535"), "{}", answer.text);
    let twice = house.get("/piles?kind=dc&kind=ac", &cookie).await;
    assert!(!twice.text.contains("JSON"), "{}", twice.text);
    for body in ["null", "7", "\"x\"", "[]"] {
        for path in ["/cards", "/piles/A-1/commands"] {
            let answer = house.post(path, &cookie, body).await;
            assert_eq!(answer.status, 400, "{body} {}", answer.text);
            assert!(
                !answer.text.contains("Draft") && !answer.text.contains("struct"),
                "{body} {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for (path, kind) in [("cards", "application/json"), ("imports/piles", "text/csv")] {
        // The clock stands from the moment the body is waited for: before it the database is asked who it is.
        let mut paused = false;
        let never = futures_util::stream::poll_fn(move |_| {
            if !std::mem::replace(&mut paused, true) {
                tokio::time::pause();
            }
            std::task::Poll::<Option<Result<axum::body::Bytes, std::io::Error>>>::Pending
        });
        let request = Request::post(format!("/api/v1/{path}"))
            .header("cookie", &cookie)
            .header("x-requested-with", "pileops")
            .header("content-type", kind)
            .body(Body::from_stream(never));
        let response = house.raw(request.unwrap()).await;
        tokio::time::resume();
        assert_eq!(response.status(), 408);
        let text = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        assert!(String::from_utf8_lossy(&text).contains("body.too_slow"));
    }
}

#[tokio::test]
async fn what_is_no_json_or_too_much_of_it_is_refused() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    for body in ["", "{", "[1,2", "{}x", "\u{0}"] {
        let answer = house.post("/cards", &cookie, body).await;
        assert_eq!(answer.status, 400, "{body:?} {}", answer.text);
        assert!(answer.json["trace_id"].is_string());
    }
    let large = format!("{{\"tag\":\"{}\",\"status\":\"accepted\"}}", "A".repeat(70_000));
    house.post("/cards", &cookie, &large).await.refused(413, "body.too_large");
    let text = [("content-type", "text/plain")];
    house.send("POST", "/cards", &cookie, Some("{}"), &text).await.refused(400, "body.not_json");
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_same_shape() {
    let house = house().await;
    house.furnish().await;
    let cookie = house.sign_in("admin").await;
    house.get("/nothing", &cookie).await.refused(404, "path.not_found");
    house.get("/api", "").await.refused(404, "path.not_found");
    let put = house.send("PUT", "/piles", &cookie, Some("{}"), &[]).await;
    put.refused(405, "method.not_allowed");
    house.get("/piles/none", &cookie).await.refused(404, "pile.not_found");
    house.get("/piles/%E6%A1%A9", &cookie).await.refused(404, "pile.not_found");
    house.get("/orders/99", &cookie).await.refused(404, "order.not_found");
    house.get("/orders/x", &cookie).await.refused(404, "row.not_found");
    house.get("/commands/5", &cookie).await.refused(404, "command.not_found");
}

#[tokio::test]
async fn the_outside_answers_without_a_session() {
    let house = house().await;
    let get = async |path: &str| {
        let response = house.raw(Request::get(path).body(Body::empty()).unwrap()).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        (parts, String::from_utf8_lossy(&bytes).into_owned())
    };
    assert_eq!(get("/healthz").await.1, "ok\n");
    assert_eq!(get("/readyz").await.1, "ready\n");
    house.get("/home", "").await;
    let metrics = get("/metrics").await.1;
    assert!(metrics.contains("pileops_piles_online 0\n"), "{metrics}");
    assert!(
        metrics
            .contains("pileops_http_requests_total{method=\"GET\",route=\"/api/v1/home\",status=\"401\"} 1"),
        "{metrics}"
    );
    let (parts, text) = get("/api/openapi.json").await;
    assert_eq!(parts.headers["content-type"], "application/json");
    assert!(text.contains("\"operationId\": \"pile_list\""));
    // The page itself for every address of the console's own router, with the headers that guard it.
    for path in ["/", "/piles", "/orders/7"] {
        let (parts, text) = get(path).await;
        assert_eq!(parts.status, 200);
        assert_eq!(parts.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(parts.headers["cache-control"], "no-cache");
        assert!(parts.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        assert_eq!(parts.headers["x-content-type-options"], "nosniff");
        assert!(text.to_lowercase().contains("<!doctype html>"));
    }
    assert_eq!(get("/assets/gone.js").await.0.status, 404);
    let tag = get("/").await.0.headers["etag"].clone();
    let again = house.raw(Request::get("/").header("if-none-match", tag).body(Body::empty()).unwrap()).await;
    assert_eq!(again.status(), 304);
}

#[tokio::test]
async fn a_browser_is_kept_on_https_where_that_is_the_only_way() {
    for (house, kept) in [(house_secure().await, true), (house().await, false)] {
        for path in ["/", "/api/v1/session", "/healthz"] {
            let response = house.raw(Request::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(response.headers().contains_key("strict-transport-security"), kept, "{path}");
        }
    }
}
