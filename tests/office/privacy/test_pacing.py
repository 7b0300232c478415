"""Long work rests, so that whoever asks for a page meanwhile comes first."""

import pytest

from kontor.office.privacy.queries import pacing


class Clock:
    """A clock that goes on by what is worked and slept."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def test_work_rests_as_long_as_it_took_but_not_for_less_than_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.5 s of work, 0.5 s of rest; 0.015 s is less than a slice and counts with the next 0.015 s; a share of two."""
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    pause = pacing.resting()
    for worked in (0.5, 0.015, 0.015):
        clock.now += worked
        pause()
    assert clock.slept == [0.5, 0.03]
    twice = pacing.resting(2)
    clock.now += 0.25
    twice()
    assert clock.slept[-1] == 0.5
