//! The demo's folder.

use super::program::Program;

#[test]
fn an_interrupted_demo_is_made_anew_in_a_folder_of_its_own() {
    let program = Program::new();
    let data = program.folder.join("demo-data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(
        data.join("demo.json"),
        "{\"complete\":false,\"account\":\"\",\"password\":\"\",\"piles\":[]}",
    )
    .unwrap();
    std::fs::write(data.join("pileops.db"), "half of a database").unwrap();
    for call in [vec!["serve", "--data", "demo-data"], vec!["station", "list", "--data", "demo-data"]] {
        program.run(&call).refused(&["pileops demo"]);
    }
    let arguments = ["demo", "--arrivals-per-day", "0", "--misfortunes-per-hour", "0"];
    program.start_on(&data, &arguments).kill();
    assert!(!program.data().exists(), "what `serve` uses is left alone");
    let kept = std::fs::read_to_string(data.join("demo.json")).unwrap();
    assert!(kept.contains("\"complete\": true") && kept.contains("Demo-"), "{kept}");
    // The next run uses what is there.
    program.start_on(&data, &arguments).kill();
    assert_eq!(std::fs::read_to_string(data.join("demo.json")).unwrap(), kept);
}

#[test]
fn data_of_somebody_else_is_left_alone() {
    let program = Program::new();
    program.run(&["station", "list"]).ok();
    program.run(&["demo", "--data", "data"]).refused(&["--data"]);
    assert!(!program.data().join("demo.json").exists());
}
