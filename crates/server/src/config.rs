//! Settings: command line over environment over file over default. One table says which there are.

use model::{Error, Result, Text};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use store::Source;

/// One setting: its name in the file, its default, and what it means.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub meaning: Text,
}

macro_rules! settings {
    ($($name:literal = $default:literal, $zh:literal, $en:literal;)*) => {
        pub const SETTINGS: &[Setting] = &[$(Setting { name: $name, default: $default, meaning: Text::of($zh, $en) }),*];
    };
}

settings! {
    "data" = "data", "数据目录：内嵌数据库、密钥与地址文件", "data folder: embedded database, key and address file";
    "database_url" = "", "PostgreSQL 地址（postgres://…）；留空则使用数据目录中的内嵌数据库",
        "PostgreSQL address (postgres://…); empty: the embedded database in the data folder";
    "listen" = "127.0.0.1:8080", "控制台、接口与 OCPP 的监听地址", "address for console, API and OCPP";
    "ykc_listen" = "127.0.0.1:8768", "云快充 TCP 的监听地址", "address for 云快充 over TCP";
    "heartbeat_s" = "300", "告知 OCPP 充电桩的心跳间隔（秒）", "heartbeat interval told to OCPP piles, in seconds";
    "database_writers" = "1", "PostgreSQL 的写入连接数，充电桩按编号分配", "writing connections on PostgreSQL; piles are spread over them";
    "database_readers" = "3", "页面查询的数据库连接数", "database connections for pages";
    "start_timeout_s" = "90", "启动指令后桩须在此时间内开始充电，否则订单关闭", "a commanded start must begin within this time, else the order is closed";
    "record_timeout_s" = "600", "充电结束后等待桩账单的时间，超时转异常订单", "how long the pile's record is awaited after the end, then the order is held";
    "silence_timeout_s" = "43200", "桩离线后其充电中订单保持打开的时间", "how long a running order of a pile that went off line stays open";
    "amount_tolerance_e4" = "100", "桩金额与平台金额允许的差异（0.0001 元）", "allowed difference between the pile's amount and ours, in 0.0001 yuan";
    "credit_fen" = "100000", "下发给桩的单次充电金额上限（分）", "most that one session may cost, told to the pile, in fen";
    "secure_cookies" = "false", "仅通过 HTTPS 发送登录 Cookie（置于反向代理之后时开启）", "send the sign-in cookie over HTTPS only (behind a TLS proxy)";
    "behind_proxy" = "false", "前面有反向代理，其 X-Forwarded-For / -Proto 可信", "a reverse proxy stands in front, whose X-Forwarded-For and -Proto are true";
    "log" = "info", "日志级别：error、warn、info、debug 或按模块过滤", "log level: error, warn, info, debug, or a filter by module";
}

/// Values by name, complete and checked for unknown names, not yet for sense.
#[derive(Clone, Debug)]
pub struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    Environment,
    CommandLine,
}

impl Config {
    /// `file`: must exist if given. `environment` and `command_line` are name and value.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        command_line: &[(&'static str, String)],
    ) -> Result<Config> {
        let defaults = SETTINGS.iter().map(|s| (s.name, (s.default.to_owned(), Origin::Default)));
        let mut config = Config { values: defaults.collect() };
        if let Some(file) = file {
            config.read_file(file)?;
        }
        for (name, value) in environment {
            let Some(name) = name.strip_prefix("PILEOPS_").map(str::to_ascii_lowercase) else { continue };
            // PILEOPS_SERVER, PILEOPS_TOKEN and the tests' own variables are no settings.
            if let Some(setting) = SETTINGS.iter().find(|s| s.name == name) {
                config.values.insert(setting.name, (value, Origin::Environment));
            }
        }
        for (name, value) in command_line {
            config.values.insert(name, (value.clone(), Origin::CommandLine));
        }
        Ok(config)
    }

    fn read_file(&mut self, file: &Path) -> Result<()> {
        let text = std::fs::read_to_string(file).map_err(|why| {
            Error::invalid(
                "config",
                format!("配置文件 {} 无法读取：{why}；请检查路径与权限", file.display()),
                format!(
                    "The configuration file {} cannot be read: {why}. Check its path and permissions.",
                    file.display()
                ),
            )
        })?;
        let table: toml::Table = text.parse().map_err(|why: toml::de::Error| {
            Error::invalid(
                "config",
                format!("配置文件 {} 不是有效的 TOML：{}", file.display(), why.message()),
                format!("The configuration file {} is no valid TOML: {}", file.display(), why.message()),
            )
        })?;
        for (name, value) in table {
            let Some(setting) = SETTINGS.iter().find(|s| s.name == name) else {
                return Err(Error::invalid(
                    name.clone(),
                    format!("配置文件中有未知的配置项 {name}；可用 pileops config 查看全部配置项"),
                    format!(
                        "The configuration file has an unknown setting {name}; `pileops config` lists all of them."
                    ),
                ));
            };
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                other => {
                    return Err(wrong(
                        setting.name,
                        other.type_str(),
                        "文本、整数或布尔值",
                        "a text, an integer or a boolean",
                    ));
                }
            };
            self.values.insert(setting.name, (value, Origin::File));
        }
        Ok(())
    }

    pub fn entries(&self) -> impl Iterator<Item = (&'static Setting, &str, Origin)> {
        SETTINGS.iter().filter_map(|setting| {
            let (value, origin) = self.values.get(setting.name)?;
            Some((setting, value.as_str(), *origin))
        })
    }

    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// An integer within its range.
    pub fn integer(&self, name: &'static str, least: i64, most: i64) -> Result<i64> {
        let text = self.text(name);
        match text.trim().parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(wrong(
                name,
                text,
                &format!("{least} 到 {most} 之间的整数"),
                &format!("an integer from {least} to {most}"),
            )),
        }
    }

    pub fn flag(&self, name: &'static str) -> Result<bool> {
        match self.text(name).trim() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" | "" => Ok(false),
            other => Err(wrong(name, other, "true 或 false", "true or false")),
        }
    }

    pub fn address(&self, name: &'static str) -> Result<SocketAddr> {
        let text = self.text(name);
        text.parse().map_err(|_| {
            wrong(name, text, "地址:端口，例如 127.0.0.1:8080", "ADDRESS:PORT, such as 127.0.0.1:8080")
        })
    }

    pub fn data(&self) -> PathBuf {
        PathBuf::from(self.text("data"))
    }

    pub fn source(&self) -> Result<Source> {
        match self.text("database_url").trim() {
            "" => Ok(Source::Sqlite(self.data().join("pileops.db"))),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Source::Postgres(url.to_owned()))
            }
            other => Err(wrong(
                "database_url",
                other.split('@').next_back().unwrap_or_default(),
                "postgres:// 开头的地址，或留空",
                "an address that begins with postgres://, or nothing",
            )),
        }
    }
}

fn wrong(name: &'static str, value: &str, zh: &str, en: &str) -> Error {
    Error::invalid(
        name,
        format!("配置项 {name} 的值“{value}”不正确，应为{zh}"),
        format!("The setting {name} has the value \"{value}\"; it must be {en}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_environment_over_the_default() {
        let environment = [("PILEOPS_LISTEN", "0.0.0.0:1"), ("PILEOPS_DATA", "/srv/a"), ("HOME", "/x")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()));
        let config = Config::load(None, environment, &[("listen", "127.0.0.1:2".to_owned())]).unwrap();
        assert_eq!(config.address("listen").unwrap().port(), 2);
        assert_eq!(config.data(), PathBuf::from("/srv/a"));
        assert_eq!(config.integer("heartbeat_s", 10, 86_400).unwrap(), 300);
    }

    #[test]
    fn a_bad_value_names_the_setting_and_the_rule() {
        for (name, value) in
            [("listen", "8080"), ("heartbeat_s", "soon"), ("database_url", "mysql://x:pw@h/db")]
        {
            let config = Config::load(None, [], &[(name, value.to_owned())]).unwrap();
            let error = match name {
                "listen" => config.address("listen").unwrap_err(),
                "heartbeat_s" => config.integer("heartbeat_s", 10, 86_400).unwrap_err(),
                _ => config.source().unwrap_err(),
            };
            assert_eq!(error.field.as_deref(), Some(name));
            assert!(!error.text.zh.contains("pw"), "no password in a message");
        }
    }
}
