//! Nobody gives what they have not: whose rows, which part of them, which rights.

use crate::audit::Actor;
use model::access::{Area, Permission, Permissions, Power, Role};
use model::id::OperatorId;
use model::{Error, Result};
use store::Tx;
use store::staff::Account;

/// Most places in one person's area: they become values of every statement.
const PLACES_MAX: usize = 200;

fn more_than_own() -> Error {
    Error::invalid(
        "role",
        "这个角色的权限超出了您自己的权限，请选择其他角色",
        "This role may do more than you may; choose another.",
    )
}

/// Whoever administers security gives what they have not, but nothing that holds two powers at once: that would be all of it.
pub(super) fn gives_to_others(actor: &Actor, permissions: Permissions) -> bool {
    actor.caller.may(Permission::StaffGrant) && Power::within(permissions).len() <= 1
}

/// What an account is to be given.
pub(super) struct Grant<'a> {
    pub role: &'a str,
    pub operator: Option<OperatorId>,
    pub area: &'a Area,
}

impl<'a> Grant<'a> {
    pub fn of(account: &'a Account) -> Grant<'a> {
        Grant { role: &account.role, operator: account.operator, area: &account.area }
    }

    /// Whose rows and where, as far as it can be told without the database.
    pub fn scope_allowed(&self, actor: &Actor) -> Result<()> {
        let own = &actor.caller.scope;
        if own.operator.is_some() && self.operator != own.operator {
            return Err(Error::invalid(
                "operator_id",
                "您只能管理本运营商的账号",
                "You can manage accounts of your own operator only.",
            ));
        }
        let (count, within) = match (self.area, &own.area) {
            (Area::Everywhere, within) => (1, *within == Area::Everywhere),
            (Area::Cities { cities }, Area::Cities { cities: own }) => {
                (cities.len(), cities.iter().all(|city| own.contains(city)))
            }
            (Area::Stations { stations }, Area::Stations { stations: own }) => {
                (stations.len(), stations.iter().all(|station| own.contains(station)))
            }
            (Area::Cities { cities }, within) => (cities.len(), *within == Area::Everywhere),
            (Area::Stations { stations }, within) => (stations.len(), *within == Area::Everywhere),
        };
        if !within {
            return Err(Error::invalid(
                "area",
                "数据范围超出了您自己的范围，请缩小",
                "This area goes beyond your own; make it smaller.",
            ));
        }
        if !(1..=PLACES_MAX).contains(&count) {
            return Err(Error::invalid(
                "area",
                format!("请选择 1 到 {PLACES_MAX} 个城市或充电站"),
                format!("Choose 1 to {PLACES_MAX} cities or stations."),
            ));
        }
        Ok(())
    }

    /// The role is there, and gives nothing that the giver lacks, unless to give it is all their work.
    pub fn role_allowed(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Permissions> {
        let permissions = self.role_known(tx)?;
        if actor.caller.permissions.covers(permissions) || gives_to_others(actor, permissions) {
            return Ok(permissions);
        }
        Err(more_than_own())
    }

    /// Whoever does this could come in as the account's owner, so giving alone is not enough where the owner
    /// holds a power over the platform.
    pub fn own_allowed(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Permissions> {
        let permissions = self.role_known(tx)?;
        let harmless = gives_to_others(actor, permissions) && Power::within(permissions).is_empty();
        if actor.caller.permissions.covers(permissions) || harmless {
            return Ok(permissions);
        }
        Err(more_than_own())
    }

    fn role_known(&self, tx: &mut Tx<'_>) -> Result<Permissions> {
        let role = self.role.to_owned();
        let own = tx.read(|conn| store::roles::get(conn, &role))?;
        // A role of one operator is there for its own staff only.
        let fits = own.as_ref().is_none_or(|own| own.operator.is_none() || own.operator == self.operator);
        let permissions = Role::parse(&role).map(Role::permissions).or(own.map(|own| own.permissions));
        permissions.filter(|_| fits).ok_or_else(|| {
            Error::invalid(
                "role",
                "没有这个角色，或它属于别的运营商，请重新选择",
                "There is no such role, or it belongs to another operator; choose another.",
            )
        })
    }

    /// Every city and station of the area is there; a station is the operator's whose staff it is.
    pub fn places_exist(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (area, operator) = (self.area.clone(), self.operator);
        let all = tx.read(|conn| store::staff::area_exists(conn, &area, operator))?;
        if all {
            return Ok(());
        }
        Err(Error::invalid(
            "area",
            "所选城市或充电站不存在，或不属于这个账号的运营商，请重新选择",
            "One of these cities or stations does not exist, or is not the operator's whose account this is; choose again.",
        ))
    }
}
