"""What questionnaires answer flows."""

from typing import Final

from kontor.kernel.flow_parts import FlowField, FlowGuard
from kontor.office.questionnaires.queries import asked, is_answered
from kontor.rulebook.ruling import Text


def _asked() -> list[tuple[str, Text]]:
    return [(str(row.pk), Text(row.title_de, row.title_en)) for row in asked()]


FLOW_GUARDS: Final = (
    FlowGuard(
        key="questionnaires.answered",
        label=Text("Ein Fragebogen ist beantwortet", "A questionnaire is answered"),
        fields=(
            FlowField(key="questionnaire", label=Text("Fragebogen", "Questionnaire"), choices=_asked),
            FlowField(
                key="days",
                label=Text("Höchstens vor so vielen Tagen", "At most so many days ago"),
                required=False,
                whole=True,
            ),
        ),
        judge=is_answered,
    ),
)
