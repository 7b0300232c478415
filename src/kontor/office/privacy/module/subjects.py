"""What the tables of data subjects' requests and of auditors hold of people."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

SUBJECTS: Final[tuple[PersonalData, ...]] = (
    PersonalData(
        model="privacy.SubjectRequest",
        about=Text("wer nach den eigenen Daten fragt", "who asks about their own data"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="business_letter",
        people=("person", "email"),
        personal=("name", "email", "person", "words", "doubts", "extended_because", "authorised_by"),
        on_erasure="keep",
        ground="business_letter",
        categories={"doubts": "communication", "extended_because": "communication", "authorised_by": "name"},
    ),
    PersonalData(
        model="privacy.SubjectStep",
        about=Text("wer nach den eigenen Daten fragt und wer antwortet", "who asks about their own data, who answers"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="business_letter",
        people=("request__person", "request__email"),
        personal=("text", "by_name"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="privacy.SubjectForward",
        about=Text("wessen Anfrage weitergeleitet wurde", "whose request was forwarded"),
        clause="GDPR Art. 28 (3) e",
        processing="privacy",
        kept="business_letter",
        people=("email",),
        personal=("name", "email", "words"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="privacy.SubjectMark",
        about=Text("wessen Daten eingeschränkt sind, wer widersprach", "whose data is restricted, who objected"),
        clause="GDPR Art. 18, Art. 21",
        processing="privacy",
        kept="business_letter",
        people=("person", "email"),
        personal=("name", "email", "person"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="privacy.AuditRequest",
        about=Text("wer eine Prüfung verlangte", "who asked for an audit"),
        clause="GDPR Art. 28 (3) h",
        processing="privacy",
        kept="business_letter",
        people=("asked_by",),
        personal=("asked_by", "result"),
        on_erasure="keep",
        ground="business_letter",
        categories={"result": "communication"},
    ),
    PersonalData(
        model="privacy.AuditVisit",
        about=Text("wer prüfte, und wer einließ", "who audited, and who let them in"),
        clause="GDPR Art. 28 (3) h",
        processing="privacy",
        kept="business_letter",
        people=("email",),
        personal=("name", "email", "company", "announced_by", "ended_by"),
        on_erasure="keep",
        ground="business_letter",
        categories={"announced_by": "name", "ended_by": "name"},
    ),
)
