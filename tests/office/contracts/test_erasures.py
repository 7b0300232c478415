"""What trials and contracts leave behind goes on the day their terms name."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import jobs
from kontor.office.contracts.actions import ending_tasks, erasures
from kontor.office.contracts.actions.ending import Ending, drop_tasks, end_contract
from kontor.office.contracts.actions.ending_tasks import alert_overdue
from kontor.office.contracts.actions.trials import choose, warn_of_end
from kontor.office.contracts.models import Contract, EndingTask
from kontor.office.contracts.queries.erasures import erasure_wanted
from kontor.office.identity.models import User
from kontor.office.privacy import jobs as privacy_jobs, public as privacy
from kontor.office.privacy.models import Deletion, Erasure
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.test_ending_cases import leisure
from tests.office.contracts.test_trials import AFTER, LATER, again, bought, registered
from tests.people import mails

ERASED_AT = datetime(2026, 5, 15, 22, 15, tzinfo=UTC)  # 16 May, 00:15 in Oslo


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SO-004")
def test_a_trial_that_nobody_ordered_is_warned_of_twice_and_gone_on_the_day_after():
    house = make_house("crm")
    trial = registered(house)
    tenant = trial.customer_tenant_id
    with as_tenant(house.tenant.pk):
        for on in (date(2026, 5, 8), date(2026, 5, 14)):  # 7 days and 1 day before 15 May
            assert warn_of_end(trial.pk, on=on, at=datetime(on.year, on.month, on.day, 6, tzinfo=UTC))
        jobs.trial_expire(at=AFTER, trial=str(trial.pk))
        erasure = Erasure.objects.get(of_tenant=tenant)
    assert (erasure.reason, erasure.due_on, erasure.clause, erasure.state) == (
        "trial_ended", date(2026, 5, 16), "§1.1", "PLANNED"
    )  # fmt: skip

    with as_tenant(tenant):
        keep(b"tried", name="tried.txt", media_type="text/plain", at=LATER)
    privacy_jobs.erase(tenant_id=house.tenant.pk, at=ERASED_AT - timedelta(seconds=1), erasure=str(erasure.pk))
    assert User.objects.filter(email="bo@birke.example").exists()
    privacy_jobs.erase(tenant_id=house.tenant.pk, at=ERASED_AT, erasure=str(erasure.pk))
    privacy_jobs.rewrite(tenant_id=house.tenant.pk, at=ERASED_AT)
    run_jobs()

    with as_tenant(tenant):
        assert counted(tenant, tables_to_empty()) == {}
    assert not User.objects.filter(email="bo@birke.example").exists()
    assert not (Path(settings.KONTOR_BLOBS) / str(tenant)).exists()
    assert again(house, trial).erased_on is not None
    with as_tenant(house.tenant.pk), pytest.raises(privacy.ErasureRefusedError, match="Not recoverable"):
        privacy.refuse_gone(tenant)
    warnings = [mail.subject for mail in mails(house.tenant) if mail.to == "bo@birke.example"]
    assert len(warnings) == 3  # the registration and two warnings


LAST = date(2027, 11, 30)
TOLD = datetime(2027, 10, 1, 9, tzinfo=UTC)


def ended(house: House, contract: Contract) -> None:
    ruling = Ruling(LAST, (Clause(contract.pack, "§13", "2026-01"),), (), (Text("Ende.", "End."),))
    ending = Ending(kind="notice", ends=LAST, told_on=date(2027, 10, 1), culpable=False, ruling=ruling)
    with as_tenant(house.tenant.pk):
        end_contract(contract, ending, at=TOLD, actor=house.actor)


def planned(house: House) -> list[tuple[str, date, str]]:
    with as_tenant(house.tenant.pk):
        erasures.plan_after_endings(at=TOLD)
        return list(Erasure.objects.order_by("pk").values_list("reason", "due_on", "state"))


@pytest.mark.django_db
def test_a_customer_whose_contract_ended_is_erased_thirty_days_later_unless_the_end_is_taken_back():
    """30 November + 30 days is 30 December, kept through; the night to the 31st erases."""
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "month", "invoicing.lead": "1 day"})
    assert planned(house) == []
    ended(house, contract)
    assert planned(house) == [("contract_ended", date(2027, 12, 31), "PLANNED")]
    assert planned(house) == [("contract_ended", date(2027, 12, 31), "PLANNED")]
    with as_tenant(house.tenant.pk):
        drop_tasks([contract.pk], on=LAST)
    assert planned(house) == [("contract_ended", date(2027, 12, 31), "DROPPED")]


@pytest.mark.django_db
def test_what_an_erasure_did_is_noted_with_the_contract_and_the_customer_gets_the_certificate():
    house = make_house("visitor")
    contract = signed(house)
    ended(house, contract)
    # At most four weeks: 28 December. The customer has not chosen yet, and the limit of the terms stands.
    assert planned(house) == [("contract_ended", date(2027, 12, 28), "PLANNED")]
    with as_tenant(house.tenant.pk):
        erasure = Erasure.objects.get()
        assert erasure.told["sender"]["name"] == "Lindwurm Systeme GmbH"
        erasure.certificate = keep(b"%PDF-1.7 gone", name="gone.pdf", media_type="application/pdf", at=TOLD)
        erasure.state = Erasure.State.DONE
        erasure.save()
        Deletion.objects.create(of_tenant=contract.customer_tenant_id, at=TOLD)
        before = OutgoingMail.objects.count()
        jobs.ended_erased(at=TOLD, erasure=str(erasure.pk))
        done = EndingTask.objects.filter(done_on=date(2027, 10, 1)).order_by("key")
        assert [task.key for task in done] == ["certificate", "erasure"]
        (mail,) = list(OutgoingMail.objects.order_by("pk"))[before:]
        assert (mail.to, "Bescheinigung der Löschung" in mail.subject) == (contract.terms["notice_customer"], True)
        jobs.ended_erased(at=TOLD, erasure=str(erasure.pk))
        assert OutgoingMail.objects.count() == before + 1
    assert planned(house) == [("contract_ended", date(2027, 12, 28), "DONE")]


@pytest.mark.django_db
@pytest.mark.requirement("AP-096")
def test_without_a_limit_in_the_terms_nothing_goes_before_the_customer_has_chosen_and_it_is_reminded():
    house, contract = leisure()
    ended(house, contract)
    assert planned(house) == []
    with as_tenant(house.tenant.pk):
        choice = EndingTask.objects.get(key="choice")
        late = datetime.combine(choice.due_on + timedelta(days=2), time(12), UTC)
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        alert_overdue(at=late)
        told = OutgoingMail.objects.exclude(pk__in=before).filter(to=contract.terms["notice_customer"])
        assert any(choice.text_de in mail.text or choice.text_en in mail.text for mail in told)
    assert planned(house) == []
    with as_tenant(house.tenant.pk):
        ending_tasks.do_task(choice.pk, note="löschen", on=LAST, at=TOLD, actor=house.actor)
    assert planned(house) == [("contract_ended", date(2027, 12, 1), "PLANNED")]
    confirmed(house, contract)


def confirmed(house: House, contract: Contract) -> None:
    """Let the erasure be done: the customer gets its written confirmation, whose scope the certificate names."""
    with as_tenant(house.tenant.pk):
        erasure = Erasure.objects.get()
        erasure.certificate = keep(b"%PDF-1.7 gone", name="gone.pdf", media_type="application/pdf", at=TOLD)
        erasure.state = Erasure.State.DONE
        erasure.save()
        Deletion.objects.create(of_tenant=contract.customer_tenant_id, at=TOLD)
        jobs.ended_erased(at=TOLD, erasure=str(erasure.pk))
        mail = OutgoingMail.objects.order_by("pk").last()
        assert mail is not None
        assert mail.to == contract.terms["notice_customer"]
        assert "Bescheinigung der Löschung" in mail.subject or "certificate" in mail.subject.lower()


@pytest.mark.django_db
def test_a_clean_start_leaves_a_trial_that_goes_and_a_running_one_stays():
    house = make_house("crm")
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        assert erasures.erase_trial(trial.pk, reason="trial_ended", at=AFTER) is None
        choose(trial, choice="new_database", by="Bo", at=LATER, actor=MACHINE)
    bought(house, trial, start=date(2026, 5, 1))
    with as_tenant(house.tenant.pk):
        assert list(Erasure.objects.values_list("reason", "due_on")) == [("clean_start", date(2026, 4, 26))]
        jobs.trial_expire(at=AFTER, trial=str(trial.pk))  # it has ended: nothing is planned twice
        assert Erasure.objects.count() == 1
        jobs.trial_erased(at=AFTER, erasure="", trial=str(trial.pk))
        noted = again(house, trial).erased_on
        jobs.trial_erased(at=LATER, erasure="", trial=str(trial.pk))
    assert (noted, again(house, trial).erased_on) == (date(2026, 5, 16), date(2026, 5, 16))


@pytest.mark.django_db
def test_an_end_taken_back_or_put_off_in_the_night_erases_nothing():
    """The plan of 31 December; the end is taken back before anybody looked at the plans again."""
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "month", "invoicing.lead": "1 day"})
    ended(house, contract)
    planned(house)
    night = datetime(2027, 12, 30, 23, 15, tzinfo=UTC)  # 31 December, 00:15 in Oslo
    with as_tenant(house.tenant.pk):
        erasure = Erasure.objects.get()
        drop_tasks([contract.pk], on=LAST)
        assert privacy_jobs.erasing.begin(erasure.pk, at=night) is False
        EndingTask.objects.update(dropped_on=None, due_on=date(2028, 1, 15))
        assert privacy_jobs.erasing.begin(erasure.pk, at=night) is False
        erasures.plan_after_endings(at=night)
        erasure.refresh_from_db()
        assert (erasure.state, erasure.due_on) == ("PLANNED", date(2028, 1, 15))
        later = datetime(2028, 1, 14, 23, 15, tzinfo=UTC)
        assert privacy_jobs.erasing.begin(erasure.pk, at=later) is True
        assert not erasure_wanted(contract.customer_tenant_id, "trial_ended", LAST)
        assert erasure_wanted(contract.customer_tenant_id, "request", LAST)


@pytest.mark.django_db
def test_what_somebody_dropped_is_not_planned_again_for_the_same_day():
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "month", "invoicing.lead": "1 day"})
    ended(house, contract)
    planned(house)
    with as_tenant(house.tenant.pk):
        privacy.drop_erasure_of(
            contract.customer_tenant_id, because="They asked us to wait", at=TOLD, actor=house.actor
        )

    assert planned(house) == [("contract_ended", date(2027, 12, 31), "DROPPED")]
    with as_tenant(house.tenant.pk):
        EndingTask.objects.filter(due_on=date(2027, 12, 31)).update(due_on=date(2028, 1, 15))
    assert planned(house) == [
        ("contract_ended", date(2027, 12, 31), "DROPPED"), ("contract_ended", date(2028, 1, 15), "PLANNED"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_trial_that_ends_after_its_data_went_on_request_is_noted_as_erased():
    house = make_house("crm")
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        Deletion.objects.create(of_tenant=trial.customer_tenant_id, at=LATER)
        jobs.trial_expire(at=AFTER, trial=str(trial.pk))
        assert Erasure.objects.count() == 0
    assert again(house, trial).erased_on == date(2026, 5, 16)
