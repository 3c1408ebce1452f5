//! 综合报表: what the business is measured by, each figure defined once, as data.

mod figures;
mod kpi;
mod period;
mod range;

pub use figures::KPIS;
pub use kpi::{Kpi, KpiFormula, KpiUnit};
pub use period::ReportPeriod;
pub use range::{Grain, ReportRange, buckets, day_after, days_between};

crate::words! {
    /// Who charged, as the order itself says it: it does not change when a customer changes.
    BuyerKind {
        /// 车队: paid by a fleet's account
        Fleet = "fleet",
        /// 注册用户
        Own = "own",
        /// 无主卡: a card that belongs to nobody we know
        Card = "card",
        /// 员工启动: from the console
        Staff = "staff",
        /// 未识别
        Guest = "guest",
    }

    /// What the rows of a report stand for.
    ReportGroup {
        Hour = "hour",
        Day = "day",
        Week = "week",
        Month = "month",
        City = "city",
        Operator = "operator",
        Station = "station",
        Pile = "pile",
        /// Maker and model
        Model = "model",
        /// AC or DC
        PileKind = "pile_kind",
        Period = "period",
        Buyer = "buyer",
        StartMode = "start_mode",
    }

    /// What a report is compared with.
    ReportCompare {
        /// As many days before
        Previous = "previous",
        /// The same days a year before
        Year = "year",
    }

    /// How often a report is sent.
    ReportEvery {
        Day = "day",
        Week = "week",
        Month = "month",
    }
}

/// Where a part of a figure comes from, and so what it can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Completed orders, by the station's local time of their end
    Sales,
    /// Orders that failed or are held, by their beginning
    Tries,
    /// What piles were on each day
    Time,
    /// Work orders
    Work,
    /// Alarms of faults, by when they began
    Fault,
    /// Customers with orders
    People,
    /// Shares of closed periods
    Sharing,
    /// What pay channels keep
    Fee,
}

macro_rules! parts {
    ($($name:ident = $column:literal $family:ident;)*) => {
        /// A sum that figures are made of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Part {
            $($name,)*
        }

        impl Part {
            pub const ALL: &[Part] = &[$(Part::$name),*];

            /// Its column where a table has it.
            pub fn column(self) -> &'static str {
                match self { $(Part::$name => $column,)* }
            }

            pub fn family(self) -> Family {
                match self { $(Part::$name => Family::$family,)* }
            }
        }
    };
}

parts! {
    Orders = "order_count" Sales;
    Success = "success_count" Sales;
    ChargeS = "charge_s" Sales;
    Energy = "energy_dwh" Sales;
    Electricity = "electricity_fen" Sales;
    Service = "service_fen" Sales;
    Total = "total_fen" Sales;
    Discount = "discount_fen" Sales;
    Occupancy = "occupancy_fen" Sales;
    Received = "received_fen" Sales;
    Gift = "gift_fen" Sales;
    Owed = "owed_fen" Sales;
    Unpaid = "unpaid_fen" Sales;
    RefundCount = "refund_count" Sales;
    Refunded = "refunded_fen" Sales;
    PaidLater = "paid_later_fen" Sales;
    Failed = "failed" Tries;
    Held = "held" Tries;
    HeldSuccess = "held_success" Tries;
    ServiceS = "service_s" Time;
    OnlineS = "online_s" Time;
    FaultS = "fault_s" Time;
    AvailableS = "available_s" Time;
    ConnectorS = "connector_s" Time;
    RatedWs = "rated_ws" Time;
    OfflineCount = "offline_count" Time;
    RepairCount = "repair_count" Work;
    RepairMs = "repair_ms" Work;
    AcceptCount = "accept_count" Work;
    AcceptMs = "accept_ms" Work;
    InTimeCount = "in_time_count" Work;
    FaultCount = "fault_count" Fault;
    RepeatCount = "repeat_count" Fault;
    Customers = "customers" People;
    CustomersAgain = "customers_again" People;
    Share = "share_fen" Sharing;
    ChannelFee = "channel_fee_fen" Fee;
}

/// Of the parts, those that a period of the tariff has a share in.
pub const OF_PERIOD: [Part; 4] = [Part::Energy, Part::Electricity, Part::Service, Part::Total];

/// One number for each part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(pub [i64; Part::ALL.len()]);

impl Default for Parts {
    fn default() -> Parts {
        Parts([0; Part::ALL.len()])
    }
}

impl Parts {
    pub fn of(&self, part: Part) -> i64 {
        self.0[part as usize]
    }

    pub fn add(&mut self, part: Part, value: i64) {
        let place = &mut self.0[part as usize];
        *place = place.saturating_add(value);
    }

    pub fn add_all(&mut self, other: &Parts) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, value)| *sum = sum.saturating_add(value));
    }
}

impl ReportGroup {
    pub fn grain(self) -> Option<Grain> {
        match self {
            ReportGroup::Hour => Some(Grain::Hour),
            ReportGroup::Day => Some(Grain::Day),
            ReportGroup::Week => Some(Grain::Week),
            ReportGroup::Month => Some(Grain::Month),
            _ => None,
        }
    }
}

impl Family {
    /// Whether its parts can be told apart by this, and filtered by it.
    pub fn knows(self, group: ReportGroup) -> bool {
        use ReportGroup::*;
        let place = matches!(group, City | Operator | Station);
        let pile = matches!(group, Pile | Model | PileKind);
        let days = matches!(group, Day | Week | Month);
        match self {
            Family::Sales => true,
            Family::Tries | Family::People => group != Period,
            Family::Time => days || place || pile,
            Family::Work => days || place || group == Hour,
            Family::Fault => days || place || pile || group == Hour,
            Family::Sharing => days || place,
            Family::Fee => days || group == Operator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_where_their_number_says() {
        for (at, part) in Part::ALL.iter().enumerate() {
            assert_eq!(*part as usize, at);
        }
        let mut parts = Parts::default();
        parts.add(Part::ChannelFee, 7);
        parts.add_all(&parts.clone());
        assert_eq!(parts.of(Part::ChannelFee), 14);
        assert_eq!(parts.of(Part::Orders), 0);
    }
}
