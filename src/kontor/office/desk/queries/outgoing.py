"""Trying the tenant's own mail server, without sending anything."""

import smtplib

from kontor.kernel.models import Sender, Tenant
from kontor.kernel.queries.senders import server_of
from kontor.kernel.reaching import signed_in
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.queries.explaining import explained

SUBMISSION_TLS = 465  # RFC 8314, 3.3


def try_server(row: Sender) -> None:
    """Sign in to a sender's own mail server and leave again; LetterboxError says what came back."""
    try:
        with signed_in(server_of(row, inner=is_house_here())) as smtp:
            smtp.noop()
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise explained(error, host=row.host, port=row.port, user=row.user, tls_port=SUBMISSION_TLS) from error


def is_house_here() -> bool:
    """Tell whether the current tenant runs the installation, whose servers may stand in an inner network."""
    return Tenant.objects.filter(pk=current_tenant(), is_house=True).exists()
