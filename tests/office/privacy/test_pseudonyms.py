"""A copy for tests tells of nobody: not in its tables, not in what people wrote, and the same person is one person."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kontor.config.cli import tenants as commands
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.age import Identity, decrypted
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.actions.parties import learn_account
from kontor.office.parties.models import BankAccount, Party
from kontor.office.privacy.actions.importing import import_tenant
from kontor.office.privacy.formats.pseudonyms import Pseudonyms
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.privacy.packed import rows
from tests.people import administrator

WORDS = Pseudonyms(b"k" * 32)
IBAN = "DE02120300000000202051"
REAL = (r"\bIda\b", "Wirtshofer", "ida@kontor.example", "Alderbaum", "02120300000000202051", "176 1234567")


def valid(iban: str) -> bool:
    """ISO 13616: the country and check digits behind the account, letters as 10 to 35, modulo 97 is 1."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def test_the_same_person_has_the_same_other_name_in_a_table_and_in_a_sentence() -> None:
    WORDS.learn("Ida Wirtshofer", "name", "name")
    name = WORDS.of("Ida Wirtshofer", "name", "name")
    first, last = name.split()
    assert WORDS.scrubbed("Frau Wirtshofer (IDA) rief an.") == f"Frau {last} ({first.upper()}) rief an."
    assert WORDS.of({"by": "Ida Wirtshofer", "lines": ["Wirtshofer GmbH"]}, "name", "told") == {
        "by": name, "lines": [f"{last} GmbH"],
    }  # fmt: skip
    assert WORDS.of("ida@kontor.example", "communication", "email") == WORDS.scrubbed("ida@kontor.example")
    assert Pseudonyms(b"x" * 32).of("Ida Wirtshofer", "name", "name") != name  # without the key nobody finds it again


@pytest.mark.parametrize(
    "kept", ["books.invoice_sent", "Europe/Oslo", "2026-01-15", "01890a5d-ac96-774b-bcce-b302099a8057", "", "2026-0017"]
)
def test_what_only_programs_read_stays(kept: str) -> None:
    assert WORDS.scrubbed([kept, 7, None]) == [kept, 7, None]


def test_numbers_keep_their_form_and_an_account_stays_a_possible_one() -> None:
    account = WORDS.of(IBAN, "bank_details", "iban")
    assert (account != IBAN, valid(account)) == (True, True)
    phone = WORDS.of("+49 176 1234567", "communication", "phone")
    assert (len(phone), phone[0], phone != "+49 176 1234567") == (15, "+", True)
    assert WORDS.scrubbed("Bitte +49 176 1234567 anrufen") != "Bitte +49 176 1234567 anrufen"
    passport, street = WORDS.of("C01X00T47", "identity_number", "document"), WORDS.of("Am Ring 5", "address", "street")
    assert (len(passport), passport == "C01X00T47", street.split()[0]) == (9, False, "Am")
    assert WORDS.scrubbed("von 198.51.100.7 aus").split()[1].startswith("10.")
    assert WORDS.of("2a01:4f8::7", "device", "address").startswith("2001:db8::")
    assert WORDS.of("1980-05-17", "identity_number", "birth_date") == "1980-01-01"
    assert (len(WORDS.of("\\x00ff", "device", "mark")), WORDS.of("", "name", "name")) == (6, "")


@pytest.fixture
def house() -> House:
    house = make_house()
    administrator(house.tenant, "ida@kontor.example", "Ida Wirtshofer")
    with as_tenant(house.tenant.pk):
        party = make_party(house, name="Alderbaum GmbH")
        learn_account(party.pk, IBAN, holder="Ida Wirtshofer", at=AT, actor=MACHINE)
        accept(house, send(house, make_draft(house, party)))
        keep(b"x", name="Brief an Frau Wirtshofer, +49 176 1234567.txt", media_type="text/plain", at=AT)
    User.objects.filter(name="Ida Wirtshofer").update(phone="+49 176 1234567")
    return house


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-125")
def test_no_real_name_address_phone_or_number_is_in_a_copy_and_it_comes_in_as_a_tenant(
    house: House, tmp_path: Path
) -> None:
    key = Identity.new()
    call_command("copy_for_tests", str(tmp_path / "all"), f"--mapping-for={key.recipient}")
    file = tmp_path / "all" / f"{house.tenant.pk}.zip"
    assert sorted(each.name for each in (tmp_path / "all").iterdir()) == sorted([file.name, "mapping.age"])
    with zipfile.ZipFile(file) as archive:
        everything = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
        assert [real for real in REAL if re.search(real, everything, re.IGNORECASE)] == []
        (party,) = rows(archive, "parties_party")
        people = [json.loads(each) for each in archive.read("people.jsonl").splitlines()]
    mapping = dict(
        map(json.loads, b"".join(decrypted([(tmp_path / "all" / "mapping.age").read_bytes()], key)).splitlines())
    )
    assert mapping["Alderbaum GmbH"] == party["name"]
    assert {mapping["Ida Wirtshofer"], mapping["ida@kontor.example"]} <= {
        each[k] for each in people for k in ("name", "email")
    }
    with file.open("rb") as archived:
        came = import_tenant(archived, trusted=[], at=timezone.now(), actor=MACHINE)
    with as_tenant(came.tenant):
        assert (Party.objects.get().name, BankAccount.objects.get().holder) == (
            party["name"],
            mapping["Ida Wirtshofer"],
        )
        assert valid(BankAccount.objects.get().iban)


@pytest.mark.django_db
def test_what_is_not_there_or_no_key_is_refused(tmp_path: Path) -> None:
    for wrong in ("--tenant=01890a5d-ac96-774b-bcce-b302099a8057", "--mapping-for=age1x"):
        with pytest.raises(CommandError):
            call_command("copy_for_tests", str(tmp_path), wrong)
    assert commands.copy_for_tests.__name__ == "copy_for_tests"
