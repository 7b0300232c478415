"""
Files in S3: encrypted before they leave, never overwritten, moved to and fro, and a clear sentence when it fails.

What speaks S3 here is moto's server, a stand-in for a provider's, as a process on this machine.
"""

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from kontor.config.data_places import refuse_wrong_buckets
from kontor.config.refusals import RefusedError
from kontor.kernel import s3
from kontor.kernel.actions import data_places as moving
from kontor.kernel.actions.data_places import begin_move, move_some
from kontor.kernel.actor import MACHINE
from kontor.kernel.data_places import BucketKey, bucket_keys, declared
from kontor.kernel.models import FileMove, Tenant
from kontor.kernel.publishing import publish
from kontor.kernel.queries.blobs import read
from kontor.kernel.storage import MissingFileError, UndeclaredPlaceError, store
from kontor.kernel.store_errors import StoreRefusesError, StoreUnreachableError
from kontor.kernel.tenancy import as_tenant
from tests.background import run_jobs
from tests.buckets import BUCKET, REGION, bucketry, free_port
from tests.kernel.conftest import AT
from tests.kernel.test_data_places import files_in, kept, must_lie_in
from tests.places import GERMANY, NORWAY

IN_BUCKET = f"""
bucket = "{BUCKET}"
region = "{REGION}"
endpoint = "{{endpoint}}"
prefix = "kontor"
"""
NAME = "tenant/ab/abcd"


@pytest.fixture(scope="module")
def server():
    with bucketry() as found:
        yield found


def german(endpoint: str = "https://s3.rechenhaus.example", **other: str) -> str:
    """Germany's place, in a bucket."""
    told = GERMANY.replace('folder = "{folder}/frankfurt"', IN_BUCKET.replace("{endpoint}", endpoint))
    for old, new in other.items():
        told = told.replace({"bucket": BUCKET, "region": REGION}.get(old, old), new)
    return told


def opens(server: Any, secret: str = "") -> str:
    return f'[frankfurt]\naccess = "{server.access}"\nsecret = "{secret or server.secret}"\n'


@pytest.fixture
def declare(server, settings, tmp_path):
    """Declare Germany's place in S3 and Norway's on disk."""

    def make(**other: str) -> None:
        secret = other.pop("secret", "")
        told = german(server.endpoint, **other) + NORWAY.replace("{folder}", str(tmp_path))
        settings.KONTOR_PLACES = declared(told)
        settings.KONTOR_S3_KEYS = bucket_keys(opens(server, secret), settings.KONTOR_PLACES)

    for name in server.names():
        server.s3.delete_object(Bucket=BUCKET, Key=name)
    make()
    return make


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (german().replace(f'region = "{REGION}"', ""), "region is a text that is not empty"),
        (german("http://s3.rechenhaus.example"), "endpoint is an address with https"),
        (german("http://10.0.0.1"), "endpoint is an address with https"),
        (german() + 'folder = "/srv"', "folder and bucket exclude each other"),
        (german().replace('"files"', '"files", "published"'), "holds names files or published, not both"),
        (german("").replace('endpoint = ""', "").replace("eu-central-1", "eu-west-3"), "is DE, but eu-west-3 is in FR"),
    ],
)
def test_a_bucket_that_cannot_be_meant_stops_the_start(told, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        declared(told)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("[frank", "KONTOR_S3_KEYS is no TOML."),
        ("", "the place 'frankfurt' lies in a bucket"),
        ('[frankfurt]\naccess = "a"', "the place 'frankfurt' lies in a bucket"),
        ('[frankfurt]\naccess = "a"\nsecret = " "', "the place 'frankfurt' lies in a bucket"),
    ],
)
def test_a_bucket_without_keys_stops_the_start_and_no_secret_is_printed(keys, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        bucket_keys(keys, declared(german()))
    assert sentence in str(refused.value)
    assert repr(BucketKey("id", "hush")) == "BucketKey(access='id')"


@pytest.mark.django_db
def test_a_file_lies_encrypted_in_the_bucket_of_the_country_that_the_contract_demands(alder, server, declare):
    must_lie_in(alder, "DE")
    with as_tenant(alder.pk):
        blobs = [kept(), kept(), kept(b"another")]
        assert [read(blob) for blob in blobs] == [b"a letter", b"a letter", b"another"]
    names = server.names()
    assert len(names) == 2
    assert all(name.startswith(f"kontor/{alder.pk}/") for name in names)
    held = [server.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names]
    assert not [data for data in held if b"letter" in data or b"another" in data]


def test_what_lies_there_is_replaced_only_while_it_is_the_very_thing_that_was_looked_at(server, declare, monkeypatch):
    place = store("frankfurt")
    place.put(NAME, b"one")
    first = server.s3.head_object(Bucket=BUCKET, Key=f"kontor/{NAME}")["LastModified"], place.get(NAME)
    place.put(NAME, b"one")
    assert (server.s3.head_object(Bucket=BUCKET, Key=f"kontor/{NAME}")["LastModified"], place.get(NAME)) == first
    place.put(NAME, b"two")  # what a rolled back transaction left behind
    assert place.get(NAME) == b"two"

    wrote = place._write

    def outrun(name: str, data: bytes, **more: str) -> None:
        if "IfMatch" in more:
            server.s3.put_object(Bucket=BUCKET, Key=f"kontor/{NAME}", Body=b"somebody else's")
        wrote(name, data, **more)

    monkeypatch.setattr(place, "_write", outrun)
    with pytest.raises(StoreUnreachableError, match="was just written by somebody else"):
        place.put(NAME, b"three")
    assert place.get(NAME) == b"somebody else's"
    place.remove(NAME)
    place.remove(NAME)
    with pytest.raises(MissingFileError, match=f"The file {NAME} is missing in the place 'frankfurt'"):
        place.get(NAME)


@pytest.mark.django_db
def test_files_move_from_a_folder_to_s3_and_back_though_killed_after_each_step_and_while_s3_is_out(
    alder, birch, server, declare, settings, tmp_path, monkeypatch
):
    must_lie_in(birch, "NO")
    with as_tenant(birch.pk):
        blobs = [kept(b"1"), kept(b"2"), kept(b"3", customer_tenant=alder)]
    must_lie_in(birch, "DE")
    monkeypatch.setattr(moving, "BATCH", 1)
    with as_tenant(alder.pk):
        move = begin_move(birch.pk, target="frankfurt", at=AT, actor=MACHINE)

    declare(bucket="kontor-gone")
    with as_tenant(alder.pk), pytest.raises(StoreRefusesError, match="there is no bucket kontor-gone"):
        move_some(move.pk, at=AT)
    declare()
    steps, more = 0, True
    while more:
        with as_tenant(alder.pk):
            with pytest.raises(RuntimeError), transaction.atomic():
                move_some(move.pk, at=AT)
                raise RuntimeError("killed")
            more = move_some(move.pk, at=AT)
        with as_tenant(birch.pk):
            assert [read(blob) for blob in blobs] == [b"1", b"2", b"3"]
        steps += 1
    assert (steps, files_in(tmp_path / "oslo"), len(server.names())) == (8, 0, 3)

    must_lie_in(birch)
    with as_tenant(alder.pk):
        back = begin_move(birch.pk, target="oslo", at=AT, actor=MACHINE)
    assert run_jobs() == [moving.JOB, moving.JOB]
    assert (files_in(tmp_path / "oslo"), server.names()) == (3, [])
    with as_tenant(alder.pk):
        assert FileMove.objects.get(pk=back.pk).phase == "DONE"
    assert Tenant.objects.get(pk=birch.pk).files_at == "oslo"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"secret": "wrong"}, f"access to the bucket {BUCKET} is refused (SignatureDoesNotMatch): look at the place's"),
        ({"bucket": "kontor-gone"}, "there is no bucket kontor-gone: make it, or put KONTOR_PLACES right."),
    ],
)
def test_what_a_bucket_refuses_is_said_to_its_reader_and_to_who_runs_it(declare, given, sentence):
    declare(**given)
    with pytest.raises(StoreRefusesError) as refused:
        store("frankfurt").put(NAME, b"one")
    assert str(refused.value).startswith(f"The place 'frankfurt': {sentence}")
    assert refused.value.text.en == (
        "The storage place “frankfurt” refuses access; nothing was put elsewhere. The provider finds the reason in its "
        "log."
    )


def test_a_provider_that_does_not_answer_is_asked_again_and_then_said(server, declare, monkeypatch):
    monkeypatch.setattr(s3, "ATTEMPTS", 2)
    s3._client.cache_clear()
    declare(**{server.endpoint: f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(StoreUnreachableError, match="tried 2 times: Could not connect") as refused:
        store("frankfurt").get(NAME)
    assert refused.value.text.de == (
        "Der Speicherort „frankfurt“ antwortet nicht; nichts wurde anderswo abgelegt. Versuchen Sie es später noch "
        "einmal."
    )
    s3._client.cache_clear()


def test_the_server_asks_each_bucket_before_it_starts(server, monkeypatch):
    """One that is not as declared keeps it shut; one that is out of reach is only named."""
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    s3._client.cache_clear()

    def started(told: str, keys: str) -> list[str]:
        monkeypatch.setenv("KONTOR_PLACES", told)
        monkeypatch.setenv("KONTOR_S3_KEYS", keys)
        return refuse_wrong_buckets()

    assert started("", "") == []
    assert started(german(server.endpoint), opens(server)) == []
    for told, keys, sentence in (
        (german(server.endpoint, region="eu-north-9"), opens(server), "stands in the region eu-central-1, declared is"),
        (german(server.endpoint, bucket="kontor-gone"), opens(server), "there is no bucket kontor-gone"),
        (german(server.endpoint), opens(server, "wrong"), "is refused (403)"),
    ):
        with pytest.raises(RefusedError, match=re.escape(sentence)):
            started(told, keys)
    (unknown,) = started(german(f"http://127.0.0.1:{free_port()}"), opens(server))
    assert unknown.startswith("The place 'frankfurt', tried 1 times: Could not connect")
    s3._client.cache_clear()


def published(where: str) -> str:
    return german().replace('["files"]', '["published"]').split("bucket =")[0] + where


def test_a_public_page_is_put_into_a_folder_that_a_web_server_reads(settings, tmp_path):
    settings.KONTOR_PLACES = declared(published(f'folder = "{tmp_path}/pages"'))
    assert publish("status/index.html", b"up", content_type="text/html") is False
    settings.KONTOR_STATUS_COPY = "frankfurt"
    for text in (b"up", b"down"):
        assert publish("status/index.html", text, content_type="text/html") is True
    page = tmp_path / "pages" / "status" / "index.html"
    assert (page.read_bytes(), page.stat().st_mode & 0o777, files_in(tmp_path)) == (b"down", 0o644, 1)
    for name in ("../x", "/x", "a//b", ".x", "A"):
        with pytest.raises(ValueError, match="no plain name"):
            publish(name, b"", content_type="text/html")
    settings.KONTOR_STATUS_COPY = "oslo"
    with pytest.raises(UndeclaredPlaceError, match="'oslo'"):
        publish("index.html", b"", content_type="text/html")


def test_a_public_page_is_put_into_a_bucket_with_what_a_browser_needs_to_know(server, settings):
    told = published(f'bucket = "kontor-pages"\nregion = "{REGION}"\nendpoint = "{server.endpoint}"')
    settings.KONTOR_PLACES = declared(told)
    settings.KONTOR_S3_KEYS = bucket_keys(opens(server), settings.KONTOR_PLACES)
    settings.KONTOR_STATUS_COPY = "frankfurt"
    for text in (b"up", b"down"):
        assert publish("index.html", text, content_type="text/html; charset=utf-8") is True
    found = server.s3.get_object(Bucket="kontor-pages", Key="index.html")
    assert (found["Body"].read(), found["ContentType"]) == (b"down", "text/html; charset=utf-8")
    assert found["CacheControl"] == "max-age=30"
