//! A09, A39: no doors but those of the table, and searches that are nothing but text.

use super::house::{Answer, house, house_behind, houses};
use server::http::{Access, table};

#[tokio::test]
async fn a09_there_are_no_doors_but_the_documented_ones() {
    let house = house().await;
    for path in [
        "/services/CentralSystemService",
        "/services",
        "/steve/services/CentralSystemService",
        "/ocpp",
        "/actuator/env",
        "/debug/pprof/",
        "/debug/vars",
        "/server-status",
        "/.env",
        "/.git/config",
        "/swagger-ui.html",
        "/graphql",
        "/admin",
        "/phpmyadmin/",
        "/console/../../etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
    ] {
        for method in ["GET", "POST"] {
            let request =
                axum::http::Request::builder().method(method).uri(path).header("host", "pile.example");
            let response = house.raw(request.body(axum::body::Body::empty()).unwrap()).await;
            let (parts, body) = response.into_parts();
            let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
            let text = String::from_utf8_lossy(&body);
            // Nothing, or the page of the console, which is for everybody.
            let page = text.contains("<title>") || text.contains("PileOps");
            assert!(!parts.status.is_success() || page, "{method} {path}: {} {text:.200}", parts.status);
            for told in ["root:", "PILEOPS_", "wsdl", "goroutine", "[core]"] {
                assert!(!text.contains(told), "{method} {path} tells {told}");
            }
        }
    }
    for path in ["/api/v1/debug", "/api/v2/piles", "/api/v1/piles/../staff", "/api/actuator"] {
        assert_eq!(house.send("GET", path, "", None, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a39_what_is_searched_for_is_text() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("admin").await;
        let lists = [
            ("/piles", "code"),
            ("/stations", "name"),
            ("/operators", "name"),
            ("/staff", "name"),
            ("/customers", "name"),
            ("/cards", "tag"),
            ("/feedback", "no"),
            ("/audit", "key"),
        ];
        for (path, field) in lists {
            for text in [
                "%25",
                "_%25",
                "%5C",
                "%27",
                "%27%20OR%201%3D1--",
                "%22%3B%20DROP%20TABLE%20pile%3B--",
                "%25a%25b%25c%25d",
            ] {
                let found = house.get(&format!("{path}?{field}={text}"), &cookie).await;
                // Where a value has a form, one without it is refused; nowhere does it find what it is no part of.
                let empty = found.status == 200 && found.json["items"].as_array().is_some_and(Vec::is_empty);
                assert!(empty || found.status == 400, "{path} {text}: {}", found.text);
            }
            for query in ["sort=password", "sort=name%3B", "limit=-1", "limit=1000000000", "cursor=%27"] {
                let answer = house.get(&format!("{path}?{query}"), &cookie).await;
                assert!(answer.status.as_u16() < 500, "{path} {query}: {}", answer.text);
            }
        }
        assert_eq!(house.get("/piles", &cookie).await.ok().json["total"], 4);
    }
}

#[tokio::test]
async fn a03_every_public_door_slows_a_stranger_down_and_nobody_else() {
    let house = house_behind("127.0.0.1").await;
    house.furnish().await;
    let ask = async |method: &str, path: &str, peer: &str, said: &str| {
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "pile.example")
            .header("x-requested-with", "pileops")
            .header("content-type", "application/json")
            .header("x-forwarded-for", said)
            .extension(axum::extract::ConnectInfo(peer));
        Answer::of(house.raw(request.body(axum::body::Body::from("{}")).unwrap()).await).await
    };
    let categories = "/api/v1/public/feedback/categories";
    // What a stranger says of its own address counts nothing: it is no proxy.
    for n in 0..1_000 {
        ask("GET", categories, "203.0.113.9:1", &format!("198.51.100.{}", n % 250)).await.ok();
    }
    for route in
        table().iter().filter(|route| route.access == Access::Public && route.operation != "session_create")
    {
        let path = route.path.replace("{id}", "1");
        let answer = ask(route.method.as_str(), &path, "203.0.113.9:1", "198.51.100.1").await;
        answer.refused(429, "public.limited");
        // Behind the proxy each has its own.
        let other = ask(route.method.as_str(), &path, "127.0.0.1:1", "198.51.100.1").await;
        assert_ne!(other.json["code"], "public.limited", "{path}");
    }
    house.clock.advance(std::time::Duration::from_millis(50));
    ask("GET", categories, "203.0.113.9:1", "").await.ok();
}
