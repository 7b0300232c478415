"""
From how many users on a customer names one contact for support, through whom what others ask goes (SO-031).

>>> from kontor.rulebook.terms import load
>>> [contact_needed(load("crm"), users).value for users in (1, 3, 4, 50)]
[False, False, True, True]
>>> contact_needed(load("visitor"), 50).value
False
"""

from typing import Final

from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said

SUPPORT: Final = "support"


def speaks_for_support(pack: TermsPack) -> bool:
    """Tell whether these terms know a contact for support."""
    contact = pack.cooperation.contact if pack.cooperation else None
    return contact is not None and contact.value == SUPPORT


def contact_needed(pack: TermsPack, users: int) -> Ruling[bool]:
    """Return whether a customer with so many active users must have named a contact for support."""
    told = (("users", str(users)),)
    section = pack.cooperation
    if not speaks_for_support(pack) or section is None or section.contact_from_users is None:
        step = said("Diese Bedingungen verlangen keine Ansprechperson für den Support.",
                    "These terms ask for no contact for support.")  # fmt: skip
        return Ruling(False, (), told, (step,))
    first = section.contact_from_users
    needed = users >= int(first.value)
    step = said(
        "{users} aktive Benutzer; ab {first} nennt der Kunde eine Ansprechperson für den Support.",
        "{users} active users; from {first} on the customer names a contact for support.",
        users=users, first=first.value,
    )  # fmt: skip
    return Ruling(needed, first.clauses, told, (step,))
