"""What flows bring about in the world by the parts of the house: mail, letters, doors by webhook; and what they ask."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from kontor.kernel import registry
from kontor.kernel.actions.webhooks import add_webhook
from kontor.kernel.actor import MACHINE
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import Event, OutgoingMail, Role, RoleAssignment, Site, Tenant, WebhookDelivery
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import filing, flow_letters, letters
from kontor.office.documents.actions.letters import NewTemplate
from kontor.office.documents.models import Document, Link
from kontor.office.documents.queries.store import version_of
from kontor.office.flows.actions import effects, outside, running, writing
from kontor.office.flows.actions.running import Begin
from kontor.office.flows.formats.definition import Condition, Effect, Flow as Written, State, Value, Way
from kontor.office.flows.models import Case, CaseEffect
from kontor.office.messages.actions import flow_mail
from kontor.office.questionnaires.actions import answering, writing as asking
from kontor.office.questionnaires.actions.answering import Given
from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.office.questionnaires.models import AnswerSheet, Questionnaire, Version
from kontor.office.questionnaires.queries import is_answered
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOST = Value(key="host", kind="text", label=Text("Gastgeber", "Host"))
MAIL = {
    "to": "{case_email}", "role": "", "language": "de",
    "subject_de": "Besuch von {host}", "text_de": "Guten Tag {host}",
    "subject_en": "Visit of {host}", "text_en": "Hello {host}",
}  # fmt: skip
HERE = State(key="here", kind="task", label=Text("Da", "Here"))
GO = Way(key="go", source="here", target="end", trigger="person", label=Text("Los", "Go"))
END = State(key="end", kind="end", label=Text("Ende", "End"))


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def effect(key: str, **told: str) -> Effect:
    return Effect(effect=key, told=tuple(sorted(told.items())))


def begun(*wanted: Effect, email: str = "nele@brandt.example", **values: Any) -> tuple[Case, list[CaseEffect]]:
    """Begin a case of a flow that has these effects at once; return it with them, planned."""
    first = State(key="here", kind="task", label=HERE.label, effects=wanted)
    flow = Written(values=(HOST,), states=(first, END), ways=(GO,))
    row = writing.write(Text(str(uuid.uuid4()), "x"), definition=flow, at=AT, actor=MACHINE)
    writing.publish(row.pk, at=AT, actor=MACHINE)
    case = running.start(row.pk, Begin(title="Nele", email=email, values=values), at=AT, actor=MACHINE)
    return case, list(CaseEffect.objects.filter(case=case).order_by("place"))


def carried_out(row: CaseEffect) -> tuple[str, str]:
    """Carry an effect out and return what became of it, the reason in English."""
    effects.carry_out(row.pk, at=AT)
    row.refresh_from_db()
    return row.state, row.problem.partition("\n")[2]


def facts(**told: Any) -> FlowFacts:
    return FlowFacts(**{"case": uuid.uuid4(), "title": "Nele", "about": None, "values": {}} | told)


def test_a_mail_goes_to_the_case_s_person_once_and_no_value_becomes_a_header_or_another_field(alder):
    with as_tenant(alder.pk):
        _case, (row,) = begun(effect("messages.send", **MAIL), host="{case_email}\nBcc: {{eve@evil.example}}")
        assert carried_out(row) == ("DONE", "")
        flow_mail.send(facts(), row.told, key=row.pk, at=AT)  # tried again, as if it had not been noted
        (mail,) = OutgoingMail.objects.all()
        literal = "{case_email} Bcc: {{eve@evil.example}}"
        assert (mail.to, mail.subject) == ("nele@brandt.example", f"Besuch von {literal}")
        assert (mail.text, mail.html) == (f"Guten Tag {literal}\n", "")


def test_everybody_with_a_role_gets_it_in_their_language_and_each_once(alder):
    people = (make_user(f"{each}@alder.example", each.title()) for each in ("ida", "omar"))
    ida, omar = (join(alder, each, role="Other") for each in people)
    with as_tenant(alder.pk):
        role = Role.objects.create(name="Empfang")
        munich, hamburg = (Site.objects.create(name=each) for each in ("München", "Hamburg"))
        omar.user.language = "en"
        omar.user.save(update_fields=["language"])
        for member, site in ((ida, munich), (omar, hamburg), (omar, None)):
            RoleAssignment.objects.create(membership=member, role=role, site=site)
        told = MAIL | {"role": str(role.pk), "to": "Omar@alder.example"}
        flow_mail.send(facts(), told, key=uuid.uuid4(), at=AT)
        assert list(OutgoingMail.objects.order_by("to").values_list("to", "to_name", "subject")) == [
            ("ida@alder.example", "Ida", "Besuch von {host}"), ("omar@alder.example", "Omar", "Visit of {host}"),
        ]  # fmt: skip
        key = uuid.uuid4()
        for _again in range(2):  # at Hamburg alone: Ida has the role in Munich
            flow_mail.send(facts(site=hamburg.pk), told | {"to": ""}, key=key, at=AT)
        assert OutgoingMail.objects.count() == 3


def test_a_mail_to_nobody_and_to_what_is_no_address_is_refused_and_nothing_written(alder):
    with as_tenant(alder.pk):
        _case, (nobody, wrong) = begun(
            effect("messages.send", **MAIL), effect("messages.send", **MAIL | {"to": "a@b.example, {host}"}),
            email="", host="c@d.example",
        )  # fmt: skip
        assert carried_out(nobody) == ("FAILED", "Nobody is known for this: no address, and nobody has the role.")
        assert carried_out(wrong) == ("FAILED", "“a@b.example, c@d.example” is no e-mail address.")
        assert not OutgoingMail.objects.exists()


def template(kind: str = "flows.Case") -> str:
    text = (
        "# Besuch\n\n{{ case.title }} {{ case.begun }}\n\n{{ for case.known }}\n- {{ label }}: {{ value }}\n{{ end }}\n"
    )
    new = NewTemplate(data=text.encode(), name="B.txt", title="Besuch", kind=kind, language="de")
    return str(letters.write_page(new, at=AT, actor=MACHINE).pk)


def test_a_document_is_written_from_a_template_and_filed_once_at_the_case(alder, monkeypatch):
    with as_tenant(alder.pk):
        chosen = template()
        case, (row,) = begun(effect("documents.create", template=chosen), host="{{ own.name }}")
        asked, told = facts(case=case.pk), {"title": "besuch: n", "days": "1"}
        assert not flow_letters.is_filed(asked, told, at=AT)
        assert carried_out(row) == ("DONE", "")
        flow_letters.create(asked, row.told, key=row.pk, at=AT)
        letter = Document.objects.get(title="Besuch: Nele")
        assert list(Link.objects.filter(document=letter).values_list("kind", "record")) == [("flows.Case", case.pk)]
        assert read(version_of(letter.pk).blob).startswith(b"%PDF")
        (field,) = registry.flow_effects()["documents.create"].fields
        assert field.choices is not None
        assert dict(field.choices())[chosen].en == "Besuch (Case, de)"

        assert flow_letters.is_filed(asked, told, at=AT + DAY)
        assert not flow_letters.is_filed(asked, told, at=AT + DAY + timedelta(seconds=1))
        assert flow_letters.is_filed(asked, told | {"days": ""}, at=AT + 900 * DAY)
        assert not flow_letters.is_filed(asked, told | {"title": "Ausweis"}, at=AT)
        assert not flow_letters.is_filed(facts(), told, at=AT)
        filing.bin_document(letter.pk, at=AT, actor=MACHINE)
        assert not flow_letters.is_filed(asked, told, at=AT)

        some = (str(uuid.uuid4()), template("parties.Party"), chosen)
        _case, refused = begun(*(effect("documents.create", template=each) for each in some))
        assert [carried_out(each) for each in refused[:2]] == [
            ("FAILED", "This template is no longer there."),
            ("FAILED", "The template is about records of another kind than the one that the case is about."),
        ]

        def full(*_given: Any, **_named: Any) -> None:
            raise flow_letters.QuotaExceededError.__new__(flow_letters.QuotaExceededError)

        monkeypatch.setattr(flow_letters, "write_letter", full)
        assert carried_out(refused[2]) == ("FAILED", "There is no room for this document.")


@pytest.mark.parametrize(
    ("key", "told", "kind", "carried"),
    [
        ("flows.open_door", {"door": "gate.north"}, outside.DOOR, {"door": "gate.north"}),
        (
            "flows.print", {"printer": "desk/1", "template": "badge"}, outside.PRINT,
            {"printer": "desk/1", "template": "badge"},
        ),
        ("flows.call", {"number": "+49 40 1234"}, outside.CALL, {"number": "+49401234"}),
    ],
)  # fmt: skip
def test_what_no_driver_does_goes_out_by_a_webhook_and_is_refused_where_none_listens(alder, key, told, kind, carried):
    with as_tenant(alder.pk):
        case, (row, worded) = begun(effect(key, **told), effect(key, **dict.fromkeys(told, "Tor ö ?")))
        assert carried_out(worded)[1].startswith("Names of doors, printers, templates and numbers are letters")
        nobody = "No driver is set up for this here, and no webhook listens to it: nothing would happen."
        assert carried_out(row) == ("FAILED", nobody)
        add_webhook(address="https://doors.example/", kinds=[kind], mail_to="it@alder.example", at=AT, actor=MACHINE)
        effects.try_again(row.pk, at=AT, actor=MACHINE)
        assert carried_out(row) == ("DONE", "")
    with as_tenant(alder.pk):
        own = {"case": str(case.pk), "effect": str(row.pk), "kind": "flows.Case", "record": str(case.pk)}
        assert Event.objects.get(kind=kind).payload == carried | own
        body = WebhookDelivery.objects.get(kind=kind).body
        assert all(f'"{name}":"{value}"' in body for name, value in (carried | own).items())


def rules_asked(days: str = "") -> tuple[Questionnaire, Condition]:
    question = Question(key="seen", kind="yes_no", label=Text("Gesehen?", "Seen?"))
    title = Text("Hausordnung", "House rules")
    made = asking.write(title, definition=Definition((question,), "interest"), at=AT, actor=MACHINE)
    asking.publish(made.pk, at=AT, actor=MACHINE)
    told = (("days", days), ("questionnaire", str(made.pk)))
    return made, Condition(guard="questionnaires.answered", told=told)


def answer(questionnaire: Questionnaire, **given: Any) -> AnswerSheet:
    version = Version.objects.filter(questionnaire=questionnaire).latest("number")
    told = Given(answers={"seen": True}, language="de", **given)
    return answering.keep_answers(version.pk, told, at=AT, actor=MACHINE)


def test_house_rules_are_asked_again_only_after_expiry_or_when_they_changed(alder):
    """Told 365 days, an answer holds for 365 times 24 hours and not a second longer."""
    with as_tenant(alder.pk):
        rules, asked = rules_asked("365")
        known = State(key="known", kind="choice", label=Text("Bekannt?", "Known?"))
        ask = State(key="ask", kind="end", label=Text("Fragen", "Ask"))
        ways = (Way(key="go", source="here", target="known", trigger="person", label=GO.label),
                Way(key="in", source="known", target="end", trigger="always", label=GO.label, conditions=(asked,)),
                Way(key="not", source="known", target="ask", trigger="always", label=GO.label))  # fmt: skip
        flow = Written((), (HERE, known, ask, END), ways)
        row = writing.write(Text("Empfang", "Desk"), definition=flow, at=AT, actor=MACHINE)
        writing.publish(row.pk, at=AT, actor=MACHINE)

        def ends(at: Any, email: str = "Nele@brandt.example") -> str:
            case = running.start(row.pk, Begin(title="N", email=email), at=at, actor=MACHINE)
            return running.go(case.pk, "go", 1, at=at, actor=MACHINE).state

        assert ends(AT) == "ask"
        answer(rules, email="nele@brandt.example")
        year = timedelta(days=365)
        assert [ends(AT), ends(AT + year - timedelta(seconds=1)), ends(AT + year)] == ["end", "end", "ask"]
        assert [ends(AT, "omar@haddad.example"), ends(AT, "")] == ["ask", "ask"]
        other = facts(about=("visitors.Visit", uuid.uuid4()))
        assert not is_answered(other, dict(asked.told), at=AT)
        answer(rules, about=other.about)
        assert is_answered(other, dict(asked.told) | {"days": ""}, at=AT + 9 * year)
        more = Question(key="more", kind="yes_no", label=Text("Mehr?", "More?"))
        asking.put_question(rules.pk, more, at=AT, actor=MACHINE)
        asking.publish(rules.pk, at=AT, actor=MACHINE)
        assert ends(AT + DAY) == "ask"  # what changed is asked again


def test_a_guard_that_is_told_something_is_written_on_its_page_and_played(alder):
    with as_tenant(alder.pk):
        rules, _asked = rules_asked()
        flow = Written((), (HERE, END), (GO,))
        key = writing.write(Text("Empfang", "Desk"), definition=flow, at=AT, actor=MACHINE).pk
    client = browser(administrator(alder), alder)
    page = f"/flows/{key}/ways/go/"
    assert "Add a value first" in client.get(page).content.decode()
    told = {"questionnaire": str(rules.pk), "days": "30", "guard_holds": "no"}
    add = f"{page}guards/questionnaires.answered/"
    assert client.get(f"{page}guards/none/").status_code == 404
    assert client.post(add, told | {"days": "0"}).status_code == 422
    assert client.post(add, told).url == page
    assert client.get(page).context["conditions"] == ["not: A questionnaire is answered: House rules, 30"]
    question = f"guard.questionnaires.answered?days=30&questionnaire={rules.pk}"
    played = client.get(f"/flows/{key}/try/", {"step": "go", question: "yes"}).context
    assert played["guards"] == [(question, "A questionnaire is answered: House rules, 30", True)]
    assert played["refused"] == "A condition of this way is not met."
    assert client.get(f"/flows/{key}/try/", {"step": "go", question: "no"}).context["refused"] == ""
    assert "{case_title}" in client.get(f"/flows/{key}/states/here/effects/messages.send/").content.decode()
    assert client.post(f"/flows/{key}/states/here/effects/messages.send/", MAIL).status_code == 302
