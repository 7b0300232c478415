"""
What is written to visitors and hosts: the words that the product brings, and how names and times are put into a text.

A value is put in once and never read again, so that a visitor who calls themselves {pin} is called just that; in a
subject everything stands in one line.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

PLACEHOLDERS: Final = (
    "name", "company", "host", "title", "site", "address", "day", "time", "until", "pin", "link", "because",
)  # fmt: skip
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Words(NamedTuple):
    """Subject and text of a mail."""

    subject: str
    text: str


BROUGHT: Final[Mapping[tuple[str, str], Words]] = {
    ("invited", "de"): Words(
        "Ihr Besuch am {day} in {site}",
        "Guten Tag {name},\n\n"
        "wir erwarten Sie am {day} um {time} Uhr in {site}, {address}. Ihr Gastgeber ist {host}.\n\n"
        "Zeigen Sie am Terminal den QR-Code im Anhang, oder tippen Sie Ihre PIN: {pin}\n\n"
        "Was Sie uns vorab sagen, spart Ihnen am Eingang Zeit:\n{link}\n\nBis bald",
    ),
    ("invited", "en"): Words(
        "Your visit on {day} to {site}",
        "Hello {name},\n\nwe expect you on {day} at {time} at {site}, {address}. Your host is {host}.\n\n"
        "Show the attached QR code at the terminal, or type your PIN: {pin}\n\n"
        "What you tell us beforehand saves you time at the entrance:\n{link}\n\nSee you soon",
    ),
    ("changed", "de"): Words(
        "Geändert: Ihr Besuch am {day} in {site}",
        "Guten Tag {name},\n\n"
        "Ihr Besuch ist verlegt: {day}, {time} Uhr, {site}, {address}. Ihr Gastgeber ist {host}.\n\n"
        "Ihr bisheriger Code gilt nicht mehr. Der neue liegt bei, Ihre neue PIN ist {pin}.\n\n{link}",
    ),
    ("changed", "en"): Words(
        "Changed: your visit on {day} to {site}",
        "Hello {name},\n\nyour visit has been moved: {day}, {time}, {site}, {address}. Your host is {host}.\n\n"
        "Your code until now is no longer good. The new one is attached, your new PIN is {pin}.\n\n{link}",
    ),
    ("cancelled", "de"): Words(
        "Abgesagt: Ihr Besuch am {day} in {site}",
        "Guten Tag {name},\n\nIhr Besuch am {day} um {time} Uhr in {site} ist abgesagt. Ihr Code gilt nicht mehr.",
    ),
    ("cancelled", "en"): Words(
        "Called off: your visit on {day} to {site}",
        "Hello {name},\n\nyour visit on {day} at {time} to {site} has been called off. Your code is no longer good.",
    ),
    ("arrived", "de"): Words(
        "{name} ist da", "{name} ist um {time} Uhr in {site} angekommen und wartet am Empfang auf Sie.\n\n{link}"
    ),
    ("arrived", "en"): Words(
        "{name} is here", "{name} arrived at {site} at {time} and waits at the reception.\n\n{link}"
    ),
}


class PlaceholderMissingError(ValueError):
    """A text names something of which nothing is known; `name` says what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def unknown_in(text: str) -> list[str]:
    """Return what a text names that there is not."""
    return [name for name in _PLACE.findall(text) if name not in PLACEHOLDERS]


def filled(words: Words, values: Mapping[str, str]) -> Words:
    """Put values into a mail; PlaceholderMissingError where one that is named is empty or unknown."""
    return Words(" ".join(_CONTROL.sub(" ", _put(words.subject, values)).split()), _put(words.text, values))


def _put(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        said = _CONTROL.sub(" ", values.get(match[1], "")).strip()
        if not said:
            raise PlaceholderMissingError(match[1])
        return said

    return _PLACE.sub(value, text)
