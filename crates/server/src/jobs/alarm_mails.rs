//! Sends the mails that tell of alarms.

use super::mail::{Run, kept};
use crate::app::App;
use crate::http::alarm_code_text;
use crate::mailer::{self, Mail};
use engine::channel::{FaultOf, SendFault};
use model::access::Scope;
use model::alarm::AlarmState;
use model::channel::ChannelPurpose;
use model::dictionary::Dictionary;
use model::time::{Timestamp, Zone};
use model::{Result, Text};
use store::alarm_list::{AlarmView, alarm_get};
use store::alarm_mails::{self, AlarmMail};
use store::channels::Channel;

/// Of one run: the next one is soon.
const AT_ONCE: i64 = 50;

pub(super) async fn send(app: &App, run: &mut Run) -> Result<()> {
    let now = app.now();
    let due = app.engine.store.read(move |conn| alarm_mails::due(conn, now, AT_ONCE)).await?;
    for mail in due {
        let Some(channel) = run.channel() else { break };
        let fault = one(app, channel, mail).await?;
        run.tried(fault);
    }
    Ok(())
}

async fn one(app: &App, channel: &Channel, mail: AlarmMail) -> Result<Option<SendFault>> {
    let id = mail.alarm;
    let found = app.engine.store.read(move |conn| alarm_get(conn, &Scope::ALL, id)).await?;
    let began = tokio::time::Instant::now();
    let fault = match (found, app.engine.channel_password(channel), channel.config.smtp()) {
        (Some(detail), Ok(password), Some(smtp)) => {
            let letter = letter(&detail.alarm, &mail);
            mailer::send(smtp, password, letter).await.err()
        }
        (_, Err(why), _) => Some(SendFault { of: FaultOf::Channel, text: why.text }),
        (_, Ok(_), _) => {
            Some(SendFault { of: FaultOf::Mail, text: Text::of("告警已不存在", "The alarm is gone.") })
        }
    };
    let of = (ChannelPurpose::Alarm, mail.address.as_str());
    let record = kept(channel, of, (began, app.now()), fault.as_ref());
    app.engine.alarm_mail_turn(mail, record, fault.clone()).await?;
    Ok(fault)
}

fn word(dictionary: &str, code: &str) -> Text {
    Dictionary::find(dictionary)
        .and_then(|all| all.entries().find(|(known, _)| *known == code))
        .map_or_else(|| Text::new(code.to_owned(), code.to_owned()), |(_, text)| text)
}

/// Chinese first, and the same in English.
fn letter(alarm: &AlarmView, mail: &AlarmMail) -> Mail {
    let level = word("alarm_level", alarm.level.as_str());
    let state = word("alarm_state", alarm.state.as_str());
    let what = alarm_code_text(alarm.source, &alarm.code)
        .unwrap_or_else(|| Text::new(alarm.code.clone(), alarm.code.clone()));
    let local = Zone::shanghai().local(Timestamp::from_ms(alarm.first_at_ms));
    let (day, hour, minute) = (local.day, local.hour, local.minute);
    let since = format!("{}-{:02}-{:02} {hour:02}:{minute:02}", day / 10_000, day / 100 % 100, day % 100);
    let (place, place_en) = match (&alarm.pile_code, alarm.storm) {
        (_, true) => (
            format!("{}（{} 台设备）", alarm.station_name, alarm.member_count),
            format!("{} ({} devices)", alarm.station_name, alarm.member_count),
        ),
        (Some(code), _) => {
            let connector = alarm.connector_no.filter(|no| *no > 0);
            (
                format!(
                    "{} {code}{}",
                    alarm.station_name,
                    connector.map_or(String::new(), |no| format!(" {no} 号枪"))
                ),
                format!(
                    "{} {code}{}",
                    alarm.station_name,
                    connector.map_or(String::new(), |no| format!(" connector {no}"))
                ),
            )
        }
        (None, _) => (alarm.station_name.clone(), alarm.station_name.clone()),
    };
    let (way, id) = (alarm.source.way_out(), alarm.id);
    let over = matches!(alarm.state, AlarmState::Recovered | AlarmState::Closed);
    let mark = if over { "（已恢复）" } else { "" };
    Mail {
        to: mail.address.clone(),
        subject: format!("【{}告警】{} {}{mark}", level.zh, place, what.zh),
        text: format!(
            "级别：{}\n状态：{}\n内容：{}（{}）\n位置：{place}\n开始时间：{since}\n告警编号：{id}\n\n处理建议：{}\n\n\
             请登录平台在“告警中心”确认或处理。本邮件由系统自动发出，请勿回复。\n\n\
             ----------------------------------------\n\nLevel: {}\nState: {}\nWhat: {} ({})\nWhere: {place_en}\n\
             Since: {since}\nAlarm: {id}\n\nWhat to do: {}\n\nPlease see to it in the alarm centre. This mail was sent \
             automatically; please do not reply.\n",
            level.zh, state.zh, what.zh, alarm.code, way.zh, level.en, state.en, what.en, alarm.code, way.en,
        ),
        id: format!("alarm-{}", mail.id),
        files: Vec::new(),
    }
}
