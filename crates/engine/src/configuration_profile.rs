//! 配置模板: what piles should be set to; each pile is told by itself (`desired`).

use crate::Engine;
use crate::audit::Actor;
use crate::content::target::{may_change, owner, written};
use crate::site::named;
use model::configuration::{ConfigurationEntry, Edition};
use model::id::{ConfigurationProfileId, OperatorId, PileCode, PileId, StationId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Conn;
use store::configuration_profiles::{self, ConfigurationProfile, ProfileFields};
use utoipa::ToSchema;

/// As many as a person can look after.
const ENTRIES_MAX: usize = 100;
/// As long as the protocols can carry.
const KEY_MAX: [usize; 2] = [50, 160];
const VALUE_MAX: [usize; 2] = [500, 1_000];

/// What opens a pile to us is set where its consequences are looked after, never by the way.
const KEPT_APART: [&str; 4] = [
    "AuthorizationKey",
    "SecurityProfile",
    "SecurityCtrlr.BasicAuthPassword",
    "SecurityCtrlr.SecurityProfile",
];

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationProfileDraft {
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub name: String,
    pub edition: Edition,
    /// Of the piles that it is for, as they introduce themselves; empty: any.
    pub vendor: Option<String>,
    pub model: Option<String>,
    /// Null: all stations.
    pub station_id: Option<i64>,
    /// Null: all piles.
    pub pile_code: Option<String>,
    pub entries: Vec<ConfigurationEntry>,
    pub note: Option<String>,
    /// Whether piles are told; true when not given.
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationProfileChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub name: String,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub station_id: Option<i64>,
    pub pile_code: Option<String>,
    pub entries: Vec<ConfigurationEntry>,
    pub note: Option<String>,
    pub active: bool,
}

pub fn no_profile() -> Error {
    Error::not_found(
        "configuration_profile.not_found",
        "没有这个配置模板，或不在您的数据范围内",
        "There is no such configuration profile in your scope.",
    )
}

impl ConfigurationProfileDraft {
    fn checked(self, conn: &mut Conn, actor: &Actor) -> Result<ProfileFields> {
        let place = place(conn, actor, self.station_id, self.pile_code.as_deref())?;
        let wanted = self.operator_id.or(place.operator.map(|operator| operator.0));
        let operator = owner(conn, actor, wanted)?;
        if place.operator.is_some() && place.operator != operator {
            let field = if place.pile.is_some() { "pile_code" } else { "station_id" };
            return Err(Error::invalid(
                field,
                "该充电站或充电桩不属于所选运营商，请重新选择",
                "This station or pile is another operator's; choose one of the operator.",
            ));
        }
        Ok(ProfileFields {
            operator,
            name: named("name", &self.name, 60)?,
            edition: self.edition,
            vendor: written("vendor", self.vendor.as_deref().unwrap_or_default(), 50)?,
            model: written("model", self.model.as_deref().unwrap_or_default(), 50)?,
            station: place.station,
            pile: place.pile,
            entries: entries(self.edition, self.entries)?,
            note: written("note", self.note.as_deref().unwrap_or_default(), 500)?,
            active: self.active.unwrap_or(true),
            staff: Some(actor.caller.staff.0).filter(|staff| *staff > 0),
        })
    }
}

/// For which station or pile, and whose that is.
#[derive(Default)]
struct ForPlace {
    operator: Option<OperatorId>,
    station: Option<StationId>,
    pile: Option<PileId>,
}

fn place(conn: &mut Conn, actor: &Actor, station: Option<i64>, pile: Option<&str>) -> Result<ForPlace> {
    if let Some(code) = pile.map(str::trim).filter(|code| !code.is_empty()) {
        let found = match PileCode::parse(code) {
            Some(code) => store::piles::by_code(conn, &code)?,
            None => None,
        };
        if let Some(pile) = found
            && actor.sees_station(&store::stations::facts(conn, pile.station)?)
        {
            return Ok(ForPlace { operator: Some(pile.operator), station: None, pile: Some(pile.id) });
        }
        return Err(Error::invalid(
            "pile_code",
            "没有这台充电桩，或不在您的数据范围内，请检查电桩编号",
            "There is no such pile in your scope; check its number.",
        ));
    }
    let Some(id) = station.map(StationId) else { return Ok(ForPlace::default()) };
    if let Some(facts) = store::stations::find(conn, id)?
        && actor.sees_station(&facts)
    {
        return Ok(ForPlace { operator: Some(facts.operator), station: Some(id), pile: None });
    }
    Err(Error::invalid(
        "station_id",
        "没有这个充电站，请从列表中重新选择",
        "There is no such station; choose one from the list.",
    ))
}

fn entries(edition: Edition, entries: Vec<ConfigurationEntry>) -> Result<Vec<ConfigurationEntry>> {
    let wrong = |zh: String, en: String| Err(Error::invalid("entries", zh, en));
    if entries.is_empty() || entries.len() > ENTRIES_MAX {
        return wrong(
            format!("请填写 1 到 {ENTRIES_MAX} 个配置项"),
            format!("A profile has 1 to {ENTRIES_MAX} keys."),
        );
    }
    let edition_no = usize::from(edition == Edition::Ocpp2);
    let mut kept: Vec<ConfigurationEntry> = Vec::new();
    for entry in entries {
        let (key, value) = (entry.key.trim().to_owned(), entry.value.trim().to_owned());
        let shown: String = key.chars().take(60).collect();
        let named = key
            .split_once('.')
            .is_some_and(|(component, variable)| !component.is_empty() && !variable.is_empty());
        let fits = !key.is_empty()
            && key.len() <= KEY_MAX[edition_no]
            && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || (edition == Edition::Ocpp2 && !named) {
            return match edition {
                Edition::Ocpp16 => wrong(
                    format!(
                        "配置项“{shown}”不是 OCPP 1.6 的名称：1 到 50 个英文字符，不含空格，例如 HeartbeatInterval"
                    ),
                    format!(
                        "\"{shown}\" is no key of OCPP 1.6: 1 to 50 ASCII characters without spaces, such as HeartbeatInterval."
                    ),
                ),
                Edition::Ocpp2 => wrong(
                    format!("配置项“{shown}”不是“组件.变量”的形式，例如 OCPPCommCtrlr.HeartbeatInterval"),
                    format!(
                        "\"{shown}\" is not of the form Component.Variable, such as OCPPCommCtrlr.HeartbeatInterval."
                    ),
                ),
            };
        }
        if KEPT_APART.iter().any(|apart| apart.eq_ignore_ascii_case(&key)) {
            return wrong(
                format!("{key} 关系到充电桩能否接入，请在充电桩的“安全”页签中设置，不放入模板"),
                format!(
                    "{key} decides whether the pile can connect; set it on the pile's tab of security, not in a profile."
                ),
            );
        }
        let most = VALUE_MAX[edition_no];
        if value.chars().count() > most {
            return wrong(
                format!("{key} 的值超过 {most} 个字符，请缩短"),
                format!("The value of {key} is longer than {most} characters."),
            );
        }
        if kept.iter().any(|known| known.key.eq_ignore_ascii_case(&key)) {
            return wrong(
                format!("配置项 {key} 填写了两次，请只保留一个"),
                format!("{key} is given twice; keep one of them."),
            );
        }
        kept.push(ConfigurationEntry { key, value });
    }
    Ok(kept)
}

/// Found in the caller's scope, and theirs to change.
fn own(conn: &mut Conn, actor: &Actor, id: ConfigurationProfileId) -> Result<ConfigurationProfile> {
    let found = configuration_profiles::configuration_profile_get(conn, &actor.caller.scope, id);
    let found = found.map_err(Error::from)?.ok_or_else(no_profile)?;
    may_change(actor, found.operator_id.map(OperatorId))?;
    Ok(found)
}

fn changed() -> Error {
    Error::conflict(
        "configuration_profile.changed",
        "配置模板已被他人修改，请刷新后重新操作",
        "Somebody has changed this profile meanwhile; look at it again and repeat your change.",
    )
}

fn told_of(one: &ProfileFields) -> Value {
    json!({"name": one.name, "vendor": one.vendor, "model": one.model, "station_id": one.station,
        "pile_id": one.pile, "entries": one.entries, "active": one.active})
}

fn told(one: &ConfigurationProfile) -> Value {
    json!({"name": one.name, "vendor": one.vendor, "model": one.model, "station_id": one.station_id,
        "pile_code": one.pile_code, "entries": one.entries, "active": one.active})
}

impl Engine {
    pub async fn configuration_profile_create(
        &self,
        actor: &Actor,
        draft: ConfigurationProfileDraft,
    ) -> Result<ConfigurationProfileId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor)))??;
                let id = configuration_profiles::insert(tx, &one, now)?;
                configuration_profiles::piles_stale(tx, id)?;
                let detail = json!({"after": told_of(&one)});
                actor.record(
                    tx,
                    now,
                    "configuration_profile_create",
                    "configuration_profile",
                    id.0,
                    &detail,
                )?;
                Ok(id)
            })
            .await
    }

    pub async fn configuration_profile_update(
        &self,
        actor: &Actor,
        id: ConfigurationProfileId,
        change: ConfigurationProfileChange,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(own(conn, &actor, id)))??;
                let change = change.clone();
                let draft = ConfigurationProfileDraft {
                    operator_id: before.operator_id,
                    name: change.name,
                    edition: before.edition,
                    vendor: change.vendor,
                    model: change.model,
                    station_id: change.station_id,
                    pile_code: change.pile_code,
                    entries: change.entries,
                    note: change.note,
                    active: Some(change.active),
                };
                let one = tx.read(|conn| Ok(draft.checked(conn, &actor)))??;
                if one.operator != before.operator_id.map(OperatorId) {
                    let field = if one.pile.is_some() { "pile_code" } else { "station_id" };
                    return Err(Error::invalid(
                        field,
                        "平台的模板改为某个站或桩时会变成该运营商的，请新建一个模板",
                        "A profile of the whole platform cannot become one operator's; make a new one.",
                    ));
                }
                configuration_profiles::piles_stale(tx, id)?;
                if !configuration_profiles::update(tx, id, &one, change.version, now)? {
                    return Err(changed());
                }
                configuration_profiles::piles_stale(tx, id)?;
                let detail = json!({"before": told(&before), "after": told_of(&one)});
                actor.record(tx, now, "configuration_profile_update", "configuration_profile", id.0, &detail)
            })
            .await
    }

    /// Piles keep what they have; nothing is wished of them any more.
    pub async fn configuration_profile_delete(
        &self,
        actor: &Actor,
        id: ConfigurationProfileId,
    ) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(own(conn, &actor, id)))??;
                configuration_profiles::piles_stale(tx, id)?;
                configuration_profiles::delete(tx, id)?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "configuration_profile_delete", "configuration_profile", id.0, &detail)
            })
            .await
    }
}
