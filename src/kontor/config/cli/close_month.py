"""`kontor close-month`: a month of the house, closed."""

import os
from contextlib import ExitStack
from typing import Annotated

import typer

from kontor.config import installation
from kontor.config.cli.database import external
from kontor.config.embedded import running
from kontor.config.refusals import RefusedError
from kontor.kernel.garbage import collect_rarely


def close_month(
    month: Annotated[str, typer.Argument(help="The month, as 2026-11.", metavar="MONTH")],
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Say what it would do; nothing is written.")] = False,
    suspend: Annotated[
        bool, typer.Option("--suspend", help="Also suspend services where the contract allows it today.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """
    Close a month: use, renewals, invoices, direct debits, interest, reminders, suspensions, endings.

    Killed at any moment and run again it goes on where it was; run twice it changes nothing. Exit code 1 where another
    process is at it or the month has not begun.
    """
    with ExitStack() as stack:
        if not external():
            cluster = stack.enter_context(running(installation.var()))
            os.environ.update(installation.told_environment(cluster))
        installation.check_database("DATABASE_URL")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
        import django  # only once its settings are told where the database is
        from django.core.management import CommandError, call_command

        django.setup()
        collect_rarely()
        try:
            call_command("close_month", month, preview=preview, suspend=suspend, as_json=as_json)
        except CommandError as refused:
            raise RefusedError(str(refused)) from refused
