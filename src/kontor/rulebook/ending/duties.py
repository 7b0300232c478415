"""
What is to be done once a contract has ended, and by when, as its pack says.

>>> from kontor.rulebook import terms
>>> for duty in duties_after(terms.load("leisure"), date(2027, 1, 31)).value:
...     print(duty.key, duty.on)
choice 2027-01-31
erasure 2027-02-01
certificate 2027-02-01
keys 2027-02-01
software 2027-03-02
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.rulebook.ending.told import Side
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.protection import Retention
from kontor.rulebook.wording import day, said

_DATA = "customer_data"
PROVED: Final = frozenset({"software"})  # done only with a written assurance or a certificate of destruction (21.2)


@dataclass(frozen=True, slots=True)
class Duty:
    """A dated task after the end: what, by when, whose, and the clause that says so."""

    key: str
    text: Text
    on: date
    side: Side
    clause: Clause


def duties_after(pack: TermsPack, ends: date, *, licences_stay: bool = False) -> Ruling[tuple[Duty, ...]]:
    """
    Return what is to be done after a contract's last day, the earliest first.

    licences_stay  the software was licensed for good, and the licence outlives the contract: it is not given back

    A period after the end finishes with its last day (BGB 187, 188). Data that may be kept "at most" so long is erased
    by that day, data that is kept so long on the day after. Where the text names no period it is the day after the end.
    """
    software = () if licences_stay else _software(pack, ends)
    found = sorted((*_data(pack, ends), *software), key=lambda duty: duty.on)
    steps = [said("Letzter Vertragstag: {ends}.", "The contract's last day: {ends}.", ends=day(ends))]
    steps += [said("{text}: {on}.", "{text}: {on}.", text=duty.text, on=day(duty.on)) for duty in found]
    clauses = tuple(dict.fromkeys(duty.clause for duty in found))
    return Ruling(tuple(found), clauses, (("ends", ends.isoformat()),), tuple(steps))


def erased_on(pack: TermsPack, ends: date) -> date:
    """Return the day by which the customer's data is erased, the day after the end where the text names no period."""
    kept = _retention(pack).kinds.get(_DATA)
    if kept is None or kept.keep is None:
        return ends + ONE_DAY
    last = last_day_after(ends, kept.keep.value)
    return last if kept.limit is not None and kept.limit.value == "at_most" else last + ONE_DAY


def _retention(pack: TermsPack) -> Retention:
    return pack.retention or Retention()


def _data(pack: TermsPack, ends: date) -> Iterator[Duty]:
    section, erased = _retention(pack), erased_on(pack, ends)
    kept = section.kinds.get(_DATA)
    if section.at_end is not None:
        ask = Text(
            "Wahl des Kunden einholen: Daten löschen oder zurückgeben", "Have the customer choose: erase or return"
        )
        yield Duty("choice", ask, ends, Side.PROVIDER, section.at_end.clause)
    if section.export_formats is not None:
        offer = Text("Daten zum Herunterladen bereitstellen", "Offer the data for download")
        yield Duty("export", offer, ends + ONE_DAY, Side.PROVIDER, section.export_formats.clause)
    source = kept.keep if kept is not None and kept.keep is not None else section.at_end
    if source is not None:
        erase = Text("Daten des Kunden löschen", "Erase the customer's data")
        yield Duty("erasure", erase, erased, Side.PROVIDER, source.clause)
    if section.at_end_certificate is not None and section.at_end_certificate.value:
        certify = Text("Löschung oder Rückgabe schriftlich bescheinigen", "Certify erasure or return in writing")
        yield Duty("certificate", certify, erased, Side.PROVIDER, section.at_end_certificate.clause)


def _software(pack: TermsPack, ends: date) -> Iterator[Duty]:
    back = pack.termination.return_of_software if pack.termination else None
    delivered = pack.licence.delivered_by if pack.licence else None
    if delivered is not None and delivered.value == "online_with_key":
        stop = Text("Schlüssel der Software ungültig machen", "Make the software's keys invalid")
        yield Duty("keys", stop, ends + ONE_DAY, Side.PROVIDER, delivered.clause)
    if back is not None:
        text = Text(
            "Software zurückgeben oder Vernichtung bescheinigen", "Return the software or certify its destruction"
        )
        yield Duty("software", text, last_day_after(ends, back.value), Side.CUSTOMER, back.clause)
