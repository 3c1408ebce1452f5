//! 异常结算: how a person ends an order that was held.

use crate::energy::Energy;
use crate::money::Fen;
use crate::{Error, Result};

crate::words! {
    /// 结算依据: from what the bill is made.
    SettlementBasis {
        /// 桩账单: the pile's own energies, at our prices.
        Record = "record",
        /// 充电曲线: the readings of the session up to its last one.
        Curve = "curve",
        /// 手工电量: energies per period that a person read elsewhere, at our prices.
        Energies = "energies",
        /// 手工金额: fees that a person decides.
        Amounts = "amounts",
        /// 不收费: what was delivered counts, and nobody pays for it.
        Free = "free",
        /// 桩账单金额: what the pile itself has asked for, to the fen.
        PileAmount = "pile_amount",
        /// 作废: there was no such session, or it is another order's.
        Void = "void",
    }
}

/// No session delivers more: 0.1 Wh of 10 000 kWh.
const ENERGY_MAX_DWH: i64 = 100_000_000;
/// 100 000 yuan
const AMOUNT_MAX_FEN: i64 = 10_000_000;
const REASON_MAX: usize = 200;

/// Energies of sharp, peak, flat and valley, as a person enters them.
pub fn energies_checked(energies: Option<[i64; 4]>) -> Result<[Energy; 4]> {
    let given = energies.filter(|all| all.iter().any(|dwh| *dwh != 0)).ok_or_else(|| {
        Error::invalid(
            "energies",
            "请至少填写一个时段的电量；整单不收费请选择“不收费”",
            "Give the energy of at least one period. To charge nothing, choose that instead.",
        )
    })?;
    if given.iter().any(|dwh| !(0..=ENERGY_MAX_DWH).contains(dwh)) {
        return Err(Error::invalid(
            "energies",
            "每个时段的电量应为 0 到 10000 kWh，请核对单位",
            "The energy of a period lies between 0 and 10 000 kWh; check the unit.",
        ));
    }
    Ok(given.map(Energy::from_dwh))
}

/// The energy of a whole session, in 0.1 Wh.
pub fn energy_checked(dwh: i64) -> Result<Energy> {
    if (0..=ENERGY_MAX_DWH).contains(&dwh) {
        return Ok(Energy::from_dwh(dwh));
    }
    Err(Error::invalid(
        "energy_dwh",
        "订单的电量应为 0 到 10000 kWh；现有电量不可信，请填写实际电量",
        "The energy of an order lies between 0 and 10 000 kWh. What it says is not believable: give what was delivered.",
    ))
}

/// A fee in fen.
pub fn fee_checked(field: &'static str, fen: Option<i64>) -> Result<Fen> {
    match fen {
        Some(fen) if (0..=AMOUNT_MAX_FEN).contains(&fen) => Ok(Fen(fen)),
        _ => Err(Error::invalid(
            field,
            "请填写 0 到 100000 元之间的金额，精确到分",
            "Give an amount between 0 and 100 000 yuan, to the fen.",
        )),
    }
}

/// Why, in a person's words: it stands in the order for ever.
pub fn reason_checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if (2..=REASON_MAX).contains(&reason.chars().count()) {
        return Ok(reason.to_owned());
    }
    Err(Error::invalid(
        "reason",
        "请用 2 到 200 个字写明原因，它会随这条记录永久保存",
        "Give the reason in 2 to 200 characters; it stays with this record.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_have_limits_and_are_not_all_zero() {
        assert!(energies_checked(None).is_err());
        assert!(energies_checked(Some([0; 4])).is_err());
        assert!(energies_checked(Some([0, 1, 0, -1])).is_err());
        assert!(energies_checked(Some([0, 0, 0, ENERGY_MAX_DWH + 1])).is_err());
        let most = energies_checked(Some([0, 0, 1, ENERGY_MAX_DWH])).unwrap();
        assert_eq!(most[3], Energy::from_dwh(ENERGY_MAX_DWH));
    }

    #[test]
    fn an_energy_that_no_session_has_is_refused() {
        assert!(energy_checked(-1).is_err());
        assert!(energy_checked(ENERGY_MAX_DWH + 1).is_err());
        assert_eq!(energy_checked(0).unwrap(), Energy::ZERO);
    }

    #[test]
    fn a_fee_is_given_and_not_negative() {
        assert!(fee_checked("service_fen", None).is_err());
        assert!(fee_checked("service_fen", Some(-1)).is_err());
        assert!(fee_checked("service_fen", Some(AMOUNT_MAX_FEN + 1)).is_err());
        assert_eq!(fee_checked("service_fen", Some(0)).unwrap(), Fen(0));
    }

    #[test]
    fn a_reason_says_something() {
        assert!(reason_checked(" 好 ").is_err());
        assert!(reason_checked(&"长".repeat(REASON_MAX + 1)).is_err());
        assert_eq!(reason_checked(" 表坏 ").unwrap(), "表坏");
    }
}
