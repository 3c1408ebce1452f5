//! Checks files of lost orders, writes them, takes them back, while people do something else.

use crate::app::App;
use crate::exchange::reader;
use engine::order_import::row::{COLUMNS, Cells};
use engine::order_import::{Check, ROWS_MAX, Ready};
use model::access::Scope;
use model::{Error, Result, Text};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::exports::ExportFormat;
use store::imports::{ImportFault, ImportState, OrderImport, Progress};
use tokio::sync::mpsc;

/// Rows that are looked at together.
const ROWS_AT_ONCE: usize = 200;

/// Where the files of imports are.
pub struct Imports {
    folder: PathBuf,
}

impl Imports {
    pub fn new(files: &Path) -> Imports {
        Imports { folder: files.join("imports") }
    }

    fn format(name: &str) -> Option<ExportFormat> {
        let format =
            name.rsplit_once('.').and_then(|(_, end)| ExportFormat::parse(&end.to_ascii_lowercase()));
        format.filter(|format| *format != ExportFormat::Zip)
    }

    /// What kind of file this is, by its name.
    pub fn format_of(name: &str) -> Result<ExportFormat> {
        Imports::format(name).ok_or_else(|| {
            Error::invalid(
                "name",
                "只能导入 .xlsx 或 .csv 文件，请下载模板填写",
                "Only .xlsx and .csv files can be imported; start from the template.",
            )
        })
    }

    fn file(&self, id: i64) -> PathBuf {
        self.folder.join(format!("{id}.file"))
    }

    /// An empty file of this kind.
    pub fn template(&self, noun: &str, format: ExportFormat) -> PathBuf {
        self.folder.join(format!("{noun}.template.{}", format.as_str()))
    }

    pub fn faults(&self, id: i64) -> PathBuf {
        self.folder.join(format!("{id}.faults.csv"))
    }

    /// Nobody reads the file again; that of the faults stays.
    pub async fn discard(&self, id: i64) {
        if let Err(why) = tokio::fs::remove_file(self.file(id)).await {
            tracing::warn!(%why, id, "the file of an import could not be removed");
        }
    }

    pub async fn keep(&self, id: i64, bytes: &[u8]) -> Result<()> {
        let written = async {
            tokio::fs::create_dir_all(&self.folder).await?;
            tokio::fs::write(self.file(id), bytes).await
        };
        written.await.map_err(|why| {
            tracing::error!(%why, "a file for an import cannot be kept");
            Error::unavailable("文件存储", "file store")
        })
    }
}

type Rows = Vec<(i64, Cells)>;

/// On a thread of its own: reads the file and sends its rows.
fn read(path: &Path, format: ExportFormat, send: &mpsc::Sender<Rows>) -> Result<()> {
    let mut rows = Vec::with_capacity(ROWS_AT_ONCE);
    let gone = || Error::unavailable("服务", "server");
    reader::each_row(reader::open(path)?, format, &COLUMNS, ROWS_MAX, false, |line, cells| {
        rows.push((line, cells));
        if rows.len() == ROWS_AT_ONCE {
            let full = std::mem::replace(&mut rows, Vec::with_capacity(ROWS_AT_ONCE));
            send.blocking_send(full).map_err(|_| gone())?;
        }
        Ok(())
    })?;
    send.blocking_send(rows).map_err(|_| gone())
}

/// What is done with rows that are good.
#[derive(Clone, Copy)]
enum Then {
    Nothing,
    Write { staff: i64 },
}

async fn go_through(app: &Arc<App>, id: i64, name: &str, scope: Scope, then: Then) -> Result<(Check, i64)> {
    let (send, mut rows) = mpsc::channel::<Rows>(2);
    let (path, format) = (app.imports.file(id), Imports::format_of(name)?);
    let reading = tokio::task::spawn_blocking(move || read(&path, format, &send));
    let mut check = app.engine.order_import_check(scope);
    let mut faults = Faults::create(&app.imports.faults(id))?;
    let (mut written, mut turns) = (0, 0);
    while let Some(some) = rows.recv().await {
        let (back, judged) = app
            .engine
            .store
            .read(move |conn| {
                let judged = check.rows(conn, &some)?;
                Ok((check, judged))
            })
            .await?;
        check = back;
        faults.add(&judged.faults)?;
        if let Then::Write { staff } = then {
            written += write(app, id, staff, judged.ready).await?;
        }
        turns += 1;
        if turns % 10 == 0 {
            let state =
                if matches!(then, Then::Nothing) { ImportState::Checking } else { ImportState::Importing };
            app.engine.order_import_turn(id, state, state, Some(check.progress(None))).await?;
        }
    }
    reading.await.map_err(|_| Error::internal())??;
    Ok((check, written))
}

async fn write(app: &Arc<App>, id: i64, staff: i64, ready: Vec<Ready>) -> Result<i64> {
    if ready.is_empty() { Ok(0) } else { app.engine.order_import_write(id, staff, ready).await }
}

/// The file of rows that are wrong.
struct Faults(std::io::BufWriter<std::fs::File>);

impl Faults {
    fn create(path: &Path) -> Result<Faults> {
        let file = std::fs::File::create(path).map_err(|_| Error::unavailable("文件存储", "file store"))?;
        let mut faults = Faults(std::io::BufWriter::new(file));
        faults.line("\u{feff}行号,列,说明,What is wrong\r\n")?;
        Ok(faults)
    }

    fn line(&mut self, text: &str) -> Result<()> {
        self.0
            .write_all(text.as_bytes())
            .and_then(|()| self.0.flush())
            .map_err(|_| Error::unavailable("文件存储", "file store"))
    }

    fn add(&mut self, faults: &[ImportFault]) -> Result<()> {
        let quoted = |text: &str| {
            // Part of it is what somebody else has written: it must not become a formula.
            let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        };
        let of = |fault: &ImportFault| {
            let field = fault.field.as_deref().unwrap_or_default();
            format!(
                "{},{},{},{}\r\n",
                fault.line,
                quoted(field),
                quoted(&fault.message.zh),
                quoted(&fault.message.en)
            )
        };
        let text: String = faults.iter().map(of).collect();
        if text.is_empty() { Ok(()) } else { self.line(&text) }
    }
}

/// Begins to check a file that was just brought.
pub fn check(app: &Arc<App>, id: i64, name: String, scope: Scope) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let (to, progress) = match go_through(&app, id, &name, scope, Then::Nothing).await {
            Ok((check, _)) => (ImportState::Checked, check.progress(None)),
            Err(why) => {
                app.imports.discard(id).await;
                (ImportState::Failed, Progress { message: Some(why.text), ..Progress::default() })
            }
        };
        noted(app.engine.order_import_turn(id, ImportState::Checking, to, Some(progress)).await);
    });
}

/// Begins to write what was confirmed.
pub fn import(app: &Arc<App>, id: i64, name: String, staff: i64, scope: Scope) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let mut progress = match go_through(&app, id, &name, scope, Then::Write { staff }).await {
            Ok((check, written)) => {
                let mut progress = check.progress(None);
                progress.counts.existing += progress.counts.good - written;
                progress
            }
            Err(why) => Progress { message: Some(why.text), ..Progress::default() },
        };
        // Also of one that stopped half-way: what it has written can be seen and taken back.
        if let Err(why) = brought(&app, id, &mut progress).await {
            tracing::error!(%why, id, "what an import has written could not be counted");
        }
        app.imports.discard(id).await;
        noted(
            app.engine
                .order_import_turn(id, ImportState::Importing, ImportState::Imported, Some(progress))
                .await,
        );
    });
}

async fn brought(app: &App, id: i64, progress: &mut Progress) -> Result<()> {
    let brought = app.engine.order_import_brought(id).await?;
    let counts = &mut progress.counts;
    (counts.good, counts.energy_dwh, counts.total_fen) =
        (brought.orders, brought.energy_dwh, brought.total_fen);
    counts.rows = counts.rows.max(counts.good);
    Ok(())
}

/// Begins to take an import back.
pub fn undo(app: &Arc<App>, import: OrderImport) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let (id, mut failed) = (import.id, false);
        while !failed {
            match app.engine.order_import_undo(id).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(why) => {
                    tracing::error!(%why, id, "an import could not be taken back whole");
                    failed = true;
                }
            }
        }
        let left = left(&app, import).await;
        let to = if failed || left.is_some() { ImportState::Imported } else { ImportState::Undone };
        noted(app.engine.order_import_turn(id, ImportState::Undoing, to, left).await);
    });
}

/// What is still there of an import that was to be taken back.
async fn left(app: &App, import: OrderImport) -> Option<Progress> {
    let message = Text::of(
        "部分订单没有撤销：撤销期间已开具发票，或数据库暂不可用。其余已移除，可再次撤销",
        "Some orders were not taken back: an invoice was made of them meanwhile, or the database was not available. You may undo the rest again.",
    );
    let mut progress = Progress { counts: import.counts, faults: import.faults, message: Some(message) };
    match brought(app, import.id, &mut progress).await {
        Ok(()) if progress.counts.good == 0 => None,
        Ok(()) => Some(progress),
        Err(why) => {
            tracing::error!(%why, id = import.id, "what is left of an import could not be counted");
            Some(progress)
        }
    }
}

fn noted(turned: Result<bool>) {
    if let Err(why) = turned {
        tracing::error!(%why, "the end of an import could not be noted");
    }
}
