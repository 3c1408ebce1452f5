//! The machine: what it is, its clock, its disks.

use super::Notes;
use crate::config::Config;
use model::error::Text;
use model::time::Clock;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::{UdpSocket, lookup_host};

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
/// What the smallest machine of docs/operations.md has.
const MEMORY_LEAST: u64 = 2 * GIB;
const FILES_LEAST: u64 = 16_384;
/// Below this much of free disk the archive of a few days has no room.
const DISK_LEAST: u64 = 10 * GIB;
const DISK_BAD: u64 = GIB;
/// From here on bills of piles with right clocks are questioned.
const SKEW_DOUBT_MS: i64 = 2_000;
const SKEW_BAD_MS: i64 = 30_000;
/// Seconds from 1900 (SNTP, RFC 4330) to 1970.
const NTP_EPOCH_S: i64 = 2_208_988_800;
const PATIENCE: Duration = Duration::from_secs(3);

pub fn name() -> String {
    let system = os_name().unwrap_or_else(|| std::env::consts::OS.to_owned());
    let host = read("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {system} {}", host.trim(), std::env::consts::ARCH).trim().to_owned()
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn os_name() -> Option<String> {
    let text = read("/etc/os-release")?;
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

/// Of `/proc/meminfo`, in bytes.
fn memory() -> Option<(u64, u64)> {
    let text = read("/proc/meminfo")?;
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    Some((of("MemTotal:")?, of("MemAvailable:")?))
}

pub fn machine(notes: &mut Notes<'_>) {
    notes.good(Text::of("系统", "System"), Text::new(name(), name()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let told = Text::new(format!("{cores} 个处理器核"), format!("{cores} processor cores"));
    if cores < 2 {
        let way = Text::of(
            "建议至少 2 核：写入线程与网络各占其一",
            "two or more are advised: one writes, one talks",
        );
        notes.doubt(Text::of("处理器", "Processor"), told, way);
    } else {
        notes.good(Text::of("处理器", "Processor"), told);
    }
    if let Some((total, free)) = memory() {
        let (total_mib, free_mib) = (total / MIB, free / MIB);
        let told = Text::new(
            format!("共 {total_mib} MiB，可用 {free_mib} MiB"),
            format!("{total_mib} MiB, {free_mib} MiB of them free"),
        );
        let subject = Text::of("内存", "Memory");
        if total < MEMORY_LEAST {
            let way = Text::of("建议至少 2 GiB", "2 GiB or more are advised");
            notes.doubt(subject, told, way);
        } else {
            notes.good(subject, told);
        }
    }
    files(notes);
}

/// Every pile is an open file.
fn files(notes: &mut Notes<'_>) {
    #[cfg(unix)]
    {
        let subject = Text::of("可打开文件数", "Open files");
        let Ok((_, most)) = rlimit::getrlimit(rlimit::Resource::NOFILE) else { return };
        let told = Text::new(format!("上限 {most}"), format!("at most {most}"));
        if most < FILES_LEAST {
            let way = Text::new(
                format!(
                    "每台桩占用一个；请将上限提高到 {FILES_LEAST} 以上（systemd 的 LimitNOFILE 或 ulimit -Hn）"
                ),
                format!(
                    "every pile takes one; raise the limit above {FILES_LEAST} (LimitNOFILE of systemd, or ulimit -Hn)"
                ),
            );
            notes.doubt(subject, told, way);
        } else {
            notes.good(subject, told);
        }
    }
}

/// Bills are cut at the minute of a price period: the clock is money.
pub async fn clock(notes: &mut Notes<'_>, server: Option<&str>, clock: &Clock) {
    let subject = Text::of("系统时钟", "Clock");
    let Some(server) = server else {
        if Path::new("/run/systemd/timesync/synchronized").exists() || Path::new("/run/chrony").exists() {
            notes.good(subject, Text::of("由系统的时间同步服务校准", "kept by the system's time service"));
        } else {
            notes.doubt(
                subject,
                Text::of("未发现时间同步服务", "no time service was found"),
                Text::of(
                    "分时电价按分钟切分：请启用 systemd-timesyncd 或 chrony，并用 --time-server 主机 核对",
                    "prices change by the minute: switch on systemd-timesyncd or chrony, and check with --time-server HOST",
                ),
            );
        }
        return;
    };
    match skew_ms(server, clock).await {
        Ok(skew) => {
            let told =
                Text::new(format!("与 {server} 相差 {skew} 毫秒"), format!("{skew} ms away from {server}"));
            let way = || Text::of("请启用时间同步服务", "switch on a time service");
            match skew.abs() {
                away if away >= SKEW_BAD_MS => notes.bad(subject, told, way()),
                away if away >= SKEW_DOUBT_MS => notes.doubt(subject, told, way()),
                _ => notes.good(subject, told),
            }
        }
        Err(why) => notes.doubt(
            subject,
            Text::new(
                format!("时间服务器 {server} 没有应答：{why}"),
                format!("the time server {server} did not answer: {why}"),
            ),
            Text::of("请检查主机名与 UDP 123 端口", "check its name and UDP port 123"),
        ),
    }
}

/// How far this clock is ahead of a time server's (SNTP, RFC 4330), to about half the way there and back.
async fn skew_ms(server: &str, clock: &Clock) -> std::io::Result<i64> {
    let name = if server.contains(':') { server.to_owned() } else { format!("{server}:123") };
    let at: SocketAddr =
        lookup_host(name).await?.next().ok_or_else(|| std::io::Error::other("the name has no address"))?;
    let local: SocketAddr = if at.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(local).await?;
    socket.connect(at).await?;
    let mut packet = [0u8; 48];
    // Version 4, client.
    packet[0] = 0b00_100_011;
    let sent = Instant::now();
    socket.send(&packet).await?;
    let taken = tokio::time::timeout(PATIENCE, socket.recv(&mut packet)).await;
    let length = taken.map_err(|_| std::io::Error::other("no answer within 3 s"))??;
    if length < 48 || packet[0] & 0b111 != 4 {
        return Err(std::io::Error::other("what came is no answer of a time server"));
    }
    let half_way = i64::try_from(sent.elapsed().as_millis() / 2).unwrap_or(0);
    Ok(clock.now().as_ms() - half_way - transmitted_ms(&packet))
}

/// The moment at which the answer left: seconds and 2^-32 seconds since 1900.
fn transmitted_ms(packet: &[u8; 48]) -> i64 {
    let word = |at: usize| {
        i64::from(u32::from_be_bytes([packet[at], packet[at + 1], packet[at + 2], packet[at + 3]]))
    };
    (word(40) - NTP_EPOCH_S) * 1_000 + ((word(44) * 1_000) >> 32)
}

pub fn disk(notes: &mut Notes<'_>, config: &Config) {
    let data = config.data();
    let subject =
        || Text::new(format!("数据目录 {}", data.display()), format!("Data folder {}", data.display()));
    if !data.exists() {
        return notes.doubt(
            subject(),
            Text::of("尚不存在", "is not there yet"),
            Text::of(
                "首次启动时建立；请用 --data 或 data 指定正确的目录",
                "the first start makes it; say which with --data or the setting data",
            ),
        );
    }
    let probe = data.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"pileops").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => notes.good(subject(), Text::of("可以写入", "can be written to")),
        Err(why) => {
            return notes.bad(
                subject(),
                Text::new(format!("无法写入：{why}"), format!("cannot be written to: {why}")),
                Text::of(
                    "请检查目录是否存在、属主与权限、磁盘是否已满或只读",
                    "see whether it exists, whose it is, and whether the disk is full or read-only",
                ),
            );
        }
    }
    room(notes, &data, subject());
}

/// How much is free where the data is.
fn room(notes: &mut Notes<'_>, data: &Path, subject: Text) {
    #[cfg(unix)]
    {
        let Ok(disk) = rustix::fs::statvfs(data) else { return };
        let (free, total) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
        let (free_mib, total_mib) = (free / MIB, total / MIB);
        let told = Text::new(
            format!("磁盘共 {total_mib} MiB，可用 {free_mib} MiB"),
            format!("{free_mib} of {total_mib} MiB are free"),
        );
        let way = || {
            Text::of(
                "请扩容或清理；磁盘写满后平台拒绝新的充电",
                "make room: on a full disk the platform refuses new sessions",
            )
        };
        match free {
            free if free < DISK_BAD => notes.bad(subject, told, way()),
            free if free < DISK_LEAST => notes.doubt(subject, told, way()),
            _ => notes.good(subject, told),
        }
    }
    #[cfg(not(unix))]
    let _ = (notes, data, subject);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_a_time_servers_answer_is_read() {
        let mut packet = [0u8; 48];
        packet[40..44].copy_from_slice(&u32::try_from(NTP_EPOCH_S + 1_784_088_000).unwrap().to_be_bytes());
        packet[44..48].copy_from_slice(&0x8000_0000_u32.to_be_bytes());
        assert_eq!(transmitted_ms(&packet), 1_784_088_000_500);
    }

    #[tokio::test]
    async fn a_clock_that_is_ahead_is_told_by_how_much() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = server.local_addr().unwrap().to_string();
        let clock = Clock::manual(model::time::Timestamp::from_ms(1_784_088_060_000));
        let answering = tokio::spawn(async move {
            let mut packet = [0u8; 48];
            let (_, from) = server.recv_from(&mut packet).await.unwrap();
            packet[0] = 0b00_100_100;
            packet[40..44]
                .copy_from_slice(&u32::try_from(NTP_EPOCH_S + 1_784_088_000).unwrap().to_be_bytes());
            server.send_to(&packet, from).await.unwrap();
        });
        let skew = skew_ms(&at, &clock).await.unwrap();
        answering.await.unwrap();
        assert!((59_000..=60_000).contains(&skew), "{skew}");
    }
}
