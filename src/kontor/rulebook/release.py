"""
Whether a release may be published, who is given it, and whether its customer may refuse it.

>>> from kontor.rulebook.terms import load
>>> ready = Candidate(passed=("races",), documented=True, reported=True)
>>> publishable(ready, load("leisure")).value
True
>>> may_postpone("VERSION", load("leisure")).value
False
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import day, said

MAINTENANCE: Final = "maintenance"
VERSION: Final = "VERSION"


@dataclass(frozen=True, slots=True)
class Removed:
    """A function that a release has no more; `replaced` where something else does its work."""

    name: Text
    replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    What is known of a release.

    passed, failed  acceptance tests of the published specification
    documented      documentation of the same version is attached; reported  the report of the tests is
    """

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = field(default=())
    documented: bool = False
    reported: bool = False


def publishable(candidate: Candidate, pack: TermsPack) -> Ruling[bool]:
    """
    Return that a candidate may be released, with the clauses; RefusalError says what stands against it (AP-011).

    Where the terms exclude functional regression, a removed function needs its replacement and each test must pass.
    """
    rule = pack.licence.update_may_regress if pack.licence else None
    strict = rule is not None and not rule.value
    clauses = rule.clauses if rule is not None else ()
    _refuse_untested(candidate)
    lost = [each for each in candidate.removed if strict and not each.replaced]
    if lost:
        raise RefusalError(
            said(
                "„{name}“ entfällt ohne Ersatz; diese Bedingungen schließen einen funktionalen Rückschritt aus ({clause}).",  # noqa: E501  one sentence
                "“{name}” goes without a replacement; these terms exclude functional regression ({clause}).",
                name=lost[0].name, clause=str(clauses[0]),
            )
        )  # fmt: skip
    step = said(
        "{tests} Abnahmetests der Spezifikation bestanden, keiner nicht; {removed} entfallene Funktionen, jede ersetzt oder begründet.",  # noqa: E501  one sentence
        "{tests} acceptance tests of the specification passed, none failed; {removed} functions gone, each replaced or with its reason.",  # noqa: E501  one sentence
        tests=len(candidate.passed), removed=len(candidate.removed),
    )  # fmt: skip
    inputs = (("passed", str(len(candidate.passed))), ("removed", str(len(candidate.removed))))
    return Ruling(True, clauses, inputs, (step,))


def _refuse_untested(candidate: Candidate) -> None:
    if candidate.failed:
        raise RefusalError(
            said(
                "Der Abnahmetest „{test}“ der Spezifikation ist nicht bestanden.",
                "The specification's acceptance test “{test}” has failed.",
                test=candidate.failed[0],
            )
        )
    lacking = {
        Text("ein Abnahmetest der Spezifikation", "an acceptance test of the specification"): not candidate.passed,
        Text("der Prüfbericht", "the test report"): not candidate.reported,
        Text("die Dokumentation dieser Version", "the documentation of this version"): not candidate.documented,
    }
    if missing := next((words for words, lacks in lacking.items() if lacks), None):
        raise RefusalError(said("Es fehlt: {what}.", "Missing: {what}.", what=missing))


def given_to(positions: Collection[str], pack: TermsPack) -> Ruling[bool]:
    """
    Decide whether a customer is given releases: with maintenance where the terms sell it, else with the service.

    positions  keys of what the contract holds on the day (AP-020)
    """
    included = pack.maintenance.updates_included if pack.maintenance else None
    if included is None or not included.value:
        step = Text("Die Leistung umfasst, was veröffentlicht wird.", "The service includes what is released.")
        return Ruling(bool(positions), (), (), (step,))
    runs = MAINTENANCE in positions
    step = (
        Text("Die Wartung läuft; sie umfasst neue Ausgaben.", "Maintenance runs; it includes releases.")
        if runs
        else Text("Ohne Wartung gibt es keine neuen Ausgaben.", "Without maintenance there are no releases.")
    )
    return Ruling(runs, included.clauses, (("maintenance", "true" if runs else "false"),), (step,))


def may_postpone(kind: str, pack: TermsPack) -> Ruling[bool]:
    """Decide whether the customer may refuse or delay a release of a kind, "UPDATE" or "VERSION" (AP-065)."""
    rule = pack.maintenance.versions_may_be_refused if pack.maintenance else None
    if kind != VERSION or rule is None or rule.value:
        step = Text("Die Bedingungen verlangen keine Eile.", "The terms demand no haste.")
        return Ruling(True, (), (), (step,))
    step = Text("Neue Versionen werden weder abgelehnt noch verzögert.", "Versions are neither refused nor delayed.")
    return Ruling(False, rule.clauses, (), (step,))


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Where a release stands at a customer.

    planned_at  when it is installed by plan, None for at the next connection; postponed_until  the day before which the
    customer wants nothing installed, None for none
    """

    planned_at: datetime | None = None
    postponed_until: date | None = None
    installed: bool = False


def ways_to_install(pack: TermsPack) -> tuple[Item, ...]:
    """Return the ways in which the provider installs a release, () where the terms name none (AP-065)."""
    rule = pack.maintenance.installed if pack.maintenance else None
    return tuple(rule.value) if rule else ()


def install_now(kind: str, standing: Standing, pack: TermsPack, *, at: datetime, today: date) -> Ruling[bool]:
    """
    Decide whether an installation that connects at a moment installs a release now (leisure Appendix 1, 2.2 and 2.3).

    at     the moment of the connection; today  its day in the customer's zone
    """
    rule = pack.maintenance.installed if pack.maintenance else None
    may = may_postpone(kind, pack)
    clauses = (*(rule.clauses if rule else ()), *may.clauses)
    put_off = standing.postponed_until if may.value else None
    inputs = (
        ("planned", standing.planned_at.isoformat(timespec="minutes") if standing.planned_at else ""),
        ("postponed_until", put_off.isoformat() if put_off else ""),
    )
    if standing.installed:
        return Ruling(False, clauses, inputs, (Text("Ist schon installiert.", "Is installed already."),))
    if put_off is not None and today < put_off:
        step = said(
            "Vom Kunden aufgeschoben bis {until}.", "Postponed by the customer until {until}.", until=day(put_off)
        )
        return Ruling(False, clauses, inputs, (step,))
    if standing.planned_at is not None and at < standing.planned_at:
        step = Text("Die geplante Zeit ist noch nicht da.", "The planned time has not come yet.")
        return Ruling(False, clauses, inputs, (step,))
    step = (
        Text("Die geplante Zeit ist da.", "The planned time has come.")
        if standing.planned_at
        else Text("Wird bei der nächsten Verbindung installiert.", "Is installed at the next connection.")
    )
    return Ruling(True, clauses, inputs, (*may.working, step))


def price_of(pack: TermsPack) -> Ruling[Decimal] | None:
    """Return that a release costs nothing where the terms include it; None where they say nothing."""
    rule = pack.maintenance.updates_included if pack.maintenance else None
    if rule is None or not rule.value:
        return None
    step = Text("In der Wartung inbegriffen.", "Included in maintenance.")
    return Ruling(Decimal("0.00"), (rule.clause,), (), (step,))
