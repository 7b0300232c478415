"""What holds for every pack: locked, cited, told in our own words in both languages, true to the requirements."""

import re
from pathlib import Path

import pytest
import yaml

from kontor.rulebook import terms
from kontor.rulebook.terms import lock
from kontor.rulebook.terms.pack import Source
from kontor.rulebook.trace import Row, rows_without_value, unknown_rows, values_without_row

ROOT = Path(__file__).parents[2]
KEYS = terms.keys()
PACKS = [terms.load(key) for key in KEYS]
LAWS = [terms.law(country) for country in ("de", "fr")]
ROWS = [Row.read(entry) for entry in yaml.safe_load((ROOT / "docs/requirements.yaml").read_text(encoding="utf-8"))]


def each(sources):
    return pytest.mark.parametrize("pack", sources, ids=[source.key for source in sources])


def test_a_version_in_force_is_never_edited():
    assert lock.changed() == (), "write a new version as a new file, then run tools/lock_packs.py"


def test_every_version_is_locked():
    assert lock.unlocked() == (), "run tools/lock_packs.py"


@each([*PACKS, *LAWS])
def test_every_clause_of_the_table_is_cited(pack: Source):
    """
    The notice's part on old browsers gives no value; it is told for completeness.

    The German law's order of set-off and its correction of VAT are rules without a value; decisions name them.
    """
    told = {"bookkeeping": {"13 Kompatibilität"}, "law-de": {"BGB § 367 (1)", "BGB § 367 (2)", "UStG § 17 (2)"}}
    cited = {clause.number for _, clause in pack.citations()}
    assert set(pack.clauses) - cited == told.get(pack.key, set())


@each([*PACKS, *LAWS])
def test_every_clause_is_told_in_both_languages(pack: Source):
    for entry in pack.clauses.values():
        assert all(part.endswith(".") for part in entry.sentence)
        assert not any(part.endswith(".") for part in entry.heading)
        assert "!" not in "".join((*entry.sentence, *entry.heading))


@each(PACKS)
def test_no_provider_is_named(pack: Source):
    text = terms.path(pack.key, pack.version).read_text(encoding="utf-8")
    names = r"salesmate|superoffice|friendlyway|\bSaM\b|sevdesk|apex|splashtop|dehaardt|ionos"
    assert re.findall(names, text, re.IGNORECASE) == []


def test_every_row_a_pack_names_exists_and_is_its_own():
    assert unknown_rows(ROWS, PACKS) == ()


def test_every_number_in_a_requirement_stands_in_a_pack():
    assert rows_without_value(ROWS, PACKS) == ()


def test_only_what_the_catalogue_does_not_know_stands_without_a_row():
    """What the offer must say, how an order is concluded, and the right to use others have no row of their own."""
    stated = [
        (pack, key)
        for pack, key in values_without_row(PACKS)
        if not isinstance(terms.load(pack).value(key), terms.ToBeAgreed)
    ]
    assert stated == [("bookkeeping", "formation.formed_by"), ("visitor", "transfer.subcontracting")]
