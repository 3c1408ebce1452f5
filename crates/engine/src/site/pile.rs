//! 充电桩: registering, changing, passwords, knocks of strangers.

use super::named;
use super::pile_leave::{Leaving, code_taken, must_be_free};
use crate::Engine;
use crate::audit::Actor;
use crate::secrets::{Secrets, pile_password_hash};
use model::connector::ConnectorStatus;
use model::id::{OperatorId, PileCode, PileId, StationId};
use model::site::{Connector, Lifecycle, Pile, PileKind, Protocol, SecurityProfile};
use model::time::Timestamp;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use store::ids::Noun;
use store::piles;
use store::unknown_piles::{self, UnknownPile};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileDraft {
    pub code: String,
    /// The code when not given.
    pub name: Option<String>,
    /// The station that a fresh installation has, when not given.
    pub station_id: Option<i64>,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub rated_power_w: i64,
    pub connector_count: i64,
    /// Generated for an OCPP pile when not given.
    pub password: Option<String>,
}

/// What is only known at this moment: the password is not kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileCreated {
    pub id: PileId,
    pub password: Option<String>,
}

/// What is only known at this moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PileUpdated {
    #[serde(skip)]
    pub id: PileId,
    /// Made when the change has turned a pile without one into an OCPP pile.
    pub password: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub name: Option<String>,
    pub station_id: Option<i64>,
    pub lifecycle: Option<Lifecycle>,
    pub rated_power_w: Option<i64>,
    pub kind: Option<PileKind>,
    pub protocol: Option<Protocol>,
    pub security: Option<SecurityProfile>,
}

/// A draft that keeps all rules that need no database.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub code: PileCode,
    pub name: String,
    pub station: StationId,
    pub kind: PileKind,
    pub protocol: Protocol,
    pub rated_power_w: i64,
    pub connectors: u16,
    /// The password and what is kept of it.
    pub password: Option<(String, String)>,
    pub generated: bool,
}

pub(super) fn power(watt: i64) -> Result<i64> {
    if (100..=5_000_000).contains(&watt) {
        return Ok(watt);
    }
    Err(Error::invalid(
        "rated_power_w",
        "额定功率应在 100 W 到 5000 kW 之间（单位为瓦）",
        "The rated power is between 100 W and 5000 kW, given in watt.",
    ))
}

fn code_of(text: &str, protocol: Protocol) -> Result<PileCode> {
    let code = PileCode::parse(text.trim()).ok_or_else(|| {
        Error::invalid(
            "code",
            "电桩编号应为 1 到 48 个字母、数字或 . _ - : * @",
            "A pile's code has 1 to 48 letters, digits or . _ - : * @",
        )
    })?;
    let digits = code.as_str().len() == 14 && code.as_str().bytes().all(|b| b.is_ascii_digit());
    if protocol.is_ykc() && !digits {
        return Err(Error::invalid(
            "code",
            "云快充协议的电桩编号必须是 14 位数字",
            "A 云快充 pile's code has exactly 14 digits.",
        ));
    }
    Ok(code)
}

/// 4 to 64 printable characters; piles cannot type others. Generated ones have 20: piles are in the
/// field whose makers allow only short ones.
fn password_checked(password: &str) -> Result<()> {
    if (4..=64).contains(&password.len()) && password.bytes().all(|b| (0x21..0x7f).contains(&b)) {
        return Ok(());
    }
    Err(Error::invalid(
        "password",
        "充电桩密码应为 4 到 64 个可见的英文字符，不含空格",
        "A pile's password has 4 to 64 printable ASCII characters without spaces.",
    ))
}

impl PileDraft {
    pub(super) fn checked(self, engine: &Engine, station: StationId) -> Result<Checked> {
        let code = code_of(&self.code, self.protocol)?;
        let name = match self.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => named("name", name, 64)?,
            None => code.as_str().to_owned(),
        };
        let connectors = u16::try_from(self.connector_count).ok().filter(|n| (1..=99).contains(n));
        let connectors = connectors.ok_or_else(|| {
            Error::invalid("connector_count", "枪数应在 1 到 99 之间", "A pile has 1 to 99 connectors.")
        })?;
        let generated = self.password.is_none() && !self.protocol.is_ykc();
        let password = match self.password {
            Some(password) => Some(password),
            None if generated => Some(engine.random.hex::<10>()?),
            None => None,
        };
        if let Some(password) = &password {
            password_checked(password)?;
        }
        let hashed = |password: String| {
            let kept = pile_password_hash(&engine.secrets, code.as_str(), password.as_bytes());
            (password, kept)
        };
        Ok(Checked {
            password: password.map(hashed),
            name,
            station,
            kind: self.kind,
            protocol: self.protocol,
            rated_power_w: power(self.rated_power_w)?,
            connectors,
            generated,
            code,
        })
    }
}

/// Whose station it is; a station of somebody else is not there.
pub(super) fn station_operator(tx: &mut Tx<'_>, actor: &Actor, station: StationId) -> Result<OperatorId> {
    let found = tx.read(|conn| store::stations::find(conn, station))?;
    found
        .filter(|facts| actor.sees_station(facts))
        .map(|facts| facts.operator)
        .ok_or_else(|| super::no_such("station_id", "充电站", "station"))
}

/// Writes a new pile with its connectors.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    draft: &Checked,
    operator: OperatorId,
    now: Timestamp,
) -> Result<PileId> {
    let id = PileId(tx.next_id(Noun::Pile)?);
    let pile = Pile {
        id,
        code: draft.code.clone(),
        name: draft.name.clone(),
        station: draft.station,
        operator,
        kind: draft.kind,
        protocol: draft.protocol,
        lifecycle: Lifecycle::Inactive,
        rated_power_w: draft.rated_power_w,
        secret: draft.password.as_ref().map(|(_, kept)| kept.clone()),
        vendor: None,
        model: None,
        serial: None,
        firmware: None,
        iccid: None,
        meter_serial: None,
        online: false,
        connected_at: None,
        last_seen: None,
        remote_address: None,
        skew_ms: None,
        created_at: now,
        version: 1,
        tariff_model: None,
        tariff_told_at: None,
        security: SecurityProfile::Password,
        tariff: None,
        tariff_from: None,
        enabled_at: None,
    };
    tx.pile_save(&pile);
    for no in 1..=draft.connectors {
        let status = ConnectorStatus::Unknown;
        tx.connector_save(&pile, &Connector { pile: id, no, status, status_at: now, fault: None });
    }
    Ok(id)
}

fn not_found() -> Error {
    Error::not_found(
        "pile.not_found",
        "没有这台充电桩，请检查电桩编号",
        "There is no such pile; check its number.",
    )
}

impl Engine {
    pub async fn pile_create(&self, actor: &Actor, draft: PileDraft) -> Result<PileCreated> {
        let station = match draft.station_id {
            Some(id) => StationId(id),
            None => self.station_first(actor).await?,
        };
        let draft = draft.checked(self, station)?;
        let (actor, now, new) = (actor.clone(), self.clock.now(), draft.clone());
        let id = self
            .store
            .write(None, move |tx| {
                let operator = station_operator(tx, &actor, new.station)?;
                if let Some(other) = tx.read(|conn| piles::by_code(conn, &new.code))? {
                    return Err(code_taken(tx, &actor, &other)?);
                }
                let id = insert(tx, &new, operator, now)?;
                unknown_piles::remove(tx, new.code.as_str())?;
                let after = json!({"after": {"name": new.name, "station_id": new.station, "kind": new.kind,
                    "protocol": new.protocol, "rated_power_w": new.rated_power_w, "connectors": new.connectors}});
                actor.record(tx, now, "pile_create", "pile", &new.code, &after)?;
                Ok(id)
            })
            .await?;
        let password = draft.password.filter(|_| draft.generated).map(|(password, _)| password);
        Ok(PileCreated { id, password })
    }

    /// The pile, if this person may see it.
    pub(crate) async fn pile_seen(&self, actor: &Actor, code: &str) -> Result<Pile> {
        let code = PileCode::parse(code).ok_or_else(not_found)?;
        let found = self.store.read(move |conn| match piles::by_code(conn, &code)? {
            Some(pile) => Ok(Some((store::stations::facts(conn, pile.station)?, pile))),
            None => Ok(None),
        });
        let found = found.await?.filter(|(station, _)| actor.sees_station(station));
        found.map(|(_, pile)| pile).ok_or_else(not_found)
    }

    pub async fn pile_update(&self, actor: &Actor, code: &str, change: PileChange) -> Result<PileUpdated> {
        let pile = self.pile_seen(actor, code).await?;
        let name = change.name.as_deref().map(|name| named("name", name, 64)).transpose()?;
        change.rated_power_w.map(power).transpose()?;
        if let Some(protocol) = change.protocol {
            code_of(pile.code.as_str(), protocol)?;
        }
        let protocol = change.protocol.unwrap_or(pile.protocol);
        // Without one nobody could connect as this pile, and nobody would know why.
        let password = match pile.secret {
            None if !protocol.is_ykc() => Some(self.random.hex::<10>()?),
            _ => None,
        };
        let kept = password.as_ref().map(|password| secret(&self.secrets, &pile, password));
        let (actor, now, id) = (actor.clone(), self.clock.now(), pile.id);
        self.store
            .write(Some(pile.id), move |tx| {
                let station = change.station_id.map_or(pile.station, StationId);
                let operator = match change.station_id {
                    Some(_) => station_operator(tx, &actor, station)?,
                    None => pile.operator,
                };
                if change.lifecycle == Some(Lifecycle::Retired) && pile.lifecycle != Lifecycle::Retired {
                    must_be_free(tx, &pile, Leaving::Use)?;
                }
                if station != pile.station {
                    must_be_free(tx, &pile, Leaving::Station)?;
                }
                let mut edited = Pile {
                    name: name.as_ref().unwrap_or(&pile.name).clone(),
                    station,
                    operator,
                    rated_power_w: change.rated_power_w.unwrap_or(pile.rated_power_w),
                    kind: change.kind.unwrap_or(pile.kind),
                    protocol,
                    security: change.security.unwrap_or(pile.security),
                    ..pile.clone()
                };
                edited.become_lifecycle(change.lifecycle.unwrap_or(pile.lifecycle), now);
                if !piles::update(tx, &edited, change.version)? {
                    return Err(changed());
                }
                if let Some(kept) = &kept {
                    piles::secret_set(tx, pile.id, kept)?;
                }
                tx.pile_changed(pile.id, pile.operator)?;
                if operator != pile.operator {
                    tx.pile_changed(pile.id, operator)?;
                }
                let detail = json!({"before": editable(&pile), "after": editable(&edited)});
                actor.record(tx, now, "pile_update", "pile", &pile.code, &detail)
            })
            .await?;
        Ok(PileUpdated { id, password })
    }

    /// Gives the pile a new password and returns it; it is not kept.
    pub async fn pile_password_set(
        &self,
        actor: &Actor,
        code: &str,
        password: Option<String>,
    ) -> Result<String> {
        let pile = self.pile_seen(actor, code).await?;
        if pile.protocol.is_ykc() {
            return Err(Error::refused(
                "pile.no_password",
                "云快充协议的充电桩没有连接密码，无需设置",
                "A 云快充 pile has no password.",
            ));
        }
        let password = match password {
            Some(password) => password,
            None => self.random.hex::<10>()?,
        };
        password_checked(&password)?;
        let kept = secret(&self.secrets, &pile, &password);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(Some(pile.id), move |tx| {
                piles::secret_set(tx, pile.id, &kept)?;
                tx.pile_changed(pile.id, pile.operator)?;
                actor.record(tx, now, "pile_password_set", "pile", &pile.code, &json!({}))
            })
            .await?;
        Ok(password)
    }

    /// Remembers a pile that knocked without being registered. Nobody waits for it.
    pub fn pile_knocked(
        &self,
        code: &PileCode,
        protocol: &str,
        remote_address: &str,
        vendor: Option<&str>,
        model: Option<&str>,
    ) {
        let now = self.clock.now().as_ms();
        let knock = UnknownPile {
            code: code.as_str().to_owned(),
            protocol: protocol.to_owned(),
            remote_address: remote_address.to_owned(),
            first_seen_ms: now,
            last_seen_ms: now,
            attempts: 1,
            vendor: vendor.map(str::to_owned),
            model: model.map(str::to_owned),
        };
        self.store.post(None, move |tx| unknown_piles::note(tx, &knock));
    }

    pub async fn unknown_pile_dismiss(&self, actor: &Actor, code: &str) -> Result<()> {
        actor.must_be_platform()?;
        let (code, actor, now) = (code.to_owned(), actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if !unknown_piles::remove(tx, &code)? {
                    return Err(not_found());
                }
                actor.record(tx, now, "unknown_pile_dismiss", "unknown_pile", &code, &json!({}))
            })
            .await
    }
}

pub(super) fn changed() -> Error {
    Error::conflict(
        "pile.changed",
        "这台充电桩刚刚被别人修改过，请刷新后在最新内容上重新修改",
        "Somebody else has just changed this pile. Load it again and repeat your change.",
    )
}

/// What staff may edit of a pile, as the audit keeps it.
fn editable(pile: &Pile) -> serde_json::Value {
    json!({"name": pile.name, "station_id": pile.station, "lifecycle": pile.lifecycle,
        "rated_power_w": pile.rated_power_w, "kind": pile.kind, "protocol": pile.protocol,
        "security": pile.security})
}

fn secret(secrets: &Secrets, pile: &Pile, password: &str) -> String {
    pile_password_hash(secrets, pile.code.as_str(), password.as_bytes())
}
