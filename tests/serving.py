"""The product's own web process, started on a free port for tests that need the real thing."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

READY_SECONDS = 60


@contextlib.contextmanager
def web(variables: Mapping[str, str]) -> Iterator[str]:
    """Serve pages and live streams as `kontor serve` does, told `variables`; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        path = os.pathsep.join(filter(None, [".", os.environ.get("PYTHONPATH")]))
        own = {"KONTOR_BASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": path}
        process = subprocess.Popen(
            [sys.executable, "-m", "kontor.config.web", str(listening.fileno())],
            env={**os.environ, **own, **variables},
            pass_fds=(listening.fileno(),),
        )
        try:
            wait_for(f"{address}/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the web process ended"
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=10).close()  # noqa: S310  our own address
            return
        time.sleep(0.05)
    raise AssertionError(f"{address} did not answer")
