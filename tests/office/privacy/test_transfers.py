"""Data that leaves the European Economic Area: on a documented ground only, a copy of which goes to whoever asks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kontor.kernel.models import OutgoingMail, RecordEntry
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.mail import contents_of, letter
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import subject_answers, subjects, subprocessors
from kontor.office.privacy.actions.notice import Details, keep_details
from kontor.office.privacy.actions.subject_mail import Written, take_subject_mail
from kontor.office.privacy.models import Subprocessor, SubprocessorNotice
from kontor.office.privacy.queries.subprocessors import hindrance, safeguards_on
from kontor.rulebook.refusal import RefusalError
from tests.factories import House, make_house
from tests.office.contracts.licensing import leisure, licensed
from tests.office.privacy.test_papers import HOST, why_not
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
ON = date(2028, 9, 2)
FAR = replace(HOST, name="Chat Inc.", country="US", task_en="Chat plug-in", agreement_on=date(2027, 6, 1))
PAPER = b"%PDF-1.7 the ground itself"
NOBODY: dict[str, Any] = {"ground": "", "ground_since": None, "ground_until": None, "instruction": ""}


def complete(made: Subprocessor, house: House, **given: Any) -> Subprocessor:
    told = NOBODY | {"agreement_on": date(2027, 6, 1)} | given
    return subprocessors.complete_subprocessor(made.pk, **told, at=NOW, actor=house.actor)


@pytest.mark.requirement("AP-094")
@pytest.mark.parametrize("ground", ["adequacy", "standard_clauses", "other_safeguards"])
def test_a_recipient_outside_the_union_needs_one_of_three_bases_with_its_document_and_the_end_of_one_is_flagged(ground):
    """Leisure, Anhang 4, Übertragung: adequacy, standard clauses, or another safeguard of Art. 46."""
    house = leisure()
    contract = licensed(house)
    with as_tenant(house.tenant.pk):
        made = subprocessors.add_subprocessor(FAR, at=NOW, actor=house.actor)
        SubprocessorNotice.objects.update(approved_at=NOW)
        held = {"ground": ground, "ground_since": date(2027, 1, 1), "ground_until": date(2028, 12, 31)}
        for given, said in (
            ({}, "a ground with its date is needed"),
            ({"ground": "consent_of_all", "ground_since": date(2027, 1, 1)}, "a ground with its date is needed"),
            (held, "document is missing"),
        ):
            assert said in why_not(complete(made, house, **given), contract.pk, ON)
        lawful = complete(made, house, **held, ground_document=PAPER)
        assert why_not(lawful, contract.pk, date(2028, 12, 31)) == ""
        assert "The ground held until Sun 31 December 2028" in why_not(lawful, contract.pk, date(2029, 1, 1))
        kept = complete(made, house, **held)  # without a new document the one that is there stays
        assert kept.ground_document_id == lawful.ground_document_id is not None
        assert RecordEntry.objects.filter(verb="privacy.subprocessor_completed").count() == 5


def test_the_page_takes_the_document_and_flags_an_expired_ground():
    house = make_house("leisure")
    with as_tenant(house.tenant.pk):
        made = subprocessors.add_subprocessor(FAR, at=NOW, actor=house.actor)
    client = browser(house.staff, house.tenant)
    url = reverse("privacy:complete", args=(made.pk,))
    told = {
        "agreement_on": "2026-01-01", "ground": "adequacy", "ground_since": "2026-01-01", "ground_until": "2026-02-01",
        "instruction": "",
    }  # fmt: skip

    wrong = client.post(url, told | {"ground_document": SimpleUploadedFile("b.txt", b"hello")})
    assert (wrong.status_code, "is a PDF" in wrong.content.decode()) == (422, True)
    assert client.post(url, told | {"ground_document": SimpleUploadedFile("b.pdf", PAPER)}).status_code == 302
    with as_tenant(house.tenant.pk):
        kept = Subprocessor.objects.select_related("ground_document").get(pk=made.pk).ground_document
        assert kept is not None
        assert (kept.name, read(kept)) == ("Chat Inc.pdf", PAPER)
    shown = client.get(reverse("privacy:subprocessors")).content.decode()
    assert ("not active" in shown, "The ground held until Sun 1 February 2026." in shown) == (True, True)


@pytest.mark.requirement("SD-026")
def test_a_plug_in_in_the_usa_is_off_without_a_safeguard_and_an_informal_mail_is_answered_with_the_clauses():
    """Bookkeeping 13: a copy of the safeguards is sent on informal request by e-mail."""
    house = make_house("bookkeeping")
    office = Details(name="Kontor", address="Weg 1", email="privacy@kontor.example", authority="LfD")
    mail = Written(
        sender="vera@gast.example", name="Vera Gast", subject="Chat", language="en",
        text="Please send me a copy of the standard contractual clauses.", to=["Privacy@kontor.example"],
    )  # fmt: skip
    with as_tenant(house.tenant.pk):
        keep_details(office, at=NOW, actor=house.actor)
        made = subprocessors.add_subprocessor(FAR, at=NOW, actor=house.actor)
        hindered = hindrance(made, ON)
        assert hindered is not None
        assert hindered.en.startswith("Outside the European Economic Area a ground with its date is needed")

        row = take_subject_mail(mail, received_at=NOW, at=NOW)
        assert row is not None
        assert (row.kind, row.known_by, row.answer_by) == ("safeguards", "", date(2027, 7, 1))
        told = {"at": NOW + timedelta(days=1), "actor": house.actor}
        with pytest.raises(RefusalError, match="no document to attach"):
            subject_answers.answer(row.pk, "Here they are.", **told)
        complete(made, house, ground="standard_clauses", ground_since=date(2027, 1, 1), ground_document=PAPER)
        assert hindrance(Subprocessor.objects.get(pk=made.pk), ON) is None
        answered = subject_answers.answer(row.pk, "Here they are.", **told)

        assert answered.state == "answered"
        sent = OutgoingMail.objects.filter(about_kind="privacy.SubjectRequest").order_by("at").last()
        assert sent is not None
        written = letter(sent.pk)
        assert (written.to, contents_of(written)) == (
            "vera@gast.example", [("Chat Inc.pdf", "application/pdf", PAPER)],
        )  # fmt: skip
        subprocessors.end_subprocessor(made.pk, on=date(2027, 8, 1), at=NOW, actor=house.actor)
        assert [len(safeguards_on(day)) for day in (date(2027, 8, 1), date(2027, 8, 2))] == [1, 0]
    with as_tenant(make_tenant().pk):
        assert safeguards_on(ON) == []
        with pytest.raises(Subprocessor.DoesNotExist):
            subprocessors.end_subprocessor(made.pk, on=ON, at=NOW, actor=house.actor)
        with pytest.raises(subjects.SubjectRequest.DoesNotExist):
            subject_answers.answer(row.pk, "Mine", **told)
