"""
Which class a report falls under, by the questions the contract asks: main functions, a way round, reproducible.

>>> from kontor.rulebook import terms
>>> till_is_dead = FaultAnswers(Effect.PREVENTED, workaround=False, reproducible=True)
>>> classify(terms.load("leisure"), till_is_dead).value
'blocking'
>>> classify(terms.load("visitor"), FaultAnswers(Effect.MINOR)).value
'class_3'
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kontor.rulebook.calc.facts import cited, incidents_of, known
from kontor.rulebook.calc.promised import promises_of_class
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.service import IncidentClass
from kontor.rulebook.wording import said

NO_FAULT: Final = "incident"  # what cannot be reproduced where the contract asks for it
NO_CLASS: Final = ""


class Effect(StrEnum):
    """
    What the fault does to the customer's work.

    PREVENTED  main functions cannot be used, wholly or in part
    IMPAIRED   use is restricted
    MINOR      everything can be used, as with a typing error
    QUESTION   nothing is wrong: how is it used?
    """

    PREVENTED = "prevented"
    IMPAIRED = "impaired"
    MINOR = "minor"
    QUESTION = "question"


EFFECTS: Final = {
    Effect.PREVENTED: Text("Hauptfunktionen sind nicht nutzbar", "Main functions cannot be used"),
    Effect.IMPAIRED: Text("Die Nutzung ist eingeschränkt", "Use is restricted"),
    Effect.MINOR: Text("Alles ist nutzbar, etwa ein Tippfehler", "Everything can be used, such as a typing error"),
    Effect.QUESTION: Text("Frage zur Nutzung", "A question on use"),
}


@dataclass(frozen=True, slots=True)
class FaultAnswers:
    """
    What was answered.

    workaround    whether there is a way round
    reproducible  whether the provider could reproduce it; None while nobody tried
    """

    effect: Effect
    workaround: bool = False
    reproducible: bool | None = None


def classify(pack: TermsPack, answers: FaultAnswers) -> Ruling[str]:
    """
    Propose the class of a report: a key of the pack's, NO_FAULT, or NO_CLASS where the contract has none that fits.

    The classes of faults stand in the pack heaviest first. A way round lowers what is prevented to what is restricted;
    a class that promises an answer alone is for requests.
    """
    section = incidents_of(pack)
    inputs = _inputs(answers)
    asked = said("{effect}.", "{effect}.", effect=EFFECTS[answers.effect])
    steps = [asked]
    must_reproduce = known(section.reproducible)
    if answers.effect is not Effect.QUESTION and must_reproduce is not None and answers.reproducible is False:
        german = "Nicht nachgestellt: Es ist ein Vorfall, kein Fehler im Sinne des Vertrags."
        steps.append(Text(german, "Not reproduced: it is an incident, not a fault as the contract means it."))
        return Ruling(NO_FAULT, cited(must_reproduce), inputs, tuple(steps))
    faults, requests = _graded(pack)
    grade, step = _grade(answers)
    if step is not None:
        steps.append(step)
    found = requests[:1] if grade is None or grade >= len(faults) else faults[grade : grade + 1]
    if not found:
        german = "Der Vertrag kennt dafür keine Klasse und keine Frist."
        steps.append(Text(german, "The contract has no class and no time limit for it."))
        return Ruling(NO_CLASS, (), inputs, tuple(steps))
    means = section.classes[found[0]].means
    steps.append(said("{label}: {means}", "{label}: {means}", label=section.classes[found[0]].label, means=means or ""))
    clauses = (*_clauses_of(pack, found[0]), *cited(section.classified_by))
    return Ruling(found[0], tuple(dict.fromkeys(clauses)), inputs, tuple(steps))


def _inputs(answers: FaultAnswers) -> tuple[tuple[str, str], ...]:
    tried = () if answers.reproducible is None else (("reproducible", _yes_no(answers.reproducible)),)
    return (("effect", answers.effect.value), ("workaround", _yes_no(answers.workaround)), *tried)


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _graded(pack: TermsPack) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classes of faults, heaviest first, and those of requests."""
    classes = incidents_of(pack).classes
    requests = tuple(key for key, found in classes.items() if _only_answers(found))
    return tuple(key for key in classes if key not in requests), requests


def _only_answers(found: IncidentClass) -> bool:
    return found.answer is not None and not (found.reaction or found.recovery or found.repair)


def _grade(answers: FaultAnswers) -> tuple[int | None, Text | None]:
    """Return how many classes lie above it, None for a request, and what a way round changed."""
    if answers.effect is Effect.PREVENTED and answers.workaround:
        return 1, Text(
            "Es gibt einen Umweg: Die Nutzung ist eingeschränkt.", "There is a way round: use is restricted."
        )
    grades = {Effect.PREVENTED: 0, Effect.IMPAIRED: 1, Effect.MINOR: 2, Effect.QUESTION: None}
    return grades[answers.effect], None


def _clauses_of(pack: TermsPack, key: str) -> tuple[Clause, ...]:
    return tuple(clause for promise in promises_of_class(pack, key) for clause in promise.clauses[:1])
