"""Businesses and the people at them: kept, changed with what was before, and nobody else's."""

import pytest

from kontor.kernel.models import Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.rows import NothingChangedError
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions import parties as actions
from kontor.office.parties.models import BankAccount, Contact, Party
from tests.factories import AT, CUSTOMER, House, make_house, make_party
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def party(house: House) -> Party:
    return make_party(house)


def contact_at(house: House, party: Party) -> Contact:
    with as_tenant(house.tenant.pk):
        return actions.add_contact(
            party, name="Eva Alder", email="eva@alder.example", receives_invoices=True, at=AT, actor=house.actor
        )


def test_a_party_is_kept_as_it_was_given(house, party):
    with as_tenant(house.tenant.pk):
        kept = Party.objects.get()
        (told,) = history_of(party.pk)
    assert {name: getattr(kept, name) for name in CUSTOMER} == CUSTOMER
    assert (told.verb, told.actor, told.after["name"]) == ("parties.party_added", house.staff.pk, "Alder & Söhne GmbH")


def test_a_change_is_recorded_with_what_was_before(house, party):
    with as_tenant(house.tenant.pk):
        actions.change_party(party.pk, city="Bremen", postcode="28195", at=AT, actor=house.actor)
        told = history_of(party.pk)[0]
        assert (Party.objects.get().city, told.before["city"], told.after["city"]) == ("Bremen", "Hamburg", "Bremen")
        assert told.before["name"] == told.after["name"]


def test_a_person_at_a_party_is_added_changed_and_removed(house, party):
    contact = contact_at(house, party)
    with as_tenant(house.tenant.pk):
        actions.change_contact(contact.pk, signs=True, name="Eva A.", at=AT, actor=house.actor)
        kept = Contact.objects.get()
        assert (kept.name, kept.signs, kept.receives_invoices) == ("Eva A.", True, True)
        told = history_of(contact.pk)[0]
        assert (told.before, told.after) == (
            {"name": "Eva Alder", "signs": False},
            {"name": "Eva A.", "signs": True},
        )
        actions.remove_contact(contact.pk, at=AT, actor=house.actor)
        assert not Contact.objects.exists()
        assert history_of(contact.pk)[0].before == {"name": "Eva A."}
    assert verbs(house.tenant, contact) == [
        "parties.contact_added",
        "parties.contact_changed",
        "parties.contact_removed",
    ]


def test_an_account_is_learnt_once_and_forgotten(house, party):
    with as_tenant(house.tenant.pk):
        first = actions.learn_account(party.pk, IBAN, holder="Alder", at=AT, actor=house.actor)
        again = actions.learn_account(party.pk, IBAN.replace(" ", "").lower(), holder="A", at=AT, actor=house.actor)
        assert (again.pk, BankAccount.objects.get().iban) == (first.pk, "DE89370400440532013000")
        actions.forget_account(first.pk, at=AT, actor=house.actor)
        assert not BankAccount.objects.exists()
    assert verbs(house.tenant, first) == ["parties.account_learnt", "parties.account_forgotten"]


def test_where_a_party_works_itself_is_noted(house, party):
    own = make_tenant()
    with as_tenant(house.tenant.pk):
        actions.settle_in(party.pk, own, at=AT, actor=house.actor)
        assert Party.objects.get().own_tenant == own
        assert history_of(party.pk)[0].after == {"tenant": str(own.pk)}


def test_another_tenant_finds_neither_party_nor_person_nor_account(house, party):
    contact = contact_at(house, party)
    told = {"at": AT, "actor": house.actor}
    with as_tenant(house.tenant.pk):
        account = actions.learn_account(party.pk, IBAN, holder="Alder", **told)
    birch: Tenant = make_tenant("Birch")
    with as_tenant(birch.pk):
        for missing, act in (
            (Party.DoesNotExist, lambda: actions.change_party(party.pk, name="B", **told)),
            (Contact.DoesNotExist, lambda: actions.change_contact(contact.pk, name="B", **told)),
            (Contact.DoesNotExist, lambda: actions.remove_contact(contact.pk, **told)),
            (BankAccount.DoesNotExist, lambda: actions.forget_account(account.pk, **told)),
            (NothingChangedError, lambda: actions.settle_in(party.pk, birch, **told)),
        ):
            with pytest.raises(missing):
                act()
    with as_tenant(house.tenant.pk):
        assert (Party.objects.get().name, Contact.objects.count(), BankAccount.objects.count()) == (party.name, 1, 1)
