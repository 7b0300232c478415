"""
How printers are spoken to: bytes over TCP for ZPL and Brother's raster, the server's print system for a PDF.

What is handed over in part does not print: ZPL prints at its last command (^XZ), Brother's raster at its last byte. So
a connection that cannot be made is safe to try again, and one that breaks off afterwards is not.
"""

import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from kontor.office.terminals.formats.label_pdf import label_pdf
from kontor.office.terminals.formats.label_raster import raster
from kontor.office.terminals.formats.label_zpl import zpl
from kontor.office.terminals.formats.labels import Label
from kontor.office.terminals.models import Printer
from kontor.office.terminals.queries.printing import is_reachable, queues

SECONDS: Final = 10.0
SETTLES: Final = 1.0


class NotPrintedError(Exception):
    """
    A label that did not come out, as far as anybody knows.

    problem  key of queries.printing.ERRORS
    perhaps  it may have come out all the same, so that nobody tries again by themselves
    """

    def __init__(self, problem: str, *, perhaps: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.perhaps = problem, perhaps


def hand_over(printer: Printer, label: Label, *, title: str, at: datetime) -> None:
    """Give a label to a printer; NotPrintedError says why it did not take it."""
    if printer.kind == Printer.Kind.SYSTEM:
        _to_system(printer.queue, label_pdf(label, title, at=at))
    elif printer.kind == Printer.Kind.BROTHER:
        _over_tcp(printer.host, printer.port, raster(label))
    else:
        _over_tcp(printer.host, printer.port, zpl(label, printer.per_mm))  # type: ignore[arg-type]


def _over_tcp(host: str, port: int, content: bytes) -> None:
    if not is_reachable(host):
        raise NotPrintedError("address")
    try:
        connection = socket.create_connection((host, port), timeout=SECONDS)
    except OSError as error:
        raise NotPrintedError("unreachable") from error
    with connection:
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:  # a timeout, too: it stopped taking
            raise NotPrintedError("broken_off", perhaps=True) from error
        connection.settimeout(SETTLES)
        with suppress(OSError):  # it took every byte; some close then, some say a byte of their state, some say nothing
            connection.recv(1)


def _to_system(queue: str, content: bytes) -> None:
    if queue not in queues():
        raise NotPrintedError("address")
    program = shutil.which("lp")
    if program is None:
        raise NotPrintedError("no_print_system")
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "label.pdf"
        paper.write_bytes(content)
        call = [program, "-d", queue, "-t", "Kontor", "--", str(paper)]
        try:
            done = subprocess.run(call, capture_output=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise NotPrintedError("broken_off", perhaps=True) from error
    if done.returncode:
        raise NotPrintedError("refused")
