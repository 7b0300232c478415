"""The mails about releases and functions, in the customer's language."""

from datetime import date

from kontor.office.contracts.models import Contract, ExtraFunction, Release
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day

_RELEASED = {
    "de": (
        "Ausgabe {version} zum Vertrag {contract}",
        "Guten Tag,\n\nAusgabe {version} ist erschienen. Was neu ist:\n\n{notes}\n\n"
        "Dateien und Dokumentation stehen in Ihrem Konto beim Vertrag {contract}.\n",
    ),
    "en": (
        "Release {version} for contract {contract}",
        "Hello,\n\nrelease {version} has been published. What is new:\n\n{notes}\n\n"
        "Files and documentation are in your account at contract {contract}.\n",
    ),
}
_OFFERED = {
    "PAID": {
        "de": "Sie ist aus, bis Sie sie bestellen; dann kommt ihr Preis zum Vertrag.",
        "en": "It is off until you order it; its price then joins the contract.",
    },
    "VOLUNTARY": {
        "de": "Sie ist an. Sie ist freiwillig, der Vertrag schuldet sie nicht; wir können sie zurücknehmen.",
        "en": "It is on. It is a voluntary service that the contract does not owe; we may take it back.",
    },
}
_FUNCTION = {
    "de": ("Neue Funktion „{name}“", "Guten Tag,\n\nab {on} gibt es „{name}“: {about}\n\n{owed}\n"),
    "en": ("New function “{name}”", "Hello,\n\nfrom {on} there is “{name}”: {about}\n\n{owed}\n"),
}
_WITHDRAWN = {
    "de": (
        "„{name}“ endet",
        "Guten Tag,\n\nab {on} gibt es die freiwillige Funktion „{name}“ nicht mehr. {reason}\n\n"
        "Was der Vertrag {contract} schuldet, bleibt unberührt.\n",
    ),
    "en": (
        "“{name}” ends",
        "Hello,\n\nfrom {on} the voluntary function “{name}” is no longer there. {reason}\n\n"
        "What contract {contract} owes is not affected.\n",
    ),
}


def released_mail(release: Release, contract: Contract) -> Letter:
    """Return the mail that tells of a release and where its files are."""
    language = contract.terms["language"]
    subject, text = _RELEASED[language]
    told = {
        "version": release.version, "contract": contract.number,
        "notes": release.notes_de if language == "de" else release.notes_en,
    }  # fmt: skip
    return Letter(subject.format(**told), text.format(**told))


def function_mail(function: ExtraFunction, contract: Contract) -> Letter:
    """Return the mail that tells of a function beyond the order, and whether it is owed."""
    language = contract.terms["language"]
    subject, text = _FUNCTION[language]
    german = language == "de"
    told = {
        "name": function.name_de if german else function.name_en,
        "about": function.about_de if german else function.about_en,
        "on": day(function.offered_from, language), "owed": _OFFERED[function.kind][language],
    }  # fmt: skip
    return Letter(subject.format(**told), text.format(**told))


def withdrawn_mail(function: ExtraFunction, contract: Contract, *, ends_on: date) -> Letter:
    """Return the mail that tells from when on a voluntary function is no longer there."""
    language = contract.terms["language"]
    subject, text = _WITHDRAWN[language]
    told = {
        "name": function.name_de if language == "de" else function.name_en, "contract": contract.number,
        "on": day(ends_on, language), "reason": function.reason,
    }  # fmt: skip
    return Letter(subject.format(**told), text.format(**told))
