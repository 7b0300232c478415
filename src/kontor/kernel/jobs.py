"""Background work."""

from typing import Any


def on_app_ready(app: Any) -> None:
    """Called by procrastinate once the apps are loaded."""
