//! Settings: command line over environment over file over default. One table says which there are.

mod backup;
mod logging;
mod outside;
mod variables;

pub use variables::{environment, unknown_variables};

use Rule::*;
use engine::parameter::{Given, Parameter, ParameterOrigin};
use model::{Error, Result, Text};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use store::Source;
use tracing_subscriber::EnvFilter;
use utoipa::ToSchema;

/// One setting: its name in the file, its default, what it may be, and what it means.
#[derive(Clone)]
pub struct Setting {
    pub name: &'static str,
    pub default: Cow<'static, str>,
    pub rule: Rule,
    pub meaning: Text,
    /// A number of the business: staff may set it on the page unless it is given here.
    pub is_parameter: bool,
}

/// What a setting may be.
#[derive(Clone)]
pub enum Rule {
    Folder,
    Database,
    Address,
    /// An address that may be left out.
    OptionalAddress,
    /// Host names and addresses, `pile.example.cn, 10.0.0.5`.
    Names,
    Integer(i64, i64),
    Flag,
    Filter,
    /// One of these.
    Words(&'static [&'static str]),
    Tiles,
    /// `https://host` or nothing.
    WebAddress,
    /// A file that may be left out.
    OptionalFile,
    /// `10.0.0.0/8, fd00::/8`, or nothing.
    Networks,
    /// A folder, the address of a bucket, or nothing.
    BackupPlace,
    ParquetPlace,
    Text,
}

macro_rules! settings {
    ($($name:literal = $default:literal, $rule:expr, $zh:literal, $en:literal;)*) => {
        const STARTING: &[Setting] = &[$(Setting {
            name: $name,
            default: Cow::Borrowed($default),
            rule: $rule,
            meaning: Text::of($zh, $en),
            is_parameter: false,
        }),*];
    };
}

settings! {
    "data" = "data", Folder, "数据目录：内嵌数据库、密钥与地址文件", "data folder: embedded database, key and address file";
    "database_url" = "", Database, "PostgreSQL 地址（postgres://…）；留空则使用数据目录中的内嵌数据库",
        "PostgreSQL address (postgres://…); empty: the embedded database in the data folder";
    "listen" = "127.0.0.1:8080", Address, "控制台、接口与 OCPP 的监听地址", "address for console, API and OCPP";
    "ykc_listen" = "127.0.0.1:8768", Address, "云快充 TCP 的监听地址", "address for 云快充 over TCP";
    "tls_listen" = "", OptionalAddress, "控制台、接口与 OCPP 的 TLS（https、wss）监听地址，如 0.0.0.0:8443；留空则不启用",
        "TLS address for console, API and OCPP (https, wss), such as 0.0.0.0:8443; empty: switched off";
    "tls_names" = "localhost", Names, "TLS 证书中的主机名或 IP；未提供证书文件时由自带的证书机构按此签发",
        "host names and addresses in the TLS certificate, which our own authority signs when no files are given";
    "tls_certificate_file" = "", OptionalFile, "TLS 证书链文件（PEM）；留空则由自带的证书机构签发", "file with the TLS certificate chain (PEM); empty: signed by our own authority";
    "tls_key_file" = "", OptionalFile, "TLS 私钥文件（PEM），与证书文件一起设置", "file with the TLS key (PEM), set together with the certificate's";
    "tls_client_ca_file" = "", OptionalFile, "除自带的证书机构外，还信任哪些机构签发的充电桩证书（PEM）", "authorities whose certificates of piles are taken besides our own (PEM)";
    "database_writers" = "1", Integer(1, 32), "PostgreSQL 的写入连接数，充电桩按编号分配", "writing connections on PostgreSQL; piles are spread over them";
    "database_readers" = "3", Integer(1, 64), "页面查询的数据库连接数", "database connections for pages";
    "secure_cookies" = "false", Flag, "仅通过 HTTPS 发送登录 Cookie（置于反向代理之后时开启）", "send the sign-in cookie over HTTPS only (behind a TLS proxy)";
    "behind_proxy" = "false", Flag, "前面有反向代理，其 X-Forwarded-For / -Proto 可信", "a reverse proxy stands in front, whose X-Forwarded-For and -Proto are true";
    "proxy_networks" = "", Networks, "反向代理的地址或网段，如 127.0.0.1, 10.0.0.5；开启 behind_proxy 时只相信来自这些地址的 X-Forwarded-*，留空则相信所有来路",
        "addresses or networks of the reverse proxy, such as 127.0.0.1, 10.0.0.5; with behind_proxy only their X-Forwarded-* is believed, empty: everybody's";
    "public_url" = "", WebAddress, "充电桩访问本平台的地址，如 https://平台域名；用于固件下载和日志上传，留空则按打开控制台的地址",
        "at which address piles reach the platform, such as https://platform.example, for firmware and logs; empty: as the console was opened";
    "map_tile_url" = "", Tiles, "地图底图瓦片地址，如 https://主机/{z}/{x}/{y}.png；留空则只用自带的省市轮廓（不需要外网）",
        "tiles of the map, such as https://host/{z}/{x}/{y}.png; empty: only the outlines that come with the product (no internet needed)";
    "map_tile_gcj02" = "false", Flag, "底图采用 GCJ-02 坐标（高德、腾讯等国内底图）", "the tiles are drawn in GCJ-02 (Chinese providers)";
    "scim_token_file" = "", OptionalFile, "存放 SCIM 令牌（至少 32 个字符）的文件；设置后出行平台可用该令牌向 /scim/v2 推送用户，留空则关闭",
        "file with the token (32 characters or more) by which a mobility platform pushes its users to /scim/v2; empty: switched off";
    "outbound_allow" = "", Networks, "平台主动访问（回调、用户来源）时允许的内部网段，如 10.0.0.0/8, 192.168.1.5；留空则只访问公网地址",
        "internal networks to which the platform itself may connect (webhooks, customer source), such as 10.0.0.0/8, 192.168.1.5; empty: public addresses only";
    "backup_place" = "", BackupPlace, "备份地：另一块盘或另一台机器的目录，或对象存储的桶地址（https://…）；留空则不备份",
        "where backups go: a folder on another disk or machine, or the address of a bucket (https://…); empty: no backups";
    "backup_prefix" = "", Text, "对象存储中本平台所用的前缀，如 pileops/prod", "before every name in the bucket, such as pileops/prod";
    "backup_region" = "us-east-1", Text, "对象存储的区域", "the bucket's region";
    "backup_credentials_file" = "", OptionalFile, "对象存储密钥文件：第一行 Access Key ID，第二行 Secret", "file with the bucket's access key id in its first line and the secret in its second";
    "backup_key_file" = "", OptionalFile, "备份加密密钥文件（64 位十六进制）；留空则不加密，请把它与备份分开保管",
        "file with the key that seals backups (64 hexadecimal digits); empty: not sealed. Keep it apart from the backups";
    "upgrade_copies" = "2", Integer(0, 20), "升级内嵌数据库前自动保存的副本保留几份，放在数据目录的 upgrade 中；0 为不保存",
        "how many copies of the embedded database from before an upgrade are kept in the folder upgrade of the data folder; 0: none is made";
    "parquet_place" = "", ParquetPlace, "每晚把已过完的日期的订单以 Parquet 输出到此：数据目录之外的目录，或桶地址（https://…，密钥、前缀与区域同备份）；留空则不输出",
        "where the orders of closed days are written as Parquet every night: a folder outside of the data folder, or the address of a bucket (https://…, with credentials, prefix and region of backups); empty: nowhere";
    "iso15118_url" = "", WebAddress, "ISO 15118 证书服务的地址：桩转来的车辆证书与 OCSP 请求发往此处，留空则回答失败",
        "certificate service of ISO 15118, to which cars' certificate and OCSP requests are passed on; empty: they fail";
    "iso15118_token_file" = "", OptionalFile, "存放访问 ISO 15118 证书服务所用令牌（至少 32 个字符）的文件；留空则不带令牌",
        "file with the token (32 characters or more) shown to the certificate service of ISO 15118; empty: none is shown";
    "log" = "info", Filter, "日志级别：error、warn、info、debug 或按模块过滤", "log level: error, warn, info, debug, or a filter by module";
    "log_format" = "text", Words(&["text", "json"]), "日志格式：text 供人阅读，json 每行一个 JSON 对象，供日志系统采集", "how the log is written: text for people, json for machines (one object a line)";
    "slow_query_ms" = "200", Integer(1, 600_000), "超过多少毫秒的数据库语句记入慢查询日志", "statements that take longer are logged as slow, in milliseconds";
}

/// What a start needs, and what staff may set unless it is given here.
pub static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let parameters = Parameter::all().map(|one| Setting {
        name: one.name,
        default: Cow::Owned(one.default.to_string()),
        rule: Integer(one.least, one.most),
        meaning: one.note.clone(),
        is_parameter: true,
    });
    STARTING.iter().cloned().chain(parameters).collect()
});

/// A setting as the console shows it, which cannot change it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Setting)]
pub struct SettingView {
    pub name: &'static str,
    /// Without passwords.
    pub value: String,
    pub default: String,
    pub origin: ParameterOrigin,
    /// The variable that sets it.
    pub variable: String,
    pub meaning: Text,
}

/// Values by name, complete and within their rules.
#[derive(Clone, Debug)]
pub struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
    /// The settings file, when there is one.
    file: Option<PathBuf>,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    Environment,
    CommandLine,
}

impl Origin {
    fn told(self) -> ParameterOrigin {
        match self {
            Origin::Default => ParameterOrigin::Default,
            Origin::File => ParameterOrigin::File,
            Origin::Environment => ParameterOrigin::Environment,
            Origin::CommandLine => ParameterOrigin::CommandLine,
        }
    }
}

impl Config {
    /// `file`: must exist if given. `environment` and `command_line` are name and value. Everything is
    /// checked here, before anything is made of it.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
        command_line: &[(&'static str, String)],
    ) -> Result<Config> {
        let defaults = SETTINGS.iter().map(|s| (s.name, (s.default.to_string(), Origin::Default)));
        let mut config = Config { values: defaults.collect(), file: file.map(Path::to_owned) };
        if let Some(file) = file {
            config.read_file(file)?;
        }
        for (name, value) in environment {
            if let Some(setting) = SETTINGS.iter().find(|s| s.name == name) {
                config.values.insert(setting.name, (value.clone(), Origin::Environment));
            }
        }
        for (name, value) in command_line {
            config.values.insert(name, (value.clone(), Origin::CommandLine));
        }
        for setting in SETTINGS.iter() {
            config.check(setting)?;
        }
        Ok(config)
    }

    fn check(&self, setting: &Setting) -> Result<()> {
        let name = setting.name;
        match setting.rule {
            Folder if self.text(name).is_empty() => Err(wrong(name, "", "一个目录", "a folder")),
            Folder => Ok(()),
            Database => self.source().map(drop),
            Address => self.address(name).map(drop),
            OptionalAddress => self.address_opt(name).map(drop),
            Names => self.names(name).map(drop),
            Integer(..) => self.integer(name).map(drop),
            Flag => self.flag(name).map(drop),
            Filter => self.filter(name).map(drop),
            Words(words) => self.word(name, words).map(drop),
            Tiles => self.tiles(name).map(drop),
            WebAddress => self.public_url(name).map(drop),
            OptionalFile | Text => Ok(()),
            BackupPlace => self.place_check("backup_place"),
            ParquetPlace => self.place_check("parquet_place"),
            Networks => self.networks(name).map(drop),
        }
    }

    /// Another data folder than usual where nobody has named one.
    pub fn data_by_default(&mut self, folder: &str) {
        if let Some(value) = self.values.get_mut("data").filter(|(_, origin)| *origin == Origin::Default) {
            folder.clone_into(&mut value.0);
        }
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
            let line = why
                .span()
                .map_or(1, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1);
            Error::invalid(
                "config",
                format!("配置文件 {} 第 {line} 行不是有效的 TOML：{}", file.display(), why.message()),
                format!(
                    "The configuration file {} is no valid TOML in line {line}: {}",
                    file.display(),
                    why.message()
                ),
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
                    let shown = match &other {
                        toml::Value::Float(number) => number.to_string(),
                        other => other.type_str().to_owned(),
                    };
                    let (zh, en) = ("文本、整数或布尔值", "a text, an integer or a boolean");
                    return Err(wrong(setting.name, &shown, zh, en));
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

    /// The numbers of the business that are given here, and so cannot be set on the page.
    pub fn given(&self) -> Result<Given> {
        let of =
            self.entries().filter(|(setting, _, origin)| setting.is_parameter && *origin != Origin::Default);
        of.map(|(setting, _, origin)| Ok((setting.name, (self.integer(setting.name)?, origin.told()))))
            .collect()
    }

    /// What the server was started with; no page changes it.
    pub fn views(&self) -> Vec<SettingView> {
        let of = self.entries().filter(|(setting, ..)| !setting.is_parameter);
        let view = |(setting, value, origin): (&'static Setting, &str, Origin)| SettingView {
            name: setting.name,
            value: shown(setting.name, value),
            default: setting.default.to_string(),
            origin: origin.told(),
            variable: format!("PILEOPS_{}", setting.name.to_ascii_uppercase()),
            meaning: setting.meaning.clone(),
        };
        of.map(view).collect()
    }

    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// An integer within the range that the table of settings has for it.
    pub fn integer(&self, name: &'static str) -> Result<i64> {
        let rule = SETTINGS.iter().find(|s| s.name == name).map(|s| &s.rule);
        let Some(&Integer(least, most)) = rule else { return Err(Error::internal()) };
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

    pub fn filter(&self, name: &'static str) -> Result<EnvFilter> {
        let text = self.text(name);
        EnvFilter::try_new(text).map_err(|_| {
            wrong(
                name,
                text,
                "info 或 warn,server=debug 这样的级别",
                "a level such as info or warn,server=debug",
            )
        })
    }

    pub fn source(&self) -> Result<Source> {
        let url = self.text("database_url").trim();
        if url.is_empty() {
            return Ok(Source::Sqlite(self.data().join("pileops.db")));
        }
        let known = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let source = Source::Postgres(url.to_owned());
        // What stands before the last @ may be a password, which no message repeats.
        let shown = url.rsplit('@').next().unwrap_or_default();
        let why = if known { source.check().err() } else { Some(String::new()) };
        match why {
            None => Ok(source),
            Some(why) => {
                let why = if why.is_empty() { why } else { format!(" ({why})") };
                Err(wrong(
                    "database_url",
                    shown,
                    &format!("postgres://用户:密码@主机/数据库 形式的地址，或留空{why}"),
                    &format!("an address like postgres://USER:PASSWORD@HOST/DATABASE, or nothing{why}"),
                ))
            }
        }
    }
}

/// A password in a database address is nobody's business.
pub fn shown(name: &str, value: &str) -> String {
    match (name, value.split_once("://"), value.rsplit_once('@')) {
        ("database_url", Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => value.to_owned(),
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

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        environment(pairs.iter().map(|(name, value)| (name.into(), value.into()))).unwrap()
    }

    fn load(command_line: &[(&'static str, String)]) -> Result<Config> {
        Config::load(None, &BTreeMap::new(), command_line)
    }

    #[test]
    fn the_command_line_wins_over_the_environment_over_the_default() {
        let environment =
            variables(&[("PILEOPS_LISTEN", "0.0.0.0:1"), ("PILEOPS_DATA", "/srv/a"), ("HOME", "/x")]);
        let config = Config::load(None, &environment, &[("listen", "127.0.0.1:2".to_owned())]).unwrap();
        assert_eq!(config.address("listen").unwrap().port(), 2);
        assert_eq!(config.data(), PathBuf::from("/srv/a"));
        assert_eq!(config.integer("heartbeat_s").unwrap(), 300);
    }

    #[test]
    fn a_bad_value_names_the_setting_and_the_rule() {
        for (name, value, shown) in [
            ("data", "", "\"\""),
            ("listen", "8080", "8080"),
            ("ykc_listen", "localhost", "localhost"),
            ("heartbeat_s", "soon", "10 to 86400"),
            ("heartbeat_s", "9", "10 to 86400"),
            ("database_writers", "33", "1 to 32"),
            ("credit_fen", "0", "1 to 100000000"),
            ("secure_cookies", "maybe", "true or false"),
            ("log", "server=loud", "server=loud"),
            ("outbound_allow", "10.0.0.0/8, intranet", "intranet"),
            ("database_url", "mysql://x:pw@h/db", "h/db"),
            ("database_url", "postgres://x:pw@h:port/db", "h:port/db"),
        ] {
            let error = load(&[(name, value.to_owned())]).unwrap_err();
            assert_eq!((error.kind, error.field.as_deref()), (model::error::Kind::Invalid, Some(name)));
            assert!(error.text.en.contains(shown), "{}", error.text.en);
            assert!(
                !error.text.zh.contains("pw") && !error.text.en.contains("pw"),
                "no password in a message"
            );
        }
    }

    #[test]
    fn a_variable_that_is_no_setting_is_known_for_it() {
        let environment = variables(&[
            ("PILEOPS_HARTBEAT_S", "60"),
            ("PILEOPS_SERVER", "http://x"),
            ("PILEOPS_TOKEN", "pop_1"),
            ("PILEOPS_TEST_PG", "x"),
            ("PILEOPS_LOG", "info"),
            ("HEARTBEAT", "60"),
        ]);
        assert_eq!(unknown_variables(&environment), ["PILEOPS_HARTBEAT_S"]);
    }

    #[test]
    fn only_the_demo_has_another_folder_and_only_where_none_is_named() {
        let mut config = load(&[]).unwrap();
        config.data_by_default("demo-data");
        assert_eq!(config.data(), PathBuf::from("demo-data"));
        let mut config = load(&[("data", "mine".to_owned())]).unwrap();
        config.data_by_default("demo-data");
        assert_eq!(config.data(), PathBuf::from("mine"));
    }
}
