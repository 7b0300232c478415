"""Registers about performing: acceptance of what was delivered, co-operation that is late, warranty."""

from datetime import date, timedelta
from typing import Final

from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.registers.shape import (
    Circumstances,
    Deadline,
    Facts,
    Field,
    Kind,
    Register,
    Standing,
    choices,
    stood,
)
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, given
from kontor.rulebook.wording import day, said

_WHAT: Final = Field("what", Text("Was", "What"), Kind.TEXT, required=True)


def _acceptance_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    return pack.acceptance.period.clauses if pack.acceptance and pack.acceptance.period else ()


def _acceptance(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """Five days from receipt to report defects in writing, else accepted; any use accepts without reserve (AP-016)."""
    rules = seen.pack.acceptance
    last = last_day_after(facts["received_on"], given(rules.period if rules else None, key="acceptance.period").value)
    used, reported = facts.get("used_on"), facts.get("reported_on")
    watch = (Deadline(last, Text("Letzter Tag für eine Mängelanzeige", "Last day to report defects")),)
    if used and rules and rules.use_accepts and (reported is None or used <= reported):
        standing = Standing(Text("abgenommen durch Nutzung", "accepted by use"), "good", watch)
    elif reported and reported <= last:
        lacks = (Text("die Nachbesserung", "the correction"),)
        standing = Standing(
            Text("zurückgewiesen, nachzubessern", "rejected, to be corrected"), "bad", watch, lacks=lacks
        )
    elif seen.today > last:
        standing = Standing(Text("abgenommen durch Schweigen", "accepted by silence"), "good", watch)
    else:
        lacks = (Text("die Abnahme", "the acceptance"),)
        standing = Standing(Text("wartet auf Abnahme", "waits for acceptance"), "warn", watch, lacks=lacks)
    step = said(
        "Erhalten am {on}; Mängel sind bis {last} schriftlich anzuzeigen.",
        "Received on {on}; defects are reported in writing by {last}.",
        on=day(facts["received_on"]),
        last=day(last),
    )
    return stood(standing, _acceptance_clauses(seen.pack), facts, step)


ACCEPTANCE: Final = Register(
    "acceptance",
    Text("Abnahmen", "Acceptance"),
    Text("Was geliefert wurde, und ob es abgenommen ist", "What was delivered, and whether it is accepted"),
    lambda _pack: (
        _WHAT,
        Field("received_on", Text("Erhalten am", "Received on"), Kind.DAY, required=True),
        Field("used_on", Text("Erste Nutzung am", "First used on"), Kind.DAY),
        Field("reported_on", Text("Mängel schriftlich angezeigt am", "Defects reported in writing on"), Kind.DAY),
        Field("report", Text("Angezeigte Mängel", "Reported defects"), Kind.TEXT),
    ),
    _acceptance_clauses,
    _acceptance,
)


def _delay_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    moves = pack.cooperation.delay_moves_dates if pack.cooperation else None
    return moves.clauses if moves else ()


def moved_milestone(milestone: date, *, due_on: date, informed_on: date | None, done_on: date) -> date:
    """
    Return the day to which a date moves: by the days that the customer was late, once it was told so.

    >>> due, done = date(2026, 6, 1), date(2026, 6, 11)
    >>> moved_milestone(date(2026, 6, 30), due_on=due, informed_on=date(2026, 6, 2), done_on=done)
    datetime.date(2026, 7, 10)
    """
    if informed_on is None or done_on <= due_on or informed_on > done_on:
        return milestone
    return milestone + (done_on - due_on)


def _delay(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """Dates move by the time the customer needed, where it was informed (FW-045)."""
    informed, done = facts.get("informed_on"), facts.get("done_on")
    until = done or seen.today
    moved = moved_milestone(facts["milestone_on"], due_on=facts["due_on"], informed_on=informed, done_on=until)
    watch = (
        Deadline(facts["due_on"], Text("Mitwirkung fällig", "Co-operation due")),
        Deadline(moved, Text("Vereinbarter Termin, verschoben", "Agreed date, moved")),
    )
    late = max(until - facts["due_on"], timedelta(0)).days
    step = said(
        "Fällig am {due}, {late} Tage später erfüllt oder noch offen; {informed}.",
        "Due on {due}, done {late} days later or still open; {informed}.",
        due=day(facts["due_on"]),
        late=late,
        informed=said("unterrichtet am {on}", "informed on {on}", on=day(informed))
        if informed
        else Text("nicht unterrichtet, darum verschiebt sich nichts", "not informed, so nothing moves"),
    )
    if done is None:
        state, lacks = (
            Text("Mitwirkung steht aus", "co-operation is outstanding"),
            (Text("die Mitwirkung", "the co-operation"),),
        )
        return stood(Standing(state, "warn", watch, lacks=lacks), _delay_clauses(seen.pack), facts, step)
    days = (moved - facts["milestone_on"]).days
    state = said("Termin um {days} Tage verschoben", "date moved by {days} days", days=days)
    return stood(Standing(state, "good", watch), _delay_clauses(seen.pack), facts, step)


DELAY: Final = Register(
    "cooperation",
    Text("Verspätete Mitwirkung", "Late co-operation"),
    Text("Pflichten des Kunden, die Termine verschieben", "Duties of the customer that move dates"),
    lambda _pack: (
        Field("what", Text("Mitwirkung", "Co-operation"), Kind.TEXT, required=True),
        Field("due_on", Text("Fällig am", "Due on"), Kind.DAY, required=True),
        Field("milestone", Text("Vereinbarter Termin", "Agreed date"), Kind.TEXT, required=True),
        Field("milestone_on", Text("Termin am", "On"), Kind.DAY, required=True),
        Field("informed_on", Text("Kunde unterrichtet am", "Customer informed on"), Kind.DAY),
        Field("done_on", Text("Erfüllt am", "Done on"), Kind.DAY),
    ),
    _delay_clauses,
    _delay,
)


def _warranty_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    warranty = pack.defects.warranty if pack.defects else None
    return warranty.clauses if warranty else ()


def _lapses(pack: TermsPack) -> tuple[tuple[str, Text], ...]:
    lapses = pack.defects.warranty_lapses if pack.defects else None
    return choices(lapses.value) if lapses else ()


def _warranty(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """Faults are mended free for the pack's warranty from delivery, unless what was done to it ended that (AP-038)."""
    warranty = given(seen.pack.defects.warranty if seen.pack.defects else None, key="defects.warranty")
    last = last_day_after(facts["received_on"], warranty.value)
    watch = (Deadline(last, Text("Gewährleistung endet", "Warranty ends")),)
    claimed, lapsed = facts.get("claimed_on"), dict(_lapses(seen.pack)).get(facts.get("lapsed_by", ""))
    if lapsed:
        state = said("erloschen, wird berechnet: {why}", "lapsed, is charged: {why}", why=lapsed)
        standing = Standing(state, "bad", watch)
    elif claimed and claimed > last:
        state = Text("zu spät: nur mit Wartung, sonst berechnet", "too late: needs maintenance, else it is charged")
        standing = Standing(state, "bad", watch)
    elif claimed:
        standing = Standing(
            Text("rechtzeitig, wird kostenlos behoben", "in time, mended free of charge"), "good", watch
        )
    elif seen.today > last:
        standing = Standing(said("abgelaufen seit {on}", "over since {on}", on=day(last + ONE_DAY)), "", watch)
    else:
        standing = Standing(said("läuft bis {last}", "runs until {last}", last=day(last)), "good", watch)
    step = said("Geliefert am {on}.", "Delivered on {on}.", on=day(facts["received_on"]))
    return stood(standing, warranty.clauses, facts, step)


WARRANTY: Final = Register(
    "warranty",
    Text("Gewährleistung", "Warranty"),
    Text("Was geliefert wurde, und bis wann Mängel gelten", "What was delivered, and how long defects count"),
    lambda pack: (
        _WHAT,
        Field("received_on", Text("Geliefert am", "Delivered on"), Kind.DAY, required=True),
        Field("claimed_on", Text("Mangel per E-Mail angezeigt am", "Defect reported by e-mail on"), Kind.DAY),
        Field("defect", Text("Mangel", "Defect"), Kind.TEXT),
        *(
            (Field("lapsed_by", Text("Erloschen durch", "Lapsed by"), Kind.CHOICE, choices=_lapses(pack)),)
            if _lapses(pack)
            else ()
        ),
    ),
    _warranty_clauses,
    _warranty,
)
