"""Which tables of questionnaires hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="questionnaires",
        title=Text("Fragebögen", "Questionnaires"),
        purpose=Text(
            "Menschen fragen, was ihr Besuch oder Vorgang braucht, und belegen, was sie antworteten",
            "Ask people what their visit or case needs, and prove what they answered",
        ),
        persons=("contacts", "customers"),
        categories=("name", "communication", "photo"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("die Person selbst", "the person"),
        recipients=Text("wer Antworten lesen darf", "whoever may read answers"),
        role="processor",
    ),
)
PERSONAL_DATA: Final = (
    PersonalData(
        model="questionnaires.AnswerSheet",
        about=Text("wer geantwortet hat", "who answered"),
        clause="GDPR Art. 6 (1) (b)",
        processing="questionnaires",
        kept="with_tenant",
        people=("email",),
        personal=("answers", "email", "by_name"),
        on_erasure="delete",
        categories={"answers": "communication", "by_name": "name"},
    ),
    PersonalData(
        model="questionnaires.AnswerPicture",
        about=Text("wer unterschrieben hat oder fotografiert wurde", "who signed or was photographed"),
        clause="GDPR Art. 6 (1) (b)",
        processing="questionnaires",
        kept="with_tenant",
        people=("sheet__email",),
        personal=("blob",),
        on_erasure="delete",
        categories={"blob": "photo"},
    ),
    PersonalData(
        model="questionnaires.Safeguard",
        about=Text("wer Schutzmaßnahmen schrieb und genehmigte", "who wrote and approved safeguards"),
        clause="GDPR Art. 5 (2), Art. 9",
        processing="questionnaires",
        kept="with_tenant",
        people=(),
        personal=("recorded_by", "approved_by"),
        on_erasure="mask",
        categories={"recorded_by": "name", "approved_by": "name"},
    ),
)
WITHOUT_PERSONAL_DATA: Final = ("questionnaires.Questionnaire", "questionnaires.Version")
