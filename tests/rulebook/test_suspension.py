"""What stays due while services are suspended, by each pack's own clause."""

import pytest

from kontor.rulebook import terms
from kontor.rulebook.suspension import DueMeanwhile, due_while_suspended


@pytest.mark.parametrize(
    ("key", "meanwhile", "clauses"),
    [
        ("crm", DueMeanwhile(fees=True, use=False), ["§13", "§3"]),  # §3: the whole running period is paid
        ("leisure", DueMeanwhile(fees=True, use=False), ["Art. 11"]),  # 21.2 on early ends is another matter
        ("visitor", DueMeanwhile(fees=True, use=True), []),  # 4.1.6 does not list late payment
        ("dealership", DueMeanwhile(fees=True, use=True), []),
        ("bookkeeping", DueMeanwhile(fees=True, use=True), []),
    ],
)
def test_what_stays_due_by_pack(key, meanwhile, clauses):
    found = due_while_suspended(terms.load(key))
    assert (found.value, [clause.number for clause in found.clauses]) == (meanwhile, clauses)
    assert ("no use is charged" in found.working[-1].en) is not meanwhile.use


def test_a_text_without_endings_for_cause_leaves_the_fees_alone():
    bare = terms.load("crm").model_copy(update={"termination": None})
    assert [clause.number for clause in due_while_suspended(bare).clauses] == ["§13"]
