"""Keys of the API as people make them: with rights they have themselves."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.api_keys import make_api_key, rotate_api_key
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


@transaction.atomic
def rotate_key(key_id: uuid.UUID, *, held: Held, at: datetime, actor: Actor) -> tuple[ApiKey, str]:
    """Give a key another secret; BeyondOwnRightsError for a key that may do what whoever asks may not."""
    refuse_beyond(held, ApiKey.objects.get(pk=key_id).scopes)
    return rotate_api_key(key_id, at=at, actor=actor)
