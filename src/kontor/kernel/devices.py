"""What a module says of devices: the pages that a paired one may show, and those that its tenant was delivered."""

from dataclasses import dataclass

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class TerminalPage:
    """
    A page that a terminal may show: its key, "visitors.check_in", what it is called, and where it is.

    Its view is `terminals.public.on_terminal`: it answers paired devices alone, as their tenant and at their site.
    """

    key: str
    label: Text
    url_name: str


@dataclass(frozen=True, slots=True)
class Device:
    """A device that the current tenant was delivered: its serial number, what it is, and the page about it."""

    serial: str
    name: str
    url: str
