"""Two records of one party become one, with what points to them, and are parted as long as nothing contradicts it."""

import uuid
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from kontor.kernel.queries.record import history_of
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import OfferDraft
from kontor.office.parties import public
from kontor.office.parties.actions import merging, parties, people
from kontor.office.parties.models import BankAccount, Contact, Merge, Party, PartyRole
from kontor.office.parties.queries.doubles import differing, doubles, merges_of, perhaps, references
from kontor.office.parties.queries.people import with_belongings
from tests.factories import AT, House, make_draft, make_house, make_party
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
LATER = AT + timedelta(hours=1)
KEEPS = {  # what may be changed and yet does not follow
    "books.BankFee.party_id": "it says whose payment cost it",
    "books.Refund.party_id": "it says to whom the money went",
    "contracts.Trial.party_id": "it says with whom the trial was agreed",
    "parties.Distinct.one_id": "said of this record",
    "parties.Distinct.other_id": "said of this record",
    "parties.Merge.gone_id": "what was done then",
    "parties.Merge.kept_id": "what was done then",
}


@pytest.fixture
def house() -> House:
    return make_house()


def pair(house: House) -> tuple[Party, Party]:
    """Alder twice: with and without an address, each with an account and a role of which one is the same."""
    kept, gone = (
        make_party(house, vat_id=""),
        make_party(house, name="Alder & Soehne", phone="040 12", email="a@b.example"),
    )
    with as_tenant(house.tenant.pk):
        for party, roles in ((kept, ["CUSTOMER"]), (gone, ["CUSTOMER", "SUPPLIER"])):
            parties.learn_account(party.pk, IBAN, holder="", at=AT, actor=house.actor)
            for role in roles:
                people.give_role(party.pk, role, since=date(2026, 1, 1), at=AT, actor=house.actor)
        parties.add_contact(gone, name="Ute Alder", at=AT, actor=house.actor)
        people.add_identifier(gone.pk, "LEI", "5299", at=AT, actor=house.actor)
    return kept, gone


def merge(house: House, kept: Party, gone: Party, *from_gone: str) -> Merge:
    return merging.merge(kept.pk, gone.pk, from_gone=from_gone, at=AT, actor=house.actor)


def state(house: House) -> list[object]:
    """Everything of the parties, to compare before and after."""
    with as_tenant(house.tenant.pk):
        return [
            list(Party.objects.order_by("pk").values()),
            *(list(model.objects.order_by("pk").values()) for model in (Contact, BankAccount, PartyRole)),
            list(OfferDraft.objects.order_by("pk").values("party_id")),
        ]


def test_what_points_to_the_record_that_goes_follows_and_comes_back(house):
    kept, gone = pair(house)
    make_draft(house, gone)
    before = state(house)
    with as_tenant(house.tenant.pk):
        made = merge(house, kept, gone, "name")
        now = Party.objects.get(pk=kept.pk)
        assert (now.name, now.street, now.phone, now.email) == (
            "Alder & Soehne", "Hafenweg 9", "040 12", "einkauf@alder.example"
        )  # fmt: skip
        assert [row.email for row in now.emails.all()] == ["a@b.example"]
        assert [row.name for row in now.contacts.all()] == ["Ute Alder"]
        assert sorted(row.role for row in now.roles.all()) == ["CUSTOMER", "SUPPLIER"]
        assert (now.accounts.count(), now.identifiers.count()) == (1, 1)
        assert OfferDraft.objects.get().party_id == kept.pk
        assert [each.gone for each in merges_of(now)] == [gone]
        assert public.listed() == [(kept.pk, "Alder & Soehne, Hamburg")]
        assert public.card(gone.pk).email == "einkauf@alder.example"
        assert public.card(gone.pk).id == gone.pk
        assert {entry.verb for entry in history_of(gone.pk)} >= {"parties.merged_away"}

        merging.part(made.pk, at=LATER, actor=house.actor)
        assert history_of(kept.pk)[0].verb == "parties.parted"
        assert merges_of(now) == []
        assert not now.emails.exists()
    assert state(house) == before


def test_a_country_alone_is_no_address(house):
    """What one record lacks is taken from the other without a question: street and town, not the country of both."""
    kept, gone = make_party(house, street="", postcode="", city=""), make_party(house)
    with as_tenant(house.tenant.pk):
        assert list(differing(kept, gone)) == []
        merge(house, kept, gone)
        assert Party.objects.values_list("street", "city").get(pk=kept.pk) == ("Hafenweg 9", "Hamburg")
        back = merge(house, gone=kept, kept=make_party(house))
        assert back.before == back.taken == "{}"


def test_a_merge_is_undone_once(house):
    kept, gone = pair(house)
    with as_tenant(house.tenant.pk):
        made = merge(house, kept, gone)
        merging.part(made.pk, at=LATER, actor=house.actor)
        with pytest.raises(merging.MergeRefusedError, match="undone already"):
            merging.part(made.pk, at=LATER, actor=house.actor)


def test_what_was_changed_since_is_not_undone(house):
    kept, gone = pair(house)
    with as_tenant(house.tenant.pk):
        made = merge(house, kept, gone, "name")
        parties.change_party(kept.pk, name="Alder SE", at=AT, actor=house.actor)
        with pytest.raises(merging.MergeRefusedError, match="“Alder SE” was changed after the merge"):
            merging.part(made.pk, at=LATER, actor=house.actor)


def test_merges_are_undone_from_the_last_one_back(house):
    kept, gone = pair(house)
    third = make_party(house, name="Alder dritte", email="")
    with as_tenant(house.tenant.pk):
        first = merge(house, kept, gone)
        second = merge(house, third, kept, "email")
        assert Party.objects.get(pk=gone.pk).merged_into_id == third.pk
        with pytest.raises(merging.MergeRefusedError, match="was merged itself since"):
            merging.part(first.pk, at=LATER, actor=house.actor)
        merging.part(second.pk, at=LATER, actor=house.actor)
        merging.part(first.pk, at=LATER, actor=house.actor)
        assert set(Party.objects.values_list("merged_into", flat=True)) == {None}


def test_the_tenant_of_the_record_that_goes_is_kept_and_two_tenants_stay_two(house):
    kept, gone, third = make_party(house), make_party(house), make_party(house)
    one, other = make_tenant("Birke"), make_tenant("Kiefer")
    with as_tenant(house.tenant.pk):
        parties.settle_in(gone.pk, one, at=AT, actor=house.actor)
        parties.settle_in(third.pk, other, at=AT, actor=house.actor)
        merge(house, kept, gone)
        assert Party.objects.get(pk=kept.pk).own_tenant_id == one.pk
        with pytest.raises(merging.MergeRefusedError, match="own account"):
            merge(house, kept, third)


def test_a_person_is_no_company_and_nobody_is_merged_with_themselves(house):
    kept = make_party(house)
    with as_tenant(house.tenant.pk):
        eva = public.add_person(name="Eva Alder", at=AT, actor=house.actor)
        with pytest.raises(merging.MergeRefusedError, match="A person and a company"):
            merging.merge(kept.pk, eva.id, at=AT, actor=house.actor)
        with pytest.raises(merging.MergeRefusedError, match="one and the same record"):
            merging.merge(kept.pk, kept.pk, at=AT, actor=house.actor)
        with pytest.raises(Party.DoesNotExist):
            merging.merge(kept.pk, uuid.uuid4(), at=AT, actor=house.actor)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Party.DoesNotExist):
        merging.merge(kept.pk, eva.id, at=AT, actor=house.actor)


def test_pairs_are_proposed_with_reasons_until_somebody_says_they_are_two(house, django_assert_num_queries):
    kept, gone = pair(house)
    make_party(house, name="Birke AG", email="x@y.example", city="Kiel", vat_id="")
    with as_tenant(house.tenant.pk):
        with django_assert_num_queries(5):
            (found,) = doubles()
        assert {found.one.pk, found.other.pk} == {kept.pk, gone.pk}
        assert [why.en for why in found.likeness.reasons] == ["Same name and same town"]
        (same,) = perhaps(with_belongings(Party.objects.filter(pk=kept.pk)).get())
        assert (same.person.id, same.likeness) == (gone.pk, found.likeness)
        assert [key for key, *_ in differing(kept, gone)] == ["name", "email"]
        for order in ((kept, gone), (gone, kept)):
            merging.call_distinct(*(row.pk for row in order), at=AT, actor=house.actor)
        assert doubles() == perhaps(with_belongings(Party.objects.filter(pk=kept.pk)).get()) == []
        assert [entry.verb for entry in history_of(min(kept.pk, gone.pk))].count("parties.called_distinct") == 1


def test_every_column_that_points_to_a_party_and_may_change_follows():
    pointing = {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and not model.row_rules.append_only
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Party
    }
    follows = {each.key for each in references()}
    assert pointing - follows == set(KEEPS)
    of_any_kind = {
        f"{model._meta.label}.{column}"
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and not model.row_rules.append_only
        for kind, column in (("kind", "record"), ("about_kind", "about"))
        if {kind, column} <= {field.name for field in model._meta.get_fields()}
    }
    assert of_any_kind == {each.key for each in references() if each.where}
    labels = {model._meta.label for model in apps.get_models()}
    assert {each.model for each in references()} <= labels
