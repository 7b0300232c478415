"""The second factor through the pages: signing in, setting up, proving once more, and the administrator's part."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, Role, Session
from kontor.kernel.sessions import digest_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import factors
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.formats.one_time_codes import code_of, time_step
from kontor.office.identity.models import User
from kontor.office.identity.queries.factors import factors_of
from tests.factories import AT, PASSWORD, make_user
from tests.people import administrator, browser, join, mails, make_tenant, sign_in, verbs, visitor
from tests.second_factor import code_now, enrolled

pytestmark = pytest.mark.django_db


def demand(tenant: Any, member: Membership, what: str) -> None:
    with as_tenant(tenant.pk):
        factors.demand_factor(member, what, at=AT, actor=MACHINE)


@pytest.mark.requirement("SM-009")
def test_off_optional_and_mandatory_after_the_right_password():
    tenant = make_tenant()
    people = {}
    for name, what in (("u1", "OFF"), ("u2", "OPTIONAL"), ("u3", "MANDATORY")):
        people[name] = make_user(f"{name}@alder.example", name)
        demand(tenant, join(tenant, people[name]), what)

    off, optional, mandatory = (visitor() for _ in range(3))
    sign_in(off, "u1@alder.example")
    assert off.get("/identity/people/").status_code == 200

    offered = sign_in(optional, "u2@alder.example")
    assert offered.request["PATH_INFO"] == "/identity/factors/offered/"
    assert "Not now" in offered.content.decode()
    assert optional.get("/identity/people/").status_code == 200

    assert sign_in(mandatory, "u3@alder.example").request["PATH_INFO"] == "/identity/factors/needed/"
    for path in ("/", "/identity/people/", "/identity/profile/", "/identity/roles/", "/identity/factors/"):
        answer = mandatory.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/identity/factors/needed/"), path
    assert mandatory.get("/identity/factors/app/").status_code == 200


@pytest.mark.requirement("SM-010")
def test_a_guided_set_up_shows_the_admissible_apps_and_takes_a_code_once():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, authenticator_apps=["Aegis", "FreeOTP"])
    client = browser(ida, tenant)

    page = client.get("/identity/factors/app/").content.decode()
    assert [app for app in ("Aegis", "FreeOTP", "Authy") if app in page] == ["Aegis", "FreeOTP"]
    assert page.count('src="data:image/svg+xml;base64,') == 1
    (secret,) = re.findall(
        r"otpauth://totp/Kontor%3Aida%40alder.example\?secret=([A-Z2-7]{32})&amp;issuer=Kontor", page
    )
    assert " ".join(secret[place : place + 4] for place in range(0, 32, 4)) in page

    for wrong in ("", "12345", "1234567", "abcdef"):
        assert client.post("/identity/factors/app/", {"proof_code": wrong}).status_code == 422
    code = code_of(secret, time_step(timezone.now()))
    answer = client.post("/identity/factors/app/", {"proof_code": code})
    assert len(re.findall(r"<li><code>\d{4} \d{4}</code></li>", answer.content.decode())) == 10
    assert "no-store" in answer["Cache-Control"]

    again = visitor()
    assert sign_in(again, "ida@alder.example").request["PATH_INFO"] == "/sign-in/code/"
    refused = again.post("/sign-in/code/", {"proof_code": code})
    assert refused.status_code == 422
    assert again.get("/identity/people/").status_code == 302


def test_trap_59_the_sessions_key_changes_at_sign_in_and_after_the_factor():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    enrolled(ida, at=timezone.now())
    client = visitor()
    client.get("/sign-in/")
    sign_in(client, "ida@alder.example")
    waiting = client.cookies["sessionid"].value
    assert client.get("/identity/people/").status_code == 302

    client.post("/sign-in/code/", {"proof_code": code_now()})
    inside = client.cookies["sessionid"].value
    assert inside != waiting
    assert client.get("/identity/people/").status_code == 200
    assert Session.objects.filter(pk=digest_of(waiting)).exists() is False

    client.post("/identity/prove/?next=/identity/people/", {"prove": "1", "proof_code": code_now(1)})
    assert client.cookies["sessionid"].value != inside


def test_trap_59_a_session_from_before_the_demand_is_good_for_enrolment_only():
    tenant = make_tenant()
    administrator(tenant)
    ben = make_user("ben@alder.example", "Ben")
    member = join(tenant, ben)
    client = browser(ben, tenant)
    assert client.get("/identity/people/").status_code == 200

    demand(tenant, member, "MANDATORY")

    for path in ("/identity/people/", "/identity/profile/", "/identity/factors/", "/search/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/identity/factors/needed/"), path
    assert client.get("/identity/factors/needed/").status_code == 200
    page = client.get("/identity/factors/app/").content.decode()
    (secret,) = re.findall(r"secret=([A-Z2-7]{32})", page)
    client.post("/identity/factors/app/", {"proof_code": code_of(secret, time_step(timezone.now()))})
    assert client.get("/identity/people/").status_code == 200


def test_trap_59_an_old_session_enrols_only_who_knows_the_password():
    tenant = make_tenant()
    administrator(tenant)
    ben = make_user("ben@alder.example", "Ben")
    demand(tenant, join(tenant, ben), "MANDATORY")
    client = stale(browser(ben, tenant))

    answer = client.get("/identity/factors/app/")
    assert answer["Location"] == "/identity/prove/?next=%2Fidentity%2Ffactors%2Fapp%2F"
    client.post(answer["Location"], {"prove": "1", "proof_password": "wrong"})
    assert client.get("/identity/factors/app/").status_code == 302
    assert (
        client.post(answer["Location"], {"prove": "1", "proof_password": PASSWORD})["Location"]
        == "/identity/factors/app/"
    )
    assert client.get("/identity/factors/app/").status_code == 200


def test_trap_59_removing_the_factor_ends_the_other_sessions():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    enrolled(ida)
    here, elsewhere = shown(browser(ida, tenant)), shown(browser(ida, tenant))

    assert here.post("/identity/factors/app/remove/").status_code == 302

    assert factors_of(ida.pk).any is False
    assert factors_of(ida.pk).codes_left is None
    assert elsewhere.get("/identity/people/")["Location"].startswith("/sign-in/")
    assert here.get("/identity/people/").status_code == 200
    assert verbs(tenant, ida)[-1] == "identity.factor_removed"


def test_trap_59_a_new_password_by_mail_does_not_skip_the_factor():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    enrolled(ida, at=timezone.now())
    client = visitor()
    client.post("/password/forgotten/", {"email": "ida@alder.example"})
    (link,) = re.findall(r"https?://[^/\s]+(/password/new/\S+)", mails(tenant)[-1].text)
    new = "a quite new sentence 7 Birches"
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": new, "password2": new})
    assert client.get("/identity/people/").status_code == 302

    assert sign_in(client, "ida@alder.example", new).request["PATH_INFO"] == "/sign-in/code/"
    assert client.get("/identity/people/").status_code == 302
    client.post("/sign-in/code/", {"proof_code": code_now()})
    assert client.get("/identity/people/").status_code == 200


def test_a_form_waits_while_its_person_shows_who_they_are():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    client = stale(browser(ida, tenant))

    asked = client.post("/identity/roles/add/", {"name": "Desk"}, follow=True)
    assert asked.request["PATH_INFO"] == "/identity/prove/"
    assert asked.content.decode().count('name="name" value="Desk"') == 1
    proved = {"prove": "1", "proof_password": PASSWORD, "name": "Desk"}
    done = client.post("/identity/prove/?next=/identity/roles/add/", proved)
    assert (done.status_code, done["Location"]) == (307, "/identity/roles/add/")
    with as_tenant(tenant.pk):
        assert Role.objects.filter(name="Desk").count() == 0
    client.post("/identity/prove/?next=/identity/roles/add/", proved, follow=True)
    with as_tenant(tenant.pk):
        assert Role.objects.filter(name="Desk").count() == 1


def test_nobody_is_led_to_another_site():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)

    led_on = client.post("/identity/prove/?next=https://evil.example/", {"prove": "1", "proof_password": PASSWORD})
    assert led_on["Location"] == "/"


def test_where_a_factor_is_there_the_password_alone_opens_no_gate():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    enrolled(ida, at=timezone.now())
    with as_tenant(tenant.pk):
        demand_of(ida, "MANDATORY")
    client = stale(browser(ida, tenant))

    assert client.get("/identity/people/", follow=True).request["PATH_INFO"] == "/identity/prove/"
    assert client.post("/identity/prove/", {"prove": "1", "proof_password": PASSWORD}).status_code == 422
    assert client.post("/identity/prove/", {"prove": "1", "proof_code": code_now()}).status_code == 302
    assert client.get("/identity/people/").status_code == 200


def test_a_company_that_is_off_sets_nothing_up():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    with as_tenant(tenant.pk):
        demand_of(ida, "OFF")
    answer = browser(ida, tenant).get("/identity/factors/app/")
    assert answer["Location"] == "/identity/factors/"


def test_new_recovery_codes_are_shown_once():
    tenant = make_tenant()
    ida = administrator(tenant, "ida@alder.example", "Ida")
    client = shown(browser(ida, tenant))
    assert client.post("/identity/factors/codes/renew/").status_code == 404
    enrolled(ida)

    page = shown(browser(ida, tenant)).post("/identity/factors/codes/renew/").content.decode()
    assert page.count("<li><code>") == 10


def test_the_person_s_page_shows_the_factor_and_an_administrator_asks_for_one():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana = administrator(tenant)
    ben = make_user("ben@alder.example", "Ben")
    member = join(tenant, ben)
    client = browser(jana, tenant)
    page, do = f"/identity/people/{member.pk}/", f"/identity/people/{member.pk}/second-factor/"

    assert client.post(do, {"second_factor": "MANDATORY"})["Location"] == page
    assert client.post(do, {"second_factor": "SOMETIMES"}).status_code == 404
    enrolled(ben)
    assert client.get(page).content.decode().count("Reset the second factor of Ben?") == 1
    found = client.get("/identity/people/?factor=yes").content.decode()
    assert [name for name in ("Ben", "Jana Heitmann") if f">{name}</a>" in found] == ["Ben"]
    assert client.post(f"{do}reset/")["Location"] == page
    assert factors_of(ben.pk).any is False
    assert client.get(page).status_code == 200

    stranger = browser(administrator(other, "b@birke.example", "B"), other)
    assert stranger.post(do, {"second_factor": "OFF"}).status_code == 404
    assert stranger.post(f"{do}reset/").status_code == 404
    join(other, ben)
    enrolled(ben)
    client.post(f"{do}reset/")
    assert factors_of(ben.pk).any is True


def test_who_may_do_less_touches_no_administrator_s_factor():
    tenant = make_tenant()
    jana = administrator(tenant)
    enrolled(jana)
    ben = make_user("ben@alder.example", "Ben")
    join(tenant, ben, role="People", permissions=["identity.see", "identity.change"])
    with as_tenant(tenant.pk):
        member = Membership.objects.get(user=jana)
    client = browser(ben, tenant)

    client.post(f"/identity/people/{member.pk}/second-factor/", {"second_factor": "OFF"})
    client.post(f"/identity/people/{member.pk}/second-factor/reset/")

    with as_tenant(tenant.pk):
        member.refresh_from_db()
    assert member.second_factor == ""
    assert factors_of(jana.pk).any is True


def demand_of(user: User, what: str) -> None:
    factors.demand_factor(Membership.objects.get(user=user), what, at=AT, actor=MACHINE)


def stale(client: Client) -> Client:
    """Let twenty minutes pass since the person last showed who they are."""
    session = client.session
    session["proved_at"] = (timezone.now() - timedelta(minutes=20)).isoformat()
    session.save()
    return client


def shown(client: Client) -> Client:
    """As if the second factor had been shown in this session."""
    session = client.session
    session["factor_at"] = timezone.now().isoformat()
    session.save()
    return client
