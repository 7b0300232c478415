"""Customers' data goes to a third party on a basis only, for the services' operation, and both trails say so."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.queries.mail import contents_of, letter
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions.disclosures import Passing, disclose
from kontor.office.privacy.models import Disclosure
from kontor.rulebook.disclosure import may_disclose
from kontor.rulebook.refusal import RefusalError
from tests.factories import House, make_house
from tests.people import administrator, browser, make_tenant, verbs

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
PAPER = b"%PDF-1.7 we permit it"


@pytest.fixture
def house() -> House:
    return make_house("crm")


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def passing(alder: Tenant, **given: Any) -> Passing:
    told = Passing(
        of_tenant=alder.pk, recipient="Rechenhaus", email="dienst@rechenhaus.example", purpose="operation",
        data="Fehlerprotokoll", basis="contract", reference="§9.2",
    )  # fmt: skip
    return replace(told, **given)


@pytest.mark.requirement("SO-045")
def test_nothing_goes_to_a_third_party_without_a_basis_and_what_goes_is_logged_with_recipient_purpose_and_basis(
    house, alder
):
    """Crm §9.3: the contract requires or allows it, or written permission; §16: never for other purposes."""
    refused = [
        ({"basis": ""}, "without a basis"),
        ({"reference": " "}, "without a basis"),
        ({"basis": "law", "reference": ""}, "without a basis"),
        ({"basis": "permission", "reference": "by telephone"}, "written permission is missing"),
        ({"basis": "permission", "permission": b"MZ no paper"}, "written permission is missing"),
        ({"purpose": "other"}, "for the operation of the services only"),
        ({"purpose": "other", "basis": "permission", "permission": PAPER}, "for the operation of the services only"),
        ({"data": " "}, "must be named"),
    ]
    with as_tenant(house.tenant.pk):
        before = OutgoingMail.objects.count()
        for given, said in refused:
            with pytest.raises(RefusalError, match=said):
                disclose(passing(alder, **given), at=NOW, actor=house.actor)
        assert (Disclosure.objects.count(), OutgoingMail.objects.count()) == (0, before)
        with pytest.raises(Tenant.DoesNotExist):
            disclose(passing(alder, of_tenant=house.tenant.pk), at=NOW, actor=house.actor)

        file = ("log.csv", b"a;b")
        by_contract = disclose(passing(alder, file=file), at=NOW, actor=house.actor)
        permit = passing(alder, basis="permission", reference="", permission=PAPER)
        permitted = disclose(permit, at=NOW, actor=house.actor)
        duty = passing(alder, basis="law", purpose="other", reference="StPO § 95")
        demanded = disclose(duty, at=NOW, actor=house.actor)
        kept = Disclosure.objects.order_by("pk").values_list("recipient", "purpose", "basis", "reference")
        assert list(kept) == [
            ("Rechenhaus", "operation", "contract", "§9.2"), ("Rechenhaus", "operation", "permission", ""),
            ("Rechenhaus", "other", "law", "StPO § 95"),
        ]  # fmt: skip
        sent = OutgoingMail.objects.get(about_id=by_contract.pk)
        assert [name for name, _kind, _data in contents_of(letter(sent.pk))] == ["log.csv"]
        assert permitted.permission is not None
        assert verbs(house.tenant, demanded) == ["privacy.disclosed"]
    assert verbs(alder, alder).count("privacy.disclosed") == 3


def test_the_house_passes_on_by_its_page_and_nobody_else_sees_it(house, alder):
    client = browser(house.staff, house.tenant)
    url = reverse("privacy:disclosure-new")
    told = {
        "of_tenant": str(alder.pk), "recipient": "Rechenhaus", "email": "dienst@rechenhaus.example",
        "purpose": "operation", "passed": "Fehlerprotokoll", "basis": "", "reference": "",
    }  # fmt: skip
    assert client.get(url).status_code == 200
    wrong = client.post(url, told)
    assert (wrong.status_code, "without a basis" in wrong.content.decode()) == (422, True)
    paper = {"basis": "permission", "permission": SimpleUploadedFile("p.pdf", PAPER)}
    assert client.post(url, told | paper | {"file": SimpleUploadedFile("log.csv", b"a;b")}).status_code == 302
    page = client.get(reverse("privacy:disclosures")).content.decode()
    (there,) = re.findall(r'href="(/privacy/disclosures/[0-9a-f-]+/permission/)"', page)
    assert client.get(there).content == PAPER
    assert b"Rechenhaus" in b"".join(client.get(reverse("privacy:disclosures") + "?format=csv"))
    jana = browser(administrator(alder), alder)
    for address in (there, url, reverse("privacy:disclosures")):
        assert jana.get(address).status_code == 403


def test_a_law_needs_its_section_and_no_basis_is_none():
    assert not may_disclose("hope", purpose="operation", reference="x", documented=True).value
    assert may_disclose("law", purpose="other", reference="StPO § 95", documented=False).value
