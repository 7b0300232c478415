"""What a generator of requests finds in the API: nothing. Its requests follow from the API's own description."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings as budget
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.synchronising import add_installation
from tests.calling import customer_key, key_of
from tests.factories import make_house
from tests.office.contracts.ordering import concluded

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
EACH = 4  # of each kind and endpoint, some 200 requests and as many that break the description


@pytest.fixture
def keys(db: None, settings: Any) -> dict[str, str]:
    """Keys of a house with a running contract, and of its customer, with all rights that endpoints ask for."""
    settings.KONTOR_DEMO, settings.ALLOWED_HOSTS = True, ["localhost"]  # mail goes to the mailbox page
    house = make_house("dealership")
    contract = concluded(house)
    own = key_of(house.tenant, "contracts.see", "contracts.confirm", "contracts.end", "books.see", "books.payments",
                 "contracts.terms", "service_levels.measure", "contracts.use", "contracts.report_use",
                 "contracts.synchronise", "documents.read", "documents.file", "parties.see",
                 "parties.change", "visitors.see", "visitors.invite", "visitors.allow",
                 "visitors.receive", "questionnaires.see", "questionnaires.write",
                 "questionnaires.answers")  # fmt: skip
    theirs = customer_key(contract, "contracts.account", "contracts.change_own", "books.received")
    with as_tenant(house.tenant.pk):
        installation = add_installation("Halle 1", at=datetime(2026, 12, 1, tzinfo=UTC), actor=MACHINE)
    return {"own": own, "received": theirs, "contract": str(contract.pk), "installation": str(installation.pk)}


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep the test's own connection open between requests, as Django's test client does."""
    hooks = (signals.request_started, signals.request_finished)
    for hook in hooks:
        hook.disconnect(close_old_connections)
    yield
    for hook in hooks:
        hook.connect(close_old_connections)


def broken(case: Any) -> bool:
    """Tell whether the body breaks the description; a null in a query is never sent, key and contract are put right."""
    return any(place.value == "body" and info.mode.is_negative for place, info in case.meta.components.items())


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())
    for found in schema.get_all_operations():
        yield found.ok()


def asked(operation: Any, mode: GenerationMode, *, key: str, known: Mapping[str, str]) -> int:
    """Send what the description of one endpoint lets fit, or break; return how many requests that were."""
    sent = 0

    @budget(
        max_examples=EACH, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal sent
        wrong = broken(case)
        for name in ("contract", "installation"):
            if f"{name}_id" in (case.path_parameters or {}):
                case.path_parameters[f"{name}_id"] = known[name]
        response = case.call(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"})
        case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if wrong else CHECKS)
        sent += 1

    send()
    return sent


@pytest.mark.no_cover  # hundreds of bodies, of which each branch has a test of its own
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
def test_no_request_finds_the_api_other_than_described(keys, mode):
    sent = 0
    for operation in operations():
        key = keys["received" if operation.path.startswith("/api/v1/received/") else "own"]
        sent += asked(operation, mode, key=key, known=keys)
    assert sent > EACH * 20
