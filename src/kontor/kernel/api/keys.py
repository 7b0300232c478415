"""Who calls: the bearer of a key, as whose tenant the whole call runs."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from kontor.kernel.actions.api_keys import SCOPE
from kontor.kernel.actions.credentials import CredentialRefusedError, resolve


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that was sent, and its tenant."""

    tenant: uuid.UUID
    key: uuid.UUID


class Key(HttpBearer):
    """`Authorization: Bearer` with a key made on the page “API keys”."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the caller; None, answered 401, for a key that opens nothing here."""
        try:
            tenant, key = resolve(token, SCOPE, request.at)  # type: ignore[attr-defined]
        except CredentialRefusedError:
            return None
        return Caller(tenant, key)
