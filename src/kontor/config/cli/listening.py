"""The port a server listens on, taken before anything else is started."""

import errno
import socket

from kontor.config.refusals import RefusedError

BACKLOG = 512


def listen(host: str, port: int, *, again: str) -> socket.socket:
    """
    Return a socket that listens; RefusedError in one sentence where that cannot be.

    again  the command to propose with another port
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise RefusedError(
                f"Port {port} is in use: choose another one, such as `{again} --port {port + 1}`."
            ) from error
        if error.errno == errno.EACCES:
            raise RefusedError(
                f"Port {port} is for root only: choose one above 1023, such as `{again} --port 8000`."
            ) from error
        raise RefusedError(
            f"{host} port {port} cannot be listened on ({error.strerror}): correct --host or --port."
        ) from error
    listening.set_inheritable(True)
    return listening
