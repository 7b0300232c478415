"""Who may act for a customer: the people its contract's register of contacts names, as far as papers prove it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import Contract, RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.registers import facts_from_json, proved_facts
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.authority import contact_clauses, speaks_alone
from kontor.rulebook.registers import REGISTERS, acts, evidenced

CONTACTS: Final = "contacts"


def contract_day(contract: Contract, at: datetime) -> date:
    """Return the day of a moment in the contract's zone."""
    return at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()


def may_declare(contract: Contract, email: str, *, on: date) -> bool:
    """Tell whether somebody may make declarations for the customer on a day; everybody where the terms name nobody."""
    return not contact_clauses(pack_of_terms(contract.terms)) or email.casefold() in acting(contract, "declares", on=on)


def acting(contract: Contract, right: Literal["declares", "orders"], *, on: date) -> frozenset[str]:
    """
    Return the addresses, folded, of those who may act so on a day, as the contract's provider or its customer.

    While no paper names a contact of the contract, who signed it may; where the terms know one single contact, whoever
    was named last takes the place of those before. Two queries.
    """
    known = [facts for facts in _in_force(contract, on) if facts is not None]
    if not known:
        return frozenset({str(contract.signature["email"]).casefold()})
    those = [facts for facts in known if acts(facts, right, on)]
    if right == "declares" and speaks_alone(
        pack_of_terms(contract.terms)
    ):  # of entries of one day the later one counts
        those = sorted(those, key=lambda facts: facts["notified_on"])[-1:]
    return frozenset(str(facts["email"]).casefold() for facts in those)


def _in_force(contract: Contract, on: date) -> Iterator[Mapping[str, Any] | None]:
    own = contract.tenant_id == current_tenant()
    entries = RegisterEntry.objects if own else RegisterEntry.received
    versions = RegisterFacts.objects if own else RegisterFacts.received
    rows = entries.filter(contract_id=contract.pk, register=CONTACTS).order_by("pk")
    for entry in rows.prefetch_related(Prefetch("facts", versions.order_by("-number"))):
        facts = list(entry.facts.all())
        yield evidenced(
            (
                (facts_from_json(REGISTERS[CONTACTS], contract, facts[place].content), proved_facts(facts[place:]))
                for place in range(len(facts))
            ),
            on,
        )
