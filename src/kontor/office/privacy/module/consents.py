"""What the tables of notices and consents hold of people."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

CONSENTS: Final = (
    PersonalData(
        model="privacy.ConsentStep",
        about=Text("wer wem wann Post erlaubt hat, und wann nicht mehr", "who allowed mail when, and when no longer"),
        clause="GDPR Art. 7 (1)",
        processing="consents",
        kept="with_tenant",
        people=("email",),
        personal=("email", "address", "client", "by_name"),
        on_erasure="delete",
    ),
    PersonalData(
        model="privacy.NoticeDetails",
        about=Text("wer für die Verarbeitung einsteht", "who answers for the processing"),
        clause="GDPR Art. 13 (1)",
        processing="privacy",
        kept="with_tenant",
        people=(),
        personal=("name", "email", "officer"),
        on_erasure="keep",
        ground="business_letter",
        categories={"officer": "name"},
    ),
)
