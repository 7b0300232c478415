"""Whose right ends at a site sees and reaches what belongs to it, and nothing else."""

import re

import pytest

from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RoleAssignment
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.site_roles import give_at_site
from kontor.office.identity.models import User
from tests.config.every_address import addresses
from tests.factories import AT, make_user
from tests.people import administrator, browser, entitle, join, make_tenant, role_of, verbs

pytestmark = pytest.mark.django_db
RIGHTS = ("identity.see", "identity.change")


@pytest.fixture
def alder():
    tenant = make_tenant()
    administrator(tenant)
    for module in ("contracts", "books"):
        entitle(tenant, module)
    return tenant


@pytest.fixture
def sites(alder):
    with as_tenant(alder.pk):
        return [
            open_site(name=name, zone="Europe/Berlin", at=AT, actor=MACHINE)
            for name in ("Nordhafen", "Südhafen", "Ost")
        ]


def at_site(tenant, name, site, role="Leitung", permissions=RIGHTS):
    """Let somebody work here with a role at one site alone."""
    user = make_user(f"{name.lower()}@alder.example", f"{name} {name}mann")
    member = join(tenant, user, role="Gast", permissions=[])
    given = role_of(tenant, role, permissions)
    with as_tenant(tenant.pk):
        RoleAssignment.objects.filter(membership=member).delete()
        give_at_site(member.pk, role=given.pk, site=site.pk, held=None, at=AT, actor=MACHINE)
    return user, member


def text(client, path):
    response = client.get(path)
    return " ".join(response.content.decode().split()) if response.status_code == 200 else response.status_code


def test_no_page_shows_a_word_of_another_site(alder, sites):
    """Every address there is, as somebody who may see and change people at one site."""
    north, south, _ = sites
    nora, mine = at_site(alder, "Nora", north)
    _, theirs = at_site(alder, "Sven", south)
    client, shown = browser(nora, alder), []
    for address in addresses():
        if address.path.startswith("/api/"):
            continue
        for row in (mine.pk, theirs.pk, uuid7()) if address.blanks else ("",):
            path = re.sub(r"<[^>]+>", str(row), address.path)
            answer = client.get(path)
            if answer.status_code != 200 or getattr(answer, "streaming", False):
                continue
            shown.append(path)
            told = answer.content.decode()
            if path == "/identity/profile/":  # who administers the whole company is told to everybody (SM-021)
                told = told.replace("Rights are given by Jana Heitmann.", "")
            for word in ("Südhafen", "Sven", "Svenmann", "Jana Heitmann"):
                assert word not in told, (path, word)
    assert "/identity/matrix/" in shown
    assert f"/identity/people/{mine.pk}/rights/" in shown
    assert f"/identity/people/{theirs.pk}/rights/" not in shown
    assert "/identity/people/" in shown


def test_the_list_of_people_and_the_search_show_who_holds_a_role_there_with_the_roles_of_there(alder, sites):
    north, south, _ = sites
    nora, mine = at_site(alder, "Nora", north)
    hein, helper = at_site(alder, "Hein", north, role="Empfang", permissions=["identity.see"])
    at_site(alder, "Sven", south)
    guard = role_of(alder, "Nachtwache", [])
    with as_tenant(alder.pk):
        give_at_site(helper.pk, role=guard.pk, site=south.pk, held=None, at=AT, actor=MACHINE)
    client = browser(nora, alder)

    page = text(client, "/identity/people/")
    for words, there in (
        ("Nora Noramann", True), ("Hein Heinmann", True), ("Empfang", True), (f"/people/{mine.pk}/rights/", True),
        ("Sven", False), ("Jana", False), ("Nachtwache", False), ("seat", False), ("Invite", False),
    ):  # fmt: skip
        assert (words in page) is there, words
    elsewhere = text(client, f"/identity/people/?role={guard.pk}")  # held at another site: as if it were no role
    assert ("Nora Noramann" in elsewhere, "Hein Heinmann" in elsewhere) == (True, True)
    file = b"".join(client.get("/identity/people/?format=csv")).decode()
    assert ("Heinmann" in file, "Svenmann" in file, "Nachtwache" in file) == (True, False, False)
    assert f"/identity/people/{helper.pk}/rights/" in text(client, "/search/?q=hein")
    assert "Svenmann" not in text(client, "/search/?q=sven")
    assert "Svenmann" in text(browser(User.objects.get(name="Jana Heitmann"), alder), "/search/?q=sven")
    assert hein.email in page


def test_they_give_and_take_rights_there_and_only_those_they_have(alder, sites):
    north, south, _ = sites
    nora, mine = at_site(alder, "Nora", north)
    kim = make_user("kim@alder.example", "Kim Kimmann")
    theirs = at_site(alder, "Sven", south)[1]
    helper = at_site(alder, "Hein", north, role="Empfang", permissions=["identity.see"])[1]
    join(alder, kim, role="Gast", permissions=[])
    reception, boss = role_of(alder, "Empfang"), role_of(alder, "Sperren", ["identity.lock"])
    client = browser(nora, alder)
    assert "Rights at sites" in text(client, "/identity/matrix/")
    assert "Everywhere" not in text(client, "/identity/matrix/")

    url = f"/identity/people/{mine.pk}/sites/give/"
    client.post(url, {"role": reception.pk, "site": north.pk})
    client.post(url, {"role": reception.pk, "site": south.pk})  # not a site of theirs
    client.post(url, {"role": boss.pk, "site": north.pk})  # not a right of theirs
    assert client.post(f"/identity/people/{theirs.pk}/sites/give/").status_code == 404
    with as_tenant(alder.pk):
        held = RoleAssignment.objects.filter(membership=mine).values_list("role__name", "site__name")
        assert sorted(held) == [("Empfang", "Nordhafen"), ("Leitung", "Nordhafen")]
        grant = RoleAssignment.objects.get(membership=helper)
        other = RoleAssignment.objects.get(membership=theirs)
    assert client.post(f"/identity/people/{mine.pk}/sites/{other.pk}/take/").status_code == 404
    assert client.post(f"/identity/people/{helper.pk}/sites/{grant.pk}/take/").status_code == 302
    assert verbs(alder, helper).count("identity.site_role_taken") == 1
    assert client.post("/identity/sites/add/", {"name": "West"}).status_code == 403


def test_who_has_several_sites_chooses_one(alder, sites):
    north, south, east = sites
    nora, member = at_site(alder, "Nora", north)
    at_site(alder, "Sven", south)
    with as_tenant(alder.pk):
        give_at_site(member.pk, role=role_of(alder, "Leitung").pk, site=south.pk, held=None, at=AT, actor=MACHINE)
    client = browser(nora, alder)
    page = text(client, "/identity/matrix/")
    assert ("All of mine" in page, "Svenmann" in page) == (True, True)

    assert client.post("/site/", {"site": north.pk, "back": "/identity/matrix/"}).url == "/identity/matrix/"
    assert "Svenmann" not in text(client, "/identity/matrix/")
    client.post("/site/", {"site": east.pk})  # not a site of theirs: all of theirs again
    assert "Svenmann" in text(client, "/identity/matrix/")
    client.post("/site/", {"site": south.pk})
    client.post("/site/", {"site": ""})
    assert "Svenmann" in text(client, "/identity/matrix/")


def test_who_may_everywhere_is_asked_nothing(alder, sites):
    client = browser(make_user("otto@alder.example", "Otto"), None)
    assert client.post("/site/", {"site": sites[0].pk}).status_code == 302
    page = text(browser(User.objects.get(email="jana@alder.example"), alder), "/identity/matrix/")
    assert ("All of mine" in page, "Everywhere" in page, "Rights at sites" in page) == (False, True, False)
