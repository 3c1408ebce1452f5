//! Fetches the bills of days from pay channels, and compares them, again as long as nobody has signed them off.

use crate::app::App;
use crate::pay::{Bill, flow};
use engine::job::JobOutcome;
use engine::reconciliation::counter::CounterBillSaid;
use model::job::JobRunState;
use model::reconciliation::CounterLine;
use model::{Result, Text};
use store::pay_channels::PayChannel;

/// What came of asking for one bill.
pub struct Fetched {
    pub id: i64,
    /// Why it is not here.
    pub missing: Option<Text>,
}

/// The lines as they are compared.
pub fn said(bill: Bill) -> CounterBillSaid {
    let rows = bill.rows.into_iter().zip(1..);
    let line = |(row, line_no): (crate::pay::BillRow, i64)| CounterLine {
        line_no,
        is_refund: row.refund_no.is_some(),
        own_no: row.refund_no.unwrap_or_else(|| row.payment_no.clone()),
        payment_no: row.payment_no,
        their_no: row.channel_no,
        fen: row.fen,
        fee_fen: row.fee_fen,
        at_ms: row.at.as_ms(),
        done: row.done,
        ..CounterLine::default()
    };
    CounterBillSaid { file_name: bill.file_name, body: bill.body, lines: rows.map(line).collect() }
}

/// Asks for the bill of a day; what came, or why nothing did, is kept.
pub async fn fetch(app: &App, channel: &PayChannel, day: i64) -> Result<Fetched> {
    let told = match flow::adapter(app, channel) {
        Ok(adapter) => adapter.bill(day).await.map_err(|fault| fault.text),
        // Others have channels that work.
        Err(why) => Err(why.text),
    };
    let missing = match told {
        Ok(Some(bill)) => {
            let id = app.engine.counter_bill_take(channel, day, said(bill)).await?;
            return Ok(Fetched { id, missing: None });
        }
        Ok(None) => {
            Text::of("渠道还没有出这一天的账单", "The channel has not made the bill of this day yet.")
        }
        Err(text) => text,
    };
    let id = app.engine.counter_bill_missing(channel, day, &missing.zh).await?;
    Ok(Fetched { id, missing: Some(missing) })
}

pub async fn run(app: &App) -> Result<JobOutcome> {
    let (mut done, mut trouble) = (0, None);
    for (channel, day) in app.engine.counter_bills_due(app.now()).await? {
        let fetched = fetch(app, &channel, day).await?;
        trouble = fetched.missing.or(trouble);
        done += 1;
    }
    let changed = app.engine.counter_bills_run(app.now()).await?;
    done += i64::try_from(changed).unwrap_or(i64::MAX);
    let state = if trouble.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done, message: trouble })
}
