//! The OCPP pile, messages in and messages out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use model::site::Protocol;
use model::time::Timestamp;
use serde_json::{Value, json};
use sim::car::{Car, MODELS};
use sim::pile::{Action, Output, Pile, PileConfig};

const START_MS: i64 = 1_750_000_000_000;

/// A pile and a server that accepts everything unless told otherwise.
struct Bench {
    pile: Pile,
    now: Timestamp,
    said: Vec<Value>,
    bytes: Vec<Vec<u8>>,
    hung_up: Vec<i64>,
    online: bool,
    transactions: i64,
    refuse: &'static str,
}

impl Bench {
    fn new(change: impl FnOnce(&mut PileConfig)) -> Bench {
        let mut config = PileConfig::new("P1", Protocol::Ocpp16, "ws://127.0.0.1:1/ocpp");
        change(&mut config);
        let now = Timestamp::from_ms(START_MS);
        let pile = Pile::new(config, now);
        let (said, bytes, hung_up) = (Vec::new(), Vec::new(), Vec::new());
        Bench { pile, now, said, bytes, hung_up, online: false, transactions: 100, refuse: "" }
    }

    fn up(mut self) -> Bench {
        self.link(true);
        self
    }

    fn link(&mut self, up: bool) {
        self.online = up;
        if up {
            self.pile.connected(self.now)
        } else {
            self.pile.disconnected(self.now)
        }
        self.serve();
    }

    fn serve(&mut self) {
        while let Some(output) = self.pile.next_output() {
            let Output::Send(bytes) = output else {
                let Output::HangUp { again_after_ms } = output else { unreachable!() };
                self.hung_up.push(again_after_ms);
                continue;
            };
            if !self.online {
                continue;
            }
            let message: Value = serde_json::from_slice(&bytes).unwrap();
            self.bytes.push(bytes);
            self.said.push(message.clone());
            if message[0] != 2 {
                continue;
            }
            let action = message[2].as_str().unwrap();
            let answer = if action == self.refuse {
                json!([4, message[1], "InternalError", "", {}])
            } else {
                json!([3, message[1], self.answer(action)])
            };
            self.pile.receive(answer.to_string().as_bytes(), self.now);
        }
    }

    fn answer(&mut self, action: &str) -> Value {
        match action {
            "BootNotification" => {
                json!({"status": "Accepted", "interval": 600, "currentTime": self.now.rfc3339()})
            }
            "StartTransaction" => {
                self.transactions += 1;
                json!({"transactionId": self.transactions, "idTagInfo": {"status": "Accepted"}})
            }
            _ => json!({"idTagInfo": {"status": "Accepted"}}),
        }
    }

    fn call(&mut self, action: &str, payload: Value) -> Value {
        let said = self.said.len();
        self.pile.receive(json!([2, "s1", action, payload]).to_string().as_bytes(), self.now);
        self.serve();
        self.said[said..].iter().find(|m| m[1] == "s1" && m[0] != 2).cloned().unwrap()
    }

    fn act(&mut self, action: Action) {
        self.pile.act(action, self.now);
        self.serve();
    }

    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now.plus_ms(1_000);
            self.pile.tick(self.now);
            self.serve();
        }
    }

    fn car(&self, from: i64, to: i64) -> Box<Car> {
        Box::new(Car::new(&MODELS[1], from, to))
    }

    /// Actions said since the last time, with the status of status messages.
    fn actions(&mut self) -> String {
        let words: Vec<String> = std::mem::take(&mut self.said)
            .iter()
            .filter(|m| m[0] == 2)
            .map(|m| match m[2].as_str().unwrap() {
                "StatusNotification" => {
                    format!("{}:{}", m[3]["connectorId"], m[3]["status"].as_str().unwrap())
                }
                other => other.to_owned(),
            })
            .collect();
        words.join(" ")
    }
}

#[test]
fn a_card_session_from_plug_to_available() {
    let mut bench = Bench::new(|_| ()).up();
    assert_eq!(bench.actions(), "BootNotification 0:Available 1:Available");
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    assert_eq!(bench.actions(), "1:Preparing Authorize StartTransaction 1:Charging");
    bench.pass(31);
    let meters = bench.said.clone();
    assert_eq!(bench.actions(), "MeterValues MeterValues");
    assert_eq!(meters[0][3]["transactionId"], 101);
    let samples = meters[0][3]["meterValue"][0]["sampledValue"].as_array().unwrap();
    let measurands: Vec<&str> = samples.iter().map(|s| s["measurand"].as_str().unwrap()).collect();
    let wanted = [
        "Energy.Active.Import.Register",
        "Power.Active.Import",
        "Voltage",
        "Current.Import",
        "Temperature",
        "SoC",
    ];
    assert_eq!(measurands, wanted);
    // The same card stops; the driver leaves after the dwell.
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    let stop = bench.said[0].clone();
    assert_eq!(bench.actions(), "StopTransaction 1:Finishing");
    assert_eq!((&stop[3]["transactionId"], &stop[3]["reason"]), (&json!(101), &json!("Local")));
    assert_eq!(stop[3]["transactionData"][1]["sampledValue"][0]["value"], stop[3]["meterStop"].to_string());
    bench.pass(500);
    assert_eq!(bench.actions(), "1:Available");
}

#[test]
fn a_full_dc_car_ends_its_session() {
    let mut bench = Bench::new(|c| c.meter_interval_ms = 60_000).up();
    let car = bench.car(70, 72);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    bench.actions();
    bench.pass(600);
    let stop = bench.said.iter().find(|m| m[2] == "StopTransaction").cloned().unwrap();
    let data = &stop[3]["transactionData"];
    let energy = |i: usize| data[i]["sampledValue"][0]["value"].as_str().unwrap().parse::<i64>().unwrap();
    // 2 % of 57.5 kWh and the losses.
    assert!((1_100..1_350).contains(&(energy(1) - energy(0))), "{}", energy(1) - energy(0));
}

#[test]
fn offline_messages_come_later_in_order_with_their_own_times() {
    let mut bench = Bench::new(|_| ()).up();
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    bench.pass(20);
    bench.actions();
    bench.link(false);
    let lost_at = bench.now;
    bench.pass(35);
    bench.act(Action::Unplug(1));
    let ended_at = bench.now;
    bench.pass(600);
    assert_eq!(bench.actions(), "", "nobody hears an offline pile");
    bench.link(true);
    let said = bench.said.clone();
    assert_eq!(bench.actions(), "MeterValues MeterValues StopTransaction 0:Available 1:Available");
    let times: Vec<Timestamp> = said[..3]
        .iter()
        .map(|m| m[3]["timestamp"].as_str().or(m[3]["meterValue"][0]["timestamp"].as_str()).unwrap())
        .map(|t| Timestamp::parse(t).unwrap())
        .collect();
    assert!(times.is_sorted() && times[0] > lost_at && times[2] == ended_at);
    assert!(said[..3].iter().all(|m| m[3]["transactionId"] == 101));
}

#[test]
fn an_offline_start_gets_its_number_when_the_link_is_back() {
    let mut bench = Bench::new(|c| c.behaviours.offline_start = true).up();
    bench.link(false);
    bench.actions();
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    let started_at = bench.now;
    bench.pass(20);
    bench.act(Action::Unplug(1));
    bench.link(true);
    let said = bench.said.clone();
    assert_eq!(bench.actions(), "StartTransaction MeterValues StopTransaction 0:Available 1:Available");
    assert_eq!(said[0][3]["timestamp"], started_at.rfc3339());
    assert_eq!(said[2][3]["transactionId"], 101);
}

#[test]
fn an_unanswered_stop_is_said_again_first_after_a_link_loss() {
    let mut bench = Bench::new(|_| ()).up();
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    // The stop goes out, the link dies before its answer.
    bench.pile.act(Action::Unplug(1), bench.now);
    let Some(Output::Send(first)) = bench.pile.next_output() else { panic!("the stop was not sent") };
    bench.actions();
    bench.link(false);
    bench.link(true);
    let again = bench.said[0].clone();
    let first: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(first[3], again[3], "the same words");
    assert_ne!(first[1], again[1], "under a new id");
}

#[test]
fn transaction_messages_are_tried_three_times() {
    let mut bench = Bench::new(|_| ()).up();
    bench.actions();
    bench.refuse = "StartTransaction";
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    bench.pass(9);
    assert_eq!(bench.said.iter().filter(|m| m[2] == "StartTransaction").count(), 1);
    bench.pass(100);
    assert_eq!(bench.said.iter().filter(|m| m[2] == "StartTransaction").count(), 3);
    assert!(!bench.actions().contains("MeterValues"), "a transaction without a name has no meter values");
}

#[test]
fn server_calls() {
    let mut bench = Bench::new(|c| c.behaviours.plug_on_remote_start = true).up();
    bench.actions();
    let status = |answer: &Value| answer[2]["status"].as_str().unwrap_or("?").to_owned();
    let start = bench.call("RemoteStartTransaction", json!({"connectorId": 1, "idTag": "APP"}));
    assert_eq!(status(&start), "Accepted");
    bench.pass(5);
    assert_eq!(bench.actions(), "1:Preparing StartTransaction 1:Charging");
    let twice = bench.call("RemoteStartTransaction", json!({"connectorId": 1, "idTag": "APP"}));
    assert_eq!(status(&twice), "Rejected");
    assert_eq!(
        status(&bench.call("ChangeAvailability", json!({"connectorId": 0, "type": "Inoperative"}))),
        "Scheduled"
    );
    assert_eq!(status(&bench.call("RemoteStopTransaction", json!({"transactionId": 9}))), "Rejected");
    assert_eq!(status(&bench.call("RemoteStopTransaction", json!({"transactionId": 101}))), "Accepted");
    assert_eq!(bench.actions(), "StopTransaction 1:Unavailable");
    assert_eq!(
        status(&bench.call("ChangeAvailability", json!({"connectorId": 1, "type": "Operative"}))),
        "Accepted"
    );
    let rows = [
        ("ClearCache", json!({}), "Accepted"),
        ("UnlockConnector", json!({"connectorId": 1}), "Unlocked"),
        ("UnlockConnector", json!({"connectorId": 9}), "NotSupported"),
        ("TriggerMessage", json!({"requestedMessage": "Heartbeat"}), "Accepted"),
        ("TriggerMessage", json!({"requestedMessage": "FirmwareStatusNotification"}), "NotImplemented"),
        ("DataTransfer", json!({"vendorId": "X"}), "UnknownVendorId"),
        ("ChangeConfiguration", json!({"key": "HeartbeatInterval", "value": "60"}), "Accepted"),
        ("ChangeConfiguration", json!({"key": "HeartbeatInterval", "value": "soon"}), "Rejected"),
        ("ChangeConfiguration", json!({"key": "Nonsense", "value": "1"}), "NotSupported"),
    ];
    for (action, payload, wanted) in rows {
        assert_eq!(status(&bench.call(action, payload.clone())), wanted, "{action} {payload}");
    }
    let known = bench.call("GetConfiguration", json!({"key": ["HeartbeatInterval", "Nonsense"]}));
    assert_eq!(known[2]["configurationKey"][0]["value"], "60");
    assert_eq!(known[2]["unknownKey"], json!(["Nonsense"]));
    assert_eq!(bench.call("SignCertificate", json!({}))[2], "NotImplemented");
    bench.actions();
    assert_eq!(status(&bench.call("Reset", json!({"type": "Soft"}))), "Accepted");
    assert_eq!(bench.hung_up, [2_000]);
    bench.link(false);
    bench.link(true);
    assert!(bench.actions().starts_with("BootNotification 0:Available"));
}

#[test]
fn misbehaviour_on_request() {
    let mut bench = Bench::new(|c| {
        c.behaviours.repeat_final = true;
        c.behaviours.meter_from_zero = true;
    })
    .up();
    let car = bench.car(20, 80);
    bench.act(Action::Plug(1, car));
    bench.act(Action::Swipe(1, "CARD1".to_owned()));
    let start = bench.said.iter().find(|m| m[2] == "StartTransaction").cloned().unwrap();
    assert_eq!(start[3]["meterStart"], 0);
    bench.actions();
    bench.act(Action::EmergencyStop(1));
    let said = bench.said.clone();
    assert_eq!(bench.actions(), "StopTransaction StopTransaction 1:Finishing 1:Faulted");
    assert_eq!(said[0][3], said[1][3]);
    assert_eq!(said[0][3]["reason"], "EmergencyStop");
    assert!(said[0][3]["meterStop"].as_i64().unwrap() > 90_000);
}

#[test]
fn the_same_seed_says_the_same() {
    let run = |seed| {
        let mut bench = Bench::new(|c| c.seed = seed).up();
        let mut random = sim::random::Random::seeded(seed);
        let car = Box::new(Car::random(&mut random));
        bench.act(Action::Plug(1, car));
        bench.act(Action::Swipe(1, "CARD1".to_owned()));
        bench.pass(300);
        bench.act(Action::Unplug(1));
        bench.bytes
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}
