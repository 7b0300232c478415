"""What somebody is written about a request on their own data, in their language."""

from typing import Final

from kontor.office.privacy.formats.wording import Words
from kontor.rulebook.ruling import Text

COMPLAIN: Final = Text(
    "Sie können sich bei einer Aufsichtsbehörde für den Datenschutz beschweren, etwa an Ihrem Wohnort, Ihrem "
    "Arbeitsplatz oder dort, wo Sie einen Verstoß vermuten (DSGVO Art. 77), und ein Gericht anrufen (Art. 79).",
    "You can complain to a data protection supervisory authority, for instance where you live, where you work or "
    "where you suspect an infringement (GDPR Art. 77), and go to court (Art. 79).",
)
_FOOT_DE: Final = "\n\nStand der Anfrage: {link}\n\n{tenant}\n"
_FOOT_EN: Final = "\n\nWhere the request stands: {link}\n\n{tenant}\n"


def _letter(subject: Text, text: Text) -> dict[str, Words]:
    return {
        "de": Words(f"{subject.de} ({{reference}})", f"Guten Tag {{name}},\n\n{text.de}{_FOOT_DE}"),
        "en": Words(f"{subject.en} ({{reference}})", f"Hello {{name}},\n\n{text.en}{_FOOT_EN}"),
    }


LETTERS: Final[dict[str, dict[str, Words]]] = {
    "received": _letter(
        Text("Ihre Anfrage zum Datenschutz ist da", "Your data protection request has arrived"),
        Text(
            "wir haben Ihre Anfrage erhalten: {kind}. Wir antworten bis {due}.",
            "we have received your request: {kind}. We answer by {due}.",
        ),
    ),
    "confirm": _letter(
        Text("Bitte bestätigen: Ihre Anfrage zum Datenschutz", "Please confirm: your data protection request"),
        Text(
            "mit dieser Adresse wurde eine Anfrage gestellt: {kind}. Öffnen Sie den Link unten und bestätigen Sie, "
            "dass Sie es waren; mehr brauchen wir nicht. Wir antworten bis {due}. Waren Sie es nicht, tun Sie nichts.",
            "a request was made with this address: {kind}. Open the link below and confirm that it was you; we need "
            "nothing more. We answer by {due}. If it was not you, do nothing.",
        ),
    ),
    "doubts": _letter(
        Text("Eine Rückfrage zu Ihrer Anfrage", "A question on your request"),
        Text(
            "bevor wir antworten, müssen wir wissen, dass Sie es sind:\n\n{text}\n\nEine Kopie Ihres Ausweises "
            "brauchen wir nicht.",
            "before we answer we need to know that it is you:\n\n{text}\n\nWe need no copy of your identity card.",
        ),
    ),
    "extended": _letter(
        Text("Unsere Antwort dauert länger", "Our answer takes longer"),
        Text(
            "unsere Antwort kommt bis {due}, später als im ersten Monat (DSGVO Art. 12 Abs. 3). Der Grund:\n\n{text}",
            "our answer comes by {due}, later than in the first month (GDPR Art. 12 (3)). The reason:\n\n{text}",
        ),
    ),
    "forwarded": _letter(
        Text("Ihre Anfrage ist weitergeleitet", "Your request was forwarded"),
        Text(
            "die Daten verarbeiten wir im Auftrag. Verantwortlich ist {text}; dorthin haben wir Ihre Anfrage "
            "weitergeleitet, und von dort kommt die Antwort.",
            "we process the data on behalf of {text}, who is responsible for it. We have forwarded your request there, "
            "and the answer comes from there.",
        ),
    ),
    "answered": _letter(
        Text("Antwort auf Ihre Anfrage", "Answer to your request"),
        Text("{text}", "{text}"),
    ),
    "package": _letter(
        Text("Ihre Daten liegen bereit", "Your data is ready"),
        Text(
            "{text}\n\nIhre Daten holen Sie über den Link unten ab: lesbar und maschinenlesbar, 30 Tage lang.",
            "{text}\n\nFetch your data by the link below: readable by people and by machines, for 30 days.",
        ),
    ),
    "refused": _letter(
        Text("Antwort auf Ihre Anfrage", "Answer to your request"),
        Text("wir kommen Ihrer Anfrage nicht nach. {text}", "we do not comply with your request. {text}"),
    ),
    "lifted": _letter(
        Text("Die Einschränkung Ihrer Daten endet", "The restriction of your data ends"),
        Text(
            "die Einschränkung der Verarbeitung Ihrer Daten endet (DSGVO Art. 18 Abs. 3). Der Grund:\n\n{text}",
            "the restriction of the processing of your data ends (GDPR Art. 18 (3)). The reason:\n\n{text}",
        ),
    ),
}
