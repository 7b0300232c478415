"""What the tables of erasures and holds hold of people."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

ERASURES: Final[tuple[PersonalData, ...]] = (
    PersonalData(
        model="privacy.Erasure",
        about=Text("Wem die Löschung bescheinigt wird", "To whom an erasure is certified"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="business_letter",
        people=(),
        personal=("name", "told"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="privacy.KeepingRule",
        about=Text("Wer festlegte, wie lange etwas bleibt", "Who settled how long something stays"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="with_tenant",
        people=("made_by",),
        personal=("made_by",),
        on_erasure="mask",
    ),
    PersonalData(
        model="privacy.Hold",
        about=Text("Wer eine Sperre gesetzt und aufgehoben hat", "Who laid and lifted a hold"),
        clause="GDPR Art. 5 (2)",
        processing="privacy",
        kept="business_letter",
        people=("made_by", "lifted_by"),
        personal=("made_by", "lifted_by", "reason"),
        on_erasure="keep",
        ground="business_letter",
    ),
)
