"""A charging station made of the PyPI package `ocpp`, an implementation of OCPP 2.0.1 and 2.1 that is not
ours, against a running platform. The scenarios bear the names of the Open Charge Alliance's test cases for
a CSMS, as far as we know them; every message in either direction is checked by the package's own schemas.
"""

import argparse
import asyncio
import importlib
import json
import uuid
from datetime import datetime, timedelta, timezone

import websockets
from ocpp.routing import on

import bill
from checks import Api, Checks
from ocpp2_display import customers, displays, vendors
from ocpp2_monitor import monitors
from ocpp2_reservation import reservation
from ocpp2_state import firmware, local_list
from ocpp2_tariff import tariffs
from ocpp_client import connect, time_text

# What the station is asked by the platform: test case, command, the action that must arrive, what its payload
# must hold, the station's answer, the state of the command.
COMMANDS = [
    ("TC_B_06 Get Variables - single value", {"kind": "configuration_get", "keys": ["OCPPCommCtrlr.HeartbeatInterval"]}, "GetVariables",
     {"get_variable_data": [{"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]},
     {"get_variable_result": [{"attribute_status": "Accepted", "attribute_value": "300", "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]}, "accepted"),
    ("TC_B_08 Get Variables - unknown component", {"kind": "configuration_get", "keys": ["Nothing.HeartbeatInterval"]}, "GetVariables", {},
     {"get_variable_result": [{"attribute_status": "UnknownComponent", "component": {"name": "Nothing"}, "variable": {"name": "HeartbeatInterval"}}]}, "refused"),
    ("TC_B_09 Set Variables - single value", {"kind": "configuration_set", "key": "OCPPCommCtrlr.HeartbeatInterval", "value": "60"}, "SetVariables",
     {"set_variable_data": [{"attribute_value": "60", "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]},
     {"set_variable_result": [{"attribute_status": "Accepted", "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]}, "accepted"),
    ("TC_B_11 Set Variables - rejected", {"kind": "configuration_set", "key": "OCPPCommCtrlr.HeartbeatInterval", "value": "x"}, "SetVariables", {},
     {"set_variable_result": [{"attribute_status": "Rejected", "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}]}, "refused"),
    ("TC_B_12 Get Base Report - FullInventory", {"kind": "configuration_get", "keys": []}, "GetBaseReport", {"report_base": "FullInventory"}, {"status": "Accepted"}, "accepted"),
    ("TC_B_20 Reset Charging Station - OnIdle", {"kind": "reset", "hard": False}, "Reset", {"type": "OnIdle"}, {"status": "Scheduled"}, "accepted"),
    ("TC_B_22 Reset Charging Station - Immediate", {"kind": "reset", "hard": True}, "Reset", {"type": "Immediate"}, {"status": "Rejected"}, "refused"),
    ("TC_C_37 Clear Authorization Cache - Accepted", {"kind": "cache_clear"}, "ClearCache", {}, {"status": "Accepted"}, "accepted"),
    ("TC_C_38 Clear Authorization Cache - Rejected", {"kind": "cache_clear"}, "ClearCache", {}, {"status": "Rejected"}, "refused"),
    ("TC_D_01 Send Local Authorization List - Full", {"kind": "call", "action": "SendLocalList", "payload": '{"versionNumber":1,"updateType":"Full"}'}, "SendLocalList", {"version_number": 1}, {"status": "Accepted"}, "accepted"),
    ("TC_D_08 Get Local List Version", {"kind": "call", "action": "GetLocalListVersion", "payload": "{}"}, "GetLocalListVersion", {}, {"version_number": 1}, "accepted"),
    ("TC_E_29 Check Transaction Status", {"kind": "call", "action": "GetTransactionStatus", "payload": '{"transactionId":"x"}'}, "GetTransactionStatus", {"transaction_id": "x"}, {"messages_in_queue": False}, "accepted"),
    ("TC_F_06 Remote unlock connector - Accepted", {"kind": "unlock", "connector_no": 1}, "UnlockConnector", {"evse_id": 1, "connector_id": 1}, {"status": "Unlocked"}, "accepted"),
    ("TC_F_07 Remote unlock connector - ongoing transaction", {"kind": "unlock", "connector_no": 1}, "UnlockConnector", {}, {"status": "OngoingAuthorizedTransaction"}, "refused"),
    ("TC_F_11 Trigger Message - MeterValues", {"kind": "trigger", "message": "MeterValues", "connector_no": 1}, "TriggerMessage", {"requested_message": "MeterValues", "evse": {"id": 1}}, {"status": "Accepted"}, "accepted"),
    ("TC_F_23 Trigger Message - StatusNotification", {"kind": "trigger", "message": "StatusNotification", "connector_no": 1}, "TriggerMessage", {"evse": {"id": 1, "connector_id": 1}}, {"status": "Accepted"}, "accepted"),
    ("TC_F_27 Trigger Message - NotImplemented", {"kind": "trigger", "message": "Heartbeat", "connector_no": None}, "TriggerMessage", {}, {"status": "NotImplemented"}, "refused"),
    ("TC_G_03 Change Availability EVSE - Inoperative", {"kind": "availability", "connector_no": 1, "operative": False}, "ChangeAvailability", {"operational_status": "Inoperative", "evse": {"id": 1}}, {"status": "Accepted"}, "accepted"),
    ("TC_G_05 Change Availability Charging Station - Operative", {"kind": "availability", "connector_no": 0, "operative": True}, "ChangeAvailability", {"operational_status": "Operative"}, {"status": "Scheduled"}, "accepted"),
    ("TC_H_01 Reserve a specific EVSE - Accepted", {"kind": "call", "action": "ReserveNow", "payload": '{"id":1,"expiryDateTime":"2030-01-01T00:00:00Z","evseId":1,"idToken":{"idToken":"A","type":"Central"}}'}, "ReserveNow", {"evse_id": 1}, {"status": "Accepted"}, "accepted"),
    ("TC_H_08 Reserve an EVSE - Occupied", {"kind": "call", "action": "ReserveNow", "payload": '{"id":1,"expiryDateTime":"2030-01-01T00:00:00Z","idToken":{"idToken":"A","type":"Central"}}'}, "ReserveNow", {}, {"status": "Occupied"}, "refused"),
    ("TC_H_17 Cancel reservation", {"kind": "call", "action": "CancelReservation", "payload": '{"reservationId":1}'}, "CancelReservation", {"reservation_id": 1}, {"status": "Accepted"}, "accepted"),
    ("TC_I_01 Cost Updated", {"kind": "call", "action": "CostUpdated", "payload": '{"totalCost":1.25,"transactionId":"x"}'}, "CostUpdated", {"total_cost": 1.25}, {}, "accepted"),
    ("TC_K_01 Set Charging Profile - TxDefaultProfile", {"kind": "call", "action": "SetChargingProfile", "payload": '{"evseId":1,"chargingProfile":{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":7000}]}]}}'}, "SetChargingProfile", {"evse_id": 1}, {"status": "Accepted"}, "accepted"),
    ("TC_K_43 Get Composite Schedule", {"kind": "call", "action": "GetCompositeSchedule", "payload": '{"duration":300,"evseId":1}'}, "GetCompositeSchedule", {"duration": 300}, {"status": "Rejected"}, "refused"),
    ("TC_L_01 Update Firmware", {"kind": "call", "action": "UpdateFirmware", "payload": '{"requestId":1,"firmware":{"location":"https://example.com/f","retrieveDateTime":"2030-01-01T00:00:00Z"}}'}, "UpdateFirmware", {"request_id": 1}, {"status": "Accepted"}, "accepted"),
    ("TC_M_12 Retrieve installed certificates", {"kind": "call", "action": "GetInstalledCertificateIds", "payload": "{}"}, "GetInstalledCertificateIds", {}, {"status": "NotFound"}, "refused"),
    ("TC_M_01 Install CA certificate", {"kind": "call", "action": "InstallCertificate", "payload": '{"certificateType":"CSMSRootCertificate","certificate":"x"}'}, "InstallCertificate", {"certificate": "x"}, {"status": "Accepted"}, "accepted"),
    ("TC_N_02 Set Monitoring Base", {"kind": "call", "action": "SetMonitoringBase", "payload": '{"monitoringBase":"All"}'}, "SetMonitoringBase", {"monitoring_base": "All"}, {"status": "Accepted"}, "accepted"),
    ("TC_N_25 Retrieve Log", {"kind": "call", "action": "GetLog", "payload": '{"logType":"DiagnosticsLog","requestId":1,"log":{"remoteLocation":"https://example.com/"}}'}, "GetLog", {"log_type": "DiagnosticsLog"}, {"status": "Accepted"}, "accepted"),
    ("TC_N_30 Customer Information", {"kind": "call", "action": "CustomerInformation", "payload": '{"requestId":1,"report":true,"clear":false}'}, "CustomerInformation", {"report": True}, {"status": "Accepted"}, "accepted"),
    ("TC_O_01 Set Display Message", {"kind": "call", "action": "SetDisplayMessage", "payload": '{"message":{"id":1,"priority":"NormalCycle","message":{"format":"UTF8","content":"您好"}}}'}, "SetDisplayMessage", {}, {"status": "Accepted"}, "accepted"),
    ("TC_O_03 Get Display Messages - none", {"kind": "call", "action": "GetDisplayMessages", "payload": '{"requestId":1}'}, "GetDisplayMessages", {}, {"status": "Unknown"}, "refused"),
    ("TC_P_01 Data Transfer to the station", {"kind": "call", "action": "DataTransfer", "payload": '{"vendorId":"v"}'}, "DataTransfer", {"vendor_id": "v"}, {"status": "UnknownVendorId"}, "refused"),
]

# Messages that are kept and answered: test case, class, fields, what the answer must be.
KEPT = [
    ("TC_A_11 Sign Certificate", "SignCertificate", {"csr": "x"}, "Rejected"),
    ("TC_A_20 Security Event", "SecurityEventNotification", {"type": "SettingSystemTime", "timestamp": "NOW"}, None),
    ("TC_G_20 Notify Event", "NotifyEvent", {"generated_at": "NOW", "seq_no": 0, "event_data": [{"event_id": 1, "timestamp": "NOW", "trigger": "Alerting", "actual_value": "Problem", "component": {"name": "ConnectorPlugRetentionLock"}, "variable": {"name": "Problem"}, "event_notification_type": "HardWiredNotification"}]}, None),
    ("TC_H_15 Reservation Status Update", "ReservationStatusUpdate", {"reservation_id": 1, "reservation_update_status": "Expired"}, None),
    ("TC_K_40 Notify EV Charging Needs", "NotifyEVChargingNeeds", {"evse_id": 1, "charging_needs": {"requested_energy_transfer": "DC"}}, "Rejected"),
    ("TC_K_51 Notify Charging Limit", "NotifyChargingLimit", {"charging_limit": {"charging_limit_source": "SO"}}, None),
    ("TC_K_52 Cleared Charging Limit", "ClearedChargingLimit", {"charging_limit_source": "SO"}, None),
    ("TC_L_02 Firmware Status", "FirmwareStatusNotification", {"status": "Downloading", "request_id": 1}, None),
    ("TC_L_10 Publish Firmware Status", "PublishFirmwareStatusNotification", {"status": "Published", "location": ["https://example.com/f"], "request_id": 1}, None),
    ("TC_M_25 Certificate Status", "GetCertificateStatus", {"ocsp_request_data": {"hash_algorithm": "SHA256", "issuer_name_hash": "x", "issuer_key_hash": "x", "serial_number": "x", "responder_url": "x"}}, "Failed"),
    ("TC_M_28 15118 certificate", "Get15118EVCertificate", {"iso15118_schema_version": "urn", "action": "Install", "exi_request": "x"}, "Failed"),
    ("TC_N_01 Monitoring Report", "NotifyMonitoringReport", {"request_id": 1, "seq_no": 0, "generated_at": "NOW"}, None),
    ("TC_N_26 Log Status", "LogStatusNotification", {"status": "Uploaded", "request_id": 1}, None),
    ("TC_N_31 Customer Information", "NotifyCustomerInformation", {"data": "x", "seq_no": 0, "generated_at": "NOW", "request_id": 1}, None),
    ("TC_O_02 Display Messages", "NotifyDisplayMessages", {"request_id": 1}, None),
    ("TC_P_02 Data Transfer to the CSMS", "DataTransfer", {"vendor_id": "v"}, "UnknownVendorId"),
]


def refusing(action, answer):
    """A handler that nobody is told of."""

    def handler(self, **payload):
        return answer

    handler.__name__ = f"on_{action}"
    return on(action)(handler)


def station_of(version, more=()):
    """The package's charge point of this version, that answers as it was told and remembers what it was asked."""
    module = importlib.import_module(f"ocpp.{version}")
    answers, asked = {}, asyncio.Queue()

    def answering(action):
        def handler(self, **payload):
            asked.put_nowait((action, payload))
            return getattr(module.call_result, action)(**answers.get(action, {"status": "Accepted"}))

        # The package finds its handlers by their names.
        handler.__name__ = f"on_{action}"
        return on(action)(handler)

    monitoring = {"ClearDisplayMessage", "SetVariableMonitoring", "ClearVariableMonitoring", "SetMonitoringLevel", "GetMonitoringReport"}
    actions = {command[2] for command in COMMANDS} | {"RequestStartTransaction", "RequestStopTransaction"} | monitoring | set(more)
    handlers = {f"on_{action}": answering(action) for action in actions}
    if version == "v21" and not more:
        # The package leaves what it has no handler for without an answer in 2.1, and the platform asks for tariffs by itself.
        for action, status in [("GetTariffs", "NoTariff"), ("SetDefaultTariff", "Rejected")]:
            answer = getattr(module.call_result, action)(status=status)
            handlers[f"on_{action}"] = refusing(action, answer)
    station = type("Station", (module.ChargePoint,), handlers)
    station.answers, station.asked, station.say = answers, asked, module.call
    return station


class Run:
    def __init__(self, options, api, checks, station):
        self.options, self.api, self.checks, self.pile = options, api, checks, station
        self.say = station.say

    async def command(self, body, action, answer):
        """Gives a command as the console does; what arrived at the station and how the command ended."""
        self.pile.answers[action] = answer
        given = asyncio.create_task(asyncio.to_thread(self.api.post, f"/piles/{self.options.pile}/commands", body, wait_ms=20_000))
        arriving = asyncio.create_task(self.pile.asked.get())
        # One that never left ends before anything arrives.
        await asyncio.wait({given, arriving}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        arrived = arriving.result() if arriving.done() else (None, {})
        arriving.cancel()
        return arrived, await given

    async def event(self, kind, name, seq, at, wh, trigger="Trigger", info=None, **more):
        context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind, "Sample.Periodic")
        if wh is not None:
            more["meter_value"] = [{"timestamp": time_text(at), "sampled_value": [{"value": wh, "context": context, "unit_of_measure": {"unit": "Wh"}}]}]
        event = self.say.TransactionEvent(
            event_type=kind, timestamp=time_text(at), trigger_reason=trigger, seq_no=seq, transaction_info={"transaction_id": name, **(info or {})}, **more
        )
        return await self.pile.call(event)

    async def status(self, word):
        await self.pile.call(
            self.say.StatusNotification(timestamp=time_text(datetime.now(timezone.utc)), connector_status=word, evse_id=1, connector_id=1)
        )

    async def order(self, name, *states):
        return await asyncio.to_thread(self.api.order_when, name, lambda order: order["state"] in states)

    async def billed(self, what, name, plan):
        """The order of the transaction costs what the published rule says."""
        rates, periods = self.options.rates, self.options.periods
        expected = bill.bill([(int(at.timestamp() * 1000), wh * 10) for at, wh in plan], rates, periods)
        order = await self.order(name, "completed", "abnormal")
        if not self.checks.that(f"{what}: the order exists", order is not None, name):
            return None
        found = (order["state"], order["energy_dwh"], order["total_fen"])
        self.checks.equal(what, found, ("completed", expected["energy_dwh"], expected["total_fen"]))
        self.checks.equal(f"{what}: segments", [(s["period"], s["energy_dwh"]) for s in order["segments"]], expected["segments"])
        self.checks.equal(f"{what}: one order", len(self.api.orders(name)), 1)
        return order


def card(tag, kind="ISO14443"):
    return {"id_token": tag, "type": kind}


def plan_until_now(steps=((90, 0), (70, 7_300), (45, 16_450), (20, 25_611), (0, 30_303))):
    end = datetime.now(timezone.utc).replace(microsecond=0)
    return [(end - timedelta(minutes=minutes), wh) for minutes, wh in steps]


async def block_b(run):
    station = {"model": "E2E-201", "vendor_name": "independent", "serial_number": "E2E-2", "firmware_version": "2.0"}
    answer = await run.pile.call(run.say.BootNotification(charging_station=station, reason="PowerUp"))
    run.checks.equal("TC_B_01 Cold Boot - Accepted", answer.status, "Accepted")
    run.checks.that("TC_B_01 interval", answer.interval > 0, answer.interval)
    await run.status("Available")
    await run.pile.call(run.say.Heartbeat())
    shown = await asyncio.to_thread(run.api.get, f"/piles/{run.options.pile}")
    run.checks.equal("the protocol is shown", shown["protocol"], run.options.protocol)
    run.checks.equal("the model is shown", (shown["vendor"], shown["model"], shown["firmware"]), ("independent", "E2E-201", "2.0"))


async def block_c(run):
    answer = await run.pile.call(run.say.Authorize(id_token=card(run.options.tag)))
    run.checks.equal("TC_C_01 Authorization - Accepted", answer.id_token_info["status"], "Accepted")
    for kind in ("ISO15693", "eMAID", "KeyCode", "Local", "MacAddress"):
        answer = await run.pile.call(run.say.Authorize(id_token=card("NOBODY-KNOWS-ME", kind)))
        run.checks.equal(f"TC_C_02 Authorization - Unknown ({kind})", answer.id_token_info["status"], "Unknown")
    answer = await run.pile.call(run.say.Authorize(id_token=card("E2E-BLOCKED")))
    run.checks.equal("TC_C_06 Authorization - Blocked", answer.id_token_info["status"], "Blocked")


async def block_e(run):
    base, tag = run.options.meter_start, card(run.options.tag)
    # Cable first, then the card; the transaction begins with the plug.
    plan, name = plan_until_now(), str(uuid.uuid4())
    await run.status("Occupied")
    answer = await run.event("Started", name, 0, plan[0][0], base, "CablePluggedIn", {"charging_state": "EVConnected"}, evse={"id": 1, "connector_id": 1})
    run.checks.equal("TC_E_09 Start - EVConnected", answer.id_token_info, None)
    answer = await run.event("Updated", name, 1, plan[0][0], None, "Authorized", id_token=tag)
    run.checks.equal("TC_E_03 Local start - Cable plugin first", answer.id_token_info["status"], "Accepted")
    for seq, (at, wh) in enumerate(plan[1:-1], 2):
        await run.event("Updated", name, seq, at, base + wh, "MeterValuePeriodic", {"charging_state": "Charging"})
    ended = ("Ended", name, len(plan), plan[-1][0], base + plan[-1][1], "EVDeparted", {"stopped_reason": "EVDisconnected"})
    answer = await run.event(*ended)
    order = await run.billed("TC_E_20 Stop - EVConnected", name, plan)
    if order:
        run.checks.equal("TC_I_02 Final total cost", round(answer.total_cost * 100), order["total_fen"])
    again = await run.event(*ended)
    run.checks.equal("the end again", again.total_cost, answer.total_cost)
    run.checks.equal("the end again: one order", len(run.api.orders(name)), 1)
    # Authorization first; a signed meter value in the end; the card ends it.
    plan, name = plan_until_now(((50, 0), (25, 9_000), (0, 20_001))), str(uuid.uuid4())
    answer = await run.event("Started", name, 0, plan[0][0], base, "Authorized", evse={"id": 1}, id_token=tag)
    run.checks.equal("TC_E_10 Start - Authorized", answer.id_token_info["status"], "Accepted")
    await run.event("Updated", name, 1, plan[1][0], base + plan[1][1], "MeterValueClock", {"charging_state": "Charging"})
    signed = {"signed_meter_data": "AA==", "signing_method": "ECDSA", "encoding_method": "OCMF", "public_key": "AA=="}
    values = [{"timestamp": time_text(plan[-1][0]), "sampled_value": [{"value": base + plan[-1][1], "context": "Transaction.End", "signed_meter_value": signed}]}]
    answer = await run.event("Ended", name, 2, plan[-1][0], None, "StopAuthorized", {"stopped_reason": "Local"}, meter_value=values, id_token=tag)
    run.checks.equal("TC_E_07 Stop - Local, the same card", answer.id_token_info["status"], "Accepted")
    await run.billed("TC_J_10 Signed meter values", name, plan)
    # Refused: the station stops at once, and nothing is billed.
    name, now = str(uuid.uuid4()), datetime.now(timezone.utc)
    answer = await run.event("Started", name, 0, now, base, "Authorized", evse={"id": 1}, id_token=card("NOBODY-KNOWS-ME"))
    run.checks.equal("TC_C_08 Start - Unknown token", answer.id_token_info["status"], "Unknown")
    await run.event("Ended", name, 1, now, base, "Deauthorized", {"stopped_reason": "DeAuthorized"})
    order = await run.order(name, "failed")
    run.checks.equal("TC_C_08 nothing is billed", (order["state"], order["total_fen"]), ("failed", 0))
    await run.status("Available")


async def offline(run):
    """The queue of a station that was off line, its first message lost, on a link of its own."""
    base, plan = run.options.meter_start, plan_until_now()
    name = str(uuid.uuid4())
    for seq, (at, wh) in enumerate(plan[:-1]):
        kind = "Started" if seq == 0 else "Updated"
        more = {"evse": {"id": 1}, "id_token": card(run.options.tag)} if seq == 0 else {}
        await run.event(kind, name, seq, at, base + wh, "MeterValuePeriodic" if seq else "Authorized", offline=True, **more)
    await run.event("Ended", name, len(plan) - 1, plan[-1][0], base + plan[-1][1], "EVDeparted", {"stopped_reason": "PowerLoss"}, offline=True)
    await run.billed("TC_E_41 Offline transaction", name, plan)
    name = str(uuid.uuid4())
    await run.event("Updated", name, 1, plan[1][0], base + plan[1][1], "MeterValuePeriodic", offline=True, evse={"id": 1})
    await run.event("Ended", name, 3, plan[-1][0], base + plan[-1][1], "EVDeparted", offline=True)
    order = await run.order(name, "abnormal")
    run.checks.equal("TC_E_43 the beginning lost: held, with its reason", "reading_missing" in order["abnormalities"], True)


async def block_f(run):
    body = {"kind": "start", "connector_no": 1}
    await run.status("Occupied")
    (action, asked), command = await run.command(body, "RequestStartTransaction", {"status": "Accepted"})
    run.checks.equal("TC_F_01 Remote start - Cable plugin first", (action, asked["evse_id"], command["state"]), ("RequestStartTransaction", 1, "accepted"))
    begin = datetime.now(timezone.utc)
    plan, base, name = [(begin, 0), (begin + timedelta(seconds=2), 20)], run.options.meter_start, str(uuid.uuid4())
    info = {"remote_start_id": asked["remote_start_id"], "charging_state": "Charging"}
    answer = await run.event("Started", name, 0, begin, base, "RemoteStart", info, evse={"id": 1}, id_token=asked["id_token"])
    run.checks.equal("TC_F_01 its token", answer.id_token_info["status"], "Accepted")
    order = await run.order(name, "charging")
    run.checks.equal("TC_F_01 by the console", (order["state"], order["start_mode"]), ("charging", "console"))
    stop = asyncio.create_task(asyncio.to_thread(run.api.post, f"/orders/{order['id']}/stop", {}, wait_ms=20_000))
    action, asked = await asyncio.wait_for(run.pile.asked.get(), 20)
    run.checks.equal("TC_F_20 Remote stop", (action, asked["transaction_id"], (await stop)["state"]), ("RequestStopTransaction", name, "accepted"))
    await asyncio.sleep(2)
    await run.event("Ended", name, 1, plan[1][0], base + 20, "RemoteStop", {"stopped_reason": "Remote"})
    await run.billed("TC_F_20 the bill", name, plan)
    await run.status("Available")
    _, command = await run.command(body, "RequestStartTransaction", {"status": "Rejected"})
    run.checks.equal("TC_F_04 Remote start - Rejected", command["state"], "refused")


async def commands(run):
    for what, body, action, wanted, answer, state in COMMANDS:
        if "payload" in body:
            body = dict(body, payload=json.loads(body["payload"]))
        (arrived, payload), command = await run.command(body, action, answer)
        held = {name: payload.get(name) for name in wanted}
        if not run.checks.equal(what, (arrived, held, command["state"]), (action, wanted, state)):
            print(command.get("message"))
    run.checks.equal("a payload that breaks the schema is refused at its field", await told(run, "Reset", {}), "payload.type")
    run.checks.equal("an operation of another version", await told(run, "RemoteStartTransaction", {}), "action")


async def told(run, action, payload):
    """What becomes of a call: the state of its command, or the field at which it is refused."""
    body = {"kind": "call", "action": action, "payload": payload}
    try:
        return (await asyncio.to_thread(run.api.post, f"/piles/{run.options.pile}/commands", body, wait_ms=20_000))["state"]
    except RuntimeError as error:
        text = str(error)
        return json.loads(text[text.index("{"):])["field"]


def with_now(value):
    if isinstance(value, dict):
        return {name: with_now(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_now(item) for item in value]
    return time_text(datetime.now(timezone.utc)) if value == "NOW" else value


async def kept(run):
    for what, name, fields, status in KEPT:
        if run.options.protocol == "ocpp2.1" and "iso15118_schema_version" in fields:
            # The package spells it otherwise there.
            fields = {field.replace("iso15118_", "iso_15118_"): value for field, value in fields.items()}
        answer = await run.pile.call(getattr(run.say, name)(**with_now(fields)))
        run.checks.equal(what, getattr(answer, "status", None), status)
    now = datetime.now(timezone.utc)
    values = [{"timestamp": time_text(now), "sampled_value": [{"value": 1234, "context": "Sample.Clock"}]}]
    await run.pile.call(run.say.MeterValues(evse_id=1, meter_value=values))
    run.checks.that("TC_J_01 Clock-aligned Meter Values", True)


async def scenario(options, api, checks):
    for what, user, password in [
        ("TC_A_02 Basic Authentication - another user", "NOT-REGISTERED", options.password),
        ("TC_A_03 Basic Authentication - invalid password", options.pile, "not the password"),
    ]:
        try:
            async with connect(options, user, password, (options.protocol,)):
                checks.that(what, False, "was let in")
        except websockets.exceptions.InvalidStatus as refusal:
            checks.equal(what, refusal.response.status_code, 401)
    offered = ("ocpp1.6", options.protocol)
    for steps in [(block_b, block_c, block_e), (offline, block_f), (commands, kept, monitors, displays, customers, vendors, reservation, local_list, firmware), (tariffs,)]:
        async with connect(options, subprotocols=offered) as socket:
            checks.equal("TC_A_01 the best sub-protocol of both", socket.subprotocol, options.protocol)
            # By itself the platform asks for tariffs as well: only where that is what the scenario is about.
            more = ("SetDefaultTariff", "GetTariffs", "ClearTariffs") if steps == (tariffs,) and options.protocol == "ocpp2.1" else ()
            station = station_of({"ocpp2.0.1": "v201", "ocpp2.1": "v21"}[options.protocol], more)(options.pile, socket)
            listening = asyncio.create_task(station.start())
            run = Run(options, api, checks, station)
            for step in steps:
                await step(run)
            listening.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("protocol", choices=["ocpp2.0.1", "ocpp2.1"])
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
    checks = Checks(options.protocol)
    try:
        asyncio.run(scenario(options, Api(f"http://{options.address}", options.token), checks))
    except Exception as error:  # whatever breaks off the run is a failure of it, told with its name
        checks.that("the run", False, f"{type(error).__name__}: {error}")
    checks.close()


if __name__ == "__main__":
    main()
