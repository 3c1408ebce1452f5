//! Coupons in hand, and prices for drivers.

use super::content::desk;
use crate::app::App;
use engine::content::ContentStatusChange;
use engine::coupon::{CouponDraft, CouponStatusChange, VoucherCancel, VoucherDraft};
use engine::driver_price::DriverPriceDraft;
use model::Result;
use model::access::{Area, Scope};
use model::content::{ContentDecision, TargetGroup};
use model::coupon::{CouponKind, CouponPayer};
use model::discount::DiscountBearer;
use model::driver_price::{PriceCut, PriceFee};
use model::id::{CouponId, DriverPriceId, StationId, VoucherId};
use model::time::{Clock, DAY_MS};
use std::sync::Arc;
use store::vouchers::{VoucherFilter, voucher_list};

/// The coupons that others refer to, in the order in which they were made.
pub async fn write(app: &Arc<App>) -> Result<Vec<CouponId>> {
    let ids = made(app).await?;
    given(app, &ids).await?;
    prices(app).await?;
    Ok(ids)
}

async fn made(app: &Arc<App>) -> Result<Vec<CouponId>> {
    let (actor, now) = (desk(), app.now().as_ms());
    let mut ids = Vec::new();
    let coupon = |name: &str, kind, off_fen: Option<i64>, threshold_fen| CouponDraft {
        operator_id: None,
        name: name.to_owned(),
        kind,
        off_fen,
        percent_off: None,
        cap_fen: None,
        threshold_fen,
        total: None,
        per_person: 1,
        valid_from_ms: None,
        valid_until_ms: None,
        valid_days: Some(30),
        payer: CouponPayer::Platform,
        platform_permille: None,
        combines: false,
        returns: true,
        cities: None,
        station_ids: None,
        note: None,
    };
    let weekend = CouponDraft {
        percent_off: Some(15),
        cap_fen: Some(1_000),
        valid_days: None,
        valid_from_ms: Some(now - 10 * DAY_MS),
        valid_until_ms: Some(now + 30 * DAY_MS),
        total: Some(2_000),
        per_person: 2,
        ..coupon("周末八五折", CouponKind::Percent, None, 0)
    };
    let own = CouponDraft {
        operator_id: Some(1),
        payer: CouponPayer::Operator,
        cities: Some(vec!["420100".to_owned()]),
        note: Some("站点搬迁补偿，仅限武汉各站使用".to_owned()),
        ..coupon("新站体验券", CouponKind::Amount, Some(800), 2_000)
    };
    let all = [
        CouponDraft { total: Some(5_000), ..coupon("满 30 减 5", CouponKind::Amount, Some(500), 3_000) },
        weekend,
        CouponDraft { per_person: 10, ..coupon("服务费减 3 元", CouponKind::Service, Some(300), 0) },
        own,
        CouponDraft {
            total: Some(30),
            valid_days: Some(7),
            ..coupon("服务补偿 10 元", CouponKind::Amount, Some(1_000), 0)
        },
        coupon("夏季清凉券", CouponKind::Amount, Some(300), 1_500),
    ];
    for one in all {
        ids.push(app.engine.coupon_create(&actor, one).await?);
    }
    Ok(ids)
}

/// In the hands of customers since some weeks or days; one was taken back.
async fn given(app: &Arc<App>, ids: &[CouponId]) -> Result<()> {
    let actor = desk();
    let stop = CouponStatusChange { version: 1, stopped: true };
    let gifts = [
        (0, 21, TargetGroup::Person, "新用户礼包"),
        (1, 9, TargetGroup::Employee, "周末活动"),
        (2, 5, TargetGroup::Driver, "司机任务周奖励"),
        (5, 40, TargetGroup::Driver, "高温补贴"),
    ];
    for (place, days_ago, group, reason) in gifts {
        let mut engine = app.engine.clone();
        engine.clock = Clock::manual(app.now().plus_ms(-days_ago * DAY_MS));
        let gift = VoucherDraft {
            request_id: format!("demo-gift-{place:04}"),
            customer_id: None,
            group: Some(group),
            fleet_id: None,
            mark: None,
            reason: reason.to_owned(),
        };
        engine.voucher_create(&actor, ids[place], gift).await?;
    }
    for customer in [12, 31, 47] {
        let gift = VoucherDraft {
            request_id: format!("demo-comfort-{customer:04}"),
            customer_id: Some(customer),
            group: None,
            fleet_id: None,
            mark: None,
            reason: "启动失败补偿".to_owned(),
        };
        app.engine.voucher_create(&actor, ids[4], gift).await?;
    }
    app.engine.coupon_status_set(&actor, ids[5], stop).await?;
    let wanted = VoucherFilter { coupon_id: Some(ids[2].0), limit: 1, ..VoucherFilter::default() };
    let now = app.now();
    let read = move |conn: &mut store::Conn| voucher_list(conn, &Scope::ALL, &wanted, now);
    if let Some(last) = app.engine.store.read(read).await?.items.pop() {
        let cancel = VoucherCancel { reason: "重复发放".to_owned() };
        app.engine.voucher_cancel(&actor, VoucherId(last.id), cancel).await?;
    }
    Ok(())
}

/// A fifth off, for everybody of a group, always and everywhere.
fn price(name: &str, fee: PriceFee, group: TargetGroup) -> DriverPriceDraft {
    DriverPriceDraft {
        operator_id: None,
        name: name.to_owned(),
        fee,
        cut: PriceCut::Percent,
        percent_off: Some(20),
        off_price_e5: None,
        group,
        fleet_id: None,
        area: Area::Everywhere,
        weekdays: (1..=7).collect(),
        from_minute: None,
        to_minute: None,
        rank: Some(10),
        payer: None,
        platform_permille: None,
        combines: false,
        cap_fen: None,
        budget_fen: None,
        note: None,
        from_ms: None,
        until_ms: None,
    }
}

async fn prices(app: &Arc<App>) -> Result<()> {
    let (engine, actor, now) = (&app.engine, desk(), app.now().as_ms());
    let night = DriverPriceDraft {
        area: Area::Cities { cities: vec!["420100".to_owned()] },
        from_minute: Some(22 * 60),
        to_minute: Some(6 * 60),
        note: Some("夜班司机，谷段错峰".to_owned()),
        ..price("武汉夜间司机价", PriceFee::Service, TargetGroup::Driver)
    };
    let fleet = DriverPriceDraft {
        cut: PriceCut::Amount,
        percent_off: None,
        off_price_e5: Some(8_000),
        fleet_id: Some(1),
        rank: Some(50),
        until_ms: Some(now + 180 * DAY_MS),
        note: Some("框架协议 2026-017，半年一签".to_owned()),
        ..price("江城网约车协议价", PriceFee::Service, TargetGroup::Fleet)
    };
    let works = DriverPriceDraft {
        percent_off: Some(100),
        weekdays: vec![6, 7],
        area: Area::Stations { stations: vec![StationId(1), StationId(2)] },
        operator_id: Some(1),
        from_ms: Some(now + 9 * DAY_MS),
        ..price("周末免服务费体验", PriceFee::Service, TargetGroup::Employee)
    };
    let electricity = DriverPriceDraft {
        percent_off: Some(5),
        ..price("出租车电费九五折", PriceFee::Electricity, TargetGroup::Driver)
    };
    // For everybody, while few charge.
    let activity = DriverPriceDraft {
        operator_id: Some(1),
        payer: Some(DiscountBearer::Shared),
        platform_permille: Some(400),
        percent_off: Some(30),
        area: Area::Stations { stations: vec![StationId(2)] },
        from_minute: Some(2 * 60),
        to_minute: Some(5 * 60),
        rank: Some(0),
        cap_fen: Some(1_000),
        budget_fen: Some(500_000),
        until_ms: Some(now + 60 * DAY_MS),
        note: Some("开业三个月，凌晨错峰，平台承担四成".to_owned()),
        ..price("开业凌晨服务费七折", PriceFee::Service, TargetGroup::All)
    };
    let all = [(night, true), (fleet, true), (works, true), (electricity, false), (activity, true)];
    for (draft, published) in all {
        let DriverPriceId(id) = engine.driver_price_create(&actor, draft).await?;
        if published {
            let change = ContentStatusChange { version: 1, status: ContentDecision::Published };
            engine.driver_price_status_set(&actor, DriverPriceId(id), change).await?;
        }
    }
    Ok(())
}
