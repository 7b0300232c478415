"""Consents to mail: double opt-in by a link, provable, taken back by one POST, taken up again on paper only."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel import jobs as kernel_jobs
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.suppressing import suppress
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.mail import letter
from kontor.kernel.queries.matching import matching_key
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions.people import add_email
from kontor.office.parties.public import add_person
from kontor.office.privacy import public
from kontor.office.privacy.actions.consents import (
    Channel,
    Come,
    ask_consent,
    confirm_consent,
    publish_text,
    reactivate,
    withdraw_consent,
)
from kontor.office.privacy.actions.notice import keep_details, publish_notice
from kontor.office.privacy.models import ConsentStep, ConsentText, Suppression
from kontor.office.privacy.queries.consents import MATCHED, consent_of, digest
from kontor.office.privacy.queries.notice import proposals
from kontor.rulebook.consent import State
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import make_user
from tests.office.privacy.test_notice import TOLD
from tests.people import administrator, browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
FORM = Come(channel=Channel.FORM, address="203.0.113.9", client="Firefox")
MIA = "mia@kunde.example"


class Clock:
    """The moment that views read; a test moves it."""

    def __init__(self) -> None:
        self.at = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    told = Clock()
    monkeypatch.setattr(timezone, "now", lambda: told.at)
    return told


@pytest.fixture
def tenant():
    return make_tenant("Alder")


def asked_for(tenant, words: str = "Neues") -> ConsentText:
    return publish_text(
        "newsletter", title=Text("Post", "Mail"), text=Text(words, f"{words} en"), at=NOW, actor=MACHINE
    )


def state(text: ConsentText, email: str = MIA) -> State:
    return consent_of(email, text).state.value


def links(about: ConsentStep) -> tuple[str, str]:
    """Return the paths of a question: to confirm, and to end."""
    mail = OutgoingMail.objects.get(about_id=about.pk)
    confirm = re.findall(r"https?://[^/]+(/privacy/consents/confirm/\S+)", mail.text)
    assert len(set(confirm)) == 1
    return confirm[0], re.sub(r"https?://[^/]+", "", mail.unsubscribe)


def test_a_form_asks_the_address_confirms_a_mail_program_ends_and_all_is_proved(tenant, clock):
    with as_tenant(tenant.pk):
        text = asked_for(tenant)
    visitor = Client(headers={"accept-language": "en"}, REMOTE_ADDR="203.0.113.9")
    form = f"/privacy/consents/form/{tenant.pk}/newsletter/"
    uninformed = visitor.post(form, {"email": MIA, "wanted": "on"})
    assert (uninformed.status_code, "before the privacy notice" in uninformed.content.decode()) == (409, True)
    with as_tenant(tenant.pk):
        assert not ConsentStep.objects.exists()
        keep_details(TOLD, at=NOW, actor=MACHINE)
        for each in proposals(tenant, None, at=NOW):
            publish_notice(each.part, shown=each.sha256, tenant=tenant, standing=None, at=NOW, actor=MACHINE)
    page = visitor.get(form).content.decode()
    assert ("Neues en" in page, "checked" in page, f"/legal/{tenant.pk}/privacy" in page) == (True, False, True)
    assert visitor.post(form, {"email": MIA}).status_code == 422  # the box is not ticked
    assert visitor.post(form, {"email": "no address", "wanted": "on"}).status_code == 422
    assert "mail is on its way" in visitor.post(form, {"email": MIA.upper(), "wanted": "on"}).content.decode()
    assert "mail is on its way" in visitor.post(form, {"email": MIA, "wanted": "on"}).content.decode()
    with as_tenant(tenant.pk):
        (step,) = ConsentStep.objects.all()  # twice within ten minutes is one mail
        assert (step.email, step.address, step.text_id) == (MIA, "203.0.113.9", text.pk)
        assert not public.may_write_to(MIA, "newsletter", at=NOW).value
        confirm, end = links(step)

    assert "Yes, I agree" in visitor.get(confirm).content.decode()
    with as_tenant(tenant.pk):
        assert state(text) is State.PENDING  # looking alone does nothing
    assert "Confirmed" in visitor.post(confirm).content.decode()
    assert "Confirmed" in visitor.post(confirm).content.decode()
    clock.at = NOW + timedelta(hours=1)
    with as_tenant(tenant.pk):
        assert public.may_write_to(MIA, "newsletter", at=clock.at).value
        assert not public.may_write_to(MIA, "offers", at=clock.at).value
        assert public.may_write_to("new@kunde.example", "transactional", at=clock.at).value
        assert public.unsubscribe_url(MIA, "newsletter").endswith(end)
        for unknown in ("newsletter", "offers"):
            with pytest.raises(LookupError):
                public.unsubscribe_url("new@kunde.example", unknown)
        assert ask_consent(text, MIA, come=FORM, at=clock.at) is None  # who agreed is not asked again

    assert "Send nothing more" in visitor.get(end).content.decode()
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert program.post(end, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with as_tenant(tenant.pk):
        assert [(each.kind, each.channel) for each in ConsentStep.objects.order_by("at", "pk")] == [
            ("ASKED", "FORM"), ("CONFIRMED", "LINK"), ("WITHDRAWN", "MAIL_PROGRAM"),
        ]  # fmt: skip
        assert public.may_write_to(MIA, "newsletter", at=NOW + timedelta(minutes=30)).value  # as it stood then
        assert not public.may_write_to(MIA, "newsletter", at=clock.at).value
        assert Suppression.objects.count() == 1
    late = visitor.post(confirm)
    assert (late.status_code, "good no longer" in late.content.decode()) == (409, True)
    for forged in (confirm, end):
        assert visitor.get(forged[:-2] + "x/").status_code == 404


@pytest.mark.requirement("AP-085")
def test_who_left_returns_at_a_written_request_only_and_date_user_and_paper_are_kept(tenant):
    with as_tenant(tenant.pk):
        text = asked_for(tenant)
        step = ask_consent(text, MIA, come=FORM, at=NOW - timedelta(days=1))
        assert step is not None
        confirm_consent(step.pk, come=FORM, at=NOW - timedelta(hours=20))
        withdraw_consent(text, MIA, come=FORM, at=NOW - timedelta(hours=19))
    boss = administrator(tenant)
    client = browser(boss, tenant)
    client.cookies["kontor_language"] = "en"
    page = f"/privacy/consents/of/newsletter/{MIA}/"
    assert client.get(page + "take-up/").status_code == 200
    refused = client.post(page + "take-up/")
    assert (refused.status_code, "written request only" in refused.content.decode()) == (422, True)
    with as_tenant(tenant.pk):
        assert state(text) is State.WITHDRAWN
    paper = SimpleUploadedFile("wunsch.pdf", b"%PDF-1.7", "application/pdf")
    assert client.post(page + "take-up/", {"file": paper}).status_code == 302
    with as_tenant(tenant.pk):
        last = ConsentStep.objects.order_by("-at", "-pk").first()
        assert last is not None
        assert last.proof is not None
        assert (last.kind, last.by_name, last.at, last.proof.name) == ("REACTIVATED", str(boss), NOW, "wunsch.pdf")
        assert state(text) is State.GIVEN
        assert "privacy.consent_reactivated" in verbs(tenant)
        with pytest.raises(RefusalError, match="Nothing was taken back"):
            reactivate(text, MIA, request=last.proof, at=NOW, actor=MACHINE)
    assert client.get(f"/privacy/consents/proof/{last.pk}/").content == b"%PDF-1.7"
    shown = client.get(page).content.decode()
    assert ("203.0.113.9" in shown, "Taken up again" in shown, "wunsch" in shown) == (True, True, False)


def test_a_new_text_asks_again_and_an_erased_address_stays_out(tenant):
    with as_tenant(tenant.pk):
        text = asked_for(tenant)
        for wrong in ({"ticked": True}, {"title": Text("", "")}, {"text": Text("Neues", "Neues en")}):
            with pytest.raises(RefusalError):
                publish_text("newsletter", **{"title": Text("P", "M"), "text": Text("a", "b"), "at": NOW,
                                              "actor": MACHINE} | wrong)  # fmt: skip
        first = ask_consent(text, MIA, come=FORM, at=NOW - timedelta(days=2))
        assert first is not None
        confirm_consent(first.pk, come=FORM, at=NOW - timedelta(days=2))
        newer = asked_for(tenant, "Mehr")
        assert (newer.edition, state(newer)) == (2, State.OUTDATED)
        assert not public.may_write_to(MIA, "newsletter", at=NOW + timedelta(days=1)).value
        with pytest.raises(RefusalError, match="good no longer"):
            confirm_consent(first.pk, come=FORM, at=NOW)
        second = ask_consent(newer, MIA, come=FORM, at=NOW)
        assert second is not None
        confirm_consent(second.pk, come=FORM, at=NOW + timedelta(seconds=1))
        assert state(newer) is State.GIVEN
        withdraw_consent(newer, MIA, come=FORM, at=NOW + timedelta(seconds=2))
        assert withdraw_consent(newer, MIA, come=FORM, at=NOW + timedelta(seconds=3)) is None
        mark = Suppression.objects.get()
        assert MIA.encode() not in bytes(mark.digest)
        assert state(newer, "leo@kunde.example") is State.NONE
        Suppression.objects.create(digest=digest(matching_key(MATCHED), "leo@kunde.example", "newsletter"), at=NOW)
        assert state(newer, "Leo@kunde.example") is State.WITHDRAWN  # no row of his is left, and still
        asked = [ConsentStep(text=newer, email=f"{n}@x.example", kind="ASKED", channel="FORM", at=NOW)
                 for n in range(199)]  # fmt: skip
        ConsentStep.objects.bulk_create(asked)
        hour = NOW + timedelta(hours=1)
        assert ask_consent(newer, "a@x.example", come=FORM, at=NOW) is None  # 200 within the hour, with Mia's own
        assert ask_consent(newer, "b@x.example", come=Come(channel="STAFF"), at=NOW) is not None  # a person asks
        assert ask_consent(newer, "a@x.example", come=FORM, at=hour) is not None
    with as_tenant(make_tenant("Birke").pk):
        assert digest(matching_key(MATCHED), MIA, "newsletter") != bytes(mark.digest)


def test_the_book_and_ones_own_page(tenant):
    client = browser(administrator(tenant), tenant)
    client.cookies["kontor_language"] = "en"
    assert "Nobody was asked yet" in client.get("/privacy/consents/").content.decode()
    told = {"purpose": "newsletter", "title_de": "Post", "text_de": "Neues", "title_en": "Mail", "text_en": "News"}
    assert client.get("/privacy/consents/new/").status_code == 200
    assert client.post("/privacy/consents/new/", told).status_code == 302
    assert client.post("/privacy/consents/new/", told).status_code == 422  # exactly this text holds already
    paper = {"email": MIA, "file": SimpleUploadedFile("karte.png", b"\x89PNG", "image/png")}
    assert client.get("/privacy/consents/of/newsletter/paper/").status_code == 200
    assert client.post("/privacy/consents/of/newsletter/paper/", paper).status_code == 302
    counts = []
    for more in ((), ("a@kunde.example", "b@kunde.example")):
        with as_tenant(tenant.pk):
            text = ConsentText.objects.get()
            for email in more:
                ask_consent(text, email, come=FORM, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/privacy/consents/")
        counts.append(len([each["sql"] for each in queries if "privacy_" in each["sql"]]))
    assert counts == [counts[0], counts[0]]
    assert page.content.decode().count("not confirmed") == 4  # three of them, and the filter
    assert client.get("/privacy/consents/?format=csv").content.decode("utf-8-sig").count("\r\n") == 4
    assert client.get("/privacy/consents/?state=GIVEN").content.decode().count("@kunde.example") == 0
    detail = f"/privacy/consents/of/newsletter/{MIA}/"
    assert client.post(detail + "withdraw/").status_code == 302
    assert "taken back" in client.get(detail).content.decode()

    mine = "/account/privacy/consents/"
    assert "Ask for it" in client.get(mine).content.decode()
    assert client.post(mine, {"purpose": "newsletter", "say": "yes"}).status_code == 302
    assert "Take back" in client.get(mine).content.decode()
    assert client.post(mine, {"purpose": "newsletter", "say": "no"}).status_code == 302
    with as_tenant(tenant.pk):
        own = ConsentStep.objects.filter(channel="PAGE").order_by("at", "pk")
        assert [each.kind for each in own] == ["ASKED", "WITHDRAWN"]
        keep(b"x", name="x", media_type="text/plain", at=NOW)
    reader = make_user("leser@alder.example", "Lea Leser")
    join(tenant, reader, role="Leser", permissions=["documents.see"])
    assert browser(reader, tenant).get("/privacy/consents/").status_code == 403
    assert client.post(mine, {"purpose": "offers", "say": "yes"}).status_code == 404


def test_the_page_about_a_person_shows_the_consents_of_all_their_addresses(tenant):
    with as_tenant(tenant.pk):
        mia = add_person(name="Mia", email="m@kunde.example", at=NOW, actor=MACHINE)
        uwe = add_person(name="Uwe", at=NOW, actor=MACHINE)
        add_email(mia.id, MIA, at=NOW, actor=MACHINE)
        ask_consent(asked_for(tenant), MIA, come=FORM, at=NOW)
    client = browser(administrator(tenant), tenant)
    client.cookies["kontor_language"] = "en"
    assert f"/privacy/consents/at/{mia.id}/" in client.get(f"/parties/{mia.id}/").content.decode()
    shown = client.get(f"/privacy/consents/at/{mia.id}/").content.decode()
    assert [words in shown for words in (MIA, "Mail", "not confirmed")] == [True, True, True]
    assert "Nobody was asked" in client.get(f"/privacy/consents/at/{uwe.id}/").content.decode()
    keeps = make_user("vera@alder.example", "Vera")
    join(tenant, keeps, role="Einwilligungen", permissions=["privacy.consents"])
    assert browser(keeps, tenant).get(f"/privacy/consents/at/{mia.id}/").status_code == 404  # may not see people
    other = make_tenant("Birke")
    stranger = browser(administrator(other, "bo@birke.example"), other)
    assert stranger.get(f"/privacy/consents/at/{mia.id}/").status_code == 404


@pytest.mark.parametrize("path", ["of/newsletter/x@y.example/", "of/offers/paper/", "form/{tenant}/offers/"])
def test_what_is_not_there(tenant, path):
    with as_tenant(tenant.pk):
        asked_for(tenant)
    client = browser(administrator(tenant), tenant)
    assert client.get("/privacy/consents/" + path.format(tenant=tenant.pk)).status_code == 404


@pytest.mark.requirement("AP-075")
def test_a_mailing_leaves_only_to_whoever_confirmed_and_a_form_with_a_ticked_box_is_never_published(tenant, clock):
    """Leisure, Anhang 2, Regel 5; what belongs to a matter needs no consent: only the erased do not get it."""
    words = {"title": Text("Post", "Mail"), "text": Text("Neues", "News")}

    def sent_to(email: str, purpose: str) -> str:
        """Write a mail, hand it over as the outbox does, and return what became of it."""
        with as_tenant(tenant.pk):
            (mail,) = send_mails([NewMail(to=email, subject="X", text="Y", purpose=purpose)], at=clock.at)
        kernel_jobs.send_mail(tenant_id=tenant.pk, at=clock.at, mail=str(mail.pk))
        with as_tenant(tenant.pk):
            return letter(mail.pk).state

    with as_tenant(tenant.pk):
        with pytest.raises(RefusalError, match="not ticked beforehand"):
            publish_text("newsletter", **words, ticked=True, at=NOW, actor=MACHINE)
        text = publish_text("newsletter", **words, at=NOW, actor=MACHINE)
        step = ask_consent(text, MIA, come=FORM, at=NOW)
        assert step is not None
        assert state(text) is State.PENDING
    assert (sent_to(MIA, "newsletter"), sent_to(MIA, "")) == ("GIVEN_UP", "SENT")
    assert sent_to("stranger@kunde.example", "newsletter") == "GIVEN_UP"

    with as_tenant(tenant.pk):
        confirm_consent(step.pk, come=FORM, at=NOW)
    assert (sent_to(MIA, "newsletter"), sent_to(MIA, "offers")) == ("SENT", "GIVEN_UP")
    with as_tenant(tenant.pk):  # the list of who took a consent back: of a purpose
        clock.at += timedelta(minutes=1)
        withdraw_consent(text, MIA, come=FORM, at=clock.at)
    assert (sent_to(MIA, "newsletter"), sent_to(MIA, "")) == ("GIVEN_UP", "SENT")
    with as_tenant(tenant.pk):  # the list of who was erased: of everything
        suppress([MIA], at=clock.at)
    assert (sent_to(MIA, "newsletter"), sent_to(MIA, "")) == ("GIVEN_UP", "GIVEN_UP")
