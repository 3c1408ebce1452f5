//! The data folder: its secret, and the file that tells where the server listens.

use engine::random::{Random, hex, unhex};
use engine::secrets::Secrets;
use model::{Error, Result};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

const SECRET: &str = "secret.key";
const ADDRESSES: &str = "addresses.json";

/// Creates the folder and the installation's secret if they are missing.
pub fn prepare(data: &Path, random: &Random) -> Result<Secrets> {
    std::fs::create_dir_all(data).map_err(|why| cannot(data, &why))?;
    let path = data.join(SECRET);
    match std::fs::read_to_string(&path) {
        Ok(text) => match unhex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
            Some(secret) => Ok(Secrets::of(&secret)),
            None => Err(Error::invalid(
                SECRET,
                format!(
                    "密钥文件 {} 已损坏，应为64位十六进制；请从备份恢复，否则充电桩密码将全部失效",
                    path.display()
                ),
                format!(
                    "The key file {} is damaged; it holds 64 hexadecimal digits. Restore it from a backup, else no pile's password will fit.",
                    path.display()
                ),
            )),
        },
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            let secret = random.bytes::<32>()?;
            write_private(&path, &hex(&secret)).map_err(|why| cannot(&path, &why))?;
            Ok(Secrets::of(&secret))
        }
        Err(why) => Err(cannot(&path, &why)),
    }
}

/// Readable by the owner alone where the system knows such a thing.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Where the running server listens, for the command line and for scripts.
pub fn addresses_write(data: &Path, http: SocketAddr, ykc: SocketAddr) -> Result<()> {
    let path = data.join(ADDRESSES);
    let text =
        serde_json::json!({ "http": http.to_string(), "ykc": ykc.to_string(), "pid": std::process::id() });
    std::fs::write(&path, text.to_string()).map_err(|why| cannot(&path, &why))
}

const TOKEN: &str = "local.token";

/// Keeps the token of the local door where only the owner of the data folder can read it.
pub fn token_write(data: &Path, token: &str) -> Result<()> {
    let path = data.join(TOKEN);
    let _ = std::fs::remove_file(&path);
    write_private(&path, token).map_err(|why| cannot(&path, &why))
}

pub fn token_read(data: &Path) -> Option<String> {
    std::fs::read_to_string(data.join(TOKEN)).ok().map(|text| text.trim().to_owned())
}

pub fn addresses_remove(data: &Path) {
    let _ = std::fs::remove_file(data.join(ADDRESSES));
    let _ = std::fs::remove_file(data.join(TOKEN));
}

/// The address of a server that runs on this data folder, as far as the file tells.
pub fn address_http(data: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data.join(ADDRESSES)).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(value.get("http")?.as_str()?.to_owned())
}

pub fn cannot(path: &Path, why: &std::io::Error) -> Error {
    Error::invalid(
        "data",
        format!("无法使用 {}：{why}；请检查路径、权限与磁盘空间", path.display()),
        format!(
            "{} cannot be used: {why}. Check the path, its permissions and the disk space.",
            path.display()
        ),
    )
}
