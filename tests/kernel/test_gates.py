"""Gates before the pages: asked at every request, or once until something changes."""

from types import SimpleNamespace
from typing import Any

import pytest

from kontor.kernel import registry
from kontor.kernel.models import Tenant
from kontor.kernel.registry import Gate
from kontor.kernel.requests import shut_gate
from kontor.kernel.rows import uuid7
from kontor.kernel.standing import Entry, Standing
from tests.factories import AT

ALDER = Tenant(id=uuid7(), name="Alder")


class Asked:
    """A gate's question, and how often it was put."""

    def __init__(self, answers: list[bool]) -> None:
        self.answers = answers
        self.times = 0

    def __call__(self, request: Any) -> bool:  # noqa: ARG002  a gate's signature
        self.times += 1
        return self.answers.pop(0)


def request(session: dict[str, Any], stamp: str = "1.1", tenant: Tenant = ALDER, at: Any = AT) -> Any:
    standing = Standing(tenant, uuid7(), True, frozenset(), entry=Entry(stamp=stamp))
    return SimpleNamespace(session=session, standing=standing, at=at)


def gates(monkeypatch: pytest.MonkeyPatch, question: Asked, *, lasting: bool) -> Gate:
    gate = Gate(key="briefing", url_name="x", stands_before=question, lasting=lasting)
    monkeypatch.setattr(registry, "gates", lambda: [gate])
    return gate


def test_a_gate_is_asked_at_every_request(monkeypatch: pytest.MonkeyPatch):
    question, session = Asked([False, True]), {}
    gate = gates(monkeypatch, question, lasting=False)

    assert [shut_gate(request(session)), shut_gate(request(session))] == [None, gate]
    assert session == {}


def test_a_lasting_gate_is_asked_until_it_is_open_and_then_no_more(monkeypatch: pytest.MonkeyPatch):
    question, session = Asked([True, False]), {}
    gate = gates(monkeypatch, question, lasting=True)

    found = [shut_gate(request(session)) for _ in range(4)]

    assert (found, question.times) == ([gate, None, None, None], 2)


@pytest.mark.parametrize(
    "later",
    [{"stamp": "2.1"}, {"stamp": "1.2"}, {"tenant": Tenant(id=uuid7())}, {"at": AT.replace(year=AT.year + 1)}],
    ids=["policy", "membership", "tenant", "day"],
)
def test_a_lasting_gate_is_asked_again_when_something_changed(monkeypatch: pytest.MonkeyPatch, later: dict[str, Any]):
    question, session = Asked([False, True]), {}
    gate = gates(monkeypatch, question, lasting=True)

    assert [shut_gate(request(session)), shut_gate(request(session, **later))] == [None, gate]
