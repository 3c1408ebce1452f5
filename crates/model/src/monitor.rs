//! 监视器 of OCPP 2: what a pile watches of itself, and what it reports when a value goes beyond it.

use crate::id::ConnectorNo;
use crate::time::Timestamp;

/// How urgent an event is, 0 (danger) to 9 (debug): OCPP 2 N, SeverityType.
pub const SEVERITY_MAX: i64 = 9;

/// A monitor as a pile has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorReport {
    /// The pile's number for it.
    pub no: i64,
    /// Of the variable: `Component.Variable`, as it is asked for.
    pub name: String,
    /// The wire's word: `UpperThreshold`, `LowerThreshold`, `Delta`, `Periodic`, …
    pub kind: String,
    /// As the wire writes the number; `None`: the pile has not said it again.
    pub value: Option<String>,
    pub severity: i64,
    /// Only while a session runs.
    pub in_session: Option<bool>,
    /// Whose it is, in the wire's word: `HardWiredMonitor`, `CustomMonitor`, … (2.1).
    pub origin: Option<String>,
}

/// Something that changes what is known of a pile's monitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonitorChange {
    Set(MonitorReport),
    Gone {
        no: i64,
    },
    /// All of them are told anew.
    Anew,
    /// What is less urgent than this is not reported.
    Level {
        severity: i64,
    },
    /// Which monitors are in force: `All`, `FactoryDefault`, `HardWiredOnly`.
    Base {
        word: String,
    },
}

/// Something that a pile has noticed. OCPP 2 NotifyEvent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventReport {
    /// The pile's number for it.
    pub no: i64,
    /// The number of the event that it follows from.
    pub cause_no: Option<i64>,
    pub at: Option<Timestamp>,
    /// `Alerting`, `Delta`, `Periodic`
    pub trigger: String,
    /// `Component.Variable`
    pub name: String,
    pub value: String,
    /// It is over.
    pub cleared: bool,
    /// Of the monitor that has noticed it; that one knows how urgent it is where the event does not say.
    pub monitor_no: Option<i64>,
    pub severity: Option<i64>,
    /// Of a technician's book: a code and a text.
    pub tech: Option<String>,
    pub connector: Option<ConnectorNo>,
    /// The session in which it happened, by the pile's name for it.
    pub session: Option<String>,
}
