"""
What the pages and the code say in English, and what of it has no German yet: `just messages` prints the latter.

Reads Python by Babel and templates by Django's own translation of them into Python, so that no gettext is needed.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kontor"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str, str]  # context, English


def said(source: Path = SOURCE) -> dict[Key, str]:
    """Return (context, English) -> file:line of every message below `source`."""
    found: dict[Key, str] = {}
    files = [file for kind in ("*.py", "templates/**/*.html", "templates/**/*.txt") for file in source.rglob(kind)]
    for file in sorted(files):
        for line, key in _messages(file):
            found.setdefault(key, f"{file.relative_to(source)}:{line}")
    return found


def _messages(file: Path) -> Iterator[tuple[int, Key]]:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":  # what Django makes of a template has Python's calls, not its indentation
        text = "\n".join(map(str.lstrip, templatize(text, origin=str(file)).splitlines()))
    for line, message, _, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):  # type: ignore[arg-type]
        english = message[0] if isinstance(message, tuple) else message
        if english:
            yield line, (context or "", english)


def of_django() -> set[Key]:
    """Return what Django itself says in German, such as the names of languages."""
    file = Path(django.__file__).parent / "conf" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    with file.open("rb") as text:
        return {(message.context or "", message.id) for message in read_po(text) if isinstance(message.id, str)}


def catalogues(source: Path = SOURCE) -> dict[Path, Catalog]:
    """Return every German catalogue by its file."""
    found = {}
    for file in sorted(source.rglob("locale/de/LC_MESSAGES/*.po")):
        with file.open("rb") as text:
            found[file] = read_po(text, locale="de", abort_invalid=True)
    return found


def translated(source: Path = SOURCE) -> dict[Key, tuple[str, ...]]:
    """Return (context, English) -> its German forms; fuzzy and empty ones are none."""
    german = {}
    for catalogue in catalogues(source).values():
        for message in catalogue:
            english = message.id[0] if isinstance(message.id, tuple) else message.id
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            if english and all(forms) and not message.fuzzy:
                german[(message.context or "", english)] = tuple(map(str, forms))
    return german


def main() -> int:
    """Print what has no German and where it is said."""
    known = translated().keys() | of_django()
    missing = {key: place for key, place in said().items() if key not in known}
    for (context, english), place in missing.items():
        print(f"{place}: {english!r}" + (f" ({context})" if context else ""))
    print(f"{len(missing)} without German.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
