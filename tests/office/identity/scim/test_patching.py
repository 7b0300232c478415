"""Filters held against a value, and patches in the ways that directories write them; no database."""

from typing import Any

import pytest

from kontor.office.identity.formats.scim_filter import ScimRefusedError, matches, parse_filter, parse_path
from kontor.office.identity.formats.scim_resources import USER, as_told, patched, read_user
from kontor.office.identity.formats.scim_schemas import shown

THING: dict[str, Any] = {
    "userName": "Anna", "active": True, "age": 30, "title": "", "name": {"familyName": "Alder"},
    "emails": [{"type": "work", "value": "a@x.example"}, {"type": "home", "value": "b@y.example", "primary": "True"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ('userName eq "anna"', True), ('userName ne "anna"', False), ('username co "NN"', True),
        ('userName sw "an"', True),
        ('userName ew "na"', True), ('userName gt "ann"', True), ('userName ge "anna"', True),
        ('userName lt "b"', True),
        ('userName le "anna"', True), ('userName lt "a"', False), ("age gt 29", True), ("age le 29", False),
        ('age gt "29"', False), ("age co 3", False), ("title pr", False), ("name pr", True), ("nothing pr", False),
        ('active eq "True"', True), ("active eq false", False), ('emails eq "b@y.example"', True),
        ('emails.type eq "home" and emails.value sw "b"', True), ('emails[type eq "work" and value sw "b"]', False),
        ('emails[type eq "home" and primary eq true]', True), ('userName[x eq "y"]', False),
        ('not (userName eq "anna") or name.familyName eq "alder"', True), ('userName.x eq "y"', False),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna"', True),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr", False),
    ],
)  # fmt: skip
def test_a_filter_fits_or_not(asked: str, fits: bool):
    assert matches(parse_filter(asked), THING) is fits


def test_a_path_names_an_attribute_a_part_and_a_condition():
    assert (parse_path("NAME.givenName").attribute, parse_path("NAME.givenName").part) == ("name", "givenname")
    for wrong in ("", "a.b.c", 'emails[type eq "x"]value', "emails[]"):
        with pytest.raises(ScimRefusedError):
            parse_path(wrong)


WORK, HOME = {"type": "work", "value": "a@x"}, {"type": "home", "value": "b@x", "primary": True}


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        ({"op": "add", "path": "emails", "value": [{"type": "other", "value": "c@x"}]},
         [WORK, HOME, {"type": "other", "value": "c@x"}]),
        ({"op": "add", "path": "emails", "value": {"value": "A@x", "primary": True}},
         [{"type": "home", "value": "b@x"}, {"value": "A@x", "primary": True}]),
        ({"op": "replace", "path": "emails", "value": []}, []),
        ({"op": "remove", "path": "emails"}, []),
        ({"op": "Remove", "path": "emails", "value": [{"value": "a@x"}]}, [HOME]),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, [HOME]),
        ({"op": "remove", "path": 'emails[type eq "none"]'}, [WORK, HOME]),
        ({"op": "remove", "path": 'emails[type eq "home"].primary'}, [WORK, {"type": "home", "value": "b@x"}]),
        ({"op": "remove", "path": 'emails[type eq "none"].value'}, [WORK, HOME]),
        ({"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": "z@x", "display": "Z"}},
         [{"type": "work", "value": "z@x"}, HOME]),
        ({"op": "replace", "path": 'emails[type eq "work"]', "value": []}, [WORK, HOME]),
        ({"op": "add", "path": 'emails[type eq "other" and primary eq false].value', "value": "o@x"},
         [WORK, HOME, {"type": "other", "primary": False, "value": "o@x"}]),
        ({"op": "add", "path": 'emails[type sw "oth"].value', "value": "o@x"}, [WORK, HOME, {"value": "o@x"}]),
        ({"op": "replace", "path": "emails.type", "value": "work"},
         [WORK, {"type": "work", "value": "b@x", "primary": True}]),
        ({"op": "replace", "path": "emails.display", "value": "x"}, [WORK, HOME]),
    ],
)  # fmt: skip
def test_one_of_several_values_is_changed(operation: dict[str, Any], after: list[dict[str, Any]]):
    before = {"emails": [dict(WORK), dict(HOME)]}
    assert patched(before, {"operations": [operation]}, USER)["emails"] == after
    assert before == {"emails": [WORK, HOME]}


def test_an_attribute_is_set_emptied_and_its_parts_kept():
    told = as_told(
        {"USERNAME": "anna", "name": {"givenName": "A", "x": 1}, "nickName": "An", "displayName": None}, USER
    )
    assert told == {"userName": "anna", "name": {"givenName": "A"}}
    changes = [
        {"op": "add", "path": "name", "value": {"familyName": "B"}},
        {"op": "replace", "path": "name.givenName", "value": None},
        {"op": "replace", "path": "displayName", "value": "C"}, {"op": "remove", "path": "displayName"},
        {"op": "remove", "path": "externalId"}, {"op": "add", "path": "emails.value", "value": "d@x"},
    ]  # fmt: skip
    after = patched(told, {"Operations": changes}, USER)
    assert after == {"userName": "anna", "name": {"familyName": "B"}, "emails": [{"value": "d@x"}]}
    assert read_user(after).display_name == "B"
    gone = patched(after, {"Operations": [{"op": "remove", "path": "name"}]}, USER)
    assert "name" not in gone
    assert read_user(gone | {"externalId": None}).external_id == ""


def test_the_address_that_counts_is_the_first_then_the_one_for_work():
    def email(*emails: Any) -> str:
        return read_user({"userName": "u@x.example", "emails": list(emails)}).email

    assert email(WORK, HOME) == "b@x"
    assert email({"value": "o@x"}, WORK) == "a@x"
    assert email({"value": "O@x"}) == "o@x"
    assert email() == "u@x.example"


def test_only_what_was_asked_for_is_told():
    thing = {"schemas": ["s"], "id": "1", "userName": "a", "name": {"givenName": "A", "familyName": "B"}}
    assert shown(thing, wanted="name.GIVENNAME,userName.x", unwanted="") == {
        "schemas": ["s"], "id": "1", "name": {"givenName": "A"}
    }  # fmt: skip
