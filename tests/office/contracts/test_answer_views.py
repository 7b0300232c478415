"""The page behind the link: what it shows, and what it takes."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import offers
from kontor.office.contracts.models import OfferState
from kontor.office.documents.models import Signature
from tests.background import run_jobs
from tests.factories import accept, make_house
from tests.office.contracts.walking import answers, concluded, link_to, offered
from tests.people import visitor

pytestmark = pytest.mark.django_db


def state_of(house, offer) -> OfferState:
    with as_tenant(house.tenant.pk):
        return OfferState.objects.get(offer=offer)


def test_an_offer_is_read_by_its_link_and_nothing_is_ticked_beforehand():
    house = make_house()
    offer = offered(house)

    page = visitor().get(link_to(house, offer))

    text = page.content.decode()
    assert page.status_code == 200
    assert bytes(offer.sha256).hex() in text
    assert "€303.00" in text  # 2 × 89.00 + 10 × 12.50 a month
    assert 'type="checkbox"' in text
    assert " checked" not in text
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")
    assert state_of(house, offer).opened_at is not None


@pytest.mark.requirement("FW-006")
def test_accepting_keeps_the_evidence_and_says_what_follows():
    house = make_house()
    offer = offered(house)
    client, link = visitor(), link_to(house, offer)

    answer = client.post(link, answers(offer), REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Firefox"})

    assert (answer.status_code, answer.url) == (302, link)
    with as_tenant(house.tenant.pk):
        signature = Signature.objects.get()
        assert (signature.name, signature.address, signature.client) == ("Jonas Alder", "192.0.2.7", "Firefox")
        assert bytes(signature.sha256) == bytes(offer.sha256)
    text = client.get(link).content.decode()
    assert "You have accepted the offer" in text
    assert "The contract comes into being by receipt of the order confirmation by the customer." in text
    assert "Accept offer" not in text


def test_a_declaration_that_is_missing_is_named():
    house = make_house()
    offer = offered(house)
    told = {key: value for key, value in answers(offer).items() if key != "declare_entrepreneur"}

    answer = visitor().post(link_to(house, offer), told)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["declare_entrepreneur"]
    assert "Without this declaration the offer cannot be accepted." in answer.content.decode()
    assert state_of(house, offer).state == "SENT"


def test_a_second_acceptance_is_refused():
    house = make_house()
    offer = offered(house)
    client, link = visitor(), link_to(house, offer)
    client.post(link, answers(offer))

    second = client.post(link, answers(offer, name="Somebody Else"))

    assert second.status_code == 409
    assert second.context["refused"] == "The offer has been accepted already."
    with as_tenant(house.tenant.pk):
        assert [row.name for row in Signature.objects.all()] == ["Jonas Alder"]


def test_an_expired_offer_says_so_and_takes_nothing():
    house = make_house()
    yesterday = timezone.localdate() - timedelta(days=1)
    offer = offered(house, valid_until=yesterday)
    client, link = visitor(), link_to(house, offer)

    assert "This offer has expired" in client.get(link).content.decode()
    answer = client.post(link, answers(offer))
    assert answer.status_code == 409
    assert answer.context["refused"].startswith("The offer was valid until")
    assert state_of(house, offer).state == "SENT"


def test_a_withdrawn_offer_says_so_and_takes_nothing():
    house = make_house()
    offer = offered(house)
    client, link = visitor(), link_to(house, offer)
    with as_tenant(house.tenant.pk):
        offers.withdraw_offer(offer.pk, at=timezone.now(), actor=house.actor)

    assert "This offer was withdrawn" in client.get(link).content.decode()
    assert client.post(link, answers(offer)).status_code == 409


def test_the_hash_of_another_page_accepts_nothing():
    house = make_house()
    offer = offered(house)
    link = link_to(house, offer)

    assert visitor().post(link, answers(offer, sha256="00" * 32)).status_code == 409
    assert visitor().post(link, answers(offer, sha256="nonsense")).status_code == 422
    assert state_of(house, offer).state == "SENT"


def test_an_unknown_secret_opens_nothing():
    page = visitor().get("/contracts/answer/nonsense/")

    assert page.status_code == 404
    assert "This offer cannot be opened" in page.content.decode()
    assert visitor().get("/contracts/answer/nonsense/file/").status_code == 403


def test_the_file_is_the_very_one_that_is_accepted():
    house = make_house()
    offer = offered(house)

    file = visitor().get(link_to(house, offer) + "file/")

    assert file["Content-Type"] == "application/pdf"
    assert hashlib.sha256(file.content).digest() == bytes(offer.sha256)


def test_once_the_contract_stands_the_page_says_where_the_invitation_went():
    house = make_house()
    contract = concluded(house)

    text = visitor().get(link_to(house, contract.offer)).content.decode()

    assert "The contract stands" in text
    assert f"Contract {contract.number} begins on 1 December 2026." in text


def test_both_languages_are_spoken():
    house = make_house()
    offer = offered(house)
    accept(house, offer, at=timezone.now())
    run_jobs()
    client = visitor()
    client.cookies["kontor_language"] = "de"

    text = client.get(link_to(house, offer)).content.decode()

    assert "Sie haben das Angebot angenommen" in text
    assert "Der Vertrag kommt mit dem Zugang der Auftragsbestätigung beim Kunden zustande." in text
