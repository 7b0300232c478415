"""
Somebody complains of a mailing: the sender proves the consent, or its account is suspended (leisure Anhang 2, Regel 6).

>>> suspension_by(date(2026, 11, 23), proved=False).value
datetime.date(2026, 11, 30)
>>> suspension_by(date(2026, 11, 23), proved=True).value is None
True
"""

from datetime import date, timedelta
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

WITHIN: Final = timedelta(days=7)  # ours: the text names no time
CLAUSE: Final = Clause("leisure", "Anhang 2, Regel 6")
_PROVED: Final = Text("Die Zustimmung ist nachgewiesen.", "The consent is proved.")


def suspension_by(told_on: date, *, proved: bool) -> Ruling[date | None]:
    """Return the day on which an account without proof is to be suspended; None where the consent is proved."""
    inputs = (("told_on", told_on.isoformat()), ("proved", str(proved).lower()))
    if proved:
        return Ruling(None, (CLAUSE,), inputs, (_PROVED,))
    last = told_on + WITHIN
    step = said(
        "Ohne Nachweis bis {last} wird das Konto gesperrt; die sieben Tage sind unsere.",
        "Without proof by {last} the account is suspended; the seven days are ours.",
        last=day(last),
    )
    return Ruling(last, (CLAUSE,), inputs, (step,))
