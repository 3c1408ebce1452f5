//! 并充 begun by a person: an order for each connector, one merge number, one command.

use super::start;
use crate::device::Context;
use crate::device::tariff::Delivery;
use model::access::Caller;
use model::device::DeviceCommand;
use model::id::{ConnectorNo, OrderId};
use model::merge::{MergeNo, MergeRole, MergedPart};
use model::site::Protocol;
use model::{Error, Result};
use store::{HotPile, Tx, order_merges};

/// As many as one car has ever been seen to use.
const PARTS_MAX: usize = 4;

/// The first connector is the main one.
pub(super) fn merged_start(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &mut HotPile,
    caller: &Caller,
    connectors: &[ConnectorNo],
) -> Result<(Delivery, Option<OrderId>)> {
    if hot.pile.protocol != Protocol::Ykc16 {
        return Err(Error::refused(
            "pile.no_merge",
            "只有云快充 1.6 的充电桩支持多枪并充",
            "Only piles of 云快充 1.6 can charge one car by several connectors.",
        ));
    }
    let mut distinct = connectors.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if !(2..=PARTS_MAX).contains(&connectors.len()) || distinct.len() != connectors.len() {
        return Err(Error::invalid(
            "connector_nos",
            format!("并充需要选择 2 到 {PARTS_MAX} 把不同的枪，第一把为主枪"),
            format!("A merge takes 2 to {PARTS_MAX} different connectors; the first one is the main one."),
        ));
    }
    let local = tx.station(hot.pile.station)?.zone.local(context.now);
    let digits =
        format!("{:06}{:02}{:02}{:02}", local.day % 1_000_000, local.hour, local.minute, local.second);
    let merge = MergeNo::parse(&digits).ok_or_else(Error::internal)?;
    let (mut parts, mut first) = (Vec::new(), None);
    let mut most = model::money::Fen(0);
    for (n, connector) in connectors.iter().enumerate() {
        let (delivery, order) = start(context, tx, hot, caller, *connector)?;
        let (Delivery::Now(DeviceCommand::Start { session: Some(session), balance, .. }), Some(order)) =
            (delivery, order)
        else {
            return Err(Error::internal());
        };
        let role = if n == 0 { MergeRole::Main } else { MergeRole::Auxiliary };
        order_merges::insert(tx, (order, hot.pile.id), merge, role, context.now)?;
        parts.push(MergedPart { connector: *connector, session });
        (first, most) = (first.or(Some(order)), balance);
    }
    Ok((Delivery::Now(DeviceCommand::MergedStart { merge, parts, balance: most }), first))
}
