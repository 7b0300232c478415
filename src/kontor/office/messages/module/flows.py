"""What messages do for flows."""

from typing import Final

from kontor.kernel.flow_parts import FlowEffect, FlowField
from kontor.kernel.models import Role
from kontor.office.messages.actions import flow_mail
from kontor.rulebook.ruling import Text


def _roles() -> list[tuple[str, Text]]:
    return [(str(row.pk), Text(row.name, row.name)) for row in Role.objects.order_by("name")]


def _languages() -> list[tuple[str, Text]]:
    return [("de", Text("Deutsch", "German")), ("en", Text("Englisch", "English"))]


FLOW_EFFECTS: Final = (
    FlowEffect(
        key="messages.send",
        kind="message",
        label=Text("E-Mail senden", "Send an e-mail"),
        fields=(
            FlowField(key="to", label=Text("An diese Adresse", "To this address"), required=False),
            FlowField(
                key="role",
                label=Text("An alle mit dieser Rolle", "To everybody with this role"),
                required=False,
                choices=_roles,
            ),
            FlowField(
                key="language",
                label=Text("Sprache, wo der Empfänger keine hat", "Language where the receiver has none"),
                choices=_languages,
            ),
            FlowField(key="subject_de", label=Text("Betreff auf Deutsch", "Subject in German")),
            FlowField(key="text_de", label=Text("Text auf Deutsch", "Text in German"), long=True),
            FlowField(key="subject_en", label=Text("Betreff auf Englisch", "Subject in English")),
            FlowField(key="text_en", label=Text("Text auf Englisch", "Text in English"), long=True),
        ),
        carry_out=flow_mail.send,
    ),
)
