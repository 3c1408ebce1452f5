//! Firmware that the pile fetches and installs, and logs that it sends. The runner moves the bytes.

use super::outbox::Kind;
use super::{NEVER, Pile};
use crate::pile::Output;
use model::time::Timestamp;
use serde_json::{Value, json};

/// What a pretend firmware begins with; its version follows, up to the end of the line.
pub const FIRMWARE_HEAD: &str = "PILEOPS-PRETEND-FIRMWARE ";
const INSTALL_MS: i64 = 2_000;
/// Between the last word and the restart, so that it is heard.
const REBOOT_MS: i64 = 800;

#[derive(Debug)]
enum Stage {
    /// For its time to come.
    Waiting(Timestamp),
    Moving,
    /// The version that will be there.
    Downloaded(String),
    Installing(Timestamp, String),
    Rebooting(Timestamp, String),
}

#[derive(Debug)]
struct Task {
    /// The platform's number, where its request carries one.
    request: Option<i64>,
    url: String,
    signed: bool,
    retries: i64,
    stage: Stage,
}

#[derive(Debug)]
pub struct Files {
    pub version: String,
    firmware: Option<Task>,
    log: Option<Task>,
    /// Told once the pile is back with it.
    updated: bool,
}

impl Default for Files {
    fn default() -> Files {
        Files { version: "1.6.0".to_owned(), firmware: None, log: None, updated: false }
    }
}

impl Files {
    pub fn deadline(&self) -> Timestamp {
        let of = |task: &Option<Task>| match task.as_ref().map(|task| &task.stage) {
            Some(Stage::Waiting(at) | Stage::Installing(at, _) | Stage::Rebooting(at, _)) => *at,
            _ => NEVER,
        };
        let updated = if self.updated { Timestamp::from_ms(0) } else { NEVER };
        of(&self.firmware).min(of(&self.log)).min(updated)
    }
}

impl Pile {
    /// UpdateFirmware and SignedUpdateFirmware.
    pub(super) fn firmware_asked(&mut self, payload: &Value, now: Timestamp) -> Value {
        let signed = payload.get("firmware");
        let of = signed.unwrap_or(payload);
        let text = |name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = text(if signed.is_some() { "retrieveDateTime" } else { "retrieveDate" });
        let running = self.files.firmware.is_some();
        self.files.firmware = Some(Task {
            request: payload.get("requestId").and_then(Value::as_i64),
            url: text("location").to_owned(),
            signed: signed.is_some(),
            retries: payload.get("retries").and_then(Value::as_i64).unwrap_or(0),
            stage: Stage::Waiting(Timestamp::parse(at).unwrap_or(now)),
        });
        match (signed.is_some(), running) {
            (false, _) => json!({}),
            (true, false) => json!({ "status": "Accepted" }),
            (true, true) => json!({ "status": "AcceptedCanceled" }),
        }
    }

    /// GetDiagnostics and GetLog.
    pub(super) fn log_asked(&mut self, payload: &Value, now: Timestamp) -> Value {
        let log = payload.get("log");
        let url = match log {
            Some(log) => log.get("remoteLocation"),
            None => payload.get("location"),
        };
        let security = payload.get("logType").and_then(Value::as_str) == Some("SecurityLog");
        let name = if security { "security.log" } else { "diagnostics.log" };
        let running = self.files.log.is_some();
        let url = url.and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
        self.files.log = Some(Task {
            request: payload.get("requestId").and_then(Value::as_i64),
            url: format!("{url}/{name}"),
            signed: log.is_some(),
            retries: 0,
            stage: Stage::Waiting(now),
        });
        match (log.is_some(), running) {
            (false, _) => json!({ "fileName": name }),
            (true, false) => json!({ "status": "Accepted", "filename": name }),
            (true, true) => json!({ "status": "AcceptedCanceled", "filename": name }),
        }
    }

    fn tell_firmware(&mut self, status: &str) {
        let Some(task) = &self.files.firmware else { return };
        let (action, payload) = if task.signed {
            ("SignedFirmwareStatusNotification", json!({ "status": status, "requestId": task.request }))
        } else {
            ("FirmwareStatusNotification", json!({ "status": status }))
        };
        self.outbox.push(Kind::Status, action, payload);
    }

    fn tell_log(&mut self, status: &str) {
        let Some(task) = &self.files.log else { return };
        let (action, payload) = if task.signed {
            ("LogStatusNotification", json!({ "status": status, "requestId": task.request }))
        } else {
            ("DiagnosticsStatusNotification", json!({ "status": status }))
        };
        self.outbox.push(Kind::Status, action, payload);
    }

    /// Time has passed.
    pub(super) fn files_step(&mut self, now: Timestamp) {
        if !self.online || !self.booted {
            return;
        }
        if std::mem::take(&mut self.files.updated) {
            let payload = json!({ "type": "FirmwareUpdated", "timestamp": now.rfc3339(), "techInfo": self.files.version });
            self.outbox.push(Kind::Status, "SecurityEventNotification", payload);
        }
        if let Some(task) = &mut self.files.log
            && matches!(task.stage, Stage::Waiting(at) if at <= now)
        {
            task.stage = Stage::Moving;
            let url = task.url.clone();
            self.tell_log("Uploading");
            let body = format!("{} {}\nfirmware {}\n", now.rfc3339(), self.config.code, self.files.version);
            self.out.push_back(Output::Upload { url, body: body.into_bytes() });
        }
        self.firmware_step(now);
    }

    fn firmware_step(&mut self, now: Timestamp) {
        let charges = self.slots.iter().any(|slot| slot.session.is_some());
        let Some(task) = &mut self.files.firmware else { return };
        match &task.stage {
            Stage::Waiting(at) if *at <= now => {
                task.stage = Stage::Moving;
                let url = task.url.clone();
                self.tell_firmware("Downloading");
                self.out.push_back(Output::Fetch { url });
            }
            // Nobody's charging is cut for it.
            Stage::Downloaded(version) if !charges => {
                task.stage = Stage::Installing(now.plus_ms(INSTALL_MS), version.clone());
                self.tell_firmware("Installing");
            }
            Stage::Installing(at, version) if *at <= now => {
                task.stage = Stage::Rebooting(now.plus_ms(REBOOT_MS), version.clone());
                self.tell_firmware("Installed");
            }
            Stage::Rebooting(at, version) if *at <= now => {
                self.files.version.clone_from(version);
                self.files.firmware = None;
                self.files.updated = true;
                self.reset_pending = true;
            }
            _ => {}
        }
    }

    /// The bytes are here, or did not come.
    pub fn fetched(&mut self, bytes: Option<&[u8]>, now: Timestamp) {
        let Some(task) = &mut self.files.firmware else { return };
        if !matches!(task.stage, Stage::Moving) {
            return;
        }
        let Some(bytes) = bytes else {
            if task.retries > 0 {
                task.retries -= 1;
                task.stage = Stage::Waiting(now.plus_ms(1_000));
            } else {
                self.tell_firmware("DownloadFailed");
                self.files.firmware = None;
            }
            return self.flush(now);
        };
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let version = std::str::from_utf8(line).ok().and_then(|line| line.strip_prefix(FIRMWARE_HEAD));
        match version.map(str::trim).filter(|version| !version.is_empty()) {
            Some(version) => {
                task.stage = Stage::Downloaded(version.to_owned());
                let signed = task.signed;
                self.tell_firmware("Downloaded");
                if signed {
                    self.tell_firmware("SignatureVerified");
                }
            }
            None => {
                self.tell_firmware("Downloaded");
                self.tell_firmware("InstallationFailed");
                self.files.firmware = None;
            }
        }
        self.files_step(now);
        self.flush(now);
    }

    pub fn uploaded(&mut self, done: bool, now: Timestamp) {
        let failed = if self.files.log.as_ref().is_some_and(|task| task.signed) {
            "UploadFailure"
        } else {
            "UploadFailed"
        };
        self.tell_log(if done { "Uploaded" } else { failed });
        self.files.log = None;
        self.flush(now);
    }
}
