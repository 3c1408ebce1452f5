//! The messages of whole sessions, as one pile says them over and over: Authorize,
//! StartTransaction, StatusNotification, 4 × MeterValues, StopTransaction, StatusNotification; in OCPP
//! 2.0.1 the start, the values and the stop are TransactionEvents.
//!
//! A message is written once and kept until it is answered, because a pile that lost its link sends
//! the same words again.

use super::call::integer_after;
use super::witness::{Line, Witness};
use super::{Speech, words2, words16};
use model::time::Timestamp;

pub const STEPS: u8 = 9;
pub const START: u8 = 1;
pub const METERS: std::ops::RangeInclusive<u8> = 3..=6;
pub const STOP: u8 = 7;

/// Sessions of a load run last milliseconds; a register in whole watt-hours that grows by one per
/// reading is what a meter would show at most.
const WH_PER_READING: i64 = 1;

/// What a message says, in whatever words.
pub struct Said<'a> {
    pub step: u8,
    pub tag: &'a str,
    pub transaction: i64,
    pub meter_wh: i64,
}

pub struct Cycle {
    speech: Speech,
    step: u8,
    /// Status messages to say before the first session.
    idle_first: u8,
    tag: String,
    transaction: i64,
    meter_wh: i64,
    meter_start_wh: i64,
    started_at: Timestamp,
    at: Timestamp,
    body: Vec<u8>,
}

/// What an answer meant for the run's tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Went,
    Started,
    Stopped,
    /// Start was answered without a transaction id, or its tag was refused.
    Refused,
}

impl Cycle {
    pub fn new(speech: Speech, tag: &str) -> Cycle {
        Cycle {
            speech,
            step: 0,
            idle_first: 0,
            tag: tag.to_owned(),
            transaction: 0,
            meter_wh: 1_000_000,
            meter_start_wh: 0,
            started_at: Timestamp::from_ms(0),
            at: Timestamp::from_ms(0),
            body: Vec::with_capacity(700),
        }
    }

    /// Lets piles of an open loop stand at different places of their sessions: pile number `place`
    /// begins with some harmless status messages.
    pub fn stagger(&mut self, place: usize) {
        self.idle_first = u8::try_from(place % usize::from(STEPS)).unwrap_or(0);
    }

    /// No session is under way.
    pub fn between_sessions(&self) -> bool {
        self.step == 0
    }

    /// Writes the next message, stamped with this moment.
    pub fn write(&mut self, now: Timestamp, stamp: &mut Stamp) -> &[u8] {
        self.at = now;
        let time = stamp.text(now);
        let out = &mut self.body;
        out.clear();
        if self.step == START {
            (self.started_at, self.meter_start_wh) = (now, self.meter_wh);
            if self.speech == Speech::Ocpp201 {
                self.transaction = now.as_ms();
            }
        } else if METERS.contains(&self.step) {
            self.meter_wh += WH_PER_READING;
        }
        let said = Said {
            step: if self.idle_first > 0 && self.step == 0 { STEPS - 1 } else { self.step },
            tag: &self.tag,
            transaction: self.transaction,
            meter_wh: self.meter_wh,
        };
        match self.speech {
            Speech::Ocpp201 => words2::write(out, &said, time),
            _ => words16::write(out, &said, time),
        }
        &self.body
    }

    /// What was written last, for sending it again.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The last message was answered; the witness learns of acknowledged transactions only now.
    pub fn answered(&mut self, answer: &[u8], pile: &str, witness: Option<&Witness>) -> Progress {
        if self.step == 0 && self.idle_first > 0 {
            self.idle_first -= 1;
            return Progress::Went;
        }
        let step = self.step;
        self.step = (step + 1) % STEPS;
        match step {
            START => {
                if self.speech == Speech::Ocpp16 {
                    let Some(id) = integer_after(answer, b"\"transactionId\"") else {
                        self.step = 0;
                        return Progress::Refused;
                    };
                    self.transaction = id;
                }
                self.tell(witness, pile, false);
                let accepted = answer.windows(10).any(|w| w == b"\"Accepted\"");
                if accepted { Progress::Started } else { Progress::Refused }
            }
            STOP => {
                self.tell(witness, pile, true);
                Progress::Stopped
            }
            _ => Progress::Went,
        }
    }

    /// The last message was answered with an error: a session that did not start is given up.
    pub fn failed(&mut self) {
        self.step = if self.step <= START { 0 } else { (self.step + 1) % STEPS };
    }

    fn tell(&self, witness: Option<&Witness>, pile: &str, stopped: bool) {
        if let Some(witness) = witness {
            witness.tell(&Line {
                kind: if stopped { "stop" } else { "start" },
                pile,
                transaction: &self.transaction.to_string(),
                meter_start_wh: self.meter_start_wh,
                meter_stop_wh: stopped.then_some(self.meter_wh),
                started_at: self.started_at,
                stopped_at: stopped.then_some(self.at),
            });
        }
    }
}

/// RFC 3339 text of the moment; what does not change within a second is kept.
pub struct Stamp {
    second: i64,
    text: [u8; 24],
}

impl Default for Stamp {
    fn default() -> Stamp {
        Stamp { second: i64::MIN, text: *b"1970-01-01T00:00:00.000Z" }
    }
}

impl Stamp {
    pub fn text(&mut self, now: Timestamp) -> &[u8] {
        let second = now.as_ms().div_euclid(1_000);
        if second != self.second {
            let text = now.rfc3339();
            if text.len() == self.text.len() {
                self.text.copy_from_slice(text.as_bytes());
                self.second = second;
            }
        }
        let ms = now.as_ms().rem_euclid(1_000);
        for (place, unit) in [(20, 100), (21, 10), (22, 1)] {
            self.text[place] = b'0' + u8::try_from(ms / unit % 10).unwrap_or(0);
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_says_nine_valid_messages_and_uses_the_transaction_it_was_given() {
        let mut cycle = Cycle::new(Speech::Ocpp16, "TAG7");
        let mut stamp = Stamp::default();
        let mut said = Vec::new();
        let mut platform = protocol::ocpp16::Session::new(Timestamp::from_ms(0), Default::default());
        for step in 0..18i64 {
            let now = Timestamp::from_ms(1_750_000_000_000 + step * 7);
            let mut whole = format!("[2,\"{step}\",").into_bytes();
            whole.extend_from_slice(cycle.write(now, &mut stamp));
            let call: (u8, String, String, serde_json::Value) = serde_json::from_slice(&whole).unwrap();
            platform.receive(&whole, now);
            let rejected =
                platform.next().is_none_or(|output| matches!(output, protocol::Output::Rejected { .. }));
            assert!(!rejected, "{}", String::from_utf8_lossy(&whole));
            if let Some(id) = call.3.get("transactionId") {
                assert_eq!(id, 42 + step / 9);
            }
            if let Some(time) = call.3.get("timestamp") {
                assert_eq!(Timestamp::parse(time.as_str().unwrap()), Some(now));
            }
            said.push(call.2);
            let answer = format!(
                r#"[3,"1",{{"transactionId":{},"idTagInfo":{{"status":"Accepted"}}}}]"#,
                42 + step / 9
            );
            let progress = cycle.answered(answer.as_bytes(), "P", None);
            assert_eq!(progress == Progress::Stopped, step % 9 == 7);
        }
        let meter = "MeterValues";
        let status = "StatusNotification";
        let one =
            ["Authorize", "StartTransaction", status, meter, meter, meter, meter, "StopTransaction", status];
        assert_eq!(said[..9], one);
        assert_eq!(said[9..], one);
    }

    #[test]
    fn in_2_0_1_a_cycle_is_one_transaction_whose_events_are_counted() {
        let mut cycle = Cycle::new(Speech::Ocpp201, "TAG7");
        let mut stamp = Stamp::default();
        let (mut said, mut numbers, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let spoken = model::site::Protocol::Ocpp201;
        let mut platform = protocol::ocpp2::Session::new(spoken, Timestamp::from_ms(0), Default::default());
        for step in 0..18i64 {
            let now = Timestamp::from_ms(1_750_000_000_000 + step * 7);
            let mut whole = format!("[2,\"{step}\",").into_bytes();
            whole.extend_from_slice(cycle.write(now, &mut stamp));
            let call: (u8, String, String, serde_json::Value) = serde_json::from_slice(&whole).unwrap();
            platform.receive(&whole, now);
            let rejected =
                platform.next().is_none_or(|output| matches!(output, protocol::Output::Rejected { .. }));
            assert!(!rejected, "{}", String::from_utf8_lossy(&whole));
            if let Some(number) = call.3["seqNo"].as_i64() {
                numbers.push(number);
                names.push(call.3["transactionInfo"]["transactionId"].as_str().unwrap().to_owned());
            }
            said.push(call.2);
            let progress = cycle.answered(br#"[3,"1",{"idTokenInfo":{"status":"Accepted"}}]"#, "P", None);
            assert_eq!(progress == Progress::Stopped, step % 9 == 7);
        }
        assert_eq!(said.iter().filter(|action| *action == "TransactionEvent").count(), 12);
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
        assert_eq!(names[..6], vec![names[0].clone(); 6]);
        assert_ne!(names[0], names[6]);
    }
}
