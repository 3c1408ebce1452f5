"""What the platform keeps in step at a charging station of OCPP 2: its list of cards, its firmware, its logs;
scenarios of `ocpp2_client.py`, named as there."""

import asyncio
import time
import urllib.request

UNKNOWN = {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "ItemsPerMessage"}, "attribute_status": "UnknownVariable"}


def on_thread(function, *arguments, **more):
    return asyncio.to_thread(function, *arguments, **more)


async def arrives(run, wanted, seconds=40):
    """The payload of the next call of this name; others are passed over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            action, payload = await asyncio.wait_for(run.pile.asked.get(), until - time.monotonic())
        except asyncio.TimeoutError:
            break
        if action == wanted:
            return payload
    return {}


async def becomes(ask, holds, seconds=40):
    """What is asked for, as soon as it is so; the last one seen after `seconds`."""
    until, found = time.monotonic() + seconds, None
    while time.monotonic() < until:
        found = await on_thread(ask)
        if holds(found):
            break
        await asyncio.sleep(0.5)
    return found


def file_send(url, body, token=None):
    request = urllib.request.Request(url, body, method="PUT")
    request.add_header("Content-Type", "application/octet-stream")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


async def local_list(run):
    answers, api, pile = run.pile.answers, run.api, run.options.pile
    answers["GetVariables"] = {"get_variable_result": [UNKNOWN]}
    answers["GetLocalListVersion"] = {"version_number": 0}
    answers["SendLocalList"] = {"status": "Accepted"}
    card = (await on_thread(api.get, "/cards", tag=run.options.tag))["items"][0]["id"]
    await on_thread(api.call, "PATCH", f"/cards/{card}", {"status": "accepted", "offline": True})
    sent = await arrives(run, "SendLocalList")
    entries = sent.get("local_authorization_list") or []
    run.checks.equal("TC_D_01 Send Local Authorization List", [entry["id_token"]["id_token"] for entry in entries], [run.options.tag])
    run.checks.equal("TC_D_01 its entry is accepted", [entry["id_token_info"]["status"] for entry in entries], ["Accepted"])
    version = sent.get("version_number")

    def kept(state):
        return lambda page: any(one["kind"] == "local_list" and one["state"] == state for one in page["items"])

    shown = await becomes(lambda: api.get(f"/piles/{pile}/desired"), kept("same"))
    run.checks.that("TC_D_01 the pile is shown in step", kept("same")(shown), shown)
    answers["GetLocalListVersion"] = {"version_number": version}
    answers["SendLocalList"] = {"status": "VersionMismatch"}
    await on_thread(api.call, "PATCH", f"/cards/{card}", {"status": "accepted", "offline": False})
    sent = await arrives(run, "SendLocalList")
    gone = [entry for entry in sent.get("local_authorization_list") or [] if "id_token_info" not in entry]
    run.checks.equal("TC_D_02 Send Local Authorization List - Differential, removed", (sent.get("update_type"), len(gone)), ("Differential", 1))
    answers["SendLocalList"] = {"status": "Accepted"}
    sent = await arrives(run, "SendLocalList", 60)
    run.checks.equal("TC_D_05 Send Local Authorization List - VersionMismatch, then Full", (sent.get("update_type"), sent.get("local_authorization_list")), ("Full", None))


async def firmware(run):
    answers, api, pile, say = run.pile.answers, run.api, run.options.pile, run.say
    answers["UpdateFirmware"] = {"status": "Accepted"}
    name = f"e2e {run.options.protocol}"
    made = (await on_thread(api.post, "/firmware", {"name": name, "version": "9.9"}))["id"]
    await on_thread(file_send, f"{api.base}/firmware/{made}/file?name=f.bin", b"firmware", api.token)
    begun = asyncio.create_task(on_thread(api.post, f"/piles/{pile}/transfers", {"kind": "firmware", "firmware_id": made}))
    asked = await arrives(run, "UpdateFirmware")
    await begun
    number = asked.get("request_id")
    run.checks.that("TC_L_01 Secure Firmware Update - asked with its number", number is not None and "/files/" in asked["firmware"]["location"], asked)
    for word in ("Downloading", "Downloaded", "Installing", "Installed"):
        await run.pile.call(say.FirmwareStatusNotification(status=word, request_id=number))
    station = {"model": "E2E-201", "vendor_name": "independent", "serial_number": "E2E-2", "firmware_version": "9.9"}
    await run.pile.call(say.BootNotification(charging_station=station, reason="FirmwareUpdate"))
    ends = lambda: api.get("/transfers", pile_code=pile)
    page = await becomes(ends, lambda page: page["items"][0]["state"] == "confirmed")
    run.checks.equal("TC_L_01 Firmware Update - Installed and confirmed", page["items"][0]["state"], "confirmed")

    answers["GetLog"] = {"status": "Accepted", "filename": "security.log"}
    begun = asyncio.create_task(on_thread(api.post, f"/piles/{pile}/transfers", {"kind": "log", "log": "security_log"}))
    asked = await arrives(run, "GetLog")
    await begun
    run.checks.equal("TC_N_35 Retrieve Log Information - Security Log", asked.get("log_type"), "SecurityLog")
    await run.pile.call(say.LogStatusNotification(status="Uploading", request_id=asked["request_id"]))
    await on_thread(file_send, asked["log"]["remote_location"] + "/security.log", b"a log")
    await run.pile.call(say.LogStatusNotification(status="Uploaded", request_id=asked["request_id"]))
    page = await becomes(ends, lambda page: page["items"][0]["state"] == "uploaded")
    run.checks.equal("TC_N_35 Retrieve Log Information - Uploaded", page["items"][0]["state"], "uploaded")
    events = await on_thread(api.get, f"/piles/{pile}/security-events")
    run.checks.that("TC_A_20 the security event is shown", any(one["kind"] == "SettingSystemTime" for one in events["items"]), events)
