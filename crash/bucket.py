"""A bucket of an independent object store (moto) on the loopback address, which lets in only who signs.

  bucket.py serve --work DIR    writes DIR/bucket.address and DIR/bucket.credentials when it answers; ends with SIGTERM
  bucket.py gap --work DIR      takes the third piece of the changes away, as a lost file would be
"""

import argparse
import os
import signal
import threading

# What makes the account and the bucket is not signed; everything after it is.
SETUP_CALLS = 4
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(SETUP_CALLS)

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

REGION, BUCKET = "us-east-1", "pileops-drill"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


def clients(address, key="setup", secret="setup"):
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret, "region_name": REGION, "endpoint_url": address}
    return boto3.client("iam", **keys), boto3.client("s3", **keys)


def gap(work):
    with open(os.path.join(work, "bucket.credentials")) as file:
        key, secret = file.read().split()
    with open(os.path.join(work, "bucket.address")) as file:
        address = file.read().rsplit("/", 2)[0]
    _, s3 = clients(address, key, secret)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="lines/")
    pieces = sorted(one["Key"] for page in pages for one in page.get("Contents", []) if one["Key"].endswith(".seg"))
    s3.delete_object(Bucket=BUCKET, Key=pieces[2])


def serve(work):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://%s:%s" % server.get_host_and_port()
    iam, s3 = clients(address)
    s3.create_bucket(Bucket=BUCKET)
    iam.create_user(UserName="pileops")
    iam.put_user_policy(UserName="pileops", PolicyName="all", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName="pileops")["AccessKey"]
    with open(os.path.join(work, "bucket.credentials"), "w") as file:
        os.chmod(file.name, 0o600)
        file.write(f"{key['AccessKeyId']}\n{key['SecretAccessKey']}\n")
    with open(os.path.join(work, "bucket.address.new"), "w") as file:
        file.write(f"{address}/{BUCKET}/")
    os.rename(file.name, os.path.join(work, "bucket.address"))
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    done.wait()
    server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["serve", "gap"])
    parser.add_argument("--work", required=True)
    asked = parser.parse_args()
    {"serve": serve, "gap": gap}[asked.what](asked.work)
