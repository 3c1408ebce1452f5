//! The routes of 备份 and 恢复演练, as in `samples.rs`.

use super::samples::About::Platform;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("backup_get", Platform, "/backup", ""),
    asked("backup_list", Platform, "/backups", ""),
    asked("backup_create", Platform, "/backups", ""),
    asked("backup_check", Platform, "/backups/check", ""),
    asked("drill_list", Platform, "/drills", ""),
    asked(
        "drill_create",
        Platform,
        "/drills",
        r#"{"kind":"fallback","passed":true,"started_at_ms":1795406000000,"ended_at_ms":1795406300000,"note":"回切到主机"}"#,
    ),
];
