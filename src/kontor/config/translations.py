"""Compiled translations: .mo beside each .po, made when it is missing or older."""

from pathlib import Path

from kontor.config.installation import SOURCE


def compile_all(root: Path = SOURCE) -> int:
    """Compile what changed and return how many files that were."""
    stale = [po for po in root.glob("**/locale/*/LC_MESSAGES/*.po") if _is_stale(po)]
    for po in stale:
        _compile(po)
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> None:
    from babel.messages import mofile, pofile  # a second's import that a warm start does not need

    locale = po.parent.parent.name
    with po.open("rb") as source:
        catalog = pofile.read_po(source, locale=locale, abort_invalid=True)
    made = po.with_suffix(".mo.made")
    with made.open("wb") as target:
        mofile.write_mo(target, catalog)
    made.replace(po.with_suffix(".mo"))
