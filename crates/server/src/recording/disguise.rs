//! Whom a recording is about stays hidden: each card, account and vehicle has another name in it, the
//! same one throughout, so that the file replays to the same order.

use model::card::{Token, TokenKind};
use model::site::Protocol;
use protocol::ykc::field::CardNo;
use protocol::ykc::frame::Packet;
use protocol::ykc::message::Message;
use serde_json::Value;
use std::collections::BTreeMap;

pub struct Disguise {
    plain: bool,
    pub protocol: Protocol,
    names: BTreeMap<String, String>,
    vins: BTreeMap<String, String>,
}

/// Fields of OCPP that name who pays.
const TOKENS: [&str; 4] = ["idTag", "parentIdTag", "idToken", "groupIdToken"];

impl Disguise {
    pub fn new(plain: bool, protocol: Protocol) -> Disguise {
        Disguise { plain, protocol, names: BTreeMap::new(), vins: BTreeMap::new() }
    }

    /// Who pays, as its kind has it.
    pub fn token(&mut self, token: &Token) -> String {
        match token.kind {
            TokenKind::Vin => self.vin(&token.value),
            TokenKind::Card | TokenKind::Account => self.name(&token.value),
        }
    }

    /// `X0001-5678`: the last four stay, as lists show them. 云快充 has sixteen digits and nothing else.
    pub fn name(&mut self, token: &str) -> String {
        if self.plain || token.is_empty() || is_one_time(token) {
            return token.to_owned();
        }
        let (number, is_ykc) = (self.names.len() + 1, self.protocol.is_ykc());
        let key = token.to_ascii_uppercase();
        let tail = |key: &str| key.chars().skip(key.chars().count().saturating_sub(4)).collect::<String>();
        let made = |key: &String| match is_ykc {
            true => format!("F{number:04}{:0>4}", tail(key)),
            false => format!("X{number:04}-{}", tail(key)),
        };
        self.names.entry(key).or_insert_with_key(made).clone()
    }

    /// Of its length and of letters and digits, as a pile sends it.
    pub fn vin(&mut self, vin: &str) -> String {
        if self.plain || vin.is_empty() {
            return vin.to_owned();
        }
        let (number, length) = (self.vins.len() + 1, vin.chars().count());
        let made = |vin: &String| {
            let tail: String = vin.chars().skip(length.saturating_sub(6)).collect();
            let front = length - tail.chars().count();
            format!("{}{tail}", format!("X{number:0>10}").chars().take(front).collect::<String>())
        };
        self.vins.entry(vin.to_owned()).or_insert_with_key(made).clone()
    }

    /// A frame under other names. What cannot be read holds no name that we know of.
    pub fn frame(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.plain {
            return bytes.to_vec();
        }
        if self.protocol.is_ykc() {
            return self.frame_ykc(bytes).unwrap_or_else(|| bytes.to_vec());
        }
        let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else { return bytes.to_vec() };
        if self.hide(&mut value) { value.to_string().into_bytes() } else { bytes.to_vec() }
    }

    fn hide(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.hide(item) | any),
            Value::Object(fields) => fields.iter_mut().fold(false, |any, (name, value)| match value {
                Value::String(text) if TOKENS.contains(&name.as_str()) => {
                    let shown = self.name(text);
                    let differs = *text != shown;
                    *text = shown;
                    differs | any
                }
                Value::String(text) if name.eq_ignore_ascii_case("vin") => {
                    *text = self.vin(text);
                    true
                }
                value => self.hide(value) | any,
            }),
            _ => false,
        }
    }

    fn frame_ykc(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut packet, order) = Packet::parse(bytes)?;
        let (cards, vins) = named(&packet);
        let is_turned = packet.kind == 0x31;
        for card in cards {
            if let Some(text) = CardNo(card).text() {
                let shown = CardNo::parse(&self.name(&text))?;
                put(&mut packet.body, &card, &shown.0);
            }
        }
        for vin in vins {
            let text: String = vin.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
            // 0x31 has it back to front.
            let turned = |text: &str| if is_turned { text.chars().rev().collect() } else { text.to_owned() };
            let shown = turned(&self.vin(&turned(&text)));
            if !text.is_empty() && text.len() == shown.len() {
                put(&mut packet.body, text.as_bytes(), shown.as_bytes());
            }
        }
        Some(packet.to_bytes(order.unwrap_or_default()))
    }
}

/// Cards and vehicles that a frame names, as their bytes.
fn named(packet: &Packet) -> (Vec<[u8; 8]>, Vec<Vec<u8>>) {
    let numbers = |cards: Vec<CardNo>| (cards.into_iter().map(|card| card.0).collect(), Vec::new());
    match Message::decode(packet.kind, &packet.body) {
        Ok(Message::CardStart(ask)) => (vec![ask.card_or_account.0], vec![ask.vin.0.to_vec()]),
        Ok(Message::CardStartReply(reply)) => (vec![reply.logic_card.0], Vec::new()),
        Ok(Message::RemoteStart(start)) => (vec![start.physical_card.0, start.logic_card.0], Vec::new()),
        Ok(Message::Bill(bill)) => (vec![bill.physical_card.0], vec![bill.vin.0.to_vec()]),
        Ok(Message::OfflineCardsAdd(add)) => (
            add.cards.into_iter().flat_map(|card| [card.physical_card.0, card.logic_card.0]).collect(),
            Vec::new(),
        ),
        Ok(Message::OfflineCardsRemove(remove)) => numbers(remove.cards),
        Ok(Message::OfflineCardsFind(find)) => numbers(find.cards),
        Ok(Message::OfflineCardsRemoveReply(reply)) => {
            numbers(reply.cards.into_iter().map(|one| one.physical_card).collect())
        }
        Ok(Message::OfflineCardsFindReply(reply)) => {
            numbers(reply.cards.into_iter().map(|one| one.physical_card).collect())
        }
        // The vehicle's own handshake, as the pile passes it on.
        _ if packet.kind == 0x15 => {
            (Vec::new(), packet.body.get(48..65).map(<[u8]>::to_vec).into_iter().collect())
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// The tag of a start that was commanded is the platform's own, and names nobody.
fn is_one_time(tag: &str) -> bool {
    tag.strip_prefix("PO").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn put(body: &mut [u8], then: &[u8], now: &[u8]) {
    let place = body.windows(then.len()).position(|window| window == then);
    if let Some(place) = place.and_then(|place| body.get_mut(place..place + now.len())) {
        place.copy_from_slice(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_throughout_a_file_and_says_nothing_more_than_lists_do() {
        let mut disguise = Disguise::new(false, Protocol::Ocpp16);
        let said = r#"[2,"a","StartTransaction",{"idTag":"CARD00012345","connectorId":1}]"#;
        let shown = String::from_utf8(disguise.frame(said.as_bytes())).unwrap();
        assert!(shown.contains(r#""idTag":"X0001-2345""#), "{shown}");
        assert_eq!(disguise.name("card00012345"), "X0001-2345");
        assert_eq!(disguise.name("OTHER12345"), "X0002-2345");
        assert_eq!(disguise.name("PO1F"), "PO1F");
        assert_eq!(disguise.vin("LSVAU2180N2183294"), "X0000000001183294");
        let tagless = r#"[2, "a", "Heartbeat", {}]"#;
        assert_eq!(disguise.frame(tagless.as_bytes()), tagless.as_bytes());
    }

    #[test]
    fn whoever_may_see_it_sees_it() {
        let mut disguise = Disguise::new(true, Protocol::Ocpp16);
        assert_eq!(disguise.name("CARD00012345"), "CARD00012345");
    }
}
