"""Which tables of the work on requests hold personal data, and for what."""

from typing import Any, Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

_SUPPORT: Final[dict[str, Any]] = {
    "clause": "GDPR Art. 6 (1) (b)",
    "processing": "support",
    "kept": "business_letter",
}
_KEPT: Final[dict[str, Any]] = _SUPPORT | {"on_erasure": "keep", "ground": "business_letter"}
WORKING: Final = (
    PersonalData(
        model="desk.TicketLink", about=Text("wer verknüpfte", "who linked it"), people=("by",), personal=("by",),
        on_erasure="mask", **_SUPPORT,
    ),
    PersonalData(
        model="desk.DefectPeriod", about=Text("wer eine Frist setzte", "who set a period"), people=("by",),
        personal=("by", "words"), shared=True, **_KEPT,
    ),
    PersonalData(
        model="desk.DefectAnswer", about=Text("wer antwortete", "who answered"), people=("by",),
        personal=("by", "words"), **_KEPT,
    ),
    PersonalData(
        model="desk.HelpPlan", about=Text("wer helfen wird", "who is to help"), people=("agent",),
        personal=("agent", "told"), shared=True, categories={"agent": "name"}, **_KEPT,
    ),
    PersonalData(
        model="desk.HelpAnswer", about=Text("wer einwilligte", "who consented"), people=("by",), personal=("by",),
        **_KEPT,
    ),
    PersonalData(
        model="desk.HelpGiven", about=Text("wer geholfen hat", "who helped"), people=("agent",),
        personal=("agent", "words"), shared=True, categories={"agent": "name"}, **_KEPT,
    ),
    PersonalData(
        model="desk.TrialAnswer", about=Text("wer etwas erprobte", "who tried it"), people=("by",), personal=("by",),
        **_KEPT,
    ),
    PersonalData(
        model="desk.FaultEntry", about=Text("wer eine Störung notierte", "who noted a fault"), people=("by",),
        personal=("by", "text"), on_erasure="mask", shared=True, **_SUPPORT,
    ),
    PersonalData(
        model="desk.FaultAddition", about=Text("wer etwas ergänzte", "who added to it"), people=("by",),
        personal=("by", "text"), shared=True, **_KEPT,
    ),
    PersonalData(
        model="desk.SupportContact", about=Text("wer für einen Kunden spricht", "who speaks for a customer"),
        people=("email", "by"), personal=("name", "email", "by"), **_KEPT,
    ),
    PersonalData(
        model="desk.SavedView", about=Text("wessen Ansicht es ist", "whose view it is"), people=("user",),
        personal=("user", "owner", "title"), on_erasure="delete",
        categories={"owner": "name", "title": "communication"}, **_SUPPORT | {"kept": "with_person"},
    ),
)  # fmt: skip
NOTHING_PERSONAL: Final = (
    "desk.Problem",
    "desk.Defect",
    "desk.DefectReduction",
    "desk.SolutionTrial",
)
