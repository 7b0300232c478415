"""A server that speaks S3 on this machine: moto's, a stand-in for a provider's, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-central-1"
BUCKET = "kontor-files"
# moto asks nobody who they are for so many requests, then everybody: those that make the account and the buckets.
_FOUNDING = 5


@dataclass
class Bucketry:
    """The server: where it listens, what opens it; `stop` kills it, `start` brings up an empty one at the same port."""

    port: int
    access: str = ""
    secret: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and found an account and two buckets."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{self.port}'])"],
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(_FOUNDING)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not self._listens():
            assert time.monotonic() < deadline, "moto's server did not come up"
            time.sleep(0.05)
        founding = self._client("iam", "founder", "founder")
        founding.create_user(UserName="kontor")
        all_of_s3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        founding.put_user_policy(UserName="kontor", PolicyName="s3", PolicyDocument=json.dumps(all_of_s3))
        key = founding.create_access_key(UserName="kontor")["AccessKey"]
        self.access, self.secret = key["AccessKeyId"], key["SecretAccessKey"]
        for name in (BUCKET, "kontor-pages"):
            self._client("s3", "founder", "founder").create_bucket(
                Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
            )

    def stop(self) -> None:
        """Kill the server; with it goes what it held, which lay in its memory."""
        if self.process:
            self.process.kill()
            self.process.wait()

    @property
    def s3(self) -> Any:
        """The provider's own view of what lies there."""
        return self._client("s3", self.access, self.secret)

    def names(self, bucket: str = BUCKET) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def _client(self, service: str, access: str, secret: str) -> Any:
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=access,
            aws_secret_access_key=secret, config=Config(s3={"addressing_style": "path"}),
        )  # fmt: skip

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def bucketry() -> Iterator[Bucketry]:
    server = Bucketry(free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()
