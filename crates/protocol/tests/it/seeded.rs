//! The fuzz targets' bodies on seeded noise and on what the targets have found worth keeping: the
//! same on every run, on the stable compiler.

use crate::noise;

const OCPP: [&str; 9] = [
    r#"[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]"#,
    r#"[2,"2","Heartbeat",{}]"#,
    r#"[2,"3","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]"#,
    r#"[2,"4","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-07-15T02:30:05Z"}]"#,
    r#"[2,"5","MeterValues",{"connectorId":1,"transactionId":1,"meterValue":[{"timestamp":"2026-07-15T02:30:05Z","sampledValue":[{"value":"1.5","unit":"kWh","phase":"L1"}]}]}]"#,
    r#"[2,"6","StopTransaction",{"transactionId":1,"meterStop":9,"timestamp":"2026-07-15T02:30:05Z","reason":"Local"}]"#,
    r#"[2,"7","DataTransfer",{"vendorId":"桩","data":"\u0000"}]"#,
    r#"[3,"19f63c9cf03-1",{"status":"Accepted"}]"#,
    r#"[4,"19f63c9cf03-2","InternalError","x",{}]"#,
];

const OCPP2: [&str; 9] = [
    r#"[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"m","vendorName":"v"}}]"#,
    r#"[2,"2","Heartbeat",{}]"#,
    r#"[2,"3","StatusNotification",{"timestamp":"2026-07-15T02:30:05Z","connectorStatus":"Occupied","evseId":1,"connectorId":1}]"#,
    r#"[2,"4","TransactionEvent",{"eventType":"Started","timestamp":"2026-07-15T02:30:05Z","triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"t","remoteStartId":7},"evse":{"id":1},"idToken":{"idToken":"A","type":"ISO14443"},"meterValue":[{"timestamp":"2026-07-15T02:30:05Z","sampledValue":[{"value":1.5,"context":"Transaction.Begin","unitOfMeasure":{"unit":"kWh","multiplier":-3}}]}]}]"#,
    r#"[2,"5","TransactionEvent",{"eventType":"Ended","timestamp":"2026-07-15T02:40:05Z","triggerReason":"EVDeparted","seqNo":1,"transactionInfo":{"transactionId":"t","stoppedReason":"Local"}}]"#,
    r#"[2,"6","NotifyReport",{"requestId":1,"generatedAt":"2026-07-15T02:30:05Z","seqNo":0,"reportData":[{"component":{"name":"A"},"variable":{"name":"b"},"variableAttribute":[{"value":"桩\u0000"}]}]}]"#,
    r#"[6,"7","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-07-15T02:30:05Z","data":[{"t":0,"v":"1"}]}]"#,
    r#"[3,"19f63c9cf03-1",{"status":"Accepted"}]"#,
    r#"[5,"19f63c9cf03-2","InternalError","x",{}]"#,
];

const PIECES: [&str; 12] =
    ["\"", "[", "]", "{", "}", ",", "null", "1e999", "\\ud800", "-1", "\u{1f50c}", "\n"];

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }

    /// A few changes: a byte turned, bytes cut out, doubled or put in.
    fn mutate(&mut self, bytes: &mut Vec<u8>, pieces: &[&[u8]]) {
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = at + self.below(bytes.len() - at + 1).min(24);
            match self.below(5) {
                0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                1 => drop(bytes.drain(at..end)),
                2 => bytes.extend_from_within(at..end),
                3 => bytes.truncate(at.max(8)),
                _ => drop(bytes.splice(at..at, pieces[self.below(pieces.len())].iter().copied())),
            }
        }
    }
}

#[test]
fn ocpp_takes_any_noise() {
    take_noise(&OCPP, noise::ocpp16);
}

#[test]
fn ocpp2_takes_any_noise() {
    take_noise(&OCPP2, noise::ocpp2);
}

fn take_noise(messages: &[&str], take: fn(&[u8])) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let pieces = PIECES.map(str::as_bytes);
    for _ in 0..15_000 {
        let mut data = Vec::new();
        for _ in 0..=random.below(6) {
            if random.below(4) == 0 {
                data.extend([b'!', 14 + random.below(240) as u8, b'\n']);
            }
            let mut message = messages[random.below(messages.len())].as_bytes().to_vec();
            random.mutate(&mut message, &pieces);
            data.extend(message);
            data.push(b'\n');
        }
        take(&data);
    }
}

#[test]
fn ykc_takes_any_noise() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let text = include_str!("../../testdata/ykc/vectors.txt").lines().filter(|line| !line.starts_with('#'));
    let frames: Vec<Vec<u8>> = text.filter_map(|line| line.split_whitespace().nth(2)).map(unhex).collect();
    assert!(frames.len() > 50);
    // The log-in comes first, so that what follows is let in; S and G vectors name different piles.
    let logins: Vec<&Vec<u8>> = frames.iter().filter(|frame| frame[5] == 0x01).collect();
    let pieces: [&[u8]; 4] = [&[0x68], &[0x68, 0xff], &[0; 9], &[0xff; 9]];
    for round in 0..15_000 {
        let mut data = vec![[255, 64, 7, 1][round % 4], random.below(256) as u8];
        data.extend(logins[random.below(logins.len())]);
        for _ in 0..random.below(8) {
            let mut frame = frames[random.below(frames.len())].clone();
            random.mutate(&mut frame, &pieces);
            data.extend(with_crc(frame, random.below(4) > 0));
        }
        noise::ykc(&data);
    }
}

/// What `make fuzz` has kept: inputs that reach every part of the sessions that noise has reached so
/// far, and whatever has failed once.
#[test]
fn the_kept_corpus_is_taken() {
    let kept = [
        (include_str!("../../testdata/noise/ocpp16.txt"), noise::ocpp16 as fn(&[u8])),
        (include_str!("../../testdata/noise/ocpp2.txt"), noise::ocpp2),
        (include_str!("../../testdata/noise/ykc.txt"), noise::ykc),
    ];
    for (inputs, take) in kept {
        assert!(inputs.lines().count() > 100);
        inputs.lines().for_each(|input| take(&unhex(input)));
    }
}

/// Noise behind a right CRC gets further than noise.
fn with_crc(mut frame: Vec<u8>, mend: bool) -> Vec<u8> {
    let end = frame.len().saturating_sub(2);
    if mend && (6..=255).contains(&end) {
        frame[0] = 0x68;
        frame[1] = u8::try_from(end - 2).unwrap();
        let crc = protocol::ykc::frame::crc16(&frame[2..end]).to_le_bytes();
        frame[end..].copy_from_slice(&crc);
    }
    frame
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |b: u8| u8::try_from(char::from(b).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}
