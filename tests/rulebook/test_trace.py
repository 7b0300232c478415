"""Tracing requirements to pack values."""

import pytest

from kontor.rulebook import terms
from kontor.rulebook.trace import Row, rows_without_value, unknown_rows, values_without_row

HEAD = """
key = "sample"
version = "2026-01"
title = { de = "Probe", en = "Sample" }
in_force_from = 2026-01-01
language = "de"
law = "de"
zone = "Europe/Berlin"
[roles]
provider = { de = "Anbieter", en = "Provider" }
customer = { de = "Kunde", en = "Customer" }
[clauses."1"]
heading = { de = "Eins", en = "One" }
sentence = { de = "Ein Satz.", en = "A sentence." }
"""
BODY = """
[notice]
period = { value = "3 months", clause = "1", rows = ["XX-001"] }
to = { value = "term_end", clause = "1" }
[prices.added_on_top]
clause = "1"
value = [{ key = "tax", de = "Steuer", en = "Tax", rows = ["XX-002"] }]
"""
PACK = terms.parse_terms(HEAD + BODY, file="sample-2026-01.toml")


@pytest.mark.parametrize(
    ("statement", "has_number"),
    [
        ("Availability 98 % per month.", True),
        ("at least four weeks before", True),
        ("The Twelve months", True),
        ("one working day before", True),
        ("one site only", True),
        ("all of them in one booking", False),
        ("not before the 7th day", True),
        ("by SAML 2.0 or OIDC", False),
        ("an agreement under Art. 28 GDPR", False),
        ("entrepreneurs (section 14 BGB)", False),
        ("interactive HTML5 screen flows", False),
        ("a written statement", False),
    ],
)
def test_a_number_is_a_quantity_and_no_name(statement, has_number):
    assert Row("XX-001", "sample", statement).has_number == has_number


def test_a_row_is_read_from_the_catalogue():
    written = {"id": "XX-001", "source": "sample", "statement": "Three months.", "clause": "1"}
    assert Row.read(written) == Row("XX-001", "sample", "Three months.")
    with pytest.raises(KeyError):
        Row.read({"id": "XX-001"})


def test_a_value_answers_by_itself_or_by_its_entries():
    assert values_without_row([PACK]) == (("sample", "notice.to"),)


def test_a_row_with_a_number_needs_a_value():
    rows = [
        Row("XX-001", "sample", "Three months."),
        Row("XX-002", "sample", "Two taxes."),
        Row("XX-003", "sample", "Four weeks."),
        Row("XX-004", "sample", "In writing."),
    ]
    assert rows_without_value(rows, [PACK]) == ("XX-003",)


def test_a_row_that_does_not_exist_or_belongs_elsewhere_is_told():
    rows = [Row("XX-001", "other", "Three months.")]
    assert unknown_rows(rows, [PACK]) == (
        ("sample", "notice.period", "XX-001"),
        ("sample", "prices.added_on_top.tax", "XX-002"),
    )
