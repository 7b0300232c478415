"""Registering: the seven items that the terms name and no other, and nothing before the address is proved."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.registering import Registering, activate, register, registers
from kontor.office.contracts.models import Registration, RegistrationActivation
from kontor.office.parties.models import Party
from kontor.rulebook import terms as packs
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.people import mails, visitor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TYPED = {
    "email": "Vera@gast.example", "last_name": "Gast", "first_name": "Vera", "address": "Weg 1, 20095 Hamburg",
    "telephone": "+49 40 1",
}  # fmt: skip
PAGE = "/contracts/register/bookkeeping/"


@pytest.fixture
def house() -> House:
    return make_house()


def link(house: House) -> str:
    (mail,) = mails(house.tenant)
    return re.findall(r"/contracts/register/bookkeeping/[^/\s]+/", mail.text)[0]


@pytest.mark.requirement("SD-014")
def test_a_registration_holds_seven_items_and_begins_with_the_proof_of_its_address(house: House) -> None:
    """Bookkeeping 10: what is asked for are these items, and what is stored has them and no other."""
    fields = packs.load("bookkeeping").privacy.registration_fields.value
    keys = {item.key for item in fields}
    assert (len(keys), keys - {"ip_address", "registered_at"}) == (7, set(TYPED))
    own = {field.name for field in Registration._meta.get_fields() if not field.is_relation}
    assert own - {"id", "made_in"} == keys  # beside the row's own key

    client = visitor()
    assert set(client.get(PAGE).context["form"].fields) == set(TYPED)
    assert client.post(PAGE, {**TYPED, "birthday": "1990-01-01"}, REMOTE_ADDR="192.0.2.7").url.endswith("/sent/")
    assert client.get("/contracts/register/sent/").status_code == 200
    with as_tenant(house.tenant.pk):
        row = Registration.objects.get()
        said = (row.email, row.last_name, row.first_name, row.address, row.telephone, row.ip_address)
        assert said == ("vera@gast.example", "Gast", "Vera", "Weg 1, 20095 Hamburg", "+49 40 1", "192.0.2.7")
        assert (RegistrationActivation.objects.count(), Party.objects.filter(email=row.email).count()) == (0, 0)
    there = link(house)
    assert "done" not in client.get(there).content.decode().split("<form")[0]  # a program that opens it proves nothing
    with as_tenant(house.tenant.pk):
        assert not RegistrationActivation.objects.exists()
    assert client.post(there).status_code == 200
    with as_tenant(house.tenant.pk):
        active = RegistrationActivation.objects.get()
        assert (active.registration_id, active.party.name, active.pack) == (row.pk, "Vera Gast", "bookkeeping")
        verbs = set(RecordEntry.objects.filter(object_id=row.pk).values_list("verb", flat=True))
        assert verbs == {"contracts.registered", "contracts.registration_activated"}
    assert [client.post(there).status_code, client.get(there).status_code] == [410, 410]


def test_an_address_gets_one_link_a_day_and_the_page_tells_nobody(house: House) -> None:
    told = {"ip_address": "192.0.2.7", "language": "en"}
    with as_tenant(house.tenant.pk):
        assert register("bookkeeping", Registering(**TYPED), **told, at=AT) is not None
        assert register("bookkeeping", Registering(**TYPED), **told, at=AT + timedelta(hours=23)) is None
        assert register("bookkeeping", Registering(**TYPED), **told, at=AT + timedelta(hours=24)) is not None
        assert [mail.subject for mail in mails(house.tenant)] == ["Please confirm your registration"] * 2
        with pytest.raises(MailAddressError):
            register("bookkeeping", Registering(**TYPED | {"email": "nobody"}), **told, at=AT)
        with pytest.raises(RefusalError, match="know no registration"):
            register("crm", Registering(**TYPED), **told, at=AT)


def test_a_link_holds_seven_days_and_for_its_own_terms(house: House) -> None:
    with as_tenant(house.tenant.pk):
        register("bookkeeping", Registering(**TYPED), ip_address="192.0.2.7", language="de", at=AT)
    secret = link(house).split("/")[-2]
    for pack, at in (("bookkeeping", AT + timedelta(days=7)), ("crm", AT)):
        with pytest.raises(CredentialRefusedError):
            activate(pack, secret, language="de", at=at)
    activate("bookkeeping", secret, language="de", at=AT + timedelta(days=7) - timedelta(seconds=1))


def test_terms_without_a_registration_have_no_page(house: House) -> None:
    assert [registers(pack) for pack in ("bookkeeping", "crm", "nothing")] == [True, False, False]
    assert visitor().post(PAGE, TYPED | {"email": "no address"}).status_code == 422
    assert visitor().get("/contracts/register/crm/").status_code == 404


@pytest.mark.requirement("SD-015")
def test_no_outgoing_call_carries_an_item_of_a_registration(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bookkeeping 10: nothing is passed on. The one way out is the mail to the address itself; any other is heard."""
    called: list[object] = []

    def heard(_socket: object, address: object) -> None:
        called.append(address)
        raise OSError("nobody answers here")

    monkeypatch.setattr(settings, "EMAIL_HOST", "mail.house.example")
    monkeypatch.setattr("socket.socket.connect", heard)
    monkeypatch.setattr("socket.socket.connect_ex", heard)
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **_: heard(None, given))
    monkeypatch.setattr("kontor.kernel.jobs.hand_over", lambda _message, to, **_: called.append(("mail", to)))
    client = visitor()
    client.post(PAGE, TYPED, REMOTE_ADDR="192.0.2.7")
    client.post(link(house))
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert RegistrationActivation.objects.count() == 1
    assert called == [("mail", "vera@gast.example")]
    shown = client.get(PAGE).content.decode()
    foreign = [
        each for each in re.findall(r'(?:src|action|href)="(https?://[^"]+)"', shown) if "testserver" not in each
    ]
    assert foreign == []  # nor does the page send the browser anywhere else
