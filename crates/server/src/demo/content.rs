//! What the apps show: written by staff, as they would.

use super::coupons;
use crate::app::App;
use engine::Engine;
use engine::audit::Actor;
use engine::content::{ContentDraft, ContentStatusChange};
use model::Result;
use model::content::{Audience, ContentDecision, ContentKind, FaqTopic, TargetGroup, TaskMetric};
use model::id::{ContentId, CouponId};
use model::message::MessageEvent;
use model::time::DAY_MS;
use std::sync::Arc;

const COUPON: &[u8] = include_bytes!("photos/banner-coupon.jpg");
const NIGHT: &[u8] = include_bytes!("photos/banner-night.jpg");
const DRIVER: &[u8] = include_bytes!("photos/banner-driver.jpg");

/// Who writes.
pub(super) fn desk() -> Actor {
    let mut actor = Actor::local();
    actor.caller.name = "张伟".to_owned();
    actor
}

/// What becomes of it after it was written.
#[derive(Clone, Copy)]
enum Then {
    Draft,
    Published,
    Withdrawn,
}

fn draft(audience: Audience, kind: ContentKind, title: &str, body: &str) -> ContentDraft {
    ContentDraft {
        audience,
        kind,
        operator_id: None,
        title: title.to_owned(),
        body: (!body.is_empty()).then(|| body.to_owned()),
        link: None,
        topic: None,
        event: None,
        metric: None,
        goal: None,
        coupon_id: None,
        group: None,
        fleet_id: None,
        mark: None,
        cities: None,
        rank: None,
        from_ms: None,
        until_ms: None,
    }
}

async fn write_one(
    engine: &Engine,
    draft: ContentDraft,
    pictures: &[&[u8]],
    then: Then,
) -> Result<ContentId> {
    let actor = desk();
    let id = engine.content_create(&actor, draft).await?;
    for picture in pictures {
        engine.content_picture_create(&actor, id, picture.to_vec()).await?;
    }
    let first = 1 + i64::try_from(pictures.len()).unwrap_or(0);
    let steps = [ContentDecision::Published, ContentDecision::Withdrawn];
    let taken = match then {
        Then::Draft => 0,
        Then::Published => 1,
        Then::Withdrawn => 2,
    };
    for (version, status) in (first..).zip(steps.into_iter().take(taken)) {
        engine.content_status_set(&actor, id, ContentStatusChange { version, status }).await?;
    }
    Ok(id)
}

pub async fn write(app: &Arc<App>) -> Result<()> {
    let coupons = coupons::write(app).await?;
    banners(app, coupons[0]).await?;
    notices(app).await?;
    offers(app, &coupons).await?;
    for (audience, topic, title, body) in FAQS {
        let faq = ContentDraft { topic: Some(topic), ..draft(audience, ContentKind::Faq, title, body) };
        write_one(&app.engine, faq, &[], Then::Published).await?;
    }
    for (audience, event, title, body) in MESSAGES {
        let message =
            ContentDraft { event: Some(event), ..draft(audience, ContentKind::Message, title, body) };
        let then = if event == MessageEvent::Occupation { Then::Draft } else { Then::Published };
        write_one(&app.engine, message, &[], then).await?;
    }
    Ok(())
}

async fn banners(app: &Arc<App>, coupon: CouponId) -> Result<()> {
    let (engine, now) = (&app.engine, app.now().as_ms());
    let banner = |audience, title, link: &str, rank| ContentDraft {
        link: Some(link.to_owned()),
        rank: Some(rank),
        ..draft(audience, ContentKind::Banner, title, "")
    };
    let first = banner(Audience::Customer, "新用户首充立减 5 元", "/pages/coupon/index", 20);
    write_one(engine, first, &[COUPON], Then::Published).await?;
    let night = ContentDraft {
        cities: Some(vec!["420100".to_owned()]),
        until_ms: Some(now + 45 * DAY_MS),
        ..banner(Audience::Customer, "夜间充电更省", "/pages/tariff/index", 10)
    };
    write_one(engine, night, &[NIGHT], Then::Published).await?;
    let later = ContentDraft {
        from_ms: Some(now + 6 * DAY_MS),
        until_ms: Some(now + 20 * DAY_MS),
        ..banner(Audience::Customer, "元旦出行不排队", "https://www.example.com/newyear", 30)
    };
    write_one(engine, later, &[NIGHT], Then::Published).await?;
    let drivers = banner(Audience::Driver, "司机任务周", "/pages/task/index", 10);
    write_one(engine, drivers, &[DRIVER], Then::Published).await?;
    let popup = ContentDraft {
        coupon_id: Some(coupon.0),
        until_ms: Some(now + 15 * DAY_MS),
        ..draft(
            Audience::Customer,
            ContentKind::Popup,
            "新用户礼包",
            "注册后 **30 天内** 首次充电可用，由客服发放到「我的优惠券」。",
        )
    };
    write_one(engine, popup, &[], Then::Published).await?;
    Ok(())
}

async fn notices(app: &Arc<App>) -> Result<()> {
    let (engine, now) = (&app.engine, app.now().as_ms());
    let notice = |audience, title, body| draft(audience, ContentKind::Notice, title, body);
    let wuhan = ContentDraft {
        cities: Some(vec!["420100".to_owned()]),
        rank: Some(10),
        until_ms: Some(now + 10 * DAY_MS),
        ..notice(Audience::Customer, "光谷片区电网检修，部分站点夜间限功率", POWER)
    };
    write_one(engine, wuhan, &[], Then::Published).await?;
    let rule = notice(Audience::Customer, "充电结束后请及时移车", MOVE_CAR);
    write_one(engine, rule, &[], Then::Published).await?;
    let own = ContentDraft {
        operator_id: Some(1),
        ..notice(
            Audience::Customer,
            "新站上线：停车两小时内免费",
            "充电车辆凭订单在岗亭登记，两小时内免停车费。",
        )
    };
    write_one(engine, own, &[], Then::Published).await?;
    let next = ContentDraft {
        from_ms: Some(now + 4 * DAY_MS),
        ..notice(
            Audience::Customer,
            "元旦假期服务安排",
            "客服热线 7 × 24 小时在线。\n\n- 高速服务区站点增派人手\n- 退款顺延至节后第一个工作日",
        )
    };
    write_one(engine, next, &[], Then::Published).await?;
    let old = notice(Audience::Customer, "暴雨蓝色预警，请避开低洼站点", "积水超过 10 厘米时请勿插枪。");
    write_one(engine, old, &[], Then::Withdrawn).await?;
    write_one(
        engine,
        notice(Audience::Customer, "发票抬头库即将上线", "可保存常用抬头，一次填写，多次使用。"),
        &[],
        Then::Draft,
    )
    .await?;
    let driver = ContentDraft {
        group: Some(TargetGroup::Driver),
        ..notice(
            Audience::Driver,
            "交接班高峰请错峰充电",
            "16:00 – 18:00 为交接班高峰，建议 **14:00 前** 或 **20:00 后** 充电。",
        )
    };
    write_one(engine, driver, &[], Then::Published).await?;
    let fleet = ContentDraft {
        group: Some(TargetGroup::Fleet),
        fleet_id: Some(1),
        ..notice(Audience::Driver, "江城网约车：专属车位已划定", "光谷广场站 B 区 1 – 8 号为车队专属车位。")
    };
    write_one(engine, fleet, &[], Then::Published).await?;
    for (title, body, rank) in STAFF {
        let staff = ContentDraft { rank: Some(rank), ..notice(Audience::Staff, title, body) };
        write_one(engine, staff, &[], Then::Published).await?;
    }
    Ok(())
}

async fn offers(app: &Arc<App>, coupons: &[CouponId]) -> Result<()> {
    let (engine, now) = (&app.engine, app.now().as_ms());
    let activity = ContentDraft {
        coupon_id: Some(coupons[1].0),
        until_ms: Some(now + 30 * DAY_MS),
        rank: Some(10),
        ..draft(Audience::Customer, ContentKind::Activity, "周末八五折充电", WEEKEND)
    };
    write_one(engine, activity, &[NIGHT], Then::Published).await?;
    let invite = draft(
        Audience::Customer,
        ContentKind::Activity,
        "邀请好友得服务费券",
        "1. 分享小程序给好友\n2. 好友首次完成充电\n3. 客服核实后发放 3 元服务费券",
    );
    write_one(engine, ContentDraft { coupon_id: Some(coupons[2].0), ..invite }, &[], Then::Published).await?;
    let summer = draft(Audience::Customer, ContentKind::Activity, "老站焕新抽奖", "奖品与规则待定。");
    write_one(engine, summer, &[], Then::Draft).await?;
    let task = |title, body, metric, goal, until: i64| ContentDraft {
        metric: Some(metric),
        goal: Some(goal),
        coupon_id: Some(coupons[2].0),
        until_ms: Some(now + until * DAY_MS),
        ..draft(Audience::Driver, ContentKind::Task, title, body)
    };
    let weekly =
        task("司机任务周", "本周内完成 **20 单** 充电，奖励 3 元服务费券 5 张。", TaskMetric::Orders, 20, 7);
    write_one(engine, weekly, &[DRIVER], Then::Published).await?;
    let monthly = task(
        "月度千度挑战",
        "当月累计充电满 1000 度，次月前 5 个工作日发放奖励。",
        TaskMetric::Energy,
        10_000_000,
        28,
    );
    write_one(engine, ContentDraft { group: Some(TargetGroup::Driver), ..monthly }, &[], Then::Published)
        .await?;
    Ok(())
}

const POWER: &str = "受电网检修影响，以下时段部分站点降功率运行：\n\n- 光谷广场站：每日 23:00 – 次日 05:00\n- 东湖高新站：周三 22:00 – 周四 04:00\n\n请提前安排充电时间，给您带来不便敬请谅解。详情见[检修公告](https://www.example.com/notice/1)。";
const MOVE_CAR: &str = "充电结束后 **15 分钟** 内免费停留，超时将占用他人车位。\n\n## 怎样知道充电结束\n1. 小程序会提醒您\n2. 桩屏幕显示「充电完成」\n3. 枪口指示灯变绿";
const WEEKEND: &str = "周六、周日充电，使用八五折券每单最高减 10 元。\n\n## 规则\n- 每人 2 张，领取后在有效期内使用\n- 不与其他优惠同享";

const STAFF: [(&str, &str, i64); 3] = [
    (
        "本周六 02:00 – 03:00 系统升级",
        "升级期间 **控制台不可用约 10 分钟**，桩侧充电不受影响，账单稍后补传。\n\n- 请提前导出需要的报表\n- 值班电话见通讯录",
        20,
    ),
    (
        "新功能：用户端与司机端内容可自行发布",
        "轮播、公告、活动、优惠券、司机价在左侧菜单「用户端运营」「司机端运营」中维护，发布前请先看手机效果。",
        10,
    ),
    (
        "异常订单当日清：每天 18:00 前处理完毕",
        "首页待办中的异常订单请当日处理，超过单人限额的由同事复核。",
        0,
    ),
];

const FAQS: [(Audience, FaqTopic, &str, &str); 8] = [
    (
        Audience::Customer,
        FaqTopic::Charging,
        "扫码后无法启动怎么办？",
        "1. 确认枪已插紧、车辆已锁止\n2. 换一把空闲的枪再试\n3. 仍不行请在「投诉建议」中留下桩编号，我们会尽快处理",
    ),
    (
        Audience::Customer,
        FaqTopic::Charging,
        "为什么充电功率比标称的低？",
        "功率由车辆电池决定：电量超过 80%、温度过低或过高时，车辆会主动降低需求。场站总功率受限时也会短时降低。",
    ),
    (
        Audience::Customer,
        FaqTopic::Payment,
        "启动失败的钱什么时候退？",
        "启动失败不收费。预付款按原路退回，通常 **1 至 3 个工作日** 到账。",
    ),
    (
        Audience::Customer,
        FaqTopic::Payment,
        "电费和服务费怎么算？",
        "按尖、峰、平、谷各时段的单价乘以该时段电量，逐段相加。明细见订单详情。",
    ),
    (
        Audience::Customer,
        FaqTopic::Invoice,
        "怎么开发票？",
        "在「我的发票」中选择已完成的订单，同一销售方的可以合并开具。",
    ),
    (
        Audience::Customer,
        FaqTopic::Device,
        "拔不出枪怎么办？",
        "先在车内解锁，再按下枪柄按钮拔出；仍拔不出请拨打桩身上的客服电话。",
    ),
    (
        Audience::Driver,
        FaqTopic::Charging,
        "车队卡可以给别人用吗？",
        "不可以。车队卡与车辆绑定，异常使用会被冻结。",
    ),
    (
        Audience::Driver,
        FaqTopic::Account,
        "换了车队怎么办？",
        "请新车队的管理员联系平台，变更后原车队的优惠不再享受。",
    ),
];

const MESSAGES: [(Audience, MessageEvent, &str, &str); 11] = [
    (
        Audience::Customer,
        MessageEvent::ChargeStart,
        "充电已开始",
        "您在{station_name}（{connector}）的充电已开始，订单号 {order_no}。",
    ),
    (
        Audience::Customer,
        MessageEvent::ChargeEnd,
        "充电完成",
        "本次在{station_name}充入 {energy_kwh} 度，用时 {duration_minutes} 分钟，共 {total_yuan} 元。请及时移车。",
    ),
    (
        Audience::Customer,
        MessageEvent::ChargeAbort,
        "充电已中止",
        "您在{station_name}（{connector}）的充电因{reason}中止，已充 {energy_kwh} 度，共 {total_yuan} 元。",
    ),
    (
        Audience::Customer,
        MessageEvent::Occupation,
        "请尽快移车",
        "您的车已占用{station_name}（{connector}）{occupied_minutes} 分钟，免费停留 {free_minutes} 分钟后按 {fee_yuan_per_minute} 元/分钟计费。",
    ),
    (
        Audience::Customer,
        MessageEvent::OccupationFree,
        "充电已结束，请移车",
        "您在{station_name}（{connector}）的充电已结束，可免费停留 {free_minutes} 分钟，至 {free_until}；之后按 {fee_yuan_per_minute} 元/分钟收取占位费，最多 {cap_yuan} 元。",
    ),
    (
        Audience::Customer,
        MessageEvent::OccupationFee,
        "占位费开始计算",
        "您的车仍占用{station_name}（{connector}），免费的 {free_minutes} 分钟已过，现按 {fee_yuan_per_minute} 元/分钟计费，最多 {cap_yuan} 元。",
    ),
    (
        Audience::Customer,
        MessageEvent::OccupationCap,
        "占位费已封顶",
        "您的车已占用{station_name}（{connector}）{occupied_minutes} 分钟，占位费已达上限 {cap_yuan} 元，请尽快移车。",
    ),
    (
        Audience::Customer,
        MessageEvent::Refund,
        "退款到账",
        "订单 {order_no} 的退款 {refund_yuan} 元已于 {time} 退回。",
    ),
    (
        Audience::Customer,
        MessageEvent::Invoice,
        "发票已开具",
        "抬头为{invoice_title}的发票（{invoice_yuan} 元）已发送到 {email}。",
    ),
    (
        Audience::Customer,
        MessageEvent::Voucher,
        "优惠券到账",
        "{coupon_name}已放入您的卡包，有效期至 {valid_until}。",
    ),
    (
        Audience::Driver,
        MessageEvent::ChargeEnd,
        "充电完成，可以出车",
        "{station_name}充入 {energy_kwh} 度，共 {total_yuan} 元，祝您一路顺利。",
    ),
];
