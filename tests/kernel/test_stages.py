"""Production and test apart: said when a tenant is made, and unchangeable; no stranger gets a test tenant's mail."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, connection, transaction

from kontor.config import environment
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.tenants import found_house, reserve_tenant
from kontor.kernel.actor import MACHINE
from kontor.kernel.cipher import CannotOpenError
from kontor.kernel.encryption import decrypt, encrypt
from kontor.kernel.models import Membership, SentMail, Tenant
from kontor.kernel.pdf import render
from kontor.kernel.queries.mail import letters
from kontor.kernel.tenancy import NoTenantError, as_tenant
from kontor.office.books.actions.collecting import CollectionChangedError, make_collection
from kontor.office.parties.actions.parties import TestTenantError, add_party, settle_in
from tests.background import run_jobs
from tests.factories import make_user
from tests.kernel.conftest import AT
from tests.kernel.test_mail import inbox
from tests.kernel.test_pdf import folder, said

__all__ = ["folder", "inbox"]


@pytest.fixture
def sandbox(alder) -> Tenant:
    return reserve_tenant(name="Alder · Test", at=AT, language="en", zone="Europe/Oslo", sandbox_of=alder)


def test_a_sandbox_is_a_test_tenant_and_everything_else_is_real(alder, sandbox):
    assert (sandbox.stage, sandbox.sandbox_of_id) == ("TEST", alder.pk)
    assert reserve_tenant(name="Birch", at=AT, language="de", zone="Europe/Berlin").stage == "PRODUCTION"


def test_in_an_installation_for_tests_everybody_is_a_test_tenant(db, settings):
    settings.KONTOR_STAGE = "test"
    assert found_house(name="Lindwurm", at=AT, actor=MACHINE).stage == "TEST"
    assert reserve_tenant(name="Birch", at=AT, language="de", zone="Europe/Berlin").stage == "TEST"


@pytest.mark.parametrize("column", ["stage = 'PRODUCTION'", "sandbox_of_id = NULL"])
def test_the_database_lets_nobody_make_a_test_real(sandbox, column):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE kernel_tenant SET {column} WHERE id = %s", [sandbox.pk])  # noqa: S608  our own words
    assert Tenant.objects.filter(pk=sandbox.pk).update(name="Alder, zum Üben") == 1


def test_a_sandbox_that_claims_to_be_real_cannot_be_made(alder):
    with pytest.raises(IntegrityError, match="tenant_sandbox_is_test"), transaction.atomic():
        Tenant.objects.create(name="X", created_at=AT, sandbox_of=alder)


def test_test_and_production_have_keys_of_their_own(alder, sandbox):
    with as_tenant(alder.pk):
        box = encrypt(b"secret", context="a.b")
    with as_tenant(sandbox.pk), pytest.raises(CannotOpenError):
        decrypt(box, context="a.b")


@pytest.mark.parametrize(
    ("stage", "card", "told"),
    [("", "sk_live_1", "production"), ("test", "sk_test_1", "test"), ("test", "", "test")],
)
def test_the_stage_of_an_installation_stands_in_its_environment(monkeypatch, stage, card, told):
    monkeypatch.setenv("KONTOR_CARD_KEY", card)
    if stage:
        monkeypatch.setenv("KONTOR_STAGE", stage)
    assert environment.stage() == told


@pytest.mark.parametrize(
    ("stage", "card", "sentence"), [("staging", "", "expected production or test"), ("test", "sk_live_1", "real money")]
)
def test_a_test_installation_is_refused_what_belongs_to_production(monkeypatch, stage, card, sentence):
    monkeypatch.setenv("KONTOR_CARD_KEY", card)
    monkeypatch.setenv("KONTOR_STAGE", stage)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        environment.stage()


@pytest.mark.django_db
def test_without_a_tenant_nothing_is_asked_and_nothing_is_answered():
    with pytest.raises(NoTenantError):
        list(SentMail.objects.all())


def test_mail_of_a_test_tenant_goes_to_its_own_people_alone(sandbox, inbox):
    here, gone = make_user("anna@alder.example", "Anna"), make_user("otto@alder.example", "Otto")
    with as_tenant(sandbox.pk):
        Membership.objects.create(user=here, kind="EMPLOYEE", since=AT)
        Membership.objects.create(user=gone, kind="EMPLOYEE", since=AT, until=AT + timedelta(days=1))
        for to in ("Anna@alder.example", "otto@alder.example", "customer@birch.example"):
            send_mail(to=to, subject=to, text="x", at=AT)
    run_jobs()
    assert [message["Subject"] for message in inbox.received] == ["Anna@alder.example"]
    with as_tenant(sandbox.pk):
        assert {one.to: one.state for one in letters()} == {
            "Anna@alder.example": "SENT",
            "otto@alder.example": "HELD",
            "customer@birch.example": "HELD",
        }


def test_mail_of_a_real_tenant_is_held_back_from_nobody(alder, inbox):
    with as_tenant(alder.pk):
        send_mail(to="customer@birch.example", subject="Invoice", text="x", at=AT)
    run_jobs()
    assert [message["Subject"] for message in inbox.received] == ["Invoice"]


def test_a_paper_of_a_test_tenant_says_so_across_every_page(alder, sandbox, folder):
    template = folder / "probe.typ"
    body = '#import "/kernel/typst/letter.typ": letter\n#let data = json(bytes(sys.inputs.data))\n#letter(data)[x]\n'
    template.write_text(body)
    letter = {"sender": {"name": "Alder", "lines": ["Hafenstr. 1"]}, "recipient": ["Birch"], "language": "de"}
    printed = []
    for tenant in (alder, sandbox):
        with as_tenant(tenant.pk):
            printed.append("TEST" in said(render(template, letter, at=AT)))
    assert printed == [False, True]


def test_a_test_tenant_is_nobodys_customer(alder, sandbox):
    with as_tenant(alder.pk):
        party = add_party(name="Birch", at=AT, actor=MACHINE)
        with pytest.raises(TestTenantError, match="nobody's customer"):
            settle_in(party.pk, sandbox, at=AT, actor=MACHINE)
        settle_in(party.pk, Tenant.objects.create(name="Birch", created_at=AT), at=AT, actor=MACHINE)


def test_a_test_tenant_collects_from_nobody(sandbox):
    with as_tenant(sandbox.pk), pytest.raises(CollectionChangedError, match="collects money from nobody"):
        make_collection([], seller=sandbox.pk, at=AT, actor=MACHINE)
