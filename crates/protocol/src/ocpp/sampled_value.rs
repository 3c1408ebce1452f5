//! SampledValue (OCPP 1.6 section 7.43): many readings of one moment become one [`Sample`].
//!
//! Choices, where the standard leaves them open:
//! - **Location**: readings at the outlet (the default) or cable count; readings at inlet, body or in
//!   the vehicle only when there are no others of their kind, so that losses are not billed.
//! - **Phase**: a reading without a phase is the total. Without one, energy and power are the sum of
//!   L1 to L3, the voltage is that of L1-N (or the first phase), the current is the largest phase
//!   current (a sum would look like an overload). Readings of N are ignored.
//! - **Energy**: only `Energy.Active.Import.Register` is a register; an interval never is.
//! - Temperature: the highest; SoC: of the vehicle, wherever it is read.
//! - A value that is no decimal number, has a unit that does not fit its measurand, or is signed data
//!   is absent, never zero.

use super::decimal::decimal;
use super::text::{AnyStr, present, words};
use model::device::{Sample, SampledEnergy};
use model::energy::Energy;
use model::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampledValue<'a> {
    #[serde(borrow)]
    pub value: AnyStr<'a>,
    #[serde(default, deserialize_with = "present")]
    pub context: Option<Context>,
    #[serde(default, deserialize_with = "present")]
    pub format: Option<Format>,
    #[serde(default, deserialize_with = "present")]
    pub measurand: Option<Measurand>,
    #[serde(default, deserialize_with = "present")]
    pub phase: Option<Phase>,
    #[serde(default, deserialize_with = "present")]
    pub location: Option<Location>,
    #[serde(default, deserialize_with = "present")]
    pub unit: Option<Unit>,
}

words! {
    pub enum Context {
        "Interruption.Begin" => InterruptionBegin,
        "Interruption.End" => InterruptionEnd,
        "Sample.Clock" => SampleClock,
        "Sample.Periodic" => SamplePeriodic,
        "Transaction.Begin" => TransactionBegin,
        "Transaction.End" => TransactionEnd,
        "Trigger" => Trigger,
        "Other" => Other,
    }
}

words! {
    pub enum Format { "Raw" => Raw, "SignedData" => SignedData }
}

words! {
    pub enum Measurand {
        "Energy.Active.Export.Register" => EnergyActiveExportRegister,
        "Energy.Active.Import.Register" => EnergyActiveImportRegister,
        "Energy.Reactive.Export.Register" => EnergyReactiveExportRegister,
        "Energy.Reactive.Import.Register" => EnergyReactiveImportRegister,
        "Energy.Active.Export.Interval" => EnergyActiveExportInterval,
        "Energy.Active.Import.Interval" => EnergyActiveImportInterval,
        "Energy.Reactive.Export.Interval" => EnergyReactiveExportInterval,
        "Energy.Reactive.Import.Interval" => EnergyReactiveImportInterval,
        "Power.Active.Export" => PowerActiveExport,
        "Power.Active.Import" => PowerActiveImport,
        "Power.Offered" => PowerOffered,
        "Power.Reactive.Export" => PowerReactiveExport,
        "Power.Reactive.Import" => PowerReactiveImport,
        "Power.Factor" => PowerFactor,
        "Current.Import" => CurrentImport,
        "Current.Export" => CurrentExport,
        "Current.Offered" => CurrentOffered,
        "Voltage" => Voltage,
        "Frequency" => Frequency,
        "Temperature" => Temperature,
        "SoC" => SoC,
        "RPM" => Rpm,
    }
}

words! {
    pub enum Phase {
        "L1" => L1,
        "L2" => L2,
        "L3" => L3,
        "N" => N,
        "L1-N" => L1N,
        "L2-N" => L2N,
        "L3-N" => L3N,
        "L1-L2" => L1L2,
        "L2-L3" => L2L3,
        "L3-L1" => L3L1,
    }
}

words! {
    pub enum Location { "Cable" => Cable, "EV" => Ev, "Inlet" => Inlet, "Outlet" => Outlet, "Body" => Body }
}

words! {
    pub enum Unit {
        "Wh" => Wh,
        "kWh" => KWh,
        "varh" => Varh,
        "kvarh" => KVarh,
        "W" => W,
        "kW" => KW,
        "VA" => Va,
        "kVA" => KVa,
        "var" => Var,
        "kvar" => KVar,
        "A" => A,
        "V" => V,
        "K" => K,
        // The standard's own misspelling, in the schema beside the right one.
        "Celcius" => Celcius,
        "Celsius" => Celsius,
        "Fahrenheit" => Fahrenheit,
        "Percent" => Percent,
        "Hertz" => Hertz,
    }
}

impl SampledValue<'_> {
    fn number(&self, scale: i32) -> Option<i64> {
        if self.format == Some(Format::SignedData) { None } else { decimal(&self.value.0, scale) }
    }

    /// 0.1 Wh
    fn energy(&self) -> Option<i64> {
        match self.unit {
            None | Some(Unit::Wh) => self.number(1),
            Some(Unit::KWh) => self.number(4),
            Some(_) => None,
        }
    }

    /// W. Without a unit it is W: the standard's default, Wh, makes no sense here.
    fn power(&self) -> Option<i64> {
        match self.unit {
            None | Some(Unit::W) => self.number(0),
            Some(Unit::KW) => self.number(3),
            Some(_) => None,
        }
    }

    /// 0.1 of the unit.
    fn tenths(&self, unit: Unit) -> Option<i64> {
        if self.unit.is_none_or(|given| given == unit) { self.number(1) } else { None }
    }

    fn percent(&self) -> Option<i64> {
        if self.unit.is_none_or(|given| given == Unit::Percent) { self.number(0) } else { None }
    }

    /// °C
    fn celsius(&self) -> Option<i64> {
        match self.unit {
            None | Some(Unit::Celsius | Unit::Celcius) => self.number(0),
            Some(Unit::K) => self.number(2).map(|kelvin| divide(kelvin.saturating_sub(27_315), 100)),
            Some(Unit::Fahrenheit) => {
                self.number(1).map(|degrees| divide(degrees.saturating_sub(320).saturating_mul(5), 90))
            }
            Some(_) => None,
        }
    }

    fn at_outlet(&self) -> bool {
        matches!(self.location, None | Some(Location::Outlet | Location::Cable))
    }
}

/// Rounded half away from zero.
fn divide(value: i64, by: i64) -> i64 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    value.saturating_add(half) / by
}

/// Readings of one kind: the total and the phases, at the outlet and elsewhere.
#[derive(Clone, Copy, Default)]
struct Readings {
    outlet: Phases,
    elsewhere: Phases,
}

#[derive(Clone, Copy, Default)]
struct Phases {
    total: Option<i64>,
    each: [Option<i64>; 3],
    between: Option<i64>,
}

impl Readings {
    fn add(&mut self, from: &SampledValue<'_>, value: Option<i64>) {
        let Some(value) = value else { return };
        let place = if from.at_outlet() { &mut self.outlet } else { &mut self.elsewhere };
        match from.phase {
            None => place.total = Some(value),
            Some(Phase::L1 | Phase::L1N) => place.each[0] = Some(value),
            Some(Phase::L2 | Phase::L2N) => place.each[1] = Some(value),
            Some(Phase::L3 | Phase::L3N) => place.each[2] = Some(value),
            Some(Phase::L1L2 | Phase::L2L3 | Phase::L3L1) => place.between = place.between.or(Some(value)),
            Some(Phase::N) => {}
        }
    }

    fn pick(&self, from_phases: fn(&Phases) -> Option<i64>) -> Option<i64> {
        [&self.outlet, &self.elsewhere]
            .into_iter()
            .find_map(|place| place.total.or_else(|| from_phases(place)))
    }
}

impl Phases {
    fn sum(&self) -> Option<i64> {
        self.each.iter().flatten().copied().reduce(i64::saturating_add)
    }

    fn largest(&self) -> Option<i64> {
        self.each.iter().flatten().copied().max()
    }

    fn first(&self) -> Option<i64> {
        self.each.iter().flatten().copied().next().or(self.between)
    }
}

/// All readings of one moment in one sample.
pub fn sample<'a, 'b: 'a>(at: Timestamp, values: impl Iterator<Item = &'a SampledValue<'b>>) -> Sample {
    let mut sample = Sample::at(at);
    let (mut energy, mut power) = (Readings::default(), Readings::default());
    let (mut voltage, mut current) = (Readings::default(), Readings::default());
    for value in values {
        match value.measurand.unwrap_or(Measurand::EnergyActiveImportRegister) {
            Measurand::EnergyActiveImportRegister => energy.add(value, value.energy()),
            Measurand::PowerActiveImport => power.add(value, value.power()),
            Measurand::Voltage => voltage.add(value, value.tenths(Unit::V)),
            Measurand::CurrentImport => current.add(value, value.tenths(Unit::A)),
            Measurand::SoC => sample.soc_percent = value.percent().or(sample.soc_percent),
            Measurand::Temperature => temperature(&mut sample, value),
            _ => {}
        }
    }
    sample.energy = energy.pick(Phases::sum).map(|dwh| SampledEnergy::Register(Energy::from_dwh(dwh)));
    sample.power_w = power.pick(Phases::sum);
    sample.voltage_dv = voltage.pick(Phases::first);
    sample.current_da = current.pick(Phases::largest);
    sample
}

/// The highest of all, and the highest of each place that a safety rule knows.
fn temperature(sample: &mut Sample, value: &SampledValue<'_>) {
    let told = value.celsius();
    sample.temperature_c = sample.temperature_c.max(told);
    match value.location {
        Some(Location::Body) => sample.body_temperature_c = sample.body_temperature_c.max(told),
        Some(Location::Ev) => {}
        _ => sample.plug_temperature_c = sample.plug_temperature_c.max(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Sample {
        let values: Vec<SampledValue<'_>> = serde_json::from_str(json).unwrap();
        sample(Timestamp::from_ms(0), values.iter())
    }

    fn register(dwh: i64) -> Option<SampledEnergy> {
        Some(SampledEnergy::Register(Energy::from_dwh(dwh)))
    }

    #[test]
    fn energy_is_the_register_at_the_outlet() {
        for (json, want) in [
            (r#"[{"value":"1234"}]"#, register(12_340)),
            (r#"[{"value":"1.2345","unit":"kWh"}]"#, register(12_345)),
            (r#"[{"value":"1","measurand":"Energy.Active.Import.Interval"}]"#, None),
            (r#"[{"value":"1","measurand":"Energy.Active.Export.Register"}]"#, None),
            (r#"[{"value":"1","unit":"W"}]"#, None),
            (r#"[{"value":"1","format":"SignedData"}]"#, None),
            (r#"[{"value":"NaN"}]"#, None),
            (r#"[{"value":""}]"#, None),
            (r#"[{"value":"9","location":"Inlet"},{"value":"8"}]"#, register(80)),
            (r#"[{"value":"9","location":"Inlet"}]"#, register(90)),
            (r#"[{"value":"9","location":"Inlet"},{"value":"x"}]"#, register(90)),
            (
                r#"[{"value":"1","phase":"L1"},{"value":"2","phase":"L2"},{"value":"4","phase":"L3"}]"#,
                register(70),
            ),
            (r#"[{"value":"1","phase":"L1"},{"value":"5"}]"#, register(50)),
            (r#"[{"value":"1","phase":"N"}]"#, None),
        ] {
            assert_eq!(read(json).energy, want, "{json}");
        }
    }

    #[test]
    fn power_current_voltage_follow_the_phases() {
        let all = read(
            r#"[{"value":"7.2","unit":"kW","measurand":"Power.Active.Import"},
                {"value":"16.04","unit":"A","measurand":"Current.Import","phase":"L1"},
                {"value":"15.96","unit":"A","measurand":"Current.Import","phase":"L2"},
                {"value":"3","unit":"A","measurand":"Current.Import","phase":"N"},
                {"value":"400","unit":"V","measurand":"Voltage","phase":"L1-L2"},
                {"value":"229.96","unit":"V","measurand":"Voltage","phase":"L2-N"},
                {"value":"231","unit":"V","measurand":"Voltage","phase":"L1-N"},
                {"value":"55.5","unit":"Percent","measurand":"SoC","location":"EV"}]"#,
        );
        assert_eq!(all.power_w, Some(7_200));
        assert_eq!(all.current_da, Some(160));
        assert_eq!(all.voltage_dv, Some(2_310));
        assert_eq!(all.soc_percent, Some(56));
        assert_eq!((all.energy, all.temperature_c), (None, None));
        let phases = read(
            r#"[{"value":"1000","measurand":"Power.Active.Import","phase":"L1","unit":"W"},
                {"value":"1100","measurand":"Power.Active.Import","phase":"L2","unit":"W"},
                {"value":"1","measurand":"Power.Offered","unit":"W"}]"#,
        );
        assert_eq!(phases.power_w, Some(2_100));
    }

    #[test]
    fn temperatures_come_in_three_units_and_the_highest_counts() {
        for (value, unit, want) in [
            ("25.4", "Celsius", 25),
            ("25.5", "Celcius", 26),
            ("77", "Fahrenheit", 25),
            ("298.15", "K", 25),
            ("-40", "Fahrenheit", -40),
        ] {
            let json = format!(r#"[{{"value":"{value}","unit":"{unit}","measurand":"Temperature"}}]"#);
            assert_eq!(read(&json).temperature_c, Some(want), "{value} {unit}");
        }
        let json = r#"[{"value":"30","measurand":"Temperature"},{"value":"20","measurand":"Temperature"}]"#;
        assert_eq!(read(json).temperature_c, Some(30));
    }
}
