"""`kontor licence verify`: a licence key checked without a network, a database or an installation."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kontor.config.refusals import RefusedError

app = typer.Typer(no_args_is_help=True, help="Electronic licence keys.")
REFUSED, WRONG_INPUT = 1, 2


@app.callback()
def licence() -> None:
    """Electronic licence keys."""


@app.command("verify")
def verify(
    keyfile: Annotated[Path, typer.Argument(help="The licence key, as it was delivered.")],
    *,
    public_keys: Annotated[Path, typer.Option(help="The vendor's public keys (JSON Web Key Set).")],
    on: Annotated[str, typer.Option(help="The day it must hold on, 2026-12-31; today without it.")] = "",
    lang: Annotated[str, typer.Option(help="de or en; this terminal's without it.")] = "",
) -> None:
    """
    Check a licence key offline: signature, first and last day; print what it says.

    Exit code 1: altered, expired, not begun or signed by somebody else. Exit code 2: a file cannot be read.
    """
    from kontor.rulebook.licence_keys import KeyRefusedError, keys_in, opened

    language = lang if lang in {"de", "en"} else "de" if os.environ.get("LANG", "").startswith("de") else "en"
    try:
        day = date.fromisoformat(on) if on else date.today()  # noqa: DTZ011  the day of this machine
        key, trusted = keyfile.read_text(encoding="utf-8"), public_keys.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise RefusedError(str(error), code=WRONG_INPUT) from error
    try:
        found = opened(key, keys_in(trusted), on=day)
    except KeyRefusedError as refused:
        raise RefusedError(refused.text.spoken(language), code=REFUSED) from refused
    for name, value in found.model_dump(mode="json").items():
        typer.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
