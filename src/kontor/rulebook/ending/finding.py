"""
What an extraordinary ending comes to on a day: each condition, whether it holds, and what follows.

A condition that nobody has said anything about does not hold. What is refused names every condition that is missing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.ending.form import Form, has_form
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so: what, whether it is, and why."""

    key: str
    label: Text
    holds: bool
    why: Text
    clause: Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    What a case comes to on a day.

    conditions     in the order in which they are checked
    possible_from  the first day on which it can be declared, or on which it has happened; None while not known
    ends           the contract's last day: it ended by itself, or was declared in due form; else None
    by_itself      nobody need declare it
    over           the ground has gone: paid, mended, past
    """

    kind: str
    conditions: tuple[Condition, ...]
    possible_from: date | None = None
    ends: date | None = None
    by_itself: bool = False
    over: bool = False

    @property
    def possible(self) -> bool:
        """Say whether every condition holds on the day asked about."""
        return not self.over and all(condition.holds for condition in self.conditions)

    @property
    def lacking(self) -> tuple[Condition, ...]:
        """Return the conditions that do not hold."""
        return tuple(condition for condition in self.conditions if not condition.holds)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its rule sees it: the contract's pack, what is known, the day asked about, and who ends it."""

    kind: str
    pack: TermsPack
    told: Told
    on: date
    side: Side = Side.PROVIDER


def reached(key: str, label: Text, first: date | None, *, on: date, clause: Clause) -> Condition:
    """Return the condition that a day has come; None: what it counts from is not known."""
    if first is None:
        why = Text("Der Tag, von dem an gezählt wird, fehlt.", "The day from which it counts is missing.")
        return Condition(key, label, holds=False, why=why, clause=clause)
    german, english = ("Seit dem {first}.", "Since {first}.") if on >= first else ("Ab dem {first}.", "From {first}.")
    return Condition(key, label, on >= first, said(german, english, first=day(first)), clause)


def known_day(key: str, label: Text, when: date | None, *, clause: Clause) -> Condition:
    """Return the condition that something has happened, with its day."""
    why = day(when) if when else Text("Noch nicht eingetragen.", "Not entered yet.")
    return Condition(key, label, when is not None, why, clause)


def stated(key: str, label: Text, *, holds: bool, yes: Text, no: Text, clause: Clause) -> Condition:
    """Return a condition with the sentence that goes with its answer."""
    return Condition(key, label, holds, yes if holds else no, clause)


def proven(told: Told, *, clause: Clause) -> Condition:
    """Return the condition that at least one proof is on file: whoever ends for cause has to prove it."""
    return stated(
        "proofs",
        Text("Ein Nachweis liegt vor", "Proof is on file"),
        holds=told.proofs > 0,
        yes=said("{count} hinterlegt.", "{count} on file.", count=told.proofs),
        no=Text("Es ist kein Nachweis hinterlegt.", "No proof is on file."),
        clause=clause,
    )


def concluded(
    case: Case,
    conditions: Iterable[Condition],
    *,
    possible_from: date | None,
    by_itself: bool = False,
    over: Text | None = None,
    lasts: Callable[[date], date] = lambda declared: declared,
) -> Ruling[Finding]:
    """
    Return the ruling on a case: with which day the contract ends where it does, and every condition in the working.

    possible_from  the first day; with `by_itself` the first day without the contract
    over           why the ground has gone, None where it stands
    lasts          the contract's last day, by the day on which a declaration was received
    """
    checked = tuple(conditions)
    holds = over is None and all(condition.holds for condition in checked)
    steps = [_told(condition) for condition in checked]
    ends: date | None = None
    if over is not None:
        steps.append(over)
    elif holds and by_itself and possible_from is not None:
        ends = date.fromordinal(possible_from.toordinal() - 1)
        steps.append(
            said("Der Vertrag endete von selbst am {on}.", "The contract ended by itself on {on}.", on=day(ends))
        )
    elif holds:
        ends, more = _declared(case, possible_from=possible_from, lasts=lasts)
        steps.extend(more)
    else:
        steps.append(Text("Deshalb ist es heute nicht möglich.", "So it is not possible today."))
    found = Finding(
        kind=case.kind,
        conditions=checked,
        possible_from=possible_from,
        ends=ends,
        by_itself=by_itself,
        over=over is not None,
    )
    clauses = tuple(dict.fromkeys(condition.clause for condition in checked))
    return Ruling(found, clauses, (("on", case.on.isoformat()), *case.told.inputs()), tuple(steps))


def _told(condition: Condition) -> Text:
    mark = Text("erfüllt", "met") if condition.holds else Text("fehlt", "missing")
    return said("{label}: {mark}. {why}", "{label}: {mark}. {why}", label=condition.label, mark=mark, why=condition.why)


def _declared(
    case: Case, *, possible_from: date | None, lasts: Callable[[date], date]
) -> tuple[date | None, tuple[Text, ...]]:
    """Return the contract's last day by the declaration, None while none was received in time and in due form."""
    told, form = case.told, form_of(case.pack)
    if told.declared_on is None or told.declared_by is None:
        return None, (Text("Möglich; erklärt ist noch nichts.", "Possible; nothing has been declared yet."),)
    if not has_form(told.declared_by, form):
        german = "Verlangt wird {form}; „{means}“ genügt nicht."
        english = "What is demanded is {form}; “{means}” is not enough."
        return None, (said(german, english, form=form.spoken, means=told.declared_by.spoken),)
    if possible_from is not None and told.declared_on < possible_from:
        german = "Am {declared} war es noch nicht möglich, erst ab dem {first}."
        english = "It was not possible yet on {declared}, only from {first}."
        return None, (said(german, english, declared=day(told.declared_on), first=day(possible_from)),)
    ends = lasts(told.declared_on)
    german, english = "Erklärt am {on}; der Vertrag endet am {ends}.", "Declared on {on}; the contract ends on {ends}."
    return ends, (said(german, english, on=day(told.declared_on), ends=day(ends)),)


def form_of(pack: TermsPack) -> Form:
    """Return the form that an extraordinary termination needs: the contract's, none where it is silent."""
    form = pack.termination.form if pack.termination else None
    return Form.INFORMAL if form is None else Form(form.value)
