//! Writes the orders of closed days as Parquet, and again those of days that have changed since.

use crate::app::App;
use crate::backup::place::{Place, apart};
use crate::parquet::orders;
use engine::job::JobOutcome;
use model::job::JobRunState;
use model::time::Zone;
use model::{Error, Result, Text};
use std::path::Path;
use store::order_facts;

/// Of one night: a platform's past is written in a few.
const MOST: i64 = 400;

pub async fn write(app: &App) -> Result<JobOutcome> {
    let Some(place) = app.parquet.get() else {
        let message =
            Text::of("未设置 parquet_place，不输出", "parquet_place is not set; nothing is written");
        return Ok(JobOutcome { state: JobRunState::Done, done: 0, message: Some(message) });
    };
    let (target, now) = (place.shown(), app.now());
    let (asked, today) = (target.clone(), Zone::shanghai().local(now).day);
    let due = app.engine.store.read(move |conn| order_facts::days_due(conn, &asked, today, MOST)).await?;
    let (mut days, mut rows) = (0, 0);
    for (day, changes) in due {
        let facts = app.engine.store.read(move |conn| order_facts::of_day(conn, day)).await?;
        let count = i64::try_from(facts.len()).unwrap_or(i64::MAX);
        let bytes = bring(place, &app.exports.folder, day, facts).await?;
        let target = target.clone();
        let noted = move |tx: &mut store::Tx<'_>| {
            order_facts::written(tx, &target, (day, changes), (count, bytes), now)
        };
        app.engine.store.write(None, noted).await?;
        days += 1;
        rows += count;
    }
    let message = Text::new(
        format!("输出了 {days} 天共 {rows} 张订单到 {target}"),
        format!("{rows} orders of {days} days were written to {target}"),
    );
    Ok(JobOutcome { state: JobRunState::Done, done: rows, message: Some(message) })
}

/// Writes a day beside, then puts it in its place as a whole; how many bytes.
pub async fn bring(
    place: &Place,
    scratch: &Path,
    day: i64,
    facts: Vec<order_facts::OrderFact>,
) -> Result<i64> {
    let path = scratch.join(format!("parquet-{day}-{}.part", std::process::id()));
    let (folder, file) = (scratch.to_owned(), path.clone());
    let bytes = apart(move || {
        let made = std::fs::create_dir_all(&folder).and_then(|()| orders::write(&file, &facts));
        made.map_err(|why| {
            tracing::error!(%why, path = %file.display(), "a file of orders cannot be written");
            Error::unavailable("数据文件", "file of orders")
        })
    })
    .await?;
    let put = place.put(&orders::name(day), &path).await;
    let _ = tokio::fs::remove_file(&path).await;
    put.map(|()| i64::try_from(bytes).unwrap_or(i64::MAX))
}
