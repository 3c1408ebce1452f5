//! What a list of piles can be narrowed to by their state.

use model::connector::ConnectorStatus;

/// 运营状态 of a pile: that of any of its connectors, as long as it is on line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PileState {
    Offline,
    /// Paused by the car or by the pile.
    Suspended,
    Connector(ConnectorStatus),
}

impl PileState {
    pub fn parse(text: &str) -> Option<PileState> {
        match text {
            "offline" => Some(PileState::Offline),
            "suspended" => Some(PileState::Suspended),
            _ => ConnectorStatus::parse(text).map(PileState::Connector),
        }
    }
}

/// A token for people to recognise, not to copy: its last four characters.
pub fn masked(token: &str) -> String {
    let count = token.chars().count();
    if count <= 4 {
        return token.to_owned();
    }
    let tail: String = token.chars().skip(count - 4).collect();
    format!("****{tail}")
}
