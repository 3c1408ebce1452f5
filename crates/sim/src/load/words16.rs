//! The messages of a session in the words of OCPP 1.6.

use super::call::number;
use super::session::{METERS, START, STOP, Said};

pub const BOOT: &[u8] = b"\"BootNotification\",{\"chargePointVendor\":\"PileOps\",\
    \"chargePointModel\":\"Load\",\"firmwareVersion\":\"1.0\"}]";

pub fn write(out: &mut Vec<u8>, said: &Said<'_>, time: &[u8]) {
    match said.step {
        0 => {
            out.extend_from_slice(b"\"Authorize\",{\"idTag\":\"");
            out.extend_from_slice(said.tag.as_bytes());
            out.extend_from_slice(b"\"}]");
        }
        START => {
            out.extend_from_slice(b"\"StartTransaction\",{\"connectorId\":1,\"idTag\":\"");
            out.extend_from_slice(said.tag.as_bytes());
            out.extend_from_slice(b"\",\"meterStart\":");
            number(out, said.meter_wh.unsigned_abs());
            close_with_time(out, time);
        }
        2 => status(out, 1, "Charging", time),
        STOP => {
            out.extend_from_slice(b"\"StopTransaction\",{\"transactionId\":");
            number(out, said.transaction.unsigned_abs());
            out.extend_from_slice(b",\"idTag\":\"");
            out.extend_from_slice(said.tag.as_bytes());
            out.extend_from_slice(b"\",\"reason\":\"Local\",\"meterStop\":");
            number(out, said.meter_wh.unsigned_abs());
            close_with_time(out, time);
        }
        step if METERS.contains(&step) => meter_values(out, said, time),
        _ => status(out, 1, "Available", time),
    }
}

fn close_with_time(out: &mut Vec<u8>, time: &[u8]) {
    out.extend_from_slice(b",\"timestamp\":\"");
    out.extend_from_slice(time);
    out.extend_from_slice(b"\"}]");
}

pub fn status(out: &mut Vec<u8>, connector: usize, status: &str, time: &[u8]) {
    out.extend_from_slice(b"\"StatusNotification\",{\"connectorId\":");
    number(out, connector as u64);
    out.extend_from_slice(b",\"errorCode\":\"NoError\",\"status\":\"");
    out.extend_from_slice(status.as_bytes());
    out.push(b'"');
    close_with_time(out, time);
}

fn meter_values(out: &mut Vec<u8>, said: &Said<'_>, time: &[u8]) {
    out.extend_from_slice(b"\"MeterValues\",{\"connectorId\":1,\"transactionId\":");
    number(out, said.transaction.unsigned_abs());
    out.extend_from_slice(b",\"meterValue\":[{\"timestamp\":\"");
    out.extend_from_slice(time);
    out.extend_from_slice(b"\",\"sampledValue\":[{\"value\":\"");
    number(out, said.meter_wh.unsigned_abs());
    out.extend_from_slice(
        b"\",\"context\":\"Sample.Periodic\",\"measurand\":\"Energy.Active.Import.Register\",\"unit\":\"Wh\"},\
          {\"value\":\"60000\",\"measurand\":\"Power.Active.Import\",\"unit\":\"W\"},\
          {\"value\":\"400.2\",\"measurand\":\"Voltage\",\"unit\":\"V\"},\
          {\"value\":\"149.9\",\"measurand\":\"Current.Import\",\"unit\":\"A\"},{\"value\":\"",
    );
    number(out, 40 + u64::from(said.step));
    out.extend_from_slice(b"\",\"measurand\":\"SoC\",\"unit\":\"Percent\"}]}]}]");
}
