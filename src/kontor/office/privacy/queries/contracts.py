"""The house's contracts under which it processes for customers."""

import uuid
from datetime import date

from kontor.kernel import registry
from kontor.kernel.personal_data import DataContract
from kontor.rulebook.terms import ToBeAgreed


def running(on: date) -> list[DataContract]:
    """Return the current tenant's contracts of a day under which it is a customer's processor, by their numbers."""
    told = (each for one in registry.modules() if one.data_contracts for each in one.data_contracts(on))
    return [each for each in told if _processes(each)]


def running_one(contract: uuid.UUID, on: date) -> DataContract:
    """Return one of them; LookupError where it does not run or we process nothing under it."""
    for each in running(on):
        if each.id == contract:
            return each
    raise LookupError(str(contract))


def _processes(contract: DataContract) -> bool:
    privacy = contract.pack.privacy
    role = None if privacy is None else privacy.role
    return role is not None and not isinstance(role, ToBeAgreed) and role.value == "processor"


def needs_agreement(contract: DataContract) -> bool:
    """Tell whether the contract makes an agreement under Art. 28 GDPR a condition."""
    privacy = contract.pack.privacy
    needed = None if privacy is None else privacy.agreement_required
    return needed is not None and not isinstance(needed, ToBeAgreed) and bool(needed.value)
