"""Which tables of flows hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.rulebook.ruling import Text

_ABOUT: Final = Text("um wen es in einem Fall geht", "whom a case is about")

PROCESSINGS: Final = (
    Processing(
        key="flows",
        title=Text("Abläufe und Fälle", "Flows and cases"),
        purpose=Text(
            "Vorgänge Schritt für Schritt führen und belegen, was wann durch wen geschah",
            "Lead cases step by step and prove what happened when and by whom",
        ),
        persons=("contacts", "customers"),
        categories=("name", "communication"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("die Person selbst und wer den Fall bearbeitet", "the person and whoever works on the case"),
        recipients=Text("wer an Fällen arbeiten darf", "whoever may work on cases"),
        role="processor",
    ),
)
PERSONAL_DATA: Final = (
    PersonalData(
        model="flows.Case",
        about=_ABOUT,
        clause="GDPR Art. 6 (1) (b)",
        processing="flows",
        kept="with_tenant",
        people=("email",),
        personal=("title", "email", "values"),
        on_erasure="delete",
        categories={"title": "name", "values": "communication"},
    ),
    PersonalData(
        model="flows.CaseEvent",
        about=_ABOUT,
        clause="GDPR Art. 6 (1) (b)",
        processing="flows",
        kept="with_tenant",
        people=("case__email",),
        personal=("told", "by_name"),
        on_erasure="delete",
        categories={"told": "communication", "by_name": "name"},
    ),
    PersonalData(
        model="flows.CaseEffect",
        about=_ABOUT,
        clause="GDPR Art. 6 (1) (b)",
        processing="flows",
        kept="with_tenant",
        people=("case__email",),
        personal=("told",),
        on_erasure="delete",
        categories={"told": "communication"},
    ),
)
WITHOUT_PERSONAL_DATA: Final = ("flows.Flow", "flows.Version")
