"""Legal rates that nobody has entered yet: without one no interest is computed and no reminder sent."""

from dataclasses import dataclass, replace
from datetime import date

from kontor.office.contracts.queries.claims import entered_rates, open_claims
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook import terms
from kontor.rulebook.arrears_terms import arrears_terms, rates_on_file
from kontor.rulebook.interest import first_without_rate
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Clause, Text


@dataclass(frozen=True, slots=True)
class MissingRate:
    """A law whose rate is on no file from a day on, and how many claims wait; `clause` asks for it."""

    law: str
    title: Text
    since: date
    claims: int
    clause: Clause


def missing_rates(today: date) -> list[MissingRate]:
    """Return each law whose rate open claims lack on a day, from the first day that has none; two queries."""
    entered = entered_rates()
    found: dict[str, MissingRate] = {}
    for row in open_claims().filter(due_on__lt=today, disputed_on=None):
        pack = pack_of_terms(row.contract.terms)
        interest, law = arrears_terms(pack).interest, terms.law_of(pack)
        if interest is None or law is None:
            continue
        rates = rates_on_file(pack, entered.get(pack.law, ()))
        day = first_without_rate(rates, row.due_on + ONE_DAY, today)
        if day is not None:
            since = max((rate.end for rate in rates if rate.end and rate.end <= day), default=day)
            known = found.get(pack.law) or MissingRate(pack.law, law.title, since, 0, interest.clause)
            found[pack.law] = replace(known, since=min(since, known.since), claims=known.claims + 1)
    return [found[law] for law in sorted(found)]
