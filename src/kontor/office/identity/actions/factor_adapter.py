"""How the library of second factors behaves here: seeds are closed with the master key, and apps show our name."""

import base64
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import AbstractBaseUser

from kontor.kernel import cipher
from kontor.kernel.models import Tenant

_PLACE: Final = b"kontor second factor"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        """Close a seed with the installation's master key: it is a person's, who belongs to no single tenant."""
        return base64.b64encode(cipher.wrap(text.encode(), context=_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the seed; CannotOpenError where it was changed or closed with another key."""
        return cipher.unwrap(base64.b64decode(encrypted_text), context=_PLACE).decode()

    def get_totp_issuer(self) -> str:
        """Return under what name the app shows the code: the house's."""
        house = Tenant.objects.filter(is_house=True).first()
        return house.name if house else "Kontor"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return issuer and address, as apps expect them."""
        return f"{self.get_totp_issuer()}:{user.get_username()}"

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()
