"""
What a contract promises about being up, and what it excuses: the plain values that `availability` takes.

`kontor.rulebook.calc.promises` reads them from a terms pack.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms.units import Item


class Compensation(StrEnum):
    """What a missed promise gives: nothing, a credit that is claimed, a reduction once a second period has passed."""

    NONE = "none"
    CREDIT_ON_CLAIM = "credit_on_claim"
    REDUCTION = "reduction_after_second_period"


class Share(StrEnum):
    """By which share of the fee a credit is reckoned."""

    DOWN = "down_share"
    SHORTFALL = "shortfall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """
    A cause that excuses an outage.

    bars_credit_only  the outage counts as one and gives no credit
    """

    key: str
    label: Text
    clause: Clause
    bars_credit_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """Within which time a credit is claimed and the claim is decided, and what it has to contain."""

    within: Duration
    decided_within: Duration | None
    contains: tuple[Item, ...]
    zone: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    The availability a contract promises for each calendar month.

    percent      what is promised
    from_notice  whether an outage counts only from the moment somebody reported or noticed it
    both         whether the service is down only while neither reading nor writing works
    on_request   whether a month's report is given when the customer asks; automatic  whether it is sent by itself
    beyond       key of the cause of what lies behind the point where the service is handed over; "" where none is named
    windows      the regular maintenance window, applied without anybody asking for it; None where there is none
    share        by which share a credit is reckoned; None where a miss gives no credit by itself
    """

    percent: Decimal
    zone: str
    from_notice: bool
    both: bool
    on_request: bool
    automatic: bool = False
    beyond: str = ""
    causes: Mapping[str, Cause] = field(default_factory=dict)
    windows: BusinessClock | None = None
    window_key: str = ""
    compensation: Compensation = Compensation.NONE
    share: Share | None = None
    clauses: tuple[Clause, ...] = ()
    credit_clauses: tuple[Clause, ...] = ()
    readings: tuple[Text, ...] = ()
    credit_readings: tuple[Text, ...] = ()
