"""`kontor verify`: the record, proved."""

import os
from contextlib import ExitStack
from typing import Annotated

import typer

from kontor.config import installation
from kontor.config.cli.database import external
from kontor.config.embedded import running


def verify(
    *,
    tenant: Annotated[list[str] | None, typer.Option(help="A tenant's id; all tenants without it.")] = None,
) -> None:
    """
    Prove that the record of deeds is as it was written.

    Each link of each tenant's chain is computed anew; what is not yet sealed is named. Exit code 1 where one is broken.
    """
    with ExitStack() as stack:
        if not external():
            cluster = stack.enter_context(running(installation.var()))
            os.environ.update(installation.told_environment(cluster))
        installation.check_database("DATABASE_URL")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
        import django  # only once its settings are told where the database is
        from django.core.management import call_command

        django.setup()
        call_command("verify", *(f"--tenant={one}" for one in tenant or ()))
