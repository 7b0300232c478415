"""
Which of a contract's papers prevails where they contradict each other.

>>> offer = Paper("offer", "offer", Text("Angebot", "Offer"), date(2026, 1, 5))
>>> terms = Paper("terms", "terms", Text("Bedingungen", "Terms"), date(2026, 1, 1))
>>> rule = Precedence(("offer", "terms", "annexes"), (Clause("leisure", "Art. 3"),))
>>> prevailing([terms, offer], rule, provision="payment days", on=date(2026, 2, 1)).value.key
'offer'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.value import SilentError
from kontor.rulebook.wording import day, said

if TYPE_CHECKING:
    from kontor.rulebook.terms.pack import TermsPack


@dataclass(frozen=True, slots=True)
class Paper:
    """
    One paper that says something about a provision.

    kind   its place in the pack's order: "offer", "terms", "annexes"
    since  the day from which it holds; of two of one place the later goes first
    names  the provisions of other papers that it names expressly, as those papers number them
    """

    key: str
    kind: str
    label: Text
    since: date
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Precedence:
    """
    The order a contract gives its papers, the first prevailing, and the clauses that say so.

    personal_data  the key of the paper that goes before all others for personal data, and its clauses
    by_naming      the clauses by which a lower paper prevails where it names the provision; None where it never does
    """

    rank: tuple[str, ...]
    clauses: tuple[Clause, ...]
    personal_data: tuple[str, tuple[Clause, ...]] | None = None
    by_naming: tuple[Clause, ...] | None = None


def precedence_of(pack: "TermsPack") -> Precedence:
    """Return a pack's order of papers; SilentError where it gives none (dealership, crm, bookkeeping)."""
    documents = pack.documents
    if documents is None or documents.rank is None:
        raise SilentError("documents.rank")
    first, naming = documents.first_for_personal_data, documents.lower_overrides_by_naming
    return Precedence(
        tuple(item.key for item in documents.rank.value),
        documents.rank.clauses,
        (first.value, first.clauses) if first else None,
        naming.clauses if naming and naming.value else None,
    )


def prevailing(
    papers: Sequence[Paper], rule: Precedence, *, provision: str, on: date, personal_data: bool = False
) -> Ruling[Paper]:
    """
    Return the paper that decides a provision on a day.

    papers         those that say something about it; RefusalError where none of them holds on that day, or one has
                   no place in the order and is no part of the contract
    personal_data  whether the provision is about the processing of personal data
    """
    for paper in papers:
        if paper.kind not in rule.rank:
            raise RefusalError(
                said(
                    "„{paper}“ steht nicht in der Rangfolge und ist nicht Teil des Vertrags.",
                    "“{paper}” has no place in the order of papers and is no part of the contract.",
                    paper=paper.label,
                )
            )
    held = sorted((paper for paper in papers if paper.since <= on), key=lambda paper: _place(paper, rule))
    if not held:
        raise RefusalError(
            said("Am {on} gilt keines dieser Papiere.", "None of these papers holds on {on}.", on=day(on))
        )
    inputs = (("provision", provision), ("on", on.isoformat()), *((paper.key, paper.kind) for paper in held))
    first = next((paper for paper in held if rule.personal_data and paper.key == rule.personal_data[0]), None)
    if personal_data and first and rule.personal_data:
        return Ruling(first, rule.personal_data[1], inputs, (_for_personal_data(first),))
    naming = [paper for paper in held if provision in paper.names]
    if naming and rule.by_naming is not None and naming[-1].kind != held[0].kind:
        chosen = next(paper for paper in naming if paper.kind == naming[-1].kind)
        return Ruling(chosen, (*rule.by_naming, *rule.clauses), inputs, (_by_naming(chosen, held[0], provision),))
    steps = [_by_rank(held[0])]
    if naming and naming[-1].kind != held[0].kind:
        steps.append(_naming_is_nothing(naming[-1]))
    elif len(held) > 1 and held[1].kind == held[0].kind:
        steps.append(_the_later(held[0], held[1]))
    return Ruling(held[0], rule.clauses, inputs, tuple(steps))


def _place(paper: Paper, rule: Precedence) -> tuple[int, int, str]:
    return rule.rank.index(paper.kind), -paper.since.toordinal(), paper.key


def _for_personal_data(paper: Paper) -> Text:
    return said(
        "Für personenbezogene Daten geht „{paper}“ allen anderen vor.",
        "For personal data “{paper}” goes before all others.",
        paper=paper.label,
    )


def _by_naming(paper: Paper, other: Paper, provision: str) -> Text:
    return said(
        "„{paper}“ steht unter „{other}“, nennt aber {provision} ausdrücklich und geht deshalb vor.",
        "“{paper}” stands below “{other}” but names {provision} expressly and therefore prevails.",
        paper=paper.label,
        other=other.label,
        provision=provision,
    )


def _by_rank(paper: Paper) -> Text:
    return said(
        "Von den Papieren, die dazu etwas sagen, steht „{paper}“ am höchsten.",
        "Of the papers that say something about it, “{paper}” stands highest.",
        paper=paper.label,
    )


def _naming_is_nothing(paper: Paper) -> Text:
    return said(
        "Dass „{paper}“ die Bestimmung nennt, ändert nichts: dieser Vertrag kennt nur die Rangfolge.",
        "That “{paper}” names the provision changes nothing: this contract knows the order only.",
        paper=paper.label,
    )


def _the_later(paper: Paper, other: Paper) -> Text:
    return said(
        "„{paper}“ ist jünger als „{other}“ vom selben Rang.",
        "“{paper}” is later than “{other}” of the same rank.",
        paper=paper.label,
        other=other.label,
    )
