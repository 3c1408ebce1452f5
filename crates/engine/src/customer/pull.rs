//! Customers by asking: PileOps itself asks a mobility platform for its people. What is asked and how is
//! the server's; what becomes of the answers is here. Whoever is unchanged costs no write.

use super::source::{SourceUser, unique};
use super::{differences, told};
use crate::Engine;
use crate::audit::Actor;
use model::customer::CustomerSource;
use model::id::CustomerId;
use model::time::{DAY_MS, Timestamp};
use model::web_address::WebAddress;
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::customer_pulls::{self, CustomerPull, PullFault, PullRound};
use store::customers::{self, Customer};
use store::{Change, Tx};
use utoipa::ToSchema;

const SOURCE: CustomerSource = CustomerSource::Pull;
pub const PAGE_SIZE: std::ops::RangeInclusive<i64> = 1..=1_000;
const TOKEN_MAX: usize = 4_096;
/// Of those that were refused so many are told by name.
const FAULTS_MAX: usize = 20;
/// So many people are written at once: piles wait behind a transaction.
const AT_ONCE: usize = 50;
/// Once a day all are asked for: only so is it seen who is gone.
const WHOLE_MS: i64 = DAY_MS;
/// When more of our people are gone than this many, and than this share of them, somebody has to say so.
const GONE_FREE: i64 = 20;
const GONE_PERCENT: i64 = 20;

/// The source as the pages show it: never its token.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerPull)]
pub struct CustomerPullView {
    pub url: String,
    pub enabled: bool,
    pub has_token: bool,
    pub page_size: i64,
    pub version: i64,
    pub changed_at_ms: i64,
    pub changed_by: String,
    pub whole_at_ms: Option<i64>,
    /// How many people we have of it.
    pub customer_count: i64,
    pub last: PullRound,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPullChange {
    /// The version that the page shows; 0: there was none.
    pub version: i64,
    /// Of SCIM, such as `https://example.com/scim/v2`.
    pub url: String,
    pub enabled: bool,
    /// How many people are asked for at once.
    pub page_size: i64,
    /// Null: the one that is kept.
    pub token: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPullStart {
    /// Asks for all, also for those that have not changed.
    pub whole: bool,
    /// That many are gone is true.
    pub gone_accepted: bool,
}

/// What became of a page of people.
#[derive(Clone, Debug, Default)]
pub struct PullTaken {
    pub new: i64,
    pub changed: i64,
    pub faults: Vec<PullFault>,
    pub refused: i64,
    /// Everybody of the page whom we have now.
    pub ids: Vec<CustomerId>,
}

impl PullTaken {
    pub fn refuse(&mut self, key: &str, reason: Text) {
        self.refused += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(PullFault { key: key.chars().take(64).collect(), reason });
        }
    }

    pub fn add(&mut self, other: PullTaken) {
        (self.new, self.changed) = (self.new + other.new, self.changed + other.changed);
        self.refused += other.refused;
        let room = FAULTS_MAX - self.faults.len();
        self.faults.extend(other.faults.into_iter().take(room));
        self.ids.extend(other.ids);
    }
}

/// What came of a round.
#[derive(Clone, Debug, Default)]
pub struct PullEnd {
    pub was_whole: bool,
    pub total: i64,
    pub taken: PullTaken,
    pub gone: i64,
    /// So many seem to be gone that somebody has to say so.
    pub gone_asked: i64,
    /// The latest change that was told of; none: the source does not tell.
    pub seen_ms: Option<i64>,
    pub error: Option<Text>,
}

fn actor() -> Actor {
    let mut actor = Actor::local();
    actor.caller.name = "SCIM".to_owned();
    actor.address = "scim".to_owned();
    actor
}

pub fn no_source() -> Error {
    Error::refused(
        "customer_source.missing",
        "还没有配置用户来源；请先填写来源地址与令牌",
        "There is no customer source yet; give its address and token first.",
    )
}

fn same_place(one: &str, other: &str) -> bool {
    let place = |text: &str| WebAddress::parse("url", text).map(|to| (to.secure, to.host, to.port));
    place(one).ok() == place(other).ok()
}

fn shown(one: &CustomerPull) -> serde_json::Value {
    json!({"url": one.url, "enabled": one.enabled, "page_size": one.page_size,
        "token": if one.secret.is_some() { "***" } else { "" }})
}

fn token_checked(token: &str) -> Result<()> {
    if (1..=TOKEN_MAX).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid(
        "token",
        "令牌应为 1 到 4096 个英文字母、数字或符号，不含空格；请从来源平台复制",
        "A token has 1 to 4096 printable ASCII characters without blanks; copy it from the source.",
    ))
}

fn stale() -> Error {
    Error::conflict(
        "customer_source.version_differs",
        "用户来源刚被他人修改，已读取最新内容，请核对后再保存",
        "Somebody has just changed the customer source. Look at it as it is now, then try again.",
    )
}

impl Engine {
    pub async fn customer_pull_get(&self) -> Result<Option<CustomerPullView>> {
        let read = |conn: &mut store::Conn| {
            let Some(one) = customer_pulls::find(conn)? else { return Ok(None) };
            Ok(Some((one, customer_pulls::source_count(conn, SOURCE)?)))
        };
        let found = self.store.read(read).await?;
        Ok(found.map(|(one, customer_count)| CustomerPullView {
            url: one.url,
            enabled: one.enabled,
            has_token: one.secret.is_some(),
            page_size: one.page_size,
            version: one.version,
            changed_at_ms: one.changed_at_ms,
            changed_by: one.changed_by,
            whole_at_ms: one.whole_at_ms,
            customer_count,
            last: one.last,
        }))
    }

    pub async fn customer_pull_update(&self, actor: &Actor, change: CustomerPullChange) -> Result<()> {
        actor.must_be_platform()?;
        let url = WebAddress::parse("url", &change.url)?.text();
        if url.contains('?') {
            return Err(Error::invalid(
                "url",
                "来源地址中不能有 ? 和参数，例如 https://example.com/scim/v2",
                "The address of a source has no ? and parameters; such as https://example.com/scim/v2.",
            ));
        }
        if !PAGE_SIZE.contains(&change.page_size) {
            return Err(Error::invalid(
                "page_size",
                "每页人数应为 1 到 1000",
                "A page has 1 to 1000 people.",
            ));
        }
        let given = change
            .token
            .as_deref()
            .map(|token| token_checked(token).and_then(|()| self.secrets.seal(&self.random, token)));
        let given = given.transpose()?;
        let (actor, now) = (actor.clone(), self.clock.now());
        let work = move |tx: &mut Tx<'_>| {
            let before = tx.read(customer_pulls::find)?;
            if before.as_ref().map_or(0, |one| one.version) != change.version {
                return Err(stale());
            }
            let moved = before.as_ref().is_none_or(|one| one.url != url);
            // Or whoever may change the address could have the token sent to one of their own.
            if given.is_none() && before.as_ref().is_none_or(|one| !same_place(&one.url, &url)) {
                return Err(Error::invalid(
                    "token",
                    "首次填写或修改来源主机时，请填写令牌，以免原令牌被发到新的主机",
                    "Give the token when the source is new or its host changes, so that the old one is not sent elsewhere.",
                ));
            }
            let after = CustomerPull {
                url: url.clone(),
                enabled: change.enabled,
                secret: given.clone().or_else(|| before.as_ref().and_then(|one| one.secret.clone())),
                page_size: change.page_size,
                version: change.version.saturating_add(1),
                changed_at_ms: now.as_ms(),
                changed_by: actor.caller.name.clone(),
                seen_ms: before.as_ref().and_then(|one| one.seen_ms).filter(|_| !moved),
                whole_wanted: moved || before.as_ref().is_some_and(|one| one.whole_wanted),
                gone_accepted: false,
                whole_at_ms: before.as_ref().and_then(|one| one.whole_at_ms).filter(|_| !moved),
                last: before.as_ref().map_or_else(PullRound::default, |one| one.last.clone()),
            };
            customer_pulls::save(tx, &after)?;
            let mut detail = json!({"before": before.as_ref().map(shown), "after": shown(&after)});
            if given.is_some() {
                detail["after"]["token"] = json!("*** (new)");
            }
            actor.record(tx, now, "customer_source_update", "customer_source", 1, &detail)
        };
        self.store.write(None, work).await
    }

    /// What staff want of the next round, which begins at once.
    pub async fn customer_pull_wish(&self, actor: &Actor, wish: CustomerPullStart) -> Result<()> {
        actor.must_be_platform()?;
        let work = move |tx: &mut Tx<'_>| {
            let mut one = tx.read(customer_pulls::find)?.ok_or_else(no_source)?;
            if !one.enabled {
                return Err(Error::refused(
                    "customer_source.disabled",
                    "用户来源已停用；请先启用，再同步",
                    "The customer source is switched off. Switch it on first.",
                ));
            }
            one.whole_wanted = one.whole_wanted || wish.whole || wish.gone_accepted;
            one.gone_accepted = wish.gone_accepted;
            customer_pulls::save(tx, &one)
        };
        self.store.write(None, work).await
    }

    /// The token in the clear, for whoever asks with it now.
    pub fn customer_pull_token(&self, one: &CustomerPull) -> Result<String> {
        one.secret.as_deref().and_then(|secret| self.secrets.unseal(secret)).ok_or_else(|| {
            Error::refused(
                "customer_source.sealed",
                "令牌无法解密（数据目录的密钥文件已更换）；请重新填写令牌",
                "The token cannot be read: the key file of the data folder is another one. Give it anew.",
            )
        })
    }

    /// Takes a page of people. Who has not changed is only looked at.
    pub async fn customer_pull_take(&self, users: Vec<SourceUser>) -> Result<PullTaken> {
        let mut taken = PullTaken::default();
        let mut checked = Vec::with_capacity(users.len());
        for user in users {
            let key = user.external_id.clone().unwrap_or_default();
            match user.checked() {
                Ok(user) => checked.push(user),
                Err(why) => taken.refuse(&key, on_field(&why)),
            }
        }
        let looked = self.store.read(move |conn| {
            let mut looked = Vec::with_capacity(checked.len());
            for user in checked {
                let key = user.external_id.as_deref().unwrap_or_default();
                looked.push((customers::by_external(conn, SOURCE, key)?, user));
            }
            Ok(looked)
        });
        let mut different = Vec::new();
        for (known, user) in looked.await? {
            match known {
                Some(known) if user.is_of(&known) => taken.ids.push(known.id),
                _ => different.push(user),
            }
        }
        for part in different.chunks(AT_ONCE) {
            taken.add(self.customer_pull_write(part.to_vec()).await?);
        }
        Ok(taken)
    }

    async fn customer_pull_write(&self, users: Vec<SourceUser>) -> Result<PullTaken> {
        let now = self.clock.now();
        let work = move |tx: &mut Tx<'_>| {
            let (mut taken, mut tags) = (PullTaken::default(), Vec::new());
            for user in &users {
                let key = user.external_id.clone().unwrap_or_default();
                let known = tx.read(|conn| customers::by_external(conn, SOURCE, &key))?;
                if let Err(why) = unique(tx, SOURCE, user, known.as_ref().map(|known| known.id)) {
                    if why.kind != model::error::Kind::Conflict {
                        return Err(why);
                    }
                    taken.refuse(&key, on_field(&why));
                    // Whom we have already is not gone because a change of theirs was refused.
                    taken.ids.extend(known.map(|known| known.id));
                    continue;
                }
                match known {
                    Some(known) => {
                        taken.changed += 1;
                        taken.ids.push(known.id);
                        tags.extend(change(tx, known, user, now)?);
                    }
                    None => {
                        let mut fresh = Customer::fresh(SOURCE, user.name.clone(), now);
                        user.clone().write_to(&mut fresh, now);
                        taken.new += 1;
                        taken.ids.push(customers::insert(tx, &fresh)?);
                    }
                }
            }
            tx.changed(Change::Noun("customer"));
            Ok((taken, tags))
        };
        let (taken, tags) = self.store.write(None, work).await?;
        self.cards_changed(tags).await?;
        Ok(taken)
    }

    /// Whether so many may be gone without anybody saying so.
    pub fn customer_pull_gone_allowed(&self, one: &CustomerPull, had: i64, gone: i64) -> Result<(), Text> {
        if one.gone_accepted || gone <= GONE_FREE || gone * 100 <= had * GONE_PERCENT {
            return Ok(());
        }
        Err(Text::new(
            format!(
                "来源中少了 {gone} 人（我们有 {had} 人），超过 {GONE_PERCENT}%，没有停用任何人；请与来源平台核对，确认无误后点「确认并停用」"
            ),
            format!(
                "{gone} of our {had} people are not at the source any more, more than {GONE_PERCENT} %. Nobody was deactivated; check with the source, then confirm."
            ),
        ))
    }

    /// They are not at the source any more: they may not charge, and orders go on naming them.
    pub async fn customer_pull_gone(&self, ids: Vec<CustomerId>) -> Result<i64> {
        let now = self.clock.now();
        let mut gone = 0;
        for part in ids.chunks(AT_ONCE) {
            let part = part.to_vec();
            let work = move |tx: &mut Tx<'_>| {
                let (mut count, mut tags) = (0, Vec::new());
                for id in &part {
                    let found = tx.read(|conn| customers::get(conn, *id))?;
                    let Some(mut one) = found.filter(|one| one.source == SOURCE && one.account.is_some())
                    else {
                        continue;
                    };
                    // Their name there may go to somebody else; by the key they are known again.
                    one.account = None;
                    one.standing.active_at_source = false;
                    (one.synced_at, one.changed_at) = (Some(now), now);
                    one.version += 1;
                    customers::update(tx, &one)?;
                    let detail = json!({"after": {"active": false, "deleted": true}});
                    actor().record(tx, now, "customer_sync", "customer", id.0, &detail)?;
                    tags.extend(tx.read(|conn| customers::card_tags(conn, *id))?);
                    count += 1;
                }
                tx.changed(Change::Noun("customer"));
                Ok((count, tags))
            };
            let (count, tags) = self.store.write(None, work).await?;
            self.cards_changed(tags).await?;
            gone += count;
        }
        Ok(gone)
    }

    /// Whether the next round asks for all.
    pub fn customer_pull_is_whole(&self, one: &CustomerPull) -> bool {
        let fresh = one.whole_at_ms.is_some_and(|at| self.clock.now().as_ms() - at < WHOLE_MS);
        one.whole_wanted || one.seen_ms.is_none() || !fresh
    }

    /// Keeps what came of a round. What a failed one has taken stays; it is asked for again.
    pub async fn customer_pull_end(&self, version: i64, began: Timestamp, end: PullEnd) -> Result<()> {
        let now = self.clock.now();
        let work = move |tx: &mut Tx<'_>| {
            let Some(mut one) = tx.read(customer_pulls::find)? else { return Ok(()) };
            let done = end.error.is_none();
            one.last = PullRound {
                synced_at_ms: if done { Some(began.as_ms()) } else { one.last.synced_at_ms },
                tried_at_ms: Some(now.as_ms()),
                error: end.error.clone(),
                was_whole: end.was_whole,
                total_count: end.total,
                new_count: end.taken.new,
                changed_count: end.taken.changed,
                gone_count: end.gone,
                gone_asked: end.gone_asked,
                refused_count: end.taken.refused,
                faults: end.taken.faults.clone(),
            };
            // Somebody has changed the source meanwhile: from where to go on is not known there.
            if done && one.version == version {
                one.seen_ms = end.seen_ms.or(one.seen_ms);
                if end.was_whole {
                    (one.whole_at_ms, one.whole_wanted) = (Some(began.as_ms()), false);
                    one.seen_ms = end.seen_ms;
                }
            }
            one.gone_accepted = false;
            customer_pulls::save(tx, &one)?;
            if end.taken.new + end.taken.changed + end.gone > 0 {
                let detail = json!({"after": {"whole": end.was_whole, "total": end.total, "new": end.taken.new,
                    "changed": end.taken.changed, "gone": end.gone, "refused": end.taken.refused}});
                actor().record(tx, now, "customer_source_sync", "customer_source", 1, &detail)?;
            }
            Ok(())
        };
        self.store.write(None, work).await
    }
}

fn on_field(why: &Error) -> Text {
    match &why.field {
        Some(field) => Text::new(format!("{field}：{}", why.text.zh), format!("{field}: {}", why.text.en)),
        None => why.text.clone(),
    }
}

fn change(tx: &mut Tx<'_>, mut known: Customer, user: &SourceUser, now: Timestamp) -> Result<Vec<String>> {
    let (before, was_active) = (told(&known), known.standing.active_at_source);
    user.clone().write_to(&mut known, now);
    known.version += 1;
    customers::update(tx, &known)?;
    let mut detail = differences(&before, &told(&known));
    if was_active != known.standing.active_at_source {
        detail["after"]["active"] = json!(known.standing.active_at_source);
    }
    actor().record(tx, now, "customer_sync", "customer", known.id.0, &detail)?;
    tx.read(|conn| customers::card_tags(conn, known.id))
}
