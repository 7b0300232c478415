"""The files that the browser loads, as tools/build_assets.mjs made them: by their plain name."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings

_KERNEL = Path(__file__).resolve().parent
_BUILT = _KERNEL / "static" / "kernel" / "dist"
_ICONS = _KERNEL / "assets" / "icons.txt"
_BROWSERS = _KERNEL / "assets" / "browsers.json"


class UnknownIconError(LookupError):
    """A template asks for an icon that the sprite does not hold."""

    def __init__(self, name: str) -> None:
        super().__init__(f'There is no icon "{name}". Add it to {_ICONS.name} and build the assets again.')


@cache
def _manifest() -> dict[str, str]:
    """Plain name -> name with hash; empty where the assets have not been built, as in most tests."""
    listed = _BUILT / "manifest.json"
    return json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}


@cache
def asset_url(name: str) -> str:
    """Return the address of a built file, "style.css"; without a build its plain name, which answers 404."""
    return f"{settings.STATIC_URL}kernel/dist/{_manifest().get(name, name)}"


def is_built() -> bool:
    """Tell whether the assets were built."""
    return bool(_manifest())


@cache
def built_for() -> dict[str, str]:
    """Return the oldest version of each browser that scripts and sheets are built for: {"chrome": "123", …}."""
    told: dict[str, str] = json.loads(_BROWSERS.read_text(encoding="utf-8"))
    return told


@cache
def icon_names() -> frozenset[str]:
    """Return the names the sprite holds."""
    return frozenset(_ICONS.read_text(encoding="utf-8").split())


@cache
def icon_url(name: str) -> str:
    """Return the address of one icon inside the sprite; UnknownIconError names one that is not there."""
    if name not in icon_names():
        raise UnknownIconError(name)
    return f"{asset_url('icons.svg')}#{name}"
