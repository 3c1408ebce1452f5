//! Reads this repository for the tests that hold the rules of the house (`tests/it.rs`).

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file of the repository; new files count before they are committed, ignored ones never.
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, found)| found == extension)
    }

    /// The crate this file is a source of, `None` outside `crates/*/src`.
    pub fn source_of(&self) -> Option<&str> {
        let mut parts = self.path.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("crates"), Some(name), Some("src")) if self.is("rs") => Some(name),
            _ => None,
        }
    }

    /// The lines that run in service, numbered from 1: no comments, nothing after `#[cfg(test)]`.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line))
    }
}

/// Asked when the tests run, not when they are built: two clones may share one target folder.
pub fn root() -> PathBuf {
    let house = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&house).join("../..")
}

/// Every text file of the repository.
pub fn files() -> Result<Vec<File>, String> {
    let listed = run("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // Deleted but not yet committed, or not text: nothing to read.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// A package of the workspace.
pub struct Package {
    pub name: String,
    /// Names of packages needed in service or to build, and those needed by tests only.
    pub needs: Vec<String>,
    pub test_needs: Vec<String>,
    /// Names of the test binaries.
    pub tests: Vec<String>,
}

pub fn packages() -> Result<Vec<Package>, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let text = run(&cargo, &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    Ok(packages.iter().map(package).collect())
}

fn package(from: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut package =
        Package { name: text(&from["name"]), needs: Vec::new(), test_needs: Vec::new(), tests: Vec::new() };
    for dependency in from["dependencies"].as_array().into_iter().flatten() {
        let list = match dependency["kind"].as_str() {
            Some("dev") => &mut package.test_needs,
            _ => &mut package.needs,
        };
        list.push(text(&dependency["name"]));
    }
    let targets = from["targets"].as_array().into_iter().flatten();
    package.tests =
        targets.filter(|target| target["kind"][0] == "test").map(|target| text(&target["name"])).collect();
    package
}

/// The operations of `openapi.json`; empty as long as there is none.
pub fn operation_ids() -> Result<Vec<String>, String> {
    let Ok(text) = std::fs::read_to_string(root().join("openapi.json")) else { return Ok(Vec::new()) };
    let contract: Value = serde_json::from_str(&text).map_err(|e| format!("openapi.json: {e}"))?;
    let mut ids = Vec::new();
    for (path, methods) in contract["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            match operation["operationId"].as_str() {
                Some(id) => ids.push(id.to_owned()),
                None if method == "parameters" || method == "summary" || method == "description" => {}
                None => return Err(format!("{method} {path} has no operationId")),
            }
        }
    }
    Ok(ids)
}

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|e| format!("{program} does not run: {e}"))?;
    if !output.status.success() {
        return Err(format!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|e| e.to_string())
}
