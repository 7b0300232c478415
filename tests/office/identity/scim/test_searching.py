"""A directory lists in an order, and searches by a body instead of an address (RFC 7644, 3.4.2.3 and 3.4.3)."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.office.identity.scim.calling import GROUP, Directory, directory, person
from tests.people import administrator, make_tenant, order_seats

pytestmark = pytest.mark.django_db
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def entra() -> Any:
    tenant = make_tenant()
    administrator(tenant)
    order_seats(tenant, 10)
    cache.clear()
    with translation.override("en"):
        found = directory(tenant)
        for name, shown in (("carla", "beech"), ("anna", "Ash"), ("ben", "Cedar"), ("dora", "")):
            told = person(name) | {"displayName": shown, "name": {}, "externalId": shown.upper()}
            assert found.call("POST", "/Users", told)[0] == 201
        for name in ("sales", "Board"):
            assert found.call("POST", "/Groups", {"schemas": [GROUP], "displayName": name})[0] == 201
        yield found


def listed(entra: Directory, asked: str, what: str = "userName") -> list[str]:
    status, found = entra.call("GET", asked)
    assert status == 200, found
    return [each[what].partition("@")[0] for each in found["Resources"]]


def test_people_are_listed_in_the_order_that_is_asked_for(entra):
    for by, order, names in (
        ("userName", "", ["Anna", "Ben", "Carla", "Dora"]),
        ("userName", "descending", ["Dora", "Carla", "Ben", "Anna"]),
        ("displayName", "ascending", ["Anna", "Carla", "Ben", "Dora"]),  # Ash, beech, Cedar; without a name: last
        ("displayName", "descending", ["Dora", "Ben", "Carla", "Anna"]),
        ("externalId", "ascending", ["Anna", "Carla", "Ben", "Dora"]),
        ("meta.created", "ascending", ["Carla", "Anna", "Ben", "Dora"]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", "Descending", ["Dora", "Carla", "Ben", "Anna"]),
    ):
        assert listed(entra, f"/Users?sortBy={by}&sortOrder={order}") == names, (by, order)
        assert listed(entra, f"/Users?sortBy={by}&sortOrder={order}&startIndex=2&count=2") == names[1:3]


def test_groups_are_listed_in_an_order_and_what_has_none_is_refused(entra):
    assert listed(entra, "/Groups?sortBy=displayName", "displayName") == ["Board", "sales"]
    assert entra.call("GET", "/ServiceProviderConfig")[1]["sort"] == {"supported": True}
    for asked, named in (
        ("/Users?sortBy=password", "sortBy"),
        ("/Users?sortBy=emails.primary", "sortBy"),
        ("/Groups?sortBy=members", "sortBy"),
        ("/Users?sortBy=userName&sortOrder=up", "sortOrder"),
    ):
        status, said = entra.call("GET", asked)
        assert (status, said["scimType"], said["detail"]) == (
            400,
            "invalidValue",
            f"{named} is missing or cannot be so.",
        )


def test_a_search_says_in_its_body_what_a_list_says_in_its_address(entra):
    told: dict[str, Any] = {
        "schemas": [SEARCH], "attributes": ["userName"], "filter": 'userName sw "a" or displayName sw "b"',
        "sortBy": "userName", "sortOrder": "descending", "startIndex": 1, "count": 10,
    }  # fmt: skip
    status, found = entra.call("POST", "/Users/.search", told)
    assert (status, found["totalResults"]) == (200, 2)
    assert [(set(each), each["userName"]) for each in found["Resources"]] == [
        ({"schemas", "id", "userName"}, "Carla@alder.example"),
        ({"schemas", "id", "userName"}, "Anna@alder.example"),
    ]
    groups = entra.call("POST", "/Groups/.search", {"schemas": [SEARCH], "count": 1, "sortBy": "displayName"})[1]
    assert (groups["totalResults"], [each["displayName"] for each in groups["Resources"]]) == (2, ["Board"])


def test_a_search_that_is_none_is_refused_by_name(entra):
    for told, named in (
        ([], "schemas"),
        ({}, "schemas"),
        ({"schemas": [SEARCH], "attributes": "userName"}, "attributes"),
        ({"schemas": [SEARCH], "attributes": [1]}, "attributes"),
        ({"schemas": [SEARCH], "filter": 1}, "filter"),
        ({"schemas": [SEARCH], "count": "1"}, "count"),
        ({"schemas": [SEARCH], "startIndex": True}, "startIndex"),
    ):
        status, said = entra.call("POST", "/Users/.search", told)
        assert (status, said["detail"]) == (400, f"{named} is missing or cannot be so.")
    assert entra.call("GET", "/Users/.search")[0] == 405
