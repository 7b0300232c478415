"""The keys that sign what terminals must be able to prove by themselves."""

import zoneinfo
from datetime import datetime

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.products.visitors.formats import codes
from kontor.products.visitors.models import SigningKey, SiteRules, Visit
from kontor.products.visitors.queries.codes import window


def newest_key(*, at: datetime) -> SigningKey:
    """Return the tenant's newest signing key, and make the first one."""
    return SigningKey.objects.order_by("-at").first() or new_key(at=at, actor=MACHINE)


def new_key(*, at: datetime, actor: Actor) -> SigningKey:
    """Make a key that signs from now on; what older ones signed stays good."""
    private, public = codes.new_keys()
    made = SigningKey.objects.create(private=private, public=public, at=at)
    record("visitors.key_made", made, at=at, actor=actor, after={"public": public})
    return made


def code_for(visit: Visit, key: SigningKey, rules: SiteRules) -> str:
    """Return what the QR symbol of a visit holds."""
    zone = zoneinfo.ZoneInfo(visit.site.zone)
    opens, closes = window(visit, zone=zone, early_minutes=rules.early_minutes)
    said = codes.Code(visit=visit.pk, site=visit.site_id, number=visit.code, opens_at=opens, closes_at=closes)
    return codes.written(said, key.private)
