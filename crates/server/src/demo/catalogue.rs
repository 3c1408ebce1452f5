//! Who and where: names, places and prices of the demo.

use engine::pricing::{TariffDraft, TariffKindDraft};
use engine::site::StationChange;
use model::site::Facility;
use model::station::{CarKind, ParkingFee, PlaceKind, StationKind};
use model::tariff::Period;
use model::tariff_calendar::Season;
use store::tariff_list::TariffRate;

/// Name, credit code, contact, telephone, the last day of the contract.
pub const OPERATORS: [(&str, &str, &str, &str, i64); 2] = [
    ("江城智充", "91420100MA4K2X7C37", "周明", "027-87650001", 20_301_231),
    ("楚能新能源", "91420500MA4L9P6D84", "李婷", "0717-6450002", 20_281_130),
];

/// Administrative codes (GB/T 2260) and telephones for customers. The last one has no station yet.
pub const CITIES: [(&str, &str); 5] = [
    ("420100", "027-96000"),
    ("420500", "0717-96000"),
    ("420600", "0710-96000"),
    ("440300", "0755-96000"),
    ("430100", "0731-96000"),
];

pub struct StationPlan {
    pub name: &'static str,
    pub operator: usize,
    pub city: &'static str,
    pub address: &'static str,
    pub longitude_e6: i64,
    pub latitude_e6: i64,
    /// On the dearer tariff of the inner city.
    pub busy: bool,
    pub ocpp_dc: usize,
    pub ykc_dc: usize,
    pub ocpp_ac: usize,
}

const fn station(
    name: &'static str,
    operator: usize,
    city: &'static str,
    address: &'static str,
    (longitude_e6, latitude_e6): (i64, i64),
    busy: bool,
    [ocpp_dc, ykc_dc, ocpp_ac]: [usize; 3],
) -> StationPlan {
    StationPlan { name, operator, city, address, longitude_e6, latitude_e6, busy, ocpp_dc, ykc_dc, ocpp_ac }
}

pub const STATIONS: [StationPlan; 8] = [
    station(
        "光谷软件园充电站",
        0,
        "420100",
        "武汉市洪山区关山大道1号",
        (114_411_200, 30_478_900),
        true,
        [3, 3, 2],
    ),
    station(
        "武汉站东广场充电站",
        0,
        "420100",
        "武汉市洪山区白云路",
        (114_430_300, 30_607_100),
        true,
        [2, 3, 0],
    ),
    station(
        "汉口江滩充电站",
        0,
        "420100",
        "武汉市江岸区沿江大道",
        (114_308_600, 30_599_400),
        true,
        [2, 2, 2],
    ),
    station(
        "沌口体育中心充电站",
        0,
        "420100",
        "武汉市经开区车城北路",
        (114_170_500, 30_504_600),
        false,
        [2, 2, 2],
    ),
    station(
        "宜昌东站充电站",
        1,
        "420500",
        "宜昌市伍家岗区花溪路",
        (111_391_900, 30_670_100),
        false,
        [2, 2, 0],
    ),
    station("襄阳唐城充电站", 1, "420600", "襄阳市襄城区胜利街", (112_137_400, 31_993_600), false, [1, 2, 1]),
    station(
        "深圳湾科技生态园充电站",
        1,
        "440300",
        "深圳市南山区高新南九道",
        (113_953_600, 22_528_100),
        true,
        [3, 2, 2],
    ),
    station(
        "深圳北站充电站",
        1,
        "440300",
        "深圳市龙华区致远中路",
        (114_029_600, 22_609_300),
        true,
        [2, 3, 0],
    ),
];

const PLACE_KINDS: [PlaceKind; 5] = [
    PlaceKind::BuildingParking,
    PlaceKind::TransportHub,
    PlaceKind::IndustrialPark,
    PlaceKind::Residential,
    PlaceKind::Office,
];
const TAGS: [&[&str]; 4] =
    [&["快充", "地面车位", "夜间优惠"], &["快充", "24小时"], &["地库", "近地铁"], &["夜间优惠"]];

/// What is on record of a station beside its name and place: some are open all day, some over midnight.
pub fn record(place: usize, plan: &StationPlan, tariff_id: Option<i64>) -> StationChange {
    let hours = [None, Some((360, 1_440)), None, Some((360, 60))][place % 4];
    StationChange {
        version: 1,
        name: plan.name.to_owned(),
        code: Some(format!("{}-{:02}", plan.city, place + 1)),
        city_code: plan.city.to_owned(),
        address: plan.address.to_owned(),
        tariff_id,
        longitude_e6: Some(plan.longitude_e6),
        latitude_e6: Some(plan.latitude_e6),
        datum: None,
        phone: Some(format!("027-9600{place:02}")),
        opening_from_minute: hours.map(|(from, _)| from),
        opening_to_minute: hours.map(|(_, to)| to),
        parking: Some("充电期间免停车费，充电结束 30 分钟后按停车场标准收费".to_owned()),
        facilities: [Facility::Restroom, Facility::Shop, Facility::Canopy, Facility::Barrier][place % 2..]
            .to_vec(),
        transformer_kva: Some(if plan.busy { 1_250 } else { 800 }),
        power_cap_w: Some(if plan.busy { 1_000_000 } else { 600_000 }),
        kind: Some(if place == 5 { StationKind::Bus } else { StationKind::Public }),
        place_kind: Some(PLACE_KINDS[place % PLACE_KINDS.len()]),
        parking_fee: Some(ParkingFee::FreeCharging),
        tags: TAGS[place % TAGS.len()].iter().map(|tag| (*tag).to_owned()).collect(),
        car_kinds: if place == 5 {
            vec![CarKind::Bus]
        } else {
            vec![CarKind::Passenger, CarKind::Taxi, CarKind::Van]
        },
        utility_no: Some(format!("42{:08}", 16_530_774 + place * 7_919)),
    }
}

fn tariff(name: &str, electricity: [i64; 4], service: i64, hours: [usize; 24]) -> TariffDraft {
    let rates = Period::ALL.into_iter().zip(electricity).map(|(period, price)| TariffRate {
        period,
        electricity_price_e5: price,
        service_price_e5: service,
    });
    TariffDraft {
        at_once: None,
        name: name.to_owned(),
        rates: rates.collect(),
        periods: (0..48).map(|half| Period::ALL[hours[half / 2]]).collect(),
        kinds: Vec::new(),
        workdays: Vec::new(),
    }
}

/// A kind of days with the tables of another tariff.
fn kind(name: &str, table: TariffDraft) -> TariffKindDraft {
    let TariffDraft { rates, periods, .. } = table;
    TariffKindDraft {
        name: name.to_owned(),
        season: None,
        weekdays: Vec::new(),
        dates: Vec::new(),
        rates,
        periods,
    }
}

/// 尖 11-13 and 17-19 in the inner city; later and dearer in summer, cheaper on weekends, flat at Spring Festival.
pub fn tariff_busy() -> TariffDraft {
    let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 0, 0, 2, 2, 2, 2, 0, 0, 1, 1, 2, 3, 3];
    let summer = [3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 1, 0, 0, 0, 2, 3];
    let weekend = [3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 3, 3];
    let festival = [3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3];
    let table = |prices, hours| tariff("", prices, 45_000, hours);
    let prices = [128_000, 102_500, 71_000, 32_000];
    let season = Some(Season { from_mmdd: 701, to_mmdd: 831 });
    // This year and the last: a tariff has no use for what was.
    let known = model::holiday::years();
    let known = &known[known.len().saturating_sub(2)..];
    let festivals = known.iter().flat_map(|year| &year.holidays).filter(|holiday| holiday.name.zh == "春节");
    let kinds = vec![
        TariffKindDraft { season, ..kind("夏季高峰", table([152_000, 118_500, 74_000, 33_000], summer)) },
        TariffKindDraft { weekdays: vec![6, 7], ..kind("周末", table(prices, weekend)) },
        TariffKindDraft {
            dates: festivals.flat_map(|holiday| holiday.days.iter().copied()).collect(),
            ..kind("春节", table([128_000, 102_500, 66_000, 28_000], festival))
        },
    ];
    let workdays = known.iter().flat_map(|year| year.workdays.iter().copied()).collect();
    TariffDraft { kinds, workdays, ..tariff("城区分时电价", prices, 45_000, hours) }
}

/// The same day with dearer hours of the evening in winter.
pub fn tariff_winter() -> TariffDraft {
    let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 1, 1, 2, 2, 2, 1, 0, 0, 0, 1, 2, 3, 3];
    tariff("城区迎峰度冬电价", [136_000, 108_000, 71_000, 30_000], 45_000, hours)
}

/// Cheap nights for those who leave their cars.
pub fn tariff_night() -> TariffDraft {
    let hours = [3, 3, 3, 3, 3, 3, 3, 3, 2, 1, 1, 2, 2, 2, 1, 1, 2, 2, 1, 1, 1, 3, 3, 3];
    tariff("郊区夜充优惠电价", [118_000, 98_000, 68_000, 26_000], 30_000, hours)
}

pub fn tariff_calm() -> TariffDraft {
    let hours = [3, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 2, 2, 2, 0, 0, 2, 2, 1, 1, 1, 2, 3, 3];
    tariff("郊区分时电价", [120_000, 100_000, 70_000, 30_000], 35_000, hours)
}
