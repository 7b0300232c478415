"""Forms and operations filled with the keys of other people's rows: nothing of theirs is shown, nothing moves."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.config.demo_data import make_all
from kontor.kernel import registry
from kontor.kernel.models import Tenant
from kontor.office.identity.models import User
from tests.calling import key_of
from tests.config.bodies import KEY, Strangers, forms_seen, operations
from tests.config.traces import Traces, undone
from tests.config.walkers import PAGES, entered, streams, words_of_others

MANAGERS = {"ayla@birke.example": "Birke Handels AG", "ida@kontor.example": "Kontor Demo GmbH"}  # they may do all
KEY_NAME = re.compile(r"<(\w+)>")
# thousands of requests, each answered a second time by a test of its own: their branches are counted there
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]


def test_a_form_filled_with_keys_of_others_shows_and_moves_nothing_of_theirs():
    make_all(timezone.now())
    for email, company in MANAGERS.items():
        tenant = Tenant.objects.get(name=company)
        strangers, words = (
            Strangers(tenant),
            [] if tenant.is_house else words_of_others(tenant),
        )  # a house knows them all
        client = entered(User.objects.get(email=email), tenant)
        forms = [form for form in forms_seen(client, PAGES, strangers) if KEY.search(str(form.body))]
        traces, cookies, taken = Traces(tenant, strangers), client.cookies.copy(), 0

        for form in forms:
            with undone() as written:
                client.post(form.action, form.body)
                taken += len({table for where, table in written if where and table != "kernel_session"}) > 0
            client.cookies = cookies.copy()
            with undone() as written:
                answer = client.post(form.action, strangers.swapped(form.body))
                shown = _shown(answer) + (_shown(client.get(answer["Location"])) if _leads_on(answer) else b"")
                assert [(form.action, word) for word in words if word in shown] == []
                assert [(form.action, *place) for place in traces.moved(written)] == []
            client.cookies = cookies.copy()

        assert traces.moved() == []
        assert taken > 5  # with one's own keys, what is sent is good


def test_an_operation_filled_with_keys_of_others_moves_nothing_of_theirs():
    make_all(timezone.now())
    tenant = Tenant.objects.get(name="Birke Handels AG")
    strangers, words = Strangers(tenant), words_of_others(tenant)
    key = key_of(tenant, *registry.permissions())
    client, traces = (
        Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"}),
        Traces(tenant, strangers),
    )
    sent = 0

    for method, path, body in operations(strangers):
        filled = KEY_NAME.sub(lambda blank, path=path: strangers.key(blank[1], path), path)
        with undone() as written:
            answer = client.generic(method.upper(), filled, json.dumps(body), content_type="application/json")
            shown = _shown(answer)
            assert [(path, word) for word in words if word in shown] == []
            assert [(path, *place) for place in traces.moved(written)] == []
            if filled != path:
                assert answer.status_code in {403, 404, 422}, (path, answer.status_code, shown)
            sent += body is not None
    assert sent > 3


def _leads_on(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/")


def _shown(answer: Any) -> bytes:
    assert answer.status_code < 500
    return b"".join(answer.streaming_content) if streams(answer) else answer.content
