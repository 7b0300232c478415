"""
Whether a registration waits for the provider's written consent, and whether reading over and over is suspected to be
benchmarking (crm 1.1; SO-006).

>>> from kontor.rulebook.terms import load
>>> held = consent_needed("sales.rival.example", ["rival.example"], load("crm"))
>>> held.value, str(held.clauses[0])
('rival.example', '§1.1')
>>> consent_needed("notrival.example", ["rival.example"], load("crm")).value is None
True
>>> consent_needed("rival.example", ["rival.example"], load("leisure")).value is None
True
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.period import last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

NO_COMPETITOR: Final = "no_competitor"
_BENCHMARKS: Final = frozenset({"benchmarking", "benchmark"})


def competitors_need_consent(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses under which competitors need written consent; none where the terms are silent."""
    required = pack.declarations.required if pack.declarations else None
    if required is None:
        return ()
    return tuple(item.clause or required.clause for item in required.value if item.key == NO_COMPETITOR)


def benchmarks_forbidden(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses that forbid measuring the service for comparison; none where the terms are silent."""
    uses = pack.cooperation.forbidden_uses if pack.cooperation else None
    if uses is None:
        return ()
    return tuple(dict.fromkeys(item.clause or uses.clause for item in uses.value if item.key in _BENCHMARKS))


def consent_needed(domain: str, listed: Collection[str], pack: TermsPack) -> Ruling[str | None]:
    """
    Decide whether whoever registers from a domain is a listed competitor; return the entry, None where none is.

    domain  of the e-mail address, lower case; a name below a listed one belongs to it
    """
    clauses = competitors_need_consent(pack)
    fits = sorted(each for each in listed if domain == each or domain.endswith(f".{each}"))
    inputs = (("domain", domain), ("listed", fits[-1] if fits else ""))
    if not clauses:
        silent = Text("Die Bedingungen sprechen nicht von Wettbewerbern.", "The terms do not speak of competitors.")
        return Ruling(None, (), inputs, (silent,))
    if not fits:
        free = said("{domain} steht nicht auf der Liste der Wettbewerber.",
                    "{domain} is not on the list of competitors.", domain=domain)  # fmt: skip
        return Ruling(None, clauses, inputs, (free,))
    step = said(
        "{domain} gehört zu {entry} auf der Liste der Wettbewerber: Zugang nur mit schriftlicher Zustimmung.",
        "{domain} belongs to {entry} on the list of competitors: access with prior written consent only.",
        domain=domain, entry=fits[-1],
    )  # fmt: skip
    return Ruling(fits[-1], clauses, inputs, (step,))


def benchmark_suspected(count: int, limit: int, pack: TermsPack, *, decide_days: int, today: date) -> Ruling[date]:
    """
    Say that so many identical reads in an hour are suspected to be benchmarking, and by when a person decides about it.

    count, limit  reads of one address by one client in the hour, and how many the house lets pass (`count` is larger)
    """
    by = last_day_after(today, Duration(decide_days, Unit.DAYS))
    clauses = benchmarks_forbidden(pack)
    step = said(
        "{count} gleiche Abrufe in einer Stunde, mehr als {limit}: Verdacht auf Leistungsvergleich.",
        "{count} identical reads in an hour, more than {limit}: suspected to be benchmarking.",
        count=count, limit=limit,
    )  # fmt: skip
    silent = Text("Die Bedingungen sprechen nicht davon.", "The terms do not speak of it.")
    decide = said("Zu entscheiden bis {by}.", "To be decided by {by}.", by=day(by))
    inputs = (("reads", str(count)), ("limit", str(limit)))
    return Ruling(by, clauses, inputs, (step, decide) if clauses else (step, silent, decide))
