//! Operators, cities, stations, piles, customers and cards.

use crate::Plan;
use crate::bulk::Bulk;
use crate::random::Random;
use model::money::Price;
use model::tariff::{Period, Rate, Tariff};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::db::Insert;
use store::{DbError, DbResult, Value};

const OPERATORS: [&str; 12] = [
    "江城智充",
    "楚能新能源",
    "浦江快充",
    "岭南充电",
    "蓉城能源",
    "秦岭充电",
    "钱塘绿能",
    "齐鲁电联",
    "中原快充",
    "海西新能源",
    "北方智电",
    "湘江充电",
];

/// Code (GB/T 2260), province, name, longitude and latitude of its middle in degrees × 100.
type CityFacts = (&'static str, &'static str, &'static str, i64, i64);
const CITIES: [CityFacts; 36] = [
    ("110100", "北京市", "北京市", 11_640, 3_990),
    ("120100", "天津市", "天津市", 11_720, 3_913),
    ("130100", "河北省", "石家庄市", 11_451, 3_804),
    ("140100", "山西省", "太原市", 11_255, 3_787),
    ("210100", "辽宁省", "沈阳市", 12_343, 4_180),
    ("210200", "辽宁省", "大连市", 12_161, 3_891),
    ("220100", "吉林省", "长春市", 12_532, 4_382),
    ("230100", "黑龙江省", "哈尔滨市", 12_653, 4_580),
    ("310100", "上海市", "上海市", 12_147, 3_123),
    ("320100", "江苏省", "南京市", 11_880, 3_206),
    ("320200", "江苏省", "无锡市", 12_031, 3_149),
    ("320500", "江苏省", "苏州市", 12_058, 3_130),
    ("330100", "浙江省", "杭州市", 12_016, 3_027),
    ("330200", "浙江省", "宁波市", 12_155, 2_987),
    ("340100", "安徽省", "合肥市", 11_723, 3_182),
    ("350100", "福建省", "福州市", 11_930, 2_607),
    ("350200", "福建省", "厦门市", 11_809, 2_448),
    ("360100", "江西省", "南昌市", 11_586, 2_868),
    ("370100", "山东省", "济南市", 11_712, 3_665),
    ("370200", "山东省", "青岛市", 12_038, 3_607),
    ("410100", "河南省", "郑州市", 11_363, 3_475),
    ("420100", "湖北省", "武汉市", 11_431, 3_059),
    ("420500", "湖北省", "宜昌市", 11_129, 3_069),
    ("420600", "湖北省", "襄阳市", 11_214, 3_204),
    ("430100", "湖南省", "长沙市", 11_294, 2_823),
    ("440100", "广东省", "广州市", 11_326, 2_313),
    ("440300", "广东省", "深圳市", 11_406, 2_254),
    ("440600", "广东省", "佛山市", 11_312, 2_302),
    ("441900", "广东省", "东莞市", 11_375, 2_302),
    ("450100", "广西壮族自治区", "南宁市", 10_837, 2_282),
    ("460100", "海南省", "海口市", 11_020, 2_004),
    ("500100", "重庆市", "重庆市", 10_655, 2_956),
    ("510100", "四川省", "成都市", 10_407, 3_057),
    ("520100", "贵州省", "贵阳市", 10_663, 2_665),
    ("530100", "云南省", "昆明市", 10_283, 2_488),
    ("610100", "陕西省", "西安市", 10_894, 3_434),
];

const PLACES: [&str; 12] = [
    "人民路",
    "高新",
    "火车站",
    "软件园",
    "体育中心",
    "会展",
    "大学城",
    "机场",
    "万达",
    "滨江",
    "客运站",
    "物流园",
];
const FAMILIES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [&str; 12] = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰"];

static OPERATOR: Insert =
    Insert { table: "operator", columns: &["id", "name", "status", "created_at_ms"], on_conflict: "" };
static CITY: Insert =
    Insert { table: "city", columns: &["code", "province", "name", "status"], on_conflict: "" };
static TARIFF: Insert = Insert {
    table: "tariff",
    columns: &["id", "name", "version_no", "model_no", "body", "created_at_ms"],
    on_conflict: "",
};
static STATION: Insert = Insert {
    table: "station",
    columns: &[
        "id",
        "operator_id",
        "city_code",
        "name",
        "address",
        "longitude_e6",
        "latitude_e6",
        "time_zone",
        "tariff_id",
        "created_at_ms",
        "version",
    ],
    on_conflict: "",
};
static STATION_TARIFF: Insert =
    Insert { table: "station_tariff", columns: &["station_id", "from_ms", "tariff_id"], on_conflict: "" };
static PILE: Insert = Insert {
    table: "pile",
    columns: &[
        "id",
        "code",
        "name",
        "station_id",
        "operator_id",
        "kind",
        "protocol",
        "lifecycle",
        "rated_power_w",
        "vendor",
        "model",
        "firmware",
        "online",
        "last_seen_ms",
        "created_at_ms",
        "version",
    ],
    on_conflict: "",
};
static CONNECTOR: Insert = Insert {
    table: "connector",
    columns: &["id", "pile_id", "no", "status", "status_at_ms"],
    on_conflict: "",
};
static CUSTOMER: Insert = Insert {
    table: "customer",
    columns: &["id", "name", "phone", "phone_back", "created_at_ms"],
    on_conflict: "",
};
static CUSTOMER_NAME: Insert =
    Insert { table: "customer_name", columns: &["part", "customer_id"], on_conflict: "" };
static CARD: Insert = Insert {
    table: "card",
    columns: &["id", "tag", "status", "customer_id", "sessions_max", "created_at_ms"],
    on_conflict: "",
};
static LEASE: Insert = Insert { table: "id_lease", columns: &["noun", "next_id"], on_conflict: "" };

/// Electricity and service fee of the one tariff, in 0.00001 yuan a kWh, whatever the hour.
pub const PRICES_E5: [i64; 2] = [85_000, 40_000];

pub struct PilePlace {
    pub station: i64,
    pub operator: i64,
    pub power_w: i64,
}

/// The tag of a customer's card.
pub fn tag(customer: i64) -> String {
    format!("CA{customer:010X}")
}

/// Of each pile, by its number.
pub fn write(bulk: &mut Bulk, plan: &Plan, random: &mut Random) -> DbResult<Vec<PilePlace>> {
    let opened = plan.until.as_ms() - plan.days * 86_400_000;
    for (name, id) in OPERATORS.into_iter().zip(1i64..) {
        bulk.add(&OPERATOR, [id.into(), name.into(), "enabled".into(), opened.into()])?;
    }
    for (code, province, name, ..) in CITIES {
        bulk.add(&CITY, [code.into(), province.into(), name.into(), "open".into()])?;
    }
    let [electricity, service] = PRICES_E5.map(Price);
    let tariff = Tariff { rates: [Rate { electricity, service }; 4], periods: [Period::ALL[2]; 48] };
    let body = serde_json::to_string(&tariff).map_err(|why| DbError::Fault(why.to_string()))?;
    bulk.add(&TARIFF, [1.into(), "统一电价".into(), 1.into(), 1.into(), body.into(), opened.into()])?;
    let mut piles = Vec::new();
    for station in 1..=plan.stations {
        station_write(bulk, station, opened, random)?;
        let operator = (station - 1) % OPERATORS.len() as i64 + 1;
        let end = plan.piles * station / plan.stations;
        while (piles.len() as i64) < end {
            piles.push(pile_write(bulk, piles.len() as i64 + 1, station, operator, plan, random)?);
        }
    }
    for customer in 1..=plan.customers {
        let name = format!("{}{}{}", random.pick(&FAMILIES), random.pick(&GIVEN), random.pick(&GIVEN));
        let phone = format!("1{:010}", 3_000_000_000 + random.below(6_999_999_999));
        let since = opened + random.below(plan.days * 86_400_000);
        let back: String = phone.chars().rev().collect();
        names_write(bulk, customer, &name)?;
        bulk.add(&CUSTOMER, [customer.into(), name.into(), phone.into(), back.into(), since.into()])?;
        let status = if random.chance(5) { "blocked" } else { "accepted" };
        let card =
            [customer.into(), tag(customer).into(), status.into(), customer.into(), 1.into(), since.into()];
        bulk.add(&CARD, card)?;
    }
    let leases = [
        ("operator", OPERATORS.len() as i64),
        ("tariff", 1),
        ("station", plan.stations),
        ("pile", plan.piles),
        ("card", plan.customers),
        ("order", plan.orders),
    ];
    for (noun, last) in leases {
        bulk.add(&LEASE, [noun.into(), (last + 1).into()])?;
    }
    bulk.flush()?;
    bulk.script(&format!("UPDATE id_lease SET next_id = {} WHERE noun = 'customer'", plan.customers + 1))?;
    Ok(piles)
}

/// Every end of the name once, as the store writes them.
fn names_write(bulk: &mut Bulk, customer: i64, name: &str) -> DbResult<()> {
    let ends: BTreeSet<&str> = name.char_indices().map(|(at, _)| &name[at..]).collect();
    for end in ends {
        bulk.add(&CUSTOMER_NAME, [Value::Bytes(Cow::Owned(end.as_bytes().to_vec())), customer.into()])?;
    }
    Ok(())
}

fn station_write(bulk: &mut Bulk, station: i64, opened: i64, random: &mut Random) -> DbResult<()> {
    let operator = (station - 1) % OPERATORS.len() as i64 + 1;
    let (code, _, city, longitude, latitude) = *random.pick(&CITIES);
    let place = random.pick(&PLACES);
    let name = format!("{}{place}{station}号充电站", city.trim_end_matches('市'));
    let row = [
        station.into(),
        operator.into(),
        code.into(),
        name.into(),
        format!("{city}{place}{}号", random.between(1, 999)).into(),
        (longitude * 10_000 + random.between(-150_000, 150_000)).into(),
        (latitude * 10_000 + random.between(-120_000, 120_000)).into(),
        "Asia/Shanghai".into(),
        1.into(),
        opened.into(),
        1.into(),
    ];
    bulk.add(&STATION, row)?;
    bulk.add(&STATION_TARIFF, [station.into(), 0.into(), 1.into()])
}

fn pile_write(
    bulk: &mut Bulk,
    id: i64,
    station: i64,
    operator: i64,
    plan: &Plan,
    random: &mut Random,
) -> DbResult<PilePlace> {
    let now = plan.until.as_ms();
    let ykc = random.chance(500);
    let ac = !ykc && random.chance(300);
    let power_w = if ac { 7_000 } else { *random.pick(&[60_000, 120_000, 160_000]) };
    let lifecycle = if random.chance(10) {
        "retired"
    } else if random.chance(15) {
        "disabled"
    } else {
        "enabled"
    };
    let online = lifecycle == "enabled" && random.chance(940);
    let code = if ykc { format!("3201{id:010}") } else { format!("CP-{id:06}") };
    let row = [
        id.into(),
        code.into(),
        format!("{}号桩", id).into(),
        station.into(),
        operator.into(),
        if ac { "ac" } else { "dc" }.into(),
        if ykc { "ykc1.6" } else { "ocpp1.6" }.into(),
        lifecycle.into(),
        power_w.into(),
        "Sim".into(),
        format!("S{}", power_w / 1_000).into(),
        "1.0.3".into(),
        online.into(),
        (now - random.below(60_000)).into(),
        (now - plan.days * 86_400_000).into(),
        1.into(),
    ];
    bulk.add(&PILE, row)?;
    for no in 1..=2 {
        let status = match random.below(1_000) {
            0..10 => "faulted",
            10..20 => "unavailable",
            20..60 => "preparing",
            60..80 => "finishing",
            _ => "available",
        };
        let at = now - random.below(3_600_000);
        bulk.add(&CONNECTOR, [(id * 1_000 + no).into(), id.into(), no.into(), status.into(), at.into()])?;
    }
    Ok(PilePlace { station, operator, power_w })
}
