"""Which tables of contracts hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import Processing
from kontor.office.contracts.module.data.claims import CLAIMS
from kontor.office.contracts.module.data.licences import LICENCES
from kontor.office.contracts.module.data.orders import ORDERS
from kontor.office.contracts.module.data.papers import PAPERS
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="contracts",
        title=Text("Verträge", "Contracts"),
        purpose=Text("Verträge schließen, ändern, erfüllen und beenden", "Conclude, change, perform and end contracts"),
        persons=("customers", "prospects", "contacts", "employees"),
        categories=("authentication", "name", "communication", "purchases"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("der Kunde und seine Ansprechpartner", "the customer and its contacts"),
        recipients=Text("die andere Vertragspartei", "the other party to the contract"),
        role="controller",
    ),
    Processing(
        key="claims",
        title=Text("Forderungen", "Claims"),
        purpose=Text("Offene Forderungen mahnen und einziehen", "Remind of open claims and collect them"),
        persons=("customers", "contacts"),
        categories=("name", "communication", "purchases"),
        basis="GDPR Art. 6 (1) (b) and (c)",
        source=Text("Rechnungen und Zahlungen", "invoices and payments"),
        recipients=Text(
            "Inkasso, Gericht und Rechtsbeistand im Streitfall", "collection, court and counsel in a dispute"
        ),
        role="controller",
    ),
    Processing(
        key="licences",
        title=Text("Lizenzen", "Licences"),
        purpose=Text("Prüfen, ob die Nutzung der Lizenz entspricht", "Check that use keeps to the licence"),
        persons=("employees", "contacts"),
        categories=("authentication", "name", "communication", "device"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("die Installationen des Kunden", "the customer’s installations"),
        recipients=Text("niemand außer den Beschäftigten des Mandanten", "nobody besides the tenant’s own people"),
        role="controller",
    ),
    Processing(
        key="synchronisation",
        title=Text("Abgleich", "Synchronisation"),
        purpose=Text(
            "Aufzeichnungen örtlicher Installationen zusammenführen",
            "Bring the records of local installations together",
        ),
        persons=("employees", "customers", "prospects"),
        categories=("name", "communication", "purchases", "photo"),
        basis="GDPR Art. 28",
        source=Text("die Installationen des Kunden", "the customer’s installations"),
        recipients=Text(
            "der Betreiber der Plattform und seine Unterauftragsverarbeiter",
            "the operator of the platform and its sub-processors",
        ),
        role="processor",
    ),
)
PERSONAL_DATA: Final = (*PAPERS, *ORDERS, *CLAIMS, *LICENCES)
WITHOUT_PERSONAL_DATA: Final = (
    "contracts.Addendum",
    "contracts.OfferDraftLine",
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
    "contracts.Outlook",
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
    "contracts.LicenceSigner",
    "contracts.LicenceKey",
    "contracts.HardwareDelivery",
    "contracts.HardwareItem",
    "contracts.HardwareStep",
    "contracts.ExtraFunction",
    "contracts.FunctionNotice",
    "contracts.OverloadCase",
    "contracts.OverloadMinute",
    "contracts.OverloadRule",
    "contracts.Release",
    "contracts.ReleaseCheck",
    "contracts.ReleaseFile",
    "contracts.ReleaseOffer",
    "contracts.RemovedFunction",
    "contracts.ServiceOrder",
    "contracts.ServicePerformance",
    "contracts.SyncBatch",
    "contracts.SyncInstallation",
)
