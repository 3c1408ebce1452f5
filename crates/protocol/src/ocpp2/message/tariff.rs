//! Tariffs of OCPP 2.1 (I07 to I12): the table of the day as prices of energy by the local time of the pile.

use crate::ocpp::json::Node;
use model::desired::Learned;
use model::device::TariffModel;
use model::money::Price;
use serde_json::{Value, json};

/// What our tariffs are called in piles: a table's number behind it.
const PREFIX: &str = "PILEOPS-";

/// SetDefaultTariff for all EVSEs.
pub fn payload(model: &TariffModel) -> Value {
    let stretches = model.tariff.stretches();
    let prices: Vec<Value> = match &stretches[..] {
        [(_, _, price)] => vec![json!({ "priceKwh": yuan(*price) })],
        all => all.iter().map(stretch).collect(),
    };
    json!({
        "evseId": 0,
        "tariff": {
            "tariffId": format!("{PREFIX}{}", model.model_no),
            "currency": "CNY",
            "energy": { "prices": prices },
        },
    })
}

/// The end of a day is 00:00, as the standard has it.
fn stretch((from, until, price): &(usize, usize, Price)) -> Value {
    let time = |half: usize| format!("{:02}:{:02}", half / 2 % 24, half % 2 * 30);
    json!({
        "priceKwh": yuan(*price),
        "conditions": { "startTimeOfDay": time(*from), "endTimeOfDay": time(*until) },
    })
}

/// Five decimals at most: the shortest number that reads so is written, which is exact.
fn yuan(price: Price) -> Value {
    let (sign, e5) = (if price.0 < 0 { "-" } else { "" }, price.0.unsigned_abs());
    let text = format!("{sign}{}.{:05}", e5 / 100_000, e5 % 100_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    serde_json::from_str(text).unwrap_or_default()
}

/// GetTariffs: which of ours it has as its default for all EVSEs. Several, or somebody else's, is none of ours.
pub fn learned(answer: &Node) -> Option<Learned> {
    match answer.get("status").and_then(Node::text)? {
        "NoTariff" => return Some(Learned::Tariff(0)),
        "Accepted" => {}
        _ => return None,
    }
    let assigned = answer.get("tariffAssignments").map_or(&[][..], Node::list).iter();
    let defaults = assigned.filter(|one| one.get("tariffKind").and_then(Node::text) == Some("DefaultTariff"));
    let mut numbers = defaults.map(|one| {
        let name = one.get("tariffId").and_then(Node::text)?;
        name.strip_prefix(PREFIX)?.parse::<u16>().ok()
    });
    let first = numbers.next().flatten().unwrap_or(0);
    let alike = numbers.all(|other| other == Some(first));
    Some(Learned::Tariff(if alike { first } else { 0 }))
}

/// ClearTariffs: once any of them is gone, what is left is asked again by being told.
pub fn cleared(answer: &Node) -> Option<Learned> {
    let results = answer.get("clearTariffsResult")?.list().iter();
    let mut words = results.filter_map(|one| one.get("status").and_then(Node::text));
    words.any(|word| word != "Rejected").then_some(Learned::Tariff(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::tariff::{Period, Rate, Tariff};

    fn price(e5: i64) -> Price {
        Price(e5)
    }

    #[test]
    fn a_table_is_told_as_prices_by_time() {
        let mut tariff = Tariff::uniform(price(60_000), price(40_005));
        let whole = payload(&TariffModel { model_no: 7, tariff: tariff.clone() });
        assert_eq!(whole["tariff"]["energy"]["prices"], json!([{ "priceKwh": 1.00005 }]));
        assert_eq!((&whole["evseId"], &whole["tariff"]["tariffId"]), (&json!(0), &json!("PILEOPS-7")));
        tariff.rates[Period::Valley.number()] = Rate { electricity: price(30_000), service: price(20_000) };
        tariff.rates[Period::Peak.number()] = tariff.rates[Period::Flat.number()];
        tariff.periods[..15].fill(Period::Valley);
        tariff.periods[40..44].fill(Period::Peak);
        tariff.periods[46..].fill(Period::Valley);
        let prices = payload(&TariffModel { model_no: 7, tariff })["tariff"]["energy"]["prices"].clone();
        let of = |from: &str, until: &str, price: f64| json!({ "priceKwh": price, "conditions": { "startTimeOfDay": from, "endTimeOfDay": until } });
        // Peak costs what flat does: one stretch.
        let want = [of("00:00", "07:30", 0.5), of("07:30", "23:00", 1.00005), of("23:00", "00:00", 0.5)];
        assert_eq!(prices, json!(want));
    }

    #[test]
    fn a_number_is_written_exactly() {
        for (e5, text) in [
            (0, "0"),
            (1, "0.00001"),
            (100_000, "1"),
            (1_000_000, "10"),
            (123_450, "1.2345"),
            (9_999_999, "99.99999"),
        ] {
            assert_eq!(yuan(price(e5)).to_string(), text, "{e5}");
        }
    }

    #[test]
    fn which_tariff_a_pile_has_is_read_from_its_assignments() {
        let of = |text: &str| learned(&Node::parse(text).unwrap());
        let one = |name: &str, kind: &str| format!(r#"{{"tariffId":"{name}","tariffKind":"{kind}"}}"#);
        let told = |all: &[String]| {
            of(&format!(r#"{{"status":"Accepted","tariffAssignments":[{}]}}"#, all.join(",")))
        };
        let ours = one("PILEOPS-7", "DefaultTariff");
        assert_eq!(told(std::slice::from_ref(&ours)), Some(Learned::Tariff(7)));
        assert_eq!(told(&[one("D-1", "DriverTariff"), ours.clone(), ours.clone()]), Some(Learned::Tariff(7)));
        assert_eq!(told(&[ours.clone(), one("PILEOPS-8", "DefaultTariff")]), Some(Learned::Tariff(0)));
        assert_eq!(told(&[one("THEIRS", "DefaultTariff")]), Some(Learned::Tariff(0)));
        assert_eq!(told(&[one("PILEOPS-70000", "DefaultTariff")]), Some(Learned::Tariff(0)));
        assert_eq!(of(r#"{"status":"NoTariff"}"#), Some(Learned::Tariff(0)));
        assert_eq!(of(r#"{"status":"Rejected"}"#), None);
        let gone = |word: &str| {
            cleared(&Node::parse(&format!(r#"{{"clearTariffsResult":[{{"status":"{word}"}}]}}"#)).unwrap())
        };
        assert_eq!(
            (gone("Accepted"), gone("NoTariff")),
            (Some(Learned::Tariff(0)), Some(Learned::Tariff(0)))
        );
        assert_eq!(gone("Rejected"), None);
    }
}
