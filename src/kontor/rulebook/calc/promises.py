"""
What a terms pack says about availability, as the plain values that the rules take.

>>> from kontor.rulebook import terms
>>> promise = promise_of(terms.load("visitor"))
>>> promise.percent, promise.zone, promise.window_key, promise.from_notice
(Decimal('98'), 'Europe/Berlin', 'regular_window', False)
>>> promise_of(terms.load("dealership")) is None
True
"""

from typing import Final

from kontor.rulebook.availability_promise import Cause, Claiming, Compensation, Promise, Share
from kontor.rulebook.calc.facts import (
    cited,
    clock_of,
    known,
    office_hours,
    readings,
    support_holidays,
    support_of,
    support_zone,
)
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.maintenance_plan import UpkeepTerms
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.service import Maintenance, ServiceLevel

REGULAR_WINDOW: Final = "regular_window"
CUSTOMER_SIDE: Final = "customer_side"


def promise_of(pack: TermsPack) -> Promise | None:
    """Return what a pack promises; None where it promises no availability."""
    section = pack.service_level or ServiceLevel()
    percent = known(section.availability)
    if percent is None:
        return None
    starts, reads = known(section.counting_starts), known(section.unavailable_when)
    given, share, others = known(section.compensation), known(section.credit), known(section.other_causes)
    report = known(section.report)
    causes = _causes(section)
    handed_over = known(section.measured_at) is not None and CUSTOMER_SIDE in causes
    windows = known((pack.maintenance or Maintenance()).windows) if REGULAR_WINDOW in causes else None
    counts = section.availability, section.per, section.formula, section.counting_starts, section.unavailable_when
    credit = section.compensation, section.credit_base, section.credit
    return Promise(
        percent=percent.value,
        zone=pack.zone,
        from_notice=starts is not None and starts.value == "noticed",
        both=reads is not None and reads.value == "both",
        on_request=report is not None and report.value == "on_request",
        automatic=report is not None and report.value == "always",
        beyond=CUSTOMER_SIDE if handed_over else "",
        causes=causes,
        windows=None if windows is None else clock_of(windows.value, zone=pack.zone),
        window_key=REGULAR_WINDOW if windows is not None else "",
        compensation=Compensation.NONE if given is None else Compensation(given.value),
        share=None if share is None else Share(share.value),
        clauses=cited(*counts, others),
        credit_clauses=cited(*credit),
        readings=readings(section.unavailable_when, section.other_causes),
        credit_readings=readings(section.credit),
    )


def claiming_of(pack: TermsPack) -> Claiming | None:
    """Return how a credit is claimed under a pack; None where nothing is claimed."""
    section = pack.service_level or ServiceLevel()
    within, decided, contains = (
        known(section.claim_within),
        known(section.claim_decided_within),
        known(section.claim_contains),
    )
    if within is None:
        return None
    return Claiming(
        within=within.value,
        decided_within=None if decided is None else decided.value,
        contains=() if contains is None else contains.value,
        zone=pack.zone,
        clauses=cited(section.claim_within, section.claim_decided_within, section.claim_contains),
    )


def _causes(section: ServiceLevel) -> dict[str, Cause]:
    listed, others = known(section.excuses), known(section.other_causes)
    counted = others is not None and others.value == "counted_without_credit"
    if listed is None:
        return {}
    return {
        item.key: Cause(
            key=item.key,
            label=item.label,
            clause=item.clause or listed.clause,
            bars_credit_only=counted and item.other,
        )
        for item in listed.value
    }


def upkeep_of(pack: TermsPack) -> UpkeepTerms:
    """Return what a pack says about maintenance; a pack that says nothing wants nothing."""
    section = pack.maintenance or Maintenance()
    windows, only = known(section.windows), known(section.full_shutdown_only_in_window)
    told, daytime = known(section.announcement), known(section.daytime_reasons)
    reasons = known(section.may_interrupt_for)
    return UpkeepTerms(
        zone=pack.zone,
        windows=None if windows is None else clock_of(windows.value, zone=pack.zone),
        only_in_window=only is not None and only.value,
        told_in_parallel=told is not None and told.value == "in_parallel_when_urgent",
        office=None if section.outside_business_hours is None else _office(pack),
        daytime_reasons=() if daytime is None else daytime.value,
        reasons=() if reasons is None else reasons.value,
        clauses=cited(
            section.full_shutdown_only_in_window,
            section.windows,
            section.announcement,
            section.daytime_reasons,
            section.may_interrupt_for,
        ),
    )


def _office(pack: TermsPack) -> BusinessClock | None:
    if support_of(pack).hours is None:
        return None
    return clock_of(office_hours(pack).value, zone=support_zone(pack), holidays=support_holidays(pack))
