"""
Imported before anything of Django: a whole Kontor of its own, in a temporary folder that goes with this process.

The same keys in this process and in `kontor serve`, so that what is seeded here is opened there.
"""

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="kontor-benchmark-"))
FOLDER.chmod(0o755)  # where the database runs under an account of its own, it must come through
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

with socket.create_server(("127.0.0.1", 0)) as free:
    ADDRESS = f"http://127.0.0.1:{free.getsockname()[1]}"

os.environ |= {
    "KONTOR_VAR": str(FOLDER / "var"), "KONTOR_BLOBS": str(FOLDER / "blobs"), "KONTOR_BASE_URL": ADDRESS,
    "KONTOR_SECRET_KEY": "only-for-tests", "KONTOR_MASTER_KEY": "00" * 32,
}  # fmt: skip

import benchmarks.django_ready  # noqa: E402, F401  models are imported from here on
from tests.serving import wait_for  # noqa: E402


@contextlib.contextmanager
def serving(database: Mapping[str, str]) -> Iterator[int]:
    """Run `kontor serve` with the database and yield its process id once it answers; it ends with the block."""
    words = [sys.executable, "-m", "kontor.config.cli", "serve", "--port", ADDRESS.rpartition(":")[2]]
    with (FOLDER / "serve.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, **database})
        try:
            wait_for(f"{ADDRESS}/health", process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)
