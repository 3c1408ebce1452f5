//! 品牌: each operator's own name, logo and colour in the console.

use super::house::{Answer, House, houses};
use image::{ImageFormat, Rgba, RgbaImage};
use serde_json::{Value, json};

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut body = std::io::Cursor::new(Vec::new());
    let image = image::DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba([200, 30, 90, 255])));
    let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
    image.write_to(&mut body, format).unwrap();
    body.into_inner()
}

/// Nothing in it repeats: the worst that a logo can be.
fn noise(edge: u32) -> Vec<u8> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let image = RgbaImage::from_fn(edge, edge, |_, _| Rgba([next(), next(), next(), next()]));
    let mut body = std::io::Cursor::new(Vec::new());
    image.write_to(&mut body, ImageFormat::Png).unwrap();
    body.into_inner()
}

async fn logo_check(house: &House, cookie: &str, body: &[u8]) -> Answer {
    house.send_bytes("POST", "/brands/logos", body, &[("cookie", cookie)]).await
}

fn draft(version: i64) -> Value {
    json!({"version": version, "name": "江城智充运营平台", "short_name": "江城智充", "accent": "#0A5FB4"})
}

async fn save(house: &House, cookie: &str, id: i64, body: &Value) -> Answer {
    house.send("PUT", &format!("/brands/{id}"), cookie, Some(&body.to_string()), &[]).await
}

async fn shown(house: &House, cookie: &str) -> Value {
    house.get("/session/brand", cookie).await.ok().json.clone()
}

#[tokio::test]
async fn r4_2_2_brand_class_staff_see_their_operators_brand_and_the_platform_has_its_own() {
    for house in houses().await {
        house.furnish().await;
        let (own, viewer) = (house.sign_in("a.admin").await, house.sign_in("a.viewer").await);
        let platform = house.sign_in("admin").await;
        assert_eq!(shown(&house, &viewer).await["name"], Value::Null, "nothing was set");
        let logo = logo_check(&house, &own, &picture(600, 600, ImageFormat::Png)).await;
        assert_eq!((&logo.ok().json["width"], &logo.json["height"]), (&json!(192), &json!(192)));
        let mut body = draft(0);
        body["logo"] = logo.json["logo"].clone();
        save(&house, &own, 1, &body).await.ok();
        let seen = shown(&house, &viewer).await;
        assert_eq!((&seen["name"], &seen["short_name"]), (&json!("江城智充运营平台"), &json!("江城智充")));
        assert_eq!(seen["colours"]["light"]["accent"], "#0a5fb4");
        assert!(seen["logo"].as_str().unwrap().starts_with("data:image/png;base64,"));
        assert_eq!(shown(&house, &platform).await["name"], Value::Null, "the platform's is another");
        let other = json!({"version": 0, "name": "平台", "short_name": "平台", "accent": null});
        save(&house, &platform, 0, &other).await.ok();
        assert_eq!(shown(&house, &platform).await["name"], "平台");
        assert_eq!(house.get("/public/brand", "").await.ok().json["name"], "平台");
        assert_eq!(shown(&house, &viewer).await["name"], "江城智充运营平台");
        // An operator without one of its own shows the platform's; so does one that goes back.
        house.staff("b.viewer", model::access::Role::Viewer, Some(2)).await;
        let neighbour = house.sign_in("b.viewer").await;
        assert_eq!(shown(&house, &neighbour).await["name"], "平台");
        house.send("DELETE", "/brands/1", &own, None, &[]).await.ok();
        assert_eq!(shown(&house, &viewer).await["name"], "平台");
        let log = house.get("/audit?noun=brand", &platform).await;
        let rows = log.ok().json["items"].as_array().unwrap();
        let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["brand_delete", "brand_set", "brand_set"]);
        assert!(!log.text.contains("base64"), "no pictures in the log");
    }
}

#[tokio::test]
async fn r4_2_2_brand_class_what_is_the_same_is_answered_in_a_few_bytes() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("a.admin").await;
        save(&house, &cookie, 1, &draft(0)).await.ok();
        for (path, cookie, kept) in
            [("/session/brand", cookie.as_str(), "private"), ("/public/brand", "", "public")]
        {
            let first = house.get(path, cookie).await;
            let tag = first.ok().headers["etag"].to_str().unwrap().to_owned();
            assert!(first.headers["cache-control"].to_str().unwrap().starts_with(kept));
            let again = house.send("GET", path, cookie, None, &[("if-none-match", &tag)]).await;
            assert_eq!((again.status.as_u16(), again.text.len()), (304, 0));
        }
        let tag = house.get("/session/brand", &cookie).await.headers["etag"].to_str().unwrap().to_owned();
        let mut body = draft(1);
        body["accent"] = json!("#b0106a");
        save(&house, &cookie, 1, &body).await.ok();
        let again = house.send("GET", "/session/brand", &cookie, None, &[("if-none-match", &tag)]).await;
        assert_eq!(again.ok().json["colours"]["chosen"], "#b0106a");
    }
}

#[tokio::test]
async fn r4_2_2_brand_boundary_of_names_colours_and_logos() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("a.admin").await;
        for (field, value, good) in [
            ("name", json!("字".repeat(24)), true),
            ("name", json!("字".repeat(25)), false),
            ("name", json!(" "), false),
            ("name", json!("行\n行"), false),
            ("short_name", json!("字".repeat(12)), true),
            ("short_name", json!("字".repeat(13)), false),
            ("accent", json!("#282800"), true),
            ("accent", json!("#272700"), false),
            ("accent", json!("#ffffff"), false),
            ("accent", json!("#ffff00"), true),
            ("accent", json!("#0b8577;}body{display:none"), false),
            ("accent", Value::Null, true),
        ] {
            let version = house.get("/brands/1", &cookie).await.ok().json["version"].as_i64().unwrap();
            let mut body = draft(version);
            body[field] = value.clone();
            let answer = save(&house, &cookie, 1, &body).await;
            match good {
                true => drop(answer.ok()),
                false => assert_eq!(answer.refused(400, "field.invalid").json["field"], field, "{value}"),
            }
        }
        // A colour at the edge: what is shown of it can be read, and it is told that it differs.
        let asked = json!({"accent": "#ffff00"}).to_string();
        let colours = house.post("/brands/colours", &cookie, &asked).await;
        assert_eq!(
            (&colours.ok().json["light_adjusted"], &colours.json["dark_adjusted"]),
            (&json!(true), &json!(false))
        );
        for dress in ["light", "dark"] {
            assert!(colours.json[dress]["contrast_percent"].as_i64().unwrap() >= 450, "{}", colours.text);
        }
        for (width, height, good) in
            [(32, 32, true), (31, 32, false), (1_200, 200, true), (1_200, 190, false)]
        {
            let answer = logo_check(&house, &cookie, &picture(width, height, ImageFormat::Png)).await;
            assert_eq!(answer.status.is_success(), good, "{width} x {height}: {}", answer.text);
        }
        let worst = logo_check(&house, &cookie, &noise(192)).await;
        assert!(worst.ok().json["logo"].as_str().unwrap().len() < 25_000, "two of them fit into one request");
        let mut body = draft(house.get("/brands/1", &cookie).await.json["version"].as_i64().unwrap());
        (body["logo"], body["logo_dark"]) = (worst.json["logo"].clone(), worst.json["logo"].clone());
        save(&house, &cookie, 1, &body).await.ok();
    }
}

#[tokio::test]
async fn r4_2_2_brand_guess_what_is_no_logo_and_whose_brand_it_is_not() {
    for house in houses().await {
        house.furnish().await;
        let cookie = house.sign_in("a.admin").await;
        let svg = b"\xef\xbb\xbf<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        let refused = logo_check(&house, &cookie, svg).await;
        assert!(refused.refused(400, "field.invalid").json["message"].as_str().unwrap().contains("SVG"));
        let mut large = picture(64, 64, ImageFormat::Png);
        large.resize(5 * 1024 * 1024 + 1, 0);
        for body in [&b""[..], b"GIF89a", b"<html>", &large, &picture(64, 64, ImageFormat::Png)[..60]] {
            assert_eq!(
                logo_check(&house, &cookie, body).await.refused(400, "field.invalid").json["field"],
                "photo"
            );
        }
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            logo_check(&house, &cookie, &picture(64, 64, format)).await.ok();
        }
        // A logo that never went through the check.
        for logo in [
            "data:image/svg+xml;base64,PHN2Zz4=",
            "javascript:alert(1)",
            "data:image/png;base64,!!",
            "data:image/png;base64,PHN2Zz48L3N2Zz4=",
        ] {
            let mut body = draft(0);
            body["logo"] = json!(logo);
            assert_eq!(
                save(&house, &cookie, 1, &body).await.refused(400, "field.invalid").json["field"],
                "logo"
            );
        }
        // Another operator's, the platform's, nobody's.
        for id in [2, 0, 99] {
            save(&house, &cookie, id, &draft(0)).await.refused(404, "brand.not_found");
            house.get(&format!("/brands/{id}"), &cookie).await.refused(404, "brand.not_found");
            house
                .send("DELETE", &format!("/brands/{id}"), &cookie, None, &[])
                .await
                .refused(404, "brand.not_found");
        }
        let viewer = house.sign_in("a.viewer").await;
        save(&house, &viewer, 1, &draft(0)).await.refused(403, "permission.denied");
        let operations = house.sign_in("operations").await;
        save(&house, &operations, 1, &draft(0)).await.refused(403, "permission.denied");
        // Two who change it at once.
        save(&house, &cookie, 1, &draft(0)).await.ok();
        save(&house, &cookie, 1, &draft(0)).await.refused(409, "brand.changed");
    }
}
