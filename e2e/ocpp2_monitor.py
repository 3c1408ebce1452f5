"""Monitors of a charging station of OCPP 2 and what they notice; scenarios of `ocpp2_client.py`, named as there."""

from datetime import datetime, timezone

from ocpp2_state import becomes, on_thread
from ocpp_client import time_text

PLACE = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}


async def monitors(run):
    checks, api, pile, say = run.checks, run.api, run.options.pile, run.say
    now = lambda: time_text(datetime.now(timezone.utc))
    shown = lambda: api.get(f"/piles/{pile}/monitors")

    def call(action, payload):
        return {"kind": "call", "action": action, "payload": payload}

    wanted = {"setMonitoringData": [{"value": 90.5, "type": "UpperThreshold", "severity": 3, **PLACE}]}
    kept = {"type": "UpperThreshold", "severity": 3, **PLACE}
    _, command = await run.command(call("SetVariableMonitoring", wanted), "SetVariableMonitoring", {"set_monitoring_result": [{"id": 7, "status": "Accepted", **kept}]})
    found = await becomes(shown, lambda page: page["items"], 10)
    one = found["items"][0] if found["items"] else {}
    checks.equal("TC_N_08 Set Variable Monitoring - Accepted", (command["state"], one.get("no"), one.get("name"), one.get("value"), one.get("severity")), ("accepted", 7, "EVSE#1.Power", "90.5", 3))
    _, command = await run.command(call("SetVariableMonitoring", wanted), "SetVariableMonitoring", {"set_monitoring_result": [{"status": "Duplicate", **kept}]})
    checks.that("TC_N_10 Set Variable Monitoring - Duplicate, told in words", command["state"] == "refused" and "Duplicate" not in command["message"], command)
    _, command = await run.command(call("SetMonitoringLevel", {"severity": 4}), "SetMonitoringLevel", {"status": "Accepted"})
    _, command = await run.command(call("SetMonitoringBase", {"monitoringBase": "FactoryDefault"}), "SetMonitoringBase", {"status": "Accepted"})
    found = await becomes(shown, lambda page: (page["severity"], page["base"]) == (4, "FactoryDefault"), 10)
    checks.equal("TC_N_05 Set Monitoring Level, TC_N_02 Base", (found["severity"], found["base"]), (4, "FactoryDefault"))

    event = {"event_id": 11, "timestamp": now(), "trigger": "Alerting", "actual_value": "91", "cause": 10, "cleared": True, "variable_monitoring_id": 7, "event_notification_type": "CustomMonitor", **PLACE}
    await run.pile.call(say.NotifyEvent(generated_at=now(), seq_no=0, event_data=[event]))
    rows = (await on_thread(api.get, f"/piles/{pile}/events", severity=3))["items"]
    held = rows and (rows[0]["event_no"], rows[0]["cause_no"], rows[0]["cleared"], rows[0]["name"], rows[0]["value"])
    checks.equal("TC_N_21 Alert Event - with its monitor's severity", held, (11, 10, True, "EVSE#1.Power", "91"))

    monitor = {"id": 8, "transaction": False, "value": 5, "type": "Delta", "severity": 8}
    if run.options.protocol == "ocpp2.1":
        monitor["event_notification_type"] = "CustomMonitor"
    _, command = await run.command(call("GetMonitoringReport", {"requestId": 5}), "GetMonitoringReport", {"status": "Accepted"})
    await becomes(shown, lambda page: not page["items"], 10)
    await run.pile.call(say.NotifyMonitoringReport(request_id=5, seq_no=0, generated_at=now(), monitor=[{**PLACE, "variable_monitoring": [monitor]}]))
    found = await becomes(shown, lambda page: page["items"], 10)
    checks.equal("TC_N_01 Get Monitoring Report", [(one["no"], one["kind"]) for one in found["items"]], [(8, "Delta")])
    _, command = await run.command(call("ClearVariableMonitoring", {"id": [8]}), "ClearVariableMonitoring", {"clear_monitoring_result": [{"id": 8, "status": "Accepted"}]})
    found = await becomes(shown, lambda page: not page["items"], 10)
    checks.equal("TC_N_17 Clear Variable Monitoring", (command["state"], found["items"]), ("accepted", []))
