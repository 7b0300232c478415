"""Calling the REST API with a key of a tenant."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kontor.kernel.actions.api_keys import make_api_key
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract

BASE = "/api/v1"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def key_of(tenant: Tenant | Any, *scopes: str) -> str:
    """Return the secret of a new key of a tenant, or of the tenant of that id."""
    with as_tenant(getattr(tenant, "pk", tenant)):
        _, secret = make_api_key(
            name="Waage", scopes=scopes, expires_at=timezone.now() + timedelta(days=30), at=LONG_AGO, actor=MACHINE
        )
    return secret


def customer_key(contract: Contract, *scopes: str) -> str:
    """Return a key of the tenant that received a contract."""
    return key_of(contract.customer_tenant_id, *scopes)


def get(key: str, path: str, language: str = "en") -> tuple[int, Any]:
    answer = Client().get(f"{BASE}{path}", HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE=language)
    return answer.status_code, answer.json()


def post(key: str, path: str, told: Any, **headers: str) -> tuple[int, Any]:
    answer = Client().post(
        f"{BASE}{path}", json.dumps(told), content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {key}",
        HTTP_ACCEPT_LANGUAGE="en", **headers,
    )  # fmt: skip
    return answer.status_code, answer.json()


def walked(key: str, path: str, *, limit: int) -> list[Any]:
    """Return every item of a list, read page by page."""
    found: list[Any] = []
    cursor = ""
    while True:
        status, page = get(key, f"{path}?limit={limit}{cursor}")
        assert status == 200, page
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"
