//! The data folder: who works on it, its secret, and the file that tells where the server listens.

use engine::random::{Random, hex, unhex};
use engine::secrets::Secrets;
use model::{Error, Result};
use std::fs::{File, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

const SECRET: &str = "secret.key";
const ADDRESSES: &str = "addresses.json";
const LOCK: &str = "lock";

/// How long whoever comes waits for a command that is at work, or a server that is stopping.
const PATIENCE: Duration = Duration::from_secs(6);

/// Keeps a data folder for this process: two that believed to be alone would each keep their own idea
/// of the open orders. The system ends it with the process, however that ends.
pub struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

/// Creates the folder if it is missing, and waits a little for its turn. `leave` may end the waiting
/// early, where a server has come up that can be asked instead.
pub async fn lock_or(data: &Path, leave: impl AsyncFn() -> bool) -> Result<Option<Lock>> {
    std::fs::create_dir_all(data).map_err(|why| cannot(data, &why))?;
    let path = data.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|why| cannot(&path, &why))?;
    let patience = tokio::time::Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => {
                // Nobody else is here: what tells of a server tells of one that was killed.
                let _ = std::fs::remove_file(data.join(ADDRESSES));
                let _ = std::fs::remove_file(data.join(TOKEN));
                return Ok(Some(Lock(file)));
            }
            Err(TryLockError::WouldBlock) if leave().await => return Ok(None),
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < patience => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(TryLockError::WouldBlock) => return Err(in_use(data)),
            Err(TryLockError::Error(why)) => return Err(cannot(&path, &why)),
        }
    }
}

pub async fn lock(data: &Path) -> Result<Lock> {
    lock_or(data, async || false).await?.ok_or_else(Error::internal)
}

fn in_use(data: &Path) -> Error {
    let told = told(data);
    let word = |name: &str| told.get(name).map(|value| value.to_string().trim_matches('"').to_owned());
    let (who_zh, who_en) = match (word("pid"), word("http")) {
        (Some(pid), Some(http)) => {
            (format!("（进程 {pid}，http://{http}）"), format!(" (process {pid}, http://{http})"))
        }
        _ => Default::default(),
    };
    Error::refused(
        "data.in_use",
        format!(
            "数据目录 {} 正被另一个 pileops 使用{who_zh}；请先停止它，或用 --data 换一个目录；若要操作正在运行的服务，请设置 PILEOPS_SERVER 与 PILEOPS_TOKEN",
            data.display()
        ),
        format!(
            "The data folder {} is used by another pileops{who_en}. Stop that one first, or choose another folder with --data; to work with the running server, set PILEOPS_SERVER and PILEOPS_TOKEN.",
            data.display()
        ),
    )
}

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

/// Takes away what this process has written there, and nobody else's.
pub fn addresses_remove(data: &Path) {
    if told(data).get("pid").and_then(serde_json::Value::as_u64) == Some(u64::from(std::process::id())) {
        let _ = std::fs::remove_file(data.join(ADDRESSES));
        let _ = std::fs::remove_file(data.join(TOKEN));
    }
}

/// What the last server has told of itself; nothing where there is none.
fn told(data: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(data.join(ADDRESSES)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The address of a server that runs on this data folder, as far as the file tells.
pub fn address_http(data: &Path) -> Option<String> {
    Some(told(data).get("http")?.as_str()?.to_owned())
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
