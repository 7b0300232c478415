"""Whether support is there, as a contract's hours say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kontor.rulebook.calc.facts import cited, clock_of, known, support_holidays, support_of, support_zone
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.windows import Opening, opening
from kontor.rulebook.wording import moment


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether support is there, in a sentence, and the decision."""

    text: Text
    ruling: Ruling[Opening]


def reachable(pack: TermsPack, *, at: datetime) -> Reachable | None:
    """Return whether support is there at a moment, else until when it is closed; None where no hours are named."""
    section = support_of(pack)
    hours = known(section.hours)
    if hours is None:
        return None
    office = clock_of(hours.value, zone=support_zone(pack), holidays=support_holidays(pack))
    found = opening(at, office, clauses=cited(section.hours, section.holidays, section.zone))
    if found.value.open:
        return Reachable(Text("Der Support ist gerade da.", "Support is there now."), found)
    until = moment(found.value.next_open)
    return Reachable(
        Text(f"Der Support ist geschlossen bis {until.de}.", f"Support is closed until {until.en}."), found
    )


def reachable_under(packs: Iterable[TermsPack], *, at: datetime) -> list[Reachable]:
    """Return it for several contracts, each sentence once."""
    found = (reachable(pack, at=at) for pack in packs)
    return list({each.text: each for each in found if each is not None}.values())
