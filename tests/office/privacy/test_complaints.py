"""A recipient complains of a mailing: the proof is shown, or a suspension is due on a day."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import jobs
from kontor.office.privacy.actions import complaints
from kontor.office.privacy.actions.consents import Channel, Come, ask_consent, confirm_consent, publish_text
from kontor.office.privacy.models import Complaint, ConsentStep
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import make_house
from tests.people import administrator, browser, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORM = Come(channel=Channel.FORM, address="192.0.2.7", client="Firefox")


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def sender():
    tenant = make_tenant("Kartbahn")
    administrator(tenant, "mats@kart.example", "Mats")
    return tenant


def asked(tenant, email: str, *, paper: bool = False) -> ConsentStep:
    with as_tenant(tenant.pk):
        text = publish_text(
            "news", title=Text("Neues", "News"), text=Text("Einmal im Monat.", "Once a month."), at=AT, actor=MACHINE
        )
        proof = keep(b"unterschrieben", name="blatt.pdf", media_type="application/pdf", at=AT) if paper else None
        come = Come(channel=Channel.STAFF) if paper else FORM
        made = ask_consent(text, email, come=come, proof=proof, at=AT)
        assert made is not None
        return made


def complained(house, sender, email="rita@gast.example", words="Ich habe nie zugestimmt.") -> Complaint:
    with as_tenant(house.tenant.pk):
        made = complaints.enter_complaint(sender.pk, email, words=words, at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        made.refresh_from_db()
    return made


@pytest.mark.requirement("AP-076")
def test_a_complaint_shows_text_time_address_or_paper_and_confirmation_or_a_suspension_is_due(house, sender):
    step = asked(sender, "rita@gast.example")
    with as_tenant(sender.pk):
        confirm_consent(step.pk, come=Come(channel=Channel.LINK, address="192.0.2.8", client="Firefox"), at=AT)
    proved = complained(house, sender)
    assert (proved.suspend_by, [(each["kind"], each["address"], each["text"]["en"]) for each in proved.proof]) == (
        None, [("ASKED", "192.0.2.7", "Once a month."), ("CONFIRMED", "192.0.2.8", "Once a month.")],
    )  # fmt: skip
    assert [each["at"] for each in proved.proof] == [AT.isoformat()] * 2

    unproved = complained(house, sender, "ole@gast.example")
    assert (unproved.proof, unproved.looked_at is not None) == ([], True)
    assert unproved.suspend_by == date(2026, 11, 30)  # seven days after the 23rd
    with as_tenant(house.tenant.pk):
        due = Due.objects.get(tenant_id=house.tenant.pk, job="privacy.decide_complaint")
        assert due.at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # nine o'clock in Berlin
        assert verbs(house.tenant, unproved)[:2] == ["privacy.complaint_entered", "privacy.complaint_looked_into"]
    (told,) = [mail for mail in mails(sender) if mail.to == "mats@kart.example"]
    assert ("30.11.2026" in told.text, "Anhang 2, Regel 6" in told.text) == (True, True)

    with as_tenant(house.tenant.pk):
        jobs.decide_complaint(at=due.at, complaint=str(unproved.pk))
        assert [mail.subject for mail in mails(house.tenant)][-1] == "Konto sperren: Kartbahn"
        complaints.close_complaint(unproved.pk, how="Konto gesperrt", at=due.at, actor=house.actor)
        assert complaints.remind_to_decide(unproved.pk, at=due.at) is False
        assert not Due.objects.filter(tenant_id=house.tenant.pk, job="privacy.decide_complaint").exists()
        assert complaints.remind_to_decide(proved.pk, at=due.at) is False


def test_a_consent_on_paper_that_was_never_confirmed_proves_nothing_and_one_that_was_is_named_so(house, sender):
    step = asked(sender, "rita@gast.example", paper=True)
    made = complained(house, sender)
    assert made.suspend_by == date(2026, 11, 30)
    with as_tenant(sender.pk):
        confirm_consent(step.pk, come=Come(channel=Channel.LINK), at=AT)
    customer = browser(administrator(sender, "uma@kart.example", "Uma"), sender)
    page = customer.get(reverse("privacy:complaints"))
    assert b"Without proof the account is suspended on" in page.content
    assert customer.post(reverse("privacy:complaint-look", args=[made.pk])).status_code == 302
    with as_tenant(house.tenant.pk):
        made.refresh_from_db()
        assert (made.suspend_by, [each["paper"] for each in made.proof]) == (None, [True, False])
        assert not Due.objects.filter(tenant_id=house.tenant.pk, job="privacy.decide_complaint").exists()


def test_the_house_enters_and_closes_and_nobody_else_sees_it(house, sender):
    desk = browser(house.staff, house.tenant)
    form = {"of_tenant": str(sender.pk), "email": "Rita@Gast.example", "words": "Nie bestellt."}
    assert desk.get(reverse("privacy:complaint-new")).status_code == 200
    assert desk.post(reverse("privacy:complaint-new"), form).status_code == 302
    run_jobs()
    with as_tenant(house.tenant.pk):
        made = Complaint.objects.get()
    assert (made.email, made.customer_name) == ("rita@gast.example", "Kartbahn")
    assert b"no proof" in desk.get(reverse("privacy:complaints")).content
    other = make_tenant("Birke")
    stranger = browser(administrator(other, "ayla@birke.example", "Ayla"), other)
    assert b"rita@gast.example" not in stranger.get(reverse("privacy:complaints")).content
    assert stranger.post(reverse("privacy:complaint-look", args=[made.pk])).status_code == 404
    assert stranger.get(reverse("privacy:complaint-new")).status_code == 404
    close = reverse("privacy:complaint-close", args=[made.pk])
    assert (stranger.post(close, {"words": "weg"}).status_code, desk.get(close).status_code) == (404, 200)
    assert desk.post(close, {"words": "Irrtum"}).status_code == 302
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match=r"This complaint is closed\."):
            complaints.close_complaint(made.pk, how="noch einmal", at=AT, actor=house.actor)
        with pytest.raises(RefusalError, match=r"Say in words what happened\."):
            complaints.enter_complaint(sender.pk, "x@y.example", words=" ", at=AT, actor=house.actor)
        again = complaints.enter_complaint(sender.pk, "x@y.example", words="Nein", at=AT, actor=house.actor)
        with pytest.raises(RefusalError, match=r"Say in words what happened\."):
            complaints.close_complaint(again.pk, how=" ", at=AT, actor=house.actor)
        complaints.close_complaint(again.pk, how="Irrtum", at=AT, actor=house.actor)
        with pytest.raises(RefusalError, match=r"This complaint is closed\."):
            complaints.answer_as_customer(again, proof=[], at=AT, actor=house.actor)
