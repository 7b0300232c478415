"""The command line: `kontor --help`."""

from kontor.config.cli.main import app, main

__all__ = ["app", "main"]
