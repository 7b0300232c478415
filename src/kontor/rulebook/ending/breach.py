"""Ending a contract because the other side broke it: not cured after a letter, for good cause, or at once."""

from collections.abc import Iterable, Iterator

from kontor.rulebook.ending.finding import Case, Condition, Finding, concluded, known_day, proven, reached, stated
from kontor.rulebook.ending.form import Form, has_form
from kontor.rulebook.ending.told import Side
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import given
from kontor.rulebook.terms.conclusion import Termination
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import day, said

OTHER = "other"
REPEATED = "repeated_breach"
_NON_PAYMENT = "non_payment"
_GROUND = Text("Der Grund ist einer des Vertrags", "The ground is one of the contract's")


def not_cured(case: Case) -> Ruling[Finding]:
    """Decide whether a breach that a letter demanded to be mended allows ending the contract (leisure, 21.2)."""
    section, told = _termination(case), case.told
    period = given(section.cure_period, key="termination.cure_period")
    form = given(section.cure_form, key="termination.cure_form")
    states = given(section.cure_letter_states, key="termination.cure_letter_states")
    needed = Form(form.value)
    first = None if told.letter_on is None else last_day_after(told.letter_on, period.value) + ONE_DAY
    conditions = (
        known_day("letter", Text("Der Brief ist zugegangen", "The letter was received"), told.letter_on,
                  clause=form.clause),
        stated("letter_form", said("Es war {form}", "It was {form}", form=needed.spoken),
               holds=told.letter_by is not None and has_form(told.letter_by, needed),
               yes=Text("Der Rückschein beweist den Eingang.", "The return receipt proves arrival."),
               no=Text("Ein anderer Weg genügt nicht.", "Another way is not enough."), clause=form.clause),
        *(_said_in_letter(case, item.key, item.label, states.clause) for item in states.value),
        reached("cure_period", said("{span} sind verstrichen", "{span} have passed", span=period.value.spoken), first,
                on=case.on, clause=period.clause),
        proven(told, clause=form.clause),
    )  # fmt: skip
    over = None
    if told.cured_on is not None and told.cured_on <= case.on and (first is None or told.cured_on < first):
        over = said("Am {on} wurde abgeholfen; der Grund ist entfallen.", "Cured on {on}; the ground has gone.",
                    on=day(told.cured_on))  # fmt: skip
    return concluded(case, conditions, possible_from=first, over=over)


def good_cause(case: Case) -> Ruling[Finding]:
    """
    Decide whether there is good cause (visitor, 4.6.3): one of the pack's grounds or another in words, and proof.

    The listed grounds are the provider's; a customer puts its own in words.

    Repeated breach asks for as many breaches as the reading says and for an expired time to mend them.
    """
    section, told = _termination(case), case.told
    grounds = given(section.provider_grounds, key="termination.provider_grounds")
    others = section.other_grounds is not None and section.other_grounds.value
    listed = grounds.value if case.side is Side.PROVIDER else ()
    conditions = [_ground(case, listed, grounds.clause, others=others), proven(told, clause=grounds.clause)]
    first = None
    if told.ground == REPEATED:
        conditions += _repeated(case, section)
        first = None if told.cure_until is None else told.cure_until + ONE_DAY
    return concluded(case, conditions, possible_from=first)


def immediate(case: Case) -> Ruling[Finding]:
    """Decide whether the contract may be ended at once for one of the pack's own grounds (leisure 21.2, crm § 3)."""
    grounds = given(_termination(case).immediate_grounds, key="termination.immediate_grounds")
    listed = immediate_grounds(case.pack)
    chosen = next((item for item in listed if item.key == case.told.ground), None)
    clause = chosen.clause if chosen is not None and chosen.clause is not None else grounds.clause
    conditions = (_ground(case, listed, clause, others=False), proven(case.told, clause=clause))
    return concluded(case, conditions, possible_from=None)


def immediate_grounds(pack: TermsPack) -> tuple[Item, ...]:
    """Return the grounds that need nothing but proof; non-payment has conditions and a case of its own."""
    grounds = pack.termination.immediate_grounds if pack.termination else None
    apart = pack.arrears is not None and pack.arrears.termination_at_once is not None
    listed = grounds.value if grounds else ()
    return tuple(item for item in listed if not (apart and item.key == _NON_PAYMENT))


def _termination(case: Case) -> Termination:
    return case.pack.termination or Termination()


def _said_in_letter(case: Case, key: str, label: Text, clause: Clause) -> Condition:
    return stated(
        f"states_{key}",
        said("Der Brief nennt: {what}", "The letter states: {what}", what=label),
        holds=key in case.told.letter_states,
        yes=Text("So steht es darin.", "It says so."),
        no=Text("Das steht nicht darin.", "It does not say so."),
        clause=clause,
    )


def _ground(case: Case, grounds: Iterable[Item], clause: Clause, *, others: bool) -> Condition:
    told = case.told
    chosen = next((item for item in grounds if item.key == told.ground), None)
    if chosen is not None:
        return Condition("ground", _GROUND, holds=True, why=chosen.label, clause=clause)
    if others and told.ground == OTHER:
        words = Text(told.ground_text, told.ground_text)
        missing = Text("Ein anderer Grund ist in Worten zu nennen.", "Another ground must be put in words.")
        return stated("ground", _GROUND, holds=bool(told.ground_text), yes=words, no=missing, clause=clause)
    no = Text("Kein Grund, den der Vertrag hierfür kennt.", "No ground that the contract knows for this.")
    return Condition("ground", _GROUND, holds=False, why=no, clause=clause)


def _repeated(case: Case, section: Termination) -> Iterator[Condition]:
    least = given(section.repeated_breach_from, key="termination.repeated_breach_from")
    found = len(set(case.told.breaches))
    yield stated(
        "breaches",
        said("Mindestens {least} Verstöße", "At least {least} breaches", least=least.value),
        holds=found >= least.value,
        yes=said("{found} eingetragen.", "{found} entered.", found=found),
        no=said("Erst {found} eingetragen.", "Only {found} entered.", found=found),
        clause=least.clause,
    )
    until = case.told.cure_until
    first = None if until is None else until + ONE_DAY
    label = Text("Die Frist zur Abhilfe ist abgelaufen", "The time to cure has expired")
    yield reached("cure_until", label, first, on=case.on, clause=least.clause)
