"""The tariff that a charging station of OCPP 2.1 keeps; scenarios of `ocpp2_client.py`, named as there."""

import asyncio

from ocpp2_state import arrives, becomes, on_thread


async def tariffs(run):
    checks, api, pile = run.checks, run.api, run.options.pile
    facts = lambda: api.get(f"/piles/{pile}")

    async def send(answer):
        run.pile.answers["SetDefaultTariff"] = answer
        given = asyncio.create_task(on_thread(api.post, f"/piles/{pile}/commands", {"kind": "tariff_set"}, wait_ms=20_000))
        payload = await arrives(run, "SetDefaultTariff", 20) if run.options.protocol == "ocpp2.1" else None
        return payload, await given

    if run.options.protocol != "ocpp2.1":
        _, command = await send({})
        checks.equal("TC_I_07 Set Default Tariff - 2.0.1 has no such message", command["state"], "unsupported")
        checks.equal("TC_I_07 and its pile needs none", (await on_thread(facts))["tariff_match"], "not_needed")
        return
    payload, command = await send({"status": "TooManyElements"})
    checks.that("TC_I_07 Set Default Tariff - too many elements, told in words", command["state"] == "refused" and "TooMany" not in command["message"], command)
    payload, command = await send({"status": "Accepted"})
    checks.equal("TC_I_07 Set Default Tariff - Accepted, for all EVSEs", (command["state"], payload.get("evse_id"), payload["tariff"]["currency"]), ("accepted", 0, "CNY"))
    half = lambda text: int(text[:2]) * 2 + int(text[3:]) // 30
    shown = [None] * 48
    for price in payload["tariff"]["energy"]["prices"]:
        when = price.get("conditions", {"start_time_of_day": "00:00", "end_time_of_day": "00:00"})
        for place in range(half(when["start_time_of_day"]), half(when["end_time_of_day"]) or 48):
            shown[place] = round(price["price_kwh"] * 100_000)
    names = ["sharp", "peak", "flat", "valley"]
    words = [period if isinstance(period, str) else names[period] for period in run.options.periods]
    wanted = [sum(run.options.rates[word]) for word in words]
    checks.equal("TC_I_07 its prices are ours, each half hour", shown, wanted)
    found = await becomes(facts, lambda one: one["tariff_match"] == "same", 10)
    checks.equal("TC_I_07 the pile is shown in step", found["tariff_match"], "same")
    run.pile.answers["ClearTariffs"] = {"clear_tariffs_result": [{"status": "Accepted"}]}
    body = {"kind": "call", "action": "ClearTariffs", "payload": {}}
    given = asyncio.create_task(on_thread(api.post, f"/piles/{pile}/commands", body, wait_ms=20_000))
    await arrives(run, "ClearTariffs", 20)
    found = await becomes(facts, lambda one: one["tariff_match"] == "different", 10)
    checks.equal("TC_I_09 Clear Tariffs - a drift, and shown", ((await given)["state"], found["tariff_match"]), ("accepted", "different"))
