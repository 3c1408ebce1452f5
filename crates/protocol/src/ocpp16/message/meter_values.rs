//! MeterValues (OCPP 1.6 section 4.7).

use crate::ocpp::sampled_value::{SampledValue, sample};
use crate::ocpp::text::{DateTime, Object, present};
use model::device::DeviceEvent;
use model::id::SessionKey;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Request<'a> {
    pub connector_id: u16,
    #[serde(default, deserialize_with = "present")]
    pub transaction_id: Option<i32>,
    #[serde(borrow)]
    pub meter_value: Filled<Object<MeterValue<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MeterValue<'a> {
    pub timestamp: DateTime,
    #[serde(borrow)]
    pub sampled_value: Filled<Object<SampledValue<'a>>>,
}

impl Request<'_> {
    pub fn event(&self) -> DeviceEvent {
        DeviceEvent::Metered {
            session: self.transaction_id.map(SessionKey::Transaction),
            connector: self.connector_id,
            samples: self
                .meter_value
                .0
                .iter()
                .map(|value| {
                    sample(value.0.timestamp.0, value.0.sampled_value.0.iter().map(|value| &value.0))
                })
                .collect(),
        }
    }
}

/// A list of at least one item.
#[derive(Debug)]
pub struct Filled<T>(pub Vec<T>);

struct FilledVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FilledVisitor<T> {
    type Value = Filled<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of at least one item")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Filled<T>, A::Error> {
        let first = seq.next_element()?.ok_or_else(|| A::Error::custom("empty list"))?;
        let mut items = vec![first];
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Filled(items))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Filled<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Filled<T>, D::Error> {
        from.deserialize_seq(FilledVisitor(PhantomData))
    }
}
