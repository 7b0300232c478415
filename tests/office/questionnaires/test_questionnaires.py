"""Writing a questionnaire as a receptionist does, publishing it, answering it, and what stays as it was."""

import io
import uuid
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob, Tenant
from kontor.kernel.queries.blobs import read as read_blob
from kontor.kernel.tenancy import as_tenant
from kontor.office.questionnaires import public
from kontor.office.questionnaires.actions import answering, writing
from kontor.office.questionnaires.actions.answering import AnswersRefusedError, Given, keep_answers
from kontor.office.questionnaires.actions.demo import VISIT, make_demo
from kontor.office.questionnaires.actions.lawful import QuestionnaireRefusedError
from kontor.office.questionnaires.formats.definition import Definition, Option, Question, Shown
from kontor.office.questionnaires.formats.pictures import PHOTO_EDGE, drawn_by_hand, made_anew, written_name
from kontor.office.questionnaires.models import AnswerPicture, AnswerSheet, Questionnaire, Version
from kontor.office.questionnaires.queries import draft_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.office.questionnaires.notices import publish_notice
from tests.people import administrator, browser, entitle, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
HOME = "/questionnaires/"
VISITORS = Text("Besuch", "Visit")
PURPOSES = (Option(value="talk", label=Text("Gespräch", "Talk")), Option(value="work", label=Text("Arbeit", "Work")))
WORKS = (Option(value="hot", label=Text("Heiß", "Hot")), Option(value="high", label=Text("Hoch", "High")))


@pytest.fixture
def alder() -> Tenant:
    tenant = make_tenant()
    entitle(tenant, "visitors")
    return tenant


def png(width: int = 40, height: int = 30, colour: str = "red", **given: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, **({"format": "PNG"} | given))  # type: ignore[arg-type]
    return out.getvalue()


def published(tenant: Tenant, definition: Definition = VISIT) -> Version:
    with as_tenant(tenant.pk):
        lawful = replace(definition, basis=definition.basis or "interest")
        made = writing.write(VISITORS, definition=lawful, at=AT, actor=MACHINE)
        return writing.publish(made.pk, at=AT, actor=MACHINE)


def words(german: str, english: str, **given: object) -> dict[str, object]:
    return {"label_de": german, "label_en": english, "hint_de": "", "hint_en": "", "required": "on", **given}


def said(client: Client, address: str) -> str:
    """Return the last sentence that the page says after a post."""
    return [str(each) for each in client.post(address, follow=True).context["messages"]][-1]


def keys(page: str) -> list[str]:
    with connection.cursor():
        row = Questionnaire.objects.get(pk=page.split("/")[2])
    return [each.key for each in draft_of(row).questions]


def test_a_receptionist_writes_question_by_question_and_orders_them(alder):
    client = browser(administrator(alder), alder)
    page = client.post(f"{HOME}new/", {"title_de": "Besuch", "title_en": "Visit"}).url
    empty = client.get(page).content.decode()
    assert ("It asks nothing yet" in empty, "Publish" in empty) == (True, False)
    assert said(client, f"{page}publish/") == "It asks nothing yet."
    assert client.post(f"{HOME}new/", {"title_de": "Besuch", "title_en": "Other"}).status_code == 422

    add = f"{page}questions/{{}}/add/".format
    client.post(add("text"), words("Ihr Name", "Your name"))
    client.post(
        add("one_of"), words("Zweck", "Purpose", options_de="Gespräch\nArbeit", options_en="Talk\nWork", right="")
    )
    short = words("Zweck", "Purpose", options_de="Gespräch\nArbeit", options_en="Talk", right="Nothing")
    refused = client.post(add("one_of"), short)
    assert (refused.status_code, sorted(refused.context["form"].errors)) == (422, ["options_en", "right"])
    assert (
        client.post(add("one_of"), words("Z", "Z", options_de="A", options_en="A")).status_code == 422
    )  # one is no choice
    client.post(add("some_of"), words("Arbeiten", "Works", options_de="Heiß\nHoch", options_en="Hot\nHigh",
                                      shown="if purpose work"))  # fmt: skip
    client.post(add("signature"), words("Unterschrift", "Signature"))
    assert client.post(add("colour"), words("Farbe", "Colour")).status_code == 404
    with as_tenant(alder.pk):
        assert keys(page) == ["your_name", "purpose", "works", "signature"]

    with as_tenant(alder.pk):
        writing.move_question(uuid.UUID(page.split("/")[2]), "signature", writing.UP, at=AT, actor=MACHINE)
    client.post(f"{page}questions/signature/move/", {"to": "up"})
    client.post(f"{page}questions/your_name/move/", {"to": "up"})  # it is the first already
    client.post(f"{page}questions/purpose/move/", {"to": "down"})  # may not go behind what hangs on it
    client.post(f"{page}questions/purpose/drop/")
    with as_tenant(alder.pk):
        assert keys(page) == ["your_name", "signature", "purpose", "works"]
    client.post(f"{page}questions/signature/move/", {"to": "down"})
    client.post(f"{page}questions/signature/move/", {"to": "down"})
    client.post(f"{page}basis/", {"basis": "contract"})
    client.post(f"{page}publish/")
    assert said(client, f"{page}publish/") == "Nothing has changed since the last version."

    written = client.get(f"{page}questions/works/")
    assert written.context["form"].initial["shown"] == "if purpose work"
    ways = [value for value, _words in written.context["form"].fields["shown"].choices]
    assert ways == ["always", "if purpose talk", "unless purpose talk", "if purpose work", "unless purpose work"]
    again = words("Arbeiten", "Works", options_de="Heiß\nTief", options_en="Hot\nDeep", shown="unless purpose talk")
    assert client.post(f"{page}questions/works/", again).url == page
    assert client.get(f"{page}questions/none/").status_code == 404
    with as_tenant(alder.pk):
        works = draft_of(Questionnaire.objects.get()).question("works")
        assert works is not None
        assert [each.value for each in works.options] == ["hot", "deep"]  # what stays keeps its value
        assert works.shown == Shown(question="purpose", value="talk", unless=True)


def test_conditions_hang_on_every_kind_that_has_answers_to_tell_apart(alder):
    client = browser(administrator(alder), alder)
    page = client.post(f"{HOME}new/", {"title_de": "Besuch", "title_en": "Visit"}).url
    add = f"{page}questions/{{}}/add/".format
    client.post(add("yes_no"), words("Auto?", "Car?"))
    client.post(add("agree"), words("Ja", "42 rules"))
    quiz = words(
        "Wohin?", "Where to?", options_de="Kai\nLift", options_en="Quay\nLift", right="Kai", shown="if car true"
    )
    client.post(add("one_of"), quiz)
    client.post(
        add("notice"), words("Hinweis", "Car?", hint_de="Lesen", hint_en="Read", shown="unless q_42_rules true")
    )
    with as_tenant(alder.pk):
        car, rules, where, notice = draft_of(Questionnaire.objects.get()).questions
    assert (car.key, rules.key, where.key, notice.key) == ("car", "q_42_rules", "where_to", "car_2")
    assert (where.right, where.shown) == ("quay", Shown(question="car", value=True))
    assert (notice.required, notice.shown) == (False, Shown(question="q_42_rules", value=True, unless=True))
    form = client.get(f"{page}questions/where_to/").context["form"]
    assert (form.initial["shown"], form.initial["right"]) == ("if car true", "Quay")
    shown = client.get(page).content.decode()
    assert ('data-k-when="car=yes"' in shown, 'data-k-when="q_42_rules!=on"' in shown) == (True, True)


def test_what_is_published_is_filled_in_and_what_was_answered_stays(alder):
    client, asked = publish_notice(alder), Definition((
        Question(key="your_name", kind="text", label=Text("Ihr Name", "Your name"), required=True),
        Question(key="purpose", kind="one_of", label=Text("Zweck", "Purpose"), required=True, options=PURPOSES),
        Question(key="works", kind="some_of", label=Text("Arbeiten", "Works"), required=True, options=WORKS,
                 shown=Shown(question="purpose", value="work")),
        Question(key="signature", kind="signature", label=Text("Unterschrift", "Signature"), required=True),
    ))  # fmt: skip
    page = f"{HOME}{published(alder, asked).questionnaire_id}/"
    wrong = client.post(f"{page}answer/", {"purpose": "work", "your_name": " "})
    assert wrong.status_code == 422
    assert {key: list(map(str, told)) for key, told in wrong.context["form"].errors.items()} == {
        "your_name": ["Please answer this question."],
        "works": ["Please choose at least one answer."],
        "signature": ["Please sign here."],
    }
    told = {"your_name": "Nele", "purpose": "talk", "works": ["hot"], "signature_typed": "Nele Brandt"}
    sheet = client.post(f"{page}answer/", told).url
    shown = client.get(sheet).content.decode()
    assert ("Nele" in shown, "Talk" in shown, "Hot" in shown) == (True, True, False)  # what was hidden was not asked
    picture = client.get(f"{sheet}signature/")
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")

    client.post(f"{page}questions/your_name/", words("Name", "Name"))
    client.post(f"{page}publish/")
    assert ("Your name" in client.get(sheet).content.decode(), client.get(f"{page}answers/").status_code) == (True, 200)
    with as_tenant(alder.pk):
        row = AnswerSheet.objects.get()
        assert row.answers.keys() == {"your_name", "purpose", "signature"}
        assert (row.version.number, Version.objects.count()) == (1, 2)
        for change in (
            lambda: AnswerSheet.objects.filter(pk=row.pk).update(answers={}),
            lambda: Version.objects.filter(pk=row.version_id).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    assert verbs(alder, row) == ["questionnaires.answered", "questionnaires.looked_at", "questionnaires.looked_at"]

    client.post(f"{page}archive/")
    assert client.post(f"{page}archive/").status_code == 404
    with as_tenant(alder.pk):
        writing.archive(row.version.questionnaire_id, at=AT, actor=MACHINE)
    assert client.get(f"{page}answer/").status_code == 404
    assert client.get(f"{page}title/").status_code == 404
    assert client.get(sheet).status_code == 200


def test_titles_change_for_the_next_version_alone(alder):
    client, version = browser(administrator(alder), alder), published(alder)
    page = f"{HOME}{version.questionnaire_id}/"
    with as_tenant(alder.pk):
        writing.write(Text("Anderer", "Other"), at=AT, actor=MACHINE)
    assert client.post(f"{page}title/", {"title_de": "Anderer", "title_en": "X"}).status_code == 422
    assert client.post(f"{page}title/", {"title_de": "Besuch im Haus", "title_en": "Visit here"}).url == page
    with as_tenant(alder.pk):
        asked = public.newest(version.questionnaire_id)
        assert asked is not None
        assert (asked.title, asked.number, asked.definition) == (VISITORS, 1, VISIT)
        newer = writing.publish(version.questionnaire_id, at=AT, actor=MACHINE)
        assert (newer.number, newer.title_de) == (2, "Besuch im Haus")
        assert public.asked() == [(version.questionnaire_id, Text("Besuch im Haus", "Visit here"))]
        with pytest.raises(QuestionnaireRefusedError, match="needs different answers"):
            writing.put_question(
                version.questionnaire_id, Question(key="x", kind="one_of", label=VISITORS), at=AT, actor=MACHINE
            )
        with pytest.raises(QuestionnaireRefusedError):
            writing.write(Text("Z", "Z"), definition=Definition((Question(key="!", kind="text", label=VISITORS),)),
                          at=AT, actor=MACHINE)  # fmt: skip


def test_answers_are_held_to_their_version_and_pictures_are_made_anew(alder):
    version, visit = published(alder), uuid.uuid4()
    publish_notice(alder)
    told = {"name": "Nele", "purpose": "delivery", "alarm": "quay", "agreed": True}
    with as_tenant(alder.pk):
        with pytest.raises(AnswersRefusedError) as refused:
            keep_answers(version.pk, Given(answers=told, language="de"), at=AT, actor=MACHINE)
        assert [(each.keyword, each.demand) for each in refused.value.shortfalls] == [("required", "signature")]
        with pytest.raises(RefusalError):
            keep_answers(version.pk, Given(answers=told, pictures={"signature": b"<svg>"}, language="de"), at=AT,
                         actor=MACHINE)  # fmt: skip
        assert (AnswerSheet.objects.count(), Blob.objects.count()) == (0, 0)
        given = Given(answers=told, pictures={"signature": png()}, language="de", about=("visitors.Visit", visit))
        key = public.keep_answers(version.pk, given, at=timezone.now(), actor=MACHINE)
        blob = AnswerPicture.objects.get(sheet=key).blob
        kept = Image.open(io.BytesIO(read_blob(blob)))
        assert (kept.format, kept.mode, kept.size) == ("PNG", "L", (40, 30))
        ((shown,),) = public.sheets("visitors.Visit", [visit, uuid.uuid4()], language="de").values()
        assert [(each.question.key, each.text) for each in shown.answers] == [
            ("name", "Nele"), ("company", ""), ("email", ""), ("purpose", "Eine Lieferung"), ("alarm", "Zum Kai"),
            ("agreed", "Ja"), ("signature", ""),
        ]  # fmt: skip
        assert shown.answers[-1].picture == blob.pk


def test_every_kind_is_read_as_it_was_typed(alder):
    kinds = Definition(tuple(
        Question(key=kind, kind=kind, label=Text(kind, kind))
        for kind in ("long_text", "email", "phone", "whole", "number", "day", "yes_no", "agree", "photo")
    ))  # fmt: skip
    version, client = published(alder, kinds), publish_notice(alder)
    page = f"{HOME}{version.questionnaire_id}/answer/"
    sent = {
        "long_text": "a\nb", "email": "a@b.example", "phone": "040 123 45", "whole": "7", "number": "2.5",
        "day": "2028-02-29", "yes_no": "no",
        "photo": SimpleUploadedFile("me.jpg", png(4000, 2000, format="JPEG", exif=b"Exif\0\0secret"), "image/jpeg"),
    }  # fmt: skip
    sheet = client.post(page, sent).url
    broken = client.post(page, {"photo": SimpleUploadedFile("me.jpg", b"GIF89a", "image/jpeg"), "whole": "1.5"})
    assert (broken.status_code, sorted(broken.context["form"].errors)) == (422, ["whole"])
    assert client.post(page, {"photo": SimpleUploadedFile("m.jpg", b"GIF89a", "image/jpeg")}).status_code == 422
    with as_tenant(alder.pk):
        row = AnswerSheet.objects.get()
        assert {key: value for key, value in row.answers.items() if key != "photo"} == {
            "long_text": "a\r\nb" if "\r" in row.answers["long_text"] else "a\nb",
            "email": "a@b.example", "phone": "040 123 45", "whole": 7, "number": 2.5, "day": "2028-02-29",
            "yes_no": False,
        }  # fmt: skip
        photo = read_blob(AnswerPicture.objects.get().blob)
    assert (Image.open(io.BytesIO(photo)).size, b"secret" in photo) == ((PHOTO_EDGE, PHOTO_EDGE // 2), False)
    german = client.get(sheet, headers={"accept-language": "de"}).content.decode()
    english = client.get(sheet).content.decode()
    assert ("2.5" in english, "No" in english) == (True, True)
    assert client.get(sheet.rstrip("/") + "/email/").status_code == 404
    assert german


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n", b"<svg/>", png()[:60], b"\0" * (12 * 10**6 + 1)],
    ids=["empty", "head", "svg", "cut", "large"],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(RefusalError):
        made_anew(data)


def test_a_picture_that_unfolds_is_refused_and_a_name_is_written_to_fit():
    with pytest.raises(RefusalError):
        made_anew(png(9000, 9000, "white", format="PNG", optimize=False))
    for name in ("Nele", "W" * 100):
        sheet = Image.open(io.BytesIO(written_name(name)))
        assert sheet.size == (900, 300)
        assert sheet.convert("L").getextrema() == (pytest.approx(32, abs=20), 255)  # ink on white


def test_strokes_are_drawn_where_they_were():
    sheet = Image.open(io.BytesIO(drawn_by_hand([[(100, 100), (200, 100)]])))
    assert (sheet.size, sheet.getpixel((150, 100)) < 60, sheet.getpixel((150, 40))) == ((600, 200), True, 255)


def test_who_may_do_what_and_nobody_from_elsewhere(alder):
    version = published(alder)
    reader, birke = make_user("leo@alder.example", "Leo"), make_tenant("Birke")
    entitle(birke, "visitors")
    join(alder, reader, role="Leser", permissions=["questionnaires.see"])
    leo, stranger = browser(reader, alder), browser(administrator(birke, "b@birke.example"), birke)
    page = f"{HOME}{version.questionnaire_id}/"
    with as_tenant(alder.pk):
        given = Given(
            answers={"name": "N", "purpose": "meeting", "alarm": "quay", "agreed": True},
            pictures={"signature": png()}, language="en",
        )  # fmt: skip
        sheet = answering.keep_answers(version.pk, given, at=AT, actor=MACHINE).pk
    assert leo.get(f"{HOME}?format=csv").status_code == 200
    assert [leo.get(each).status_code for each in (HOME, page, f"{page}schema/")] == [200, 200, 200]
    closed = (f"{HOME}new/", f"{page}title/", f"{page}answers/", f"{page}answer/", f"{HOME}answers/{sheet}/",
              f"{HOME}answers/{sheet}/signature/")  # fmt: skip
    assert {leo.get(each).status_code for each in closed} == {403}
    theirs = [page, f"{page}schema/", f"{page}answers/", f"{page}answer/", f"{HOME}answers/{sheet}/",
              f"{HOME}answers/{sheet}/signature/", f"{page}title/", f"{page}questions/name/"]  # fmt: skip
    assert {stranger.get(each).status_code for each in theirs} == {404}
    assert stranger.post(f"{page}publish/").status_code == 404
    assert Client().get(page).status_code == 302
    assert leo.get(f"{page}schema/").json() == VISIT.schema()


def test_lists_ask_as_much_for_three_as_for_one(alder):
    client, counts = browser(administrator(alder), alder), []
    version = published(alder)
    for more in (0, 2):
        with as_tenant(alder.pk):
            for at in range(more):
                writing.write(Text(f"B{at}", f"B{at}"), definition=VISIT, at=AT, actor=MACHINE)
            for _ in range(more or 1):
                told = {"name": "N", "purpose": "meeting", "alarm": "quay", "agreed": True}
                given = Given(answers=told, pictures={"signature": png()}, language="en")
                keep_answers(version.pk, given, at=AT, actor=MACHINE)
        for address in (HOME, f"{HOME}{version.questionnaire_id}/answers/"):
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_demo_asks_its_visitors(alder):
    with as_tenant(alder.pk):
        make_demo(AT)
        assert sorted(AnswerSheet.objects.values_list("by_name", flat=True)) == [
            "Lea Vogt",
            "Nele Brandt",
            "Omar Haddad",
        ]
        assert list(Questionnaire.objects.order_by("number").values_list("number", flat=True)) == [0, 1]
