"""
Work that no contract includes: only an additional offer leads to it, nothing is done or billed before (FW-089).

>>> from kontor.rulebook.terms import load
>>> str(out_of_scope("translation", load("visitor")).clauses[0])
'Anlage 1, 3'
"""

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said


def kinds_out_of_scope(pack: TermsPack) -> dict[str, Text]:
    """Return what the terms count as out of scope: key -> words, in their order; nothing where they list none."""
    listed = pack.support.out_of_scope if pack.support else None
    return {item.key: item.label for item in (listed.value if listed else ())}


def out_of_scope(kind: str, pack: TermsPack) -> Ruling[str]:
    """Return that a kind of work is out of scope; RefusalError where the terms do not list it."""
    kinds = kinds_out_of_scope(pack)
    if kind not in kinds:
        raise RefusalError(
            Text(
                "Diese Bedingungen zählen das nicht zu dem, was eigens anzubieten ist.",
                "These terms do not count this among what is offered separately.",
            )
        )
    listed = pack.support.out_of_scope if pack.support else None
    assert listed is not None, "a kind is known only from the list"
    step = said(
        "„{kind}“ gehört nicht zum Leistungsumfang; erst ein angenommenes Zusatzangebot führt dazu.",
        "“{kind}” is out of scope; only an additional offer that was accepted leads to it.",
        kind=kinds[kind],
    )
    return Ruling(kind, listed.clauses, (("kind", kind),), (step,))


def refuse_before_acceptance(*, offer: str, accepted: bool) -> None:
    """Refuse to begin or bill work out of scope before its offer is accepted."""
    if not accepted:
        raise RefusalError(
            said("Angebot {offer} ist noch nicht angenommen.", "Offer {offer} is not accepted yet.", offer=offer)
            if offer
            else Text(
                "Erst ein Zusatzangebot, dann die Arbeit: Hierzu gibt es noch keines.",
                "First an additional offer, then the work: there is none for this yet.",
            )
        )
