"""What became of a mail, in words; the keys are those of actions.mail_intake.Outcome."""

from collections.abc import Mapping
from typing import Final

from kontor.kernel.components import Tone
from kontor.rulebook.ruling import Text

OUTCOMES: Final[Mapping[str, tuple[Text, Tone]]] = {
    "opened": (Text("neue Anfrage", "new request"), "good"),
    "answered": (Text("gehört zu einer Anfrage", "belongs to a request"), "good"),
    "duplicate": (Text("kam schon einmal", "came before"), ""),
    "report": (Text("Bericht eines Mailservers", "a mail server's report"), ""),
    "machine": (Text("hat niemand geschrieben", "nobody wrote it"), ""),
    "own": (Text("von uns selbst", "from ourselves"), ""),
    "capped": (Text("zu viele von diesem Absender", "too many from this sender"), "warn"),
    "privacy": (Text("Anfrage zu eigenen Daten", "request on one’s own data"), "good"),
    "limit": (Text("über der Grenze des Vertrags", "beyond the contract's limit"), "warn"),
    "contact": (Text("niemand spricht für den Kunden", "nobody speaks for the customer"), "warn"),
    "unreadable": (Text("war nicht zu lesen", "could not be read"), "bad"),
}
