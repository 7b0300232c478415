"""The registers a contract keeps beside its money and its term: those that its pack regulates."""

from typing import Final

from kontor.rulebook.registers.conduct import (
    CONTACTS,
    DISCLOSURES,
    INFRINGEMENTS,
    REFERENCES,
    acts,
    evidenced,
    secrecy,
    secrecy_clauses,
)
from kontor.rulebook.registers.handing_on import DISPUTES, ESCROW, SITES, SUBCONTRACTING, TRANSFER
from kontor.rulebook.registers.performance import ACCEPTANCE, DELAY, WARRANTY, moved_milestone
from kontor.rulebook.registers.risk import HIRING, INSURANCE, LIABILITY, frame_of
from kontor.rulebook.registers.shape import Circumstances, Deadline, Field, Kind, Register, Standing
from kontor.rulebook.terms import TermsPack

__all__ = [
    "REGISTERS",
    "Circumstances",
    "Deadline",
    "Field",
    "Kind",
    "Register",
    "Standing",
    "acts",
    "evidenced",
    "frame_of",
    "moved_milestone",
    "registers_of",
    "secrecy",
    "secrecy_clauses",
]

REGISTERS: Final = {
    register.key: register
    for register in (
        CONTACTS,
        ACCEPTANCE,
        DELAY,
        WARRANTY,
        LIABILITY,
        INSURANCE,
        INFRINGEMENTS,
        DISCLOSURES,
        REFERENCES,
        TRANSFER,
        SUBCONTRACTING,
        SITES,
        HIRING,
        ESCROW,
        DISPUTES,
    )
}


def registers_of(pack: TermsPack) -> tuple[Register, ...]:
    """
    Return the registers that a pack regulates, in the order in which pages show them.

    >>> from kontor.rulebook.terms import load
    >>> [register.key for register in registers_of(load("crm"))]
    ['contacts', 'liability', 'infringements', 'disclosures', 'transfer', 'subcontracting', 'disputes']
    """
    return tuple(register for register in REGISTERS.values() if register.clauses(pack))
