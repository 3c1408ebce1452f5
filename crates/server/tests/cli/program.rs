//! Runs the real executable on a folder of its own.

use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longer than anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub const ANY_PORT: [&str; 4] = ["--listen", "127.0.0.1:0", "--ykc-listen", "127.0.0.1:0"];

/// A data folder, and what every call on it is given.
pub struct Program {
    pub folder: PathBuf,
    pub variables: Vec<(String, OsString)>,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a call has said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn ok(self) -> Said {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It ended with a message of ours that has these words, not with a panic.
    pub fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.err.starts_with("pileops: ") && !self.err.contains("panicked"), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word}: {self:?}");
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }
}

impl Program {
    pub fn new() -> Program {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pileops_cli_{}_{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Program { folder, variables: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Program {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pileops"));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        let done = self.command(arguments).output().unwrap();
        Said {
            code: done.status.code(),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        }
    }

    /// A server on ports of the system's choice, when it answers.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_on(&self.data(), arguments)
    }

    pub fn start_on(&self, data: &Path, arguments: &[&str]) -> Running {
        let mut command = self.command(&[arguments, &ANY_PORT].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Running { child, http: String::new() };
        let begun = Instant::now();
        loop {
            if let Some(end) = running.child.try_wait().unwrap() {
                panic!("the server ended: {end}");
            }
            let text = std::fs::read_to_string(data.join("addresses.json")).unwrap_or_default();
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            if told["pid"] == running.child.id()
                && let Some(http) = told["http"].as_str()
            {
                http.clone_into(&mut running.http);
                return running;
            }
            assert!(begun.elapsed() < PATIENCE, "the server did not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub struct Running {
    child: Child,
    pub http: String,
}

impl Running {
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
