"""Which edition of the terms a contract has on a day, for whoever may see the contract."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_changes import versions
from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms_edition import edition_on


@dataclass(frozen=True, slots=True)
class Held:
    """An edition that a contract has from a day on; `pack` is None where it was announced on paper alone."""

    since: date
    version: str
    pack: TermsPack | None

    @property
    def text_dated(self) -> date | None:
        """The date that the text itself bears, None where it bears none."""
        dated = self.pack.documents.text_dated if self.pack and self.pack.documents else None
        return dated.value if dated else None


def visible_contracts(*, own: bool, received: bool) -> list[Contract]:
    """Return the contracts that the reader may see, by number: the house's own, and those it received; two queries."""
    found = list(Contract.objects.order_by("customer_name", "number")) if own else []
    if received:
        known = {each.pk for each in found}
        found += [each for each in Contract.received.order_by("number") if each.pk not in known]
    return found


def amendments_seen(contract_id: uuid.UUID) -> list[Amendment]:
    """Return a contract's amendments in their order, for the house or for its customer; one query, or two."""
    rows = Amendment.objects.filter(contract_id=contract_id).order_by("number")
    return list(rows) or list(Amendment.received.filter(contract_id=contract_id).order_by("number"))


def editions_held(contract: Contract, rows: Sequence[Amendment]) -> list[Held]:
    """Return every edition of the terms that a contract has had or will have, the first one first."""
    known = terms.versions(contract.pack)
    return [
        Held(since, version, terms.load(contract.pack, version) if version in known else None)
        for since, version in versions(contract, rows)
    ]


def edition_ruling(contract: Contract, held: Sequence[Held], on: date) -> Ruling[str | None]:
    """Return which edition applies on a day; the clause is the one that dates the text, where there is one."""
    return edition_on([(each.since, each.version) for each in held], on, clauses=_dated_by(contract))


def _dated_by(contract: Contract) -> tuple[Clause, ...]:
    dated = pack_of_terms(contract.terms).documents
    return dated.text_dated.clauses if dated and dated.text_dated else ()
