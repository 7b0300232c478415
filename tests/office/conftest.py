"""Mail in these tests goes to the demo's mailbox, as it does for whoever tries the product."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def mailbox(settings: Any) -> None:
    settings.KONTOR_DEMO = True
