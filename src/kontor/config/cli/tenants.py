"""`kontor export` and `kontor import`: one tenant as a file, and back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kontor.config import installation
from kontor.config.cli.backup import manage
from kontor.config.cli.database import external
from kontor.config.embedded import running
from kontor.config.refusals import RefusedError


def export(
    tenant: Annotated[str, typer.Argument(help="The tenant's id, as `kontor verify` prints it.")],
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    recipient: Annotated[str, typer.Option(help="An age public key for which the file is encrypted.")] = "",
) -> None:
    """
    Write everything of a tenant to one zip file: documents, tables, record, dump, signed.

    Killed and run again with the same tenant, it goes on where it was. Pages that are asked for meanwhile come first.
    """
    with _installation():
        _run("export_tenant", tenant, str(file), f"--recipient={recipient}")


def bring_in(
    file: Annotated[Path, typer.Argument(help="A zip file that an export wrote.", exists=True, dir_okay=False)],
    *,
    trust: Annotated[list[str] | None, typer.Option(help="The public key of another Kontor that signed it.")] = None,
) -> None:
    """
    Put an export back as a tenant, completely or not at all.

    Everything in it is proved first. People are known by their e-mail address; others are mailed a link.
    """
    with _installation():
        _run("import_tenant", str(file), *(f"--trust={one}" for one in trust or ()))


def copy_for_tests(
    folder: Annotated[Path, typer.Argument(help="The folder to write one file for each tenant into.")],
    *,
    tenant: Annotated[list[str] | None, typer.Option(help="A tenant's id; all tenants without it.")] = None,
    mapping_for: Annotated[
        str, typer.Option(help="An age public key for which what stands for what is kept; otherwise nobody knows.")
    ] = "",
) -> None:
    """
    Write pseudonymised copies for a test installation, which `kontor import` reads.

    Names, addresses, numbers and contact data are replaced by the same other ones everywhere, in free text too. Files,
    mail, credentials and what falls due stay behind. The key is destroyed at the end.
    """
    with _installation():
        told = [f"--tenant={one}" for one in tenant or ()]
        _run("copy_for_tests", str(folder), f"--mapping-for={mapping_for}", *told)


@contextmanager
def _installation() -> Iterator[None]:
    if external():
        installation.check_database("DATABASE_URL")
        yield
        return
    with running(installation.var()) as cluster:
        os.environ.update(installation.told_environment(cluster))
        yield


def _run(command: str, *arguments: str) -> None:
    from django.core.management import CommandError

    try:
        manage(command, *arguments)
    except CommandError as refused:
        raise RefusedError(str(refused)) from refused
