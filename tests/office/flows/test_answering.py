"""A task that asks: its questionnaire is answered on the case's page, and the case knows what it is told to know."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.flows.actions import answering, running, writing
from kontor.office.flows.actions.answering import Answered
from kontor.office.flows.actions.running import Begin, CaseRefusedError
from kontor.office.flows.formats.checking import contradictions, lacks, read
from kontor.office.flows.formats.definition import Condition, Flow as Written, State, Value, Way
from kontor.office.flows.models import Case, CaseEvent, Flow
from kontor.office.flows.queries import draft_of, replay, standing_of
from kontor.office.questionnaires.actions import writing as asking
from kontor.office.questionnaires.formats.definition import Definition, Option, Question
from kontor.office.questionnaires.models import AnswerSheet, Questionnaire, Version
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.office.questionnaires.notices import publish_notice
from tests.people import administrator, browser, entitle, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
IDA = Actor("PERSON", None, "Ida")
PURPOSES = (Option(value="talk", label=Text("Gespräch", "Talk")), Option(value="work", label=Text("Arbeit", "Work")))
ASKED = Definition((
    Question(key="your_name", kind="text", label=Text("Ihr Name", "Your name"), required=True),
    Question(key="purpose", kind="one_of", label=Text("Zweck", "Purpose"), required=True, options=PURPOSES),
    Question(key="people", kind="whole", label=Text("Wie viele", "How many")),
    Question(key="signature", kind="signature", label=Text("Unterschrift", "Signature")),
), "contract")  # fmt: skip
WORK = Value(key="purpose", kind="text", label=Text("Zweck", "Purpose"))
MANY = Value(key="people", kind="number", label=Text("Wie viele", "How many"))
KNOWN = (("people", "people"), ("purpose", "purpose"))


@pytest.fixture
def alder() -> Tenant:
    tenant = make_tenant()
    entitle(tenant, "visitors")
    return tenant


def asked(definition: Definition = ASKED) -> Questionnaire:
    made = asking.write(Text("Anmeldung", "Signing in"), definition=definition, at=AT, actor=MACHINE)
    asking.publish(made.pk, at=AT, actor=MACHINE)
    return made


def desk(questionnaire: str, *conditions: Condition, **given: Any) -> Written:
    """One task that asks, with a way by hand and one by the answer where somebody works."""
    told = {"questionnaire": questionnaire, "answers": KNOWN} | given
    return Written(
        values=(WORK, MANY),
        states=(State(key="desk", kind="task", label=Text("Empfang", "Desk"), **told),
                State(key="briefing", kind="task", label=Text("Unterweisung", "Briefing")),
                State(key="end", kind="end", label=Text("Drin", "Inside"))),
        ways=(Way(key="on", source="desk", target="end", trigger="person", label=Text("Weiter", "On"),
                  conditions=conditions),
              Way(key="works", source="desk", target="briefing", trigger="event", event=answering.ANSWERED,
                  label=Text("Arbeitet", "Works"), conditions=(Condition(value="purpose", to="work"),)),
              Way(key="done", source="briefing", target="end", trigger="person", label=Text("Fertig", "Done"))),
    )  # fmt: skip


def begun(flow: Written, **given: Any) -> Case:
    row = writing.write(Text(str(uuid.uuid4()), "x"), definition=flow, at=AT, actor=MACHINE)
    writing.publish(row.pk, at=AT, actor=MACHINE)
    return running.start(row.pk, Begin(title="Nele", **given), at=AT, actor=IDA)


def given(version: Version, number: int = 1, **answers: Any) -> Answered:
    told = {"your_name": "Nele", "purpose": "talk"} | answers
    return Answered(number=number, version=version.pk, answers=told, pictures={}, language="en")


def test_a_task_s_questionnaire_is_chosen_on_its_page_and_answered_on_the_case_s(alder):
    client = publish_notice(alder)
    with as_tenant(alder.pk):
        rules = asked()
        flow = desk("", answers=())
        row = writing.write(Text("Empfang", "Desk"), definition=replace(flow, values=(MANY,), ways=(
            flow.ways[0], replace(flow.ways[1], conditions=()), flow.ways[2])), at=AT, actor=MACHINE)  # fmt: skip
    page = f"/flows/{row.pk}/"
    words = {"label_de": "Empfang", "label_en": "Desk", "hint_de": "", "hint_en": "", "role": ""}
    assert client.get(f"{page}states/desk/answers/").status_code == 404  # it asks nothing
    assert client.post(f"{page}states/desk/", words | {"questionnaire": str(uuid.uuid4())}).status_code == 422
    client.post(f"{page}states/desk/", words | {"questionnaire": str(rules.pk)})
    form = client.get(f"{page}states/desk/answers/").context["form"]
    assert list(form.fields) == ["your_name", "purpose", "people"]  # a signature is no value
    assert [key for key, _words in form.fields["people"].choices] == ["-", "people", "+"]
    told = {"your_name": "-", "purpose": "+", "people": "people"}
    assert client.post(f"{page}states/desk/answers/", told | {"people": "purpose"}).status_code == 422
    assert client.post(f"{page}states/desk/answers/", told).url == f"{page}states/desk/"
    client.post(f"{page}states/desk/", words | {"questionnaire": str(rules.pk)})  # written again, it keeps them
    shown = client.get(f"{page}states/desk/").context["asks"]
    assert shown == {
        "title": "Signing in",
        "rows": [("Your name", ""), ("Purpose", "Purpose"), ("How many", "How many")],
    }
    condition = {"what": "value purpose", "relation": "is", "to": "work"}
    client.post(f"{page}ways/works/conditions/add/", condition)
    with as_tenant(alder.pk):
        assert draft_of(Flow.objects.get()) == read(desk(str(rules.pk)).document() | {
            "values": [draft_of(Flow.objects.get()).document()["values"][0], desk("x").document()["values"][0]],
        })  # fmt: skip
    client.post(f"{page}publish/")

    case = client.post(f"{page}begin/", {"case_title": "Nele", "case_email": "nele@brandt.example", "people": ""}).url
    seen = client.get(case)
    version = seen.context["asks"]["asked"].version
    assert (seen.context["wait_for_answers"], seen.context["sheets"]) == (True, [])
    sent = {"number": 1, "asked": str(version), "your_name": "Nele", "purpose": "talk", "people": "2"}
    wrong = client.post(f"{case}answer/", sent | {"your_name": ""})
    assert (wrong.status_code, list(wrong.context["asks"]["form"].errors)) == (422, ["your_name"])
    late = client.post(f"{case}answer/", sent | {"number": "x"})
    assert late.status_code == 422
    assert "The case has gone on meanwhile" in late.content.decode()
    other = client.post(f"{case}answer/", sent | {"asked": str(uuid.uuid4())})
    assert "The questions have changed meanwhile" in other.content.decode()
    client.post(f"{case}answer/", sent)
    seen = client.get(case)
    assert [(each.number, [answer.text for answer in each.answers]) for each in seen.context["sheets"]] == [
        (1, ["Nele", "Talk", "2", ""])
    ]
    assert seen.context["history"][0][1:3] == ("Answered", "How many: 2, Purpose: talk · Mara")
    assert (seen.context["wait_for_answers"], seen.context["agrees"]) == (False, True)
    client.post(f"{case}answer/", sent | {"number": 2, "purpose": "work", "people": ""})
    with as_tenant(alder.pk):
        row = Case.objects.get()
        assert (row.state, row.values) == ("briefing", {"purpose": "work", "people": None})
        assert AnswerSheet.objects.filter(about_kind="flows.Case", about=row.pk, email=row.email).count() == 2
    gone = client.post(f"{case}answer/", sent, follow=True)
    assert [str(each) for each in gone.context["messages"]] == ["Nothing is asked here any more."]


def test_an_answer_stays_with_its_version_and_the_log_names_it(alder):
    publish_notice(alder)
    with as_tenant(alder.pk):
        rules = asked()
        case = begun(desk(str(rules.pk)), about=("visitors.Visit", uuid.uuid4()))
        first = Version.objects.get()
        answering.answer(case.pk, given(first, people=3), at=timezone.now(), actor=IDA)
        sheet = AnswerSheet.objects.get()
        assert (sheet.version_id, sheet.about_kind, sheet.about) == (first.pk, "visitors.Visit", case.about)
        (event,) = CaseEvent.objects.filter(kind="told")
        assert event.told == {"sheet": str(sheet.pk), "values": {"people": 3, "purpose": "talk"}}
        assert verbs(alder, case) == ["flows.case_begun", "flows.case_answered"]

        asking.drop_question(rules.pk, "signature", at=AT, actor=MACHINE)
        second = asking.publish(rules.pk, at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="questions have changed"):
            answering.answer(case.pk, given(first, 2), at=timezone.now(), actor=IDA)
        answering.answer(case.pk, given(second, 2, people=4), at=timezone.now(), actor=IDA)
        kept = AnswerSheet.objects.order_by("version__number").values_list("version__number", "answers__people")
        assert list(kept) == [(1, 3), (2, 4)]
        case.refresh_from_db()
        assert replay(case) == standing_of(case)


def test_nothing_is_kept_where_nothing_is_asked_or_an_answer_falls_short(alder):
    with as_tenant(alder.pk):
        rules = asked()
        version = Version.objects.get()
        case = begun(desk(str(rules.pk)))
        with pytest.raises(RefusalError):  # no privacy notice is published
            answering.answer(case.pk, given(version), at=AT, actor=IDA)
    client = publish_notice(alder)
    with as_tenant(alder.pk):
        with pytest.raises(answering.questionnaires.AnswersRefusedError):
            answering.answer(case.pk, given(version, purpose="sleep"), at=timezone.now(), actor=IDA)
        plain = begun(desk("", answers=()))
        over = running.stop(begun(desk(str(rules.pk))).pk, "x", at=AT, actor=IDA)
        for each, number in ((plain, 1), (over, over.number), (case, 2)):
            with pytest.raises(CaseRefusedError, match="gone on meanwhile"):
                answering.answer(each.pk, given(version, number), at=timezone.now(), actor=IDA)
        asking.archive(rules.pk, at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="questions have changed"):
            answering.answer(case.pk, given(version), at=timezone.now(), actor=IDA)
        row = writing.write(Text("Neu", "New"), definition=desk(str(rules.pk)), at=AT, actor=MACHINE)
        assert not AnswerSheet.objects.exists()
    said = client.post(f"/flows/{row.pk}/publish/", follow=True).context["messages"]
    assert [str(each) for each in said] == ["What “Desk” asks is not published."]
    page = client.get(f"/flows/cases/{case.pk}/")
    assert (page.status_code, page.context["asks"]) == (200, None)


def test_before_the_privacy_notice_is_published_the_task_does_not_ask(alder):
    client = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        case = begun(desk(str(asked().pk)))
        version = Version.objects.get()
    page = f"/flows/cases/{case.pk}/"
    shown = client.get(page).content.decode()
    assert ("Nobody is asked for data before" in shown, "Your name" in shown) == (True, False)
    sent = {"number": 1, "asked": str(version.pk), "your_name": "Nele", "purpose": "talk"}
    assert client.post(f"{page}answer/", sent).status_code == 422
    with as_tenant(alder.pk):
        assert not AnswerSheet.objects.exists()


def test_who_has_no_right_to_answers_does_the_task_and_does_not_read_them(alder):
    publish_notice(alder)
    with as_tenant(alder.pk):
        rules = asked()
        mine = begun(desk(str(rules.pk)))
        other = begun(desk(str(rules.pk), role=str(uuid.uuid4())))
        version = Version.objects.get()
    omar = make_user("omar@alder.example", "Omar")
    join(alder, omar, role="Desk", permissions=["flows.work"])
    client = browser(omar, alder)
    sent = {"number": 1, "asked": str(version.pk), "your_name": "Nele", "purpose": "talk"}
    assert client.post(f"/flows/cases/{mine.pk}/answer/", sent).status_code == 302
    seen = client.get(f"/flows/cases/{mine.pk}/")
    assert (seen.context["sheets"], seen.context["history"][0][1]) == ([], "Answered")
    assert client.post(f"/flows/cases/{other.pk}/answer/", sent).status_code == 404  # another role's
    birke = make_tenant("Birke")
    stranger = browser(administrator(birke, "b@birke.example"), birke)
    assert stranger.post(f"/flows/cases/{mine.pk}/answer/", sent | {"number": 2}).status_code == 404
    with as_tenant(alder.pk):
        assert AnswerSheet.objects.count() == 1


def test_what_a_task_asks_is_written_down_and_held_against_what_there_is():
    flow = desk("7b1b9ad2-5e52-4f0c-a6f9-1e6a9b1bd7c1")
    assert read(flow.document()) == flow
    known = {"effects": frozenset(), "guards": frozenset(), "events": frozenset({answering.ANSWERED})}
    (missing,) = lacks(flow, **known)  # type: ignore[arg-type]
    assert missing.en == "What “Desk” asks is not published."
    assert lacks(flow, **known, questionnaires=frozenset({flow.states[0].questionnaire})) == []  # type: ignore[arg-type]
    asks = "asks where nobody answers, or keeps an answer where there is no value for it."
    waits = replace(flow, states=(flow.states[0], replace(flow.states[2], questionnaire="x"), flow.states[1]))
    for wrong in (replace(flow, values=(WORK,)), waits):
        assert [each.en.partition("” ")[2] for each in contradictions(wrong)] == [asks]


def test_an_answer_of_another_kind_than_its_value_is_not_known():
    flow, state = desk("x"), desk("x").states[0]
    told = {"people": True, "purpose": "talk", "other": 1}
    assert answering.known_from(flow, state, told) == {"people": None, "purpose": "talk"}
    assert answering.known_from(flow, state, {}) == {"people": None, "purpose": None}
