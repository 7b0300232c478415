"""What is known of a breach today, what is still missing, and who was told how long after it was known."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import Breach, BreachFact, BreachNotice
from kontor.rulebook.breach import BLOCKS, Risk, Role, duties
from kontor.rulebook.ruling import Ruling

WRITTEN: Final = ("nature", "consequences", "measures")  # the contact point stands in the case itself


@dataclass(frozen=True, slots=True)
class Known:
    """A part of a notice: its newest text, "" where that follows, and all that was written of it, the oldest first."""

    block: str
    text: str
    versions: Sequence[BreachFact]


def known(breach: Breach) -> list[Known]:
    """Return what is known, part by part, in the order of a notice: one query."""
    facts: dict[str, list[BreachFact]] = {block: [] for block in WRITTEN}
    for fact in BreachFact.objects.of(current_tenant()).filter(breach=breach).order_by("at", "pk"):
        facts[fact.block].append(fact)
    return [Known(block, rows[-1].text if rows else "", rows) for block, rows in facts.items()]


def contact_of(breach: Breach) -> str:
    """Return the contact point in one line, "" where nobody can be reached: a name alone is nobody."""
    ways = [way for way in (breach.contact_email, breach.contact_phone) if way]
    return ", ".join([breach.contact_name, *ways]) if breach.contact_name and ways else ""


def body(breach: Breach) -> list[list[str]]:
    """Return what a notice says today: [[block, text], ...], an empty text for what follows."""
    texts = {part.block: part.text for part in known(breach)} | {"contact": contact_of(breach)}
    return [[block, texts[block]] for block in BLOCKS]


def to_do(breach: Breach) -> Ruling[tuple[str, ...]]:
    """Return what the law asks for, with its reasons."""
    return duties(cast("Role", breach.role), cast("Risk", breach.risk))


def notices(breach: Breach) -> list[BreachNotice]:
    """Return what was sent, the oldest first."""
    return list(BreachNotice.objects.of(current_tenant()).filter(breach=breach).order_by("sent_at", "pk"))


def received(tenant: uuid.UUID) -> TenantQuerySet[BreachNotice]:
    """Return what others told this tenant about breaches of its data, the newest first."""
    return TenantQuerySet(BreachNotice).received_by(tenant).order_by("-sent_at", "-pk")
