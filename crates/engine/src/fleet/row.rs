//! A row of a file of drivers and cars, by itself and against the rows before it.

use crate::sheet::{SheetColumn, column};
use crate::site::named;
use model::card::Token;
use model::customer::{phone_parse, plate_parse, vin_read};
use model::{Error, Result};
use std::collections::{HashMap, HashSet};

pub const FLEET_COLUMNS: [SheetColumn; 5] = [
    column("name", "姓名", false, "王建国"),
    column("phone", "手机号", false, "13800138000"),
    column("card", "卡号", false, ""),
    column("plate", "车牌号", false, "鄂AD12345"),
    column("vin", "车架号", false, "").or("车架号（vin）"),
];

/// The cells of a row in the order of [`FLEET_COLUMNS`].
pub type FleetCells = [String; 5];

/// A row by itself.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub line: i64,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub card: Option<String>,
    pub plate: Option<String>,
    pub vin: Option<String>,
}

pub(super) fn wrong(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::invalid(field, zh.into(), en.into())
}

impl Wanted {
    pub fn read(line: i64, cells: FleetCells) -> Result<Wanted> {
        let [name, phone, card, plate, vin] = cells.map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
        let wanted = Wanted {
            line,
            name: name.map(|name| named("name", &name, 64)).transpose()?,
            phone: phone.map(|phone| phone_parse("phone", &phone)).transpose()?,
            card: card.map(|card| Token::card(card).key()),
            plate: plate.map(|plate| plate_parse(&plate)).transpose()?,
            vin: vin.map(|vin| vin_read(&vin)).transpose()?,
        };
        if wanted.phone.is_none() && wanted.plate.is_none() {
            return Err(wrong(
                "phone",
                "请填写手机号（登记司机）或车牌号（登记车辆）",
                "Give a phone number for a driver, or a plate for a car.",
            ));
        }
        if wanted.phone.is_none() && (wanted.name.is_some() || wanted.card.is_some()) {
            return Err(wrong(
                "phone",
                "有姓名或卡号的行须填写司机的手机号",
                "A row with a name or a card needs the driver's phone number.",
            ));
        }
        if wanted.vin.is_some() && wanted.plate.is_none() {
            return Err(wrong(
                "plate",
                "有车架号的行须填写车牌号",
                "A row with a VIN needs the car's plate.",
            ));
        }
        Ok(wanted)
    }
}

/// What a file has said so far, against itself.
#[derive(Default)]
pub(super) struct Said {
    names: HashMap<String, Option<String>>,
    holders: HashMap<String, String>,
    marks: HashSet<String>,
}

impl Said {
    /// A driver of several cars has several rows; a plate, a VIN or a card has one owner.
    pub fn once(&mut self, row: &Wanted) -> Result<()> {
        if let Some(phone) = &row.phone {
            let before = self.names.entry(phone.clone()).or_insert_with(|| row.name.clone());
            if row.name.is_some() && before.is_some() && *before != row.name {
                return Err(wrong(
                    "name",
                    "同一手机号在文件中有不同的姓名，请改为一致",
                    "This phone number has another name in another row; make them one.",
                ));
            }
            if before.is_none() {
                before.clone_from(&row.name);
            }
            if let Some(card) = &row.card {
                let holder = self.holders.entry(card.clone()).or_insert_with(|| phone.clone());
                if holder != phone {
                    return Err(wrong(
                        "card",
                        "卡号在文件中属于另一名司机，请保留一行",
                        "The card belongs to another driver of the file; keep one row.",
                    ));
                }
            }
        }
        for (field, mark) in [("plate", &row.plate), ("vin", &row.vin)] {
            if mark.as_ref().is_some_and(|mark| !self.marks.insert(mark.clone())) {
                return Err(wrong(
                    field,
                    "在文件中重复，请保留一行",
                    "This is twice in the file; keep one row.",
                ));
            }
        }
        Ok(())
    }
}
