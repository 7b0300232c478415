"""
Write the list of third-party packages that Kontor ships, each with its version and licence (FW-014).

    python -m tools.third_party          write src/kontor/kernel/third_party.json anew
    python -m tools.third_party --check  fail where the list is not what the lock files say

Python packages are those that uv.lock reaches from Kontor without its development groups, on any platform; their
licences are read from the installed metadata. What the pages bundle is what package-lock.json has for production,
without the bundler itself. A package that names no licence, or several to choose from, must stand in `CHOSEN` with
the one we chose: else nothing is written.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "src" / "kontor" / "kernel" / "third_party.json"
CHOSEN: Mapping[str, str] = {
    "python-stdnum": "LGPL-2.1-or-later",  # its metadata name no version
    "saxonche": "MPL-2.0",  # SaxonC-HE; its metadata name none
    "text-unidecode": "Artistic-1.0-Perl",  # to choose: Artistic License or GPL-2.0-or-later
}
CLASSIFIER = "License :: OSI Approved :: "
BUNDLER = ("esbuild", "@esbuild/")  # makes the pages' files and is not among them
LONGEST = 60  # a longer licence field is the text itself, not its name


class UnlistedError(Exception):
    """Packages whose licence nobody knows: their names."""


def listed() -> list[dict[str, str]]:
    """Return what the lock files say is shipped: kind, name, version, licence; UnlistedError names what has none."""
    found = [*_python(), *_pages()]
    if unknown := sorted(each["name"] for each in found if not each["licence"]):
        raise UnlistedError(", ".join(unknown))
    return sorted(found, key=lambda each: (each["kind"], each["name"].lower()))


def _python() -> Iterator[dict[str, str]]:
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    known = {each["name"]: each for each in locked}
    waiting, seen = ["kontor"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [each["name"] for each in _needed(known[name])]
    for name in sorted(seen - {"kontor"}):
        yield {"kind": "python", "name": name, "version": known[name]["version"], "licence": _licence(name)}


def _needed(package: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from package.get("dependencies", ())
    for extra in package.get("optional-dependencies", {}).values():
        yield from extra


def _licence(name: str) -> str:
    if name in CHOSEN:
        return CHOSEN[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := told.get("License-Expression"):
        return str(expression)
    plain = (told.get("License") or "").strip()
    if plain and len(plain) <= LONGEST and "\n" not in plain and plain != "UNKNOWN":
        return plain
    classified = [each for each in told.get_all("Classifier", []) if each.startswith(CLASSIFIER)]
    return ", ".join(each.removeprefix(CLASSIFIER) for each in classified)


def _pages() -> Iterator[dict[str, str]]:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for place, each in locked.items():
        if place and not each.get("dev"):
            name = place.rpartition("node_modules/")[2]
            if name.startswith(BUNDLER):
                continue
            licence = CHOSEN.get(name, each.get("license", ""))
            yield {"kind": "pages", "name": name, "version": each["version"], "licence": licence}


def main(arguments: list[str]) -> int:
    """Write or check the list; return 0, or 1 with a sentence on the standard error."""
    try:
        text = json.dumps(listed(), indent=1, ensure_ascii=False) + "\n"
    except UnlistedError as unknown:
        print(f"No licence is known of: {unknown}. Look it up and add it to CHOSEN.", file=sys.stderr)
        return 1
    if arguments == ["--check"]:
        if LIST.read_text(encoding="utf-8") == text:
            return 0
        print("The lock files have changed. Run: just third-party", file=sys.stderr)
        return 1
    LIST.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
