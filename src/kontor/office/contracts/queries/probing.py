"""How many identical reads the house lets pass, and what it suspects."""

from collections.abc import Sequence

from kontor.office.contracts.models import BenchmarkSuspicion, ProbeRule


def current_rule() -> ProbeRule | None:
    """Return the rule that holds, None where the house has set none: then nothing is counted."""
    return ProbeRule.objects.order_by("-number").first()


def open_suspicions() -> Sequence[BenchmarkSuspicion]:
    """Return what is to be decided, the next deadline first; one query."""
    return list(
        BenchmarkSuspicion.objects.filter(closed_at=None).select_related("contract").order_by("decide_by", "pk")
    )
