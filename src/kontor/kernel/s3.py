"""
Files in S3, or in what speaks like it: what arrives there is encrypted already, and no link to it is ever given out.

A name says what its content is, so nothing is overwritten: an object is written where there is none, and one that is
there is replaced only when it is still the very one that was looked at (what a rolled back transaction left behind).
A request is tried four times, with growing pauses, and then fails with a sentence; nothing goes elsewhere instead.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
)

from kontor.kernel.data_places import Bucket, BucketKey, DataPlace
from kontor.kernel.store_errors import MissingFileError, StoreError, StoreRefusesError, StoreUnreachableError
from kontor.rulebook.wording import said

ATTEMPTS: Final = 4
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 20
_NOT_FOUND: Final = 404
_BROKEN: Final = 500
_THERE_ALREADY: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_BUSY: Final = frozenset({"SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "Throttling", "ServiceUnavailable"})


class S3Store:
    """The objects of one declared place; see `storage.Store`."""

    def __init__(self, place: DataPlace, key: BucketKey) -> None:
        assert place.bucket is not None  # a place in S3 names its bucket
        self.place, self.bucket = place, place.bucket
        self._key = key

    def put(self, name: str, data: bytes) -> None:
        """Keep `data`: when it returns, S3 has it; what lies there already and is the same stays as it is."""
        try:
            with self._spoken(name):
                self._write(name, data, IfNoneMatch="*")
        except _ThereError:
            self._replace(name, data)

    def _replace(self, name: str, data: bytes) -> None:
        try:
            with self._spoken(name):
                found = self._client.get_object(**self._at(name))
                if found["Body"].read() != data:
                    self._write(name, data, IfMatch=found["ETag"])
        except _ThereError as error:
            raise self._unreachable(f"the object {name} was just written by somebody else") from error

    def publish(self, name: str, data: bytes, *, content_type: str) -> None:
        """Put a page that anybody may read in the place of the last one."""
        with self._spoken(name):
            self._write(name, data, ContentType=content_type, CacheControl="max-age=30")

    def get(self, name: str) -> bytes:
        """Return the object's bytes; MissingFileError where there is none."""
        with self._spoken(name):
            return bytes(self._client.get_object(**self._at(name))["Body"].read())

    def remove(self, name: str) -> None:
        """Delete the object, if it is there."""
        with self._spoken(name):
            self._client.delete_object(**self._at(name))

    def check(self) -> None:
        """StoreError unless the bucket is there, opens with the keys and stands in the region that is declared."""
        with self._spoken(""):
            region = self._client.head_bucket(Bucket=self.bucket.name).get("BucketRegion", self.bucket.region)
        if region != self.bucket.region:
            raise self._refuses(
                f"its bucket {self.bucket.name} stands in the region {region}, declared is {self.bucket.region}: put "
                "region and country right in KONTOR_PLACES."
            )

    @property
    def _client(self) -> Any:
        return _client(self.bucket, self._key)

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket.name, "Key": self.bucket.prefix + name}

    def _write(self, name: str, data: bytes, **more: str) -> None:
        digest = hashlib.md5(data, usedforsecurity=False).digest()  # S3 refuses what was damaged on its way
        self._client.put_object(**self._at(name), Body=data, ContentMD5=base64.b64encode(digest).decode(), **more)

    @contextmanager
    def _spoken(self, name: str) -> Iterator[None]:
        """Say in our words what the client raises."""
        try:
            yield
        except ClientError as error:
            raise self._refused(name, error) from error
        except (EndpointConnectionError, ConnectionClosedError, HTTPClientError) as error:
            raise self._unreachable(str(error)) from error
        except BotoCoreError as error:
            raise self._refuses(str(error)) from error

    def _refused(self, name: str, error: ClientError) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code == "NoSuchKey":
            return MissingFileError(f"The file {name} is missing in the place {self.place.key!r}.")
        if code in _THERE_ALREADY:
            return _ThereError(name)
        if code in _BUSY or status >= _BROKEN:
            return self._unreachable(code)
        if code == "NoSuchBucket" or (status == _NOT_FOUND and not name):
            return self._refuses(f"there is no bucket {self.bucket.name}: make it, or put KONTOR_PLACES right.")
        return self._refuses(
            f"access to the bucket {self.bucket.name} is refused ({code}): look at the place's key in KONTOR_S3_KEYS "
            "and at what that may do there."
        )

    def _refuses(self, why: str) -> StoreError:
        words = said(
            "Der Speicherort „{place}“ weist den Zugriff ab; nichts wurde anderswo abgelegt. Der Anbieter findet den "
            "Grund in seinem Protokoll.",
            "The storage place “{place}” refuses access; nothing was put elsewhere. The provider finds the reason in "
            "its log.",
            place=self.place.key,
        )
        return StoreRefusesError(words, f"The place {self.place.key!r}: {why}")

    def _unreachable(self, what: str) -> StoreError:
        words = said(
            "Der Speicherort „{place}“ antwortet nicht; nichts wurde anderswo abgelegt. Versuchen Sie es später noch "
            "einmal.",
            "The storage place “{place}” does not answer; nothing was put elsewhere. Try again later.",
            place=self.place.key,
        )
        return StoreUnreachableError(words, f"The place {self.place.key!r}, tried {ATTEMPTS} times: {what}")


class _ThereError(Exception):
    """An object of that name is there."""


@lru_cache(maxsize=16)
def _client(bucket: Bucket, key: BucketKey) -> Any:
    """Return the client of a bucket: told everything by us, nothing by files in somebody's home folder."""
    session = botocore.session.Session()
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, os.devnull)
    return session.create_client(
        "s3",
        region_name=bucket.region,
        endpoint_url=bucket.endpoint or None,
        aws_access_key_id=key.access,
        aws_secret_access_key=key.secret,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": "path" if bucket.endpoint else "virtual"},
            ignore_configured_endpoint_urls=True,
            request_checksum_calculation="when_required",  # the digest above is what every provider understands
            response_checksum_validation="when_required",  # what comes back is proved when it is opened
            signature_version="s3v4",
        ),
    )
