"""The tables of service levels: what is watched, what failed, what was planned, what a month came to."""

from kontor.office.service_levels.models.claims import ClaimDecision, CreditClaim
from kontor.office.service_levels.models.components import (
    Component,
    Probe,
    ProbePlace,
    ProbeResult,
    RawControl,
    StateInterval,
)
from kontor.office.service_levels.models.maintenance import Maintenance, MaintenanceComponent
from kontor.office.service_levels.models.outages import (
    MendingPeriod,
    Outage,
    OutageComponent,
    OutageContract,
    OutageExcuse,
    OutageNote,
    Reminder,
)
from kontor.office.service_levels.models.statements import AvailabilityStatement, StatementHandOver
from kontor.office.service_levels.models.subscriptions import StatusDelivery, StatusNews, StatusSubscription

__all__ = [
    "AvailabilityStatement",
    "ClaimDecision",
    "Component",
    "CreditClaim",
    "Maintenance",
    "MaintenanceComponent",
    "MendingPeriod",
    "Outage",
    "OutageComponent",
    "OutageContract",
    "OutageExcuse",
    "OutageNote",
    "Probe",
    "ProbePlace",
    "ProbeResult",
    "RawControl",
    "Reminder",
    "StateInterval",
    "StatementHandOver",
    "StatusDelivery",
    "StatusNews",
    "StatusSubscription",
]
