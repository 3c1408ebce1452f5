//! What is given to people who install the product names what is there.

use crate::assert_none;
use house::{File, files, root};
use std::collections::BTreeSet;

fn under<'a>(files: &'a [File], folder: &'a str) -> impl Iterator<Item = &'a File> {
    files.iter().filter(move |file| file.path.starts_with(folder))
}

fn text_of<'a>(files: &'a [File], path: &str) -> &'a str {
    files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str())
}

/// The names of the table of settings, and of the parameters, which may be set the same way.
fn settings(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in ["crates/server/src/config.rs", "crates/engine/src/parameter.rs"] {
        let quoted = text_of(files, path).lines().filter_map(|line| line.trim().strip_prefix('"'));
        names.extend(quoted.filter_map(|line| line.split_once('"')).map(|(name, _)| name.to_owned()));
    }
    names
}

/// The flags that clap is told of: the fields beneath `#[arg(long`.
fn flags(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["help".to_owned(), "version".to_owned()]);
    let sources = files.iter().filter(|file| file.path.starts_with("crates/server/src/"));
    for file in sources.chain(files.iter().filter(|file| file.path.starts_with("crates/sim/src/"))) {
        let mut expected = false;
        for line in file.text.lines().map(str::trim) {
            if line.starts_with("#[arg(") && line.contains("long") {
                // Its name is said, or is the field's.
                let said = line.split_once("long = \"").and_then(|(_, rest)| rest.split('"').next());
                names.extend(said.map(str::to_owned));
                expected = said.is_none();
            } else if expected && !line.starts_with('#') && !line.starts_with("//") {
                let field = line.trim_start_matches("pub ").split(':').next().unwrap_or_default();
                names.insert(field.replace('_', "-"));
                expected = false;
            }
        }
    }
    names
}

/// The words that may follow `pileops`: the variants of the commands and of the nouns.
fn commands(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (path, kind) in [
        ("crates/server/src/cli/mod.rs", "enum Command"),
        ("crates/server/src/cli/nouns_args.rs", "enum Noun"),
    ] {
        let body = text_of(files, path).split_once(kind).map_or("", |(_, after)| after);
        for line in body.lines().skip(1).take_while(|line| *line != "}") {
            let word = line.trim();
            let is_variant = line.starts_with("    ") && !line.starts_with("     ");
            if is_variant && word.starts_with(|first: char| first.is_ascii_uppercase()) {
                let name: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
                let spelled = name.chars().enumerate().flat_map(|(at, one)| {
                    let dash = (at > 0 && one.is_ascii_uppercase()).then_some('-');
                    dash.into_iter().chain([one.to_ascii_lowercase()])
                });
                names.insert(spelled.collect());
            }
        }
    }
    names
}

/// Words of a text that begin like this, up to where no name goes on.
fn named<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(mark).map(move |(at, _)| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_' && one != '-');
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// A line of a shell that calls the program, from its name on.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        // `-u pileops` names the user or the unit.
        let at = line.match_indices("pileops").map(|(at, _)| at).find(|at| !line[..*at].ends_with("-u "))?;
        let from = &line[at..];
        let plain = from.starts_with("pileops ")
            || from.starts_with("pileops.exe ")
            || from.starts_with("pileops.exe\" ");
        let before = line[..at].chars().next_back();
        let whole = before.is_none_or(|one| matches!(one, ' ' | '/' | '\\' | '`' | '"' | '(' | '（' | '：'));
        (plain && whole).then(|| from.split(['#', '`', '；', '，', '|']).next().unwrap_or(from))
    })
}

#[test]
fn variables_and_settings_of_the_deployment_are_the_programs() {
    let files = files().unwrap();
    let settings = settings(&files);
    assert!(settings.len() > 25, "{settings:?}");
    let mut offences = Vec::new();
    for file in under(&files, "deploy/") {
        for name in
            named(&file.text, "PILEOPS_").filter(|name| !settings.contains(&name.to_ascii_lowercase()))
        {
            offences.push(format!("{}: PILEOPS_{name} is no setting", file.path));
        }
        if file.is("toml") {
            let lines = file.text.lines().map(|line| line.trim_start_matches("# "));
            for name in lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name) {
                if !settings.contains(name) {
                    offences.push(format!("{}: {name} is no setting", file.path));
                }
            }
        }
    }
    assert_none("what the files of deploy/ set is a setting of the program", offences);
}

#[test]
fn commands_and_flags_in_the_guides_are_the_programs() {
    let files = files().unwrap();
    let (flags, commands) = (flags(&files), commands(&files));
    assert!(flags.contains("ykc-listen") && flags.contains("time-server"), "{flags:?}");
    assert!(
        commands.contains("serve") && commands.contains("rollback") && commands.contains("staff"),
        "{commands:?}"
    );
    let guides = ["docs/operations.md", "docs/manual/安装与运维.md"];
    let mut offences = Vec::new();
    let mut seen = 0;
    for file in
        files.iter().filter(|file| file.path.starts_with("deploy/") || guides.contains(&file.path.as_str()))
    {
        for call in calls(&file.text) {
            let mut words =
                call.split_whitespace().skip(1).map(|word| word.trim_matches(['"', ')', '）', '.', ',']));
            let command = words.clone().find(|word| !word.starts_with('-')).unwrap_or_default();
            let is_word =
                !command.is_empty() && command.chars().all(|one| one.is_ascii_lowercase() || one == '-');
            seen += usize::from(is_word);
            if is_word && !commands.contains(command) {
                offences.push(format!("{}: pileops {command}", file.path));
            }
            for flag in words.by_ref().filter_map(|word| word.strip_prefix("--")) {
                let flag = flag.split('=').next().unwrap_or(flag);
                if is_word && !flag.is_empty() && !flags.contains(flag) {
                    offences.push(format!("{}: --{flag} of {call}", file.path));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} calls were found");
    assert_none("a command in a guide can be called as it stands there", offences);
}

#[test]
fn paths_in_the_deployment_are_there() {
    let files = files().unwrap();
    let mut offences = Vec::new();
    let container = text_of(&files, "deploy/Containerfile");
    let copied = container
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"));
    for line in copied {
        let words: Vec<&str> = line.split_whitespace().collect();
        for path in &words[..words.len() - 1] {
            if !root().join(path).exists() {
                offences.push(format!("deploy/Containerfile: COPY {path}"));
            }
        }
    }
    for file in under(&files, "deploy/") {
        for path in named(&file.text, "deploy/").filter(|path| !path.is_empty()) {
            let found = under(&files, "deploy/").any(|other| other.path["deploy/".len()..].starts_with(path));
            if !found {
                offences.push(format!("{}: deploy/{path}", file.path));
            }
        }
    }
    // What the proxies pass on is a route of the server.
    let served: String = files
        .iter()
        .filter(|file| file.source_of() == Some("server"))
        .map(|file| file.text.as_str())
        .collect();
    for route in ["/ocpp/", "/live\"", "/readyz"] {
        if !served.contains(route) {
            offences.push(format!("the server has no {route}"));
        }
    }
    assert_none("what the files of deploy/ point at is there", offences);
}

#[test]
fn the_proxies_keep_the_figures_inside() {
    let files = files().unwrap();
    for (path, refusal) in [
        ("deploy/nginx.conf", "location = /metrics { return 404; }"),
        ("deploy/Caddyfile", "respond /metrics 404"),
    ] {
        assert!(text_of(&files, path).contains(refusal), "{path}: {refusal}");
    }
}

#[test]
fn the_container_runs_as_nobody_with_a_health_check() {
    let files = files().unwrap();
    let text = text_of(&files, "deploy/Containerfile").replace("\\\n", " ");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
    let mut offences = Vec::new();
    let mut wrong = |what: &str, line: &str| offences.push(format!("{what}: {line}"));
    for line in &lines {
        let image = line.strip_prefix("FROM ").map(|rest| rest.split(' ').next().unwrap_or(rest));
        if image.is_some_and(|image| !image.contains(':') || image.ends_with(":latest")) {
            wrong("an image has a version", line);
        }
        if line.contains("apt-get install")
            && !(line.contains("--no-install-recommends") && line.contains("rm -rf /var/lib/apt/lists"))
        {
            wrong("packages come without others and leave no lists", line);
        }
        if line.starts_with("ADD ") {
            wrong("COPY, which fetches nothing", line);
        }
        if (line.starts_with("CMD") || line.starts_with("ENTRYPOINT")) && !line.contains('[') {
            wrong("a list of words, so that signals arrive", line);
        }
    }
    let last = lines.iter().rposition(|line| line.starts_with("FROM ")).unwrap();
    let user = lines[last..].iter().find_map(|line| line.strip_prefix("USER "));
    if user.is_none_or(|user| user.starts_with("root") || user.starts_with('0')) {
        wrong("the last stage has a user that is not root", user.unwrap_or("none"));
    }
    for wanted in ["HEALTHCHECK ", "VOLUME ", "ENTRYPOINT ", "EXPOSE "] {
        if !lines[last..].iter().any(|line| line.starts_with(wanted)) {
            wrong("the last stage says", wanted);
        }
    }
    assert_none("deploy/Containerfile keeps the common rules", offences);
}

#[test]
fn the_unit_promises_only_what_the_server_does() {
    let files = files().unwrap();
    let unit = text_of(&files, "deploy/pileops.service");
    let told = text_of(&files, "crates/server/src/notify.rs");
    for (promise, kept) in [("Type=notify", "READY=1"), ("WatchdogSec=", "WATCHDOG=1")] {
        assert!(unit.contains(promise) && told.contains(kept), "{promise} is kept by {kept}");
    }
    for guard in
        ["NoNewPrivileges=yes", "ProtectSystem=strict", "LimitNOFILE=", "Restart=always", "User=pileops"]
    {
        assert!(unit.lines().any(|line| line.starts_with(guard)), "{guard}");
    }
}
