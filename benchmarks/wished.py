"""Doing what people wish for in the simulation, each by the product's own action; a refusal is an answer too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, transaction

from benchmarks.house import Market, noon
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, Wish
from benchmarks.oracle.devices import FIRST, ITEM, SECOND
from benchmarks.oracle.wishes import HOURLY
from kontor.kernel.actor import Actor
from kontor.office.books.actions.credits import credit_invoice
from kontor.office.books.models import Invoice
from kontor.office.books.queries.credits import CreditedPart, CreditOrder
from kontor.office.contracts.actions import (
    changing,
    corrections,
    hardware,
    hardware_cases,
    noticing,
    ordering,
    price_changes,
    terms_answers,
    terms_changes,
)
from kontor.office.contracts.actions.changing import ChangeRefusedError
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contract
from kontor.office.contracts.actions.ending_cases import end_by_case, open_case, tell_case
from kontor.office.contracts.models import Contract, HardwareItem, PriceRun, TermsNoticeState
from kontor.office.contracts.queries.terms_changes import concerned, procedure, required_of
from kontor.rulebook import terms
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.extra_work import Work
from kontor.rulebook.fee_reduction import Asked as Reduction
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text

SIGNATORY = "jonas@alder.example"
PROOF = noticing.Upload(name="brief.pdf", media_type="application/pdf", content=b"%PDF-1.7 letter")
REFUSED = (ChangeRefusedError, EndingRefusedError, RefusalError)
RATE = Decimal(HOURLY.numerator) / Decimal(HOURLY.denominator)


@dataclass(frozen=True)
class Asked:
    """A wish about a contract."""

    market: Market
    contract: Contract
    deal: Deal
    wish: Wish

    @property
    def actor(self) -> Actor:
        """Whoever acts for the house."""
        return self.market.house.actor

    @property
    def order(self) -> dict[str, Any]:
        """How the customer's orders come."""
        return {
            "channel": "LETTER", "ordered_by": "Jonas Alder", "email": SIGNATORY, "received_on": self.wish.on,
            "at": noon(self.wish.on), "actor": Actor("OUTSIDE", None, "Jonas Alder"),
        }  # fmt: skip


def answer(asked: Asked) -> date | str | None:
    """Do what is wished and return the day from which it works, None where it is refused; in words where it broke."""
    try:
        with transaction.atomic():
            return _DONE[asked.wish.what](asked)
    except REFUSED:
        return None
    except DatabaseError as broken:  # a difference like any other, told at the end
        return f"broke: {broken}"


def _more(asked: Asked) -> date | None:
    wish, at = asked.wish, noon(asked.wish.on)
    order = ordering.order_more(asked.contract, {wish.item: wish.count}, **asked.order)
    state = changing.confirm_order(order.pk, at=at, actor=asked.actor)
    changing.bill_at_once(asked.contract.pk, until=wish.on, at=at)  # as the job that it queues does
    return state.effective_on


def _fewer(asked: Asked) -> date | None:
    order = ordering.order_fewer(asked.contract, {asked.wish.item: asked.wish.count}, warned=[], **asked.order)
    return order.states.get().effective_on


def _interval(asked: Asked) -> date | None:
    return ordering.order_interval(asked.contract, asked.wish.item, **asked.order).states.get().effective_on


def _notice(asked: Asked) -> date | None:
    given = Given(Means.REGISTERED_LETTER, sent=asked.wish.sent, received=asked.wish.on)
    notice = noticing.NewNotice(given=given, side=Side.CUSTOMER, given_by="Jonas Alder", proof=PROOF)
    return noticing.give_notice(asked.contract, notice, at=noon(asked.wish.on), actor=asked.actor).ends_on


def _cause(asked: Asked) -> date | None:
    wish, contract = asked.wish, asked.contract
    why = Ruling(
        wish.on, (Clause(contract.pack, "-", contract.version),), (), (Text("Wichtiger Grund.", "Good cause."),)
    )
    ending = Ending(kind="cause", ends=wish.on, told_on=wish.on, ruling=why, culpable=bool(wish.count))
    end_contract(contract, ending, at=noon(wish.on), actor=asked.actor)
    return wish.on


def _arrears(asked: Asked) -> date | None:
    wish = asked.wish
    told = Told(
        due=wish.due, threat_on=wish.sent, threat_by=Means.LETTER, declared_on=wish.on,
        declared_by=Means.REGISTERED_LETTER,
    )  # fmt: skip
    return _by_case(asked, Kind.AFTER_THREAT, told)


def _delay(asked: Asked) -> date | None:
    return _by_case(asked, Kind.BY_DELAY, Told(due=asked.wish.due))


def _force(asked: Asked) -> date | None:
    told = Told(event="own_strike", event_sent=asked.wish.sent, event_on=asked.wish.sent)
    return _by_case(asked, Kind.FORCE_MAJEURE, told)


def _by_case(asked: Asked, kind: Kind, told: Told) -> date | None:
    at = noon(asked.wish.on)
    case = open_case(asked.contract, kind, side=Side.PROVIDER, at=at, actor=asked.actor)
    tell_case(case.pk, told, at=at, actor=asked.actor)
    case = end_by_case(case.pk, on=asked.wish.on, at=at, actor=asked.actor)
    return date.fromisoformat(case.amendment.content[0]["last_day"]) if case.amendment else None


def _list(asked: Asked) -> date | None:
    return _announced(asked, PriceRun.Kind.LIST)


def _index(asked: Asked) -> date | None:
    return _announced(asked, PriceRun.Kind.INDEX)


def _announced(asked: Asked, kind: str) -> date | None:
    """Announce new prices to the customer, who has the mail at once; in the evening they take their place."""
    at, ids = noon(asked.wish.on), [asked.contract.pk]
    run = price_changes.release(kind, ids, until=asked.wish.on + 400 * DAY, at=at, actor=asked.actor)
    made = price_changes.announce(run.pk, ids, at=at)
    for each in made:
        price_changes.note_told(each.pk, at=at)
    return made[0].effective_on if made else None


def _work(asked: Asked) -> date:
    wish = asked.wish
    work = Work(wish.item, wish.on, minutes=wish.count, rate=RATE, recognisable=True)
    logged = corrections.Logged(key=f"{wish.on}", work=work, rate_source="Liste")
    corrections.log_work(asked.contract.pk, logged, at=noon(wish.on), actor=asked.actor)
    return wish.on


def _goodwill(asked: Asked) -> date | None:
    wish = asked.wish
    rows = Invoice.objects.filter(subject_id=asked.contract.pk, kind="380").order_by("-issued_on")
    for row in rows.prefetch_related("lines"):
        line = min(row.lines.all(), key=lambda each: (each.period_first or date.min, each.net_minor))
        if line.net_minor > wish.count:
            part = CreditedPart(
                position=line.position, quantity=Decimal(1), unit="C62", price=Decimal(wish.count) / 100
            )
            order = CreditOrder(
                invoice=row.pk, occasion=f"goodwill {wish.on}", on=wish.on, reason="Kulanz", parts=(part,)
            )
            credit_invoice(order, at=noon(wish.on), actor=asked.actor)
            return wish.on
    return None


def _reduction(asked: Asked) -> date:
    wish = asked.wish
    assert wish.sent is not None
    corrections.reduce_fee(
        asked.contract.pk, wish.item, Reduction(wish.sent, Money("EUR", wish.count), wish.on - DAY),
        key=f"{wish.on}", reason="Mangel", on=wish.on, at=noon(wish.on), actor=asked.actor,
    )  # fmt: skip
    return wish.on


def _device(asked: Asked) -> date | None:
    """Deliver a device with all that goes with it."""
    wish, told = asked.wish, {"at": noon(asked.wish.on), "actor": asked.actor}
    delivery = hardware.plan_delivery(asked.contract.pk, planned_on=wish.on, **told)
    serial = f"{asked.contract.number} {wish.on}"
    hardware.add_device(delivery.pk, position=ITEM, serial=serial, software="12.4", **told)
    hardware.enclose_manual(delivery.pk, PROOF, language="de", **told)
    hardware.hand_to_carrier(delivery.pk, carrier="Ost", tracking="", on=wish.on, proof=None, **told)
    return hardware.hand_to_customer(delivery.pk, on=wish.on, proof=None, **told).warranty_until


def _defect(asked: Asked) -> date | None:
    """Let both periods for a defect pass in vain, then give back what is asked for."""
    wish, told = asked.wish, {"at": noon(asked.wish.on), "actor": asked.actor}
    assert wish.sent is not None
    item = HardwareItem.objects.filter(delivery__contract=asked.contract).order_by("-delivery__number").first()
    if item is None:
        return None
    case = hardware_cases.report(item, kind="defect", told="Mangel", by="Jonas Alder", on=wish.sent, **told)
    hardware_cases.set_period(case.pk, until=wish.sent + FIRST, fault=True, **told)
    hardware_cases.set_second_period(case, until=wish.sent + SECOND, on=wish.sent + FIRST + DAY, **told)
    amount = Money("EUR", wish.count) if wish.item == "reduction" else None
    hardware_cases.give_back(case.pk, remedy=wish.item, amount=amount, on=wish.on, **told)
    return wish.on


def _terms(asked: Asked) -> date | None:
    """Announce a change of the terms to the customer, who has the mail at once."""
    wish, at, pack = asked.wish, noon(asked.wish.on), asked.contract.pack
    words = dict.fromkeys(required_of(procedure(terms.load(pack), wish.item)), "Simulation")
    draft = terms_changes.Draft(
        pack=pack, kind=wish.item, version=f"{asked.deal.number} {wish.on}", title_de="Simulation",
        title_en="Simulation", told={"de": words, "en": words}, named_on=wish.sent,
    )  # fmt: skip
    change = terms_changes.write_change(draft, at=at, actor=asked.actor)
    told = concerned(pack, kind=wish.item, version=change.version, named=change.named_on, at=at)
    if asked.contract.pk not in {each.contract.pk for each in told}:
        return None
    terms_changes.announce_change(change.pk, at=at, actor=asked.actor)
    (notice,) = terms_changes.tell_customers(change.pk, [asked.contract.pk], at=at)
    state = terms_answers.note_had(notice.pk, at=at)
    return state.objection_by or state.effective_on


def _reply(asked: Asked) -> date | None:
    wish, at = asked.wish, noon(asked.wish.on)
    announced = max(each.on for each in asked.deal.wishes if each.what == "terms" and each.on <= wish.on)
    found = TermsNoticeState.objects.filter(notice__version=f"{asked.deal.number} {announced}")
    if wish.item == "silence":
        terms_answers.settle_silence(at=at)  # of all customers, as each night
        return next((each.effective_on for each in found.filter(state=TermsNoticeState.State.SILENT)), None)
    state = found.first()
    if state is None:
        return None
    accepts = wish.item == "accept"
    customer = Actor("OUTSIDE", None, "Jonas Alder")
    done = terms_answers.answer_notice(state.notice, accepts=accepts, answered_by="Jonas Alder", at=at, actor=customer)
    return done.effective_on if accepts else done.answered_on


_DONE: Mapping[str, Callable[[Asked], date | None]] = {
    "more": _more, "fewer": _fewer, "interval": _interval, "notice": _notice, "cause": _cause, "arrears": _arrears,
    "delay": _delay, "force": _force, "list": _list, "index": _index, "work": _work, "goodwill": _goodwill,
    "reduction": _reduction, "device": _device, "defect": _defect, "terms": _terms, "reply": _reply,
}  # fmt: skip
