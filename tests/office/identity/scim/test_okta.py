"""Okta brings people and groups: its own walk; and what a directory is refused, whoever made it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Lock, Membership
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.arriving import Arrival, ArrivalRefusedError, arrive
from kontor.office.identity.actions.scim_tokens import make_token, revoke_token, switch_provisioning
from kontor.office.identity.models import ExternalIdentity, ScimCall, ScimToken, User
from kontor.office.identity.queries.single_sign_on import not_connected
from tests.factories import AT, make_user
from tests.office.identity.provider.set_up import own, roles_of, rules
from tests.office.identity.scim.calling import GROUP, USER, Directory, directory, person
from tests.people import administrator, join, make_tenant, order_seats, role_of

pytestmark = pytest.mark.django_db
OKTA: Any = {"kind": "GENERIC", "issuer": "https://alder.okta.example", "entra_tenant": ""}
BRINGS: Any = {
    "schemas": [USER],
    "userName": "ben@alder.example",
    "name": {"givenName": "Ben", "familyName": "Beech"},
    "emails": [{"primary": True, "value": "ben@alder.example", "type": "work"}],
    "displayName": "Ben Beech",
    "locale": "en-US",
    "externalId": "00u1a2b3c4",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


@pytest.fixture
def okta() -> Any:
    tenant = make_tenant()
    administrator(tenant)
    cache.clear()
    with translation.override("en"):
        yield directory(tenant, **OKTA)


def ben(okta: Directory, **more: Any) -> str:
    status, made = okta.call("POST", "/Users", BRINGS | more)
    assert status == 201, made
    return str(made["id"])


def test_it_finds_nobody_brings_somebody_and_changes_them_as_a_whole(okta: Directory):
    assert okta.call("GET", "/Users?startIndex=1&count=2")[1]["totalResults"] == 0
    asked = '/Users?filter=userName eq "ben@alder.example"&startIndex=1&count=100'
    assert okta.call("GET", asked)[1]["Resources"] == []
    status, made = okta.call("POST", "/Users", BRINGS)
    answer = okta.answer("GET", f"/Users/{made['id']}")
    assert (status, made["userName"], answer["ETag"]) == (201, "ben@alder.example", 'W/"1"')
    assert "password" not in made
    with as_tenant(okta.tenant.pk):
        assert ExternalIdentity.objects.get().subject == "00u1a2b3c4"
    assert User.objects.get(email="ben@alder.example").has_usable_password() is False

    whole = made | {"name": {"givenName": "Ben", "familyName": "Birch"}, "displayName": "Ben Birch", "active": "true"}
    status, told = okta.call("PUT", f"/Users/{made['id']}", whole)
    assert (status, told["displayName"], told["active"]) == (200, "Ben Birch", True)
    assert okta.answer("GET", f"/Users/{made['id']}")["ETag"] == 'W/"2"'
    assert okta.call("PUT", f"/Users/{made['id']}", whole)[0] == 200
    assert okta.answer("GET", f"/Users/{made['id']}", HTTP_IF_NONE_MATCH='W/"2"').status_code == 304
    assert okta.call("DELETE", f"/Users/{made['id']}", HTTP_IF_MATCH='W/"1"')[0] == 412
    assert okta.call("DELETE", f"/Users/{made['id']}", HTTP_IF_MATCH='W/"1", W/"2"')[0] == 204


def test_it_lets_somebody_go_without_a_path_and_takes_them_back(okta: Directory):
    person_id = ben(okta)
    assert okta.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": False}})[1]["active"] is False
    assert okta.member(person_id).until is not None
    assert okta.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": True}})[1]["active"] is True


def test_it_sends_a_group_with_its_members_and_its_new_name(okta: Directory):
    rules(okta.provider, Hall=role_of(okta.tenant, "Hall"))
    person_id = ben(okta)
    status, made = okta.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "Hall", "members": []})
    path = f"/Groups/{made['id']}"
    assert status == 201
    replace = {"op": "replace", "path": "members", "value": [{"value": person_id, "display": "ben@alder.example"}]}
    status, told = okta.patch(path, replace)
    assert (status, [each["value"] for each in told["members"]]) == (200, [person_id])
    assert roles_of(okta.tenant, okta.member(person_id).user) == ["Hall"]
    rename = {"op": "replace", "value": {"id": made["id"], "displayName": "Halls"}}
    assert okta.patch(path, rename)[1]["displayName"] == "Halls"
    assert roles_of(okta.tenant, okta.member(person_id).user) == []
    whole = {"schemas": [GROUP], "displayName": "Hall", "members": [{"value": person_id}]}
    assert okta.call("PUT", path, whole)[0] == 200
    assert okta.call("PUT", path, whole | {"members": []})[1]["members"] == []
    assert okta.call("PUT", path, whole | {"members": []})[0] == 200
    assert okta.call("GET", "/Groups?startIndex=1&count=100")[1]["totalResults"] == 1


def test_what_it_offers_is_described(okta: Directory):
    offered = okta.call("GET", "/ServiceProviderConfig")[1]
    assert {name: offered[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "etag")} == {
        "patch": True, "bulk": False, "filter": True, "changePassword": False, "etag": True
    }  # fmt: skip
    kinds, schemas = okta.call("GET", "/ResourceTypes")[1], okta.call("GET", "/Schemas")[1]
    assert [each["endpoint"] for each in kinds["Resources"]] == ["/Users", "/Groups"]
    assert [each["id"] for each in schemas["Resources"]] == [USER, GROUP]
    assert okta.call("GET", f"/Schemas/{GROUP}")[1]["name"] == "Group"
    assert okta.call("GET", "/ResourceTypes/User")[1]["schema"] == USER
    asked = [("GET", "/Schemas/none"), ("GET", "/Me"), ("POST", "/Bulk"), ("GET", "/Users/none"), ("PUT", "/Users")]
    assert [okta.call(*each)[0] for each in asked] == [404, 501, 501, 404, 405]


def test_pages_cost_as_many_queries_for_one_as_for_three(okta: Directory):
    def brought(count: int) -> None:
        for number in range(count):
            name = f"p{count}x{number}"
            made = ben(okta, userName=name, externalId=name, emails=[{"value": f"{name}@alder.example"}])
            okta.call("POST", "/Groups", {"displayName": name, "members": [{"value": made}]})

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert okta.answer("GET", path).status_code == 200
        return len(queries)

    brought(1)
    okta.answer("GET", "/Users")
    one = [counted("/Users"), counted("/Groups"), counted("/Groups?excludedAttributes=members")]
    brought(2)
    assert okta.call("GET", "/Users")[1]["itemsPerPage"] == 3
    assert [counted("/Users"), counted("/Groups"), counted("/Groups?excludedAttributes=members")] == one
    assert one[2] == one[1] - 1


def test_pages_filters_and_attributes(okta: Directory):
    for name in ("ada", "bob", "cem"):
        ben(okta, userName=name, externalId=name, displayName=name.title(), name={},
            emails=[{"value": f"{name}@alder.example"}])  # fmt: skip
    page = okta.call("GET", "/Users?startIndex=2&count=1")[1]
    assert (page["totalResults"], page["startIndex"], page["Resources"][0]["userName"]) == (3, 2, "bob")
    assert page["itemsPerPage"] == 1
    assert okta.call("GET", "/Users?startIndex=-5&count=-1")[1]["itemsPerPage"] == 0
    assert okta.call("GET", "/Users?count=many")[0] == 400

    def names(asked: str) -> list[str]:
        status, told = okta.call("GET", f"/Users?filter={asked}")
        assert status == 200, told
        return [each["userName"] for each in told["Resources"]]

    first = okta.call("GET", "/Users?count=1")[1]["Resources"][0]
    assert names('userName eq "ADA"') == ["ada"]
    assert names('externalId eq "bob"') == ["bob"]
    assert names('externalId eq "BOB"') == []
    assert names('externalId co "OB"') == ["bob"]
    assert names("externalId eq 5") == []
    assert names('emails.value sw "c" or displayName ew "da"') == ["ada", "cem"]
    assert names('emails[type eq "work" and value co "bob@"]') == ["bob"]
    assert names('emails[type eq "home"]') == []
    assert names("emails.primary eq true and emails.type pr") == ["ada", "bob", "cem"]
    assert names('not (userName eq "ada") and (userName eq "ada" or userName gt "bob")') == ["cem"]
    assert names('userName ne "ada"') == ["bob", "cem"]
    assert names(f'id eq "{first["id"]}"') == ["ada"]
    assert names('id eq "none"') == []
    assert names("id pr and active pr and active eq true and name.familyName pr") == []
    assert names('meta.created gt "2020-01-01T00:00:00Z" and meta.lastModified pr') == ["ada", "bob", "cem"]
    assert names('meta.created eq "2020-01-01T00:00:00Z"') == []
    refused = [
        'userName is "x"', "userName eq", 'phoneNumbers eq "1"', "userName eq 5", "active gt true", 'id co "1"',
        'meta.created gt "soon"', 'meta.created gt "2020-99-01T00:00:00Z"', 'meta.created co "2020-01-01T00:00:00Z"',
        "(userName pr", "(" * 30 + "userName pr" + ")" * 30, "not userName pr", 'userName eq "a" "b"', "5 eq 5", '"',
        "x" * 2001,
        'userName eq "\\u0000"', "userName eq nobody", "emails[type pr", "userName[",
    ]  # fmt: skip
    answers = [okta.call("GET", f"/Users?filter={asked}") for asked in refused]
    assert [(status, told["scimType"]) for status, told in answers] == [(400, "invalidFilter")] * len(refused)

    okta.call("POST", "/Groups", {"displayName": "Hall", "externalId": "h", "members": [{"value": first["id"]}]})
    mine = f'members.value eq "{first["id"]}"'
    groups = ("members pr", 'members co "1"', 'members eq "none"', mine, 'externalId eq "h"')
    found = [okta.call("GET", f"/Groups?filter={each}") for each in groups]
    assert [told.get("totalResults", told["schemas"][0][-5:]) for _, told in found] == [1, "Error", 0, 1, 1]

    only = okta.call("GET", f"/Users/{first['id']}?attributes=userName,emails.value,name.givenName")[1]
    assert {**only, "id": ""} == {
        "schemas": [USER], "id": "", "userName": "ada", "emails": [{"value": "ada@alder.example"}],
        "name": {},
    }  # fmt: skip
    less = okta.call("GET", f"/Users/{first['id']}?excludedAttributes=emails,{USER}:name,id")[1]
    assert ({"emails", "name"} & less.keys(), less["id"]) == (set(), first["id"])


def test_what_cannot_be_read_is_refused_and_said(okta: Directory):
    person_id = ben(okta)
    path = f"/Users/{person_id}"
    wrong: list[tuple[Any, ...]] = [
        ("POST", "/Users", "{"), ("POST", "/Users", "[]"), ("POST", "/Users", {"userName": ""}),
        ("POST", "/Users", BRINGS | {"userName": 5}), ("POST", "/Users", BRINGS | {"userName": "x" * 400}),
        ("POST", "/Users", {"userName": "cem"}), ("POST", "/Groups", {"displayName": " "}),
        ("POST", "/Groups", {"displayName": "A", "members": [{"value": "none"}]}),
        ("POST", "/Groups", {"displayName": "A", "members": [{"value": str(okta.provider.pk)}]}),
        ("PATCH", path, {}), ("PATCH", path, {"Operations": []}), ("PATCH", path, {"Operations": ["add"]}),
        ("PATCH", path, {"Operations": [{"op": "move"}]}), ("PATCH", path, {"Operations": [{"op": "remove"}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "value": "x"}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "path": "active", "value": "perhaps"}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "path": "name", "value": "Ben"}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "path": "emails", "value": 5}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "path": "name[", "value": 5}]}),
        ("PATCH", path, {"Operations": [{"op": "add", "path": 'name[x eq "y"]', "value": {}}]}),
    ]  # fmt: skip
    kinds = [okta.call(*each)[1].get("scimType") for each in wrong]
    assert kinds == [
        "invalidSyntax", "invalidSyntax", *["invalidValue"] * 4, *["invalidValue"] * 3,
        "invalidSyntax", "invalidSyntax", "invalidSyntax", "invalidSyntax", "noTarget", *["invalidValue"] * 4,
        "invalidPath", "invalidPath",
    ]  # fmt: skip
    assert okta.call("POST", "/Users", BRINGS, content_type="text/plain")[0] == 415
    assert okta.call("POST", "/Users", BRINGS, CONTENT_LENGTH=str(5 * 1024 * 1024))[0] == 413
    with as_tenant(okta.tenant.pk):
        assert ScimCall.objects.exclude(reason="").count() == len(wrong) + 2


def test_who_may_not_be_brought(okta: Directory):
    make_user("eva@alder.example", "Eva")
    other = make_user("fay@alder.example", "Fay")
    guest = join(okta.tenant, other, role="Hall", kind="SERVICE_PROVIDER")
    gone = join(okta.tenant, make_user("gus@alder.example", "Gus"), role="Hall")
    with as_tenant(okta.tenant.pk):
        Membership.objects.filter(pk=gone.pk).update(until=timezone.now() - timedelta(days=1))
        for member, subject in ((guest, "fay-1"), (gone, "gus-1")):
            ExternalIdentity.objects.create(
                provider=okta.provider, issuer=okta.provider.issuer, subject=subject, user=member.user, connected_at=AT
            )
    ben(okta)

    def refused(**more: Any) -> tuple[int, str]:
        status, _told = okta.call("POST", "/Users", BRINGS | {"userName": "new", "externalId": ""} | more)
        with as_tenant(okta.tenant.pk):
            kept = ScimCall.objects.latest("at", "pk")
        assert kept.status == status
        return status, kept.reason

    assert refused(userName="BEN@alder.example") == (409, "taken")
    assert refused(externalId="00u1a2b3c4") == (409, "taken")
    assert refused(emails=[{"value": "eva@alder.example"}]) == (409, "account")
    assert refused(emails=[{"value": "eva@beech.example"}]) == (400, "domain")
    assert refused(externalId="fay-1") == (403, "by_hand")
    assert refused(externalId="gus-1") == (403, "ended_here")
    assert refused(emails=[{"value": "fay@alder.example"}]) == (403, "by_hand")
    assert refused(emails=[{"value": "ben@alder.example"}]) == (409, "taken")


def test_seats_of_the_order_count(okta: Directory):
    order_seats(okta.tenant, 2)
    person_id = ben(okta)
    status, told = okta.call("POST", "/Users", person("cem"))
    assert (status, told["detail"]) == (403, "All 2 seats of your order are taken. Order more, or let somebody leave.")
    assert ben(okta, userName="dan", externalId="dan", emails=[{"value": "dan@alder.example"}], active=False)

    okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": False})
    assert okta.call("POST", "/Users", person("cem"))[0] == 201
    status, told = okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": True})
    assert (status, told["detail"]) == (403, "All 2 seats of your order are taken. Order more, or let somebody leave.")


def test_what_was_ended_here_by_hand_stays_ended(okta: Directory):
    person_id = ben(okta)
    with as_tenant(okta.tenant.pk):
        Membership.objects.filter(pk=okta.member(person_id).pk).update(until=timezone.now())
    assert okta.call("GET", f"/Users/{person_id}")[1]["active"] is False
    assert okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "displayName", "value": "B"})[0] == 200
    assert okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": True})[0] == 403
    assert okta.call("DELETE", f"/Users/{person_id}")[0] == 204
    assert okta.call("POST", "/Users", BRINGS)[0] == 403


def test_the_account_of_somebody_who_works_elsewhere_too_is_not_the_directorys(okta: Directory):
    person_id = ben(okta)
    user = okta.member(person_id).user
    join(make_tenant("Beech"), user)
    change = [{"op": "replace", "path": "emails", "value": [{"value": "b@alder.example"}]},
              {"op": "replace", "path": "displayName", "value": "B"}]  # fmt: skip
    assert okta.patch(f"/Users/{person_id}", *change)[0] == 200
    assert (User.objects.get(pk=user.pk).email, User.objects.get(pk=user.pk).name) == ("ben@alder.example", "Ben Beech")


def test_another_address_must_be_free_and_the_companys_own(okta: Directory):
    person_id = ben(okta)
    make_user("eva@alder.example", "Eva")
    for address, status in (("eva@alder.example", 409), ("ben@beech.example", 400), ("", 200)):
        change = {"op": "replace", "path": "emails", "value": [{"value": address}]}
        assert okta.patch(f"/Users/{person_id}", change)[0] == status
    assert okta.member(person_id).user.email == "ben@alder.example"
    taken = ben(okta, userName="cem", externalId="cem", emails=[{"value": "cem@alder.example"}])
    assert okta.patch(f"/Users/{taken}", {"op": "replace", "path": "userName", "value": "ben@alder.example"})[0] == 409
    assert okta.call("POST", "/Groups", {"displayName": "A"})[0] == 201
    assert okta.call("POST", "/Groups", {"displayName": "a"})[0] == 409


def test_who_was_brought_comes_in_by_the_provider_and_nobody_in_their_name(okta: Directory):
    person_id = ben(okta, externalId="no-subject")
    user = okta.member(person_id).user
    told: Any = {"email": "ben@alder.example", "email_trusted": True}

    def comes(**more: Any) -> Any:
        with as_tenant(okta.tenant.pk):
            return arrive(okta.provider, Arrival(**({"subject": "sub-1"} | told | more)), at=timezone.now()).user_id

    with as_tenant(okta.tenant.pk):
        assert [each.user.email for each in not_connected(at=timezone.now())] == ["jana@alder.example"]
    for wrong in ({"email_trusted": False}, {"email": ""}, {"email": "ben@beech.example"}):
        with pytest.raises(ArrivalRefusedError):
            comes(**wrong)
    assert comes() == user.pk
    assert comes(email="") == user.pk
    with pytest.raises(ArrivalRefusedError):
        comes(subject="sub-2")
    change = {"op": "replace", "path": "externalId", "value": "sub-3"}
    assert okta.patch(f"/Users/{person_id}", change)[0] == 200
    with as_tenant(okta.tenant.pk):
        assert [each.subject for each in ExternalIdentity.objects.all()] == ["sub-1"]
        user.set_password("something that is long enough")
        user.save()
        ExternalIdentity.objects.all().delete()
    with pytest.raises(ArrivalRefusedError):
        comes()


def test_groups_decide_where_claims_would_too(okta: Directory):
    hall, sales = role_of(okta.tenant, "Hall"), role_of(okta.tenant, "Sales")
    with as_tenant(okta.tenant.pk):
        okta.provider.role_claim = "groups"
        okta.provider.save()
    rules(okta.provider, hall=hall, sales=sales)
    person_id = ben(okta)
    okta.call("POST", "/Groups", {"displayName": "hall", "members": [{"value": person_id}]})
    with as_tenant(okta.tenant.pk):
        arrive(okta.provider, Arrival(subject="00u1a2b3c4", role_values=["sales"]), at=timezone.now())
    assert roles_of(okta.tenant, okta.member(person_id).user) == ["Hall"]


def test_nothing_without_a_token_that_holds(okta: Directory):
    beech = make_tenant("Beech")
    administrator(beech, "eve@beech.example", "Eve")
    other = directory(beech, domain="beech.example", **OKTA)
    person_id = ben(okta)
    good = okta.token

    def refused(token: str) -> int:
        okta.token = token
        status, told = okta.call("GET", "/Users")
        okta.token = good
        assert (told["schemas"], told["status"]) == (["urn:ietf:params:scim:api:messages:2.0:Error"], str(status))
        return status

    assert [refused(""), refused("nonsense"), refused(other.token)] == [401, 401, 401]
    assert other.call("GET", f"/Users/{person_id}")[0] == 404
    assert other.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": False})[0] == 404
    group = okta.call("POST", "/Groups", {"displayName": "A"})[1]["id"]
    assert [other.call(verb, f"/Groups/{group}")[0] for verb in ("GET", "DELETE")] == [404, 404]
    assert other.call("POST", "/Groups", {"displayName": "A", "members": [{"value": person_id}]})[0] == 400
    assert Client().get(f"/scim/v2/{person_id}/Users").status_code == 401
    assert okta.member(person_id).until is None

    with as_tenant(okta.tenant.pk):
        first = ScimToken.objects.get()
        _, second = make_token(okta.provider.pk, at=timezone.now(), actor=MACHINE)
        assert (ScimToken.objects.get(pk=first.pk).ends_at - timezone.now()).days == 6
    assert okta.call("GET", "/Users")[0] == 200
    with as_tenant(okta.tenant.pk):
        make_token(okta.provider.pk, at=timezone.now(), actor=MACHINE)
    assert refused(good) == 401
    okta.token = second
    assert okta.call("GET", "/Users")[0] == 200
    okta.token = good
    with as_tenant(okta.tenant.pk):
        revoke_token(ScimToken.objects.exclude(pk=first.pk).earliest("made_at").pk, at=timezone.now(), actor=MACHINE)
        with pytest.raises(ScimToken.DoesNotExist):
            revoke_token(first.pk, at=timezone.now(), actor=MACHINE)
    assert refused(second) == 401


def test_switched_off_or_locked_nothing_is_done(okta: Directory):
    now = timezone.now()
    with as_tenant(okta.tenant.pk):
        lock = Lock.objects.create(by="TENANT", reason="x", effective_at=now, made_at=now)
    assert okta.call("POST", "/Users", BRINGS)[0] == 403
    with as_tenant(okta.tenant.pk):
        lock.lifted_at = now
        lock.save()
        switch_provisioning(okta.provider.pk, on=False, at=now, actor=MACHINE)
    status, told = okta.call("POST", "/Users", BRINGS)
    assert (status, told["detail"]) == (403, "Bringing people and groups is switched off for this provider.")


def test_the_second_domain_of_a_company_is_its_own_too(okta: Directory):
    own(okta.tenant, "birch.example")
    made = json.loads(okta.answer("POST", "/Users", BRINGS | {"emails": ["ben@birch.example"]}).content)
    assert made["emails"][0]["value"] == "ben@birch.example"


def test_who_was_let_in_again_by_hand_is_simply_in_again(okta: Directory):
    person_id = ben(okta)
    okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": False})
    with as_tenant(okta.tenant.pk):
        Membership.objects.filter(pk=okta.member(person_id).pk).update(until=None)
    assert okta.call("GET", f"/Users/{person_id}")[1]["active"] is False
    assert okta.patch(f"/Users/{person_id}", {"op": "replace", "path": "active", "value": True})[1]["active"] is True


def test_a_provider_that_names_people_otherwise_finds_them_by_who_they_have_shown_to_be(okta: Directory):
    with as_tenant(okta.tenant.pk):
        okta.provider.protocol, okta.provider.details = "SAML", {"subject_attribute": "employeeNumber"}
        okta.provider.save()
        known = join(okta.tenant, make_user("ben@alder.example", "Ben"), role="Hall")
        ExternalIdentity.objects.create(
            provider=okta.provider, issuer=okta.provider.issuer, subject="4711", user=known.user, connected_at=AT
        )
    assert okta.member(ben(okta)).pk == known.pk
    assert okta.call("POST", "/Users", BRINGS | {"userName": "b2", "externalId": "b2"})[0] == 409
