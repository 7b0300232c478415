"""Which tables of service levels hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="service_levels",
        title=Text("Verfügbarkeit", "Availability"),
        purpose=Text("Verfügbarkeit nachweisen und Gutschriften gewähren", "Prove availability and grant credits"),
        persons=("customers", "contacts", "employees"),
        categories=("name", "communication"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("der Kunde und die eigene Überwachung", "the customer and our own monitoring"),
        recipients=Text("die andere Vertragspartei", "the other party to the contract"),
        role="controller",
    ),
)
PERSONAL_DATA: Final = (
    PersonalData(
        model="service_levels.CreditClaim",
        about=Text("wer sie verlangt", "who claims"),
        clause="GDPR Art. 6 (1) (b)",
        processing="service_levels",
        kept="business_letter",
        people=("filed_by",),
        personal=("customer_name", "told", "filed_by"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="service_levels.ClaimDecision",
        about=Text("wer entschied", "who decided"),
        clause="GDPR Art. 6 (1) (b)",
        processing="service_levels",
        kept="business_letter",
        people=("decided_by",),
        personal=("reasons", "decided_by"),
        on_erasure="keep",
        ground="business_letter",
        categories={"reasons": "communication"},
    ),
    PersonalData(
        model="service_levels.AvailabilityStatement",
        about=Text("Name des Kunden", "customer's name"),
        clause="GDPR Art. 6 (1) (b)",
        processing="service_levels",
        kept="business_letter",
        people=(),
        personal=("customer_name",),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="service_levels.StatementHandOver",
        about=Text("wer den Bericht bekam", "who got the report"),
        clause="GDPR Art. 6 (1) (b)",
        processing="service_levels",
        kept="business_letter",
        people=("given_to",),
        personal=("given_to",),
        on_erasure="keep",
        ground="business_letter",
        categories={"given_to": "communication"},
    ),
    PersonalData(
        model="service_levels.StatusSubscription",
        about=Text("Adresse, die Nachricht bekommt", "address that is told"),
        clause="GDPR Art. 6 (1) (a)",
        processing="service_levels",
        kept="with_tenant",
        people=("email",),
        personal=("email",),
        on_erasure="delete",
    ),
)
WITHOUT_PERSONAL_DATA: Final = (
    "service_levels.Component",
    "service_levels.Maintenance",
    "service_levels.MaintenanceComponent",
    "service_levels.Outage",
    "service_levels.OutageComponent",
    "service_levels.OutageContract",
    "service_levels.OutageExcuse",
    "service_levels.OutageNote",
    "service_levels.Probe",
    "service_levels.ProbePlace",
    "service_levels.ProbeResult",
    "service_levels.StateInterval",
    "service_levels.MendingPeriod",
    "service_levels.RawControl",
    "service_levels.Reminder",
    "service_levels.StatusDelivery",
    "service_levels.StatusNews",
)
