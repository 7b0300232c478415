"""Ready-made answers: the placeholders they may hold, filled for one request."""

import re
from typing import Final

from kontor.office.desk.models import ReplyTemplate, Ticket
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

PLACEHOLDERS: Final = {
    "name": Text("Name des Fragenden", "name of who asked"),
    "number": Text("Nummer der Anfrage", "number of the request"),
    "customer": Text("Kunde", "customer"),
    "subject": Text("Betreff", "subject"),
    "agent": Text("Ihr Name", "your name"),
}
_FOUND: Final = re.compile(r"\{([a-z]+)\}")


def refuse_unknown(text: str) -> None:
    """Raise RefusalError for a placeholder that nobody can fill, naming it."""
    for name in _FOUND.findall(text):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise RefusalError(
                Text(
                    f"„{{{name}}}“ kann niemand füllen; es gibt {known}.",
                    f"Nobody can fill “{{{name}}}”; there are {known}.",
                )
            )


def filled(template: ReplyTemplate, ticket: Ticket, *, agent: str) -> str:
    """Return a ready-made answer in the language of the request, its placeholders filled."""
    told = {
        "name": ticket.requester_name, "number": ticket.name, "customer": ticket.customer_name,
        "subject": ticket.subject, "agent": agent,
    }  # fmt: skip
    text = template.text_de if ticket.language == "de" else template.text_en
    return _FOUND.sub(lambda found: told[found[1]], text)
