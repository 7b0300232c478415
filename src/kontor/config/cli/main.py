"""All commands, and what is said when one of them is refused."""

import os
import signal
import sys
from types import FrameType

import typer
from rich.console import Console
from rich.markup import escape

from kontor.config.cli import (
    backup,
    calc,
    checks,
    close_month,
    database,
    demo,
    doctor,
    licence,
    probe,
    restore,
    serve,
    tenants,
    trace,
    verify,
)
from kontor.config.embedded import CannotStartError
from kontor.config.environment import MissingSettingError
from kontor.config.processes import FellError
from kontor.config.refusals import RefusedError

app = typer.Typer(
    name="kontor",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""
    Runs a B2B software service exactly as its contract says: offers, contracts, e-invoices and payments.

    [bold]First look[/bold]      kontor demo             then open the page it prints
    [bold]Ask a contract[/bold]  kontor calc --list      what each terms pack can answer
    [bold]Something amiss[/bold] kontor doctor           what is missing and what to do
    """,
    epilog="Everything is kept in the folder var/. Documentation: docs/ in the source, or `just docs`.",
)

app.command("demo", rich_help_panel="Run")(demo.demo)
app.command("serve", rich_help_panel="Run")(serve.serve)
app.command("prepare", hidden=True, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(
    demo.prepare
)
app.command("close-month", rich_help_panel="Run")(close_month.close_month)
app.command("probe", rich_help_panel="Run")(probe.probe)
app.command("calc", rich_help_panel="Ask", context_settings=calc.FREE)(calc.command)
app.command("verify", rich_help_panel="Ask")(verify.verify)
app.add_typer(licence.app, name="licence", rich_help_panel="Ask")
app.command("trace", rich_help_panel="Build")(trace.trace)
app.command("backup", rich_help_panel="Keep")(backup.backup)
app.command("restore", rich_help_panel="Keep")(restore.restore)
app.command("export", rich_help_panel="Keep")(tenants.export)
app.command("import", rich_help_panel="Keep")(tenants.bring_in)
app.command("copy-for-tests", rich_help_panel="Keep")(tenants.copy_for_tests)
app.add_typer(database.app, name="db", rich_help_panel="Keep")
app.command("doctor", rich_help_panel="Keep")(doctor.doctor)
app.command("test", rich_help_panel="Build", context_settings=checks.FREE)(checks.run_checks)


def main() -> None:
    """Run the command that was typed; a refusal is one sentence on standard error and an exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app(prog_name="kontor")
    except RefusedError as refusal:
        _refuse(*refusal.sentences, code=refusal.code)
    except (CannotStartError, MissingSettingError, FellError) as refusal:
        _refuse(str(refusal), code=1)
    except BrokenPipeError:  # `kontor calc --list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)  # so that `finally` blocks run and the database stops


def _refuse(*sentences: str, code: int) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for sentence in sentences:
        console.print(f"[bold red]kontor:[/bold red] {escape(sentence)}")
    raise SystemExit(code)
