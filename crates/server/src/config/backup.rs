//! Settings of backups: where to, and with which secrets.

use super::{Config, wrong};
use crate::backup::BackupSettings;
use crate::backup::place::Place;
use crate::backup::s3::{Credentials, S3};
use engine::random::unhex;
use model::Result;
use model::time::Clock;
use model::web_address::WebAddress;
use std::path::{Path, PathBuf};
use store::archive::pack::Key;

impl Config {
    /// Whether it can be a place at all; nobody is asked.
    pub(super) fn place_check(&self, setting: &'static str) -> Result<()> {
        let text = self.text(setting).trim();
        if is_bucket(text) {
            return WebAddress::parse(setting, text).map(drop);
        }
        let folder = Path::new(text);
        let own = !text.is_empty() && folder.starts_with(self.data());
        if text.is_empty() || (folder.is_absolute() && !own) {
            return Ok(());
        }
        Err(wrong(
            setting,
            text,
            "数据目录之外的一个绝对路径（另一块盘或网络挂载），或桶地址 https://…，或留空",
            "an absolute path outside of the data folder (another disk or a mount), the address of a bucket https://…, or nothing",
        ))
    }

    /// Where backups go; nothing where there are none.
    pub fn backup(&self) -> Result<Option<BackupSettings>> {
        let Some(place) = self.place(None)? else { return Ok(None) };
        Ok(Some(BackupSettings {
            place,
            key: self.backup_key()?,
            data: self.data(),
            config: self.file.clone(),
        }))
    }

    /// Where closed days are written for analysis.
    pub fn parquet(&self) -> Result<Option<Place>> {
        self.place(Some(self.text("parquet_place")))
    }

    /// `other`: instead of the one in the settings.
    pub fn place(&self, other: Option<&str>) -> Result<Option<Place>> {
        let text = other.unwrap_or_else(|| self.text("backup_place")).trim();
        if text.is_empty() {
            return Ok(None);
        }
        if !is_bucket(text) {
            return Ok(Some(Place::Folder(PathBuf::from(text))));
        }
        let bucket = WebAddress::parse("backup_place", text)?;
        let (prefix, region) = (self.text("backup_prefix").trim(), self.text("backup_region").trim());
        Ok(Some(Place::S3(S3::new(bucket, prefix, region, self.credentials()?, Clock::System))))
    }

    fn credentials(&self) -> Result<Credentials> {
        let file = self.text("backup_credentials_file").trim();
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        match (lines.next(), lines.next()) {
            (Some(id), Some(secret)) => Ok(Credentials { id: id.to_owned(), secret: secret.to_owned() }),
            _ => Err(wrong(
                "backup_credentials_file",
                file,
                "一个可读的文件，第一行为 Access Key ID，第二行为 Secret",
                "a file that can be read, with the access key id in its first line and the secret in its second",
            )),
        }
    }

    /// The key that seals backups; nothing where they are not sealed.
    pub fn backup_key(&self) -> Result<Option<Key>> {
        let file = self.text("backup_key_file").trim();
        if file.is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let key = unhex(text.trim()).and_then(|bytes| Key::try_from(bytes).ok());
        key.map(Some).ok_or_else(|| {
            wrong(
                "backup_key_file",
                file,
                "一个可读的文件，内容为 64 位十六进制（openssl rand -hex 32 可生成）",
                "a file that can be read and holds 64 hexadecimal digits (openssl rand -hex 32 makes some)",
            )
        })
    }
}

fn is_bucket(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
