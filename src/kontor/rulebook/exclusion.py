"""
When the provider may shut out a whole customer for what its people did: only after repeated violations it let happen.

>>> from datetime import UTC, datetime
>>> from kontor.rulebook import terms
>>> first = datetime(2026, 11, 2, tzinfo=UTC)
>>> may_exclude(terms.load("dealership"), [first], notice=None, culpable=True).value
False
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import moment, said

REPEATED: Final = 2  # what happens once is not repeated; twice after the customer was told, is
_FREE: Final = Text(
    "Der Vertrag verlangt dafür keine wiederholten Verstöße.", "The contract asks for no repeated violations."
)
_UNTOLD: Final = Text(
    "Der Kunde wurde auf keinen Verstoß hingewiesen.", "The customer was given notice of no violation."
)
_FAULT: Final = Text(
    "Es ist zu begründen, warum der Kunde es schuldhaft nicht unterbunden hat.",
    "It must be said why the customer culpably failed to stop it.",
)


def may_exclude(
    pack: TermsPack, violations: Sequence[datetime], *, notice: datetime | None, culpable: bool
) -> Ruling[bool]:
    """
    Decide whether a whole customer may be shut out; the last sentence of the working says why not.

    Dealership §3 no. 2a: repeatedly, and the customer culpably did not stop it. Packs that name no such condition have
    none.

    violations  when each became known
    notice      when the customer was first told of one, with the demand that it stop; None where it never was
    culpable    it is said why the customer is at fault
    """
    rule = pack.blocking.tenant_after_violations if pack.blocking else None
    if rule is None:
        return Ruling(True, (), (), (_FREE,))
    since = [each for each in violations if notice is not None and each > notice]
    inputs = (("violations", str(len(violations))), ("since_notice", str(len(since))))
    if notice is None:
        return Ruling(False, (rule.clause,), inputs, (_UNTOLD,))
    counted = said(
        "Hinweis am {notice}; seitdem {count} von mindestens {least} Verstößen.",
        "Notice on {notice}; since then {count} of at least {least} violations.",
        notice=moment(notice), count=str(len(since)), least=str(REPEATED),
    )  # fmt: skip
    if len(since) < REPEATED:
        return Ruling(False, (rule.clause,), inputs, (counted,))
    if not culpable:
        return Ruling(False, (rule.clause,), inputs, (counted, _FAULT))
    return Ruling(True, (rule.clause,), inputs, (counted,))
