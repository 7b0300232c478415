"""The house's pages of offers, contracts and billing: who may open them, what they show and do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import billing, drafts
from kontor.office.contracts.models import BillingRun, Contract, Offer, OfferDraft, OfferState
from kontor.office.parties.models import Party
from kontor.rulebook import terms
from tests.background import run_jobs
from tests.factories import accept, filled, make_draft, make_house, make_party, make_user
from tests.office.contracts.walking import concluded, offered
from tests.people import browser, entitle, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
NOBODYS = "01a00000-0000-7000-8000-000000000000"
SEEING = ("today", "offers", "contracts")
WRITING = ("offer-new", "drafts")
BILLING = ("billing",)
OF_ONE = {
    "offer": ("contracts.see", "get"),
    "offer-file": ("contracts.see", "get"),
    "offer-withdraw": ("contracts.offer", "post"),
    "offer-confirm": ("contracts.confirm", "post"),
    "draft": ("contracts.offer", "get"),
    "draft-preview": ("contracts.offer", "get"),
    "draft-send": ("contracts.offer", "post"),
    "draft-discard": ("contracts.offer", "post"),
    "contract": ("contracts.see", "get"),
    "contract-file": ("contracts.see", "get"),
    "corrections": ("contracts.see", "get"),
    "work-new": ("contracts.correct", "get"),
    "reduction-new": ("contracts.correct", "get"),
    "run": ("contracts.bill", "get"),
    "run-progress": ("contracts.bill", "get"),
}


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


def staff(house):
    return browser(house.staff, house.tenant)


def ids(house) -> dict[str, object]:
    """Make one of each thing a page can be about, and return their ids by the page's name."""
    contract, draft = concluded(house), make_draft(house, make_party(house, name="Birke AG"))
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=timezone.localdate(), at=timezone.now(), actor=house.actor)
    found = {"offer": contract.offer_id, "draft": draft.pk, "contract": contract.pk, "run": run.pk}
    found |= dict.fromkeys(("corrections", "work", "reduction"), contract.pk)
    return {name: found[name.split("-", maxsplit=1)[0]] for name in OF_ONE}


@pytest.mark.parametrize("name", [*SEEING, *WRITING, *BILLING])
def test_a_page_opens_for_staff_and_for_nobody_else(name):
    house = make_house()
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["parties.see"])

    assert staff(house).get(url(name)).status_code == 200
    assert browser(reader, house.tenant).get(url(name)).status_code == 403
    answer = visitor().get(url(name))
    assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={url(name)}")


def test_pages_of_one_thing_open_for_staff_and_for_nobody_else():
    house = make_house()
    known = ids(house)
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["parties.see"])
    theirs, client = browser(reader, house.tenant), staff(house)

    for name, (_permission, method) in OF_ONE.items():
        assert getattr(theirs, method)(url(name, known[name])).status_code == 403, name
        assert getattr(visitor(), method)(url(name, known[name])).status_code == 302, name
        assert getattr(client, method)(url(name, NOBODYS)).status_code == 404, name
        if method == "get":
            assert client.get(url(name, known[name])).status_code == 200, name


def test_another_tenant_finds_nothing():
    house = make_house()
    known = ids(house)
    other = make_tenant("Dorn")
    entitle(other, "contracts")
    stranger = make_user("dora@dorn.example", "Dora Dorn")
    join(other, stranger)
    client = browser(stranger, other)

    found = {name: getattr(client, method)(url(name, known[name])).status_code for name, (_, method) in OF_ONE.items()}

    assert found == dict.fromkeys(OF_ONE, 404)


@pytest.mark.parametrize("name", ["today", "offers", "contracts", "billing"])
def test_the_number_of_queries_does_not_depend_on_the_rows(name):
    house = make_house()
    client = staff(house)

    def count() -> int:
        client.get(url(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name)).status_code == 200
        return len(queries)

    concluded(house)
    one = count()
    concluded(house, name="Birke AG")
    concluded(house, name="Cedar Ltd")
    assert count() == one


def test_the_day_is_said_in_words():
    house = make_house()
    client = staff(house)
    assert "Nothing needs a hand" in client.get(url("today")).content.decode()

    offer = offered(house)
    accept(house, offer, at=timezone.now())

    text = client.get(url("today")).content.decode()
    assert "One thing needs a hand" in text
    assert "Offer accepted, the order confirmation is missing" in text


def test_what_could_not_be_billed_needs_a_hand():
    house = make_house()
    contract = concluded(house, party={"country": "AT", "vat_id": ""})
    with as_tenant(house.tenant.pk):
        billing.start_run(until=timezone.localdate() + timedelta(days=60), at=timezone.now(), actor=house.actor)
    run_jobs()

    client = staff(house)
    assert f"{contract.number} could not be billed" in client.get(url("today")).content.decode()
    with as_tenant(house.tenant.pk):
        run = BillingRun.objects.get()
    report = client.get(url("run", run.pk)).content.decode()
    assert "Could not be billed" in report
    assert contract.number in report


def test_an_offer_is_begun_for_a_new_customer():
    house = make_house()
    told = {
        "whose": "new", "name": "Eiche KG", "street": "Allee 1", "postcode": "20457", "city": "Hamburg",
        "country": "DE", "email": "post@eiche.example", "price_list": house.price_list.pk,
        "terms": f"visitor {terms.versions('visitor')[-1]}", "language": "de",
        "valid_until": timezone.localdate().isoformat(),
    }  # fmt: skip

    answer = staff(house).post(url("offer-new"), told)

    with as_tenant(house.tenant.pk):
        draft = OfferDraft.objects.get()
        assert (answer.status_code, answer.url) == (302, url("draft", draft.pk))
        assert (draft.party.name, draft.notice_customer) == ("Eiche KG", "post@eiche.example")
        assert draft.notice_seller == house.seller.email


def test_an_offer_is_not_begun_without_a_customer_or_under_other_terms():
    house = make_house()
    told = {
        "whose": "known", "price_list": house.price_list.pk, "terms": f"crm {terms.versions('crm')[-1]}",
        "language": "de", "valid_until": (timezone.localdate() - timedelta(days=1)).isoformat(), "country": "DE",
    }  # fmt: skip
    make_party(house)

    answer = staff(house).post(url("offer-new"), told)

    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["party", "terms", "valid_until"]
    with as_tenant(house.tenant.pk):
        assert list(OfferDraft.objects.all()) == []


def empty_draft(house, pack_key: str) -> OfferDraft:
    party: Party = make_party(house)
    with as_tenant(house.tenant.pk):
        return drafts.write_draft(
            seller=house.seller.pk, party=party.pk, price_list=house.price_list.pk, pack=pack_key,
            version=terms.versions(pack_key)[-1], language="de", valid_until=timezone.localdate() + timedelta(days=9),
            at=timezone.now(), actor=house.actor,
        )  # fmt: skip


def typed(house, pack_key: str) -> dict[str, object]:
    """Return what staff type into every field of a draft of this pack, hardware ordered."""
    agreed = filled(pack_key) | {"invoicing.dates": "05.12.2026"}
    fields: dict[str, object] = {}
    for key, blank in terms.load(pack_key).to_be_agreed():
        name, value = f"t-{key.replace('.', '-')}", agreed[key]
        if blank.asks == "duration":
            fields |= {name: "12", f"{name}_unit": "months"}
        else:
            fields[name] = str(value).removesuffix(" %")
    with as_tenant(house.tenant.pk):
        fields |= {f"q-{item.pk}": "2" for item in house.price_list.items.all()}
    return fields | {
        "start_on": "2026-12-01", "valid_until": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "notice_customer": "a@alder.example", "notice_seller": "b@lindwurm.example", "sites": "Hamburg, Hafenweg 9",
        "annexes": "Lageplan",
    }  # fmt: skip


@pytest.mark.parametrize("pack_key", ["visitor", "leisure", "crm", "dealership", "bookkeeping"])
def test_every_pack_is_filled_in_on_one_page_and_sent(pack_key):
    house = make_house(pack_key)
    draft, client = empty_draft(house, pack_key), staff(house)

    assert client.post(url("draft-send", draft.pk)).url == url("draft", draft.pk)  # something is missing
    answer = client.post(url("draft", draft.pk), typed(house, pack_key))

    assert (answer.status_code, answer.url) == (302, url("draft", draft.pk))
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        asked = {key for key, blank in terms.load(pack_key).to_be_agreed() if blank.only_with is None}
        assert set(draft.agreed) == asked
        assert draft.settings == {}
        assert draft.sites == [{"name": "Hamburg", "address": "Hafenweg 9"}]
    page = client.get(url("draft", draft.pk))
    assert page.context["lacks"] == []
    assert client.get(url("draft-preview", draft.pk))["Content-Type"] == "application/pdf"
    sent = client.post(url("draft-send", draft.pk))
    with as_tenant(house.tenant.pk):
        assert sent.url == url("offer", Offer.objects.get().pk)
    assert client.get(sent.url).status_code == 200
    assert client.get(url("draft", draft.pk)).url == sent.url


def test_a_change_is_kept_by_itself_and_answered_with_what_is_missing():
    house = make_house()
    draft = empty_draft(house, "visitor")
    told = typed(house, "visitor") | {"t-invoicing-interval": ""}

    side = staff(house).post(url("draft", draft.pk), told, headers={"HX-Request": "true"})

    assert [lack.field for lack, _anchor in side.context["lacks"]] == ["invoicing.interval"]
    assert side.content.decode().lstrip().startswith("<aside")
    assert "No. 7.4" in side.content.decode()


def test_less_than_the_clause_admits_is_refused_in_its_place():
    house = make_house()
    draft = empty_draft(house, "visitor")

    answer = staff(house).post(url("draft", draft.pk), typed(house, "visitor") | {"t-term-initial": "6"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["t-term-initial"]
    assert "At least 12 months" in answer.content.decode()
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        assert "term.initial" not in draft.agreed
        assert draft.agreed["invoicing.interval"] == "month"


def test_a_reading_chosen_for_an_offer_is_kept_and_ours_is_not():
    house = make_house()
    draft, client = empty_draft(house, "visitor"), staff(house)

    client.post(url("draft", draft.pk), typed(house, "visitor") | {"t-notice-counts": '"sent"'})
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        assert draft.settings == {"notice.counts": "sent"}

    client.post(url("draft", draft.pk), typed(house, "visitor") | {"t-notice-counts": '"received"'})
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        assert draft.settings == {}


def test_a_share_left_open_is_typed_in_percent_and_ours_is_not_kept():
    house = make_house("leisure")
    draft, client = empty_draft(house, "leisure"), staff(house)
    assert 'value="80"' in client.get(url("draft", draft.pk)).content.decode()

    client.post(url("draft", draft.pk), typed(house, "leisure") | {"t-metering-warned_first": "75"})
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        assert draft.settings == {"metering.warned_first": "75 %"}

    client.post(url("draft", draft.pk), typed(house, "leisure") | {"t-metering-warned_first": "80"})
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
        assert draft.settings == {}


def test_a_draft_is_thrown_away():
    house = make_house()
    draft = make_draft(house, make_party(house))

    assert staff(house).post(url("draft-discard", draft.pk)).url == url("drafts")
    with as_tenant(house.tenant.pk):
        assert list(OfferDraft.objects.all()) == []


def test_an_accepted_offer_is_confirmed_once():
    house = make_house()
    offer = offered(house)
    accept(house, offer, at=timezone.now())
    client = staff(house)

    assert "Confirm order" in client.get(url("offer", offer.pk)).content.decode()
    assert client.post(url("offer-confirm", offer.pk)).status_code == 302
    assert client.post(url("offer-confirm", offer.pk)).status_code == 409
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert Contract.objects.count() == 1


def test_an_offer_is_withdrawn_until_it_is_accepted():
    house = make_house()
    offer, other = offered(house), offered(house, name="Birke AG")
    accept(house, other, at=timezone.now())
    client = staff(house)

    assert client.post(url("offer-withdraw", offer.pk)).status_code == 302
    assert client.post(url("offer-withdraw", other.pk)).status_code == 409
    with as_tenant(house.tenant.pk):
        assert sorted(OfferState.objects.values_list("state", flat=True)) == ["ACCEPTED", "WITHDRAWN"]


@pytest.mark.parametrize("pack_key", ["visitor", "leisure", "crm", "dealership", "bookkeeping"])
def test_a_contract_shows_what_is_agreed_and_what_comes_next(pack_key):
    house = make_house(pack_key)
    contract = concluded(house)

    page = staff(house).get(url("contract", contract.pk), {"on": "2026-12-24"})

    lines = page.context["lines"]
    assert [(line.name, line.quantity, line.amount.bare()) for line in lines] == [
        ("Besucherverwaltung", 2, "178.00"),
        ("Arbeitsplätze", 10, "125.00"),
        ("Terminal", 1, "1490.00"),
    ]
    assert [line.clause.source for line in lines] == [pack_key] * 3
    assert "Why?" in page.content.decode()
    assert page.context["steps"] != []


def test_before_it_begins_a_contract_has_no_lines():
    house = make_house()
    contract = concluded(house)

    page = staff(house).get(url("contract", contract.pk), {"on": "2026-11-30"})

    assert page.context["lines"] == []
    assert staff(house).get(url("contract", contract.pk), {"on": "nonsense"}).status_code == 200


def test_a_preview_writes_nothing_and_a_run_bills_what_it_showed():
    house = make_house()
    concluded(house)
    client = staff(house)
    until = "2026-12-31"

    page = client.get(url("billing"), {"until": until})

    assert sum(bill.net.minor for bill in page.context["bills"]) == 179_300
    with as_tenant(house.tenant.pk):
        assert list(BillingRun.objects.all()) == []
    started = client.post(url("billing-start"), {"until": until})
    with as_tenant(house.tenant.pk):
        run = BillingRun.objects.get()
    assert started.url == url("run", run.pk)
    waiting = client.get(url("run-progress", run.pk))
    assert (waiting.context["run"].done, "HX-Refresh" in waiting.headers) == (0, False)
    run_jobs()
    with as_tenant(house.tenant.pk):
        run.refresh_from_db()
        assert Decimal(run.net_minor) == 179_300
    assert client.get(url("run-progress", run.pk))["HX-Refresh"] == "true"
    assert client.get(url("billing"), {"until": until}).context["bills"] == []


def test_a_run_without_a_day_is_not_started():
    house = make_house()

    assert staff(house).post(url("billing-start"), {"until": "soon"}).url == url("billing")
    with as_tenant(house.tenant.pk):
        assert list(BillingRun.objects.all()) == []


@pytest.mark.parametrize("name", ["offers", "drafts", "contracts", "billing"])
def test_a_list_is_given_as_a_file(name):
    house = make_house()

    file = staff(house).get(url(name), {"format": "csv"})

    assert file["Content-Type"] == "text/csv; charset=utf-8"
