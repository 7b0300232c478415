"""One web process: `python -m kontor.config.web FILE_NUMBER` serves the listening socket it was handed."""

import os
import signal
import socket
import ssl
import sys
from types import FrameType

import uvicorn

from kontor.config import environment
from kontor.config.processes import follow_parent

STOP_SECONDS = 3


class _Server(uvicorn.Server):
    """Ends the live streams as soon as it is asked to stop, since no browser would end them by itself."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from kontor.config.asgi import live  # loads Django, which by now has long happened

        live.close()
        super().handle_exit(sig, frame)


def main(number: int) -> None:
    """Serve until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
    follow_parent()
    listening = socket.socket(fileno=number)
    tls = environment.tls_files()
    config = uvicorn.Config(
        "kontor.config.asgi:app",
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=30,
        access_log=False,
        server_header=False,
        log_level="warning",
        lifespan="on",
        ssl_certfile=tls.get("ssl_certfile"),
        ssl_keyfile=tls.get("ssl_keyfile"),
    )
    if tls:
        config.load()
        assert config.ssl is not None  # there is a certificate
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2  # whatever this machine's OpenSSL would still speak
    _Server(config).run(sockets=[listening])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # replaced by the server's own; a Ctrl-C before that is the parent's
    main(int(sys.argv[1]))
