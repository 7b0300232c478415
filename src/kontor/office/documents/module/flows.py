"""What documents do for flows."""

from typing import Final

from kontor.kernel.flow_parts import FlowEffect, FlowField, FlowGuard
from kontor.office.documents.actions import flow_letters
from kontor.office.documents.models import Template
from kontor.office.documents.queries.store import record_kinds
from kontor.rulebook.ruling import Text


def _templates() -> list[tuple[str, Text]]:
    kinds = record_kinds()
    rows = Template.objects.filter(document__binned_at=None, kind__in=kinds).select_related("document")
    return [
        (
            str(row.pk),
            Text(
                f"{row.document.title} ({kinds[row.kind].label.de}, {row.language})",
                f"{row.document.title} ({kinds[row.kind].label.en}, {row.language})",
            ),
        )
        for row in rows.order_by("document__title", "pk")
    ]


FLOW_EFFECTS: Final = (
    FlowEffect(
        key="documents.create",
        kind="document",
        label=Text("Dokument aus einer Vorlage ablegen", "File a document from a template"),
        fields=(FlowField(key="template", label=Text("Vorlage", "Template"), choices=_templates),),
        carry_out=flow_letters.create,
    ),
)
FLOW_GUARDS: Final = (
    FlowGuard(
        key="documents.filed",
        label=Text("Ein Dokument ist abgelegt", "A document is filed"),
        fields=(
            FlowField(key="title", label=Text("Sein Titel beginnt mit", "Its title begins with")),
            FlowField(
                key="days",
                label=Text("Höchstens so viele Tage alt", "At most so many days old"),
                required=False,
                whole=True,
            ),
        ),
        judge=flow_letters.is_filed,
    ),
)
