"""What flows bring about by themselves: events, and what a webhook carries out where no driver does."""

from typing import Final

from kontor.kernel.flow_parts import FlowEffect, FlowField
from kontor.kernel.registry import EventKind
from kontor.office.flows.actions import outside
from kontor.office.flows.actions.effects import raise_event
from kontor.rulebook.ruling import Text

EVENTS: Final = (
    EventKind("flows.case_changed", Text("Mit einem Fall ist etwas geschehen", "Something happened to a case")),
    EventKind("flows.raised", Text("Ein Ablauf hat ein Ereignis gemeldet", "A flow raised an event")),
    EventKind(outside.DOOR, Text("Ein Ablauf will eine Tür öffnen", "A flow wants a door opened")),
    EventKind(outside.PRINT, Text("Ein Ablauf will etwas drucken", "A flow wants something printed")),
    EventKind(outside.CALL, Text("Ein Ablauf will anrufen", "A flow wants a call begun")),
)
FLOW_EFFECTS: Final = (
    FlowEffect(
        key="flows.raise",
        kind="event",
        label=Text("Ereignis melden", "Raise an event"),
        fields=(
            FlowField(
                key="name",
                label=Text(
                    "Name des Ereignisses (ohne Leerzeichen, damit auch Webhooks ihn tragen)",
                    "Name of the event (without spaces, so that webhooks carry it too)",
                ),
            ),
        ),
        carry_out=raise_event,
    ),
    FlowEffect(
        key="flows.open_door",
        kind="door",
        label=Text("Tür öffnen (über Webhook)", "Open a door (by webhook)"),
        fields=(FlowField(key="door", label=Text("Tür, wie Ihr System sie nennt", "Door, as your system calls it")),),
        carry_out=outside.open_door,
    ),
    FlowEffect(
        key="flows.print",
        kind="print",
        label=Text("Drucken (über Webhook)", "Print (by webhook)"),
        fields=(
            FlowField(
                key="printer", label=Text("Drucker, wie Ihr System ihn nennt", "Printer, as your system calls it")
            ),
            FlowField(
                key="template", label=Text("Vorlage, wie Ihr System sie nennt", "Template, as your system calls it")
            ),
        ),
        carry_out=outside.print_out,
    ),
    FlowEffect(
        key="flows.call",
        kind="call",
        label=Text("Anruf beginnen (über Webhook)", "Start a call (by webhook)"),
        fields=(FlowField(key="number", label=Text("Nummer oder Durchwahl", "Number or extension")),),
        carry_out=outside.begin_call,
    ),
)
