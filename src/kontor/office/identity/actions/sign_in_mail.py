"""Mail about signing in. People are global, mail is a tenant's: one the person works for sends it, else the house."""

from datetime import datetime

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.identity.queries import tenants_of


def send_sign_in_mail(user: User | None, *, to: str, subject: str, text: str, at: datetime) -> OutgoingMail | None:
    """
    Write a mail to somebody who is not signed in; None where there is no tenant yet that could send it.

    user  None for an address that nobody signs in with
    """
    works_for = tenants_of(user.pk, at=at) if user is not None else []
    sender = works_for[0] if works_for else Tenant.objects.filter(is_house=True).first()
    if sender is None:
        return None
    with as_tenant(sender.pk):
        return send_mail(to=to, to_name=user.name if user else "", subject=subject, text=text, at=at)
