"""
Who may make and receive declarations for a customer: nobody but those it has named, in writing.

>>> from kontor.rulebook.terms import load
>>> [[clause.number for clause in contact_clauses(load(key))] for key in ("visitor", "crm")]
[['6.1'], []]
"""

from typing import Final

from kontor.rulebook.ending.notice import NoticeAnswer, Outcome
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said

_DECLARES: Final = "declarations"

_EVERYTHING: Final = "everything"

UNNAMED: Final = Text(
    "Es fehlt, wer für den Kunden Erklärungen abgibt und empfängt; ohne ihn kommt der Vertrag nicht zustande.",
    "Nobody is named who makes and receives declarations for the customer; without them there is no contract.",
)


def contact_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses by which the customer names who makes and receives declarations; () where none does so."""
    contact = pack.cooperation.contact if pack.cooperation else None
    return contact.clauses if contact and contact.value == _DECLARES else ()


def speaks_alone(pack: TermsPack) -> bool:
    """
    Tell whether one single person speaks for the customer, so that whoever is named later takes their place.

    >>> from kontor.rulebook.terms import load
    >>> [speaks_alone(load(key)) for key in ("leisure", "visitor", "bookkeeping")]
    [True, False, False]
    """
    contact = pack.cooperation.contact if pack.cooperation else None
    return contact is not None and contact.value == _EVERYTHING


def no_contact(pack: TermsPack) -> Text:
    """Say that no request begins while nobody is named who puts the customer's requests in order (leisure, Art. 7)."""
    contact = pack.cooperation.contact if pack.cooperation else None
    number = contact.clauses[0].number if contact else ""
    return said(
        "Der Vertrag verlangt eine Ansprechperson, die Anfragen ordnet ({number}); zurzeit ist niemand benannt. "
        "Benennen Sie sie, dann kann die Anfrage beginnen.",
        "The contract asks for one contact who puts requests in order ({number}); nobody is named at present. Name "
        "them, and the request can begin.",
        number=number,
    )


def not_authorised(pack: TermsPack, given_by: str) -> Ruling[NoticeAnswer]:
    """Return that a notice was given by somebody whom the customer has not named: no effect until it is confirmed."""
    step = said(
        "{who} ist nicht berechtigt, für den Kunden zu erklären. Die Kündigung bewirkt nichts, bis sie bestätigt ist.",
        "{who} is not authorised to declare for the customer. The notice has no effect until it is confirmed.",
        who=given_by,
    )
    return Ruling(NoticeAnswer(Outcome.UNAUTHORISED), contact_clauses(pack), (), (step,))
