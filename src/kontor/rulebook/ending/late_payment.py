"""Ending a contract because it is not paid for: after a threat, by itself, or at once after a notification."""

from datetime import date

from kontor.rulebook.ending.finding import Case, Condition, Finding, concluded, known_day, reached, stated
from kontor.rulebook.ending.form import Form, has_form
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import given
from kontor.rulebook.terms.commerce import Arrears
from kontor.rulebook.wording import day, said

_OPEN = Text("Eine fällige Zahlung steht aus", "A payment due is outstanding")
_LONG = Text("Der Verzug dauert lange genug", "The arrears have lasted long enough")


def after_threat(case: Case) -> Ruling[Finding]:
    """
    Decide whether arrears allow ending the contract after a threat (visitor, 4.6.2).

    The threat must leave its period before the termination takes effect, which is the day after the contract's last.
    """
    section = _arrears(case)
    longer = given(section.termination_after, key="arrears.termination_after")
    threat = given(section.termination_threat, key="arrears.termination_threat")
    form = given(section.termination_threat_form, key="arrears.termination_threat_form")
    told = case.told
    late = None if told.due is None else last_day_after(told.due, longer.value) + ONE_DAY
    warned = None if told.threat_on is None else last_day_after(told.threat_on, threat.value)
    needed = Form(form.value)
    threatened = Text("Die Kündigung wurde angedroht", "The termination was threatened")
    between = said("{span} liegen dazwischen", "{span} lie between", span=threat.value.spoken)
    conditions = (
        _outstanding(case, longer.clause),
        reached("longer_than", _LONG, late, on=case.on, clause=longer.clause),
        known_day("threat", threatened, told.threat_on, clause=threat.clause),
        _threat_form(case, needed, form.clause),
        reached("threat_period", between, warned, on=case.on, clause=threat.clause),
    )
    first = max(late, warned) if late and warned else None
    return concluded(case, conditions, possible_from=first, over=_paid(case))


def by_delay(case: Case) -> Ruling[Finding]:
    """Decide whether a delay has ended the contract by itself (leisure, Art. 11): payment within its days keeps it."""
    after = given(_arrears(case).ends_after, key="arrears.ends_after")
    told = case.told
    first = None if told.due is None else last_day_after(told.due, after.value) + ONE_DAY
    conditions = (
        _outstanding(case, after.clause),
        reached("longer_than", said("Der Verzug dauert länger als {span}", "The delay exceeds {span}",
                                    span=after.value.spoken), first, on=case.on, clause=after.clause),
    )  # fmt: skip
    in_time = told.paid_on is not None and (first is None or told.paid_on < first)
    return concluded(case, conditions, possible_from=first, by_itself=True, over=_paid(case) if in_time else None)


def at_once(case: Case) -> Ruling[Finding]:
    """Decide whether non-payment allows ending at once (crm, § 13), after a notification where the reading asks it."""
    section = _arrears(case)
    right = given(section.termination_at_once, key="arrears.termination_at_once")
    told, first = case.told, None
    conditions = [_outstanding(case, right.clause)]
    if told.due is not None:
        first = told.due + ONE_DAY
    notified = section.termination_notified
    if notified is not None and notified.value:
        label = Text("Der Kunde wurde benachrichtigt", "The customer was notified")
        conditions.append(known_day("notified", label, told.notified_on, clause=notified.clause))
        first = max(first, told.notified_on) if first and told.notified_on else None
    return concluded(case, conditions, possible_from=first, over=_paid(case))


def _arrears(case: Case) -> Arrears:
    return case.pack.arrears or Arrears()


def _outstanding(case: Case, clause: Clause) -> Condition:
    """Return the condition that a payment is overdue: its last day has passed, and by the end it was not paid."""
    due = case.told.due
    if due is None:
        missing = Text("Die Fälligkeit fehlt.", "The due day is missing.")
        return Condition("outstanding", _OPEN, holds=False, why=missing, clause=clause)
    since = said("Fällig war sie am {due}.", "It was due on {due}.", due=day(due))
    not_yet = said("Fällig ist sie erst am {due}.", "It is due on {due} only.", due=day(due))
    return stated("outstanding", _OPEN, holds=case.on > due, yes=since, no=not_yet, clause=clause)


def _threat_form(case: Case, needed: Form, clause: Clause) -> Condition:
    by = case.told.threat_by
    return stated(
        "threat_form",
        Text("Die Androhung hat die Form", "The threat has the form"),
        holds=by is not None and has_form(by, needed),
        yes=by.spoken if by is not None else needed.spoken,
        no=said("Verlangt wird {form}.", "What is demanded is {form}.", form=needed.spoken),
        clause=clause,
    )


def _paid(case: Case) -> Text | None:
    paid: date | None = case.told.paid_on
    if paid is None or paid > case.on:
        return None
    return said(
        "Am {paid} wurde gezahlt; der Grund ist entfallen.", "Paid on {paid}; the ground has gone.", paid=day(paid)
    )
