"""
Add new pack files to src/kontor/rulebook/packs/packs.lock.

    python tools/lock_packs.py              add files the lock does not know; refuse where a known one has changed
    python tools/lock_packs.py --relock F…  take the new hash of these files too: only before a version's first release
"""

import sys

from kontor.rulebook.terms.lock import LOCK, changed, digests, locked, unlocked, written


def main(arguments: list[str]) -> int:
    """Update the lock; return 0, or 1 where a locked file has changed and was not named."""
    relocked = set(arguments[1:]) if arguments[:1] == ["--relock"] else set()
    if not LOCK.exists():
        LOCK.touch()
    refused = [name for name in changed() if name not in relocked]
    for name in refused:
        print(f"{name} is locked and has changed. Put it back and write a new version as a new file.", file=sys.stderr)
    if refused:
        return 1
    new = (*unlocked(), *(name for name in changed() if name in relocked))
    now = digests()
    LOCK.write_text(written(locked() | {name: now[name] for name in new}), encoding="utf-8")
    print(f"Locked: {', '.join(new) or 'nothing new'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
