"""
Whether somebody agreed to be written to: asked by a form, confirmed by a mail's link, taken back as easily.

>>> from datetime import UTC, datetime
>>> asked = Step(Kind.ASKED, 1, datetime(2026, 6, 1, 9, tzinfo=UTC))
>>> confirmed = Step(Kind.CONFIRMED, 1, datetime(2026, 6, 1, 10, tzinfo=UTC))
>>> standing([asked], edition=1).value, standing([asked, confirmed], edition=1).value
(<State.PENDING: 'PENDING'>, <State.GIVEN: 'GIVEN'>)
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text


class Kind(StrEnum):
    """What happened: a form was sent, its mail's link was used, it was taken back, staff took it up again."""

    ASKED = "ASKED"
    CONFIRMED = "CONFIRMED"
    WITHDRAWN = "WITHDRAWN"
    REACTIVATED = "REACTIVATED"


class State(StrEnum):
    """
    Where a consent stands.

    OUTDATED  it was given to an earlier text; who agreed to that is asked again
    """

    NONE = "NONE"
    PENDING = "PENDING"
    GIVEN = "GIVEN"
    OUTDATED = "OUTDATED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what happened, to which edition of the text, when, and whether a written request lies beside it."""

    kind: Kind
    edition: int
    at: datetime
    written: bool = False


STATES: Final = {
    State.NONE: Text("Es gibt keine Einwilligung.", "There is no consent."),
    State.PENDING: Text(
        "Gefragt, aber der Link der Mail ist nicht benutzt: Niemand schreibt.",
        "Asked, but the mail's link was not used: nobody writes.",
    ),
    State.GIVEN: Text("Die Einwilligung gilt.", "The consent holds."),
    State.OUTDATED: Text(
        "Sie galt einem früheren Text; für den heutigen wird neu gefragt.",
        "It was given to an earlier text; for today's one is asked again.",
    ),
    State.WITHDRAWN: Text("Sie ist zurückgenommen.", "It was taken back."),
}
_NO_NEED: Final = Text("Nachrichten zu einem Vorgang brauchen keine.", "Transactional messages need none.")
_SUPPRESSED: Final = Text(
    "Diese Anschrift hat zurückgenommen; das gilt, obwohl sonst nichts mehr über sie da ist.",
    "This address took it back; that holds although nothing else about it is left.",
)
_TICKED: Final = Text("Ein Kästchen ist nicht vorangekreuzt.", "A box is not ticked beforehand.")
_WORDLESS: Final = Text("Der Text sagt klar, worum es geht.", "The text says clearly what it is about.")
_UNWRITTEN: Final = Text(
    "Wer sich abgemeldet hat, kommt nur auf eigenen schriftlichen Wunsch zurück.",
    "Who took it back returns at one's own written request only.",
)
_NOT_OUT: Final = Text("Zurückgenommen ist hier nichts.", "Nothing was taken back here.")


def standing(
    steps: Iterable[Step], *, edition: int, suppressed_at: datetime | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[State]:
    """
    Return where a consent stands after its steps, in whatever order they are given.

    edition        of the text that is asked today
    suppressed_at  when the address took it back last, as far as only a hash still tells
    """
    state, given, asked = State.NONE, 0, 0
    last: datetime | None = None
    for step in sorted(steps, key=lambda each: each.at):
        match step.kind:
            case Kind.ASKED:
                asked = step.edition
                if state is not State.GIVEN or given != asked:
                    state = State.PENDING
            case Kind.CONFIRMED if step.edition == asked:
                state, given, last = State.GIVEN, asked, step.at
            case Kind.REACTIVATED if state is State.WITHDRAWN and step.written:
                state, given, last = State.GIVEN, step.edition, step.at
            case Kind.WITHDRAWN:
                state, asked = State.WITHDRAWN, 0
            case _:  # confirmed what nobody asks any more, or taken up without a written request: nothing
                pass
    if state is State.GIVEN and given != edition:
        state = State.OUTDATED
    words = STATES[state]
    gone = suppressed_at is not None and (last is None or suppressed_at > last)
    if gone and state in {State.NONE, State.GIVEN, State.OUTDATED}:
        state, words = State.WITHDRAWN, _SUPPRESSED
    inputs = (("edition", str(edition)),)
    return Ruling(state, tuple(clauses), inputs, (words,))


def may_write(
    found: Ruling[State], purpose: str, *, without_consent: Collection[str], kept_from: Text | None = None
) -> Ruling[bool]:
    """
    Return whether one may write for a purpose.

    kept_from  what keeps anybody from it, whatever was agreed: the person was erased, restricted or objected
    without_consent  purposes for which the terms ask for none (leisure Anhang 2, Regel 5: transactional messages)
    """
    if kept_from is not None:
        return Ruling(False, found.clauses, (("purpose", purpose),), (kept_from,))
    if purpose in without_consent:
        return Ruling(True, found.clauses, (("purpose", purpose),), (_NO_NEED,))
    return Ruling(found.value is State.GIVEN, found.clauses, (("purpose", purpose), *found.inputs), found.working)


def form_lacks(*, says: Text, ticked: bool) -> list[Text]:
    """Return why a form that asks for consent cannot be published: a ticked box, or no word of what it is about."""
    found = [_TICKED] if ticked else []
    return [*found, *([] if says.de.strip() and says.en.strip() else [_WORDLESS])]


def reactivation_refused(state: State, *, written: bool) -> Text | None:
    """Return why staff cannot take an address up again, None where it may (leisure Anhang 3)."""
    if state is not State.WITHDRAWN:
        return _NOT_OUT
    return None if written else _UNWRITTEN
