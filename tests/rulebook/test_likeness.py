"""When two records speak for one person or company, and the reason that is told."""

import pytest

from kontor.rulebook.likeness import Described, likeness


def told(one: Described, other: Described) -> tuple[int, list[str]] | None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    return found and (found.strength, [why.en for why in found.reasons])


EVA = Described(name="Eva Alder", company="Birke AG", emails=frozenset({"office@birke.example"}))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Described(name="Uwe Brandt"), None),
        (Described(name="Eva Alder", is_person=False), None),
        (Described(name="Eva Alder"), (1, ["Same name, the company is not known of both"])),
        (Described(name="Eva Alder", company="Kiefer KG"), None),
        (Described(name="Alder, Eva", company="BIRKE"), (2, ["Same name and same company"])),
        (
            Described(name="Uwe Brandt", emails=EVA.emails),
            (1, ["Same e-mail under another name, perhaps a shared address: office@birke.example"]),
        ),
        (
            Described(name="Eva Alder", company="Kiefer KG", emails=EVA.emails),
            (3, ["Same name and same e-mail: office@birke.example"]),
        ),
    ],
)
def test_people_are_alike_by_name_with_company_or_address(other, expected):
    assert told(EVA, other) == expected


def test_a_number_speaks_for_itself():
    one = Described(name="Alder", identifiers=frozenset({b"1", b"2"}))
    assert told(one, Described(name="Brandt", identifiers=frozenset({b"2"}))) == (3, ["Same number"])


def test_companies_are_alike_by_name_and_town():
    one = Described(name="Alder & Söhne GmbH", is_person=False, town="Hamburg")
    assert told(one, Described(name="Alder Soehne", is_person=False, town="Hamburg")) == (
        2, ["Same name and same town"]
    )  # fmt: skip
    assert told(one, Described(name="Alder & Söhne", is_person=False, town="Bremen")) is None
    assert told(one, Described(name="Alder & Söhne", is_person=False)) == (
        1, ["Same name, the town is not known of both"]
    )  # fmt: skip
