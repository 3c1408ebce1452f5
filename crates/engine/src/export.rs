//! 导出: asking for a list as a file. Who did so, and who fetched the file, is in the audit log.

use crate::Engine;
use crate::audit::Actor;
use model::error::{Kind, Text};
use model::{Error, Result};
use serde_json::json;
use store::exports::{self, Ending, Export, ExportFormat, ExportState, NewExport};

/// A person's that have not ended.
pub const OPEN_MAX: i64 = 5;

impl Engine {
    pub async fn export_create(&self, actor: &Actor, new: NewExport) -> Result<Export> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let staff = actor.caller.staff.0;
        self.store
            .write(None, move |tx| {
                if tx.read(|conn| exports::open_count(conn, staff))? >= OPEN_MAX {
                    return Err(Error::new(
                        Kind::Limited,
                        "export.too_many",
                        Text::new(
                            format!("您已有 {OPEN_MAX} 个导出未完成，请等待其完成，或在“导出记录”中取消后重试"),
                            format!("{OPEN_MAX} of your exports are under way. Wait for them, or cancel one on the page of exports."),
                        ),
                    ));
                }
                let id = exports::insert(tx, staff, &new, now)?;
                let detail = json!({"after": {
                    "noun": new.noun, "query": new.query, "columns": new.columns, "format": new.format,
                }});
                actor.record(tx, now, "export_create", "export", id, &detail)?;
                tx.read(|conn| exports::get(conn, staff, id))?.ok_or_else(Error::internal)
            })
            .await
    }

    /// False when it has ended meanwhile: somebody cancelled it.
    pub async fn export_progress(&self, id: i64, done: i64, total: Option<i64>) -> Result<bool> {
        self.store.write(None, move |tx| exports::progress(tx, id, done, total)).await
    }

    /// The file is there.
    pub async fn export_finish(&self, id: i64, rows: i64, size_bytes: i64) -> Result<bool> {
        let now = self.clock.now();
        let expires_at_ms = Some(now.as_ms() + self.rules().exports_kept_ms);
        let ending = Ending {
            state: ExportState::Done,
            rows: Some(rows),
            size_bytes: Some(size_bytes),
            message: None,
            expires_at_ms,
        };
        self.store.write(None, move |tx| exports::end(tx, id, &ending, now)).await
    }

    pub async fn export_fail(&self, id: i64, message: Text) -> Result<()> {
        let now = self.clock.now();
        let ending = failed(message);
        self.store.write(None, move |tx| exports::end(tx, id, &ending, now)).await.map(drop)
    }

    pub async fn export_cancel(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        let ending = Ending { state: ExportState::Cancelled, message: None, ..failed(Text::of("", "")) };
        self.store
            .write(None, move |tx| {
                let staff = actor.caller.staff.0;
                tx.read(|conn| exports::get(conn, staff, id))?.ok_or_else(no_export)?;
                if !exports::end(tx, id, &ending, now)? {
                    return Err(Error::conflict(
                        "export.ended",
                        "这个导出已经结束，无法取消；请刷新页面查看结果",
                        "This export has ended already; refresh the page to see how.",
                    ));
                }
                actor.record(tx, now, "export_cancel", "export", id, &json!({}))
            })
            .await
    }

    /// Somebody fetches the file: what it is called, and its format.
    pub async fn export_fetch(&self, actor: &Actor, id: i64) -> Result<(String, ExportFormat)> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let staff = actor.caller.staff.0;
                let export = tx.read(|conn| exports::get(conn, staff, id))?.ok_or_else(no_export)?;
                match export.state {
                    ExportState::Done if export.expires_at_ms.is_none_or(|at| at > now.as_ms()) => {}
                    state if state.is_open() => {
                        return Err(Error::conflict(
                            "export.running",
                            "文件还在生成，请等待完成后下载",
                            "The file is still being written; fetch it when it is complete.",
                        ));
                    }
                    _ => {
                        return Err(Error::conflict(
                            "export.no_file",
                            "这个导出没有可下载的文件（失败、已取消或已过保留期），请重新导出",
                            "There is no file (it failed, was cancelled, or was kept long enough). Export again.",
                        ));
                    }
                }
                let detail = json!({"file": export.file_name, "rows": export.rows_done});
                actor.record(tx, now, "export_fetch", "export", id, &detail)?;
                Ok((export.file_name, export.format))
            })
            .await
    }

    /// What the last run of the server left unfinished will not be finished.
    pub async fn exports_interrupted(&self) -> Result<usize> {
        let now = self.clock.now();
        let ending = failed(Text::of(
            "服务重新启动，导出中断；请点“重新导出”再做一次",
            "The server was restarted in the middle of it. Export once more.",
        ));
        self.store.write(None, move |tx| exports::end_open(tx, &ending, now)).await
    }

    /// Whose files are to be removed.
    pub async fn exports_expire(&self) -> Result<Vec<(i64, ExportFormat)>> {
        let now = self.clock.now();
        self.store.write(None, move |tx| exports::expire(tx, now)).await
    }
}

fn failed(message: Text) -> Ending {
    Ending {
        state: ExportState::Failed,
        rows: None,
        size_bytes: None,
        message: Some(message),
        expires_at_ms: None,
    }
}

pub fn no_export() -> Error {
    Error::not_found(
        "export.not_found",
        "没有这个导出，请在“导出记录”中查看自己的导出",
        "There is no such export of yours; see the page of exports.",
    )
}
