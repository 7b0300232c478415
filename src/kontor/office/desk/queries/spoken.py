"""The words of the desk: classes, promises, how a promise stands, and what a request's log says."""

from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.components import Badge
from kontor.office.desk.models import Ticket, TicketPromise
from kontor.rulebook import terms
from kontor.rulebook.calc.facts import incidents_of
from kontor.rulebook.calc.promised import CREDIT_CLAIM, NAMES
from kontor.rulebook.fault_class import NO_FAULT
from kontor.rulebook.kept import Standing, standing
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import What

CLASSED: Final = "class"
_PROMISED: Final = {**NAMES, CLASSED: Text("Einstufung", "Classification")}
_OTHER_CLASSES: Final = {
    CREDIT_CLAIM: Text("Anspruch auf Gutschrift", "Claim for credit"),
    NO_FAULT: Text("Vorfall, kein Fehler", "Incident, no fault"),
    "own_request": Text("Anfrage", "Request"),
    "question": Text("Ohne Klasse und Frist", "Without class or time limit"),
}
LOGGED: Final = {
    What.REPORTED: Text("Gemeldet", "Reported"),
    What.STARTED: Text("Bestätigt", "Confirmed"),
    What.CLASSIFIED: Text("Eingestuft", "Classified"),
    What.AUTOREPLIED: Text("Eingang bestätigt, automatisch", "Receipt sent by itself"),
    What.WORK_STARTED: Text("Arbeit begonnen", "Work began"),
    What.INFORMED: Text("Kunde informiert", "Customer informed"),
    What.ANSWERED: Text("Geantwortet", "Answered"),
    What.PAUSED: Text("Rückfrage, die Uhr steht", "Question asked, the clock stands"),
    What.RESUMED: Text("Kunde hat geantwortet", "Customer answered"),
    What.WORKED_AROUND: Text("Umweg genannt", "Workaround given"),
    What.PLANNED: Text("Maßnahmenplan gesetzt", "Action plan set"),
    What.RESTORED: Text("Behoben", "Remedied"),
    What.DECIDED: Text("Beschieden", "Decided"),
    What.EXCLUDED: Text("Nicht vom Vertrag umfasst", "Not covered by the contract"),
    What.COVERED: Text("Doch vom Vertrag umfasst", "Covered after all"),
    What.MERGED: Text("Andere Anfrage aufgenommen", "Another request joined"),
    What.KNOWN: Text("Früher bekannt", "Known earlier"),
    What.JOINED: Text("Mit anderer Anfrage verbunden", "Joined to another request"),
    What.CALENDAR: Text("Neue Fassung der Bedingungen", "New version of the terms"),
    What.CLOSED: Text("Geschlossen", "Closed"),
    What.REOPENED: Text("Wieder geöffnet", "Reopened"),
}

_MISSED: Final = Badge(Text("gerissen", "missed"), "bad")
_STANDINGS: Final = {
    Standing.MET: Badge(Text("gehalten", "kept"), "good"),
    Standing.MISSED: _MISSED,
    Standing.OVERDUE: _MISSED,
    Standing.DROPPED: Badge(Text("entfallen", "no longer owed"), ""),
    Standing.STILL: Badge(Text("Uhr steht", "clock stands"), "info"),
    Standing.RUNNING: Badge(Text("läuft", "running"), ""),
}


def promise_words(name: str) -> Text:
    """Return what is promised: reaction, recovery, ..."""
    return _PROMISED[name]


def class_words(pack: str, version: str, key: str) -> Text:
    """Return a class as its contract calls it; the key itself where no contract knows it."""
    if key in _OTHER_CLASSES:
        return _OTHER_CLASSES[key]
    classes = incidents_of(terms.load(pack, version=version)).classes if pack else {}
    return Text(*classes[key].label) if key in classes else Text(key, key)


def length_words(length: timedelta) -> Text | None:
    """Return how long something took in hours and minutes; None for less than a minute."""
    minutes = int(length.total_seconds()) // 60
    if not minutes:
        return None
    hours, rest = divmod(minutes, 60)
    return Text(f"{hours} Std. {rest} Min.", f"{hours} h {rest} min")


def state_of(ticket: Ticket) -> Badge:
    """Return how a request stands, in a word."""
    if ticket.closed_at is not None:
        return Badge(Text("geschlossen", "closed"), "")
    if ticket.held:
        return Badge(Text("wartet auf die Ansprechperson", "waits for the contact"), "warn")
    if ticket.still_since is not None:
        return Badge(Text("wartet auf den Kunden", "waits for the customer"), "info")
    if ticket.reinforced:
        return Badge(Text("Umweg, verstärkt betreut", "workaround, reinforced support"), "warn")
    return Badge(Text("offen", "open"), "info")


def standing_of(promise: TicketPromise, now: datetime) -> Badge:
    """Return how a promise stands at a moment, in a word."""
    return _STANDINGS[standing(promise, now)]
