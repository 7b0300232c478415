"""What the tables of open claims say about people."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

CLAIMS: Final = (
    PersonalData(
        model="contracts.Claim",
        about=Text("Schuldner", "debtors"),
        clause="GDPR Art. 6 (1) (b)",
        processing="claims",
        kept="invoice",
        people=("invoice__party__email",),
        personal=("dispute", "figures"),
        on_erasure="keep",
        ground="invoice",
    ),
    PersonalData(
        model="contracts.CloseResult",
        about=Text("Schuldner", "debtors"),
        clause="GDPR Art. 6 (1) (b)",
        processing="claims",
        kept="books",
        people=("customer",),
        personal=("customer",),
        on_erasure="keep",
        ground="books",
    ),
    PersonalData(
        model="contracts.ClaimLetter",
        about=Text("Schuldner", "debtors"),
        clause="GDPR Art. 6 (1) (b)",
        processing="claims",
        kept="business_letter",
        people=("claim__invoice__party__email",),
        personal=("proof", "file_id"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="contracts.PaymentPlan",
        about=Text("Schuldner", "debtors"),
        clause="GDPR Art. 6 (1) (b)",
        processing="claims",
        kept="business_letter",
        people=("claim__invoice__party__email",),
        personal=("note", "instalments"),
        on_erasure="keep",
        ground="business_letter",
    ),
)
