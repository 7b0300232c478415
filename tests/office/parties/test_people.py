"""People among the parties: a name is enough, addresses are shared, roles last, numbers are found and not read."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties import public
from kontor.office.parties.actions import people
from kontor.office.parties.models import Identifier, Party, PartyEmail, PartyRole
from kontor.office.parties.queries.people import identifier_fingerprint
from tests.factories import AT, House, make_house, make_party
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


@pytest.fixture
def house() -> House:
    return make_house()


def add(house: House, name: str, **given: object) -> public.PersonCard:
    return public.add_person(name=name, at=AT, actor=house.actor, **given)


def test_a_name_is_enough_for_a_person(house):
    with as_tenant(house.tenant.pk):
        made = add(house, "  Eva   Alder ", roles=["VISITOR"], company="Alder Reisen", phone="040 1")
        assert public.person(made.id) == made
        (given, added) = history_of(made.id)
    assert (made.name, made.company, made.employer, made.email, made.emails) == (
        "Eva Alder", "Alder Reisen", None, "", ()
    )  # fmt: skip
    assert (made.phone, made.language, made.roles) == ("040 1", "de", {"VISITOR"})
    assert {added.verb, given.verb} == {"parties.party_added", "parties.role_given"}


def test_nobody_is_written_down_without_a_name(house):
    with as_tenant(house.tenant.pk), pytest.raises(people.NamelessError) as refused:
        add(house, "  ")
    assert refused.value.text.en == "The name is missing."


def test_the_only_organisation_of_the_name_becomes_the_employer(house):
    party = make_party(house)
    with as_tenant(house.tenant.pk):
        assert add(house, "Eva", company="alder & söhne gmbh").employer == party.pk
    make_party(house)
    with as_tenant(house.tenant.pk):
        made = add(house, "Ute", company="Alder & Söhne GmbH")
    assert (made.employer, made.company) == (None, "Alder & Söhne GmbH")


def test_two_people_share_an_address_and_one_has_two(house):
    with as_tenant(house.tenant.pk):
        eva, uwe = (add(house, name, email="office@alder.example") for name in ("Eva Alder", "Uwe Brandt"))
        people.add_email(eva.id, "Eva@home.example", at=AT, actor=house.actor)
        people.add_email(eva.id, "eva@HOME.example", at=AT, actor=house.actor)
        people.add_email(eva.id, "Office@alder.example", at=AT, actor=house.actor)
        assert public.person(eva.id).emails == ("office@alder.example", "Eva@home.example")
        assert public.parties_by_email("OFFICE@alder.example") == [eva.id, uwe.id]
        assert public.parties_by_email("eva@home.example") == [eva.id]
        people.remove_email(PartyEmail.objects.get().pk, at=AT, actor=house.actor)
        assert public.person(eva.id).emails == ("office@alder.example",)


def test_a_role_lasts_until_it_ends_and_may_come_again(house):
    with as_tenant(house.tenant.pk):
        eva = add(house, "Eva Alder")
        first = people.give_role(eva.id, "HOST", since=DAY, at=AT, actor=house.actor)
        assert people.give_role(eva.id, "HOST", since=DAY, at=AT, actor=house.actor) == first
        public.give_role(eva.id, "VISITOR", since=DAY, at=AT, actor=house.actor)
        people.end_role(eva.id, "HOST", until=DAY - timedelta(days=1), at=AT, actor=house.actor)
        assert public.person(eva.id).roles == {"VISITOR"}
        public.give_role(eva.id, "HOST", since=DAY, at=AT, actor=house.actor)
        kept = list(PartyRole.objects.filter(role="HOST").order_by("pk").values_list("since", "until"))
    assert kept == [(DAY, DAY), (DAY, None)]


def test_people_are_found_by_the_beginnings_of_words_and_their_role(house):
    with as_tenant(house.tenant.pk):
        eva = add(house, "Eva Alder", company="Birke AG", roles=["HOST"])
        uwe = add(house, "Uwe Alder", email="uwe@birke.example")
        assert [each.id for each in public.people_found("ald")] == [eva.id, uwe.id]
        assert [each.id for each in public.people_found("ald eva")] == [eva.id]
        assert [each.id for each in public.people_found("birke")] == [eva.id]
        assert [each.id for each in public.people_found("uwe@birke")] == [uwe.id]
        assert [each.id for each in public.people_found("alder", role="HOST")] == [eva.id]
        assert [each.id for each in public.people_found("alder", limit=1)] == [eva.id]
        assert public.people_found("a") == []


def test_who_is_likely_the_same_is_said_with_its_reason(house):
    with as_tenant(house.tenant.pk):
        eva = add(house, "Eva Müller", email="office@alder.example", company="Alder GmbH")
        uwe = add(house, "Uwe Brandt", email="office@alder.example")
        add(house, "Ida Lind")
        found = public.likely_same("Mueller, Eva", email="Office@alder.example", company="Alder")
        told = [(each.person.id, each.likeness.strength, [why.en for why in each.likeness.reasons]) for each in found]
    assert told == [
        (eva.id, 3, ["Same name and same e-mail: office@alder.example", "Same name and same company"]),
        (uwe.id, 1, ["Same e-mail under another name, perhaps a shared address: office@alder.example"]),
    ]


def test_a_number_is_found_by_its_digest_and_lies_encrypted(house):
    with as_tenant(house.tenant.pk):
        eva = add(house, "Eva Alder")
        made = people.add_identifier(eva.id, "PASSPORT", "C01X 00T47", at=AT, actor=house.actor)
        assert people.add_identifier(eva.id, "PASSPORT", "c01x00t47", at=AT, actor=house.actor) == made
        assert Identifier.objects.get(fingerprint=identifier_fingerprint("PASSPORT", "C01X00T47")).value == "C01X 00T47"
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM parties_identifier")
            ((box,),) = cursor.fetchall()
        assert b"C01X" not in bytes(box)
        with pytest.raises(people.UnreadableNumberError):
            people.add_identifier(eva.id, "PASSPORT", " - ", at=AT, actor=house.actor)
        people.remove_identifier(made.pk, at=AT, actor=house.actor)
        assert not Identifier.objects.exists()
        assert all("C01X" not in str(entry.after) for entry in history_of(eva.id))


def test_another_tenants_people_are_nobodys(house):
    with as_tenant(house.tenant.pk):
        eva = add(house, "Eva Alder", email="eva@alder.example")
    other = make_tenant("Birke")
    with as_tenant(other.pk):
        assert public.people_found("alder") == public.likely_same("Eva Alder", email="eva@alder.example") == []
        assert public.parties_by_email("eva@alder.example") == []
        for ask in (
            lambda: public.person(eva.id),
            lambda: people.give_role(eva.id, "HOST", since=DAY, at=AT, actor=house.actor),
            lambda: people.end_role(eva.id, "HOST", until=DAY, at=AT, actor=house.actor),
            lambda: people.add_email(eva.id, "x@y.example", at=AT, actor=house.actor),
            lambda: people.add_identifier(eva.id, "OTHER", "1", at=AT, actor=house.actor),
        ):
            with pytest.raises(ObjectDoesNotExist):
                ask()
    with as_tenant(house.tenant.pk):
        assert Party.objects.get().email == "eva@alder.example"
