//! 方言: made, copied, changed, and said of piles. A pile that is connected is read anew at once.

use crate::Engine;
use crate::audit::Actor;
use crate::content::target::{changed_meanwhile, may_change, owner, written};
use crate::site::named;
use model::dialect::DialectRules;
use model::id::{DialectId, OperatorId, PileId};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Conn;
use store::dialects::{self, Dialect, NewDialect};
use utoipa::ToSchema;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialectDraft {
    /// The whole platform's when not given; staff of an operator: that operator's.
    pub operator_id: Option<i64>,
    pub name: String,
    /// From where it is known.
    pub source: Option<String>,
    pub note: Option<String>,
    /// What a pile's own begin with that are read so by themselves.
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub rules: DialectRules,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialectChange {
    pub version: i64,
    /// All of it anew.
    pub dialect: DialectDraft,
}

pub fn no_dialect() -> Error {
    Error::not_found(
        "dialect.not_found",
        "没有这个方言，或不在您的数据范围内",
        "There is no such dialect in your scope.",
    )
}

impl DialectDraft {
    fn checked(self, conn: &mut Conn, actor: &Actor) -> Result<NewDialect> {
        let short = |field, text: &Option<String>| written(field, text.as_deref().unwrap_or_default(), 50);
        Ok(NewDialect {
            operator: owner(conn, actor, self.operator_id)?,
            name: named("name", &self.name, 60)?,
            source: written("source", self.source.as_deref().unwrap_or_default(), 200)?,
            note: written("note", self.note.as_deref().unwrap_or_default(), 500)?,
            vendor: short("vendor", &self.vendor)?,
            model: short("model", &self.model)?,
            firmware: short("firmware", &self.firmware)?,
            rules: self.rules.checked()?,
        })
    }
}

fn told(one: &NewDialect) -> Value {
    json!({"name": one.name, "operator_id": one.operator, "source": one.source, "note": one.note,
        "vendor": one.vendor, "model": one.model, "firmware": one.firmware, "rules": one.rules})
}

fn as_new(one: &Dialect) -> NewDialect {
    NewDialect {
        operator: one.operator_id.map(OperatorId),
        name: one.name.clone(),
        source: one.source.clone(),
        note: one.note.clone(),
        vendor: one.vendor.clone(),
        model: one.model.clone(),
        firmware: one.firmware.clone(),
        rules: one.rules.clone(),
    }
}

/// Found in the caller's scope, theirs to change, and not one of the product's.
fn own(conn: &mut Conn, actor: &Actor, id: DialectId) -> Result<Dialect> {
    let found = dialects::dialect_get(conn, &actor.caller.scope, id).map_err(Error::from)?;
    let found = found.ok_or_else(no_dialect)?;
    if found.key.is_some() {
        return Err(Error::refused(
            "dialect.shipped",
            "随产品提供的方言不能修改或删除；请先复制一份，再修改副本",
            "A dialect that comes with the product is not changed or deleted; copy it and change the copy.",
        ));
    }
    may_change(actor, found.operator_id.map(OperatorId))?;
    Ok(found)
}

impl Engine {
    pub async fn dialect_create(&self, actor: &Actor, draft: DialectDraft) -> Result<DialectId> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let one = tx.read(|conn| Ok(draft.clone().checked(conn, &actor)))??;
                let id = dialects::insert(tx, &one, now)?;
                actor.record(tx, now, "dialect_create", "dialect", id.0, &json!({"after": told(&one)}))?;
                Ok(id)
            })
            .await
    }

    pub async fn dialect_update(&self, actor: &Actor, id: DialectId, change: DialectChange) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(own(conn, &actor, id)))??;
                let mut one = tx.read(|conn| Ok(change.dialect.clone().checked(conn, &actor)))??;
                one.operator = before.operator_id.map(OperatorId);
                if !dialects::update(tx, id, &one, change.version)? {
                    return Err(changed_meanwhile());
                }
                let detail = json!({"before": told(&as_new(&before)), "after": told(&one)});
                actor.record(tx, now, "dialect_update", "dialect", id.0, &detail)
            })
            .await
    }

    pub async fn dialect_delete(&self, actor: &Actor, id: DialectId) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| Ok(own(conn, &actor, id)))??;
                let used = tx.read(|conn| dialects::pile_count(conn, id))?;
                if used > 0 {
                    return Err(Error::conflict(
                        "dialect.in_use",
                        format!("还有 {used} 台充电桩指定了这个方言，请先改为其他方言再删除"),
                        format!("{used} piles were said to be read so; say otherwise first."),
                    ));
                }
                dialects::delete(tx, id)?;
                let detail = json!({"before": told(&as_new(&before))});
                actor.record(tx, now, "dialect_delete", "dialect", id.0, &detail)
            })
            .await
    }

    /// Says how a pile is to be read, from now on. `pile`: found in the caller's scope.
    pub async fn pile_dialect_set(&self, actor: &Actor, pile: PileId, dialect: Option<i64>) -> Result<()> {
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let known = tx.read(|conn| store::piles::get(conn, pile))?;
                let speaks = |pile: &model::site::Pile| dialect.is_none() || pile.protocol.is_ykc();
                let known = known.filter(speaks).ok_or_else(|| {
                    Error::refused(
                        "pile.no_dialects",
                        "只有云快充桩可以指定方言",
                        "Only a 云快充 pile has dialects.",
                    )
                })?;
                if let Some(id) = dialect {
                    let scope = &actor.caller.scope;
                    let found = tx.read(|conn| dialects::dialect_get(conn, scope, DialectId(id)))?;
                    let fits = |one: &Dialect| one.operator_id.is_none_or(|owner| owner == known.operator.0);
                    found.filter(fits).ok_or_else(|| no_dialect().on_field("dialect_id"))?;
                }
                let before = tx.read(|conn| dialects::assigned(conn, pile))?;
                dialects::assign(tx, pile, dialect.map(DialectId), now)?;
                let detail = json!({"pile": known.code, "before": {"dialect_id": before}, "after": {"dialect_id": dialect}});
                actor.record(tx, now, "pile_dialect_set", "pile", known.code.as_str(), &detail)
            })
            .await
    }
}
