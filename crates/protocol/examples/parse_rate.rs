//! How long a message takes from bytes to event and back, without a socket or a database:
//!
//! `cargo run --release -p pileops-protocol --example parse_rate`

use model::device::Answer;
use model::time::Timestamp;
use protocol::ocpp16::{Session, Settings};
use protocol::{Asked, Output};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 300_000;

fn main() {
    let metered = |values: &str| {
        format!(
            r#","MeterValues",{{"connectorId":1,"transactionId":123456,"meterValue":[{{"timestamp":"2026-07-15T02:30:05.000Z","sampledValue":[{values}]}}]}}]"#
        )
    };
    let one = r#"{"value":"1234567","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}"#;
    let five = [
        one,
        r#"{"value":"59.8","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"kW"}"#,
        r#"{"value":"398.2","context":"Sample.Periodic","measurand":"Voltage","unit":"V"}"#,
        r#"{"value":"150.2","context":"Sample.Periodic","measurand":"Current.Import","unit":"A"}"#,
        r#"{"value":"61","context":"Sample.Periodic","measurand":"SoC","unit":"Percent","location":"EV"}"#,
    ]
    .join(",");
    rate("Heartbeat", r#","Heartbeat",{}]"#);
    rate(
        "StatusNotification",
        r#","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"2026-07-15T02:30:05.000Z"}]"#,
    );
    rate("MeterValues, 1 value", &metered(one));
    rate("MeterValues, 5 values", &metered(&five));
    rate("MeterValues, refused", &metered(&five).replace("61", "\\ud800"));
    println!("a session takes {} bytes", size_of::<Session>());
}

fn rate(name: &str, rest: &str) {
    let now = Timestamp::from_ms(1_784_082_605_123);
    let messages: Vec<Vec<u8>> = (0..1000).map(|id| format!(r#"[2,"{id:08}"{rest}"#).into_bytes()).collect();
    let mut session = Session::new(now, Settings::default());
    let begun = Instant::now();
    for round in 0..ROUNDS {
        session.receive(black_box(&messages[round as usize % messages.len()]), now);
        while let Some(output) = session.next() {
            if let Output::Event { asked: Asked::Ocpp16(asked), event, frame } = output {
                black_box((event, frame));
                let answer = Ok(Answer::Noted);
                let bytes = asked.render(&answer, now);
                session.answered(&asked, &answer, &bytes, now);
                black_box(bytes);
            }
        }
    }
    let each = begun.elapsed().as_nanos() / u128::from(ROUNDS);
    println!("{name:24} {each:6} ns each, {} bytes", messages[0].len());
}
