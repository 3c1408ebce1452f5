//! 回复模板

use super::Shared;
use super::error::Answer;
use super::give::{Created, Done, Given};
use super::take::{Id, Input, Who};
use axum::extract::State;
use engine::feedback::template::{FeedbackTemplateChange, FeedbackTemplateDraft};
use store::feedback_templates::{self, FeedbackTemplate};
use store::filter::Page;

pub async fn feedback_template_list(State(app): State<Shared>) -> Answer<Given<Page<FeedbackTemplate>>> {
    Ok(Given(Page::whole(app.engine.store.read(feedback_templates::feedback_template_list).await?)))
}

pub async fn feedback_template_create(
    State(app): State<Shared>,
    who: Who,
    Input(draft): Input<FeedbackTemplateDraft>,
) -> Answer<Created<FeedbackTemplate>> {
    Ok(Created(app.engine.feedback_template_create(&who.actor(), draft).await?))
}

pub async fn feedback_template_update(
    State(app): State<Shared>,
    who: Who,
    Id(id): Id,
    Input(change): Input<FeedbackTemplateChange>,
) -> Answer<Done> {
    app.engine.feedback_template_update(&who.actor(), id, change).await?;
    Ok(Done)
}

pub async fn feedback_template_delete(State(app): State<Shared>, who: Who, Id(id): Id) -> Answer<Done> {
    app.engine.feedback_template_delete(&who.actor(), id).await?;
    Ok(Done)
}
