//! 离线名单: whole where it is not known what the pile has, else only what has changed; in pieces where the
//! pile takes few at a time.

use super::{CARDS_FIND, LIST_SET, READ, Step, VERSION_GET, put_off, settle, told};
use model::desired::{DesiredKind, DesiredState, ListCard, LocalList};
use model::device::DeviceCommand;
use model::site::Protocol;
use model::time::Timestamp;
use model::{Result, Text};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::pile_desired::{self, Desired};
use store::pile_lists::{self, PileList};
use store::{HotPile, Tx};

/// Where a pile does not say how many it takes at once.
const PIECE: usize = 50;
/// 云快充: as many as fit into a frame (0x44, 0x46).
const YKC_ADDED: usize = 11;
const YKC_NAMED: usize = 23;

/// The cards for this pile, and how many it has no room for.
struct Wish {
    cards: Vec<ListCard>,
    left_out: usize,
    /// How many are told at once.
    piece: usize,
}

fn wish(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp) -> Result<Wish> {
    let (pile, protocol) = (hot.pile.id, hot.pile.protocol);
    tx.read(|conn| {
        let mut cards = pile_lists::wished(conn, hot.pile.station, now)?;
        cards.retain(|card| fits(protocol, &card.tag));
        let number = |conn: &mut store::Conn, name: Option<&str>| match name {
            Some(name) => pile_lists::told_number(conn, pile, name),
            None => Ok(None),
        };
        let (holds, takes) = keys(protocol);
        let positive = |count: i64| usize::try_from(count).ok().filter(|count| *count > 0);
        let holds = number(conn, holds)?.and_then(positive).unwrap_or(usize::MAX);
        let piece = number(conn, takes)?.and_then(positive).unwrap_or(PIECE);
        let left_out = cards.len().saturating_sub(holds);
        cards.truncate(holds);
        Ok(Wish { cards, left_out, piece })
    })
}

/// In which of its variables a pile says how many cards it holds, and how many it takes at once.
fn keys(protocol: Protocol) -> (Option<&'static str>, Option<&'static str>) {
    match protocol {
        Protocol::Ocpp16 => (Some("LocalAuthListMaxLength"), Some("SendLocalListMaxLength")),
        Protocol::Ocpp201 | Protocol::Ocpp21 => (None, Some("LocalAuthListCtrlr.ItemsPerMessage")),
        Protocol::Ykc15 | Protocol::Ykc16 => (None, None),
    }
}

/// A number that the protocol cannot carry stays away.
fn fits(protocol: Protocol, tag: &str) -> bool {
    match protocol {
        Protocol::Ocpp16 => tag.len() <= 20,
        Protocol::Ocpp201 | Protocol::Ocpp21 => tag.len() <= 36,
        Protocol::Ykc15 | Protocol::Ykc16 => {
            tag.len() <= 16 && tag.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
    }
}

pub(super) fn refresh(tx: &mut Tx<'_>, hot: &HotPile, now: Timestamp, known: &[Desired]) -> Result<()> {
    let wish = wish(tx, hot, now)?;
    let before = known.iter().find(|one| one.kind == DesiredKind::LocalList);
    let has = tx.read(|conn| pile_lists::get(conn, hot.pile.id))?.unwrap_or_default();
    if wish.cards.is_empty() && has.cards.is_empty() && has.sent.is_none() {
        return before.map_or(Ok(()), |one| pile_desired::delete(tx, one));
    }
    let wished = wish.cards.len().to_string();
    let fresh = || Desired::new(hot.pile.id, DesiredKind::LocalList, String::new(), wished.clone(), now);
    let mut one = before.cloned().unwrap_or_else(fresh);
    if one.command.is_none() {
        one.wished.clone_from(&wished);
        (one.reported_at, one.next_try) = (None, Some(now));
    }
    pile_desired::save(tx, &one)
}

pub(super) fn step(step: &mut Step<'_, '_>, all: &mut [Desired]) -> Result<()> {
    let now = step.now;
    let due = |one: &&mut Desired| one.kind == DesiredKind::LocalList && one.is_due(now);
    let Some(one) = all.iter_mut().find(due) else { return Ok(()) };
    if !step.room() {
        return Ok(());
    }
    let pile = step.hot.pile.id;
    let mut list = step.tx.read(|conn| pile_lists::get(conn, pile))?.unwrap_or_default();
    if step.hot.pile.protocol.is_ykc() {
        // Such a pile has no version: it is asked for its cards by their numbers.
        if one.reported_at.is_none() && cards_ask(step, one, &list)? {
            return pile_desired::save(step.tx, one);
        }
        one.reported_at = Some(now);
        list.known = true;
    }
    if one.reported_at.is_none() {
        let (holds, takes) = keys(step.hot.pile.protocol);
        let keys: Vec<String> = holds.into_iter().chain(takes).map(str::to_owned).collect();
        let body = json!({ "kind": READ, "keys": keys });
        step.order(READ, body, DeviceCommand::ConfigurationGet { keys })?;
        one.command =
            Some(step.order(VERSION_GET, json!({ "kind": VERSION_GET }), DeviceCommand::LocalListGet)?);
        return pile_desired::save(step.tx, one);
    }
    let wish = wish(step.tx, step.hot, now)?;
    one.wished = wish.cards.len().to_string();
    let Some((command, after)) = next(step.hot.pile.protocol, &list, &wish) else {
        in_step(one, &wish, &list, now);
        return pile_desired::save(step.tx, one);
    };
    let body = json!({ "kind": LIST_SET, "cards": after.len(), "version": list.version + 1 });
    one.command = Some(step.order(LIST_SET, body, command)?);
    one.turn(DesiredState::Sent, now);
    (one.last_try, one.attempts) = (Some(now), one.attempts + 1);
    pile_desired::save(step.tx, one)?;
    let version = list.version + 1;
    pile_lists::save(step.tx, pile, &PileList { version, sent: Some(after), ..list })
}

/// Asks for what it has been given and what it should have; what is more than one step can ask counts as it
/// was taken. Whether anything was asked.
fn cards_ask(step: &mut Step<'_, '_>, one: &mut Desired, list: &PileList) -> Result<bool> {
    let wish = wish(step.tx, step.hot, step.now)?;
    let mut tags: Vec<String> = list.cards.iter().chain(&wish.cards).map(|card| card.tag.clone()).collect();
    tags.sort();
    tags.dedup();
    let mut asked = false;
    for cards in tags.chunks(YKC_NAMED) {
        if !step.room() {
            break;
        }
        let body = json!({ "kind": CARDS_FIND, "cards": cards.len() });
        let command = DeviceCommand::OfflineCardsFind { cards: cards.to_vec() };
        one.command = Some(step.order(CARDS_FIND, body, command)?);
        asked = true;
    }
    Ok(asked)
}

/// The pile has said which cards it has; of those that it should not have nothing is known that counts.
pub(super) fn cards_heard(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    here: &[String],
    gone: &[String],
    now: Timestamp,
) -> Result<()> {
    let wish = wish(tx, hot, now)?;
    let mut list = tx.read(|conn| pile_lists::get(conn, hot.pile.id))?.unwrap_or_default();
    // Numbers come back without the zeros before them.
    let bare = |tag: &str| tag.trim_start_matches('0').to_ascii_uppercase();
    let among = |tags: &[String], tag: &str| tags.iter().any(|one| bare(one) == bare(tag));
    let before = list.cards.clone();
    list.cards.retain(|card| !among(gone, &card.tag));
    for card in wish.cards.into_iter().filter(|card| among(here, &card.tag)) {
        if !list.cards.iter().any(|known| known.tag == card.tag) {
            list.cards.push(card);
        }
    }
    if list.cards == before { Ok(()) } else { pile_lists::save(tx, hot.pile.id, &list) }
}

/// What was asked of the cards has ended. A pile that does not answer that counts as having what it took.
pub(super) fn cards_asked(tx: &mut Tx<'_>, one: &mut Desired, now: Timestamp) -> Result<()> {
    let list = tx.read(|conn| pile_lists::get(conn, one.pile))?.unwrap_or_default();
    one.reported = Some(list.cards.len().to_string());
    (one.command, one.reported_at, one.next_try) = (None, Some(now), Some(now));
    if one.state == DesiredState::Same && one.reported.as_ref() != Some(&one.wished) {
        one.turn(DesiredState::Different, now);
    }
    Ok(())
}

fn in_step(one: &mut Desired, wish: &Wish, list: &PileList, now: Timestamp) {
    settle(one, now);
    one.reported = Some(list.cards.len().to_string());
    if wish.left_out > 0 {
        let (has, out) = (wish.cards.len(), wish.left_out);
        one.message = told(&Text::new(
            format!("桩最多保存 {has} 张卡，另有 {out} 张没有下发；这些卡离线时不能充电"),
            format!(
                "The pile holds {has} cards; {out} more were left out and do not charge while it is off line."
            ),
        ));
    }
}

/// The next piece, and what the pile has once it has taken it; `None`: it has what it should.
fn next(protocol: Protocol, list: &PileList, wish: &Wish) -> Option<(DeviceCommand, Vec<ListCard>)> {
    let version = list.version + 1;
    if !list.known {
        let cards: Vec<ListCard> = wish.cards.iter().take(wish.piece).cloned().collect();
        let whole = LocalList { version, full: true, cards: cards.clone(), removed: Vec::new() };
        return Some((DeviceCommand::LocalListSet(Box::new(whole)), cards));
    }
    let wished: HashMap<&str, &ListCard> = wish.cards.iter().map(|card| (card.tag.as_str(), card)).collect();
    let has: HashMap<&str, &ListCard> = list.cards.iter().map(|card| (card.tag.as_str(), card)).collect();
    let ykc = protocol.is_ykc();
    let piece = |ours: usize| if ykc { ours } else { wish.piece };
    // A card that is blocked goes before others come.
    let removed = list.cards.iter().filter(|card| !wished.contains_key(card.tag.as_str()));
    let removed: Vec<String> = removed.map(|card| card.tag.clone()).take(piece(YKC_NAMED)).collect();
    let room = match (ykc, removed.is_empty()) {
        (true, false) => 0,
        _ => piece(YKC_ADDED).saturating_sub(removed.len()),
    };
    // Such a pile keeps the number alone.
    let differs = |card: &&ListCard| match has.get(card.tag.as_str()) {
        Some(known) => !ykc && *known != *card,
        None => true,
    };
    let added: Vec<ListCard> = wish.cards.iter().filter(differs).take(room).cloned().collect();
    if removed.is_empty() && added.is_empty() {
        return None;
    }
    let touched: HashSet<&str> =
        removed.iter().map(String::as_str).chain(added.iter().map(|card| card.tag.as_str())).collect();
    let mut after: Vec<ListCard> =
        list.cards.iter().filter(|card| !touched.contains(card.tag.as_str())).cloned().collect();
    after.extend(added.iter().cloned());
    let command = if !ykc {
        DeviceCommand::LocalListSet(Box::new(LocalList { version, full: false, cards: added, removed }))
    } else if removed.is_empty() {
        DeviceCommand::OfflineCardsAdd { cards: added.into_iter().map(|card| card.tag).collect() }
    } else {
        DeviceCommand::OfflineCardsRemove { cards: removed }
    };
    Some((command, after))
}

/// The pile has said of which version its list is.
pub(super) fn heard(tx: &mut Tx<'_>, one: &mut Desired, version: i64, now: Timestamp) -> Result<()> {
    one.command = None;
    if version < 0 {
        one.last_try = one.last_try.or(Some(now));
        let why = Text::of(
            "桩不支持离线名单（本地授权列表），离线时按桩自己的设置处理",
            "The pile keeps no list of cards; while it is off line it does as it is set to.",
        );
        put_off(one, DesiredState::Refused, now, told(&why));
        return Ok(());
    }
    let mut list = tx.read(|conn| pile_lists::get(conn, one.pile))?.unwrap_or_default();
    list.known = version == list.version && list.sent.is_none();
    if version == 0 {
        (list.known, list.cards) = (true, Vec::new());
    }
    // Never below what the pile has: it takes only a later version than its own.
    list.version = list.version.max(version);
    list.sent = None;
    pile_lists::save(tx, one.pile, &list)?;
    one.reported_at = Some(now);
    one.reported = list.known.then(|| list.cards.len().to_string());
    if one.state == DesiredState::Unknown || (one.state == DesiredState::Same && !list.known) {
        one.turn(DesiredState::Different, now);
    }
    one.next_try = match (one.state, one.last_try) {
        (DesiredState::Refused, Some(tried)) => {
            Some(model::desired::desired_retry(tried, DesiredState::Refused, one.attempts))
        }
        _ => Some(now),
    };
    Ok(())
}

/// A piece was taken, or not.
pub(super) fn taken(
    tx: &mut Tx<'_>,
    one: &mut Desired,
    taken: bool,
    refused: bool,
    why: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let Some(mut list) = tx.read(|conn| pile_lists::get(conn, one.pile))? else { return Ok(()) };
    let sent = list.sent.take();
    if let (true, Some(sent)) = (taken, sent) {
        list.cards = sent;
        (list.known, list.taken_at) = (true, Some(now));
        one.reported = Some(list.cards.len().to_string());
        one.turn(DesiredState::Different, now);
        // The next step sees whether more is to be told.
        (one.command, one.message, one.next_try, one.attempts) = (None, None, Some(now), 0);
    } else if refused && list.known {
        // Perhaps it has another version than we think: all of it is told once more, then it is a refusal.
        list.known = false;
        put_off(one, DesiredState::Different, now, why);
    } else {
        // Whether it has taken the piece is not known.
        list.known = false;
        let state = if refused { DesiredState::Refused } else { DesiredState::Different };
        put_off(one, state, now, why);
        if !refused {
            one.reported_at = None;
        }
    }
    pile_lists::save(tx, one.pile, &list)
}
