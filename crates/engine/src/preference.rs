//! 个人设置: each person's own, and nobody else's.

use crate::Engine;
use crate::audit::Actor;
use model::{Error, Result};
use serde_json::Value;
use store::preferences;

/// Most bytes of one value.
const VALUE_MAX: usize = 16 * 1024;
/// Most of one person: pages that make up keys without end are stopped here.
const COUNT_MAX: i64 = 200;

fn key_check(key: &str) -> Result<()> {
    let spelled = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    if (1..=64).contains(&key.len()) && key.bytes().all(spelled) {
        return Ok(());
    }
    Err(Error::invalid(
        "key",
        "设置名应为 1 到 64 个字符，只含小写字母、数字、点、下划线与连字符",
        "A preference's key has 1 to 64 characters of a-z, 0-9, dot, underscore and hyphen.",
    ))
}

impl Engine {
    /// Keeps one setting. Not audited: where somebody puts a card on his own page concerns nobody else, and
    /// would bury what does.
    pub async fn preference_set(&self, actor: &Actor, key: &str, value: &Value) -> Result<()> {
        key_check(key)?;
        let text = value.to_string();
        if text.len() > VALUE_MAX {
            return Err(Error::invalid(
                "value",
                "设置内容不能超过 16 KiB，请减少保存的项目",
                "A preference's value has at most 16 KiB; keep less in it.",
            ));
        }
        let (staff, key, now) = (actor.caller.staff, key.to_owned(), self.clock.now());
        self.store
            .write(None, move |tx| {
                if tx.read(|conn| preferences::others(conn, staff, &key))? >= COUNT_MAX {
                    return Err(Error::refused(
                        "preference.too_many",
                        "个人设置已达 200 项上限，请先删除不用的视图或设置",
                        "You have 200 preferences, the most there can be; remove views or settings that you do not use.",
                    ));
                }
                preferences::preference_set(tx, staff, &key, &text, now)
            })
            .await
    }

    /// Back to the default; one that is not there is already.
    pub async fn preference_delete(&self, actor: &Actor, key: &str) -> Result<()> {
        key_check(key)?;
        let (staff, key) = (actor.caller.staff, key.to_owned());
        self.store.write(None, move |tx| preferences::preference_delete(tx, staff, &key)).await
    }
}
