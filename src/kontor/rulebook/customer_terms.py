"""
What the terms say of a customer's own ones, and that an order confirmation says again which terms apply.

>>> clauses = (Clause("visitor", "1.1"),)
>>> names_terms("Es gelten die Bedingungen Besuche, Ausgabe 2026-01.", ("Besuche", "2026-01"), clauses=clauses).value
True
"""

from collections.abc import Iterable, Sequence

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import said


class UnnamedTermsError(RefusalError):
    """An order confirmation that does not say which terms apply."""


def excluded(stated: bool, *, clauses: Iterable[Clause]) -> Ruling[bool]:
    """
    Return that a customer's own terms have no effect; RefusalError where the contract's terms do not exclude them.

    stated  `formation.customer_terms_excluded`, False where the terms are silent: then somebody has to agree on it
    """
    if not stated:
        raise RefusalError(
            Text(
                "Diese Bedingungen schließen Bedingungen des Kunden nicht aus; welche gelten, ist zu vereinbaren.",
                "These terms do not exclude the customer's own; which of them apply is to be agreed.",
            )
        )
    step = Text(
        "Es gelten allein die Bedingungen des Anbieters; die des Kunden haben keine Wirkung, auch wenn ihnen niemand "
        "widerspricht.",
        "The provider's terms alone apply; the customer's have no effect, even where nobody objects to them.",
    )
    return Ruling(True, tuple(clauses), (), (step,))


def names_terms(text: str, marks: Sequence[str], *, clauses: Iterable[Clause]) -> Ruling[bool]:
    """
    Return that an order confirmation says which terms apply; UnnamedTermsError where it lacks one of the marks.

    marks  by which the reader knows the terms: their title and their edition
    """
    told = " ".join(text.split()).casefold()
    missing = [mark for mark in marks if mark.casefold() not in told]
    if missing:
        raise UnnamedTermsError(
            said(
                "Die Auftragsbestätigung weist nicht auf die Geltung der Bedingungen hin; es fehlt: {missing}.",
                "The order confirmation does not say that the terms apply; this is missing: {missing}.",
                missing=_listed(missing),
            )
        )
    step = said(
        "Die Auftragsbestätigung nennt die Bedingungen: {marks}.",
        "The order confirmation names the terms: {marks}.",
        marks=_listed(marks),
    )
    return Ruling(True, tuple(clauses), (), (step,))


def _listed(words: Sequence[str]) -> Text:
    return Text(", ".join(words), ", ".join(words))
