//! 回复模板: what staff make of them.

use super::plain;
use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::feedback_templates::{self, FeedbackTemplate};
use store::{Change, Tx, feedback_categories};
use utoipa::ToSchema;

const NAME_MAX: usize = 20;
/// As long as a reply may be.
const TEXT_MAX: usize = 1_000;
/// More are not found in a hurry.
const COUNT_MAX: usize = 100;
/// What a template may leave to be filled in.
const PLACES: [&str; 4] = ["no", "name", "order_no", "station"];

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackTemplateDraft {
    /// A code of the categories; null: it fits all of them.
    pub category: Option<String>,
    pub name: String,
    /// `{no}`, `{name}`, `{order_no}` and `{station}` stand for those of the feedback that is answered.
    pub text: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackTemplateChange {
    /// The version that the page shows.
    pub version: i64,
    pub category: Option<String>,
    pub name: String,
    pub text: String,
}

fn no_template() -> Error {
    Error::not_found(
        "feedback_template.not_found",
        "没有这个回复模板，可能已被删除，请刷新列表",
        "There is no such template, or it was deleted; reload the list.",
    )
}

/// A place to be filled in that nobody fills would be read by the customer.
fn text_checked(text: &str) -> Result<String> {
    let text = plain("text", text, TEXT_MAX)?;
    for piece in text.split('{').skip(1) {
        let place = piece.split_once('}').map(|(place, _)| place);
        if !place.is_some_and(|place| PLACES.contains(&place)) {
            return Err(Error::invalid(
                "text",
                "花括号中只能是 {no}（反馈编号）、{name}（姓名）、{order_no}（订单号）或 {station}（充电站）",
                "Braces hold one of {no}, {name}, {order_no} and {station}.",
            ));
        }
    }
    Ok(text)
}

fn category_checked(tx: &mut Tx<'_>, code: Option<&str>) -> Result<Option<String>> {
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else { return Ok(None) };
    if tx.read(|conn| feedback_categories::find(conn, code))?.is_some() {
        return Ok(Some(code.to_owned()));
    }
    Err(Error::invalid(
        "category",
        "没有这个反馈分类，请从列表中选择，或留空表示适用于全部分类",
        "There is no such category; choose one of the list, or none for all of them.",
    ))
}

fn free(tx: &mut Tx<'_>, id: i64, name: &str) -> Result<()> {
    if tx.read(|conn| feedback_templates::is_named(conn, id, name))? {
        return Err(taken("name", "feedback_template.exists", "模板名称", "template's name"));
    }
    Ok(())
}

fn told(one: &FeedbackTemplate) -> serde_json::Value {
    json!({"category": one.category, "name": one.name, "text": one.text})
}

impl Engine {
    pub async fn feedback_template_create(
        &self,
        actor: &Actor,
        draft: FeedbackTemplateDraft,
    ) -> Result<FeedbackTemplate> {
        actor.must_be_platform()?;
        let (name, text) = (named("name", &draft.name, NAME_MAX)?, text_checked(&draft.text)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if tx.read(feedback_templates::feedback_template_list)?.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "feedback_template.too_many",
                        "回复模板最多 100 个，请先删除不用的",
                        "There are a hundred templates, the most there can be; delete one first.",
                    ));
                }
                free(tx, 0, &name)?;
                let mut one = FeedbackTemplate {
                    id: 0,
                    category: category_checked(tx, draft.category.as_deref())?,
                    name: name.clone(),
                    text: text.clone(),
                    version: 1,
                    changed_at_ms: now.as_ms(),
                    changed_by: actor.caller.name.clone(),
                };
                one.id = feedback_templates::insert(tx, &one)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "feedback_template_create", "feedback_template", one.id, &detail)?;
                tx.changed(Change::Noun("feedback_template"));
                Ok(one)
            })
            .await
    }

    pub async fn feedback_template_update(
        &self,
        actor: &Actor,
        id: i64,
        change: FeedbackTemplateChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let (name, text) = (named("name", &change.name, NAME_MAX)?, text_checked(&change.text)?);
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| feedback_templates::find(conn, id))?.ok_or_else(no_template)?;
                if before.version != change.version {
                    return Err(Error::conflict(
                        "feedback_template.version_differs",
                        "该模板刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this template. Look at it as it is now, then try again.",
                    ));
                }
                free(tx, id, &name)?;
                let after = FeedbackTemplate {
                    category: category_checked(tx, change.category.as_deref())?,
                    name: name.clone(),
                    text: text.clone(),
                    ..before.clone()
                };
                if after != before {
                    feedback_templates::update(tx, &after, now, &actor.caller.name)?;
                    let detail = json!({"before": told(&before), "after": told(&after)});
                    actor.record(tx, now, "feedback_template_update", "feedback_template", id, &detail)?;
                    tx.changed(Change::Noun("feedback_template"));
                }
                Ok(())
            })
            .await
    }

    pub async fn feedback_template_delete(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.must_be_platform()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let before = tx.read(|conn| feedback_templates::find(conn, id))?.ok_or_else(no_template)?;
                feedback_templates::delete(tx, id)?;
                let detail = json!({"before": told(&before)});
                actor.record(tx, now, "feedback_template_delete", "feedback_template", id, &detail)?;
                tx.changed(Change::Noun("feedback_template"));
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_that_are_filled_in_may_be_left_open() {
        for (text, good) in [
            ("您好 {name}，{no} 已处理", true),
            ("{order_no}{station}", true),
            ("没有花括号", true),
            ("{phone}", false),
            ("{no", false),
            ("{{no}}", false),
            ("", false),
        ] {
            assert_eq!(text_checked(text).is_ok(), good, "{text}");
        }
    }
}
