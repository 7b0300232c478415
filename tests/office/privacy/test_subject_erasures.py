"""Erasing somebody at their request: without an account, in the tenant that was asked alone, answered before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kontor.kernel.actor import Actor
from kontor.kernel.models import Due, Membership, OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.models import Ticket
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from kontor.office.privacy import jobs
from kontor.office.privacy.actions import subject_erasures
from kontor.office.privacy.actions.leaving import LeavingRefusedError
from kontor.office.privacy.actions.subjects import Asking, SubjectRefusedError, receive
from kontor.office.privacy.models import Deletion, PersonErasure, Restriction, SubjectRequest
from kontor.office.privacy.queries import subjects as queries
from tests.factories import make_house, make_party, make_user
from tests.office.desk.asking import opened
from tests.people import administrator, browser, join, link_in, make_tenant

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
WHO: dict[str, Any] = {"at": AT, "actor": Actor("PERSON", None, "Dana")}
VERA = "vera@gast.example"


def asked(**given: Any) -> SubjectRequest:
    said = {"kind": "erasure", "way": "mail", "name": "Vera Gast", "email": VERA, "language": "en", "words": "Please"}
    return receive(Asking(**({**said, "known": "address"} | given)), **WHO)


def due(tenant: Tenant) -> Due:
    return Due.objects.get(tenant_id=tenant.pk, job__in=("privacy.forget_asked", "privacy.forget_person"))


def test_somebody_without_an_account_is_answered_and_an_hour_later_gone_from_the_tenant_that_was_asked():
    house, other = make_house(), make_tenant("Birke")
    make_party(house, email=VERA)
    opened(house, name="Vera Gast", email=VERA)
    with as_tenant(house.tenant.pk):
        row = asked()
    with as_tenant(other.pk):
        theirs = asked()
    client = browser(house.staff, house.tenant)
    page = client.get(f"/privacy/requests/{row.pk}/")
    assert page.context["erase_url"] == f"/privacy/requests/{row.pk}/erase/"
    assert {each["table"] for each in page.context["remains"]} >= {"privacy.SubjectRequest"}
    assert client.post(page.context["erase_url"], {"words": "Done."}).status_code == 302

    with as_tenant(house.tenant.pk):
        row.refresh_from_db()
        assert row.state == SubjectRequest.State.ANSWERED
        erasure = PersonErasure.objects.get()
        assert (erasure.asked, erasure.done_at) == ("house", None)
        assert Party.objects.get().email == VERA  # an hour in which the answer goes out
        told = OutgoingMail.objects.filter(to=VERA).latest("pk")
        began = erasure.begun_at
    waiting = due(house.tenant)
    assert waiting.at == began + timedelta(hours=1)
    for _ in range(2):
        jobs.forget_asked(tenant_id=house.tenant.pk, at=AT + timedelta(hours=1), **waiting.arguments)
    with as_tenant(house.tenant.pk):
        assert Party.objects.get().email == ""
        assert set(Ticket.objects.values_list("requester_email", flat=True)) == {""}
        assert not OutgoingMail.objects.filter(to=VERA).exists()
        assert [each.key for each in queries.steps_of(row)].count("erased") == 1
    with as_tenant(other.pk):
        assert SubjectRequest.objects.get(pk=theirs.pk).state == SubjectRequest.State.OPEN
        assert OutgoingMail.objects.filter(to=VERA).exists()
    (link,) = [word for word in told.text.split() if "/left/" in word]
    assert Client().get(link_in(link)).context["erasure"].pk == erasure.pk
    paper = Client().get(f"{link_in(link)}certificate/").content
    assert (paper[:5], VERA.encode() in paper) == (b"%PDF-", False)


def test_only_a_request_for_erasure_of_somebody_known_is_carried_out_and_no_company_loses_its_last_administrator():
    tenant = make_tenant()
    make_house()
    person = administrator(tenant)
    with as_tenant(tenant.pk):
        for row, said in ((asked(kind="access"), "Something other"), (asked(known=""), "not clear yet")):
            with pytest.raises(SubjectRefusedError, match=said):
                subject_erasures.erase_asked(row.pk, "Done.", **WHO)
        with pytest.raises(LeavingRefusedError):
            subject_erasures.erase_asked(asked(email=person.email, person=person.pk).pk, "Done.", **WHO)
        assert PersonErasure.objects.count() == 0


def test_a_customer_erases_its_own_member_and_the_house_the_whole_account():
    house, tenant = make_house(), make_tenant()
    chief = administrator(tenant)
    uma = make_user("uma@alder.example", "Uma User")
    join(tenant, uma, role="reader", permissions=["documents.read"])
    with as_tenant(tenant.pk):
        row = asked(email=uma.email, person=uma.pk)
        erasure = subject_erasures.erase_asked(row.pk, "Done.", **WHO)
        assert (erasure.asked, erasure.person) == ("administrator", uma.pk)
    jobs.forget_asked(tenant_id=tenant.pk, at=AT, **due(tenant).arguments)
    with as_tenant(tenant.pk):
        assert not Membership.objects.filter(user=uma.pk).exists()
        # kept as a letter alone from now on, as where its table's duty is known: who decides still sees how it ended
        lock = {"label": "privacy.SubjectRequest", "kind": "letter", "clause": "HGB § 257", "until": date(2034, 12, 31)}
        Restriction.objects.get_or_create(row=row.pk, defaults={"at": AT, **lock})
        page = reverse("privacy-own:subject-case", args=(row.pk,))
    reader = make_user("rea@alder.example", "Rea")
    join(tenant, reader, role="looks", permissions=["privacy.own"])
    assert browser(chief, tenant).get(page).status_code == 200
    assert browser(reader, tenant).get(page).status_code == 404
    assert User.objects.filter(pk=uma.pk).exists()

    with as_tenant(house.tenant.pk):
        row = asked(email=uma.email, person=uma.pk)
        subject_erasures.erase_asked(row.pk, "Done.", **WHO)
        assert Deletion.objects.filter(person=uma.pk).exists()
    jobs.forget_person(tenant_id=house.tenant.pk, at=AT, erasure=due(house.tenant).arguments["erasure"])
    assert not User.objects.filter(pk=uma.pk).exists()
