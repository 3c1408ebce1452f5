//! Asks the customer source for its people: what has changed each quarter of an hour, all of them once a
//! day. A round that breaks off begins anew the next time; what it has taken stays.

use crate::app::App;
use crate::scim::client::{Client, ClientFault};
use engine::customer::{PullEnd, no_source};
use engine::job::JobOutcome;
use model::customer::CustomerSource;
use model::id::CustomerId;
use model::job::JobRunState;
use model::time::Timestamp;
use model::web_address::WebAddress;
use model::{Result, Text};
use std::time::Duration;
use store::customer_pulls::{self, CustomerPull};

pub const NAME: &str = "customer_sync";

/// A source that never ends ends here.
const USERS_MAX: i64 = 2_000_000;
const PAGES_MAX: i64 = 100_000;
const RUN: Duration = Duration::from_secs(2 * 3_600);
/// A change that the source dates as its clock stood may come to light a little later.
const OVERLAP_MS: i64 = 60_000;
const KEYS_AT_ONCE: i64 = 1_000;

pub async fn sync(app: &App, run: Option<i64>) -> Result<JobOutcome> {
    let Some(pull) = app.engine.store.read(customer_pulls::find).await?.filter(|one| one.enabled) else {
        return Ok(JobOutcome::done(0));
    };
    let began = app.now();
    let mut round = Round { app, pull: &pull, run, end: PullEnd::default() };
    let fault = match tokio::time::timeout(RUN, round.walk()).await {
        Ok(walked) => walked?,
        Err(_) => Some(Text::of(
            "两小时内没有同步完，已中止；请调大每页人数，或检查来源的速度",
            "It was not done within two hours and was ended. Ask for larger pages, or see why the source is slow.",
        )),
    };
    let mut end = round.end;
    end.error.clone_from(&fault);
    let taken = &end.taken;
    let done = taken.new + taken.changed + end.gone;
    let message = fault.clone().or_else(|| {
        (taken.refused > 0).then(|| {
            Text::new(
                format!("{} 人未能同步，原因见用户来源页", taken.refused),
                format!(
                    "{} people could not be taken; the page of the customer source says why.",
                    taken.refused
                ),
            )
        })
    });
    app.engine.customer_pull_end(pull.version, began, end).await?;
    let state = if fault.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done, message })
}

/// The client for a source.
pub fn client<'a>(app: &'a App, pull: &CustomerPull) -> Result<Client<'a>> {
    let base = WebAddress::parse("url", &pull.url)?;
    Ok(Client { outbound: &app.outbound, base, token: app.engine.customer_pull_token(pull)? })
}

/// What the source says when it is asked for one person; how many it has.
pub async fn check(app: &App) -> Result<(Option<i64>, Option<Text>)> {
    let pull = app.engine.store.read(customer_pulls::find).await?.ok_or_else(no_source)?;
    let client = match client(app, &pull) {
        Ok(client) => client,
        Err(why) => return Ok((None, Some(why.text))),
    };
    Ok(match client.user_list(1, 1, None).await {
        Ok(page) => (Some(page.total), page.faults.into_iter().next().map(|(_, why)| why)),
        Err(fault) => (None, Some(text(fault))),
    })
}

fn text(fault: ClientFault) -> Text {
    match fault {
        ClientFault::Other(text) => text,
        ClientFault::Filter => {
            Text::of("来源不支持按修改时间筛选", "The source cannot filter by the time of change.")
        }
    }
}

struct Round<'a> {
    app: &'a App,
    pull: &'a CustomerPull,
    run: Option<i64>,
    end: PullEnd,
}

impl Round<'_> {
    /// None: all went well.
    async fn walk(&mut self) -> Result<Option<Text>> {
        let client = match client(self.app, self.pull) {
            Ok(client) => client,
            Err(why) => return Ok(Some(why.text)),
        };
        self.end.was_whole = self.app.engine.customer_pull_is_whole(self.pull);
        if !self.end.was_whole {
            let since = self.pull.seen_ms.map(|ms| Timestamp::from_ms(ms - OVERLAP_MS));
            match self.pages(&client, since).await? {
                Err(ClientFault::Filter) => {
                    self.end = PullEnd { was_whole: true, ..PullEnd::default() };
                }
                done => return Ok(done.err().map(text)),
            }
        }
        if let Err(fault) = self.pages(&client, None).await? {
            return Ok(Some(text(fault)));
        }
        self.gone(&client).await
    }

    async fn pages(
        &mut self,
        client: &Client<'_>,
        since: Option<Timestamp>,
    ) -> Result<Result<(), ClientFault>> {
        let (mut start, mut pages) = (1, 0);
        loop {
            let page = match client.user_list(start, self.pull.page_size, since).await {
                Ok(page) => page,
                Err(fault) => return Ok(Err(fault)),
            };
            (start, pages) = (start + page.rows, pages + 1);
            if page.total > USERS_MAX || start > USERS_MAX || pages > PAGES_MAX {
                return Ok(Err(ClientFault::Other(Text::of(
                    "来源的用户超过 200 万或分页过多，已停止；请检查来源地址与每页人数",
                    "The source has more than two million users or too many pages. Check its address and the size of a page.",
                ))));
            }
            self.end.total = page.total;
            self.end.seen_ms = self.end.seen_ms.max(page.seen_ms);
            let mut taken = self.app.engine.customer_pull_take(page.users).await?;
            for (key, reason) in page.faults {
                taken.refuse(&key, reason);
            }
            if !self.end.was_whole {
                taken.ids.clear();
            }
            self.end.taken.add(taken);
            if let Some(run) = self.run {
                self.app.engine.job_progress(run, start - 1).await?;
            }
            if start > page.total {
                return Ok(Ok(()));
            }
            if page.rows == 0 {
                let (said, came) = (page.total, start - 1);
                return Ok(Err(ClientFault::Other(Text::new(
                    format!("来源说有 {said} 人，只给出 {came} 人；没有停用任何人，稍后会重试"),
                    format!(
                        "The source said that there are {said} people and gave {came}. Nobody was deactivated; it is asked again later."
                    ),
                ))));
            }
        }
    }

    /// Whom we have and the source has not told of. While it is read, people may move between its pages:
    /// so it is asked for each of them once more. Only their numbers are kept in memory.
    async fn gone(&mut self, client: &Client<'_>) -> Result<Option<Text>> {
        let mut seen: Vec<CustomerId> = std::mem::take(&mut self.end.taken.ids);
        seen.sort_unstable();
        seen.dedup();
        let engine = &self.app.engine;
        let had = engine.store.read(|conn| customer_pulls::source_count(conn, CustomerSource::Pull)).await?;
        let distinct = i64::try_from(seen.len()).unwrap_or(i64::MAX);
        if let Err(why) = engine.customer_pull_gone_allowed(self.pull, had, had - distinct) {
            self.end.gone_asked = had - distinct;
            return Ok(Some(why));
        }
        let mut after = CustomerId(0);
        loop {
            let read = move |conn: &mut store::Conn| {
                customer_pulls::source_keys(conn, CustomerSource::Pull, after, KEYS_AT_ONCE)
            };
            let keys = engine.store.read(read).await?;
            let Some((last, _)) = keys.last() else { return Ok(None) };
            after = *last;
            let mut gone = Vec::new();
            for (id, key) in keys.iter().filter(|(id, _)| seen.binary_search(id).is_err()) {
                match client.user_get(key).await {
                    Ok(true) => {}
                    Ok(false) => gone.push(*id),
                    Err(fault) => return Ok(Some(text(fault))),
                }
            }
            self.end.gone += engine.customer_pull_gone(gone).await?;
        }
    }
}
