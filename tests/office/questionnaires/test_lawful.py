"""People are asked only on a legal basis and once the notice is out, and special categories only with safeguards."""

import hashlib
from typing import Any

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.questionnaires import public
from kontor.office.questionnaires.actions import lawful, writing
from kontor.office.questionnaires.actions.answering import Given, keep_answers
from kontor.office.questionnaires.actions.lawful import Grounds, QuestionnaireRefusedError
from kontor.office.questionnaires.formats.checking import lacks
from kontor.office.questionnaires.formats.definition import CONSENT_KEY, Definition, Question
from kontor.office.questionnaires.formats.people import SENSITIVE, asks_people, sensitive, tells
from kontor.office.questionnaires.models import AnswerSheet, Questionnaire, Safeguard, Version
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.office.questionnaires.notices import publish_notice
from tests.people import administrator, browser, entitle, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
NAME = Question(key="name", kind="text", label=Text("Ihr Name", "Your name"), required=True)
MAIL = Question(key="mail", kind="email", label=Text("E-Mail", "E-mail"))
PARCELS = Question(key="parcels", kind="whole", label=Text("Pakete", "Parcels"))
BLOOD = Question(key="blood", kind="text", label=Text("Blutgruppe", "Blood group"))
VISIT = Definition((NAME, MAIL))
AGREE = Text("Ich bin einverstanden, bis morgen.", "I agree, until tomorrow.")
FOUR = {
    "justification": "Ersthelfer brauchen sie", "information": "Aushang am Empfang", "consent": "Eigene Unterschrift",
    "measures": "Nur die Werksfeuerwehr liest sie",
}  # fmt: skip


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def begun(definition: Definition = VISIT) -> Questionnaire:
    return writing.write(Text("Besuch", "Visit"), definition=definition, **WHO)


def page(row: Questionnaire, name: str) -> str:
    return reverse(f"questionnaires:{name}", args=(row.pk,))


@pytest.mark.requirement("FW-038")
def test_a_form_about_people_without_a_legal_basis_is_not_published_and_consent_keeps_the_version_of_its_words(alder):
    """Visitor 6.4.1: explicit consent, or a legal permission."""
    client = publish_notice(alder)
    with as_tenant(alder.pk):
        row = begun()
        with pytest.raises(QuestionnaireRefusedError, match="name the legal basis first"):
            writing.publish(row.pk, **WHO)
        things = writing.write(Text("Lieferung", "Delivery"), definition=Definition((PARCELS,)), **WHO)
        assert writing.publish(things.pk, **WHO).number == 1  # nothing about anybody: no basis is needed
    assert "says no legal basis yet" in client.get(page(row, "editor")).content.decode()
    refused = client.post(page(row, "basis"), {"basis": "consent", "consent_de": AGREE.de, "consent_en": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["consent_en"])
    told = {"basis": "consent", "consent_de": AGREE.de, "consent_en": AGREE.en}
    assert client.get(page(row, "basis")).status_code == 200
    assert client.post(page(row, "basis"), told).status_code == 302
    assert client.post(page(row, "publish")).status_code == 302

    asked = client.get(page(row, "answer"))
    box = asked.context["form"][CONSENT_KEY]
    assert (str(box.label), box.value() in {None, False}) == (AGREE.en, True)  # never ticked beforehand
    without = client.post(page(row, "answer"), {"name": "Nele"})
    assert (without.status_code, CONSENT_KEY in without.context["form"].errors) == (422, True)
    assert client.post(page(row, "answer"), {"name": "Nele", CONSENT_KEY: "on"}).status_code == 302

    with as_tenant(alder.pk):
        writing.put_question(row.pk, PARCELS, **WHO)  # a second version of the questions, the same words of consent
        writing.publish(row.pk, **WHO)
        lawful.declare_basis(row.pk, "consent", consent=Text("Bis Freitag.", "Until Friday."), **WHO)
        third = writing.publish(row.pk, **WHO)
        answers = {"name": "Omar", CONSENT_KEY: True}
        for version in (Version.objects.get(questionnaire=row, number=2), third):
            keep_answers(version.pk, Given(answers=answers, language="en"), **WHO)
        kept = AnswerSheet.objects.order_by("pk").values_list("version__number", "consent_version", "consent_sha256")
        first = hashlib.sha256(f"{AGREE.de}\0{AGREE.en}".encode()).digest()
        last = hashlib.sha256(b"Bis Freitag.\0Until Friday.").digest()
        assert [(number, words, bytes(digest)) for number, words, digest in kept] == [
            (1, 1, first), (2, 1, first), (3, 3, last),
        ]  # fmt: skip
        lawful.declare_basis(row.pk, "contract", **WHO)
        fourth = writing.publish(row.pk, **WHO)
        plain = keep_answers(fourth.pk, Given(answers={"name": "Lea"}, language="en"), **WHO)
        assert (plain.consent_version, plain.consent_sha256) == (None, None)
        assert "questionnaires.basis_declared" in verbs(alder, row)


@pytest.mark.requirement("FW-103")
@pytest.mark.parametrize("category", ["health", "religion", "biometric"])
def test_a_field_of_a_special_category_is_not_published_before_its_safeguards_are_approved(alder, category):
    """Visitor, Anlage 3, Klausel 7.5; whoever of the house looks is bound to confidentiality: test_looks."""
    asked = Definition((Question(key="it", kind="text", label=Text("Angabe", "Detail"), data=category),), "duty")
    leo = make_user("leo@alder.example", "Leo")
    join(alder, leo, role="Empfang", permissions=["questionnaires.see", "questionnaires.write"])
    writes, decides = browser(leo, alder), browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        row = begun(asked)
        with pytest.raises(QuestionnaireRefusedError, match=rf"special category .{SENSITIVE[category].en}"):
            writing.publish(row.pk, **WHO)
    there = reverse("questionnaires:safeguard", args=(row.pk, "it"))
    assert writes.post(there, FOUR).status_code == 302
    with as_tenant(alder.pk):
        kept = Safeguard.objects.get()
        with pytest.raises(QuestionnaireRefusedError, match="not approved yet"):
            writing.publish(row.pk, **WHO)
    approve = reverse("questionnaires:approve", args=(kept.pk,))
    assert writes.post(approve).status_code == 403
    assert "not approved" in writes.get(page(row, "editor")).content.decode()
    assert decides.post(approve).status_code == 302
    with as_tenant(alder.pk):
        assert writing.publish(row.pk, **WHO).number == 1
        with pytest.raises(QuestionnaireRefusedError, match="approved already"):
            lawful.approve_safeguard(kept.pk, **WHO)
    decides.post(approve)  # says so and changes nothing
    with as_tenant(alder.pk):
        again = lawful.record_safeguard(row.pk, "it", Grounds(**FOUR | {"measures": "Weniger"}), **WHO)
        assert again.approved_at is None  # written anew it waits anew
        assert verbs(alder, kept) == [
            "questionnaires.safeguard_recorded", "questionnaires.safeguard_approved",
            "questionnaires.safeguard_recorded",
        ]  # fmt: skip


@pytest.mark.requirement("AP-088")
def test_a_field_for_the_blood_group_is_refused_until_all_four_are_recorded_and_approved(alder):
    """Leisure, Anhang 4, Art. 1: justification, information, consent, security measures."""
    with as_tenant(alder.pk):
        row = begun(Definition((BLOOD,), "contract"))  # nobody said that it is health: its words do
        with pytest.raises(QuestionnaireRefusedError, match=r"Blood group.*justification, information, consent"):
            writing.publish(row.pk, **WHO)
        for missing in FOUR:
            with pytest.raises(QuestionnaireRefusedError, match="must be given"):
                lawful.record_safeguard(row.pk, "blood", Grounds(**FOUR | {missing: " "}), **WHO)
        with pytest.raises(QuestionnaireRefusedError, match="must be given"):
            lawful.record_safeguard(row.pk, "nothing", Grounds(**FOUR), **WHO)
        kept = lawful.record_safeguard(row.pk, "blood", Grounds(**FOUR), **WHO)
        lawful.approve_safeguard(kept.pk, **WHO)
        assert writing.publish(row.pk, **WHO).number == 1
        religion = Question(key="blood", kind="text", label=Text("Religion", "Religion"))
        writing.put_question(row.pk, religion, **WHO)  # another category under the same key is not what was approved
        with pytest.raises(QuestionnaireRefusedError, match="special category"):
            writing.publish(row.pk, **WHO)


@pytest.mark.requirement("FW-040")
def test_without_a_published_notice_nothing_is_asked_of_people_and_each_form_leads_to_it(alder):
    """Visitor 6.4.3: what is collected, how it is used, with whom it is shared. Terminals keep by `public`, too."""
    entitle(alder, "visitors")
    client = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        row = begun(Definition((NAME,), "interest"))
        version = writing.publish(row.pk, **WHO)
        given = Given(answers={"name": "Nele"}, language="en")
        with pytest.raises(QuestionnaireRefusedError, match="privacy notice must be published"):
            public.keep_answers(version.pk, given, **WHO)
    shut = client.get(page(row, "answer")).content.decode()
    assert ("before the privacy notice is published" in shut, 'name="name"' in shut) == (True, False)
    assert client.post(page(row, "answer"), {"name": "Nele"}).status_code == 422

    publish_notice(alder)
    form = client.get(page(row, "answer")).content.decode()
    address = f"/legal/{alder.pk}/privacy"
    assert (f'href="{address}"' in form, 'name="name"' in form) == (True, True)
    assert client.post(page(row, "answer"), {"name": "Nele"}).status_code == 302
    with as_tenant(alder.pk):
        assert AnswerSheet.objects.count() == 1
    general, service = (client.get(f"{address}{part}").content.decode() for part in ("", "-platform"))
    assert "Recipients and third countries" in general
    assert f"{address}-platform" in general
    assert ("Description and scope" in service, "Purpose" in service) == (True, True)


def test_nobody_from_elsewhere_declares_records_or_approves(alder):
    birch = make_tenant("Birch")
    client = browser(administrator(birch, "bo@birch.example", "Bo"), birch)
    with as_tenant(alder.pk):
        row = begun(Definition((BLOOD,), "contract"))
        kept = lawful.record_safeguard(row.pk, "blood", Grounds(**FOUR), **WHO)
    own = browser(administrator(alder), alder)
    assert own.get(reverse("questionnaires:safeguard", args=(row.pk, "name"))).status_code == 404
    assert own.get(reverse("questionnaires:safeguard", args=(row.pk, "blood"))).status_code == 200
    assert client.get(page(row, "basis")).status_code == 404
    assert client.post(reverse("questionnaires:safeguard", args=(row.pk, "blood")), FOUR).status_code == 404
    assert client.post(reverse("questionnaires:approve", args=(kept.pk,))).status_code == 404


def test_what_a_question_tells_is_said_by_its_author_its_kind_and_its_words():
    def asked(german: str, english: str, kind: str = "text", data: str = "") -> Question:
        return Question(key="a", kind=kind, label=Text(german, english), data=data)

    told = [
        (asked("Zahl", "Number", "whole"), ""), (asked("Foto", "Photo", "photo"), "personal"),
        (asked("Notiz", "Note", data="union"), "union"), (asked("Anschrift", "Address"), "personal"),
        (asked("Allergien", "Allergies"), "health"), (asked("Fingerabdruck", "Fingerprint", "photo"), "biometric"),
        (asked("Vorstrafen", "Convictions"), "convictions"), (asked("Ihr Name", "Name", "notice"), ""),
        (asked("Hobby", "Hobby", data="personal"), "personal"),
    ]  # fmt: skip
    assert [tells(each) for each, _ in told] == [kind for _, kind in told]
    assert (asks_people(Definition((PARCELS,))), asks_people(VISIT)) == (False, True)
    assert list(sensitive(Definition((NAME, BLOOD)))) == [(BLOOD, "health")]


def test_what_is_no_basis_is_refused_and_the_consents_key_is_nobody_elses(alder):
    taken = Question(key=CONSENT_KEY, kind="agree", label=Text("Ja", "Yes"))
    assert [each.en for each in lacks(Definition((taken,), "hope"))] == [
        "There is no such legal basis.", "“Yes” needs a key of its own.",
    ]  # fmt: skip
    with as_tenant(alder.pk):
        row = begun()
        with pytest.raises(QuestionnaireRefusedError, match="no such legal basis"):
            lawful.declare_basis(row.pk, "hope", **WHO)
        with pytest.raises(QuestionnaireRefusedError, match="both languages"):
            lawful.declare_basis(row.pk, "consent", **WHO)
