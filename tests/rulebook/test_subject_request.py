"""Requests on one's own data: who may answer, and what somebody seems to ask for."""

import pytest

from kontor.rulebook.subject_request import GROUNDS, kind_of, may_answer


@pytest.mark.parametrize(
    ("processor", "authorised", "may", "clause"),
    [
        (False, False, True, "GDPR Art. 12 (3)"),
        (True, False, False, "GDPR Art. 28 (3) e"),
        (True, True, True, "GDPR Art. 28 (3) e"),
    ],
)
def test_a_processor_answers_only_with_its_controllers_word(processor, authorised, may, clause):
    ruling = may_answer(processor=processor, authorised=authorised)
    assert (ruling.value, str(ruling.clauses[0]), len(ruling.working)) == (may, clause, 1)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Ich widerspreche der Telemetrie. Bitte löschen.", "objection"),
        ("Please delete my account", "erasure"),
        ("Bitte berichtigen Sie meinen Namen", "rectification"),
        ("Bitte sperren Sie meine Daten", "restriction"),
        ("I want to transfer my data", "portability"),
        ("Was wissen Sie über mich?", "access"),
    ],
)
def test_what_somebody_asks_is_read_from_their_words_and_access_where_nothing_says(words, kind):
    assert kind_of(words) == kind


def test_every_ground_of_a_refusal_has_its_clause():
    assert {str(clause)[:9] for _, clause in GROUNDS.values()} == {"GDPR Art.", "8"}  # the last is of bookkeeping
