"""The pages on which a tenant looks after its own people, and who may open them."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from kontor.config import urls
from kontor.kernel import registry
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, Role
from kontor.kernel.registry import Module, NavItem, Permission
from kontor.kernel.requests import requires
from kontor.kernel.standing import Standing, standing_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity import queries
from kontor.office.identity.models import User
from kontor.rulebook.ruling import Text
from tests.factories import AT, PASSWORD, make_user
from tests.people import (
    administrator,
    browser,
    entitle,
    join,
    link_in,
    mails,
    make_tenant,
    order_seats,
    role_of,
    sign_in,
    verbs,
    visitor,
)

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"
SEEING = ("identity:people", "identity:roles")
CHANGING = ("identity:invite",)
OF_A_PERSON = {
    "identity:person": "get",
    "identity:change": "get",
    "identity:end-now": "post",
    "identity:invite-again": "post",
}
OF_A_ROLE = {"identity:role": "get", "identity:role-rename": "post", "identity:role-remove": "post"}


@pytest.fixture(autouse=True)
def attempts() -> None:
    """The library counts attempts in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def alder():
    return make_tenant()


@pytest.fixture
def jana(alder):
    return administrator(alder)


def membership_of(tenant, user):
    with as_tenant(tenant.pk):
        return Membership.objects.get(user=user)


def names_on(page):
    return [str(row.user) for row in page.context["people"].page]


# ---- who may come here


@pytest.mark.parametrize("name", [*SEEING, *CHANGING, "identity:profile", "identity:tenants"])
def test_nobody_signed_in_is_asked_to(name):
    page = visitor().get(reverse(name))

    assert (page.status_code, page.url) == (302, f"/sign-in/?next={reverse(name)}")


@pytest.mark.parametrize("name", [*SEEING, *CHANGING])
def test_without_the_right_there_is_no_page(name, alder, jana):
    tomke = make_user("tomke@alder.example", "Tomke Arends")
    join(alder, tomke, role="Empfang", permissions=["contracts.terms"])

    page = browser(tomke, alder).get(reverse(name))

    assert (page.status_code, page["X-Reason"]) == (403, "permission")


def test_whoever_may_see_may_not_change(alder, jana):
    tomke = make_user("tomke@alder.example", "Tomke Arends")
    member = join(alder, tomke, role="Empfang", permissions=["identity.see"])
    role = role_of(alder, "Empfang")
    client = browser(tomke, alder)

    assert client.get(reverse("identity:people")).status_code == 200
    assert client.get(reverse("identity:person", args=[member.pk])).status_code == 200
    assert client.get(reverse("identity:role", args=[role.pk])).status_code == 200
    for name, argument in (
        ("identity:change", member), ("identity:end-now", member), ("identity:invite-again", member),
        ("identity:role-rename", role), ("identity:role-remove", role), ("identity:roles-save", None),
        ("identity:role-add", None), ("identity:invite", None),
    ):  # fmt: skip
        assert client.post(reverse(name, args=[argument.pk] if argument else [])).status_code == 403


@pytest.mark.requirement("SM-001")
@pytest.mark.parametrize(("name", "method"), [*OF_A_PERSON.items(), *OF_A_ROLE.items()])
def test_what_is_another_tenant_s_is_not_there(name, method, alder, jana):
    birch = make_tenant("Birch")
    stranger = make_user("bo@birch.example", "Bo Birch")
    member = join(birch, stranger)
    thing = member if name in OF_A_PERSON else role_of(birch, "Lager")

    page = getattr(browser(jana, alder), method)(reverse(name, args=[thing.pk]))

    assert page.status_code == 404
    assert (b"Birch" in page.content, b"Lager" in page.content) == (False, False)


# ---- signing in


def test_one_tenant_is_entered_without_asking(alder, jana):
    client = visitor()
    page = sign_in(client, "JANA@alder.example")

    assert (page.status_code, client.session["tenant"]) == (200, str(alder.pk))
    assert page.wsgi_request.standing.tenant == alder


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(alder, jana):
    client = visitor()
    said = [
        (page.status_code, page.context["form"].errors.get_json_data())
        for page in (
            client.post("/sign-in/", {"login": email, "password": "wrong wrong wrong"})
            for email in ("jana@alder.example", "nobody@alder.example")
        )
    ]

    assert said[0] == said[1]
    assert "_auth_user_id" not in client.session


def test_signing_in_leads_to_the_page_that_was_asked_for(alder, jana):
    client = visitor()
    asked = client.get(reverse("identity:roles"))
    form = client.get(asked.url).content.decode()
    given = dict(re.findall(r'<input type="hidden" name="(next)" value="([^"]+)"', form))
    page = client.post("/sign-in/", {"login": "jana@alder.example", "password": PASSWORD, **given})

    assert page.url == reverse("identity:roles")


def test_guessing_ends_after_ten_attempts(alder, jana):
    client = visitor()
    for _attempt in range(10):
        client.post("/sign-in/", {"login": "jana@alder.example", "password": "wrong wrong wrong"})
    page = client.post("/sign-in/", {"login": "jana@alder.example", "password": PASSWORD})

    assert [str(error) for error in page.context["form"].non_field_errors()] == [
        "Too many attempts. Wait a while, or use a device on which you have signed in before."
    ]
    assert "_auth_user_id" not in client.session


def test_signing_out_ends_it(alder, jana):
    client = browser(jana, alder)
    client.post("/sign-out/")

    assert client.get(reverse("identity:people")).status_code == 302


def test_a_person_in_two_tenants_chooses_and_sees_one_at_a_time(alder, jana):
    birch = make_tenant("Birch")
    join(birch, jana)
    join(birch, make_user("bo@birch.example", "Bo Birch"))
    client = visitor()

    chooser = sign_in(client, "jana@alder.example")
    assert [tenant.name for tenant in chooser.context["tenants"]] == ["Alder", "Birch"]
    seen = {}
    for tenant in (birch, alder):
        client.post(reverse("identity:enter", args=[tenant.pk]))
        seen[tenant.name] = names_on(client.get(reverse("identity:people")))

    assert seen == {"Birch": ["Bo Birch", "Jana Heitmann"], "Alder": ["Jana Heitmann"]}


def test_nobody_enters_where_they_are_no_member(alder, jana):
    birch = make_tenant("Birch")
    client = browser(jana, alder)

    assert client.post(reverse("identity:enter", args=[birch.pk])).status_code == 404
    assert client.session["tenant"] == str(alder.pk)


def test_whoever_leaves_has_no_access_at_the_next_request(alder, jana):
    tomke = make_user("tomke@alder.example", "Tomke Arends")
    member = join(alder, tomke, role="Empfang", permissions=["identity.see"])
    client = browser(tomke, alder)
    assert client.get(reverse("identity:people")).status_code == 200

    browser(jana, alder).post(reverse("identity:end-now", args=[member.pk]))

    page = client.get(reverse("identity:people"))
    assert (page.status_code, page.url) == (302, reverse("identity:tenants"))
    assert client.get(page.url).context["tenants"] == []


def test_a_forgotten_password_is_set_by_mail(alder, jana):
    client = visitor()
    asked = client.post("/password/forgotten/", {"email": "jana@alder.example"})
    (mail,) = mails(alder)
    assert (asked.url, mail.to, mail.subject) == (
        "/password/forgotten/sent/", "jana@alder.example", "Set your password for Kontor",
    )  # fmt: skip

    form = client.get(link_in(mail.text), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    assert User.objects.get().check_password(NEW)
    used = visitor().get(link_in(mail.text), follow=True)
    assert used.context["token_fail"] is True


def test_an_unknown_address_gets_the_same_answer_on_the_page(alder, jana):
    asked = visitor().post("/password/forgotten/", {"email": "nobody@alder.example"})

    assert (asked.status_code, asked.url) == (302, "/password/forgotten/sent/")


def test_a_mail_about_signing_in_speaks_the_person_s_language(alder, jana):
    User.objects.update(language="de")
    visitor().post("/password/forgotten/", {"email": "jana@alder.example"})

    assert mails(alder)[0].subject == "Ihr Kennwort für Kontor setzen"


def test_nobody_registers_by_themselves():
    page = visitor().get("/sign-up/")

    assert page.templates[0].name == "account/signup_closed.html"


# ---- inviting


def invite(client, **given: Any):
    told = {
        "email": "tomke@alder.example", "name": "Tomke Arends", "kind": "EMPLOYEE", "language": "en", "roles": [],
    }  # fmt: skip
    return client.post(reverse("identity:invite"), told | given)


@pytest.mark.requirement("FW-013")
def test_a_tenant_makes_a_role_and_lets_somebody_in_with_it(alder, jana):
    """A role of its own making opens what it allows to whoever has it, and nothing else."""
    client = browser(jana, alder)
    client.post(reverse("identity:role-add"), {"name": "Reception"})
    role = role_of(alder, "Reception")
    client.post(reverse("identity:roles-save"), {"right": [f"{role.pk} identity.see"]})
    assert invite(client, roles=[str(role.pk)]).url == reverse("identity:people")
    link = link_in(mails(alder)[0].text)

    tomke = visitor()
    assert tomke.get(link).status_code == 200
    assert tomke.post(link, {"password": "short"}).status_code == 422
    assert tomke.post(link, {"password": NEW}).url == "/"

    assert tomke.get(reverse("identity:people")).status_code == 200
    assert tomke.get(reverse("identity:invite")).status_code == 403
    assert visitor().get(link).status_code == 404
    assert verbs(alder, role) == ["kernel.role_made", "kernel.role_changed"]


def test_somebody_known_comes_in_at_once_where_they_are_signed_in(alder, jana):
    birch = make_tenant("Birch")
    bo = administrator(birch, "bo@birch.example", "Bo Birch")
    role = role_of(alder, "Empfang", ["identity.see"])
    invite(browser(jana, alder), email="bo@birch.example", roles=[str(role.pk)])
    client = browser(bo, birch)

    client.post(link_in(mails(alder)[0].text))

    assert client.session["tenant"] == str(alder.pk)


def test_somebody_known_signs_in_first_where_another_is_signed_in(alder, jana):
    birch = make_tenant("Birch")
    administrator(birch, "bo@birch.example", "Bo Birch")
    role = role_of(alder, "Empfang", ["identity.see"])
    client = browser(jana, alder)
    invite(client, email="bo@birch.example", roles=[str(role.pk)])

    assert client.post(link_in(mails(alder)[0].text)).url == "/sign-in/"
    sign_in(client, "bo@birch.example")

    assert client.session["tenant"] == str(alder.pk)
    assert names_on(client.get(reverse("identity:people"))) == ["Bo Birch", "Jana Heitmann"]


def test_an_invitation_that_cannot_be_says_why(alder, jana):
    order_seats(alder, 1)
    role = role_of(alder, "Empfang")
    client = browser(jana, alder)
    answers = {
        page.status_code: [str(error) for error in page.context["form"].errors["__all__"]]
        for page in [invite(client, roles=[str(role.pk)])]
    }

    assert answers == {422: ["The one seat of your order is taken (No. 3.2). Order more, or let somebody leave."]}
    assert invite(client, email="jana@alder.example", roles=[str(role.pk)]).status_code == 422
    assert invite(client, roles=[]).status_code == 422
    assert invite(client, roles=["another"]).status_code == 422


@pytest.mark.requirement("SO-010")
def test_the_sixth_of_five_is_refused_with_the_way_to_the_order_page_and_one_who_leaves_frees_a_seat(alder, jana):
    contract = uuid.uuid4()
    with as_tenant(alder.pk):
        five = Grant(
            module="crm", unit="USER", quantity=5, from_on=AT.date(), until_on=None, clause="§3", reason_de="",
            reason_en="",
        )  # fmt: skip
        grant([five], contract=contract, at=AT, actor=MACHINE)
    role = role_of(alder, "Empfang")
    for number in range(2, 6):
        join(alder, make_user(f"{number}@alder.example", f"Nr. {number}"), role="Empfang")
    client = browser(jana, alder)

    refused = invite(client, roles=[str(role.pk)])
    assert refused.status_code == 422
    assert refused.context["form"].errors["__all__"] == [
        "All 5 seats of your order are taken (§ 3). Order more, or let somebody leave. "
        f'<a href="{reverse("contracts:order", args=[contract])}">To the order page</a>'
    ]
    assert f'<a href="{reverse("contracts:order", args=[contract])}">To the order page</a>' in refused.content.decode()

    leaver = membership_of(alder, User.objects.get(email="5@alder.example"))
    client.post(reverse("identity:end-now", args=[leaver.pk]))
    assert invite(client, roles=[str(role.pk)]).status_code == 302


def test_a_new_link_is_sent_to_whoever_has_not_come_in(alder, jana):
    role = role_of(alder, "Empfang")
    client = browser(jana, alder)
    invite(client, roles=[str(role.pk)])
    member = membership_of(alder, User.objects.get(email="tomke@alder.example"))

    client.post(reverse("identity:invite-again", args=[member.pk]))

    assert [mail.to for mail in mails(alder)] == ["tomke@alder.example"] * 2
    own = membership_of(alder, jana)
    assert client.post(reverse("identity:invite-again", args=[own.pk])).status_code == 404


# ---- people


@pytest.mark.requirement("SM-001")
def test_service_providers_are_counted_apart(alder, jana):
    join(alder, make_user("rainer@kueck.example", "Rainer Kück"), role="Technik", kind="SERVICE_PROVIDER")
    client = browser(jana, alder)

    page = client.get(reverse("identity:people"))
    narrowed = client.get(reverse("identity:people"), {"kind": "SERVICE_PROVIDER"})

    assert page.context["meta"] == ["1 employee", "1 service provider"]
    assert (names_on(page), names_on(narrowed)) == (["Jana Heitmann", "Rainer Kück"], ["Rainer Kück"])


def test_the_list_is_narrowed_by_role_state_and_name(alder, jana):
    now = timezone.now()
    joined = {
        name: join(alder, make_user(f"{name.lower()}@alder.example", name), role="Empfang")
        for name in ("Gone", "Leaving", "Open")
    }
    User.objects.filter(name="Open").update(password="!unusable")
    with as_tenant(alder.pk):
        Membership.objects.filter(pk=joined["Gone"].pk).update(until=now - timedelta(days=1))
        Membership.objects.filter(pk=joined["Leaving"].pk).update(until=now + timedelta(days=9))
    client = browser(jana, alder)
    role = role_of(alder, "Empfang")

    found = {
        str(words): names_on(client.get(reverse("identity:people"), words))
        for words in (
            {}, {"state": "gone"}, {"state": "leaving"}, {"state": "invited"}, {"role": str(role.pk)}, {"q": "heit"},
        )
    }  # fmt: skip

    assert list(found.values()) == [
        ["Jana Heitmann", "Leaving", "Open"], ["Gone"], ["Leaving"], ["Open"], ["Leaving", "Open"], ["Jana Heitmann"],
    ]  # fmt: skip


def test_the_list_is_exported(alder, jana):
    file = browser(jana, alder).get(reverse("identity:people"), {"format": "csv"})

    head, row = file.content.decode("utf-8-sig").splitlines()
    assert head == "Name,E-mail,Roles,Counts as,Since,Second factor,State"
    assert row == "Jana Heitmann,jana@alder.example,Verwaltung,Employee,2026-11-02T09:00:00+00:00,none,active"


def test_a_person_s_page_says_what_they_may_do_and_what_happened(alder, jana):
    member = join(alder, make_user("tomke@alder.example", "Tomke Arends"), role="Empfang", permissions=["identity.see"])

    page = browser(jana, alder).get(reverse("identity:person", args=[member.pk]))

    assert [(str(title), [str(one) for one in meanings]) for title, meanings in page.context["rights"]] == [
        (
            str(Text("Personen und Rechte", "People and rights")),
            [str(Text("Personen und Rollen sehen", "See people and roles"))],
        )
    ]
    assert [(str(one.title), one.text) for one in page.context["history"]] == [("Added", "by itself · Empfang")]


def test_a_member_is_changed_on_the_page(alder, jana):
    member = join(alder, make_user("tomke@alder.example", "Tomke Arends"), role="Empfang")
    role = role_of(alder, "Werkschutz")
    client = browser(jana, alder)
    url = reverse("identity:change", args=[member.pk])

    last_day = timezone.localdate() + timedelta(days=5)
    told = {"kind": "SERVICE_PROVIDER", "roles": [str(role.pk)], "last_day": last_day.isoformat()}
    assert client.post(url, told).status_code == 422  # under which contract?
    told |= {"consulting_contract": "RV 17"}
    assert client.post(url, told).url == reverse("identity:person", args=[member.pk])

    with as_tenant(alder.pk):
        now = Membership.objects.get(pk=member.pk)
        assert now.kind == "SERVICE_PROVIDER"
        assert timezone.localtime(now.until).isoformat()[:19] == f"{last_day + timedelta(days=1)}T00:00:00"
    page = client.get(reverse("identity:person", args=[member.pk]))
    assert page.context["last_day"] == last_day
    assert [str(one.title) for one in page.context["history"]] == [
        "Roles changed", "Leaving date changed", "Employee or service provider changed", "Added",
    ]  # fmt: skip
    before = verbs(alder, member)
    client.post(url, told)
    assert verbs(alder, member) == before


def test_the_last_administrator_learns_why_they_stay(alder, jana):
    member = membership_of(alder, jana)
    role = role_of(alder, "Empfang")
    client = browser(jana, alder)

    page = client.post(
        reverse("identity:change", args=[member.pk]), {"kind": "EMPLOYEE", "roles": [str(role.pk)], "last_day": ""}
    )
    ended = client.post(reverse("identity:end-now", args=[member.pk]), follow=True)

    sentence = "Somebody must be able to do everything here. Make another person administrator first."
    assert (page.status_code, [str(error) for error in page.context["form"].errors["__all__"]]) == (422, [sentence])
    assert [str(message) for message in ended.context["messages"]] == [sentence]


# ---- roles


def test_the_matrix_offers_what_the_contract_holds(alder, jana):
    role_of(alder, "Empfang", ["identity.see"])
    client = browser(jana, alder)
    offered = [
        one.key
        for _title, rows in client.get(reverse("identity:roles")).context["groups"]
        for one, _cells, _mine in rows
    ]
    entitle(alder, "contracts")
    more = [
        one.key
        for _title, rows in client.get(reverse("identity:roles")).context["groups"]
        for one, _cells, _mine in rows
    ]

    assert {key: key in offered for key in ("identity.see", "contracts.see", "contracts.account")} == {
        "identity.see": True, "contracts.see": False, "contracts.account": True,
    }  # fmt: skip
    assert "contracts.see" in more


def test_a_right_that_is_not_offered_is_not_given_by_hand(alder, jana):
    role = role_of(alder, "Empfang", ["contracts.see"])
    client = browser(jana, alder)
    client.post(reverse("identity:roles-save"), {"right": [f"{role.pk} contracts.bill", f"{role.pk} identity.see"]})

    with as_tenant(alder.pk):
        assert Role.objects.get(pk=role.pk).permissions == ["contracts.see", "identity.see"]
    assert client.post(reverse("identity:roles-save"), {"right": ["nonsense identity.see"]}).status_code == 400


def test_two_people_editing_at_once_lose_nothing(alder, jana):
    role = role_of(alder, "Empfang", ["identity.see"])
    shown = f"{role.pk} identity.see"
    client = browser(jana, alder)
    client.post(reverse("identity:roles-save"), {"shown": [shown], "right": [shown, f"{role.pk} messages.see"]})
    client.post(reverse("identity:roles-save"), {"shown": [shown], "right": [shown, f"{role.pk} contracts.terms"]})

    with as_tenant(alder.pk):
        assert Role.objects.get(pk=role.pk).permissions == ["contracts.terms", "identity.see", "messages.see"]


def test_nobody_makes_themselves_more_than_they_are(alder, jana):
    tomke = make_user("tomke@alder.example", "Tomke Arends")
    join(alder, tomke, role="Personal", permissions=["identity.see", "identity.change"])
    role = role_of(alder, "Personal")
    client = browser(tomke, alder)

    page = client.post(reverse("identity:roles-save"), {"right": [f"{role.pk} messages.see"]}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "You can give and take only rights that you have yourself."
    ]
    with as_tenant(alder.pk):
        assert Role.objects.get(pk=role.pk).permissions == ["identity.change", "identity.see"]


def test_a_role_is_renamed_and_removed_on_its_page(alder, jana):
    role = role_of(alder, "Empfang")
    other = role_of(alder, "Kasse")
    client = browser(jana, alder)
    assert client.post(reverse("identity:role-rename", args=[role.pk]), {"name": "Kasse"}).status_code == 422
    assert client.post(reverse("identity:role-add"), {"name": "Kasse"}).status_code == 422
    client.post(reverse("identity:role-rename", args=[role.pk]), {"name": "Pforte"})
    client.post(reverse("identity:role-remove", args=[other.pk]))
    join(alder, make_user("tomke@alder.example", "Tomke"), role="Pforte")
    kept = client.post(reverse("identity:role-remove", args=[role.pk]), follow=True)

    assert [str(message) for message in kept.context["messages"]][-1] == (
        "1 person has the role Pforte. Give them another one first."
    )
    with as_tenant(alder.pk):
        assert list(Role.objects.order_by("name").values_list("name", flat=True)) == ["Pforte", "Verwaltung"]


# ---- oneself


@pytest.mark.requirement("FW-084")
def test_a_profile_is_saved_and_speaks_the_chosen_language(alder, jana):
    client = browser(jana, alder)
    client.post(reverse("identity:profile"), {"name": "Jana H.", "language": "de"})

    user = User.objects.get()
    assert (user.name, user.language) == ("Jana H.", "de")
    assert client.get(reverse("identity:profile"))["Content-Language"] == "de"
    assert client.post(reverse("identity:profile"), {"name": "", "language": "de"}).status_code == 422
    client.post(reverse("identity:profile"), {"name": "Jana H.", "language": "company"})
    assert User.objects.get().language == ""


def test_a_password_is_changed_by_whoever_knows_the_old_one(alder, jana):
    client, elsewhere = browser(jana, alder), browser(jana, alder)
    url = reverse("identity:password")
    assert client.post(url, {"old": "wrong", "new": NEW}).status_code == 422
    assert client.post(url, {"old": PASSWORD, "new": "short"}).status_code == 422
    assert client.post(url, {"old": PASSWORD, "new": NEW}).url == reverse("identity:profile")

    assert User.objects.get().check_password(NEW)
    assert client.get(reverse("identity:people")).status_code == 200
    assert elsewhere.get(reverse("identity:people")).status_code == 302


# ---- what the contract does not hold


@requires("probes.see")
def probe(request):
    raise AssertionError("A module outside the subscription was called.")


urlpatterns = [path("probes/", probe, name="probes")]


@pytest.mark.requirement("SM-003")
@pytest.mark.parametrize("term", [None, (timedelta(days=-30), timedelta(0)), (timedelta(days=1), None)])
def test_a_module_outside_the_subscription_is_neither_shown_nor_answers(term, alder, jana, settings, monkeypatch):
    """Never ordered, ended yesterday, or beginning tomorrow: also the administrator gets 403 and no menu entry."""
    item = NavItem(
        label=Text("Proben", "Probes"), url_name="probes", permission="probes.see", icon="tool", group="work"
    )
    module = Module(
        key="probes", title=Text("Proben", "Probes"), navigation=(item,),
        permissions=(Permission("probes.see", Text("Proben sehen", "See probes")),),
    )  # fmt: skip
    monkeypatch.setitem(registry._modules, "probes", module)
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *urlpatterns])
    settings.ROOT_URLCONF = "kontor.config.urls"
    if term:
        today = timezone.localdate()
        entitle(alder, "probes", from_on=today + term[0], until_on=today + term[1] if term[1] is not None else None)
    client = browser(jana, alder)

    refused = client.get("/probes/")
    home = client.get(reverse("identity:people"))

    assert (refused.status_code, refused["X-Reason"]) == (403, "subscription")
    labels = [entry["label"] for group in home.context["navigation"] for entry in group["items"]]
    assert "Probes" not in labels
    entitle(alder, "probes", from_on=timezone.localdate())
    with pytest.raises(AssertionError, match="was called"):
        client.get("/probes/")


# ---- as many queries however many there are


@pytest.mark.parametrize("name", [*SEEING, *CHANGING])
def test_queries_do_not_grow_with_the_rows(name, alder, jana, django_assert_num_queries: DjangoAssertNumQueries):
    client = browser(jana, alder)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(name))
    for number in range(3):
        join(alder, make_user(f"p{number}@alder.example", f"P{number}"), role=f"Role {number}")

    with django_assert_num_queries(len(one)):
        client.get(reverse(name))


def test_roles_are_offered_the_rights_of_their_own_side(alder, jana):
    with as_tenant(alder.pk):
        told = {one.key for _, found in queries.permissions_on_offer(standing(alder, jana)) for one in found}
    assert {"contracts.lock", "privacy.keep"} & told == set()
    assert {"identity.see", "documents.see", "parties.see"} <= told


def standing(tenant: Any, user: User) -> Standing:
    found = standing_of(user.pk, tenant_id=tenant.pk, now=timezone.now())
    assert found is not None
    return found
