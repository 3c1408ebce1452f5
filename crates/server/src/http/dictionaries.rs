//! 字典

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Input, Key, Query, Who};
use axum::extract::State;
use engine::feedback::category::{FeedbackCategoryChange, FeedbackCategoryDraft};
use model::dictionary::{DICTIONARIES, Dictionary};
use model::{Error, Text};
use serde::{Deserialize, Serialize};
use store::feedback_categories::{self, FeedbackCategory};
use store::filter::Page;
use utoipa::ToSchema;

/// The one list that staff change.
const CATEGORIES: &str = "feedback_category";

/// A code list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Dictionary)]
pub struct DictionaryView {
    pub code: String,
    pub title: Text,
    /// Staff may change it; a program stands behind the codes of the others.
    pub editable: bool,
    pub entries: Vec<DictionaryEntry>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryEntry {
    pub code: String,
    pub name: Text,
    pub enabled: bool,
    /// How many things have it; null where nobody counts, because counting would be dear.
    pub usage: Option<i64>,
    /// Of an entry that may be changed.
    pub place: Option<i64>,
    pub version: Option<i64>,
}

fn fixed(dictionary: &Dictionary) -> DictionaryView {
    let entry = |(code, name): (&'static str, Text)| DictionaryEntry {
        code: code.to_owned(),
        name,
        enabled: true,
        usage: None,
        place: None,
        version: None,
    };
    DictionaryView {
        code: dictionary.code.to_owned(),
        title: dictionary.title(),
        editable: false,
        entries: dictionary.entries().map(entry).collect(),
    }
}

fn categories(all: Vec<FeedbackCategory>) -> DictionaryView {
    let entry = |one: FeedbackCategory| DictionaryEntry {
        code: one.code,
        name: Text::new(one.name_zh, one.name_en),
        enabled: one.enabled,
        usage: None,
        place: Some(one.place),
        version: Some(one.version),
    };
    DictionaryView {
        code: CATEGORIES.to_owned(),
        title: Text::of("反馈分类", "Feedback categories"),
        editable: true,
        entries: all.into_iter().map(entry).collect(),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DictionaryQuery {
    /// In a code or a name of the list or of one of its entries.
    name: Option<String>,
    editable: Option<bool>,
}

fn found(one: &DictionaryView, wanted: &str) -> bool {
    let own = [one.code.as_str(), &one.title.zh, &one.title.en];
    let entries = one.entries.iter().flat_map(|entry| [entry.code.as_str(), &entry.name.zh, &entry.name.en]);
    own.into_iter().chain(entries).any(|text| text.to_lowercase().contains(wanted))
}

pub async fn dictionary_list(
    State(app): State<Shared>,
    who: Who,
    Query(query): Query<DictionaryQuery>,
) -> Answer<Given<Page<DictionaryView>>> {
    who.actor().must_be_platform()?;
    let own = app.engine.store.read(feedback_categories::feedback_category_list).await?;
    let mut all = vec![categories(own)];
    all.extend(DICTIONARIES.iter().map(fixed));
    let wanted = query.name.map(|text| text.trim().to_lowercase()).unwrap_or_default();
    all.retain(|one| found(one, &wanted) && query.editable.is_none_or(|editable| one.editable == editable));
    Ok(Given(Page::whole(all)))
}

pub async fn dictionary_get(
    State(app): State<Shared>,
    who: Who,
    Key(code): Key,
) -> Answer<Given<DictionaryView>> {
    who.actor().must_be_platform()?;
    let read = move |conn: &mut store::Conn| {
        let mut one = match Dictionary::find(&code) {
            Some(dictionary) => fixed(dictionary),
            None if code == CATEGORIES => categories(feedback_categories::feedback_category_list(conn)?),
            None => return Ok(None),
        };
        if let Some(usage) = store::dictionaries::usage(conn, &one.code)? {
            for entry in &mut one.entries {
                entry.usage = Some(usage.get(&entry.code).copied().unwrap_or(0));
            }
        }
        Ok(Some(one))
    };
    Ok(Given(app.engine.store.read(read).await?.ok_or_else(no_dictionary)?))
}

fn no_dictionary() -> Error {
    Error::not_found(
        "dictionary.not_found",
        "没有这个字典，请检查地址",
        "There is no such dictionary; check the address.",
    )
}

/// Also those that are switched off: what has them keeps its name.
pub async fn feedback_category_list(State(app): State<Shared>) -> Answer<Given<Page<FeedbackCategory>>> {
    let all = app.engine.store.read(feedback_categories::feedback_category_list).await?;
    Ok(Given(Page::whole(all)))
}

pub async fn feedback_category_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FeedbackCategoryDraft>,
) -> Answer<Created<FeedbackCategory>> {
    let code = draft.code.trim().to_owned();
    app.engine.feedback_category_create(&who.actor(), draft).await?;
    let made = app.engine.store.read(move |conn| feedback_categories::find(conn, &code)).await?;
    Ok(Created(made.ok_or_else(Error::internal)?))
}

pub async fn feedback_category_update(
    State(app): State<Shared>,
    who: Who,
    Key(code): Key,
    Input(change): Input<FeedbackCategoryChange>,
) -> Answer<Done> {
    app.engine.feedback_category_update(&who.actor(), &code, change).await?;
    Ok(Done)
}

/// A category that somebody who writes may choose.
#[derive(Serialize, ToSchema)]
pub struct PublicFeedbackCategory {
    pub code: String,
    pub name: Text,
}

pub async fn public_feedback_category_list(
    State(app): State<Shared>,
) -> Answer<Given<Page<PublicFeedbackCategory>>> {
    let all = app.engine.store.read(feedback_categories::feedback_category_list).await?;
    let offered = all.into_iter().filter(|one| one.enabled);
    let view = |one: FeedbackCategory| PublicFeedbackCategory {
        code: one.code,
        name: Text::new(one.name_zh, one.name_en),
    };
    Ok(Given(Page::whole(offered.map(view).collect())))
}
