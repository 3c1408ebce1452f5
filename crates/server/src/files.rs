//! Files that piles fetch and send. They lie in the data folder, and are written and read piece by piece.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use engine::firmware::{CameFile, Measure};
use futures_util::{Stream, StreamExt};
use model::error::Kind;
use model::{Error, Result, Text};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A piece that does not come for so long does not come at all.
const PIECE_PATIENCE: Duration = Duration::from_secs(60);
/// Most characters of a name that is kept.
const NAME_MAX: usize = 120;

pub struct Files {
    folder: PathBuf,
}

impl Files {
    pub fn new(files: &Path) -> Files {
        Files { folder: files.join("files") }
    }

    pub fn firmware(&self, id: i64) -> PathBuf {
        self.folder.join(format!("firmware-{id}"))
    }

    /// Who is erased: read again after a restore.
    pub fn erasures(&self) -> PathBuf {
        self.folder.join("erasures")
    }

    pub fn log(&self, transfer: i64) -> PathBuf {
        self.folder.join(format!("log-{transfer}"))
    }

    /// Takes in what a request brings: its body, or the first file of a form. Nothing stands at `path`
    /// before all of it is there.
    pub async fn take(&self, request: Request, path: &Path, name: &str, most: u64) -> Result<CameFile> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
            let pieces = request.into_body().into_data_stream().map(|piece| piece.map_err(drop));
            return self.write(pieces, path, name, most).await;
        }
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        while let Some(field) = form.next_field().await.map_err(|_| broken())? {
            if let Some(own) = field.file_name().map(str::to_owned) {
                let pieces = field.map(|piece| piece.map_err(drop));
                return self.write(pieces, path, &own, most).await;
            }
        }
        Err(broken())
    }

    async fn write<B: AsRef<[u8]>>(
        &self,
        pieces: impl Stream<Item = std::result::Result<B, ()>>,
        path: &Path,
        name: &str,
        most: u64,
    ) -> Result<CameFile> {
        tokio::fs::create_dir_all(&self.folder).await.map_err(|why| unwritable(&why))?;
        let part = path.with_extension("part");
        let written = write_part(pieces, &part, most).await;
        let (size, digest) = match written {
            Ok(done) => done,
            Err(error) => {
                let _ = tokio::fs::remove_file(&part).await;
                return Err(error);
            }
        };
        tokio::fs::rename(&part, path).await.map_err(|why| unwritable(&why))?;
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = last.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        let name = if name.trim().is_empty() { "file.bin".to_owned() } else { name };
        Ok(CameFile { name, size_bytes: i64::try_from(size).unwrap_or(i64::MAX), digest })
    }

    /// What is no longer told of need not be kept.
    pub async fn remove(&self, path: &Path) {
        if let Err(why) = tokio::fs::remove_file(path).await {
            tracing::warn!(%why, path = %path.display(), "a file could not be removed");
        }
    }
}

async fn write_part<B: AsRef<[u8]>>(
    pieces: impl Stream<Item = std::result::Result<B, ()>>,
    part: &Path,
    most: u64,
) -> Result<(u64, String)> {
    let mut file = tokio::fs::File::create(part).await.map_err(|why| unwritable(&why))?;
    let (mut size, mut measure) = (0, Measure::default());
    let mut pieces = std::pin::pin!(pieces);
    loop {
        let piece = match tokio::time::timeout(PIECE_PATIENCE, pieces.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(piece))) => piece,
            Ok(Some(Err(()))) | Err(_) => return Err(broken()),
        };
        let piece = piece.as_ref();
        size += piece.len() as u64;
        if size > most {
            return Err(too_large(most));
        }
        measure.add(piece);
        file.write_all(piece).await.map_err(|why| unwritable(&why))?;
    }
    if size == 0 {
        return Err(Error::invalid(
            "file",
            "文件是空的，请重新选择文件",
            "The file is empty; choose another.",
        ));
    }
    file.sync_all().await.map_err(|why| unwritable(&why))?;
    Ok((size, measure.digest()))
}

/// The file as the body of an answer.
pub async fn body(path: &Path) -> Result<(Body, u64)> {
    let gone = |why: std::io::Error| {
        tracing::error!(%why, path = %path.display(), "a file that should be there cannot be read");
        Error::unavailable("文件存储", "file store")
    };
    let file = tokio::fs::File::open(path).await.map_err(gone)?;
    let size = file.metadata().await.map_err(gone)?.len();
    Ok((Body::from_stream(crate::http::pieces(file)), size))
}

fn unwritable(why: &std::io::Error) -> Error {
    tracing::error!(%why, "a file cannot be written");
    Error::unavailable("文件存储", "file store")
}

fn broken() -> Error {
    Error::invalid(
        "file",
        "文件没有传完或格式不对，请重新上传",
        "The file did not come whole, or in a form that is not known; send it again.",
    )
}

fn too_large(most: u64) -> Error {
    let mb = most / 1024 / 1024;
    Error::new(
        Kind::Invalid,
        "body.too_large",
        Text::new(
            format!("文件超过 {mb} MB，不能接收；管理员可在“参数”中调整上限"),
            format!("The file is larger than {mb} MB and is not taken; an administrator may raise the limit in the parameters."),
        ),
    )
    .on_field("file")
}
