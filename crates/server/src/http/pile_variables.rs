//! 设备变量

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Code, Query, Who, no_pile};
use axum::extract::State;
use model::id::PileId;
use serde::Deserialize;
use store::filter::Page;
use store::pile_variables::{self, PileVariable};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileVariableQuery {
    /// In the name or the value.
    text: Option<String>,
}

/// What the pile has told of itself, by name: all at once, a pile has some hundreds.
pub async fn pile_variable_list(
    State(app): State<Shared>,
    who: Who,
    Code(code): Code,
    Query(query): Query<PileVariableQuery>,
) -> Answer<Given<Page<PileVariable>>> {
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let Some((pile, _, _)) = store::pile_list::pile_find(conn, &scope, &code)? else { return Ok(None) };
        pile_variables::pile_variable_list(conn, PileId(pile), query.text.as_deref()).map(Some)
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_pile)?))
}
