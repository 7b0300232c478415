"""One worker process: `python -m kontor.config.worker` does the queued jobs until SIGTERM."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.utils.module_loading import import_string

from kontor.config.processes import follow_parent
from kontor.kernel.garbage import collect_rarely

STOP_SECONDS = 4.0
HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0


def main() -> None:
    """Work until asked to stop; a job in work gets STOP_SECONDS to end and is otherwise done again later."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
    django.setup()
    follow_parent()
    collect_rarely()
    from procrastinate.contrib.django import app, django_connector  # known only once Django is set up

    assert isinstance(app.connector, django_connector.DjangoConnector)
    with _beside(), app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=int(os.environ.get("KONTOR_WORKER_JOBS", "2")),
            shutdown_graceful_timeout=STOP_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            install_signal_handlers=True,
            delete_jobs="never",
        )


@contextmanager
def _beside() -> Iterator[None]:
    """Let what only listens run beside the jobs; it queues them and does none, and may be cut off anywhere."""
    stop = threading.Event()
    for path in settings.BESIDE_THE_WORKER:
        threading.Thread(target=import_string(path), args=(stop,), name=path, daemon=True).start()
    try:
        yield
    finally:
        stop.set()


if __name__ == "__main__":
    main()
