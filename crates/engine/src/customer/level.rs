//! 会员等级: what staff make of them. What one takes off the service fee holds for sessions that begin from then on.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::discount::PERMILLE;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::member_levels::{self, MemberLevel};
use store::{Change, Tx};
use utoipa::ToSchema;

const NAME_MAX: usize = 16;
const RIGHT_MAX: usize = 40;
const RIGHTS_MAX: usize = 10;
/// More are not told apart by anybody.
const LEVELS_MAX: usize = 10;
/// 100 MWh, 100 000 orders, a million yuan: more is a slip of the pen.
const ENERGY_MAX_DWH: i64 = 1_000_000_000;
const ORDERS_MAX: i64 = 100_000;
const TOTAL_MAX_FEN: i64 = 100_000_000;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberLevelDraft {
    pub name: String,
    /// 1 to 99, not that of another level; the higher the better.
    pub place: i64,
    pub energy_dwh: i64,
    pub order_count: i64,
    pub total_fen: i64,
    /// Off the service fee, 0 to 1000; 100 is a tenth.
    #[serde(default)]
    pub service_off_permille: i64,
    /// As people read them.
    pub rights: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberLevelChange {
    /// The version that the page shows.
    pub version: i64,
    pub name: String,
    pub place: i64,
    pub energy_dwh: i64,
    pub order_count: i64,
    pub total_fen: i64,
    #[serde(default)]
    pub service_off_permille: i64,
    pub rights: Vec<String>,
}

fn no_level() -> Error {
    Error::not_found(
        "member_level.not_found",
        "没有这个会员等级，可能已被删除，请刷新列表",
        "There is no such level, or it was deleted; reload the list.",
    )
}

fn checked(draft: MemberLevelDraft) -> Result<MemberLevel> {
    for (field, value, least, most) in [
        ("place", draft.place, 1, 99),
        ("energy_dwh", draft.energy_dwh, 0, ENERGY_MAX_DWH),
        ("order_count", draft.order_count, 0, ORDERS_MAX),
        ("total_fen", draft.total_fen, 0, TOTAL_MAX_FEN),
        ("service_off_permille", draft.service_off_permille, 0, PERMILLE),
    ] {
        if !(least..=most).contains(&value) {
            return Err(Error::invalid(
                field,
                format!("应为 {least} 到 {most} 之间的整数"),
                format!("{field} is an integer from {least} to {most}."),
            ));
        }
    }
    let mut rights = Vec::new();
    for right in draft.rights.iter().filter(|right| !right.trim().is_empty()) {
        rights.push(named("rights", right, RIGHT_MAX)?);
    }
    if rights.len() > RIGHTS_MAX {
        return Err(Error::invalid(
            "rights",
            format!("权益最多 {RIGHTS_MAX} 条"),
            format!("A level has at most {RIGHTS_MAX} rights."),
        ));
    }
    Ok(MemberLevel {
        id: 0,
        name: named("name", &draft.name, NAME_MAX)?,
        place: draft.place,
        energy_dwh: draft.energy_dwh,
        order_count: draft.order_count,
        total_fen: draft.total_fen,
        service_off_permille: draft.service_off_permille,
        rights,
        version: 1,
        changed_at_ms: 0,
        changed_by: String::new(),
        customer_count: None,
    })
}

/// No other has its name or its place.
fn free(all: &[MemberLevel], one: &MemberLevel) -> Result<()> {
    for other in all.iter().filter(|other| other.id != one.id) {
        if other.name == one.name {
            return Err(taken("name", "member_level.exists", "等级名称", "level's name"));
        }
        if other.place == one.place {
            return Err(taken("place", "member_level.exists", "等级顺序", "level's place"));
        }
    }
    Ok(())
}

fn told(one: &MemberLevel) -> serde_json::Value {
    json!({"name": one.name, "place": one.place, "energy_dwh": one.energy_dwh, "order_count": one.order_count,
        "total_fen": one.total_fen, "service_off_permille": one.service_off_permille, "rights": one.rights})
}

fn found(tx: &mut Tx<'_>, id: i64) -> Result<(Vec<MemberLevel>, MemberLevel)> {
    let all = tx.read(member_levels::all)?;
    let one = all.iter().find(|one| one.id == id).cloned().ok_or_else(no_level)?;
    Ok((all, one))
}

impl Engine {
    pub async fn member_level_create(&self, actor: &Actor, draft: MemberLevelDraft) -> Result<i64> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let mut one = checked(draft)?;
        (one.changed_at_ms, one.changed_by) = (now.as_ms(), actor.caller.name.clone());
        self.store
            .write(None, move |tx| {
                let all = tx.read(member_levels::all)?;
                if all.len() >= LEVELS_MAX {
                    return Err(Error::refused(
                        "member_level.too_many",
                        "会员等级最多 10 个，请修改已有的等级",
                        "There are ten levels, the most there can be; change one of them.",
                    ));
                }
                free(&all, &one)?;
                let id = member_levels::insert(tx, &one)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "member_level_create", "member_level", id, &detail)?;
                tx.changed(Change::Noun("member_level"));
                Ok(id)
            })
            .await
    }

    /// Holds for customers from the next judgement on.
    pub async fn member_level_update(&self, actor: &Actor, id: i64, change: MemberLevelChange) -> Result<()> {
        actor.must_be_platform()?;
        let MemberLevelChange {
            version,
            name,
            place,
            energy_dwh,
            order_count,
            total_fen,
            service_off_permille,
            rights,
        } = change;
        let mut after = checked(MemberLevelDraft {
            name,
            place,
            energy_dwh,
            order_count,
            total_fen,
            service_off_permille,
            rights,
        })?;
        after.id = id;
        let (actor, now) = (actor.clone(), self.clock.now());
        let otherwise = self
            .store
            .write(None, move |tx| {
                let (all, before) = found(tx, id)?;
                if before.version != version {
                    return Err(Error::conflict(
                        "member_level.version_differs",
                        "该等级刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this level. Look at it as it is now, then try again.",
                    ));
                }
                free(&all, &after)?;
                if told(&after) != told(&before) {
                    member_levels::update(tx, &after, now, &actor.caller.name)?;
                    let detail = json!({"before": told(&before), "after": told(&after)});
                    actor.record(tx, now, "member_level_update", "member_level", id, &detail)?;
                    tx.changed(Change::Noun("member_level"));
                }
                Ok(after.service_off_permille != before.service_off_permille)
            })
            .await?;
        if otherwise {
            let forget = |tx: &mut Tx<'_>| {
                tx.cards_changed(|card| card.customer.is_some());
                Ok(())
            };
            self.store.write_everywhere(forget).await?;
        }
        Ok(())
    }

    pub async fn member_level_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let (_, before) = found(tx, id)?;
                if tx.read(|conn| member_levels::customer_count(conn, id))? > 0 {
                    return Err(Error::refused(
                        "member_level.in_use",
                        "还有用户处于该等级，不能删除；请先提高它的条件，并运行任务「会员等级与标签」重新评定",
                        "Customers have this level. Raise its rules and run the job that judges levels, then delete it.",
                    ));
                }
                member_levels::delete(tx, id)?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "member_level_delete", "member_level", id, &detail)?;
                tx.changed(Change::Noun("member_level"));
                Ok(())
            })
            .await
    }
}
