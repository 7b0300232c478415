"""Agreements, instructions, sub-processors, measures and the record: what is kept, and what is refused."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import agreements, demo, instructions, register, subprocessors
from kontor.office.privacy.actions.subject_forwards import forward
from kontor.office.privacy.actions.subjects import Asking, receive
from kontor.office.privacy.models import AgreementSignature, Instruction, Subprocessor, SubprocessorNotice
from kontor.office.privacy.queries.annexes import annexes_sha256, modules_off
from kontor.office.privacy.queries.contracts import needs_agreement, running
from kontor.office.privacy.queries.measures import measures
from kontor.office.privacy.queries.record_paper import record_content, record_rows
from kontor.office.privacy.queries.subprocessors import active_for, may_touch, refusal, standing_of
from kontor.rulebook import processing_clauses
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.subprocessors import Standing
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.people import mails, verbs, visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
JONAS = Actor("USER", uuid.UUID(int=7), "Jonas Alder")
HOST = subprocessors.NewSubprocessor(
    name="Rechenhaus GmbH", address="Hafenstraße 1, 60327 Frankfurt am Main", country="DE", task_de="Betrieb",
    task_en="Hosting", access="verschlüsselte Dateien", effective_on=date(2028, 9, 1), agreement_on=date(2027, 5, 1),
)  # fmt: skip


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def contract(house):
    return concluded(house)


@pytest.fixture
def inside(house, contract):
    with as_tenant(house.tenant.pk):
        yield house


def ours(contract, key, row, **given: object):
    with as_tenant(contract.customer_tenant_id):
        return answer(key, row.pk, at=NOW, actor=JONAS, **given)


@pytest.mark.requirement("FW-113")
def test_annexes_are_filled_from_the_contract_and_a_missing_address_blocks_signing(inside, contract, monkeypatch):
    (told,) = running(NOW.date())
    assert needs_agreement(told)
    made = agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)

    assert made.annexes["I"]["controller"]["name"] == contract.customer_name
    assert made.annexes["I"]["controller"]["address"] == told.address != ""
    assert [each["key"] for each in made.annexes["II"]["persons"]] == [
        "customers", "prospects", "employees", "contacts",
    ]  # fmt: skip
    assert len(made.annexes["II"]["data"]) == 5
    assert len(made.annexes["III"]) == len(list(measures(NOW.date())))
    # the books hold bank details, which annex II does not name: off until it is amended
    assert modules_off(told)["books"] == {"address", "bank_details", "purchases"}
    assert "books" not in modules_off(told, amended=dict.fromkeys(("address", "bank_details", "purchases"), "order"))

    monkeypatch.setattr(agreements, "running_one", lambda *_: replace(told, address=""))
    homeless = agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)
    assert homeless.number == 2
    with pytest.raises(RefusalError, match="Annex I lacks: the controller's address"):
        agreements.sign_agreement(homeless.pk, function="CEO", at=NOW, actor=inside.actor)


@pytest.mark.requirement("FW-099")
def test_edited_clauses_cannot_be_issued(inside, contract, monkeypatch):
    first = agreements.issue_agreement(contract.pk, amended={"photo": "order 12"}, at=NOW, actor=inside.actor)
    assert first.annexes["II"]["amended"] == {"photo": "order 12"}
    monkeypatch.setattr(processing_clauses, "ISSUED", "0" * 64)

    with pytest.raises(processing_clauses.ChangedClausesError):
        agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)
    with pytest.raises(LookupError):
        monkeypatch.undo()
        agreements.issue_agreement(uuid.uuid4(), at=NOW, actor=inside.actor)


@pytest.mark.requirement("FW-100")
def test_both_sign_once_and_others_join_with_everybodys_consent(inside, contract):
    made = agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)
    with pytest.raises(RefusalError, match="both signatures"):
        agreements.ask_accession(made.pk, entity="E", address="A", contact="C", role="processor", at=NOW, actor=JONAS)
    agreements.sign_agreement(made.pk, function="Geschäftsführung", at=NOW, actor=inside.actor)
    signed = ours(contract, "privacy.agreement_signed_by_customer", made, function="CEO")
    assert (signed.name, signed.function, bytes(signed.sha256)) == ("Jonas Alder", "CEO", annexes_sha256(made.annexes))
    assert AgreementSignature.objects.filter(agreement=made).count() == 2
    for function in ("CEO", " "):
        with pytest.raises(RefusalError, match="signs once"):
            agreements.sign_agreement(made.pk, function=function, at=NOW, actor=inside.actor)

    joining = agreements.ask_accession(
        made.pk, entity="Elbtal GmbH", address="Elbe 1", contact="Kai", role="processor", at=NOW, actor=inside.actor
    )
    agreements.consent_accession(joining.pk, at=NOW, actor=inside.actor)
    fifth = datetime(2027, 6, 5, 8, 0, tzinfo=UTC)
    with pytest.raises(RefusalError, match="everybody's consent"):
        agreements.sign_accession(joining.pk, signed_by="Kai", at=fifth, actor=inside.actor)
    ours(contract, "privacy.accession_agreed_by_customer", joining)
    done = agreements.sign_accession(joining.pk, signed_by="Kai", at=fifth, actor=inside.actor)

    assert done.signed_on == date(2027, 6, 5)
    with pytest.raises(RefusalError):
        agreements.sign_accession(joining.pk, signed_by="Kai", at=fifth, actor=inside.actor)


@pytest.mark.requirement("FW-101")
def test_an_unlawful_instruction_is_suspended_told_and_may_end_the_agreement(inside, contract, monkeypatch):
    made = agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)
    given = ours(contract, "privacy.instructed", made, text="Alle Besucher an die Presse melden")
    assert (given.given_by, given.given_at, given.state) == ("Jonas Alder", NOW, "GIVEN")
    before = len(mails(inside.tenant))
    with pytest.raises(RefusalError):
        instructions.end_for_instruction(given.pk, how="Kündigung", at=NOW, actor=inside.actor)

    instructions.suspend_instruction(given.pk, because="Art. 6 DSGVO", at=NOW, actor=inside.actor)
    assert len(mails(inside.tenant)) == before + 1
    ours(contract, "privacy.insisted", given)
    ended = instructions.end_for_instruction(given.pk, how="Kündigung", at=NOW, actor=inside.actor)
    assert (ended.state, ended.closed_how) == ("ENDED", "Kündigung")

    plain = ours(contract, "privacy.instructed", made, text="Kopie senden")
    assert instructions.carry_out(plain.pk, how="gesandt", at=NOW, actor=inside.actor).state == "DONE"
    (told,) = running(NOW.date())
    monkeypatch.setattr(agreements, "running_one", lambda *_: replace(told, email=""))
    silent = agreements.issue_agreement(contract.pk, at=NOW, actor=inside.actor)
    again = ours(contract, "privacy.instructed", silent, text="Anderes")
    instructions.suspend_instruction(again.pk, because="unklar", at=NOW, actor=inside.actor)
    assert ours(contract, "privacy.withdrawn", again).state == "WITHDRAWN"
    for wrong in (
        lambda: ours(contract, "privacy.instructed", made, text=" "),
        lambda: instructions.suspend_instruction(plain.pk, because="spät", at=NOW, actor=inside.actor),
    ):
        with pytest.raises(RefusalError):
            wrong()
    assert Instruction.objects.count() == 3


def why_not(found: Subprocessor, contract: uuid.UUID, on: date) -> str:
    """Return why a sub-processor may not touch data under a contract on a day, in English; "" where it may."""
    told = refusal(found, contract, on)
    return told.en if told else ""


@pytest.mark.requirement("FW-105")
def test_trap_53_a_sub_processor_is_off_until_approved_or_unopposed(inside, contract):
    made = subprocessors.add_subprocessor(HOST, at=NOW, actor=inside.actor)
    notice = SubprocessorNotice.objects.get()
    begun = date(2028, 9, 1)

    assert (notice.mode, notice.last_day) == ("specific", None)
    assert not may_touch(made, contract.pk, date(2029, 1, 1))
    assert "silence is not enough" in why_not(made, contract.pk, begun)
    ours(contract, "privacy.subprocessor_objected_by_customer", notice, reason="Ort unklar")
    settled = subprocessors.settle_objection(notice.pk, how="Ort benannt", at=NOW, actor=inside.actor)
    assert settled.settled_how == "Ort benannt"
    ours(contract, "privacy.subprocessor_approved_by_customer", notice)
    assert why_not(made, contract.pk, begun) == ""
    assert not may_touch(made, contract.pk, begun - timedelta(days=1))
    assert active_for(contract.pk, begun) == [made]
    over = subprocessors.end_subprocessor(made.pk, on=begun, at=NOW, actor=inside.actor)
    assert not may_touch(over, contract.pk, begun + timedelta(days=1))
    for wrong in (
        lambda: ours(contract, "privacy.subprocessor_approved_by_customer", notice),
        lambda: ours(contract, "privacy.subprocessor_objected_by_customer", notice, reason="noch einmal"),
        lambda: subprocessors.settle_objection(notice.pk, how="x", at=NOW, actor=inside.actor),
    ):
        with pytest.raises(RefusalError):
            wrong()
    assert "privacy.subprocessor_announced" in verbs(inside.tenant)


@pytest.mark.requirement("FW-105")
def test_trap_53_general_approval_counts_from_receipt_and_takes_objections_by_mail(inside, contract):
    subprocessors.add_subprocessor(HOST, at=NOW, actor=inside.actor)
    SubprocessorNotice.objects.update(mode="general", within="15 days", last_day=date(2027, 6, 16))
    notice = SubprocessorNotice.objects.get()

    assert standing_of(notice, date(2027, 6, 17)).value is Standing.ACCEPTED
    with pytest.raises(RefusalError):
        subprocessors.enter_objection(
            notice.pk, received_on=date(2027, 6, 17), by="Jonas", reason="zu spät", at=NOW, actor=inside.actor
        )
    held = subprocessors.enter_objection(
        notice.pk, received_on=date(2027, 6, 16), by="Jonas", reason="Ort", at=NOW, actor=inside.actor
    )
    assert standing_of(held, date(2027, 7, 1)).value is Standing.HELD


@pytest.mark.requirement("FW-106")
def test_without_contract_or_ground_nothing_is_active(inside, contract):
    far = replace(HOST, country="US", agreement_on=None)
    made = subprocessors.add_subprocessor(far, at=NOW, actor=inside.actor)
    ours(contract, "privacy.subprocessor_approved_by_customer", SubprocessorNotice.objects.get())
    on, told = date(2028, 9, 2), {"ground": "", "ground_since": None, "ground_until": None, "instruction": ""}
    assert "equal duties" in why_not(made, contract.pk, on)
    bound = subprocessors.complete_subprocessor(
        made.pk, agreement_on=date(2027, 6, 1), **told, at=NOW, actor=inside.actor
    )
    assert "a ground with its date is needed" in why_not(bound, contract.pk, on)
    told |= {"ground": "standard_clauses", "ground_since": date(2027, 6, 1)}
    bare = subprocessors.complete_subprocessor(
        made.pk, agreement_on=date(2027, 6, 1), **told, at=NOW, actor=inside.actor
    )
    assert "document is missing" in why_not(bare, contract.pk, on)
    with pytest.raises(RefusalError, match="is a PDF"):
        subprocessors.complete_subprocessor(
            made.pk, agreement_on=None, **told, ground_document=b"MZ", at=NOW, actor=inside.actor
        )
    told |= {"ground_document": b"%PDF-1.7 clauses"}
    grounded = subprocessors.complete_subprocessor(
        made.pk, agreement_on=date(2027, 6, 1), **told, at=NOW, actor=inside.actor
    )
    assert "documented instruction" in why_not(grounded, contract.pk, on)  # the contract's own condition, clause 7.8
    told |= {"instruction": "Weisung 7"}
    lawful = subprocessors.complete_subprocessor(
        made.pk, agreement_on=date(2027, 6, 1), **told, at=NOW, actor=inside.actor
    )
    assert why_not(lawful, contract.pk, on) == ""
    (shown,) = record_content(on)["transfers"]
    assert (shown["country"], shown["en"], shown["since"]) == (
        "US", "Standard data protection clauses, Art. 46 (2) (c) GDPR", "2027-06-01",
    )  # fmt: skip


@pytest.mark.requirement("FW-115")
def test_everybody_reads_all_five_things_of_each_and_a_place_elsewhere_waits_for_the_customers_approval(contract):
    with as_tenant(contract.tenant_id):
        made = subprocessors.add_subprocessor(replace(HOST, country="FR"), at=NOW, actor=MACHINE)
        assert [(each.mode, each.customer_name) for each in SubprocessorNotice.objects.all()] == [
            ("specific", contract.customer_name)
        ]
        assert not may_touch(made, contract.pk, date(2029, 1, 1))  # nobody has approved yet
    page = visitor().get("/privacy/partners/", headers={"accept-language": "en"})
    (shown,) = page.context["rows"]
    assert (shown.name, shown.address, shown.task.en, shown.access, shown.place) == (
        HOST.name, HOST.address, HOST.task_en, HOST.access, "France",
    )  # fmt: skip
    for said in (shown.name, shown.task.en, shown.access, shown.place):
        assert said in page.content.decode()


def test_customers_who_come_later_find_the_partners_in_their_annex(house):
    with as_tenant(house.tenant.pk):
        made = subprocessors.add_subprocessor(HOST, at=NOW, actor=house.actor)
        assert not SubprocessorNotice.objects.exists()
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        assert subprocessors.announce_missing(at=NOW, actor=house.actor) == 1
        assert subprocessors.announce_missing(at=NOW, actor=house.actor) == 0
        assert may_touch(made, contract.pk, date(2028, 9, 1))


@pytest.mark.requirement("AP-092")
def test_a_request_is_forwarded_the_same_day_and_the_record_has_every_item_of_article_30(inside, contract):
    """And a new edition only when something changed."""
    asking = Asking(kind="access", way="mail", name="Vera", email="v@gast.example", language="de", words="Was?")
    request = receive(asking, at=NOW, actor=inside.actor)
    (told,) = forward(request.pk, [contract.customer_tenant_id], at=NOW, actor=inside.actor)
    assert (told.customer_name, told.at) == (contract.customer_name, NOW)
    first = register.keep_edition(at=NOW, actor=inside.actor)
    assert register.keep_edition(at=NOW, actor=inside.actor) == first
    subprocessors.add_subprocessor(HOST, at=NOW, actor=inside.actor)
    second = register.keep_edition(at=NOW, actor=inside.actor)
    content = second.content

    assert (first.number, second.number) == (1, 2)
    # Art. 30 (2): (a) processor and controllers, (b) categories of processing, (c) transfers, (d) measures
    assert content["operator"]["name"] != ""
    assert [each["name"] for each in content["controllers"]] == [contract.customer_name]
    assert "billing" in [each["key"] for each in content["processor"]]
    assert content["transfers"] == []
    assert len(content["measures"]) == len(list(measures(NOW.date())))
    rows = list(record_rows(content, "en"))
    assert len(rows) == len(content["controller"]) + len(content["processor"])
    assert {len(row) for row in rows} == {9}


def test_the_demo_has_partners_reviews_and_an_agreement_that_both_have_signed(inside, contract):
    demo.make_demo(NOW)
    demo.make_papers(NOW)

    rows = AgreementSignature.objects.order_by("side")
    assert [(each.side, each.agreement.contract) for each in rows] == [
        ("CONTROLLER", contract.pk), ("PROCESSOR", contract.pk)
    ]  # fmt: skip
    assert [each["name"] for each in rows[0].agreement.annexes["IV"]] == ["Rechenhaus GmbH"]
    assert len([each for each in measures(NOW.date()) if not each.overdue]) == 4
