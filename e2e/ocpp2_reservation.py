"""Reservations of a charging station of OCPP 2; scenarios of `ocpp2_client.py`, named as there."""

import asyncio
import uuid
from datetime import datetime, timedelta, timezone

from ocpp2_state import arrives, becomes, on_thread

OTHER = "D14B0A54"


async def reserve(run, answer="Accepted"):
    """As the console does it; the reservation, and what arrived at the station."""
    run.pile.answers["ReserveNow"] = {"status": answer}
    until = datetime.now(timezone.utc) + timedelta(minutes=30)
    body = {"connector_no": 1, "card_tag": run.options.tag, "until_ms": int(until.timestamp() * 1000)}
    making = asyncio.create_task(on_thread(run.api.post, f"/piles/{run.options.pile}/reservations", body))
    asked = await arrives(run, "ReserveNow", 15)
    return await making, asked


async def state(run, number, wanted):
    def one():
        rows = run.api.get("/reservations", pile_code=run.options.pile)["items"]
        return next(row for row in rows if row["id"] == number)

    return await becomes(one, lambda row: row["state"] == wanted, 10)


async def session(run, tag, wh):
    """A session with this card, begun and ended; the answer to its beginning."""
    name, now, token = str(uuid.uuid4()), datetime.now(timezone.utc), {"id_token": tag, "type": "ISO14443"}
    answer = await run.event("Started", name, 0, now, wh, "Authorized", evse={"id": 1, "connector_id": 1}, id_token=token)
    await run.event("Ended", name, 1, datetime.now(timezone.utc), wh, "EVDeparted", {"stopped_reason": "EVDisconnected"})
    return answer.id_token_info["status"]


async def reservation(run):
    checks, base = run.checks, run.options.meter_start + 1_000_000
    await run.status("Available")
    made, asked = await reserve(run)
    checks.equal("TC_H_01 Reserve a specific EVSE - Accepted", (made["state"], asked["evse_id"], asked["id_token"]["id_token"]), ("accepted", 1, run.options.tag))
    checks.equal("TC_H_01 its number", asked["id"], made["id"])
    await run.status("Reserved")
    shown = (await on_thread(run.api.get, f"/piles/{run.options.pile}"))["connectors"][0]
    checks.equal("TC_H_01 the connector is shown reserved", (shown["status"], shown["reservation"]["id"]), ("reserved", made["id"]))
    checks.equal("TC_H_01 another token is refused meanwhile", await session(run, OTHER, base), "NotAtThisTime")
    checks.equal("TC_H_07 Reserve a specific EVSE - the reserved token charges", await session(run, run.options.tag, base), "Accepted")
    one = await state(run, made["id"], "used")
    checks.that("TC_H_07 used up by its order", one["state"] == "used" and one["order_id"], one)
    await run.status("Available")
    for case, word in [("TC_H_08", "Occupied"), ("TC_H_09", "Faulted"), ("TC_H_10", "Unavailable"), ("TC_H_11", "Rejected")]:
        made, _ = await reserve(run, word)
        told = made["state"] == "refused" and made["message"] and word not in made["message"]
        checks.that(f"{case} Reserve an EVSE - {word}, told in words", told, made)
    for case, word, ends in [("TC_H_15", "Expired", "expired"), ("TC_H_16", "Removed", "cancelled")]:
        made, _ = await reserve(run)
        await run.pile.call(run.say.ReservationStatusUpdate(reservation_id=made["id"], reservation_update_status=word))
        checks.equal(f"{case} Reservation Status Update - {word}", (await state(run, made["id"], ends))["state"], ends)
    made, _ = await reserve(run)
    run.pile.answers["CancelReservation"] = {"status": "Accepted"}
    await on_thread(run.api.post, f"/reservations/{made['id']}/cancellation", None)
    asked = await arrives(run, "CancelReservation", 15)
    ended = await state(run, made["id"], "cancelled")
    checks.equal("TC_H_17 Cancel reservation", (asked.get("reservation_id"), ended["state"]), (made["id"], "cancelled"))
