"""The tests' settings, for a worker that knows the tests' own jobs."""

from tests.settings import *  # noqa: F403

PROCRASTINATE_IMPORT_PATHS = ["tests.kernel.slow_jobs"]
