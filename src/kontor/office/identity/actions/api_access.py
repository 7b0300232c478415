"""Keys of the API as people make them: with rights they have themselves."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.api_keys import make_api_key
from kontor.kernel.actor import Actor
from kontor.kernel.models import ApiKey
from kontor.office.identity.actions.limits import Held, refuse_beyond


@transaction.atomic
def make_key(
    *, name: str, scopes: Collection[str], expires_at: datetime, held: Held, at: datetime, actor: Actor
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret; BeyondOwnRightsError for a right that whoever makes it lacks."""
    refuse_beyond(held, scopes)
    return make_api_key(name=name, scopes=scopes, expires_at=expires_at, at=at, actor=actor)
