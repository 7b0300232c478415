"""
What may still be done with the data of somebody who had it restricted (GDPR Art. 18): storing it, and little else.

>>> why_restricted(date(2026, 3, 2), "A-12").clauses[0].number
'GDPR Art. 18 (1)'
"""

from datetime import date
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

_GROUNDS: Final = Clause("gdpr", "GDPR Art. 18 (1)")
_STORED: Final = Clause("gdpr", "GDPR Art. 18 (2)")
_TOLD: Final = Clause("gdpr", "GDPR Art. 18 (3)")
_USES: Final = Text(
    "Sie werden nur gespeichert. Alles andere braucht die Einwilligung der Person, einen Rechtsanspruch, den Schutz "
    "anderer Menschen oder ein wichtiges öffentliches Interesse.",
    "It is only stored. Anything else needs the person’s consent, a legal claim, the protection of other people or an "
    "important public interest.",
)
_LIFTED: Final = Text(
    "Bevor die Einschränkung endet, wird die Person unterrichtet.", "Before the restriction ends, the person is told."
)


def why_restricted(since: date, request: str) -> Ruling[bool]:
    """Return that somebody's data is restricted, and why; `request` is the reference of what they asked."""
    asked = said(
        "Die Person hat am {day} erreicht, dass ihre Daten eingeschränkt sind (Anfrage {request}).",
        "The person had their data restricted on {day} (request {request}).",
        day=day(since),
        request=request,
    )
    inputs = (("since", since.isoformat()), ("request", request))
    return Ruling(True, (_GROUNDS, _STORED, _TOLD), inputs, (asked, _USES, _LIFTED))
