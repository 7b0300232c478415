"""What stands in the way of letting somebody do something: the order's seats, and one's own rights."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext, ngettext

from kontor.kernel import registry
from kontor.kernel.explanation import clause_words
from kontor.kernel.models import Entitlement, Membership, Role
from kontor.kernel.wording import spoken
from kontor.office.identity.queries import USER, seats

Held = frozenset[str] | None
"""The permissions of whoever acts; None for everything, as the administrator and the machine have it."""


class SeatsTakenError(Exception):
    """No seat for one more; its text is the sentence for the page, `contract` the one to order more of."""

    def __init__(self, sentence: str, contract: uuid.UUID | None) -> None:
        super().__init__(sentence)
        self.contract = contract


class ContractMissingError(Exception):
    """No contract was named under which somebody of another company works here; its text is for the page."""


class BeyondOwnRightsError(Exception):
    """Somebody was about to give or take a right they do not have themselves; its text is the sentence for the page."""


def take_a_seat(*, at: datetime) -> None:
    """
    Refuse one more person where the order's seats are taken, or a module's condition for so many people is not met.

    Two at once wait here for each other.
    """
    list(Entitlement.objects.select_for_update().filter(unit=USER).values_list("pk"))
    now = seats(at=at)
    if now.ordered is not None and now.taken >= now.ordered:
        clause = clause_words(now.clause).label if now.clause else ""
        told = {"count": now.ordered, "clause": f" ({clause})" if clause else ""}
        sentence = ngettext(
            "The one seat of your order is taken%(clause)s. Order more, or let somebody leave.",
            "All %(count)s seats of your order are taken%(clause)s. Order more, or let somebody leave.",
            now.ordered,
        )
        raise SeatsTakenError(sentence % told, now.contract)
    for why in (ask(now.taken + 1, at=at) for one in registry.modules() for ask in one.seat_conditions):
        if why is not None:
            raise SeatsTakenError(spoken(why), None)


def refuse_without_contract(kind: str, contract: str) -> None:
    """Refuse to let somebody of another company in without the contract under which they work here (SO-011)."""
    if kind == Membership.Kind.SERVICE_PROVIDER and not contract.strip():
        raise ContractMissingError(gettext("Name the contract under which this person works for you."))


def refuse_beyond(held: Held, rights: Collection[str]) -> None:
    """Refuse to give or take rights that the person who does it lacks, or they could make themselves administrator."""
    if held is not None and not set(rights) <= held:
        raise BeyondOwnRightsError(gettext("You can give and take only rights that you have yourself."))


def refuse_roles_beyond(held: Held, roles: Iterable[Role]) -> None:
    """Refuse to give or take roles that allow more than the person who does it may do."""
    for role in roles:
        if role.everything and held is not None:
            raise BeyondOwnRightsError(gettext("Only an administrator makes somebody administrator, or ends that."))
        refuse_beyond(held, role.permissions)
