//! 任务: what runs beside the work by itself.

use crate::Text;
use crate::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp, Zone};

crate::words! {
    /// How far a run is, or how it ended.
    JobRunState {
        Running = "running",
        Done = "done",
        Failed = "failed",
        /// The server was stopped in the middle of it.
        Cut = "cut",
    }

    /// Why a run began.
    JobTrigger {
        Schedule = "schedule",
        Person = "person",
    }
}

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// This many seconds after it began the last time.
    Every(i64),
    /// At this minute of the day in China.
    Daily(i64),
}

impl Schedule {
    /// When it runs next, having begun at `last`. What was missed while the server was stopped is made up
    /// for once.
    pub fn next(self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match self {
            Schedule::Every(seconds) => last.map_or(now, |last| last.plus_ms(seconds * SECOND_MS)),
            Schedule::Daily(minute) => {
                let zone = Zone::shanghai();
                let moment = |at: Timestamp| {
                    let start = zone.day_start(zone.local(at).day).unwrap_or(at);
                    start.plus_ms(minute * MINUTE_MS)
                };
                // A fresh installation waits for its first night.
                let after = last.unwrap_or(now);
                let today = moment(after);
                if today > after { today } else { moment(after.plus_ms(DAY_MS)) }
            }
        }
    }
}

/// A job of the product.
pub struct Job {
    pub name: &'static str,
    pub title: Text,
    pub note: Text,
    pub schedule: Schedule,
}

impl Job {
    /// Without them orders would stay open for ever, and piles would show prices of yesterday.
    pub fn always_on(&self) -> bool {
        matches!(
            self.name,
            "order_sweep" | "safety_watch" | "battery_judge" | "tariff_deliver" | "load_balance"
        )
    }

    /// It runs every few seconds: only runs that did something are kept, and one every ten minutes.
    pub fn quiet(&self) -> bool {
        matches!(self.schedule, Schedule::Every(..60))
    }

    pub fn find(name: &str) -> Option<&'static Job> {
        JOBS.iter().find(|job| job.name == name)
    }
}

const fn job(
    name: &'static str,
    schedule: Schedule,
    [title_zh, title_en]: [&'static str; 2],
    [note_zh, note_en]: [&'static str; 2],
) -> Job {
    Job { name, title: Text::of(title_zh, title_en), note: Text::of(note_zh, note_en), schedule }
}

pub const JOBS: &[Job] = &[
    job(
        "order_sweep",
        Schedule::Every(5),
        ["订单超时处理", "Order sweep"],
        [
            "关闭超时未启动的订单，把等不到账单的订单转为异常，结束无应答的指令",
            "closes starts that were not carried out, holds orders whose record does not come, ends commands without an answer",
        ],
    ),
    job(
        "alarm_watch",
        Schedule::Every(5),
        ["告警巡视", "Watch of alarms"],
        [
            "查找离线与频繁上下线的充电桩，合并同站同时发生的告警，发出通知，关闭已恢复的告警",
            "looks for piles that are off line or come and go, makes one alarm of a storm, tells people, closes what is over",
        ],
    ),
    job(
        "safety_watch",
        Schedule::Every(2),
        ["安全巡视", "Watch of safety"],
        [
            "跟踪停止指令是否被执行，未执行的重发、锁桩、通知；提醒检验到期，重发紧急停机中未成功的指令",
            "sees whether stops are obeyed, repeats them, locks and calls where they are not; reminds of inspections, sends again what failed of an emergency stop",
        ],
    ),
    job(
        "battery_judge",
        Schedule::Every(20),
        ["电池安全报告", "Reports on batteries"],
        [
            "为已结束的充电生成电池安全报告，严重的提醒车主；只处理有新内容的报告",
            "makes the reports on batteries of sessions that have ended and warns drivers of what is grave; only what says more than before is looked at",
        ],
    ),
    job(
        "safety_trial",
        Schedule::Every(3),
        ["安全规则试算", "Trials of safety rules"],
        [
            "用以往订单的曲线试算安全规则，分批进行，可随时中断",
            "tries safety rules on the curves of past orders, a few at a time",
        ],
    ),
    job(
        "healing_watch",
        Schedule::Every(5),
        ["故障自愈", "Self-healing"],
        [
            "按自愈预案逐步处理故障并核对是否恢复，未见效的转工单或升级告警；总开关见参数「故障自愈」",
            "takes the steps of playbooks, looks whether they helped, and hands over to people what they did not; a parameter switches it on",
        ],
    ),
    job(
        "work_order_watch",
        Schedule::Every(60),
        ["工单巡视", "Watch of work orders"],
        [
            "按巡检计划生成工单，把超过接单或完工时限的工单升级",
            "makes the work orders that inspection plans want, and escalates those that are later than promised",
        ],
    ),
    job(
        "tariff_deliver",
        Schedule::Every(5),
        ["调价生效与下发", "Tariffs to piles"],
        [
            "让到时间的调价计划生效，并把计费模型下发到在线空闲的云快充桩，失败的按间隔重试",
            "puts planned changes of tariff into effect and sends tariffs to idle 云快充 piles, again where it failed",
        ],
    ),
    job(
        "load_balance",
        Schedule::Every(3),
        ["负荷分配", "Sharing of power"],
        [
            "在启用负荷管理的充电站，按上限与策略给各枪分配功率，并下发有变化的限值",
            "shares the power of stations with load management among their connectors, and sends the limits that change",
        ],
    ),
    job(
        "desired_reconcile",
        Schedule::Every(5),
        ["期望状态核对", "Desired state"],
        [
            "核对在线充电桩的配置项与离线名单，与期望不一致的下发，失败的按间隔重试，桩拒绝的每天只试一次",
            "compares configuration keys and lists of offline cards with what connected piles should have, tells them, again where it failed, and once a day where a pile says no",
        ],
    ),
    job(
        "invoice_issue",
        Schedule::Every(5),
        ["开票与红冲", "Issuing of invoices"],
        [
            "把待开票的发票交给开票渠道，查询开票与红冲的结果，取回 PDF、OFD、XML 文件；渠道登录失效时排队等待",
            "gives invoices to their channels, asks what became of them and of reversals, fetches their files; they wait where a channel's sign-in is lost",
        ],
    ),
    job(
        "reconciliation_run",
        Schedule::Daily(210),
        ["桩账单对账", "Reconciliation of records"],
        [
            "逐站核对前一日的桩账单、订单与入账，并重新核对一周内未签核的日期；迟到的账单记入其所属日期",
            "compares the records of piles, the orders and the postings of yesterday, and again of the days of a week that nobody has signed off; late records are told on their day",
        ],
    ),
    job(
        "day_bill_make",
        Schedule::Daily(220),
        ["站日账单", "Bills of days"],
        [
            "生成前一日各站的日账单，并重新生成订单或退款有变化的日期",
            "makes the bills of stations for yesterday, and anew those of days whose orders or refunds have changed",
        ],
    ),
    job(
        "sharing_try",
        Schedule::Daily(235),
        ["分账试算", "Trial of sharing"],
        [
            "试算已过完、尚未结算的分账期，订单、退款或规则有变化的重新试算；结算仍由人确认",
            "divides periods of sharing that are over and not closed, anew where orders, refunds or rules have changed; closing is up to people",
        ],
    ),
    job(
        "mail_send",
        Schedule::Every(30),
        ["发送邮件", "Sending of mail"],
        [
            "把待发送的邮件经启用的邮件渠道发出，失败的按间隔重试",
            "sends the mails that wait through the mail channels that are on, and tries again what could not be sent",
        ],
    ),
    job(
        "webhook_send",
        Schedule::Every(5),
        ["发送回调", "Sending to webhooks"],
        [
            "把待发送的事件按顺序推送给启用的回调渠道，失败的按间隔重试，超过三天仍未送达则放弃",
            "tells webhooks what has happened, in its order; tries again what did not arrive, and gives up after three days",
        ],
    ),
    job(
        "pay_poll",
        Schedule::Every(5),
        ["支付与退款轮询", "Payments and refunds"],
        [
            "向支付渠道查询未收到通知的支付与退款，关闭超时未付的支付，提交待退的款项；退款超过 24 小时未到账即为失败",
            "asks pay channels about payments and refunds that they have not told, closes payments that nobody made in time, sends refunds that wait; a refund that takes more than a day is a failure",
        ],
    ),
    job(
        "counter_bill_fetch",
        Schedule::Every(600),
        ["渠道对账", "Bills of pay channels"],
        [
            "次日向支付渠道获取账单并逐笔核对，未出账单的按间隔重试 7 天；未签核的每次重新核对，已自行消除的差异随之关闭",
            "fetches the bill of a day from each pay channel once the day is over, again for a week where it does not come, and compares it, anew as long as nobody has signed it off",
        ],
    ),
    job(
        "customer_sync",
        Schedule::Every(900),
        ["同步用户来源", "Customer source"],
        [
            "向用户来源拉取有变化的用户，每天完整核对一次，来源中已没有的用户停用",
            "asks the customer source who has changed, once a day for all of them, and deactivates who is gone there",
        ],
    ),
    job(
        "log_prune",
        Schedule::Every(600),
        ["清理报文与采样", "Pruning of frames"],
        ["删除超过保留天数的报文与采样", "deletes frames and samples that were kept long enough"],
    ),
    job(
        "feedback_escalate",
        Schedule::Every(60),
        ["反馈升级", "Escalation of feedback"],
        [
            "把超过承诺时限较久仍未处理的反馈升级给主管，时限见参数「反馈升级时限」",
            "escalates feedback that is much later than promised; how much is a parameter",
        ],
    ),
    job(
        "export_expire",
        Schedule::Every(600),
        ["清理导出文件", "Expiry of exports"],
        ["删除到期的导出文件", "deletes exported files whose time is over"],
    ),
    job(
        "customer_mark",
        Schedule::Daily(2 * 60 + 40),
        ["会员等级与客户分群", "Levels and segments"],
        [
            "按最近的充电评定会员等级与客户分群，汇总各分群的人数与金额",
            "judges the levels and segments of customers by what they charged lately, and sums the segments up",
        ],
    ),
    job(
        "verify",
        Schedule::Daily(3 * 60 + 30),
        ["账单与审计核对", "Verification"],
        [
            "逐单重算账单、核对汇总、检查审计日志的校验链，发现不一致即为失败",
            "makes every bill again, compares the sums, walks along the chain of the audit log; a difference is a failure",
        ],
    ),
    job(
        "forecast_make",
        Schedule::Daily(2 * 60 + 40),
        ["电量与收入预测", "Forecasts"],
        [
            "用各站以往每小时的电量学习，预测之后 7 天的电量和本月收入，并与基准预测一起回测；不足四周数据的充电站不预测",
            "learns from the hours of all stations what the next 7 days and the month will bring, and tests it beside the naive forecast; stations with less than four weeks get none",
        ],
    ),
    job(
        "report_make",
        Schedule::Every(60),
        ["分析汇总", "Sums for reports"],
        [
            "有订单完成、更正、补录、撤销，或有退款与补缴时，重新汇总所在充电站的那一天，供报表与分析使用",
            "sums up anew the days of stations on which orders were completed, corrected, imported or taken back, or money moved, for reports",
        ],
    ),
    job(
        "report_send",
        Schedule::Every(60),
        ["报表订阅", "Reports by mail"],
        [
            "把到时间的日报、周报、月报放入待发邮件，每个周期只发一次",
            "puts the reports of days, weeks and months that are due into the outbox, each period once",
        ],
    ),
    job(
        "pile_health_make",
        Schedule::Daily(4 * 60),
        ["设备健康评分", "Health of piles"],
        [
            "按最近 30 天的故障、启动失败、中途停止、掉线给充电桩评分，并查找电量异常",
            "judges piles by the faults, failed starts, broken sessions and lost links of the last 30 days, and looks for energy that does not fit",
        ],
    ),
    job(
        "parquet_write",
        Schedule::Daily(4 * 60 + 40),
        ["分析数据输出", "Files for analysis"],
        [
            "把已过完的日期的订单以 Parquet 输出到 parquet_place，之后有变化的日期重新输出",
            "writes the orders of closed days as Parquet to parquet_place, and again those of days that have changed since",
        ],
    ),
    job(
        "pile_time_make",
        Schedule::Every(3_600),
        ["设备时长汇总", "Time of piles"],
        [
            "按连接记录与故障告警汇总每台启用中的桩每天的在册、在线、故障时长",
            "sums up from links and alarms of faults how long each pile in service was on line and without a fault each day",
        ],
    ),
    job(
        "turnover_learn",
        Schedule::Daily(2 * 60 + 55),
        ["空闲枪预测", "Free connectors"],
        [
            "用各站近 8 周的订单学习充电时长与到站频率，并以最近两周回测；订单不足 100 单的充电站按同类充电站学习",
            "learns from the orders of eight weeks how long sessions last and how often cars come, and tests it on the last two; stations with fewer than a hundred orders are learned from their kind",
        ],
    ),
    job(
        "advice_make",
        Schedule::Daily(3 * 60 + 10),
        ["经营建议", "Advice"],
        [
            "按近四周的数据给出调价、检修、扩容、发券建议，不再成立的失效；采纳满两周的衡量效果。建议不会自动执行",
            "advises on prices, maintenance, extension and coupons from the figures of four weeks, lets go what no longer holds, and measures what came of what was taken two weeks ago; nothing is done by itself",
        ],
    ),
    job(
        "backup_run",
        Schedule::Daily(2 * 60 + 10),
        ["完整备份", "Full backup"],
        [
            "到期时在线做一次完整备份并送到备份地，再清理超过保留天数的备份；手动运行则立即备份",
            "makes a full backup of the running server when it is due and brings it away, then forgets old ones; asked for by a person, it makes one at once",
        ],
    ),
    job(
        "backup_check",
        Schedule::Daily(4 * 60 + 30),
        ["备份验证", "Check of the backup"],
        [
            "到期时把最新备份恢复到临时目录，检查完整性、逐单重算并记录用时；手动运行则立即验证",
            "restores the last state into a temporary folder when it is due, looks at all of it and measures the time; asked for by a person, it does so at once",
        ],
    ),
    job(
        "job_prune",
        Schedule::Daily(4 * 60 + 10),
        ["清理任务记录", "Pruning of job runs"],
        [
            "删除超过保留天数的任务运行记录与发送记录，每个任务保留最近一次",
            "deletes runs of jobs and the log of what was sent, when they were kept long enough; the last run of each job stays",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 12:00 in Shanghai.
    const NOON: Timestamp = Timestamp::from_ms(1_795_406_400_000);
    const HOUR_MS: i64 = 60 * MINUTE_MS;

    #[test]
    fn a_job_runs_when_its_schedule_says() {
        let every = Schedule::Every(600);
        assert_eq!(every.next(None, NOON), NOON, "never: at once");
        assert_eq!(every.next(Some(NOON), NOON), NOON.plus_ms(600_000));
        let nightly = Schedule::Daily(3 * 60 + 30);
        let night = NOON.plus_ms(15 * HOUR_MS + 30 * MINUTE_MS);
        for (last, next) in [
            (None, night),
            (Some(NOON), night),
            (Some(night), night.plus_ms(DAY_MS)),
            (Some(night.plus_ms(-1)), night),
            (Some(night.plus_ms(1)), night.plus_ms(DAY_MS)),
            // The server was stopped for two nights: the first of them is due, and was before now.
            (Some(night.plus_ms(-3 * DAY_MS)), night.plus_ms(-2 * DAY_MS)),
        ] {
            assert_eq!(nightly.next(last, NOON), next, "{last:?}");
        }
    }

    #[test]
    fn jobs_have_names_of_their_own() {
        let mut names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), JOBS.len());
        assert!(Job::find("verify").is_some() && Job::find("nothing").is_none());
    }
}
