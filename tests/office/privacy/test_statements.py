"""What only each person can agree to: asked one by one, refused without a loss, taken back as easily (crm 9.2)."""

from datetime import timedelta

import pytest
from django.test import Client

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import public
from kontor.office.privacy.actions.statements import UnknownStatementError, ask, declare
from kontor.office.privacy.models import Declaration, Statement
from kontor.rulebook.ruling import Text
from tests.factories import AT
from tests.people import administrator, browser, make_tenant

pytestmark = pytest.mark.django_db
PAGE = "/privacy/statements/"


def _asked(*keys: str, said: str = "agree") -> list[public.Asked]:
    return [
        public.Asked(
            key=key,
            title=Text(f"{key} de", f"{key} en"),
            text=Text(f"{said} {key} de", f"{said} {key} en"),
            clause="§9.2",
        )
        for key in keys
    ]


def _ask(tenant: Tenant, *keys: str, edition: str = "crm 2026-01") -> dict[str, Statement]:
    with as_tenant(tenant.pk):
        ask(_asked(*keys), edition=edition, at=AT, actor=MACHINE)
        return {row.key: row for row in Statement.objects.filter(edition=edition)}


def _form(asked: dict[str, Statement], *agreed: str) -> dict[str, object]:
    return {
        "shown": " ".join(str(row.pk) for row in asked.values()),
        **{f"say-{asked[key].pk}": "yes" for key in agreed},
    }


@pytest.mark.requirement("SO-041")
def test_four_statements_are_kept_with_time_and_edition_and_advertising_goes_to_who_agreed():
    tenant = make_tenant()
    yes, no, silent = (administrator(tenant, f"{name}@alder.example", name) for name in ("ja", "nein", "still"))
    asked = _ask(tenant, "processing", "access", "usage_statistics", "advertising")

    assert browser(yes, tenant, undecided=True).post(PAGE, _form(asked, "processing", "advertising")).status_code == 302
    assert (
        browser(no, tenant, undecided=True)
        .post(PAGE, _form(asked, "processing", "access", "usage_statistics"))
        .status_code
        == 302
    )

    with as_tenant(tenant.pk):
        kept = Declaration.objects.filter(person=yes.pk).select_related("statement")
        assert {row.statement.key: (row.agreed, row.statement.edition) for row in kept} == {
            "processing": (True, "crm 2026-01"),
            "access": (False, "crm 2026-01"),
            "usage_statistics": (False, "crm 2026-01"),
            "advertising": (True, "crm 2026-01"),
        }
        assert all(row.at is not None for row in kept)
        assert public.agreeing("advertising", [yes.pk, no.pk, silent.pk]) == {yes.pk}
        assert public.agreeing("never asked", [yes.pk]) == set()


def test_nobody_goes_on_before_they_answered_and_refusing_everything_is_an_answer():
    tenant = make_tenant()
    user = administrator(tenant)
    asked = _ask(tenant, "processing", "advertising")
    client = browser(user, tenant, undecided=True)

    before = client.get("/identity/people/")
    page = client.get(PAGE).content.decode()
    client.post(PAGE, _form(asked))

    assert (before.status_code, before["Location"]) == (302, PAGE)
    assert " checked" not in page  # no box is ticked beforehand (trap 54)
    assert client.get("/identity/people/").status_code == 200
    with as_tenant(tenant.pk):
        assert list(Declaration.objects.values_list("agreed", flat=True)) == [False, False]


def test_taking_it_back_is_one_tick_and_both_stay_as_proof():
    tenant = make_tenant()
    user = administrator(tenant)
    asked = _ask(tenant, "advertising")
    client = browser(user, tenant, undecided=True)
    client.post(PAGE, _form(asked, "advertising"))
    client.post(PAGE, _form(asked, "advertising"))  # said already: nothing new

    client.post(PAGE, _form(asked))

    with as_tenant(tenant.pk):
        assert list(Declaration.objects.order_by("at", "pk").values_list("agreed", flat=True)) == [True, False]
        assert public.agreeing("advertising", [user.pk]) == set()
        assert RecordEntry.objects.filter(verb="privacy.declared").count() == 2


def test_trap_54_a_new_edition_asks_again_and_until_then_nobody_agrees():
    tenant = make_tenant()
    user = administrator(tenant)
    client = browser(user, tenant, undecided=True)
    client.post(PAGE, _form(_ask(tenant, "advertising"), "advertising"))
    with as_tenant(tenant.pk):
        again = ask(
            _asked("advertising", said="other"), edition="crm 2027-01", at=AT + timedelta(days=365), actor=MACHINE
        )
        twice = ask(
            _asked("advertising", said="other"), edition="crm 2027-01", at=AT + timedelta(days=366), actor=MACHINE
        )
        assert (len(again), twice) == (1, [])
        assert public.agreeing("advertising", [user.pk]) == set()

    assert browser(user, tenant, undecided=True).get("/identity/people/")["Location"] == PAGE


def test_a_form_of_another_edition_is_refused_and_keeps_nothing():
    tenant = make_tenant()
    user = administrator(tenant)
    asked = _ask(tenant, "advertising")
    client: Client = browser(user, tenant, undecided=True)

    answer = client.post(
        PAGE, {"shown": "00000000-0000-0000-0000-000000000000", f"say-{asked['advertising'].pk}": "yes"}
    )

    assert answer.status_code == 409
    with as_tenant(tenant.pk):
        assert not Declaration.objects.exists()
        with pytest.raises(UnknownStatementError):
            declare(user.pk, {user.pk: True}, at=AT, actor=MACHINE)


def test_another_tenants_statements_are_neither_asked_nor_answered_here():
    mine, other = make_tenant(), make_tenant("Birke")
    user = administrator(mine)
    theirs = _ask(other, "advertising")

    with as_tenant(mine.pk), pytest.raises(UnknownStatementError):
        declare(user.pk, {theirs["advertising"].pk: True}, at=AT, actor=MACHINE)
    assert (
        "asks nothing of you"
        in browser(user, mine, undecided=True).get(PAGE, headers={"Accept-Language": "en"}).content.decode()
    )
