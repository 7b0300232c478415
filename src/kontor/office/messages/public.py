"""What other apps may do with mail: send what a contract counts. Mail that counts nothing goes by the kernel."""

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

__all__ = [
    "MAILINGS",
    "SERVICE_MAILS",
    "VISITORS",
    "end_mailing",
    "handle_service_mail",
    "note_visitor",
    "promise_mailing",
    "send_mailing",
]
