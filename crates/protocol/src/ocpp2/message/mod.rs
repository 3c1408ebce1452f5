//! What is done with which message of OCPP 2.0.1 and 2.1: one table. Messages with a meaning for the
//! business have a file each; the rest is checked, kept with the frames, and answered as the table says.

pub mod authorize;
pub mod boot_notification;
pub mod command;
pub mod display;
pub mod heartbeat;
pub mod iso15118;
pub mod limit;
pub mod meter_values;
pub mod monitor;
pub mod needs;
pub mod notify_event;
pub mod notify_report;
pub mod sign_certificate;
pub mod status_notification;
pub mod tariff;
pub mod transaction_event;
pub mod transfer;

use crate::ocpp::json::Node;
use crate::ocpp::{profile, vendor};
use model::device::DeviceEvent;
use model::reservation::ReservationEnd;

/// A message that a pile may send.
#[derive(Debug)]
pub struct Message {
    pub name: &'static str,
    pub means: Means,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Authorize,
    Boot,
    Data,
    Heartbeat,
    Metered,
    Status,
    Transaction,
    /// Variables, all or those that changed.
    Report,
    Event,
    Monitors,
    /// What the pile shows to people.
    Displays,
    /// What the pile knows of a customer.
    Customer,
    Certificate,
    /// Passed on to whoever serves ISO 15118.
    Iso15118,
    Reservation,
    /// What the car wants of the session's power.
    Needs,
    /// What limits the pile, and by whom.
    Profiles,
    /// Firmware under way, a log, and what is offered to others.
    Firmware,
    Log,
    Published,
    Security,
    /// Kept with the frames; the answer is always this.
    Noted(&'static str),
    /// OCPP 2.1: kept, and not answered.
    Stream,
}

use Means::{Noted, Stream};

const NOTHING: Means = Noted("{}");
/// What the platform does not serve, in the message's own word for it.
const REJECTED: Means = Noted(r#"{"status":"Rejected"}"#);

const fn row(name: &'static str, means: Means) -> Message {
    Message { name, means }
}

/// By name. What is missing here and in the standard is answered with `NotSupported`: a pile may not ask
/// it, or (GetCertificateChainStatus, VatNumberValidation) there is no answer without the service itself.
pub static MESSAGES: [Message; 36] = [
    row("Authorize", Means::Authorize),
    row("BatterySwap", NOTHING),
    row("BootNotification", Means::Boot),
    row("ClearedChargingLimit", Means::Profiles),
    row("ClosePeriodicEventStream", NOTHING),
    row("DataTransfer", Means::Data),
    row("FirmwareStatusNotification", Means::Firmware),
    row("Get15118EVCertificate", Means::Iso15118),
    row("GetCertificateStatus", Means::Iso15118),
    row("Heartbeat", Means::Heartbeat),
    row("LogStatusNotification", Means::Log),
    row("MeterValues", Means::Metered),
    row("NotifyChargingLimit", Means::Profiles),
    row("NotifyCustomerInformation", Means::Customer),
    row("NotifyDERAlarm", NOTHING),
    row("NotifyDERStartStop", NOTHING),
    row("NotifyDisplayMessages", Means::Displays),
    row("NotifyEVChargingNeeds", Means::Needs),
    row("NotifyEVChargingSchedule", Noted(r#"{"status":"Accepted"}"#)),
    row("NotifyEvent", Means::Event),
    row("NotifyMonitoringReport", Means::Monitors),
    row("NotifyPeriodicEventStream", Stream),
    row("NotifyPriorityCharging", NOTHING),
    row("NotifyReport", Means::Report),
    row("NotifySettlement", NOTHING),
    row("NotifyWebPaymentStarted", NOTHING),
    row("OpenPeriodicEventStream", REJECTED),
    row("PublishFirmwareStatusNotification", Means::Published),
    row("PullDynamicScheduleUpdate", REJECTED),
    row("ReportChargingProfiles", Means::Profiles),
    row("ReportDERControl", NOTHING),
    row("ReservationStatusUpdate", Means::Reservation),
    row("SecurityEventNotification", Means::Security),
    row("SignCertificate", Means::Certificate),
    row("StatusNotification", Means::Status),
    row("TransactionEvent", Means::Transaction),
];

pub fn find(name: &str) -> Option<&'static Message> {
    MESSAGES.iter().find(|message| message.name == name)
}

/// Records of money are not refused for an unreadable time.
pub fn loose_times(name: &str) -> bool {
    name == "TransactionEvent"
}

impl Message {
    /// In the words of charging; a heartbeat says nothing.
    pub fn event(&self, payload: &Node) -> Option<DeviceEvent> {
        Some(match self.means {
            Means::Authorize => authorize::event(payload),
            Means::Boot => boot_notification::event(payload),
            Means::Data => DeviceEvent::Data(vendor::message(payload)),
            Means::Displays => display::event(payload),
            Means::Customer => display::customer(payload),
            Means::Heartbeat => return None,
            Means::Metered => meter_values::event(payload),
            Means::Status => status_notification::event(payload),
            Means::Transaction => transaction_event::event(payload)?,
            Means::Report => notify_report::event(payload),
            Means::Event => notify_event::event(payload),
            Means::Monitors => monitor::event(payload),
            Means::Certificate => sign_certificate::event(payload),
            Means::Iso15118 => iso15118::event(self.name, payload),
            Means::Needs => needs::event(payload),
            Means::Profiles => DeviceEvent::Profiles(profile::reported(self.name, payload)),
            Means::Reservation => DeviceEvent::Reservation(ReservationEnd {
                id: payload.integer("reservationId").unwrap_or(-1),
                expired: payload.get("reservationUpdateStatus").and_then(Node::text) == Some("Expired"),
            }),
            Means::Firmware => transfer::event(true, payload),
            Means::Log => transfer::event(false, payload),
            Means::Published => transfer::published(payload),
            Means::Security => crate::ocpp::transfer::security_event(payload),
            Means::Noted(_) | Means::Stream => DeviceEvent::Noted { what: self.name },
        })
    }

    /// Whether the answer is always `{}`.
    pub fn answers_nothing(&self) -> bool {
        use Means::{
            Customer, Displays, Event, Firmware, Log, Metered, Monitors, Profiles, Published, Report,
            Reservation, Security, Status,
        };
        let told = matches!(self.means, Firmware | Log | Published | Reservation | Security);
        let told = told || matches!(self.means, Displays | Customer);
        told || matches!(self.means, Status | Metered | Monitors | Report | Event | Profiles)
            || self.means == NOTHING
    }

    /// Whether the message belongs to a charging session, so that losing it loses money or truth.
    pub fn is_record(&self) -> bool {
        matches!(self.means, Means::Transaction | Means::Metered | Means::Status)
    }
}

/// The connector is the EVSE: one car at a time, whatever sockets it has. A number beyond any pile's is
/// left to the engine, which keeps the message and doubts it.
pub fn connector(evse: Option<i64>) -> u16 {
    evse.map_or(0, |evse| u16::try_from(evse).unwrap_or(u16::MAX))
}
