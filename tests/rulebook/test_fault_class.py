"""Which class a report falls under, by each contract's own questions."""

import pytest

from kontor.rulebook import terms
from kontor.rulebook.fault_class import NO_CLASS, NO_FAULT, Effect, FaultAnswers, classify


def found(pack: str, effect: Effect, *, workaround: bool = False, reproducible: bool | None = None) -> str:
    return classify(terms.load(pack), FaultAnswers(effect, workaround, reproducible)).value


@pytest.mark.requirement("AP-060")
def test_leisure_s_faults_are_reproducible_and_blocking_only_without_a_way_round() -> None:
    assert found("leisure", Effect.PREVENTED, reproducible=True) == "blocking"
    assert found("leisure", Effect.PREVENTED, workaround=True, reproducible=True) == "semi_blocking"
    assert found("leisure", Effect.MINOR) == "non_blocking"
    assert found("leisure", Effect.PREVENTED, reproducible=False) == NO_FAULT


@pytest.mark.parametrize(
    ("pack", "effect", "workaround", "key"),
    [
        ("visitor", Effect.PREVENTED, False, "class_1"),
        ("visitor", Effect.PREVENTED, True, "class_2"),
        ("visitor", Effect.IMPAIRED, False, "class_2"),
        ("visitor", Effect.MINOR, False, "class_3"),
        ("visitor", Effect.QUESTION, False, NO_CLASS),
        ("dealership", Effect.PREVENTED, False, "service_failure"),
        ("dealership", Effect.IMPAIRED, False, "request"),
        ("dealership", Effect.QUESTION, False, "request"),
        ("crm", Effect.PREVENTED, False, NO_CLASS),
    ],
)
def test_each_contract_classes_what_it_knows(pack: str, effect: Effect, workaround: bool, key: str) -> None:
    assert found(pack, effect, workaround=workaround) == key


def test_visitor_does_not_ask_whether_a_fault_can_be_reproduced() -> None:
    assert found("visitor", Effect.IMPAIRED, reproducible=False) == "class_2"
    assert found("leisure", Effect.QUESTION, reproducible=False) == NO_CLASS


def test_the_ruling_says_what_was_answered_and_where_it_stands() -> None:
    ruling = classify(terms.load("leisure"), FaultAnswers(Effect.PREVENTED, workaround=True, reproducible=True))
    assert [str(clause) for clause in ruling.clauses] == ["Anhang 1, 1.3 (ii)"]
    assert ruling.inputs == (("effect", "prevented"), ("workaround", "yes"), ("reproducible", "yes"))
    assert [step.en for step in ruling.working] == [
        "Main functions cannot be used.",
        "There is a way round: use is restricted.",
        "Semi-blocking: Use restricted but not blocked.",
    ]
