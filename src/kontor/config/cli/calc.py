"""`kontor calc`: a terms pack asked directly, without a database; options and questions come from the rulebook."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import typer

from kontor.config.refusals import RefusedError

FREE = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
WRONG_INPUT = 2
LANGUAGES = ("de", "en")
FLAGS = {"json", "list", "help"}
OURS = {"pack", "version", "lang"}
USAGE = "kontor calc WHAT --pack KEY [--version V] … [--json] [--lang de|en]"


@dataclass
class Asked:
    """A command line, read: the question, what it is told, and how the answer is wanted."""

    what: str = ""
    told: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    ours: dict[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """Return the language asked for, else this terminal's, else English."""
        there = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        return self.ours.get("lang") or ("de" if there.startswith("de") else "en")


def command(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="The question; --list shows all of them.", show_default=False)] = "",
) -> None:
    """
    Ask a terms pack: term, notice, seats, due dates, deadlines …

    `kontor calc --list` shows what each pack answers, `kontor calc WHAT --pack KEY --help` what a question needs. Exit
    code 2: wrong input. Exit code 3: the contract and its law are silent, or the offer is to say it.
    """
    from kontor.config.cli import answering  # reads the packs' shapes, which takes a second that no other command needs

    answering.respond(read([what, *context.args] if what else context.args))


def read(arguments: Sequence[str]) -> Asked:
    """Take a command line apart; RefusedError with exit code 2 where it cannot be read."""
    asked, rest = Asked(), list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, text = word.removeprefix("--").partition("=")
        if word in {"-h", "--help"}:
            asked.flags.add("help")
        elif not word.startswith("--"):
            if asked.what:
                raise RefusedError(f"{word}: only one question at a time; expected {USAGE}.", code=WRONG_INPUT)
            asked.what = word
        elif name in FLAGS and not equals:
            asked.flags.add(name)
        elif not equals and (not rest or rest[0].startswith("--")):
            raise RefusedError(f"--{name}: is missing its value; expected --{name} VALUE.", code=WRONG_INPUT)
        else:
            _note(asked, name, text if equals else rest.pop(0))
    if asked.ours.get("lang", "de") not in LANGUAGES:
        raise RefusedError(f"--lang: expected de or en, not “{asked.ours['lang']}”.", code=WRONG_INPUT)
    return asked


def _note(asked: Asked, name: str, text: str) -> None:
    if name not in OURS:
        asked.told.setdefault(name, []).append(text)
    elif name in asked.ours:
        raise RefusedError(f"--{name}: expected once.", code=WRONG_INPUT)
    else:
        asked.ours[name] = text
