"""Electronic licence keys as files: proved offline by the vendor's public key, refused with the reason."""

import base64
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kontor.config.cli import app
from kontor.config.refusals import RefusedError
from kontor.rulebook.licence_keys import (
    KeyRefusedError,
    LicenceDocument,
    keys_in,
    new_secret,
    opened,
    public_of,
    signed,
)

ON = date(2026, 6, 1)
SECRET = new_secret()
TRUSTED = [public_of(SECRET)]
DOCUMENT = LicenceDocument(
    number="V-1/1", vendor="Lindwurm", customer="Alder & Söhne", contract="V-1", product="gokarts",
    modules=("web_pro",), granted="limited_term", sites=("Kiel",), computers=2, first=date(2026, 1, 1),
    last=date(2026, 12, 31), issued=date(2026, 1, 1),
)  # fmt: skip
KEY = signed(DOCUMENT, SECRET)


def fault(key: str, trusted=TRUSTED, on: date = ON) -> str:
    with pytest.raises(KeyRefusedError) as refused:
        opened(key, trusted, on=on)
    return str(refused.value.fault)


def part(told: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def test_a_key_says_what_was_signed():
    assert opened(f"{KEY}\n", TRUSTED, on=ON) == DOCUMENT


def test_a_licence_for_good_has_no_last_day():
    key = signed(DOCUMENT.model_copy(update={"last": None}), SECRET)
    assert opened(key, TRUSTED, on=date(2096, 1, 1)).last is None


@pytest.mark.parametrize(("on", "why"), [(date(2025, 12, 31), "not_yet"), (date(2027, 1, 1), "expired")])
def test_a_key_holds_on_its_days_only(on, why):
    assert fault(KEY, on=on) == why


def test_every_byte_is_proved():
    for place in range(0, len(KEY), 7):
        changed = KEY[:place] + ("A" if KEY[place] != "A" else "B") + KEY[place + 1 :]
        assert fault(changed) in {"altered", "unreadable", "unknown_signer"}, place
    head, body, _ = KEY.split(".")
    more = part({**json.loads(base64.urlsafe_b64decode(body + "==")), "computers": 200})
    assert fault(f"{head}.{more}.{KEY.split('.')[2]}") == "altered"


def test_somebody_elses_key_opens_nothing():
    other = new_secret()
    assert fault(signed(DOCUMENT, other)) == "unknown_signer"
    disguised = {**public_of(other), "kid": TRUSTED[0]["kid"]}
    assert fault(KEY, [disguised]) == "altered"
    assert fault(KEY, [{**TRUSTED[0], "x": "AAAA"}]) == "altered"


@pytest.mark.parametrize(
    "head",
    [
        {"alg": "none", "kid": TRUSTED[0]["kid"], "typ": "kontor-licence+jws"},
        {"alg": "HS256", "kid": TRUSTED[0]["kid"], "typ": "kontor-licence+jws"},
        {"alg": "EdDSA", "kid": TRUSTED[0]["kid"], "typ": "JWT"},
        {"alg": "EdDSA"},
        [],
    ],
)
def test_whoever_forges_a_key_does_not_choose_how_it_is_checked(head):
    assert fault(f"{part(head)}.{KEY.split('.')[1]}.{KEY.split('.')[2]}") == "unreadable"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "é.b.c", f"{KEY}=", "x" * 200_000, KEY.replace(".", ".=", 1)])
def test_what_is_no_key_is_refused(text):
    assert fault(text) in {"unreadable", "altered"}


def test_a_signed_document_of_a_newer_form_is_refused():
    class Newer(LicenceDocument):
        model_config = {"extra": "allow"}

    assert fault(signed(Newer(**DOCUMENT.model_dump(), dongle="x"), SECRET)) == "unreadable"


def test_public_keys_are_read_from_a_set_or_alone():
    assert keys_in(json.dumps({"keys": [*TRUSTED, {"kty": "RSA", "crv": ""}]})) == TRUSTED
    assert keys_in(json.dumps(TRUSTED[0])) == TRUSTED
    for text in ("", "[]", "7", '{"keys": 7}', '{"keys": [{}]}'):
        with pytest.raises(KeyRefusedError, match="no list of public keys"):
            keys_in(text)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    key, public = tmp_path / "key.jws", tmp_path / "keys.json"
    key.write_text(KEY, encoding="utf-8")
    public.write_text(json.dumps({"keys": TRUSTED}), encoding="utf-8")
    return str(key), str(public)


def verify(*arguments: str):
    return CliRunner().invoke(app, ["licence", "verify", *arguments])


def test_the_command_checks_a_key_without_network_or_database(files):
    key, public = files
    found = verify(key, "--public-keys", public, "--on", "2026-06-01")
    assert found.exit_code == 0
    assert found.output.splitlines() == [
        "number: V-1/1", "vendor: Lindwurm", "customer: Alder & Söhne", "contract: V-1", "product: gokarts",
        "modules: web_pro", "granted: limited_term", "sites: Kiel", "computers: 2", "first: 2026-01-01",
        "last: 2026-12-31", "issued: 2026-01-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--on", "2027-01-01", "--lang", "en"], 1, "The licence ended on 31 December 2026."),
        (["--on", "2027-01-01", "--lang", "de"], 1, "Die Lizenz endete am 31.12.2026."),
        (["--on", "yesterday"], 2, "Invalid isoformat string: 'yesterday'"),
    ],
)
def test_the_command_says_why_it_refuses(files, options, code, says):
    key, public = files
    refused = verify(key, "--public-keys", public, *options).exception
    assert isinstance(refused, RefusedError)
    assert (refused.code, refused.sentences) == (code, (says,))


def test_the_command_names_a_missing_file(files):
    refused = verify("/nowhere/key.jws", "--public-keys", files[1]).exception
    assert isinstance(refused, RefusedError)
    assert refused.code == 2


def test_one_signature_has_one_spelling():
    """The last sign of 64 bytes in base64url holds four bits that say nothing; they must be nought."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(KEY[-1]) + 1]
    assert fault(KEY[:-1] + other) == "unreadable"
