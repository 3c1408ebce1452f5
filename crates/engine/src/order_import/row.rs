//! One row of a file of lost orders: what it says, and whether that can be true.

use crate::sheet::{SheetColumn, column};
use model::energy::Energy;
use model::id::{CustomerId, OrderId, PileId, SessionKey, TariffId};
use model::money::Amount;
use model::order::{Abnormalities, Order, OrderState, StartMode};
use model::site::StationFacts;
use model::tariff::{Bill, Period, SESSION_MAX_MS, Tariff};
use model::time::{HOUR_MS, Timestamp, Zone};
use model::{Error, Result};
use store::imports::ImportPile;

pub const COLUMNS: [SheetColumn; 18] = [
    column("session_key", "交易流水号", true, "32010600019236012607151030000001"),
    column("pile_code", "电桩编号", true, "32010600019236"),
    column("connector_no", "枪号", true, "1"),
    column("started_at", "开始时间", true, "2026-07-15 10:30:00"),
    column("ended_at", "结束时间", true, "2026-07-15 11:00:00"),
    column("sharp_kwh", "尖电量", false, ""),
    column("peak_kwh", "峰电量", false, "10.5"),
    column("flat_kwh", "平电量", false, "2.25"),
    column("valley_kwh", "谷电量", false, ""),
    column("total_kwh", "总电量", true, "12.75"),
    column("meter_start_kwh", "电表起值", false, ""),
    column("meter_end_kwh", "电表止值", false, ""),
    column("amount_yuan", "总金额", false, "17.85"),
    column("electricity_yuan", "电费", false, ""),
    column("service_yuan", "服务费", false, ""),
    column("vin", "VIN", false, ""),
    column("customer_phone", "用户手机号", false, ""),
    column("note", "来源说明", true, "断网期间桩端账单"),
];

/// The cells of a row in the order of [`COLUMNS`].
pub type Cells = [String; 18];

/// A row that can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct LostOrder {
    pub session: SessionKey,
    pub pile_code: String,
    pub connector: u16,
    started: Civil,
    ended: Civil,
    pub energies: [Energy; 4],
    pub energy: Energy,
    pub meter: Option<(Energy, Energy)>,
    /// What the customer was told; without it the tariff of that time says it.
    pub amount: Option<Amount>,
    /// The electricity and the service fee of it, where the file has them apart.
    pub fees: [Option<Amount>; 2],
    pub vin: Option<String>,
    /// Of the customer whose order it is; nothing is charged to them.
    pub phone: Option<String>,
    pub note: String,
}

/// A wall clock's time, before it is known on which wall.
pub(crate) type Civil = (i16, i8, i8, i64);

fn wrong(place: usize, zh: impl std::fmt::Display, en: impl std::fmt::Display) -> Error {
    let SheetColumn { key, zh: name, .. } = &COLUMNS[place];
    Error::invalid(*key, format!("“{name}”{zh}"), format!("{key}: {en}"))
}

impl LostOrder {
    pub fn read(cells: &Cells) -> Result<LostOrder> {
        for (place, cell) in cells.iter().enumerate() {
            if COLUMNS[place].required && cell.is_empty() {
                return Err(wrong(place, "不能为空，请填写", "must be filled in."));
            }
        }
        // A name of OCPP 2 may be any text, so that a mistyped number would pass for one.
        let session = SessionKey::parse(&cells[0]).filter(|key| !matches!(key, SessionKey::Name(_)));
        let session = session.ok_or_else(|| {
            wrong(
                0,
                "应为 32 位数字的交易流水号（云快充）或整数交易号（OCPP）；在表格软件中请把这一列设为文本格式",
                "is the trade number of 32 digits (云快充) or the whole transaction id (OCPP); format the column as text.",
            )
        })?;
        let connector = cells[2].parse::<u16>().ok().filter(|no| (1..=999).contains(no));
        let connector =
            connector.ok_or_else(|| wrong(2, "应为 1 到 999 的整数", "is a whole number of 1 to 999."))?;
        let energies = [5, 6, 7, 8].map(|place| energy(cells, place));
        let [sharp, peak, flat, valley] = energies;
        let energies = [sharp?, peak?, flat?, valley?].map(|energy| energy.unwrap_or(Energy::ZERO));
        let total = energy(cells, 9)?.unwrap_or(Energy::ZERO);
        let meter = match (energy(cells, 10)?, energy(cells, 11)?) {
            (Some(start), Some(end)) => Some((start, end)),
            (None, None) => None,
            _ => {
                return Err(wrong(
                    11,
                    "与“电表起值”应同时填写或同时留空",
                    "and meter_start_kwh are both given or both left empty.",
                ));
            }
        };
        let vin = Some(cells[15].to_ascii_uppercase()).filter(|vin| !vin.is_empty());
        if vin.as_ref().is_some_and(|vin| vin.len() != 17 || !vin.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return Err(wrong(
                15,
                "应为 17 位字母或数字，可留空",
                "has 17 letters or digits, or is left empty.",
            ));
        }
        if cells[17].chars().count() > 200 {
            return Err(wrong(17, "最多 200 个字", "has at most 200 characters."));
        }
        Ok(LostOrder {
            session,
            pile_code: cells[1].clone(),
            connector,
            started: civil(&cells[3]).ok_or_else(|| bad_time(3))?,
            ended: civil(&cells[4]).ok_or_else(|| bad_time(4))?,
            energies,
            energy: total,
            meter,
            amount: amount(cells, 12)?,
            fees: [amount(cells, 13)?, amount(cells, 14)?],
            vin,
            phone: Some(cells[16].clone()).filter(|phone| !phone.is_empty()),
            note: cells[17].clone(),
        })
    }
}

fn bad_time(place: usize) -> Error {
    wrong(
        place,
        "应为如 2026-07-15 10:30:00 的时间（充电站当地时间）",
        "is a time like 2026-07-15 10:30:00 on the station's clock.",
    )
}

fn amount(cells: &Cells, place: usize) -> Result<Option<Amount>> {
    if cells[place].is_empty() {
        return Ok(None);
    }
    let read = decimal(&cells[place]).map(|e4| Some(Amount(e4)));
    read.ok_or_else(|| {
        wrong(
            place,
            "应为不小于 0 的金额（元），最多四位小数；留空按当时的计费模型计费",
            "is an amount in yuan with at most four decimals; empty, the tariff of that time is used.",
        )
    })
}

/// kWh with at most four decimals; empty is nothing.
fn energy(cells: &Cells, place: usize) -> Result<Option<Energy>> {
    if cells[place].is_empty() {
        return Ok(None);
    }
    let read = decimal(&cells[place]).map(Energy::from_dwh);
    let zh = "应为不小于 0 的数（kWh），最多四位小数";
    read.map(Some).ok_or_else(|| wrong(place, zh, "is a number of kWh with at most four decimals."))
}

/// 0.0001 of the number that is written: no binary fraction is in between.
pub(crate) fn decimal(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || rest.len() > 4 || !digits(whole) || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<4}").parse().ok()
}

/// `2026-07-15 10:30:00`, also with slashes, a T, or without the seconds.
pub(crate) fn civil(text: &str) -> Option<Civil> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let mut date = date.split(['-', '/']);
    let (year, month, day) =
        (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let mut clock = clock.trim().split(':');
    let mut part = |most: i64| clock.next()?.parse::<i64>().ok().filter(|value| (0..=most).contains(value));
    let (hour, minute) = (part(23)?, part(59)?);
    let second = part(59).unwrap_or(0);
    let over = date.next().is_some() || !(2000..=2999).contains(&year);
    (!over).then_some((year, month, day, ((hour * 60 + minute) * 60 + second) * 1_000))
}

/// What a row is held against.
pub struct Against<'a> {
    pub pile: &'a ImportPile,
    pub station: &'a StationFacts,
    pub tariff_id: TariffId,
    /// Its table of that day.
    pub tariff: &'a Tariff,
    pub now: Timestamp,
    pub tolerance_e4: i64,
}

impl LostOrder {
    /// From when to when, on the station's clock.
    pub fn span(&self, zone: &Zone) -> Result<(Timestamp, Timestamp)> {
        let moment = |(year, month, day, ms): Civil| zone.moment(year, month, day, ms);
        let from = moment(self.started).ok_or_else(|| bad_time(3))?;
        let to = moment(self.ended).ok_or_else(|| bad_time(4))?;
        Ok((from, to))
    }

    /// The bill, where what the row says can be true.
    pub fn bill(&self, against: &Against<'_>) -> Result<Bill> {
        let (from, to) = self.span(&against.station.zone)?;
        if to <= from {
            return Err(wrong(4, "应晚于开始时间", "is after started_at."));
        }
        if to.since(from) > SESSION_MAX_MS {
            return Err(wrong(
                4,
                "与开始时间相差超过 14 天，请检查日期",
                "is more than 14 days after started_at.",
            ));
        }
        if to > against.now {
            return Err(wrong(4, "晚于现在，请检查日期与时间", "is in the future."));
        }
        if !against.pile.connectors.contains(&i64::from(self.connector)) {
            return Err(wrong(2, "在这台桩上不存在，请检查", "does not exist at this pile."));
        }
        let sum = self.energies.iter().fold(Energy::ZERO, |sum, energy| sum + *energy);
        if sum != self.energy {
            let told = kwh(sum);
            return Err(wrong(
                9,
                format!("与尖峰平谷电量之和 {told} kWh 不等"),
                format!("differs from the sum of the periods, {told} kWh."),
            ));
        }
        if self.energy == Energy::ZERO {
            return Err(wrong(9, "为 0，没有可补录的账单", "is 0: there is nothing to bill."));
        }
        if let Some((start, end)) = self.meter
            && end - start != self.energy
        {
            return Err(wrong(
                11,
                "减去电表起值后与总电量不等",
                "minus meter_start_kwh differs from total_kwh.",
            ));
        }
        // As for what a pile tells: rated power × time × 1.1, and 0.2 kWh for small meters.
        let most = i128::from(against.pile.rated_power_w) * i128::from(to.since(from)) * 11
            / i128::from(HOUR_MS)
            + 2_000;
        if i128::from(self.energy.dwh()) > most {
            return Err(wrong(
                9,
                "超过额定功率在这段时间内能充的电量",
                "is more than the rated power allows in this time.",
            ));
        }
        let bill = against.tariff.bill_periods(from, to, self.energies);
        self.amounts_agree(&bill, against.tolerance_e4)?;
        Ok(bill)
    }

    /// What the file says it cost is what the tariff of that time says.
    fn amounts_agree(&self, bill: &Bill, tolerance_e4: i64) -> Result<()> {
        let fees = bill.segments.iter().fold([0, 0], |[electricity, service], segment| {
            [electricity + segment.electricity.0, service + segment.service.0]
        });
        let told =
            [(12, self.amount, bill.exact.0), (13, self.fees[0], fees[0]), (14, self.fees[1], fees[1])];
        for (place, told, ours) in told {
            if told.is_some_and(|told| ours.abs_diff(told.0) > tolerance_e4.unsigned_abs()) {
                let ours = yuan(ours);
                return Err(wrong(
                    place,
                    format!("与当时计费模型算出的 {ours} 元不符，请检查各时段电量与时间"),
                    format!(
                        "differs from the {ours} yuan of the tariff of that time; check the energies and times."
                    ),
                ));
            }
        }
        Ok(())
    }

    /// The order as it is kept; ids are given by whoever writes it.
    pub fn order(&self, against: &Against<'_>, customer: Option<CustomerId>, bill: &Bill) -> Result<Order> {
        let (from, to) = self.span(&against.station.zone)?;
        Ok(Order {
            id: OrderId(0),
            pile: against.pile.id,
            station: against.station.id,
            operator: against.station.operator,
            connector: self.connector,
            session: Some(self.session),
            start_mode: StartMode::Import,
            token: None,
            card: None,
            customer,
            staff: None,
            tariff: Some(against.tariff_id),
            created_at: against.now,
            sample_from: 0,
            frame_from: 0,
            state: OrderState::Completed,
            abnormal: Abnormalities::default(),
            deadline: None,
            started_at: from,
            ended_at: Some(to),
            end_received: Some(against.now),
            skew_ms: None,
            meter_start: self.meter.map(|(start, _)| start),
            meter_end: self.meter.map(|(_, end)| end),
            energy: bill.energy,
            electricity: bill.electricity,
            service: bill.service,
            total: bill.total,
            pile_amount: self.amount,
            soc_start: None,
            soc_end: None,
            vin: self.vin.clone(),
            stop_code: None,
            stop_class: None,
            start_verdict: None,
            stop_verdict: None,
            member_level: None,
            service_off_permille: 0,
            discount: model::money::Fen(0),
            occupancy: model::money::Fen(0),
        })
    }

    pub fn periods(&self) -> impl Iterator<Item = (Period, Energy)> {
        Period::ALL.into_iter().zip(self.energies).filter(|(_, energy)| *energy != Energy::ZERO)
    }
}

fn kwh(energy: Energy) -> String {
    yuan(energy.dwh())
}

fn yuan(e4: i64) -> String {
    format!("{}.{:04}", e4 / 10_000, e4 % 10_000)
}

/// Which connector of which pile.
pub type Bay = (PileId, u16);

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Cells {
        COLUMNS.map(|column| column.example.to_owned())
    }

    #[test]
    fn the_example_of_the_template_can_be_read() {
        let order = LostOrder::read(&cells()).unwrap();
        assert_eq!(order.energy, Energy::from_dwh(127_500));
        assert_eq!((order.amount, order.connector), (Some(Amount(178_500)), 1));
        let mut untold = cells();
        untold[12].clear();
        assert_eq!(LostOrder::read(&untold).unwrap().amount, None, "the tariff says it");
    }

    #[test]
    fn a_wrong_cell_is_named() {
        for (place, text) in [
            (0, "3.2E31"),
            (0, ""),
            (2, "0"),
            (2, "x"),
            (3, "2026-07-15"),
            (4, "2026-07-15 25:00"),
            (6, "-1"),
            (7, "1.23456"),
            (9, ""),
            (11, "5"),
            (12, "1,000"),
            (13, "free"),
            (14, "-2"),
            (15, "LSV"),
            (17, ""),
        ] {
            let mut cells = cells();
            cells[place] = text.to_owned();
            assert_eq!(LostOrder::read(&cells).unwrap_err().field.unwrap(), COLUMNS[place].key, "{text}");
        }
    }

    #[test]
    fn figures_and_times_are_read_as_they_are_written() {
        assert_eq!(decimal("12.5"), Some(125_000));
        assert_eq!(decimal("0.0001"), Some(1));
        assert_eq!((decimal("."), decimal("1e3"), decimal("1.00001")), (None, None, None));
        assert_eq!(civil("2026/7/5 8:05"), Some((2026, 7, 5, (8 * 60 + 5) * 60_000)));
        assert_eq!((civil("2026-07-15 24:00:00"), civil("26-07-15 10:00")), (None, None));
    }
}
