//! PileOps as a SCIM 2.0 client: it asks a mobility platform for its users, page by page. What comes is
//! not believed: each answer, each row and the whole of it have limits.

use super::patch::field;
use super::user;
use crate::outbound::{Ask, Outbound};
use engine::customer::SourceUser;
use hyper::header::{ACCEPT, AUTHORIZATION};
use hyper::{Method, StatusCode};
use model::Text;
use model::time::Timestamp;
use model::web_address::WebAddress;
use serde_json::Value;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
/// A page of a thousand people with all their attributes.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// Whatever a source answers to a smaller question.
const ROWS_MAX: usize = 10_000;
const KEY_MAX: usize = 128;

pub struct Client<'a> {
    pub outbound: &'a Outbound,
    pub base: WebAddress,
    pub token: String,
}

#[derive(Default)]
pub struct UserPage {
    pub total: i64,
    pub users: Vec<SourceUser>,
    /// Rows that we cannot read, by their key.
    pub faults: Vec<(String, Text)>,
    /// The latest change that a row tells of.
    pub seen_ms: Option<i64>,
    /// How many rows there were.
    pub rows: i64,
}

#[derive(Debug)]
pub enum ClientFault {
    /// The source does not understand what we filter by.
    Filter,
    Other(Text),
}

fn other(zh: String, en: String) -> ClientFault {
    ClientFault::Other(Text::new(zh, en))
}

fn rubbish(why: &dyn std::fmt::Display) -> ClientFault {
    other(
        format!("来源的应答不是有效的 SCIM 用户列表：{why}；请核对来源地址（通常以 /scim/v2 结尾）"),
        format!(
            "The source did not answer with a SCIM list of users: {why}. Check its address, which usually ends in /scim/v2."
        ),
    )
}

impl Client<'_> {
    async fn get(&self, path: &str) -> Result<(StatusCode, Vec<u8>), ClientFault> {
        let to = self.base.below(path);
        let ask = Ask {
            method: Method::GET,
            to: &to,
            headers: vec![
                (ACCEPT, "application/scim+json, application/json".to_owned()),
                (AUTHORIZATION, format!("Bearer {}", self.token)),
            ],
            body: Default::default(),
            patience: PATIENCE,
            answer_max: ANSWER_MAX,
        };
        let reply = self.outbound.ask(ask).await.map_err(|fault| ClientFault::Other(fault.text))?;
        Ok((reply.status, reply.body.to_vec()))
    }

    /// Users from the `start`-th on, which counts from 1; those that have changed since then.
    pub async fn user_list(
        &self,
        start: i64,
        most: i64,
        since: Option<Timestamp>,
    ) -> Result<UserPage, ClientFault> {
        let mut path = format!("/Users?startIndex={start}&count={most}");
        if let Some(since) = since {
            let filter = format!("meta.lastModified gt \"{}\"", since.rfc3339());
            path.push_str("&filter=");
            path.extend(form_urlencoded::byte_serialize(filter.as_bytes()));
        }
        let (status, body) = self.get(&path).await?;
        // What the filter is answered with differs; whatever is wrong otherwise shows without it too.
        if since.is_some()
            && (status.is_client_error() || status == StatusCode::NOT_IMPLEMENTED)
            && status != StatusCode::UNAUTHORIZED
        {
            return Err(ClientFault::Filter);
        }
        refused(status)?;
        let list: Value = serde_json::from_slice(&body).map_err(|why| rubbish(&why))?;
        page(&list)
    }

    /// Whether a person is there still.
    pub async fn user_get(&self, key: &str) -> Result<bool, ClientFault> {
        let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let (status, _) = self.get(&format!("/Users/{}", key.replace('+', "%20"))).await?;
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(false);
        }
        refused(status).map(|()| true)
    }
}

fn refused(status: StatusCode) -> Result<(), ClientFault> {
    let code = status.as_u16();
    Err(match code {
        200..=299 => return Ok(()),
        300..=399 => other(
            format!("来源要求跳转（{code}），出于安全不会跟随；请填写最终地址"),
            format!(
                "The source answers with a redirect ({code}), which is not followed. Give the final address."
            ),
        ),
        401 | 403 => other(
            format!("来源拒绝了令牌（{code}）；请在来源平台核对令牌是否有效、是否有读取用户的权限"),
            format!(
                "The source refuses the token ({code}). Check there whether it is valid and may read users."
            ),
        ),
        404 => other(
            "来源没有 /Users（404）；请核对来源地址，通常以 /scim/v2 结尾".to_owned(),
            "There is no /Users at the source (404). Check its address, which usually ends in /scim/v2."
                .to_owned(),
        ),
        _ => other(
            format!("来源暂时不可用（{code}）；稍后会自动重试"),
            format!("The source does not work at present ({code}). It is asked again later."),
        ),
    })
}

fn page(list: &Value) -> Result<UserPage, ClientFault> {
    let total = field(list, "totalResults").and_then(Value::as_i64).filter(|total| *total >= 0);
    let total = total.ok_or_else(|| rubbish(&"totalResults"))?;
    let none = Vec::new();
    let rows = match field(list, "Resources") {
        Some(Value::Array(rows)) if rows.len() <= ROWS_MAX => rows,
        None | Some(Value::Null) => &none,
        _ => return Err(rubbish(&"Resources")),
    };
    let mut page = UserPage { total, rows: i64::try_from(rows.len()).unwrap_or(0), ..UserPage::default() };
    for row in rows {
        let key = match field(row, "id") {
            Some(Value::String(id)) if !id.trim().is_empty() && id.len() <= KEY_MAX => id.clone(),
            _ => {
                page.faults.push(("?".to_owned(), Text::of("没有 id", "There is no id.")));
                continue;
            }
        };
        let modified =
            field(row, "meta").and_then(|meta| field(meta, "lastModified")).and_then(Value::as_str);
        let modified = modified.and_then(Timestamp::parse);
        page.seen_ms = page.seen_ms.max(modified.map(Timestamp::as_ms));
        match user::read(row) {
            Ok(one) => page.users.push(SourceUser { external_id: Some(key), ..one }),
            Err(why) => page.faults.push((key, Text::new(why.detail.clone(), why.detail))),
        }
    }
    Ok(page)
}
