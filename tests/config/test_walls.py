"""Every address there is, asked by whom it is none of their business: nothing is shown, and nothing is given away."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.config.demo_data import make_all
from kontor.kernel import registry
from kontor.kernel.actions.api_keys import make_api_key, revoke_api_key
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import ApiKey, Membership, Session, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.locks import Ground, lock
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from tests.calling import LONG_AGO, key_of
from tests.config.every_address import Address, addresses, hidden_from, seen, tables
from tests.people import browser, visitor

pytestmark = pytest.mark.django_db(transaction=True)

NO_ROW = uuid.UUID(int=0xDEAD)  # what nobody has
REFUSED = {401, 403, 404, 405}  # 405: there is nothing to ask for in this way, whosever key it is
PAGES = [each for each in addresses() if not each.path.startswith("/api/")]
OPERATIONS = [each for each in addresses() if re.match(r"/api/v1/(?!docs|openapi)\w", each.path)]
PASSES = {
    "nobody": "/sign-in/",
    "idle": "/sign-in/",
    "ended": "/sign-in/",
    "locked": "/sign-in/",
    "left": "/identity/tenants/",
}


def test_the_people_of_a_company_reach_no_row_of_another():
    make_all(timezone.now())
    birke, house = Tenant.objects.get(name="Birke Handels AG"), Tenant.objects.get(is_house=True)

    for tenant in (birke, house):
        hidden = hidden_from(tenant)
        for person in _people(tenant):
            client = _entered(person, tenant)
            asked = dict(_answers(client, PAGES, hidden))
            assert {at: answer for at, answer in asked.items() if answer[0] not in REFUSED} == {}, person.email
            assert asked == dict(_answers(client, PAGES, hidden, instead=NO_ROW)), person.email
            assert len(asked) > len(PAGES) // 2


def test_no_page_of_a_company_says_a_word_of_another():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    words = _words_of_others(birke)
    plain = [each.path for each in PAGES if not each.blanks]
    opened = 0

    for person in _people(birke):
        client = _entered(person, birke)
        for path in plain:
            answer = client.get(path)
            opened += answer.status_code == 200
            shown = b"".join(answer.streaming_content) if _streams(answer) else answer.content
            assert [(path, word) for word in words if word in shown] == []

    assert opened > len(plain) // 4
    assert len(words) > 10


def test_a_key_of_a_company_reaches_no_row_of_another():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    hidden = hidden_from(birke)
    client = _calling(key_of(birke, *registry.permissions()))

    asked = dict(_answers(client, OPERATIONS, hidden))

    unread = {400, 422}  # what was sent is no body: said before anybody looks for the row
    assert {at: answer for at, answer in asked.items() if answer[0] not in REFUSED | unread} == {}
    assert asked == dict(_answers(client, OPERATIONS, hidden, instead=NO_ROW))
    assert len(asked) > len(OPERATIONS)


@pytest.mark.parametrize("state", ["nobody", "idle", "ended", "locked", "left"])
def test_who_is_not_or_no_longer_signed_in_is_shown_the_way_in_and_nothing_else(state: str):
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    client = _dead_session(state, birke)
    own = {model: sorted(keys) for model, keys in _own(birke).items()}
    own_pages = {"signed in"} if state == "left" else set()  # who left is a person still, with a password and devices
    behind = [each for each in PAGES if not each.public and each.right not in own_pages]

    asked = dict(_answers(client, behind, own, plain=True))

    assert {at: answer for at, answer in asked.items() if not _is_the_way_in(answer, PASSES[state])} == {}
    assert len(asked) > len(behind)


@pytest.mark.parametrize("state", ["none", "wrong", "revoked", "expired"])
def test_an_operation_without_a_key_that_holds_is_refused(state: str):
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    client = _calling(_dead_key(state, birke)) if state != "none" else Client()
    own = {model: sorted(keys) for model, keys in _own(birke).items()}

    asked = dict(_answers(client, OPERATIONS, own, plain=True))

    assert {at: answer for at, answer in asked.items() if answer[0] not in REFUSED} == {}
    assert len(asked) > len(OPERATIONS)


def _people(tenant: Tenant) -> list[User]:
    with as_tenant(tenant.pk):
        return list(User.objects.filter(pk__in=list(Membership.objects.values_list("user_id", flat=True))))


def _entered(person: User, tenant: Tenant) -> Client:
    """Return a browser in which a person has passed what stands before the pages: texts to agree to."""
    client, gates = browser(person, tenant), {reverse(each.url_name) for each in registry.gates()}
    for _ in range(6):
        answer = client.get("/", follow=True)
        shown = answer.request["PATH_INFO"]
        if shown not in gates:
            return client
        (form,) = [
            each
            for each in lxml.html.fromstring(answer.content.decode()).forms
            if each.method == "POST" and not each.action
        ]
        ticked = {each.name: each.get("value", "on") for each in form.inputs if each.get("type") == "checkbox"}
        client.post(shown, {name: value for name, value in form.fields.items() if value} | ticked)
    raise AssertionError(shown)


def _answers(
    client: Client,
    asked: list[Address],
    rows: dict[type[Model], list[Any]],
    *,
    instead: uuid.UUID | None = None,
    plain: bool = False,
) -> Iterator[tuple[tuple[str, str, str, str], tuple[int, str]]]:
    """
    Ask each address for a row of each table that it may mean; return what was asked, and status and way of the answer.

    instead  a key to ask with in place of the row's own
    plain    addresses that name no row too
    """
    for address in asked:
        means = [(name, model) for name in address.rows for model in tables(name)]
        if not means and plain:
            means = [("", Model)]
        for name, model in means:
            keys = rows.get(model) or [NO_ROW]
            path = address.filled({name: instead or keys[0]})
            for method in ("get", "post"):
                answer = getattr(client, method)(path)
                way = answer.get("Location", "").partition("?")[0]
                yield (address.path, name, model.__name__, method), (answer.status_code, way)


def _is_the_way_in(answer: tuple[int, str], way: str) -> bool:
    return answer[0] in REFUSED or answer == (302, way)


def _words_of_others(tenant: Tenant) -> list[bytes]:
    """Return names and addresses that only other customers and their people have."""
    words: set[str] = set()
    for other in Tenant.objects.exclude(pk=tenant.pk).exclude(is_house=True):
        words |= {other.name} | {person.email for person in _people(other)}
    with as_tenant(Tenant.objects.get(is_house=True).pk):
        for party in Party.objects.exclude(name=tenant.name):
            words |= {party.name, party.email, party.street}
    with as_tenant(tenant.pk):
        own = {word for party in Party.objects.all() for word in (party.name, party.email, party.street)}
    own |= {person.email for person in _people(tenant)}
    return [word.encode() for word in sorted(words - own - {""})]


def _own(tenant: Tenant) -> dict[type[Model], set[Any]]:
    return seen()[tenant.pk]


def _dead_session(state: str, tenant: Tenant) -> Client:
    """Return a browser in which somebody was signed in, and what became of it; `nobody`: one in which nobody was."""
    person = User.objects.get(email="ayla@birke.example")
    if state == "nobody":
        return visitor()
    client, at = _entered(person, tenant), timezone.now()
    if state == "idle":
        with as_tenant(tenant.pk):
            change_policy(idle_minutes=30, at=at, actor=MACHINE)
        long_ago = at - timedelta(days=400)
        assert Session.objects.filter(person=person.pk).update(began_at=long_ago, last_used_at=long_ago) == 1
    elif state == "ended":
        assert end_sessions(person.pk) == 1
    with as_tenant(tenant.pk):
        place = Membership.objects.get(user_id=person.pk)
        if state == "locked":
            lock(place, Ground(by="HOUSE", reason="technical", clause="4.1.6"), at=at, actor=MACHINE)
        elif state == "left":
            Membership.objects.filter(pk=place.pk).update(until=at - timedelta(days=1))
    return client


def _dead_key(state: str, tenant: Tenant) -> str:
    if state == "expired":
        with as_tenant(tenant.pk):
            return make_api_key(
                name="Waage", scopes=registry.permissions(), expires_at=LONG_AGO, at=LONG_AGO, actor=MACHINE
            )[1]
    secret = key_of(tenant, *registry.permissions())
    if state == "wrong":
        return secret[:-1] + ("x" if secret[-1] != "x" else "y")
    with as_tenant(tenant.pk):
        revoke_api_key(ApiKey.objects.get(name="Waage").pk, at=timezone.now(), actor=MACHINE)
    return secret


def _calling(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def _streams(answer: Any) -> bool:
    return bool(getattr(answer, "streaming", False))
