//! 充电卡 and the other things by which a person proves who pays.

use crate::customer::{CustomerKind, CustomerStatus, Standing};
use crate::driver_limit::DriverLimits;
use crate::fleet::FleetLimits;
use crate::id::{CardId, CustomerId, FleetId};
use crate::ledger::PayWay;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What was shown to start a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    pub kind: TokenKind,
    /// Card: the number as the pile reads it (OCPP idTag, 云快充 physical card as 16 hex digits
    /// without leading zeros). Compared without regard to case.
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    Card,
    Account,
    Vin,
}

impl Token {
    pub fn card(value: impl Into<String>) -> Token {
        Token { kind: TokenKind::Card, value: value.into() }
    }

    /// The form in which tokens are stored and compared.
    pub fn key(&self) -> String {
        self.value.trim().to_ascii_uppercase()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStatus {
    Accepted,
    Blocked,
    Expired,
}

impl CardStatus {
    pub const ALL: [CardStatus; 3] = [CardStatus::Accepted, CardStatus::Blocked, CardStatus::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            CardStatus::Accepted => "accepted",
            CardStatus::Blocked => "blocked",
            CardStatus::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<CardStatus> {
        CardStatus::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub id: CardId,
    /// [`Token::key`] of the card.
    pub tag: String,
    pub status: CardStatus,
    /// Cards of one group may stop each other's sessions (OCPP parentIdTag).
    pub group: Option<String>,
    pub customer: Option<CustomerId>,
    /// Of the customer, as far as the card has one.
    pub standing: Option<Standing>,
    /// Of their fleet: which it is, and where and when it lets them charge, if not everywhere and always.
    pub fleet: Option<FleetId>,
    pub limits: Option<Box<FleetLimits>>,
    /// Where and when it lets this one of its drivers charge, beside that.
    pub driver_places: Option<Box<FleetLimits>>,
    /// How much it lets them charge on its account, if that has an end.
    pub driver_limits: Option<DriverLimits>,
    /// How the customer pays, where that was said of them; and whether their fleet pays for them.
    pub pay_way: Option<PayWay>,
    pub fleet_pays: bool,
    /// What kind of customer it is, for what is only for some.
    pub customer_kind: Option<CustomerKind>,
    /// The customer was given coupons at some time; whether one can be used is asked when it is.
    pub has_vouchers: bool,
    /// What the level of the customer gives, if it gives anything.
    pub member: Option<MemberBenefit>,
    pub expires_at: Option<Timestamp>,
    /// How many sessions may run on this card at once.
    pub sessions_max: i64,
}

/// What a member level gives in money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberBenefit {
    pub level: i64,
    pub service_off_permille: i64,
}

/// May this token charge here and now?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenVerdict {
    Accepted,
    /// Known, but not to be served.
    Blocked,
    Expired,
    /// Not known to us.
    Unknown,
    /// Already charging as often as it may.
    Concurrent,
    /// The pile or station is out of service.
    OutOfService,
    /// The connector is taken.
    ConnectorBusy,
    /// The balance does not suffice.
    NoBalance,
    /// The pile asked for a password and it was wrong.
    WrongPassword,
    /// Its holder is frozen, has left, or is no customer of their platform any more.
    CustomerFrozen,
    /// No tariff is set for the station, so nothing could be billed.
    NoTariff,
    /// Its holder's fleet does not charge at this station.
    FleetStation,
    /// Its holder's fleet does not charge at this hour.
    FleetHours,
    /// Its holder has charged as much as their fleet lets them.
    FleetLimit,
}

impl TokenVerdict {
    pub const ALL: [TokenVerdict; 14] = [
        TokenVerdict::Accepted,
        TokenVerdict::Blocked,
        TokenVerdict::Expired,
        TokenVerdict::Unknown,
        TokenVerdict::Concurrent,
        TokenVerdict::OutOfService,
        TokenVerdict::ConnectorBusy,
        TokenVerdict::NoBalance,
        TokenVerdict::WrongPassword,
        TokenVerdict::CustomerFrozen,
        TokenVerdict::NoTariff,
        TokenVerdict::FleetStation,
        TokenVerdict::FleetHours,
        TokenVerdict::FleetLimit,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            TokenVerdict::Accepted => "accepted",
            TokenVerdict::Blocked => "blocked",
            TokenVerdict::Expired => "expired",
            TokenVerdict::Unknown => "unknown",
            TokenVerdict::Concurrent => "concurrent",
            TokenVerdict::OutOfService => "out_of_service",
            TokenVerdict::ConnectorBusy => "connector_busy",
            TokenVerdict::NoBalance => "no_balance",
            TokenVerdict::WrongPassword => "wrong_password",
            TokenVerdict::CustomerFrozen => "customer_frozen",
            TokenVerdict::NoTariff => "no_tariff",
            TokenVerdict::FleetStation => "fleet_station",
            TokenVerdict::FleetHours => "fleet_hours",
            TokenVerdict::FleetLimit => "fleet_limit",
        }
    }

    pub fn parse(text: &str) -> Option<TokenVerdict> {
        TokenVerdict::ALL.into_iter().find(|v| v.as_str() == text)
    }
}

impl Card {
    /// Who may end each other's sessions, as a pile is told: the cards of one group, else of one fleet.
    pub fn group_told(&self) -> Option<String> {
        self.group.clone().or_else(|| self.fleet.map(|fleet| format!("FLEET-{}", fleet.0)))
    }

    pub fn verdict(&self, now: Timestamp) -> TokenVerdict {
        match self.status {
            CardStatus::Blocked => TokenVerdict::Blocked,
            CardStatus::Expired => TokenVerdict::Expired,
            CardStatus::Accepted if self.expires_at.is_some_and(|at| at <= now) => TokenVerdict::Expired,
            CardStatus::Accepted => match self.standing.map(|standing| standing.status(now)) {
                None | Some(CustomerStatus::Active) => TokenVerdict::Accepted,
                Some(_) => TokenVerdict::CustomerFrozen,
            },
        }
    }
}
