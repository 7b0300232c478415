"""A person leaves: what goes, what is locked away until when and why, nothing written again, gone after a restore."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from kontor.kernel import jobs as kernel_jobs
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.suppressing import allow_again, digest_of, is_suppressed, suppress
from kontor.kernel.erasing import as_eraser
from kontor.kernel.models import Membership, OutgoingMail, SentMail, SuppressedAddress, Tenant
from kontor.kernel.tenancy import NOBODY, as_tenant
from kontor.office.books.models import Invoice
from kontor.office.desk.models import Ticket
from kontor.office.identity.models import RightsReview, User
from kontor.office.parties.models import Party
from kontor.office.privacy import jobs, public
from kontor.office.privacy.actions import leaving
from kontor.office.privacy.actions.holding import lay_hold
from kontor.office.privacy.actions.subject_answers import mark
from kontor.office.privacy.actions.subjects import Asking, receive
from kontor.office.privacy.models import CookieChoice, CookieText, Deletion, Export, PersonErasure, Restriction
from tests.calling import get, key_of
from tests.factories import AT, House, make_house, make_user
from tests.office.contracts.ending_walk import billed, signed
from tests.office.desk.asking import opened
from tests.people import administrator, browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db(transaction=True)
OTHERS = ((RightsReview, "person"), (Membership, "user"), (Export, "box"))
ADDRESS = "jonas@alder.example"
LATER = datetime(2026, 12, 20, 9, tzinfo=UTC)


def customer(house: House) -> tuple[User, Invoice]:
    """A user at a customer whose contract is billed to the same address."""
    contract = signed(house)
    billed(house, contract, date(2026, 12, 31))
    with as_tenant(house.tenant.pk):
        Party.objects.update(email=ADDRESS)
        invoice = Invoice.objects.first()
    assert invoice is not None
    administrator(Tenant.objects.get(pk=contract.customer_tenant_id))
    return User.objects.get(email=ADDRESS), invoice


def join_tenant(person: User) -> Tenant:
    (tenant,) = leaving.companies_of(person.pk)
    return Tenant.objects.get(pk=tenant)


@pytest.mark.requirement("SD-017")
@pytest.mark.trap(50)
def test_trap_50_a_user_goes_the_invoices_stay_locked_until_their_day_and_nobody_writes_to_them_again():
    """Invoices of December 2026 stay eight years from the end of that year: 31 December 2034 (UStG 14b (1))."""
    house = make_house()
    person, invoice = customer(house)
    with as_tenant(house.tenant.pk):
        issued = list(Invoice.objects.values_list("pk", flat=True))
    opened(house)
    client = browser(person, join_tenant(person))
    page = client.get(reverse("privacy-own:leave"))
    (kept,) = [row for row in page.context["remains"] if row["table"] == "books.Invoice"]
    assert (kept["until"], kept["rows"], "UStG § 14b (1)" in kept["clause"]) == ("2034-12-31", 2, True)
    assert client.post(reverse("privacy-own:leave"), {}).status_code == 422
    after = client.post(reverse("privacy-own:leave"), {"sure": "on"})
    assert (after.status_code, client.get(reverse("privacy-own:leave")).status_code) == (302, 302)  # signed out
    done = client.get(after["Location"])
    assert client.get(f"{after['Location']}certificate/").status_code == 404  # not yet
    with as_tenant(house.tenant.pk):
        erasure = PersonErasure.objects.get()
    for _ in range(2):  # whoever repeats it finds nothing
        jobs.forget_person(tenant_id=house.tenant.pk, at=LATER, erasure=str(erasure.pk))

    done = client.get(after["Location"])
    assert [row["until"] for row in done.context["remains"] if row["table"] == "books.Invoice"] == ["2034-12-31"]
    text = PdfReader(BytesIO(client.get(f"{after['Location']}certificate/").content)).pages[0].extract_text()
    assert ("Certificate of erasure" in text, ADDRESS in text) == (True, False)
    assert not User.objects.filter(pk=person.pk).exists()
    with as_tenant(house.tenant.pk):
        locks = Restriction.objects.filter(label="books.Invoice").values_list("row", "until", "person")
        assert sorted(locks) == [(pk, date(2034, 12, 31), person.pk) for pk in sorted(issued)]
        assert public.is_locked("books.Invoice", invoice.pk)
        assert set(Party.objects.values_list("email", flat=True)) == {""}
        assert set(Ticket.objects.values_list("requester_name", "requester_email")) == {("", "")}
        assert not OutgoingMail.objects.filter(to=ADDRESS).exists()
        assert bytes(SuppressedAddress.objects.get().digest) == digest_of(ADDRESS)
        mail = send_mail(to=ADDRESS.upper(), subject="Doch noch", text="Hallo", at=LATER)
    kernel_jobs.send_mail(tenant_id=house.tenant.pk, at=LATER, mail=str(mail.pk))
    with as_tenant(house.tenant.pk):
        sent = SentMail.objects.get(mail=mail)
        assert (sent.given_up_at, "erased" in sent.problem) == (LATER, True)
        assert not public.may_write_to(ADDRESS, "transactional", at=LATER).value
    with as_tenant(house.tenant.pk):
        comes_back(house)
    assert verbs(house.tenant, erasure) == ["privacy.person_leaves", "privacy.person_gone"]
    with as_eraser() as db:  # what an invoice still needs stays, and keeps nothing else from going
        leaving._take(db, house.tenant.pk, "parties.Party", [invoice.party_id, invoice.party_id])
    with as_tenant(house.tenant.pk):
        assert Party.objects.filter(pk=invoice.party_id).exists()
    reader = make_user("pit@lindwurm.example", "Pit")
    join(house.tenant, reader, role="reader", permissions=["books.see"])
    url = reverse("books:invoice", args=(invoice.pk,))
    assert browser(reader, house.tenant).get(url).status_code == 404
    assert browser(house.staff, house.tenant).get(url).status_code == 200
    assert client.get(reverse("privacy:left", args=("forged",))).status_code == 404


def comes_back(house: House) -> None:
    """Ask by oneself, and be answered; then have one's data restricted, so that nobody writes for any purpose."""
    asking = Asking(kind="access", way="form", name="Da", email=ADDRESS, language="de", words="Noch etwas da?")
    receive(asking, at=LATER, actor=house.actor)
    assert (is_suppressed(ADDRESS), allow_again(ADDRESS)) == (False, False)
    assert public.may_write_to(ADDRESS, "transactional", at=LATER).value
    request = receive(replace(asking, kind="restriction", known="staff"), at=LATER, actor=house.actor)
    mark(request.pk, purpose="", at=LATER, actor=house.actor)
    assert not public.may_write_to(ADDRESS, "transactional", at=LATER).value


def test_what_is_locked_away_is_on_no_list_no_page_and_no_endpoint_and_goes_nowhere():
    house = make_house()
    _, invoice = customer(house)
    ticket = opened(house, subject="Gesperrter Drucker")
    writer = make_user("wim@lindwurm.example", "Wim")
    join(house.tenant, writer, role="writer", permissions=["books.see", "books.invoices", "desk.see"])
    hand = browser(writer, house.tenant)
    lists = {reverse("books:invoices"): invoice.number, reverse("desk:queue"): "Gesperrter Drucker"}
    assert [said in hand.get(url).content.decode() for url, said in lists.items()] == [True, True]
    with as_tenant(house.tenant.pk):
        for row in (invoice, ticket):
            Restriction.objects.create(
                label=row._meta.label, row=row.pk, kind="letter", clause="HGB § 257", until=date(2034, 12, 31), at=LATER
            )
    assert [said in hand.get(url).content.decode() for url, said in lists.items()] == [False, False]
    for name in ("invoice-ubl", "invoice-send", "invoice-cancel", "invoice-credit"):
        assert hand.post(reverse(f"books:{name}", args=(invoice.pk,)), {"reason": "x"}).status_code == 404
    pages = [reverse("books:invoice", args=(invoice.pk,)), reverse("desk:ticket", args=(ticket.pk,))]
    assert [hand.get(url).status_code for url in pages] == [404, 404]
    assert [browser(house.staff, house.tenant).get(url).status_code for url in pages] == [200, 200]
    key = key_of(house.tenant, "books.see")
    assert get(key, f"/invoices/{invoice.pk}")[0] == 404
    assert invoice.number not in [each["number"] for each in get(key, "/invoices")[1]["items"]]


def test_nobody_leaves_a_company_without_somebody_in_charge_and_a_hold_keeps_what_it_holds():
    house, tenant = make_house(), make_tenant("Alder")
    only = administrator(tenant)
    client = browser(only, tenant)
    page = client.post(reverse("privacy-own:leave"), {"sure": "on"})
    assert (page.status_code, page.context["form"].non_field_errors()) == (
        422, ["Nobody but you administers Alder. Make somebody else an administrator first."]
    )  # fmt: skip
    join(tenant, make_user("bo@alder.example", "Bo"))
    with as_tenant(house.tenant.pk):
        told = {"ground": "dispute", "reason": "Klage", "review_on": date(2027, 1, 1), "at": AT, "actor": house.actor}
        lay_hold(of_tenant=house.tenant.pk, kind="", **told)
    opened(house, email=only.email)
    counts, remains = leaving.counted(only.pk, at=LATER)
    assert {row["kind"] for row in remains if row["table"].startswith("desk.Ticket")} == {"held"}
    assert counts["delete"]["kernel.Membership"] == 1


def test_after_a_restore_the_people_that_had_gone_go_again(monkeypatch: pytest.MonkeyPatch):
    house, tenant = make_house(), make_tenant("Alder")
    administrator(tenant)
    back = make_user("bo@alder.example", "Bo")
    join(tenant, back)
    words = CookieText.objects.create(sha256="7" * 64, text_de="", text_en="", since=AT)
    CookieChoice.objects.create(text=words, person=back.pk, allowed=[], made_at=AT)
    listed = [[str(house.tenant.pk), AT.isoformat(), str(each)] for each in (back.pk, uuid.uuid4())]
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(listed)))
    call_command("replay_deletions")
    assert not User.objects.filter(pk=back.pk).exists()
    assert CookieChoice.objects.get().person is None
    with as_tenant(tenant.pk):
        assert not Membership.objects.filter(user_id=back.pk).exists()
    with as_tenant(house.tenant.pk):
        assert Deletion.objects.get().person == back.pk
        assert PersonErasure.objects.get().asked == "replayed"
        assert public.deletions() == []
        assert leaving.counted(back.pk, at=LATER) == ({"delete": {}, "mask": {}}, [])
        (again,) = PersonErasure.objects.all()
        PersonErasure.objects.update(done_at=None)
        assert suppress(["a@b.example"], at=LATER) == 1
    leaving.forget(house.tenant.pk, again.pk, at=LATER)  # the account had gone already
    with as_tenant(house.tenant.pk):
        assert PersonErasure.objects.get().done_at == LATER
        leaving.finish(again.pk, at=AT)
        assert PersonErasure.objects.get().done_at == LATER
        assert leaving.replay_people([(back.pk, AT)], at=LATER) == []
        known = make_user("cy@alder.example", "Cy")
        Deletion.objects.create(of_tenant=house.tenant.pk, person=known.pk, at=AT)
        assert len(leaving.replay_people([(known.pk, AT)], at=LATER)) == 1
        assert Deletion.objects.filter(person=known.pk).count() == 1


def test_what_is_masked_is_left_empty_in_the_shape_of_its_column():
    fields = [Ticket._meta.get_field(name) for name in ("requester_name", "cc", "assignee", "customer_tenant")]
    fields += [
        RightsReview._meta.get_field("person"),
        Membership._meta.get_field("user"),
        Export._meta.get_field("box"),
    ]
    assert dict(leaving._blanks(fields)) == {
        "requester_name": "", "cc": [], "assignee": None, "customer_tenant_id": None, "person": NOBODY,
    }  # fmt: skip
