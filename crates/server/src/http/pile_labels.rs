//! 桩贴

use super::Shared;
use super::error::Answer;
use super::give::Given;
use super::take::{Input, Who};
use axum::extract::State;
use engine::pile_batch::{chosen_piles, no_chosen_pile};
use model::Result;
use serde::Deserialize;
use store::filter::Page;
use store::pile_labels::{self, PileLabel};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PileLabelDraft {
    /// 1 to 500 piles.
    pile_codes: Vec<String>,
}

/// The labels of these piles, by code and connector.
pub async fn pile_label_list(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<PileLabelDraft>,
) -> Answer<Given<Page<PileLabel>>> {
    let codes = chosen_piles(draft.pile_codes)?;
    let scope = who.scope();
    let read = move |conn: &mut store::Conn| {
        let mut labels = Vec::with_capacity(codes.len() * 2);
        for code in &codes {
            let found = pile_labels::of_pile(conn, &scope, code)?;
            if found.is_empty() {
                return Ok(Err(no_chosen_pile(code)));
            }
            labels.extend(found);
        }
        Ok(Ok(labels))
    };
    let labels: Result<Vec<PileLabel>> = app.engine.store.read(read).await?;
    Ok(Given(Page::whole(labels?)))
}
