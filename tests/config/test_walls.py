"""Every address there is, asked by whom it is none of their business: nothing is shown, and nothing is given away."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
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
from tests.calling import LONG_AGO, key_of
from tests.config.bodies import NO_ROW, Body, Strangers, forms_seen
from tests.config.every_address import NO_ROWS, Address, addresses, hidden_from, seen, tables
from tests.config.rows_anywhere import fill
from tests.config.traces import Traces, undone
from tests.config.walkers import OPERATIONS, PAGES, entered, people, streams, words_of_others
from tests.people import make_tenant, make_user, visitor

# thousands of requests, each answered a second time by a test of its own: their branches are counted there
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]

REFUSED = {401, 403, 404, 405}  # 405: there is nothing to ask for in this way, whosever key it is
NAMED = sorted({model for each in addresses() for name in each.rows for model in tables(name, each.path)}, key=str)
MANAGERS = {False: "ayla@birke.example", True: "ida@kontor.example"}  # who may do everything: of Birke, of the house
PASSES = {
    "nobody": "/sign-in/",
    "idle": "/sign-in/",
    "ended": "/sign-in/",
    "locked": "/sign-in/",
    "left": "/identity/tenants/",
}


def test_every_key_in_an_address_is_known_to_be_some_table_s():
    unknown = [(name, each.path) for each in addresses() for name in each.rows if not tables(name, each.path)]
    assert [each for each in unknown if each[0] not in NO_ROWS] == []


def test_copies_of_all_data_breaches_and_requests_of_people_are_among_what_is_asked_for():
    asked = {model.__name__: [each.path for each in PAGES for name in each.rows if model in tables(name, each.path)]
             for model in NAMED}  # fmt: skip
    for name in ("Export", "Breach", "BreachNotice", "SubjectRequest", "SubjectMark", "SubjectForward", "AuditRequest"):
        assert asked[name], name
    assert {path.rpartition(">")[2] for path in asked["Export"]} == {"/progress/", "/cancel/", "/link/"}


def _with_a_stranger() -> None:
    """Make the demo, and beside it a company that has a row in every table whose rows an address names."""
    make_all(timezone.now())
    tenant, person = make_tenant("Fremd"), make_user("fritz@fremd.example", "Fritz Fremd")
    founded_with = {"TenantKey"}  # what opens its secrets is not to be made up
    assert fill(tenant, [model for model in NAMED if model.__name__ not in founded_with], person) == {}
    for asking in Tenant.objects.filter(name__in=["Birke Handels AG", "Kontor Demo GmbH"]):
        hidden = hidden_from(asking)
        assert [model.__name__ for model in NAMED if not hidden.get(model)] == []


def test_the_people_of_a_company_reach_no_row_of_another():
    _with_a_stranger()
    birke, house = Tenant.objects.get(name="Birke Handels AG"), Tenant.objects.get(is_house=True)

    for tenant in (birke, house):
        strangers = Strangers(tenant)
        manager = entered(User.objects.get(email=MANAGERS[tenant.is_house]), tenant)
        forms = {form.route: strangers.swapped(form.body) for form in forms_seen(manager, PAGES, strangers)}
        traces = Traces(tenant, strangers)
        closed: set[tuple[str, str]] = set()  # ways that there are for nobody, asked once
        for person in sorted(people(tenant), key=lambda one: one.email != MANAGERS[tenant.is_house]):
            client = entered(person, tenant)
            asked = dict(_answers(client, PAGES, strangers.hidden, bodies=forms, closed=closed))
            assert {at: answer for at, answer in asked.items() if answer[0] not in REFUSED} == {}, person.email
            assert len(asked) + len(closed) > len(PAGES) // 2
            closed |= {(at[0], at[3]) for at, answer in asked.items() if answer[0] == 405}
            looked = {
                at[0] for at, answer in asked.items() if answer[0] not in {403, 405}
            }  # others ask for a right first
            again = [address for address in PAGES if address.path in looked]
            nobodys = dict(_answers(client, again, strangers.hidden, instead=NO_ROW, bodies=forms, closed=closed))
            opened = {at: one for at, one in asked.items() if at[0] in looked and (at[0], at[3]) not in closed}
            assert opened == nobodys, person.email
        assert traces.moved() == []
        assert len(forms) > 20


def test_no_page_of_a_company_says_a_word_of_another():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    words = words_of_others(birke)
    plain = [each.path for each in PAGES if not each.blanks]
    opened = 0

    for person in people(birke):
        client = entered(person, birke)
        for path in plain:
            answer = client.get(path)
            opened += answer.status_code == 200
            shown = b"".join(answer.streaming_content) if streams(answer) else answer.content
            assert [(path, word) for word in words if word in shown] == []

    assert opened > len(plain) // 4
    assert len(words) > 10


def test_a_key_of_a_company_reaches_no_row_of_another():
    _with_a_stranger()
    birke = Tenant.objects.get(name="Birke Handels AG")
    hidden = hidden_from(birke)
    client = _calling(key_of(birke, *registry.permissions()))

    asked = dict(_answers(client, OPERATIONS, hidden))

    unread = {400, 422}  # what was sent is no body: said before anybody looks for the row
    assert {at: answer for at, answer in asked.items() if answer[0] not in REFUSED | unread} == {}
    assert asked == dict(_answers(client, OPERATIONS, hidden, instead=NO_ROW))
    assert len(asked) > len(OPERATIONS)


def test_who_is_not_or_no_longer_signed_in_is_shown_the_way_in_and_nothing_else():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    own = {model: sorted(keys) for model, keys in seen()[birke.pk].items()}
    for state, way in PASSES.items():
        with undone():
            client = _dead_session(state, birke)
            own_pages = {"signed in"} if state == "left" else set()  # who left is a person still, with a password
            behind = [each for each in PAGES if not each.public and each.right not in own_pages]

            asked = dict(_answers(client, behind, own, plain=True))

            refused = {at: answer for at, answer in asked.items() if not _is_the_way_in(answer, way)}
            assert (state, refused) == (state, {})
            assert len(asked) > len(behind)


def test_an_operation_without_a_key_that_holds_is_refused():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    own = {model: sorted(keys) for model, keys in seen()[birke.pk].items()}
    for state in ("none", "wrong", "revoked", "expired"):
        with undone():
            client = _calling(_dead_key(state, birke)) if state != "none" else Client()

            asked = dict(_answers(client, OPERATIONS, own, plain=True))

            assert (state, {at: one for at, one in asked.items() if one[0] not in REFUSED}) == (state, {})
            assert len(asked) > len(OPERATIONS)


def _answers(
    client: Client,
    asked: list[Address],
    rows: dict[type[Model], list[Any]],
    *,
    instead: uuid.UUID | None = None,
    plain: bool = False,
    bodies: Mapping[str, Body] | None = None,
    closed: Collection[tuple[str, str]] = (),
) -> Iterator[tuple[tuple[str, str, str, str], tuple[int, str]]]:
    """
    Ask each address for a row of each table that it may mean; return what was asked, and status and way of the answer.

    instead  a key to ask with in place of the row's own
    plain    addresses that name no row too
    bodies   what is sent by POST to an address, as its form would; nothing to others
    closed   what is not asked: path and method

    Whoever lacks an address's right is refused before any row is looked for, and is not asked about further tables.
    """
    for address in asked:
        shut: set[str] = set()
        means = [(name, model) for name in address.rows for model in tables(name, address.path)]
        if not means and plain:
            means = [("", Model)]
        for name, model in means:
            keys = rows.get(model) or [NO_ROW]
            path = address.filled({name: instead or keys[0]})
            for method in ("get", "post"):
                if method in shut or (address.path, method) in closed:
                    continue
                told = {} if method == "get" else (bodies or {}).get(address.path, {})
                answer = getattr(client, method)(path, told)
                way = answer.get("Location", "").partition("?")[0]
                shut |= {method} if answer.status_code == 403 and bodies else set()
                yield (address.path, name, model.__name__, method), (answer.status_code, way)


def _is_the_way_in(answer: tuple[int, str], way: str) -> bool:
    return answer[0] in REFUSED or answer == (302, way)


def _dead_session(state: str, tenant: Tenant) -> Client:
    """Return a browser in which somebody was signed in, and what became of it; `nobody`: one in which nobody was."""
    person = User.objects.get(email="ayla@birke.example")
    if state == "nobody":
        return visitor()
    client, at = entered(person, tenant), timezone.now()
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
