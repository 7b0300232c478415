"""The mails about a registration that waits for the house's written consent, in the language of whoever registered."""

from kontor.office.contracts.models import HeldRegistration
from kontor.office.contracts.queries.letters import Letter

_HELD = {
    "de": (
        "Ihre Registrierung bei {seller} wird geprüft",
        "Guten Tag,\n\nIhre Adresse gehört zu einem Unternehmen, das wir als Wettbewerber führen. Wettbewerber "
        "erhalten Zugang nur mit unserer vorherigen schriftlichen Zustimmung ({clause} der Bedingungen). Ihre "
        "Registrierung ist festgehalten; wir melden uns, sobald darüber entschieden ist.\n",
    ),
    "en": (
        "Your registration with {seller} is being looked at",
        "Hello,\n\nyour address belongs to a company that we list as a competitor. Competitors get access with our "
        "prior written consent only ({clause} of the terms). Your registration is kept; we shall write to you as soon "
        "as it is decided.\n",
    ),
}
_REFUSED = {
    "de": (
        "Ihre Registrierung bei {seller}",
        "Guten Tag,\n\nwir stimmen einem Zugang nicht zu. Was Sie bei der Registrierung angegeben haben, ist "
        "gelöscht.\n",
    ),
    "en": (
        "Your registration with {seller}",
        "Hello,\n\nwe do not consent to access. What you entered when registering is deleted.\n",
    ),
}


def held_mail(held: HeldRegistration, *, seller: str, clause: str) -> Letter:
    """Return the mail that says why a registration waits."""
    subject, text = _HELD[held.told["language"]]
    return Letter(subject.format(seller=seller), text.format(clause=clause))


def refused_mail(held: HeldRegistration, *, seller: str) -> Letter:
    """Return the mail that says that no consent was given."""
    subject, text = _REFUSED[held.told["language"]]
    return Letter(subject.format(seller=seller), text)
