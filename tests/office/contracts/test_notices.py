"""Notices on a contract: given, received later, withdrawn; what each writes down and tells both sides."""

from datetime import date
from typing import Any

import pytest

from kontor.kernel.actions.answering import answer
from kontor.kernel.models import Entitlement, Event, OutgoingMail, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.noticing import give_notice, note_receipt, withdraw_notice
from kontor.office.contracts.models import Contract, ContractNotice, EndingTask, NoticeWithdrawal
from kontor.office.contracts.queries.ending import ends_of, notices_of, rows_of
from kontor.office.contracts.queries.remembered import history_of
from kontor.rulebook.ending.form import Means
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.ending_walk import LETTER, letter, noon, signed
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
IN_TIME, LATE = date(2027, 8, 31), date(2027, 9, 1)  # three months before the term's end on 30 November 2027


def ends(contract: Contract) -> date | None:
    return ends_of(contract, rows_of(contract))


@pytest.mark.requirement("FW-026")
def test_a_letter_in_time_ends_the_contract_with_its_term():
    house = make_house()
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(IN_TIME), at=noon(IN_TIME), actor=house.actor)

        assert (row.outcome, row.counted_on, row.ends_on, row.clause) == (
            "in_time", IN_TIME, date(2027, 11, 30), "4.6.1",
        )  # fmt: skip
        assert ends(contract) == date(2027, 11, 30)
        assert row.amendment is not None
        assert (row.amendment.kind, row.amendment.effective_on) == ("notice", IN_TIME)
        assert StoredRuling.objects.get(pk=row.ruling).question == "contracts.notice"
        assert row.proof is not None
        assert (row.proof.name, row.proof.customer_tenant_id) == ("kuendigung.pdf", contract.customer_tenant_id)
        verbs = list(
            RecordEntry.objects.filter(object_id=contract.pk).order_by("at", "pk").values_list("verb", flat=True)
        )
        assert verbs[-3:] == ["contracts.amended", "contracts.ended", "contracts.notice_given"]
        mails = OutgoingMail.objects.filter(about_id=contract.pk, subject__startswith="Kündigung").order_by("to")
        assert [mail.to for mail in mails] == ["vertrag@alder.example", "vertrag@lindwurm.example"]
        assert "Der Vertrag endet mit dem 30.11.2027." in mails[0].text
    run_jobs()
    with as_tenant(house.tenant.pk):
        kinds = list(Event.objects.order_by("number").values_list("kind", flat=True))
        assert kinds[-2:] == ["contracts.ended", "contracts.notice_given"]
    with as_tenant(contract.customer_tenant_id):
        until = set(Entitlement.objects.filter(contract=contract.pk).values_list("until_on", flat=True))
        assert until == {date(2027, 12, 1)}


def test_a_day_late_is_a_year_more():
    house = make_house()
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(LATE), at=noon(LATE), actor=house.actor)
        assert (row.outcome, row.ends_on) == ("late", date(2028, 11, 30))


def test_the_wrong_form_is_kept_and_changes_nothing():
    house = make_house()
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(IN_TIME, means=Means.EMAIL), at=noon(IN_TIME), actor=house.actor)
        assert (row.outcome, row.ends_on, row.amendment) == ("refused", None, None)
        assert ends(contract) is None
        mail = OutgoingMail.objects.filter(about_id=contract.pk, to="vertrag@alder.example").latest("at")
        assert "Sie hat keine Wirkung; der Vertrag läuft weiter." in mail.text
        assert "Verlangt wird ein unterschriebener Brief" in mail.text
        # a letter after it is not held up by what had no effect
        assert give_notice(contract, letter(IN_TIME), at=noon(IN_TIME), actor=house.actor).outcome == "in_time"
        with pytest.raises(EndingRefusedError, match="end is known already"):
            give_notice(contract, letter(IN_TIME), at=noon(IN_TIME), actor=house.actor)


def test_what_was_only_sent_takes_effect_when_it_is_received():
    house = make_house()
    contract = signed(house)
    sent = date(2027, 8, 27)
    with as_tenant(house.tenant.pk):
        waiting = give_notice(contract, letter(None, sent=sent), at=noon(sent), actor=house.actor)
        assert (waiting.outcome, ends(contract)) == ("awaited", None)

        received = note_receipt(waiting.pk, received_on=IN_TIME, proof=LETTER, at=noon(IN_TIME), actor=house.actor)
        assert (received.outcome, received.receipt_of_id, ends(contract)) == ("in_time", waiting.pk, date(2027, 11, 30))
        for known in (waiting, received):
            with pytest.raises(EndingRefusedError, match="noted already"):
                note_receipt(known.pk, received_on=IN_TIME, proof=None, at=noon(IN_TIME), actor=house.actor)


def test_what_counted_when_sent_keeps_its_end_when_it_is_received():
    house = make_house("crm")
    contract = signed(house)  # first interval from 1 December: the term ends on 30 November 2027
    sent = date(2027, 10, 31)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(None, sent=sent), at=noon(sent), actor=house.actor)
        assert (row.outcome, row.ends_on) == ("in_time", date(2027, 11, 30))
        later = note_receipt(row.pk, received_on=date(2027, 11, 4), proof=None, at=noon(sent), actor=house.actor)
        assert (later.outcome, later.amendment_id, later.proof) == ("in_time", row.amendment_id, None)


def test_parts_end_and_the_rest_goes_on():
    house = make_house()
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(IN_TIME, parts=("seats",)), at=noon(IN_TIME), actor=house.actor)
        assert row.ends_on == date(2027, 11, 30)
        history = history_of(contract, rows_of(contract))
        assert [history.state(on).quantity("seats") for on in (date(2027, 11, 30), date(2027, 12, 1))] == [10, 0]
        assert history.state(date(2027, 12, 1)).quantity("visitors") == 2
        assert ends(contract) is None
        mail = OutgoingMail.objects.filter(about_id=contract.pk, to="vertrag@alder.example").latest("at")
        assert "Diese Teile enden mit dem 30.11.2027: Arbeitsplätze." in mail.text
        with pytest.raises(EndingRefusedError, match="“kiosk” is not in the contract"):
            give_notice(contract, letter(IN_TIME, parts=("kiosk",)), at=noon(IN_TIME), actor=house.actor)


def test_a_notice_is_withdrawn_with_consent_and_the_contract_goes_on():
    house = make_house()
    contract = signed(house)
    on = date(2027, 9, 15)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(IN_TIME), at=noon(IN_TIME), actor=house.actor)

        def withdraw(**given: Any) -> NoticeWithdrawal:
            told = {"on": on, "consented_on": on, "proof": LETTER} | given
            return withdraw_notice(row.pk, at=noon(on), actor=house.actor, **told)

        with pytest.raises(EndingRefusedError, match="only be withdrawn with the other side's consent"):
            withdraw(consented_on=None)
        with pytest.raises(EndingRefusedError, match="after that the notice cannot be withdrawn"):
            withdraw(on=date(2027, 12, 1))
        withdrawn = withdraw()
        assert (withdrawn.withdrawn_on, withdrawn.consented_on) == (on, on)
        assert ends(contract) is None
        assert not EndingTask.objects.filter(contract=contract, dropped_on=None).exists()
        assert notices_of(contract, own=True).withdrawn[row.pk] == withdrawn
        with pytest.raises(EndingRefusedError, match="withdrawn already"):
            withdraw()
        # and notice can be given again
        assert give_notice(contract, letter(LATE), at=noon(LATE), actor=house.actor).ends_on == date(2028, 11, 30)
    run_jobs()


def test_what_had_no_effect_is_withdrawn_without_consent():
    house = make_house("bookkeeping")
    contract = signed(house, agreed={"notice.to": "term_end"})
    sent = date(2027, 2, 1)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(None, sent=sent), at=noon(sent), actor=house.actor)
        withdrawn = withdraw_notice(row.pk, on=sent, consented_on=None, proof=None, at=noon(sent), actor=house.actor)
        assert (withdrawn.consented_on, withdrawn.proof) == (None, None)


def test_a_customer_gives_notice_on_the_platform_where_no_form_is_demanded():
    house = make_house("bookkeeping")
    contract = signed(house, agreed={"notice.to": "any_time", "notice.period": "1 month"})
    on = date(2027, 3, 15)
    with as_tenant(contract.customer_tenant_id):
        row = answer(
            "contracts.notice_by_customer", contract.pk, at=noon(on), actor=house.actor, wished=None,
            given_by="Jonas Alder",
        )  # fmt: skip
        assert (row.means, row.side, row.received_on, row.ends_on) == ("platform", "customer", on, date(2027, 4, 15))
        assert ContractNotice.received.get(pk=row.pk).given_by == "Jonas Alder"
    with as_tenant(house.tenant.pk):
        assert ends(contract) == date(2027, 4, 15)


@pytest.mark.requirement("AP-005")
def test_on_the_platform_a_registered_letter_is_not_given():
    house = make_house("leisure")
    contract = signed(house)
    on = date(2027, 3, 15)
    with as_tenant(contract.customer_tenant_id):
        row = answer(
            "contracts.notice_by_customer", contract.pk, at=noon(on), actor=house.actor, wished=None, given_by="Jo"
        )
        assert (row.outcome, row.clause) == ("refused", "Art. 4")


def test_another_tenant_finds_no_notice():
    house, other = make_house(), make_tenant("Dorn").pk
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        row = give_notice(contract, letter(IN_TIME), at=noon(IN_TIME), actor=house.actor)
    with as_tenant(other):
        with pytest.raises(ContractNotice.DoesNotExist):
            note_receipt(row.pk, received_on=IN_TIME, proof=None, at=noon(IN_TIME), actor=house.actor)
        with pytest.raises(ContractNotice.DoesNotExist):
            withdraw_notice(row.pk, on=IN_TIME, consented_on=None, proof=None, at=noon(IN_TIME), actor=house.actor)
