"""The mails that registers send: that others assert something, and that a certificate of insurance runs out."""

from datetime import date

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day

_CLAIM = {
    "de": (
        "Ansprüche Dritter zu Vertrag {number}",
        "Guten Tag,\n\n{claimant} macht zum Vertrag {number} Ansprüche geltend: {what}.\n\nUnterlagen dazu erhalten "
        "Sie auf Anfrage. Bitte erkennen Sie nichts an, bevor wir uns abgestimmt haben; wir tun es auch nicht.\n",
    ),
    "en": (
        "Claims of third parties about contract {number}",
        "Hello,\n\n{claimant} asserts claims about contract {number}: {what}.\n\nWe send you the documents on request. "
        "Please acknowledge nothing before we have consulted each other; neither do we.\n",
    ),
}
_CERTIFICATE = {
    "de": (
        "Versicherungsnachweis zu Vertrag {number} endet",
        "Guten Tag,\n\nder Versicherungsnachweis „{what}“ zum Vertrag {number} endet am {until}. "
        "Bitte legen Sie rechtzeitig einen neuen vor.\n\nGrundlage: {clauses}\n",
    ),
    "en": (
        "Certificate of insurance for contract {number} runs out",
        "Hello,\n\nthe certificate of insurance “{what}” for contract {number} ends on {until}. "
        "Please provide a new one in time.\n\nIt rests on: {clauses}\n",
    ),
}


def claim_told_mail(contract: Contract, *, what: str, claimant: str) -> Letter:
    """Return the mail that tells the customer of a claim of others."""
    subject, text = _CLAIM[contract.terms["language"]]
    return Letter(
        subject.format(number=contract.number), text.format(number=contract.number, what=what, claimant=claimant)
    )


def certificate_mail(contract: Contract, *, what: str, until: date, clauses: str) -> Letter:
    """Return the mail that asks for a new certificate."""
    language = contract.terms["language"]
    subject, text = _CERTIFICATE[language]
    named = {"number": contract.number, "what": what, "until": day(until, language), "clauses": clauses}
    return Letter(subject.format(**named), text.format(**named))
