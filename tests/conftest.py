"""What every test may ask for."""

import os
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.places import places

# How long one example takes is the machine's affair. Where a run decides what lands, examples are the same each time,
# so that no branch is taken by luck; anywhere else each run looks somewhere new.
hypothesis_settings.register_profile("kontor", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis_settings.load_profile("kontor")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Begin with what takes minutes, so that no worker is left alone with it at the end; the order stays random else.

    What walks the whole demo lies in tests/config, and of it nothing is as long as the walls' walk.
    """
    walls, config = "tests/config/test_walls.py", "tests/config/"
    items.sort(key=lambda item: (not item.nodeid.startswith(walls), not item.nodeid.startswith(config)))


@pytest.fixture(scope="session")
def worker_database(django_db_blocker: DjangoDbBlocker) -> Iterator[databases.WorkerDatabase]:
    """Give this worker its own freshly migrated database on the tests' embedded server."""
    with django_db_blocker.unblock(), databases.worker_database() as database:
        yield database


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_database: databases.WorkerDatabase
) -> Iterator[None]:
    """Connect Django to the worker's database as the application's role; tables are emptied by the superuser's hand."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases.point_django_at(worker_database.url)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: worker_database.empty())
        patch.setenv("DATABASE_URL", worker_database.url)
        patch.setenv("DATABASE_OWNER_URL", worker_database.owner_url)
        patch.setattr(settings, "KONTOR_ERASER_URL", worker_database.eraser_url)
        yield
        databases.disconnect_django()


@pytest.fixture(autouse=True)
def blobs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each test's files apart, in a place in Germany and one in Norway; nothing stays behind."""
    if settings.configured:
        folder = tmp_path_factory.getbasetemp() / "files" / uuid.uuid4().hex
        monkeypatch.setattr(settings, "KONTOR_BLOBS", folder / "blobs")
        monkeypatch.setattr(settings, "KONTOR_PLACES", places(folder))
