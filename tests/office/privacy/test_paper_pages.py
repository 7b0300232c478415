"""The privacy centre's pages on papers and registers: the house keeps, the customer answers, others see nothing."""

from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.models import Instruction, ProcessingAgreement, RecordEdition, SubprocessorNotice
from kontor.office.privacy.queries.data_map import draw
from kontor.office.privacy.queries.register import entries
from tests.factories import make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.privacy.test_papers import NOW
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
PARTNER = {
    "name": "Rechenhaus GmbH", "address": "Hafenstraße 1, Frankfurt", "country": "DE", "task_de": "Betrieb",
    "task_en": "Hosting", "access": "Dateien", "effective_on": "2028-09-01", "agreement_on": "2027-05-01",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def sent(client, path, told=None, *, status=302):
    response = client.post(path, told or {})
    assert response.status_code == status, response.content.decode()[:2000]


def shown(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_house_and_its_customer_go_through_every_paper():
    house = make_house()
    contract = concluded(house)
    staff, customer = browser(house.staff, house.tenant), agreed(contract)
    staff.cookies["kontor_language"] = "en"

    assert contract.number in shown(staff, "/privacy/agreements/")
    sent(staff, f"/privacy/agreements/{contract.pk}/issue/")
    sent(staff, f"/privacy/agreements/{house.tenant.pk}/issue/", status=404)
    with as_tenant(house.tenant.pk):
        paper = ProcessingAgreement.objects.get()
    ours, theirs = f"/privacy/agreements/{paper.pk}/", f"/account/privacy/agreements/{paper.pk}/"
    assert "Invariability" in shown(staff, ours)
    sent(staff, ours + "sign/", {"words": ""}, status=422)
    sent(staff, ours + "sign/", {"words": "Geschäftsführung"})
    sent(customer, theirs + "sign/", {"words": "CEO"})
    sent(customer, theirs + "sign/", {"words": "CEO"}, status=422)
    for words in ("Kopie", "Presse", "Fehler"):
        sent(customer, theirs + "instruct/", {"words": words})
    with as_tenant(house.tenant.pk):
        copied, press, wrong = (each.pk for each in Instruction.objects.order_by("id"))
    sent(staff, f"/privacy/instructions/{copied}/done/", {"words": "gesandt"})
    sent(staff, f"/privacy/instructions/{press}/suspend/", {"words": "Art. 6"})
    sent(staff, f"/privacy/instructions/{wrong}/suspend/", {"words": "unklar"})
    sent(customer, f"/account/privacy/instructions/{press}/insist/")
    sent(customer, f"/account/privacy/instructions/{wrong}/withdraw/")
    assert "insisted on" in shown(staff, ours)
    sent(staff, f"/privacy/instructions/{press}/end/", {"words": "gekündigt"})
    assert "agreement ended" in shown(customer, theirs)

    sent(staff, "/privacy/sub-processors/new/", PARTNER | {"effective_on": "2027-06-02"}, status=422)  # too late
    sent(staff, "/privacy/sub-processors/new/", PARTNER)
    with as_tenant(house.tenant.pk):
        notice = SubprocessorNotice.objects.get()
    assert "off, waiting" in shown(staff, "/privacy/sub-processors/")
    sent(customer, f"/account/privacy/sub-processors/{notice.pk}/object/", {"words": "Ort"})
    sent(staff, f"/privacy/objections/{notice.pk}/", {"words": "geklärt"})
    sent(customer, f"/account/privacy/sub-processors/{notice.pk}/approve/")
    assert "accepted" in shown(customer, "/account/privacy/")
    sent(staff, f"/privacy/sub-processors/{notice.subprocessor_id}/", {"agreement_on": "2027-05-02"})

    stranger = make_tenant("Esche")
    other = browser(administrator(stranger, "ela@esche.example", "Ela"), stranger)
    for path in (theirs, theirs + "sign/", f"/account/privacy/sub-processors/{notice.pk}/object/"):
        assert other.get(path).status_code == 404


def test_registers_are_kept_and_read():
    house = make_house()
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"

    assert staff.get("/privacy/record.pdf").content.startswith(b"%PDF")
    sent(staff, "/privacy/edition/")
    with as_tenant(house.tenant.pk):
        assert RecordEdition.objects.get().number == 1
    assert "Edition 1" in shown(staff, "/privacy/")
    assert "<svg" in shown(staff, "/privacy/map/")
    assert "review due" in shown(staff, "/privacy/measures/")
    told = {
        "owner": "Ole Onken",
        "evidence": "Plan of the keys of March, in folder 3",
        "reviewed_on": "2027-06-01",
        "review_by": "2028-06-01",
    }
    sent(staff, "/privacy/measures/premises/", told)
    sent(staff, "/privacy/measures/nothing/", told, status=404)
    with CaptureQueriesContext(connection) as first:
        shown(staff, "/privacy/measures/")
    sent(staff, "/privacy/measures/systems/", told)
    with CaptureQueriesContext(connection) as second:
        shown(staff, "/privacy/measures/")
    assert len(first) == len(second)

    reader = make_user("kim@kontor.example", "Kim")
    join(house.tenant, reader, role="Reader", permissions=["privacy.see"])
    outside = browser(reader, house.tenant)
    assert "Edition 1" in outside.get("/privacy/").content.decode()
    assert outside.post("/privacy/edition/").status_code == 403


def test_the_map_joins_persons_activities_and_recipients_without_overlap():
    found = list(entries())
    picture = draw(found, "de")
    columns = {box.x: [each for each in picture.boxes if each.x == box.x] for box in picture.boxes}

    assert len(picture.curves) == sum(len(entry.processing.persons) + 1 for entry in found)
    assert len([box for box in picture.boxes if box.activity]) == len(found)
    for boxes in columns.values():
        for upper, lower in pairwise(boxes):
            assert upper.y + upper.height < lower.y
    assert max(box.y + box.height for box in picture.boxes) <= picture.height
    assert {box.x + box.width for box in picture.boxes} <= set(range(1001))
    assert draw([], "en").curves == ()
