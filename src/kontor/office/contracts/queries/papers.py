"""The papers that make a contract, in their order, and which of them prevails."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kontor.office.contracts.models import Addendum, Contract
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.precedence import Paper, Precedence, precedence_of, prevailing
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import NoAnswerError, TermsPack


@dataclass(frozen=True, slots=True)
class Filed:
    """
    A paper of a contract.

    place     its rank, 1 the highest; None where the terms give no order
    kind      "offer", "terms", "annexes": what it is in the order
    addendum  the stored addendum, None for what the contract was concluded with
    """

    place: int | None
    kind: str
    label: Text
    text: Text | str
    since: date
    clause: Clause | None = None
    addendum: Addendum | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A provision that an addendum names, and which paper decides it."""

    provision: str
    ruling: Ruling[Paper]


def order_of(contract: Contract) -> Precedence | None:
    """Return the order the contract gives its papers, None where its terms give none."""
    try:
        return precedence_of(pack_of_terms(contract.terms))
    except NoAnswerError:
        return None


def ranks_of(contract: Contract) -> dict[str, Text]:
    """Return the places a paper can have, the highest first; empty where the terms give no order."""
    documents = pack_of_terms(contract.terms).documents
    rank = documents.rank if documents else None
    return {item.key: Text(item.de, item.en) for item in rank.value} if rank else {}


def addenda_of(contract_id: uuid.UUID, *, own: bool) -> list[Addendum]:
    """Return a contract's addenda, the oldest first; one query."""
    rows = Addendum.objects if own else Addendum.received
    return list(rows.filter(contract_id=contract_id).select_related("file").order_by("effective_on", "at"))


def papers_of(contract: Contract, addenda: Iterable[Addendum]) -> list[Filed]:
    """Return every paper of a contract, the one that prevails first; of one rank the later first."""
    pack, places = pack_of_terms(contract.terms), list(ranks_of(contract))
    filed = [*_concluded_with(contract, pack), *(_filed(row) for row in addenda)]
    ordered = sorted(filed, key=lambda it: (_place(it, places), -it.since.toordinal()))
    return [
        Filed(_place(it, places) + 1 if places else None, it.kind, it.label, it.text, it.since, it.clause, it.addendum)
        for it in ordered
    ]


def provisions_named(contract: Contract, addenda: Sequence[Addendum], *, on: date) -> list[Named]:
    """Return each provision that an addendum in force names, with the paper that decides it; empty without an order."""
    rule = order_of(contract)
    if rule is None:
        return []
    held = [row for row in addenda if row.effective_on <= on and row.provision]
    found = []
    for provision in dict.fromkeys(row.provision for row in held):
        naming = [_paper(row) for row in held if row.provision == provision]
        told = prevailing([*_first_papers(contract), *naming], rule, provision=provision, on=on)
        found.append(Named(provision, told))
    return found


def _concluded_with(contract: Contract, pack: TermsPack) -> list[Filed]:
    signed = Text("Unterzeichnetes Angebot", "Signed offer")
    who = "{name}, {function}".format(**contract.signature)
    found = [
        Filed(None, "offer", signed, who, contract.start_on),
        Filed(None, "terms", pack.title, contract.version, contract.start_on),
    ]
    annexes = pack.documents.annexes if pack.documents else None
    for item in annexes.value if annexes else ():
        clause = item.clause or (annexes.clause if annexes else None)
        found.append(Filed(None, "annexes", Text(item.de, item.en), "", contract.start_on, clause))
    further = contract.terms["annexes"]
    return found + [Filed(None, "annexes", Text(title, title), "", contract.start_on) for title in further]


def _first_papers(contract: Contract) -> list[Paper]:
    """The offer and the terms, which every contract has."""
    title = pack_of_terms(contract.terms).title
    return [
        Paper("offer", "offer", Text("Angebot", "Offer"), contract.start_on),
        Paper("terms", "terms", title, contract.start_on),
    ]


def _filed(row: Addendum) -> Filed:
    return Filed(None, row.rank, Text(row.title, row.title), row.says, row.effective_on, addendum=row)


def _paper(row: Addendum) -> Paper:
    names = frozenset({row.provision})
    return Paper(str(row.pk), row.rank, Text(row.title, row.title), row.effective_on, names)


def _place(filed: Filed, places: Sequence[str]) -> int:
    """Return where a paper stands; without an order the offer, then the terms, as they were signed."""
    known = places or ("offer", "terms", "annexes", "")
    return known.index(filed.kind)
