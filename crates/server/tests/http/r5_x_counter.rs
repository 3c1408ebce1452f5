//! R-5.x: 渠道对账 through the API, with the simulated channel over real sockets: bills that come late, with dirt in
//! them, fetched by the job, handled and signed off.

use super::r5_5_pay::{Street, moods, refund};
use serde_json::json;
use server::jobs::counter_bills::run;
use sim::pay::{Dirt, Moods};
use std::time::Duration;

const DAY: u64 = 86_400;

/// Twelve top-ups and a refund of today; then it is tomorrow, half an hour after midnight in China.
async fn traded(street: &mut Street) -> Vec<String> {
    let mut numbers = Vec::new();
    for n in 0..12 {
        let paid = street.paid(1_000 + n, &format!("request-{n:02}")).await;
        numbers.push(paid["channel_no"].as_str().unwrap().to_owned());
    }
    let path = format!("/customers/{}/refunds", street.customer);
    street.post(&path, refund(500, "refund-01")).await.ok();
    let back = street.until("/refunds?state=done").await;
    numbers.push(back["items"][0]["channel_no"].as_str().unwrap().to_owned());
    street.house.clock.advance(Duration::from_secs(DAY / 2 + 1_800));
    street.admin = street.house.sign_in("admin").await;
    numbers
}

#[tokio::test]
async fn r5_x_class_the_bill_of_a_day_is_fetched_compared_handled_and_signed() {
    for mut street in Street::all(Moods { dirt_percent: 60, ..moods() }).await {
        let numbers = traded(&mut street).await;
        assert_eq!(run(&street.house.app).await.unwrap().message, None);
        let bill = street.get("/counter-bills").await["items"][0].clone();
        assert_eq!((&bill["day"], &bill["our_count"]), (&json!(20_261_123), &json!(12)));
        let fen = (0..12).map(|n| 1_000 + n).sum::<i64>();
        assert_eq!((&bill["our_fen"], &bill["our_back_fen"]), (&json!(fen), &json!(500)));
        let net = |of: &str| bill[of].as_i64().unwrap();
        assert_eq!(net("net_fen"), net("their_fen") - net("their_back_fen") - net("fee_fen"));
        let id = bill["id"].as_i64().unwrap();
        // Each dirty line is told as what it is; what was moved to the bill of tomorrow is missing in this one.
        let mut expected: Vec<String> = Vec::new();
        for no in &numbers {
            let Some(dirt) = street.channel.dirt(no) else { continue };
            let kind = match dirt {
                Dirt::Missing | Dirt::Shifted => "only_ours",
                Dirt::Doubled => "twice",
                Dirt::Amount => "amount_differs",
                // The channel's fee is taken as it comes, as long as nobody has said what was agreed.
                Dirt::Fee => continue,
                Dirt::Foreign => "refund_without_payment",
            };
            expected.push(kind.to_owned());
        }
        expected.sort_unstable();
        assert!(expected.len() > 3, "{expected:?}");
        let path = format!("/counter-differences?counter_bill_id={id}&limit=100");
        let rows = street.get(&path).await;
        let rows = rows["items"].as_array().unwrap();
        let mut kinds: Vec<String> =
            rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected);
        // The file is as it came, and fetching it again adds nothing.
        let file = street.house.get(&format!("/counter-bills/{id}/file"), &street.admin).await;
        let absent = matches!(street.channel.dirt(&numbers[0]), Some(Dirt::Missing | Dirt::Shifted));
        assert_eq!(file.ok().text.contains(&numbers[0]), !absent);
        let again = json!({"pay_channel_id": street.id, "day": 20_261_123});
        let again = street.post("/counter-bills", again).await.ok().json.clone();
        assert_eq!((&again["id"], &again["version"]), (&bill["id"], &bill["version"]));
        // Who may look may not decide; nothing is signed with something open.
        let finance = street.house.sign_in("finance").await;
        let confirm = format!("/counter-bills/{id}/confirmation");
        let version = json!({"version": bill["version"]}).to_string();
        street.house.post(&confirm, &finance, &version).await.refused(422, "reconciliation.open");
        for row in rows {
            let body = json!({"version": row["version"], "state": "accepted", "note": "已与渠道核对"});
            let path = format!("/counter-differences/{}", row["id"]);
            street.house.send("PATCH", &path, &finance, Some(&body.to_string()), &[]).await.ok();
        }
        street.house.post(&confirm, &finance, &version).await.ok();
        let now = street.get(&format!("/counter-bills/{id}")).await;
        assert_eq!((&now["state"], &now["open_count"]), (&json!("signed"), &json!(0)));
        let body = json!({"pay_channel_id": street.id, "day": 20_261_123});
        street.post("/counter-bills", body).await.refused(422, "reconciliation.signed");
        let reopen = json!({"version": now["version"], "reason": "渠道补账单"});
        street.post(&format!("/counter-bills/{id}/reopening"), reopen).await.ok();
        assert_eq!(street.get("/counter-bills?state=reopened").await["total"], 1);
        street.sound().await;
    }
}

#[tokio::test]
async fn r5_x_boundary_a_late_bill_is_asked_for_again_and_a_late_notice_closes_its_difference() {
    let late = Moods { bill_late_minutes: 60, lost_percent: 100, ..moods() };
    for mut street in Street::all(late).await {
        let ticket = street.top_up(2_000, "request-1").await.ok().json.clone();
        assert!(street.channel.pay(ticket["no"].as_str().unwrap()));
        street.house.clock.advance(Duration::from_secs(DAY / 2 + 599));
        assert_eq!(run(&street.house.app).await.unwrap().done, 0, "ten minutes after midnight, not before");
        street.house.clock.advance(Duration::from_secs(1));
        street.admin = street.house.sign_in("admin").await;
        assert!(run(&street.house.app).await.unwrap().message.is_some());
        let bill = street.get("/counter-bills?open=true").await["items"][0].clone();
        assert_eq!((&bill["fetched_at_ms"], &bill["tries"]), (&json!(null), &json!(1)));
        assert!(bill["message"].as_str().unwrap().contains("还没有出"));
        let confirm = format!("/counter-bills/{}/confirmation", bill["id"]);
        street.post(&confirm, json!({"version": bill["version"]})).await.refused(422, "counter_bill.missing");
        let file = format!("/counter-bills/{}/file", bill["id"]);
        street.house.get(&file, &street.admin).await.refused(404, "counter_bill.not_found");
        assert_eq!(run(&street.house.app).await.unwrap().done, 0, "not before its time");
        street.house.clock.advance(Duration::from_secs(3_600));
        street.admin = street.house.sign_in("admin").await;
        assert_eq!(run(&street.house.app).await.unwrap().message, None);
        // The channel has it as paid, and has never told us: asked, it does, and the difference is gone.
        let rows = street.get("/counter-differences").await;
        assert_eq!(rows["items"][0]["kind"], "state_differs");
        assert_eq!(rows["items"][0]["evidence"]["ours"]["state"], "paying");
        let id = rows["items"][0]["payment_id"].clone();
        street.post(&format!("/payments/{id}/check"), json!({})).await.ok();
        run(&street.house.app).await.unwrap();
        assert_eq!(street.get("/counter-differences?state=gone").await["total"], 1);
        assert_eq!(street.get("/counter-differences?state=open").await["total"], 0);
        street.sound().await;
    }
}

#[tokio::test]
async fn r5_x_guess_days_that_are_not_over_channels_that_are_not_there_and_fees_that_nobody_takes() {
    for mut street in Street::all(moods()).await {
        traded(&mut street).await;
        for day in [20_261_124, 20_261_131, 0, -1] {
            street.post("/counter-bills", json!({"pay_channel_id": street.id, "day": day})).await.at("day");
        }
        let strange = json!({"pay_channel_id": 99, "day": 20_261_123});
        street.post("/counter-bills", strange).await.refused(404, "pay_channel.not_found");
        let own = street.house.sign_in("a.admin").await;
        street.house.get("/counter-bills", &own).await.refused(403, "scope.denied");
        let channel = street.get("/pay-channels").await["items"][0].clone();
        let change = |fee: serde_json::Value| {
            json!({"version": channel["version"], "name": channel["name"], "enabled": true,
                "simulated": channel["simulated"], "notify_url": channel["notify_url"], "fee_bp": fee})
        };
        let path = format!("/pay-channels/{}", street.id);
        for fee in [json!(-1), json!(1_001)] {
            let body = change(fee).to_string();
            street.house.send("PATCH", &path, &street.admin, Some(&body), &[]).await.at("fee_bp");
        }
        // A fifth of a percent was agreed, and the channel takes more of each: all of them are told.
        let body = change(json!(20)).to_string();
        street.house.send("PATCH", &path, &street.admin, Some(&body), &[]).await.ok();
        run(&street.house.app).await.unwrap();
        assert_eq!(street.get("/counter-differences?kind=fee_differs").await["total"], 13);
        let row = street.get("/counter-differences").await["items"][0].clone();
        for (state, status) in [("passed_on", 400), ("open", 400), ("gone", 400)] {
            let body = json!({"version": row["version"], "state": state, "note": "试"}).to_string();
            let path = format!("/counter-differences/{}", row["id"]);
            let answer = street.house.send("PATCH", &path, &street.admin, Some(&body), &[]).await;
            assert_eq!(answer.status.as_u16(), status, "{state}: {}", answer.text);
        }
        street.house.get("/counter-bills/99", &street.admin).await.refused(404, "counter_bill.not_found");
        street.sound().await;
    }
}
