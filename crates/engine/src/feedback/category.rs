//! 反馈分类: what staff make of it.

use crate::Engine;
use crate::audit::Actor;
use crate::site::{named, taken};
use model::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::feedback_categories::{self, FeedbackCategory};
use store::{Change, Tx};
use utoipa::ToSchema;

const NAME_MAX: usize = 32;
/// More would not be read by anybody who complains.
const COUNT_MAX: usize = 50;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackCategoryDraft {
    /// What the apps send: 2 to 32 of `a-z`, digits and `_`, beginning with a letter. It never changes.
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackCategoryChange {
    /// The version that the page shows.
    pub version: i64,
    pub name_zh: String,
    pub name_en: String,
    /// The place in the order in which they are offered, from 1.
    pub place: i64,
    pub enabled: bool,
}

/// A category that is offered, in what comes in.
pub(super) fn offered(tx: &mut Tx<'_>, code: &str) -> Result<String> {
    let all = tx.read(feedback_categories::feedback_category_list)?;
    if all.iter().any(|one| one.enabled && one.code == code) {
        return Ok(code.to_owned());
    }
    let codes: Vec<&str> = all.iter().filter(|one| one.enabled).map(|one| one.code.as_str()).collect();
    let codes = codes.join(", ");
    Err(Error::invalid(
        "category",
        format!("没有这个分类，或已停用；可选：{codes}"),
        format!("There is no such category, or it was switched off. Choose one of: {codes}."),
    ))
}

fn code_checked(code: &str) -> Result<String> {
    let code = code.trim();
    let spelled = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let begins = code.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if (2..=32).contains(&code.len()) && begins && code.bytes().all(spelled) {
        return Ok(code.to_owned());
    }
    Err(Error::invalid(
        "code",
        "编码应为 2 到 32 个小写字母、数字或下划线，以字母开头，例如 ground_lock",
        "A code has 2 to 32 of a-z, digits and underscores and begins with a letter, such as ground_lock.",
    ))
}

fn free(tx: &mut Tx<'_>, one: &FeedbackCategory) -> Result<()> {
    if tx.read(|conn| feedback_categories::is_named(conn, one))? {
        return Err(taken("name_zh", "feedback_category.exists", "分类名称", "category's name"));
    }
    Ok(())
}

fn told(one: &FeedbackCategory) -> serde_json::Value {
    json!({"name_zh": one.name_zh, "name_en": one.name_en, "place": one.place, "enabled": one.enabled})
}

impl Engine {
    pub async fn feedback_category_create(&self, actor: &Actor, draft: FeedbackCategoryDraft) -> Result<()> {
        actor.must_be_platform()?;
        let one = FeedbackCategory {
            code: code_checked(&draft.code)?,
            name_zh: named("name_zh", &draft.name_zh, NAME_MAX)?,
            name_en: named("name_en", &draft.name_en, NAME_MAX)?,
            place: 0,
            enabled: true,
            version: 1,
        };
        let (actor, now) = (actor.clone(), self.clock.now());
        self.store
            .write(None, move |tx| {
                let all = tx.read(feedback_categories::feedback_category_list)?;
                if all.iter().any(|other| other.code == one.code) {
                    return Err(taken("code", "feedback_category.exists", "分类编码", "category's code"));
                }
                if all.len() >= COUNT_MAX {
                    return Err(Error::refused(
                        "feedback_category.too_many",
                        "反馈分类最多 50 个，请改名使用已停用的分类",
                        "There are fifty categories, the most there can be; rename one that is switched off.",
                    ));
                }
                free(tx, &one)?;
                let last = all.iter().map(|other| other.place).max().unwrap_or(0);
                let one = FeedbackCategory { place: last + 1, ..one.clone() };
                feedback_categories::insert(tx, &one)?;
                let detail = json!({"after": told(&one)});
                actor.record(tx, now, "feedback_category_create", "feedback_category", &one.code, &detail)?;
                tx.changed(Change::Noun("feedback_category"));
                Ok(())
            })
            .await
    }

    pub async fn feedback_category_update(
        &self,
        actor: &Actor,
        code: &str,
        change: FeedbackCategoryChange,
    ) -> Result<()> {
        actor.must_be_platform()?;
        let name_zh = named("name_zh", &change.name_zh, NAME_MAX)?;
        let name_en = named("name_en", &change.name_en, NAME_MAX)?;
        let (actor, now, code) = (actor.clone(), self.clock.now(), code.to_owned());
        self.store
            .write(None, move |tx| {
                let mut all = tx.read(feedback_categories::feedback_category_list)?;
                let at = all.iter().position(|one| one.code == code).ok_or_else(no_category)?;
                let before = all.remove(at);
                if before.version != change.version {
                    return Err(Error::conflict(
                        "feedback_category.version_differs",
                        "该分类刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just changed this category. Look at it as it is now, then try again.",
                    ));
                }
                let most = i64::try_from(all.len()).unwrap_or(0) + 1;
                if !(1..=most).contains(&change.place) {
                    return Err(Error::invalid(
                        "place",
                        format!("顺序应为 1 到 {most}"),
                        format!("The place is between 1 and {most}."),
                    ));
                }
                if !change.enabled && !all.iter().any(|one| one.enabled) {
                    return Err(Error::refused(
                        "feedback_category.last",
                        "至少保留一个启用的分类，否则用户无法提交反馈",
                        "One category stays switched on, or nobody could send feedback.",
                    )
                    .on_field("enabled"));
                }
                let after = FeedbackCategory {
                    name_zh: name_zh.clone(),
                    name_en: name_en.clone(),
                    place: change.place,
                    enabled: change.enabled,
                    ..before.clone()
                };
                free(tx, &after)?;
                if after != before {
                    feedback_categories::update(tx, &after)?;
                    moved(tx, all, change.place)?;
                    let detail = json!({"before": told(&before), "after": told(&after)});
                    actor.record(tx, now, "feedback_category_update", "feedback_category", &code, &detail)?;
                    tx.changed(Change::Noun("feedback_category"));
                }
                Ok(())
            })
            .await
    }
}

/// The others close up around the place that was taken.
fn moved(tx: &mut Tx<'_>, others: Vec<FeedbackCategory>, taken: i64) -> Result<()> {
    let places = (1..).filter(|place| *place != taken);
    for (other, place) in others.into_iter().zip(places) {
        if other.place != place {
            feedback_categories::place_set(tx, &other.code, place)?;
        }
    }
    Ok(())
}

fn no_category() -> Error {
    Error::not_found(
        "feedback_category.not_found",
        "没有这个反馈分类，请刷新列表",
        "There is no such category; reload the list.",
    )
}
