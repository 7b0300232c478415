"""A terms pack: one contract's rules as data, each value beside its clause."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import commerce, conclusion, protection, service
from kontor.rulebook.terms.units import Item, Named
from kontor.rulebook.terms.value import Frozen, Setting, Sourced, Stated, ToBeAgreed, Wording

AnyValue = Stated[object] | Setting[object] | ToBeAgreed[object]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+$")]


class ClauseText(Frozen):
    """A clause as we tell it: its heading, and one sentence in our own words."""

    heading: Wording
    sentence: Wording


class Roles(Frozen):
    """What the contract calls its two sides."""

    provider: Wording
    customer: Wording


class Source(Frozen):
    """A contract or a law: values that cite the clauses of its own table."""

    key: str
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    title: Wording
    in_force_from: date
    clauses: Named[str, ClauseText]

    def values(self) -> Iterator[tuple[str, AnyValue]]:
        """Yield every value with its dotted key, in the order of the sections: ("notice.period", Stated(...))."""
        yield from _values(self, "")

    def value(self, key: str) -> AnyValue | None:
        """Return the value at a dotted key, None where the pack is silent; a key no pack can have raises KeyError."""
        place: object = self
        for step in key.split("."):
            if place is None:
                return None
            if isinstance(place, Mapping):
                place = place.get(step)
            elif isinstance(place, Frozen) and step in type(place).model_fields:
                place = getattr(place, step)
            else:
                raise KeyError(key)
        if place is not None and not isinstance(place, Sourced):
            raise KeyError(key)
        return place  # type: ignore[return-value]

    def citations(self) -> Iterator[tuple[str, Clause]]:
        """Yield every clause cited, with the key of the value or list entry that cites it."""
        for key, value in self.values():
            for clause in value.clauses:
                yield key, clause
            for item in _items(value):
                if item.clause is not None:
                    yield f"{key}.{item.key}", item.clause

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield every requirement row named, with the key of the value or list entry that names it."""
        for key, value in self.values():
            for row in value.rows:
                yield key, row
            for item in _items(value):
                for row in item.rows:
                    yield f"{key}.{item.key}", row

    def clause(self, number: str) -> Clause:
        """Return a clause of this pack for a ruling; one that its table does not know raises KeyError."""
        if number not in self.clauses:
            raise KeyError(number)
        return Clause(self.key, number, self.version)


def _items(value: AnyValue) -> tuple[Item, ...]:
    held = None if isinstance(value, ToBeAgreed) else value.value
    return tuple(entry for entry in held if isinstance(entry, Item)) if isinstance(held, tuple) else ()


class TermsPack(Source):
    """
    One version of one contract's terms. A section the contract does not have is None.

    key, version   "visitor", "2026-01"
    language       the contract's own language; `law` the country whose law answers where the text is silent
    zone           the zone in which its days begin and end; `support_zone` where its support keeps another
    """

    language: Literal["de", "en", "fr"]
    law: Literal["de", "fr", "no"]
    zone: Zone
    support_zone: Zone | None = None
    roles: Roles

    formation: conclusion.Formation | None = None
    documents: conclusion.Documents | None = None
    declarations: conclusion.Declarations | None = None
    modules: Named[str, commerce.Module] = {}
    term: conclusion.Term | None = None
    notice: conclusion.Notice | None = None
    termination: conclusion.Termination | None = None
    changes: conclusion.Changes | None = None
    acceptance: conclusion.Acceptance | None = None
    cooperation: conclusion.Cooperation | None = None
    transfer: conclusion.Transfer | None = None
    jurisdiction: conclusion.Jurisdiction | None = None

    seats: commerce.Seats | None = None
    licence: commerce.Licence | None = None
    trial: commerce.Trial | None = None
    prices: commerce.Prices | None = None
    index: commerce.Index | None = None
    invoicing: commerce.Invoicing | None = None
    arrears: commerce.Arrears | None = None
    metering: commerce.Metering | None = None

    service_level: service.ServiceLevel | None = None
    maintenance: service.Maintenance | None = None
    support: service.Support | None = None
    incidents: service.Incidents | None = None
    defects: service.Defects | None = None
    hardware: service.Hardware | None = None
    feedback: service.Feedback | None = None
    mailing: service.Mailing | None = None

    sign_in: protection.SignIn | None = None
    blocking: protection.Blocking | None = None
    retention: protection.Retention | None = None
    privacy: protection.Privacy | None = None
    subprocessors: protection.Subprocessors | None = None
    audit: protection.Audit | None = None
    confidentiality: protection.Confidentiality | None = None
    liability: protection.Liability | None = None
    force_majeure: protection.ForceMajeure | None = None
    insurance: protection.Insurance | None = None
    staff: protection.Staff | None = None
    claims: protection.Claims | None = None
    references: protection.References | None = None

    def to_be_agreed(self) -> tuple[tuple[str, ToBeAgreed[object]], ...]:
        """Return what an offer under this pack must say, as (dotted key, blank)."""
        return tuple((key, value) for key, value in self.values() if isinstance(value, ToBeAgreed))

    def settings(self) -> tuple[tuple[str, Setting[object]], ...]:
        """Return what the text leaves open to reading, as (dotted key, setting)."""
        return tuple((key, value) for key, value in self.values() if isinstance(value, Setting))


def _values(place: object, prefix: str) -> Iterator[tuple[str, AnyValue]]:
    if isinstance(place, Sourced):
        yield prefix.removesuffix("."), place  # type: ignore[misc]
    elif isinstance(place, Frozen):
        for name in type(place).model_fields:
            yield from _values(getattr(place, name), f"{prefix}{name}.")
    elif isinstance(place, Mapping):
        for name, inner in place.items():
            yield from _values(inner, f"{prefix}{name}.")
