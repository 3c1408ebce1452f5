"""What a charging station of OCPP 2 shows, knows of customers, and says in its vendor's words; scenarios of
`ocpp2_client.py`, named as there."""

import asyncio
from datetime import datetime, timezone

from ocpp2_state import arrives, becomes, on_thread
from ocpp_client import time_text


async def displays(run):
    checks, api, pile, say = run.checks, run.api, run.options.pile, run.say
    now = lambda: time_text(datetime.now(timezone.utc))
    shown = lambda: api.get(f"/piles/{pile}/displays")
    matches = lambda page: [(one["no"], one["match"]) for one in page["items"]]

    def call(action, payload):
        return {"kind": "call", "action": action, "payload": payload}

    def message(no, content, priority="NormalCycle"):
        return {"id": no, "priority": priority, "message": {"format": "UTF8", "language": "zh", "content": content}}

    _, command = await run.command(call("SetDisplayMessage", {"message": message(11, "欢迎")}), "SetDisplayMessage", {"status": "Accepted"})
    found = await becomes(shown, lambda page: (11, "same") in matches(page), 10)
    checks.that("TC_O_01 Set Display Message - Success", command["state"] == "accepted" and (11, "same") in matches(found), found)
    _, command = await run.command(call("SetDisplayMessage", {"message": message(12, "x")}), "SetDisplayMessage", {"status": "NotSupportedPriority"})
    checks.that("TC_O_18 Set Display Message - not supported priority", command["state"] == "refused" and 12 not in [no for no, _ in matches(await on_thread(shown))], command)
    _, command = await run.command(call("GetDisplayMessages", {"requestId": 21}), "GetDisplayMessages", {"status": "Accepted"})
    await becomes(shown, lambda page: (11, "missing") in matches(page), 10)
    for content, tbc in [("您好", True), ("请刷卡", False)]:
        number = 11 if tbc else 900
        info = {"id": number, "priority": "NormalCycle", "message": {"format": "UTF8", "language": "zh", "content": content}}
        await run.pile.call(say.NotifyDisplayMessages(request_id=21, tbc=tbc, message_info=[info]))
    found = await on_thread(shown)
    checks.that("TC_O_03 Get all Display Messages - in parts, with drift", {(11, "different"), (900, "foreign")} <= set(matches(found)), found)
    _, command = await run.command(call("ClearDisplayMessage", {"id": 11}), "ClearDisplayMessage", {"status": "Accepted"})
    found = await becomes(shown, lambda page: 11 not in [no for no, _ in matches(page)], 10)
    checks.that("TC_O_04 Clear Display Message - Success", 11 not in [no for no, _ in matches(found)], found)
    _, command = await run.command(call("ClearDisplayMessage", {"id": 900}), "ClearDisplayMessage", {"status": "Unknown"})
    found = await becomes(shown, lambda page: 900 not in [no for no, _ in matches(page)], 10)
    checks.that("TC_O_05 Clear Display Message - Unknown: it is not there", command["state"] == "refused" and 900 not in [no for no, _ in matches(found)], found)

    _, command = await run.command(call("CostUpdated", {"totalCost": 3.75, "transactionId": "tx-cost"}), "CostUpdated", {})
    found = await becomes(shown, lambda page: any(one["session"] == "tx-cost" for one in page["costs"]), 10)
    checks.equal("TC_I_02 Cost Updated - shown with the pile", [one["cost"] for one in found["costs"] if one["session"] == "tx-cost"], ["3.75"])


async def customers(run):
    checks, api, pile, say = run.checks, run.api, run.options.pile, run.say
    path = f"/piles/{pile}/customer-inquiries"
    now = lambda: time_text(datetime.now(timezone.utc))

    async def ask(body, answer):
        run.pile.answers["CustomerInformation"] = answer
        given = asyncio.create_task(on_thread(api.post, path, body))
        payload = await arrives(run, "CustomerInformation")
        await given
        return payload

    asked = await ask({"card_tag": "E2E-CARD-1", "reports": True, "clears": False}, {"status": "Accepted"})
    checks.equal("TC_N_27 Customer Information - who is asked about", (asked["report"], asked["clear"], asked["id_token"]["id_token"]), (True, False, "E2E-CARD-1"))
    number = asked["request_id"]
    for seq, data in [(0, "name=张三;"), (1, "visits=7")]:
        await run.pile.call(say.NotifyCustomerInformation(data=data, seq_no=seq, generated_at=now(), request_id=number, tbc=seq == 0))
    found = await on_thread(api.get, path)
    one = next(item for item in found["items"] if item["request_no"] == number)
    checks.equal("TC_N_27 in parts, put together, and masked in the list", (one["state"], one["about"], "张三" in str(found)), ("told", "****RD-1", False))
    told = await on_thread(api.post, f"{path}/reveal", {"request_no": number})
    checks.equal("TC_N_27 what it told, for who may see it", told["content"], "name=张三;visits=7")
    frames = await on_thread(api.get, f"/piles/{pile}/frames")
    checks.that("TC_N_27 nothing of it in the frame log", "张三" not in str(frames) and "name=" not in str(frames), "the frames tell it")
    asked = await ask({"customer_name": "C-1", "reports": False, "clears": True}, {"status": "Accepted"})
    found = await on_thread(api.get, path)
    checks.equal("TC_N_30 Clear Customer Information", (asked["clear"], asked["customer_identifier"], found["items"][0]["state"]), (True, "C-1", "cleared"))
    asked = await ask({"card_tag": "NOBODY", "reports": True, "clears": False}, {"status": "Invalid"})
    found = await on_thread(api.get, path)
    checks.equal("TC_N_32 Customer Information - refused", (found["items"][0]["request_no"], found["items"][0]["state"]), (asked["request_id"], "failed"))


async def vendors(run):
    checks, api, pile, say = run.checks, run.api, run.options.pile, run.say
    listed = lambda: api.get(f"/piles/{pile}/vendor-messages")["items"]

    async def tell(vendor, message):
        return (await run.pile.call(say.DataTransfer(vendor_id=vendor, message_id=message, data="x"))).status

    checks.equal("TC_P_02 Data Transfer to the CSMS - unknown vendor", await tell("com.e2e", "Park"), "UnknownVendorId")
    made = await on_thread(api.post, "/vendor-words", {"vendor": "com.e2e", "message": "Park"})
    checks.equal("TC_P_02 known", await tell("com.e2e", "Park"), "Accepted")
    checks.equal("TC_P_02 Data Transfer to the CSMS - unknown message", await tell("com.e2e", "Fly"), "UnknownMessageId")
    await on_thread(api.call, "DELETE", f"/vendor-words/{made['id']}")
    body = {"kind": "call", "action": "DataTransfer", "payload": {"vendorId": "com.e2e", "messageId": "Ping", "data": "1"}}
    _, command = await run.command(body, "DataTransfer", {"status": "Accepted", "data": "2"})
    rows = await becomes(listed, lambda rows: rows and not rows[0]["up"], 10)
    checks.equal("TC_P_01 Data Transfer to the station - kept with its answer", (rows[0]["message"], rows[0]["status"], rows[0]["answer"]), ("Ping", "Accepted", "2"))
    checks.equal("TC_P_02 every one is kept", [(row["message"], row["status"]) for row in rows[1:4]], [("Fly", "UnknownMessageId"), ("Park", "Accepted"), ("Park", "UnknownVendorId")])
