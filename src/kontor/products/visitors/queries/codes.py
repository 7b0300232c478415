"""Finding a visit by what its visitor shows or types."""

import uuid
from datetime import datetime, tzinfo

from kontor.kernel.keyed_hash import keyed_hash
from kontor.kernel.models import Site
from kontor.products.visitors.formats.codes import Code, read
from kontor.products.visitors.models import SigningKey, SiteRules, Visit, hashed_pin
from kontor.rulebook.visiting import Invitation, open_between


def code_in(text: str) -> Code | None:
    """Return what a code of the current tenant says, None for any other text."""
    return read(text, publics())


def publics() -> list[str]:
    """Return the public keys that prove the tenant's codes, the newest first."""
    return list(SigningKey.objects.order_by("-at").values_list("public", flat=True))


def pin_digest(site_id: uuid.UUID, pin: str) -> bytes:
    """Return the keyed hash by which a PIN finds its visit, at one site of one tenant."""
    return keyed_hash(hashed_pin({"site_id": site_id, "pin": pin}))


def rules_of(site: Site) -> SiteRules:
    """Return what holds at a site; where nobody settled anything, what the product brings."""
    return SiteRules.objects.filter(site=site).first() or SiteRules(site=site)


def window(visit: Visit, *, zone: tzinfo, early_minutes: int) -> tuple[datetime, datetime]:
    """Return from when until before when a visit's code lets in."""
    return open_between(visit.begins_at, visit.ends_at, zone=zone, early_minutes=early_minutes)


def invitation(visit: Visit, *, site_id: uuid.UUID, number: int | None = None) -> Invitation:
    """Return a visit as the rule judges it; `number` of the code that was shown, None for a PIN or a name."""
    return Invitation(
        state=visit.state.lower(), here=visit.site_id == site_id, newest=number in {None, visit.code},
        begins_at=visit.begins_at, ends_at=visit.ends_at,
    )  # fmt: skip
