"""A customer's own terms, and the confirmation that says which terms apply."""

import pytest

from kontor.rulebook.customer_terms import UnnamedTermsError, excluded, names_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text

ONE_ONE, ONE_FOUR = Clause("visitor", "1.1"), Clause("visitor", "1.4")
MARKS = ("Besucherplattform", "2026-01")


def test_the_customers_terms_have_no_effect_even_where_nobody_objects() -> None:
    """1.4: the provider's terms apply alone; others find no application, even without objection."""
    ruling = excluded(True, clauses=(ONE_FOUR,))
    assert (ruling.value, ruling.clauses) == (True, (ONE_FOUR,))
    assert ruling.working[0].en == (
        "The provider's terms alone apply; the customer's have no effect, even where nobody objects to them."
    )


def test_where_the_terms_are_silent_nothing_is_excluded() -> None:
    with pytest.raises(RefusalError, match="is to be agreed"):
        excluded(False, clauses=())


def test_a_confirmation_names_the_terms_by_title_and_edition() -> None:
    """1.1: the confirmation says again that the terms apply."""
    ruling = names_terms("Es gelten die Bedingungen\nbesucherplattform, Ausgabe 2026-01.", MARKS, clauses=(ONE_ONE,))
    assert (ruling.value, ruling.clauses) == (True, (ONE_ONE,))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Vielen Dank.", "Besucherplattform, 2026-01"),
        ("Es gelten die Bedingungen Besucherplattform.", "2026-01"),
        ("", "Besucherplattform, 2026-01"),
    ],
)
def test_one_that_does_not_is_refused_and_told_what_is_missing(text: str, missing: str) -> None:
    with pytest.raises(UnnamedTermsError) as refused:
        names_terms(text, MARKS, clauses=(ONE_ONE,))
    assert refused.value.text == Text(
        f"Die Auftragsbestätigung weist nicht auf die Geltung der Bedingungen hin; es fehlt: {missing}.",
        f"The order confirmation does not say that the terms apply; this is missing: {missing}.",
    )
