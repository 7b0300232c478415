"""What people are written about folders that are shared and papers that are to be signed."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from kontor.kernel.wording import moment
from kontor.rulebook.ruling import Text

SHARED: Final = Text(
    "{tenant}: Dateien für Sie („{title}“)\n"
    "Guten Tag {name},\n\n{tenant} tauscht Dateien mit Ihnen aus: „{title}“.\n{note}\n\nSie finden sie bis {until} "
    "hier:\n{link}\n\nDas Kennwort bekommen Sie auf einem anderen Weg. Nach fünf falschen Kennwörtern ist der Ordner "
    "gesperrt.\n",
    "{tenant}: files for you (“{title}”)\n"
    "Hello {name},\n\n{tenant} exchanges files with you: “{title}”.\n{note}\n\nUntil {until} you find them here:\n"
    "{link}\n\nThe password reaches you by another way. After five wrong passwords the folder is locked.\n",
)
LOCKED: Final = Text(
    "Gesperrt nach fünf falschen Kennwörtern: „{title}“\n"
    "Guten Tag {name},\n\nder Ordner „{title}“ für {other} ist gesperrt: Fünfmal war das Kennwort falsch. Mit einem "
    "neuen Kennwort öffnen Sie ihn wieder:\n{link}\n",
    "Locked after five wrong passwords: “{title}”\n"
    "Hello {name},\n\nthe folder “{title}” for {other} is locked: the password was wrong five times. Open it again "
    "with a new password:\n{link}\n",
)
CAME_IN: Final = Text(
    "Neue Datei in „{title}“\nGuten Tag {name},\n\n{other} hat eine Datei in den Ordner „{title}“ gelegt:\n{link}\n",
    "A new file in “{title}”\nHello {name},\n\n{other} has put a file into the folder “{title}”:\n{link}\n",
)
TO_SIGN: Final = Text(
    "{tenant} bittet um Ihre Unterschrift: „{title}“\n"
    "Guten Tag {name},\n\n{tenant} bittet Sie, „{title}“ zu lesen und zu unterschreiben.\n{note}\n\nDas geht bis "
    "{until} hier, am Bildschirm oder mit der Tastatur:\n{link}\n\nSie können dort auch ablehnen.\n",
    "{tenant} asks for your signature: “{title}”\n"
    "Hello {name},\n\n{tenant} asks you to read and sign “{title}”.\n{note}\n\nUntil {until} you can do so here, on "
    "the screen or with the keyboard:\n{link}\n\nYou can refuse there, too.\n",
)
ANSWERED: Final = Text(
    "„{title}“: {answer}\nGuten Tag {name},\n\n{other} hat geantwortet: {answer}.\n{link}\n",
    "“{title}”: {answer}\nHello {name},\n\n{other} has answered: {answer}.\n{link}\n",
)


def written(words: Text, language: str, **named: str) -> tuple[str, str]:
    """
    Return subject and text of a mail; a note that is not there leaves no gap.

    >>> written(CAME_IN, "en", title="Plans", name="Ida", other="Tom", link="https://…")[0]
    'A new file in “Plans”'
    """
    subject, _, text = words.spoken(language or "de").partition("\n")
    plain = {key: " ".join(said.split()) for key, said in named.items()}
    return subject.format(**plain), text.format(**plain).replace("\n\n\n", "\n\n").replace("\n\n\n", "\n\n")


def until_words(when: datetime, *, language: str, zone: str) -> str:
    """Return a moment as a mail in this language names it, by the clocks of its sender."""
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        return moment(when)
