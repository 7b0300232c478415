"""What people are written about exports."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """A mail: its subject and its text."""

    subject: str
    text: str


READY: Final = {
    "de": Words(
        "Die Kopie Ihrer Daten liegt bereit ({tenant})",
        "Guten Tag {name},\n\ndie Kopie aller Daten von {tenant} liegt bereit. Sie laden sie hier herunter:\n{link}\n\n"
        "Bis {until} können Sie dort einen Link anfordern, der einen Tag und einmal gilt. Danach wird sie gelöscht.\n",
    ),
    "en": Words(
        "The copy of your data is ready ({tenant})",
        "Hello {name},\n\nthe copy of all data of {tenant} is ready. Download it here:\n{link}\n\n"
        "Until {until} you can ask there for a link that works for a day, and once. After that the copy is deleted.\n",
    ),
}
