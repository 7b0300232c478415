"""Work out of scope before and after its offer; users whose address belongs to another company; what a module loses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kontor.kernel import registry
from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.rights import set_leaving
from kontor.kernel.actor import MACHINE
from kontor.kernel.content import Content
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.registry import Module
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import corrections, foreign_users, out_of_scope
from kontor.office.contracts.actions.corrections import Logged
from kontor.office.contracts.actions.offers import OfferRefusedError, declarations_of
from kontor.office.contracts.models import Charge, Contract, ForeignUser, ScopeRequest
from kontor.office.contracts.queries import losses
from kontor.office.contracts.queries.out_of_scope import (
    domains_of_companies,
    foreign_users as to_review,
    wishes_of,
    wishes_waiting,
)
from kontor.rulebook import terms
from kontor.rulebook.extra_work import Work
from kontor.rulebook.out_of_scope import kinds_out_of_scope
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import House, accept, make_draft, make_house, make_party, make_user, send
from tests.office.contracts.ordering import concluded
from tests.people import join, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


def asked(contract: Contract, kind: str = "translation") -> ScopeRequest:
    with as_tenant(contract.customer_tenant_id):
        made = answer(
            "contracts.scope_asked", contract.pk, kind=kind, told="Bitte ins Dänische", told_by="Jonas Alder", **WHO
        )
        assert isinstance(made, ScopeRequest)
        return made


def standing(house: House, contract: Contract) -> list[tuple[int, str]]:
    with as_tenant(house.tenant.pk):
        return [(each.row.number, each.state) for each in wishes_of(contract.pk, own=True)]


def offered(house: House, contract: Contract) -> Any:
    with as_tenant(house.tenant.pk):
        party = contract.party
    return send(house, make_draft(house, party))


@pytest.mark.requirement("FW-089")
@pytest.mark.parametrize("kind", list(kinds_out_of_scope(terms.load("visitor"))))
def test_nothing_is_done_or_billed_before_the_offer_is_accepted(house, contract, kind):
    row = asked(contract, kind)
    assert (row.clause, standing(house, contract)) == ("Anlage 1, 3", [(1, "waiting")])
    done: dict[str, Any] = {"note": "Übersetzt", **WHO}
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="there is none for this yet"):
            out_of_scope.note_done(row.pk, **done)
        work = Work(kind, date(2026, 12, 10), minutes=60, rate=Decimal("100.00"))
        with pytest.raises(RefusalError):
            corrections.log_work(contract.pk, Logged(key="t", work=work, rate_source="Liste"), **WHO)
        assert Charge.objects.count() == 0
        with pytest.raises(RefusalError, match="X-9 is no offer"):
            out_of_scope.name_offer(row.pk, "X-9", **WHO)
    offer = offered(house, contract)
    with as_tenant(house.tenant.pk):
        out_of_scope.name_offer(row.pk, offer.number, **WHO)
        with pytest.raises(RefusalError, match="is not accepted yet"):
            out_of_scope.note_done(row.pk, **done)
    assert standing(house, contract) == [(1, "offered")]
    accept(house, offer)
    assert standing(house, contract) == [(1, "accepted")]
    with as_tenant(house.tenant.pk):
        assert [each.row.pk for each in wishes_waiting()] == [row.pk]
        out_of_scope.note_done(row.pk, **done)
        with pytest.raises(RefusalError):
            out_of_scope.decline(row.pk, note="Doch nicht", **WHO)
    assert standing(house, contract) == [(1, "done")]
    assert "contracts.scope_done" in verbs(house.tenant, row)


def test_a_wish_is_declined_with_a_reason_and_both_sides_see_it(house, contract):
    row = asked(contract)
    with as_tenant(house.tenant.pk):
        assert [each.state for each in wishes_waiting()] == ["waiting"]
        with pytest.raises(RefusalError):
            out_of_scope.decline(row.pk, note="", **WHO)
        out_of_scope.decline(row.pk, note="Nicht unser Gebiet", **WHO)
        assert wishes_waiting() == []
    with as_tenant(contract.customer_tenant_id):
        (seen,) = wishes_of(contract.pk, own=False)
        assert (seen.state, seen.row.note) == ("declined", "Nicht unser Gebiet")


def test_a_wish_needs_words_a_listed_kind_and_ones_own_contract(house, contract):
    with as_tenant(house.tenant.pk):
        for kind, told in (("translation", ""), ("moonshine", "x")):
            with pytest.raises(RefusalError):
                out_of_scope.ask_for_more(contract, kind, told, told_by="J", **WHO)
    row = asked(contract)
    assert asked(contract).number == 2
    with as_tenant(make_tenant("Birke").pk):
        assert wishes_of(contract.pk, own=False) == []
        with pytest.raises(Contract.DoesNotExist):
            answer("contracts.scope_asked", contract.pk, kind="translation", told="x", told_by="J", **WHO)
        with pytest.raises(ScopeRequest.DoesNotExist):
            out_of_scope.note_done(row.pk, note="x", **WHO)


# Users of other companies


@pytest.fixture
def crm() -> House:
    return make_house("crm")


def another(house: House, email: str) -> Contract:
    """Conclude a contract with another customer, whose company's address is this."""
    party = make_party(house, name="Birke AG", email=email, vat_id="DE999999999")
    offer = send(house, make_draft(house, party))
    accept(house, offer, name="Pia Birke", email="pia@birke.example")
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def looked(house: House) -> list[tuple[str, str, str]]:
    with as_tenant(house.tenant.pk):
        foreign_users.look_for_foreign_users()
    run_jobs()
    with as_tenant(house.tenant.pk):
        return [(each.email, each.other, each.clause) for each in to_review()]


def tenant_of(contract: Contract) -> Tenant:
    return Tenant.objects.get(pk=contract.customer_tenant_id)


@pytest.mark.requirement("SO-012")
def test_internal_use_is_declared_with_the_order_and_another_customers_user_is_flagged_once(crm):
    offer = send(crm, make_draft(crm, make_party(crm, name="Erle KG", email="post@erle.example")))
    with as_tenant(crm.tenant.pk):
        declared = [each["key"] for each in declarations_of(offer)]
    assert "internal_use" in declared
    with pytest.raises(OfferRefusedError, match="own internal purposes only"):
        accept(crm, offer, ticked=[key for key in declared if key != "internal_use"])
    contract = concluded(crm)
    another(crm, "post@birke.example")
    assert looked(crm) == []
    join(tenant_of(contract), make_user("gast@Birke.example", "Gast"))
    join(tenant_of(contract), make_user("frei@anderswo.example", "Frei"))
    assert looked(crm) == [("gast@birke.example", "Birke AG", "§3")]
    assert len(looked(crm)) == 1
    with as_tenant(crm.tenant.pk):
        row = ForeignUser.objects.get()
        with pytest.raises(RefusalError):
            foreign_users.review_foreign_user(row.pk, outcome="perhaps", note="", **WHO)
        foreign_users.review_foreign_user(row.pk, outcome="allowed", note="Berater", **WHO)
        with pytest.raises(RefusalError):
            foreign_users.review_foreign_user(row.pk, outcome="allowed", note="", **WHO)
    assert looked(crm) == []
    assert verbs(crm.tenant, row) == ["contracts.foreign_user_found", "contracts.foreign_user_reviewed"]
    with as_tenant(make_tenant("Erle").pk), pytest.raises(ForeignUser.DoesNotExist):
        foreign_users.review_foreign_user(row.pk, outcome="allowed", note="", **WHO)


def test_somebody_who_has_left_is_not_flagged(crm):
    contract = concluded(crm)
    another(crm, "post@birke.example")
    member = join(tenant_of(contract), make_user("gast@birke.example", "Gast"))
    join(tenant_of(contract), make_user("chef@alder.example", "Chef"))
    with as_tenant(contract.customer_tenant_id):
        set_leaving(Membership.objects.get(pk=member.pk).pk, until=AT - timedelta(days=30), **WHO)
        assert foreign_users.find_foreign_users(contract.pk, ["birke.example"], at=AT) == 0


def test_a_domain_that_two_customers_share_is_nobodys(crm):
    contract = concluded(crm)
    another(crm, "birke@alder.example")
    with as_tenant(crm.tenant.pk):
        assert domains_of_companies() == {}
        told = [{"user": str(contract.pk), "name": "X", "email": "x@alder.example"}]
        assert foreign_users.note_foreign_users(contract.pk, told, at=AT) == []


def test_terms_without_the_declaration_look_at_nobody(house, contract):
    with as_tenant(house.tenant.pk):
        assert foreign_users.look_for_foreign_users() == 0


# What goes with a module


def test_a_module_tells_what_its_customer_would_lose(monkeypatch):
    held = Module(
        key="visitors", title=Text("Besucher", "Visitors"),
        content=lambda: (Content("visits", Text("Besuche", "Visits"), 41), Content("c", Text("Karten", "Cards"), 0)),
    )  # fmt: skip
    monkeypatch.setattr(losses, "modules", lambda: iter([replace(held, key="signage"), held]))
    assert losses._held("visitors") == [
        {"key": "visitors-content-visits", "de": "Besuche: nicht mehr erreichbar.", "en": "Visits: out of reach.",
         "count": 41}
    ]  # fmt: skip
    monkeypatch.setattr(losses, "modules", lambda: iter([replace(held, content=None)]))
    assert losses._held("visitors") == []
    assert registry.module("contracts").content is None
