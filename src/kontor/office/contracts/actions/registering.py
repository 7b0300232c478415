"""Registering on the open page: the items that the terms name, and nothing begins before the address is proved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.suppressing import allow_again
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.links import absolute
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Registration, RegistrationActivation
from kontor.office.parties import public as parties
from kontor.rulebook import terms as packs
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import ToBeAgreed

LINK_HOLDS: Final = timedelta(days=7)
_AGAIN: Final = timedelta(days=1)  # until then an address gets no second link
_TYPED: Final = ("email", "last_name", "first_name", "address", "telephone")
_NOTED: Final = ("ip_address", "registered_at")
_SUBJECT: Final = Text("Bitte bestätigen Sie Ihre Registrierung", "Please confirm your registration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering:
    """What somebody types who registers."""

    email: str
    last_name: str
    first_name: str
    address: str
    telephone: str


def registers(pack: str) -> bool:
    """Tell whether a pack's terms know a registration whose items are the ones that are asked for here."""
    if pack not in packs.keys():  # noqa: SIM118  a function of the module
        return False
    known = packs.load(pack).privacy
    told = known.registration_fields if known else None
    if told is None or isinstance(told, ToBeAgreed):
        return False
    return {item.key for item in told.value} == {*_TYPED, *_NOTED}


@transaction.atomic
def register(pack: str, told: Registering, *, ip_address: str, language: str, at: datetime) -> Registration | None:
    """
    Keep a registration and mail the link that activates it, as the house.

    None where this address was sent a link within a day: the page says the same to everybody. RefusalError for terms
    without a registration; MailAddressError for what is no address.
    """
    if not registers(pack):
        raise RefusalError(Text("Diese Bedingungen kennen keine Registrierung.", "These terms know no registration."))
    check_address(told.email)
    email = told.email.strip().lower()
    if Registration.objects.filter(email=email, registered_at__gt=at - _AGAIN).exists():
        return None
    made = Registration.objects.create(
        email=email, last_name=told.last_name, first_name=told.first_name, address=told.address,
        telephone=told.telephone, ip_address=ip_address, registered_at=at,
    )  # fmt: skip
    allow_again(email)  # whoever was erased once and comes back by themselves is written to
    secret = credentials.issue(_scope(pack), made.pk, expires_at=at + LINK_HOLDS, uses=1, at=at)
    link = absolute("contracts:register-confirm", pack, secret)
    text = Text(
        f"Guten Tag,\n\nmit diesem Link bestätigen Sie Ihre Registrierung. Er gilt sieben Tage und einmal:\n{link}\n\n"
        "Haben Sie sich nicht registriert, brauchen Sie nichts zu tun.\n",
        f"Hello,\n\nthis link confirms your registration. It holds for seven days, and once:\n{link}\n\n"
        "If you did not register, there is nothing to do.\n",
    )
    name = f"{told.first_name} {told.last_name}"
    subject = _SUBJECT.spoken(language)
    send_mail(to=email, to_name=name, subject=subject, text=text.spoken(language), about=made, at=at)
    record("contracts.registered", made, at=at, actor=Actor("OUTSIDE", None, name), after={"pack": pack})
    return made


def is_good(pack: str, secret: str, *, at: datetime) -> None:
    """CredentialRefusedError where a link activates nothing, or not any more; nothing is used up."""
    credentials.resolve(secret, _scope(pack), at)


@transaction.atomic
def activate(pack: str, secret: str, *, language: str, at: datetime) -> RegistrationActivation:
    """Prove the address by its link, once, and let the house know the person; CredentialRefusedError."""
    house, registration = credentials.use(secret, _scope(pack), at)
    with as_tenant(house):
        known = Registration.objects.get(pk=registration)
        name = f"{known.first_name} {known.last_name}"
        party = parties.add(
            name=name, street=known.address[:200], email=known.email, language=language, at=at, actor=MACHINE
        )
        made = RegistrationActivation.objects.create(registration=known, party_id=party.id, pack=pack, at=at)
        record("contracts.registration_activated", known, at=at, actor=Actor("OUTSIDE", None, name))
    return made


def _scope(pack: str) -> str:
    return f"contracts.register.{pack}"
