//! Parameters, jobs and the categories of feedback.

use crate::databases::databases;
use crate::scene::NOON;
use model::job::{JobRunState, JobTrigger};
use store::jobs::{self, JobRun, JobRunFilter};
use store::parameters::{self, ParameterRow};
use store::{dictionaries, feedback_categories};

fn run(name: &str, state: JobRunState, started_at_ms: i64) -> JobRun {
    JobRun {
        id: 0,
        name: name.to_owned(),
        started_by: JobTrigger::Schedule,
        staff_name: None,
        state,
        started_at_ms,
        ended_at_ms: None,
        done_count: 0,
        message: None,
    }
}

#[tokio::test]
async fn a_parameter_is_set_and_its_story_is_read_from_its_end() {
    for db in databases() {
        let store = db.store();
        for (version, before, value) in [(2, None, Some(5)), (3, Some(5), Some(7)), (4, Some(7), None)] {
            let row = ParameterRow {
                name: "credit_fen".to_owned(),
                value,
                version,
                changed_at_ms: NOON.as_ms() + version,
                changed_by: "张三".to_owned(),
            };
            store.write(None, move |tx| parameters::save(tx, &row, before, "试", "10.0.0.1")).await.unwrap();
        }
        let all = store.read(parameters::all).await.unwrap();
        assert_eq!((all.len(), all[0].value, all[0].version), (1, None, 4));
        let first =
            store.read(|conn| parameters::parameter_change_list(conn, "credit_fen", None, 2)).await.unwrap();
        assert_eq!(first.total, Some(3));
        let told: Vec<_> = first.items.iter().map(|one| (one.before, one.after)).collect();
        assert_eq!(told, [(Some(7), None), (Some(5), Some(7))]);
        let before = first.next_cursor.unwrap().parse().ok();
        let last = store
            .read(move |conn| parameters::parameter_change_list(conn, "credit_fen", before, 2))
            .await
            .unwrap();
        assert_eq!((last.items.len(), last.items[0].after, last.next_cursor), (1, Some(5), None));
        store.close();
    }
}

#[tokio::test]
async fn a_job_runs_once_at_a_time_and_the_last_run_is_never_forgotten() {
    for db in databases() {
        let store = db.store();
        let open = run("verify", JobRunState::Running, 1);
        let id = store.write(None, move |tx| jobs::run_insert(tx, &open)).await.unwrap();
        let twice = run("verify", JobRunState::Running, 2);
        assert!(
            store.write(None, move |tx| jobs::run_insert(tx, &twice)).await.is_err(),
            "the database itself says no"
        );
        let other = run("log_prune", JobRunState::Done, 3);
        store.write(None, move |tx| jobs::run_insert(tx, &other)).await.unwrap();
        store.write(None, move |tx| jobs::run_progress(tx, id, 40)).await.unwrap();
        assert_eq!(store.read(|conn| jobs::running(conn, "verify")).await.unwrap().unwrap().done_count, 40);
        assert_eq!(store.read(jobs::open).await.unwrap(), [id]);
        let ended = store.write(None, move |tx| jobs::run_end(tx, id, JobRunState::Cut, None, None, NOON));
        ended.await.unwrap();
        // What has ended stays as it is.
        let late = store.write(None, move |tx| jobs::run_end(tx, id, JobRunState::Done, Some(1), None, NOON));
        late.await.unwrap();
        let last = store.read(|conn| jobs::last(conn, "verify")).await.unwrap().unwrap();
        assert_eq!((last.state, last.done_count), (JobRunState::Cut, 40));
        let next = run("verify", JobRunState::Done, 9);
        store.write(None, move |tx| jobs::run_insert(tx, &next)).await.unwrap();
        assert_eq!(store.write(None, |tx| jobs::prune(tx, NOON)).await.unwrap(), 1);
        let wanted = JobRunFilter { limit: 20, ..JobRunFilter::default() };
        let left = store.read(move |conn| jobs::job_run_list(conn, "verify", &wanted)).await.unwrap();
        assert_eq!((left.total, left.items[0].started_at_ms), (Some(1), 9));
        store.close();
    }
}

#[tokio::test]
async fn a_fresh_installation_has_categories_and_codes_are_counted() {
    for db in databases() {
        let store = db.store();
        crate::seed::seed(&store).await;
        let all = store.read(feedback_categories::feedback_category_list).await.unwrap();
        assert_eq!((all.len(), all[0].code.as_str(), all[7].name_zh.as_str()), (8, "cannot_start", "其他"));
        let uses = store.read(|conn| dictionaries::usage(conn, "pile_kind")).await.unwrap().unwrap();
        assert_eq!(uses.get("dc"), Some(&6), "{}", db.name);
        assert_eq!(store.read(|conn| dictionaries::usage(conn, "order_state")).await.unwrap(), None);
        store.close();
    }
}
