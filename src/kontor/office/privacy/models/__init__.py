"""What privacy remembers."""

from kontor.office.privacy.models.agreements import (
    Accession,
    AgreementSignature,
    Instruction,
    ProcessingAgreement,
    Suspension,
)
from kontor.office.privacy.models.backups import BackupRun, Rehearsal, ResourceReading
from kontor.office.privacy.models.breaches import Breach, BreachFact, BreachNotice
from kontor.office.privacy.models.complaints import Complaint
from kontor.office.privacy.models.consents import ConsentStep, ConsentText, Suppression
from kontor.office.privacy.models.cookies import CookieChoice, CookieText, PageView
from kontor.office.privacy.models.disclosures import Disclosure
from kontor.office.privacy.models.erasures import Deletion, Erasure, Hold
from kontor.office.privacy.models.exports import Export, ExportEntry
from kontor.office.privacy.models.notice import NoticeDetails
from kontor.office.privacy.models.register import MeasureReview, RecordEdition
from kontor.office.privacy.models.retention import KeepingRule, PersonErasure, Restriction, RetentionNight
from kontor.office.privacy.models.statements import Declaration, Statement
from kontor.office.privacy.models.subjects import (
    AuditRequest,
    AuditVisit,
    SubjectForward,
    SubjectMark,
    SubjectRequest,
    SubjectStep,
)
from kontor.office.privacy.models.subprocessors import Subprocessor, SubprocessorNotice

__all__ = [
    "Accession",
    "AgreementSignature",
    "AuditRequest",
    "AuditVisit",
    "BackupRun",
    "Breach",
    "BreachFact",
    "BreachNotice",
    "Complaint",
    "ConsentStep",
    "ConsentText",
    "CookieChoice",
    "CookieText",
    "Declaration",
    "Deletion",
    "Disclosure",
    "Erasure",
    "Export",
    "ExportEntry",
    "Hold",
    "Instruction",
    "KeepingRule",
    "MeasureReview",
    "NoticeDetails",
    "PageView",
    "PersonErasure",
    "ProcessingAgreement",
    "RecordEdition",
    "Rehearsal",
    "ResourceReading",
    "Restriction",
    "RetentionNight",
    "Statement",
    "SubjectForward",
    "SubjectMark",
    "SubjectRequest",
    "SubjectStep",
    "Subprocessor",
    "SubprocessorNotice",
    "Suppression",
    "Suspension",
]
