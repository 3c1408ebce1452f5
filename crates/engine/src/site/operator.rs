//! 运营商: keeping them, and closing their stations to new sessions.

use super::{named, taken};
use crate::Engine;
use crate::audit::Actor;
use model::credit_code::{CreditCodeFault, credit_code};
use model::id::OperatorId;
use model::time::Timestamp;
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::operator_list::OperatorStatus;
use store::operators::{self, OperatorFields};
use store::{Conn, Tx};
use utoipa::ToSchema;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorDraft {
    pub name: String,
    /// 统一社会信用代码 (GB 32100), 18 characters.
    pub credit_code: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    /// yyyymmdd, as is the next.
    pub contract_from_day: Option<i64>,
    pub contract_to_day: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorChange {
    /// As it was read; somebody else's change in between is a conflict.
    pub version: i64,
    pub name: String,
    pub credit_code: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    pub contract_from_day: Option<i64>,
    pub contract_to_day: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorStatusChange {
    pub version: i64,
    pub status: OperatorStatus,
    /// Why it is disabled: whoever is refused a start reads it.
    pub reason: Option<String>,
}

/// A text that may be left out; blank is the same as not given.
pub(crate) fn optional(field: &'static str, text: Option<&str>, most: usize) -> Result<Option<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| named(field, text, most)).transpose()
}

/// A telephone number as people write it.
pub(crate) fn phone(field: &'static str, text: Option<&str>) -> Result<Option<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(None) };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')'));
    if plain && (3..=20).contains(&digits) && text.len() <= 32 {
        return Ok(Some(text.to_owned()));
    }
    Err(Error::invalid(
        field,
        "电话应为 3 到 20 位数字，可含 + - 空格和括号，例如 027-12345678",
        "A telephone number has 3 to 20 digits, with + - blanks and brackets between them, such as 027-12345678.",
    ))
}

pub(super) fn day(field: &'static str, day: Option<i64>) -> Result<Option<i64>> {
    let Some(number) = day else { return Ok(None) };
    let (year, month, dom) = (number / 10_000, number / 100 % 100, number % 100);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if (1990..=2199).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&dom) {
        return Ok(day);
    }
    Err(Error::invalid(
        field,
        "日期应为 1990 年到 2199 年之间的年月日，如 20260131",
        "A day between the years 1990 and 2199, such as 20260131.",
    ))
}

impl OperatorDraft {
    fn checked(&self) -> Result<OperatorFields> {
        let code = self.credit_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
        let code = code.map(credit_code).transpose().map_err(|fault| match fault {
            CreditCodeFault::Shape => Error::invalid(
                "credit_code",
                "统一社会信用代码为 18 位数字或大写字母（不含 I、O、S、V、Z）",
                "A credit code has 18 digits or capital letters (without I, O, S, V, Z).",
            ),
            CreditCodeFault::Check => Error::invalid(
                "credit_code",
                "统一社会信用代码的校验位不符，请对照营业执照检查是否有输错的字符",
                "The check character does not fit: compare the code with the business licence.",
            ),
        })?;
        let fields = OperatorFields {
            name: named("name", &self.name, 64)?,
            credit_code: code,
            contact: optional("contact", self.contact.as_deref(), 32)?,
            phone: phone("phone", self.phone.as_deref())?,
            contract_from_day: day("contract_from_day", self.contract_from_day)?,
            contract_to_day: day("contract_to_day", self.contract_to_day)?,
        };
        if let (Some(from), Some(to)) = (fields.contract_from_day, fields.contract_to_day)
            && to < from
        {
            return Err(Error::invalid(
                "contract_to_day",
                "合同结束日期不能早于开始日期",
                "A contract does not end before it begins.",
            ));
        }
        Ok(fields)
    }
}

impl From<OperatorChange> for OperatorDraft {
    fn from(change: OperatorChange) -> OperatorDraft {
        let OperatorChange { name, credit_code, contact, phone, contract_from_day, contract_to_day, .. } =
            change;
        OperatorDraft { name, credit_code, contact, phone, contract_from_day, contract_to_day }
    }
}

/// Neither the name nor the credit code belongs to another.
fn unique(tx: &mut Tx<'_>, own: Option<OperatorId>, fields: &OperatorFields) -> Result<()> {
    let name = fields.name.clone();
    let other = tx.read(move |conn: &mut Conn| operators::by_name(conn, &name))?;
    if other.is_some() && other != own {
        let (zh, en) = (format!("运营商“{}”", fields.name), format!("An operator called {:?}", fields.name));
        return Err(taken("name", "operator.exists", &zh, &en));
    }
    let Some(code) = fields.credit_code.clone() else { return Ok(()) };
    let other = tx.read(|conn| operators::by_credit_code(conn, &code))?;
    if other.is_some() && other != own {
        let (zh, en) =
            (format!("信用代码为 {code} 的运营商"), format!("An operator with the credit code {code}"));
        return Err(taken("credit_code", "operator.exists", &zh, &en));
    }
    Ok(())
}

fn found(tx: &mut Tx<'_>, id: OperatorId) -> Result<OperatorFields> {
    tx.read(|conn| operators::fields(conn, id))?.ok_or_else(|| {
        Error::not_found("operator.not_found", "没有这个运营商，请刷新列表", "There is no such operator.")
    })
}

fn changed() -> Error {
    Error::conflict(
        "operator.changed",
        "这个运营商刚刚被别人修改过，请刷新后在最新内容上重新修改",
        "Somebody else has just changed this operator. Load it again and repeat your change.",
    )
}

impl Engine {
    pub async fn operator_create(&self, actor: &Actor, draft: OperatorDraft) -> Result<OperatorId> {
        actor.must_be_platform()?;
        let (fields, actor, now) = (draft.checked()?, actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                unique(tx, None, &fields)?;
                let id = operators::insert(tx, &fields, now)?;
                actor.record(tx, now, "operator_create", "operator", id, &json!({"after": fields}))?;
                Ok(id)
            })
            .await
    }

    pub async fn operator_update(&self, actor: &Actor, id: OperatorId, change: OperatorChange) -> Result<()> {
        actor.must_be_platform()?;
        let version = change.version;
        let fields = OperatorDraft::from(change).checked()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = found(tx, id)?;
                unique(tx, Some(id), &fields)?;
                if !operators::update(tx, id, &fields, version)? {
                    return Err(changed());
                }
                let detail = json!({"before": before, "after": fields});
                actor.record(tx, now, "operator_update", "operator", id, &detail)
            })
            .await?;
        // Its name is in what drivers are told.
        self.places_changed().await
    }

    /// Disables an operator: what runs at its stations goes on, nothing new begins; or enables it.
    pub async fn operator_status_set(
        &self,
        actor: &Actor,
        id: OperatorId,
        change: OperatorStatusChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let reason = match change.status {
            OperatorStatus::Disabled => {
                Some(named("reason", change.reason.as_deref().unwrap_or_default(), 100)?)
            }
            OperatorStatus::Enabled => None,
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                found(tx, id)?;
                let disabled: Option<(Timestamp, &str)> = reason.as_deref().map(|reason| (now, reason));
                if !operators::status_set(tx, id, disabled, change.version)? {
                    return Err(changed());
                }
                let detail = json!({"after": {"status": change.status, "reason": reason}});
                actor.record(tx, now, "operator_status_set", "operator", id, &detail)
            })
            .await?;
        self.places_changed().await
    }

    /// After the commit every writer reads again what it knows of places.
    pub(crate) async fn places_changed(&self) -> Result<()> {
        let forget = |tx: &mut Tx<'_>| {
            tx.stations_changed();
            Ok(())
        };
        self.store.write_everywhere(forget).await.map(drop)
    }
}
