"""Naming who speaks for a customer towards support (crm, section 6)."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.rows import TenantOwned
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import SupportContact, Ticket
from kontor.office.desk.queries.speakers import contact_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.support_contact import contact_needed, speaks_for_support


@transaction.atomic
def name_contact(
    contract: TenantOwned,
    *,
    name: str,
    email: str,
    users: int,
    by: str,
    at: datetime,
    actor: Actor,  # noqa: ARG001  one shape for all
) -> SupportContact:
    """
    Take whom a customer named for support under a contract: from now on others' requests go through them.

    users  how many are active there. RefusalError under terms that know no such contact, or a contract that has ended.
    """
    under = contracts.served(contract.pk, at=at)
    if not under.running or not speaks_for_support(under.pack):
        raise RefusalError(Text("Dieser Vertrag kennt keine solche Person.", "This contract knows no such person."))
    before = contact_of(under.id)
    ruling = store_ruling(
        contact_needed(under.pack, users), question="desk.support_contact", pack=under.pack.key,
        version=under.pack.version, customer_tenant=under.customer_tenant, at=at,
    )  # fmt: skip
    return SupportContact.objects.create(
        contract_id=under.id, customer_tenant_id=under.customer_tenant, number=before.number + 1 if before else 1,
        name=name, email=email, by=by, ruling=ruling, at=at,
    )  # fmt: skip


def ask_speakers(ticket: Ticket, addresses: frozenset[str], *, at: datetime) -> None:
    """Tell those who speak for a customer that somebody's request waits for them."""
    for address in sorted(addresses):
        with translation.override(ticket.language):
            subject = gettext("A request waits for you: %(subject)s") % {"subject": ticket.subject}
            text = gettext(
                "%(name)s asked for help: “%(subject)s” (%(number)s). You speak for your company towards support; the "
                "request begins once you confirm it:\n\n%(link)s"
            ) % {
                "name": ticket.requester_name, "subject": ticket.subject, "number": ticket.name,
                "link": absolute("desk:own-ticket", ticket.pk),
            }  # fmt: skip
        send_mail(to=address, to_name="", subject=subject, text=text, about=ticket, at=at)
