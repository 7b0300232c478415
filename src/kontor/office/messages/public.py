"""What other apps may do with mail: send what a contract counts, read what comes in. The rest goes by the kernel."""

from datetime import datetime

from kontor.kernel.hostile import WITHHELD, danger_of
from kontor.office.messages.actions.metered import (
    MAILINGS,
    SERVICE_MAILS,
    VISITORS,
    end_mailing,
    handle_service_mail,
    note_visitor,
    promise_mailing,
    send_mailing,
)
from kontor.office.messages.actions.reports import take_report as note_report
from kontor.office.messages.formats.inbound import Attachment, Inbound, read_mail

__all__ = [
    "MAILINGS",
    "SERVICE_MAILS",
    "VISITORS",
    "WITHHELD",
    "Attachment",
    "Inbound",
    "danger_of",
    "end_mailing",
    "handle_service_mail",
    "note_visitor",
    "promise_mailing",
    "read_mail",
    "send_mailing",
    "take_report",
]


def take_report(raw: bytes, *, at: datetime) -> int:
    """Note from a delivery report which addresses cannot be reached, and return how many; 0 for any other mail."""
    return len(note_report(raw, at=at))
