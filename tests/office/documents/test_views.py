"""Nobody works before they agree to the terms; what they agreed to can be read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import legal as actions
from kontor.office.documents.models import Agreement, DocumentVersion
from kontor.office.documents.queries import legal as queries
from tests.factories import make_house, make_user
from tests.people import administrator, browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
AGREE = "/documents/agree/"
HOME = "/contracts/account/"


def publish(tenant, version: str = "2026-01", *, key: str = "terms", required: bool = True) -> DocumentVersion:
    at = timezone.now() - timedelta(minutes=1)
    with as_tenant(tenant.pk):
        return actions.publish_version(
            key=key,
            version=version,
            title={"de": "Bedingungen", "en": f"Terms {version}"},
            text={"de": "1 Satz\nNur auf Deutsch.", "en": f"1 Sentence\nEdition {version}.\n\nWithout a heading."},
            required_from=at if required else None,
            at=at,
            actor=MACHINE,
        )


def yes(document: DocumentVersion) -> dict[str, str]:
    return {"document": str(document.pk), "sha256": bytes(document.sha256).hex()}


@pytest.mark.requirement("SM-002")
def test_only_the_page_of_agreement_is_open_until_somebody_agrees():
    """A user who agreed to v1 only is held up by v2; afterwards version, SHA-256, person and time are on record."""
    tenant = make_tenant()
    user = administrator(tenant)
    client, first = browser(user, tenant), publish(tenant, "v1")
    client.post(AGREE, yes(first))
    assert client.get(HOME).status_code == 200
    second = publish(tenant, "v2")

    assert client.get(HOME).url == AGREE
    assert client.get(reverse("identity:people")).url == AGREE
    page = client.get(AGREE)
    assert "Terms v2" in page.content.decode()
    assert [(each.heading, each.text) for each in page.context["passages"]] == [
        ("1 Sentence", "Edition v2."),
        ("", "Without a heading."),
    ]

    client.post(AGREE, yes(second), REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Firefox"})

    assert client.get(HOME).status_code == 200
    with as_tenant(tenant.pk):
        mine = Agreement.objects.get(document=second, for_tenant=False)
        assert (mine.user, mine.address, mine.client) == (user.pk, "192.0.2.7", "Firefox")
        (entry,) = history_of(mine.pk)
        assert (entry.verb, entry.actor, entry.after["version"]) == ("documents.agreed", user.pk, "v2")
        assert entry.after["sha256"] == bytes(second.sha256).hex()
        assert entry.at is not None


@pytest.mark.requirement("SM-002")
def test_the_administrator_agrees_for_the_company_and_everybody_for_themselves():
    tenant = make_tenant()
    boss, colleague = administrator(tenant), make_user("kai@alder.example", "Kai")
    join(tenant, colleague, role="Konto", permissions=["contracts.account"])
    document = publish(tenant)

    browser(boss, tenant).post(AGREE, yes(document))
    assert browser(colleague, tenant).get(HOME).url == AGREE
    browser(colleague, tenant).post(AGREE, yes(document))

    assert browser(colleague, tenant).get(HOME).status_code == 200
    with as_tenant(tenant.pk):
        found = sorted(Agreement.objects.values_list("name", "for_tenant"))
    assert found == [("Jana Heitmann", False), ("Jana Heitmann", True), ("Kai", False)]


def test_a_text_that_changed_meanwhile_is_not_agreed_to():
    tenant = make_tenant()
    client, document = browser(administrator(tenant), tenant), publish(tenant)

    changed = client.post(AGREE, yes(document) | {"sha256": "00" * 32})
    nonsense = client.post(AGREE, {"document": "x", "sha256": "y"})
    unknown = client.post(AGREE, yes(document) | {"document": "01a00000-0000-7000-8000-000000000000"})

    assert (changed.status_code, nonsense.status_code, unknown.status_code) == (409, 409, 409)
    assert "The text has changed" in changed.content.decode()
    with as_tenant(tenant.pk):
        assert list(Agreement.objects.all()) == []


def test_agreeing_twice_is_agreeing_once():
    tenant = make_tenant()
    client, document = browser(administrator(tenant), tenant), publish(tenant)

    client.post(AGREE, yes(document))
    client.post(AGREE, yes(document))

    with as_tenant(tenant.pk):
        assert Agreement.objects.filter(for_tenant=False).count() == 1


def test_one_text_after_the_other_is_shown_and_then_the_way_is_free():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    one, two = publish(tenant, key="terms"), publish(tenant, key="dpa")
    publish(tenant, key="news", required=False)

    assert "One more text follows." in client.get(AGREE).content.decode()
    client.post(AGREE, yes(one))
    assert client.get(AGREE).context["document"] == two
    client.post(AGREE, yes(two))
    assert client.get(AGREE).url == "/"


def test_the_house_and_people_without_a_tenant_stand_before_no_text():
    house = make_house()
    publish(house.tenant)

    assert browser(house.staff, house.tenant).get("/contracts/today/").status_code == 200
    assert browser(make_user("lone@dorn.example", "Lone")).get(AGREE).url == "/identity/tenants/"
    assert visitor().get(AGREE).url == f"/sign-in/?next={AGREE}"


def test_the_gate_costs_one_query_however_many_texts_there_are():
    tenant = make_tenant()
    user = administrator(tenant)
    client = browser(user, tenant)

    def agreed_pages() -> int:
        with as_tenant(tenant.pk):
            for document in queries.awaiting(user.pk, at=timezone.now()):
                client.post(AGREE, yes(document))
        client.get(HOME)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(HOME).status_code == 200
        return len(counted)

    publish(tenant, key="one")
    one = agreed_pages()
    publish(tenant, key="two")
    publish(tenant, key="three")
    assert agreed_pages() == one


def test_documents_are_read_with_who_agreed_by_whoever_may():
    tenant, other = make_tenant(), make_tenant("Dorn")
    client, document = browser(administrator(tenant), tenant), publish(tenant)
    client.post(AGREE, yes(document))
    address = reverse("documents:document", args=(document.pk,))
    reader, stranger = make_user("kai@alder.example", "Kai"), make_user("dora@dorn.example", "Dora")
    join(tenant, reader, role="Konto", permissions=["contracts.account"])
    join(other, stranger)

    listed = client.get(reverse("documents:documents"))
    assert [row.agreed for row in listed.context["listing"].page] == [1]
    assert "Jana Heitmann" in client.get(address).content.decode()
    assert client.get(reverse("documents:documents"), {"format": "csv"})["Content-Type"] == "text/csv; charset=utf-8"
    assert browser(reader, tenant).get(address).status_code == 403
    assert browser(stranger, other).get(address).status_code == 404
    assert visitor().get(address).status_code == 302
