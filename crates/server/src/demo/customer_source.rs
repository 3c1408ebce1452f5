//! A mobility platform that was asked for its people yesterday, and that is switched off now: a demo asks
//! nobody.

use crate::app::App;
use engine::audit::Actor;
use engine::customer::{CustomerPullChange, PullEnd, SourceUser};
use model::customer::CustomerKind;
use model::time::{Clock, DAY_MS, MINUTE_MS};
use model::{Result, Text};
use std::sync::Arc;

const PEOPLE: [(&str, CustomerKind); 12] = [
    ("陈思远", CustomerKind::Person),
    ("周晓岚", CustomerKind::Person),
    ("何建国", CustomerKind::Driver),
    ("吴佳怡", CustomerKind::Person),
    ("欧阳文博", CustomerKind::Employee),
    ("徐海涛", CustomerKind::Driver),
    ("马丽娜", CustomerKind::Person),
    ("高志强", CustomerKind::Driver),
    ("林雨薇", CustomerKind::Employee),
    ("郑一鸣", CustomerKind::Person),
    ("谢春梅", CustomerKind::Person),
    ("韩立军", CustomerKind::Driver),
];

pub async fn write(app: &Arc<App>, actor: &Actor) -> Result<()> {
    let mut engine = app.engine.clone();
    let began = app.now().plus_ms(-DAY_MS);
    engine.clock = Clock::manual(began);
    let mut actor = actor.clone();
    actor.caller.name = "系统管理员".to_owned();
    let change = CustomerPullChange {
        version: 0,
        url: "https://people.example.com/scim/v2".to_owned(),
        enabled: false,
        page_size: 200,
        token: Some(engine.random.hex::<24>()?),
    };
    engine.customer_pull_update(&actor, change).await?;
    let people = (1..).zip(PEOPLE).map(|(n, (name, kind))| SourceUser {
        external_id: Some(format!("u-{:05}", 20_000 + n * 7)),
        account: format!("user{n:03}@people.example.com"),
        name: name.to_owned(),
        phone: Some(format!("1390271{:04}", 1_000 + n * 137)),
        kind,
        active: n != 7,
    });
    let mut taken = engine.customer_pull_take(people.collect()).await?;
    let reason = Text::of(
        "phoneNumbers：手机号应为 13 至 19 开头的 11 位数字；境外号码请写 + 和国家代码",
        "phoneNumbers: A mobile number has 11 digits and begins with 13 to 19; write numbers of other countries with + and the country's code.",
    );
    taken.refuse("u-20091", reason);
    let total = taken.new + taken.refused;
    let end = PullEnd {
        was_whole: true,
        total,
        taken,
        gone: 0,
        gone_asked: 0,
        seen_ms: Some(began.as_ms() - 5 * MINUTE_MS),
        error: None,
    };
    engine.customer_pull_end(1, began, end).await
}
