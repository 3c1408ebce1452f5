//! Who works there: people of the platform and of its operators, and a role of own making.

use crate::app::App;
use engine::audit::Actor;
use engine::role::RoleDraft;
use engine::staff::{StaffChange, StaffDraft};
use model::Result;
use model::access::{Area, Permission};
use model::id::StationId;

struct Person<'a> {
    account: &'static str,
    name: &'static str,
    role: &'a str,
    operator_id: Option<i64>,
    /// Only this station.
    station: Option<i64>,
    /// Has left, and says what is to be done.
    handover: &'static str,
}

const fn person(
    account: &'static str,
    name: &'static str,
    role: &'static str,
    operator_id: Option<i64>,
) -> Person<'static> {
    Person { account, name, role, operator_id, station: None, handover: "" }
}

const NIGHT: &[Permission] = &[
    Permission::HomeRead,
    Permission::StationRead,
    Permission::PileRead,
    Permission::PileCommand,
    Permission::OrderRead,
];

pub async fn write(app: &App) -> Result<()> {
    let (engine, actor) = (&app.engine, Actor::local());
    let night = RoleDraft { name: "夜班值守".to_owned(), permissions: NIGHT.to_vec(), operator_id: None };
    let night = engine.role_create(&actor, night).await?.code;
    let people = [
        person("zhang.wei", "张伟", "operations", None),
        person("wang.fang", "王芳", "finance", None),
        person("chen.jing", "陈静", "service", None),
        Person { station: Some(1), ..person("liu.yang", "刘洋", "technician", Some(1)) },
        person("zhao.lei", "赵磊", "admin", Some(1)),
        Person {
            handover: "8 月退款核对未完成，资料在共享盘「财务/2026」，由王芳接手",
            ..person("sun.li", "孙丽", "finance", None)
        },
        Person { role: &night, ..person("night", "值班室", "", Some(1)) },
    ];
    for person in &people {
        let stations = |id: i64| Area::Stations { stations: vec![StationId(id)] };
        let area = person.station.map_or(Area::Everywhere, stations);
        let draft = StaffDraft {
            account: person.account.to_owned(),
            name: person.name.to_owned(),
            role: person.role.to_owned(),
            operator_id: person.operator_id,
            area: area.clone(),
            password: None,
        };
        let made = engine.staff_create(&actor, draft).await?;
        if !person.handover.is_empty() {
            let change = StaffChange {
                version: 1,
                name: person.name.to_owned(),
                role: person.role.to_owned(),
                operator_id: person.operator_id,
                area,
                disabled: true,
                handover: person.handover.to_owned(),
            };
            engine.staff_update(&actor, made.id, change).await?;
        }
    }
    Ok(())
}
