"""Which printer prints what, what became of it, and where printers may stand at all."""

import ipaddress
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kontor.kernel.components import Badge
from kontor.office.terminals.models import Printer, PrintJob, Terminal
from kontor.rulebook.ruling import Text

State = PrintJob.State
_QUEUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
ERRORS: Final[Mapping[str, Any]] = {
    "unreachable": _("The printer does not answer. Is it switched on and in the network?"),
    "address": _("This installation reaches no printer at this address."),
    "broken_off": _("The connection broke off while the label was handed over. Look whether it came out."),
    "unfinished": _("The server stopped while the label was handed over. Look whether it came out."),
    "not_drawn": _("The label could not be drawn: it holds signs that our type does not have."),
    "no_print_system": _("The server has no print system (lp)."),
    "refused": _("The server’s print system refused the label."),
}
STATES: Final[Mapping[str, Badge]] = {
    State.WAITING: Badge(Text("wartet", "waiting"), "info"),
    State.SENDING: Badge(Text("wird gedruckt", "printing"), "info"),
    State.PRINTED: Badge(Text("gedruckt", "printed"), "good"),
    State.FAILED: Badge(Text("nicht gedruckt", "not printed"), "bad"),
    State.GONE: Badge(Text("nicht mehr nötig", "not needed any more")),
    State.UNKNOWN: Badge(Text("vielleicht gedruckt", "perhaps printed"), "warn"),
}


def networks() -> tuple[Any, ...]:
    """Return the networks in which this installation reaches printers (KONTOR_PRINTERS)."""
    return tuple(ipaddress.ip_network(each) for each in settings.KONTOR_PRINTERS if not each.startswith("lp:"))


def queues() -> tuple[str, ...]:
    """Return the queues of the server's print system that may be used (KONTOR_PRINTERS, "lp:name")."""
    named = (each.removeprefix("lp:") for each in settings.KONTOR_PRINTERS if each.startswith("lp:"))
    return tuple(each for each in named if _QUEUE.fullmatch(each))


def is_reachable(host: str) -> bool:
    """Tell whether an address (no name: what a name means can change) lies in one of the networks."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks())


def printer_for(site: uuid.UUID, terminal: uuid.UUID | None) -> Printer | None:
    """Return what prints for a terminal, the site's first where it names none or nobody stands at one."""
    own = Terminal.objects.filter(pk=terminal).values_list("printer", flat=True).first() if terminal else None
    rows = Printer.objects.filter(removed_at=None)
    return rows.filter(pk=own).first() if own else rows.filter(site=site, first=True).first()


def newest_about(drawn_by: str, about: Collection[uuid.UUID]) -> dict[uuid.UUID, PrintJob]:
    """Return the newest job about each of these; one query."""
    rows = PrintJob.objects.filter(drawn_by=drawn_by, about__in=about).select_related("printer").order_by("copy")
    return {row.about: row for row in rows}


@dataclass(frozen=True, slots=True)
class Printing:
    """What became of the newest label about something: by which printer, how it stands, and what went wrong if any."""

    printer: str
    state: Badge
    error: Any


def printings(drawn_by: str, about: Collection[uuid.UUID]) -> dict[uuid.UUID, Printing]:
    """Return what became of the newest label about each of these; one query."""
    found = newest_about(drawn_by, about)
    return {
        key: Printing(job.printer.name, STATES[State(job.state)], ERRORS.get(job.error, ""))
        for key, job in found.items()
    }
