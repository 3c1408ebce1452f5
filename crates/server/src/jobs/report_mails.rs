//! Sends the mails with reports: made when they are sent, with the scope that whoever saved the plan has then.

use super::mail::{Run, kept};
use crate::app::App;
use crate::exchange::column::{Words, wall};
use crate::exchange::report::{cells, heads};
use crate::exchange::sheet::{Frame, SHEET_ROWS, Sheet};
use crate::http::report_of;
use crate::mailer::{self, Mail, MailFile};
use engine::channel::{FaultOf, SendFault};
use model::channel::ChannelPurpose;
use model::report::{ReportEvery, ReportRange};
use model::{Result, Text};
use std::sync::Arc;
use store::channels::Channel;
use store::exports::ExportFormat;
use store::report_plans::{self, ReportMail, ReportPlan};
use store::reports::{Report, ReportWanted, report_get};

/// Of one run: the next one is soon, and a report takes longer than a line of text.
const AT_ONCE: i64 = 10;

pub(super) async fn send(app: &Arc<App>, run: &mut Run) -> Result<()> {
    let now = app.now();
    let due = app.engine.store.read(move |conn| report_plans::mails_due(conn, now, AT_ONCE)).await?;
    for mail in due {
        let Some(channel) = run.channel() else { break };
        let fault = one(app, channel, mail).await?;
        run.tried(fault);
    }
    Ok(())
}

fn never(zh: &'static str, en: &'static str) -> SendFault {
    SendFault { of: FaultOf::Mail, text: Text::of(zh, en) }
}

async fn one(app: &Arc<App>, channel: &Channel, mail: ReportMail) -> Result<Option<SendFault>> {
    let began = tokio::time::Instant::now();
    let fault = match (app.engine.channel_password(channel), channel.config.smtp()) {
        (Ok(password), Some(smtp)) => match letter(app, &mail).await? {
            Ok(letter) => mailer::send(smtp, password, letter).await.err(),
            Err(fault) => Some(fault),
        },
        (Err(why), _) => Some(SendFault { of: FaultOf::Channel, text: why.text }),
        (Ok(_), None) => Some(never("没有可用的邮件渠道", "There is no channel of mail.")),
    };
    let of = (ChannelPurpose::Report, mail.address.as_str());
    let record = kept(channel, of, (began, app.now()), fault.as_ref());
    app.engine.report_mail_turn(mail, record, fault.clone()).await?;
    Ok(fault)
}

async fn letter(app: &Arc<App>, mail: &ReportMail) -> Result<std::result::Result<Mail, SendFault>> {
    let Some(plan) = &mail.plan else {
        return Ok(Err(never("报表订阅已删除", "The report by mail was deleted.")));
    };
    let Some(caller) = app.engine.report_plan_caller(plan).await? else {
        return Ok(Err(never(
            "设置该订阅的账号已停用或没有查看报表的权限，请由其他人重新保存",
            "Whoever set it up cannot sign in or may not see reports any more; somebody else has to save it.",
        )));
    };
    let Ok(mut wanted) = report_of(app, &plan.query) else {
        return Ok(Err(never(
            "该订阅的报表设置已失效，请重新保存",
            "The report of this plan is not one that can be made; save it again.",
        )));
    };
    wanted.range = ReportRange { from_day: mail.from_day, to_day: mail.to_day };
    let (asked, scope) = (wanted.clone(), caller.scope);
    let report = app.engine.store.read(move |conn| report_get(conn, &scope, &asked)).await?;
    let words = Words { english: plan.english };
    let body = match file(app, mail.id, plan, &wanted, &report, words).await {
        Ok(body) => body,
        Err(why) => {
            tracing::warn!(%why, mail = mail.id, "the file of a report could not be written");
            let text =
                Text::of("报表文件无法生成，将自动重试", "The file could not be made; it is tried again.");
            return Ok(Err(SendFault { of: FaultOf::Moment, text }));
        }
    };
    let name = format!("{}_{}-{}.xlsx", plan.name.replace(['/', '\\'], "-"), mail.from_day, mail.to_day);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
    let subject = if plan.english {
        format!("[Report] {} {}", plan.name, days(mail))
    } else {
        format!("【报表】{} {}", plan.name, days(mail))
    };
    Ok(Ok(Mail {
        to: mail.address.clone(),
        subject,
        text: text(plan, mail, &report, words),
        id: format!("report-{}", mail.id),
        files: vec![MailFile { name, kind, body }],
    }))
}

fn days(mail: &ReportMail) -> String {
    let day = |day: i64| format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
    if mail.from_day == mail.to_day {
        return day(mail.from_day);
    }
    format!("{} ~ {}", day(mail.from_day), day(mail.to_day))
}

async fn file(
    app: &Arc<App>,
    mail: i64,
    plan: &ReportPlan,
    wanted: &ReportWanted,
    report: &Report,
    words: Words,
) -> std::result::Result<Vec<u8>, String> {
    let folder = app.exports.folder.clone();
    tokio::fs::create_dir_all(&folder).await.map_err(|why| why.to_string())?;
    let path = folder.join(format!("report-{mail}.part"));
    let at = wall(report.made_at_ms);
    let mark = if words.english { format!("Made at {at}") } else { format!("生成时间：{at}") };
    let total = words.tell(&Text::of("合计", "Total"));
    let heads = heads(wanted, &words);
    let frame = Frame { title: plan.name.clone(), heads, total, mark, sheet_rows: SHEET_ROWS };
    let rows = cells(report, &words);
    let written = tokio::task::spawn_blocking(move || {
        let made = Sheet::create(&path, ExportFormat::Xlsx, frame).and_then(|mut sheet| {
            rows.iter().try_for_each(|row| sheet.row(row))?;
            sheet.finish()
        });
        let body =
            made.map_err(|why| why.0).and_then(|_| std::fs::read(&path).map_err(|why| why.to_string()));
        let _ = std::fs::remove_file(&path);
        body
    });
    written.await.map_err(|why| why.to_string())?
}

/// The figures of the whole period, each in a line with what it was before.
fn text(plan: &ReportPlan, mail: &ReportMail, report: &Report, words: Words) -> String {
    let number = |value: Option<i64>, places: u8| {
        value.map_or("—".to_owned(), |value| crate::exchange::sheet::decimal(value, places))
    };
    let mut lines = Vec::new();
    for (at, kpi) in report.kpis.iter().enumerate() {
        let value = number(report.total.values.get(at).copied().flatten(), kpi.places);
        let unit = words.tell(&kpi.unit_name);
        let before = report.total.before.get(at).copied();
        let before = before.map_or(String::new(), |before| {
            let before = number(before, kpi.places);
            if words.english { format!(" (before: {before})") } else { format!("（对比期 {before}）") }
        });
        let name = words.tell(&kpi.name);
        let line = if words.english {
            format!("{name}: {value} {unit}{before}")
        } else {
            format!("{name}：{value} {unit}{before}")
        };
        lines.push(line);
    }
    let every = match plan.every {
        ReportEvery::Day => Text::of("日报", "Daily report"),
        ReportEvery::Week => Text::of("周报", "Weekly report"),
        ReportEvery::Month => Text::of("月报", "Monthly report"),
    };
    let (every, days, lines) = (words.tell(&every), days(mail), lines.join("\n"));
    if words.english {
        return format!(
            "{every}: {} ({days})\n\n{lines}\n\nThe attached file has all rows. It was made with the data that {} may see.\n\
             This mail was sent automatically; please do not reply.\n",
            plan.name, plan.staff_name
        );
    }
    format!(
        "{every}：{}（{days}）\n\n{lines}\n\n明细见附件。数据范围为 {} 可查看的范围。\n本邮件由系统自动发出，请勿回复。\n",
        plan.name, plan.staff_name
    )
}
