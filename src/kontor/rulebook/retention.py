"""
How long something is kept, what then happens to it, and what a duty to keep means for somebody who wants it gone.

>>> from kontor.rulebook import terms
>>> kept = kept_until(*kind_of(terms.load("crm"), "customer_data"), date(2026, 3, 31)).value
>>> kept.last, kept.gone_on, kept.then
(datetime.date(2026, 4, 30), datetime.date(2026, 5, 1), 'delete')
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kontor.rulebook import terms
from kontor.rulebook.calc.facts import cited, known, readings, silent
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.protection import Kept as Kind
from kontor.rulebook.terms.value import Stated
from kontor.rulebook.wording import day, said

DELETE: Final = "delete"
RESTRICT: Final = "restrict"
LOOKED_BACK: Final = timedelta(days=36525)  # a hundred years: nothing that anybody keeps is older
_HOW_LONG: Final = Text("wie lange etwas aufbewahrt wird", "how long something is kept")
_THEN: Final = {
    "delete": Text("gelöscht", "deleted"),
    "anonymise": Text("so verfremdet, dass niemand mehr erkennbar ist", "masked so that nobody can be told from it"),
    "restrict": Text("gesperrt", "restricted"),
}
_EVENTS: Final = {
    "session_ends": Text("Es bleibt, bis die Sitzung endet.", "It stays until the session ends."),
    "trial_ends": Text("Es bleibt, bis der Test endet.", "It stays until the trial ends."),
    "account_deactivated": Text("Es bleibt, bis das Konto stillgelegt ist.", "It stays until the account is closed."),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """
    Until when something is kept.

    last     the last day on which it may (`limit` "at_most") or must ("at_least") still be there
    gone_on  the day on which it goes: the last one itself where it may stay at most so long, else the day after
    then     what happens: "delete", "anonymise", "restrict"
    """

    last: date
    gone_on: date
    then: str


@dataclass(frozen=True, slots=True)
class Held:
    """
    A reason for which something may not go yet.

    until   the last day on which it counts; None while nobody can say, as of a dispute
    """

    reason: Text
    until: date | None = None
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of something that is to go: `then` "delete", or "restrict" with the reasons and the day they end."""

    then: str
    held: tuple[Held, ...] = ()
    until: date | None = None


def kinds_of(pack: TermsPack) -> Mapping[str, Kind]:
    """Return the kinds of data whose keeping a pack or its law regulates, by key; the pack's own first."""
    sections = [source.retention for source in (pack, terms.law_of(pack)) if source is not None]
    found: dict[str, Kind] = {}
    for section in sections:
        for key, kind in (section.kinds if section is not None else {}).items():
            found.setdefault(key, kind)
    return found


def kind_of(pack: TermsPack, key: str) -> tuple[str, Kind]:
    """Return a kind's key and rule; NoAnswerError where neither the pack nor its law regulates it."""
    found = kinds_of(pack).get(key)
    if found is None:
        raise silent(_HOW_LONG, pack)
    return key, found


def kept_until(key: str, kind: Kind, since: date, *, open_until: date | None = None) -> Ruling[Kept]:
    """
    Return until when something of a kind is kept.

    since       the day of the event from which it counts, which is not counted itself; where an event ends the keeping,
                the day of that event
    open_until  the last day of something still open that needs it, such as the tax assessment (AO 147 (3)); it only
                lengthens a duty to keep, never a longest time

    A last day on a weekend stays where it is: no text moves the day by which data are gone.
    """
    then, limit = known(kind.then), known(kind.limit)
    at_most = limit is not None and limit.value == "at_most"
    what = DELETE if then is None else str(then.value)
    last, steps = _last_day(kind, since)
    if open_until is not None and not at_most and open_until > last:
        last = open_until
        german, english = "Noch offen bis {day}: solange bleibt es.", "Still open until {day}: it stays that long."
        steps = (*steps, said(german, english, day=day(open_until)))
    # Where an event ends the keeping, it goes with the event and not the day after, unless the event is a whole day.
    gone = last if at_most or _ends_with(kind) in {"session_ends", "account_deactivated"} else last + ONE_DAY
    german, english = "Am {day} wird es {then}.", "On {day} it is {then}."
    steps = (*steps, said(german, english, day=day(gone), then=_THEN[what]))
    sources = (kind.keep, kind.until, kind.from_year_end, kind.limit, kind.then)
    inputs = (("kind", key), ("since", since.isoformat()))
    return Ruling(Kept(last, gone, what), cited(*sources), inputs, (*steps, *readings(*sources)))


def outcome(on: date, held: Iterable[Held], *, clauses: Iterable[Clause] = ()) -> Ruling[Outcome]:
    """
    Return what becomes of something that is to go on a day: gone, or locked away for as long as a reason stands.

    held     the duties to keep it and the holds on it; those whose last day is over no longer count
    clauses  under which it is to go
    """
    standing = tuple(each for each in held if each.until is None or each.until >= on)
    inputs = (("on", on.isoformat()),)
    if not standing:
        step = Text("Nichts verlangt, es zu behalten: Es wird gelöscht.", "Nothing demands to keep it: it is deleted.")
        return Ruling(Outcome(DELETE), tuple(clauses), inputs, (step,))
    days = [each.until for each in standing if each.until is not None]
    until = max(days) if len(days) == len(standing) else None
    steps = [each.reason for each in standing]
    if until is None:
        steps.append(Text("Gesperrt, bis der Grund entfällt.", "Restricted until the reason is gone."))
    else:
        steps.append(
            said("Gesperrt bis {day}, dann gelöscht.", "Restricted until {day}, then deleted.", day=day(until))
        )
    grounds = (*clauses, *(each.clause for each in standing if each.clause is not None))
    return Ruling(Outcome(RESTRICT, standing, until), tuple(dict.fromkeys(grounds)), inputs, tuple(steps))


def duty(key: str, kind: Kind, since: date, *, open_until: date | None = None) -> Held:
    """Return a duty to keep something of a kind, counted from a day, as a reason for which it may not go."""
    ruling = kept_until(key, kind, since, open_until=open_until)
    reason = said(
        "{label}: aufzubewahren bis {day} ({clause}).", "{label}: to be kept until {day} ({clause}).",
        label=Text(kind.label.de, kind.label.en), day=day(ruling.value.last),
        clause=", ".join(map(str, ruling.clauses)),
    )  # fmt: skip
    return Held(reason, ruling.value.last, ruling.clauses[0])


def gone_by(key: str, kind: Kind, on: date) -> Ruling[date | None]:
    """
    Return the last day of the event whose data are gone on a day; None where not even the oldest are.

    >>> gone_by(*kind_of(terms.load("bookkeeping"), "access_log"), date(2026, 5, 8)).value
    datetime.date(2026, 5, 1)
    """
    early, late = on - LOOKED_BACK, on
    if kept_until(key, kind, early).value.gone_on > on:
        return Ruling(None, kept_until(key, kind, early).clauses, (("kind", key), ("on", on.isoformat())), ())
    while early < late:  # the day on which something goes never comes earlier for something younger
        middle = early + timedelta(days=((late - early).days + 1) // 2)
        if kept_until(key, kind, middle).value.gone_on <= on:
            early = middle
        else:
            late = middle - ONE_DAY
    return kept_until(key, kind, early).map(lambda _: early)


def settled(keep: Duration, clause: Clause, label: Text) -> Kind:
    """Return the rule of somebody who says for themselves how long they keep something, under what they agreed."""
    return Kind(label=label, keep=Stated[Duration](value=keep, clause=clause, origin="setting"))


def _ends_with(kind: Kind) -> str:
    until = known(kind.until)
    return "" if until is None else str(until.value)


def _last_day(kind: Kind, since: date) -> tuple[date, tuple[Text, ...]]:
    keep, year_end = known(kind.keep), known(kind.from_year_end)
    if keep is None:
        event = _EVENTS[_ends_with(kind)]
        return since, (event, said("Das ist der {day}.", "That is {day}.", day=day(since)))
    from_end = year_end is not None and year_end.value
    start = date(since.year, 12, 31) if from_end else since
    steps: tuple[Text, ...] = ()
    if from_end:
        german, english = "Gezählt ab dem Schluss des Kalenderjahres, {day}.", "Counted from the year's end, {day}."
        steps = (said(german, english, day=day(start)),)
    last = last_day_after(start, keep.value)
    german, english = (
        "{length} nach {start}: letzter Tag ist der {last}.",
        "{length} after {start}: the last day is {last}.",
    )
    return last, (*steps, said(german, english, length=keep.value.spoken, start=day(start), last=day(last)))
