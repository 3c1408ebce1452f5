//! What the apps show, and coupons: found by city, group and clock alike on both databases.

use crate::databases::databases;
use crate::seed::NOON;
use model::access::Scope;
use model::content::{Audience, ContentDecision, ContentKind, ContentState, TargetGroup};
use model::coupon::{CouponKind, CouponPayer, CouponState, CouponValidity, CouponWorth, VoucherState};
use model::customer::{CustomerKind, CustomerSource};
use model::id::{ContentId, CouponId, FleetId, OperatorId};
use model::money::Fen;
use model::time::Timestamp;
use store::content_list::{ContentFilter, content_list};
use store::content_shown::{Onlooker, content_shown};
use store::contents::{self, Content};
use store::coupons::{self, Coupon, CouponFilter, coupon_list};
use store::customers::{Customer, insert};
use store::vouchers::{self, NewVoucher, Recipients, VoucherFilter, voucher_list};
use store::{Store, Tx};

fn content(title: &str) -> Content {
    Content {
        id: ContentId(0),
        kind: ContentKind::Notice,
        audience: Audience::Customer,
        operator: None,
        title: title.to_owned(),
        body: "正文".to_owned(),
        link: String::new(),
        topic: None,
        event: None,
        metric: None,
        goal: None,
        coupon: None,
        group: TargetGroup::All,
        fleet: None,
        mark: None,
        cities: Vec::new(),
        rank: 0,
        decision: ContentDecision::Published,
        from: None,
        until: None,
        published_at: None,
        version: 1,
    }
}

async fn kept(store: &Store, all: Vec<Content>) {
    let work = move |tx: &mut Tx<'_>| {
        for one in &all {
            contents::insert(tx, one, "张三", Timestamp::from_ms(NOON))?;
        }
        Ok(())
    };
    store.write(None, work).await.unwrap();
}

fn onlooker(city: Option<&str>, kind: Option<CustomerKind>, fleet_id: Option<i64>) -> Onlooker {
    let city_code = city.map(str::to_owned);
    Onlooker { audience: Audience::Customer, city_code, kind, fleet_id, marks: Vec::new(), operator_id: None }
}

#[tokio::test]
async fn an_app_is_shown_what_is_for_its_city_its_user_and_its_moment() {
    let at = Timestamp::from_ms;
    for database in databases() {
        let store = database.open();
        let cities = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        kept(
            &store,
            vec![
                content("all"),
                Content { cities: cities(&["420100", "440300"]), ..content("two") },
                Content { group: TargetGroup::Employee, ..content("employee") },
                Content { group: TargetGroup::Fleet, fleet: Some(FleetId(7)), ..content("fleet") },
                Content { from: Some(at(100)), until: Some(at(200)), ..content("span") },
                Content { decision: ContentDecision::Draft, ..content("draft") },
                Content { audience: Audience::Driver, ..content("driver") },
                Content { rank: 5, ..content("front") },
            ],
        )
        .await;
        for (who, now, expected) in [
            (onlooker(None, None, None), 50, "front all"),
            (onlooker(Some("4201"), None, None), 50, "front all"),
            (onlooker(Some("440300"), None, None), 99, "front two all"),
            (
                onlooker(Some("420100"), Some(CustomerKind::Employee), Some(8)),
                100,
                "front span employee two all",
            ),
            (onlooker(None, Some(CustomerKind::Driver), Some(7)), 199, "front span fleet all"),
            (onlooker(None, None, Some(0)), 200, "front all"),
        ] {
            let told = format!("{} {who:?} {now}", database.name);
            let found = store.read(move |conn| content_shown(conn, &who, at(now))).await.unwrap();
            let titles: Vec<_> = found.iter().map(|one| one.title.as_str()).collect();
            assert_eq!(titles.join(" "), expected, "{told}");
        }
        let scheduled =
            ContentFilter { state: Some(ContentState::Scheduled), limit: 20, ..ContentFilter::default() };
        for (now, total) in [(99, 1), (100, 0)] {
            let wanted = scheduled.clone();
            let page =
                store.read(move |conn| content_list(conn, &Scope::ALL, &wanted, at(now))).await.unwrap();
            assert_eq!(page.total, Some(total));
        }
    }
}

fn coupon() -> Coupon {
    let worth = CouponWorth {
        kind: CouponKind::Amount,
        off: Some(Fen(500)),
        percent_off: None,
        cap: None,
        threshold: Fen(0),
    };
    Coupon {
        id: CouponId(0),
        operator: None,
        name: "五元券".to_owned(),
        worth,
        total: Some(9),
        per_person: 1,
        validity: CouponValidity::Days(1),
        payer: CouponPayer::Platform,
        platform_permille: 0,
        combines: false,
        returns: true,
        cities: Vec::new(),
        stations: Vec::new(),
        note: String::new(),
        stopped: false,
        given: 0,
        version: 1,
    }
}

#[tokio::test]
async fn coupons_reach_those_who_may_have_one_and_are_counted() {
    let now = Timestamp::from_ms(NOON);
    for database in databases() {
        let store = database.open();
        let work = move |tx: &mut Tx<'_>| {
            for kind in [CustomerKind::Person, CustomerKind::Driver, CustomerKind::Driver] {
                let mut person = Customer::fresh(CustomerSource::Own, "甲".to_owned(), now);
                (person.kind, person.fleet) = (kind, (kind == CustomerKind::Driver).then_some(FleetId(7)));
                insert(tx, &person)?;
            }
            let mut gone = Customer::fresh(CustomerSource::Own, "乙".to_owned(), now);
            gone.standing.decided = model::customer::CustomerStatus::Cancelled;
            insert(tx, &gone)?;
            let id = coupons::insert(tx, &coupon(), now)?;
            Ok(Coupon { id, ..coupon() })
        };
        let one = store.write(None, work).await.unwrap();
        let of = one.clone();
        let counted = |to: Recipients, request: &'static str, scope: Scope| {
            let (store, one) = (&store, of.clone());
            async move {
                let read = move |conn: &mut store::Conn| {
                    vouchers::candidate_count(conn, &scope, &to, &one, request, 100, now)
                };
                store.read(read).await.unwrap()
            }
        };
        assert_eq!(counted(Recipients::All, "r", Scope::ALL).await, 3, "{}", database.name);
        assert_eq!(counted(Recipients::Fleet(7), "r", Scope::ALL).await, 2);
        assert_eq!(counted(Recipients::Kind(CustomerKind::Person), "r", Scope::ALL).await, 1);
        let foreign = Scope::of_operator(OperatorId(5));
        assert_eq!(counted(Recipients::All, "r", foreign).await, 0, "they were never there");
        let given = one.clone();
        let work = move |tx: &mut Tx<'_>| {
            let new = NewVoucher { customer: 2, request_id: "r", reason: "活动", staff_name: "张三" };
            let id = vouchers::insert(tx, &given, &new, now)?;
            coupons::given_add(tx, given.id, 1)?;
            Ok(id)
        };
        store.write(None, work).await.unwrap();
        assert_eq!(counted(Recipients::All, "s", Scope::ALL).await, 2, "one each");
        let page = |wanted: VoucherFilter, at: i64| {
            let store = &store;
            async move {
                let wanted = VoucherFilter { limit: 20, ..wanted };
                let now = Timestamp::from_ms(at);
                store.read(move |conn| voucher_list(conn, &Scope::ALL, &wanted, now)).await.unwrap()
            }
        };
        let until = NOON + model::time::DAY_MS;
        let unused = VoucherFilter { state: Some(VoucherState::Unused), ..VoucherFilter::default() };
        assert_eq!(page(unused.clone(), until - 1).await.total, Some(1));
        assert_eq!(page(unused, until).await.total, Some(0));
        assert_eq!(page(VoucherFilter::default(), until).await.items[0].state, VoucherState::Expired);
        let id = one.id;
        let late = Timestamp::from_ms(until);
        assert_eq!(store.write(None, move |tx| vouchers::cancel(tx, id, None, "x", late)).await.unwrap(), 0);
        assert_eq!(store.write(None, move |tx| vouchers::cancel(tx, id, None, "x", now)).await.unwrap(), 1);
        let wanted = CouponFilter { state: Some(CouponState::Active), limit: 20, ..CouponFilter::default() };
        let list = store.read(move |conn| coupon_list(conn, &Scope::ALL, &wanted, now)).await.unwrap();
        assert_eq!((list.items[0].given_count, list.items[0].state), (0, CouponState::Active));
    }
}
