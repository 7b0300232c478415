"""Writing a flow as its owner does, running cases by it, effects and times, and bringing cases to a newer version."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kontor.kernel import registry
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.flow_parts import FlowEffect, FlowFacts, FlowField, FlowGuard
from kontor.kernel.models import Due, Event, Role, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.flows import jobs, public
from kontor.office.flows.actions import effects, migrating, running, writing
from kontor.office.flows.actions.demo import RECEPTION, make_demo
from kontor.office.flows.actions.running import Begin, CaseRefusedError
from kontor.office.flows.actions.writing import FlowRefusedError
from kontor.office.flows.formats.definition import Condition, Effect, Flow as Written, State, Value, Way
from kontor.office.flows.models import Case, CaseEffect, CaseEvent, Flow, Version
from kontor.office.flows.queries import draft_of, replay, standing_of, waiting
from kontor.office.questionnaires.actions.demo import make_demo as ask_people
from kontor.office.questionnaires.models import Questionnaire
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, role_of, verbs

pytestmark = pytest.mark.django_db
HOME = "/flows/"
TITLE = Text("Empfang", "Reception")
IDA = Actor("PERSON", None, "Ida")


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def _hosted(facts: FlowFacts, _told: dict[str, str], *, at: datetime) -> bool:
    return at > AT and "host" in facts.values


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """Add an effect that writes down what it is told, and a guard that asks for a host."""
    told: list[tuple[str, dict[str, str]]] = []

    def carry_out(facts: Any, said: dict[str, str], *, key: uuid.UUID, at: Any) -> None:
        assert (at, type(key)) == (at, uuid.UUID)
        if said["to"] == "nobody":
            raise RefusalError(Text("Niemand da.", "Nobody there."))
        told.append((facts.title, dict(said)))

    effect = FlowEffect(
        key="test.send", kind="message", label=Text("Senden", "Send"), carry_out=carry_out,
        fields=(FlowField(key="to", label=Text("An", "To")),
                FlowField(key="text", label=Text("Text", "Text"), long=True),
                FlowField(key="how", label=Text("Wie", "How"), choices=lambda: [("fast", Text("Schnell", "Fast"))])),
    )  # fmt: skip
    guard = FlowGuard(
        key="test.hosted",
        label=Text("Gastgeber bekannt", "Host known"),
        judge=_hosted,
    )
    known_effects, known_guards = registry.flow_effects(), registry.flow_guards()
    monkeypatch.setattr(registry, "flow_effects", lambda: known_effects | {"test.send": effect})
    monkeypatch.setattr(registry, "flow_guards", lambda: known_guards | {"test.hosted": guard})
    return told


def published(tenant: Tenant, definition: Written = RECEPTION) -> Flow:
    with as_tenant(tenant.pk):
        made = writing.write(TITLE, definition=definition, at=AT, actor=MACHINE)
        writing.publish(made.pk, at=AT, actor=MACHINE)
        return made


def begin(flow: Flow, **values: Any) -> Case:
    return running.start(flow.pk, Begin(title="Nele", values=values), at=AT, actor=IDA)


def words(german: str, english: str, **given: object) -> dict[str, object]:
    return {"label_de": german, "label_en": english, **given}


def said(client: Client, address: str, given: dict[str, object] | None = None) -> str:
    """Return the last sentence that the page says after a post."""
    return [str(each) for each in client.post(address, given or {}, follow=True).context["messages"]][-1]


def state(key: str, kind: str = "task", **given: Any) -> State:
    return State(key=key, kind=kind, label=Text(key, key), **given)


def way(key: str, source: str, target: str, trigger: str = "person", **given: Any) -> Way:
    return Way(key=key, source=source, target=target, trigger=trigger, label=Text(key, key), **given)


def by_hand(client: Client) -> str:
    """Write a flow on its pages, with each mistake that they refuse, and return its address."""
    page: str = client.post(f"{HOME}new/", words("Empfang", "Reception")).url
    assert "It has no state yet" in client.get(page).content.decode()
    assert client.post(f"{HOME}new/", words("Empfang", "Other")).status_code == 422
    assert said(client, f"{page}publish/") == "It has no state yet."

    here = client.post(
        f"{page}states/task/add/", words("Am Empfang", "At the desk", hint_de="", hint_en="", role="")
    ).url
    assert here == f"{page}states/at_the_desk/"
    client.post(f"{page}states/choice/add/", words("Wohin?", "Where to?"))
    client.post(f"{page}states/end/add/", words("Drin", "Inside"))
    client.post(f"{page}states/end/add/", words("Weg", "Gone"))
    client.post(f"{page}values/add/", words("Wie viele", "How many", kind="number"))
    assert client.post(f"{page}states/dream/add/").status_code == 404

    client.post(f"{page}ways/add/at_the_desk/", words("Ist da", "Is here", target="where_to", trigger="person"))
    many = client.post(f"{page}ways/add/where_to/", words("Mehrere", "Several", target="inside", trigger="always")).url
    client.post(f"{page}ways/add/where_to/", words("Sonst", "Otherwise", target="gone", trigger="always"))
    timed = words("Abends", "In the evening", target="gone", trigger="time", amount=12, unit="hours")
    client.post(f"{page}ways/add/at_the_desk/", timed)
    for lacking, field in ((timed | {"amount": ""}, "amount"), (timed | {"amount": 367, "unit": "days"}, "amount"),
                           (timed | {"trigger": "event"}, "event")):  # fmt: skip
        refused = client.post(f"{page}ways/add/at_the_desk/", lacking)
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert client.get(f"{page}ways/add/inside/").status_code == 404
    assert client.get(f"{page}ways/in_the_evening/").context["form"].initial["unit"] == "hours"
    event = words("Bezahlt", "Paid", target="gone", trigger="event", event="flows.raised")
    client.post(f"{page}ways/add/at_the_desk/", event)

    assert "Of “Where to?”, just the last way must be without condition" in said(client, f"{page}publish/")
    assert many == f"{page}ways/several/"
    return page


def test_its_owner_writes_a_flow_part_by_part_plays_it_and_publishes_it(alder, sent):
    client = browser(administrator(alder), alder)
    page = by_hand(client)
    many = f"{page}ways/several/"
    asked = client.post(f"{many}conditions/add/", {"what": "value how_many", "relation": "at_least", "to": "two"})
    assert list(asked.context["form"].errors) == ["to"]
    client.post(f"{many}conditions/add/", {"what": "value how_many", "relation": "at_least", "to": "2"})
    client.post(f"{many}conditions/add/", {"what": "guard test.hosted", "relation": "is_not", "to": ""})
    client.post(f"{many}conditions/add/", {"what": "value how_many", "relation": "known", "to": ""})
    client.post(f"{many}conditions/2/drop/")
    effect = {"to": "{how_many}", "text": "Hello", "how": "fast"}
    assert client.post(f"{page}states/inside/effects/test.send/", effect).url == f"{page}states/inside/"
    client.post(f"{many}effects/test.send/", effect)
    assert client.post(f"{many}effects/test.unknown/", effect).status_code == 404
    assert client.post(f"{many}effects/test.send/", effect | {"how": "slow"}).status_code == 422
    with as_tenant(alder.pk):
        flow = draft_of(Flow.objects.get())
    several = flow.way("several")
    assert several is not None
    assert several.conditions == (
        Condition(value="how_many", relation="at_least", to=2),
        Condition(guard="test.hosted", holds=False),
    )
    told = Effect(effect="test.send", told=(("how", "fast"), ("text", "Hello"), ("to", "{how_many}")))
    assert (several.effects, [each.effects for each in flow.states]) == ((told,), [(), (), (told,), ()])

    shown = client.get(page).content.decode()
    assert "if How many is at least 2, not: Host known" in shown
    played = client.get(f"{page}try/?how_many=3&guard.test.hosted=no&step=is_here").context
    assert [each.state for each in played["taken"]] == ["At the desk", "Where to?", "Inside"]
    assert played["taken"][2].effects == ("Send: {how_many}, Hello, Fast",) * 2
    other = client.get(f"{page}try/?how_many=3&guard.test.hosted=yes&step=is_here").context
    assert [each.state for each in other["taken"]] == ["At the desk", "Where to?", "Gone"]
    assert client.get(f"{page}try/?step=nowhere").context["refused"] == "There is no such way."
    assert client.get(f"{page}try/?step=is_here&step=is_here").context["refused"].startswith("The case has gone on")
    with as_tenant(alder.pk):
        assert Case.objects.count() == 0

    assert said(client, f"{page}publish/") == "From now on cases begin by this version."
    assert said(client, f"{page}publish/") == "Nothing has changed since the last version."
    assert client.get(f"{page}document/").json() == flow.document()


def test_parts_are_written_anew_moved_and_left_out(alder):
    client = browser(administrator(alder), alder)
    page = f"{HOME}{published(alder).pk}/"
    desk = words("Angemeldet", "Expected", hint_de="Warten", hint_en="Wait", role="")
    assert client.post(f"{page}states/announced/", desk).url == f"{page}states/announced/"
    client.post(f"{page}values/host/", words("Gastgeber", "Host", kind="text"))
    assert client.get(f"{page}values/none/").status_code == 404
    assert "A condition of “Works” can be met or tested by nobody." in said(client, f"{page}values/works/drop/")
    wrong = client.post(f"{page}values/works/", words("Arbeitet", "Works", kind="text"))
    assert (wrong.status_code, wrong.context["form"].non_field_errors()) == (
        422,
        ["A condition of “Works” can be met or tested by nobody."],
    )
    client.post(f"{page}ways/sent_off/up/")
    client.post(f"{page}ways/arrived/up/")  # it is the first already
    client.post(f"{page}ways/nowhere/up/")
    client.post(f"{page}states/announced/up/")
    client.post(f"{page}states/which/up/")
    client.post(f"{page}states/assumed/drop/")
    client.post(f"{page}ways/again/drop/")
    client.post(f"{page}values/people/drop/")
    client.post(f"{page}states/inside/effects/0/drop/")
    client.post(f"{page}ways/for_work/conditions/0/drop/")
    for nothing in (
        "values/host/up/",
        "states/inside/conditions/0/drop/",
        "colours/x/drop/",
        "ways/none/effects/0/drop/",
    ):
        assert client.post(page + nothing).status_code == 404
    with as_tenant(alder.pk):
        flow = draft_of(Flow.objects.get())
    assert [each.key for each in flow.states] == ["which", "announced", "briefing", "inside", "left", "refused"]
    assert [each.key for each in flow.out_of("briefing")] == ["passed", "sent_off"]
    assert [each.key for each in flow.values] == ["host", "works"]
    assert (flow.states[1].label.en, flow.states[1].hint.en, flow.states[3].effects) == ("Expected", "Wait", ())
    assert flow.way("evening") is None
    assert flow.way("for_work") == Way(
        key="for_work", source="which", target="briefing", trigger="always", label=Text("Arbeitet", "Works")
    )

    assert client.post(f"{page}title/", words("Besuch", "Visit")).url == page
    with as_tenant(alder.pk):
        writing.write(TITLE, at=AT, actor=MACHINE)
        with pytest.raises(FlowRefusedError):
            writing.write(
                Text("Falsch", "Wrong"), definition=Written(states=(state("a"), state("a"))), at=AT, actor=MACHINE
            )
        assert (
            writing.move_way_up(Flow.objects.get(title_de="Besuch").pk, "passed", at=AT, actor=MACHINE).title_de
            == "Besuch"
        )
    assert client.post(f"{page}title/", words("Empfang", "Visit")).status_code == 422
    client.post(f"{page}archive/")
    with as_tenant(alder.pk):
        row = Flow.objects.get(title_de="Besuch")
        writing.archive(row.pk, at=AT, actor=MACHINE)
        assert verbs(alder).count("flows.archived") == 1
        assert public.runnable() == []
    assert client.get(f"{page}begin/").status_code == 404


def test_a_case_is_begun_decided_and_ends_with_its_effects(alder, sent):
    telling = Effect(effect="test.send", told=(("to", "{host}"), ("text", "{works} {none} {host}"), ("how", "")))
    inside = state("inside", "wait", effects=(telling, telling))
    states = (*RECEPTION.states[:3], inside, *RECEPTION.states[4:])
    flow = Written(values=RECEPTION.values, states=states, ways=RECEPTION.ways)
    row = published(alder, flow)
    client = browser(administrator(alder, name="Jana"), alder)
    begun = {
        "case_title": "Nele",
        "case_email": "nele@brandt.example",
        "host": "{works}\nBcc: x",
        "works": "yes",
        "people": "",
    }
    page = client.post(f"{HOME}{row.pk}/begin/", begun).url
    assert client.post(f"{HOME}{row.pk}/begin/", begun | {"people": "two"}).status_code == 422
    shown = client.get(page)
    assert [each.key for each in shown.context["choices"]] == ["arrived"]
    assert (shown.context["agrees"], len(shown.context["rings"])) == (True, 1)
    with as_tenant(alder.pk):
        case = Case.objects.get()
    client.post(f"{page}go/", {"way": "arrived", "number": case.number})
    late = said(client, f"{page}go/", {"way": "arrived", "number": case.number})  # pressed twice
    assert late == "Something has happened to this case meanwhile. Please look at it again."
    assert said(client, f"{page}go/", {"way": "evening", "number": 3}) == "Nobody takes this way by hand."
    assert said(client, f"{page}go/", {"way": "passed", "number": "x"}) == late
    client.post(f"{page}values/", {"host": "", "works": "no", "people": "2"})
    assert said(client, f"{page}values/", {"people": "many"}).startswith("How many come: ")
    client.post(f"{page}go/", {"way": "passed", "number": 4})
    with as_tenant(alder.pk):
        case = Case.objects.get()
        assert (case.state, case.number, case.task, case.email) == ("inside", 5, False, "nele@brandt.example")
        assert case.values == {"host": "{works}\nBcc: x", "works": False, "people": 2}
        assert [(each.number, each.place, each.state) for each in CaseEffect.objects.order_by("place")] == [
            (5, 0, "PLANNED"),
            (5, 1, "PLANNED"),
        ]
        for each in CaseEffect.objects.all():
            jobs.carry_out(at=AT, effect=str(each.pk))
            jobs.carry_out(at=AT, effect=str(each.pk))  # a job that runs again
        assert {each.done_at for each in CaseEffect.objects.all()} == {AT}
        assert replay(case) == standing_of(case)
    # a value is filled in once and stays one line, whatever it says itself
    assert sent == [("Nele", {"to": "{works} Bcc: x", "text": "False  {works} Bcc: x", "how": ""})] * 2
    client.post(f"{page}go/", {"way": "out", "number": 5})
    over = client.get(page)
    assert (over.context["choices"], over.context["form"]) == ([], None)
    assert over.context["badge"].label == Text("Gegangen", "Left")
    assert said(client, f"{page}stop/", {"because": "x"}) == late
    with as_tenant(alder.pk):
        case = Case.objects.get()
        assert (case.over_at is not None, case.stopped) == (True, False)
        assert running.tell(case.pk, {"people": 9}, at=AT, actor=IDA).number == case.number  # over: nothing is told
        assert not Due.objects.filter(job="flows.ring").exists()


def test_what_an_effect_refuses_is_said_and_can_be_tried_again(alder, sent, monkeypatch):
    telling = Effect(effect="test.send", told=(("to", "{host}"), ("text", ""), ("how", "")))
    flow = Written(values=(Value(key="host", kind="text", label=TITLE),), ways=(way("go", "a", "end"),),
                   states=(state("a", effects=(telling,)), state("end", "end")))  # fmt: skip
    row = published(alder, flow)
    with as_tenant(alder.pk):
        case = begin(row, host="nobody")
        (effect,) = CaseEffect.objects.all()
        effects.carry_out(effect.pk, at=AT)
    client = browser(administrator(alder), alder)
    page = f"{HOME}cases/{case.pk}/"
    assert [(words_, badge.tone, problem) for _row, words_, badge, problem in client.get(page).context["effects"]] == [
        ("Send: nobody", "bad", "Nobody there.")
    ]
    client.post(f"{page}effects/{effect.pk}/")
    with as_tenant(alder.pk):
        effect.refresh_from_db()
        assert effect.state == "PLANNED"
        CaseEffect.objects.update(told={"to": "Mira", "text": "", "how": ""})
        effects.carry_out(effect.pk, at=AT)
        assert effects.try_again(effect.pk, at=AT, actor=IDA).state == "DONE"  # done stays done
        assert verbs(alder).count("flows.effect_tried_again") == 1
        monkeypatch.setattr(registry, "flow_effects", dict)
        CaseEffect.objects.update(state="PLANNED")
        effects.carry_out(effect.pk, at=AT)
        effect.refresh_from_db()
        assert effect.problem == "Das kann hier niemand mehr bewirken.\nNobody here can carry this out any more."
    assert sent == [("Nele", {"to": "Mira", "text": "", "how": ""})]
    assert client.get(page).context["effects"][0][1] == "test.send"


def test_an_event_that_a_flow_raises_is_heard_outside(alder):
    row = published(alder)
    with as_tenant(alder.pk):
        case = running.go(begin(row, host="Mira").pk, "arrived", 1, at=AT, actor=IDA)
        effects.carry_out(CaseEffect.objects.get().pk, at=AT)
    with as_tenant(alder.pk):
        (event,) = Event.objects.filter(kind="flows.raised")
        assert (event.payload["name"], event.payload["case"]) == ("visit.arrived", str(case.pk))


def test_a_case_goes_on_by_the_time_unless_something_happened_before(alder):
    flow = Written(values=(Value(key="late", kind="yes_no", label=TITLE),),
                   states=(state("wait", "wait"), state("soon", "end"), state("end", "end")),
                   ways=(way("soon", "wait", "soon", "time", minutes=60,
                             conditions=(Condition(value="late", relation="is_not", to=True),)),
                         way("end", "wait", "end", "time", minutes=120)))  # fmt: skip
    row = published(alder, flow)
    hour = timedelta(hours=1)
    with as_tenant(alder.pk):
        case, other = begin(row, late=True), begin(row)
        due = Due.objects.get(job="flows.ring", arguments={"case": str(case.pk), "number": 1})
        assert due.at == AT + hour
        running.ring(case.pk, 1, at=AT + hour)  # its condition keeps the first way shut: it waits for the second
        due.refresh_from_db()
        assert (due.at, Case.objects.get(pk=case.pk).state) == (AT + 2 * hour, "wait")
        running.ring(case.pk, 0, at=AT + 2 * hour)  # an alarm from before
        assert Case.objects.get(pk=case.pk).state == "wait"
        jobs.ring(at=AT + 2 * hour, case=str(case.pk), number=1)
        assert Case.objects.get(pk=case.pk).state == "end"
        running.tell(other.pk, {"late": True}, at=AT + hour, actor=IDA)  # the alarm moves on with the case's number
        assert [
            each.arguments["number"] for each in Due.objects.filter(job="flows.ring", arguments__case=str(other.pk))
        ] == [2]
        running.ring(other.pk, 2, at=AT + 2 * hour)
        assert Case.objects.get(pk=other.pk).state == "end"
        stuck = begin(row, late=True)
        running.ring(stuck.pk, 1, at=AT)  # too early
        assert Case.objects.get(pk=stuck.pk).state == "wait"


def test_a_record_tells_its_cases_what_happened(alder):
    flow = Written(values=(Value(key="paid", kind="number", label=TITLE),),
                   states=(state("wait", "wait"), state("end", "end")),
                   ways=(way("paid", "wait", "end", "event", event="flows.raised",
                             conditions=(Condition(value="paid", relation="at_least", to=100),)),))  # fmt: skip
    row, about = published(alder, flow), ("visitors.Visit", uuid.uuid4())
    with as_tenant(alder.pk):
        key = public.start(row.pk, Begin(title="Nele", about=about), at=AT, actor=IDA)
        told = [public.happened("flows.raised", about, {"paid": each}, at=AT, actor=MACHINE) for each in (99, 100, 101)]
        assert told == [1, 1, 0]  # the third found it over
        (shown,) = public.cases(about[0], [about[1]])[about[1]]
        assert (shown.id, shown.state, shown.label, shown.over) == (key, "end", Text("end", "end"), True)
        assert [(each.kind, each.told.get("values")) for each in CaseEvent.objects.order_by("number")] == [
            ("started", {}), ("told", {"paid": 99}), ("told", {"paid": 100}), ("moved", None),
        ]  # fmt: skip
        other = public.start(row.pk, Begin(title="Omar"), at=AT, actor=IDA)
        public.tell(other, {}, event="flows.raised", at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="knows no such value"):
            public.tell(other, {"colour": 1}, at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="knows no such value"):
            public.start(row.pk, Begin(title="Lea", values={"colour": 1}), at=AT, actor=IDA)
        draft = writing.write(Text("Neu", "New"), at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="not published yet"):
            public.start(draft.pk, Begin(title="Lea"), at=AT, actor=IDA)
        assert public.runnable() == [(row.pk, TITLE)]
        shut = running.go  # a way whose condition does not hold is refused by hand too
        shut_way = way("go", "a", "end", conditions=(Condition(value="paid", relation="known"),))
        asked = Written(values=flow.values, states=(state("a"), state("end", "end")), ways=(shut_way,))
        made = writing.write(Text("Gefragt", "Asked"), definition=asked, at=AT, actor=MACHINE)
        writing.publish(made.pk, at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="A condition of this way is not met"):
            shut(begin(made).pk, "go", 1, at=AT, actor=IDA)


def test_cases_are_brought_to_a_newer_version_after_a_dry_run(alder):
    row = published(alder)
    with as_tenant(alder.pk):
        works, waits = begin(row, works=True), begin(row)
        running.go(works.pk, "arrived", 1, at=AT, actor=IDA)
        gone = begin(row)
        running.stop(gone.pk, "x", at=AT, actor=IDA)
        writing.drop_state(row.pk, "briefing", at=AT, actor=MACHINE)
        writing.put_state(row.pk, state("quiz"), at=AT, actor=MACHINE)
        writing.put_way(row.pk, way("to_quiz", "which", "quiz", "always",
                                    conditions=(Condition(value="works", to=True),)), at=AT, actor=MACHINE)  # fmt: skip
        writing.move_way_up(row.pk, "to_quiz", at=AT, actor=MACHINE)
        writing.put_way(row.pk, way("done", "quiz", "inside"), at=AT, actor=MACHINE)
        writing.publish(row.pk, at=AT, actor=MACHINE)
    client = browser(administrator(alder), alder)
    page = f"{HOME}{row.pk}/migrate/"
    assert "2 cases run by an older version." in client.get(f"{HOME}{row.pk}/").content.decode()
    plan = [(each.state, each.cases, each.target, each.problem) for each in client.get(page).context["rows"]]
    assert plan == [("announced", 1, "announced", None), ("briefing", 1, "", None)]
    wrong = client.post(page, {"state.briefing": "which", "state.announced": "announced"})
    assert [str(each) for each in wrong.context["messages"]] == [
        "From “Briefing” the migration leads to no state in which a case can wait."
    ]
    with as_tenant(alder.pk):
        assert waiting(row.pk) == {(1, "announced"): 1, (1, "briefing"): 1}  # none was moved
        assert migrating.migrate(row.pk, {"announced": "", "briefing": ""}, at=AT, actor=IDA) == 0
    assert said(client, page, {"state.briefing": "", "state.announced": "announced"}) == "1 case was brought over."
    assert said(client, page, {"state.briefing": "quiz"}) == "1 case was brought over."
    assert client.get(page).context["rows"] == []
    with as_tenant(alder.pk):
        works.refresh_from_db()
        assert (works.state, works.version.number, works.since, works.values) == ("quiz", 2, AT, {"works": True})
        assert CaseEvent.objects.get(case=works, kind="migrated").told == {
            "version": 2, "before": 1, "from": "briefing", "to": "quiz",
        }  # fmt: skip
        assert running.go(works.pk, "done", works.number, at=AT, actor=IDA).state == "inside"
        works.refresh_from_db()
        assert replay(works) == standing_of(works)
        assert Due.objects.get(job="flows.ring", arguments__case=str(waits.pk)).at == AT + timedelta(days=1)
        writing.put_value(row.pk, Value(key="host", kind="number", label=TITLE), at=AT, actor=MACHINE)
        writing.publish(row.pk, at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="no longer knows all values"):
            migrating.migrate(row.pk, {}, at=AT, actor=IDA)
        draft = writing.write(Text("Neu", "New"), at=AT, actor=MACHINE)
        with pytest.raises(CaseRefusedError, match="not published yet"):
            migrating.dry_run(draft.pk, {})
    assert client.get(f"{HOME}{draft.pk}/migrate/").url == f"{HOME}{draft.pk}/"


def test_a_role_sees_its_own_tasks_and_a_colleague_without_it_none_of_them(alder):
    with as_tenant(alder.pk):
        desk, lab = (role_of(alder, name, ["flows.work"]) for name in ("Desk", "Lab"))
        flow = Written(states=(state("a", role=str(desk.pk)), state("end", "end")), ways=(way("go", "a", "end"),))
    row = published(alder, flow)
    mira, omar = make_user("mira@alder.example", "Mira"), make_user("omar@alder.example", "Omar")
    join(alder, mira, role="Desk")
    join(alder, omar, role="Lab")
    with as_tenant(alder.pk):
        assert (Role.objects.filter(pk=lab.pk).count(), begin(row).role) == (1, str(desk.pk))
        case = Case.objects.get()
    page = f"{HOME}cases/{case.pk}/"
    hers, his = browser(mira, alder), browser(omar, alder)
    assert [hers.get(page).status_code, his.get(page).status_code] == [200, 404]
    assert his.post(f"{page}go/", {"way": "go", "number": 1}).status_code == 404
    assert his.post(f"{page}values/", {}).status_code == 404
    shown = [each.get(f"{HOME}tasks/").content.decode() for each in (hers, his)]
    assert ["Nele" in each for each in shown] == [True, False]
    for closed in ("", "cases/", f"{row.pk}/", f"{row.pk}/migrate/", "new/"):
        assert hers.get(HOME + closed).status_code == 403
    assert [hers.post(f"{page}stop/").status_code, hers.post(f"{page}go/", {"way": "go", "number": 1}).status_code] == [
        403,
        302,
    ]
    steering = make_user("lea@alder.example", "Lea")
    join(alder, steering, role="Head", permissions=["flows.work", "flows.steer"])
    with as_tenant(alder.pk):
        begin(row)
        second = Case.objects.get(over_at=None)
    head, page = browser(steering, alder), f"{HOME}cases/{second.pk}/"
    assert (head.get(page).status_code, head.get(page).context["may_go"]) == (200, False)
    assert head.post(f"{page}go/", {"way": "go", "number": 1}).status_code == 403
    assert head.post(f"{page}values/", {}).status_code == 403
    assert said(head, f"{page}stop/") == "Please say why it is stopped."
    head.post(f"{page}stop/", {"because": "moved"})
    assert head.get(page).context["badge"].tone == "bad"


def test_another_company_sees_neither_flow_nor_case(alder):
    row = published(alder)
    with as_tenant(alder.pk):
        case = begin(row)
        effects.plan(case, {1: RECEPTION.states[3].effects}, at=AT)
        key = CaseEffect.objects.get().pk
    birke = make_tenant("Birke")
    client = browser(administrator(birke, "b@birke.example"), birke)
    for page in (f"{row.pk}/", f"{row.pk}/try/", f"{row.pk}/begin/", f"{row.pk}/migrate/",
                 f"{row.pk}/states/announced/",
                 f"{row.pk}/document/", f"cases/{case.pk}/"):  # fmt: skip
        assert client.get(HOME + page).status_code == 404
    for post in (f"cases/{case.pk}/go/", f"cases/{case.pk}/stop/", f"cases/{case.pk}/effects/{key}/",
                 f"{row.pk}/publish/", f"{row.pk}/states/announced/drop/"):  # fmt: skip
        assert client.post(HOME + post, {"because": "x"}).status_code == 404


def test_pages_ask_as_often_for_many_cases_as_for_one(alder):
    row = published(alder)
    client = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        begin(row)
    counts = []
    for _ in range(2):
        client.get(f"{HOME}tasks/")
        asked = []
        for page in ("tasks/", "cases/", "", f"{row.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(HOME + page)
            asked.append(len(queries))
        counts.append(asked)
        with as_tenant(alder.pk):
            begin(row)
            begin(row)
    assert counts[0] == counts[1]


def test_a_flow_that_a_log_does_not_fit_is_said_on_the_case(alder):
    row = published(alder)
    with as_tenant(alder.pk):
        case = begin(row)
        Case.objects.filter(pk=case.pk).update(state="inside")
    client = browser(administrator(alder), alder)
    assert client.get(f"{HOME}cases/{case.pk}/").context["agrees"] is False


def test_the_demo_stands(alder):
    with as_tenant(alder.pk):
        make_demo(AT)
        assert sorted(Case.objects.values_list("title", "state")) == [
            ("Lea Vogt", "left"),
            ("Nele Brandt, Brandt Elektro", "briefing"),
            ("Omar Haddad, Haddad Logistik", "inside"),
            ("Tomas Krüger, Krüger Bau", "announced"),
        ]
        assert Version.objects.count() == 1
        for each in Case.objects.all():
            assert replay(each) == standing_of(each)
    birke = make_tenant("Birke")
    with as_tenant(birke.pk):  # where a questionnaire is published, the briefing asks it
        ask_people(AT)
        make_demo(AT)
        (briefing,) = (each for each in draft_of(Flow.objects.get(number=1)).states if each.key == "briefing")
        assert briefing.questionnaire == str(Questionnaire.objects.get(number=1).pk)
