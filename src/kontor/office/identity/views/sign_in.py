"""How the sign-in library behaves here: nobody registers by themselves, and a person is called by their name."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the library's signature
        """People come by invitation only."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in is no news to the person who does it."""


def display(user: Any) -> str:
    """Return the name to greet a person by."""
    return str(user)
