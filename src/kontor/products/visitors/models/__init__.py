"""Visits, what each kind of them demands, and what is handed out for them."""

from kontor.products.visitors.models.access import AccessGrant, AccessSystem
from kontor.products.visitors.models.cards import Card, CardGroup, CardIssue
from kontor.products.visitors.models.contractors import Contractor, ContractorPerson, Proof, ProofKind
from kontor.products.visitors.models.evacuation import Evacuation, Seen
from kontor.products.visitors.models.setup import (
    BadgeTemplate,
    MailTemplate,
    PinGuard,
    SigningKey,
    SiteRules,
    TypeStep,
    VisitType,
)
from kontor.products.visitors.models.visits import Visit, VisitEvent, VisitGroup, hashed_pin

__all__ = [
    "AccessGrant",
    "AccessSystem",
    "BadgeTemplate",
    "Card",
    "CardGroup",
    "CardIssue",
    "Contractor",
    "ContractorPerson",
    "Evacuation",
    "MailTemplate",
    "PinGuard",
    "Proof",
    "ProofKind",
    "Seen",
    "SigningKey",
    "SiteRules",
    "TypeStep",
    "Visit",
    "VisitEvent",
    "VisitGroup",
    "VisitType",
    "hashed_pin",
]
