"""Devices at a site, how each came to it, and the printers that stand beside them."""

from kontor.office.terminals.models.devices import Pairing, Terminal
from kontor.office.terminals.models.printing import Printer, PrintJob

__all__ = ["Pairing", "PrintJob", "Printer", "Terminal"]
