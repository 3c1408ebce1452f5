//! The rules with numbers in them: what staff may set is listed in `parameter.rs`.

use crate::staff::StaffRules;
use model::display::VendorWord;
use model::ledger::PayWay;
use model::money::Fen;
use model::safety::{SafetyPause, SafetyRule};
use model::segment::SegmentRules;
use model::time::{DAY_MS, HOUR_MS};
use std::sync::Arc;

/// The rules with numbers in them.
#[derive(Clone, Debug)]
pub struct Rules {
    /// A start that the pile has not carried out by then has failed (云快充 13.3: 90 s).
    pub start_timeout_ms: i64,
    /// How long the pile's record is awaited after its session is seen to have ended.
    pub record_timeout_ms: i64,
    /// How long an order of a pile that has gone silent stays open.
    pub silence_timeout_ms: i64,
    /// A running session that showed life within this time refuses a second start on its connector.
    pub busy_ms: i64,
    /// The same where the connector says that it charges: values may come every quarter of an hour.
    pub quiet_ms: i64,
    /// Pile clocks that differ by less than this are taken as right.
    pub skew_tolerance_ms: i64,
    /// A session that lasts longer is held: the pile may have forgotten to end it.
    pub session_max_ms: i64,
    /// The pile's amount may differ from ours by this much (0.0001 yuan).
    pub amount_tolerance_e4: i64,
    /// Whether nothing may begin at a 云快充 pile that has another tariff than its station shows.
    pub tariff_block: bool,
    /// A held order is settled by one person up to this amount; above it a second one agrees.
    pub settle_alone: Fen,
    /// What a session may cost before the pile stops it, whoever pays.
    pub credit: Fen,
    /// What is held for a session at its start and whenever it comes near that; and below what a purse is
    /// too empty to begin.
    pub hold: Fen,
    pub hold_least: Fen,
    /// How long an order that awaits a person keeps what it holds.
    pub hold_kept_ms: i64,
    /// Whether gifts are used up before what was paid in.
    pub gift_first: bool,
    /// How customers pay of whom nothing else was said.
    pub pay_way: PayWay,
    /// Staff change a purse alone up to this amount; above it a second person agrees.
    pub wallet_alone: Fen,
    /// The energy of a pile's record may differ from its order's by this much (0.1 Wh).
    pub energy_tolerance_dwh: i64,
    /// The register may have gone on by this much between two sessions (0.1 Wh).
    pub meter_tolerance_dwh: i64,
    /// Whoever writes off more than this in a day does not sign the day off.
    pub write_off_alone: Fen,
    /// One person closes a period of sharing, or pays a statement, up to this amount.
    pub sharing_alone: Fen,
    /// How operators that have closed none yet are divided: 1 by day, 2 by week, 3 by month.
    pub sharing_cycle: i64,
    /// How long frames are kept.
    pub frames_kept_ms: i64,
    /// How long the samples of orders that have ended are kept; their curves stay.
    pub samples_kept_ms: i64,
    /// 一次充电成功: an order with more energy than this, or longer, is a success.
    pub success_dwh: i64,
    pub success_ms: i64,
    /// How long an exported file is kept.
    pub exports_kept_ms: i64,
    /// How long runs of jobs are kept.
    pub job_runs_kept_ms: i64,
    /// Most bytes of a firmware or of a log that a pile sends.
    pub file_bytes_max: u64,
    /// Feedback that is later than promised by more than this goes up to a chief.
    pub feedback_escalate_ms: i64,
    /// Days over which levels and marks of customers are judged.
    pub member_days: i64,
    /// The numbers in the definitions of customer segments.
    pub segments: SegmentRules,
    /// Seconds between an OCPP pile's heartbeats, told when it connects.
    pub heartbeat_s: u32,
    /// Messages of a pile per second; faster ones wait in its own socket.
    pub pile_frames_s: i64,
    /// Log-ins of a pile per minute.
    pub pile_logins_minute: u32,
    /// Wrong log-ins that a source address may make at once.
    pub source_failures: u32,
    /// Links that a source address may hold, and those of them that have not logged in.
    pub source_links: u64,
    pub source_strangers: u64,
    /// Between two cuts of the changes that go to the backup place.
    pub backup_cut_ms: i64,
    /// Changes that are not yet at the backup place for longer than this are told as an alarm.
    pub backup_lag_ms: i64,
    /// Days between two full backups.
    pub backup_full_days: i64,
    /// Days between two proofs that the backup can be restored.
    pub backup_check_days: i64,
    /// The newest full backups that stay, however old they are.
    pub backup_keep_count: i64,
    /// How long backups are kept.
    pub backup_kept_ms: i64,
    /// Most bytes of changes that wait for the backup place.
    pub backup_wait_bytes: i64,
    /// Whether the platform heals faults by itself.
    pub healing: bool,
    /// Passwords, sessions, two-step verification.
    pub staff: StaffRules,
    /// 厂商标识: in whose words piles may talk; edited on the page, not a parameter.
    pub vendor_words: Arc<[VendorWord]>,
    /// 安全规则 that are on; edited on their page.
    pub safety: Arc<[SafetyRule]>,
    /// Where somebody keeps one of them from acting for a time.
    pub safety_pauses: Arc<[SafetyPause]>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            start_timeout_ms: 90_000,
            record_timeout_ms: 10 * 60_000,
            silence_timeout_ms: 12 * 3_600_000,
            busy_ms: 5 * 60_000,
            quiet_ms: 3_600_000,
            skew_tolerance_ms: 60_000,
            session_max_ms: 24 * HOUR_MS,
            amount_tolerance_e4: 100,
            tariff_block: false,
            settle_alone: Fen(20_000),
            credit: Fen(100_000),
            hold: Fen(5_000),
            hold_least: Fen(500),
            hold_kept_ms: 7 * DAY_MS,
            gift_first: true,
            pay_way: PayWay::Later,
            wallet_alone: Fen(20_000),
            energy_tolerance_dwh: 100,
            meter_tolerance_dwh: 1_000,
            write_off_alone: Fen(10_000),
            sharing_alone: Fen(500_000),
            sharing_cycle: 3,
            frames_kept_ms: 190 * DAY_MS,
            samples_kept_ms: 3 * DAY_MS,
            success_dwh: 2_000,
            success_ms: 120_000,
            exports_kept_ms: 7 * DAY_MS,
            job_runs_kept_ms: 90 * DAY_MS,
            file_bytes_max: 256 * 1024 * 1024,
            feedback_escalate_ms: 2 * 3_600_000,
            member_days: 90,
            segments: SegmentRules::default(),
            heartbeat_s: 300,
            pile_frames_s: 1_000,
            pile_logins_minute: 60,
            source_failures: 200,
            source_links: 20_000,
            source_strangers: 2_000,
            backup_cut_ms: 3_000,
            backup_lag_ms: 60_000,
            backup_full_days: 1,
            backup_check_days: 7,
            backup_keep_count: 2,
            backup_kept_ms: 30 * DAY_MS,
            backup_wait_bytes: 10_240 * 1_048_576,
            healing: false,
            staff: StaffRules::default(),
            vendor_words: Arc::default(),
            safety: Arc::default(),
            safety_pauses: Arc::default(),
        }
    }
}
