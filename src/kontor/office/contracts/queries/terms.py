"""The terms of one offer or contract, read from what was copied into it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.concluded import concluded


def pack_of_terms(terms: Mapping[str, Any]) -> TermsPack:
    """Return the pack as this offer or contract has it: its version, the readings chosen, the values agreed."""
    return concluded(terms["pack"], terms["version"], settings=terms["settings"], agreed=terms["agreed"])


def start_of(terms: Mapping[str, Any]) -> date | None:
    """Return the first day that the offer names, None where the pack counts it from something else."""
    named = terms["start_on"]
    return date.fromisoformat(named) if named else None
