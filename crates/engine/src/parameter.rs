//! 参数: which numbers of the rules staff may set, within which range, and setting them.

use crate::audit::Actor;
use crate::{Engine, Rules};
use model::display::VendorWord;
use model::ledger::PayWay;
use model::money::Fen;
use model::time::{DAY_MS, SECOND_MS};
use model::{Error, Result, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Change;
use store::parameters::{self, ParameterRow};
use store::vendor_messages::VendorWordView;
use utoipa::ToSchema;

model::words! {
    /// What a parameter is about.
    ParameterGroup {
        Order = "order",
        Money = "money",
        Device = "device",
        Service = "service",
        Retention = "retention",
        Backup = "backup",
        Security = "security",
    }

    ParameterUnit {
        Second = "second",
        Day = "day",
        Fen = "fen",
        /// 0.0001 yuan
        E4 = "e4",
        /// 0.1 Wh
        Dwh = "dwh",
        Megabyte = "megabyte",
        /// Pieces of something.
        Count = "count",
        /// 0 is off, 1 is on.
        Switch = "switch",
    }

    /// Where the value that holds comes from; each is stronger than those before it.
    ParameterOrigin {
        Default = "default",
        /// Set on the page.
        Console = "console",
        File = "file",
        Environment = "environment",
        CommandLine = "command_line",
    }
}

/// One number that may be set.
pub struct Parameter {
    pub name: &'static str,
    pub group: ParameterGroup,
    pub unit: ParameterUnit,
    pub least: i64,
    pub most: i64,
    pub default: i64,
    pub title: Text,
    pub note: Text,
    apply: fn(&mut Rules, i64),
}

impl Parameter {
    pub fn find(name: &str) -> Option<&'static Parameter> {
        Parameter::all().find(|one| one.name == name)
    }

    pub fn all() -> impl Iterator<Item = &'static Parameter> {
        PARAMETERS.iter().chain(segment::PARAMETERS).chain(staff::PARAMETERS)
    }

    fn checked(&self, value: i64) -> Result<i64> {
        if (self.least..=self.most).contains(&value) {
            return Ok(value);
        }
        let (least, most) = (self.least, self.most);
        Err(Error::invalid(
            "value",
            format!("{}应为 {least} 到 {most} 之间的整数，现为 {value}", self.title.zh),
            format!("{} is an integer from {least} to {most}; {value} is not.", self.title.en),
        ))
    }
}

const MONTH_S: i64 = 30 * 86_400;

macro_rules! parameters {
    ($($name:literal $group:ident $unit:ident $least:literal ..= $most:expr, $default:literal,
        $zh:literal, $en:literal, $note_zh:literal, $note_en:literal, $apply:expr;)*) => {
        pub(super) const PARAMETERS: &[Parameter] = &[$(Parameter {
            name: $name,
            group: ParameterGroup::$group,
            unit: ParameterUnit::$unit,
            least: $least,
            most: $most,
            default: $default,
            title: Text::of($zh, $en),
            note: Text::of($note_zh, $note_en),
            apply: $apply,
        }),*];
    };
}

mod segment;
mod staff;

parameters! {
    "start_timeout_s" Order Second 1 ..= MONTH_S, 90, "启动时限", "Start timeout",
        "启动指令后桩须在此时间内开始充电，否则订单关闭", "a commanded start must begin within this time, else the order is closed",
        |rules, value| rules.start_timeout_ms = value * SECOND_MS;
    "record_timeout_s" Order Second 1 ..= MONTH_S, 600, "账单等待时限", "Record timeout",
        "充电结束后等待桩账单的时间，超时转异常订单", "how long the pile's record is awaited after the end, then the order is held",
        |rules, value| rules.record_timeout_ms = value * SECOND_MS;
    "silence_timeout_s" Order Second 1 ..= MONTH_S, 43_200, "离线保持时限", "Silence timeout",
        "桩离线后其充电中订单保持打开的时间", "how long a running order of a pile that went off line stays open",
        |rules, value| rules.silence_timeout_ms = value * SECOND_MS;
    "busy_s" Order Second 60 ..= 3_600, 300, "占枪判定时间", "Busy window",
        "进行中的订单在此时间内有过数据，则拒绝同一枪再次启动", "a running session that showed life within this time refuses a second start on its connector",
        |rules, value| rules.busy_ms = value * SECOND_MS;
    "quiet_s" Order Second 300 ..= 86_400, 3_600, "充电无数据时限", "Quiet window",
        "枪状态为充电中但没有数据时，订单在此时间内仍视为进行中", "where the connector says that it charges, a session without values counts as running for this long",
        |rules, value| rules.quiet_ms = value * SECOND_MS;
    "session_max_s" Order Second 3_600 ..= 1_209_600, 86_400, "单次充电最长时长", "Longest session",
        "充电时长超过此值的订单转为异常，由人工核对；交流慢充站可适当放宽", "an order that lasted longer is held and looked at by a person; wider for sites of slow AC piles",
        |rules, value| rules.session_max_ms = value * SECOND_MS;
    "success_dwh" Order Dwh 0 ..= 100_000, 2_000, "成功电量", "Energy of a success",
        "电量超过此值的订单计为一次充电成功；修改后报表会重新汇总", "an order with more energy than this counts as a success; reports are summed up anew when it is changed",
        |rules, value| rules.success_dwh = value;
    "success_s" Order Second 0 ..= 86_400, 120, "成功时长", "Time of a success",
        "充电时长超过此值的订单计为一次充电成功；修改后报表会重新汇总", "an order that lasted longer than this counts as a success; reports are summed up anew when it is changed",
        |rules, value| rules.success_ms = value * SECOND_MS;
    "amount_tolerance_e4" Money E4 0 ..= 1_000_000, 100, "金额允许差异", "Amount tolerance",
        "桩金额与平台金额允许的差异，超过则转异常订单", "allowed difference between the pile's amount and ours; beyond it the order is held",
        |rules, value| rules.amount_tolerance_e4 = value;
    "settle_alone_fen" Money Fen 0 ..= 100_000_000, 20_000, "单人结算限额", "Limit of settling alone",
        "异常订单由一人结算的金额上限，超过须第二人复核", "up to this amount one person settles a held order; above it a second one has to agree",
        |rules, value| rules.settle_alone = Fen(value);
    "credit_fen" Money Fen 1 ..= 100_000_000, 100_000, "单次充电金额上限", "Most of one session",
        "下发给桩的单次充电金额上限，到达后桩自动停止", "most that one session may cost, told to the pile, which stops there",
        |rules, value| rules.credit = Fen(value);
    "hold_fen" Money Fen 100 ..= 10_000_000, 5_000, "每次冻结金额", "Held at a time",
        "钱包或车队付费的充电开始时冻结的金额，费用接近冻结额时再冻结同样金额", "held of the wallet or fleet account at the start, and again whenever the cost comes near what is held",
        |rules, value| rules.hold = Fen(value);
    "hold_least_fen" Money Fen 1 ..= 10_000_000, 500, "启动所需最低余额", "Least balance to start",
        "钱包或车队账户可用余额低于此值时不能启动充电", "below this available balance of the wallet or fleet account no session begins",
        |rules, value| rules.hold_least = Fen(value);
    "hold_days" Money Day 1 ..= 365, 7, "异常订单冻结保留天数", "Days of a held balance",
        "异常订单在无人处理时保留冻结金额的天数，之后解冻，处理时按当时余额扣款", "how long an order that awaits a person keeps what it holds; after that it is paid from what is there when somebody settles it",
        |rules, value| rules.hold_kept_ms = value * DAY_MS;
    "gift_first" Money Switch 0 ..= 1, 1, "优先使用赠送金", "Gift first",
        "钱包付费时先扣赠送金再扣本金；关闭则先扣本金", "a wallet pays from its gift before its principal; switched off, the other way round",
        |rules, value| rules.gift_first = value == 1;
    "wallet_pays" Money Switch 0 ..= 1, 0, "默认使用钱包付费", "Wallets by default",
        "未单独设置支付方式的用户从钱包付费；关闭则充电后记入待支付", "customers of whom nothing else is said pay from their wallet; switched off, they owe what they charge",
        |rules, value| rules.pay_way = if value == 1 { PayWay::Wallet } else { PayWay::Later };
    "wallet_alone_fen" Money Fen 0 ..= 100_000_000, 20_000, "单人调整余额限额", "Limit of changing wallets alone",
        "手工充值、赠送、扣款由一人完成的金额上限，超过须第二人复核", "up to this amount one person tops up, gives or deducts; above it a second one has to agree",
        |rules, value| rules.wallet_alone = Fen(value);
    "energy_tolerance_dwh" Money Dwh 0 ..= 100_000, 100, "电量允许差异", "Energy tolerance",
        "对账时桩账单电量与订单电量允许的差异", "allowed difference between the energy of a pile's record and of its order in reconciliation",
        |rules, value| rules.energy_tolerance_dwh = value;
    "meter_tolerance_dwh" Money Dwh 0 ..= 1_000_000, 1_000, "表码允许差异", "Meter tolerance",
        "上一单结束表码与下一单开始表码允许的差异", "allowed step between the register at the end of a session and at the beginning of the next",
        |rules, value| rules.meter_tolerance_dwh = value;
    "write_off_alone_fen" Money Fen 0 ..= 100_000_000, 10_000, "单人核销限额", "Limit of writing off alone",
        "一天的对账差异核销合计超过此值时，须由没有经手核销的另一人签核", "where more than this was written off in a day, somebody who wrote nothing of it off signs the day",
        |rules, value| rules.write_off_alone = Fen(value);
    "sharing_alone_fen" Money Fen 0 ..= 1_000_000_000, 500_000, "单人分账限额", "Limit of sharing alone",
        "一人结算一期分账、登记一笔分账付款的金额上限，超过须第二人复核；含调整的结算总须复核", "up to this amount one person closes a period of sharing or notes a payout; above it, and always with adjustments, a second one has to agree",
        |rules, value| rules.sharing_alone = Fen(value);
    "sharing_cycle" Money Count 1 ..= 3, 3, "分账账期", "Sharing cycle",
        "尚未结算过的运营商每晚按此账期试算：1 按日，2 按周，3 按月；结算过的沿用上一期的账期", "how operators that have closed no period yet are tried every night: 1 by day, 2 by week, 3 by month; others go on as they closed the last",
        |rules, value| rules.sharing_cycle = value;
    "heartbeat_s" Device Second 10 ..= 86_400, 300, "OCPP 心跳间隔", "OCPP heartbeat",
        "告知 OCPP 充电桩的心跳间隔，桩下次连接时生效", "heartbeat interval told to OCPP piles, from their next connection on",
        |rules, value| rules.heartbeat_s = u32::try_from(value).unwrap_or(300);
    "skew_tolerance_s" Device Second 1 ..= 3_600, 60, "桩时钟允许偏差", "Clock tolerance",
        "桩时钟与平台相差不超过此值时采用桩的时间", "pile clocks that differ by less than this are taken as right",
        |rules, value| rules.skew_tolerance_ms = value * SECOND_MS;
    "file_mb" Device Megabyte 1 ..= 4_096, 256, "固件与日志的大小上限", "Limit of firmware and logs",
        "上传的固件和桩上传的日志不得超过此大小", "most that an uploaded firmware, or a log that a pile sends, may have",
        |rules, value| rules.file_bytes_max = u64::try_from(value).unwrap_or(256) * 1024 * 1024;
    "pile_frames_s" Device Count 10 ..= 100_000, 1_000, "每桩每秒报文上限", "Frames of a pile per second",
        "单台桩每秒报文超过此值时平台放慢读取，并记入该桩报文；其他桩不受影响", "a pile that says more than this is read more slowly, which is noted in its frames; others do not notice",
        |rules, value| rules.pile_frames_s = value;
    "pile_logins_minute" Device Count 5 ..= 10_000, 60, "每桩每分钟登录上限", "Log-ins of a pile per minute",
        "单台桩每分钟登录超过此值时暂时拒绝，并记入该桩报文", "a pile that logs in more often is refused for a while, which is noted in its frames",
        |rules, value| rules.pile_logins_minute = u32::try_from(value).unwrap_or(60);
    "source_failures" Device Count 10 ..= 100_000, 200, "来源地址登录失败上限", "Wrong log-ins of a source",
        "同一来源地址连续登录失败超过此值时暂时拒绝，每秒恢复十分之一", "a source address that fails more often at once is refused for a while; a tenth comes back each second",
        |rules, value| rules.source_failures = u32::try_from(value).unwrap_or(200);
    "source_links" Device Count 10 ..= 1_000_000, 20_000, "来源地址连接数上限", "Links of a source",
        "同一来源地址可同时保持的充电桩连接数；多台桩经同一出口上网时应大于桩数", "links of piles that a source address may hold; where many piles share one way out it must exceed their number",
        |rules, value| rules.source_links = value.unsigned_abs();
    "source_strangers" Device Count 5 ..= 100_000, 2_000, "来源地址未登录连接上限", "Links of a source before log-in",
        "同一来源地址尚未登录的云快充连接数上限", "云快充 links that a source address may hold without having logged in",
        |rules, value| rules.source_strangers = value.unsigned_abs();
    "tariff_block" Device Switch 0 ..= 1, 0, "计费模型不一致时禁止启动", "No start with another tariff",
        "云快充桩的计费模型与站点现行版本不一致时，禁止在该桩启动新的充电；关闭时可以启动，按平台的计费模型计费",
        "let nothing new begin at a 云快充 pile that has another tariff than its station; switched off, it may, and the platform's tariff counts",
        |rules, value| rules.tariff_block = value == 1;
    "healing" Device Switch 0 ..= 1, 0, "故障自愈", "Self-healing",
        "按自愈预案自动处理故障（请求上报、解锁、重启），有车充电时不动该桩；关闭后正在进行的自愈立即中止", "faults are met by playbooks: the pile is asked how it is, unlocked, reset, never while a car charges; switched off, what runs is stopped",
        |rules, value| rules.healing = value == 1;
    "feedback_escalate_s" Service Second 0 ..= MONTH_S, 7_200, "反馈升级时限", "Escalation of feedback",
        "反馈超过承诺的答复或办结时间再过这么久仍未处理，自动升级给主管", "feedback that is later than promised by this much goes up to a chief by itself",
        |rules, value| rules.feedback_escalate_ms = value * SECOND_MS;
    "member_days" Service Day 7 ..= 730, 90, "会员评定天数", "Days of a member's level",
        "会员等级与高价值、夜间标签按最近这些天的充电评定，每天凌晨更新", "levels, and the marks high value and night, are judged by the charging of these days, every night",
        |rules, value| rules.member_days = value;
    "frame_days" Retention Day 190 ..= 36_500, 190, "报文保留天数", "Days of frames",
        "更早的报文会被删除，不能恢复；法律与国家标准要求日志保留不少于 6 个月，不能少于 190 天", "how many days frames are kept; older ones are deleted for good. The law and the standards ask for six months: no fewer than 190 days",
        |rules, value| rules.frames_kept_ms = value * DAY_MS;
    "sample_days" Retention Day 1 ..= 36_500, 3, "采样保留天数", "Days of samples",
        "已结束订单的采样保留天数，更早的会被删除；订单的曲线另存，不受影响", "how many days the samples of ended orders are kept; the orders keep their curves",
        |rules, value| rules.samples_kept_ms = value * DAY_MS;
    "export_days" Retention Day 1 ..= 365, 7, "导出文件保留天数", "Days of exported files",
        "导出的文件保留天数，对之后完成的导出生效", "how many days exported files are kept, from the next export on",
        |rules, value| rules.exports_kept_ms = value * DAY_MS;
    "job_run_days" Retention Day 1 ..= 3_650, 90, "任务记录保留天数", "Days of job runs",
        "任务运行记录的保留天数，每个任务最近一次始终保留", "how many days the runs of jobs are kept; the last of each stays",
        |rules, value| rules.job_runs_kept_ms = value * DAY_MS;
    "backup_cut_s" Backup Second 1 ..= 60, 3, "变更归档间隔", "Interval of archiving",
        "每隔多久把数据库的变更送到备份地；数据丢失量（RPO）约为此值加传输时间", "how often changes are brought to the backup place; about this much may be lost with a machine (RPO)",
        |rules, value| rules.backup_cut_ms = value * SECOND_MS;
    "backup_lag_s" Backup Second 10 ..= 86_400, 60, "归档滞后告警", "Alarm of lag",
        "变更超过此时间仍未送到备份地时，在首页告警", "changes that are not at the backup place after this time are told on the home page",
        |rules, value| rules.backup_lag_ms = value * SECOND_MS;
    "backup_full_days" Backup Day 1 ..= 30, 1, "完整备份间隔", "Days between full backups",
        "每隔几天在夜间做一次完整备份；间隔越长，恢复越慢", "every how many days a full backup is made at night; the rarer, the longer a restore takes",
        |rules, value| rules.backup_full_days = value;
    "backup_check_days" Backup Day 1 ..= 90, 7, "备份验证间隔", "Days between checks",
        "每隔几天把备份恢复到临时目录并逐项核对一次", "every how many days the backup is restored into a temporary folder and looked at",
        |rules, value| rules.backup_check_days = value;
    "backup_days" Backup Day 2 ..= 3_650, 30, "备份保留天数", "Days of backups",
        "可恢复到过去多少天内的任一时间；更早的备份会被删除，但至少保留“备份保留份数”", "any moment of so many days can be restored; older backups are deleted, but for the newest that are kept by their number",
        |rules, value| rules.backup_kept_ms = value * DAY_MS;
    "backup_keep_count" Backup Count 2 ..= 1_000, 2, "备份保留份数", "Number of full backups",
        "最近这么多份完整备份始终保留，不论多旧；最近一次验证通过的那份也始终保留", "so many of the newest full backups always stay, however old; so does the last one that was proved",
        |rules, value| rules.backup_keep_count = value;
    "backup_wait_mb" Backup Megabyte 100 ..= 10_000_000, 10_240, "待传变更上限", "Limit of waiting changes",
        "备份地不可达时，变更在本机最多占用的空间；超过则放弃，待恢复后重新完整备份", "most that changes may take on this disk while the backup place is away; beyond it they are given up and a full backup begins anew",
        |rules, value| rules.backup_wait_bytes = value * 1_048_576;
}

/// Values that were given by the environment, and by which of its ways.
pub type Given = BTreeMap<&'static str, (i64, ParameterOrigin)>;

/// What the rules are made of.
pub(crate) struct Parameters {
    base: Rules,
    given: Given,
    /// Whoever sets a parameter puts the new rules in force before the next one begins.
    pub(crate) setting: tokio::sync::Mutex<()>,
}

impl Parameters {
    pub fn new(base: Rules, given: Given) -> Parameters {
        Parameters { base, given, setting: tokio::sync::Mutex::default() }
    }

    fn rules(&self, rows: &[ParameterRow]) -> Rules {
        let mut rules = self.base.clone();
        for one in Parameter::all() {
            let row = rows.iter().find(|row| row.name == one.name);
            if let Some(value) = self.given_of(one).or(set_of(one, row)) {
                (one.apply)(&mut rules, value);
            }
        }
        rules
    }

    fn given_of(&self, one: &Parameter) -> Option<i64> {
        self.given.get(one.name).map(|(value, _)| *value)
    }
}

/// What somebody has set. A value that another version of ours allowed and this one does not is left aside.
fn set_of(one: &Parameter, row: Option<&ParameterRow>) -> Option<i64> {
    row?.value.filter(|value| (one.least..=one.most).contains(value))
}

/// A parameter as the pages show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Parameter)]
pub struct ParameterView {
    pub name: &'static str,
    pub group: ParameterGroup,
    pub unit: ParameterUnit,
    pub least: i64,
    pub most: i64,
    pub default: i64,
    pub title: Text,
    pub note: Text,
    /// What holds now.
    pub value: i64,
    pub origin: ParameterOrigin,
    /// What was set on the page; it holds unless something stronger was given.
    pub set: Option<i64>,
    pub version: i64,
    pub changed_at_ms: Option<i64>,
    pub changed_by: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterChange {
    /// The version that the page shows.
    pub version: i64,
    /// Null: back to the default.
    pub value: Option<i64>,
    pub reason: String,
}

pub fn no_parameter() -> Error {
    Error::not_found(
        "parameter.not_found",
        "没有这个参数，请检查地址",
        "There is no such parameter; check the address.",
    )
}

impl Engine {
    /// Puts in force what was set. Before anybody works.
    pub async fn parameters_load(&self) -> Result<()> {
        let rows = self.store.read(parameters::all).await?;
        for row in &rows {
            if row.value.is_some()
                && Parameter::find(&row.name).is_none_or(|one| set_of(one, Some(row)).is_none())
            {
                tracing::warn!(
                    name = row.name,
                    value = row.value,
                    "a parameter that this version does not take"
                );
            }
        }
        self.rules.store(Arc::new(self.parameters.rules(&rows)));
        self.vendor_words_load().await?;
        self.safety_rules_load().await?;
        self.safety_pauses_load().await
    }

    /// Puts in force whose words are taken.
    pub(crate) async fn vendor_words_load(&self) -> Result<()> {
        let _alone = self.parameters.setting.lock().await;
        let words = self.store.read(store::vendor_messages::vendor_word_list).await?.items;
        let word = |one: VendorWordView| VendorWord { vendor: one.vendor, message: one.message };
        let vendor_words = words.into_iter().map(word).collect();
        self.rules.store(Arc::new(Rules { vendor_words, ..Rules::clone(&self.rules()) }));
        Ok(())
    }

    pub async fn parameter_list(&self) -> Result<Vec<ParameterView>> {
        let rows = self.store.read(parameters::all).await?;
        Ok(Parameter::all().map(|one| self.parameter_view(one, &rows)).collect())
    }

    fn parameter_view(&self, one: &Parameter, rows: &[ParameterRow]) -> ParameterView {
        let row = rows.iter().find(|row| row.name == one.name);
        let set = set_of(one, row);
        let (value, origin) = match (self.parameters.given.get(one.name), set) {
            (Some((value, origin)), _) => (*value, *origin),
            (None, Some(value)) => (value, ParameterOrigin::Console),
            (None, None) => (one.default, ParameterOrigin::Default),
        };
        ParameterView {
            name: one.name,
            group: one.group,
            unit: one.unit,
            least: one.least,
            most: one.most,
            default: one.default,
            title: one.title.clone(),
            note: one.note.clone(),
            value,
            origin,
            set,
            version: row.map_or(1, |row| row.version),
            changed_at_ms: row.map(|row| row.changed_at_ms),
            changed_by: row.map(|row| row.changed_by.clone()),
        }
    }

    /// Sets a parameter, or takes what was set away. It holds from the commit on, for whatever begins then.
    pub async fn parameter_update(&self, actor: &Actor, name: &str, change: ParameterChange) -> Result<()> {
        actor.must_be_platform()?;
        let one = Parameter::find(name).ok_or_else(no_parameter)?;
        if let Some((_, origin)) = self.parameters.given.get(one.name) {
            return Err(given_refused(one, *origin));
        }
        let value = change.value.map(|value| one.checked(value)).transpose()?;
        let reason = crate::site::named("reason", &change.reason, 200)?;
        let (actor, now, version) = (actor.clone(), self.clock.now(), change.version);
        let _alone = self.parameters.setting.lock().await;
        let rows = self
            .store
            .write(None, move |tx| {
                let row = tx.read(|conn| parameters::find(conn, one.name))?;
                if row.as_ref().map_or(1, |row| row.version) != version {
                    return Err(Error::conflict(
                        "parameter.version_differs",
                        "该参数刚被他人修改，已读取最新内容，请核对后再保存",
                        "Somebody has just set this parameter. Look at it as it is now, then try again.",
                    ));
                }
                let before = row.and_then(|row| row.value);
                if one.name == crate::staff::APART && value == Some(1) {
                    crate::staff::nobody_mixed(tx)?;
                }
                if before != value {
                    let row = ParameterRow {
                        name: one.name.to_owned(),
                        value,
                        version: version.saturating_add(1),
                        changed_at_ms: now.as_ms(),
                        changed_by: actor.caller.name.clone(),
                    };
                    parameters::save(tx, &row, before, &reason, &actor.address)?;
                    let told = |value: Option<i64>| json!({"value": value.unwrap_or(one.default)});
                    let detail = json!({"before": told(before), "after": {"value": told(value)["value"], "reason": reason}});
                    actor.record(tx, now, "parameter_update", "parameter", one.name, &detail)?;
                    tx.changed(Change::Noun("parameter"));
                }
                tx.read(parameters::all)
            })
            .await?;
        let known = self.rules();
        let (vendor_words, safety) = (Arc::clone(&known.vendor_words), Arc::clone(&known.safety));
        let safety_pauses = Arc::clone(&known.safety_pauses);
        let set = self.parameters.rules(&rows);
        self.rules.store(Arc::new(Rules { vendor_words, safety, safety_pauses, ..set }));
        Ok(())
    }
}

fn given_refused(one: &Parameter, origin: ParameterOrigin) -> Error {
    let variable = format!("PILEOPS_{}", one.name.to_ascii_uppercase());
    let (zh, en) = match origin {
        ParameterOrigin::CommandLine => ("命令行".to_owned(), "the command line".to_owned()),
        ParameterOrigin::File => ("配置文件".to_owned(), "the settings file".to_owned()),
        _ => (format!("环境变量 {variable}"), format!("the variable {variable}")),
    };
    Error::refused(
        "parameter.given",
        format!("该参数由{zh}指定，优先于此处；请在那里修改，或去掉后重启服务，再在此处修改"),
        format!(
            "This parameter is given by {en}, which is stronger than the page. Change it there, or take it away, restart, and set it here."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_in_its_range_and_is_what_the_rules_begin_with() {
        let mut rules = Rules::default();
        for one in Parameter::all() {
            assert!(one.checked(one.default).is_ok(), "{}", one.name);
            assert!(one.checked(one.least - 1).is_err() && one.checked(one.most + 1).is_err());
            (one.apply)(&mut rules, one.default);
        }
        assert_eq!(format!("{rules:?}"), format!("{:?}", Rules::default()));
    }

    #[test]
    fn what_is_given_is_stronger_than_what_is_set() {
        let row = |name: &str, value| ParameterRow {
            name: name.to_owned(),
            value: Some(value),
            version: 2,
            changed_at_ms: 1,
            changed_by: "张三".to_owned(),
        };
        let given = Given::from([("credit_fen", (500, ParameterOrigin::Environment))]);
        let parameters = Parameters::new(Rules::default(), given);
        let rows = [row("credit_fen", 900), row("frame_days", 400), row("heartbeat_s", 1), row("gone", 1)];
        let rules = parameters.rules(&rows);
        assert_eq!(rules.credit, Fen(500));
        assert_eq!(rules.frames_kept_ms, 400 * DAY_MS);
        assert_eq!(rules.heartbeat_s, 300, "out of range: the default");
    }
}
