"""
Whether a contract can be concluded with a consumer: not where its terms are for businesses, nor against the law.

>>> from kontor.rulebook import terms
>>> refused = may_buy(terms.load("visitor"), consumer=True)
>>> refused.value, refused.clauses[0].number
(False, '3.5')
>>> may_buy(terms.load("visitor"), consumer=False).value
True
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kontor.rulebook import terms
from kontor.rulebook.ending.notice import refuse_consumer_renewal
from kontor.rulebook.period import add
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.terms.conclusion import Consumer
from kontor.rulebook.wording import said

BUSINESS: Final = "entrepreneur"  # the declaration by which terms are for businesses only
_DAY: Final = date(2026, 1, 1)  # two periods are compared from here

_BUSINESS = Text("Der Kunde handelt als Unternehmer.", "The customer acts as a business.")
_FITS = Text("Nichts in den Bedingungen steht dem entgegen.", "Nothing in the terms stands against it.")
_SILENT = Text(
    "Der Kunde ist Verbraucher; weder diese Bedingungen noch ein hinterlegtes Recht sagen, was dann gilt.",
    "The customer is a consumer; neither these terms nor a law on file say what holds then.",
)


def may_buy(pack: TermsPack, *, consumer: bool) -> Ruling[bool]:
    """
    Return whether somebody may contract under a pack, as an offer has filled it; the working says why not.

    Terms that make their customer declare to be a business refuse a consumer. Others may be offered to one as far as
    the law of the contract lets them: no renewal by a fixed term, no notice longer than a month (BGB § 309 Nr. 9).
    Where no law on file says anything about consumers, none is accepted.
    """
    inputs = (("consumer", "yes" if consumer else "no"),)
    if not consumer:
        return Ruling(True, (), inputs, (_BUSINESS,))
    if (only := _business_only(pack)) is not None:
        step = said(
            "Der Kunde ist Verbraucher; die Bedingungen sind nur für Unternehmer ({clause}).",
            "The customer is a consumer; the terms are for businesses only ({clause}).",
            clause=str(only),
        )
        return Ruling(False, (only,), inputs, (step,))
    law = terms.law_of(pack)
    rules = law.consumer if law else None
    if rules is None:
        return Ruling(False, (), inputs, (_SILENT,))
    for clauses, step in _against(pack, rules):
        return Ruling(False, clauses, inputs, (step,))
    return Ruling(True, rules.renewal.clauses if rules.renewal else (), inputs, (_FITS,))


def _business_only(pack: TermsPack) -> Clause | None:
    required = pack.declarations.required if pack.declarations else None
    if required is None:
        return None
    return next((item.clause or required.clause for item in required.value if item.key == BUSINESS), None)


def _against(pack: TermsPack, rules: Consumer) -> Iterator[tuple[tuple[Clause, ...], Text]]:
    """Yield what in a pack the law forbids towards consumers, with the clauses of both."""
    renewal = pack.term.renews_by or pack.term.renewal if pack.term else None
    if rules.renewal is not None and renewal is not None and not isinstance(renewal, ToBeAgreed):
        clauses = (*renewal.clauses, *rules.renewal.clauses)
        try:
            refuse_consumer_renewal(business=False, renewal=clauses)
        except RefusalError as refused:
            yield clauses, refused.text
    notice, longest = (pack.notice.period if pack.notice else None), rules.notice
    if longest is None or isinstance(longest, ToBeAgreed) or notice is None or isinstance(notice, ToBeAgreed):
        return
    if add(_DAY, notice.value) > add(_DAY, longest.value):
        words = (
            "Der Kunde ist Verbraucher: Die Kündigungsfrist darf nicht länger sein als {longest}.",
            "The customer is a consumer: the notice period must not be longer than {longest}.",
        )
        yield (*notice.clauses, *longest.clauses), said(*words, longest=longest.value.spoken)
