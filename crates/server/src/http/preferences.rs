//! 个人设置

use super::Shared;
use super::describe::{Describe, Draft};
use super::error::{Answer, Failure};
use super::give::{Done, Given};
use super::take::{Input, Who};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use model::Error;
use serde::Deserialize;
use serde_json::Value;
use store::filter::Page;
use store::preferences::{self, PreferenceView};
use utoipa::openapi::path::ParameterIn;
use utoipa::{PartialSchema, ToSchema};

/// `{key}` of a preference; `engine` judges it.
pub struct PreferenceKey(String);

impl<S: Send + Sync> FromRequestParts<S> for PreferenceKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PreferenceKey, Failure> {
        let key = Path::<String>::from_request_parts(parts, state).await;
        Ok(PreferenceKey(key.map(|Path(key)| key).unwrap_or_default()))
    }
}

impl Describe for PreferenceKey {
    fn describe(draft: &mut Draft) {
        draft.parameter("key", ParameterIn::Path, true, String::schema());
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferenceDraft {
    /// Whatever the pages keep there; at most 16 KiB of JSON.
    value: Value,
}

/// All of one's own.
pub async fn preference_list(State(app): State<Shared>, who: Who) -> Answer<Given<Page<PreferenceView>>> {
    let staff = who.session.caller.staff;
    let read = move |conn: &mut store::Conn| preferences::preference_list(conn, staff);
    Ok(Given(Page::whole(app.engine.store.read(read).await?)))
}

pub async fn preference_get(
    State(app): State<Shared>,
    who: Who,
    PreferenceKey(key): PreferenceKey,
) -> Answer<Given<PreferenceView>> {
    let staff = who.session.caller.staff;
    let read = move |conn: &mut store::Conn| preferences::preference_get(conn, staff, &key);
    let found = app.engine.store.read(read).await?.ok_or_else(|| {
        Error::not_found(
            "preference.not_found",
            "您没有保存过这项设置，页面按默认显示",
            "You have not kept this preference; the page shows its default.",
        )
    })?;
    Ok(Given(found))
}

pub async fn preference_set(
    State(app): State<Shared>,
    who: Who,
    PreferenceKey(key): PreferenceKey,
    Input(draft): Input<PreferenceDraft>,
) -> Answer<Done> {
    app.engine.preference_set(&who.actor(), &key, &draft.value).await?;
    Ok(Done)
}

pub async fn preference_delete(
    State(app): State<Shared>,
    who: Who,
    PreferenceKey(key): PreferenceKey,
) -> Answer<Done> {
    app.engine.preference_delete(&who.actor(), &key).await?;
    Ok(Done)
}
