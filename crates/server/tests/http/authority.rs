//! Who may do what, tried: every route of the table with every role, with every single permission,
//! with another operator's ids and with another area's ids. `samples.rs` says how a route is asked.

use super::house::{Answer, House, PASSWORD};
use super::samples::{About, PICTURE, Sample, samples};
use super::things::{Things, furnished};
use engine::audit::Actor;
use engine::role::{RoleChange, RoleDraft};
use engine::staff::StaffDraft;
use model::access::{Area, Permission, Role};
use model::id::StationId;
use serde_json::json;
use server::http::{Route, table};

fn sample(route: &Route) -> &'static Sample {
    let known = samples().find(|sample| sample.operation == route.operation);
    known.unwrap_or_else(|| panic!("{}: add how it is asked to samples.rs", route.operation))
}

async fn ask(house: &House, route: &Route, things: &Things, cookie: &str) -> Answer {
    let sample = sample(route);
    let (path, body) = (things.in_text(sample.path), things.in_text(sample.body));
    if sample.body == PICTURE {
        let picture = include_bytes!("../../src/demo/photos/screen.jpg");
        let headers = [("cookie", cookie), ("content-type", "image/jpeg")];
        return house.send_bytes(route.method.as_str(), &path, picture, &headers).await;
    }
    let kind = if sample.about == About::File || route.operation.ends_with("_import") {
        "text/csv"
    } else {
        "application/json"
    };
    let mut answer =
        house.send(route.method.as_str(), &path, cookie, Some(&body), &[("content-type", kind)]).await;
    // What a list's file says counts as what its making answers.
    if route.operation.ends_with("_export") && answer.status.is_success() {
        house.export_ended(cookie, &answer).await;
        let file = house.get(&format!("/exports/{}/file", answer.json["id"]), cookie).await;
        answer.text.clone_from(&file.ok().text);
    }
    answer
}

/// Every route that is not about whoever asks, those that take something away last.
fn routes() -> Vec<Route> {
    let mut all: Vec<Route> = table().into_iter().filter(|route| sample(route).about != About::Own).collect();
    all.sort_by_key(|route| route.method == axum::http::Method::DELETE);
    all
}

#[test]
fn r5_s_class_every_route_has_a_sample_and_no_sample_is_of_a_route_that_is_gone() {
    let table = table();
    for route in &table {
        let sample = sample(route);
        let shape = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
        assert_eq!(shape(route.path), shape(sample.path) + 2, "{}: another path", route.operation);
        let named = matches!(sample.about, About::Thing | About::OfOperator);
        let has_id = route.path.contains('{');
        assert!(has_id || !named, "{}: there is no id in its path", route.operation);
        let free = matches!(sample.about, About::Platform | About::List | About::Own);
        assert!(!has_id || named || free, "{}: whose is what its path names?", route.operation);
    }
    for sample in samples() {
        let known = table.iter().filter(|route| route.operation == sample.operation).count();
        assert_eq!(known, 1, "{} is no route", sample.operation);
    }
}

#[tokio::test]
async fn r5_s_class_the_administrator_is_let_in_everywhere_so_that_the_samples_are_good() {
    let (house, ours, _) = furnished().await;
    let cookie = house.sign_in("admin").await;
    for route in routes() {
        let answer = ask(&house, &route, &ours, &cookie).await;
        let status = answer.status.as_u16();
        let off_line = status == 422 || status == 409;
        let good = answer.status.is_success() || off_line || route.operation == "tariff_create";
        assert!(good, "{}: {status} {}", route.operation, answer.text);
    }
}

#[tokio::test]
async fn r5_s_class_every_role_may_what_it_says_and_nothing_else() {
    for role in Role::ALL {
        let (house, ours, _) = furnished().await;
        let cookie = house.sign_in(role.as_str()).await;
        for route in routes() {
            let answer = ask(&house, &route, &ours, &cookie).await;
            judge(&route, &answer, |permission| role.allows(permission));
        }
    }
}

/// Refused exactly when the permission is missing.
fn judge(route: &Route, answer: &Answer, may: impl Fn(Permission) -> bool) {
    let refused = answer.json["code"] == "permission.denied";
    let allowed = route.access.permission().is_none_or(may);
    assert_eq!(refused, !allowed, "{} {}", route.operation, answer.text);
    assert_ne!(answer.status.as_u16(), 401, "{}", route.operation);
    assert!(answer.status.as_u16() < 500, "{}: {}", route.operation, answer.text);
}

#[tokio::test]
async fn r5_s_class_a_role_of_own_making_is_honoured_on_every_route_from_the_next_request_on() {
    let (house, ours, _) = furnished().await;
    let (engine, local) = (&house.app.engine, Actor::local());
    let draft =
        RoleDraft {
            name: "一项权限".to_owned(), permissions: vec![Permission::HomeRead], operator_id: None
        };
    let code = engine.role_create(&local, draft).await.unwrap().code;
    let draft = StaffDraft {
        account: "one.right".to_owned(),
        name: "一".to_owned(),
        role: code.clone(),
        operator_id: None,
        area: Area::Everywhere,
        password: Some(PASSWORD.to_owned()),
    };
    engine.staff_create(&local, draft).await.unwrap();
    let cookie = house.sign_in("one.right").await;
    for (turn, permission) in Permission::ALL.iter().enumerate() {
        let change = RoleChange {
            version: i64::try_from(turn).unwrap() + 1,
            name: "一项权限".to_owned(),
            permissions: vec![*permission],
        };
        engine.role_update(&local, &code, change).await.unwrap();
        for route in routes() {
            let answer = ask(&house, &route, &ours, &cookie).await;
            judge(&route, &answer, |wanted| wanted == *permission);
        }
        let told = house.get("/session", &cookie).await;
        assert_eq!(told.json["permissions"], json!([permission]));
    }
}

/// Denied, or a list in which there is nothing.
fn platform_only(answer: &Answer, route: &Route) {
    let empty = answer.status == 200 && answer.json["total"] == 0;
    assert!(answer.status == 403 || empty, "{}: {}", route.operation, answer.text);
}

fn says_nothing_of(answer: &Answer, route: &Route) {
    for word in ["乙", "B-1", "B-2"] {
        assert!(
            !answer.text.contains(word),
            "{} tells of another's {word}: {}",
            route.operation,
            answer.text
        );
    }
}

#[tokio::test]
async fn r5_s_guess_another_operators_things_are_not_there() {
    let (house, _, theirs) = furnished().await;
    let cookie = house.sign_in("a.admin").await;
    for route in routes() {
        let answer = ask(&house, &route, &theirs, &cookie).await;
        let (status, name) = (answer.status.as_u16(), route.operation);
        match sample(&route).about {
            About::Thing | About::OfOperator => assert_eq!(status, 404, "{name}: {}", answer.text),
            About::Field(field) => {
                assert_eq!(status, 400, "{name}: {}", answer.text);
                assert_eq!(answer.json["field"], field, "{name}: {}", answer.text);
            }
            About::File => assert!(status >= 400 || answer.json["created"] == 0, "{name}: {}", answer.text),
            About::Platform => platform_only(&answer, &route),
            About::List | About::ListOfOperator | About::Shared => {
                answer.ok();
                says_nothing_of(&answer, &route);
            }
            About::Own => {}
        }
    }
    // And nothing of it happened.
    let admin = house.sign_in("admin").await;
    let log = house.get("/audit?staff_name=a.admin&success=true", &admin).await;
    for row in log.json["items"].as_array().unwrap() {
        let own = ["session_create", "export_create", "export_fetch", "order_import_create"]
            .iter()
            .any(|action| row["action"] == *action);
        assert!(own, "{row}");
    }
}

#[tokio::test]
async fn r5_s_guess_another_areas_things_are_not_there() {
    let (house, ours, theirs) = furnished().await;
    let draft = StaffDraft {
        account: "area.admin".to_owned(),
        name: "片区管理员".to_owned(),
        role: "admin".to_owned(),
        operator_id: None,
        area: Area::Stations { stations: vec![StationId(1)] },
        password: Some(PASSWORD.to_owned()),
    };
    house.app.engine.staff_create(&Actor::local(), draft).await.unwrap();
    let cookie = house.sign_in("area.admin").await;
    for route in routes() {
        let answer = ask(&house, &route, &theirs, &cookie).await;
        let (status, name) = (answer.status.as_u16(), route.operation);
        match sample(&route).about {
            About::Thing => assert_eq!(status, 404, "{name}: {}", answer.text),
            About::Platform => platform_only(&answer, &route),
            About::List => says_nothing_of(answer.ok(), &route),
            About::File => assert!(status >= 400 || answer.json["created"] == 0, "{name}: {}", answer.text),
            About::OfOperator if ["role_update", "role_delete", "staff_update"].contains(&name) => {
                assert_eq!(status, 403, "{name}: {}", answer.text);
            }
            // Accounts and roles stand at no station: whoever looks after a part changes none that
            // reaches beyond it.
            About::OfOperator | About::Field(_) | About::ListOfOperator | About::Shared | About::Own => {}
        }
        if sample(&route).about == About::Thing && route.method == axum::http::Method::GET {
            ask(&house, &route, &ours, &cookie).await.ok();
        }
    }
    house.send("PUT", "/staff/1/password", &cookie, None, &[]).await.refused(403, "staff.beyond");
}
