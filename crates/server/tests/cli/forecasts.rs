//! `pileops forecast score` on small folders, and what it says of those it cannot use.

use super::program::Program;
use std::fmt::Write as _;

/// Two sites from 1 September 2022 on: a course of the day, and weekends at half.
fn volume(hours: usize) -> String {
    let mut text = "time,1,2\n".to_owned();
    for hour in 0..hours {
        let (day, of_day) = (hour / 24, hour % 24);
        let (month, date) = if day < 30 { (9, day + 1) } else { (10, day - 29) };
        let weekend = if matches!((day + 3) % 7, 5 | 6) { 0.5 } else { 1.0 };
        let mild = 1.0 + ((hour * 7919) % 101) as f64 / 500.0;
        let kwh = (12 - of_day.abs_diff(12)) as f64 * weekend * mild;
        writeln!(text, "2022-{month:02}-{date:02} {of_day:02}:00:00,{kwh:.2},{:.2}", kwh * 40.0).unwrap();
    }
    text
}

fn program(hours: usize) -> Program {
    let program = Program::new();
    std::fs::create_dir_all(program.folder.join("set")).unwrap();
    std::fs::write(program.folder.join("set/volume.csv"), volume(hours)).unwrap();
    std::fs::write(program.folder.join("set/notes.txt"), "not read").unwrap();
    let zones = "TAZID,longitude,latitude\n1,114.1,22.5\n2,114.2,22.6\n";
    std::fs::write(program.folder.join("set/zones.csv"), zones).unwrap();
    program
}

#[test]
fn a_folder_is_scored_beside_naive_forecasts() {
    let program = program(45 * 24);
    let call = ["--data", "set", "forecast", "score", "--cut", "2022-10-08"];
    let told = program.run(&[&call[..], &["--json"]].concat()).ok().json();
    assert_eq!((&told["sites"], &told["hours"], &told["holidays"]), (&2.into(), &1080.into(), &"cn".into()));
    let rows = told["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4 * 4, "four hours ahead, the model and three naive ones");
    for of_ahead in rows.chunks(4) {
        let mae = |at: usize| of_ahead[at]["mae"].as_f64().unwrap();
        assert_eq!(of_ahead[0]["method"], "model");
        assert!(mae(0) < mae(1) && mae(0) < mae(2), "{of_ahead:?}");
    }
    assert!(told["memory_mb"].as_u64().is_none_or(|memory| memory < 500));
    let shown = program.run(&call).ok().out;
    for word in ["model", "yesterday", "last week", "RMSE", "WAPE", "time="] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    assert!(!program.data().exists(), "no data folder is made for it");
    let folds = program.run(&["--data", "set", "forecast", "score", "--folds"]).ok();
    assert!(folds.out.contains("fold 1") && !folds.out.contains("fold 2"), "{folds:?}");
}

#[test]
fn what_it_cannot_use_is_told() {
    let program = program(45 * 24);
    let score = |more: &[&str]| program.run(&[&["forecast", "score"], more].concat());
    score(&["--cut", "2022-10-08"]).refused(&["--data", "volume.csv"]);
    score(&["--data", "nowhere", "--cut", "2022-10-08"]).refused(&["nowhere", "volume.csv"]);
    score(&["--data", "set"]).refused(&["--cut", "--folds"]);
    for cut in ["2022-13-01", "8.10.2022", "2022-10-08T00:00"] {
        score(&["--data", "set", "--cut", cut]).refused(&["--cut", cut, "2022-12-25"]);
    }
    score(&["--data", "set", "--cut", "2022-09-20"]).refused(&["504", "三周"]);
    score(&["--data", "set", "--cut", "2020-01-01"]).refused(&["504"]);
    score(&["--data", "set", "--cut", "2022-11-01"]).refused(&["2022-11-01", "2022-10-16"]);
    score(&["--data", "set", "--cut", "2022-10-08", "--holidays", "mars"]).refused(&["auto", "cn", "none"]);
    std::fs::write(program.folder.join("set/volume.csv"), "time,1\n2022-09-01 00:00:00,many\n").unwrap();
    score(&["--data", "set", "--cut", "2022-10-08"]).refused(&["volume.csv", "line 2", "第 2 行"]);
    std::fs::remove_file(program.folder.join("set/volume.csv")).unwrap();
    std::fs::write(program.folder.join("set/volume.csv.gz"), "not packed").unwrap();
    score(&["--data", "set", "--cut", "2022-10-08"]).refused(&["volume.csv.gz"]);
    score(&["--orders", "none.csv"]).refused(&["none.csv"]);
    std::fs::write(
        program.folder.join("few.csv"),
        "pile_id,start,end,energy_kwh,duration_min\nP,2023-01-01 08:00:00,2023-01-01 09:00:00,1,60\n",
    )
    .unwrap();
    score(&["--orders", "few.csv", "--cut", "2023-02-01"]).refused(&["500"]);
}
