"""Gives every second card of the crash run a holder with money in a purse, which what the piles say then moves.

--count: at the end, what the purses have paid; a run that moved nothing would show nothing of the books.
"""

import argparse
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from checks import Api  # noqa: E402

# The most that one person may put in at once, and how often, for money that outlasts the run.
TOP_UP_FEN, TOP_UPS, KINDS = 20_000, 5, ("top_up", "gift_grant")


def give(api, cards):
    for number in range(1, cards + 1, 2):
        draft = {"name": f"持卡人{number}", "phone": f"139{number:08}", "kind": "person"}
        customer = api.post("/customers", draft)["id"]
        api.post(f"/customers/{customer}/cards", {"tag": f"CARD{number:06}"})
        api.call("PUT", f"/customers/{customer}/pay-way", {"pay_way": "wallet"})
        for kind in KINDS * TOP_UPS:
            change = {"kind": kind, "amount_fen": TOP_UP_FEN, "reason": "crash run", "request_id": str(uuid.uuid4())}
            api.post(f"/customers/{customer}/wallet-changes", change)


def count(api, cards):
    customers = api.get("/customers", limit=200, name="持卡人")["items"]
    wallets = [api.get(f"/customers/{customer['id']}/wallet") for customer in customers]
    left = sum(wallet["principal_fen"] + wallet["gift_fen"] for wallet in wallets)
    paid = len(wallets) * TOP_UP_FEN * TOP_UPS * len(KINDS) - left
    held = sum(wallet["held_fen"] for wallet in wallets)
    print(f"{len(wallets)} purses paid {paid / 100:,.2f} yuan; {held / 100:,.2f} are held for sessions that did not end")
    if len(wallets) != (cards + 1) // 2 or paid <= 0:
        sys.exit("the purses have paid nothing: the run shows nothing of the books")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, required=True)
    parser.add_argument("--count", action="store_true")
    options = parser.parse_args()
    api = Api(os.environ["PILEOPS_SERVER"], os.environ["PILEOPS_TOKEN"])
    (count if options.count else give)(api, options.cards)


if __name__ == "__main__":
    main()
