//! A pile goes to another station, or out of use: only when nothing is under way with it.

use super::taken;
use crate::audit::Actor;
use model::order::Order;
use model::site::Pile;
use model::time::Zone;
use model::{Error, Result, Text};
use store::{Tx, pile_ties};

/// So many orders are named.
const NAMED: usize = 3;

/// What the pile is to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// 转站
    Station,
    /// 报废
    Use,
}

/// Names everything that stands in the way, each with its way out.
pub(super) fn must_be_free(tx: &mut Tx<'_>, pile: &Pile, leaving: Leaving) -> Result<()> {
    let (id, zone) = (pile.id, Zone::shanghai());
    let open: Vec<(String, bool)> = tx.with_pile(id, |_, hot| {
        let waiting = hot.open.iter().filter(|open| open.order.state.awaits_record());
        let number = |order: &Order| Order::number(order.id, zone.local(order.created_at).day);
        Ok(waiting.map(|open| (number(&open.order), open.order.state.is_open())).collect())
    })?;
    let ties = tx.read(|conn| pile_ties::find(conn, id))?;
    let mut reasons = Vec::new();
    let named = |running: bool| {
        let all: Vec<&str> =
            open.iter().filter(|(_, open)| *open == running).map(|(no, _)| no.as_str()).collect();
        (all.len(), all.iter().take(NAMED).copied().collect::<Vec<_>>().join("、"))
    };
    let (running, numbers) = named(true);
    if running > 0 {
        reasons.push(Text::new(
            format!("有 {running} 张进行中的订单（{numbers}）：请先停用，待充电结束"),
            format!("{running} running orders ({numbers}): disable the pile and wait for them to end"),
        ));
    }
    let (unsettled, numbers) = named(false);
    if unsettled > 0 {
        reasons.push(Text::new(
            format!("有 {unsettled} 张待结算的订单（{numbers}）：请等桩补传账单，或到时转为异常后结算"),
            format!("{unsettled} orders that wait for the pile's record ({numbers}): wait for it, or settle them by hand once they are held"),
        ));
    }
    for (number, zh, en) in [
        (ties.reservations, "个生效的预约：请先取消", "reservations: cancel them first"),
        (
            ties.deliveries,
            "份计费模型正在下发：请等桩确认，或待其离线",
            "tariffs on their way: wait for the pile to confirm them, or for it to be off line",
        ),
        (
            ties.transfers,
            "个固件或日志传输未结束：请等待完成",
            "transfers of firmware or logs: wait for them",
        ),
    ] {
        if number > 0 {
            reasons.push(Text::new(format!("有 {number} {zh}"), format!("{number} {en}")));
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let joined = |english: bool, between: &str| {
        let all = reasons.iter().map(|text| if english { text.en.as_ref() } else { text.zh.as_ref() });
        all.collect::<Vec<_>>().join(between)
    };
    let (what, what_en) = match leaving {
        Leaving::Station => ("转站", "moved to another station"),
        Leaving::Use => ("报废", "retired"),
    };
    let (code, field) = match (open.is_empty(), leaving) {
        (false, _) => ("pile.charging", leaving.field()),
        (true, _) => ("pile.busy", leaving.field()),
    };
    Err(Error::conflict(
        code,
        format!("充电桩 {} 暂不能{what}：{}", pile.code, joined(false, "；")),
        format!("Pile {} cannot be {what_en} yet. {}.", pile.code, joined(true, "; ")),
    )
    .on_field(field))
}

impl Leaving {
    fn field(self) -> &'static str {
        match self {
            Leaving::Station => "station_id",
            Leaving::Use => "lifecycle",
        }
    }
}

/// The code is that of another pile; of one that is out of use it is said why it stays so.
pub(super) fn code_taken(tx: &mut Tx<'_>, actor: &Actor, other: &Pile) -> Result<Error> {
    let station = tx.station(other.station)?;
    let id = other.id;
    let retired = tx.read(|conn| pile_ties::retired(conn, id))?.filter(|_| actor.sees_station(&station));
    let Some(retired) = retired else {
        let (zh, en) = (format!("电桩编号 {}", other.code), format!("The pile code {}", other.code));
        return Ok(taken("code", "pile.exists", &zh, &en));
    };
    Ok(Error::conflict(
        "pile.exists",
        format!(
            "编号 {} 属于已报废的充电桩“{}”（{}）。历史订单、交易流水号和账单都带有这个编号，所以报废后不释放。同一台设备请在充电桩列表筛选“报废”后重新启用；新设备请使用新编号",
            other.code, retired.name, retired.station_name
        ),
        format!(
            "The code {} is that of {:?} ({}), which was retired. Its orders, their session keys and bills carry it, and so it stays taken. Put that pile into use again if it is the same device; give a new device a new code.",
            other.code, retired.name, retired.station_name
        ),
    )
    .on_field("code"))
}
