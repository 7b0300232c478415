"""Rows that nobody opens, whoever may open others like them: such as those that a duty alone still keeps."""

import uuid
from collections.abc import Callable, Iterable

from django.http import Http404

from kontor.kernel import registry


def refuse_hidden(given: Iterable[object], *, may: Callable[[str], bool]) -> None:
    """Raise Http404 where an address names a row that some module hides; `given` is what it names, keys among it."""
    rows = [each for each in given if isinstance(each, uuid.UUID)]
    if rows and any(one.hides(rows, may) for one in registry.modules() if one.hides is not None):
        raise Http404
