"""Which tables of contracts hold personal data."""

from typing import Final

from kontor.kernel.registry import PersonalData
from kontor.rulebook.ruling import Text

_BASIS = "GDPR Art. 6 (1) (b)"
PERSONAL_DATA: Final = (
    PersonalData(
        model="contracts.OfferDraft",
        about=Text("Empfänger von Erklärungen", "recipients of notices"),
        clause=_BASIS,
    ),
    PersonalData(
        model="contracts.Offer", about=Text("Empfänger von Erklärungen", "recipients of notices"), clause=_BASIS
    ),
    PersonalData(model="contracts.FirstUse", about=Text("wer zuerst nutzte", "who used it first"), clause=_BASIS),
    PersonalData(model="contracts.Trial", about=Text("wer testet", "who tries"), clause=_BASIS),
    PersonalData(model="contracts.HardwareCase", about=Text("wer gemeldet hat", "who reported"), clause=_BASIS),
    PersonalData(model="contracts.ChangeOrder", about=Text("Besteller", "who ordered"), clause=_BASIS),
    PersonalData(model="contracts.ChangeOrderState", about=Text("Unterzeichner", "signatories"), clause=_BASIS),
    PersonalData(model="contracts.PlanAssignment", about=Text("Tarif je Nutzer", "plan of each user"), clause=_BASIS),
    PersonalData(model="contracts.Claim", about=Text("Schuldner", "debtors"), clause=_BASIS),
    PersonalData(model="contracts.CloseResult", about=Text("Schuldner", "debtors"), clause=_BASIS),
    PersonalData(model="contracts.ClaimLetter", about=Text("Schuldner", "debtors"), clause=_BASIS),
    PersonalData(model="contracts.PaymentPlan", about=Text("Schuldner", "debtors"), clause=_BASIS),
    PersonalData(model="contracts.Contract", about=Text("Unterzeichner", "signatories"), clause=_BASIS),
    PersonalData(model="contracts.ContractNotice", about=Text("wer gekündigt hat", "who gave notice"), clause=_BASIS),
    PersonalData(model="contracts.RegisterFacts", about=Text("Ansprechpersonen", "contact persons"), clause=_BASIS),
    PersonalData(model="contracts.ExtraWork", about=Text("wer zustimmte", "who approved"), clause=_BASIS),
    PersonalData(model="contracts.TermsNoticeState", about=Text("wer geantwortet hat", "who answered"), clause=_BASIS),
    PersonalData(model="contracts.EndingCase", about=Text("Gründe in Worten", "grounds in words"), clause=_BASIS),
)
WITHOUT_PERSONAL_DATA: Final = (
    "contracts.Addendum",
    "contracts.OfferDraftLine",
    "contracts.OfferState",
    "contracts.AgreedPrice",
    "contracts.Amendment",
    "contracts.BillingRun",
    "contracts.BillingProblem",
    "contracts.BilledPeriod",
    "contracts.ReminderPlan",
    "contracts.EnteredRate",
    "contracts.ClaimReceipt",
    "contracts.Suspension",
    "contracts.ReminderRun",
    "contracts.MonthClose",
    "contracts.CloseStep",
    "contracts.CloseProblem",
    "contracts.ReminderProblem",
    "contracts.Charge",
    "contracts.RegisterEntry",
    "contracts.FeeReduction",
    "contracts.NoticeWithdrawal",
    "contracts.EndingProof",
    "contracts.EndingTask",
    "contracts.UsageStatement",
    "contracts.IndexSeries",
    "contracts.IndexValue",
    "contracts.IndexLoss",
    "contracts.IndexAgreement",
    "contracts.PriceRun",
    "contracts.PriceProblem",
    "contracts.PriceAdjustment",
    "contracts.PriceAdjustmentState",
    "contracts.TermsChange",
    "contracts.TermsNotice",
    "contracts.TrialOffering",
    "contracts.HardwareDelivery",
    "contracts.HardwareItem",
    "contracts.HardwareStep",
)
