"""A pile made of the PyPI package `ocpp`, an implementation of OCPP 1.6J that is not ours, against a
running platform.

    session  boot, status, authorize, start, meter values, stop; the order and its bill are checked
    remote   the same, started and stopped by the platform
    bad      messages that break the rules, each with the CALLERROR code that it must get
"""

import argparse
import asyncio
import base64
import json
from datetime import datetime, timedelta, timezone

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action, RemoteStartStopStatus

import bill
from checks import Api, Checks


def time_text(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def connect(options, pile=None, password=None, subprotocols=("ocpp1.6",)):
    login = f"{pile or options.pile}:{options.password if password is None else password}"
    headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
    url = f"ws://{options.address}/ocpp/{pile or options.pile}"
    return websockets.connect(url, subprotocols=list(subprotocols), additional_headers=headers, max_size=None, open_timeout=10)


class Pile(ChargePoint):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.start_asked = asyncio.get_running_loop().create_future()
        self.stop_asked = asyncio.get_running_loop().create_future()

    @on(Action.remote_start_transaction)
    def remote_start(self, id_tag, connector_id=None, **_):
        if not self.start_asked.done():
            self.start_asked.set_result((id_tag, connector_id))
        return call_result.RemoteStartTransaction(RemoteStartStopStatus.accepted)

    @on(Action.remote_stop_transaction)
    def remote_stop(self, transaction_id, **_):
        if not self.stop_asked.done():
            self.stop_asked.set_result(transaction_id)
        return call_result.RemoteStopTransaction(RemoteStartStopStatus.accepted)

    @on(Action.change_configuration)
    def change_configuration(self, **_):
        return call_result.ChangeConfiguration("Accepted")

    @on(Action.get_configuration)
    def get_configuration(self, **_):
        return call_result.GetConfiguration([], [])

    @on(Action.trigger_message)
    def trigger_message(self, **_):
        return call_result.TriggerMessage("Rejected")


async def introduce(pile, checks):
    answer = await pile.call(call.BootNotification("E2E-16J", "independent", charge_point_serial_number="E2E-1", firmware_version="1.0"))
    checks.equal("TC_001_CSMS Cold Boot Charge Point", answer.status, "Accepted")
    checks.that("interval", answer.interval > 0, answer.interval)
    skew = abs((datetime.fromisoformat(answer.current_time.replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds())
    checks.that("currentTime", skew < 5, f"{skew} s off")
    await pile.call(call.StatusNotification(0, "NoError", "Available"))
    await pile.call(call.StatusNotification(1, "NoError", "Available"))
    await pile.call(call.StatusNotification(1, "NoError", "Preparing"))


async def meter_values(pile, transaction, at, wh, watts, soc):
    def value(measurand, value, unit, **more):
        return {"value": str(value), "measurand": measurand, "unit": unit, **more}

    sampled = [
        value("Energy.Active.Import.Register", wh, "Wh"),
        value("Power.Active.Import", watts, "W"),
        value("Voltage", 398.4, "V"),
        value("Current.Import", round(watts / 398.4, 1), "A"),
        value("SoC", soc, "Percent"),
    ]
    await pile.call(call.MeterValues(1, [{"timestamp": time_text(at), "sampled_value": sampled}], transaction))


async def until(at):
    await asyncio.sleep(max(0, (at - datetime.now(timezone.utc)).total_seconds()))


async def charge(pile, options, checks, tag, plan, reason, before_stop=None):
    """Charges along `plan`, rows of (moment, Wh since the start), and gives the transaction."""
    base = options.meter_start
    answer = await pile.call(call.StartTransaction(1, tag, base + plan[0][1], time_text(plan[0][0])))
    transaction = answer.transaction_id
    checks.equal("TC_003_CSMS Regular Charging Session, Plugin First: StartTransaction", answer.id_tag_info["status"], "Accepted")
    checks.that("transaction id", transaction > 0, transaction)
    await pile.call(call.StatusNotification(1, "NoError", "Charging"))
    for (from_at, from_wh), (at, wh) in zip(plan, plan[1:-1]):
        hours = (at - from_at).total_seconds() / 3600
        await until(at)
        await meter_values(pile, transaction, at, base + wh, round((wh - from_wh) / hours), 50)
    if before_stop:
        await before_stop(transaction)
    await until(plan[-1][0])
    stop = call.StopTransaction(base + plan[-1][1], time_text(plan[-1][0]), transaction, reason, tag)
    await pile.call(stop)
    # The answer was lost, says the pile, and repeats the message: it must change nothing.
    await pile.call(stop)
    await pile.call(call.StatusNotification(1, "NoError", "Finishing"))
    await pile.call(call.StatusNotification(1, "NoError", "Available"))
    return transaction


def check_order(api, checks, options, transaction, plan):
    expected = bill.bill([(int(at.timestamp() * 1000), wh * 10) for at, wh in plan], options.rates, options.periods)
    order = api.order_when(transaction, lambda order: order["state"] in ("completed", "abnormal"))
    if not checks.that("the order exists", order is not None, f"session {transaction}"):
        return
    checks.equal("one order a session", len(api.orders(transaction)), 1)
    checks.equal("pile", order["pile_code"], options.pile)
    checks.equal("state", (order["state"], order["abnormalities"]), ("completed", []))
    checks.equal("energy_dwh", order["energy_dwh"], expected["energy_dwh"])
    checks.equal("total_fen", order["total_fen"], expected["total_fen"])
    checks.equal("the fees add up", order["electricity_fen"] + order["service_fen"], order["total_fen"])
    checks.equal("segments", [(s["period"], s["energy_dwh"]) for s in order["segments"]], expected["segments"])
    checks.that("curve", len(order["curve"]) >= 3, order["curve"])
    print(json.dumps({"transaction": transaction, "energy_dwh": order["energy_dwh"], "total_fen": order["total_fen"]}))


async def session(options, api, checks):
    async with connect(options) as socket:
        checks.equal("sub-protocol", socket.subprotocol, "ocpp1.6")
        pile = Pile(options.pile, socket)
        listening = asyncio.create_task(pile.start())
        await introduce(pile, checks)
        answer = await pile.call(call.Authorize(options.tag))
        checks.equal("TC_004_1_CSMS Regular Charging Session, Identification First: Authorize", answer.id_tag_info["status"], "Accepted")
        answer = await pile.call(call.Authorize("NOBODY-KNOWS-ME"))
        checks.equal("TC_023_CSMS Start Charging Session, Authorize Invalid", answer.id_tag_info["status"], "Invalid")
        await pile.call(call.Heartbeat())

        # An hour and a half until now, so that half hours are crossed; a pile that was offline tells it later.
        end = datetime.now(timezone.utc).replace(microsecond=0)
        steps = [(90, 0), (70, 7_300), (45, 16_450), (20, 25_611), (5, 29_999), (0, 30_303)]
        plan = [(end - timedelta(minutes=minutes), wh) for minutes, wh in steps]
        transaction = await charge(pile, options, checks, options.tag, plan, "EVDisconnected")
        await asyncio.to_thread(check_order, api, checks, options, transaction, plan)
        listening.cancel()


async def remote(options, api, checks):
    async with connect(options) as socket:
        pile = Pile(options.pile, socket)
        listening = asyncio.create_task(pile.start())
        await introduce(pile, checks)
        asked = asyncio.create_task(
            asyncio.to_thread(api.post, f"/piles/{options.pile}/commands", {"kind": "start", "connector_no": 1}, wait_ms=20_000)
        )
        tag, connector = await asyncio.wait_for(pile.start_asked, 20)
        checks.that("idTag", 0 < len(tag) <= 20, tag)
        checks.that("connectorId", connector in (None, 1), connector)
        checks.equal("TC_010_CSMS Remote Start Charging Session: the command", (await asked)["state"], "accepted")

        begin = datetime.now(timezone.utc)
        plan = [(begin + timedelta(seconds=second), 10 * second) for second in range(5)]

        async def stop_by_operator(transaction):
            order = await asyncio.to_thread(api.order_when, transaction, lambda order: order["state"] == "charging")
            checks.equal("state while charging", order["state"], "charging")
            command = await asyncio.to_thread(api.post, f"/orders/{order['id']}/stop", {}, wait_ms=20_000)
            checks.equal("the stop command", command["state"], "accepted")
            checks.equal("TC_012_CSMS Remote Stop Charging Session", await asyncio.wait_for(pile.stop_asked, 20), transaction)

        transaction = await charge(pile, options, checks, tag, plan, "Remote", stop_by_operator)
        await asyncio.to_thread(check_order, api, checks, options, transaction, plan)
        listening.cancel()


LONG = "x" * 21
NOW = "2026-07-15T02:30:00Z"
# Message, its CALLERROR code. Ids are filled in.
BAD_CALLS = [
    ("unknown action", "Nonsense", "{}", "NotImplemented"),
    ("an action in the wrong case", "heartbeat", "{}", "NotImplemented"),
    ("an action that is the platform's", "RemoteStartTransaction", '{"idTag":"A"}', "NotSupported"),
    ("payload is a list", "Heartbeat", "[]", "FormationViolation"),
    ("payload is a string", "Heartbeat", '"x"', "FormationViolation"),
    ("unknown field", "Heartbeat", '{"x":1}', "FormationViolation"),
    ("a field twice", "Authorize", '{"idTag":"A","idTag":"B"}', "FormationViolation"),
    ("missing field", "Authorize", "{}", "OccurenceConstraintViolation"),
    ("one of two missing", "BootNotification", '{"chargePointModel":"m"}', "OccurenceConstraintViolation"),
    ("empty list", "MeterValues", '{"connectorId":1,"meterValue":[]}', "OccurenceConstraintViolation"),
    ("null", "Authorize", '{"idTag":null}', "TypeConstraintViolation"),
    ("number for text", "Authorize", '{"idTag":7}', "TypeConstraintViolation"),
    ("text for number", "StartTransaction", f'{{"connectorId":"1","idTag":"A","meterStart":0,"timestamp":"{NOW}"}}', "TypeConstraintViolation"),
    ("object for text", "Authorize", '{"idTag":{}}', "TypeConstraintViolation"),
    ("fraction for number", "StartTransaction", f'{{"connectorId":1.5,"idTag":"A","meterStart":0,"timestamp":"{NOW}"}}', "TypeConstraintViolation"),
    ("text too long", "Authorize", f'{{"idTag":"{LONG}"}}', "PropertyConstraintViolation"),
    ("not in the list", "StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Lost"}', "PropertyConstraintViolation"),
    ("not a time", "StartTransaction", '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"yesterday"}', "PropertyConstraintViolation"),
    ("beyond 64 bit", "StartTransaction", f'{{"connectorId":1,"idTag":"A","meterStart":99999999999999999999,"timestamp":"{NOW}"}}', "PropertyConstraintViolation"),
]
# No id to answer to: any answer or none, but the link and the platform live on.
NOT_EVEN_CALLS = ["", "x", "{}", "[]", "[2]", '[2,"a"]', '[9,"a","Heartbeat",{}]', '[3,"never asked",{}]', '[4,"never asked","GenericError","",{}]',
                  "[2,7,\"Heartbeat\",{}]", '[2,"a","Heartbeat",{}', "[" * 10_000, '[2,"\\ud800","Heartbeat",{}]', "null", "1e400"]


async def bad(options, _api, checks):
    for what, pile, password in [
        ("wrong password", options.pile, "not the password"),
        ("empty password", options.pile, ""),
        ("unknown pile", "NOT-REGISTERED", "x"),
    ]:
        try:
            async with connect(options, pile, password):
                checks.that(what, False, "was let in")
        except websockets.exceptions.InvalidStatus as refusal:
            checks.that(what, refusal.response.status_code in (401, 403, 404), refusal.response.status_code)

    socket = await connect(options)
    number = 0

    async def exchange(text, message_id):
        """Sends, and gives the answer to that id; messages of the platform in between are passed over."""
        await socket.send(text)
        while True:
            answer = json.loads(await asyncio.wait_for(socket.recv(), 5))
            if answer[0] in (3, 4) and answer[1] == message_id:
                return answer

    async def alive(what):
        nonlocal socket, number
        number += 1
        try:
            answer = await exchange(f'[2,"alive-{number}","Heartbeat",{{}}]', f"alive-{number}")
            checks.equal(f"alive after {what}", answer[0], 3)
        except websockets.exceptions.ConnectionClosed:
            # The platform may give up a link that talks nonsense; the next one must work.
            socket = await connect(options)
            answer = await exchange(f'[2,"again-{number}","Heartbeat",{{}}]', f"again-{number}")
            checks.equal(f"a new link after {what}", answer[0], 3)

    boot = await exchange('[2,"boot","BootNotification",{"chargePointModel":"m","chargePointVendor":"v"}]', "boot")
    checks.equal("BootNotification", (boot[0], boot[2].get("status")), (3, "Accepted"))
    for index, (what, action, payload, code) in enumerate(BAD_CALLS):
        message_id = f"bad-{index}"
        try:
            answer = await exchange(f'[2,"{message_id}","{action}",{payload}]', message_id)
            checks.equal(what, answer[2] if answer[0] == 4 else answer, code)
            if answer[0] == 4:
                checks.that(f"{what}: a description", len(answer) == 5 and isinstance(answer[3], str), answer)
        except (asyncio.TimeoutError, websockets.exceptions.ConnectionClosed) as error:
            checks.that(what, False, repr(error))
            socket = await connect(options)
    await alive("bad calls")
    for text in NOT_EVEN_CALLS:
        try:
            await socket.send(text)
        except websockets.exceptions.ConnectionClosed:
            socket = await connect(options)
        await alive(repr(text[:30]))
    await socket.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["session", "remote", "bad"])
    parser.add_argument("--address", required=True, help="HOST:PORT of the platform")
    parser.add_argument("--pile", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--tag", default="E2E-CARD-1")
    parser.add_argument("--token", required=True, help="bearer token for the API")
    parser.add_argument("--meter-start", type=int, default=1_234_567, help="Wh on the meter at the start")
    parser.add_argument("--rates", type=json.loads, default=bill.SAMPLE_RATES, help='{"sharp":[electricity_e5,service_e5],…}')
    parser.add_argument("--hours", default=bill.SAMPLE_HOURS, help="24 letters s p f v")
    options = parser.parse_args()
    options.periods = bill.half_hours(options.hours)
    checks = Checks(f"ocpp-{options.mode}")
    api = Api(f"http://{options.address}", options.token)
    try:
        asyncio.run({"session": session, "remote": remote, "bad": bad}[options.mode](options, api, checks))
    except Exception as error:  # whatever breaks off the run is a failure of it, told with its name
        checks.that("the run", False, f"{type(error).__name__}: {error}")
    checks.close()


if __name__ == "__main__":
    main()
