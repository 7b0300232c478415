"""Entra ID brings people and groups: its own walk, call by call, in the words it is documented to use."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone, translation

from kontor.kernel.actions import overload
from kontor.kernel.actions.overload import set_request_limit
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, Role, Session
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.arriving import Arrival, ArrivalRefusedError, arrive
from kontor.office.identity.models import ExternalIdentity, User
from tests.factories import make_user
from tests.office.identity.provider.set_up import roles_of, rules
from tests.office.identity.scim.calling import ANNA, DIRECTORY, USER, Directory, directory, person
from tests.people import administrator, browser, join, make_tenant, role_of, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def entra() -> Any:
    tenant = make_tenant()
    administrator(tenant)
    with translation.override("en"):
        yield directory(tenant)


def test_its_test_of_the_connection_finds_nobody(entra: Directory):
    answer = entra.answer("GET", '/Users?filter=userName+eq+"5d40fe1b-a9a4-4e1d-9e68-0a9a4e1d9e68"')

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/scim+json")
    assert answer.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "startIndex": 1,
        "itemsPerPage": 0, "Resources": [],
    }  # fmt: skip


def test_somebody_new_is_a_member_of_this_company_with_an_account_that_its_sign_in_finds(entra: Directory):
    person_id = entra.brings("anna")

    status, told = entra.call("GET", '/Users?filter=userName eq "anna@alder.example"')
    found = told["Resources"][0]
    member = entra.member(person_id)
    with as_tenant(entra.tenant.pk):
        connected = ExternalIdentity.objects.get(user=member.user)
    assert (status, told["totalResults"], found["id"], found["active"]) == (200, 1, person_id, True)
    assert found["userName"] == "Anna@alder.example"
    assert found["name"] == {"formatted": "Anna Alder", "givenName": "Anna", "familyName": "Alder"}
    assert found["emails"] == [{"value": "anna@alder.example", "type": "work", "primary": True}]
    assert found["meta"]["location"] == f"http://testserver/scim/v2/{entra.provider.pk}/Users/{person_id}"
    assert (member.user.email, member.user.name, member.user.language) == ("anna@alder.example", "Anna Alder", "en")
    assert (member.kind, member.until, member.user.has_usable_password()) == ("EMPLOYEE", None, False)
    assert (connected.subject, connected.issuer) == (f"{DIRECTORY}.{ANNA}", entra.provider.issuer)
    assert verbs(entra.tenant, member) == ["kernel.member_added", "identity.provisioned"]


def test_it_changes_attributes_by_paths_and_leaves_out_what_is_not_kept(entra: Directory):
    person_id = entra.brings("anna")
    replaced = [
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "anna.birch@alder.example"},
        {"op": "Replace", "path": "name.familyName", "value": "Birch"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "HR"},
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "+49 89 000"},
        {"op": "Replace", "path": f"{USER}:displayName", "value": "Anna Birch"},
    ]
    status, told = entra.patch(f"/Users/{person_id}", *replaced)

    user = User.objects.get(pk=entra.member(person_id).user_id)
    assert (status, told["name"]["familyName"], told["displayName"]) == (200, "Birch", "Anna Birch")
    assert (user.email, user.name) == ("anna.birch@alder.example", "Anna Birch")
    assert verbs(entra.tenant, user) == []
    assert verbs(entra.tenant, entra.member(person_id))[-2:] == [
        "identity.profile_changed", "identity.provisioning_changed"
    ]  # fmt: skip


def test_a_value_without_a_path_may_hold_paths(entra: Directory):
    person_id = entra.brings("anna")
    value = {"name.givenName": "Anne", 'emails[type eq "work"].value': "anne@alder.example", "nickName": "An"}

    status, told = entra.patch(f"/Users/{person_id}", {"op": "Add", "value": value})

    assert (status, told["name"]["givenName"]) == (200, "Anne")
    assert User.objects.get(pk=entra.member(person_id).user_id).email == "anne@alder.example"


def test_active_written_as_a_text_ends_all_sessions_at_once_and_opens_again(entra: Directory):
    person_id = entra.brings("anna")
    member = entra.member(person_id)
    at_work = browser(member.user, entra.tenant)
    assert at_work.get("/identity/profile/").status_code == 200

    status, told = entra.patch(f"/Users/{person_id}", {"op": "Replace", "path": "active", "value": "False"})
    assert (status, told["active"]) == (200, False)
    assert Session.objects.filter(person=member.user_id).count() == 0
    assert at_work.get("/identity/profile/")["Location"] == "/sign-in/?next=/identity/profile/"
    assert entra.call("GET", f"/Users/{person_id}")[1]["active"] is False
    assert entra.call("GET", "/Users?filter=active eq false")[1]["totalResults"] == 1

    status, told = entra.patch(f"/Users/{person_id}", {"op": "Replace", "path": "active", "value": "True"})
    assert (status, told["active"]) == (200, True)
    assert entra.member(person_id).until is None


def test_taken_away_ends_access_keeps_the_trail_and_comes_back_as_who_it_was(entra: Directory):
    person_id = entra.brings("anna")
    before = entra.member(person_id)
    status, told = entra.call("DELETE", f"/Users/{person_id}")
    gone = entra.member(person_id)
    assert (status, told) == (204, None)
    assert gone.until is not None
    assert verbs(entra.tenant, gone)[-2:] == ["kernel.leaving_set", "identity.deprovisioned"]
    assert entra.call("GET", f"/Users/{person_id}")[0] == 404
    assert entra.call("DELETE", f"/Users/{person_id}")[0] == 404

    assert entra.brings("anna") == person_id
    assert (entra.member(person_id).pk, entra.member(person_id).until) == (before.pk, None)


def test_an_address_given_to_somebody_else_opens_nobodys_account(entra: Directory):
    entra.call("DELETE", f"/Users/{entra.brings('anna')}")

    status, told = entra.call("POST", "/Users", _anna(externalId="0f0f0f0f-2222-4222-8222-222222222222"))

    assert (status, told["scimType"]) == (409, "uniqueness")


def test_groups_give_and_take_the_roles_that_rules_name(entra: Directory):
    sales, hall = role_of(entra.tenant, "Sales", ["identity.see"]), role_of(entra.tenant, "Hall")
    rules(entra.provider, **{"Sales team": sales, "ab12-of-entra": hall})
    person_id = entra.brings("anna")
    anna = entra.member(person_id).user
    status, made = entra.call(
        "POST", "/Groups",
        {"schemas": [USER.replace("User", "Group"), "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
         "externalId": "ab12-of-entra", "displayName": "Sales team", "meta": {"resourceType": "Group"}},
    )  # fmt: skip
    assert (status, made["members"]) == (201, [])
    path = f"/Groups/{made['id']}"
    asked = f'/Groups?filter=id eq "{made["id"]}" and members eq "{person_id}"'

    at_work = browser(anna, entra.tenant)
    add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": person_id}]}
    assert entra.patch(path, add)[0] == 200
    assert roles_of(entra.tenant, anna) == ["Hall", "Sales"]
    assert at_work.get("/identity/profile/").status_code == 302
    assert entra.call("GET", asked)[1]["totalResults"] == 1
    assert entra.call("GET", f"/Users/{person_id}")[1]["groups"][0]["display"] == "Sales team"
    found = entra.call("GET", '/Groups?excludedAttributes=members&filter=displayName eq "Sales team"')[1]
    assert ["members" in each for each in found["Resources"]] == [False]

    remove = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": person_id}]}
    assert entra.patch(path, remove)[0] == 200
    assert roles_of(entra.tenant, anna) == []
    assert entra.call("GET", asked)[1]["totalResults"] == 0

    assert entra.patch(path, add)[0] == 200
    assert entra.patch(path, {"op": "Remove", "path": f'members[value eq "{person_id}"]'})[0] == 200
    assert roles_of(entra.tenant, anna) == []

    assert entra.patch(path, add)[0] == 200
    assert entra.call("DELETE", path) == (204, None)
    assert roles_of(entra.tenant, anna) == []
    assert entra.call("GET", path)[0] == 404
    assert [verb for verb in verbs(entra.tenant) if "group" in verb] == [
        "identity.group_provisioned", *["identity.group_changed"] * 5, "identity.group_deprovisioned"
    ]  # fmt: skip


def test_a_group_under_another_name_gives_other_roles_and_a_rule_made_later_holds_too(entra: Directory):
    sales = role_of(entra.tenant, "Sales", ["identity.see"])
    person_id = entra.brings("anna")
    anna = entra.member(person_id).user
    by_hand = role_of(entra.tenant, "Keys")
    join(entra.tenant, anna, role="Keys")
    _, made = entra.call("POST", "/Groups", {"displayName": "People", "members": [{"value": person_id}]})
    assert roles_of(entra.tenant, anna) == [by_hand.name]

    rules(entra.provider, Sellers=sales)
    assert entra.patch(f"/Groups/{made['id']}", {"op": "Replace", "path": "displayName", "value": "Sellers"})[0] == 200
    assert roles_of(entra.tenant, anna) == ["Keys", "Sales"]

    rules(entra.provider, Nobody=sales)
    assert roles_of(entra.tenant, anna) == ["Keys"]
    rules(entra.provider, **{"*": sales})
    assert roles_of(entra.tenant, anna) == ["Keys", "Sales"]


def test_the_last_administrator_cannot_be_taken_away(entra: Directory):
    board = role_of(entra.tenant, "Board")
    person_id = entra.brings("anna")
    with as_tenant(entra.tenant.pk):
        everything = Membership.objects.exclude(user__email="anna@alder.example").get()
    rules(entra.provider, board=_administrators_of(entra))
    _, made = entra.call("POST", "/Groups", {"displayName": "board", "members": [{"value": person_id}]})
    with as_tenant(entra.tenant.pk):
        everything.assignments.all().delete()
        everything.assignments.create(role=board)
    anna = entra.member(person_id).user

    refusals = [
        entra.patch(f"/Users/{person_id}", {"op": "Replace", "path": "active", "value": "False"}),
        entra.call("DELETE", f"/Users/{person_id}"),
    ]
    assert [(status, told["detail"]) for status, told in refusals] == [
        (403, "It is the last administrator; nobody could mend anything afterwards.")
    ] * 2
    assert entra.member(person_id).until is None
    assert entra.call("DELETE", f"/Groups/{made['id']}")[0] == 204
    assert roles_of(entra.tenant, anna) == [_administrators_of(entra).name]
    assert "identity.roles_kept" in verbs(entra.tenant)


def test_who_is_connected_already_is_taken_over_and_keeps_name_and_address(entra: Directory):
    anna = make_user("anna@alder.example", "Anna")
    member = join(entra.tenant, anna, role="Keys")
    with as_tenant(entra.tenant.pk):
        ExternalIdentity.objects.create(
            provider=entra.provider, issuer=entra.provider.issuer, subject=f"{DIRECTORY}.{ANNA}", user=anna,
            connected_at=member.since,
        )  # fmt: skip

    person_id = entra.brings("anna", displayName="Somebody Else")
    assert entra.member(person_id).pk == member.pk
    change = {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "other@alder.example"}
    assert entra.patch(f"/Users/{person_id}", change)[0] == 200
    assert User.objects.get(pk=anna.pk).email == "anna@alder.example"
    assert User.objects.get(pk=anna.pk).name == "Anna"
    assert roles_of(entra.tenant, anna) == ["Keys"]
    assert entra.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": False}})[1]["active"] is False
    assert entra.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": True}})[1]["active"] is True


def _anna(**more: Any) -> dict[str, Any]:
    return person("anna", **more)


def _administrators_of(entra: Directory) -> Any:
    with as_tenant(entra.tenant.pk):
        return Role.objects.get(everything=True)


def test_an_id_that_is_none_of_entras_connects_nobody_until_they_come(entra: Directory):
    person_id = entra.brings("anna", externalId="anna.alder")
    with as_tenant(entra.tenant.pk):
        assert ExternalIdentity.objects.count() == 0
        coming = Arrival(subject=f"{DIRECTORY}.{ANNA}", email="anna@alder.example", email_trusted=True)
        other = replace(coming, subject=f"{DIRECTORY}.0f0f0f0f-2222-4222-8222-222222222222")
        assert arrive(entra.provider, coming, at=timezone.now()).pk == entra.member(person_id).pk
        with pytest.raises(ArrivalRefusedError):
            arrive(entra.provider, other, at=timezone.now())


def test_the_companys_limit_of_calls_holds_here_too(entra: Directory):
    with as_tenant(entra.tenant.pk):
        set_request_limit(per_minute=2, per_client=2, at=timezone.now(), actor=MACHINE)
    overload._unlimited.clear()
    answers = [entra.answer("GET", "/Users") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_a_group_that_is_not_here_is_not_found(entra: Directory):
    assert entra.call("GET", f"/Groups/{ANNA}")[0] == 404
