"""What is done with printers in the background."""

import uuid
from datetime import datetime

from django.utils import timezone

from kontor.kernel.background import WRITING, outside_job
from kontor.kernel.tenancy import as_tenant
from kontor.office.terminals.actions import printing
from kontor.office.terminals.actions.speaking import NotPrintedError, hand_over
from kontor.office.terminals.formats.drawing import drawn, draws
from kontor.office.terminals.formats.labels import Label, Words
from kontor.office.terminals.models import Printer
from kontor.rulebook.refusal import RefusalError

TEST = "terminals.test"


@outside_job(printing.PRINT, patience=WRITING)
def print_label(*, tenant_id: uuid.UUID, at: datetime, job: str) -> None:
    """
    Draw a label and hand it to its printer.

    Killed while it hands over, the job is found begun two minutes later and shown as perhaps printed.
    """
    job_id = uuid.UUID(job)
    with as_tenant(tenant_id):
        begun = printing.begin(job_id, at=at)
        if begun is None:
            return
        try:
            shown = drawn(begun.drawn_by, begun.about, at=at)
        except RefusalError:
            printing.end(job_id, NotPrintedError("not_drawn"), at=at)
            return
        if shown is None:
            printing.give_up(job_id, at=at)
            return
    problem = None
    try:
        hand_over(begun.printer, shown[0], title=shown[1], at=at)
    except NotPrintedError as error:
        problem = error
    except RefusalError:
        problem = NotPrintedError("not_drawn")
    with as_tenant(tenant_id):
        printing.end(job_id, problem, at=timezone.now())


@draws(TEST)
def test_label(about: uuid.UUID, *, at: datetime) -> tuple[Label, str] | None:
    """Draw what a printer's test shows: its name, its site and the moment."""
    row = Printer.objects.select_related("site").filter(pk=about, removed_at=None).first()
    if row is None:
        return None
    lines = (row.name, row.site.name, f"{at:%Y-%m-%d %H:%M} UTC")
    words = tuple(
        Words(x=4, y=6 + 12 * place, width=54, size=7, text=line, bold=not place) for place, line in enumerate(lines)
    )
    return Label(width=62, height=100, pieces=words), row.name
