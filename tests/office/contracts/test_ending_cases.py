"""Guided cases of extraordinary endings: opened, told, proved, ended or closed; and what they leave due."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actor import Actor
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.actions.changing import bill_at_once, confirm_order
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contract
from kontor.office.contracts.actions.ending_by_itself import end_by_themselves
from kontor.office.contracts.actions.ending_cases import (
    close_case,
    end_by_case,
    open_case,
    prove_case,
    tell_case,
)
from kontor.office.contracts.actions.ending_money import ClaimRefusedError
from kontor.office.contracts.actions.ending_tasks import do_task
from kontor.office.contracts.actions.noticing import give_notice
from kontor.office.contracts.actions.ordering import order_more
from kontor.office.contracts.models import BilledPeriod, Contract, EndingCase, EndingProof, EndingTask
from kontor.office.contracts.queries.ending import ends_of, rows_of
from kontor.office.parties.models import Party
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.factories import House, make_house
from tests.many import copied, copies
from tests.office.contracts.ending_walk import LETTER, billed, letter, noon, signed
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


def ends(contract: Contract) -> date | None:
    return ends_of(contract, rows_of(contract))


def opened(house: House, contract: Contract, kind: Kind, on: date, *, side: Side = Side.PROVIDER) -> EndingCase:
    return open_case(contract, kind, side=side, at=noon(on), actor=house.actor)


def ended(house: House, case: EndingCase, on: date, **told: Any) -> EndingCase:
    tell_case(case.pk, Told(**told), at=noon(on), actor=house.actor)
    return end_by_case(case.pk, on=on, at=noon(on), actor=house.actor)


@pytest.mark.requirement("FW-027")
def test_a_case_ends_the_contract_once_every_condition_holds():
    house = make_house()
    contract = signed(house)
    due, on = date(2027, 4, 1), date(2027, 5, 20)
    known = {"due": due, "threat_on": date(2027, 4, 30), "threat_by": Means.EMAIL}
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.AFTER_THREAT, on)
        assert opened(house, contract, Kind.AFTER_THREAT, on) == case

        with pytest.raises(EndingRefusedError) as refused:
            ended(house, case, on, due=due)
        assert refused.value.text == Text(
            "Noch nicht möglich. Es fehlt: Die Kündigung wurde angedroht; Die Androhung hat die Form; "
            "2 Wochen liegen dazwischen.",
            "Not possible yet. Missing: The termination was threatened; The threat has the form; 2 weeks lie between.",
        )
        with pytest.raises(EndingRefusedError, match="Possible; nothing has been declared yet"):
            ended(house, case, on, **known)
        done = ended(house, case, on, **known, declared_on=on, declared_by=Means.LETTER)

        assert (done.state, done.settled_on, ends(contract)) == ("ENDED", on, on)
        assert done.amendment is not None
        assert (done.amendment.kind, done.amendment.clause) == ("after_threat", "4.6.2")
        assert done.ruling is not None
        assert StoredRuling.objects.get(pk=done.ruling).question == "contracts.after_threat"
        mail = OutgoingMail.objects.filter(subject__startswith="Ende des Vertrags", to="vertrag@alder.example").get()
        assert "endet mit dem 20.05.2027" in mail.text
        verbs = set(RecordEntry.objects.filter(object_id=case.pk).values_list("verb", flat=True))
        assert verbs == {
            "contracts.ending_case_opened", "contracts.ending_case_told", "contracts.ended_by_case",
        }  # fmt: skip
        for again in (tell_case, end_by_case, close_case):
            given: Any = {tell_case: {}, end_by_case: {"on": on}, close_case: {"on": on, "reason": ""}}[again]
            with pytest.raises(EndingRefusedError, match="settled"):
                again(case.pk, *([Told()] if again is tell_case else []), at=noon(on), actor=house.actor, **given)
        with pytest.raises(EndingRefusedError, match="has ended already"):
            opened(house, contract, Kind.AFTER_THREAT, date(2027, 5, 21))


def test_a_case_that_the_contract_or_the_side_does_not_have_is_refused():
    house = make_house()
    contract = signed(house)
    on = date(2027, 5, 20)
    with as_tenant(house.tenant.pk):
        with pytest.raises(EndingRefusedError, match="does not know this ending"):
            opened(house, contract, Kind.BY_DELAY, on)
        with pytest.raises(EndingRefusedError, match="Only the other side"):
            opened(house, contract, Kind.FULL_REDUCTIONS, on)


def test_another_tenant_finds_no_case():
    house, other = make_house(), make_tenant("Dorn")
    contract = signed(house)
    on = date(2027, 5, 20)
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.GOOD_CAUSE, on)
    with as_tenant(other.pk), pytest.raises(EndingCase.DoesNotExist):
        tell_case(case.pk, Told(), at=noon(on), actor=house.actor)


@pytest.mark.requirement("FW-028")
def test_proof_is_kept_with_the_case_and_counted():
    house = make_house()
    contract = signed(house)
    on = date(2027, 5, 20)
    told = {"ground": "false_statements", "declared_on": on, "declared_by": Means.LETTER}
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.GOOD_CAUSE, on)
        with pytest.raises(EndingRefusedError, match=r"Missing: Proof is on file\.$"):
            ended(house, case, on, **told)
        prove_case(case.pk, LETTER, about="Bilanz", at=noon(on), actor=house.actor)
        assert EndingProof.objects.get(case=case).file.name == "kuendigung.pdf"
        ended(house, case, on, **told)
        assert ends(contract) == on


@pytest.mark.requirement("AP-047")
def test_a_cured_breach_closes_the_case():
    house = make_house("leisure")
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.NOT_CURED, date(2027, 6, 1), side=Side.CUSTOMER)
        told = {
            "letter_on": date(2027, 6, 1), "letter_by": Means.REGISTERED_LETTER,
            "letter_states": frozenset({"breach", "consequence"}), "cured_on": date(2027, 6, 20),
        }  # fmt: skip
        with pytest.raises(EndingRefusedError, match="Cured on 20 June 2027; the ground has gone"):
            ended(house, case, date(2027, 7, 2), **told)
        closed = close_case(
            case.pk, reason="Abgeholfen", on=date(2027, 6, 21), at=noon(date(2027, 6, 21)), actor=house.actor
        )
        assert (closed.state, closed.settled_on, closed.reason) == ("CLOSED", date(2027, 6, 21), "Abgeholfen")
        assert ends(contract) is None


# --- By itself -----------------------------------------------------------------------------------------------------


def overdue(house: House, contract: Contract) -> date:
    """Bill a leisure contract and return the last day on which its invoice can be paid."""
    billed(house, contract, date(2026, 12, 5))
    with as_tenant(house.tenant.pk):
        days = InvoiceBalance.objects.filter(invoice__subject_id=contract.pk).values_list("due_on", flat=True)
        return min(day for day in days if day is not None)


def leisure() -> tuple[House, Contract]:
    house = make_house("leisure")
    return house, signed(house, agreed={"invoicing.interval": "year", "invoicing.dates": ["2026-12-05"]})


@pytest.mark.requirement("AP-037")
def test_a_delay_of_more_than_thirty_days_ends_the_contract_by_itself():
    house, contract = leisure()
    due = overdue(house, contract)
    day_30 = date.fromordinal(due.toordinal() + 30)
    with as_tenant(house.tenant.pk):
        assert end_by_themselves(at=noon(day_30)) == []
        case = EndingCase.objects.get()
        assert (case.kind, case.state, case.told) == ("by_delay", "OPEN", {"due": due.isoformat()})

        (done,) = end_by_themselves(at=noon(date.fromordinal(due.toordinal() + 31)))

        assert (done.pk, done.state, ends(contract)) == (case.pk, "ENDED", day_30)
        assert not Invoice.objects.exclude(kind="380").exists()  # nothing goes back
        assert end_by_themselves(at=noon(date.fromordinal(due.toordinal() + 40))) == []


@pytest.mark.requirement("AP-037")
def test_payment_on_the_thirtieth_day_keeps_the_contract():
    house, contract = leisure()
    due = overdue(house, contract)
    day_30 = date.fromordinal(due.toordinal() + 30)
    with as_tenant(house.tenant.pk):
        end_by_themselves(at=noon(date.fromordinal(due.toordinal() + 2)))
        for invoice in Invoice.objects.filter(subject_id=contract.pk):
            books.pay_in_full(invoice.pk, paid_on=day_30, at=noon(day_30), actor=house.actor)

        (closed,) = end_by_themselves(at=noon(date.fromordinal(due.toordinal() + 33)))

        assert (closed.state, closed.reason, ends(contract)) == ("CLOSED", "Der Grund ist entfallen.", None)


def test_what_was_paid_late_before_anybody_looked_begins_no_case():
    house, contract = leisure()
    due = overdue(house, contract)
    late = date.fromordinal(due.toordinal() + 40)
    with as_tenant(house.tenant.pk):
        for invoice in Invoice.objects.filter(subject_id=contract.pk):
            books.pay_in_full(invoice.pk, paid_on=late, at=noon(late), actor=house.actor)
        assert len(books.overdue_about("contracts.Contract", before=late)) == 2  # both paid, but past their day
        assert end_by_themselves(at=noon(late)) == []
        assert EndingCase.objects.count() == 0
        assert ends(contract) is None


def test_looking_at_twenty_delays_asks_as_often_as_looking_at_one():
    """Each time the first day opens the cases that there are none of yet, and the next finds nothing new."""
    house, contract = leisure()
    due, counts = overdue(house, contract), []
    with as_tenant(house.tenant.pk):
        for more, first in ((0, 2), (20, 4)):
            delay_like(contract, more)
            for days in (first, first + 1):
                with CaptureQueriesContext(connection) as asked:
                    assert end_by_themselves(at=noon(date.fromordinal(due.toordinal() + days))) == []
                counts.append(len(asked))
        assert EndingCase.objects.filter(told={"due": due.isoformat()}).count() == 21
        for verb in ("contracts.ending_case_opened", "contracts.ending_case_told"):
            assert RecordEntry.objects.filter(verb=verb).count() == 21
    assert counts[:2] == counts[2:]


def delay_like(contract: Contract, count: int) -> None:
    """Make further contracts whose invoices are as late as this one's."""
    whole = Contract.objects.select_related("offer__quote", "party").get(pk=contract.pk)
    late = InvoiceBalance.objects.filter(invoice__subject_id=contract.pk).select_related("invoice")
    for other in copies(whole, [{"name": f"Kunde {number} GmbH"} for number in range(count)]):
        for balance in late:
            number = f"{balance.invoice.number}-{other.pk}"
            own = {"subject_id": other.pk, "number": number[:50], "occasion": number}
            invoice = copied(balance.invoice, **own)
            invoice.save(force_insert=True)
            copied(balance, invoice=invoice).save(force_insert=True)


def test_a_contract_without_that_rule_is_left_alone():
    house = make_house()
    contract = signed(house)
    billed(house, contract, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.GOOD_CAUSE, date(2027, 1, 1))
        assert end_by_themselves(at=noon(date(2027, 6, 1))) == []
        assert list(EndingCase.objects.all()) == [case]


@pytest.mark.requirement("AP-051")
def test_a_lasting_event_ends_the_contract_by_itself():
    house, contract = leisure()
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.FORCE_MAJEURE, date(2027, 6, 1))
        tell_case(
            case.pk, Told(event="telecom", event_sent=date(2027, 6, 1)), at=noon(date(2027, 6, 1)), actor=house.actor
        )
        assert end_by_themselves(at=noon(date(2027, 7, 1))) == []
        end_by_themselves(at=noon(date(2027, 7, 2)))
        assert ends(contract) == date(2027, 7, 1)


def leisure_by_the_quarter() -> tuple[House, Contract]:
    house = make_house("leisure")
    dates = ["2026-12-05", "2027-03-05", "2027-06-05", "2027-09-05"]
    return house, signed(house, agreed={"invoicing.interval": "quarter", "invoicing.dates": dates})


def like(contract: Contract, count: int) -> list[Contract]:
    """Return further contracts like this one, each with its own customer."""
    with as_tenant(contract.tenant_id):
        whole = Contract.objects.select_related("offer__quote", "party").get(pk=contract.pk)
        return copies(whole, [{"name": f"Kunde {number} GmbH"} for number in range(count)])


def lasting(house: House, contract: Contract, since: date) -> EndingCase:
    """Let a contract have an event that ends it thirty days later."""
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.FORCE_MAJEURE, since)
        return tell_case(case.pk, Told(event="telecom", event_sent=since), at=noon(since), actor=house.actor)


def after(day: date, days: int) -> Any:
    return noon(date.fromordinal(day.toordinal() + days))


def test_three_contracts_that_end_on_a_day_are_ended_by_as_many_queries_as_one():
    """A year paid beforehand goes back by days, so that each end has its credit note, its tasks and its letters."""
    house, first = leisure()
    one, *three = like(first, 4)
    counts = []
    for contracts, since in (([first], date(2027, 6, 1)), ([one], date(2027, 6, 2)), (three, date(2027, 6, 3))):
        for contract in contracts:
            billed(house, contract, date(2026, 12, 5))
            lasting(house, contract, since)
        with as_tenant(house.tenant.pk):
            for balance in InvoiceBalance.objects.filter(invoice__subject_id__in=[each.pk for each in contracts]):
                books.pay_in_full(balance.invoice_id, paid_on=since, at=noon(since), actor=house.actor)
            with CaptureQueriesContext(connection) as asked:
                done = end_by_themselves(at=after(since, 31))
        counts.append(len(asked))
        assert {case.contract_id for case in done} == {contract.pk for contract in contracts}
    with as_tenant(house.tenant.pk):
        # 12 × 2 × 89.00 and 12 × 10 × 12.50 to 30 November 2027: 152 days of 365 go back, then 151, 150
        found = [
            sorted(line.net_minor for line in note.lines.all())
            for note in Invoice.objects.filter(kind="381").order_by("number")
        ]
        assert found == [[624_66, 889_51], [620_55, 883_66], *3 * [[616_44, 877_81]]]
        assert {ends(contract) for contract in three} == {date(2027, 7, 3)}
        told = OutgoingMail.objects.filter(subject__startswith="Ende des Vertrags")
        assert told.count() == 2 * 5
        assert EndingTask.objects.filter(dropped_on=None).values("contract").distinct().count() == 5
    assert counts[1] == counts[2]  # the first takes the year's first number


def test_an_end_that_cannot_be_carried_out_holds_up_no_other():
    """What stays due of the first cannot be invoiced: its customer moved to France and told no number."""
    house, first = leisure_by_the_quarter()
    (second,) = like(first, 1)
    due = max(overdue(house, contract) for contract in (second, first))
    with as_tenant(house.tenant.pk):
        Party.objects.filter(pk=first.party_id).update(country="FR", vat_id="")
        (done,) = end_by_themselves(at=after(due, 31))
        assert (done.contract_id, ends(first), ends(second)) == (second.pk, None, after(due, 30).date())
        held = EndingCase.objects.get(state="OPEN")
        assert held.contract_id == first.pk
        assert RecordEntry.objects.filter(verb="contracts.ending_held_back", object_id=held.pk).count() == 1
        claim = Invoice.objects.filter(subject_id=second.pk).order_by("-number").first()
        assert claim is not None
        # the runs come to May 2028 first; June to November, six months of 303.00, stays due at once
        assert (claim.net_minor, claim.due_on) == (6 * 303_00, after(due, 31).date())


@pytest.mark.parametrize(("event", "first", "last"), [(1, "by_delay", 30), (-2, "force_majeure", 28)])
def test_two_cases_of_a_contract_end_it_once_and_with_the_earlier_day(event, first, last):
    """A delay ends it 30 days after the day it was due, an event 30 days after it was told; the other case is over."""
    house, contract = leisure()
    due = overdue(house, contract)
    lasting(house, contract, date.fromordinal(due.toordinal() + event))
    with as_tenant(house.tenant.pk):
        (done,) = end_by_themselves(at=after(due, 40))
        assert (done.kind, ends(contract)) == (first, after(due, last).date())
        (closed,) = end_by_themselves(at=after(due, 41))
        assert (closed.state, closed.reason) == ("CLOSED", "Der Vertrag endet schon früher oder am selben Tag.")
        assert {done.pk, closed.pk} == set(EndingCase.objects.values_list("pk", flat=True))


# --- What stays due, what goes back, what is to be done -------------------------------------------------------------


def of_fault(house: House, contract: Contract, kind: Kind, ground: str, on: date) -> EndingCase:
    case = opened(house, contract, kind, on)
    prove_case(case.pk, LETTER, about="Beleg", at=noon(on), actor=house.actor)
    return ended(house, case, on, ground=ground, declared_on=on, declared_by=Means.LETTER)


@pytest.mark.requirement("AP-050")
def test_after_the_customers_breach_the_rest_of_the_term_is_invoiced_at_once():
    house = make_house("leisure")
    dates = ["2026-12-05", "2027-03-05", "2027-06-05", "2027-09-05"]
    contract = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.dates": dates})
    billed(house, contract, date(2027, 3, 31))  # December to May
    on = date(2027, 3, 31)
    with as_tenant(house.tenant.pk):
        before = set(Invoice.objects.values_list("pk", flat=True))
        of_fault(house, contract, Kind.IMMEDIATE, "integrity", on)
        claim = Invoice.objects.exclude(pk__in=before).get()
        # six months, June to November 2027, of 2 × 89.00 and 10 × 12.50
        assert (claim.net_minor, claim.due_on, claim.issued_on) == (6 * 303_00, on, on)
        assert (claim.period_first, claim.period_last) == (date(2027, 6, 1), date(2027, 11, 30))
        assert set(BilledPeriod.objects.filter(invoice=claim).values_list("item", flat=True)) == {"visitors", "seats"}
        assert not Invoice.objects.filter(kind="381").exists()
    billed(house, contract, date(2028, 6, 1))
    with as_tenant(house.tenant.pk):
        later = Invoice.objects.exclude(pk__in=before).exclude(pk=claim.pk)
        assert not later.exists()  # the runs bill nothing twice and nothing beyond the end


def test_what_cannot_be_invoiced_holds_the_end_back():
    house = make_house("leisure")
    dates = ["2026-12-05", "2027-03-05", "2027-06-05", "2027-09-05"]
    contract = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.dates": dates})
    billed(house, contract, date(2027, 3, 31))
    on = date(2027, 3, 31)
    with as_tenant(house.tenant.pk):
        Party.objects.filter(pk=contract.party_id).update(country="FR", vat_id="")
        with pytest.raises(ClaimRefusedError):
            of_fault(house, contract, Kind.IMMEDIATE, "integrity", on)
        assert ends(contract) is None


def test_after_a_breach_of_use_the_paid_period_stays_paid():
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.lead": "14 days"})
    billed(house, contract, date(2026, 12, 1))
    on = date(2027, 1, 10)
    with as_tenant(house.tenant.pk):
        before = Invoice.objects.count()
        of_fault(house, contract, Kind.IMMEDIATE, "breach_of_use", on)
        assert ends(contract) == on
        assert Invoice.objects.count() == before  # the quarter was billed whole; no credit note, no further invoice


def lines_of(row: Invoice) -> list[tuple[int, date, date, str]]:
    lines = row.lines.order_by("position")
    return [(line.net_minor, line.period_first, line.period_last, line.clause) for line in lines]


@pytest.mark.parametrize(
    ("kind", "ground", "clause"),
    [(Kind.IMMEDIATE, "breach_of_use", "§3"), (Kind.IMMEDIATE, "other_breach", "§3")],
)
def test_crm_a_period_invoiced_beforehand_and_never_begun_is_credited(kind, ground, clause):
    """
    Quarters from 1 December, invoiced 60 days before: that of March on 31 December. The breach ends it on 10 January.

    The running quarter, to 28 February, stays due (§3); nothing is owed for March to May, 3 × 2 × 89.00 = 534.00 and
    3 × 10 × 12.50 = 375.00: a credit note over 909.00 net, 19 % 172.71.
    """
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.lead": "60 days"})
    billed(house, contract, date(2026, 12, 31))
    on = date(2027, 1, 10)
    with as_tenant(house.tenant.pk):
        of_fault(house, contract, kind, ground, on)
        (note,) = Invoice.objects.filter(kind="381")
        march = date(2027, 3, 1)
        assert note.corrects.period_first == march
        assert (note.net_minor, note.gross_minor) == (909_00, 1_081_71)
        assert lines_of(note) == [
            (534_00, march, date(2027, 5, 31), clause), (375_00, march, date(2027, 5, 31), clause),
        ]  # fmt: skip
        assert note.corrects.balances.get().open_minor == 0
        running = Invoice.objects.get(kind="380", period_first=date(2026, 12, 1))
        assert running.balances.get().open_minor == running.gross_minor
        count = Invoice.objects.count()
    billed(house, contract, date(2027, 6, 30))
    with as_tenant(house.tenant.pk):
        assert Invoice.objects.count() == count


def test_crm_an_ordinary_notice_credits_the_period_after_the_term_alone():
    """
    By the quarter, invoiced 60 days before, so that December to February 2028 leaves on 2 October. The notice of 15
    October ends it with 30 November: §13 refunds nothing of the term and extends it by none.
    """
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.lead": "60 days"})
    billed(house, contract, date(2027, 10, 2))
    sent = date(2027, 10, 15)
    with as_tenant(house.tenant.pk):
        give_notice(contract, letter(sent, sent=sent), at=noon(sent), actor=house.actor)
        assert ends(contract) == date(2027, 11, 30)
        (note,) = Invoice.objects.filter(kind="381")
        assert (note.corrects.period_first, note.net_minor) == (date(2027, 12, 1), 909_00)
        assert {line.clause for line in note.lines.all()} == {"§13"}


@pytest.mark.requirement("FW-024")
def test_trap_59_a_prepaid_period_goes_back_by_days():
    house = make_house()
    contract = signed(house, agreed={"invoicing.interval": "quarter"})
    billed(house, contract, date(2027, 3, 1))  # December to February; March to May, each with the terminal once
    on = date(2027, 4, 10)
    with as_tenant(house.tenant.pk):
        case = opened(house, contract, Kind.FULL_REDUCTIONS, on, side=Side.CUSTOMER)
        capped = (date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1))
        ended(house, case, on, capped=capped, declared_on=on, declared_by=Means.LETTER)
        note = Invoice.objects.get(kind="381")
        # March to May is 92 days, 51 of them after 10 April: 534.00 × 51/92 = 296.02 and 375.00 × 51/92 = 207.88
        assert sorted(line.net_minor for line in note.lines.all()) == [207_88, 296_02]
        assert {(line.period_first, line.period_last) for line in note.lines.all()} == {
            (date(2027, 4, 11), date(2027, 5, 31))
        }
        assert {line.vat_rate for line in note.lines.all()} == {line.vat_rate for line in note.corrects.lines.all()}
        terminal = Invoice.objects.filter(lines__item_key="terminal", kind="380").get()
        assert note.corrects_id != terminal.pk


def test_every_invoice_that_reaches_beyond_the_end_has_its_own_credit_note():
    """Two seats ordered on 15 March were invoiced by themselves; both invoices give their days after 10 April back."""
    house = make_house()
    contract = signed(house, agreed={"invoicing.interval": "quarter"})
    billed(house, contract, date(2027, 3, 1))
    ordered, on = date(2027, 3, 15), date(2027, 4, 10)
    with as_tenant(house.tenant.pk):
        order = order_more(
            contract, {"seats": 2}, channel="LETTER", ordered_by="Jonas Alder", email="jonas@alder.example",
            received_on=ordered, at=noon(ordered), actor=Actor("OUTSIDE", None, "Jonas Alder"),
        )  # fmt: skip
        confirm_order(order.pk, at=noon(ordered), actor=house.actor)
        bill_at_once(contract.pk, until=ordered, at=noon(ordered))
        case = opened(house, contract, Kind.FULL_REDUCTIONS, on, side=Side.CUSTOMER)
        capped = (date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1))
        ended(house, case, on, capped=capped, declared_on=on, declared_by=Means.LETTER)
        notes = Invoice.objects.filter(kind="381").order_by("corrects__issued_on")
        found = [(note.corrects.issued_on, sorted(line.net_minor for line in note.lines.all())) for note in notes]
        # 51 of 92 days of 375.00 and 534.00; 51 of 78 of what two seats of 12.50 cost for 17 days of 31 and two months
        assert found == [(date(2027, 3, 1), [207_88, 296_02]), (ordered, [41_66])]


@pytest.mark.requirement("FW-029")
def test_the_purchase_of_hardware_stays_untouched():
    house = make_house()
    contract = signed(house)
    on = date(2026, 12, 20)
    with as_tenant(house.tenant.pk):
        of_fault(house, contract, Kind.GOOD_CAUSE, "false_statements", on)
    billed(house, contract, date(2027, 6, 1))
    with as_tenant(house.tenant.pk):
        lines = [line for invoice in Invoice.objects.filter(kind="380") for line in invoice.lines.all()]
        found = {line.item_key: (line.net_minor, line.period_last) for line in lines}
        # December was due and is billed whole; 11 of its 31 days go back: 178.00 × 11/31 and 125.00 × 11/31
        assert found == {
            "terminal": (1490_00, None),
            "visitors": (178_00, date(2026, 12, 31)),
            "seats": (125_00, date(2026, 12, 31)),
        }
        note = Invoice.objects.get(kind="381")
        assert {line.item_key: line.net_minor for line in note.lines.all()} == {"visitors": 63_16, "seats": 44_35}


def test_duties_after_the_end_are_dated_and_done():
    house, contract = leisure()
    on = date(2027, 1, 31)
    with as_tenant(house.tenant.pk):
        of_fault(house, contract, Kind.IMMEDIATE, "brand", on)
        tasks = {task.key: task for task in EndingTask.objects.all()}
        assert {key: (task.due_on, task.side, task.clause) for key, task in tasks.items()} == {
            "choice": (on, "provider", "Anhang 4, Ende"),
            "erasure": (date(2027, 2, 1), "provider", "Anhang 4, Ende"),
            "certificate": (date(2027, 2, 1), "provider", "Anhang 4, Ende"),
            "keys": (date(2027, 2, 1), "provider", "Art. 6"),
            "software": (date(2027, 3, 2), "customer", "21.2"),
        }
        done = do_task(tasks["keys"].pk, note="gesperrt", on=on, at=noon(on), actor=house.actor)
        assert (done.done_on, done.done_note) == (on, "gesperrt")
        with pytest.raises(EndingRefusedError, match="settled already"):
            do_task(done.pk, note="", on=on, at=noon(on), actor=house.actor)
    with as_tenant(contract.customer_tenant_id):
        assert EndingTask.received.get(key="software").due_on == date(2027, 3, 2)


def test_where_the_terms_name_no_duties_there_are_none():
    house = make_house("dealership")
    contract = signed(house, agreed={"notice.to": "any_time", "notice.period": "1 month"})
    why = Ruling(date(2027, 1, 31), (Clause("dealership", "Präambel"),))
    ending = Ending(kind="notice", ends=date(2027, 1, 31), told_on=date(2026, 12, 31), ruling=why)
    with as_tenant(house.tenant.pk):
        end_contract(contract, ending, at=noon(date(2026, 12, 31)), actor=house.actor)
        assert not EndingTask.objects.exists()
        with pytest.raises(EndingRefusedError, match="already ends with 31 January 2027"):
            end_contract(contract, ending, at=noon(date(2026, 12, 31)), actor=house.actor)


def test_a_contract_does_not_end_before_it_begins():
    house = make_house()
    contract = signed(house)
    why = Ruling(date(2026, 11, 5), (Clause("visitor", "4.6.3"),))
    ending = Ending(kind="good_cause", ends=date(2026, 11, 5), told_on=date(2026, 11, 5), ruling=why)
    with as_tenant(house.tenant.pk), pytest.raises(EndingRefusedError, match="it cannot end before"):
        end_contract(contract, ending, at=noon(date(2026, 11, 5)), actor=house.actor)


def test_an_earlier_end_overtakes_a_notice():

    house = make_house()
    contract = signed(house)
    on = date(2027, 3, 10)
    with as_tenant(house.tenant.pk):
        give_notice(contract, letter(on), at=noon(on), actor=house.actor)
        of_fault(house, contract, Kind.GOOD_CAUSE, "finances_worse", date(2027, 4, 10))
        assert ends(contract) == date(2027, 4, 10)
        open_tasks = EndingTask.objects.filter(dropped_on=None)
        assert sorted(task.due_on for task in open_tasks) == [date(2027, 4, 10), date(2027, 5, 8), date(2027, 5, 8)]
