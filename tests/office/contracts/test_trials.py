"""A trial: registered on the public page, warned of, chosen after, converted with the data or anew, else locked."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actions.schedule import queue_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Entitlement, RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.trial_ends import (
    account_after_trial,
    expire_trial,
    note_erased,
    unlock,
    unpack_trial,
)
from kontor.office.contracts.actions.trials import (
    Offering,
    Registration,
    TrialRefusedError,
    ask_for_offer,
    choose,
    luggage_of_trial,
    offer_trial,
    register_trial,
    warn_of_end,
)
from kontor.office.contracts.models import Contract, Trial, TrialOffering
from kontor.office.documents.public import Evidence
from kontor.office.identity.models import User
from kontor.office.parties.actions.parties import change_party
from kontor.office.parties.models import Party
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import House, accept, make_draft, make_house, make_user, send
from tests.people import administrator, browser, join, mails, make_tenant, visitor

pytestmark = pytest.mark.django_db
REGISTERED = datetime(2026, 4, 15, 9, 0, tzinfo=UTC)  # 30 days later is 15 May
LATER = REGISTERED + timedelta(days=10)
AFTER = datetime(2026, 5, 15, 22, 0, tzinfo=UTC)  # midnight in Oslo, where the terms are at home
OPENS = [{"module": "crm", "unit": "SITE", "quantity": 5}]


@pytest.fixture
def house() -> House:
    return make_house("crm")


def offering(house: House, **given: Any) -> TrialOffering:
    told = {"pack": "crm", "seller": house.seller.pk, "length": "30 days", "warned_before": (7, 1), "opens": OPENS}
    with as_tenant(house.tenant.pk):
        return offer_trial(Offering(**{**told, **given}), at=REGISTERED, actor=house.actor)


def told(**given: Any) -> Registration:
    known = {"company": "Birke AG", "person": "Bo Birke", "email": "Bo@birke.example", "language": "de"}
    return Registration(**{**known, "ticked": ("terms", "erasure"), **given})


def registered(house: House, *, at: datetime = REGISTERED, **given: Any) -> Trial:
    offered = offering(house)
    with as_tenant(house.tenant.pk):
        trial = register_trial(
            offered.pk, told(**given), evidence=Evidence(address="192.0.2.7", client="Firefox"), at=at
        )
        assert trial is not None
    run_jobs()
    return trial


def again(house: House, trial: Trial) -> Trial:
    with as_tenant(house.tenant.pk):
        return Trial.objects.select_related("offering").get(pk=trial.pk)


def bought(house: House, trial: Trial, *, at: datetime = LATER, start: date = date(2026, 4, 20)) -> Contract:
    """Offer to whoever tries, have it accepted, and conclude."""
    with as_tenant(house.tenant.pk):
        change_party(trial.party_id, street="Hafenweg 9", postcode="20457", city="Hamburg", at=at, actor=house.actor)
        party = Party.objects.get(pk=trial.party_id)
    offer = send(house, make_draft(house, party, valid_until=date(2026, 12, 30), start_on=start), at=at)
    accept(house, offer, at=at)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def client_of(trial: Trial):
    return browser(User.objects.get(email="bo@birke.example"), Tenant.objects.get(pk=trial.customer_tenant_id))


@pytest.mark.requirement("SO-003")
def test_whoever_registers_works_until_the_last_day(house):
    """Registered on 15 April for 30 days: the last day is 15 May, so the modules are open until before 16 May."""
    trial = registered(house)
    assert (trial.last_on, trial.warnings) == (date(2026, 5, 15), ["2026-05-08", "2026-05-14"])
    with as_tenant(trial.customer_tenant_id):
        row = Entitlement.objects.get(contract=trial.pk)
        assert (row.module, row.unit, row.quantity) == ("crm", "SITE", 5)
        assert (row.from_on, row.until_on, row.clause) == (date(2026, 4, 15), date(2026, 5, 16), "§1.1")
    assert [each["clause"] for each in trial.declared] == ["§1.1", "§1.1"]
    assert [mail.to for mail in mails(house.tenant)] == ["bo@birke.example"]
    assert [mail.to for mail in mails(Tenant.objects.get(pk=trial.customer_tenant_id))] == ["bo@birke.example"]
    with as_tenant(house.tenant.pk):
        assert RecordEntry.objects.filter(verb="contracts.trial_registered", object_id=trial.pk).count() == 1
        due = dict(Due.objects.filter(job__startswith="contracts.trial").values_list("at", "job"))
        assert due == {
            datetime(2026, 5, 8, 6, tzinfo=UTC): "contracts.trial_warn",
            datetime(2026, 5, 14, 6, tzinfo=UTC): "contracts.trial_warn",
            AFTER: "contracts.trial_expire",
        }


def test_a_second_registration_of_the_same_address_begins_nothing(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        same = told(email="BO@birke.example")
        assert register_trial(trial.offering_id, same, evidence=Evidence(), at=LATER) is None
        assert Trial.objects.count() == 1


def test_unpacking_again_invites_nobody_twice(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        luggage = luggage_of_trial(trial)
    with as_tenant(trial.customer_tenant_id):
        unpack_trial(luggage, at=LATER)
        assert Entitlement.objects.count() == 1
    assert len(mails(Tenant.objects.get(pk=trial.customer_tenant_id))) == 1


def test_without_both_declarations_nothing_begins(house):
    offered = offering(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(TrialRefusedError, match="irrevocably erased"):
            register_trial(offered.pk, told(ticked=("terms",)), evidence=Evidence(), at=REGISTERED)
        with pytest.raises(MailAddressError):
            register_trial(offered.pk, told(email="nobody"), evidence=Evidence(), at=REGISTERED)
        assert Trial.objects.count() == 0


def test_a_trial_that_is_closed_takes_nobody(house):
    offered = offering(house, open=False)
    with as_tenant(house.tenant.pk), pytest.raises(TrialRefusedError, match="not offered"):
        register_trial(offered.pk, told(), evidence=Evidence(), at=REGISTERED)


def test_only_terms_that_know_trials_are_offered_and_with_something_to_try(house):
    with pytest.raises(TrialRefusedError, match="know no trial"):
        offering(house, pack="visitor")
    with pytest.raises(TrialRefusedError, match="some module"):
        offering(house, opens=[])
    with pytest.raises(RefusalError, match="at least once"):
        offering(house, warned_before=[])


def test_offering_again_changes_what_is_offered(house):
    offering(house)
    changed = offering(house, length="14 days", warned_before=[1, 3, 3])
    with as_tenant(house.tenant.pk):
        assert (TrialOffering.objects.count(), changed.length, changed.warned_before) == (1, "14 days", [3, 1])
        verbs = RecordEntry.objects.filter(object_id=changed.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["contracts.trial_offered", "contracts.trial_offer_changed"]


def test_the_end_is_announced_on_each_day_once_and_never_after_it(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        assert warn_of_end(trial.pk, on=date(2026, 5, 8), at=datetime(2026, 5, 8, 6, tzinfo=UTC))
        assert not warn_of_end(trial.pk, on=date(2026, 5, 8), at=datetime(2026, 5, 8, 7, tzinfo=UTC))
    subjects = [mail.subject for mail in mails(house.tenant)]
    assert subjects == ["Ihr Test bei Lindwurm Systeme GmbH", "Ihr Test bei Lindwurm Systeme GmbH endet am 15.05.2026"]
    with as_tenant(house.tenant.pk):
        assert expire_trial(trial.pk, at=AFTER)
        assert not warn_of_end(trial.pk, on=date(2026, 5, 14), at=AFTER)


def test_an_expired_trial_is_locked_and_waits_for_its_erasure(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        assert not expire_trial(trial.pk, at=AFTER - timedelta(seconds=1))
        assert expire_trial(trial.pk, at=AFTER)
        assert not expire_trial(trial.pk, at=AFTER)
    trial = again(house, trial)
    assert (trial.ended_by, trial.erase_on, trial.erased_on) == ("EXPIRY", date(2026, 5, 16), None)
    client = client_of(trial)
    assert client.get(reverse("contracts:account")).headers["Location"] == reverse("contracts:trial-over")
    page = client.get(reverse("contracts:trial-over"))
    assert (page.status_code, page.context["trial"].pk) == (200, trial.pk)
    with as_tenant(house.tenant.pk):
        with pytest.raises(TrialRefusedError, match="Nothing is to be erased"):
            note_erased(trial.pk, on=date(2026, 5, 15), note="zu früh", at=AFTER, actor=MACHINE)
        done = note_erased(trial.pk, on=date(2026, 5, 16), note="alles", at=AFTER, actor=MACHINE)
        assert (done.erased_on, done.erased_note) == (date(2026, 5, 16), "alles")
        with pytest.raises(TrialRefusedError):
            note_erased(trial.pk, on=date(2026, 5, 17), note="noch einmal", at=AFTER, actor=MACHINE)


@pytest.mark.requirement("SO-003")
def test_the_conclusion_ends_the_trial_and_the_data_stay(house):
    """Ordered on day 10, nothing chosen: the contract begins in the same tenant, and nothing is to be erased."""
    trial = registered(house)
    contract = bought(house, trial)
    ended = again(house, trial)
    assert contract.customer_tenant_id == trial.customer_tenant_id
    assert (ended.ended_by, ended.ended_at, ended.erase_on) == ("CONCLUSION", contract.concluded_at, None)
    assert (ended.contract_id, contract.start_on) == (contract.pk, date(2026, 4, 20))
    with as_tenant(trial.customer_tenant_id):
        assert Entitlement.objects.get(contract=trial.pk).until_on == date(2026, 4, 25)
    with as_tenant(house.tenant.pk):
        assert not Due.objects.filter(job__startswith="contracts.trial").exists()
        assert account_after_trial(trial.party_id, trial.customer_tenant_id) == trial.customer_tenant_id
    assert client_of(trial).get(reverse("contracts:trial-over")).status_code == 302


@pytest.mark.requirement("SO-005")
def test_a_buyer_who_wants_to_start_anew_gets_a_new_account(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        choose(trial, choice="new_database", by="Bo", at=LATER, actor=MACHINE)
    contract = bought(house, trial, start=date(2026, 5, 1))
    ended = again(house, trial)
    with as_tenant(trial.customer_tenant_id):
        assert Entitlement.objects.get(contract=trial.pk).until_on == date(2026, 4, 26)
    assert contract.customer_tenant_id != trial.customer_tenant_id
    assert (ended.ended_by, ended.erase_on) == ("CONCLUSION", date(2026, 4, 25))
    with as_tenant(house.tenant.pk):
        assert Party.objects.get(pk=trial.party_id).own_tenant_id == contract.customer_tenant_id
        assert account_after_trial(trial.party_id, contract.customer_tenant_id) == contract.customer_tenant_id


def test_whoever_orders_after_the_expiry_begins_in_a_new_account(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        expire_trial(trial.pk, at=AFTER)
    contract = bought(house, trial, at=AFTER + timedelta(days=1))
    assert contract.customer_tenant_id != trial.customer_tenant_id
    assert again(house, trial).ended_by == "EXPIRY"


@pytest.mark.requirement("SO-005")
def test_the_choice_can_be_changed_until_the_trial_ends(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        choose(trial, choice="new_database", by="Bo", at=LATER, actor=MACHINE)
        assert choose(trial, choice="continue", by="Bo", at=LATER, actor=MACHINE).choice == "continue"
        with pytest.raises(TrialRefusedError, match="do not give"):
            choose(trial, choice="both", by="Bo", at=LATER, actor=MACHINE)
        with pytest.raises(TrialRefusedError, match="has ended"):
            choose(trial, choice="new_database", by="Bo", at=AFTER, actor=MACHINE)
        expire_trial(trial.pk, at=AFTER)
        with pytest.raises(TrialRefusedError, match="has ended"):
            ask_for_offer(trial, by="Bo", at=AFTER, actor=MACHINE)


def test_a_trial_that_never_opened_a_day_opens_nothing(house):
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        luggage = luggage_of_trial(trial)
    with as_tenant(trial.customer_tenant_id):
        unlock(luggage, until=date(2026, 4, 15), at=LATER)
        assert not Entitlement.objects.exists()


# The pages


def test_the_public_page_registers_whoever_ticks_both(house):
    offering(house)
    client = visitor()
    url = reverse("contracts:try-register", args=("crm",))
    assert reverse("contracts:try-register", args=("crm",)) in client.get(reverse("contracts:try")).content.decode()
    page = client.get(url)
    assert page.status_code == 200
    assert "checked" not in page.content.decode()
    given = {"company": "Birke AG", "person": "Bo Birke", "email": "bo@birke.example"}
    assert client.post(url, given).status_code == 422
    ticked = {"declare_terms": "on", "declare_erasure": "on"}
    assert client.post(url, {**given, **ticked, "email": "ä@birke.example"}).status_code == 422
    for _time in range(2):  # the second time tells nobody that the address is known
        assert client.post(url, given | ticked).headers["Location"] == reverse("contracts:try-registered")
    assert client.get(reverse("contracts:try-registered")).status_code == 200
    with as_tenant(house.tenant.pk):
        assert Trial.objects.get().evidence == {"address": "127.0.0.1", "client": ""}
    assert client.get(reverse("contracts:try-register", args=("visitor",))).status_code == 404


def test_the_account_shows_the_trial_and_takes_the_choice(house):
    trial = registered(house, at=timezone.now())
    client = client_of(trial)
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    url = reverse("contracts:account-trial")
    assert client.get(url).status_code == 200
    assert client.post(url, {"choose": "1"}).status_code == 422
    assert client.post(url, {"choose": "1", "choice": "new_database"}).status_code == 302
    assert client.post(url, {"ask": "1"}).status_code == 302
    assert client.post(url, {"ask": "1"}).status_code == 302
    ended = again(house, trial)
    assert (ended.choice, ended.asked_at is not None) == ("new_database", True)
    assert [mail.to for mail in mails(house.tenant)] == ["bo@birke.example", "rechnung@lindwurm.example"]
    with as_tenant(house.tenant.pk):
        Trial.objects.filter(pk=trial.pk).update(last_on=date(2026, 1, 1))
    assert client.post(url, {"choose": "1", "choice": "continue"}).status_code == 409
    assert browser(house.staff, house.tenant).get(url).status_code == 404


def test_the_house_offers_a_trial_and_sees_who_tries(house):
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:trial-offer", args=(house.price_list.pk, "crm"))
    assert client.get(url).status_code == 200
    assert client.get(reverse("contracts:trial-offer", args=(house.price_list.pk, "visitor"))).status_code == 404
    assert client.get(reverse("contracts:trial-offer", args=(uuid.uuid4(), "crm"))).status_code == 404
    trial = registered(house)
    assert client.get(url).status_code == 200
    assert client.get(reverse("contracts:trials") + "?format=csv").status_code == 200
    assert trial.company in client.get(reverse("contracts:trials")).content.decode()
    page = client.get(reverse("contracts:trial", args=(trial.pk,)))
    assert (page.status_code, page.context["may_erase"]) == (200, False)
    erased = reverse("contracts:trial-erased", args=(trial.pk,))
    assert client.post(erased, {"on": "2026-05-16", "note": "alles"}).status_code == 422
    assert client.post(erased, {}).status_code == 422
    with as_tenant(house.tenant.pk):
        expire_trial(trial.pk, at=AFTER)
    assert client.post(erased, {"on": "2026-05-16", "note": "alles"}).status_code == 302
    assert client.get(reverse("contracts:trial", args=(trial.pk,))).status_code == 200


def test_other_houses_and_people_without_the_right_see_no_trials(house):
    trial = registered(house)
    other = make_tenant("Fremd")
    stranger = browser(administrator(other, "eva@fremd.example", "Eva"), other)
    helper = make_user("kim@lindwurm.example", "Kim")
    join(house.tenant, helper, role="Empfang", permissions=["documents.see"])
    powerless = browser(helper, house.tenant)
    for name in ("contracts:trial", "contracts:trial-erased"):
        url = reverse(name, args=(trial.pk,))
        ask = stranger.post if name.endswith("erased") else stranger.get
        assert ask(url).status_code in {403, 404}
        assert (powerless.post if name.endswith("erased") else powerless.get)(url).status_code == 403
    assert powerless.get(reverse("contracts:trials")).status_code == 403


def test_the_list_asks_as_often_for_one_trial_as_for_three(house):
    offered = offering(house)
    client = browser(house.staff, house.tenant)
    asked = []
    for place in range(3):
        with as_tenant(house.tenant.pk):
            mail = f"bo{place}@birke.example"
            register_trial(offered.pk, told(email=mail), evidence=Evidence(), at=REGISTERED)
        client.get(reverse("contracts:trials"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("contracts:trials"))
        asked.append(len(seen))
    assert asked[0] == asked[2]


def test_due_jobs_end_a_trial_by_themselves(house):
    trial = registered(house)
    queue_due(at=AFTER)
    run_jobs()
    assert again(house, trial).ended_by == "EXPIRY"
