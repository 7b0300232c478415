"""Which modules stay locked for a customer: before its agreement under Art. 28, and beyond its annex II."""

import uuid
from collections.abc import Collection, Iterator

from kontor.kernel import registry
from kontor.kernel.personal_data import Processing
from kontor.office.privacy.models import AgreementSignature, ProcessingAgreement, Suspension
from kontor.rulebook.processing_annex import outside, preset
from kontor.rulebook.processing_gate import Gate, gate
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import TermsPack, ToBeAgreed


def withheld(contract: uuid.UUID, pack: TermsPack, keys: Collection[str]) -> dict[str, Ruling[Gate]]:
    """
    Return those of the keys that open a module which may not be opened under a contract, each with the reason.

    Asked as the customer's tenant. A key opens the module of its name and those that name it as theirs too.
    """
    required = pack.privacy.agreement_required if pack.privacy else None
    told = None if required is None or isinstance(required, ToBeAgreed) else required
    demanded, annex, suspended = bool(told and told.value), preset(pack), is_suspended(contract)
    if not demanded and not annex.data and not suspended:
        return {}
    handled = {key: said for key in keys if (said := list(_processed(key)))}
    if not handled:
        return {}
    agreement = concluded(contract)
    amended = agreement.annexes["II"]["amended"] if agreement else {}
    found = {}
    for key, processings in handled.items():
        beyond = frozenset[str]()
        for each in processings:
            beyond |= outside(annex, persons=each.persons, data=each.categories, amended=amended)
        ruled = gate(
            required=demanded, concluded=agreement is not None, beyond=beyond, suspended=suspended,
            clauses=(*(told.clauses if told else ()), *annex.clauses),
        )  # fmt: skip
        if ruled.value is not Gate.OPEN:
            found[key] = ruled
    return found


def is_suspended(contract: uuid.UUID) -> bool:
    """Tell, as the customer, whether it has suspended the processing under a contract."""
    return Suspension.received.filter(agreement__contract=contract, state__in=Suspension.HOLDS).exists()


def concluded(contract: uuid.UUID) -> ProcessingAgreement | None:
    """Return the newest agreement of a contract that both parties have signed, as the customer sees it."""
    sides: dict[uuid.UUID, set[str]] = {}
    for key, side in AgreementSignature.received.filter(agreement__contract=contract).values_list(
        "agreement_id", "side"
    ):
        sides.setdefault(key, set()).add(side)
    signed = [key for key, told in sides.items() if told == set(AgreementSignature.Side.values)]
    return ProcessingAgreement.received.filter(pk__in=signed).order_by("-number").first() if signed else None


def _processed(key: str) -> Iterator[Processing]:
    for module in registry.modules():
        if module.entitled and (module.key == key or key in module.opened_by):
            yield from (each for each in module.processings if each.role == "processor")
