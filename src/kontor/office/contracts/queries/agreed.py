"""What is agreed: the chief terms of a pack first, then every blank that the offer filled, each with its clause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.rulebook import terms as packs
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.terms.spoken import spoken_entry
from kontor.rulebook.wording import day

START: Final = Text("Beginn", "Start")
_CHIEF: Final[Mapping[str, Text]] = {
    "invoicing.interval": Text("Abrechnung", "Billing"),
    "term.initial": Text("Erste Laufzeit", "Initial term"),
    "term.renewal": Text("Verlängerung", "Renewal"),
    "term.renews_by": Text("Verlängerung", "Renewal"),
    "notice.period": Text("Kündigungsfrist", "Notice period"),
    "notice.form": Text("Form der Kündigung", "Form of notice"),
    "invoicing.due": Text("Zahlungsfrist", "Payment period"),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One value agreed; `in_offer` where the offer says it rather than the terms."""

    label: Text
    value: Text
    clause: Clause | None = None
    in_offer: bool = False


def agreed(pack: TermsPack, *, start_on: date | None) -> list[Agreed]:
    """Return what is agreed under a pack as an offer or contract has it, the start first."""
    counted = pack.value("term.counted_from") if pack.term else None
    found = [Agreed(START, day(start_on), None, in_offer=True)] if start_on else []
    if not start_on and counted is not None:
        found = [Agreed(START, spoken_entry("term.counted_from", counted), counted.clause)]
    chief, filled = {}, []
    for key, value in pack.values():
        in_offer = getattr(value, "origin", "terms") == "offer"
        if isinstance(value, ToBeAgreed) or (key not in _CHIEF and not in_offer):
            continue
        row = Agreed(_CHIEF.get(key) or label_of(pack, key), spoken_entry(key, value), value.clause, in_offer)
        if key in _CHIEF:
            chief[key] = row
        else:
            filled.append(row)
    return [*found, *(chief[key] for key in _CHIEF if key in chief), *filled]


def label_of(pack: TermsPack, key: str) -> Text:
    """Return what a blank is called in the pack as it was before the offer filled it."""
    blank = packs.load(pack.key, pack.version).value(key)
    return blank.label if isinstance(blank, ToBeAgreed) else Text(key, key)
