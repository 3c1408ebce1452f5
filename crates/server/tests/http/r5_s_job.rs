//! R-5.s: 任务, what runs by itself, is looked at, paused and run now.

use super::house::{Answer, House, house, houses};
use model::job::{JOBS, Job};
use serde_json::{Value, json};
use std::time::Duration;

async fn get(house: &House, cookie: &str, name: &str) -> Value {
    house.get(&format!("/jobs/{name}"), cookie).await.ok().json.clone()
}

async fn patch(house: &House, cookie: &str, name: &str, body: Value) -> Answer {
    house.send("PATCH", &format!("/jobs/{name}"), cookie, Some(&body.to_string()), &[]).await
}

/// Until the last run of the job has ended.
async fn ended(house: &House, cookie: &str, name: &str) -> Value {
    loop {
        let job = get(house, cookie, name).await;
        if job["last"]["state"] != "running" {
            return job["last"].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn r5_s_class_a_job_is_run_now_and_its_result_is_kept() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let all = house.get("/jobs", &admin).await;
        assert_eq!(all.ok().json["total"], JOBS.len());
        assert_eq!(get(&house, &admin, "verify").await["last"], Value::Null);
        for job in JOBS {
            let path = format!("/jobs/{}/runs", job.name);
            let id = house.post(&path, &admin, "").await.ok().json["id"].clone();
            let run = ended(&house, &admin, job.name).await;
            assert_eq!(
                (&run["id"], &run["state"], &run["started_by"]),
                (&id, &json!("done"), &json!("person")),
                "{run}"
            );
            assert_eq!(run["staff_name"], "admin先生");
            assert_eq!(house.get(&path, &admin).await.json["total"], 1);
        }
        let verified = get(&house, &admin, "verify").await;
        assert!(verified["last"]["message"]["zh"].as_str().unwrap().contains("全部一致"), "{verified}");
        // Next at half past three of the coming night.
        let next = verified["next_at_ms"].as_i64().unwrap();
        assert_eq!(next - super::house::NOON, (15 * 60 + 30) * 60_000);
        assert_eq!(house.get("/audit?action=job_start", &admin).await.json["total"], JOBS.len());
    }
}

#[tokio::test]
async fn r5_s_class_a_job_is_paused_and_goes_on_with_the_reason_told() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        let body = json!({"version": 1, "paused": true, "reason": "数据库维护"});
        patch(&house, &admin, "log_prune", body.clone()).await.ok();
        let job = get(&house, &admin, "log_prune").await;
        assert_eq!(
            (&job["paused"], &job["reason"], &job["next_at_ms"]),
            (&json!(true), &json!("数据库维护"), &Value::Null)
        );
        assert_eq!(house.get("/jobs?paused=true", &admin).await.json["total"], 1);
        patch(&house, &admin, "log_prune", body).await.refused(409, "job.version_differs");
        // Somebody may run it all the same.
        house.post("/jobs/log_prune/runs", &admin, "").await.ok();
        assert_eq!(ended(&house, &admin, "log_prune").await["state"], "done");
        // It stays so over a restart, and goes on.
        house.app.begin().await.unwrap();
        let job = get(&house, &admin, "log_prune").await;
        assert_eq!(job["paused"], true);
        patch(&house, &admin, "log_prune", json!({"version": 2, "paused": false, "reason": "维护结束"}))
            .await
            .ok();
        assert!(get(&house, &admin, "log_prune").await["next_at_ms"].is_i64());
    }
}

#[tokio::test]
async fn r5_s_boundary_what_a_job_takes_and_how_long_its_runs_are_kept() {
    let house = house().await;
    house.furnish().await;
    let admin = house.sign_in("admin").await;
    let body = |reason: &str| json!({"version": 1, "paused": true, "reason": reason});
    for bad in ["", " ", "a\u{7}", &"长".repeat(201)] {
        let answer = patch(&house, &admin, "verify", body(bad)).await;
        assert_eq!(answer.refused(400, "field.invalid").json["field"], "reason");
    }
    patch(&house, &admin, "order_sweep", body("不可以")).await.refused(422, "job.always_on");
    patch(&house, &admin, "nothing", body("没有")).await.refused(404, "job.not_found");
    house.post("/jobs/nothing/runs", &admin, "").await.refused(404, "job.not_found");
    house.get("/jobs/verify/runs?state=lost", &admin).await.refused(400, "field.invalid");

    for _ in 0..3 {
        house.post("/jobs/export_expire/runs", &admin, "").await.ok();
        ended(&house, &admin, "export_expire").await;
    }
    assert_eq!(house.get("/jobs/export_expire/runs", &admin).await.json["total"], 3);
    let day = Duration::from_secs(86_400);
    house.clock.advance(90 * day);
    assert_eq!(house.app.engine.job_runs_prune().await.unwrap(), 0, "90 days to the millisecond are kept");
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.app.engine.job_runs_prune().await.unwrap(), 2);
    let admin = house.sign_in("admin").await;
    assert_eq!(house.get("/jobs/export_expire/runs", &admin).await.json["total"], 1, "the last one stays");
}

#[tokio::test]
async fn r5_s_guess_a_run_that_was_cut_twice_at_once_and_a_difference_that_is_found() {
    for house in houses().await {
        house.furnish().await;
        let admin = house.sign_in("admin").await;
        // It began, and the server was killed.
        let job = Job::find("verify").unwrap();
        let begun = house.app.engine.job_begin(job, None).await.unwrap();
        let again = house.post("/jobs/verify/runs", &admin, "").await.ok().json["id"].clone();
        assert_eq!(
            begun,
            engine::job::Begun::New(again.as_i64().unwrap()),
            "whoever asks twice gets the same run"
        );
        house.app.begin().await.unwrap();
        let last = get(&house, &admin, "verify").await["last"].clone();
        assert_eq!((&last["state"], &last["started_by"]), (&json!("cut"), &json!("schedule")));
        assert!(last["message"]["zh"].as_str().unwrap().contains("中断"));
        // Two people at once: one run.
        let (one, two) = tokio::join!(
            house.post("/jobs/verify/runs", &admin, ""),
            house.post("/jobs/verify/runs", &admin, "")
        );
        assert_eq!(one.ok().json["id"], two.ok().json["id"]);
        assert_eq!(ended(&house, &admin, "verify").await["state"], "done");
        assert_eq!(house.get("/jobs/verify/runs", &admin).await.json["total"], 2);

        // A row of the log was changed behind our back: the run fails and says what it found.
        let forge = house.app.engine.store.write(None, |tx| {
            tx.execute("UPDATE audit SET staff_name = '别人' WHERE id = (SELECT MIN(id) FROM audit)", &[])
        });
        forge.await.unwrap();
        house.post("/jobs/verify/runs", &admin, "").await.ok();
        let last = ended(&house, &admin, "verify").await;
        assert_eq!(last["state"], "failed");
        assert!(last["message"]["zh"].as_str().unwrap().contains("不一致"), "{last}");
        assert_eq!(house.get("/jobs?state=failed", &admin).await.json["total"], 1);
        let theirs = house.sign_in("a.admin").await;
        house.get("/jobs", &theirs).await.refused(403, "scope.denied");
        house.post("/jobs/verify/runs", &theirs, "").await.refused(403, "scope.denied");
        let looking = house.sign_in("operations").await;
        house.get("/jobs", &looking).await.ok();
        house.post("/jobs/verify/runs", &looking, "").await.refused(403, "permission.denied");
    }
}
