//! the real program goes up with a copy, down again, and leaves alone what is newer than itself; what the
//! service manager and health checks are told.

use super::program::Program;
use store::db::Purpose;
use store::migrate::{MIGRATIONS, migrate_until, ours};
use store::{Conn, Source};

fn database(program: &Program) -> Source {
    Source::Sqlite(program.data().join("pileops.db"))
}

fn conn(program: &Program) -> Conn {
    Conn::open(&database(program), Purpose::Write).unwrap()
}

/// As the program of the migration before the last has left it.
fn older(program: &Program) -> i64 {
    std::fs::create_dir_all(program.data()).unwrap();
    let last = MIGRATIONS[MIGRATIONS.len() - 2].0;
    migrate_until(&mut conn(program), model::time::Timestamp::from_ms(1_795_406_400_000), last).unwrap();
    last
}

#[test]
fn r6_4_up_with_a_copy_and_down_again() {
    let program = Program::new();
    let was = older(&program);
    program.run(&["verify"]).refused(&["pileops migrate", &was.to_string()]);
    let up = program.run(&["migrate"]).ok();
    assert!(up.out.contains("upgrade") && up.out.contains(&format!("{was:04}.db")), "{up:?}");
    assert!(up.out.contains(&ours().to_string()));
    program.run(&["verify"]).ok();
    let again = program.run(&["migrate"]).ok();
    assert!(again.out.contains("up to date") && !again.out.contains("copy"), "{again:?}");

    let running = program.start(&["serve"]);
    program.run(&["rollback"]).refused(&["PILEOPS_SERVER"]);
    running.kill();
    let down = program.run(&["rollback", "--json"]).ok().json();
    assert_eq!((down["version"].as_i64(), down["left_version"].as_i64()), (Some(was), Some(ours())));
    assert_eq!(store::migrate::versions(&mut conn(&program)).unwrap().0, was);
    let left = Source::Sqlite(program.folder.join(down["left"].as_str().unwrap()));
    assert_eq!(store::migrate::versions(&mut Conn::open(&left, Purpose::Read).unwrap()).unwrap().0, ours());
    program.run(&["rollback", "--copy", "nowhere.db"]).refused(&["nowhere.db"]);
}

#[test]
fn r6_4_a_server_upgrades_by_itself_and_keeps_a_copy_first() {
    let program = Program::new();
    let was = older(&program);
    program.start(&["serve"]).kill();
    let kept: Vec<String> = std::fs::read_dir(program.data().join("upgrade"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(kept.iter().any(|name| name.ends_with(&format!("{was:04}.db"))), "{kept:?}");
    let unwanted = Program::new().with("PILEOPS_UPGRADE_COPIES", "0");
    older(&unwanted);
    unwanted.start(&["serve"]).kill();
    assert!(!unwanted.data().join("upgrade").exists());
    let wrong = Program::new().with("PILEOPS_UPGRADE_COPIES", "21");
    wrong.run(&["migrate"]).refused(&["upgrade_copies", "0 到 20"]);
}

#[test]
fn r6_4_what_a_newer_program_has_changed_is_left_alone() {
    let program = Program::new();
    older(&program);
    conn(&program).script("INSERT INTO migration (number, at_ms) VALUES (9999, 1)").unwrap();
    let before = std::fs::read(program.data().join("pileops.db")).unwrap();
    for call in [&["serve"][..], &["migrate"], &["verify"], &["staff", "list"], &["demo", "--data", "data"]] {
        let mut with_ports = call.to_vec();
        if ["serve", "demo"].contains(&call[0]) {
            with_ports.extend(super::program::ANY_PORT);
        }
        program.run(&with_ports).refused(&["9999", "rollback"]);
    }
    assert!(!program.data().join("upgrade").exists());
    assert!(!program.data().join("secret.key").exists(), "nothing was made for it either");
    assert_eq!(std::fs::read(program.data().join("pileops.db")).unwrap(), before);
}

#[test]
fn r6_4_a_health_check_needs_neither_shell_nor_token() {
    let program = Program::new();
    program.run(&["ready"]).refused(&["没有正在运行的服务", "no server runs"]);
    let running = program.start(&["serve"]);
    assert!(program.run(&["ready"]).ok().out.contains(&running.http));
    running.kill();
    // The file still tells where it was: nobody answers there.
    program.run(&["ready"]).refused(&["无法连接"]);
}

#[cfg(target_os = "linux")]
#[test]
fn r6_4_systemd_is_told_when_the_server_is_ready_and_that_it_lives() {
    let program = Program::new();
    let path = program.folder.join("notify.sock");
    let manager = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let program = program.with("NOTIFY_SOCKET", path.as_os_str()).with("WATCHDOG_USEC", "200000");
    let running = program.start(&["serve"]);
    let mut told = [0; 64];
    for wanted in ["READY=1", "WATCHDOG=1", "WATCHDOG=1"] {
        let length = manager.recv(&mut told).unwrap();
        assert_eq!(std::str::from_utf8(&told[..length]).unwrap(), wanted);
    }
    running.kill();
}
