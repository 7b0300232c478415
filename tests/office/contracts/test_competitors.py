"""A competitor that registers waits for the house's written consent; reading over and over is flagged (crm 1.1)."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.probing import set_probe_limit
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import ProbeHour, ProbeLimit, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import competitors, probing, trials
from kontor.office.contracts.models import BenchmarkSuspicion, Contract, HeldRegistration, ProbeRule, Trial
from kontor.office.documents.public import Evidence
from kontor.office.identity.models import User
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.calling import customer_key, get
from tests.factories import House, make_house
from tests.office.contracts.ordering import concluded
from tests.office.contracts.test_trials import REGISTERED, offering, told
from tests.people import administrator, browser, join, mails, make_tenant, make_user, verbs, visitor

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 Zustimmung"
RIVAL = "Rita@mail.rival.example"
AT = datetime(2026, 12, 10, 12, 0, 20, tzinfo=UTC)


@pytest.fixture
def house() -> House:
    return make_house("crm")


def listed(house: House, domain: str = "rival.example") -> None:
    with as_tenant(house.tenant.pk):
        competitors.note_competitor(domain, company="Rival AG", at=REGISTERED, actor=house.actor)


def held(house: House, email: str = RIVAL) -> HeldRegistration:
    offered = offering(house)
    with as_tenant(house.tenant.pk):
        registering = told(email=email, company="Rival AG", person="Rita Rival")
        assert (
            trials.register_trial(offered.pk, registering, evidence=Evidence(address="192.0.2.7"), at=REGISTERED)
            is None
        )
        return HeldRegistration.objects.get(email=email.lower())


@pytest.mark.requirement("SO-006")
def test_a_competitors_registration_waits_until_the_written_consent_is_attached(house):
    listed(house)
    waiting = held(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert not Trial.objects.exists()
        assert StoredRuling.objects.get(pk=waiting.ruling).clauses[0]["number"] == "§1.1"
    (mail,) = mails(house.tenant)
    assert (mail.to, mail.subject) == (RIVAL.lower(), f"Ihre Registrierung bei {house.seller.name} wird geprüft")
    assert not User.objects.filter(email=RIVAL.lower()).exists()

    client = browser(house.staff, house.tenant)
    url = reverse("contracts:held-registration", args=[waiting.pk])
    nothing = client.post(url, {"paper": SimpleUploadedFile("note.txt", b"ja")})
    assert nothing.status_code == 422
    with as_tenant(house.tenant.pk):
        assert not Trial.objects.exists()
    assert client.post(url, {"paper": SimpleUploadedFile("consent.pdf", PAPER)}).status_code == 302
    run_jobs()

    with as_tenant(house.tenant.pk):
        waiting.refresh_from_db()
        trial = Trial.objects.get()
        assert (waiting.state, waiting.trial_id, trial.email) == ("RELEASED", trial.pk, RIVAL.lower())
    assert verbs(house.tenant, waiting) == ["contracts.registration_held", "contracts.registration_consented"]
    assert client.get(reverse("contracts:held-registration-consent", args=[waiting.pk])).content == PAPER
    assert User.objects.filter(email=RIVAL.lower()).exists()


def test_the_same_address_is_held_and_told_once_and_others_come_in(house):
    listed(house)
    waiting = held(house)
    with as_tenant(house.tenant.pk):
        again = told(email=RIVAL, company="Rival AG", person="Rita Rival")
        assert trials.register_trial(waiting.offering_id, again, evidence=Evidence(), at=REGISTERED) is None
        assert HeldRegistration.objects.count() == 1
        near = told(email="bo@notrival.example")
        assert trials.register_trial(waiting.offering_id, near, evidence=Evidence(), at=REGISTERED) is not None
    assert [mail.to for mail in mails(house.tenant)].count(RIVAL.lower()) == 1


def test_a_refused_registration_is_told_and_forgotten(house):
    listed(house)
    waiting = held(house)
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:held-registration-refuse", args=[waiting.pk])
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"note": "Kein Interesse"}).headers["Location"] == reverse("contracts:competitors")
    with as_tenant(house.tenant.pk):
        assert not HeldRegistration.objects.exists()
        assert RecordEntry.objects.filter(verb="contracts.registration_refused").count() == 1
    assert mails(house.tenant)[-1].subject == f"Ihre Registrierung bei {house.seller.name}"


def test_what_was_let_in_is_neither_let_in_again_nor_refused(house):
    listed(house)
    waiting = held(house)
    with as_tenant(house.tenant.pk):
        trials.let_in(waiting.pk, name="c.pdf", paper=PAPER, at=REGISTERED, actor=house.actor)
        for wrong in (
            lambda: trials.let_in(waiting.pk, name="c.pdf", paper=PAPER, at=REGISTERED, actor=house.actor),
            lambda: competitors.refuse_held(waiting.pk, note="x", at=REGISTERED, actor=house.actor),
        ):
            with pytest.raises(RefusalError):
                wrong()
    client = browser(house.staff, house.tenant)
    answer = client.post(reverse("contracts:held-registration-refuse", args=[waiting.pk]), {"note": "x"})
    assert answer.status_code == 422


def test_the_list_takes_domains_alone_and_lets_go_of_them(house):
    client = browser(house.staff, house.tenant)
    page = reverse("contracts:competitors")
    assert client.post(page, {"domain": "no domain", "company": "X"}).status_code == 422
    assert client.post(page, {"domain": " @Rival.Example", "company": "Rival AG"}).status_code == 302
    waiting = held(house)
    assert (waiting.listed, "mail.rival.example" in client.get(page).content.decode()) == ("rival.example", True)
    with as_tenant(house.tenant.pk):
        from kontor.office.contracts.models import Competitor

        row = Competitor.objects.get()
    assert client.post(reverse("contracts:competitor-drop", args=[row.pk])).status_code == 302
    with as_tenant(house.tenant.pk):
        assert not Competitor.objects.exists()
        offered = waiting.offering_id
        free = told(email="other@rival.example")
        assert trials.register_trial(offered, free, evidence=Evidence(), at=REGISTERED) is not None


def test_others_see_no_competitors_and_nobody_without_the_right(house):
    listed(house)
    waiting = held(house)
    birke = make_tenant("Birke")
    stranger = browser(administrator(birke), birke)
    seer = make_user("sam@kontor.example", "Sam")
    join(house.tenant, seer, role="Sieht", permissions=["contracts.see"])
    plain = browser(seer, house.tenant)
    urls = [reverse("contracts:competitors"), reverse("contracts:held-registration", args=[waiting.pk])]
    assert [plain.get(url).status_code for url in urls] == [403, 403]
    assert {stranger.get(url).status_code for url in urls} <= {403, 404}


# --- reading over and over


@pytest.fixture
def seller() -> House:
    return make_house()  # under terms that give keys to everybody; they forbid measuring too


@pytest.fixture
def contract(seller) -> Contract:
    return concluded(seller)


def rule(house: House, reads: int = 3) -> ProbeRule:
    with as_tenant(house.tenant.pk):
        return probing.set_probe_rule(
            reads_per_hour=reads, decide_days=14, reason="Messungen", at=AT, actor=house.actor
        )


@pytest.mark.requirement("SO-006")
def test_more_identical_reads_in_an_hour_than_allowed_are_flagged_once(seller, contract, monkeypatch):
    rule(seller)
    run_jobs()
    key = customer_key(contract, "contracts.use")
    for minute in (0, 10, 20, 59):
        monkeypatch.setattr(timezone, "now", lambda minute=minute: AT + timedelta(minutes=minute))
        assert get(key, "/usage")[0] == 200
        run_jobs()
        with as_tenant(seller.tenant.pk):
            assert BenchmarkSuspicion.objects.count() == (minute == 59)  # the fourth read, three pass
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(minutes=59, seconds=30))
    assert get(key, "/usage")[0] == 200  # nothing is refused
    run_jobs()
    with as_tenant(seller.tenant.pk):
        row = BenchmarkSuspicion.objects.get()
        assert (row.contract_id, row.clause, row.limit, row.count) == (contract.pk, "6.5", 3, 4)
        assert (row.address, row.hour, row.decide_by) == (
            "/api/v1/usage", AT.replace(minute=0, second=0), date(2026, 12, 24),
        )  # fmt: skip
    assert verbs(seller.tenant, row) == ["contracts.benchmark_suspected"]


def test_the_next_hour_and_another_address_count_anew(seller, contract, monkeypatch):
    rule(seller, 1)
    run_jobs()
    key = customer_key(contract, "contracts.use")
    asked = [(0, "/usage"), (1, "/usage?limit=5"), (60, "/usage")]
    for minute, path in asked:
        monkeypatch.setattr(timezone, "now", lambda minute=minute: AT + timedelta(minutes=minute))
        assert get(key, path)[0] == 200
    with as_tenant(contract.customer_tenant_id):
        assert sorted(ProbeHour.objects.values_list("count", flat=True)) == [1, 1, 1]
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=30))
    assert get(key, "/usage")[0] == 200
    with as_tenant(contract.customer_tenant_id):
        assert ProbeHour.objects.count() == 1  # a day later the counts are gone


def test_without_a_rule_nothing_is_counted_or_flagged(seller, contract):
    key = customer_key(contract, "contracts.use")
    assert [get(key, "/usage")[0] for _ in range(3)] == [200] * 3
    with as_tenant(contract.customer_tenant_id):
        assert not ProbeHour.objects.exists()
    with as_tenant(seller.tenant.pk):
        assert probing.note_probing(flagged(contract), at=AT) is None
        probing.count_of_customer(contract.customer_tenant_id)
    run_jobs()
    with as_tenant(contract.customer_tenant_id):
        assert not ProbeLimit.objects.exists()


def flagged(contract: Contract) -> dict[str, Any]:
    return {
        "contract": str(contract.pk), "client": f"key:{uuid.UUID(int=1)}", "hour": AT.isoformat(),
        "address": "/api/v1/usage", "limit": 3, "count": 4,
    }  # fmt: skip


def test_a_rule_reaches_every_customer_and_is_numbered(seller, contract):
    assert [rule(seller, 5).number, rule(seller, 7).number] == [1, 2]
    with pytest.raises(RefusalError):
        rule(seller, 0)
    run_jobs()
    with as_tenant(contract.customer_tenant_id):
        assert ProbeLimit.objects.get().reads_per_hour == 7
        same = set_probe_limit(reads_per_hour=7, at=AT, actor=MACHINE)
        assert verbs(Contract.received.get().customer_tenant, same) == ["kernel.probes_limited"] * 2
    other = make_tenant("Birke")
    with as_tenant(seller.tenant.pk):
        probing.count_of_customer(other.pk)
    run_jobs()
    with as_tenant(other.pk):
        assert ProbeLimit.objects.get().reads_per_hour == 7


@pytest.mark.parametrize(("pack", "clause"), [("crm", "§1.1"), ("dealership", "")])
def test_a_suspicion_names_the_clause_of_its_terms_if_they_forbid_it(pack, clause):
    house = make_house(pack)
    contract = concluded(house)
    rule(house)
    with as_tenant(house.tenant.pk):
        assert probing.note_probing(flagged(contract), at=AT).clause == clause


def test_a_suspicion_is_decided_once_with_a_reason(seller, contract):
    client = browser(seller.staff, seller.tenant)
    given = {"reads_per_hour": "3", "decide_days": "14", "reason": "Messungen"}
    assert client.post(reverse("contracts:limits-probes"), {**given, "reads_per_hour": "0"}).status_code == 422
    assert client.post(reverse("contracts:limits-probes"), given).status_code == 302
    with as_tenant(seller.tenant.pk):
        row = probing.note_probing(flagged(contract), at=AT)
        assert probing.note_probing(flagged(contract), at=AT) == row
    url = reverse("contracts:benchmark-suspicion", args=[row.pk])
    assert (
        reverse("contracts:benchmark-suspicion", args=[row.pk])
        in client.get(reverse("contracts:limits")).content.decode()
    )
    assert client.get(url).status_code == 200
    assert client.post(url, {"outcome": "warned", "note": ""}).status_code == 422
    assert client.post(url, {"outcome": "warned", "note": "Gesprochen"}).status_code == 302
    assert client.post(url, {"outcome": "warned", "note": "Noch einmal"}).status_code == 422
    with as_tenant(seller.tenant.pk):
        row.refresh_from_db()
    assert (row.outcome, row.note) == ("warned", "Gesprochen")
    assert verbs(seller.tenant, row)[-1] == "contracts.benchmark_decided"


def test_who_registers_on_the_page_is_told_the_same_whether_held_or_not(house):
    listed(house)
    offering(house)
    url = reverse("contracts:try-register", args=["crm"])
    given = {
        "company": "Rival AG", "person": "Rita", "email": "rita@rival.example",
        "declare_terms": "on", "declare_erasure": "on",
    }  # fmt: skip
    answers = [visitor().post(url, {**given, "email": email}) for email in ("rita@rival.example", "bo@birke.example")]
    assert [each.headers["Location"] for each in answers] == [reverse("contracts:try-registered")] * 2
