"""The mails about a confidential paper: whether it may go to somebody outside, and the paper itself."""

from typing import Final

from kontor.kernel.links import absolute
from kontor.office.contracts.models import ConfidentialSharing
from kontor.office.contracts.queries.letters import Letter

_ASKED: Final = {
    "de": (
        "Weitergabe eines vertraulichen Papiers zu Vertrag {number}",
        "Guten Tag,\n\nwir bitten um Ihre Zustimmung: „{title}“ soll an {to} gehen.\nZweck: {purpose}\n\nOhne Ihre "
        "Zustimmung geben wir das Papier nicht weiter. Antworten können Sie hier:\n{link}\n\nGrundlage: {clause}\n",
    ),
    "en": (
        "Sharing a confidential paper of contract {number}",
        "Hello,\n\nwe ask for your approval: “{title}” is to go to {to}.\nPurpose: {purpose}\n\nWithout your approval "
        "we do not share the paper. You can answer here:\n{link}\n\nIt rests on: {clause}\n",
    ),
}
_SHARED: Final = {
    "de": (
        "Vertrauliches Papier: {title}",
        "Guten Tag,\n\nmit Zustimmung von {customer} erhalten Sie das vertrauliche Papier „{title}“.\nZweck: "
        "{purpose}\n\nBitte halten Sie es geheim und nutzen Sie es nur dafür.\n",
    ),
    "en": (
        "Confidential paper: {title}",
        "Hello,\n\nwith the approval of {customer} you receive the confidential paper “{title}”.\nPurpose: "
        "{purpose}\n\nPlease keep it secret and use it for this only.\n",
    ),
}


def asked_mail(sharing: ConfidentialSharing) -> Letter:
    """Return the mail that asks the customer whether a paper may go outside."""
    return _filled(sharing, _ASKED)


def shared_mail(sharing: ConfidentialSharing) -> Letter:
    """Return the mail that carries a paper to somebody outside."""
    return _filled(sharing, _SHARED)


def _filled(sharing: ConfidentialSharing, words: dict[str, tuple[str, str]]) -> Letter:
    paper, contract = sharing.paper, sharing.paper.contract
    subject, text = words[contract.terms["language"]]
    named = {
        "number": contract.number, "title": paper.title, "to": sharing.to, "purpose": sharing.purpose,
        "customer": contract.customer_name, "clause": paper.clause,
        "link": absolute("contracts:account-secrets", contract.pk),
    }  # fmt: skip
    return Letter(subject.format(**named), text.format(**named))
