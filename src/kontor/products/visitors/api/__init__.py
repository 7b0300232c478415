"""Visits over the API. Each step is an event of the stream, too: webhooks tell of it."""

from kontor.products.visitors.api import reading, steps
from kontor.products.visitors.api.mounted import endpoints

__all__ = ["endpoints", "reading", "steps"]
