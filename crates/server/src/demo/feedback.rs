//! What people wrote in the last weeks, and what became of it: through the engine, as it was then.

use super::{PilePlan, SEED};
use crate::app::App;
use engine::Engine;
use engine::audit::Actor;
use engine::feedback::{FeedbackChange, FeedbackDraft, FeedbackScoreDraft};
use model::Result;
use model::feedback::{FeedbackAction, FeedbackKind, FeedbackSource};
use model::id::FeedbackId;
use model::time::{Clock, DAY_MS, HOUR_MS, MINUTE_MS};
use sim::random::Random;
use std::sync::Arc;

const COUNT: i64 = 64;
const DAYS: i64 = 30;
const PHOTOS: [&[u8]; 2] = [include_bytes!("photos/screen.jpg"), include_bytes!("photos/place.jpg")];

type Line = (FeedbackKind, &'static str, &'static str, &'static str);

const LINES: [Line; 12] = [
    (
        FeedbackKind::Fault,
        "cannot_start",
        "扫码后一直显示“启动中”，等了五分钟也没有充上，换了一把枪才好。",
        "您好，该枪通信模块已重启恢复，启动失败的订单不会收费。",
    ),
    (
        FeedbackKind::Complaint,
        "place_taken",
        "充电车位被燃油车占了三个，现场没有人管，转了两圈只能走。",
        "您好，已联系站点保安清理车位，并加装地锁，感谢您的反馈。",
    ),
    (
        FeedbackKind::Fault,
        "connector_broken",
        "枪头卡扣断了，插上去会松，充到一半自动停了。",
        "您好，枪头已于今日更换，请放心使用。",
    ),
    (
        FeedbackKind::Question,
        "bill",
        "昨天晚上充了 32 度，扣了 48 元，和页面上写的单价对不上，麻烦核对一下。",
        "您好，您的充电跨越峰、平两个时段，明细可在订单详情中查看。",
    ),
    (
        FeedbackKind::Complaint,
        "slow",
        "标的是 120kW，实际只有 40 多，充了一个半小时，耽误跑单。",
        "您好，当时场站总功率受限，已调整分配策略，请再试。",
    ),
    (
        FeedbackKind::Question,
        "invoice",
        "上个月的订单可以合并开一张发票吗？抬头要写公司。",
        "您好，可以合并开票，请在“我的发票”中选择同一销售方的订单。",
    ),
    (
        FeedbackKind::Complaint,
        "refund",
        "启动失败但是预付的 50 元还没有退回来，已经两天了。",
        "您好，退款已受理，预计 1 个工作日内到账。",
    ),
    (
        FeedbackKind::Suggestion,
        "other",
        "希望站里装个遮雨棚，下雨天插枪很不方便，司机们都这么说 🙏",
        "感谢您的建议，已列入该站下季度改造计划。",
    ),
    (
        FeedbackKind::Fault,
        "cannot_start",
        "桩的屏幕报 E-102，急停按钮好像被人按下去了。",
        "您好，急停已复位，桩恢复正常。",
    ),
    (
        FeedbackKind::Suggestion,
        "other",
        "能不能在小程序里看到每个站的实时空闲枪数，还有停车费规则。",
        "感谢您的建议，空闲枪数已上线，停车费规则正在补充。",
    ),
    (
        FeedbackKind::Question,
        "other",
        "夜里两点以后还能进站充电吗？地图上写的是 24 小时，到了发现大门关着。",
        "您好，夜间请从东门进入，已在站点说明中更新。",
    ),
    (
        FeedbackKind::Fault,
        "connector_broken",
        "3 号桩的电缆外皮破了，能看到里面的线，怕漏电。",
        "您好，该桩已停用并安排更换电缆，感谢您及时告知。",
    ),
];

/// Who answered.
fn desk() -> Actor {
    let mut actor = Actor::local();
    actor.caller.name = "客服小林".to_owned();
    actor
}

/// An engine that believes it is another time.
fn at(app: &App, ms_ago: i64) -> Engine {
    let mut engine = app.engine.clone();
    engine.clock = Clock::manual(app.now().plus_ms(-ms_ago));
    engine.visitors = Arc::new(engine::visitors::Visitors::writers());
    engine
}

pub async fn write(app: &Arc<App>, plans: &[PilePlan]) -> Result<()> {
    let mut random = Random::named(SEED, "feedback");
    let phones = app.engine.store.read(|conn| store::customers::phones(conn, COUNT)).await?;
    for number in 0..COUNT {
        // Evenly over the month, the last ones within these hours.
        let ago = (COUNT - 1 - number) * DAYS * DAY_MS / COUNT + random.between(20, 160) * MINUTE_MS;
        let line = random.between(0, LINES.len() as i64 - 1) as usize;
        one(app, &mut random, plans, &phones, line, number, ago).await?;
    }
    Ok(())
}

async fn one(
    app: &Arc<App>,
    random: &mut Random,
    plans: &[PilePlan],
    phones: &[String],
    line: usize,
    number: i64,
    ago: i64,
) -> Result<()> {
    let (kind, category, content, answer) = LINES[line];
    let plan = random.pick(plans);
    let sources = [
        FeedbackSource::MiniProgram,
        FeedbackSource::MiniProgram,
        FeedbackSource::MiniProgram,
        FeedbackSource::App,
        FeedbackSource::Hotline,
    ];
    let draft = FeedbackDraft {
        request_id: format!("demo-{number:06}"),
        source: random.pick(&sources).copied(),
        kind,
        category: category.to_owned(),
        content: content.to_owned(),
        phone: random.pick(phones).cloned().unwrap_or_else(|| "13800000000".to_owned()),
        name: None,
        station_id: None,
        pile_code: plan.map(|plan| plan.code.clone()),
        connector_no: Some(1),
        order_no: None,
        website: None,
    };
    let phone = draft.phone.clone();
    let engine = at(app, ago);
    let receipt = engine.feedback_submit("demo", draft).await?;
    if matches!(category, "cannot_start" | "place_taken") {
        let photo = PHOTOS[usize::from(category == "place_taken")];
        engine.feedback_photo_add("demo", &receipt.no, &receipt.upload_token, photo.to_vec()).await?;
    }
    let id = FeedbackId(number + 1);
    // Old ones have come to an end, most of them in time; the latest still wait.
    let first = random.between(4, 75) * MINUTE_MS;
    let last = first + random.between(1, 40) * HOUR_MS;
    let steps = [
        (first / 2, FeedbackAction::Accept, None),
        (first, FeedbackAction::Reply, Some(answer)),
        (last, FeedbackAction::Close, Some("用户已确认，办结")),
    ];
    for (version, (after, action, text)) in (1..).zip(steps) {
        let waits = number % 9 == 4 && action == FeedbackAction::Close || number >= COUNT - 4;
        if after >= ago || waits {
            break;
        }
        let change = FeedbackChange {
            version,
            action,
            text: text.map(str::to_owned),
            handler_id: None,
            order_no: None,
            into_no: None,
        };
        at(app, ago - after).feedback_update(&desk(), id, change).await?;
        if action == FeedbackAction::Close && number % 3 != 0 {
            rated(app, random, &receipt.no, &phone, (ago - after).min(HOUR_MS)).await?;
        }
    }
    Ok(())
}

/// Most people are content, and few of them write why.
const WORDS: [(i64, Option<&str>); 6] = [
    (5, None),
    (5, Some("处理很快，谢谢")),
    (4, None),
    (4, Some("希望现场标识更清楚")),
    (3, None),
    (2, Some("等了一天才有人联系")),
];

async fn rated(app: &Arc<App>, random: &mut Random, no: &str, phone: &str, ago: i64) -> Result<()> {
    let (score, text) = random.pick(&WORDS).copied().unwrap_or((5, None));
    let draft = FeedbackScoreDraft {
        no: no.to_owned(),
        phone: phone.to_owned(),
        score,
        text: text.map(str::to_owned),
    };
    at(app, ago).feedback_rate("demo", draft).await
}
