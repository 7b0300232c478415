"""Tenants with people in them, and browsers in which they are signed in."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.test import Client
from django.utils import timezone

from kontor.kernel.actions.rights import Grant, add_member, grant, make_role
from kontor.kernel.actions.tenants import found_tenant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement, Membership, OutgoingMail, RecordEntry, Role, Tenant
from kontor.kernel.requests import PROVED_AT
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.training import Trained, note_training
from kontor.office.identity.models import User
from kontor.office.privacy.actions.statements import declare
from kontor.office.privacy.queries.statements import answers_of
from tests.factories import AT, PASSWORD, make_user


def make_tenant(name: str = "Alder", *, at: datetime = AT) -> Tenant:
    return found_tenant(name=name, at=at, actor=MACHINE)


def join(
    tenant: Tenant, user: User, *, role: str = "", permissions: Collection[str] = (), kind: str = "EMPLOYEE",
    at: datetime = AT,
) -> Membership:  # fmt: skip
    """Let a person in: as administrator, or with a role of that name that allows these permissions."""
    with as_tenant(tenant.pk):
        chosen = role_of(tenant, role, permissions, at=at) if role else Role.objects.get(everything=True)
        return add_member(user, kind=kind, roles=[chosen], at=at, actor=MACHINE)


def role_of(tenant: Tenant, name: str, permissions: Collection[str] = (), *, at: datetime = AT) -> Role:
    with as_tenant(tenant.pk):
        known = Role.objects.filter(name=name).first()
        return known or make_role(name=name, permissions=permissions, at=at, actor=MACHINE)


def order_seats(
    tenant: Tenant, quantity: int, *, from_on: date = date(2026, 1, 1), until_on: date | None = None,
    module: str = "platform",
) -> None:  # fmt: skip
    with as_tenant(tenant.pk):
        given = Grant(
            module=module, unit="USER", quantity=quantity, from_on=from_on, until_on=until_on, clause="3.2",
            reason_de="Vertrag", reason_en="Contract",
        )  # fmt: skip
        grant([given], contract=None, at=AT, actor=MACHINE)


def entitle(tenant: Tenant, module: str, *, from_on: date = date(2026, 1, 1), until_on: date | None = None) -> None:
    with as_tenant(tenant.pk):
        Entitlement.objects.create(
            module=module, from_on=from_on, until_on=until_on, clause="2.2", reason_de="", reason_en=""
        )


def administrator(tenant: Tenant, email: str = "jana@alder.example", name: str = "Jana Heitmann") -> User:
    user = make_user(email, name)
    join(tenant, user)
    return user


def browser(user: User, tenant: Tenant | None = None, *, undecided: bool = False) -> Client:
    """
    Return a browser in which a person is signed in and works for a tenant.

    undecided  the person has yet to say what only they can agree to; else they have refused all of it
    """
    client = visitor()
    client.force_login(user)
    session = client.session
    session[PROVED_AT] = timezone.now().isoformat()  # as if they had just typed their password
    if tenant is not None:
        session["tenant"] = str(tenant.pk)
        if not undecided:
            _refuse_everything(user, tenant)
    session.save()
    return client


def _refuse_everything(user: User, tenant: Tenant) -> None:
    with as_tenant(tenant.pk):
        asked = {answer.statement.pk: False for answer in answers_of(user.pk) if answer.said is None}
        if asked:
            declare(user.pk, asked, at=AT, actor=MACHINE)


def visitor() -> Client:
    """Return a browser that speaks English and in which nobody is signed in."""
    client = Client()
    client.cookies["kontor_language"] = "en"
    return client


def sign_in(client: Client, email: str, password: str = PASSWORD) -> object:
    return client.post("/sign-in/", {"login": email, "password": password}, follow=True)


def link_in(text: str) -> str:
    """Return the path of the one link in a mail."""
    (found,) = re.findall(r"https?://[^/\s]+(/\S+)", text)
    return str(found)


def mails(tenant: Tenant) -> list[OutgoingMail]:
    with as_tenant(tenant.pk):
        return list(OutgoingMail.objects.order_by("at", "id"))


def verbs(tenant: Tenant, about: object = None) -> list[str]:
    with as_tenant(tenant.pk):
        entries: Iterable[RecordEntry] = RecordEntry.objects.order_by("id")
        return [one.verb for one in entries if about is None or one.object_id == about.pk]  # type: ignore[attr-defined]


def train(tenant: Tenant, user: User, *, until: date = date(2099, 12, 31)) -> None:
    """Enter that somebody of the house was trained in data protection, so that they may look at customers."""
    told = Trained(held_on=date(2026, 1, 1), valid_until=until, evidence="Kurs Datenschutz, Akte 7")
    with as_tenant(tenant.pk):
        note_training(user, told, at=timezone.now(), actor=MACHINE)
