"""What `kontor calc` prints: an answer, the questions there are, or what a question needs."""

import json
from collections.abc import Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from kontor.config.cli.calc import USAGE, WRONG_INPUT, Asked
from kontor.config.refusals import RefusedError
from kontor.rulebook import calc, terms
from kontor.rulebook.ruling import Text

NO_ANSWER = 3
OUT = Console(highlight=False)


def respond(asked: Asked) -> None:
    """Print what was asked for; RefusedError with exit code 2 for wrong input, 3 where there is no answer."""
    try:
        _respond(asked)
    except calc.WrongInputError as wrong:
        raise RefusedError(_in(asked.language, wrong.text), code=WRONG_INPUT) from wrong
    except calc.NoAnswerError as silent:
        raise RefusedError(_in(asked.language, silent.text), code=NO_ANSWER) from silent


def _respond(asked: Asked) -> None:
    if "list" in asked.flags:
        _list(asked)
    elif asked.what and "help" in asked.flags:
        _explain(asked)
    elif "help" in asked.flags or not asked.what:
        OUT.print(f"Usage: {USAGE}\n", markup=False)
        _list(asked)
    else:
        calc.question(asked.what)
        pack, version = _pack(asked), asked.ours.get("version")
        answer = calc.answer(asked.what, _with_files(asked, pack), pack=pack, version=version)
        document = answer.document(asked.language)
        if "json" in asked.flags:
            typer.echo(json.dumps(document, ensure_ascii=False))
        else:
            _show(document)


def _pack(asked: Asked) -> str:
    if "pack" not in asked.ours:
        known = ", ".join(terms.keys())
        lacking = Text(f"fehlt; erwartet wird eines von {known}.", f"is missing; expected one of {known}.")
        raise calc.WrongInputError("pack", lacking)
    return asked.ours["pack"]


def _with_files(asked: Asked, pack: str) -> dict[str, list[str]]:
    """Return what was told, lists of outages read from the files that are named; JSON itself is taken as it stands."""
    found, chosen = calc.question(asked.what), calc.pack_of(pack, asked.ours.get("version"))
    if calc.unanswered(found, chosen) is not None:
        return asked.told
    lists = {option.name for option in found.options(chosen) if option.kind is calc.Kind.OUTAGES}
    return {name: [_read(name, text) if name in lists else text for text in told] for name, told in asked.told.items()}


def _read(name: str, text: str) -> str:
    if text.lstrip().startswith("["):
        return text
    try:
        return Path(text).read_text(encoding="utf-8")
    except (OSError, ValueError) as unreadable:
        missing = Text(
            f"erwartet wird eine lesbare Datei in UTF-8, nicht „{text}“.",
            f"expected a readable file in UTF-8, not “{text}”.",
        )
        raise calc.WrongInputError(name, missing) from unreadable


def _show(document: Mapping[str, object]) -> None:
    value, clauses, working = document["value"], document["clauses"], document["working"]
    assert isinstance(value, dict)
    assert isinstance(clauses, list)
    assert isinstance(working, list)
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, found in value.items():
        table.add_row(f"[bold]{name}[/bold]", _written(found))
    OUT.print(table)
    OUT.print(f"\n{document['pack']} {document['version']}: {', '.join(clauses)}", style="dim", markup=False)
    for step in working:
        OUT.print(f"  {step}", markup=False, soft_wrap=True)


def _written(found: object) -> str:
    if found is None:
        return "–"
    return json.dumps(found, ensure_ascii=False) if isinstance(found, (bool, list)) else str(found)


def _list(asked: Asked) -> None:
    keys = [asked.ours["pack"]] if "pack" in asked.ours else list(terms.keys())
    packs = [calc.pack_of(key, asked.ours.get("version")) for key in keys]
    if "json" in asked.flags:
        typer.echo(json.dumps({pack.key: [found.key for found in calc.questions(pack)] for pack in packs}))
        return
    table = Table("", "", *keys, box=None, header_style="dim", pad_edge=False)
    for found in calc.QUESTIONS.values():
        signs = ("✓" if calc.unanswered(found, pack) is None else "–" for pack in packs)
        table.add_row(f"[bold]{found.key}[/bold]", _in(asked.language, found.title), *signs)
    OUT.print(table)


def _explain(asked: Asked) -> None:
    found, pack = calc.question(asked.what), calc.pack_of(_pack(asked), asked.ours.get("version"))
    found.rests_on(pack)
    OUT.print(f"{_in(asked.language, found.title)}\n", style="bold", markup=False)
    table = Table(show_header=False, box=None, pad_edge=False)
    for option in found.options(pack):
        asterisk = "" if option.required else "may be left out" if asked.language == "en" else "kann fehlen"
        meant = f"{_in(asked.language, option.help)}: {_in(asked.language, calc.expectation(option))}"
        table.add_row(f"--{option.name}", meant, asterisk)
    OUT.print(table)


def _in(language: str, text: Text) -> str:
    return text.spoken(language)
