"""Offers with their terms, contracts as lists of dated amendments, and what has been billed."""

from kontor.office.contracts.models.addenda import Addendum
from kontor.office.contracts.models.billing import BilledPeriod, BillingProblem, BillingRun
from kontor.office.contracts.models.charges import Charge
from kontor.office.contracts.models.contracts import Amendment, Contract
from kontor.office.contracts.models.offers import Offer, OfferDraft, OfferDraftLine, OfferState

__all__ = [
    "Addendum",
    "Amendment",
    "BilledPeriod",
    "BillingProblem",
    "BillingRun",
    "Charge",
    "Contract",
    "Offer",
    "OfferDraft",
    "OfferDraftLine",
    "OfferState",
]
