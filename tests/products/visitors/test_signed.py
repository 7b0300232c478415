"""Safety instructions: shown at check-in, signed on the glass, asked again once they expired, kept as paper."""

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from PIL import Image

from kontor.kernel.actor import MACHINE
from kontor.office.questionnaires import public as questionnaires
from kontor.office.questionnaires.actions import writing
from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.products.visitors.actions import settling
from kontor.products.visitors.queries.asking import ABOUT, due
from kontor.rulebook.ruling import Text
from tests.people import administrator, browser
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import as_tenant, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
SIGNED = datetime(2025, 3, 1, 9, 30, 15, tzinfo=UTC)  # 10:30:15 in Berlin
BRIEFING = Definition(
    (
        Question(key="rules", kind="notice", label=Text("Helm ab Tor 2.", "Helmets from gate 2."),
                 hint=Text("Notausgang: Hof.", "Emergency exit: yard.")),
        Question(key="read", kind="agree", required=True, label=Text("Gelesen", "Read")),
        Question(key="name", kind="signature", required=True, label=Text("Unterschrift", "Signature")),
    ),
    basis="interest",
)  # fmt: skip


@pytest.fixture(autouse=True)
def informed(monkeypatch):
    """In 2025 the notice was out already; what is asked of whom before it is, questionnaires' own tests say."""
    monkeypatch.setattr("kontor.office.questionnaires.actions.lawful.refuse_uninformed", lambda *_given, **_named: None)


def drawn() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 90), "white").save(kept, "PNG")
    return kept.getvalue()


def briefed(site, title: str = "Safety briefing"):
    """Return a visit of a kind that asks for a briefing of 365 days."""
    made = writing.write(Text("Unterweisung", title), definition=BRIEFING, at=SIGNED, actor=MACHINE)
    writing.publish(made.pk, at=SIGNED, actor=MACHINE)
    kind = types()["Business visit"]
    steps = [settling.Step(questionnaire=made.pk, valid_days=365)]
    settling.change_type(kind.pk, steps=steps, at=SIGNED, actor=MACHINE)
    return expect(site, kind, begins_at=SIGNED, ends_at=SIGNED + timedelta(hours=2))


def sign(visit):
    (asked,) = due(visit, today=SIGNED.date())
    given = questionnaires.Given(
        answers={"read": True}, pictures={"name": drawn()}, language="en", email=visit.email, about=(ABOUT, visit.pk)
    )
    return questionnaires.keep_answers(asked.asked.version, given, at=SIGNED, actor=MACHINE)


@pytest.mark.requirement("FW-077")
def test_an_instruction_of_365_days_is_skipped_then_asked_again_and_its_paper_bears_version_time_and_signature():
    alder = make_alder()
    with as_tenant(alder.pk):
        visit = briefed(make_site())
        sheet = sign(visit)
        again = expect(visit.site, visit.type)
        asked = {day: len(due(again, today=day.date())) for day in (datetime(2026, 2, 1), datetime(2026, 3, 2))}
    assert asked == {datetime(2026, 2, 1): 0, datetime(2026, 3, 2): 1}
    desk = clerk(alder, "visitors.see")
    answer = desk.get(f"/visitors/{visit.pk}/answers/{sheet}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    lines = [line.strip() for line in page.extract_text().split("\n")]
    digest = lines.pop(7)
    assert digest.startswith("Digest of the version SHA-256 ")
    assert lines == [
        "Safety briefing", "Alder", "Visit of Nele Brandt, Brandt Elektro", "Site Hamburg", "Host Jonas Alder",
        "Answered 1 Mar 2025, 10:30:15 (Europe/Berlin)", "Version 1", "Helmets from gate 2.", "Emergency exit: yard.",
        "Read", "Yes", "Signature", "Answers are never changed; a correction is another sheet. 1 / 1",
    ]  # fmt: skip
    (signature,) = page.images
    assert signature.image.size == (300, 90)


def test_only_who_sees_visits_gets_the_paper_and_only_of_that_visit():
    alder = make_alder()
    with as_tenant(alder.pk):
        visit = briefed(make_site(), "王")
        sheet, other = sign(visit), expect(visit.site, visit.type)
    way = f"/visitors/{visit.pk}/answers/{sheet}/"
    desk = browser(administrator(alder), alder)
    assert desk.get(way).status_code == 302  # the type has no shape for its title, which is said
    assert desk.get(f"/visitors/{other.pk}/answers/{sheet}/").status_code == 404
    assert clerk(alder, "visitors.set_up", email="sina@alder.example").get(way).status_code == 403
    birke = make_alder("Birke")
    assert browser(administrator(birke, "ayla@birke.example"), birke).get(way).status_code == 404
