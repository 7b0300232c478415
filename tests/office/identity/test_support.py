"""Looking inside: nothing without the tenant's leave, read only, written down, and over by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership, RecordEntry, Session, SupportGrant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import locks, support
from kontor.office.identity.actions.instructions import commit_to, publish_instruction
from kontor.office.identity.actions.locks import Ground
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.actions.support import Look, SupportRefusedError
from kontor.office.identity.models import User
from kontor.office.identity.queries.instructions import newest
from kontor.office.identity.queries.support import state_of, views_of
from tests.factories import make_house, make_user
from tests.people import administrator, browser, join, mails, make_tenant, train, verbs

pytestmark = pytest.mark.django_db
PEOPLE = Look(permissions=["identity.see"], purpose="Rolle lässt sich nicht öffnen", hours=2, reference="T-7")


@pytest.fixture
def house():
    made = make_house()
    bind(made, made.staff)
    train(made.tenant, made.staff)
    return made


def bind(house, *people: User):
    """Have people of the house commit themselves to confidentiality."""
    with as_tenant(house.tenant.pk):
        now = newest("CONFIDENTIALITY") or publish_instruction(
            "CONFIDENTIALITY", text_de="Schweigen", text_en="Silence", at=timezone.now(), actor=house.actor
        )
        for person in people:
            commit_to(
                now.pk, sha256=bytes(now.sha256), user=person, address=None, client="", at=timezone.now(),
                actor=Actor.person(person),
            )  # fmt: skip


@pytest.fixture
def alder(house):
    tenant = make_tenant()
    administrator(tenant)
    return tenant


def given(tenant, look=PEOPLE, *, at=None):
    at = at or timezone.now()
    with as_tenant(tenant.pk):
        return support.give(look, held=None, at=at, actor=Actor.person(administrator_of(tenant)))


def administrator_of(tenant):
    with as_tenant(tenant.pk):
        return Membership.objects.get(user__email="jana@alder.example").user


def looking(house, grant):
    """Return a browser of the house's person that looks under a grant."""
    client = browser(house.staff, house.tenant)
    assert client.post(f"/identity/house/support/{grant.pk}/look/", {"reference": "T-7"}).url == "/"
    return client


def test_staff_ask_the_tenant_allows_they_look_and_it_is_all_written_down(house, alder):
    staff, jana = browser(house.staff, house.tenant), browser(administrator_of(alder), alder)
    form = {
        "tenant": alder.pk,
        "purpose": "Rolle fehlt",
        "reference": "T-7",
        "permissions": ["identity.see", "identity.lock"],
        "hours": 9,
    }
    assert staff.post("/identity/house/support/ask/", form).url == "/identity/house/support/"
    (mail,) = mails(alder)
    assert (mail.to, mail.subject) == ("jana@alder.example", "Der Anbieter bittet um Einblick")
    with as_tenant(alder.pk):
        grant = SupportGrant.objects.get()
    assert staff.post(f"/identity/house/support/{grant.pk}/look/").status_code == 404  # asked for is not given
    assert "Rolle fehlt" in jana.get("/identity/support/").content.decode()

    answer = {"permissions": ["identity.see"], "hours": 1}
    assert jana.post(f"/identity/support/{grant.pk}/give/", answer).url == f"/identity/support/{grant.pk}/"
    assert [one.subject for one in mails(house.tenant)] == ["Einblick gewährt: Alder"]
    assert "The provider may look at pages here until" in jana.get("/identity/people/").content.decode()

    assert staff.get("/identity/house/support/").status_code == 200
    assert staff.post(f"/identity/house/support/{grant.pk}/look/").url == "/"
    assert staff.get("/").url == "/identity/people/"
    page = staff.get("/identity/people/")
    assert "Jana Heitmann" in page.content.decode()
    assert "as its guest until" in page.content.decode()
    assert "Ida Lindwurm" in jana.get(f"/identity/support/{grant.pk}/").content.decode()

    with as_tenant(alder.pk):
        grant.refresh_from_db()
        assert (grant.hours, grant.permissions, grant.until - grant.granted_at) == (
            1, ["identity.see"], timedelta(hours=1),
        )  # fmt: skip
        assert [(view.who, view.page) for view in views_of(grant)] == [
            ("Ida Lindwurm", "/identity/people/"), ("Ida Lindwurm", "/"),
        ]  # fmt: skip
    assert [one for one in verbs(alder, grant) if one.startswith("identity.")] == [
        "identity.support_asked", "identity.support_given", "identity.support_began",
        "identity.support_viewed", "identity.support_viewed",
    ]  # fmt: skip

    assert staff.post("/identity/support/leave/").url == "/identity/house/support/"
    assert "Jana Heitmann" not in staff.get("/identity/people/").content.decode()


def test_a_guest_sees_the_pages_named_and_changes_nothing(house, alder):
    client = looking(house, given(alder))
    with as_tenant(alder.pk):
        jana = Membership.objects.get(user__email="jana@alder.example")

    assert client.get(f"/identity/people/{jana.pk}/").status_code == 200
    assert client.get("/identity/security/").status_code == 403  # not in the grant
    assert client.get("/identity/people/invite/").status_code == 403
    for own in ("/identity/profile/", "/identity/tenants/", "/identity/profile/sessions/"):
        assert client.get(own)["X-Reason"] == "guest"
    posted = client.post("/identity/people/invite/", {"email": "x@alder.example", "name": "X"})
    assert (posted.status_code, posted["X-Reason"]) == (403, "guest")
    with as_tenant(alder.pk):
        assert Membership.objects.count() == 1
    assert client.get("/search/?q=Jana").status_code == 200
    exported = client.get("/identity/people/?format=csv")
    assert "jana@alder.example" in b"".join(exported).decode()  # written while it leaves, as the tenant
    assert client.post("/language/", {"language": "de"}).status_code == 302
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/identity/people/").url.startswith("/sign-in/")


def test_the_database_refuses_a_page_that_writes_when_a_guest_opens_it(house, alder, monkeypatch):
    from kontor.office.identity.views import people  # its page is made to write

    monkeypatch.setattr(people.queries, "members", lambda **_: Membership.objects.update(kind="EMPLOYEE"))
    client = looking(house, given(alder))

    page = client.get("/identity/people/")

    assert (page.status_code, page["X-Reason"]) == (403, "guest")
    with as_tenant(alder.pk):
        assert RecordEntry.objects.filter(verb="identity.support_viewed").count() == 1  # asked for, and written down


def test_a_step_that_asks_for_a_fresh_proof_is_not_for_guests(house, alder):
    look = Look(permissions=["identity.grant_support"], purpose="x", hours=1)
    with as_tenant(alder.pk), pytest.raises(SupportRefusedError) as refused:
        support.give(look, held=None, at=timezone.now(), actor=MACHINE)
    assert refused.value.why.en == "Which pages must be said."
    client = looking(house, given(alder, Look(permissions=["identity.change"], purpose="x", hours=1, reference="T-8")))

    assert client.get("/identity/roles/add/").status_code in {403, 405}
    assert client.get("/identity/support/give/").status_code == 403


def test_a_grant_ends_by_itself_when_taken_back_and_with_the_right(house, alder):
    over = given(alder, at=timezone.now() - timedelta(hours=3))
    staff = browser(house.staff, house.tenant)
    assert staff.post(f"/identity/house/support/{over.pk}/look/").status_code == 404

    grant = given(alder)
    client = looking(house, grant)
    with as_tenant(alder.pk):
        SupportGrant.objects.filter(pk=grant.pk).update(until=timezone.now())
    page = client.get("/identity/people/")
    assert (page.status_code, page["X-Reason"]) == (403, "guest")
    assert "Jana" not in page.content.decode()
    assert client.get("/identity/people/").status_code == 200  # the house's own again
    with as_tenant(alder.pk):
        assert state_of(SupportGrant.objects.get(pk=grant.pk), at=timezone.now()) == "over"

    grant = given(alder)
    client = looking(house, grant)
    jana = browser(administrator_of(alder), alder)
    assert jana.post(f"/identity/support/{grant.pk}/end/").url == f"/identity/support/{grant.pk}/"
    assert client.get("/identity/people/").status_code == 403

    grant = given(alder)
    client = looking(house, grant)
    with as_tenant(house.tenant.pk):
        ida = Membership.objects.get(user=house.staff)
        locks.lock(ida, Ground(by="HOUSE", reason="other"), at=timezone.now(), actor=MACHINE)
    assert "Jana" not in client.get("/identity/people/", follow=True).content.decode()


def test_a_guest_whose_own_session_is_over_looks_no_more(house, alder):
    client = looking(house, given(alder))
    with as_tenant(house.tenant.pk):
        change_policy(idle_minutes=5, at=timezone.now(), actor=MACHINE)
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=6))

    assert client.get("/identity/people/").status_code == 403
    assert client.get("/identity/people/").url.startswith("/sign-in/?over=idle")


def test_nobody_looks_by_another_tenants_grant_or_without_the_right(house, alder):
    birke = make_tenant("Birke")
    berta = browser(administrator(birke, "berta@birke.example", "Berta"), birke)
    grant = given(alder)
    for address in (f"/identity/support/{grant.pk}/",):
        assert berta.get(address).status_code == 404
    for address in ("end", "give"):
        assert berta.post(f"/identity/support/{grant.pk}/{address}/", {"hours": 1}).status_code == 404
    for address in ("look", "confirm", "end"):
        assert berta.post(f"/identity/house/support/{grant.pk}/{address}/").status_code == 403
    assert berta.get("/identity/house/support/ask/").status_code == 403  # it names every customer
    sales = make_user("volker@lindwurm.example", "Volker")
    join(house.tenant, sales, role="Sales", permissions=["identity.see"])
    client = browser(sales, house.tenant)
    assert client.get("/identity/house/support/").status_code == 403
    assert client.post(f"/identity/house/support/{grant.pk}/look/").status_code == 403
    session = client.session
    session["support"] = f"{alder.pk}/{grant.pk}"  # a session that somebody forged, or whose right was taken
    session.save()
    assert client.get("/identity/people/").status_code == 403
    session = berta.session
    session["support"] = f"{alder.pk}/{grant.pk}"
    session.save()
    assert "Jana" not in berta.get("/identity/people/").content.decode()


def test_an_emergency_needs_two_and_tells_the_tenant_twice(house, alder):
    staff = browser(house.staff, house.tenant)
    form = {"tenant": alder.pk, "purpose": "Anmeldung fällt aus", "permissions": ["identity.see"], "hours": 4}
    assert staff.post("/identity/house/support/emergency/", form | {"hours": 5}).status_code == 422
    assert staff.post("/identity/house/support/emergency/", form).url == "/identity/house/support/"
    with as_tenant(alder.pk):
        grant = SupportGrant.objects.get()
    assert staff.post(f"/identity/house/support/{grant.pk}/look/").status_code == 404
    staff.post(f"/identity/house/support/{grant.pk}/confirm/")
    with as_tenant(alder.pk):
        assert SupportGrant.objects.get().granted_at is None  # nobody confirms their own
    bea = make_user("bea@lindwurm.example", "Bea")
    join(house.tenant, bea)

    assert browser(bea, house.tenant).post(f"/identity/house/support/{grant.pk}/confirm/").url == (
        "/identity/house/support/"
    )

    assert [one.subject for one in mails(alder)] == [
        "Der Anbieter verlangt Einblick im Notfall", "Der Anbieter sieht im Notfall hinein",
    ]  # fmt: skip
    client = looking(house, grant)
    assert "Jana Heitmann" in client.get("/identity/people/").content.decode()
    jana = browser(administrator_of(alder), alder)
    assert "Bea" in jana.get(f"/identity/support/{grant.pk}/").content.decode()
    assert jana.get(f"/identity/support/{grant.pk}/give/").status_code == 404  # an emergency is nobody's to answer


def test_the_house_withdraws_and_the_tenant_refuses(house, alder):
    with as_tenant(house.tenant.pk):
        first = support.ask(alder, PEOPLE, at=timezone.now(), actor=house.actor)
        second = support.ask(alder, PEOPLE, at=timezone.now(), actor=house.actor)
    staff, jana = browser(house.staff, house.tenant), browser(administrator_of(alder), alder)
    assert staff.post(f"/identity/house/support/{first.pk}/end/").url == "/identity/house/support/"
    jana.post(f"/identity/support/{second.pk}/end/")
    with as_tenant(alder.pk):
        rows = SupportGrant.objects.order_by("pk")
        assert [(one.ended_by_name, state_of(one, at=timezone.now())) for one in rows] == [
            ("Ida Lindwurm", "refused"), ("Jana Heitmann", "refused"),
        ]  # fmt: skip
    assert jana.get("/identity/support/").status_code == 200
    assert staff.get("/identity/house/support/").status_code == 200


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (Look(permissions=["identity.see"], purpose=" ", hours=1), "What it is for must be said."),
        (Look(permissions=[], purpose="x", hours=1), "Which pages must be said."),
        (Look(permissions=["identity.api"], purpose="x", hours=1), "Which pages must be said."),
        (Look(permissions=["identity.see"], purpose="x", hours=73), "72 hours at most."),
        (Look(permissions=["identity.see"], purpose="x", hours=0), "72 hours at most."),
        (Look(permissions=["identity.lock"], purpose="x", hours=1), "You open only pages that you may open yourself."),
    ],
)
def test_leave_says_what_for_which_pages_and_how_long(house, alder, look, why):
    with as_tenant(alder.pk), pytest.raises(SupportRefusedError) as refused:
        support.give(look, held={"identity.see"}, at=timezone.now(), actor=MACHINE)
    assert refused.value.why.en == why


def test_the_forms_say_what_stands_in_the_way(house, alder):
    pia = make_user("pia@alder.example", "Pia")
    join(alder, pia, role="Support", permissions=["identity.grant_support", "identity.see"])
    client = browser(pia, alder)
    page = client.post("/identity/support/give/", {"purpose": "x", "permissions": ["identity.lock"], "hours": 1})
    assert page.status_code == 422  # not hers to open
    with as_tenant(house.tenant.pk):
        asked = support.ask(alder, PEOPLE, at=timezone.now(), actor=house.actor)
    assert client.get(f"/identity/support/{asked.pk}/give/").status_code == 200
    assert client.post(f"/identity/support/{asked.pk}/give/", {"hours": 1}).status_code == 422
    given_now = client.post("/identity/support/give/", {"purpose": "x", "permissions": ["identity.see"], "hours": 1})
    assert given_now.status_code == 302
    staff = browser(house.staff, house.tenant)
    assert staff.get("/identity/house/support/ask/").status_code == 200
    assert staff.post("/identity/house/support/ask/", {"tenant": house.tenant.pk}).status_code == 422


def test_the_pages_take_the_same_queries_with_one_grant_and_with_three(house, alder):
    jana, staff = browser(administrator_of(alder), alder), browser(house.staff, house.tenant)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            given(alder)
        for client, address in ((jana, "/identity/support/"), (staff, "/identity/house/support/")):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_page_that_gives_leave_is_offered_to_customers_and_not_to_the_house(house, alder):
    def pages(user, tenant):
        tabs = browser(user, tenant).get("/identity/security/").context["tabs"]
        return [tab.url for tab in tabs if "/support/" in tab.url]

    assert pages(administrator_of(alder), alder) == ["/identity/support/"]
    assert pages(house.staff, house.tenant) == []
    assert browser(house.staff, house.tenant).get("/identity/support/").status_code == 403
