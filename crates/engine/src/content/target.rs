//! Whose something is and for whom it is: what contents, coupons and driver prices have alike.

use crate::audit::Actor;
use model::access::Area;
use model::content::TargetGroup;
use model::customer::CustomerMark;
use model::discount::DiscountBearer;
use model::id::{FleetId, OperatorId, StationId};
use model::{Error, Result};
use store::{Conn, cities, fleets, operators};

/// Most cities that something names; who means more means all.
const CITIES_MAX: usize = 100;
/// Likewise of stations.
const STATIONS_MAX: usize = 200;

/// Whoever looks after a part of an operator does not speak for all of it, nor an operator's staff for
/// the platform.
pub(crate) fn may_change(actor: &Actor, operator: Option<OperatorId>) -> Result<()> {
    let scope = &actor.caller.scope;
    let own = scope.operator.is_none() || scope.operator == operator;
    if own && scope.area == Area::Everywhere { Ok(()) } else { actor.must_be_platform() }
}

/// An operator bears only what is its own, and its staff spend no money of the platform.
pub(crate) fn bearer_checked(actor: &Actor, bearer: DiscountBearer, of_operator: bool) -> Result<()> {
    if bearer != DiscountBearer::Operator && actor.caller.scope.operator.is_some() {
        return Err(Error::invalid(
            "payer",
            "运营商账号创建的优惠只能由运营商承担；需要平台承担或共担时，请联系平台",
            "What an operator's staff give is borne by the operator; ask the platform where it shall bear some of it.",
        ));
    }
    if bearer != DiscountBearer::Platform && !of_operator {
        return Err(Error::invalid(
            "payer",
            "平台的优惠由平台承担；由运营商承担或共担时请选择运营商",
            "The platform pays for its own offers; choose the operator who bears it or shares it.",
        ));
    }
    Ok(())
}

/// The operator that something of this person's is to belong to.
pub(crate) fn owner(conn: &mut Conn, actor: &Actor, wanted: Option<i64>) -> Result<Option<OperatorId>> {
    let operator = wanted.map(OperatorId).or(actor.caller.scope.operator);
    if let Some(operator) = operator {
        let seen = actor.caller.scope.sees_operator(operator);
        if !seen || !operators::exists(conn, operator)? {
            return Err(Error::invalid(
                "operator_id",
                "没有这个运营商，请从列表中重新选择",
                "There is no such operator; choose one from the list.",
            ));
        }
    }
    may_change(actor, operator)?;
    Ok(operator)
}

/// Open cities, each once.
pub(crate) fn cities_checked(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for code in codes {
        let code = code.trim().to_owned();
        if cities::find(conn, &code)?.is_none() {
            let code: String = code.chars().take(12).collect();
            return Err(Error::invalid(
                "cities",
                format!("城市 {code} 尚未开通，请从已开通的城市中选择"),
                format!("The city {code} is not open; choose from those that are."),
            ));
        }
        if !kept.contains(&code) {
            kept.push(code);
        }
    }
    if kept.len() > CITIES_MAX {
        return Err(Error::invalid(
            "cities",
            format!("最多选择 {CITIES_MAX} 个城市；面向全部城市时请留空"),
            format!("At most {CITIES_MAX} cities; leave it empty for all."),
        ));
    }
    Ok(kept)
}

/// Stations, each once and in order; where something is an operator's, its own.
pub(crate) fn stations_checked(
    conn: &mut Conn,
    ids: Vec<i64>,
    operator: Option<OperatorId>,
) -> Result<Vec<StationId>> {
    let mut stations: Vec<StationId> = ids.into_iter().map(StationId).collect();
    stations.sort_unstable();
    stations.dedup();
    if stations.len() > STATIONS_MAX {
        return Err(Error::invalid(
            "station_ids",
            format!("最多选择 {STATIONS_MAX} 个充电站；面向全部充电站时请留空"),
            format!("At most {STATIONS_MAX} stations; leave it empty for all."),
        ));
    }
    let area = Area::Stations { stations: stations.clone() };
    if stations.is_empty() || store::staff::area_exists(conn, &area, operator)? {
        return Ok(stations);
    }
    Err(Error::invalid(
        "station_ids",
        "有充电站不存在，或不属于所选运营商；请从列表中重新选择",
        "One of these stations is not there, or is not the operator's; choose them from the list.",
    ))
}

/// A fleet is named exactly when the group is one.
pub(crate) fn fleet_checked(
    conn: &mut Conn,
    actor: &Actor,
    group: TargetGroup,
    fleet: Option<i64>,
) -> Result<Option<FleetId>> {
    let wrong = |zh: &'static str, en: &'static str| Err(Error::invalid("fleet_id", zh, en));
    match (group, fleet) {
        (TargetGroup::Fleet, Some(id)) => {
            let id = FleetId(id);
            let seen = store::fleet_list::fleet_get(conn, &actor.caller.scope, id)?.is_some();
            if seen && fleets::get(conn, id)?.is_some() {
                return Ok(Some(id));
            }
            wrong("没有这个车队，请从列表中重新选择", "There is no such fleet; choose one from the list.")
        }
        (TargetGroup::Fleet, None) => wrong("请选择车队", "Choose a fleet."),
        (_, Some(_)) => wrong(
            "只有投放给指定车队时才选择车队，请留空",
            "A fleet is named only where the group is one fleet; leave it empty.",
        ),
        (_, None) => Ok(None),
    }
}

/// A segment is named exactly when the group is one.
pub(crate) fn mark_checked(group: TargetGroup, mark: Option<CustomerMark>) -> Result<Option<CustomerMark>> {
    let wrong = |zh: &'static str, en: &'static str| Err(Error::invalid("mark", zh, en));
    match (group == TargetGroup::Segment, mark) {
        (true, None) => wrong("请选择客户分群", "Choose a segment."),
        (false, Some(_)) => wrong(
            "只有投放给客户分群时才选择分群，请留空",
            "A segment is named only where the group is one; leave it empty.",
        ),
        (_, mark) => Ok(mark),
    }
}

/// Its place among others.
pub(crate) fn rank_checked(rank: Option<i64>) -> Result<i64> {
    let rank = rank.unwrap_or(0);
    if (0..=999).contains(&rank) {
        return Ok(rank);
    }
    Err(Error::invalid(
        "rank",
        "排序应为 0 到 999 的整数，数字大的在前",
        "The rank is a whole number from 0 to 999; the highest stands in front.",
    ))
}

/// Text of several lines that may be empty.
pub(crate) fn written(field: &'static str, text: &str, most: usize) -> Result<String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    crate::feedback::plain(field, text, most)
}

pub(crate) fn changed_meanwhile() -> Error {
    Error::conflict(
        "content.version_differs",
        "内容刚被他人修改过，已读取最新内容，请核对后再操作；您填写的内容仍在",
        "Somebody has changed this meanwhile. Look at it as it is now, then try again.",
    )
}
