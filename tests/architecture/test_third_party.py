"""Every package that is shipped stands in the list, with its version and licence; a build with another one fails."""

import json
from pathlib import Path

import pytest
from django.urls import reverse

from tests.people import visitor
from tools import third_party


@pytest.mark.requirement("FW-014")
def test_the_list_is_what_the_lock_files_say():
    assert json.loads(third_party.LIST.read_text(encoding="utf-8")) == third_party.listed()
    assert third_party.main(["--check"]) == 0


@pytest.mark.requirement("FW-014")
def test_a_package_without_a_licence_stops_the_build(monkeypatch, capsys):
    monkeypatch.setattr(third_party, "CHOSEN", {})
    assert third_party.main(["--check"]) == 1
    said = "No licence is known of: saxonche. Look it up and add it to CHOSEN.\n"
    assert capsys.readouterr().err == said


def test_a_list_that_is_behind_stops_the_build(monkeypatch, capsys, tmp_path: Path):
    behind = tmp_path / "third_party.json"
    behind.write_text("[]\n", encoding="utf-8")
    monkeypatch.setattr(third_party, "LIST", behind)
    assert third_party.main(["--check"]) == 1
    assert capsys.readouterr().err == "The lock files have changed. Run: just third-party\n"
    assert third_party.main([]) == 0
    assert json.loads(behind.read_text(encoding="utf-8")) == third_party.listed()


def test_of_two_licences_one_is_chosen():
    found = {each["name"]: each["licence"] for each in third_party.listed()}
    assert found["text-unidecode"] == "Artistic-1.0-Perl"


@pytest.mark.django_db
@pytest.mark.requirement("FW-014")
def test_anybody_can_read_the_list():
    page = visitor().get(reverse("kernel:third-party"))
    assert page.status_code == 200
    assert page.context["packages"] == third_party.listed()
