//! Row ids, leased in blocks: a writer asks the database once for many, and no two writers, nor a
//! writer before and after a crash, ever use the same one.

use crate::db::{Conn, DbResult};

/// One block of frame ids is one entry of the sparse index `frame_block`.
pub const FRAME_BLOCK: i64 = 2_048;

macro_rules! nouns {
    ($($noun:ident = $name:literal,)*) => {
        #[derive(Clone, Copy, Debug)]
        pub enum Noun {
            $($noun,)*
        }

        impl Noun {
            const COUNT: usize = [$($name),*].len();

            fn name(self) -> &'static str {
                match self {
                    $(Noun::$noun => $name,)*
                }
            }
        }
    };
}

nouns! {
    Order = "order",
    Sample = "sample",
    Frame = "frame",
    Command = "command",
    Pile = "pile",
    Station = "station",
    Operator = "operator",
    Tariff = "tariff",
    Card = "card",
    Customer = "customer",
    Car = "car",
    MemberLevel = "member_level",
    Fleet = "fleet",
    Staff = "staff",
    IdentityProvider = "identity_provider",
    Audit = "audit",
    Erasure = "erasure",
    Export = "export",
    Feedback = "feedback",
    FeedbackBlock = "feedback_block",
    FeedbackEvent = "feedback_event",
    FeedbackTemplate = "feedback_template",
    Attachment = "attachment",
    Invoice = "invoice",
    InvoiceEvent = "invoice_event",
    InvoiceTitle = "invoice_title",
    Mail = "mail",
    Settlement = "settlement",
    OrderImport = "order_import",
    OrderNote = "order_note",
    Content = "content",
    Coupon = "coupon",
    Voucher = "voucher",
    DriverPrice = "driver_price",
    TariffPlan = "tariff_plan",
    PileBatch = "pile_batch",
    ParameterChange = "parameter_change",
    JobRun = "job_run",
    Channel = "channel",
    ChannelSend = "channel_send",
    Delivery = "delivery",
    Certificate = "certificate",
    Firmware = "firmware",
    Transfer = "transfer",
    SecurityEvent = "security_event",
    PileEvent = "pile_event",
    Dialect = "dialect",
    ConfigurationProfile = "configuration_profile",
    Reservation = "reservation",
    Posting = "posting",
    WalletChange = "wallet_change",
    Backup = "backup",
    Drill = "drill",
    CustomerInquiry = "customer_inquiry",
    VendorMessage = "vendor_message",
    VendorWord = "vendor_word",
    BillRecord = "bill_record",
    Reconciliation = "reconciliation",
    Difference = "difference",
    MeterChange = "meter_change",
    DayBill = "day_bill",
    PayChannel = "pay_channel",
    Payment = "payment",
    PaymentEvent = "payment_event",
    Refund = "refund",
    Payee = "payee",
    SharingRule = "sharing_rule",
    SharingPeriod = "sharing_period",
    SharingStatement = "sharing_statement",
    SharingLine = "sharing_line",
    SharingProposal = "sharing_proposal",
    OccupancyWaiver = "occupancy_waiver",
    Peer = "peer",
    CounterBill = "counter_bill",
    CounterLine = "counter_line",
    CounterDifference = "counter_difference",
    Alarm = "alarm",
    AlarmEvent = "alarm_event",
    ReportPlan = "report_plan",
    ReportSending = "report_sending",
    SafetyPause = "safety_pause",
    AlarmRule = "alarm_rule",
    AlarmRuleChange = "alarm_rule_change",
    AlarmNotice = "alarm_notice",
    WorkOrder = "work_order",
    WorkOrderEvent = "work_order_event",
    InspectionPlan = "inspection_plan",
    SafetyRule = "safety_rule",
    SafetyRuleChange = "safety_rule_change",
    SafetyAct = "safety_act",
    SafetyStep = "safety_step",
    SafetyTrial = "safety_trial",
    Emergency = "emergency",
    EmergencyStep = "emergency_step",
    DeviceCheck = "device_check",
    Advice = "advice",
    HolidayChange = "holiday_change",
    HealingPlaybook = "healing_playbook",
    HealingPlaybookChange = "healing_playbook_change",
    HealingRun = "healing_run",
    HealingStep = "healing_step",
}

impl Noun {
    /// How many ids are leased at once. What people see numbered wastes few at a restart.
    fn block(self) -> i64 {
        match self {
            Noun::Frame => FRAME_BLOCK,
            Noun::Sample => 8_192,
            Noun::Order | Noun::Command | Noun::Posting | Noun::BillRecord => 64,
            Noun::Audit
            | Noun::Voucher
            | Noun::Delivery
            | Noun::SharingLine
            | Noun::CounterLine
            | Noun::Alarm
            | Noun::AlarmEvent => 16,
            _ => 1,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Lease {
    next: i64,
    end: i64,
}

/// The leases of one writer. Forgotten whenever a transaction fails: what was leased inside it may
/// have been given back by the rollback, and what was used was never seen by anyone.
#[derive(Clone, Debug)]
pub struct Ids {
    leases: [Lease; Noun::COUNT],
}

impl Default for Ids {
    fn default() -> Ids {
        Ids { leases: [Lease::default(); Noun::COUNT] }
    }
}

impl Ids {
    pub fn next(&mut self, conn: &mut Conn, noun: Noun) -> DbResult<i64> {
        let lease = self.leased(conn, noun)?;
        lease.next += 1;
        Ok(lease.next - 1)
    }

    /// The id that the next call of [`Ids::next`] will give.
    pub fn peek(&mut self, conn: &mut Conn, noun: Noun) -> DbResult<i64> {
        Ok(self.leased(conn, noun)?.next)
    }

    /// Whether the next id is at hand, so that no transaction must be open to get it.
    pub fn ready(&self, noun: Noun) -> bool {
        let lease = self.leases[noun as usize];
        lease.next < lease.end
    }

    /// The id that is at hand, or one that no row can have yet.
    pub(crate) fn upcoming(&self, noun: Noun) -> i64 {
        let lease = self.leases[noun as usize];
        if lease.next < lease.end { lease.next } else { i64::MAX }
    }

    /// The transaction went back to the moment at which the leases were `before`: those that were
    /// taken since belong to nobody.
    pub(crate) fn give_back(&mut self, before: &Ids) {
        for (lease, before) in self.leases.iter_mut().zip(&before.leases) {
            if lease.end != before.end {
                *lease = *before;
            }
        }
    }

    fn leased(&mut self, conn: &mut Conn, noun: Noun) -> DbResult<&mut Lease> {
        let lease = &mut self.leases[noun as usize];
        if lease.next >= lease.end {
            let block = noun.block();
            let end = conn.lease(noun.name(), block)?;
            *lease = Lease { next: end - block, end };
        }
        Ok(lease)
    }
}
