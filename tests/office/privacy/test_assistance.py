"""What a processor helps its controller with: papers for an impact assessment, and telling it of wrong data."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RefusedAddress
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions.parties import add_party
from kontor.office.privacy import jobs
from kontor.office.privacy.actions import agreements
from kontor.office.privacy.queries.impact import impact_paper
from tests.factories import AT, CUSTOMER, make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.privacy.test_papers import NOW, ours
from tests.office.privacy.test_suspensions import follow
from tests.people import administrator, browser, make_tenant, verbs
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def printed(page) -> str:
    assert (page.status_code, page["content-type"]) == (200, "application/pdf")
    return re.sub(r"\s+", " ", " ".join(each.extract_text() for each in PdfReader(BytesIO(page.content)).pages))


def refused(tenant, email: str) -> list[str]:
    """Let a mail to an address bounce, and do what follows from it; return what the administrators were told."""
    with as_tenant(tenant.pk):
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        RefusedAddress.objects.create(email=email, problem="550 no such user", source="SMTP", at=AT)
        jobs.address_refused(at=AT, email=email)
        return [mail.text for mail in OutgoingMail.objects.exclude(pk__in=before)]


@pytest.mark.requirement("FW-108")
def test_an_impact_assessment_gets_data_purposes_risks_and_measures_and_a_wrong_address_is_told():
    house = make_house()
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        made = agreements.issue_agreement(contract.pk, at=NOW, actor=house.actor)
        agreements.sign_agreement(made.pk, function="CEO", at=NOW, actor=house.actor)
    ours(contract, "privacy.agreement_signed_by_customer", made, function="Geschäftsführer")
    follow(house, contract)
    customer = agreed(contract)
    place = reverse("privacy-own:impact", args=["visitors"])
    assert place in customer.get(reverse("privacy-own:overview")).content.decode()
    paper = printed(customer.get(place))
    for words in (
        "What is processed, and for what", "Visits", "Prepare visits, govern entry",  # the data and its purposes
        "Provision and use of the platform, Maintenance of the platform",
        "Risks for the persons concerned", "Times add up to a picture of moves and work.",
        "Measures against them", "2.2 Access to systems", "Severity and likelihood of each risk",
    ):  # fmt: skip
        assert words in paper, words

    alder = make_alder("Ostkai")
    administrator(alder, "ole@ostkai.example", "Ole")
    with as_tenant(alder.pk):
        expect(make_site(), types()["Delivery"])  # nele@brandt.example
    (told,) = refused(alder, "nele@brandt.example")
    assert told.startswith(
        "An nele@brandt.example kam nichts an:\n550 no such user\n\nSie steht in: visitors.Visit, visitors.VisitEvent. "
    )
    assert "Anlage 3, Klausel 8 c" in told
    with as_tenant(alder.pk):
        assert verbs(alder, RefusedAddress.objects.get()) == ["privacy.address_refused"]


def test_of_an_address_that_stands_nowhere_or_is_a_members_nobody_is_told_here():
    tenant, other = make_tenant("Alder"), make_tenant("Birke")
    administrator(tenant)
    with as_tenant(other.pk):
        add_party(at=AT, actor=MACHINE, **{**CUSTOMER, "email": "ayla@birke.example"})
    assert refused(tenant, "ayla@birke.example") == []  # it stands with another company alone
    assert refused(tenant, "jana@alder.example") == []  # a member's: the pages about people tell of it
    with as_tenant(tenant.pk):
        jobs.address_refused(at=AT, email="never@refused.example")
        assert OutgoingMail.objects.count() == 0


def test_papers_are_for_modules_that_handle_data_for_others_and_for_who_may_see_them():
    assert impact_paper("privacy", None, on=AT.date(), language="de") is None
    early = impact_paper("visitors", None, on=AT.date(), language="de")
    assert early is not None
    assert [part["title"] for part in early["parts"]] == [
        "Was verarbeitet wird, und wozu", "Risiken für die Betroffenen", "Maßnahmen dagegen",
        "Was Sie als Verantwortlicher ergänzen",
    ]  # fmt: skip
    assert early["parts"][2]["entries"] == [{"title": "Noch keine Vereinbarung nach Art. 28", "fields": []}]
    tenant = make_alder()
    assert clerk(tenant, "visitors.see").get(reverse("privacy-own:impact", args=["visitors"])).status_code == 403
    head = browser(administrator(tenant), tenant)
    assert head.get(reverse("privacy-own:impact", args=["nothing"])).status_code == 404
