//! Makes every bill again and walks along the audit log, while the server works.

use crate::app::App;
use engine::job::JobOutcome;
use model::job::JobRunState;
use model::{Result, Text};

/// Problems that are told one by one.
const TOLD: usize = 5;

pub async fn verify(app: &App, id: Option<i64>) -> Result<JobOutcome> {
    let verified = app.engine.orders_verify_told(id).await?;
    let done = i64::try_from(verified.orders).unwrap_or(i64::MAX);
    let (orders, audit) = (verified.orders, verified.audit);
    if verified.problems.is_empty() {
        let message = Text::new(
            format!("核对 {orders} 张订单、{audit} 行审计日志，全部一致；审计末行 {}", verified.audit_head),
            format!(
                "{orders} orders and {audit} rows of the audit log: all is whole. Head of the log: {}",
                verified.audit_head
            ),
        );
        return Ok(JobOutcome { state: JobRunState::Done, done, message: Some(message) });
    }
    let count = verified.problems.len();
    let lines = verified.problems.iter().take(TOLD).map(|problem| match problem.order_id {
        Some(order) => format!("order {order}: {}", problem.what),
        None => format!("{}: {}", problem.about, problem.what),
    });
    let lines = lines.collect::<Vec<_>>().join("; ");
    let message = Text::new(
        format!("发现 {count} 处不一致，请联系系统管理员核查：{lines}"),
        format!("{count} differences; somebody has to look at them: {lines}"),
    );
    Ok(JobOutcome { state: JobRunState::Failed, done, message: Some(message) })
}
