//! Asks pay channels what became of payments and refunds of which they have not told us, and sends refunds that wait.

use crate::app::App;
use crate::pay::flow;
use engine::job::JobOutcome;
use model::job::JobRunState;
use model::{Result, Text};
use store::refund_list::{RefundFilter, refund_totals_get};

const AT_ONCE: i64 = 50;

pub async fn poll(app: &App) -> Result<JobOutcome> {
    let (mut done, mut trouble) = (0, None);
    for payment in app.engine.payments_due(AT_ONCE).await? {
        trouble = flow::ask(app, &payment).await?.map(|fault| fault.text).or(trouble);
        done += 1;
    }
    for refund in app.engine.refunds_due(AT_ONCE).await? {
        trouble = flow::refund(app, &refund).await?.map(|fault| fault.text).or(trouble);
        done += 1;
    }
    let wanted = RefundFilter { stuck_at: Some(app.now()), ..RefundFilter::default() };
    let read =
        move |conn: &mut store::Conn| refund_totals_get(conn, &model::access::Scope::default(), &wanted);
    let stuck = app.engine.store.read(read).await?.count;
    if stuck > 0 {
        trouble = Some(Text::new(
            format!(
                "有 {stuck} 笔退款在渠道处理超过 24 小时；请到「退款」按“超时未到账”筛选，刷新状态或联系渠道"
            ),
            format!(
                "{stuck} refunds are with their channel for more than 24 hours; see 'stuck' in the list of refunds."
            ),
        ));
    }
    let state = if trouble.is_some() { JobRunState::Failed } else { JobRunState::Done };
    Ok(JobOutcome { state, done, message: trouble })
}
