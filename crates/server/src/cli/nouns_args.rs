//! What `pileops <noun> <verb>` takes.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Noun {
    /// 账号
    #[command(subcommand)]
    Staff(StaffVerb),
    /// 接口令牌: for scripts
    #[command(subcommand)]
    Token(TokenVerb),
    /// 充电站
    #[command(subcommand)]
    Station(StationVerb),
    /// 计费模型
    #[command(subcommand)]
    Tariff(TariffVerb),
    /// 充电桩
    #[command(subcommand)]
    Pile(PileVerb),
    /// 充电卡
    #[command(subcommand)]
    Card(CardVerb),
    /// 充电订单
    #[command(subcommand)]
    Order(OrderVerb),
    /// 预约: connectors that are kept for a card
    #[command(subcommand)]
    Reservation(super::reservations::ReservationVerb),
}

#[derive(Subcommand)]
pub enum StaffVerb {
    /// Add an account; its password is generated and shown once unless given
    Add(StaffAdd),
    List,
    /// Forget the wrong passwords that were tried for an account: its owner gets in at once
    Unlock {
        account: String,
    },
    /// Make a new password and print it, once; ends the account's sessions and removes its tokens
    Password {
        account: String,
    },
    /// Take two-step verification away from an account whose authenticator and recovery codes are lost
    Factor {
        account: String,
        #[arg(long, default_value = "命令行重置 / reset at the machine")]
        reason: String,
    },
}

#[derive(Args)]
pub struct StaffAdd {
    pub account: String,
    /// admin, operations, finance, technician or viewer
    #[arg(long, default_value = "viewer")]
    pub role: String,
    #[arg(long)]
    pub name: Option<String>,
    /// Number of the operator whose staff this is; the platform's own staff when not given
    #[arg(long)]
    pub operator: Option<i64>,
    #[arg(long)]
    pub password: Option<String>,
}

#[derive(Subcommand)]
pub enum TokenVerb {
    /// Make a token and print it, once
    Add {
        name: String,
        /// What it may do, of what its owner may, e.g. order.read; all of it when not given
        #[arg(long = "permission")]
        permissions: Vec<String>,
        /// Address or network from which it is taken, e.g. 10.0.0.0/8; from anywhere when not given
        #[arg(long = "from")]
        networks: Vec<String>,
        /// After so many days it opens nothing any more
        #[arg(long)]
        days: Option<i64>,
    },
    List,
    /// By the id that the list shows; a name will do where only one token has it
    Remove {
        token: String,
    },
}

#[derive(Subcommand)]
pub enum StationVerb {
    Add(StationAdd),
    List,
}

#[derive(Args)]
pub struct StationAdd {
    pub name: String,
    /// Name or number
    #[arg(long)]
    pub operator: Option<String>,
    /// 行政区划代码
    #[arg(long)]
    pub city: Option<String>,
    #[arg(long)]
    pub address: Option<String>,
    /// Name or number; the newest one when not given
    #[arg(long)]
    pub tariff: Option<String>,
    #[arg(long)]
    pub time_zone: Option<String>,
}

#[derive(Subcommand)]
pub enum TariffVerb {
    /// Publish a tariff, or the next version of the one of that name where anything differs
    Add(TariffAdd),
}

#[derive(Args)]
pub struct TariffAdd {
    pub name: String,
    /// JSON with `rates` and `periods` as in POST /api/v1/tariffs; one price all day when not given
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// 0.00001 yuan per kWh
    #[arg(long, default_value_t = 100_000)]
    pub electricity_price_e5: i64,
    #[arg(long, default_value_t = 40_000)]
    pub service_price_e5: i64,
}

#[derive(Subcommand)]
pub enum PileVerb {
    Add(PileAdd),
    List,
    /// Register piles from a CSV file: code,protocol and, where wanted, name,station,kind,
    /// rated_power_w,connector_count,password
    Import {
        file: PathBuf,
    },
    /// Any command as the API takes it, e.g. '{"kind":"ground_lock","connector_no":1,"raise":false}';
    /// prints the pile's answer
    Command {
        id: String,
        body: String,
    },
    /// Any operation by its wire name; prints the pile's answer
    Call {
        id: String,
        action: String,
        payload: String,
    },
    /// Write what a pile said and was told in a time into a file that can be replayed
    Record(PileRecord),
}

#[derive(Args)]
pub struct PileRecord {
    pub id: String,
    pub file: PathBuf,
    /// 2026-07-01, or 2026-07-01T08:00:00+08:00
    #[arg(long)]
    pub from: String,
    /// At most seven days later [default: a day]
    #[arg(long)]
    pub to: Option<String>,
    /// Cards and vehicles by their own names instead of others; logged
    #[arg(long)]
    pub plain: bool,
}

#[derive(Args)]
pub struct PileAdd {
    /// 电桩编号
    pub id: String,
    /// ocpp1.6, ocpp2.0.1, ocpp2.1, ykc1.5 or ykc1.6
    #[arg(long)]
    pub protocol: String,
    /// Connection password of an OCPP pile; generated and shown once when not given
    #[arg(long)]
    pub password: Option<String>,
    /// Name or number; the station that a fresh installation has when not given
    #[arg(long)]
    pub station: Option<String>,
    #[arg(long)]
    pub name: Option<String>,
    /// dc, ac or ac_dc [default: dc]
    #[arg(long)]
    pub kind: Option<String>,
    /// [default: 1]
    #[arg(long)]
    pub connectors: Option<i64>,
    /// [default: 120000]
    #[arg(long)]
    pub rated_power_w: Option<i64>,
}

#[derive(Subcommand)]
pub enum CardVerb {
    Add(CardAdd),
    /// Register cards from a CSV file: tag,status and, where wanted, group,expires_at,sessions_max
    Import {
        file: PathBuf,
    },
}

#[derive(Args)]
pub struct CardAdd {
    pub tag: String,
    /// accepted, blocked or expired
    #[arg(long, default_value = "accepted")]
    pub status: String,
    #[arg(long)]
    pub group: Option<String>,
    /// Sessions that may run on it at once
    #[arg(long)]
    pub sessions_max: Option<i64>,
}

#[derive(Subcommand)]
pub enum OrderVerb {
    /// Write orders into a file; its end (.xlsx or .csv) says what it is
    Export(OrderExport),
    /// Bring lost orders in from a file (.xlsx or .csv, as the template has it); rows that are wrong are told and left out
    Import(OrderImport),
    /// Write what was said about an order into a file that can be replayed
    Record(OrderRecord),
    /// All orders, of all time
    List {
        #[arg(long)]
        pile: Option<String>,
    },
}

#[derive(Args)]
pub struct OrderRecord {
    /// The order's number or id
    pub order: String,
    pub file: PathBuf,
    /// Cards and vehicles by their own names instead of others; logged
    #[arg(long)]
    pub plain: bool,
}

#[derive(Args)]
pub struct OrderExport {
    pub file: PathBuf,
    /// First day, 2026-07-01 [default: this month]
    #[arg(long)]
    pub from: Option<String>,
    /// Last day, 2026-07-31
    #[arg(long)]
    pub to: Option<String>,
    /// Any filter of the list, `state=completed`; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub filter: Vec<String>,
    /// Columns by their keys, with commas
    #[arg(long, value_delimiter = ',')]
    pub columns: Vec<String>,
}

#[derive(Args)]
pub struct OrderImport {
    pub file: PathBuf,
    /// Only check the file
    #[arg(long)]
    pub check: bool,
}
