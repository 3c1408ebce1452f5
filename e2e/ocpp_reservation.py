"""Reservations of a charge point of OCPP 1.6 made of the PyPI package `ocpp`, against a running platform; scenarios
named as the Open Charge Alliance names them for a central system."""

import argparse
import asyncio
from datetime import datetime, timedelta, timezone

from ocpp.routing import on
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action

from checks import Api, Checks
from ocpp_client import Pile, connect, introduce, time_text


class Reserving(Pile):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.answer, self.asked = "Accepted", asyncio.Queue()

    @on(Action.reserve_now)
    def reserve_now(self, **payload):
        self.asked.put_nowait(payload)
        return call_result.ReserveNow(self.answer)

    @on(Action.cancel_reservation)
    def cancel_reservation(self, **payload):
        self.asked.put_nowait(payload)
        return call_result.CancelReservation(self.answer)


class Run:
    def __init__(self, options, api, checks, pile):
        self.options, self.api, self.checks, self.pile = options, api, checks, pile

    async def reserve(self, answer="Accepted", minutes=30, tag=None):
        """As the console does it; the reservation, and what arrived at the charge point."""
        self.pile.answer = answer
        until = datetime.now(timezone.utc) + timedelta(minutes=minutes)
        body = {"connector_no": 1, "card_tag": tag or self.options.tag, "until_ms": int(until.timestamp() * 1000)}
        made = await asyncio.to_thread(self.api.post, f"/piles/{self.options.pile}/reservations", body)
        return made, (None if self.pile.asked.empty() else self.pile.asked.get_nowait())

    async def state(self, number, *wanted):
        """The reservation, as soon as it is in one of these states."""
        for _ in range(50):
            rows = (await asyncio.to_thread(self.api.get, "/reservations", pile_code=self.options.pile))["items"]
            one = next(row for row in rows if row["id"] == number)
            if one["state"] in wanted:
                break
            await asyncio.sleep(0.2)
        return one

    async def start(self, tag, wh):
        return await self.pile.call(call.StartTransaction(1, tag, wh, time_text(datetime.now(timezone.utc))))

    async def stop(self, transaction, wh):
        await self.pile.call(call.StopTransaction(wh, time_text(datetime.now(timezone.utc)), transaction, "Local"))
        await self.pile.call(call.StatusNotification(1, "NoError", "Available"))


async def used(run):
    made, asked = await run.reserve()
    run.checks.equal("TC_046 Reservation of a Connector - ReserveNow", (made["state"], asked["connector_id"], asked["id_tag"]), ("accepted", 1, run.options.tag))
    await run.pile.call(call.StatusNotification(1, "NoError", "Reserved"))
    shown = (await asyncio.to_thread(run.api.get, f"/piles/{run.options.pile}"))["connectors"][0]
    run.checks.equal("TC_046 the connector is shown reserved", (shown["status"], shown["reservation"]["id"]), ("reserved", made["id"]))
    refused = await run.start("D14B0A54", 5_000_000)
    run.checks.equal("TC_046 another card is refused meanwhile", refused.id_tag_info["status"], "Blocked")
    await run.stop(refused.transaction_id, 5_000_000)
    answer = await run.start(run.options.tag, 5_000_000)
    run.checks.equal("TC_046 Reservation of a Connector - local start", answer.id_tag_info["status"], "Accepted")
    one = await run.state(made["id"], "used")
    run.checks.that("TC_046 used up by its order", one["state"] == "used" and one["order_id"], one)
    await run.stop(answer.transaction_id, 5_000_010)
    answer = await run.start("D14B0A54", 5_000_010)
    run.checks.equal("TC_046 free again for everybody", answer.id_tag_info["status"], "Accepted")
    await run.stop(answer.transaction_id, 5_000_020)


async def refused(run):
    for case, word in [("TC_048_1", "Faulted"), ("TC_048_2", "Occupied"), ("TC_048_3", "Unavailable"), ("TC_048_4", "Rejected")]:
        made, _ = await run.reserve(word)
        told = made["state"] == "refused" and made["message"] and word not in made["message"]
        run.checks.that(f"{case} Reservation of a Connector - {word}, told in words", told, made)


async def cancelled(run):
    made, _ = await run.reserve()
    await asyncio.to_thread(run.api.post, f"/reservations/{made['id']}/cancellation", None)
    asked = await asyncio.wait_for(run.pile.asked.get(), 10)
    one = await run.state(made["id"], "cancelled")
    run.checks.equal("TC_051 Cancel Reservation", (asked["reservation_id"], one["state"]), (made["id"], "cancelled"))
    made, _ = await run.reserve()
    run.pile.answer = "Rejected"
    await asyncio.to_thread(run.api.post, f"/reservations/{made['id']}/cancellation", None)
    await asyncio.wait_for(run.pile.asked.get(), 10)
    for _ in range(25):
        one = await run.state(made["id"], "cancelled")
        if one["message"]:
            break
        await asyncio.sleep(0.2)
    run.checks.that("TC_052 Cancel Reservation - Rejected, told", one["message"], one)


async def scenario(options, api, checks):
    async with connect(options) as socket:
        pile = Reserving(options.pile, socket)
        listening = asyncio.create_task(pile.start())
        await introduce(pile, checks)
        await pile.call(call.StatusNotification(1, "NoError", "Available"))
        run = Run(options, api, checks, pile)
        for step in (used, refused, cancelled):
            await step(run)
        listening.cancel()
    # One that knows nothing of reservations.
    async with connect(options) as socket:
        pile = Pile(options.pile, socket)
        listening = asyncio.create_task(pile.start())
        pile.answer, pile.asked = "", asyncio.Queue()
        made, _ = await Run(options, api, checks, pile).reserve()
        checks.that("a charge point without reservations: told", made["state"] == "refused" and made["message"], made)
        listening.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True, help="HOST:PORT of the platform")
    parser.add_argument("--pile", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--tag", default="E2E-CARD-1")
    parser.add_argument("--token", required=True, help="bearer token for the API")
    options = parser.parse_args()
    checks = Checks("ocpp-reservation")
    try:
        asyncio.run(scenario(options, Api(f"http://{options.address}", options.token), checks))
    except Exception as error:  # whatever breaks off the run is a failure of it, told with its name
        checks.that("the run", False, f"{type(error).__name__}: {error}")
    checks.close()


if __name__ == "__main__":
    main()
