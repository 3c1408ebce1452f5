//! 消息模板: at which events people are written to, and what each of them can tell.

use crate::{Error, Result};
use serde::Serialize;

crate::words! {
    MessageEvent {
        /// 充电开始
        ChargeStart = "charge_start",
        /// 充电结束
        ChargeEnd = "charge_end",
        /// 充电异常中止
        ChargeAbort = "charge_abort",
        /// 占位开始: the free time has begun.
        OccupationFree = "occupation_free",
        /// 占位提醒: the free time ends soon.
        Occupation = "occupation",
        /// 占位计费: the free time is over.
        OccupationFee = "occupation_fee",
        /// 占位封顶
        OccupationCap = "occupation_cap",
        /// 退款到账
        Refund = "refund",
        /// 发票开具
        Invoice = "invoice",
        /// 优惠券到账
        Voucher = "voucher",
    }
}

/// What `{name}` stands for, with a value to show how it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MessageVariable {
    pub name: &'static str,
    pub sample: &'static str,
}

const fn variable(name: &'static str, sample: &'static str) -> MessageVariable {
    MessageVariable { name, sample }
}

const STATION: MessageVariable = variable("station_name", "光谷广场充电站");
const CONNECTOR: MessageVariable = variable("connector", "DC01-03 1 号枪");
const ORDER: MessageVariable = variable("order_no", "202611230000012345");
const TIME: MessageVariable = variable("time", "11-23 14:35");
const ENERGY: MessageVariable = variable("energy_kwh", "32.56");
const TOTAL: MessageVariable = variable("total_yuan", "45.58");
const MINUTES: MessageVariable = variable("duration_minutes", "48");

const CHARGE_START: &[MessageVariable] = &[STATION, CONNECTOR, ORDER, TIME];
const CHARGE_END: &[MessageVariable] = &[STATION, CONNECTOR, ORDER, TIME, ENERGY, TOTAL, MINUTES];
const CHARGE_ABORT: &[MessageVariable] =
    &[STATION, CONNECTOR, ORDER, TIME, ENERGY, TOTAL, variable("reason", "设备急停")];
/// Of a car that stays plugged in, at each of its stages.
const OCCUPATION: &[MessageVariable] = &[
    STATION,
    CONNECTOR,
    ORDER,
    TIME,
    variable("free_minutes", "15"),
    variable("free_until", "11-23 14:50"),
    variable("occupied_minutes", "10"),
    variable("fee_yuan_per_minute", "0.50"),
    variable("fee_yuan", "5.00"),
    variable("cap_yuan", "20.00"),
];
const REFUND: &[MessageVariable] = &[ORDER, TIME, variable("refund_yuan", "12.30")];
const INVOICE: &[MessageVariable] = &[
    variable("invoice_title", "武汉某某科技有限公司"),
    variable("invoice_yuan", "128.60"),
    variable("email", "ca***@example.com"),
    TIME,
];
const VOUCHER: &[MessageVariable] =
    &[variable("coupon_name", "满 30 减 5 元"), variable("valid_until", "2026-12-31")];

impl MessageEvent {
    /// All that a message at this event can tell.
    pub fn variables(self) -> &'static [MessageVariable] {
        match self {
            MessageEvent::ChargeStart => CHARGE_START,
            MessageEvent::ChargeEnd => CHARGE_END,
            MessageEvent::ChargeAbort => CHARGE_ABORT,
            MessageEvent::OccupationFree
            | MessageEvent::Occupation
            | MessageEvent::OccupationFee
            | MessageEvent::OccupationCap => OCCUPATION,
            MessageEvent::Refund => REFUND,
            MessageEvent::Invoice => INVOICE,
            MessageEvent::Voucher => VOUCHER,
        }
    }
}

/// A piece of a template.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

fn pieces<'a>(field: &'static str, text: &'a str) -> Result<Vec<Piece<'a>>> {
    let broken = || {
        Error::invalid(
            field,
            "花括号没有成对：变量写作 {station_name}，请检查 { 与 }",
            "A brace has no partner: a variable is written {station_name}.",
        )
    };
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(broken)?;
        if plain.contains('}') || name.contains('{') {
            return Err(broken());
        }
        all.push(Piece::Text(plain));
        all.push(Piece::Variable(name));
        rest = after;
    }
    if rest.contains('}') {
        return Err(broken());
    }
    all.push(Piece::Text(rest));
    Ok(all)
}

/// The text with each variable's sample in its place; refuses what the event cannot tell.
pub fn message_sample(field: &'static str, event: MessageEvent, text: &str) -> Result<String> {
    filled(field, event, text, |name| {
        let known = event.variables().iter().find(|variable| variable.name == name);
        known.map(|variable| variable.sample.to_owned())
    })
}

/// The text as somebody gets it: each variable's value in its place.
pub fn message_text(event: MessageEvent, text: &str, values: &[(&str, String)]) -> Result<String> {
    filled("body", event, text, |name| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    })
}

fn filled(
    field: &'static str,
    event: MessageEvent,
    text: &str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<String> {
    let mut out = String::with_capacity(text.len() + 64);
    for piece in pieces(field, text)? {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable(name) => {
                out.push_str(&value(name).ok_or_else(|| unknown(field, event, name))?);
            }
        }
    }
    Ok(out)
}

fn unknown(field: &'static str, event: MessageEvent, name: &str) -> Error {
    let known: Vec<String> =
        event.variables().iter().map(|variable| format!("{{{}}}", variable.name)).collect();
    let known = known.join(" ");
    let name: String = name.chars().take(40).collect();
    Error::invalid(
        field,
        format!("这类消息没有变量 {{{name}}}；可用的变量：{known}"),
        format!("A message of this event cannot tell {{{name}}}; it can tell {known}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_tells_what_its_event_knows() {
        let sample = |text| message_sample("body", MessageEvent::ChargeStart, text);
        assert_eq!(sample("在{station_name}开始充电").unwrap(), "在光谷广场充电站开始充电");
        assert_eq!(sample("没有变量").unwrap(), "没有变量");
        for bad in ["{total_yuan}", "{}", "{ station_name }", "{station_name", "station_name}", "{{time}}"] {
            assert_eq!(sample(bad).unwrap_err().field.unwrap(), "body", "{bad}");
        }
    }

    #[test]
    fn a_message_has_the_values_in_their_places() {
        let values = [("station_name", "光谷{站}".to_owned()), ("fee_yuan", "1.50".to_owned())];
        let text = |text| message_text(MessageEvent::OccupationFee, text, &values);
        assert_eq!(text("{station_name}：{fee_yuan} 元").unwrap(), "光谷{站}：1.50 元");
        assert!(text("{cap_yuan}").is_err(), "nobody has said how much");
    }

    #[test]
    fn every_event_has_its_variables_once() {
        for event in MessageEvent::ALL {
            let mut names: Vec<_> = event.variables().iter().map(|variable| variable.name).collect();
            assert!(!names.is_empty(), "{event:?}");
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{event:?}");
        }
    }
}
