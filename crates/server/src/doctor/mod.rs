//! 交付检查: what an installation needs, looked at one by one, as a report for whoever hands it over
//! and whoever takes it. Each finding names what was looked at, what is the case, and the way out.

mod doors;
mod machine;
mod page;
mod service;

pub use page::pdf;
pub use service::Asked;

use crate::config::{Config, shown};
use model::error::Text;
use model::time::{Clock, Timestamp};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Good,
    /// It works, and somebody should know.
    Doubt,
    /// It does not work, or will not for long.
    Bad,
}

impl Verdict {
    pub fn text(self) -> Text {
        match self {
            Verdict::Good => Text::of("正常", "good"),
            Verdict::Doubt => Text::of("注意", "look at it"),
            Verdict::Bad => Text::of("问题", "problem"),
        }
    }
}

/// The chapters of the report, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Machine,
    Clock,
    Disk,
    Settings,
    Doors,
    Database,
    Service,
    Backup,
}

impl Part {
    pub fn text(self) -> Text {
        match self {
            Part::Machine => Text::of("运行环境", "Machine"),
            Part::Clock => Text::of("时间", "Time"),
            Part::Disk => Text::of("磁盘", "Disk"),
            Part::Settings => Text::of("配置", "Settings"),
            Part::Doors => Text::of("端口与证书", "Ports and certificates"),
            Part::Database => Text::of("数据库", "Database"),
            Part::Service => Text::of("服务与渠道", "Service and channels"),
            Part::Backup => Text::of("备份", "Backup"),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub part: Part,
    pub verdict: Verdict,
    /// What was looked at.
    pub subject: Text,
    /// What is the case.
    pub told: Text,
    /// What to do about it; none where nothing has to be done.
    pub way: Option<Text>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub made_at_ms: Timestamp,
    pub version: &'static str,
    pub machine: String,
    /// The folder or the database of the installation, without passwords.
    pub place: String,
    pub findings: Vec<Finding>,
    /// What people have found themselves, in their words.
    pub problems: Vec<String>,
}

impl Report {
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }
}

/// Adds findings of one chapter.
pub(super) struct Notes<'a> {
    part: Part,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Notes<'a> {
    fn of(part: Part, findings: &'a mut Vec<Finding>) -> Notes<'a> {
        Notes { part, findings }
    }

    fn add(&mut self, verdict: Verdict, subject: Text, told: Text, way: Option<Text>) {
        self.findings.push(Finding { part: self.part, verdict, subject, told, way });
    }

    fn good(&mut self, subject: Text, told: Text) {
        self.add(Verdict::Good, subject, told, None);
    }

    fn doubt(&mut self, subject: Text, told: Text, way: Text) {
        self.add(Verdict::Doubt, subject, told, Some(way));
    }

    fn bad(&mut self, subject: Text, told: Text, way: Text) {
        self.add(Verdict::Bad, subject, told, Some(way));
    }
}

/// What the person who asks has given.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A time server to compare the clock with.
    pub time_server: Option<String>,
    pub problems: Vec<String>,
}

/// Looks at everything. Nothing is changed, apart from a file of a few bytes that is written into the data
/// folder and removed, to see whether that can be done.
pub async fn look(config: &Config, asked: Asked, wanted: Wanted, clock: &Clock) -> Report {
    let mut all = Vec::new();
    machine::machine(&mut Notes::of(Part::Machine, &mut all));
    machine::clock(&mut Notes::of(Part::Clock, &mut all), wanted.time_server.as_deref(), clock).await;
    machine::disk(&mut Notes::of(Part::Disk, &mut all), config);
    doors::settings(&mut Notes::of(Part::Settings, &mut all), config);
    doors::ports(&mut Notes::of(Part::Doors, &mut all), config, asked.runs).await;
    doors::certificate(&mut Notes::of(Part::Doors, &mut all), config, clock.now());
    service::database(&mut Notes::of(Part::Database, &mut all), config).await;
    service::service(&mut Notes::of(Part::Service, &mut all), &asked, clock.now());
    service::backup(&mut Notes::of(Part::Backup, &mut all), &asked);
    Report {
        made_at_ms: clock.now(),
        version: env!("CARGO_PKG_VERSION"),
        machine: machine::name(),
        place: place(config),
        findings: all,
        problems: wanted.problems,
    }
}

/// Where the data is, without passwords.
fn place(config: &Config) -> String {
    match config.text("database_url") {
        "" => config.data().display().to_string(),
        url => shown("database_url", url),
    }
}
