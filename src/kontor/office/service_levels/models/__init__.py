"""The tables of service levels: what is watched, what failed, what was planned, what a month came to."""

from kontor.office.service_levels.models.claims import ClaimDecision, CreditClaim
from kontor.office.service_levels.models.components import Component, Probe, ProbePlace, ProbeResult, StateInterval
from kontor.office.service_levels.models.maintenance import Maintenance, MaintenanceComponent
from kontor.office.service_levels.models.outages import (
    Outage,
    OutageComponent,
    OutageContract,
    OutageExcuse,
    OutageNote,
)
from kontor.office.service_levels.models.statements import AvailabilityStatement

__all__ = [
    "AvailabilityStatement",
    "ClaimDecision",
    "Component",
    "CreditClaim",
    "Maintenance",
    "MaintenanceComponent",
    "Outage",
    "OutageComponent",
    "OutageContract",
    "OutageExcuse",
    "OutageNote",
    "Probe",
    "ProbePlace",
    "ProbeResult",
    "StateInterval",
]
