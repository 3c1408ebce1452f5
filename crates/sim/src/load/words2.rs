//! The messages of a session in the words of OCPP 2.0.1: the transaction is one TransactionEvent after
//! another, and bears a name of the pile's own.

use super::call::number;
use super::session::{METERS, START, STOP, Said};

pub const BOOT: &[u8] = b"\"BootNotification\",{\"reason\":\"PowerUp\",\
    \"chargingStation\":{\"vendorName\":\"PileOps\",\"model\":\"Load\",\"firmwareVersion\":\"1.0\"}}]";

pub fn write(out: &mut Vec<u8>, said: &Said<'_>, time: &[u8]) {
    match said.step {
        0 => {
            out.extend_from_slice(b"\"Authorize\",{");
            token(out, said.tag);
            out.extend_from_slice(b"}]");
        }
        START => {
            head(out, "Started", "Authorized", 0, said, time);
            out.extend_from_slice(b"},\"evse\":{\"id\":1,\"connectorId\":1},");
            token(out, said.tag);
            register(out, "Transaction.Begin", said, time);
            out.extend_from_slice(b"}]}]}]");
        }
        2 => status(out, 1, "Occupied", time),
        STOP => {
            head(out, "Ended", "StopAuthorized", u64::from(STOP) - 2, said, time);
            out.extend_from_slice(b",\"stoppedReason\":\"Local\"},");
            token(out, said.tag);
            register(out, "Transaction.End", said, time);
            out.extend_from_slice(b"}]}]}]");
        }
        step if METERS.contains(&step) => {
            head(out, "Updated", "MeterValuePeriodic", u64::from(step) - 2, said, time);
            out.extend_from_slice(b",\"chargingState\":\"Charging\"}");
            register(out, "Sample.Periodic", said, time);
            out.extend_from_slice(
                b"},{\"value\":60000,\"measurand\":\"Power.Active.Import\",\"unitOfMeasure\":{\"unit\":\"W\"}},\
                  {\"value\":400.2,\"measurand\":\"Voltage\"},{\"value\":149.9,\"measurand\":\"Current.Import\"},{\"value\":",
            );
            number(out, 40 + u64::from(step));
            out.extend_from_slice(b",\"measurand\":\"SoC\"}]}]}]");
        }
        _ => status(out, 1, "Available", time),
    }
}

fn token(out: &mut Vec<u8>, tag: &str) {
    out.extend_from_slice(b"\"idToken\":{\"idToken\":\"");
    out.extend_from_slice(tag.as_bytes());
    out.extend_from_slice(b"\",\"type\":\"ISO14443\"}");
}

/// Up to the open transactionInfo.
fn head(out: &mut Vec<u8>, event: &str, trigger: &str, number_in_it: u64, said: &Said<'_>, time: &[u8]) {
    out.extend_from_slice(b"\"TransactionEvent\",{\"eventType\":\"");
    out.extend_from_slice(event.as_bytes());
    out.extend_from_slice(b"\",\"triggerReason\":\"");
    out.extend_from_slice(trigger.as_bytes());
    out.extend_from_slice(b"\",\"seqNo\":");
    number(out, number_in_it);
    out.extend_from_slice(b",\"timestamp\":\"");
    out.extend_from_slice(time);
    out.extend_from_slice(b"\",\"transactionInfo\":{\"transactionId\":\"");
    out.extend_from_slice(said.tag.as_bytes());
    out.push(b'-');
    number(out, said.transaction.unsigned_abs());
    out.push(b'"');
}

/// Up to the open sampledValue with the register.
fn register(out: &mut Vec<u8>, context: &str, said: &Said<'_>, time: &[u8]) {
    out.extend_from_slice(b",\"meterValue\":[{\"timestamp\":\"");
    out.extend_from_slice(time);
    out.extend_from_slice(b"\",\"sampledValue\":[{\"value\":");
    number(out, said.meter_wh.unsigned_abs());
    out.extend_from_slice(b",\"context\":\"");
    out.extend_from_slice(context.as_bytes());
    out.extend_from_slice(
        b"\",\"measurand\":\"Energy.Active.Import.Register\",\"unitOfMeasure\":{\"unit\":\"Wh\"}",
    );
}

pub fn status(out: &mut Vec<u8>, connector: usize, status: &str, time: &[u8]) {
    out.extend_from_slice(b"\"StatusNotification\",{\"evseId\":");
    number(out, connector as u64);
    out.extend_from_slice(b",\"connectorId\":1,\"connectorStatus\":\"");
    out.extend_from_slice(status.as_bytes());
    out.extend_from_slice(b"\",\"timestamp\":\"");
    out.extend_from_slice(time);
    out.extend_from_slice(b"\"}]");
}
