"""What letters may say about a case."""

from datetime import date
from typing import Final

from kontor.kernel.flow_parts import CASE
from kontor.kernel.merge_fields import MergeField, MergeSource
from kontor.office.flows.queries import letter_values, listed
from kontor.rulebook.ruling import Text

LETTERS: Final = MergeSource(
    kind=CASE,
    fields=(
        MergeField("case.title", Text("Name des Falls", "Name of the case"), "Nele Brandt, Brandt Elektro"),
        MergeField("case.flow", Text("Ablauf", "Flow"), "Empfang eines Besuchs"),
        MergeField("case.email", Text("E-Mail der Person", "E-mail of the person"), "nele@brandt.example"),
        MergeField("case.begun", Text("Beginn", "Begun"), date(2026, 12, 1)),
        MergeField(
            "case.known",
            Text("Was bekannt ist: Liste mit label, value", "What is known: a list with label, value"),
            ({"label": "Wer besucht wird", "value": "Jonas Alder"},),
        ),
    ),
    listed=listed,
    values=letter_values,
)
