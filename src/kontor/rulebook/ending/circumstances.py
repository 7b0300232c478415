"""Ending a contract for what happened to it: full reductions, force majeure, an objection to a change."""

from datetime import date

from kontor.rulebook.ending.breach import OTHER
from kontor.rulebook.ending.finding import Case, Condition, Finding, concluded, known_day, reached, stated
from kontor.rulebook.period import ONE_DAY, add_months, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import given
from kontor.rulebook.terms.conclusion import Change, Termination
from kontor.rulebook.terms.protection import ForceMajeure
from kontor.rulebook.wording import day, said


def full_reductions(case: Case) -> Ruling[Finding]:
    """Decide whether so many months in a row at the reduction's cap let the customer end at once (visitor, 4.5.4)."""
    section = case.pack.termination or Termination()
    row = given(section.full_reductions_in_a_row, key="termination.full_reductions_in_a_row")
    first = _after_a_row({month.replace(day=1) for month in case.told.capped}, row.value)
    label = said("{count} volle Minderungen in Folge", "{count} full reductions in a row", count=row.value)
    no = said(
        "Zahl der eingetragenen Monate: {count}, keine {row} davon in Folge.",
        "Months entered: {count}, no {row} of them in a row.",
        count=len(case.told.capped),
        row=row.value,
    )
    yes = said("Das Recht besteht ab dem {first}.", "The right exists from {first}.", first=day(first)) if first else no
    holds = first is not None and case.on >= first
    conditions = (stated("in_a_row", label, holds=holds, yes=yes, no=yes if first else no, clause=row.clause),)
    return concluded(case, conditions, possible_from=first)


def force_majeure(case: Case) -> Ruling[Finding]:
    """
    Decide what a lasting event leads to: a right of the other side (visitor, 12) or the end by itself (leisure, 21.3).

    The days count from the receipt of its notice or from its dispatch, as the pack says.
    """
    section, told = case.pack.force_majeure or ForceMajeure(), case.told
    lasts = given(section.lasts, key="force_majeure.lasts")
    counted = given(section.counted_from, key="force_majeure.counted_from")
    then = given(section.then, key="force_majeure.then")
    start = told.event_on if counted.value == "received" else told.event_sent
    first = None if start is None else last_day_after(start, lasts.value) + ONE_DAY
    what = Text("zugegangen", "received") if counted.value == "received" else Text("abgesandt", "sent")
    conditions = (
        _event(case, section, lasts.clause),
        known_day("event_notice", said("Die Anzeige ist {what}", "The notice was {what}", what=what), start,
                  clause=counted.clause),
        reached("lasts", said("Das Ereignis dauert länger als {span}", "The event lasts longer than {span}",
                              span=lasts.value.spoken), first, on=case.on, clause=lasts.clause),
    )  # fmt: skip
    over = None
    if told.event_over is not None and told.event_over <= case.on and (first is None or told.event_over < first):
        german, english = (
            "Das Ereignis endete am {on}; der Vertrag läuft weiter.",
            "It was over on {on}; the contract goes on.",
        )
        over = said(german, english, on=day(told.event_over))
    return concluded(case, conditions, possible_from=first, by_itself=then.value == "ends", over=over)


def objection(case: Case) -> Ruling[Finding]:
    """Decide whether an objection to a change lets the provider end with its own period (visitor, 4.3.3)."""
    notice = next(
        (change.termination_after_objection for change in _changes(case) if change.termination_after_objection), None
    )
    period = given(notice, key="changes.termination_after_objection")
    told, clause = case.told, period.clause
    conditions = (
        known_day("objected", Text("Der Kunde hat widersprochen", "The customer has objected"), told.objected_on,
                  clause=clause),
        stated("unreasonable", Text("Ohne die Änderung ist es unzumutbar", "Without the change it is unreasonable"),
               holds=bool(told.unreasonable), yes=Text(told.unreasonable, told.unreasonable),
               no=Text("Der Grund ist in Worten zu nennen.", "The reason must be put in words."), clause=clause),
    )  # fmt: skip
    return concluded(
        case, conditions, possible_from=told.objected_on, lasts=lambda declared: last_day_after(declared, period.value)
    )


def suspended_from(case: Case) -> date | None:
    """Return the day from which duties rest in a lasting event, None while its notice is not known."""
    section = case.pack.force_majeure or ForceMajeure()
    said_when = given(section.suspended_from, key="force_majeure.suspended_from")
    return case.told.event_on if said_when.value == "notice_received" else case.told.event_sent


def _changes(case: Case) -> tuple[Change, ...]:
    return tuple(case.pack.changes.kinds.values()) if case.pack.changes else ()


def _after_a_row(months: set[date], count: int) -> date | None:
    """Return the first day after the earliest `count` months in a row, None where there are none."""
    ends = (
        add_months(month, count)
        for month in sorted(months)
        if all(add_months(month, later) in months for later in range(count))
    )
    return next(ends, None)


def _event(case: Case, section: ForceMajeure, clause: Clause) -> Condition:
    told, label = case.told, Text("Das Ereignis ist höhere Gewalt", "The event is force majeure")
    no = Text("Das Ereignis ist noch nicht benannt.", "The event is not named yet.")
    listed = section.events.value if section.events else ()
    chosen = next((item for item in listed if item.key == told.event), None)
    if chosen is not None:
        return Condition("event", label, holds=True, why=chosen.label, clause=clause)
    others = not listed or (section.other_events is not None and section.other_events.value)
    named = others and (told.event == OTHER or not listed) and bool(told.event_text)
    return stated("event", label, holds=named, yes=Text(told.event_text, told.event_text), no=no, clause=clause)
