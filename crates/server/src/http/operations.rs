//! What a pile can be asked by its wire name, with the schema that a form is made from.

use super::Shared;
use super::error::Answer;
use super::give::Kept;
use super::take::{Query, Who};
use axum::extract::State;
use axum::http::HeaderMap;
use model::site::Protocol;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationQuery {
    protocol: Protocol,
}

/// One operation of a protocol.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
pub struct OperationView {
    /// The wire's name, as `call` takes it.
    pub name: String,
    /// The feature profile or functional block.
    pub profile: String,
    pub profile_label: Text,
    pub label: Text,
    /// One sentence.
    pub about: Text,
    /// JSON schema of the payload.
    #[schema(value_type = Object)]
    pub schema: serde_json::Value,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OperationList {
    pub items: Vec<OperationView>,
}

/// All that may be sent to a pile of a protocol; none where the protocol has no named operations.
pub async fn operation_list(
    State(_): State<Shared>,
    _: Who,
    Query(query): Query<OperationQuery>,
    headers: HeaderMap,
) -> Answer<Kept<OperationList>> {
    let view = |operation: protocol::Operation| {
        Ok(OperationView {
            name: operation.name.to_owned(),
            profile: operation.profile.to_owned(),
            profile_label: operation.profile_label,
            label: operation.label,
            about: operation.about,
            schema: serde_json::from_str(operation.request).map_err(|_| Error::internal())?,
        })
    };
    let items = protocol::operations(query.protocol).into_iter().map(view).collect::<Result<_>>()?;
    Ok(Kept::own(OperationList { items }, &headers))
}

/// A call that would break the protocol is refused at its field, before anything is kept of it.
pub fn call_check(protocol: Protocol, action: &str, payload: &str) -> Result<()> {
    let action_shown: String = action.chars().take(60).collect();
    match protocol::call_check(protocol, action, payload) {
        Some(Ok(())) => Ok(()),
        Some(Err(fault)) => {
            let field = match fault.field.as_str() {
                "" => "payload".to_owned(),
                path => format!("payload.{path}"),
            };
            Err(Error::invalid(
                field,
                format!("{action_shown} 的参数有误，没有发送：{}", fault.text.zh),
                format!("{action_shown} was not sent: {}", fault.text.en),
            ))
        }
        None => Err(Error::invalid(
            "action",
            format!("该桩的协议没有可由平台发起的操作 {action_shown}，请检查操作名（区分大小写）"),
            format!(
                "The pile's protocol has no operation {action_shown} for the platform to call; check its name and case."
            ),
        )),
    }
}
