"""Consent to mail: asked, confirmed, taken back, taken up again; an earlier text and a bare hash count too."""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.rulebook.consent import Kind, State, Step, form_lacks, may_write, reactivation_refused, standing
from kontor.rulebook.ruling import Clause, Text

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
ASK, YES, NO, AGAIN = Kind.ASKED, Kind.CONFIRMED, Kind.WITHDRAWN, Kind.REACTIVATED


def steps(*kinds: Kind | tuple[Kind, int]) -> list[Step]:
    """Give each kind its own hour, and edition 1 where none is said; taking up again comes with a paper."""
    told = [(each, 1) if isinstance(each, Kind) else each for each in kinds]
    return [
        Step(kind, edition, AT + timedelta(hours=hour), written=kind is AGAIN)
        for hour, (kind, edition) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("happened", "edition", "state"),
    [
        ((), 1, State.NONE),
        ((ASK,), 1, State.PENDING),
        ((YES,), 1, State.NONE),  # a link that nobody was sent
        ((ASK, YES), 1, State.GIVEN),
        ((ASK, YES, ASK), 1, State.GIVEN),  # asked twice, agreed once
        ((ASK, YES), 2, State.OUTDATED),
        ((ASK, YES, (ASK, 2)), 2, State.PENDING),
        ((ASK, YES, (ASK, 2), (YES, 2)), 2, State.GIVEN),
        (((ASK, 2), YES), 2, State.PENDING),  # the earlier text's link
        ((ASK, YES, NO), 1, State.WITHDRAWN),
        ((ASK, YES, NO, YES), 1, State.WITHDRAWN),  # the old link once more
        ((ASK, YES, NO, ASK), 1, State.PENDING),
        ((ASK, YES, NO, AGAIN), 1, State.GIVEN),
        ((ASK, AGAIN), 1, State.PENDING),
        ((ASK, YES, NO, AGAIN, NO), 1, State.WITHDRAWN),
    ],
)
def test_where_a_consent_stands(happened, edition, state):
    found = standing(reversed(steps(*happened)), edition=edition, clauses=[Clause("leisure", "Anhang 2, Regel 5")])
    assert (found.value, found.clauses[0].number, found.inputs) == (
        state, "Anhang 2, Regel 5", (("edition", str(edition)),)
    )  # fmt: skip
    assert may_write(found, "newsletter", without_consent={"transactional"}).value is (state is State.GIVEN)


def test_taking_up_without_a_paper_is_nothing():
    assert standing([*steps(ASK, YES, NO), Step(AGAIN, 1, AT + timedelta(days=1))], edition=1).value is State.WITHDRAWN


@pytest.mark.parametrize(
    ("happened", "hours", "state"),
    [
        ((), 0, State.WITHDRAWN),  # erased: only the hash is left
        ((ASK,), 9, State.PENDING),
        ((ASK, YES), 9, State.WITHDRAWN),
        ((ASK, YES), 0, State.GIVEN),  # the person agreed anew after it
        ((ASK, YES, NO), 9, State.WITHDRAWN),
    ],
)
def test_a_hash_holds_although_the_person_was_erased(happened, hours, state):
    assert standing(steps(*happened), edition=1, suppressed_at=AT + timedelta(hours=hours)).value is state


def test_transactional_mail_needs_no_consent():
    found = may_write(standing((), edition=1), "transactional", without_consent={"transactional"})
    assert (found.value, found.working[0].en) == (True, "Transactional messages need none.")


def test_a_form_has_words_and_no_box_ticked_beforehand():
    said = Text("Neues", "News")
    assert form_lacks(says=said, ticked=False) == []
    assert [each.en for each in form_lacks(says=said, ticked=True)] == ["A box is not ticked beforehand."]
    assert [each.en for each in form_lacks(says=Text("Neues", " "), ticked=False)] == [
        "The text says clearly what it is about."
    ]


def test_only_who_left_is_taken_up_again_and_only_at_a_written_request():
    assert reactivation_refused(State.WITHDRAWN, written=True) is None
    unwritten, here = (reactivation_refused(s, written=s is State.GIVEN) for s in (State.WITHDRAWN, State.GIVEN))
    assert unwritten is not None
    assert here is not None
    assert (unwritten.en, here.en) == (
        "Who took it back returns at one's own written request only.", "Nothing was taken back here.",
    )  # fmt: skip
