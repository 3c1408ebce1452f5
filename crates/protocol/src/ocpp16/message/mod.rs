//! The messages of OCPP 1.6, one file each (the commands of the platform share one, being alike).
//!
//! A request from the pile is read straight from the wire into a borrowed type; the type is as strict
//! as the official schema, and a test compares the two case by case.

pub mod authorize;
pub mod boot_notification;
pub mod command;
pub mod data_transfer;
pub mod heartbeat;
pub mod limit;
pub mod meter_values;
pub mod noted;
pub mod sign_certificate;
pub mod start_transaction;
pub mod status_notification;
pub mod stop_transaction;
pub mod transfer;

use super::schemas;
use crate::ocpp::text::{Object, words};
use model::device::DeviceEvent;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error};

words! {
    /// What a pile may ask of us.
    pub enum Action {
        "Authorize" => Authorize,
        "BootNotification" => BootNotification,
        "DataTransfer" => DataTransfer,
        "DiagnosticsStatusNotification" => DiagnosticsStatusNotification,
        "FirmwareStatusNotification" => FirmwareStatusNotification,
        "Heartbeat" => Heartbeat,
        "LogStatusNotification" => LogStatusNotification,
        "MeterValues" => MeterValues,
        "SecurityEventNotification" => SecurityEventNotification,
        "SignCertificate" => SignCertificate,
        "SignedFirmwareStatusNotification" => SignedFirmwareStatusNotification,
        "StartTransaction" => StartTransaction,
        "StatusNotification" => StatusNotification,
        "StopTransaction" => StopTransaction,
    }
}

impl Action {
    /// Whether the answer is always `{}`, whatever was decided.
    pub fn answers_nothing(self) -> bool {
        matches!(
            self,
            Action::StatusNotification
                | Action::MeterValues
                | Action::DiagnosticsStatusNotification
                | Action::FirmwareStatusNotification
                | Action::LogStatusNotification
                | Action::SecurityEventNotification
                | Action::SignedFirmwareStatusNotification
        )
    }

    /// Whether the message belongs to a charging session, so that losing it loses money or truth.
    pub fn is_record(self) -> bool {
        matches!(
            self,
            Action::StartTransaction
                | Action::StopTransaction
                | Action::MeterValues
                | Action::StatusNotification
        )
    }

    /// Records of money are not refused for an unreadable time.
    pub fn loose_times(self) -> bool {
        matches!(self, Action::StartTransaction | Action::StopTransaction)
    }
}

/// A request of the pile, read.
#[derive(Debug)]
pub enum Request<'a> {
    Authorize(authorize::Request<'a>),
    BootNotification(boot_notification::Request<'a>),
    DataTransfer(data_transfer::Request<'a>),
    Heartbeat,
    MeterValues(meter_values::Request<'a>),
    SignCertificate(sign_certificate::Request<'a>),
    StartTransaction(start_transaction::Request<'a>),
    StatusNotification(status_notification::Request<'a>),
    StopTransaction(stop_transaction::Request<'a>),
    Transfer(transfer::Request),
    SecurityEvent(transfer::SecurityEvent),
}

impl Request<'_> {
    /// In the words of charging; a heartbeat says nothing.
    pub fn event(&self) -> Option<DeviceEvent> {
        Some(match self {
            Request::Authorize(request) => request.event(),
            Request::BootNotification(request) => request.event(),
            Request::DataTransfer(request) => request.event(),
            Request::Heartbeat => return None,
            Request::MeterValues(request) => request.event(),
            Request::SignCertificate(request) => request.event(),
            Request::StartTransaction(request) => request.event(),
            Request::StatusNotification(request) => request.event(),
            Request::StopTransaction(request) => request.event(),
            Request::Transfer(request) => request.event(),
            Request::SecurityEvent(request) => request.event(),
        })
    }
}

/// Reads the payload that belongs to an action.
impl<'de> DeserializeSeed<'de> for Action {
    type Value = Request<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Request<'de>, D::Error> {
        fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
            Object::<T>::deserialize(from).map(|object| object.0)
        }
        Ok(match self {
            Action::Authorize => Request::Authorize(read(from)?),
            Action::BootNotification => Request::BootNotification(read(from)?),
            Action::DataTransfer => Request::DataTransfer(read(from)?),
            Action::Heartbeat => {
                Option::<Object<heartbeat::Request>>::deserialize(from)?;
                Request::Heartbeat
            }
            Action::MeterValues => Request::MeterValues(read(from)?),
            Action::SignCertificate => Request::SignCertificate(read(from)?),
            Action::StartTransaction => Request::StartTransaction(read(from)?),
            Action::StatusNotification => Request::StatusNotification(read(from)?),
            Action::StopTransaction => Request::StopTransaction(read(from)?),
            Action::DiagnosticsStatusNotification
            | Action::FirmwareStatusNotification
            | Action::LogStatusNotification
            | Action::SecurityEventNotification
            | Action::SignedFirmwareStatusNotification => {
                let operation = schemas::find(self.word()).ok_or_else(|| D::Error::custom("no schema"))?;
                let payload = noted::read(operation, from)?;
                if self == Action::SecurityEventNotification {
                    Request::SecurityEvent(transfer::security_event(&payload))
                } else {
                    Request::Transfer(transfer::request(self, &payload))
                }
            }
        })
    }
}
