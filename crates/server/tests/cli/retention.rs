//! R-5.x: `pileops backup prune` on what lies at a place.

use super::program::Program;
use server::backup::plan::{full_name, segment_name};
use std::path::Path;

const DAY_MS: i64 = 86_400_000;

fn lay(place: &Path, name: &str, body: &str) {
    let path = place.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, body).unwrap();
}

fn fulls(place: &Path) -> usize {
    std::fs::read_dir(place.join("fulls")).unwrap().count()
}

#[test]
fn r5_x_the_command_says_first_what_would_go_and_keeps_the_number() {
    let program = Program::new();
    let place = program.folder.join("place");
    // One full backup every ten days, long ago; what came last to nothing is none.
    for n in 0..6_u64 {
        let at = 1_700_000_000_000 + i64::try_from(n).unwrap() * 10 * DAY_MS;
        lay(&place, &full_name(at, "a", n * 2), if n == 5 { "" } else { "full" });
        lay(&place, &segment_name("a", n * 2 + 1, at + DAY_MS), "segment");
    }
    let at = place.to_str().unwrap().to_owned();
    let prune = |more: &[&str]| program.run(&[&["backup", "prune", "--from", at.as_str()], more].concat());
    for wrong in [["--count", "1"], ["--count", "1001"], ["--days", "0"], ["--days", "3651"]] {
        assert_eq!(prune(&wrong).code, Some(2), "{wrong:?}");
    }
    let told = prune(&["--count", "3", "--dry-run", "--json"]).ok().json();
    assert_eq!((told["dry_run"].as_bool(), told["names"].as_array().unwrap().len()), (Some(true), 4));
    assert_eq!(fulls(&place), 6, "it was only said");
    let said = prune(&["--count", "3"]).ok();
    assert!(said.out.contains("已删除 / deleted: 4"), "{said:?}");
    assert_eq!(fulls(&place), 4, "three, and the empty one");
    assert!(prune(&["--count", "3"]).ok().out.contains("deleted: 0"));
    // The least that there can be, as it is without a word.
    prune(&[]).ok();
    assert_eq!(fulls(&place), 3);
}
