//! Row ids, leased in blocks: a writer asks the database once for many, and no two writers, nor a
//! writer before and after a crash, ever use the same one.

use crate::db::{Conn, DbResult};

/// One block of frame ids is one entry of the sparse index `frame_block`.
pub const FRAME_BLOCK: i64 = 2_048;

#[derive(Clone, Copy, Debug)]
pub enum Noun {
    Order,
    Sample,
    Frame,
    Command,
    Pile,
    Station,
    Operator,
    Tariff,
    Card,
    Customer,
    Car,
    Fleet,
    Staff,
    Audit,
    Export,
    Feedback,
    FeedbackEvent,
    Attachment,
    Invoice,
    InvoiceEvent,
    Mail,
    Settlement,
    OrderImport,
    OrderNote,
    Content,
    Coupon,
    Voucher,
    DriverPrice,
    ParameterChange,
    JobRun,
    Channel,
    ChannelSend,
}

impl Noun {
    fn name(self) -> &'static str {
        match self {
            Noun::Order => "order",
            Noun::Sample => "sample",
            Noun::Frame => "frame",
            Noun::Command => "command",
            Noun::Pile => "pile",
            Noun::Station => "station",
            Noun::Operator => "operator",
            Noun::Tariff => "tariff",
            Noun::Card => "card",
            Noun::Customer => "customer",
            Noun::Car => "car",
            Noun::Fleet => "fleet",
            Noun::Staff => "staff",
            Noun::Audit => "audit",
            Noun::Export => "export",
            Noun::Feedback => "feedback",
            Noun::FeedbackEvent => "feedback_event",
            Noun::Attachment => "attachment",
            Noun::Invoice => "invoice",
            Noun::InvoiceEvent => "invoice_event",
            Noun::Mail => "mail",
            Noun::Settlement => "settlement",
            Noun::OrderImport => "order_import",
            Noun::OrderNote => "order_note",
            Noun::Content => "content",
            Noun::Coupon => "coupon",
            Noun::Voucher => "voucher",
            Noun::DriverPrice => "driver_price",
            Noun::ParameterChange => "parameter_change",
            Noun::JobRun => "job_run",
            Noun::Channel => "channel",
            Noun::ChannelSend => "channel_send",
        }
    }

    /// How many ids are leased at once. What people see numbered wastes few at a restart.
    fn block(self) -> i64 {
        match self {
            Noun::Frame => FRAME_BLOCK,
            Noun::Sample => 8_192,
            Noun::Order | Noun::Command => 64,
            Noun::Audit | Noun::Voucher => 16,
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
#[derive(Clone, Debug, Default)]
pub struct Ids {
    leases: [Lease; 32],
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
