"""Papers signed on a page: by hand or keyboard, refused, expired; the outcome is a version that never changes."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.pdf import render
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.strokes import as_svg, strokes_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import signing as actions
from kontor.office.documents.actions.demo import _SHEET
from kontor.office.documents.actions.filing import Filed, add_version, file_document
from kontor.office.documents.actions.legal import ChangedTextError, Evidence
from kontor.office.documents.actions.signing import Asked, Signing
from kontor.office.documents.formats import signed
from kontor.office.documents.models import Document, Finding, Signature, SignatureRequest, Version
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT
from tests.people import administrator, browser, link_in, mails, make_tenant, visitor

PAPER = {"owner": "Alder", "title": "Wartung", "meta": "Anlage 1", "paragraphs": ["Zweimal im Jahr."], "rows": []}
TOM = Asked(name="Tom Brand", email="tom@aussen.example", note="Bitte bis Freitag")
FROM = Evidence(address="192.0.2.7", client="Firefox/140")
DRAWN = json.dumps([[[number * 10, 50 + number] for number in range(20)]])


def pdf(title: str = "Wartung") -> bytes:
    return render(_SHEET, PAPER | {"title": title}, at=AT)


def filed(tenant, data: bytes | None = None, name: str = "wartung.pdf", *, by: Actor = MACHINE) -> Document:
    with as_tenant(tenant.pk):
        return file_document(Filed(data=data or pdf(), name=name, title="Wartung"), at=AT, actor=by)


def pages(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]


def test_a_drawing_is_strokes_within_its_field_and_nothing_else():
    assert strokes_of(DRAWN)[0][:2] == [(0, 50), (10, 51)]
    assert 'points="0,50 10,51' in as_svg(strokes_of(DRAWN))
    for wrong in ("", "{}", "[[[1]]]", "[[1, 2]]", "7", "null", "[[[0, 0]]]", "[" * 3000, DRAWN.replace("50", "9999"),
                  DRAWN.replace("50", '"a"'), DRAWN.replace("50", "true"), json.dumps([[]] * 201)):  # fmt: skip
        with pytest.raises(RefusalError, match="cannot be read"):
            strokes_of(wrong)


def test_what_takes_no_sheet_is_not_signed():
    locked, empty = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        paper.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    pikepdf.new().save(empty)
    for wrong in (b"%PDF-1.7 broken", locked.getvalue(), empty.getvalue(), b"x" * (signed.LARGEST + 1)):
        with pytest.raises(RefusalError, match="without a password"):
            signed.refuse_unsignable(wrong)
    assert signed.with_sheet(pdf(), pdf("B")) == signed.with_sheet(pdf(), pdf("B"))


@pytest.mark.django_db
def test_two_sign_one_paper_by_hand_and_keyboard_and_its_versions_never_change():
    tenant = make_tenant()
    jana = administrator(tenant)
    document = filed(tenant)
    with as_tenant(tenant.pk):
        first = actions.ask_signature(document.pk, TOM, at=AT, actor=Actor.person(jana))
        inside = actions.ask_signature(document.pk, Asked(user=jana.pk), at=AT, actor=MACHINE)
        seen = bytes(first.version.blob.sha256)
        typed = Signing(name=" Tom   Brand ", sha256=seen, language="de")
        for wrong, error in (
            (replace(typed, sha256=b"0" * 32), ChangedTextError),
            (replace(typed, name=" "), RefusalError),
            (replace(typed, drawn="[]"), RefusalError),
        ):
            with pytest.raises(error):
                actions.sign_paper(first.pk, wrong, evidence=FROM, at=AT)
        outcome = actions.sign_paper(first.pk, typed, evidence=FROM, at=AT)
        with pytest.raises(RefusalError, match="not asked for any more"):
            actions.sign_paper(first.pk, typed, evidence=FROM, at=AT)
        drawn = Signing(name="Jana Heitmann", sha256=seen, drawn=DRAWN, language="en")
        both = actions.sign_paper(inside.pk, drawn, evidence=Evidence(), at=AT)
        paper, sheet, other = pages(read(both.blob))
        assert len(pages(read(outcome.blob))) == 2
        assert (outcome.number, both.number, both.by, outcome.by) == (2, 3, jana.pk, None)
        assert "Zweimal im Jahr." in paper
        for said in ("Nachweis der Unterschrift", "Tom Brand", seen.hex(), "192.0.2.7", "Firefox/140", "einfache"):
            assert said in sheet.replace("\r\n", "") or said in sheet
        assert "drawn on the screen" in other
        assert "unknown" in other
        kept = Signature.objects.get(subject_id=first.pk)
        assert (kept.name, kept.address, bytes(kept.sha256), kept.declarations[0]["clause"]) == (
            "Tom Brand", "192.0.2.7", seen, "Regulation (EU) 910/2014, Art. 25 (1)",
        )  # fmt: skip
        with pytest.raises(Exception, match="permission denied"), actions.transaction.atomic():
            Version.objects.filter(pk=outcome.pk).update(note="anders")
    assert [(each.to, each.subject) for each in mails(tenant)] == [
        ("tom@aussen.example", "Alder bittet um Ihre Unterschrift: „Wartung“"),
        ("jana@alder.example", "Alder bittet um Ihre Unterschrift: „Wartung“"),
        ("jana@alder.example", "„Wartung“: unterschrieben"),
    ]


@pytest.mark.django_db
def test_what_is_not_asked_refused_and_withdrawn():
    tenant = make_tenant()
    document, text = filed(tenant), filed(tenant, b"Text", "text.txt")
    with as_tenant(tenant.pk):
        nobody = Asked(user=tenant.pk)
        for key, asked, why in (
            (document.pk, replace(TOM, days=91), "1 to 90 days"), (document.pk, nobody, "not here"),
            (text.pk, TOM, "is a PDF"),
        ):  # fmt: skip
            with pytest.raises(RefusalError, match=why):
                actions.ask_signature(key, asked, at=AT, actor=MACHINE)
        with pytest.raises(MailAddressError):
            actions.ask_signature(document.pk, replace(TOM, email="nowhere"), at=AT, actor=MACHINE)
        refused, withdrawn, late = (actions.ask_signature(document.pk, TOM, at=AT, actor=MACHINE) for _each in range(3))
        actions.refuse_paper(refused.pk, reason=" Ziffer 3 fehlt ", at=AT)
        actions.withdraw_request(withdrawn.pk, at=AT, actor=MACHINE)
        for over, at in ((refused, AT), (withdrawn, AT), (late, AT + timedelta(days=14))):
            with pytest.raises(RefusalError, match="not asked for any more"):
                actions.refuse_paper(over.pk, reason="", at=at)
        Finding.objects.update(state="INFECTED")
        with pytest.raises(RefusalError, match="not released"):
            actions.ask_signature(document.pk, TOM, at=AT, actor=MACHINE)
        verbs = [each.verb.removeprefix("documents.") for each in history_of(document.pk)][:2]
        assert verbs == ["signature_withdrawn", "signature_refused"]


@pytest.mark.django_db
def test_somebody_outside_reads_and_signs_by_the_link_in_their_mail():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana = browser(administrator(tenant), tenant)
    stranger = browser(administrator(other, "ayla@birke.example"), other)
    document = filed(tenant)
    run_jobs()
    ask = reverse("documents:ask-signature", args=(document.pk,))
    home = reverse("documents:file", args=(document.pk,))
    assert (jana.get(ask).status_code, stranger.get(ask).status_code) == (200, 404)
    said = {"where": "outside", "name": "Tom", "email": "tom@aussen.example", "days": "14"}
    for wrong in ({"where": "outside", "days": "14"}, {"where": "inside", "days": "14"}, said | {"email": "x"}):
        assert jana.post(ask, wrong).status_code == 422
    assert jana.post(ask, said).url == home
    link = link_in(mails(tenant)[0].text)
    tom = visitor()
    page = tom.get(link)
    assert (page.status_code, page.context["form"].initial["sha256"]) == (200, page.context["sha256"])
    assert "simple electronic signature" in page.content.decode()
    assert tom.get(f"{link}paper/").content == pdf()
    assert tom.get(f"{link}picture/").headers["Content-Type"] == "image/webp"
    given = {"name": "Tom Brand", "how": "typed", "sha256": page.context["sha256"], "drawn": DRAWN, "consent": "on"}
    for wrong in (
        {"consent": ""},
        {"how": "drawn", "drawn": ""},
        {"how": "drawn", "drawn": "[]"},
        {"sha256": "0" * 64},
    ):
        assert tom.post(link, given | wrong).status_code == 422
    assert tom.post(link, given).url == link
    assert len(pages(tom.get(f"{link}paper/").content)) == 2
    done = tom.get(link)
    assert (done.context["asked"].state, tom.post(f"{link}refuse/").status_code) == ("SIGNED", 404)
    (shown,) = jana.get(home).context["signatures"]
    assert (str(shown["badge"].label), shown["row"].outcome.number, shown["open"]) == ("signed", 2, False)
    assert visitor().get("/documents/sign/guessed/").status_code == 404
    with as_tenant(tenant.pk):
        how = [each.after["how"] for each in history_of(document.pk) if each.verb == "documents.signature_read"]
        assert how == ["downloaded", "downloaded", "shown"]


@pytest.mark.django_db
def test_who_works_here_signs_as_themselves_and_what_is_withdrawn_opens_nothing():
    tenant, other = make_tenant(), make_tenant("Birke")
    user = administrator(tenant)
    jana = browser(user, tenant)
    stranger = browser(administrator(other, "ayla@birke.example"), other)
    document = filed(tenant)
    ask = reverse("documents:ask-signature", args=(document.pk,))
    jana.post(ask, {"where": "inside", "user": str(user.pk), "days": "7", "note": "Bitte"})
    link = link_in(mails(tenant)[0].text)
    assert (visitor().get(link).status_code, stranger.get(link).status_code, jana.get(link).status_code) == (
        302,
        404,
        200,
    )
    assert [each.note for each in jana.get("/documents/to-sign/").context["rows"]] == ["Bitte"]
    assert jana.get(f"{link}picture/").status_code == 404  # not drawn yet
    assert jana.post(f"{link}refuse/", {"reason": "Nein"}).url == link
    assert "You refused" in jana.get(link).content.decode()
    now = timezone.now()
    with as_tenant(tenant.pk):
        asked = actions.ask_signature(document.pk, TOM, at=now, actor=MACHINE)
        late = actions.ask_signature(document.pk, TOM, at=now - timedelta(days=15), actor=MACHINE)
        add_version(document.pk, pdf("Anders"), name="wartung.pdf", at=now, actor=MACHINE)
    withdraw = reverse("documents:sign-withdraw", args=(document.pk, asked.pk))
    assert stranger.post(withdraw).status_code == 404
    open_link, late_link = (link_in(each.text) for each in mails(tenant) if each.to == TOM.email)
    late_page, open_page = sorted(
        (visitor().get(one) for one in (open_link, late_link)), key=lambda one: one.context["open"]
    )
    assert "The time for signing is over" in late_page.content.decode()
    assert open_page.status_code == 200
    assert jana.post(withdraw).url == reverse("documents:file", args=(document.pk,))
    assert jana.post(withdraw).status_code == 404
    assert sorted(visitor().get(one).status_code for one in (open_link, late_link)) == [200, 404]
    with as_tenant(tenant.pk):
        assert SignatureRequest.objects.get(pk=late.pk).state == "ASKED"
    states = [
        str(each["badge"].label)
        for each in jana.get(reverse("documents:file", args=(document.pk,))).context["signatures"]
    ]
    assert sorted(states) == ["expired", "refused", "withdrawn"]


@pytest.mark.django_db
def test_the_form_that_asks_says_only_of_the_note_that_it_may_stay_empty():
    tenant = make_tenant()
    jana = browser(administrator(tenant), tenant)
    ask = reverse("documents:ask-signature", args=(filed(tenant).pk,))

    page = jana.get(ask).content.decode()

    labels = [each.split("</label>")[0] for each in page.split('<label class="form-label" for="')[1:]]
    optional = [each.split('"')[0] for each in labels if 'class="k-opt"' in each]
    assert [each.split('"')[0] for each in labels] == ["id_user", "id_name", "id_email", "id_note", "id_days"]
    assert optional == ["id_note"]
    for given, missing in (
        ({"where": "outside", "days": "7"}, {"name", "email"}),
        ({"where": "inside", "days": "7"}, {"user"}),
    ):
        refused = jana.post(ask, given)
        assert (refused.status_code, set(refused.context["form"].errors)) == (422, missing)
