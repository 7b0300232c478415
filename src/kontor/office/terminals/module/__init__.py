"""All that the rest of the product knows about terminals."""

from kontor.kernel.devices import TerminalPage
from kontor.kernel.registry import EventKind, Module, NavItem, Permission, register
from kontor.rulebook.ruling import Text

register(
    Module(
        key="terminals",
        title=Text("Terminals", "Terminals"),
        opened_by=frozenset({"visitors", "signage", "wayfinding", "calls", "venue", "timing"}),
        urls="kontor.office.terminals.urls",
        navigation=(
            NavItem(
                label=Text("Terminals", "Terminals"),
                url_name="terminals:terminals",
                permission="terminals.see",
                icon="device-tablet",
                group="settings",
                order=15,
            ),
        ),
        permissions=(
            Permission("terminals.see", Text("Terminals sehen", "See terminals")),
            Permission("terminals.set_up", Text("Terminals koppeln und einrichten", "Pair and set up terminals")),
        ),
        terminal_pages=(
            TerminalPage("terminals.standby", Text("Begrüßung mit Uhr", "Greeting with a clock"), "terminals:standby"),
        ),
        events=(EventKind("terminals.not_printed", Text("Ein Etikett kam nicht heraus", "A label did not come out")),),
        without_personal_data=(
            "terminals.Terminal",
            "terminals.Pairing",
            "terminals.Printer",
            "terminals.PrintJob",
        ),
    )
)
