"""A breach as a case: told in stages, each customer by its own notice, with how long it took (GDPR Art. 33, 34)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import breaches as actions
from kontor.office.privacy.models import Breach, BreachFact, BreachNotice
from kontor.office.privacy.queries import breaches as queries
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.people import administrator, browser, make_tenant

pytestmark = pytest.mark.django_db
AWARE = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
LATER = AWARE + timedelta(hours=2, minutes=30)
WHO: dict[str, Any] = {"at": LATER, "actor": MACHINE}
FACTS = {"nature": "Files of visitors were readable for an hour", "consequences": "", "measures": "Door shut"}


def _open(role: str = "processor", *, contact: bool = True) -> Breach:
    told = actions.Told(
        title="Open folder", role=role, aware_at=AWARE, happened_from=None,
        contact_name="Dana Schutz" if contact else "", contact_email="dana@lindwurm.example" if contact else "",
        contact_phone="",
    )  # fmt: skip
    return actions.open_breach(told, at=AWARE, actor=MACHINE)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def customers() -> list[Tenant]:
    tenants = [make_tenant(name) for name in ("Alder", "Birke", "Carl")]
    for tenant in tenants:
        administrator(tenant, f"jana@{tenant.name.lower()}.example")
    return tenants


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-110")
@pytest.mark.requirement("AP-093")
def test_three_customers_each_get_a_notice_of_their_own_and_the_time_it_took(house, customers):
    with as_tenant(house.tenant.pk):
        breach = _open()
        actions.add_facts(breach.pk, FACTS, **WHO)
        sent = actions.tell_controllers(breach.pk, [each.pk for each in customers], **WHO)

        assert [(notice.recipient, notice.stage, notice.minutes) for notice in sent] == [
            ("Alder", 1, 150), ("Birke", 1, 150), ("Carl", 1, 150),
        ]  # fmt: skip
        assert sent[0].body == [
            ["nature", FACTS["nature"]],
            ["contact", "Dana Schutz, dana@lindwurm.example"],
            ["consequences", ""],
            ["measures", "Door shut"],
        ]
    run_jobs()
    for tenant in customers:
        with as_tenant(tenant.pk):
            assert [notice.recipient for notice in queries.received(tenant.pk)] == [tenant.name]
            assert list(OutgoingMail.objects.values_list("to", flat=True)) == [f"jana@{tenant.name.lower()}.example"]
            assert not BreachNotice.objects.exists()


@pytest.mark.requirement("FW-110")
@pytest.mark.requirement("AP-093")
def test_without_a_contact_point_nothing_is_sent(house, customers):
    with as_tenant(house.tenant.pk):
        breach = _open(contact=False)
        actions.add_facts(breach.pk, FACTS, **WHO)
        with pytest.raises(actions.NoContactError, match="No contact point is named"):
            actions.tell_controllers(breach.pk, [customers[0].pk], **WHO)
        actions.name_contact(breach.pk, name="Dana Schutz", email="", phone="", **WHO)
        with pytest.raises(actions.NoContactError):  # a name alone cannot be asked
            actions.tell(breach.pk, "authority", recipient="LfDI", late_because="", **WHO)
        assert not BreachNotice.objects.exists()

        actions.name_contact(breach.pk, name="Dana Schutz", email="", phone="+49 711 1", **WHO)
        assert len(actions.tell_controllers(breach.pk, [customers[0].pk], **WHO)) == 1


@pytest.mark.requirement("FW-109")
def test_a_controllers_draft_marks_what_follows_and_supplements_keep_version_and_time(house, customers):
    mine = customers[0]
    person = administrator(mine, "chef@alder.example", "Chef")
    with as_tenant(mine.pk):
        breach = _open("controller")
        actions.add_facts(breach.pk, FACTS, **WHO)
        actions.tell(breach.pk, "authority", recipient="LfDI", late_because="", **WHO)
        more = {"at": LATER + timedelta(hours=3), "actor": MACHINE}
        actions.add_facts(breach.pk, {"consequences": "Unwanted calls", "measures": "Door shut"}, **more)
        second = actions.tell(breach.pk, "authority", recipient="LfDI", late_because="", **more)

        first = BreachNotice.objects.get(stage=1)
        assert (second.stage, second.minutes, second.body[2]) == (2, 330, ["consequences", "Unwanted calls"])
        assert list(BreachFact.objects.order_by("at", "pk").values_list("block", "at")) == [
            ("nature", LATER), ("measures", LATER), ("consequences", LATER + timedelta(hours=3)),
        ]  # fmt: skip
    client = browser(person, mine)
    client.cookies["kontor_language"] = "en"
    page = client.get(f"/account/privacy/breaches/notices/{first.pk}/").content.decode()
    for said in ("Nature of the breach", "Likely consequences", "Measures taken or proposed", "to follow"):
        assert said in page


def test_after_72_hours_the_first_notice_to_the_authority_says_why(house):
    late = {"at": AWARE + timedelta(hours=72, seconds=1), "actor": MACHINE}
    with as_tenant(house.tenant.pk):
        breach = _open("controller")
        with pytest.raises(actions.LateWithoutReasonError):
            actions.tell(breach.pk, "authority", recipient="LfDI", late_because=" ", **late)
        actions.tell(breach.pk, "persons", recipient="Visitors", late_because="", **late)
        sent = actions.tell(breach.pk, "authority", recipient="LfDI", late_because="Found late", **late)
        again = actions.tell(breach.pk, "authority", recipient="LfDI", late_because="", **late)

        assert (sent.late_because, sent.stage, again.stage) == ("Found late", 1, 2)


def test_the_72_hours_stand_with_their_reason_and_every_step_is_on_the_record(house):
    with as_tenant(house.tenant.pk):
        breach = _open("controller")
        actions.assess(breach.pk, "high", because="Passports", **WHO)
        actions.close_breach(breach.pk, because="All told", **WHO)

        assert breach.due_at == AWARE + timedelta(hours=72)
        assert StoredRuling.objects.get(pk=breach.ruling).question == "breach"
        assert queries.to_do(Breach.objects.get()).value == ("record", "authority", "persons")
        steps = RecordEntry.objects.filter(verb__startswith="privacy.breach").order_by("pk")
        assert list(steps.values_list("verb", flat=True)) == [
            "privacy.breach_opened", "privacy.breach_assessed", "privacy.breach_closed",
        ]  # fmt: skip
        with pytest.raises(actions.ClosedError):
            actions.add_facts(breach.pk, FACTS, **WHO)


def test_another_tenants_case_is_not_there(house, customers):
    with as_tenant(house.tenant.pk):
        breach = _open()
    with as_tenant(customers[0].pk), pytest.raises(Breach.DoesNotExist):
        actions.add_facts(breach.pk, FACTS, **WHO)
    client = browser(administrator(customers[0], "chef@alder.example", "Chef"), customers[0])
    assert client.get(f"/account/privacy/breaches/{breach.pk}/").status_code == 404
    assert client.get("/privacy/breaches/").status_code == 403


def test_the_house_walks_through_a_case_on_its_page(house, customers):
    client = browser(house.staff, house.tenant)
    client.cookies["kontor_language"] = "en"
    told = {
        "title": "Lost laptop",
        "aware_at": "2020-11-20T17:00",
        "contact_name": "Dana",
        "contact_email": "d@l.example",
    }
    case = client.post("/privacy/breaches/add/", told)["Location"]
    steps = (
        {"part": "facts", "nature": "Ten files"},
        {"part": "risk", "risk": "risk", "because": "Unencrypted"},
        {"part": "contact", "name": "Dana Schutz", "email": "d@l.example"},
        {"part": "controllers", "tenants": [str(customers[0].pk)]},
        {"part": "tell", "to": "persons", "recipient": "Visitors"},
    )
    assert [client.post(case, step).status_code for step in steps] == [302] * 5
    assert client.post(case, {"part": "tell", "to": "authority"}).status_code == 422
    late = client.post(case, {"part": "tell", "to": "authority", "recipient": "LfDI"})  # known in 2020
    assert (late.status_code, "The 72 hours are over" in late.content.decode()) == (422, True)
    client.get(case)
    with CaptureQueriesContext(connection) as one:
        page = client.get(case).content.decode()
    for said in ("Ten files", "Alder", "Tell every customer concerned", "to follow"):
        assert said in page
    client.post(case, {"part": "facts", "nature": "Twelve files", "measures": "Wiped"})
    client.get(case)
    with CaptureQueriesContext(connection) as more:
        assert "Twelve files" in client.get(case).content.decode()
    assert len(one) == len(more)
    assert client.post(case, {"part": "close", "because": "All told"}).status_code == 302
    assert client.post(case, {"part": "facts", "nature": "No more"}).status_code == 200
    assert "Twelve files" in client.get(case).content.decode()
    assert client.get("/privacy/breaches/?format=csv").content.decode("utf-8-sig").count("\r\n") == 2
    assert client.post("/privacy/breaches/add/", {"title": ""}).status_code == 422
