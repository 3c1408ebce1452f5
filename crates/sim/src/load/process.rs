//! What other processes use, read from /proc: CPU time and resident memory of the server under
//! load, with its children (the backends of a PostgreSQL).

use std::collections::HashMap;
use std::fs;

/// USER_HZ is 100 on every Linux that Rust's standard library runs on by default.
const MS_PER_TICK: u64 = 10;

#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub cpu_ms: u64,
    pub rss_kib: u64,
}

/// The sum over the given processes and all that descend from them now.
pub fn usage(roots: &[u32]) -> Usage {
    let mut sum = Usage::default();
    if roots.is_empty() {
        return sum;
    }
    let processes = all();
    for (pid, process) in &processes {
        if descends(*pid, roots, &processes) {
            sum.cpu_ms += process.cpu_ms;
            sum.rss_kib += rss_kib(*pid);
        }
    }
    sum
}

struct Process {
    parent: u32,
    /// Its own, and that of children that have ended.
    cpu_ms: u64,
}

fn all() -> HashMap<u32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return HashMap::new();
    };
    entries
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse::<u32>().ok()?;
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name in brackets may hold spaces.
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            let number = |place: usize| fields.get(place).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
            let ticks = number(11) + number(12) + number(13) + number(14);
            Some((pid, Process { parent: u32::try_from(number(1)).ok()?, cpu_ms: ticks * MS_PER_TICK }))
        })
        .collect()
}

fn descends(pid: u32, roots: &[u32], processes: &HashMap<u32, Process>) -> bool {
    let mut at = pid;
    for _ in 0..64 {
        if roots.contains(&at) {
            return true;
        }
        match processes.get(&at) {
            Some(process) if process.parent > 1 => at = process.parent,
            _ => return false,
        }
    }
    false
}

/// Resident memory without shared segments: every backend of a PostgreSQL maps the same buffers.
fn rss_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    field("VmRSS:").saturating_sub(field("RssShmem:"))
}
