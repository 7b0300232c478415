"""
Where a customer's data may lie, and whether production and test stay apart: what a pack demands of storage.

>>> from datetime import date
>>> from kontor.rulebook import terms
>>> demanded = countries_demanded(terms.load("crm"), customer_in="NO", on=date(2026, 1, 1))
>>> demanded.value, [str(clause) for clause in demanded.clauses]
(('NO',), ['§9.2'])
>>> lies_right([("NO",), ()], country="NO"), lies_right([("NO",), ("DE",)], country="NO")
(True, False)
"""

from collections.abc import Iterable
from datetime import date

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.union import in_union
from kontor.rulebook.wording import said

_SILENT = Text("Die Bedingungen nennen kein Land.", "The terms name no country.")
_ANYWHERE = Text(
    "Der Kunde ist nicht in der EU ansässig; der Ort ist nur für Nutzer aus der EU zugesagt.",
    "The customer is not established in the EU; the place is promised to users from the EU only.",
)
_NO_SANDBOX = Text(
    "Die Bedingungen sagen keine getrennte Testumgebung zu.", "The terms promise no separate test environment."
)
_SANDBOX = Text(
    "Produktion und Test sind getrennt; zum Erproben gibt es eine abgeschottete Umgebung.",
    "Production and test are separated; there is a sandbox to try things in.",
)


def countries_demanded(pack: TermsPack, *, customer_in: str, on: date) -> Ruling[tuple[str, ...]]:
    """
    Return the countries (ISO 3166, capitals) in one of which all data of a customer must lie; none where it is open.

    customer_in  the customer's country; unknown ("") and what the Union's tax law calls special count as the Union
    """
    inputs = (("customer_country", customer_in), ("on", on.isoformat()))
    privacy = pack.privacy
    named = privacy.storage_countries if privacy else None
    if privacy is None or named is None or isinstance(named, ToBeAgreed):
        return Ruling((), (), inputs, (_SILENT,))
    scope = privacy.storage_countries_for
    if scope is not None and scope.value == "users_from_eu" and not _in_union(customer_in, on):
        return Ruling((), tuple(dict.fromkeys((*scope.clauses, *named.clauses))), inputs, (_ANYWHERE,))
    step = said(
        "Alle Daten des Kunden liegen in: {countries}.",
        "All of the customer's data lies in: {countries}.",
        countries=Text(
            ", ".join(item.de for item in named.value),
            ", ".join(item.en for item in named.value),
        ),
    )
    return Ruling(tuple(item.key.upper() for item in named.value), named.clauses, inputs, (step,))


def lies_right(demands: Iterable[tuple[str, ...]], *, country: str) -> bool:
    """Say whether a place in `country` satisfies every demand: one of its countries, or none named."""
    return all(not countries or country in countries for countries in demands)


def sandbox_promised(pack: TermsPack) -> Ruling[bool]:
    """Return whether a customer may have a test environment of its own beside production."""
    promised = pack.privacy.sandbox if pack.privacy else None
    if promised is None or isinstance(promised, ToBeAgreed) or not promised.value:
        return Ruling(False, (), (), (_NO_SANDBOX,))
    return Ruling(True, promised.clauses, (), (_SANDBOX,))


def _in_union(country: str, on: date) -> bool:
    """What is doubtful counts as the Union: the stricter place is never wrong."""
    try:
        return in_union(country, on)
    except RefusalError:
        return True
