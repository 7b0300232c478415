"""All questions, and the one way to ask them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from kontor.rulebook import terms
from kontor.rulebook.calc.availability import AVAILABILITY, CLAIM
from kontor.rulebook.calc.changes import CHANGE
from kontor.rulebook.calc.charging import INDEX, SEATS
from kontor.rulebook.calc.keeping import RETENTION
from kontor.rulebook.calc.late import ARREARS
from kontor.rulebook.calc.paying import COLLECTION, DUE
from kontor.rulebook.calc.question import Answer, Option, Question, WrongInputError
from kontor.rulebook.calc.reading import expectation, read
from kontor.rulebook.calc.running import REDUCTION, TERM
from kontor.rulebook.calc.serving import DEADLINE, MAINTENANCE, ONCALL
from kontor.rulebook.calc.told import Told
from kontor.rulebook.moment import zone_named
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import NoAnswerError, TermsPack
from kontor.rulebook.wording import said

_ALL: Final = (
    *(TERM, SEATS, REDUCTION, INDEX, DUE, COLLECTION, ARREARS),
    *(DEADLINE, ONCALL, AVAILABILITY, CLAIM, MAINTENANCE, CHANGE, RETENTION),
)
QUESTIONS: Final[Mapping[str, Question]] = MappingProxyType({question.key: question for question in _ALL})


def question(what: str) -> Question:
    """Return a question by its key; WrongInputError names the keys there are."""
    found = QUESTIONS.get(what)
    if found is None:
        raise WrongInputError("WHAT", _one_of(tuple(QUESTIONS), what))
    return found


def pack_of(key: str, version: str | None = None) -> TermsPack:
    """Return a terms pack, the newest version unless one is named; WrongInputError names those there are."""
    known = terms.keys()
    if key not in known:
        raise WrongInputError("pack", _one_of(known, key))
    if version is not None and version not in terms.versions(key):
        raise WrongInputError("version", _one_of(terms.versions(key), version))
    return terms.load(key, version)


def answer(what: str, told: Mapping[str, str | Sequence[str]], *, pack: str, version: str | None = None) -> Answer:
    """
    Ask a pack a question.

    told    options by name without dashes, as text; several texts where an option is repeated; blank ones are not given
    errors  WrongInputError (exit code 2), NoAnswerError where the contract and its law are silent or the value is to be
            agreed in the offer (exit code 3); both say so in German and English
    """
    return answer_under(pack_of(pack, version), what, told)


def answer_under(pack: TermsPack, what: str, told: Mapping[str, str | Sequence[str]]) -> Answer:
    """Ask a pack already loaded, such as one whose settings a contract has chosen; otherwise as `answer`."""
    asked = question(what)
    asked.rests_on(pack)
    options = {option.name: option for option in asked.options(pack)}
    given = {name: texts for name, texts in ((name, _texts(found)) for name, found in told.items()) if texts}
    for name in given:
        if name not in options:
            raise WrongInputError(name, _unknown(what, tuple(options)))
    zone = zone_named(pack.zone)
    values = {name: read(option, given[name], zone=zone) for name, option in options.items() if name in given}
    for name, option in options.items():
        if option.required and name not in values:
            raise WrongInputError(name, _missing(option))
    return Answer(what, pack.key, pack.version, asked.answer(pack, Told(values)))


def questions(pack: TermsPack) -> tuple[Question, ...]:
    """Return what a pack can answer."""
    return tuple(found for found in _ALL if unanswered(found, pack) is None)


def unanswered(asked: Question, pack: TermsPack) -> Text | None:
    """Return the sentence that says why a pack cannot answer a question, None where it can."""
    try:
        asked.rests_on(pack)
    except NoAnswerError as silent:
        return silent.text
    return None


def _texts(found: str | Sequence[str]) -> tuple[str, ...]:
    texts = (found,) if isinstance(found, str) else tuple(found)
    return tuple(text for text in texts if text.strip())


def _one_of(known: Sequence[str], found: str) -> Text:
    words = "erwartet wird eines von {known}, nicht „{found}“.", "expected one of {known}, not “{found}”."
    return said(*words, known=", ".join(known), found=found)


def _unknown(what: str, options: Sequence[str]) -> Text:
    known = ", ".join(f"--{name}" for name in options)
    words = "gehört nicht zu „{what}“; erwartet wird {known}.", "does not belong to “{what}”; expected {known}."
    return said(*words, what=what, known=known)


def _missing(option: Option) -> Text:
    words = "fehlt; erwartet wird {what}: {help}.", "is missing; expected {what}: {help}."
    return said(*words, what=expectation(option), help=option.help)
