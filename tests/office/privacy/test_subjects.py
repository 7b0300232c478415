"""Requests on one's own data: the clock, who asks, the answer without others' data, and who may give it."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel import registry
from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling, Tenant
from kontor.kernel.personal_data import person_key
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.privacy.actions import subject_answers, subject_forwards, subjects as actions
from kontor.office.privacy.actions.breaches import Told, add_facts, open_breach
from kontor.office.privacy.actions.register import review_measure
from kontor.office.privacy.actions.statements import declare
from kontor.office.privacy.actions.subjects import Asking, SubjectRefusedError
from kontor.office.privacy.models import CookieChoice, SubjectForward, SubjectMark, SubjectRequest, SubjectStep
from kontor.office.privacy.queries import subject_data, subjects as queries
from tests.background import run_jobs
from tests.factories import make_house
from tests.people import administrator, browser, link_in, mails, make_tenant, visitor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"at": AT, "actor": Actor("PERSON", None, "Dana")}


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def asked(kind: str = "access", **given: Any) -> SubjectRequest:
    said = {
        "way": "mail", "name": "Vera Gast", "email": "vera@gast.example", "language": "en", "words": "Please",
        "known": "address",
    }  # fmt: skip
    return actions.receive(Asking(kind=kind, **(said | given)), **WHO)


def secret_in(mail: OutgoingMail) -> str:
    return link_in(mail.text).rstrip("/").rpartition("/")[2]


def log(row: SubjectRequest) -> list[str]:
    return [each.key for each in reversed(queries.steps_of(row))]


def files_in(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_received_on_31_january_it_is_due_on_2_march_and_the_extension_is_told_within_the_month(alder):
    with as_tenant(alder.pk):
        row = asked()
        assert (row.answer_by, row.extended_by, row.due_on) == (date(2026, 3, 2), date(2026, 4, 30), date(2026, 3, 2))
        assert StoredRuling.objects.get(pk=row.ruling).question == "subject"
        late = WHO | {"at": datetime(2026, 3, 2, 23, 30, tzinfo=UTC)}  # 3 March in Berlin
        for said, when in (("Many tables", late), (" ", WHO)):
            with pytest.raises(SubjectRefusedError):
                actions.extend(row.pk, because=said, **when)
        longer = actions.extend(row.pk, because="Many tables", **WHO)
        with pytest.raises(SubjectRefusedError, match="once"):
            actions.extend(row.pk, because="Still", **WHO)

        assert (longer.due_on, log(row)) == (date(2026, 4, 30), ["received", "extended"])
        told = OutgoingMail.objects.order_by("pk").last()
        assert told is not None
        assert (told.to, "30 Apr 2026" in told.text, "Many tables" in told.text) == ("vera@gast.example", True, True)


def test_more_is_asked_only_with_doubts_and_then_the_month_counts_from_when_it_is_clear(alder):
    with as_tenant(alder.pk):
        with pytest.raises(SubjectRefusedError, match="no reason to doubt"):
            actions.ask_who(asked(known="signed_in").pk, doubts="Odd", **WHO)
        row = asked()
        doubted = actions.ask_who(row.pk, doubts="Another address than ours", **WHO)
        assert doubted.known_by == ""
        with pytest.raises(SubjectRefusedError, match="not clear yet who asks"):
            subject_answers.answer(row.pk, "Here", **WHO)
        clear = actions.know(row.pk, how="Called back", **(WHO | {"at": AT + timedelta(days=10)}))
        assert (clear.clear_on, clear.answer_by) == (date(2026, 2, 10), date(2026, 3, 10))
        again = actions.know(row.pk, how="Twice", **(WHO | {"at": AT + timedelta(days=20)}))
        assert again.answer_by == date(2026, 3, 10)
        plain = actions.know(asked(known="").pk, how="A customer for years", **WHO)
        assert (plain.clear_on, plain.answer_by) == (None, date(2026, 3, 2))


def test_a_link_to_the_address_shows_who_asks_and_opens_nothing_elsewhere(alder):
    other = make_tenant("Birke")
    with as_tenant(alder.pk):
        row = asked(known="")
    secret = secret_in(mails(alder)[0])
    with as_tenant(other.pk), pytest.raises(CredentialRefusedError):
        actions.confirm_address(secret, at=AT)
    with as_tenant(alder.pk):
        assert actions.confirm_address(secret, at=AT).known_by == "address"
        actions.confirm_address(secret, at=AT)
        assert log(row) == ["received", "confirmed"]
        with pytest.raises(CredentialRefusedError):
            actions.confirm_address(secret, at=AT + timedelta(days=121))
        with pytest.raises(MailAddressError):
            asked(email="nobody")
    with as_tenant(other.pk), pytest.raises(SubjectRequest.DoesNotExist):
        actions.note(row.pk, "Mine", **WHO)


@pytest.mark.requirement("SO-043")
@pytest.mark.requirement("FW-107")
def test_one_file_holds_all_data_on_a_user_and_a_correction_keeps_old_new_and_who_asked(alder):
    uma = administrator(alder, "uma@alder.example", "Uma User")
    otto = administrator(alder, "otto@alder.example", "Otto Other")
    with as_tenant(alder.pk):
        row = asked("access", email=uma.email, name="Uma User", person=uma.pk, words="=1+1", known="signed_in")
        asked("objection", email=otto.email, name="Otto Other", person=otto.pk, words="Secret of Otto")
        subject = queries.subject_of(row)
        held = {each.label: each for each in subject_data.found(subject)}
        every = {label for label, data in _personal().items() if _rows_of(label, data, uma)}
        assert set(held) == every
        assert {each.on_erasure for each in _personal().values()} <= {"delete", "mask", "keep"}
        subject_answers.answer(row.pk, "Here it is", **WHO)
        row.refresh_from_db()
        file = subject_answers.fetch(row, at=AT)
        assert subject_answers.package(row, at=AT) != b""
        with pytest.raises(SubjectRefusedError, match="no more"):
            subject_answers.fetch(row, at=AT + timedelta(days=31))

        told = files_in(file)
        tables = {each["table"]: each["rows"] for each in json.loads(told["data.json"])["tables"]}
        assert {"identity.User", "kernel.Membership", "privacy.SubjectRequest"} <= set(tables)
        assert [each["email"] for each in tables["identity.User"]] == ["uma@alder.example"]
        assert "password" not in tables["identity.User"][0]
        assert ("otto@alder.example" in told["data.json"], "Secret of Otto" in told["data.json"]) == (False, False)
        lines = list(csv.DictReader(io.StringIO(told["tables/privacy.SubjectRequest.csv"])))
        assert [each["words"] for each in lines] == ["'=1+1"]
        assert "Data about Uma User" in told["index.html"]

        correction = asked("rectification", email=uma.email, name="Uma User", person=uma.pk, known="signed_in")
        subject_answers.rectify(correction.pk, "identity.User", uma.pk, column="name", value=" Uma Usher ", **WHO)
        assert User.objects.get(pk=uma.pk).name == "Uma Usher"
        entry = history_of(uma.pk)[0]
        assert (entry.verb, entry.before["name"], entry.after["name"], entry.after["requested_by"]) == (
            "privacy.rectified", "Uma User", "Uma Usher", "Uma User",
        )  # fmt: skip


def _personal() -> dict[str, Any]:
    return registry.personal_data()


def _rows_of(label: str, data: Any, person: User) -> bool:
    """Count by hand: the table's own columns compared with the person's key or address."""
    model: Any = apps.get_model(label)  # noqa: TID251  a label of the register
    found = False
    for lookup in data.people:
        kind = person_key(model, lookup)
        value = {"user": person.pk, "email": person.email, "name": None}[kind]
        found = found or (value is not None and model.objects.filter(**{lookup: value}).exists())
    return found


def test_corrections_end_at_others_rows_at_final_documents_and_at_what_a_column_cannot_hold(alder):
    uma = administrator(alder, "uma@alder.example", "Uma User")
    otto = administrator(alder, "otto@alder.example", "Otto Other")
    with as_tenant(alder.pk):
        row = asked("rectification", email=uma.email, person=uma.pk)
        final = SubjectStep.objects.get(request=row)
        for label, key, column, value in (
            ("identity.User", otto.pk, "name", "Mine"),
            ("identity.User", uma.pk, "password", "x"),
            ("identity.User", uma.pk, "email", "new@alder.example"),
            ("privacy.SubjectRequest", row.pk, "email", "mine@alder.example"),
            ("identity.User", uma.pk, "name", "x" * 500),
            ("no.Table", uma.pk, "name", "x"),
            ("privacy.SubjectStep", final.pk, "text", "never"),
            ("privacy.CookieChoice", uma.pk, "person", "x"),
        ):
            with pytest.raises(SubjectRefusedError):
                subject_answers.rectify(row.pk, label, key, column=column, value=value, **WHO)
        every = subject_data.found(queries.subject_of(row))
        held = {each.label: subject_answers.correctable(each.data, each.model) for each in every}
        assert (held["privacy.SubjectStep"], held["identity.User"]) == ([], ["name", "phone", "address"])


def test_shared_texts_are_withheld_until_somebody_read_them_and_a_name_alone_is_not_enough():
    house = make_house()
    with as_tenant(house.tenant.pk):
        opened = open_breach(
            Told(
                title="Door", role="controller", aware_at=AT, happened_from=None, contact_name="Dana Schutz",
                contact_email="vera@gast.example", contact_phone="0711 1",
            ),
            **WHO,
        )  # fmt: skip
        add_facts(opened.pk, {"nature": "A door stood open"}, **WHO)
        review_measure("premises", owner="Ole", evidence="Keys seen, counted, and signed for",
                       reviewed_on=AT.date(), review_by=date(2026, 12, 1), at=AT,
                       actor=Actor("PERSON", None, "Vera Gast"))  # fmt: skip
        row = asked()
        subject = queries.subject_of(row)
        sure = {each.label: each for each in subject_data.found(subject)}
        named = {each.label for each in subject_data.found(subject, by_name=True)}
        assert named - set(sure) == {"privacy.MeasureReview"}
        assert set(sure) - {each.label for each in subject_data.found(subject, elsewhere=False)} == set()

        held = replace(sure["privacy.Breach"], data=replace(sure["privacy.Breach"].data, shared=True))
        closed = subject_data.part_of(held, subject, released=(), language="de").rows[0]
        read = subject_data.part_of(held, subject, released=("privacy.Breach",), language="de").rows[0]
        assert (closed["contact_email"], closed["contact_name"]) == (
            "vera@gast.example", "(zurückgehalten: nennt andere)",
        )  # fmt: skip
        assert read["contact_name"] == "Dana Schutz"


def test_portability_gives_what_came_by_contract_or_consent_and_a_plain_answer_gives_no_file(alder):
    uma = administrator(alder, "uma@alder.example", "Uma User")
    with as_tenant(alder.pk):
        row = asked("portability", email=uma.email, person=uma.pk)
        subject_answers.answer(row.pk, "Here", **WHO)
        row.refresh_from_db()
        tables = json.loads(files_in(subject_answers.fetch(row, at=AT))["data.json"])["tables"]
        portable = {label for label, data in _personal().items() if subject_data.is_portable(data)}
        assert {each["table"] for each in tables} <= portable
        plain = asked("erasure")
        subject_answers.answer(plain.pk, "Erased", **WHO)
        with pytest.raises(SubjectRefusedError):
            subject_answers.fetch(plain, at=AT)
        with pytest.raises(SubjectRefusedError, match="closed"):
            actions.withdraw(plain.pk, **WHO)
        gone = actions.withdraw(asked().pk, how="By telephone", **WHO)
        assert (gone.state, log(gone)) == ("withdrawn", ["received", "withdrawn"])


def test_a_refusal_names_its_ground_and_the_right_to_complain(alder):
    with as_tenant(alder.pk):
        row = asked("erasure", language="de")
        with pytest.raises(SubjectRefusedError):
            subject_answers.refuse(row.pk, "duty", " ", **WHO)
        subject_answers.refuse(row.pk, "duty", "Rechnungen bis 2034.", **WHO)
        told = OutgoingMail.objects.order_by("pk").last()
        assert told is not None
        for said in ("Guten Tag", "GDPR Art. 17 (3) b", "Rechnungen bis 2034.", "Aufsichtsbehörde"):
            assert said in told.text
        assert RecordEntry.objects.get(verb="privacy.subject_refused").clause == "GDPR Art. 17 (3) b"


def test_restricted_data_is_not_used_and_an_objection_to_telemetry_takes_back_what_was_allowed(alder):
    uma = administrator(alder, "uma@alder.example", "Uma User")
    with as_tenant(alder.pk):
        row = asked("objection", email=uma.email, person=uma.pk)
        made = subject_answers.mark(row.pk, purpose="telemetry", **WHO)
        assert (made.kind, CookieChoice.objects.get(person=uma.pk).allowed) == ("objection", [])
        assert queries.in_force(person=uma.pk, purpose="telemetry") == made
        assert queries.in_force(email=uma.email.upper(), purpose="billing") is None
        assert queries.in_force(purpose="telemetry") is None
        whole = subject_answers.mark(asked("restriction").pk, purpose="", **WHO)
        stranger = subject_answers.mark(asked("objection").pk, purpose="telemetry", **WHO)
        assert (whole.kind, queries.in_force(email="vera@gast.example", purpose="billing")) == ("restriction", whole)
        with pytest.raises(SubjectRefusedError):
            subject_answers.lift(whole.pk, because=" ", **WHO)
        subject_answers.lift(whole.pk, because="Checked", **WHO)
        with pytest.raises(SubjectRefusedError):
            subject_answers.lift(whole.pk, because="Again", **WHO)
        assert queries.in_force(email="vera@gast.example", purpose="billing") is None
        assert [mark.pk for mark in queries.marks_of(stranger.request)] == [stranger.pk]
        assert SubjectMark.objects.filter(ended_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.trap(47)
@pytest.mark.requirement("FW-107")
def test_trap_47_a_processor_forwards_the_same_day_and_answers_only_with_the_controllers_word():
    house, alder, birke = make_house(), make_tenant(), make_tenant("Birke")
    jana = administrator(alder)
    with as_tenant(house.tenant.pk):
        row = asked()
        with pytest.raises(SubjectRefusedError, match="No customer"):
            subject_forwards.forward(row.pk, [house.tenant.pk], **WHO)
        sent = subject_forwards.forward(row.pk, [alder.pk, birke.pk], **WHO)
        assert [(each.customer_name, each.at) for each in sent] == [("Alder", AT), ("Birke", AT)]
        for act in (
            lambda: subject_answers.answer(row.pk, "Here", **WHO),
            lambda: subject_answers.refuse(row.pk, "unknown", "No", **WHO),
        ):
            with pytest.raises(SubjectRefusedError, match="forwarded, not answered"):
                act()
    run_jobs()
    assert [mail.subject for mail in mails(alder)] == ["Eine Datenschutz-Anfrage wurde weitergeleitet"]
    client = browser(jana, alder)
    page = client.get("/account/privacy/requests/").content.decode()
    assert "Forwarded to you by your provider" in page
    assert client.post(f"/account/privacy/requests/forwarded/{sent[1].pk}/take/").status_code == 404
    assert client.post(f"/account/privacy/requests/forwarded/{sent[0].pk}/authorise/").status_code == 302
    with as_tenant(house.tenant.pk):
        now = SubjectRequest.objects.get(pk=row.pk)
        assert (now.state, now.authorised_by) == ("open", "Jana Heitmann")
        assert log(row) == ["received", "forwarded", "authorised"]
        first = SubjectForward.objects.get(pk=sent[0].pk)
        for act in (subject_forwards.authorise_as_customer, subject_forwards.take_as_customer):
            with pytest.raises(SubjectRefusedError, match="decided already"):
                act(first, **WHO)
        subject_forwards.take_as_customer(sent[1], **WHO)
        assert SubjectRequest.objects.get(pk=row.pk).closed_at is None
        subject_answers.answer(row.pk, "On behalf of Alder", **WHO)


def test_a_controller_that_answers_itself_opens_its_own_case_and_the_processors_is_over():
    house, alder = make_house(), make_tenant()
    jana = administrator(alder)
    with as_tenant(house.tenant.pk):
        (sent,) = subject_forwards.forward(asked().pk, [alder.pk], **WHO)
        with pytest.raises(SubjectRefusedError):
            subject_forwards.forward(sent.request_id, [alder.pk], **WHO)
    answer = browser(jana, alder).post(f"/account/privacy/requests/forwarded/{sent.pk}/take/")
    with as_tenant(alder.pk):
        own = SubjectRequest.objects.get()
        assert (own.way, own.received_at, own.role) == ("controller", AT, "controller")
        assert answer.url == f"/account/privacy/requests/{own.pk}/"
    with as_tenant(house.tenant.pk):
        ours = SubjectRequest.objects.get()
        assert (ours.state, ours.closed_at is not None) == ("forwarded", True)


def test_the_open_form_answers_everybody_alike_and_takes_no_flood(alder):
    client = visitor()
    url = f"/privacy/ask/{alder.pk}/"
    assert client.get(url).status_code == 200
    said = {"kind": "access", "words": "", "name": "Vera Gast", "email": "vera@gast.example"}
    assert client.post(url, said | {"email": "no"}).status_code == 422
    for _ in range(4):
        assert "Look into your mailbox" in client.post(url, said).content.decode()
    sent = mails(alder)
    assert [mail.to for mail in sent] == ["vera@gast.example"] * 3
    state = link_in(sent[0].text)
    assert "Was it you who asked?" in client.get(state).content.decode()
    with as_tenant(alder.pk):
        assert set(SubjectRequest.objects.values_list("known_by", flat=True)) == {""}
    assert client.post(state).status_code == 302
    assert "Received" in client.get(state).content.decode()
    assert client.post(f"{state}data/").status_code == 404
    with as_tenant(alder.pk):
        row = SubjectRequest.objects.get(known_by="address")
        subject_answers.answer(row.pk, "Here", at=row.received_at, actor=MACHINE)
    assert "Download your data" in client.get(state).content.decode()
    fetched = client.post(f"{state}data/")
    assert "index.html" in files_in(fetched.content)
    assert client.get(f"/privacy/ask/{alder.pk}/wrong/").status_code == 404
    assert client.get(f"/privacy/ask/{row.pk}/").status_code == client.get("/privacy/ask/").status_code == 404
    house = make_house()
    assert client.get("/privacy/ask/").url == f"/privacy/ask/{house.tenant.pk}/"
    with as_tenant(alder.pk):
        actions.note(row.pk, "Seen", **WHO)
        assert "note" not in [each.key for each in queries.steps_of(row, told_alone=True)]


def test_a_person_asks_follows_and_fetches_on_their_own_page(alder):
    uma, otto = administrator(alder, "uma@alder.example", "Uma"), administrator(alder, "otto@alder.example", "Otto")
    client = browser(uma, alder)
    assert client.get("/account/privacy/mine/ask/").status_code == 200
    assert client.post("/account/privacy/mine/ask/", {"kind": "everything"}).status_code == 422
    made = client.post("/account/privacy/mine/ask/", {"kind": "access", "words": ""})
    with as_tenant(alder.pk):
        row = SubjectRequest.objects.get()
        assert (row.known_by, row.way, row.person) == ("signed_in", "page", uma.pk)
    assert "Answer by" in client.get(made.url).content.decode()
    assert client.post(f"{made.url}data/").status_code == 404
    with as_tenant(alder.pk):
        declare(uma.pk, {}, at=AT, actor=MACHINE)
        subject_answers.answer(row.pk, "Here", at=row.received_at, actor=MACHINE)
    assert "Download your data" in client.get(made.url).content.decode()
    assert "identity.User" in files_in(client.post(f"{made.url}data/").content)["data.json"]
    assert row.reference in client.get("/account/privacy/mine/").content.decode()
    assert browser(otto, alder).get(made.url).status_code == 404
    for path in (made.url, "/account/privacy/mine/ask/"):
        assert browser(otto).get(path).url == "/identity/tenants/"
    assert browser(otto).post(f"{made.url}data/").url == "/identity/tenants/"


STEPS = {
    "note": {"words": "Seen"}, "sort": {"kind": "erasure"}, "doubts": {"words": "Odd address"},
    "know": {"words": "Called"}, "extend": {"words": "Much"}, "mark": {"purpose": "telemetry"},
    "withdraw": {"words": ""}, "answer": {"words": "Here"}, "refuse": {"ground": "excessive", "words": "Tenth time"},
}  # fmt: skip


def test_a_customer_works_on_a_request_step_by_step_on_its_pages(alder):
    jana = administrator(alder)
    client = browser(jana, alder)
    at = "/account/privacy/requests/"
    came = {"kind": "access", "way": "paper", "name": "Jana", "email": jana.email, "language": "de", "words": "Bitte"}
    moment = {"received_at_0": "2026-11-20", "received_at_1": "10:00", "received_at": "2026-11-20T10:00"}
    made = client.post(f"{at}add/", came | moment)
    assert (made.status_code, client.post(f"{at}add/", came).status_code) == (302, 422)
    case = made.url
    for key, said in STEPS.items():
        if key == "withdraw":
            continue
        assert client.get(f"{case}{key}/").status_code == 200, key
        assert client.post(f"{case}{key}/", said).status_code in {302, 422}, key
        if key == "mark":
            break
    page = client.get(case).content.decode()
    assert "Erasure" in page
    data = client.get(f"{case}data/").content.decode()
    assert "identity.User" in data
    assert "Stand der Anfrage" not in data  # a link in a mail is the person's key, not theirs who answer
    assert client.get(f"{case}data/?name=1").status_code == 200
    correct = f"{case}data/identity.User/{jana.pk}/name/"
    assert client.get(correct).status_code == 200
    assert client.post(correct, {"value": "Jana H."}).status_code == 302
    for wrong in (
        f"no.Table/{jana.pk}/name/",
        f"identity.User/{jana.pk}/nothing/",
        f"kernel.Session/{jana.pk}/user_id/",
    ):
        assert client.get(f"{case}data/{wrong}").status_code == 404
    with as_tenant(alder.pk):
        mark = SubjectMark.objects.get()
        row = SubjectRequest.objects.get()
        assert RecordEntry.objects.filter(verb="privacy.looked_at", object_id=row.pk).count() == 2
    assert client.get(f"{at}marks/{mark.pk}/").status_code == 200
    assert client.post(f"{at}marks/{mark.pk}/", {"words": "Over"}).status_code == 302
    assert client.get(f"{at}?format=csv").status_code == 200
    assert client.post(f"{case}refuse/", STEPS["refuse"]).status_code == 302
    assert client.get(f"{case}note/").status_code == 404
    assert client.get(case).status_code == 200


def test_the_houses_pages_show_its_own_requests_alone():
    house, alder = make_house(), make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        theirs = asked()
    with as_tenant(house.tenant.pk):
        ours = asked("erasure")
    client = browser(house.staff, house.tenant)
    assert client.get("/privacy/requests/add/").status_code == 200
    for page in ("", "data/", "forward/", "mark/"):
        assert client.get(f"/privacy/requests/{ours.pk}/{page}").status_code == 200, page
        assert client.get(f"/privacy/requests/{theirs.pk}/{page}").status_code == 404, page
    assert client.post(f"/privacy/requests/{ours.pk}/forward/", {"tenants": [str(alder.pk)]}).status_code == 302
    assert "the clock of the controller now" in client.get(f"/privacy/requests/{ours.pk}/").content.decode()
    assert browser(jana, alder).get(f"/privacy/requests/{ours.pk}/").status_code == 403
    assert client.get(f"/privacy/requests/marks/{ours.pk}/").status_code == 404


def test_the_list_needs_as_many_queries_for_three_requests_as_for_one(alder):
    client = browser(administrator(alder), alder)
    counts = []
    for more in (1, 2):
        with as_tenant(alder.pk):
            for _ in range(more):
                asked()
        client.get("/account/privacy/requests/")
        with CaptureQueriesContext(connection) as queried:
            assert client.get("/account/privacy/requests/").status_code == 200
        counts.append(len(queried))
    assert counts[0] == counts[1]
