//! Rows that the jobs of a batch have put down and that are not in the database yet.

use crate::bill_records::{self, NewBillRecord};
use crate::db::Inserts;
use crate::frames::{self, FrameRow};
use crate::hot::Hot;
use crate::order_payments::OrderPayment;
use crate::orders::{self, OrderDetail, OrderRow};
use crate::postings::Posting;
use crate::samples::{self, SampleRow};
use crate::{battery_reports, commands, links, order_payments, piles, postings};
use model::id::PileId;
use model::site::{Connector, Pile};

/// Rows of every kind, in the order of arrival; later ones win.
#[derive(Default)]
pub(crate) struct Pending {
    pub frames: Vec<FrameRow>,
    pub blocks: Vec<(PileId, i64, i64)>,
    /// Each with the sample before it of the same order.
    pub samples: Vec<(SampleRow, Option<i64>)>,
    pub orders: Vec<OrderRow>,
    pub details: Vec<OrderDetail>,
    pub connectors: Vec<Connector>,
    pub piles: Vec<Pile>,
    pub commands: Vec<commands::CommandRow>,
    pub links: Vec<links::LinkRow>,
    pub batteries: Vec<battery_reports::BatteryRow>,
    pub payments: Vec<OrderPayment>,
    pub postings: Vec<Posting>,
    pub bill_records: Vec<NewBillRecord>,
}

/// How many rows of each kind there were at some moment.
pub(crate) type Marks = [usize; 13];

impl Pending {
    pub fn marks(&self) -> Marks {
        [
            self.frames.len(),
            self.blocks.len(),
            self.samples.len(),
            self.orders.len(),
            self.details.len(),
            self.connectors.len(),
            self.piles.len(),
            self.commands.len(),
            self.links.len(),
            self.batteries.len(),
            self.payments.len(),
            self.postings.len(),
            self.bill_records.len(),
        ]
    }

    pub fn is_empty(&self) -> bool {
        self.marks() == Marks::default()
    }

    pub fn truncate(&mut self, marks: Marks) {
        drop(self.split_off(marks));
    }

    /// Takes out what came after `marks`.
    pub fn split_off(&mut self, marks: Marks) -> Pending {
        Pending {
            frames: self.frames.split_off(marks[0]),
            blocks: self.blocks.split_off(marks[1]),
            samples: self.samples.split_off(marks[2]),
            orders: self.orders.split_off(marks[3]),
            details: self.details.split_off(marks[4]),
            connectors: self.connectors.split_off(marks[5]),
            piles: self.piles.split_off(marks[6]),
            commands: self.commands.split_off(marks[7]),
            links: self.links.split_off(marks[8]),
            batteries: self.batteries.split_off(marks[9]),
            payments: self.payments.split_off(marks[10]),
            postings: self.postings.split_off(marks[11]),
            bill_records: self.bill_records.split_off(marks[12]),
        }
    }

    /// An order that has ended is hardly ever written again.
    pub fn forget_ended(&self, hot: &mut Hot) {
        for row in self.orders.iter().filter(|row| !row.order.state.awaits_record()) {
            hot.written.remove(&row.order.id);
            hot.heads.remove(&row.order.id);
            hot.batteries.remove(&row.order.id);
        }
    }

    pub fn inserts(&self) -> Vec<Inserts<'_>> {
        let [orders, courses] = orders::inserts(&self.orders);
        let all = [
            orders,
            courses,
            orders::detail_inserts(&self.details),
            samples::inserts(&self.samples),
            piles::connector_inserts(&self.connectors),
            piles::inserts(&self.piles),
            commands::inserts(&self.commands),
            links::inserts(&self.links),
            battery_reports::inserts(&self.batteries),
            order_payments::inserts(&self.payments),
            postings::inserts(&self.postings),
            bill_records::inserts(&self.bill_records),
            frames::block_inserts(&self.blocks),
            frames::inserts(&self.frames),
        ];
        all.into_iter().filter(|inserts| !inserts.values.is_empty()).collect()
    }
}

/// The last row of each key, in the order of their first appearance: what one upsert may carry.
pub(crate) fn latest<T, K: std::hash::Hash + Eq>(rows: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    if rows.len() < 2 {
        return rows.iter().collect();
    }
    let mut places = std::collections::HashMap::with_capacity(rows.len());
    let mut kept: Vec<&T> = Vec::with_capacity(rows.len());
    for row in rows {
        match places.entry(key(row)) {
            std::collections::hash_map::Entry::Occupied(place) => kept[*place.get()] = row,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}
