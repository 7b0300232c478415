"""Offers with their terms, contracts as lists of dated amendments, and what has been billed."""

from kontor.office.contracts.models.addenda import Addendum
from kontor.office.contracts.models.billing import BilledPeriod, BillingProblem, BillingRun
from kontor.office.contracts.models.changes import AgreedPrice, ChangeOrder, ChangeOrderState, PlanAssignment
from kontor.office.contracts.models.charges import Charge
from kontor.office.contracts.models.claims import (
    Claim,
    ClaimLetter,
    ClaimReceipt,
    EnteredRate,
    PaymentPlan,
    ReminderPlan,
    ReminderProblem,
    ReminderRun,
    Suspension,
)
from kontor.office.contracts.models.closes import CloseProblem, CloseResult, CloseStep, MonthClose
from kontor.office.contracts.models.competitors import BenchmarkSuspicion, Competitor, HeldRegistration, ProbeRule
from kontor.office.contracts.models.confidential import (
    ConfidentialOpening,
    ConfidentialPaper,
    ConfidentialReader,
    ConfidentialSharing,
)
from kontor.office.contracts.models.contracts import Amendment, Contract
from kontor.office.contracts.models.corrections import ExtraWork, FeeReduction
from kontor.office.contracts.models.customer_terms import CustomerTerms
from kontor.office.contracts.models.ending import (
    ContractNotice,
    EndingCase,
    EndingProof,
    EndingTask,
    NoticeWithdrawal,
)
from kontor.office.contracts.models.evidence import FirstUse
from kontor.office.contracts.models.extra_functions import ExtraFunction, FunctionNotice
from kontor.office.contracts.models.hardware import HardwareCase, HardwareDelivery, HardwareItem, HardwareStep
from kontor.office.contracts.models.index_register import IndexAgreement, IndexLoss, IndexSeries, IndexValue
from kontor.office.contracts.models.licences import (
    Activation,
    BackupCopy,
    LicenceKey,
    LicenceNotice,
    LicenceSigner,
    SiteReport,
)
from kontor.office.contracts.models.offers import Offer, OfferDraft, OfferDraftLine, OfferState
from kontor.office.contracts.models.outlooks import Outlook
from kontor.office.contracts.models.overload import OverloadCase, OverloadMinute, OverloadRule
from kontor.office.contracts.models.price_runs import PriceAdjustment, PriceAdjustmentState, PriceProblem, PriceRun
from kontor.office.contracts.models.registers import RegisterEntry, RegisterFacts
from kontor.office.contracts.models.registrations import Registration, RegistrationActivation
from kontor.office.contracts.models.releases import (
    Release,
    ReleaseCheck,
    ReleaseFile,
    ReleaseInstallation,
    ReleaseOffer,
    RemovedFunction,
)
from kontor.office.contracts.models.scope import ForeignUser, ScopeRequest
from kontor.office.contracts.models.service_orders import ServiceOrder, ServiceOrderState, ServicePerformance
from kontor.office.contracts.models.synchronisation import SyncBatch, SyncInstallation, SyncRecord
from kontor.office.contracts.models.terms_changes import TermsChange, TermsNotice, TermsNoticeState
from kontor.office.contracts.models.trials import Trial, TrialOffering
from kontor.office.contracts.models.usage import UsageStatement

__all__ = [
    "Activation",
    "Addendum",
    "AgreedPrice",
    "Amendment",
    "BackupCopy",
    "BenchmarkSuspicion",
    "BilledPeriod",
    "BillingProblem",
    "BillingRun",
    "ChangeOrder",
    "ChangeOrderState",
    "Charge",
    "Claim",
    "ClaimLetter",
    "ClaimReceipt",
    "CloseProblem",
    "CloseResult",
    "CloseStep",
    "Competitor",
    "ConfidentialOpening",
    "ConfidentialPaper",
    "ConfidentialReader",
    "ConfidentialSharing",
    "Contract",
    "ContractNotice",
    "CustomerTerms",
    "EndingCase",
    "EndingProof",
    "EndingTask",
    "EnteredRate",
    "ExtraFunction",
    "ExtraWork",
    "FeeReduction",
    "FirstUse",
    "ForeignUser",
    "FunctionNotice",
    "HardwareCase",
    "HardwareDelivery",
    "HardwareItem",
    "HardwareStep",
    "HeldRegistration",
    "IndexAgreement",
    "IndexLoss",
    "IndexSeries",
    "IndexValue",
    "LicenceKey",
    "LicenceNotice",
    "LicenceSigner",
    "MonthClose",
    "NoticeWithdrawal",
    "Offer",
    "OfferDraft",
    "OfferDraftLine",
    "OfferState",
    "Outlook",
    "OverloadCase",
    "OverloadMinute",
    "OverloadRule",
    "PaymentPlan",
    "PlanAssignment",
    "PriceAdjustment",
    "PriceAdjustmentState",
    "PriceProblem",
    "PriceRun",
    "ProbeRule",
    "RegisterEntry",
    "RegisterFacts",
    "Registration",
    "RegistrationActivation",
    "Release",
    "ReleaseCheck",
    "ReleaseFile",
    "ReleaseInstallation",
    "ReleaseOffer",
    "ReminderPlan",
    "ReminderProblem",
    "ReminderRun",
    "RemovedFunction",
    "ScopeRequest",
    "ServiceOrder",
    "ServiceOrderState",
    "ServicePerformance",
    "SiteReport",
    "Suspension",
    "SyncBatch",
    "SyncInstallation",
    "SyncRecord",
    "TermsChange",
    "TermsNotice",
    "TermsNoticeState",
    "Trial",
    "TrialOffering",
    "UsageStatement",
]
