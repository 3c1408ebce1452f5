//! Puts the built console into the executable: a table of every file under web/console/dist. Where
//! it was not built there is one plain page that says so; the server itself never needs Node.js.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../web/console/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    // A folder that is not there would be looked for anew at every build.
    std::fs::create_dir_all(&root)?;
    let mut paths = Vec::new();
    gather(&root, &mut paths)?;
    let mut files = std::collections::BTreeMap::new();
    for path in paths {
        files.insert(path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/"), path);
    }
    let mut text = String::from("pub static FILES: &[(&str, &[u8], &str)] = &[\n");
    for (name, file) in &files {
        let path = file.canonicalize()?;
        let tag = fingerprint(&std::fs::read(file)?);
        writeln!(
            text,
            "    ({name:?}, include_bytes!({:?}), \"\\\"{tag:016x}\\\"\"),",
            path.display().to_string()
        )?;
    }
    if !files.contains_key("index.html") {
        text.clear();
        text.push_str("pub static FILES: &[(&str, &[u8], &str)] = &[\n");
        let page = "<!doctype html><meta charset=utf-8><title>PileOps</title>\
            <p>控制台页面尚未构建，请运行 make run 或 npm run build（web/console）。\
            <p>The console was not built; run make run, or npm run build in web/console.";
        writeln!(text, "    (\"index.html\", {page:?}.as_bytes(), \"\\\"0\\\"\"),")?;
    }
    text.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("console.rs"), text)?;
    Ok(())
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // What the build says of itself (`.vite`) is for the checks, not for browsers.
        if hidden {
            continue;
        }
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_none_or(|kind| kind != "map") {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a: tells one version of a file from the next; nobody is kept out by it.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
