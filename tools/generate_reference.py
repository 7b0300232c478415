"""
Writes docs/reference from the code: `just reference`. A test compares the pages with what this would write.

packs.md        every value of every pack: what it says, where it stands, which requirement it answers
permissions.md  every right, and what each page asks for
commands.md     every command with its options, every question of `kontor calc`, every setting
"""

import ast
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from kontor.config import environment
from kontor.rulebook import calc, terms
from kontor.rulebook.terms.concepts import concept_label, section_label
from kontor.rulebook.terms.spoken import spoken_entry
from kontor.rulebook.terms.value import Setting, ToBeAgreed

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "docs" / "reference"
READERS = {"environment.optional", "environment.switched_on", "os.environ.get"}
MADE = "<!-- Written by tools/generate_reference.py: change the code, then run `just reference`. -->"


def packs() -> str:
    """Return the page of all packs and law packs in their newest version."""
    lines = [
        "# Terms packs",
        "",
        "What each contract decides, value by value. **stated**: the text says it. **setting**: the text is open to "
        "reading or contradicts itself, and this is the default. **to be agreed**: the text does not contain it, and "
        "no offer can be sent without it. A contract is concluded under one version, which never changes.",
    ]
    for key in terms.keys():  # noqa: SIM118  a function, not a dictionary
        pack = terms.load(key)
        lines += ["", f"## {key}", "", f"{pack.title.en}. Version {pack.version}, in force from {pack.in_force_from}."]
        lines += [f"Language {pack.language}, days of {pack.zone}."]
        lines += _values(pack)
    for country in ("de", "fr"):
        law = terms.law(country)
        lines += ["", f"## law-{country}", "", f"{law.title.en}. Version {law.version}."]
        lines += _values(law)
    return _page(lines)


def _values(source: Any) -> Iterator[str]:
    section = ""
    for key, entry in source.values():
        if key.split(".")[0] != section:
            section = key.split(".")[0]
            yield from ("", f"### {section_label(section).en}", "")
            yield from _head("value", "says", "kind", "clause", "requirements")
        kind = {ToBeAgreed: "to be agreed", Setting: "setting"}.get(_plain(type(entry)), "stated")
        says = "" if kind == "to be agreed" else spoken_entry(key, entry).en
        clauses = ", ".join(clause.number for clause in entry.clauses)
        yield _row(f"{concept_label(key).en}<br>`{key}`", says, kind, clauses, ", ".join(entry.rows))


def _plain(kind: type) -> type:
    return next(base for base in kind.__mro__ if "[" not in base.__name__)


def permissions() -> str:
    """Return the page of all rights and of what each page asks for."""
    _start_django()
    from django.urls import get_resolver

    from kontor.kernel import registry

    lines = [
        "# Permissions",
        "",
        "A role is a set of these; each company edits its own roles. A right marked with a module needs the module in "
        "the company's contract.",
    ]
    for module in registry.modules():
        if module.permissions:
            lines += ["", f"## {module.title.en}", "", *_head("permission", "allows", "German", "needs the module")]
            lines += [
                _row(f"`{one.key}`", one.meaning.en, one.meaning.de, "yes" if one.entitled and module.entitled else "")
                for one in module.permissions
            ]
    lines += ["", "## Pages", "", *_head("address", "who may see it")]
    lines += [
        _row(f"`/{path}`", _who(view)) for path, view in sorted(_addresses(get_resolver()), key=lambda pair: pair[0])
    ]
    return _page(lines)


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()


def _addresses(resolver: Any, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        here = f"{before}{entry.pattern}"
        if hasattr(entry, "url_patterns"):
            yield from _addresses(entry, here)
        else:
            yield here, entry.callback


def _who(view: Callable[..., Any]) -> str:
    asked = str(getattr(view, "permission", ""))
    kind, _, reason = asked.partition(": ")
    if kind == "public":
        return f"everybody: {reason}"
    return "everybody who is signed in" if asked == "signed in" else f"`{asked}`"


def commands() -> str:
    """Return the page of the command line and of what it reads from the environment."""
    from kontor.config.cli import app

    lines = ["# Commands", "", "`./kontor` prepares what is missing, then runs the command. Exit code 1: refused, or"]
    lines += ["not in order. 2: wrong input. 3: the contract and its law are silent, or the offer is to say it."]
    for name, command in _leaves(typer.main.get_command(app), "kontor"):
        lines += ["", f"## {name}", "", *_prose(command.help or "")]
        lines += _options(command)
    lines += ["", "## Questions of kontor calc"]
    for question in calc.QUESTIONS.values():
        lines += ["", f"### {question.key}", "", question.title.en, "", *_head("option", "means", "packs")]
        lines += list(_asked(question))
    lines += [
        "",
        "## Settings",
        "",
        "Each is an environment variable, or the content of the file that NAME_FILE names.",
    ]
    lines += ["", *_head("variable", "is", "otherwise")]
    lines += [_row(f"`{name}`", meaning, f"`{default}`" if default else "") for name, meaning, default in _settings()]
    return _page(lines)


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    for key, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from _leaves(below, f"{name} {key}") if hasattr(below, "commands") else [(f"{name} {key}", below)]


def _prose(help_text: str) -> Iterator[str]:
    for line in help_text.strip().splitlines():
        yield line.strip()


def _options(command: Any) -> Iterator[str]:
    shown = [each for each in command.params if getattr(each, "help", None) or each.opts[0].startswith("--")]
    shown = [each for each in shown if "--help" not in each.opts and not getattr(each, "hidden", False)]
    if shown:
        yield ""
        yield from _head("option", "means", "otherwise")
    for each in shown:
        names = " ".join(f"`{name}`" for name in [*each.opts, *each.secondary_opts])
        default = each.default if isinstance(each.default, str | int) and not isinstance(each.default, bool) else ""
        yield _row(names, each.help or "", f"`{default}`" if default != "" else "")


def _asked(question: calc.Question) -> Iterator[str]:
    found: dict[str, tuple[str, list[str]]] = {}
    for key in terms.keys():  # noqa: SIM118  a function, not a dictionary
        pack = terms.load(key)
        if calc.unanswered(question, pack) is None:
            for option in question.options(pack):
                found.setdefault(option.name, (option.help.en, []))[1].append(key)
    for name, (meaning, keys) in found.items():
        yield _row(f"`--{name}`", meaning, ", ".join(keys))


def _settings() -> Iterator[tuple[str, str, str]]:
    """Yield name, meaning and default of every variable that the settings and the command line ask for."""
    for name, meaning in environment.REQUIRED.items():
        yield name, meaning, ""
    optional: dict[str, str] = {}
    for file in sorted((CHECKOUT / "src" / "kontor" / "config").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in READERS:
                name, *default = map(_constant, node.args)
                if name and name not in environment.REQUIRED and name.startswith(("KONTOR_", "DATABASE_")):
                    optional[name] = optional.get(name) or "".join(default)
    for name in sorted(optional):
        yield name, environment.OPTIONAL[name], optional[name]


def _constant(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _head(*columns: str) -> list[str]:
    return [_row(*columns), "|" + "---|" * len(columns)]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join([MADE, "", *lines]) + "\n"


PAGES: dict[str, Callable[[], str]] = {"packs.md": packs, "permissions.md": permissions, "commands.md": commands}


def main(arguments: Sequence[str]) -> int:
    """Write the pages; with --check only say which are no longer what the code says."""
    stale = []
    for name, write in PAGES.items():
        page, text = FOLDER / name, write()
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    print(f"{', '.join(stale) or 'nothing'} {'is out of date' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
