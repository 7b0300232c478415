"""Reads about SAML providers: what was set up for one, our own addresses for it, and its keys."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from django.urls import reverse

from kontor.kernel.links import absolute
from kontor.office.identity.models import IdentityProvider, ProviderKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlDetails:
    """
    What only SAML needs of a provider, as its `details` keep it.

    sign_in, sign_out  where a browser is sent; certificates: by what it signs, PEM
    posts              whether our question is brought there as a form, and not in an address
    metadata_url       where it publishes that, "" where somebody brought the file; read_at: when it was read, ISO
    problem            why it could not be read last night, "" where it could
    warned             fingerprint of a certificate -> of how many days before its end the administrators were told
    assertion_signed   whether the assertion itself must be signed; else the message around it suffices
    unasked            whether an answer counts that nobody asked for
    vouches            whether the addresses it states are its people's
    subject_attribute  the attribute that names a person for ever, "" for a persistent name id
    """

    sign_in: str = ""
    sign_out: str = ""
    posts: bool = False
    certificates: Sequence[str] = ()
    metadata_url: str = ""
    read_at: str = ""
    problem: str = ""
    warned: dict[str, int] | None = None
    assertion_signed: bool = True
    unasked: bool = False
    vouches: bool = False
    subject_attribute: str = ""
    email_attribute: str = ""
    name_attribute: str = ""

    @classmethod
    def of(cls, provider: IdentityProvider) -> Self:
        """Read them; what is not set yet is as above."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in provider.details.items() if name in known})

    @property
    def ready(self) -> bool:
        """Whether there is somewhere to send a browser, and something to check its answer by."""
        return bool(self.sign_in and self.certificates)


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """What a provider must know of us; another for each, so that none answers for another."""

    entity: str
    answers: str
    signs_out: str


def own_addresses(provider: uuid.UUID) -> OwnAddresses:
    """Return under which addresses we are known to one provider; the first is our entity id too."""
    return OwnAddresses(*(absolute(name, provider) for name in ("saml-metadata", "saml-answer", "saml-sign-out")))


def sends(provider: uuid.UUID, question: str) -> str:
    """Return our own page that brings a question to a provider as a form."""
    return reverse("saml-send", args=[provider, question])


def keys_of(provider: IdentityProvider) -> Sequence[ProviderKey]:
    """Return our keys for a provider, the newest first."""
    return list(ProviderKey.objects.filter(provider=provider).order_by("-made_at", "-pk"))
