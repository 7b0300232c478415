"""Devices: paired by the code they show, answered as their tenant at their site, and gone at once when unpaired."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement, Membership, RoleAssignment, Site, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.terminals.actions import pairing as actions
from kontor.office.terminals.models import Pairing, Terminal
from kontor.office.terminals.public import COOKIE, by_serial
from kontor.office.terminals.queries import Health, health
from tests.factories import make_house, make_user
from tests.people import administrator, browser, entitle, join, make_tenant, role_of, verbs, visitor

pytestmark = pytest.mark.django_db
START, BEAT = "/terminals/device/start/", "/terminals/device/beat/"
CODE_COOKIE = "kontor_pairing"


@pytest.fixture
def alder() -> Tenant:
    tenant = make_tenant()
    entitle(tenant, "visitors")
    return tenant


def site_of(tenant: Tenant, name: str = "Hamburg", zone: str = "Europe/Berlin") -> Site:
    with as_tenant(tenant.pk):
        return open_site(name=name, at=timezone.now(), actor=MACHINE, zone=zone)


def typed(site: Site, code: str, **given: object) -> dict[str, object]:
    return {
        "code": code, "name": "Empfang", "site": str(site.pk), "kind": "TABLET", "serial": "KT-1",
        "pages": ["terminals.standby"], "language": "de", **given,
    }  # fmt: skip


def shown_code(device: Client) -> str:
    """Let a device ask for a code, and read it off its page."""
    answer = device.post("/terminals/device/", follow=True)
    assert answer.status_code == 200
    return str(answer.context["code"])


def paired(tenant: Tenant, site: Site, **given: object) -> tuple[Client, Terminal]:
    """Return the browser of a device that was paired by the tenant's administrator, and its terminal."""
    device = visitor()
    code = shown_code(device)
    name = str(given.get("name", "Empfang"))
    person = make_user(f"{name.encode().hex()}@alder.example", "Jana")
    join(tenant, person)
    answer = browser(person, tenant).post("/terminals/pair/", typed(site, code, **given))
    assert answer.status_code == 302, answer.context["form"].errors
    told = device.post("/terminals/device/pairing/", headers={"HX-Request": "true"})
    assert (told.status_code, told.headers["HX-Redirect"]) == (200, START)
    with as_tenant(tenant.pk):
        return device, Terminal.objects.get(name=name, unpaired_at=None)


@pytest.mark.requirement("FW-007")
def test_a_device_is_paired_by_the_code_it_shows_and_unpaired_at_once(alder):
    site, manager = site_of(alder), browser(administrator(alder), alder)
    device = visitor()
    code = shown_code(device)
    assert len(code.replace("-", "")) == 8
    assert device.get("/terminals/device/").context["code"] == code  # shown anew, it is the same
    assert device.post("/terminals/device/pairing/").status_code == 204  # nobody has typed it yet
    assert device.get(START).status_code == 401

    assert manager.post("/terminals/pair/", typed(site, code.lower().replace("-", " "))).status_code == 302
    assert device.post("/terminals/device/pairing/").status_code == 200
    answer = device.get(START, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [("/terminals/device/standby/", 302)])
    assert (answer.context["here"].tenant_name, answer.context["here"].site_name) == ("Alder", "Hamburg")
    with as_tenant(alder.pk):
        terminal = Terminal.objects.get()
    assert verbs(alder, terminal) == ["terminals.paired"]

    assert manager.post(f"/terminals/{terminal.pk}/unpair/").status_code == 302
    refused = device.get("/terminals/device/standby/")
    assert (refused.status_code, refused.cookies[COOKIE].value) == (401, "")
    assert refused.headers["Clear-Site-Data"] == '"cache", "storage"'
    asked = device.post(BEAT, headers={"HX-Request": "true"})
    assert (asked.status_code, asked.headers["HX-Redirect"]) == (401, "/terminals/device/")


@pytest.mark.requirement("FW-007")
def test_a_code_is_good_for_ten_minutes_and_for_one_device(alder):
    site, at = site_of(alder), timezone.now()
    secret = actions.offer_code(address="192.0.2.7", at=at)
    code = actions.code_of(secret, at=at)
    kept = typed(site, code) | {"site": site, "at": at + timedelta(minutes=10), "actor": MACHINE}
    with as_tenant(alder.pk):
        with pytest.raises(actions.PairingRefusedError, match="not known or has expired"):
            actions.pair(**kept)
        first = actions.pair(**kept | {"at": at + timedelta(minutes=9, seconds=59)})
        with pytest.raises(actions.PairingRefusedError, match="not known or has expired"):
            actions.pair(**kept | {"at": at, "name": "Tor 2", "serial": "KT-2"})
        assert list(Terminal.objects.all()) == [first]
    assert actions.code_of(secret, at=at) == ""
    with pytest.raises(actions.PairingRefusedError, match="expired"):
        actions.ask_for_token(secret, at=at + timedelta(minutes=10))


def test_a_token_whose_answer_was_lost_is_made_anew_and_the_first_is_worth_nothing(alder):
    site, at = site_of(alder), timezone.now()
    secret = actions.offer_code(address="192.0.2.7", at=at)
    with as_tenant(alder.pk):
        terminal = actions.pair(
            **typed(site, actions.code_of(secret, at=at)) | {"site": site, "at": at, "actor": MACHINE}
        )
    lost, kept = actions.ask_for_token(secret, at=at), actions.ask_for_token(secret, at=at)
    assert resolve(kept or "", actions.SCOPE, at) == (alder.pk, terminal.pk)
    with pytest.raises(CredentialRefusedError):
        resolve(lost or "", actions.SCOPE, at)
    with as_tenant(alder.pk):
        actions.unpair(terminal.pk, at=at, actor=MACHINE)
    with pytest.raises(actions.PairingRefusedError, match="unpaired"):
        actions.ask_for_token(secret, at=at)


def test_from_one_network_twenty_devices_may_wait_at_once():
    at = timezone.now()
    for _ in range(20):
        actions.offer_code(address="192.0.2.7", at=at)
    with pytest.raises(actions.TooManyCodesError):
        actions.offer_code(address="192.0.2.7", at=at)
    actions.offer_code(address="192.0.2.8", at=at)
    assert actions.offer_code(address="192.0.2.7", at=at + timedelta(minutes=10))
    assert Pairing.objects.count() == 1  # those whose time was over are gone


def test_the_page_says_when_too_many_wait():
    for _ in range(20):
        actions.offer_code(address="127.0.0.1", at=timezone.now())
    answer = visitor().post("/terminals/device/")
    assert (answer.status_code, CODE_COOKIE in answer.cookies) == (429, False)


def test_a_code_that_is_over_leads_back_to_a_new_one():
    device = visitor()
    shown_code(device)
    Pairing.objects.all().delete()
    told = device.post("/terminals/device/pairing/")
    assert (told.status_code, told.headers["HX-Redirect"]) == (401, "/terminals/device/")
    assert device.get("/terminals/device/").context["code"] == ""


def test_name_and_serial_number_are_of_one_terminal_until_it_is_unpaired(alder):
    site = site_of(alder)
    _, terminal = paired(alder, site)
    manager = browser(administrator(alder), alder)
    for given in ({"name": "Tor 2"}, {"serial": "KT-2"}):
        answer = manager.post("/terminals/pair/", typed(site, shown_code(visitor()), **given))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    with as_tenant(alder.pk):
        actions.unpair(terminal.pk, at=timezone.now(), actor=MACHINE)
    assert manager.post("/terminals/pair/", typed(site, shown_code(visitor()))).status_code == 302


def test_a_beat_says_that_it_lives_and_brings_what_changed(alder):
    site = site_of(alder)
    device, terminal = paired(alder, site)
    manager = browser(administrator(alder), alder)
    knows = {"revision": "1", "restart": "0"}
    assert device.post(BEAT, knows, headers={"User-Agent": "KioskOS 12"}).headers.get("HX-Redirect") is None
    with as_tenant(alder.pk):
        terminal.refresh_from_db()
        assert terminal.agent == "KioskOS 12"
        assert health(terminal, terminal.seen_at + timedelta(seconds=89)) is Health.HERE
        assert health(terminal, terminal.seen_at + timedelta(seconds=90)) is Health.SILENT

    told = typed(site, "", name="Eingang", language="en", idle_seconds="30", serial=" KT-9 ")
    assert manager.post(f"/terminals/{terminal.pk}/change/", told).status_code == 302
    assert device.post(BEAT, knows).headers["HX-Redirect"] == START
    page = device.get("/terminals/device/standby/")
    assert (page.headers["Content-Language"], page.context["here"].idle_seconds) == ("en", 30)
    assert device.get("/terminals/device/standby/?l=de").context["LANGUAGE_CODE"] == "de"

    assert manager.post(f"/terminals/{terminal.pk}/restart/").status_code == 302
    assert device.post(BEAT, {"revision": "2", "restart": "0"}).headers["HX-Redirect"] == START
    assert device.post(BEAT, {"revision": "2", "restart": "1"}).headers.get("HX-Redirect") is None
    with as_tenant(alder.pk):
        assert list(by_serial(["KT-9", "KT-1", ""])) == ["KT-9"]
    assert verbs(alder, terminal) == ["terminals.paired", "terminals.changed", "terminals.restart_asked"]


def test_a_changed_name_that_another_terminal_has_is_refused(alder):
    site = site_of(alder)
    paired(alder, site)
    _, second = paired(alder, site, name="Tor 2", serial="KT-2")
    told = typed(site, "", serial="KT-2", idle_seconds="60")
    answer = browser(administrator(alder), alder).post(f"/terminals/{second.pk}/change/", told)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    with as_tenant(alder.pk):
        second.refresh_from_db()
    assert (second.name, second.revision) == ("Tor 2", 1)


def test_no_terminal_is_another_tenants_and_a_site_keeps_its_own(alder):
    site, other_site = site_of(alder), site_of(alder, "Kiel")
    _, terminal = paired(alder, site)
    other = make_tenant("Birke")
    entitle(other, "visitors")
    stranger = browser(administrator(other, "b@birke.example"), other)
    for way, ask in (
        ("", stranger.get),
        ("change/", stranger.get),
        ("restart/", stranger.post),
        ("unpair/", stranger.post),
    ):
        assert ask(f"/terminals/{terminal.pk}/{way}").status_code == 404
    refused = stranger.post("/terminals/pair/", typed(site, shown_code(visitor())))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["site"])
    with as_tenant(other.pk):
        assert by_serial(["KT-1"]) == {}

    at_kiel = make_user("kim@alder.example", "Kim")
    member = join(alder, at_kiel, role="Nichts", permissions=["parties.see"])
    give_at(alder, member, other_site)
    local = browser(at_kiel, alder)
    assert local.get("/terminals/").status_code == 200
    assert local.get(f"/terminals/{terminal.pk}/").status_code == 404
    offered = local.get("/terminals/pair/").context["form"].fields["site"].queryset
    with as_tenant(alder.pk):
        assert list(offered) == [other_site]


def give_at(tenant: Tenant, member: Membership, site: Site) -> None:
    role = role_of(tenant, "Haustechnik", ["terminals.see", "terminals.set_up"])
    with as_tenant(tenant.pk):
        RoleAssignment.objects.create(membership=member, role=role, site=site)


def test_seeing_and_setting_up_are_two_rights(alder):
    site = site_of(alder)
    _, terminal = paired(alder, site)
    reader = make_user("lea@alder.example", "Lea")
    join(alder, reader, role="Leser", permissions=["terminals.see"])
    reads = browser(reader, alder)
    page = f"/terminals/{terminal.pk}/"
    assert [reads.get(way).status_code for way in ("/terminals/", page)] == [200, 200]
    assert [reads.get(way).status_code for way in ("/terminals/pair/", f"{page}change/")] == [403, 403]
    assert [reads.post(f"{page}{way}/").status_code for way in ("restart", "unpair")] == [403, 403]
    bare = make_tenant("Crm")
    assert browser(administrator(bare, "c@crm.example"), bare).get("/terminals/").status_code == 403


def test_a_house_needs_no_order_for_its_own_terminals():
    house = make_house()
    device, _ = paired(house.tenant, site_of(house.tenant))
    assert device.get(START).status_code == 302


def test_without_the_contracts_module_a_terminal_shows_nothing(alder):
    device, _ = paired(alder, site_of(alder))
    with as_tenant(alder.pk):
        Entitlement.objects.update(until_on=timezone.now().date())
    assert device.get(START).status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_for_many(alder):
    site, at = site_of(alder), timezone.now()
    client = browser(administrator(alder), alder)
    taken = []
    for each in range(3):
        with as_tenant(alder.pk):
            Terminal.objects.create(site=site, name=str(each), paired_at=at)
        client.get("/terminals/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/terminals/").status_code == 200
        taken.append(len(asked))
    assert len(set(taken)) == 1, taken
