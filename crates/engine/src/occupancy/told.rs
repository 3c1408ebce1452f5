//! What the driver of a car that stays plugged in is told, and when: each once for an order, whatever the pile repeats and
//! however often the server starts. Who sends it to a phone is another system, which is told with the text that was written
//! for it.

use model::Result;
use model::channel::WebhookEvent;
use model::content::Audience;
use model::message::message_text;
use model::money::Fen;
use model::occupancy::{OCCUPANCY_WARN_MS, OccupancyStage};
use model::order::Order;
use model::time::{MINUTE_MS, Timestamp, Zone};
use serde_json::{Value, json};
use store::occupancies::{self, Occupancy};
use store::{HotPile, Tx, content_messages, occupancy_told};

/// What costs something by now, as far as the pile has shown it.
fn counted_ms(one: &Occupancy, zone: &Zone, now: Timestamp) -> i64 {
    let running = one.stretch.map_or(0, |from| one.rule.counted_ms(zone, one.began, (from, now)));
    one.counted_ms + running
}

/// What its driver is to be told now. While the link is down nobody knows whether the plug is in.
pub(super) fn stage(one: &Occupancy, zone: &Zone, now: Timestamp) -> Option<OccupancyStage> {
    one.stretch?;
    let left_ms = one.rule.free_until(one.began).since(now);
    if one.told.free.is_none() && left_ms > 0 {
        return Some(OccupancyStage::Free);
    }
    if one.warned_at.is_none() && left_ms <= OCCUPANCY_WARN_MS {
        return Some(OccupancyStage::Soon);
    }
    if left_ms > 0 || (one.told.fee.is_some() && one.told.cap.is_some()) {
        return None;
    }
    let counted = counted_ms(one, zone, now);
    if one.told.fee.is_none() {
        return (counted > 0).then_some(OccupancyStage::Fee);
    }
    (one.rule.fee(counted).0 >= one.rule.cap_fen).then_some(OccupancyStage::Cap)
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// `11-23 14:35`
fn clock(zone: &Zone, at: Timestamp) -> String {
    let local = zone.local(at);
    format!("{:02}-{:02} {:02}:{:02}", local.day / 100 % 100, local.day % 100, local.hour, local.minute)
}

/// What an occupation comes to at a moment.
struct Stay<'a> {
    one: &'a Occupancy,
    zone: &'a Zone,
    now: Timestamp,
    fee: Fen,
}

impl Stay<'_> {
    fn values(&self, station: String, pile: &str, number: &str) -> [(&'static str, String); 10] {
        let rule = &self.one.rule;
        let stayed = self.now.since(self.one.began).max(0) / MINUTE_MS;
        [
            ("station_name", station),
            ("connector", format!("{pile} {} 号枪", self.one.connector)),
            ("order_no", number.to_owned()),
            ("time", clock(self.zone, self.now)),
            ("free_minutes", rule.free_minutes.to_string()),
            ("free_until", clock(self.zone, rule.free_until(self.one.began))),
            ("occupied_minutes", stayed.to_string()),
            ("fee_yuan_per_minute", yuan(rule.fen_per_minute)),
            ("fee_yuan", yuan(self.fee.0)),
            ("cap_yuan", yuan(rule.cap_fen)),
        ]
    }
}

/// Writes down that it is told, and puts it into the outbox, in one commit.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    hot: &HotPile,
    one: &mut Occupancy,
    stage: OccupancyStage,
    now: Timestamp,
) -> Result<()> {
    one.told.note(stage, now);
    if stage == OccupancyStage::Soon {
        one.warned_at = Some(now);
        occupancies::save(tx, one)?;
    }
    occupancy_told::save(tx, one.order, &one.told)?;
    occupancies::changed(tx, one);
    let station = tx.station(one.station)?;
    let counted = counted_ms(one, &station.zone, now);
    let stay = Stay { one, zone: &station.zone, now, fee: one.rule.fee(counted) };
    let event: WebhookEvent = stage.event();
    tx.deliver(event, Some(one.operator), now, |tx| {
        let order = tx.read(|conn| store::orders::get(conn, one.order))?;
        let day = Zone::shanghai().local(order.as_ref().map_or(now, |order| order.created_at)).day;
        let number = Order::number(one.order, day);
        let customer = order.and_then(|order| order.customer);
        let message = match customer {
            Some(_) => message(tx, &stay, (stage, &station.city), (&hot.pile.name, &number))?,
            None => None,
        };
        let body = json!({"order_no": number, "operator_id": one.operator.0, "station_id": one.station.0,
            "pile_code": hot.pile.code, "connector_no": one.connector, "began_at_ms": one.began.as_ms(),
            "free_until_ms": one.rule.free_until(one.began).as_ms(), "free_minutes": one.rule.free_minutes,
            "fen_per_minute": one.rule.fen_per_minute, "cap_fen": one.rule.cap_fen,
            "counted_minutes": counted / MINUTE_MS, "fee_fen": stay.fee.0, "customer_id": customer.map(|id| id.0),
            "message": message});
        Ok((number, body.to_string()))
    })
}

/// The text that was written for this stage, with what it comes to; none: nobody has published one.
fn message(
    tx: &mut Tx<'_>,
    stay: &Stay<'_>,
    (stage, city): (OccupancyStage, &str),
    (pile, number): (&str, &str),
) -> Result<Option<Value>> {
    let (one, event) = (stay.one, stage.message());
    let (order, station, operator) = (one.order, one.station, one.operator);
    let payment = tx.read(|conn| store::order_payments::get(conn, order))?;
    // Whose fleet pays reads the messages for its drivers.
    let of_fleet = payment.is_some_and(|payment| payment.fleet.is_some());
    let audience = if of_fleet { Audience::Driver } else { Audience::Customer };
    let found = tx.read(|conn| {
        let text = content_messages::message_published(conn, (event, audience), (operator, city), stay.now)?;
        Ok((text, store::stations::fields(conn, station)?))
    })?;
    let (Some((title, body)), fields) = found else { return Ok(None) };
    let values = stay.values(fields.map(|fields| fields.name).unwrap_or_default(), pile, number);
    // A text of before a variable was taken away is worse than none.
    let text = |text: &str| message_text(event, text, &values).ok();
    Ok(text(&title).zip(text(&body)).map(|(title, body)| json!({"title": title, "body": body})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::{OperatorId, OrderId, PileId, StationId};
    use model::occupancy::{OccupancyRule, OccupancyState};
    use store::occupancy_told::OccupancyTold;

    const BEGAN: Timestamp = Timestamp::from_ms(1_795_406_400_000);

    fn stayed(free_minutes: i64) -> Occupancy {
        let rule = OccupancyRule {
            free_minutes,
            fen_per_minute: 50,
            cap_fen: 120,
            from_minute: 0,
            to_minute: 1_440,
        };
        Occupancy {
            order: OrderId(1),
            pile: PileId(1),
            station: StationId(1),
            operator: OperatorId(1),
            connector: 2,
            state: OccupancyState::Running,
            rule,
            began: BEGAN,
            stretch: Some(BEGAN),
            proven: BEGAN,
            counted_ms: 0,
            gap_ms: 0,
            ended_by: None,
            ended_at: None,
            fee_fen: 0,
            warned_at: None,
            told: OccupancyTold::default(),
            waived_reason: None,
            changed_at: BEGAN,
        }
    }

    /// Free minutes, seconds since it began → all that is told by then, looked at each second.
    #[test]
    fn each_stage_is_told_once_at_its_time() {
        use OccupancyStage::{Cap, Fee, Free, Soon};
        for (free, seconds, told) in [
            (15, 0, vec![(0, Free)]),
            (15, 599, vec![(0, Free)]),
            (15, 600, vec![(0, Free), (600, Soon)]),
            (15, 900, vec![(0, Free), (600, Soon)]),
            (15, 901, vec![(0, Free), (600, Soon), (901, Fee)]),
            (15, 1_079, vec![(0, Free), (600, Soon), (901, Fee)]),
            (15, 90_000, vec![(0, Free), (600, Soon), (901, Fee), (1_080, Cap)]),
            (3, 1, vec![(0, Free), (1, Soon)]),
            (0, 90_000, vec![(0, Soon), (1, Fee), (180, Cap)]),
        ] {
            let (mut one, mut found) = (stayed(free), Vec::new());
            for second in 0..=seconds.min(2_000) {
                let now = BEGAN.plus_ms(second * 1_000);
                if let Some(stage) = stage(&one, &Zone::shanghai(), now) {
                    one.told.note(stage, now);
                    one.warned_at = one.told.soon;
                    found.push((second, stage));
                }
            }
            assert_eq!(found, told, "{free} {seconds}");
        }
    }

    #[test]
    fn what_lies_outside_the_hours_is_no_fee() {
        let mut one = stayed(0);
        // 12:00 in China; it costs something from 13:00 on.
        (one.rule.from_minute, one.rule.to_minute) = (780, 1_440);
        one.warned_at = Some(BEGAN);
        let zone = Zone::shanghai();
        assert_eq!(stage(&one, &zone, BEGAN.plus_ms(3_600_000)), None);
        assert_eq!(stage(&one, &zone, BEGAN.plus_ms(3_601_000)), Some(OccupancyStage::Fee));
    }

    #[test]
    fn a_message_can_tell_all_that_its_template_may_name() {
        let (one, zone) = (stayed(15), Zone::shanghai());
        let stay = Stay { one: &one, zone: &zone, now: BEGAN.plus_ms(1_000_000), fee: Fen(50) };
        let values = stay.values("站".to_owned(), "桩", "1");
        for stage in OccupancyStage::ALL {
            let names: Vec<_> = stage.message().variables().iter().map(|variable| variable.name).collect();
            assert_eq!(names, values.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{stage:?}");
        }
        assert_eq!((values[3].1.as_str(), values[5].1.as_str()), ("11-23 12:16", "11-23 12:15"));
        assert_eq!((values[1].1.as_str(), values[8].1.as_str()), ("桩 2 号枪", "0.50"));
    }
}
