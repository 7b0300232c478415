"""Who may do what, where, and why: consultants, guests, roles at sites, handing over, and a factor per role."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership, Role, RoleAssignment, Session, Site
from kontor.kernel.sessions import digest_of, left_of
from kontor.kernel.standing import standing_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.public import publish
from kontor.office.identity.actions import invitations, members, roles
from kontor.office.identity.actions.handing_over import NobodyToHandToError, hand_over
from kontor.office.identity.actions.limits import BeyondOwnRightsError, ContractMissingError
from kontor.office.identity.actions.site_roles import (
    EverywhereOnlyError,
    SiteNameTakenError,
    add_site,
    give_at_site,
    take_at_site,
)
from kontor.office.identity.queries.grants import explained, places
from kontor.office.identity.queries.security import score
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, role_of, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
LESS = frozenset({"identity.see", "identity.change"})
TOLD = {"at": AT, "actor": MACHINE}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def alder():
    tenant = make_tenant()
    tenant.admin = administrator(tenant)
    tenant.pia = make_user("pia@alder.example", "Pia Sommer")
    tenant.member = join(tenant, tenant.pia, role="Reader", permissions=["identity.see"])
    return tenant


def invited(tenant, **more: object):
    told = {"email": "rainer@kueck.example", "name": "Rainer Kück", "kind": "SERVICE_PROVIDER", "language": "en"}
    with as_tenant(tenant.pk):
        return invitations.invite(roles=[Role.objects.get(name="Reader")], held=None, **TOLD, **{**told, **more})


def site(tenant, name="Werk Nord"):
    with as_tenant(tenant.pk):
        return add_site(name=name, zone="Europe/Berlin", **TOLD)


def at_site(tenant, place, role="Reception", permissions=("identity.see", "identity.lock"), held=None):
    chosen = role_of(tenant, role, permissions)
    with as_tenant(tenant.pk):
        return give_at_site(tenant.member.pk, role=chosen.pk, site=place.pk, held=held, **TOLD)


# ---- consultants and guests


@pytest.mark.requirement("SO-011")
def test_a_consultant_needs_a_contract_and_everybody_agrees_to_the_terms_first(alder):
    admin = browser(alder.admin, alder)
    with as_tenant(alder.pk):
        reader = Role.objects.get(name="Reader")
    told = {"email": "rainer@kueck.example", "name": "Rainer Kück", "kind": "SERVICE_PROVIDER", "language": "en",
            "roles": [str(reader.pk)], "consulting_contract": " ", "last_day": ""}  # fmt: skip
    refused = admin.post(reverse("identity:invite"), told)
    assert refused.status_code == 422
    assert "Name the contract under which this person works for you." in refused.content.decode()
    with as_tenant(alder.pk):
        assert Membership.objects.count() == 2
    assert admin.post(reverse("identity:invite"), told | {"consulting_contract": "RV 2026-017"}).status_code == 302
    with as_tenant(alder.pk):
        member = Membership.objects.get(kind="SERVICE_PROVIDER")
        assert member.consulting_contract == "RV 2026-017"
        text = {"de": "Bedingungen", "en": "Terms"}
        publish(key="terms", version="1", title=text, text=text, required_from=AT, **TOLD)
    assert "RV 2026-017" in admin_page(alder, member)

    pia = visitor()
    sign_in(pia, "pia@alder.example")
    assert pia.get("/identity/people/").url == "/documents/agree/"
    page = pia.get("/documents/agree/")
    shown = {"document": page.context["document"].pk, "sha256": page.context["sha256"]}
    pia.post("/documents/agree/", shown)
    assert pia.get("/identity/people/").status_code == 200


def admin_page(tenant, member):
    boss = administrator(tenant, "boss@alder.example", "Boss")
    client = browser(boss, tenant)
    page = client.get("/documents/agree/")
    client.post("/documents/agree/", {"document": page.context["document"].pk, "sha256": page.context["sha256"]})
    return client.get(reverse("identity:person", args=[member.pk])).content.decode()


def test_without_a_contract_a_service_provider_can_only_leave(alder):
    with pytest.raises(ContractMissingError):
        invited(alder)
    member = join(alder, make_user("rainer@kueck.example", "Rainer"), role="Reader", kind="SERVICE_PROVIDER")
    having = [role_of(alder, "Reader").pk]
    told = {"kind": "SERVICE_PROVIDER", "roles": having, "held": None, **TOLD}
    with as_tenant(alder.pk):
        with pytest.raises(ContractMissingError):
            members.change_member(member.pk, until=None, **told)
        with pytest.raises(ContractMissingError):
            members.change_member(member.pk, until=AT + timedelta(days=1), **told)
        assert members.change_member(member.pk, until=AT, **told).until == AT


def test_an_employee_has_no_consulting_contract(alder):
    member = invited(alder, kind="EMPLOYEE", consulting_contract="RV 17")
    assert member.consulting_contract == ""


def test_a_guests_access_ends_by_itself(alder):
    member = invited(alder, consulting_contract="RV 17", until=AT + timedelta(days=2))
    with as_tenant(alder.pk):
        assert Membership.objects.get(pk=member.pk).until == AT + timedelta(days=2)
        assert standing_of(member.user_id, tenant_id=alder.pk, now=AT + timedelta(days=1)) is not None
        assert standing_of(member.user_id, tenant_id=alder.pk, now=AT + timedelta(days=2)) is None
    page = browser(alder.admin, alder)
    told = {"email": "gast@kueck.example", "name": "Gast", "kind": "EMPLOYEE", "language": "en",
            "roles": [str(role_of(alder, "Reader").pk)], "last_day": "2020-01-01"}  # fmt: skip
    assert page.post(reverse("identity:invite"), told).status_code == 422
    coming = timezone.localdate() + timedelta(days=3)
    assert page.post(reverse("identity:invite"), told | {"last_day": coming.isoformat()}).status_code == 302
    with as_tenant(alder.pk):
        guest = Membership.objects.get(user__email="gast@kueck.example")
        assert timezone.localtime(guest.until).date() == coming + timedelta(days=1)


# ---- sites


def test_a_role_at_a_site_holds_there_and_nowhere_else(alder):
    north, south = site(alder), site(alder, "Werk Süd")
    grant = at_site(alder, north)
    assert at_site(alder, north).pk == grant.pk  # twice is once
    with as_tenant(alder.pk):
        standing = standing_of(alder.pia.pk, tenant_id=alder.pk, now=AT)
        assert standing is not None
        assert [standing.may("identity.lock", site=place) for place in (north.pk, south.pk, None)] == [
            True,
            False,
            False,
        ]
        take_at_site(grant.pk, held=None, **TOLD)
        assert RoleAssignment.objects.filter(site__isnull=False).count() == 0
    assert verbs(alder, alder.member)[-2:] == ["identity.site_role_given", "identity.site_role_taken"]


def test_nobody_gives_or_takes_at_a_site_what_they_lack(alder):
    north = site(alder)
    grant = at_site(alder, north)
    with pytest.raises(BeyondOwnRightsError):
        at_site(alder, north, "Boss", ["identity.security"], held=LESS)
    with as_tenant(alder.pk):
        with pytest.raises(BeyondOwnRightsError):
            take_at_site(grant.pk, held=LESS, **TOLD)
        everything = Role.objects.get(everything=True)
        with pytest.raises(EverywhereOnlyError):
            give_at_site(alder.member.pk, role=everything.pk, site=north.pk, held=None, **TOLD)


def test_ones_own_sessions_stay_and_those_of_others_end(alder):
    north = site(alder)
    client = visitor()
    sign_in(client, "pia@alder.example")
    role = role_of(alder, "Reception", ["identity.see"])
    with as_tenant(alder.pk):
        give_at_site(alder.member.pk, role=role.pk, site=north.pk, held=None, at=AT, actor=Actor.person(alder.pia))
    assert client.get("/identity/people/").status_code == 200
    at_site(alder, north, "Other", ["identity.see"])
    assert client.get("/identity/people/").url.startswith("/sign-in/")


def test_another_tenants_site_role_and_grant_are_not_there(alder):
    other = make_tenant("Birke")
    administrator(other, "jo@birke.example", "Jo")
    grant = at_site(alder, site(alder))
    theirs = site(other)
    with as_tenant(other.pk):
        with pytest.raises(RoleAssignment.DoesNotExist):
            take_at_site(grant.pk, held=None, **TOLD)
        with pytest.raises(Membership.DoesNotExist):
            give_at_site(alder.member.pk, role=grant.role_id, site=theirs.pk, held=None, **TOLD)
    with as_tenant(alder.pk), pytest.raises(Site.DoesNotExist):
        give_at_site(alder.member.pk, role=grant.role_id, site=theirs.pk, held=None, **TOLD)


def test_two_sites_have_two_names(alder):
    site(alder)
    with pytest.raises(SiteNameTakenError, match="There is a site called WERK NORD already"):
        site(alder, "WERK NORD")


def test_the_pages_open_sites_and_give_and_take_roles_at_them(alder):
    admin = browser(alder.admin, alder)
    add = reverse("identity:site-add")
    for name in ("Werk Nord", "Werk Nord", ""):
        admin.post(add, {"name": name})
    with as_tenant(alder.pk):
        north = Site.objects.get()
        reader, everything = Role.objects.get(name="Reader"), Role.objects.get(everything=True)
    give = reverse("identity:site-role-give", args=[alder.member.pk])
    admin.post(give, {"site": str(north.pk), "role": str(everything.pk)})  # it is not offered
    admin.post(give, {"site": str(north.pk), "role": str(reader.pk)})
    with as_tenant(alder.pk):
        grant = RoleAssignment.objects.get(site__isnull=False)
    page = admin.get(reverse("identity:person-rights", args=[alder.member.pk])).content.decode()
    assert "Role Reader, at Werk Nord" in page
    take = reverse("identity:site-role-take", args=[alder.member.pk, grant.pk])
    assert browser(alder.pia, alder).post(take).status_code == 403
    assert admin.post(take).status_code == 302
    assert admin.post(take).status_code == 404


def test_what_one_may_not_give_is_said_on_the_page(alder):
    north = site(alder)
    boss = role_of(alder, "Boss", ["identity.security"])
    ben = make_user("ben@alder.example", "Ben")
    join(alder, ben, role="Lead", permissions=LESS)
    client = browser(ben, alder)
    give = reverse("identity:site-role-give", args=[alder.member.pk])
    client.post(give, {"site": str(north.pk), "role": str(boss.pk)})
    with as_tenant(alder.pk):
        assert RoleAssignment.objects.filter(site__isnull=False).count() == 0


# ---- who may what, and why


def test_the_matrix_tells_roles_by_place_and_narrows_to_one_right(alder):
    north = site(alder)
    at_site(alder, north)
    admin = browser(alder.admin, alder)
    page = admin.get(reverse("identity:matrix"), {"format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(page)))
    assert rows[0] == ["Name", "Counts as", "Everywhere", "Werk Nord"]
    with as_tenant(alder.pk):
        boss = Role.objects.get(everything=True).name
    assert rows[1:] == [
        ["Jana Heitmann", "Employee", boss, ""],
        ["Pia Sommer", "Employee", "Reader", "Reception"],
    ]
    page = admin.get(reverse("identity:matrix"), {"format": "csv", "right": "identity.lock"}).content.decode(
        "utf-8-sig"
    )
    assert list(csv.reader(io.StringIO(page)))[1:] == [
        ["Jana Heitmann", "Employee", boss, ""],
        ["Pia Sommer", "Employee", "", "Reception"],
    ]
    text = admin.get(reverse("identity:matrix"), {"right": "identity.api"}).content.decode()
    assert ("Jana Heitmann" in text, "Manage API keys and webhooks. Each cell" in text) == (True, True)
    with as_tenant(alder.pk):
        assert [str(row.user) for row in places(at=AT, right="identity.api")] == ["Jana Heitmann"]
        assert len(places(at=AT)) == 2
    assert admin.get(reverse("identity:matrix"), {"right": "weather"}).status_code == 200


def test_why_somebody_may_do_something_or_not(alder):
    north = site(alder)
    at_site(alder, north)
    with as_tenant(alder.pk):
        standing = standing_of(alder.admin.pk, tenant_id=alder.pk, now=AT)
        assert standing is not None
        found = {why.permission.key: why for _title, rows in explained(alder.member, standing) for why in rows}
        mine = {
            why.permission.key: why
            for _title, rows in explained(member_of(alder, alder.admin), standing)
            for why in rows
        }
    see, lock, api = found["identity.see"], found["identity.lock"], found["identity.api"]
    assert [(place and place.name, role) for place, role in see.by] == [("Werk Nord", "Reception"), (None, "Reader")]
    assert [(one.allowed, one.everywhere) for one in (see, lock, api)] == [(True, True), (True, False), (False, False)]
    assert mine["identity.api"].everywhere
    page = browser(alder.pia, alder).get(reverse("identity:person-rights", args=[alder.member.pk])).content.decode()
    assert ("Role Reader, everywhere" in page, "Role Reception, at Werk Nord" in page) == (True, True)
    assert "None of the roles allows it." in page
    assert "Give a role at a site" not in page


def member_of(tenant, user):
    return Membership.objects.get(user_id=user.pk)


@pytest.mark.parametrize("name", ["identity:person-rights", "identity:hand-over", "identity:site-role-give"])
def test_a_stranger_has_no_rights_page(alder, name: str):
    other = make_tenant("Birke")
    jo = administrator(other, "jo@birke.example", "Jo")
    client = browser(jo, other)
    address = reverse(name, args=[alder.member.pk])
    assert (client.post(address) if name.endswith("give") else client.get(address)).status_code == 404


def test_the_matrix_asks_the_database_as_often_for_many_as_for_one(alder):
    admin = browser(alder.admin, alder)
    for _warm_up in range(2):
        admin.get(reverse("identity:matrix"))
    with CaptureQueriesContext(connection) as few:
        admin.get(reverse("identity:matrix"))
    for name in ("a", "b", "c"):
        join(alder, make_user(f"{name}@alder.example", name), role=f"R{name}", permissions=["identity.see"])
    with CaptureQueriesContext(connection) as many:
        admin.get(reverse("identity:matrix"))
    assert len(few) == len(many)


# ---- handing over


def test_a_colleague_takes_over_everything_and_the_access_ends_at_once(alder):
    at_site(alder, site(alder))
    ben = join(alder, make_user("ben@alder.example", "Ben"), role="Guest", permissions=[])
    client = visitor()
    sign_in(client, "pia@alder.example")
    admin = browser(alder.admin, alder)
    address = reverse("identity:hand-over", args=[alder.member.pk])
    assert "What passes on" in admin.get(address).content.decode()
    assert admin.post(address, {"to": str(alder.member.pk)}).status_code == 422
    assert admin.post(address, {"to": str(ben.pk)}).url == reverse("identity:person", args=[ben.pk])
    with as_tenant(alder.pk):
        held = [(row.role.name, row.site.name if row.site else "") for row in
                ben.assignments.select_related("role", "site").order_by("role__name")]  # fmt: skip
        assert held == [("Guest", ""), ("Reader", ""), ("Reception", "Werk Nord")]
        assert Membership.objects.get(pk=alder.member.pk).until is not None
    assert client.get("/identity/people/").url.startswith("/sign-in/")
    assert admin.get(address).status_code == 404  # nobody hands over twice
    assert "identity.handed_over" in verbs(alder, ben)


def test_the_only_administrator_hands_over_and_is_gone(alder):
    with as_tenant(alder.pk):
        admin = member_of(alder, alder.admin)
        hand_over(admin.pk, to=alder.member.pk, held=None, at=AT, actor=Actor.person(alder.admin))
        assert standing_of(alder.pia.pk, tenant_id=alder.pk, now=AT).everything  # type: ignore[union-attr]
        assert standing_of(alder.admin.pk, tenant_id=alder.pk, now=AT) is None


def test_nobody_hands_over_to_oneself_or_to_who_is_gone_or_what_they_lack(alder):
    gone = join(alder, make_user("gone@alder.example", "Gone"), role="Reader")
    with as_tenant(alder.pk):
        Membership.objects.filter(pk=gone.pk).update(until=AT)
        admin = member_of(alder, alder.admin)
        for to in (alder.member.pk, gone.pk):
            with pytest.raises(NobodyToHandToError):
                hand_over(alder.member.pk, to=to, held=None, **TOLD)
        with pytest.raises(BeyondOwnRightsError):
            hand_over(admin.pk, to=alder.member.pk, held=LESS, **TOLD)


def test_a_refused_handing_over_is_said_on_the_page(alder):
    ben = make_user("ben@alder.example", "Ben")
    join(alder, ben, role="Lead", permissions=LESS)
    with as_tenant(alder.pk):
        admin = member_of(alder, alder.admin)
    answer = browser(ben, alder).post(reverse("identity:hand-over", args=[admin.pk]), {"to": str(alder.member.pk)})
    assert answer.status_code == 422


def test_an_administrator_who_leaves_later_cannot_take_over_as_the_last(alder):
    with as_tenant(alder.pk):
        Membership.objects.filter(pk=alder.member.pk).update(until=AT + timedelta(days=3))
        admin = member_of(alder, alder.admin)
        with pytest.raises(LastAdministratorError):
            hand_over(admin.pk, to=alder.member.pk, held=None, **TOLD)


# ---- a second factor per role


def test_a_role_that_demands_a_factor_comes_before_what_is_set_for_the_person(alder):
    role = role_of(alder, "Reader")
    with as_tenant(alder.pk):
        Membership.objects.filter(pk=alder.member.pk).update(second_factor="OFF")
        assert standing_of(alder.pia.pk, tenant_id=alder.pk, now=AT).entry.second_factor == "OFF"  # type: ignore[union-attr]
        roles.demand_factor_of(role.pk, demanded=True, held=None, **TOLD)
        roles.demand_factor_of(role.pk, demanded=True, held=None, **TOLD)
        assert standing_of(alder.pia.pk, tenant_id=alder.pk, now=AT).entry.second_factor == "MANDATORY"  # type: ignore[union-attr]
        (check,) = [one for one in score(at=AT).checks if one.key == "second_factor"]
        assert check.share * 2 == 1
    assert verbs(alder, role).count("identity.role_factor") == 1
    assert browser(alder.pia, alder).get("/identity/people/").url == "/identity/factors/needed/"
    with as_tenant(alder.pk):
        roles.demand_factor_of(role.pk, demanded=False, held=None, **TOLD)
        with pytest.raises(BeyondOwnRightsError):
            boss = Role.objects.get(everything=True)
            roles.demand_factor_of(boss.pk, demanded=True, held=LESS, **TOLD)
    assert browser(alder.pia, alder).get("/identity/people/").status_code == 200


def test_the_roles_page_sets_it(alder):
    role = role_of(alder, "Reader")
    admin = browser(alder.admin, alder)
    address = reverse("identity:role-factor", args=[role.pk])
    admin.post(address, {"demand": "yes"})
    assert (
        "must show a second factor, whatever is set"
        in admin.get(reverse("identity:role", args=[role.pk])).content.decode()
    )
    people = admin.get(reverse("identity:people")).content.decode()
    assert "still missing" in people
    admin.post(address, {"demand": ""})
    with as_tenant(alder.pk):
        assert not Role.objects.get(pk=role.pk).second_factor
    ben = make_user("ben@alder.example", "Ben")
    join(alder, ben, role="Lead", permissions=LESS)
    with as_tenant(alder.pk):
        boss = Role.objects.get(everything=True)
    browser(ben, alder).post(reverse("identity:role-factor", args=[boss.pk]), {"demand": "yes"})
    with as_tenant(alder.pk):
        assert not Role.objects.get(pk=boss.pk).second_factor


def test_who_changes_their_own_roles_stays_signed_in(alder):
    client = visitor()
    sign_in(client, "jana@alder.example")
    with as_tenant(alder.pk):
        me = member_of(alder, alder.admin)
        both = [role.pk for role in Role.objects.all()]
        members.change_member(
            me.pk, kind="EMPLOYEE", roles=both, until=None, held=None, at=AT, actor=Actor.person(alder.admin)
        )
        assert me.assignments.count() == 2
    assert client.get("/identity/people/").status_code == 200


@pytest.mark.trap(59)
def test_trap_59_the_sessions_key_changes_with_the_rights_and_the_tenant(alder):
    client = visitor()
    sign_in(client, "pia@alder.example")
    client.get("/identity/people/")

    def key_after(answer: int = 200, **headers: str) -> str:
        assert client.get("/identity/people/", headers=headers).status_code == answer
        return str(client.cookies["sessionid"].value)

    first = key_after()
    assert key_after() == first
    with as_tenant(alder.pk):
        role = Role.objects.get(name="Reader")
        roles.change_rights({role.pk: roles.Swap(given=frozenset({"identity.change"}))}, held=None, **TOLD)
    assert key_after(**{"HX-Request": "true"}) == first  # a page's parts come with the page's key
    more = key_after()
    assert more != first
    assert key_after() == more
    assert Session.objects.get(pk=left_of(first)).person is None  # what the old key opened, it opens no more

    with as_tenant(alder.pk):
        roles.change_rights(
            {role.pk: roles.Swap(taken=frozenset({"identity.see", "identity.change"}))}, held=None, **TOLD
        )
    less = key_after(403)
    assert less != more

    birch = make_tenant("Birch")
    join(birch, alder.pia)
    client.post(reverse("identity:enter", args=[birch.pk]))
    elsewhere = key_after()
    assert elsewhere != less
    (session,) = Session.objects.filter(person=alder.pia.pk)
    assert (session.pk, session.working_in, session.method) == (digest_of(elsewhere), birch.pk, "password")


@pytest.mark.trap(59)
def test_trap_59_who_gives_themselves_a_role_goes_on_with_another_key_and_others_are_signed_out(alder):
    own, pias = browser(alder.admin, alder), browser(alder.pia, alder)
    for client in (own, pias):
        client.get("/identity/people/")
    before = own.cookies["sessionid"].value
    actor = Actor.person(alder.admin)
    with as_tenant(alder.pk):
        desk = role_of(alder, "Desk", ["identity.see"])
        for person in (alder.admin, alder.pia):
            give_at_site(
                Membership.objects.get(user_id=person.pk).pk, role=desk.pk, site=site(alder, person.name).pk, held=None,
                at=AT, actor=actor,
            )  # fmt: skip

    assert own.get("/identity/people/").status_code == 200
    assert own.cookies["sessionid"].value != before
    assert pias.get("/identity/people/")["Location"].startswith("/sign-in/")
