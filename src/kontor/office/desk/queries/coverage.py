"""Whether a contract covers a request: the kinds of answer, and what each contract excludes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kontor.rulebook.calc.facts import known
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import TermsPack

USE_QUESTION: Final = "use_question"
IN_SCOPE: Final = "in_scope"
EXCLUDED: Final = "excluded"
ON_SITE: Final = "on_site"
COVERAGE: Final = {
    USE_QUESTION: Text("Frage zur Nutzung", "Question on use"),
    IN_SCOPE: Text("Vom Vertrag umfasst", "Covered by the contract"),
    EXCLUDED: Text("Ausgeschlossen", "Excluded"),
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that a contract excludes from support, in our words, with its clause."""

    text: Text
    clause: Clause


@dataclass(frozen=True, slots=True)
class Covered:
    """What was decided."""

    excluded: bool


def exclusions_of(pack: TermsPack) -> dict[str, Exclusion]:
    """Return what a contract excludes from support or counts as out of its scope, by key, in the order of the text."""
    section = pack.support
    if section is None:
        return {}
    found: dict[str, Exclusion] = {}
    for listed in (section.exclusions, section.out_of_scope):
        answer = known(listed)
        for item in answer.value if answer else ():
            found[item.key] = Exclusion(Text(item.de, item.en), item.clause or answer.clause)  # type: ignore[union-attr]
    return found


def covered_as(coverage: str, exclusion: str, exclusions: Mapping[str, Exclusion]) -> Covered:
    """Return what a triage says; RefusalError for a word or an exclusion that nobody knows."""
    if coverage not in COVERAGE:
        raise RefusalError(Text("Umfasst, ausgeschlossen oder Frage?", "Covered, excluded or a question?"))
    if coverage == EXCLUDED and exclusion not in exclusions:
        raise RefusalError(
            Text("Worunter fällt der Ausschluss nach dem Vertrag?", "Which exclusion of the contract applies?")
        )
    return Covered(coverage == EXCLUDED)


def forms_of_help(pack: TermsPack) -> dict[str, Text]:
    """Return the forms in which a contract says support helps, with a visit on site; none where it lists none."""
    answer = known(pack.support.forms_of_help) if pack.support else None
    if answer is None:
        return {}
    return {item.key: Text(item.de, item.en) for item in answer.value} | {ON_SITE: Text("Vor Ort", "On site")}


def states_conditions(pack: TermsPack) -> bool:
    """Tell whether a contract's fault report states under which conditions the fault occurred (leisure, Art. 7)."""
    answer = known(pack.support.report_states) if pack.support else None
    return answer is not None and any(item.key == "conditions" for item in answer.value)
